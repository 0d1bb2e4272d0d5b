//! Words and text: what they stand for, escapes, indentation, and `${…}`.

use smol_str::SmolStr;

use super::{Name, Part, Path, Scope, Text, TextBuilder, ValueKind};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::source::Span;

/// Reads a key or a label, with its quotes where it has some.
pub(super) fn name(raw: &str, span: Span, sink: &mut Sink) -> Name {
    if raw.starts_with('"') {
        // References in a name are read where the name is expanded, inside `each`.
        let text = literal_text(&one_line(raw, span, sink));
        Name { text: text.into(), span, quoted: true }
    } else {
        Name { text: raw.into(), span, quoted: false }
    }
}

/// Reads a bare word; `None`, with a report, where it is nothing.
pub(super) fn word(word: &str, span: Span, sink: &mut Sink) -> Option<ValueKind> {
    let number = word.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
    match word {
        "true" => Some(ValueKind::Boolean(true)),
        "false" => Some(ValueKind::Boolean(false)),
        _ if number => Some(ValueKind::Number(word.into())),
        _ => {
            let path = path(word, span);
            if path.is_none() {
                sink.report(
                    Diagnostic::new(
                        codes::SYN001,
                        format!("`{word}` is neither a name, a number nor a reference"),
                    )
                    .at(span, "not understood")
                    .help("text is written in quotes"),
                );
            }
            path.map(ValueKind::Reference)
        }
    }
}

/// Reads a one-line text, quotes included, that starts at `span.start`.
pub(super) fn one_line(raw: &str, span: Span, sink: &mut Sink) -> Text {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    let base = span.start as usize + 1;
    let mut plain = String::new();
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'\\', &inner.as_bytes()[from..]).map(|found| from + found) {
        plain.push_str(&inner[from..at]);
        let escaped = inner[at + 1..].chars().next();
        from = at + 1 + escaped.map_or(0, char::len_utf8);
        match escaped {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some(same @ ('"' | '\\')) => plain.push(same),
            other => {
                let place = Span::new(span.file, base + at, base + from);
                let shown = other.map(String::from).unwrap_or_default();
                sink.report(
                    Diagnostic::new(codes::SYN003, format!("`\\{shown}` is no escape"))
                        .at(place, "this backslash")
                        .help("escapes are `\\\"`, `\\\\`, `\\n` and `\\t`; a backslash itself is `\\\\`"),
                );
            }
        }
    }
    if from == 0 {
        return references(inner, |offset| base + offset, span, sink);
    }
    plain.push_str(&inner[from..]);
    // An escape moves what follows, so references in such a text point at the whole of it.
    references(&plain, |_| usize::MAX, span, sink)
}

/// Reads a multi-line text, its six quotes included, that starts at `span.start`.
pub(super) fn multi_line(raw: &str, span: Span, sink: &mut Sink) -> Text {
    let inner = raw.get(3..raw.len().saturating_sub(3)).unwrap_or_default();
    let base = span.start as usize + 3;
    let Some((first, rest)) = inner.split_once('\n') else {
        sink.report(
            Diagnostic::new(codes::SYN003, "`\"\"\"` must be followed by the end of its line")
                .at(span, "this text stands on one line")
                .help("write it with `\"`, or put the text on lines of its own"),
        );
        return references(inner, |offset| base + offset, span, sink);
    };
    if !first.trim().is_empty() {
        sink.report(
            Diagnostic::new(codes::SYN003, "`\"\"\"` must be followed by the end of its line")
                .at(Span::new(span.file, base, base + first.len()), "this belongs on the next line"),
        );
    }
    let (body, last) = match rest.rsplit_once('\n') {
        Some((body, last)) => (Some(body), last),
        None => (None, rest),
    };
    if !last.trim().is_empty() {
        let end = span.end as usize;
        sink.report(
            Diagnostic::new(codes::SYN003, "the closing `\"\"\"` must stand on a line of its own")
                .at(Span::new(span.file, end.saturating_sub(3), end), "something stands before it"),
        );
        return Text::literal(rest);
    }
    let mut text = TextBuilder::default();
    let Some(body) = body else { return Text::default() };
    let indent = shared_indent(body.split('\n'));
    let mut at = base + first.len() + 1;
    for (number, line) in body.split('\n').enumerate() {
        if number > 0 {
            text.push_literal("\n");
        }
        let taken = line.get(indent..).filter(|_| !line.trim().is_empty()).unwrap_or_default();
        let offset = at + line.len() - taken.len();
        if memchr::memchr(b'$', taken.as_bytes()).is_none() {
            text.push_literal(taken);
        } else {
            text.push_text(references(taken, |inside| offset + inside, span, sink));
        }
        at += line.len() + 1;
    }
    text.finish()
}

