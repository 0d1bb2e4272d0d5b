//! What overrides break of what a target makes.

use crate::source::Span;

/// Why what an override writes cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It extends an object that is not made.
    NoObject,
    /// It changes what the compiler derives of the source.
    Derived,
    /// Pods are no longer admitted to their namespace.
    Security,
    /// The program that reads the file refuses it.
    Refused,
    /// The program takes it, and can do nothing with it.
    Vain,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Why.
    pub kind: FaultKind,
    /// The place in the override.
    pub span: Span,
    /// The path of the service that it stands in.
    pub about: Option<String>,
    /// What cannot be.
    pub message: String,
    /// What is at the place.
    pub label: String,
    /// What helps.
    pub help: Option<String>,
    /// The word that names nothing; empty where nothing is named.
    pub wanted: String,
    /// What could have been meant.
    pub choices: Vec<String>,
}
