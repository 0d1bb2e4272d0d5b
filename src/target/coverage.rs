//! What a target says of each field of the language.

/// What becomes of a field in a target, where the target writes anything for the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// It decides what the target writes.
    Written,
    /// The target writes what the field stands at, and cannot express the field.
    Lost(&'static str),
    /// The target writes nothing of the kind.
    NotConcerned,
}
