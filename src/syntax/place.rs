//! Where a part of a text stands in the source: behind escapes, behind the indentation of a block, and in what
//! `${…}` stands for.

use std::ops::Range;

use super::text::shared_indent;
use crate::source::{SourceFile, Span};

/// A piece of a text as the source says it.
enum Piece {
    /// What is there as it stands: the text, and where each of its bytes does.
    Plain(String, Vec<Range<usize>>),
    /// What stands for something else.
    Reference(Range<usize>),
}

/// The place of a part of a text that the source says at `span`, in quotes; `text` is what it came to, with every
/// reference replaced. `None` where it is not clear which part came of what.
#[must_use]
pub fn place(file: &SourceFile, span: Span, text: &str, part: Range<usize>) -> Option<Span> {
    let raw = file.text().get(span.start as usize..span.end as usize)?;
    let pieces = pieces(raw, span.start as usize)?;
    let pieces = aligned(&pieces, text)?;
    let at = |byte: usize| {
        let (range, piece) = pieces.iter().find(|(range, _)| range.contains(&byte))?;
        Some(match piece {
            Piece::Plain(_, places) => places.get(byte - range.start)?.clone(),
            Piece::Reference(place) => place.clone(),
        })
    };
    let start = at(part.start)?.start;
    let end = at(part.end.max(part.start + 1) - 1)?.end;
    (start < end).then(|| Span::new(span.file, start, end))
}

/// The pieces of a text with its quotes, which starts at `base` of its file.
fn pieces(raw: &str, base: usize) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let Some(inner) = raw.strip_prefix("\"\"\"").and_then(|raw| raw.strip_suffix("\"\"\"")) else {
        let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
        read(inner, base + 1, true, &mut pieces)?;
        return Some(pieces);
    };
    let (first, rest) = inner.split_once('\n')?;
    let (body, _) = rest.rsplit_once('\n')?;
    let indent = shared_indent(body.split('\n'));
    let mut at = base + 3 + first.len() + 1;
    for (number, line) in body.split('\n').enumerate() {
        if number > 0 {
            push("\n", at - 1..at, &mut pieces);
        }
        let taken = line.get(indent..).filter(|_| !line.trim().is_empty()).unwrap_or_default();
        read(taken, at + line.len() - taken.len(), false, &mut pieces)?;
        at += line.len() + 1;
    }
    Some(pieces)
}

/// Reads a line; `None` where a reference has no end.
fn read(line: &str, base: usize, escapes: bool, pieces: &mut Vec<Piece>) -> Option<()> {
    let mut at = 0;
    while let Some(next) = line[at..].chars().next() {
        let rest = &line[at..];
        let length = if rest.starts_with("$${") {
            push("${", base + at..base + at + 3, pieces);
            3
        } else if rest.starts_with("${") {
            let length = rest.find('}')? + 1;
            pieces.push(Piece::Reference(base + at..base + at + length));
            length
        } else if escapes && next == '\\' {
            let escaped = rest[1..].chars().next()?;
            let place = base + at..base + at + 1 + escaped.len_utf8();
            match escaped {
                'n' => push("\n", place, pieces),
                't' => push("\t", place, pieces),
                _ => push(&rest[1..=escaped.len_utf8()], place, pieces),
            }
            1 + escaped.len_utf8()
        } else {
            push(&rest[..next.len_utf8()], base + at..base + at + next.len_utf8(), pieces);
            next.len_utf8()
        };
        at += length;
    }
    Some(())
}

fn push(text: &str, place: Range<usize>, pieces: &mut Vec<Piece>) {
    if !matches!(pieces.last(), Some(Piece::Plain(..))) {
        pieces.push(Piece::Plain(String::new(), Vec::new()));
    }
    if let Some(Piece::Plain(plain, places)) = pieces.last_mut() {
        plain.push_str(text);
        places.extend(text.bytes().map(|_| place.clone()));
    }
}

/// Which part of a text comes of each piece.
fn aligned<'p>(pieces: &'p [Piece], text: &str) -> Option<Vec<(Range<usize>, &'p Piece)>> {
    let mut found = Vec::with_capacity(pieces.len());
    let mut at = 0;
    let mut open: Option<&Piece> = None;
    for (number, piece) in pieces.iter().enumerate() {
        let Piece::Plain(plain, _) = piece else {
            // Between two references nothing says where one ends.
            if open.replace(piece).is_some() {
                return None;
            }
            continue;
        };
        let start = match open.take() {
            Some(reference) => {
                let last = number + 1 == pieces.len();
                let rest = text.get(at..)?;
                let start = at
                    + if last {
                        rest.strip_suffix(plain.as_str())?.len()
                    } else {
                        rest.find(plain.as_str())?
                    };
                found.push((at..start, reference));
                start
            }
            None => at,
        };
        text.get(start..)?.strip_prefix(plain.as_str())?;
        at = start + plain.len();
        found.push((start..at, piece));
    }
    if let Some(reference) = open {
        found.push((at..text.len(), reference));
        at = text.len();
    }
    (at == text.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::place;
    use crate::source::{Sources, Span};

    /// What is marked of a source for a part of its text.
    fn marked(source: &str, text: &str, part: &str) -> Option<String> {
        let mut sources = Sources::default();
        let file = sources.add("x", source.to_owned());
        let (start, end) = (source.find('"')?, source.rfind('"')? + 1);
        let at = text.find(part)?;
        let span = place(sources.file(file), Span::new(file, start, end), text, at..at + part.len())?;
        Some(sources.text(span).to_owned())
    }

    #[test]
    fn parts_are_found_behind_what_the_source_says_otherwise() {
        let block = "x = \"\"\"\n    rate(a[${t}])\n\n      > ${limit}\n    \"\"\"";
        let text = "rate(a[5m])\n\n  > 10";
        for (source, text, part, found) in [
            ("x = \"up > 1\"", "up > 1", "up", Some("up")),
            ("x = \"a\\\"b\\\\ é up\"", "a\"b\\ é up", "up", Some("up")),
            ("x = \"a\\\"b\"", "a\"b", "\"", Some("\\\"")),
            ("x = \"${m} > 1\"", "up > 1", "> 1", Some("> 1")),
            ("x = \"${m} > 1\"", "up > 1", "up", Some("${m}")),
            ("x = \"a $${m} b\"", "a ${m} b", "b", Some("b")),
            ("x = \"${a}${b} up\"", "1 2 up", "up", None),
            ("x = \"up > 2\"", "up > 1", "up", None),
            (block, text, "rate", Some("rate")),
            (block, text, "5m", Some("${t}")),
            (block, text, "])", Some("])")),
            (block, text, "> 10", Some("> ${limit}")),
            ("x = \"\"\"\n  \"\"\"", "", "", None),
            ("x = up", "up", "up", None),
        ] {
            assert_eq!(marked(source, text, part).as_deref(), found, "{source} {part}");
        }
    }
}
