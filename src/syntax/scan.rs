//! The scan before the parse: comments, balance of brackets, and depth.
//!
//! pest recurses, so depth is bounded before it sees the text; and a missing brace is told best by
//! who looks at brackets and indentation only.

mod list;

use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::source::Span;

use super::MAX_DEPTH;

/// How many brackets that close nothing, or the wrong bracket, are told; a file with more is none of ours, and the
/// parser would see it deeper than the scan does: to `{ ]` it is open still.
const MOST_WRONG: usize = 20;

/// How many lines above a closing bracket its opening one is looked for.
const MOST_LINES: usize = 1_000;

/// What the scan found.
pub(super) struct Scan {
    /// Every comment.
    pub(super) comments: Vec<Span>,
    /// Closing brackets that close nothing, to be passed over.
    pub(super) stray: Vec<usize>,
    /// The `[` that lack their end: what follows them is no entry to the parser, and is reported here.
    pub(super) lists: Vec<usize>,
    /// Where lines start that are in no bracket: a top-level entry may begin there.
    pub(super) ends: Vec<usize>,
    /// Whether the structure is in doubt.
    pub(super) unbalanced: bool,
    /// Whether the parser must not see the text: it is too deep, or not what it is thought to be.
    pub(super) hopeless: bool,
    /// What is to be said of a bracket that is not closed, where a text that is not closed may be the cause: the
    /// parser tells that one, as a rule.
    pub(super) unclosed: Option<Diagnostic>,
}

/// The bytes that the scan stops at.
static IS_MARK: [bool; 256] = {
    let mut is_mark = [false; 256];
    let marks = b"\n#\"{[}]";
    let mut at = 0;
    while at < marks.len() {
        is_mark[marks[at] as usize] = true;
        at += 1;
    }
    is_mark
};

struct Open {
    byte: u8,
    at: usize,
    indent: usize,
}

/// Scans a text and reports what does not balance.
///
/// Where a `}` closes nothing, an earlier one may have closed the wrong bracket, because its own is missing. The
/// indentation knows: such a `}` stands deeper than the line of the bracket that it closes. It is passed over, and the
/// rest is scanned again.
pub(super) fn scan(text: &str, span: impl Fn(usize, usize) -> Span, sink: &mut Sink) -> Scan {
    let mut passed = Vec::new();
    loop {
        let mut found = Sink::default();
        let (scan, deeper) = scan_once(text, &span, &passed, &mut found);
        match deeper.filter(|_| passed.len() < MOST_WRONG) {
            Some(at) => passed.push(at),
            None => {
                sink.take(found);
                return scan;
            }
        }
    }
}

/// Scans a text, without the closing brackets that are passed over. Where one closes nothing, and an earlier one stands
/// deeper than what it closes, that comes with it.
fn scan_once(
    text: &str,
    span: &impl Fn(usize, usize) -> Span,
    passed: &[usize],
    sink: &mut Sink,
) -> (Scan, Option<usize>) {
    let bytes = text.as_bytes();
    let mut deeper = None;
    let mut scan = Scan {
        comments: Vec::new(),
        stray: Vec::new(),
        lists: Vec::new(),
        ends: Vec::new(),
        unbalanced: false,
        hopeless: false,
        unclosed: None,
    };
    let mut open: Vec<Open> = Vec::new();
    let mut suspect: Option<usize> = None;
    let mut indent = indent_at(bytes, 0);
    // Whether a text is not closed, which the parser tells; it may have swallowed a bracket.
    let mut open_text = false;
    let mut wrong = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => {
                indent = indent_at(bytes, at + 1);
                if open.is_empty() {
                    scan.ends.push(at + 1);
                }
            }
            b'#' => {
                let end = line_end(bytes, at);
                scan.comments.push(span(at, end));
                at = end;
                continue;
            }
            b'"' => {
                let end = string_end(text, at);
                open_text |= bytes.get(end - 1) != Some(&b'"') || end == at + 1;
                at = end;
                continue;
            }
            b'{' | b'[' => {
                if open.len() == MAX_DEPTH {
                    scan.unbalanced = true;
                    scan.hopeless = true;
                    sink.report(
                        Diagnostic::new(
                            codes::SYN004,
                            format!("more than {MAX_DEPTH} levels of `{{` and `[`"),
                        )
                        .at(span(at, at + 1), "the first level too many")
                        .help("take what repeats into a component, or into a service of its own"),
                    );
                    return (scan, None);
                }
                open.push(Open { byte, at, indent });
            }
            b'}' if passed.contains(&at) => {
                stray(text, at, &mut scan, span, sink);
                wrong += 1;
            }
            b'}' | b']' => {
                let first_of_line = indent_before(bytes, at);
                let last =
                    open.last().map(|last| (last.byte, last.indent, bytes[last.at..at].contains(&b'\n')));
                if let (b'}', Some(here), Some((b'{', indent, true))) = (byte, first_of_line, last)
                    && here > indent
                {
                    deeper.get_or_insert(at);
                }
                if byte == b'}' && open.is_empty() && deeper.is_some() {
                    return (scan, deeper);
                }
                wrong += usize::from(!close(byte, at, &mut open, &mut suspect, &mut scan, text, span, sink));
            }
            _ => {
                let rest = &bytes[at..];
                at += rest.iter().position(|&byte| IS_MARK[usize::from(byte)]).unwrap_or(rest.len());
                continue;
            }
        }
        if wrong == MOST_WRONG {
            scan.hopeless = true;
            return (scan, None);
        }
        at += 1;
    }
    if let Some(last) = open.last() {
        scan.unbalanced = true;
        let at = suspect.unwrap_or(last.at);
        let bracket = char::from(bytes.get(at).copied().unwrap_or(b'{'));
        let mut diagnostic = Diagnostic::new(codes::SYN002, format!("this `{bracket}` is never closed"));
        diagnostic = diagnostic.at(span(at, at + 1), "opened here");
        if suspect.is_some() {
            diagnostic = diagnostic
                .help("a closing brace further down is indented less than the line this one opens on");
        }
        if open_text {
            scan.unclosed = Some(diagnostic);
        } else {
            sink.report(diagnostic);
        }
    }
    (scan, None)
}

