//! What changes between the files of two builds beyond their text: what the system that runs them refuses, or answers with a
//! loss.

/// How much a change weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is refused, or data are lost: a person has to do something.
    Refused,
    /// It goes through, and is worth a line.
    Told,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How much it weighs.
    pub weight: Weight,
    /// What changes.
    pub text: String,
    /// What helps, or follows.
    pub help: Option<String>,
}

/// How a target compares a file of its own with the one that it replaces.
#[derive(Debug, Clone, Copy)]
pub struct Compare {
    /// The name of the file, in whatever folder.
    pub file: &'static str,
    /// What changes from one text to the other. What is no longer written is compared with an empty text.
    pub changes: fn(&str, &str) -> Vec<Change>,
}