/// The number of bytes of white space that all lines with text start with.
pub(super) fn shared_indent<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let mut lines = lines.filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return 0 };
    let mut shared = &first[..first.len() - first.trim_start_matches([' ', '\t']).len()];
    for line in lines {
        let same = shared.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
        shared = &shared[..same];
    }
    shared.len()
}

/// Reads `${…}` in text that was made, not written: every reference gets the same place.
#[must_use]
pub fn interpolate(text: &str, span: Span, sink: &mut Sink) -> Text {
    references(text, |_| usize::MAX, span, sink)
}

/// Text as the source spells it, with `${` of a literal escaped and references as they are.
#[must_use]
pub fn literal_text(text: &Text) -> String {
    let mut out = String::new();
    for part in &text.parts {
        match part {
            Part::Literal(literal) => out.push_str(&literal.replace("${", "$${")),
            Part::Reference(path) => {
                out.push_str("${");
                out.push_str(&path.text());
                out.push('}');
            }
        }
    }
    out
}

fn references(raw: &str, place: impl Fn(usize) -> usize, whole: Span, sink: &mut Sink) -> Text {
    // Nearly every text: nothing in it can be a reference.
    if memchr::memchr(b'$', raw.as_bytes()).is_none() {
        return Text::literal(raw);
    }
    let mut text = TextBuilder::default();
    let mut rest = raw;
    let mut at = 0;
    while let Some(found) = rest.find("${") {
        let before = &rest[..found];
        if let Some(escaped) = before.strip_suffix('$') {
            text.push_literal(escaped);
            text.push_literal("${");
            rest = &rest[found + 2..];
            at += found + 2;
            continue;
        }
        text.push_literal(before);
        let inner = &rest[found + 2..];
        let word = inner.find(|c: char| !is_path(c)).unwrap_or(inner.len());
        let (name, length) = match inner[word..].chars().next() {
            Some('}') => (&inner[..word], word + 1),
            _ => (&inner[..word], 0),
        };
        let start = place(at + found);
        // Without its end, what comes first behind it is shown; behind the text, that is a quote or the line's end.
        let shown = if length > 0 { length } else { inner.chars().next().map_or(1, char::len_utf8) };
        let span = if start == usize::MAX { whole } else { Span::new(whole.file, start, start + 2 + shown) };
        match (length, path(name.trim(), span)) {
            (1.., Some(path)) => text.push_reference(path),
            _ => {
                sink.report(
                    Diagnostic::new(codes::SYN003, "`${` does not hold a reference")
                        .at(span, "expected a name and `}`")
                        .help(of_shells(inner)),
                );
                text.push_literal(&rest[found..found + 2 + length]);
            }
        }
        rest = &inner[length..];
        at += found + 2 + length;
    }
    text.push_literal(rest);
    text.finish()
}

/// What to write in place of `${NAME:-default}` and its kin, as shells and engines have them; else how a literal `${` is written.
fn of_shells(inner: &str) -> String {
    let known = || {
        let name = &inner[..inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?];
        let rest = &inner[name.len()..];
        let rest = &rest[..rest.find('}')?];
        let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'));
        match default {
            Some(default) => Some(format!(
                "a default stands where the variable is declared, `variable {name} = \"{default}\"`, and `${{{name}}}` here; a literal `${{` is `$${{`"
            )),
            None => rest.starts_with([':', '?']).then(|| {
                format!(
                    "a variable without a default must be set: write `${{{name}}}`; a literal `${{` is `$${{`"
                )
            }),
        }
    };
    known().unwrap_or_else(|| "write `$${` for a literal `${`".to_owned())
}

/// Whether a character can stand in `${…}`.
fn is_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ')
}

/// A dotted path of words, where every word is one.
pub(super) fn path(text: &str, span: Span) -> Option<Path> {
    let inner = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let word = |word: &str| {
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        !word.is_empty() && (plain || word.chars().all(inner))
    };
    let mut segments = Vec::with_capacity(1 + memchr::memchr_iter(b'.', text.as_bytes()).count());
    let mut start = 0;
    for end in memchr::memchr_iter(b'.', text.as_bytes()).chain([text.len()]) {
        let segment = &text[start..end];
        if !word(segment) {
            return None;
        }
        segments.push(SmolStr::new(segment));
        start = end + 1;
    }
    Some(Path { segments, span, scope: Scope::Platform })
}
