//! The guard: every text that the program prints about a source passes it. Values of secrets that stand in the source are
//! known to it as a whole, so no message hides one by itself, and none can forget to: [`super::render()`] and the command line
//! print [`Guarded`] only. Logs of builds are read by many.

mod known;
mod line;
mod lines;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::{Diagnostic, Label};
use crate::hash::HashSet;
use crate::source::{FileId, SourceFile, Sources};
use known::Known;

/// How many lines above a place its picture may show, and how many below.
const AROUND: (usize, usize) = (1, 7);

/// Text that may be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guarded(String);

impl Guarded {
    /// A text about no source: what looks like a credential by itself is hidden.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Known::default().guarded(text)
    }

    /// A text made of lines of sources, such as a difference: what the sources give to secrets is hidden.
    #[must_use]
    pub fn of_sources(text: &str, sources: &[&str]) -> Self {
        let mut known = Known::default();
        for source in sources {
            for range in lines::in_source(source, 0..source.len()) {
                known.add_written(&source[range]);
            }
        }
        known.finish();
        let mut ranges = known.ranges(text);
        ranges.extend(lines::in_source(text, 0..text.len()));
        Self(known::without(text, ranges))
    }

    /// The same with some lines of the text as they are, where each line of it is still one.
    #[must_use]
    pub fn but_for(self, text: &str, is_open: impl Fn(&str) -> bool) -> Self {
        if self.0.lines().count() != text.lines().count() {
            return self;
        }
        let lines = self.0.lines().zip(text.lines());
        let lines = lines.flat_map(|(guarded, line)| [if is_open(line) { line } else { guarded }, "\n"]);
        Self(lines.collect())
    }

    /// What was drawn of texts that passed a guard.
    pub(super) fn drawn(text: String) -> Self {
        Self(text)
    }

    /// Appends another one.
    pub fn push(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of the credentials in some sources, by the diagnostics about them.
#[derive(Debug)]
pub struct Guard<'a> {
    sources: &'a Sources,
    /// What is drawn in the place of the text of a file: as many bytes, on as many lines.
    shown: BTreeMap<FileId, String>,
    /// What files are called, where that is not their name below the project's folder.
    names: BTreeMap<FileId, String>,
    known: Known,
}

impl<'a> Guard<'a> {
    /// Collects the credentials that diagnostics report, and those in the lines that they show: a mistake in a line keeps the
    /// rules from reading it.
    #[must_use]
    pub fn new(diagnostics: &[Diagnostic], sources: &'a Sources) -> Self {
        let mut known = Known::default();
        for secret in diagnostics.iter().flat_map(|diagnostic| &diagnostic.secrets) {
            known.add_read(secret);
        }
        let windows = windows(diagnostics, sources);
        let mut hidden: Vec<(FileId, Range<usize>)> = Vec::new();
        for (file, window) in &windows {
            let text = sources.file(*file).text();
            for range in lines::in_source(text, window.clone()) {
                known.add_written(&text[range.clone()]);
                hidden.push((*file, range));
            }
        }
        known.finish();
        // What is known of one line may stand in another, where nothing gives it away.
        for (file, window) in windows {
            let text = sources.file(file).text().get(window.clone()).unwrap_or_default();
            let ranges = known.values(text).into_iter();
            hidden.extend(ranges.map(|range| (file, window.start + range.start..window.start + range.end)));
        }
        let mut by_file: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
        for (file, range) in hidden {
            by_file.entry(file).or_default().push(range);
        }
        let shown = by_file.into_iter();
        let shown = shown.map(|(file, ranges)| (file, known::starred(sources.file(file).text(), ranges)));
        Self { sources, shown: shown.collect(), names: BTreeMap::new(), known }
    }

