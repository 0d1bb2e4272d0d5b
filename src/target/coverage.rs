//! What a target says of each field of the language.

use crate::platform::Platform;

/// What becomes of a field in a target.
#[derive(Debug, Clone, Copy)]
pub enum Coverage {
    /// It decides what the target writes.
    Written,
    /// It does where something else is there.
    WrittenWhere(&'static Condition),
    /// The target writes what the field stands at, and cannot express the field.
    Lost(&'static str),
    /// The target writes nothing of the kind.
    NotConcerned,
}

/// What must be there for a field to be written.
#[derive(Debug)]
pub struct Condition {
    /// Whether it is there.
    pub holds: fn(&Platform) -> bool,
    /// What it is, behind "where".
    pub words: &'static str,
}

impl Coverage {
    /// Whether the field decides what is written for a platform.
    #[must_use]
    pub fn is_written(self, platform: &Platform) -> bool {
        match self {
            Self::Written => true,
            Self::WrittenWhere(condition) => (condition.holds)(platform),
            Self::Lost(_) | Self::NotConcerned => false,
        }
    }
}
