//! The lines of a source that a message or a difference shows, with what each leaves to the next one: the body of a `secret`, or
//! a value that stands on a line of its own.

use std::ops::Range;

use super::line::{
    DIFFERENCE, OF_SECRETS, QUOTES, comment, declares_secret, is_credential, is_of_word, opens_secret, values,
};
use crate::diagnostic::credential::OF_SECRET_NAMES;

/// How many lines above a place are read for what its own line belongs to.
const ABOVE: usize = 12;

/// The values of credentials in the lines of a text that a range of bytes covers.
pub(super) fn in_source(text: &str, window: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut lines = Lines::default();
    let before = text.get(..window.start).unwrap_or_default();
    let mut start = before.rmatch_indices('\n').nth(ABOVE).map_or(0, |(at, _)| at + 1);
    for line in text.get(start..window.end).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        let values = lines.next(bare, start >= window.start);
        found.extend(values.into_iter().map(|range| start + range.start..start + range.end));
        start += line.len();
    }
    found
}

/// What a line leaves to the next one.
#[derive(Default)]
struct Lines {
    /// Whether the next line stands in the body of a `secret`.
    body: bool,
    /// Whether the last line declares a secret, and its body may open on the next.
    declared: bool,
    awaited: Awaited,
}

/// What the next line is.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// A line of its own.
    #[default]
    Nothing,
    /// The value of a credential.
    Value,
    /// A line of a text that is the value of a credential.
    Text,
}

impl Lines {
    /// The values of credentials in the next line, where they are asked for.
    fn next(&mut self, line: &str, asked: bool) -> Vec<Range<usize>> {
        let inside = line.trim_start_matches(DIFFERENCE).trim_end();
        let whole = line.len() - line.trim_start_matches(DIFFERENCE).len()..line.trim_end().len();
        match self.awaited {
            Awaited::Text if inside.starts_with(QUOTES) => self.awaited = Awaited::Nothing,
            Awaited::Text => return vec![whole],
            Awaited::Value => {
                let text = inside == QUOTES;
                self.awaited = if text { Awaited::Text } else { Awaited::Nothing };
                if !text && (inside.starts_with(['"', '\'']) || !inside.contains([' ', '=', '{', '}', '#'])) {
                    return vec![whole];
                }
            }
            Awaited::Nothing => {}
        }
        if opens_secret(line) || self.declared && inside.starts_with('{') {
            self.body = true;
        }
        let found = if asked { values(line, self.body) } else { Vec::new() };
        self.awaited = awaited(line, self.body);
        self.declared = declares_secret(line);
        if line.contains('}') {
            self.body = false;
        }
        found
    }
}

/// What the line behind this one is.
fn awaited(line: &str, body: bool) -> Awaited {
    let plain = line.get(..comment(line)).unwrap_or_default().trim_end();
    let (head, next) = match plain.strip_suffix(QUOTES) {
        Some(head) => (head.trim_end(), Awaited::Text),
        None => (plain, Awaited::Value),
    };
    let Some(head) = head.strip_suffix(['=', ':']) else { return Awaited::Nothing };
    let name = head.trim_end().trim_end_matches('"').rsplit(|c| !is_of_word(c)).next().unwrap_or_default();
    let of_body = body && !OF_SECRETS.contains(&name);
    let is_one = declares_secret(line) && !line.contains('{') || of_body || is_credential(name);
    if is_one || OF_SECRET_NAMES.contains(&name) { next } else { Awaited::Nothing }
}

#[cfg(test)]
mod tests {
    use super::in_source;

    #[test]
    fn a_value_may_stand_on_the_next_lines() {
        for (text, expected) in [
            ("secret X =\n  \"a\"\n", vec!["\"a\""]),
            ("secret X\n{\n  default = a\n}\n", vec!["a"]),
            ("secret X = \"\"\"\n  a b\n  c\n  \"\"\"\n", vec!["a b", "c"]),
            ("env {\n  DB_PASSWORD =\n    ab1\n}\n", vec!["ab1"]),
            ("env {\n  DB_PASSWORD\n    A = b\n}\n", vec![]),
            ("secret X =\nvariable Y = \"b\"\n", vec![]),
        ] {
            let shown = |window: std::ops::Range<usize>| -> Vec<&str> {
                in_source(text, window).into_iter().map(|range| &text[range]).collect()
            };
            assert_eq!(shown(0..text.len()), expected, "{text}");
            // Whichever lines are shown, what stands above is known.
            let second = text.find('\n').map_or(0, |at| at + 1);
            assert_eq!(shown(second..text.len()), expected, "{text}");
        }
    }
}
