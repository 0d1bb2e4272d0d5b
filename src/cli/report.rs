//! What the program says: diagnostics and remarks on standard error, results on standard output. In a format for machines,
//! all findings are one text on standard output, printed when the command has ended.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Component, Path, PathBuf};

use super::project::{Project, STDIN};
use super::{Color, Failure, Outcome};
use crate::Compilation;
use crate::diagnostic::machine::{self, Finding, Variant};
use crate::diagnostic::{Diagnostic, Guard, Guarded, MOST, Style, render};
use crate::source::Sources;

/// How many diagnostics are drawn. Who has more mends these first.
const MOST_DRAWN: usize = 50;

/// How much is said, and in which style.
#[derive(Debug)]
pub(super) struct Report {
    style: Style,
    quiet: bool,
    /// The format for machines; none is for people.
    format: Option<machine::Format>,
    /// What was found, where machines read it.
    findings: RefCell<Vec<Finding>>,
}

/// The number of diagnostics that were printed.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    errors: usize,
    warnings: usize,
    /// Whether nothing more was looked for behind so many.
    full: bool,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.full |= other.full;
    }
}

/// Where the sources of diagnostics are, and in which of several compilations they were found.
#[derive(Debug, Default)]
pub(super) struct Origin {
    /// The folder that the names of sources are below.
    pub(super) folder: PathBuf,
    /// The source that was named, below that folder: the place of what has none.
    pub(super) entry: String,
    pub(super) variant: Variant,
}

impl Report {
    /// Decides whether there is colour: by `--color`, else by `NO_COLOR` (<https://no-color.org>) and
    /// whether standard error is a terminal.
    pub(super) fn new(color: Color, quiet: bool, format: Option<machine::Format>) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let coloured = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_dumb,
        };
        let style = if coloured { Style::Colour } else { Style::Plain };
        Self { style, quiet, format, findings: RefCell::default() }
    }

    /// Draws diagnostics; [`total`](Self::total) says their number.
    pub(super) fn draw(&self, diagnostics: &[Diagnostic], sources: &Sources, origin: &Origin) -> Counts {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let full = diagnostics.len() >= MOST;
        let shown = |name: &str| from_here(&origin.folder, name);
        let guard = Guard::new(diagnostics, sources).called(diagnostics, shown);
        if self.format.is_some() {
            let entry = shown(&origin.entry);
            let found = diagnostics.iter().map(|it| Finding::of(it, &guard, &origin.variant, &shown));
            self.findings.borrow_mut().extend(found.map(|finding| finding.or_at(&entry)));
            return Counts { errors, warnings: diagnostics.len() - errors, full };
        }
        let warnings = if self.quiet { 0 } else { diagnostics.len() - errors };
        // All are drawn in the order of the source, but warnings only where errors leave room.
        let mut room_for_errors = MOST_DRAWN;
        let mut room_for_warnings = MOST_DRAWN.saturating_sub(errors).min(warnings);
        let mut out = Guarded::default();
        for diagnostic in diagnostics {
            let room = if diagnostic.is_error() { &mut room_for_errors } else { &mut room_for_warnings };
            if *room > 0 {
                *room -= 1;
                out.push(&render(diagnostic, &guard, self.style));
                out.push(&Guarded::new("\n"));
            }
        }
        if errors + warnings > MOST_DRAWN {
            let least = if full { "at least " } else { "" };
            out.push(&Guarded::new(&format!("and {least}{} more\n\n", errors + warnings - MOST_DRAWN)));
        }
        say(&out);
        Counts { errors, warnings, full }
    }

    /// Draws why a source comes to no platform.
    pub(super) fn errors(&self, compiled: &Compilation, project: &Project) -> Outcome {
        let folder = project.folder().to_owned();
        let origin = Origin { folder, entry: project.entry().to_owned(), ..Origin::default() };
        self.total(self.draw(&compiled.diagnostics, &compiled.sources, &origin));
        Outcome::SourceErrors
    }

    /// Says how many diagnostics were drawn in all.
    pub(super) fn total(&self, counts: Counts) {
        let numbers = [(counts.errors, "error"), (counts.warnings, "warning")];
        let numbers = numbers.into_iter().filter(|&(number, _)| number > 0);
        let numbers: Vec<String> = numbers.map(|(number, thing)| count(number, thing)).collect();
        if !numbers.is_empty() {
            let least = if counts.full { "at least " } else { "" };
            self.remark(&format!("{least}{}", numbers.join(", ")));
        }
    }

    /// Records a finding in a file that is no source. Returns whether a format for machines prints it, so that no text for people
    /// follows.
    pub(super) fn found(&self, finding: impl FnOnce() -> Finding) -> bool {
        if self.format.is_some() {
            self.findings.borrow_mut().push(finding());
        }
        self.format.is_some()
    }

    /// Says a line on standard error.
    pub(super) fn remark(&self, line: &str) {
        if !self.quiet && self.format.is_none() {
            say(&Guarded::new(&format!("{line}\n")));
        }
    }

    /// Says why the command cannot do its work.
    pub(super) fn failure(&self, message: &str) {
        match self.style {
            Style::Colour => say(&Guarded::new(&format!("\u{1b}[31merror:\u{1b}[0m {message}\n"))),
            Style::Plain => say(&Guarded::new(&format!("error: {message}\n"))),
        }
    }

    /// Prints what came of a command.
    pub(super) fn result(&self, text: &str) -> Result<(), Failure> {
        self.shown(&Guarded::new(text))
    }

    /// Prints what came of a command, and has passed a guard of its own.
    pub(super) fn shown(&self, text: &Guarded) -> Result<(), Failure> {
        if self.quiet || self.format.is_some() { Ok(()) } else { print(text) }
    }

    /// Whether machines read what is printed.
    pub(super) fn is_for_machines(&self) -> bool {
        self.format.is_some()
    }

    /// Prints what machines read of everything since the last time.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        match self.format {
            Some(format) => print(&machine::print(&self.findings.take(), format)),
            None => Ok(()),
        }
    }
}

