//! Printing: a file in the one style, which `docs/formatting.md` describes.
//!
//! The printer walks the tree and copies every word from the source, so it can neither change a value nor
//! lose one. Comments are not in the tree: it meets them in the order of the source, and every sequence
//! (the file, a body, a list) takes those that stand in it.
//!
//! Every choice is made from what the printed text has in common with the source: what stands on one line,
//! where blank lines are, and how wide words are without the spaces that align them. That is why printing
//! what was printed changes nothing.

mod align;
mod flat;

use super::text::shared_indent;
use super::{Body, Entry, File, Value, ValueKind};
use crate::parallel;
use crate::source::{SourceFile, Span};
use align::{Row, Shape, width};

/// How wide a line may become before its bodies and lists are spread over several. The spaces that align
/// are not counted, and neither is a comment at the end.
pub const MAX_WIDTH: usize = 140;

/// The spaces of one level.
const INDENT: usize = 2;

/// The text of a file in the one style. The file must have been parsed from `source` without an error:
/// what is not in the tree would be lost.
#[must_use]
pub fn print(source: &SourceFile, file: &File) -> String {
    let items: Vec<Item<'_>> = file.entries.iter().map(Item::Entry).collect();
    parallel::map(&parts(source, &file.comments, &items), |part| part.print(source)).concat()
}

/// How many bytes of a file are printed at once, at least.
const PART: usize = 64 * 1024;

/// What stands between two blank lines of a file. Nothing is aligned across them, so parts can be printed at the same
/// time.
struct Part<'a> {
    items: &'a [Item<'a>],
    comments: &'a [Span],
    /// Where the item before it ends.
    before: Option<usize>,
    end: usize,
}

fn parts<'a>(source: &SourceFile, comments: &'a [Span], items: &'a [Item<'a>]) -> Vec<Part<'a>> {
    let text = source.text();
    let mut parts = Vec::new();
    let mut last = Part { items, comments, before: None, end: text.len() };
    let mut start = 0;
    for (at, pair) in items.windows(2).enumerate() {
        let item_end = pair[0].end();
        if item_end - last.before.unwrap_or(0) < PART {
            continue;
        }
        // A comment behind the item belongs to it.
        let end = item_end + text[item_end..].find('\n').unwrap_or(0);
        let (own, rest) =
            last.comments.split_at(last.comments.partition_point(|it| (it.start as usize) < end));
        let next = rest.first().map_or(text.len(), |comment| comment.start as usize).min(pair[1].start());
        if has_blank_line(source, item_end, next) {
            let items = &items[start..=at];
            parts.push(Part { items, comments: own, end, ..last });
            start = at + 1;
            last = Part { comments: rest, before: Some(item_end), ..last };
        }
    }
    parts.push(Part { items: &items[start..], ..last });
    parts
}

impl Part<'_> {
    fn print(&self, source: &SourceFile) -> String {
        let mut printer = Printer { source, comments: self.comments, lines: Vec::new() };
        let place = Place { indent: 0, is_list: false, apart: false };
        printer.sequence(self.items, self.before, self.end, place);
        align::comments(&mut printer.lines);
        let mut out = String::with_capacity(self.end - self.before.unwrap_or(0));
        for line in printer.lines {
            line.write(&mut out);
        }
        out
    }
}

/// Whether a line between two places is blank.
fn has_blank_line(source: &SourceFile, from: usize, to: usize) -> bool {
    let gap = source.text().get(from..to).unwrap_or_default();
    let lines = gap.split_once('\n').and_then(|(_, rest)| rest.rsplit_once('\n'));
    lines.is_some_and(|(lines, _)| lines.split('\n').any(|line| line.trim().is_empty()))
}

/// A line of the result.
#[derive(Debug, Default)]
struct Line<'a> {
    /// How many spaces it starts with; none where it is empty.
    indent: usize,
    /// What it says.
    text: String,
    /// The comment at its end.
    comment: Option<&'a str>,
    /// The spaces before the comment.
    gap: usize,
}

impl Line<'_> {
    fn write(&self, out: &mut String) {
        if !self.text.is_empty() {
            out.extend(std::iter::repeat_n(' ', self.indent));
            out.push_str(&self.text);
        }
        if let Some(comment) = self.comment {
            out.extend(std::iter::repeat_n(' ', self.gap));
            out.push_str(comment);
        }
        out.push('\n');
    }
}

