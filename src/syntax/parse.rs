//! From text to the tree: by the short way ([`super::direct`]), and by the grammar where that gives up.

use std::borrow::Cow;
use std::ops::Range;

use super::grammar::{self, Part};
use super::{File, direct, scan};
use crate::diagnostic::Sink;
use crate::parallel;
use crate::source::{FileId, Sources, Span};

/// Parses a file. What does not parse is reported and left out; the rest is in the tree.
pub fn parse(sources: &Sources, id: FileId, sink: &mut Sink) -> File {
    let file = sources.file(id);
    let before = sink.len();
    let scan = scan::scan(file, |start, end| Span::new(id, start, end), sink);
    let mut parsed = File {
        id,
        entries: Vec::new(),
        comments: scan.comments,
        lost: Vec::new(),
        unbalanced: scan.unbalanced,
    };
    if scan.hopeless {
        return parsed;
    }
    let text = without(file.text(), &scan.stray);
    // With the structure in doubt, only the whole says where an entry ends.
    let ends = if parsed.unbalanced { &[] } else { scan.ends.as_slice() };
    let parts = parts(text.len(), ends);
    let unbalanced = parsed.unbalanced;
    let read = |range: &Range<usize>| read(id, &text[range.clone()], range.start, unbalanced);
    for (part, found) in parallel::map(&parts, read) {
        parsed.entries.extend(part.entries);
        parsed.lost.extend(part.lost);
        sink.take(found);
    }
    // Where both blame the other, the reader would be told nothing.
    if sink.len() == before {
        scan.unclosed.into_iter().for_each(|diagnostic| sink.report(diagnostic));
    }
    parsed
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

/// Reads a part of a file that starts at `base`.
fn read(id: FileId, text: &str, base: usize, unbalanced: bool) -> (Part, Sink) {
    let mut found = Sink::default();
    if !unbalanced && let Some(entries) = direct::entries(id, text, base, &mut found) {
        return (Part { entries, lost: Vec::new() }, found);
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
