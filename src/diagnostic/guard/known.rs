//! Values that are known to be credentials, and where they stand in a text.

use std::ops::Range;

use super::Guarded;
use crate::diagnostic::credential::{text, value};

/// What stands in a message for what it may not show.
const HIDDEN: &str = "***";

/// How many characters of a value are enough to be found anywhere. Shorter ones are parts of words.
const LONG: usize = 8;

/// The longest value that is looked for: others are no passwords, and their lines are.
const LONGEST: usize = 4_096;

/// How many characters of a value that a message cuts off are hidden at its end.
const CUT: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Known {
    /// The longest first, so that one that begins with another is hidden whole.
    values: Vec<String>,
}

impl Known {
    /// Adds a value as the program reads it, and as a source writes it.
    pub(super) fn add_read(&mut self, value: &str) {
        self.add(value);
        self.add(&value.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${"));
    }

    /// Adds a value as a source writes it, with its quotes, and as the program reads it.
    pub(super) fn add_written(&mut self, value: &str) {
        let value = value.trim_matches(['"', '\'']);
        self.add(value);
        self.add(&value.replace("\\\"", "\"").replace("\\\\", "\\").replace("$${", "${"));
    }

    fn add(&mut self, value: &str) {
        for line in value.lines().map(str::trim) {
            let reference = line.starts_with("${") && line.ends_with('}');
            if !line.is_empty() && line.len() <= LONGEST && !reference && !value::is_other(line) {
                self.values.push(line.to_owned());
            }
        }
    }

    /// Puts the values in order, behind the last one.
    pub(super) fn finish(&mut self) {
        self.values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.values.dedup();
    }

    /// A text without what is known, and without what looks like a credential by itself.
    pub(super) fn guarded(&self, text: &str) -> Guarded {
        Guarded(without(text, self.ranges(text)))
    }

    /// Where a text shows a credential.
    pub(super) fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = self.values(text);
        ranges.extend(text::in_sentences(text).into_iter().map(|found| found.place));
        ranges
    }

    /// Where a text shows a value that is known.
    pub(super) fn values(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for value in &self.values {
            let found = text.match_indices(value.as_str()).map(|(at, _)| at..at + value.len());
            ranges.extend(found.filter(|range| is_whole(text, range, value)));
            ranges.extend(cut_off(text, value));
        }
        ranges
    }
}

/// Whether what stands in a range of a text is a value, and not a part of a word or a word of a sentence.
fn is_whole(text: &str, range: &Range<usize>, value: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text[..range.start].chars().next_back();
    let behind = text[range.end..].chars().next();
    let is_plain = value.chars().all(|c| c.is_ascii_lowercase()) || value.len() <= 2;
    if is_plain {
        let opens = |c: char| "\"'`:=/%,".contains(c);
        let closes = |c: char| "\"'`@,:;&".contains(c);
        return before.is_none_or(opens) && behind.is_none_or(|c| closes(c) || c == '\n');
    }
    value.len() >= LONG || !(before.is_some_and(is_word) || behind.is_some_and(is_word))
}

/// The start of a value, where a text ends with it because it was too long.
fn cut_off(text: &str, value: &str) -> Option<Range<usize>> {
    let kept = text.strip_suffix('…')?;
    let mut lengths = value.char_indices().map(|(at, _)| at).rev().filter(|length| *length >= CUT);
    let length = lengths.find(|length| kept.ends_with(&value[..*length]))?;
    Some(kept.len() - length..kept.len())
}

/// A text with a sign in the place of some ranges, which may overlap.
pub(super) fn without(text: &str, ranges: Vec<Range<usize>>) -> String {
    replaced(text, ranges, |inside| {
        let quoted = inside.len() >= 2 && inside.starts_with(['"', '\'']) && inside.ends_with(['"', '\'']);
        if quoted { format!("{}{HIDDEN}{}", &inside[..1], &inside[..1]) } else { HIDDEN.to_owned() }
    })
}

/// A text of the same length, byte by byte and line by line, with stars in some ranges, which may overlap.
pub(super) fn starred(text: &str, ranges: Vec<Range<usize>>) -> String {
    let star = |byte| if matches!(byte, b'\n' | b'"') { char::from(byte) } else { '*' };
    replaced(text, ranges, |inside| inside.bytes().map(star).collect())
}

fn replaced(text: &str, mut ranges: Vec<Range<usize>>, by: impl Fn(&str) -> String) -> String {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for range in merged {
        let (Some(before), Some(inside)) = (text.get(from..range.start), text.get(range.clone())) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&by(inside));
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::starred;

    #[test]
    fn ranges_may_overlap_and_keep_their_length() {
        let cases: &[(&[(usize, usize)], &str)] = &[
            (&[], "a \"bé\"\nc"),
            (&[(3, 6)], "a \"***\"\nc"),
            (&[(4, 8), (3, 6), (3, 6)], "a \"***\"\nc"),
            (&[(0, 1), (8, 9)], "* \"bé\"\n*"),
            (&[(5, 6)], "a \"bé\"\nc"),
            (&[(90, 99)], "a \"bé\"\nc"),
        ];
        for (ranges, expected) in cases {
            let ranges: Vec<_> = ranges.iter().map(|(start, end)| *start..*end).collect();
            assert_eq!(starred("a \"bé\"\nc", ranges.clone()), *expected, "{ranges:?}");
        }
    }
}
