//! Columns: the `=`, labels and bodies of lines that follow each other, and the comments at their ends.

use std::ops::Range;

use super::Line;

/// The spaces before a comment at the end of a line.
const COMMENT_GAP: usize = 2;

/// What an entry consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `key label`, with or without a value and a body.
    Labelled,
    /// `key = value`, with or without a body.
    Value,
    /// `key { … }`.
    Body,
    /// A key alone.
    Word,
}

/// The columns of a line.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Which line it is.
    pub(super) line: usize,
    pub(super) shape: Shape,
    pub(super) key: &'a str,
    pub(super) label: Option<&'a str>,
    /// Where in the line the value stands with its `=`, and with all that follows where that is no body on the
    /// same line.
    pub(super) value: Option<Range<usize>>,
    /// Where the body starts, where it stands on the same line.
    pub(super) body: Option<usize>,
}

/// The columns that a text takes: one a character.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// Aligns rows that go with each other, and follow each other without a blank line or a comment between them.
pub(super) fn rows(lines: &mut [Line<'_>], rows: &[Row<'_>]) {
    // A row alone stands as it is.
    let [first, _, ..] = rows else { return };
    let key = widest(rows.iter().map(|row| row.key));
    let label = widest(rows.iter().filter_map(|row| row.label));
    // Only the bodies of labelled entries have a column.
    let with_body = rows.iter().filter(|row| row.body.is_some() && first.shape == Shape::Labelled);
    let value = widest(with_body.filter_map(|row| row.value_in(&lines.get(row.line)?.text)));
    for row in rows {
        if let Some(line) = lines.get_mut(row.line) {
            line.text = row.aligned(&line.text, key, label, value);
        }
    }
}

impl Row<'_> {
    fn value_in<'t>(&self, line: &'t str) -> Option<&'t str> {
        line.get(self.value.clone()?)
    }

    /// Whether a row and the next one are aligned: those of one shape are, and of labelled ones those that
    /// have the same key, or both a body, or both a value and no body.
    pub(super) fn goes_with(&self, next: &Self) -> bool {
        let both = |has: &dyn Fn(&Self) -> bool| has(self) && has(next);
        self.shape == next.shape
            && (self.shape != Shape::Labelled
                || self.key == next.key
                || both(&|row| row.body.is_some())
                || both(&|row| row.body.is_none() && row.value.is_some()))
    }

    /// The line, with its columns as wide as they are given.
    fn aligned(&self, line: &str, key: usize, label: usize, value: usize) -> String {
        let said = self.value_in(line);
        let body = self.body.and_then(|start| line.get(start..));
        let columns = [
            Some((self.key, key)),
            self.label.map(|text| (text, label)),
            // The body stands below those that have a value before them.
            said.or(body.filter(|_| value > 0).map(|_| "")).map(|text| (text, value)),
            body.map(|text| (text, 0)),
        ];
        let mut out = String::with_capacity(line.len() + key + label + value);
        let mut gap = 0;
        for (text, column) in columns.into_iter().flatten() {
            out.extend(std::iter::repeat_n(' ', gap));
            out.push_str(text);
            gap = column.saturating_sub(width(text)) + 1;
        }
        out
    }
}

/// Aligns the comments at the ends of lines that follow each other with the same indentation.
pub(super) fn comments(lines: &mut [Line<'_>]) {
    for group in lines.chunk_by_mut(|a, b| a.comment.is_some() && b.comment.is_some() && a.indent == b.indent)
    {
        let column = group.iter().map(|line| width(&line.text)).max().unwrap_or(0);
        for line in group {
            line.gap = column - width(&line.text) + COMMENT_GAP;
        }
    }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(width).max().unwrap_or(0)
}
