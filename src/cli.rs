//! The command line: what may be typed, and what comes of it.
//!
//! Results go to standard output and everything said about them to standard error. Nothing here
//! panics on what a user types, on what a file holds, or on a pipe that is closed.
#![expect(clippy::disallowed_methods, reason = "the room that reads files, the environment and the terminal")]

mod arguments;
mod build;
mod bundle;
mod check;
mod describe;
mod drift;
mod explain;
mod files;
mod findings;
mod fix;
mod fmt;
mod graph;
mod init;
mod meant;
mod project;
mod report;
mod request;
mod route;
mod show;
mod variation;
mod watch;
mod words;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use crate::diagnostic::machine::Finding;
use crate::diagnostic::{Code, codes};
use crate::parallel;
use arguments::{
    Arguments, BuildArguments, BundleArguments, CheckArguments, Color, Command, FmtArguments, InitArguments,
    ModelArguments, PlatformArguments, RequestArguments, RouteArguments, SchemaFormat, ShowArguments,
    SourceArguments, Subject,
};
use project::FILE_NAME as SOURCE;
use report::Report;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Fine,
    /// The source has errors, which have been told.
    SourceErrors,
    /// A file would change, and was only to be checked.
    Difference,
    /// Nothing answers a request.
    Unanswered,
}

/// Why a command cannot do its work.
#[derive(Debug)]
enum Failure {
    /// What was typed cannot be meant.
    Usage(String),
    /// The system refuses.
    System(String),
    /// Files cannot be read or written, in words for people; each is a finding for machines.
    Files(String, Vec<Finding>),
}

impl Failure {
    /// A file that cannot be read, written or packed. `why` stands behind its name.
    fn file(code: &'static Code, path: &Path, why: &str, help: &str) -> Self {
        let shown = path.strip_prefix(".").unwrap_or(path).display().to_string();
        let said = format!("`{shown}` {why}");
        let behind = if help.is_empty() { String::new() } else { format!("\n  help: {help}") };
        let finding = Finding::in_file(code, &shown, &said, Some(help).filter(|help| !help.is_empty()));
        Self::Files(format!("{said}{behind}"), vec![finding])
    }

    /// A file that the system does not let us read.
    fn unread(path: &Path, error: &io::Error) -> Self {
        let code = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => codes::IMP001,
            _ => codes::SYN005,
        };
        Self::file(code, path, &format!("cannot be read: {error}"), "")
    }

    /// A file that the system does not let us write.
    fn unwritten(path: &Path, error: &io::Error) -> Self {
        Self::file(codes::ART007, path, &format!("cannot be written: {error}"), "")
    }
}

/// Runs what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(mut told) => {
            meant::explain(&mut told);
            // Help that nobody reads any more, behind a closed pipe, is no failure.
            let _ = told.print();
            return if told.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let report = Report::new(arguments.color, arguments.quiet, arguments.command.format());
    parallel::take_part();
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &report),
        Command::Build(arguments) => build::run(&arguments, &report),
        Command::Watch(arguments) => watch::run(&arguments, &report),
        Command::Bundle(arguments) => bundle::run(&arguments, &report),
        Command::Init(arguments) => init::run(&arguments, &report),
        Command::Fmt(arguments) => fmt::run(&arguments, &report),
        Command::Route(arguments) => route::run(&arguments, &report),
        Command::Request(arguments) => request::run(&arguments, &report),
        Command::Completions { shell } => describe::completions(shell),
        Command::Man { to } => describe::man(to.as_deref()),
        Command::Show(arguments) => show::show(&arguments, &report),
        Command::Graph(arguments) => graph::run(&arguments, &report),
        Command::Model(arguments) => show::model(&arguments, &report),
        Command::Targets { target, markdown } => describe::targets(target, markdown),
        Command::Schema { of, format } => describe::schema(of, format),
        Command::Explain { name } => explain::run(&name.join(" ")),
    };
    // What was found is worth something also where the rest of the work could not be done.
    let printed = match &result {
        Err(Failure::Usage(_)) => Ok(()),
        Err(Failure::System(message)) => {
            report.found(|| Finding::in_file(codes::ART007, SOURCE, message, None));
            report.finish()
        }
        Err(Failure::Files(_, findings)) => {
            for finding in findings {
                report.found(|| finding.clone());
            }
            report.finish()
        }
        _ => report.finish(),
    };
    match printed.and(result) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::SourceErrors) => ExitCode::from(1),
        Ok(Outcome::Difference | Outcome::Unanswered) => ExitCode::from(3),
        Err(Failure::System(message) | Failure::Files(message, _)) => {
            report.failure(&message);
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            report.failure(&message);
            ExitCode::from(2)
        }
    }
}