/// A file below a folder as it is called in the current one.
pub(super) fn from_here(folder: &Path, name: &str) -> String {
    // Standard input stands in no folder.
    if name == STDIN {
        return name.to_owned();
    }
    let path = folder.join(name);
    let path = path.strip_prefix(".").unwrap_or(&path);
    // In a folder that is gone, paths stay as they are.
    let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    let path = if path.is_absolute() { path.strip_prefix(&here).unwrap_or(path) } else { path };
    down_again(path, &here).display().to_string()
}

/// A path that leads up and down the same way again, without that: `../services/api.infra` in `services` is `api.infra`.
fn down_again(path: &Path, here: &Path) -> PathBuf {
    let up = path.components().take_while(|part| *part == Component::ParentDir).count();
    let below: Vec<Component<'_>> = here.components().rev().take(up).collect();
    let down = path.components().skip(up);
    let same = down.zip(below.iter().rev()).take_while(|(part, there)| part == *there).count();
    let ups = std::iter::repeat_n(Component::ParentDir, up - same);
    ups.chain(path.components().skip(up + same)).collect()
}

/// Prints what was asked for, also when quiet.
pub(super) fn print(text: &Guarded) -> Result<(), Failure> {
    hand_out(text.as_str())
}

/// Hands out a text that is the command's whole work, as it is: an artifact, a formatted source, a page of the documents.
pub(super) fn hand_out(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Who closes the pipe has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::System(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// A number of things: `1 error`, `2 errors`.
pub(super) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Writes to standard error. That it is closed changes nothing about the work, or about the exit code.
fn say(text: &Guarded) {
    let _ = io::stderr().write_all(text.as_str().as_bytes());
}
