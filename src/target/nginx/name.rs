//! Names in the files of nginx.

use crate::platform::Site;

/// What the files and zones of a site are called.
pub(super) fn id(site: &Site, at: usize) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !site.name.is_empty() && site.name.chars().all(plain) {
        return site.name.clone();
    }
    format!("site-{}", at + 1)
}

/// A text as the name of a variable or a zone.
pub(super) fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
