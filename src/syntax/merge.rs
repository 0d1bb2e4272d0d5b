//! The one merge of trees: environments over instances, instances over components, services over
//! the defaults of their group.

use smol_str::SmolStr;

use super::{Body, Entry, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet, RandomState};
use crate::parallel;

type Identity = (SmolStr, Option<SmolStr>);

fn identity(entry: &Entry) -> Identity {
    (entry.key.text.clone(), entry.label.as_ref().map(|label| label.text.clone()))
}

/// As many entries are compared with each other sooner than they are hashed.
const FEW: usize = 32;

fn same(one: &Entry, other: &Entry) -> bool {
    name(one) == name(other)
}

fn name(entry: &Entry) -> (&str, Option<&str>) {
    (&entry.key.text, entry.label.as_ref().map(|label| label.text.as_str()))
}

/// Merges `over` into `base`: a value replaces (a list as a whole), a missing value keeps, bodies
/// merge, and what has no counterpart is appended.
pub fn merge_body(base: &mut Vec<Entry>, over: Vec<Entry>) {
    if over.is_empty() {
        return;
    }
    if base.len() + over.len() <= FEW {
        for entry in over {
            match base.iter_mut().find(|known| same(known, &entry)) {
                Some(known) => merge_entry(known, entry),
                None => base.push(entry),
            }
        }
        return;
    }
    let mut merged = Merged { entries: std::mem::take(base), ..Merged::default() };
    merged.merge(over);
    *base = merged.entries;
}

/// Entries that others are merged into, one lot after the other.
#[derive(Debug, Default)]
pub struct Merged {
    /// What came of it so far.
    pub entries: Vec<Entry>,
    /// Where each of the first entries stands.
    places: HashMap<Identity, usize>,
    /// How many entries `places` knows.
    placed: usize,
}

impl Merged {
    /// Merges more entries over what is there, as [`merge_body`] does.
    pub fn merge(&mut self, over: Vec<Entry>) {
        if over.is_empty() {
            return;
        }
        let new = self.entries.iter().enumerate().skip(self.placed);
        self.places.extend(new.map(|(at, entry)| (identity(entry), at)));
        for entry in over {
            match self.places.get(&identity(&entry)) {
                Some(&at) => merge_entry(&mut self.entries[at], entry),
                None => {
                    self.places.insert(identity(&entry), self.entries.len());
                    self.entries.push(entry);
                }
            }
        }
        self.placed = self.entries.len();
    }
}

/// Merges one entry over another of the same key and label.
pub fn merge_entry(base: &mut Entry, over: Entry) {
    base.patch = base.patch && over.patch;
    if over.value.is_some() {
        base.value = over.value;
    }
    match (&mut base.body, over.body) {
        (Some(body), Some(Body { entries, .. })) => merge_body(&mut body.entries, entries),
        (body @ None, over @ Some(_)) => *body = over,
        (_, None) => {}
    }
}

/// How many entries are looked through at once.
const PART: usize = 64;

/// Reports entries that stand twice in one body, in all bodies below `entries`, and takes the
/// later ones out.
pub fn duplicates(entries: &mut Vec<Entry>, sink: &mut Sink) {
    if !all_differ(entries) {
        return duplicates_within(entries, sink);
    }
    let found = parallel::map_parts(entries, PART, |part| {
        let mut sink = Sink::default();
        let bodies = part.iter_mut().filter_map(|entry| entry.body.as_mut());
        bodies.for_each(|body| duplicates_within(&mut body.entries, &mut sink));
        sink
    });
    for found in found {
        sink.take(found);
    }
}

fn duplicates_within(entries: &mut Vec<Entry>, sink: &mut Sink) {
    if all_differ(entries) {
        let bodies = entries.iter_mut().filter_map(|entry| entry.body.as_mut());
        bodies.for_each(|body| duplicates_within(&mut body.entries, sink));
        return;
    }
    let mut seen: HashMap<Identity, crate::source::Span> =
        HashMap::with_capacity_and_hasher(entries.len(), RandomState::default());
    entries.retain_mut(|entry| {
        if let Some(body) = &mut entry.body {
            duplicates_within(&mut body.entries, sink);
        }
        let identity = identity(entry);
        let Some(&first) = seen.get(&identity) else {
            seen.insert(identity, entry.head());
            return true;
        };
        if sink.is_full() {
            return false;
        }
        let (key, label) = identity;
        let name = label.map_or_else(|| key.to_string(), |label| format!("{key} {label}"));
        sink.report(
            Diagnostic::new(codes::MRG001, format!("`{name}` stands twice in one body"))
                .at(entry.head(), "again here")
                .at(first, "first here")
                .help(match (&entry.label, &entry.value) {
                    (Some(_), _) => "put both into one block, or give one of them another name",
                    (None, Some(Value { kind: ValueKind::List(_), .. })) => {
                        "keep one of them: a list holds several items"
                    }
                    (None, Some(_)) => "keep one of them",
                    (None, None) => "put both into one block",
                }),
        );
        false
    });
}

/// Whether no entry stands twice, as is so in nearly every body.
fn all_differ(entries: &[Entry]) -> bool {
    if entries.len() <= FEW {
        return entries
            .iter()
            .enumerate()
            .all(|(at, entry)| !entries[..at].iter().any(|one| same(one, entry)));
    }
    let mut seen = HashSet::with_capacity_and_hasher(entries.len(), RandomState::default());
    entries.iter().all(|entry| seen.insert(name(entry)))
}
