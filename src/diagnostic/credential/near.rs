//! What stands near a place of a line: lines may be long, and have many beginnings.

/// How far from where it begins something is looked at, in bytes: a line may be long, and have many beginnings.
pub(super) const NEAR: usize = 1_024;

/// Where a line has a sign, of which the first byte is rare in text.
pub(super) fn places<'a>(line: &'a str, sign: &'static str) -> impl Iterator<Item = usize> + use<'a> {
    let (line, sign) = (line.as_bytes(), sign.as_bytes());
    let first = sign.first().copied().unwrap_or_default();
    memchr::memchr_iter(first, line).filter(move |at| line[*at..].starts_with(sign))
}

/// The start of a text, as far as it is looked at.
pub(super) fn first(text: &str) -> &str {
    let end = (0..=NEAR.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// The end of a text, as far as it is looked at.
pub(super) fn last(text: &str) -> &str {
    let start = (text.len().saturating_sub(NEAR)..text.len()).find(|at| text.is_char_boundary(*at));
    &text[start.unwrap_or(text.len())..]
}

/// How many bytes the character at a place of a text has.
pub(super) fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}
