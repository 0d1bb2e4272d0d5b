//! Credentials in every text that no rule of its own looks at: addresses of images and builds, descriptions, labels of the platform,
//! titles, and whatever the language gains.

use crate::diagnostic::credential::text::{in_sentences, is_marked, is_value};
use crate::diagnostic::credential::{Names, names};
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashSet;
use crate::schema::part_of;
use crate::source::{FileId, Span};
use crate::syntax::{Entry, Part, Text, Value, ValueKind};

/// Blocks and keys that have rules of their own, and what is no text for people: queries.
const OTHERS: &[&str] = &[
    "env",
    "command",
    "entrypoint",
    "health",
    "config",
    "args",
    "override",
    "secret",
    "variable",
    "receiver",
    "runbook",
    "expr",
    "allow",
];

/// What stands for a reference in a text.
const REFERENCE: &str = "\u{1}";

/// SEC001: the credentials in the entries of an expanded tree, but for those of the compiler's own sources.
#[must_use]
pub fn of(entries: &[Entry], embedded: &HashSet<FileId>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    entries.iter().for_each(|entry| in_entry(entry, None, None, embedded, &mut found));
    found
}

/// Those of others that stand at no place that one of some diagnostics names.
#[must_use]
pub fn besides(others: Vec<Diagnostic>, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
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

fn in_entry(
    entry: &Entry,
    around: Option<&str>,
    service: Option<&str>,
    embedded: &HashSet<FileId>,
    found: &mut Vec<Diagnostic>,
) {
    let key = entry.key.text.as_str();
    // The labels of services have a rule of their own, and those of the platform none.
    if OTHERS.contains(&key) || key == "labels" && service.is_some() {
        return;
    }
    if let Some(value) = &entry.value {
        in_value(key, around, value, service, embedded, found);
    }
    let own = match (&entry.label, key) {
        (Some(label), "service") => Some(match service {
            Some(parent) => format!("{parent}.{}", label.text),
            None => label.text.to_string(),
        }),
        _ => None,
    };
    let service = own.as_deref().or(service);
    entry.entries().iter().for_each(|inner| in_entry(inner, Some(key), service, embedded, found));
}

fn in_value(
    key: &str,
    around: Option<&str>,
    value: &Value,
    service: Option<&str>,
    embedded: &HashSet<FileId>,
    found: &mut Vec<Diagnostic>,
) {
    match &value.kind {
        ValueKind::Text(text) => in_text(key, around, text, value.span, service, embedded, found),
        ValueKind::List(items) => {
            items.iter().for_each(|item| in_value(key, around, item, service, embedded, found));
        }
        ValueKind::Body(body) => {
            body.entries.iter().for_each(|entry| in_entry(entry, Some(key), service, embedded, found));
        }
        ValueKind::Number(_) | ValueKind::Boolean(_) | ValueKind::Reference(_) => {}
    }
}

fn in_text(
    key: &str,
    around: Option<&str>,
    text: &Text,
    span: Span,
    service: Option<&str>,
    embedded: &HashSet<FileId>,
    found: &mut Vec<Diagnostic>,
) {
    if embedded.contains(&span.file) {
        return;
    }
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
    // The keys of labels are names that the platform gives.
    let by_name = around == Some("labels") && names(key) == Names::Credential && is_value(said);
    if !by_name && !is_marked(said) {
        return;
    }
    let credentials = in_sentences(said);
    let (what, range) = match credentials.first() {
        Some(first) => (super::said::describe(first), first.place.clone()),
        None if by_name => ("a credential".to_owned(), 0..said.len()),
        None => return,
    };
    let place = if text.as_literal().is_some() { part_of(said, span, range.clone()) } else { None };
    let of = service.map(|service| format!(" of `{service}`")).unwrap_or_default();
    let diagnostic = Diagnostic::new(codes::SEC001, format!("`{key}`{of} holds {what}"))
        .at(place.unwrap_or(span), "whoever reads the source or the artifact knows it")
        .hide_all(said.get(range))
        .hide_all(credentials.iter().filter_map(|found| said.get(found.place.clone())))
        .help("take it out: a secret is a name, declared with `secret NAME`, whose value the operator sets");
    found.push(match service {
        Some(service) => diagnostic.about(service),
        None => diagnostic,
    });
}
