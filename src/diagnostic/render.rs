//! Diagnostics as a person reads them, drawn by miette.
//!
//! miette draws the labels of one file; labels in other files follow as notes with a picture of
//! their own.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, ReportHandler,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::{Diagnostic, Guard, Guarded, Label, Severity};
use crate::source::{FileId, SourceFile};

/// A line longer than this is drawn in part.
const LONG_LINE: usize = 400;

/// How much of a long line is drawn on both sides of what is labelled.
const AROUND: usize = 60;

/// How diagnostics are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// For a terminal.
    Colour,
    /// For files, pipes and tests.
    Plain,
}

/// Draws one diagnostic, behind the guard of all that are printed with it.
#[must_use]
pub fn render(diagnostic: &Diagnostic, guard: &Guard<'_>, style: Style) -> Guarded {
    Guarded::drawn(draw(&guard.diagnostic(diagnostic), guard, style))
}

fn draw(diagnostic: &Diagnostic, guard: &Guard<'_>, style: Style) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut characters = ThemeCharacters::unicode();
    characters.error = format!("{severity}[{}]:", diagnostic.code.id);
    characters.warning.clone_from(&characters.error);
    "note:".clone_into(&mut characters.advice);
    let styles = match style {
        Style::Colour => ThemeStyles::ansi(),
        Style::Plain => ThemeStyles::none(),
    };
    let handler = GraphicalReportHandler::new()
        .with_theme(GraphicalTheme { characters, styles })
        .with_wrap_lines(false)
        .with_links(false)
        .with_context_lines(0);
    let picture = Picture::new(diagnostic, guard);
    let drawn = Debugged { handler: &handler, picture: &picture }.to_string();
    let mut out = String::with_capacity(drawn.len());
    // A picture of another file starts with its severity, which its note makes needless.
    let lines = drawn.trim_start_matches('\n').lines().filter(|line| line.trim_end() != "Advice:");
    for (number, line) in lines.enumerate() {
        // miette indents the message, too.
        let line = if number == 0 { line.trim_start() } else { line };
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A diagnostic with its sources, in the shape miette takes.
struct Picture<'a> {
    diagnostic: Option<&'a Diagnostic>,
    message: &'a str,
    file: Option<Snippet<'a>>,
    labels: Vec<&'a Label>,
    related: Vec<Picture<'a>>,
}

impl<'a> Picture<'a> {
    fn new(diagnostic: &'a Diagnostic, guard: &'a Guard<'a>) -> Self {
        let file = diagnostic.labels.first().map(|label| label.span.file);
        let (labels, elsewhere): (Vec<&Label>, Vec<&Label>) =
            diagnostic.labels.iter().partition(|label| together(label, diagnostic.labels.first(), guard));
        let labels = near(labels, guard);
        let related = elsewhere
            .into_iter()
            .map(|label| Picture {
                diagnostic: None,
                message: &label.note,
                file: Some(Snippet::new(guard, label.span.file)),
                labels: vec![label],
                related: Vec::new(),
            })
            .collect();
        Picture {
            diagnostic: Some(diagnostic),
            message: &diagnostic.message,
            file: file.map(|file| Snippet::new(guard, file)),
            labels,
            related,
        }
    }
}

/// How many lines below the first label others are drawn in its picture; above it, only the next line. Others get pictures of their own, so
/// that the first place told is the primary one.
const APART: usize = 6;

/// Whether a label is drawn in the picture of the first one.
fn together(label: &Label, first: Option<&Label>, guard: &Guard<'_>) -> bool {
    let Some(first) = first.filter(|first| first.span.file == label.span.file) else { return false };
    let file = guard.file(label.span.file);
    let (here, primary) = (file.line_of(label.span.start), file.line_of(first.span.start));
    let near = if here < primary { primary - here <= 1 } else { here - primary <= APART };
    // Of a very long line only a part is drawn, which can be done where the picture has no other.
    let is_long = |line: usize| file.line_start(line + 1) - file.line_start(line) > LONG_LINE;
    near && (here == primary || !(here.min(primary)..=here.max(primary)).any(is_long))
}

/// Labels that can be drawn together: on one very long line, only those near the first.
fn near<'a>(labels: Vec<&'a Label>, guard: &Guard<'_>) -> Vec<&'a Label> {
    let Some(&first) = labels.first() else { return labels };
    let file = guard.file(first.span.file);
    let line = file.line_of(first.span.start);
    if file.line_start(line + 1) - file.line_start(line) <= LONG_LINE {
        return labels;
    }
    let far = |label: &&Label| {
        file.line_of(label.span.start) == line
            && label.span.start.abs_diff(first.span.start) as usize > AROUND
    };
    labels.into_iter().filter(|label| !far(label)).collect()
}

impl Picture<'_> {
    /// How many bytes of a label are drawn: its first line.
    fn shown(&self, label: &Label) -> usize {
        let (start, end) = (label.span.start as usize, label.span.end as usize);
        let text = self.file.as_ref().and_then(|file| file.text.get(start..end));
        text.map_or(0, |text| text.lines().next().map_or(0, |line| floor(line, LONG_LINE)))
    }
}

