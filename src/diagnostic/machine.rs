//! Findings as machines read them: JSON with a schema that ships, SARIF for code scanning, the annotations of GitHub, and a
//! line each for editors. [`super::render()`] draws the same for people.
//!
//! A finding is made of a [`Diagnostic`] behind the guard, or of what a command found in files that it compares. Formats
//! change in compatible ways only: a key may come, none goes or changes its meaning.

mod github;
mod json;
mod sarif;
mod short;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::{Code, Diagnostic, Guard, Guarded, Label, Severity};
use crate::source::{SourceFile, Span};

pub use json::Document;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One object with everything that is known of each finding; its schema is [`Document`]'s.
    Json,
    /// The Static Analysis Results Interchange Format 2.1.0, which code scanning services read.
    Sarif,
    /// Workflow commands by which GitHub shows findings beside the lines of a pull request.
    Github,
    /// A line each: `FILE:LINE:COLUMN: SEVERITY[CODE] MESSAGE`.
    Short,
}

/// Prints findings in a format.
#[must_use]
pub fn print(findings: &[Finding], format: Format) -> Guarded {
    // Every text of a finding has passed the guard.
    Guarded::drawn(match format {
        Format::Json => json::print(findings),
        Format::Sarif => sarif::print(findings),
        Format::Github => github::print(findings),
        Format::Short => short::print(findings),
    })
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing is built, or a check fails.
    Error,
    /// Everything is built; it needs a review.
    Warning,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something that was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Finding {
    /// The stable code, such as `NET001`. `infrac explain CODE` says what it means.
    pub code: &'static str,
    /// Its readable name, such as `unreachable-dependency`.
    pub name: &'static str,
    /// How grave it is.
    pub severity: Level,
    /// One sentence that stands alone: lower case, no full stop.
    pub message: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The environment with which it is found, where the platform as it stands does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The runtime on which it is found, where the first one does not have it: `compose` or `kubernetes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<&'static str>,
    /// Where it is; the first place is the primary one.
    pub places: Vec<Place>,
    /// Changes of source files that are the way out together; none where it takes a decision.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Replacement>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The file: relative to the folder in which the command ran where it is below that folder.
    pub file: String,
    /// Whether the file is one of the compiler's own, a component that it ships, and not one of the project.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shipped: bool,
    /// The first character.
    pub start: Position,
    /// The place behind the last character.
    pub end: Position,
    /// What is to be seen there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters of Unicode.
    pub column: usize,
    /// The bytes before it, from 0.
    pub offset: usize,
}

/// A text in place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Replacement {
    /// What is replaced: nothing where `start` is `end`.
    pub place: Place,
    /// The text that belongs there.
    pub text: String,
}

/// What several compilations of one source differ in.
#[derive(Debug, Clone, Default)]
pub struct Variant {
    /// The environment, where it is not the first one.
    pub environment: Option<String>,
    /// The runtime, where it is not the first one.
    pub runtime: Option<&'static str>,
}

impl Finding {
    /// A finding in a file that is no source, at its first character.
    #[must_use]
    pub fn in_file(code: &'static Code, file: &str, message: &str, help: Option<&str>) -> Self {
        let start = Position { line: 1, column: 1, offset: 0 };
        Self {
            code: code.id,
            name: code.name,
            severity: level(code.severity),
            message: Guarded::new(message).as_str().to_owned(),
            help: help.map(str::to_owned),
            environment: None,
            runtime: None,
            places: vec![Place {
                file: file.to_owned(),
                shipped: false,
                start,
                end: start,
                note: String::new(),
            }],
            edits: Vec::new(),
        }
    }

    /// Moves it to a line of its file, whose text is given: the whole line.
    #[must_use]
    pub fn at_line(mut self, line: usize, text: &str) -> Self {
        let offset: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let content = text.get(offset..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        for place in &mut self.places {
            place.start = Position { line, column: 1, offset };
            place.end =
                Position { line, column: content.chars().count() + 1, offset: offset + content.len() };
        }
        self
    }

    /// Sets the environment whose files it is about.
    #[must_use]
    pub fn in_environment(mut self, environment: Option<&str>) -> Self {
        self.environment = environment.map(str::to_owned);
        self
    }

    /// Gives it a place where it has none in the project: the start of the source.
    #[must_use]
    pub fn or_at(mut self, source: &str) -> Self {
        if self.primary().is_none() {
            let start = Position { line: 1, column: 1, offset: 0 };
            let (file, note) = (source.to_owned(), String::new());
            self.places.insert(0, Place { file, shipped: false, start, end: start, note });
        }
        self
    }

    /// A diagnostic behind its guard. `shown` says what a source file is called for those who ran the command.
    #[must_use]
    pub fn of(
        diagnostic: &Diagnostic,
        guard: &Guard<'_>,
        variant: &Variant,
        shown: &dyn Fn(&str) -> String,
    ) -> Self {
        let safe = guard.diagnostic(diagnostic);
        let place = |span: Span, note: &str| {
            let file = guard.file(span.file);
            let shipped = guard.is_shipped(span.file);
            Place {
                file: if shipped { file.name().to_owned() } else { shown(file.name()) },
                shipped,
                start: position(file, span.start),
                end: position(file, span.end),
                note: note.to_owned(),
            }
        };
        let label = |label: &Label| place(label.span, &label.note);
        let edits = safe.edits.iter();
        Self {
            code: safe.code.id,
            name: safe.code.name,
            severity: level(safe.severity),
            message: safe.message.clone(),
            help: safe.help.clone(),
            environment: variant.environment.clone(),
            runtime: variant.runtime,
            places: safe.labels.iter().map(label).collect(),
            edits: edits
                .map(|edit| Replacement { place: place(edit.span, ""), text: edit.new.clone() })
                .collect(),
        }
    }

    /// The first place in a file of the project.
    fn primary(&self) -> Option<&Place> {
        self.places.iter().find(|place| !place.shipped)
    }

    /// The message with where it holds, and the way out in a line of its own.
    fn text(&self) -> String {
        let mut text = self.message.clone();
        let at = [
            self.environment.as_ref().map(|name| format!("in the environment `{name}`")),
            self.runtime.map(|name| format!("on {name}")),
        ];
        let at: Vec<String> = at.into_iter().flatten().collect();
        if !at.is_empty() {
            text = format!("{} ({})", text, at.join(", "));
        }
        if let Some(help) = &self.help {
            text = format!("{text}\nhelp: {help}");
        }
        text
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    }
}

fn position(file: &SourceFile, offset: u32) -> Position {
    let line = file.line_of(offset);
    let (start, end) = (file.line_start(line), offset as usize);
    let column = file.text().get(start..end).map_or(0, |text| text.chars().count());
    Position { line: line + 1, column: column + 1, offset: end }
}

/// The schema of [`Format::Json`].
#[must_use]
pub fn schema() -> String {
    // Of what is written, and not of what could be read: a key that is left out where it is empty is not required.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    format!("{}\n", pretty(&settings.into_generator().into_root_schema_for::<Document<'static>>()))
}

/// An object in JSON, as a person can read it, too.
fn pretty(value: &impl Serialize) -> String {
    // Nothing in these objects can fail: keys are texts, and no value is written by code of its own.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
