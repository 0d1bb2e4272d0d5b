//! Diagnostics: the one type in which every stage reports, and the sink it reports to.
//!
//! A user's mistake is never a Rust `Result` that stops at the first: a stage reports what it
//! finds to the [`Sink`] and goes on with what is left.

pub mod cause;
mod code;
pub mod codes;
pub mod credential;
pub mod edit;
mod guard;
pub mod machine;
mod render;
mod suggest;

use crate::source::Span;

pub use code::{Code, Severity};
pub use codes::CODES;
pub use edit::{Edit, Help};
pub use guard::{Guard, Guarded};
pub use render::{Style, render};
pub use suggest::{did_you_mean, list_of, list_of_some};

/// A place with a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place, as small as possible.
    pub span: Span,
    /// What is to be seen there.
    pub note: String,
}

/// One message: a code, one sentence, the places, and the way out.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The stable code.
    pub code: &'static Code,
    /// That of its code, unless the command line raises it.
    pub severity: Severity,
    /// One sentence that stands alone: lower case, no full stop.
    pub message: String,
    /// The places; the first one is the primary.
    pub labels: Vec<Label>,
    /// The way out. It alone suggests; the message states.
    pub help: Option<String>,
    /// The help as edits, where it can be one: all of them together are the way out.
    pub edits: Vec<Edit>,
    /// The name that its edits write, with what helps where nothing is declared under it: then there is no edit.
    pub name: Option<(String, String)>,
    /// What it comes of, the nearest first: [`cause::gather`] tells of each once.
    pub causes: Vec<String>,
    /// The place, one of `labels`, that is the primary where several messages come of it.
    pub origin: Option<usize>,
    /// The services that it is about, by their paths: several instances of a component have its places in common.
    pub about: Vec<String>,
    /// Whether it is about all of them at once, and not about what one has to do with another.
    pub of_all: bool,
    /// The credentials it reports: no text that is printed shows them.
    pub secrets: Vec<String>,
}

impl Diagnostic {
    /// A message without a place yet.
    #[must_use]
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            message: clip(message.into()),
            labels: Vec::new(),
            help: None,
            edits: Vec::new(),
            name: None,
            causes: Vec::new(),
            origin: None,
            about: Vec::new(),
            of_all: false,
            secrets: Vec::new(),
        }
    }

    /// Adds a place; the first one added is the primary.
    #[must_use]
    pub fn at(mut self, span: Span, note: impl Into<String>) -> Self {
        self.labels.push(Label { span, note: clip(note.into()) });
        self
    }

    /// Adds a place where there is one.
    #[must_use]
    pub fn at_maybe(self, span: Option<Span>, note: impl Into<String>) -> Self {
        match span {
            Some(span) => self.at(span, note),
            None => self,
        }
    }

    /// Says which service it is about, by its path; of two, each may allow it.
    #[must_use]
    pub fn about(mut self, path: &str) -> Self {
        self.about.push(path.to_owned());
        self
    }

    /// Says which services have it in common, by their paths: all of them must allow it.
    #[must_use]
    pub fn about_all<'a>(mut self, paths: impl IntoIterator<Item = &'a str>) -> Self {
        self.about.extend(paths.into_iter().map(str::to_owned));
        self.of_all = true;
        self
    }

    /// Adds a credential that it reports, as the program reads it: whatever is printed, it is hidden there.
    #[must_use]
    pub fn hide(mut self, secret: impl Into<String>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// Adds credentials that it reports.
    #[must_use]
    pub fn hide_all<'a>(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.secrets.extend(secrets.into_iter().map(str::to_owned));
        self
    }

    /// Adds the place that everything suffers from that comes of the same.
    #[must_use]
    pub fn at_cause(mut self, span: Span, note: impl Into<String>) -> Self {
        self.origin = Some(self.labels.len());
        self.at(span, note)
    }

    /// Says what it comes of; what is said later lies farther away.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Sets the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<Help>) -> Self {
        let (text, edit) = help.into().split(self.labels.first().map(|label| label.span));
        self.help = Some(text);
        self.edits = edit.into_iter().collect();
        self
    }

    /// Sets the way out where there is one.
    #[must_use]
    pub fn help_maybe(self, help: Option<impl Into<Help>>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Says that its edits write a name, and what helps where nothing is declared under it.
    #[must_use]
    pub fn where_declared(mut self, name: &str, otherwise: &str) -> Self {
        self.name = Some((name.to_owned(), otherwise.to_owned()));
        self
    }

    /// Whether it stops a build.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The longest message, in characters: a name of ten megabytes tells nobody more than its start.
const LONGEST: usize = 300;

/// How many suggestions are looked for: each compares a word with all that are known.
const MOST_SUGGESTIONS: usize = 100;

/// A message that is not too long. It ends between two words, and behind no half of a name, unless one word alone is too long.
fn clip(message: String) -> String {
    let Some((at, _)) = message.char_indices().nth(LONGEST) else { return message };
    let head = &message[..at];
    let in_a_name = head.matches('`').count() % 2 == 1;
    let whole = if in_a_name { head.rfind('`') } else { head.rfind(' ') };
    let whole = whole.map(|end| head[..end].trim_end()).filter(|whole| whole.len() > at / 2);
    format!("{}…", whole.unwrap_or(head))
}

/// How many diagnostics are kept.
pub const MOST: usize = 1_000;

/// Where the stages report to.
#[derive(Debug, Default, Clone)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
    /// How many suggestions were looked for.
    suggestions: usize,
}

