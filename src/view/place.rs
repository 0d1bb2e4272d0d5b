//! The place in a source that declares a thing.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Sink;
use crate::source::{Sources, Span};
use crate::syntax::{self, Entry};

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

/// What the blocks of an environment hold, in the order of the sources: it is written over the platform.
pub(super) fn overlay(sources: &Sources, environment: Option<&str>) -> Vec<Entry> {
    let Some(name) = environment else { return Vec::new() };
    let files = sources.own_ids().map(|id| syntax::parse(sources, id, &mut Sink::default()));
    let is_it = |entry: &Entry| {
        entry.key.text == "environment" && entry.label.as_ref().is_some_and(|label| label.text == name)
    };
    files.flat_map(|file| file.entries).filter(is_it).flat_map(|entry| entry.entries().to_vec()).collect()
}

/// The last place of an overlay that sets what a service holds under a key and a name.
pub(super) fn written(overlay: &[Entry], service: &str, key: &str, name: &str) -> Option<Span> {
    let mut open: Vec<&Entry> = Vec::new();
    for (at, part) in service.split('.').enumerate() {
        let called = |entry: &&Entry| entry.label_or_key().text == part;
        open = match at {
            0 => overlay.iter().filter(called).collect(),
            _ => open.iter().flat_map(|entry| entry.entries()).filter(called).collect(),
        };
    }
    // A labelled entry has its name beside the key, the entries of a map below it.
    let found = open.iter().flat_map(|entry| entry.entries()).filter(|entry| entry.key.text == key);
    let named = found.flat_map(|entry| match &entry.label {
        Some(label) if label.text == name => vec![entry],
        Some(_) => Vec::new(),
        None => entry.entries().iter().filter(|inner| inner.key.text == name).collect(),
    });
    named.last().map(Entry::head)
}
