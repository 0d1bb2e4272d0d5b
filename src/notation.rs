//! Notations that many blocks share: the names of images, `host:port`, and `*` in names. Pure text, which knows nothing of
//! the platform.

pub(crate) mod authority;
pub(crate) mod image;
pub(crate) mod wildcard;
