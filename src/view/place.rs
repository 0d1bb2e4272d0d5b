//! The place in a source that declares a thing.

use schemars::JsonSchema;
use serde::Serialize;

use crate::source::{Sources, Span};

/// What says a thing: a line of the source, or of the component that brings it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// The file, below the project's folder; that of a component is `<standard>/NAME.infra`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Said {
    /// The place of a span.
    #[must_use]
    pub fn at(sources: &Sources, span: Span) -> Self {
        let file = sources.file(span.file);
        Self { file: file.name().to_owned(), line: file.line_of(span.start) + 1 }
    }

    /// In words: `platform.infra:12`, or the component.
    #[must_use]
    pub fn words(&self) -> String {
        match self.file.strip_prefix("<standard>/").and_then(|name| name.strip_suffix(".infra")) {
            Some(component) => format!("the component {component}"),
            None => format!("{}:{}", self.file, self.line),
        }
    }
}
