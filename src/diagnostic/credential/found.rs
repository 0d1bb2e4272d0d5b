//! What is found of credentials in a text.

use std::ops::Range;

/// A part of a text that is a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// What it is.
    pub what: &'static str,
    /// The name under which it stands.
    pub name: Option<&'a str>,
    /// Where it is in the text.
    pub place: Range<usize>,
}
