//! `*` in names.

/// Whether a text is one that a pattern stands for: each `*` is any text, the empty one among them.
#[must_use]
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    // The first place of each part leaves the most to those behind it.
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether a name is a known one, or of a family: one whose `*`, at its end, stands for any rest.
#[must_use]
pub(crate) fn is_of(known: &str, name: &str) -> bool {
    match known.strip_suffix('*') {
        Some(family) => name.starts_with(family),
        None => known == name,
    }
}

#[cfg(test)]
mod tests {
    use super::{fits, is_of};

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, fitting) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "a", true),
            ("a*", "ab", true),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*b*a", "aba", true),
            ("a*b*a", "aa", false),
            ("a*a", "a", false),
            ("ab*b", "ab", false),
            ("a*b*c", "a1b2b3c", true),
            ("*", "", true),
            ("**", "", true),
            ("", "", true),
            ("", "a", false),
            ("*b*", "abc", true),
            ("*-alpine*", "18-alpine3.23", true),
            ("*-alpine*-slim", "18-alpine", false),
        ] {
            assert_eq!(fits(pattern, text), fitting, "{pattern} {text}");
        }
    }

    #[test]
    fn a_family_ends_with_a_star() {
        for (known, name, of) in [
            ("a*", "a", true),
            ("a*", "ab", true),
            ("a*", "ba", false),
            ("a", "ab", false),
            ("*a", "ba", false),
        ] {
            assert_eq!(is_of(known, name), of, "{known} {name}");
        }
    }
}
