//! What compose puts into a text by itself: `$NAME`, `${NAME}`, and `${NAME:-a}` with its kin; `$$` is a `$`
//! (compose-spec/compose-go:template/template.go).

use super::{InputId, Platform, Value, ValuePart};
use crate::hash::HashMap;

/// The inputs of a platform by their names.
#[must_use]
pub fn inputs(platform: &Platform) -> HashMap<&str, InputId> {
    platform.inputs.iter().enumerate().map(|(at, input)| (input.name.as_str(), InputId(at))).collect()
}

/// The inputs that stand in a text of an override, those that compose puts in by itself among them.
#[expect(clippy::implicit_hasher, reason = "the compiler has one hash")]
pub fn asked<'a>(
    value: &'a Value,
    inputs: &'a HashMap<&'a str, InputId>,
) -> impl Iterator<Item = InputId> + 'a {
    let left = value.parts.iter().filter_map(|part| match part {
        ValuePart::Literal(text) if text.contains('$') => Some(names(text)),
        _ => None,
    });
    value.inputs().chain(left.flatten().filter_map(|name| inputs.get(name).copied()))
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it is.
    Plain(&'a str),
    /// `$$`: a `$` that is meant.
    Escaped,
    /// A `$` before nothing that could be a name: it stays.
    Alone,
    /// `$NAME` or `${NAME}`: its name, and all of it.
    Input(&'a str, &'a str),
    /// `${NAME:-…}`, and others that say more than a name: the name, and all of it.
    Asked(&'a str, &'a str),
    /// `${…}` that compose refuses.
    Refused(&'a str),
}

/// The pieces of a text, one after the other.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, length) = first(rest);
        rest = &rest[length..];
        Some(piece)
    })
}

/// The names that compose puts in, those within the defaults of others among them.
#[must_use]
pub fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Input(name, _) => names.push(name),
            Piece::Asked(name, all) => {
                names.push(name);
                names.extend(self::names(&all[2 + name.len()..]));
            }
            Piece::Plain(_) | Piece::Escaped | Piece::Alone | Piece::Refused(_) => {}
        }
    }
    names
}

/// The first piece of a text that is not empty, and its length.
fn first(text: &str) -> (Piece<'_>, usize) {
    let Some(behind) = text.strip_prefix('$') else {
        let end = text.find('$').unwrap_or(text.len());
        return (Piece::Plain(&text[..end]), end);
    };
    if behind.starts_with('$') {
        return (Piece::Escaped, 2);
    }
    let Some(inner) = behind.strip_prefix('{') else {
        let name = name(behind);
        let end = 1 + name.len();
        return if name.is_empty() { (Piece::Alone, 1) } else { (Piece::Input(name, &text[..end]), end) };
    };
    let name = name(inner);
    let after = &inner[name.len()..];
    let end = 2 + inner.len() - after.len();
    let operator = [":-", "-", ":?", "?", ":+", "+"].iter().any(|operator| after.starts_with(operator));
    match end_of(inner) {
        _ if !name.is_empty() && after.starts_with('}') => (Piece::Input(name, &text[..=end]), end + 1),
        Some(length) if !name.is_empty() && operator => {
            let end = 2 + length;
            (Piece::Asked(name, &text[..end]), end)
        }
        length => {
            let end = length.map_or(text.len(), |length| 2 + length);
            (Piece::Refused(&text[..end]), end)
        }
    }
}

/// The name that a text starts with.
fn name(text: &str) -> &str {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = &text[..text.find(|c: char| !inner(c)).unwrap_or(text.len())];
    if name.starts_with(|c: char| c.is_ascii_digit()) { "" } else { name }
}

/// Where the brace ends that was opened before a text.
fn end_of(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let brackets = text.char_indices().filter(|(_, c)| matches!(c, '{' | '}'));
    for (at, bracket) in brackets {
        match (bracket, depth) {
            ('{', _) => depth += 1,
            (_, 0) => return Some(at + 1),
            _ => depth -= 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Piece, names, pieces};

    #[test]
    fn pieces_are_those_of_compose() {
        use Piece::{Alone, Asked, Escaped, Input, Plain, Refused};
        for (text, expected) in [
            ("a$B-${C}", vec![Plain("a"), Input("B", "$B"), Plain("-"), Input("C", "${C}")]),
            ("$2y$10$ab", vec![Alone, Plain("2y"), Alone, Plain("10"), Input("ab", "$ab")]),
            ("$$A$${B}", vec![Escaped, Plain("A"), Escaped, Plain("{B}")]),
            ("${A:-${B}}c", vec![Asked("A", "${A:-${B}}"), Plain("c")]),
            ("${1}${A", vec![Refused("${1}"), Refused("${A")]),
            ("${A b}$", vec![Refused("${A b}"), Alone]),
        ] {
            assert_eq!(pieces(text).collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(names("${A:-${B}}$C$$D"), ["A", "B", "C"]);
    }
}