    /// The same, in whose pictures the files of diagnostics are called as they are from somewhere else.
    #[must_use]
    pub fn called(mut self, diagnostics: &[Diagnostic], name: impl Fn(&str) -> String) -> Self {
        for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
            let file = label.span.file;
            if !self.is_shipped(file) {
                self.names.entry(file).or_insert_with(|| name(self.sources.file(file).name()));
            }
        }
        self
    }

    /// What a file is called.
    pub(super) fn name(&self, id: FileId) -> &str {
        self.names.get(&id).map_or_else(|| self.sources.file(id).name(), String::as_str)
    }

    /// A file, of which the lines and the name are shown.
    pub(super) fn file(&self, id: FileId) -> &'a SourceFile {
        self.sources.file(id)
    }

    /// Whether a file is one that the compiler ships.
    pub(super) fn is_shipped(&self, id: FileId) -> bool {
        self.sources.embedded().contains(&id)
    }

    /// The text of a file, without what nobody may see.
    pub(super) fn shown(&self, id: FileId) -> &str {
        self.shown.get(&id).map_or_else(|| self.sources.file(id).text(), String::as_str)
    }

    /// A text about the sources.
    #[must_use]
    pub fn text(&self, text: &str) -> Guarded {
        self.known.guarded(text)
    }

    /// A diagnostic of which every text may be printed.
    #[must_use]
    pub fn diagnostic(&self, diagnostic: &Diagnostic) -> Diagnostic {
        let safe = |text: &String| self.known.guarded(text).0;
        let is_open = |text: &String| safe(text) == *text;
        let label = |label: &Label| Label { span: label.span, note: safe(&label.note) };
        Diagnostic {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: safe(&diagnostic.message),
            labels: diagnostic.labels.iter().map(label).collect(),
            help: diagnostic.help.as_ref().map(safe),
            causes: diagnostic.causes.iter().map(safe).collect(),
            origin: diagnostic.origin,
            about: diagnostic.about.clone(),
            of_all: diagnostic.of_all,
            name: None,
            secrets: Vec::new(),
            // An edit with stars in it is none.
            edits: diagnostic.edits.iter().filter(|edit| is_open(&edit.new)).cloned().collect(),
        }
    }
}

/// The lines that diagnostics show, as ranges of bytes: each line once.
fn windows(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<(FileId, Range<usize>)> {
    let mut seen = HashSet::default();
    let mut windows = Vec::new();
    for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        let file = sources.file(label.span.file);
        let line = file.line_of(label.span.start);
        if !seen.insert((label.span.file, line)) {
            continue;
        }
        let (above, below) = AROUND;
        let first = file.line_start(line.saturating_sub(above));
        windows.push((label.span.file, first..file.line_start(line + below + 1)));
    }
    windows.sort_unstable_by_key(|(file, range)| (*file, range.start, range.end));
    let mut merged: Vec<(FileId, Range<usize>)> = Vec::with_capacity(windows.len());
    for (file, range) in windows {
        match merged.last_mut() {
            Some((last, before)) if *last == file && range.start <= before.end => {
                before.end = before.end.max(range.end);
            }
            _ => merged.push((file, range)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{Guard, Guarded};
    use crate::diagnostic::{Diagnostic, codes};
    use crate::source::{Sources, Span};

    #[test]
    fn no_text_of_a_diagnostic_shows_what_is_given_to_a_secret() {
        let mut sources = Sources::default();
        let text = "secret P0 = Hunter2zQ9wX\nsecret P1 {\n  value = \"hunter 3\"\n}\nx = \"Hunter2zQ9wX\"\n";
        let file = sources.add("a", text);
        let told = Diagnostic::new(codes::TYP001, "found `Hunter2zQ9wX` and \"hunter 3\"")
            .at(Span::new(file, 0, 6), "`Hunter2zQ9wX`")
            .help("write `\"Hunter2zQ9wX\"`");
        let guard = Guard::new(std::slice::from_ref(&told), &sources);
        let safe = guard.diagnostic(&told);
        assert_eq!(safe.message, "found `***` and \"***\"");
        assert_eq!(safe.labels[0].note, "`***`");
        assert_eq!(safe.help.as_deref(), Some("write `\"***\"`"));
        let expected =
            "secret P0 = ************\nsecret P1 {\n  value = \"********\"\n}\nx = \"************\"\n";
        assert_eq!(guard.shown(file), expected);
    }

    #[test]
    fn a_value_that_was_cut_off_is_hidden_too() {
        let told = Diagnostic::new(codes::TYP001, format!("{} Hunter2z Q9wXK", "a".repeat(288)))
            .hide("Hunter2z Q9wXK");
        assert!(told.message.ends_with("Hunter2z…"), "{}", told.message);
        let sources = Sources::default();
        let safe = Guard::new(std::slice::from_ref(&told), &sources).diagnostic(&told);
        assert!(safe.message.ends_with("a ***…"), "{}", safe.message);
    }

    #[test]
    fn words_are_hidden_where_they_are_values_only() {
        let told = Diagnostic::new(codes::TYP001, "the secret `secret` is `ADMIN_secret` and `a:secret@b`")
            .hide("secret");
        let sources = Sources::default();
        let safe = Guard::new(std::slice::from_ref(&told), &sources).diagnostic(&told);
        assert_eq!(safe.message, "the secret `***` is `ADMIN_secret` and `a:***@b`");
    }

    #[test]
    fn differences_are_made_of_lines_of_sources() {
        let source = "secret P1 {\n  default   =  \"hunter3\"\n}\n";
        let difference = "-  default   =  \"hunter3\"\n+  default = \"hunter3\"\n";
        assert_eq!(
            Guarded::of_sources(difference, &[source]).as_str(),
            "-  default   =  \"***\"\n+  default = \"***\"\n"
        );
    }
}
