//! `infrac explain`: what a diagnostic means.

use std::fmt::Write as _;

use super::report::Report;
use super::{Failure, Outcome};
use crate::diagnostic::{CODES, Code, Severity, codes, did_you_mean};

pub(super) fn run(code: Option<&str>, report: &Report) -> Result<Outcome, Failure> {
    let text = match code {
        None => list(),
        Some(word) => explanation(codes::find(word).ok_or_else(|| unknown(word))?),
    };
    report.answer(&text)?;
    Ok(Outcome::Fine)
}

fn explanation(code: &Code) -> String {
    format!("{}[{}]: {}\n\n{}\n", severity(code), code.id, code.name, code.explanation.trim())
}

fn list() -> String {
    let mut out = String::new();
    for code in CODES {
        let _ = writeln!(out, "{:8} {:8} {}", code.id, severity(code), code.name);
    }
    out
}

fn severity(code: &Code) -> &'static str {
    match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn unknown(word: &str) -> Failure {
    let known = CODES.iter().flat_map(|code| [code.id, code.name]);
    let way_out =
        did_you_mean(word, known).unwrap_or_else(|| "`infrac explain` lists all of them".to_owned());
    Failure::Usage(format!("there is no diagnostic `{word}`\n  help: {way_out}"))
}
