//! What the program says: diagnostics and remarks on standard error, results on standard output.

use std::io::{self, IsTerminal as _, Write as _};

use super::{Color, Failure};
use crate::Compilation;
use crate::diagnostic::{Diagnostic, Guard, Guarded, MOST, Style, render};
use crate::source::Sources;

/// How many diagnostics are drawn. Who has more mends these first.
const MOST_DRAWN: usize = 50;

/// How much is said, and in which style.
#[derive(Debug)]
pub(super) struct Report {
    style: Style,
    quiet: bool,
}

impl Report {
    /// Decides whether there is colour: by `--color`, else by `NO_COLOR` (<https://no-color.org>) and
    /// whether standard error is a terminal.
    pub(super) fn new(color: Color, quiet: bool) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let coloured = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_dumb,
        };
        Self { style: if coloured { Style::Colour } else { Style::Plain }, quiet }
    }

    /// Draws the diagnostics of a compilation, with their number behind them.
    pub(super) fn diagnostics(&self, compilation: &Compilation) {
        self.draw(&compilation.diagnostics, &compilation.sources);
    }

    /// Draws diagnostics, with their number behind them.
    pub(super) fn draw(&self, diagnostics: &[Diagnostic], sources: &Sources) {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let warnings = if self.quiet { 0 } else { diagnostics.len() - errors };
        // All are drawn in the order of the source, but warnings only where errors leave room.
        let mut room_for_errors = MOST_DRAWN;
        let mut room_for_warnings = MOST_DRAWN.saturating_sub(errors).min(warnings);
        let guard = Guard::new(diagnostics, sources);
        let mut out = Guarded::default();
        // Behind so many, nothing more was looked for.
        let least = if diagnostics.len() >= MOST { "at least " } else { "" };
        for diagnostic in diagnostics {
            let room = if diagnostic.is_error() { &mut room_for_errors } else { &mut room_for_warnings };
            if *room > 0 {
                *room -= 1;
                out.push(&render(diagnostic, &guard, self.style));
                out.push(&Guarded::new("\n"));
            }
        }
        if errors + warnings > MOST_DRAWN {
            out.push(&Guarded::new(&format!("and {least}{} more\n\n", errors + warnings - MOST_DRAWN)));
        }
        say(&out);
        let numbers =
            [(errors, "error"), (warnings, "warning")].into_iter().filter(|&(number, _)| number > 0);
        let numbers: Vec<String> = numbers.map(|(number, thing)| count(number, thing)).collect();
        if !numbers.is_empty() {
            self.remark(&format!("{least}{}", numbers.join(", ")));
        }
    }

    /// Says a line on standard error.
    pub(super) fn remark(&self, line: &str) {
        if !self.quiet {
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
        if self.quiet { Ok(()) } else { print(&Guarded::new(text)) }
    }
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
