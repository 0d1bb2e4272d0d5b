//! The place in a source that declares a thing.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Sink;
use crate::model::Document;
use crate::source::{Sources, Span};
use crate::syntax::{self, Entry};

/// The key of groups.
const GROUP: &str = "group";

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

/// What people's sources say at the top level, that of the environment behind the rest: it is written over components.
pub(super) fn overlay(sources: &Sources, environment: Option<&str>) -> Vec<Entry> {
    let files = sources.own_ids().map(|id| syntax::parse(sources, id, &mut Sink::default()));
    let (environments, mut own): (Vec<Entry>, Vec<Entry>) =
        files.flat_map(|file| file.entries).partition(|entry| entry.key.text == "environment");
    let is_it = |entry: &&Entry| {
        environment.is_some() && entry.label.as_ref().map(|label| label.text.as_str()) == environment
    };
    own.extend(environments.iter().filter(is_it).flat_map(|entry| entry.entries().to_vec()));
    // Other blocks may be called as a service is.
    own.retain(|entry| {
        let key = entry.key.text.as_str();
        matches!(key, "service" | GROUP) || Document::SCHEMA.fields.iter().all(|field| field.key != key)
    });
    own
}

/// The entries of an overlay that say something of a service.
fn of<'a>(overlay: &'a [Entry], service: &str) -> Vec<&'a Entry> {
    let overlay = overlay.iter().filter(|entry| entry.key.text != GROUP);
    let mut open: Vec<&Entry> = Vec::new();
    for (at, part) in service.split('.').enumerate() {
        let called = |entry: &&Entry| entry.label_or_key().text == part;
        open = match at {
            0 => overlay.clone().filter(called).collect(),
            _ => open.iter().flat_map(|entry| entry.entries()).filter(called).collect(),
        };
    }
    open
}

/// The last place of an overlay that sets a key of a service.
pub(super) fn said(overlay: &[Entry], service: &str, key: &str) -> Option<Span> {
    let found = of(overlay, service).into_iter().flat_map(Entry::entries);
    found.rev().find(|entry| entry.key.text == key && entry.label.is_none()).map(Entry::head)
}

/// The last place of an overlay that sets a key in the defaults of a group.
pub(super) fn defaulted(overlay: &[Entry], group: &str, key: &str) -> Option<Span> {
    let is_it = |entry: &&Entry| entry.key.text == GROUP && entry.label_or_key().text == group;
    let groups = overlay.iter().filter(is_it).flat_map(Entry::entries);
    let mut defaults = groups.filter(|entry| entry.key.text == "defaults").flat_map(Entry::entries);
    defaults.rfind(|entry| entry.key.text == key && entry.label.is_none()).map(Entry::head)
}

/// The last place of an overlay that sets what a service holds under a key and a name.
pub(super) fn written(overlay: &[Entry], service: &str, key: &str, name: &str) -> Option<Span> {
    let open = of(overlay, service);
    // A labelled entry has its name beside the key, the entries of a map below it.
    let found = open.iter().flat_map(|entry| entry.entries()).filter(|entry| entry.key.text == key);
    let named = found.flat_map(|entry| match &entry.label {
        Some(label) if label.text == name => vec![entry],
        Some(_) => Vec::new(),
        None => entry.entries().iter().filter(|inner| inner.key.text == name).collect(),
    });
    named.last().map(Entry::head)
}