impl fmt::Debug for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Picture<'_> {}

impl miette::Diagnostic for Picture<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.map(|diagnostic| diagnostic.severity) {
            Some(Severity::Error) => miette::Severity::Error,
            Some(Severity::Warning) => miette::Severity::Warning,
            None => miette::Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        let help = self.diagnostic?.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.file.as_ref().map(|file| file as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let main = self.diagnostic.is_some();
        Some(Box::new(self.labels.iter().enumerate().map(move |(at, label)| {
            let note = (main && !label.note.is_empty()).then(|| label.note.clone());
            let span = (label.span.start as usize, self.shown(label));
            if at == 0 {
                LabeledSpan::new_primary_with_span(note, span)
            } else {
                LabeledSpan::new_with_span(note, span)
            }
        })))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|picture| picture as &dyn miette::Diagnostic)))
    }
}

/// A file of which miette sees only the lines it draws, found through the table of line starts.
struct Snippet<'a> {
    file: &'a SourceFile,
    /// What it is called.
    name: &'a str,
    /// Its text, without what no message may show.
    text: &'a str,
}

impl<'a> Snippet<'a> {
    fn new(guard: &'a Guard<'a>, id: FileId) -> Self {
        Self { file: guard.file(id), name: guard.name(id), text: guard.shown(id) }
    }
}

impl SourceCode for Snippet<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let (file, text) = (self.file, self.text);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let first = file.line_of(offset(span.offset())).saturating_sub(before);
        let end = span.offset() + span.len().saturating_sub(1);
        let last = (file.line_of(offset(end)) + after).min(file.line_count().saturating_sub(1));
        let start = file.line_start(first);
        let stop = file.line_start(last + 1);
        let column = if before == 0 {
            text.get(start..span.offset()).map_or(0, |text| text.chars().count())
        } else {
            0
        };
        let (start, stop, column) = if stop - start > LONG_LINE && first == last {
            let from = floor(text, span.offset().saturating_sub(AROUND).max(start));
            let to = floor(text, (span.offset() + span.len().min(LONG_LINE) + AROUND).min(stop));
            (from, to, span.offset() - start)
        } else {
            (start, stop, column)
        };
        let bytes = text.as_bytes().get(start..stop).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_owned(),
            bytes,
            SourceSpan::from((start, stop - start)),
            first,
            column,
            last - first + 1,
        )))
    }
}

/// The last boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// miette draws through `fmt::Debug`; this makes it a `Display`.
struct Debugged<'a> {
    handler: &'a GraphicalReportHandler,
    picture: &'a Picture<'a>,
}

impl fmt::Display for Debugged<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handler.debug(self.picture, f)
    }
}