/// How far a bracket is indented, where it is the first of its line.
fn indent_before(bytes: &[u8], at: usize) -> Option<usize> {
    let line = bytes[..at].iter().rev().take_while(|&&b| b != b'\n');
    let indent = line.clone().count();
    line.clone().all(|&b| b == b' ' || b == b'\t').then_some(indent)
}

/// Reports a `}` that closes nothing, at the line above it that is indented alike, where that opens nothing and
/// deeper ones follow it.
fn stray(text: &str, at: usize, scan: &mut Scan, span: &impl Fn(usize, usize) -> Span, sink: &mut Sink) {
    scan.unbalanced = true;
    scan.stray.push(at);
    let here = span(at, at + 1);
    sink.report(match opener(text, at) {
        Some((start, end)) => Diagnostic::new(codes::SYN002, "a `{` is missing, and its `}` closes nothing")
            .at(span(start, end), "expected `{` at the end of this line")
            .at(here, "this one, as far as it is indented")
            .help(Help::add(" {", span(end, end))),
        None => Diagnostic::new(codes::SYN002, "this `}` closes nothing").at(here, "nothing is open here"),
    });
}

/// The line that lacks the `{` of a `}` which is the first of its line.
fn opener(text: &str, at: usize) -> Option<(usize, usize)> {
    let indent = indent_before(text.as_bytes(), at)?;
    let mut end = at - indent;
    let mut deeper = false;
    for _ in 0..MOST_LINES {
        end = end.checked_sub(1)?;
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &text[start..end];
        let words = line.trim();
        if !words.is_empty() && !words.starts_with('#') {
            let here = line.len() - line.trim_start().len();
            if here < indent {
                return None;
            }
            if here == indent {
                // What stands in quotes may hold anything.
                let name = |c: char| c.is_alphanumeric() || "_-.= ".contains(c);
                let fits = deeper && words.split('"').step_by(2).all(|words| words.chars().all(name));
                return fits.then_some((start + here, start + line.trim_end().len()));
            }
            deeper = true;
        }
        end = start;
    }
    None
}

/// Takes note of a closing bracket. Whether it closes one of its kind.
#[expect(clippy::too_many_arguments, reason = "the state of one scan, taken apart by a single caller")]
fn close(
    byte: u8,
    at: usize,
    open: &mut Vec<Open>,
    suspect: &mut Option<usize>,
    scan: &mut Scan,
    text: &str,
    span: &impl Fn(usize, usize) -> Span,
    sink: &mut Sink,
) -> bool {
    let bytes = text.as_bytes();
    let closes = if byte == b'}' { b'{' } else { b'[' };
    let bracket = char::from(byte);
    match open.last() {
        Some(last) if last.byte == closes => {
            let first_of_line =
                bytes[..at].iter().rev().take_while(|&&b| b != b'\n').all(|&b| b == b' ' || b == b'\t');
            if first_of_line && suspect.is_none() {
                let here = bytes[..at].iter().rev().take_while(|&&b| b != b'\n').count();
                if here < last.indent {
                    *suspect = Some(last.at);
                }
            }
            open.pop();
            true
        }
        Some(last) => {
            let opener = char::from(last.byte);
            scan.unbalanced = true;
            let outer = open.len().checked_sub(2).and_then(|outer| open.get(outer));
            if last.byte == b'['
                && let Some((end, help)) = list::end(text, last, outer, at, &scan.comments, span)
            {
                sink.report(
                    Diagnostic::new(codes::SYN002, "this `[` is never closed")
                        .at(span(last.at, last.at + 1), "opened here")
                        .at(end, "expected `]` behind this")
                        .help(help),
                );
                scan.lists.push(last.at);
                open.pop();
                close(byte, at, open, suspect, scan, text, span, sink);
                return false;
            }
            sink.report(
                Diagnostic::new(codes::SYN002, format!("`{opener}` is closed by `{bracket}`"))
                    .at(span(at, at + 1), format!("expected the end of `{opener}`"))
                    .at(span(last.at, last.at + 1), "opened here"),
            );
            open.pop();
            false
        }
        None if byte == b'}' => {
            stray(text, at, scan, span, sink);
            false
        }
        None => {
            scan.unbalanced = true;
            scan.stray.push(at);
            sink.report(
                Diagnostic::new(codes::SYN002, format!("this `{bracket}` closes nothing"))
                    .at(span(at, at + 1), "nothing is open here"),
            );
            false
        }
    }
}

fn indent_at(bytes: &[u8], start: usize) -> usize {
    bytes[start.min(bytes.len())..].iter().take_while(|&&b| b == b' ' || b == b'\t').count()
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |offset| from + offset)
}

/// The byte behind a text that starts at `at`; the end of the line, or of the file, where it is not closed.
pub(super) fn string_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    if text[at..].starts_with("\"\"\"") {
        return text[at + 3..].find("\"\"\"").map_or(text.len(), |offset| at + 3 + offset + 3);
    }
    let mut here = at + 1;
    while let Some(&byte) = bytes.get(here) {
        match byte {
            b'"' => return here + 1,
            b'\n' => return here,
            b'\\' if bytes.get(here + 1).is_some_and(|&next| next != b'\n') => here += 2,
            _ => here += 1,
        }
    }
    bytes.len()
}
