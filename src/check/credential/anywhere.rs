//! Credentials in every text that no rule of its own looks at: addresses of images and builds, descriptions, labels of the platform,
//! titles, and whatever the language gains.

use crate::diagnostic::credential::mark::is_marked;
use crate::diagnostic::credential::text::in_sentences;
use crate::diagnostic::credential::value::is_value;
use crate::diagnostic::credential::{Names, names};
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashSet;
use crate::schema::part_of;
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Entry, Part, Text, Value, ValueKind};

/// Whether blocks and values of a key have a rule of their own, or are no text for people: queries.
fn is_elsewhere(key: &str) -> bool {
    matches!(
        key,
        "env"
            | "command"
            | "entrypoint"
            | "health"
            | "config"
            | "args"
            | "override"
            | "receiver"
            | "runbook"
            | "expr"
    )
}

/// The key of the text for people in a block whose values have rules of their own.
fn described(block: &str) -> Option<&'static str> {
    match block {
        "secret" | "variable" => Some("description"),
        "allow" => Some("reason"),
        _ => None,
    }
}

/// Whether the keys in a block are names that the platform gives.
fn is_free(block: &str) -> bool {
    matches!(block, "labels" | "output" | "headers" | "json_data" | "annotations")
}

/// What stands for a reference in a text.
const REFERENCE: &str = "\u{1}";

/// SEC001: the credentials in the entries of an expanded tree, but for those of the compiler's own sources.
#[must_use]
pub(crate) fn of(entries: &[Entry], sources: &Sources) -> Vec<Diagnostic> {
    let mut search = Search { embedded: sources.embedded(), found: Vec::new() };
    search.entries(entries, Place::default());
    search.found
}

/// Those of others that stand at no place that one of some diagnostics names.
#[must_use]
pub(crate) fn besides(others: Vec<Diagnostic>, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    if others.is_empty() {
        return others;
    }
    let known = diagnostics.iter().filter(|known| known.code.id == codes::SEC001.id);
    let known: Vec<Span> = known.filter_map(|known| known.labels.first()).map(|label| label.span).collect();
    let overlaps = |a: &Span, b: &Span| a.file == b.file && a.start < b.end && b.start < a.end;
    let is_new = |other: &Diagnostic| {
        let place = other.labels.first().map(|label| label.span);
        place.is_none_or(|place| !known.iter().any(|known| overlaps(known, &place)))
    };
    others.into_iter().filter(is_new).collect()
}

/// Where in the tree something stands.
#[derive(Debug, Clone, Copy, Default)]
struct Place<'a> {
    /// Whether keys are names that the platform gives.
    free: bool,
    /// The path of the service around it.
    service: Option<&'a str>,
}

struct Search<'a> {
    embedded: &'a HashSet<FileId>,
    found: Vec<Diagnostic>,
}

impl Search<'_> {
    fn entries(&mut self, entries: &[Entry], place: Place<'_>) {
        for entry in entries {
            self.entry(entry, place);
        }
    }

    fn entry(&mut self, entry: &Entry, place: Place<'_>) {
        let key = entry.key.text.as_str();
        // The labels of services have a rule of their own, and those of the platform none.
        if is_elsewhere(key) || key == "labels" && place.service.is_some() {
            return;
        }
        if let Some(described) = described(key) {
            for inside in entry.entries().iter().filter(|inside| inside.key.text == described) {
                if let Some(value) = &inside.value {
                    self.value(described, value, place);
                }
            }
            return;
        }
        if let Some(value) = &entry.value {
            self.value(key, value, place);
        }
        if entry.entries().is_empty() {
            return;
        }
        let own = match (&entry.label, key) {
            (Some(label), "service") => Some(match place.service {
                Some(parent) => format!("{parent}.{}", label.text),
                None => label.text.to_string(),
            }),
            _ => None,
        };
        let free = place.free || is_free(key);
        self.entries(entry.entries(), Place { free, service: own.as_deref().or(place.service) });
    }

    fn value(&mut self, key: &str, value: &Value, place: Place<'_>) {
        match &value.kind {
            ValueKind::Text(text) if !self.embedded.contains(&value.span.file) => {
                self.found.extend(in_text(key, text, value.span, place));
            }
            ValueKind::List(items) => {
                for item in items {
                    self.value(key, item, place);
                }
            }
            ValueKind::Body(body) => {
                self.entries(&body.entries, Place { free: place.free || is_free(key), ..place });
            }
            _ => {}
        }
    }
}

fn in_text(key: &str, text: &Text, span: Span, place: Place<'_>) -> Option<Diagnostic> {
    let whole;
    let said = match text.as_literal() {
        Some(said) => said,
        None => {
            let parts = text.parts.iter().map(|part| match part {
                Part::Literal(literal) => literal.as_str(),
                Part::Reference(_) => REFERENCE,
            });
            whole = parts.collect::<String>();
            &whole
        }
    };
    let by_name = place.free && names(key) == Names::Credential && is_value(said);
    if !by_name && !is_marked(said) {
        return None;
    }
    let credentials = in_sentences(said);
    let (what, range) = match credentials.first() {
        Some(first) => (super::said::describe(first), first.place.clone()),
        None if by_name => ("a credential".to_owned(), 0..said.len()),
        None => return None,
    };
    let part = text.as_literal().and_then(|said| part_of(said, span, range.clone()));
    let of = place.service.map(|service| format!(" of `{service}`")).unwrap_or_default();
    let diagnostic = Diagnostic::new(codes::SEC001, format!("`{key}`{of} holds {what}"))
        .at(part.unwrap_or(span), "whoever reads the source or the artifact knows it")
        .hide_all(said.get(range))
        .hide_all(credentials.iter().filter_map(|found| said.get(found.place.clone())))
        .help("take it out: a secret is a name, declared with `secret NAME`, whose value the operator sets");
    Some(match place.service {
        Some(service) => diagnostic.about(service),
        None => diagnostic,
    })
}
