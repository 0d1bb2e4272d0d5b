//! Policies: connections that must never, or must always, be possible.

use super::EdgeEnd;
use crate::model::Reach;
use crate::source::Span;

/// What must never, or must always, be reachable.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The sentence it stands for.
    pub sentence: String,
    /// From where a connection would start, each with the place that names it.
    pub from: Vec<(EdgeEnd, Span)>,
    /// What it would reach, each with the place that names it.
    pub to: Vec<(EdgeEnd, Span)>,
    /// Whether that must be so.
    pub reach: Reach,
    /// The place of its key and sentence.
    pub span: Span,
}
