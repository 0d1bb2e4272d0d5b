//! What a value carries for the printer of YAML: comments above it, and empty lines between its entries.
//!
//! Both are values themselves, so they stand where their entry stands, at any depth, and an override moves or removes
//! them with it. The printer knows them by their names in serde, as it knows styles.

use serde::ser::SerializeTupleStruct;
use serde::{Serialize, Serializer};

/// The name of [`Commented`] in serde.
pub(super) const COMMENTED: &str = "__infrac_commented";
/// The name of [`Apart`] in serde.
pub(super) const APART: &str = "__infrac_apart";

/// A value with lines of comment above its entry or item. Not for what stands in `[ ]` or `{ }`, which have no line
/// of their own, nor for JSON, which has no comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commented<T> {
    /// The lines, without `#`.
    pub lines: Vec<String>,
    /// The value.
    pub value: T,
}

impl<T> Commented<T> {
    /// A value under lines of comment; without any line it prints as the value alone.
    #[must_use]
    pub fn new(lines: impl IntoIterator<Item = String>, value: T) -> Self {
        Self { lines: lines.into_iter().collect(), value }
    }
}

impl<T: Serialize> Serialize for Commented<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        commented(&self.lines, &self.value, serializer)
    }
}

/// The form of a commented value in serde: its lines, then the value.
pub(super) fn commented<S: Serializer>(
    lines: &[String],
    value: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if lines.is_empty() {
        return value.serialize(serializer);
    }
    let mut fields = serializer.serialize_tuple_struct(COMMENTED, 2)?;
    fields.serialize_field(lines)?;
    fields.serialize_field(value)?;
    fields.end()
}

/// A map or a list with an empty line between its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart<T>(pub T);

impl<T: Serialize> Serialize for Apart<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(APART, &self.0)
    }
}