impl Sink {
    /// Takes a diagnostic; behind [`MOST`] of them nothing more is kept.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// One of several sinks that what is reported at the same time goes to. They share the suggestions that are left.
    #[must_use]
    pub fn part(&self, parts: usize) -> Self {
        let left = MOST_SUGGESTIONS.saturating_sub(self.suggestions) / parts.max(1);
        Self { diagnostics: Vec::new(), suggestions: MOST_SUGGESTIONS - left }
    }

    /// Takes over what was reported to another sink.
    pub fn take(&mut self, other: Self) {
        other.diagnostics.into_iter().for_each(|diagnostic| self.report(diagnostic));
    }

    /// Reports what is about the service of a path, where it does not itself say what it is about.
    pub fn about(&mut self, path: Option<&str>, report: impl FnOnce(&mut Self)) {
        let before = self.diagnostics.len();
        report(self);
        for told in self.diagnostics.iter_mut().skip(before).filter(|told| told.about.is_empty()) {
            told.about.extend(path.map(str::to_owned));
        }
    }

    /// Whether so much was reported that nothing more is kept: whoever reports in a loop may stop.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.diagnostics.len() >= MOST
    }

    /// A help text for an unknown word, as [`did_you_mean`] has it, where so many words may be known that only the
    /// first mistakes can be helped.
    pub fn did_you_mean<'a>(&mut self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Help> {
        if self.suggestions >= MOST_SUGGESTIONS {
            return None;
        }
        self.suggestions += 1;
        suggest::did_you_mean(word, known)
    }

    /// Whether anything reported so far stops a build.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Whether a diagnostic of a family was reported so far: of the codes that start so.
    #[must_use]
    pub fn has_code_of(&self, family: &str) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.code.id.starts_with(family))
    }

    /// How many diagnostics were reported so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Whether nothing was reported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Everything reported, in the order of the reports.
    #[must_use]
    pub fn each(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Everything reported, each once, ordered as the source is: by file, by place, by code.
    #[must_use]
    pub fn finish(self) -> Vec<Diagnostic> {
        once(self.diagnostics)
    }
}

/// Each of them once, ordered as the source is.
#[must_use]
pub fn once(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    sort(&mut diagnostics);
    diagnostics.dedup_by(|a, b| {
        a.code.id == b.code.id && a.message == b.message && a.labels.first() == b.labels.first()
    });
    diagnostics
}

/// As the source is: by file, by place, by code.
fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.labels.first().map(|label| (label.span.file, label.span.start));
        (place(a), a.code.id, &a.message).cmp(&(place(b), b.code.id, &b.message))
    });
}
