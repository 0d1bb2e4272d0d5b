//! Go templates in annotations: the labels they show.

use std::ops::Range;

/// The labels that a template reads by `$labels.NAME` or `.Labels.NAME`, with their places.
#[must_use]
pub fn labels(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    for (open, inside) in actions(text) {
        for start in ["$labels.", ".Labels."] {
            for (at, _) in inside.match_indices(start) {
                let from = at + start.len();
                let word = inside.get(from..).unwrap_or_default();
                let length =
                    word.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                if length > 0 {
                    found.push((&word[..length], open + from..open + from + length));
                }
            }
        }
    }
    found
}

/// The insides of `{{ … }}` with where they start.
fn actions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("{{").filter_map(move |(at, _)| {
        let rest = text.get(at + 2..)?;
        let end = rest.find("}}")?;
        Some((at + 2, &rest[..end]))
    })
}

/// Whether every action of a template is closed.
#[must_use]
pub fn is_closed(text: &str) -> bool {
    text.matches("{{").count() == text.matches("}}").count()
}
