//! Where a list should have ended that is not closed.

use super::{Open, indent_at, line_end};
use crate::diagnostic::Help;
use crate::source::Span;

/// The end that a `[` lacks which is still open at a `}`: the last character before its `]`, and the edit that puts that there. `None` where
/// the `}` itself may stand in its place. `outer` is what is open around the list.
pub(super) fn end(
    text: &str,
    list: &Open,
    outer: Option<&Open>,
    at: usize,
    comments: &[Span],
    span: &impl Fn(usize, usize) -> Span,
) -> Option<(Span, Help)> {
    let bytes = text.as_bytes();
    let start_of = |place: usize| text[..place].rfind('\n').map_or(0, |newline| newline + 1);
    let here = start_of(at);
    let base = span(0, 0).start;
    let add = |end: usize, new: &str| {
        let last = text[..end].chars().next_back().map_or(0, char::len_utf8);
        (span(end - last, end), Help::add(new, span(end, end)))
    };
    let first = line_end(bytes, list.at);
    let entry = lines(text, first)
        .take_while(|(start, _)| *start < here)
        .find(|(start, line)| indent_at(bytes, *start) <= list.indent && is_entry(line));
    let behind = match entry {
        Some((start, _)) => start,
        None if text[here..at].trim().is_empty() => (at - here < list.indent).then_some(here)?,
        None => {
            let is_near = outer.is_some_and(|outer| start_of(outer.at) == here);
            let end = here + text[here..at].trim_end().len();
            return is_near.then(|| add(end, "]"));
        }
    };
    // The last line of the list, without what is empty or a comment.
    let code = |start: usize, end: usize| {
        let comment = comments
            .iter()
            .map(|comment| (comment.start - base) as usize)
            .find(|at| (start..end).contains(at));
        start + text[start..comment.unwrap_or(end)].trim_end().len()
    };
    let last = std::iter::once((list.at, &text[list.at..first])).chain(lines(text, first));
    let last = last.take_while(|(start, _)| *start < behind).filter(|(start, line)| {
        code(*start, start + line.len()) > start + (line.len() - line.trim_start().len())
    });
    let (start, line) = last.last()?;
    if start == list.at {
        return Some(add(code(start, first), "]"));
    }
    Some(add(start + line.trim_end().len(), &format!("\n{}]", " ".repeat(list.indent))))
}

/// The lines behind an end of a line, each with its start.
fn lines(text: &str, end: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut start = end;
    text[end..].split('\n').skip(1).map(move |line| {
        start += 1;
        let here = start;
        start += line.len();
        (here, line)
    })
}

/// Whether a line begins an entry, which no item of a list does.
fn is_entry(line: &str) -> bool {
    let line = line.trim_start();
    let plain: String = line.split('"').step_by(2).collect();
    line.starts_with(|c: char| c.is_alphabetic() || c == '"') && plain.contains(['=', '{'])
}
