//! What follows from a mistake: a block in which something was not understood may lack nothing but that.

use crate::diagnostic::{Code, Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{self, Entry};

/// Codes of what could not be read: the block around it is not known as a whole.
const UNREAD: &[&str] = &["TYP001", "TYP002", "TYP003", "TYP004", "TYP005", "TYP006", "TYP008"];

/// Codes of what is missing in a block, or comes to nothing.
const OF_WHAT_LACKS: &[&Code] = &[codes::TYP006, codes::PLT002, codes::TGT001, codes::TGT002];

/// Families of what a head itself says, which holds whatever its body lacks.
const OF_THE_HEAD: &[&str] = &[
    "SYN", "NAM", "MRG", "TYP001", "TYP002", "TYP003", "TYP004", "TYP005", "TYP007", "TYP008", "ENV", "IMP",
    "ALW",
];

/// Takes out what is said of blocks as a whole in which something could not be read: it would be said of what is missing, and that
/// may be what stands there.
#[must_use]
pub fn without_followers(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let mut entries: HashMap<FileId, Vec<Entry>> = HashMap::default();
    let mut broken: HashSet<Span> = HashSet::default();
    let mut heads: HashSet<Span> = HashSet::default();
    let mut lacking: HashSet<Span> = HashSet::default();
    for told in diagnostics.iter().filter(|told| told.is_error()) {
        let Some(place) = told.labels.first().map(|label| label.span) else { continue };
        let id = told.code.id;
        let is_syntax = id.starts_with("SYN");
        let is_unread = UNREAD.contains(&id);
        let lacks = told.code == codes::CMP001;
        if !(is_syntax || is_unread || lacks) || sources.embedded().contains(&place.file) {
            continue;
        }
        let entries = entries
            .entry(place.file)
            .or_insert_with(|| syntax::parse(sources, place.file, &mut Sink::default()).entries);
        let around = around(entries, place);
        // A list of nothing is read. Only an entry that says nothing at all is not.
        let says_nothing = |entry: &&Entry| entry.value.is_none() && entry.body.is_none();
        if told.code == codes::TYP006 && !around.last().is_some_and(says_nothing) {
            continue;
        }
        if lacks {
            heads.extend(around.iter().filter(|entry| holds(entry.head(), place)).map(|entry| entry.head()));
            continue;
        }
        let in_body = |entry: &&&Entry| entry.body.as_ref().is_some_and(|body| holds(body.span, place));
        let mut inner = around.iter().rev().filter(in_body);
        if is_syntax {
            broken.extend(inner.map(|entry| entry.head()));
        } else {
            lacking.extend(inner.next().map(|entry| entry.head()));
            let own = around.last().filter(|entry| !holds(entry.head(), place));
            lacking.extend(own.map(|entry| entry.head()));
        }
    }
    let mistyped: HashSet<Span> = diagnostics
        .iter()
        .filter(|told| told.is_error() && told.code.id.starts_with("TYP"))
        .filter_map(|told| told.labels.first().map(|label| label.span))
        .collect();
    if broken.is_empty() && heads.is_empty() && lacking.is_empty() && mistyped.is_empty() {
        return diagnostics;
    }
    let is_at = |all: &HashSet<Span>, place: Span| all.iter().any(|head| holds(*head, place));
    let unfinished: HashSet<String> = diagnostics
        .iter()
        .filter(|told| told.code == codes::CMP001)
        .filter_map(|told| told.message.split('`').nth(1).map(str::to_owned))
        .collect();
    // What an instance does not give its image may be what it lacks.
    let is_of_unfinished = |told: &Diagnostic| {
        told.code == codes::IMG007
            && !told.about.is_empty()
            && told.about.iter().all(|path| unfinished.contains(path))
    };
    let follows = |told: &Diagnostic| {
        let Some(place) = told.labels.first().map(|label| label.span) else { return false };
        let id = told.code.id;
        let is_lacking = OF_WHAT_LACKS.contains(&told.code) && is_at(&lacking, place);
        let is_of_whole = !OF_THE_HEAD.iter().any(|family| id.starts_with(family));
        let is_doubtful =
            is_of_whole && (is_at(&broken, place) || (told.code != codes::CMP001 && is_at(&heads, place)));
        // What is of the wrong type leads to the wrong kind of thing, too.
        let is_twice = told.code == codes::NAM004 && mistyped.contains(&place);
        is_lacking || is_doubtful || is_twice || is_of_unfinished(told)
    };
    diagnostics.into_iter().filter(|told| !follows(told)).collect()
}

/// Whether a place lies within another one.
fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// The entries around a place, the outermost first, and the one that it is a part of last.
fn around(mut entries: &[Entry], place: Span) -> Vec<&Entry> {
    let mut found = Vec::new();
    let whole = |entry: &Entry| match (&entry.body, &entry.value) {
        (Some(body), _) => entry.key.span.to(body.span),
        (None, Some(value)) => entry.key.span.to(value.span),
        (None, None) => entry.head(),
    };
    while let Some(entry) = entries.iter().find(|entry| holds(whole(entry), place)) {
        found.push(entry);
        entries = entry.entries();
    }
    found
}
