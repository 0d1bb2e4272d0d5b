//! Words of the command line that mean something: labels, headers, sizes, environments.

use crate::schema::{Bytes, Quantity};

/// `label=value`.
pub(super) fn label(word: &str) -> Result<(String, String), &'static str> {
    match word.split_once('=') {
        Some((label, value)) if !label.is_empty() => Ok((label.to_owned(), value.to_owned())),
        _ => Err("a label has the form `label=value`"),
    }
}

/// `Name: value`.
pub(super) fn header(word: &str) -> Result<(String, String), &'static str> {
    match word.split_once(':') {
        Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
            Ok((name.to_owned(), value.trim().to_owned()))
        }
        _ => Err("a header has the form `Name: value`"),
    }
}

/// A number of bytes, with or without a unit.
pub(super) fn size(word: &str) -> Result<Bytes, &'static str> {
    let plain = || word.parse().ok().map(Bytes);
    let of_unit = match Quantity::parse(word) {
        Some(Quantity::Bytes(size)) => Some(size),
        _ => None,
    };
    of_unit.or_else(plain).ok_or("a size is a number of bytes, or has a unit such as `20MiB`")
}

/// A name that can be one of a folder, too.
pub(super) fn environment(name: &str) -> Result<String, &'static str> {
    let fits = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if fits && !name.is_empty() {
        Ok(name.to_owned())
    } else {
        Err("a name has letters, digits, `-` and `_`")
    }
}
