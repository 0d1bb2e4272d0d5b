//! How findings are printed, and which warnings are taken for errors.

use clap::{Args, ValueEnum};

use crate::diagnostic::{Code, Severity, codes, machine};

#[derive(Debug, Args)]
pub(super) struct FormatArgument {
    /// How findings are printed: for people on standard error, for machines on standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", display_order = 90)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct FindingsArguments {
    #[command(flatten)]
    pub(super) format: FormatArgument,
    /// Take warnings for errors: `warnings` for all of them, or codes, separated by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = denied, display_order = 90)]
    pub(super) deny: Vec<Denied>,
    /// Leave warnings of these codes warnings, whatever `--deny` says
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = warning, display_order = 90)]
    pub(super) warn: Vec<&'static Code>,
}

impl FindingsArguments {
    pub(super) fn denials(&self) -> Denials {
        Denials { denied: self.deny.clone(), left: self.warn.clone() }
    }
}

/// Which warnings are taken for errors.
#[derive(Debug, Default)]
pub(super) struct Denials {
    pub(super) denied: Vec<Denied>,
    pub(super) left: Vec<&'static Code>,
}

impl Denials {
    pub(super) fn denies(&self, code: &Code) -> bool {
        let is_denied = |denied: &Denied| match denied {
            Denied::Warnings => true,
            Denied::Code(denied) => *denied == code,
        };
        self.denied.iter().any(is_denied) && !self.left.contains(&code)
    }
}

/// What `--deny` names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Denied {
    Warnings,
    Code(&'static Code),
}

/// `warnings`, or the code or name of one.
fn denied(word: &str) -> Result<Denied, String> {
    if word == "warnings" { Ok(Denied::Warnings) } else { warning(word).map(Denied::Code) }
}

/// The code or the name of a warning.
fn warning(word: &str) -> Result<&'static Code, String> {
    match codes::find(word) {
        Some(code) if code.severity == Severity::Warning => Ok(code),
        Some(code) => Err(format!("{} is an error in any case", code.id)),
        None => Err("there is no such code; `infrac explain` lists all of them".to_owned()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With pictures of the places
    Human,
    /// A line each, for editors
    Short,
    /// An object with all that is known; `infrac schema diagnostics` prints its schema
    Json,
    /// For code scanning services
    Sarif,
    /// Annotations of GitHub
    Github,
}

impl Format {
    /// What machines read; `None` is for people.
    pub(super) fn machine(self) -> Option<machine::Format> {
        match self {
            Self::Human => None,
            Self::Short => Some(machine::Format::Short),
            Self::Json => Some(machine::Format::Json),
            Self::Sarif => Some(machine::Format::Sarif),
            Self::Github => Some(machine::Format::Github),
        }
    }
}
