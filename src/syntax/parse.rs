//! From text to the tree: by the short way ([`super::direct`]), and by the grammar where that gives up.

use std::borrow::Cow;
use std::ops::Range;

use super::grammar::{self, MOST_ERRORS, Part};
use super::{File, direct, scan};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::parallel;
use crate::source::{FileId, Sources, Span};

/// Parses a file. What does not parse is reported and left out; the rest is in the tree.
pub fn parse(sources: &Sources, id: FileId, sink: &mut Sink) -> File {
    let file = sources.file(id);
    if let Some(parsed) = plain(file.text(), id) {
        return parsed;
    }
    let before = sink.len();
    let scan = scan::scan(file.text(), |start, end| Span::new(id, start, end), sink);
    let mut parsed = File {
        id,
        entries: Vec::new(),
        comments: scan.comments,
        lost: Vec::new(),
        unbalanced: scan.unbalanced,
        unread: 0,
    };
    if scan.hopeless {
        return parsed;
    }
    let text = without(file.text(), &scan.stray);
    // With the structure in doubt, only the whole says where an entry ends.
    let ends = if parsed.unbalanced { &[] } else { scan.ends.as_slice() };
    let parts = parts(text.len(), ends);
    let unbalanced = parsed.unbalanced.then_some(scan.lists.as_slice());
    let read = |range: &Range<usize>| read(id, &text[range.clone()], range.start, unbalanced);
    let mut last = None;
    for (part, found) in parallel::map(&parts, read) {
        parsed.entries.extend(part.entries);
        parsed.lost.extend(part.lost);
        parsed.unread += part.errors.number.saturating_sub(MOST_ERRORS);
        last = part.errors.last.or(last);
        sink.take(found);
    }
    if let (Some(last), 1..) = (last, parsed.unread) {
        sink.report(more(parsed.unread, Span { start: last.end, ..last }));
    }
    // Where both blame the other, the reader would be told nothing.
    if sink.len() == before {
        scan.unclosed.into_iter().for_each(|diagnostic| sink.report(diagnostic));
    }
    parsed
}

/// The summary of the places that did not parse and are not shown.
fn more(number: usize, last: Span) -> Diagnostic {
    let places = match number {
        1 => "1 more place of this file is".to_owned(),
        number => format!("{number} more places of this file are"),
    };
    Diagnostic::new(codes::SYN001, format!("{places} not understood"))
        .at(last, "the last one that is shown")
        .help("whatever else there is to say of this file is shown when these are mended")
}

/// The file that a text plainly is, read in parts at the same time. `None` where there is anything to be
/// said of it, which is found by looking at it as a whole.
fn plain(text: &str, id: FileId) -> Option<File> {
    let read = |range: &Range<usize>| {
        let (text, base) = (&text[range.clone()], range.start);
        let mut sink = Sink::default();
        // A part that ends as a file may end is followed by one that begins as a file may begin.
        let read = direct::read(id, text, base, &mut sink)?;
        sink.is_empty().then_some(read)
    };
    let (mut entries, mut comments) = (Vec::new(), Vec::new());
    for part in parallel::map(&guessed(text), read) {
        let part = part?;
        entries.extend(part.entries);
        comments.extend(part.comments);
    }
    Some(File { id, entries, comments, lost: Vec::new(), unbalanced: false, unread: 0 })
}

/// Parts of a text that end behind a line of a `}` alone, which closes an entry of the top level in nearly every
/// source; where it stands in a text of several lines, the part ends within that text.
fn guessed(text: &str) -> Vec<Range<usize>> {
    const CLOSED: &str = "\n}\n";
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.as_bytes().get(start + PART..)
        && let Some(found) = memchr::memmem::find(rest, CLOSED.as_bytes())
    {
        let end = start + PART + found + CLOSED.len();
        parts.push(start..end);
        start = end;
    }
    parts.push(start..text.len());
    parts
}

/// Parses files, all at the same time; what is wrong with them is told in their order.
pub fn parse_all(sources: &Sources, ids: &[FileId], sink: &mut Sink) -> Vec<File> {
    let parsed = parallel::map(ids, |id| {
        let mut found = Sink::default();
        (parse(sources, *id, &mut found), found)
    });
    let told = parsed.into_iter().map(|(file, found)| {
        sink.take(found);
        file
    });
    told.collect()
}

/// How many bytes of a file are parsed at once, at least. Fixed, so that what is told does not depend on
/// the machine.
const PART: usize = 128 * 1024;

/// Ranges of a text that begin and end between two top-level entries.
fn parts(length: usize, ends: &[usize]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for &end in ends {
        if end - start >= PART {
            parts.push(start..end);
            start = end;
        }
    }
    parts.push(start..length);
    parts
}

/// Reads a part of a file that starts at `base`. Where its brackets do not balance, with the lists that lack their end.
fn read(id: FileId, text: &str, base: usize, unbalanced: Option<&[usize]>) -> (Part, Sink) {
    let mut found = Sink::default();
    if unbalanced.is_none()
        && let Some(read) = direct::read(id, text, base, &mut found)
    {
        return (Part { entries: read.entries, ..Part::default() }, found);
    }
    let mut found = Sink::default();
    (grammar::part(id, text, base, unbalanced, &mut found), found)
}

/// The text with spaces in place of brackets that close nothing.
fn without<'a>(text: &'a str, stray: &[usize]) -> Cow<'a, str> {
    if stray.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    for &at in stray {
        text.replace_range(at..=at, " ");
    }
    Cow::Owned(text)
}