/// What stands in a sequence.
#[derive(Debug, Clone, Copy)]
enum Item<'a> {
    /// An entry of a file or a body.
    Entry(&'a Entry),
    /// An item of a list.
    Value(&'a Value),
}

impl Item<'_> {
    fn start(self) -> usize {
        match self {
            Self::Entry(entry) => entry.key.span.start as usize,
            Self::Value(value) => value.span.start as usize,
        }
    }

    fn end(self) -> usize {
        let span = match self {
            Self::Value(value) => value.span,
            Self::Entry(Entry { body: Some(body), .. }) => body.span,
            Self::Entry(Entry { value: Some(value), .. }) => value.span,
            Self::Entry(Entry { label: Some(label), .. }) => label.span,
            Self::Entry(entry) => entry.key.span,
        };
        span.end as usize
    }
}

/// Where a sequence is printed.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// How many spaces its lines start with.
    indent: usize,
    /// Whether its lines end with commas.
    is_list: bool,
    /// Whether each item gets a line of its own, even where the source has several on one.
    apart: bool,
}

struct Printer<'a> {
    source: &'a SourceFile,
    /// The comments that are not printed yet.
    comments: &'a [Span],
    lines: Vec<Line<'a>>,
}

impl<'a> Printer<'a> {
    /// Prints what stands in a file, a body or a list up to `end`, each item or row of items on lines of its
    /// own. The item before the first one, where there is one, ends at `before`.
    fn sequence(&mut self, items: &[Item<'_>], mut before: Option<usize>, end: usize, place: Place) {
        let mut run: Vec<Row<'a>> = Vec::new();
        let mut rest = items;
        loop {
            let next = rest.first().map_or(end, |item| item.start());
            while let Some(comment) = self.comment_before(next) {
                self.end_run(&mut run);
                self.blank(before, comment.start as usize);
                let text = self.text(comment).trim_end().to_owned();
                self.lines.push(Line { indent: place.indent, text, ..Line::default() });
                before = Some(comment.end as usize);
            }
            let Some(first) = rest.first() else { break };
            if self.blank(before, first.start()) {
                self.end_run(&mut run);
            }
            let together = if place.apart { 1 } else { self.together(rest) };
            let row = &rest[..together];
            if let Some((text, body)) = self.one_line(row, place) {
                self.row(row, text, body, place, &mut run);
            } else {
                for item in row {
                    self.item(*item, place, &mut run);
                }
            }
            rest = &rest[together..];
            // What stands behind a row stays behind its last item.
            let row_end = row.last().map_or(end, |item| item.end());
            self.comment_behind(row_end, rest.first().map_or(end, |item| item.start()));
            before = Some(row_end);
        }
        self.end_run(&mut run);
    }

    /// How many items follow each other without the end of a line between them.
    fn together(&self, items: &[Item<'_>]) -> usize {
        let text = self.source.text();
        let apart = items.windows(2).position(|pair| text[pair[0].end()..pair[1].start()].contains('\n'));
        apart.map_or(items.len(), |at| at + 1)
    }

    /// Prints items that stay on one line; the body of the last one starts at `body`.
    fn row(
        &mut self,
        items: &[Item<'_>],
        mut text: String,
        body: usize,
        place: Place,
        run: &mut Vec<Row<'a>>,
    ) {
        let line = self.lines.len();
        let row = match items {
            [Item::Entry(entry)] => {
                let row = self.row_of(entry, line, text.len());
                let body = entry.body.as_ref().map(|_| body);
                // The body is a column of its own.
                let value = row.value.map(|value| value.start..body.map_or(value.end, |body| body - 1));
                Some(Row { value, body, ..row })
            }
            // Of several entries on a line the first one is aligned, and that only by its `=`.
            [Item::Entry(entry), ..] if shape(entry) == Shape::Value => {
                Some(self.row_of(entry, line, text.len()))
            }
            _ => None,
        };
        if place.is_list {
            text.push(',');
        }
        self.lines.push(Line { indent: place.indent, text, ..Line::default() });
        self.add(run, row);
    }

    /// Prints an item that stands alone, on one line or several.
    fn item(&mut self, item: Item<'_>, place: Place, run: &mut Vec<Row<'a>>) {
        if let Some((text, body)) = self.one_line(&[item], place) {
            return self.row(&[item], text, body, place, run);
        }
        let at = self.lines.len();
        match item {
            Item::Entry(entry) => {
                let last = self.spread(entry, place.indent);
                self.lines.push(last);
                // Of an entry on several lines the first one is aligned, and that only by its `=`.
                let row = self.row_of(entry, at, self.lines[at].text.len());
                self.add(run, Some(row).filter(|row| row.shape == Shape::Value));
            }
            Item::Value(value) => {
                let mut line = Line { indent: place.indent, ..Line::default() };
                self.value(value, &mut line, 1);
                line.text.push(',');
                self.lines.push(line);
                self.add(run, None);
            }
        }
    }

    /// Prints an entry over several lines; the last of them is returned, as it may go on.
    fn spread(&mut self, entry: &Entry, indent: usize) -> Line<'a> {
        let mut line = Line { indent, text: self.head(entry), ..Line::default() };
        if let Some(value) = &entry.value {
            line.text.push_str(" = ");
            let behind = if entry.body.is_some() { " {".len() } else { 0 };
            self.value(value, &mut line, behind);
        }
        if let Some(body) = &entry.body {
            line.text.push(' ');
            self.body(body, &mut line, 0);
        }
        line
    }

    /// Appends a value to a line that still needs room for what stands behind it.
    fn value(&mut self, value: &Value, line: &mut Line<'a>, behind: usize) {
        match &value.kind {
            ValueKind::Text(_) if self.text(value.span).starts_with("\"\"\"") => {
                self.lines_of_text(value, line);
            }
            ValueKind::List(items) => {
                if !self.on_the_line(value.span, line, behind, |flat, room| self.flat_list(items, flat, room))
                {
                    let items: Vec<Item<'_>> = items.iter().map(Item::Value).collect();
                    self.bracket(&items, value.span, line, ["[", "]"]);
                }
            }
            ValueKind::Body(body) => self.body(body, line, behind),
            _ => line.text.push_str(self.text(value.span)),
        }
    }

    /// Appends a body to a line that still needs room for what stands behind it.
    fn body(&mut self, body: &Body, line: &mut Line<'a>, behind: usize) {
        if !self.on_the_line(body.span, line, behind, |flat, room| self.flat_body(body, flat, room)) {
            let items: Vec<Item<'_>> = body.entries.iter().map(Item::Entry).collect();
            self.bracket(&items, body.span, line, ["{", "}"]);
        }
    }

    /// Appends what stands between brackets to the line, where it was written so and fits.
    fn on_the_line(
        &self,
        span: Span,
        line: &mut Line<'a>,
        behind: usize,
        flat: impl FnOnce(&mut String, usize) -> Option<usize>,
    ) -> bool {
        if self.spans_lines(span) {
            return false;
        }
        let room = MAX_WIDTH.saturating_sub(line.indent + width(&line.text) + behind);
        let start = line.text.len();
        // Nothing is won by spreading brackets around nothing.
        let fits = flat(&mut line.text, if self.is_bare(span) { usize::MAX } else { room }).is_some();
        if !fits {
            line.text.truncate(start);
        }
        fits
    }

    /// Ends the line with the opening bracket, and starts another one with the closing bracket.
    fn bracket(&mut self, items: &[Item<'_>], span: Span, line: &mut Line<'a>, [open, close]: [&str; 2]) {
        let indent = line.indent;
        line.text.push_str(open);
        self.lines.push(std::mem::take(line));
        let end = span.end as usize - 1;
        // What was on one line and does not fit there is taken apart.
        let apart = !self.spans_lines(span);
        self.comment_behind(span.start as usize, items.first().map_or(end, |item| item.start()));
        self.sequence(items, None, end, Place { indent: indent + INDENT, is_list: open == "[", apart });
        *line = Line { indent, text: close.to_owned(), ..Line::default() };
    }

    /// Appends a text of several lines: the indentation its lines share is another one afterwards, what the
    /// language makes of it is the same.
    fn lines_of_text(&mut self, value: &Value, line: &mut Line<'a>) {
        let raw = self.text(value.span);
        let indent = line.indent + INDENT;
        line.text.push_str("\"\"\"");
        self.lines.push(std::mem::take(line));
        let lines: Vec<&str> = raw.split('\n').collect();
        let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
        let shared = shared_indent(inner.iter().copied());
        for text in inner {
            let text = if text.trim().is_empty() { "" } else { text.get(shared..).unwrap_or_default() };
            self.lines.push(Line { indent, text: text.to_owned(), ..Line::default() });
        }
        *line = Line { indent, text: "\"\"\"".to_owned(), ..Line::default() };
    }

    /// The columns of an entry that starts the line `at` of the result, which is so long.
    fn row_of(&self, entry: &Entry, line: usize, length: usize) -> Row<'a> {
        let key = self.text(entry.key.span);
        let label = entry.label.as_ref().map(|label| self.text(label.span));
        let head = key.len() + label.map_or(0, |label| 1 + label.len());
        let value = entry.value.as_ref().map(|_| head + 1..length);
        Row { line, shape: shape(entry), key, label, value, body: None }
    }

    fn head(&self, entry: &Entry) -> String {
        let mut text = self.text(entry.key.span).to_owned();
        if let Some(label) = &entry.label {
            text.push(' ');
            text.push_str(self.text(label.span));
        }
        text
    }

    /// Adds a row to those that are aligned together, where it belongs to them; otherwise they end here.
    fn add(&mut self, run: &mut Vec<Row<'a>>, row: Option<Row<'a>>) {
        if !run.last().zip(row.as_ref()).is_some_and(|(last, row)| last.goes_with(row)) {
            self.end_run(run);
        }
        run.extend(row);
    }

    fn end_run(&mut self, run: &mut Vec<Row<'a>>) {
        align::rows(&mut self.lines, run);
        run.clear();
    }

    /// Prints a blank line where the source has one or more between two things of a sequence.
    fn blank(&mut self, before: Option<usize>, next: usize) -> bool {
        let has_blank = before.is_some_and(|before| has_blank_line(self.source, before, next));
        if has_blank {
            self.lines.push(Line::default());
        }
        has_blank
    }

    /// Takes the next comment, where it stands before a place.
    fn comment_before(&mut self, place: usize) -> Option<Span> {
        let (first, rest) = self.comments.split_first()?;
        if first.start as usize >= place {
            return None;
        }
        self.comments = rest;
        Some(*first)
    }

    /// Puts the next comment at the end of the last line, where it stands on the line of the source that
    /// `place` is on, and before `next`.
    fn comment_behind(&mut self, place: usize, next: usize) {
        let Some(first) = self.comments.first().filter(|first| (first.start as usize) < next) else { return };
        let gap = self.source.text().get(place..first.start as usize).unwrap_or_default();
        if gap.contains('\n') {
            return;
        }
        let Some(comment) = self.comment_before(next) else { return };
        let text = self.text(comment).trim_end();
        if let Some(line) = self.lines.last_mut() {
            line.comment = Some(text);
        }
    }

    /// Whether the text, the list or the body of an item was written on several lines.
    fn is_spread(&self, item: Item<'_>) -> bool {
        let (value, body) = match item {
            Item::Entry(entry) => (entry.value.as_ref(), entry.body.as_ref()),
            Item::Value(value) => (Some(value), None),
        };
        value.is_some_and(|value| self.spans_lines(value.span))
            || body.is_some_and(|body| self.spans_lines(body.span))
    }

    /// Whether a text or a pair of brackets spans several lines. Brackets around nothing never do.
    fn spans_lines(&self, span: Span) -> bool {
        self.text(span).contains('\n') && !self.is_bare(span)
    }

    /// Whether a span is a pair of brackets with nothing between them, not even a comment.
    fn is_bare(&self, span: Span) -> bool {
        let text = self.text(span);
        let inner = text.strip_prefix(['[', '{']).and_then(|text| text.strip_suffix([']', '}']));
        inner.is_some_and(|inner| inner.trim().is_empty())
    }

    fn text(&self, span: Span) -> &'a str {
        self.source.text().get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// What an entry consists of.
fn shape(entry: &Entry) -> Shape {
    match (&entry.label, &entry.value, &entry.body) {
        (Some(_), _, _) => Shape::Labelled,
        (None, Some(_), _) => Shape::Value,
        (None, None, Some(_)) => Shape::Body,
        (None, None, None) => Shape::Word,
    }
}
