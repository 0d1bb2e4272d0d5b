//! What an instance holds: children of the kinds that its component declares.

use smol_str::SmolStr;

use crate::hash::IndexMap;
use crate::source::Span;
use crate::syntax::{Entry, Name, Value};

/// A child of an instance, with the value of each of its kind's parameters.
#[derive(Debug, Clone)]
pub(super) struct ChildValues {
    pub(super) kind: SmolStr,
    pub(super) name: Name,
    pub(super) values: IndexMap<SmolStr, Option<Value>>,
    /// The place of its kind and name.
    pub(super) head: Span,
    /// The entry that says what it is for.
    pub(super) description: Option<Entry>,
    /// What rules may say of it.
    pub(super) allows: Vec<Entry>,
    /// The place of all that it says; its head where it says nothing.
    pub(super) span: Span,
    /// Whether an environment wrote it.
    pub(super) patch: bool,
}

/// The children of an instance, by their kinds; a kind without children is there, too.
pub(super) type Children = IndexMap<SmolStr, Vec<ChildValues>>;

/// A name as an environment variable would spell it.
pub(super) fn env_name(name: &str) -> SmolStr {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
