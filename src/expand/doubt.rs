//! What follows from a mistake: a block in which something was not understood may lack nothing but that.

use crate::diagnostic::{Code, Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{self, Entry, File};

/// Codes of what could not be read: the block around it is not known as a whole.
const UNREAD: &[&str] = &["TYP001", "TYP002", "TYP003", "TYP004", "TYP005", "TYP006", "TYP008"];

/// Codes of what a service does not have, which may be what could not be read in it: they are reported at its image or at its
/// head, and the mistake stands anywhere in it.
const OF_ABSENCE: &[&Code] =
    &[codes::IMG007, codes::PORT005, codes::VOL001, codes::RES003, codes::SEC009, codes::SITE007];

/// Codes of what is missing in a block, or comes to nothing.
const OF_WHAT_LACKS: &[&Code] = &[codes::TYP006, codes::PLT002, codes::TGT001, codes::TGT002];

/// Families of what a head itself says, which holds whatever its body lacks.
const OF_THE_HEAD: &[&str] =
    &["SYN", "NAM", "MRG", "TYP001", "TYP002", "TYP004", "TYP005", "TYP007", "TYP008", "ENV", "IMP", "ALW"];

/// Takes out what is said of blocks as a whole in which something could not be read: it would be said of what is missing, and that
/// may be what stands there.
#[must_use]
pub(crate) fn without_followers(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let mut files: HashMap<FileId, File> = HashMap::default();
    let mut broken: HashSet<Span> = HashSet::default();
    let mut heads: HashSet<Span> = HashSet::default();
    let mut lacking: HashSet<Span> = HashSet::default();
    let mut unread: HashSet<Span> = HashSet::default();
    let mut broken_at: Vec<Span> = Vec::new();
    let mut is_top_broken = false;
    for told in diagnostics.iter().filter(|told| told.is_error()) {
        let Some(place) = told.labels.first().map(|label| label.span) else { continue };
        let id = told.code.id;
        let is_syntax = id.starts_with("SYN");
        let is_unread = UNREAD.contains(&id);
        let lacks = told.code == codes::CMP001;
        if !(is_syntax || is_unread || lacks) || sources.embedded().contains(&place.file) {
            continue;
        }
        let file = files
            .entry(place.file)
            .or_insert_with(|| syntax::parse(sources, place.file, &mut Sink::default()));
        let around = around(&file.entries, place);
        if is_syntax {
            broken_at.push(place);
            is_top_broken |= around.is_empty();
        }
        // A list of nothing is read. Only an entry that says nothing at all is not.
        let says_nothing = |entry: &&Entry| entry.value.is_none() && entry.body.is_none();
        if told.code == codes::TYP006 && !around.last().is_some_and(says_nothing) {
            continue;
        }
        if lacks {
            heads.extend(around.iter().filter(|entry| holds(entry.head(), place)).map(|entry| entry.head()));
            continue;
        }
        unread.extend(around.first().map(|entry| whole(entry)));
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
    // Where nobody may come in at all, it is no matter by which network.
    let closed: HashSet<Span> = diagnostics
        .iter()
        .filter(|told| told.code == codes::PORT005)
        .filter_map(|told| told.labels.first().map(|label| label.span))
        .collect();
    let unknown: HashSet<Span> = diagnostics
        .iter()
        .filter(|told| told.code == codes::PHA001)
        .filter_map(|told| told.labels.first().map(|label| label.span))
        .collect();
    let is_platform = |told: &Diagnostic| {
        told.code == codes::TYP005 && told.edits.iter().any(|edit| edit.new == "platform")
    };
    let is_misspelt_platform = diagnostics.iter().any(is_platform);
    if !is_misspelt_platform
        && broken_at.is_empty()
        && [&heads, &lacking, &unread, &mistyped, &unknown, &closed].iter().all(|it| it.is_empty())
    {
        return diagnostics;
    }
    // Of a file with more mistakes than are shown, nothing else is known to hold.
    let is_crowded = |file: FileId| files.get(&file).is_some_and(|file| file.unread > 0);
    let is_at = |all: &HashSet<Span>, place: Span| all.iter().any(|head| holds(*head, place));
    let is_own = |place: &Span| !sources.embedded().contains(&place.file);
    let follows = |told: &Diagnostic| {
        // What a component says is reported of its instance as well, which stands behind it.
        let mut places = told.labels.iter().map(|label| label.span);
        let first = places.next();
        let id = told.code.id;
        let Some(place) = first.filter(is_own).or_else(|| places.find(is_own)).or(first) else {
            // What was not read, or is misspelt, may be what is missing.
            return told.code == codes::PLT001 && (is_top_broken || is_misspelt_platform);
        };
        if id.starts_with("SYN") {
            return false;
        }
        let is_part_of_broken = id.starts_with("TYP") && broken_at.iter().any(|broken| holds(*broken, place));
        let is_lacking = OF_WHAT_LACKS.contains(&told.code) && is_at(&lacking, place);
        let is_of_whole = !OF_THE_HEAD.iter().any(|family| id.starts_with(family));
        let is_doubtful =
            is_of_whole && (is_at(&broken, place) || (told.code != codes::CMP001 && is_at(&heads, place)));
        // What is of the wrong type leads to the wrong kind of thing, too.
        let is_twice = told.code == codes::NAM004 && mistyped.contains(&place);
        // What a text comes to is not known where the operator sets a part of it.
        let is_of_unknown = told.code != codes::PHA001 && unknown.contains(&place);
        let is_closed = told.code == codes::NET006 && closed.contains(&place);
        let is_absent = OF_ABSENCE.contains(&told.code) && is_at(&unread, place);
        is_lacking
            || is_doubtful
            || is_twice
            || is_of_unknown
            || is_closed
            || is_absent
            || is_part_of_broken
            || is_crowded(place.file)
    };
    diagnostics.into_iter().filter(|told| !follows(told)).collect()
}

/// Whether a place lies within another one.
fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// The place of an entry with all that stands in it.
fn whole(entry: &Entry) -> Span {
    match (&entry.body, &entry.value) {
        (Some(body), _) => entry.key.span.to(body.span),
        (None, Some(value)) => entry.key.span.to(value.span),
        (None, None) => entry.head(),
    }
}

/// The entries around a place, the outermost first, and the one that it is a part of last.
fn around(mut entries: &[Entry], place: Span) -> Vec<&Entry> {
    let mut found = Vec::new();
    while let Some(entry) = entries.iter().find(|entry| holds(whole(entry), place)) {
        found.push(entry);
        entries = entry.entries();
    }
    found
}
