//! Notations that many blocks share: the names of images, `host:port`, and `*` in names. Pure text, which knows nothing of
//! the platform.

pub mod authority;
pub mod image;
pub mod wildcard;
