//! What a source mentions, before anything is put in or taken out.

use smol_str::SmolStr;

use crate::hash::HashSet;
use crate::parallel;
use crate::syntax::{Entry, Part, Text, Value, ValueKind};

/// Every name that is referred to: the first word of each path, and names that stand alone.
pub(super) fn names(entries: &[Entry]) -> HashSet<SmolStr> {
    let parts: Vec<&[Entry]> = entries.chunks(PART).collect();
    let found = parallel::map(&parts, |part| {
        let mut found = HashSet::default();
        collect(part, &mut found);
        found
    });
    found
        .into_iter()
        .reduce(|mut all, part| {
            all.extend(part);
            all
        })
        .unwrap_or_default()
}

/// How many entries are looked at together.
const PART: usize = 256;

fn collect(entries: &[Entry], found: &mut HashSet<SmolStr>) {
    for entry in entries {
        for name in std::iter::once(&entry.key).chain(&entry.label).filter(|name| name.quoted) {
            interpolated(&name.text, found);
        }
        match (&entry.value, &entry.body) {
            // In `env`, a name alone passes the variable of that name on.
            (None, _) if entry.label.is_none() => drop(found.insert(entry.key.text.clone())),
            (Some(value), _) => in_value(value, found),
            (None, _) => {}
        }
        collect(entry.entries(), found);
    }
}

fn in_value(value: &Value, found: &mut HashSet<SmolStr>) {
    match &value.kind {
        ValueKind::Text(text) => in_text(text, found),
        ValueKind::Reference(path) => found.extend(path.segments.first().cloned()),
        ValueKind::List(items) => items.iter().for_each(|item| in_value(item, found)),
        ValueKind::Body(body) => collect(&body.entries, found),
        ValueKind::Number(_) | ValueKind::Boolean(_) => {}
    }
}

fn in_text(text: &Text, found: &mut HashSet<SmolStr>) {
    for part in &text.parts {
        match part {
            Part::Reference(path) => found.extend(path.segments.first().cloned()),
            // Overrides leave `${NAME}` to their target.
            Part::Literal(text) => interpolated(text, found),
        }
    }
}

fn interpolated(text: &str, found: &mut HashSet<SmolStr>) {
    for (at, _) in text.match_indices("${") {
        let rest = &text[at + 2..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        found.insert(rest[..end].into());
    }
}
