//! `infrac explain`: what a diagnostic means.

use std::fmt::Write as _;

use super::report::hand_out;
use super::{Failure, Outcome};
use crate::diagnostic::{CODES, Code, Severity, codes, did_you_mean};

pub(super) fn run(code: Option<&str>) -> Result<Outcome, Failure> {
    let text = match code {
        None => list(),
        Some(word) => explanation(codes::find(word).ok_or_else(|| unknown(word))?),
    };
    hand_out(&text)?;
    Ok(Outcome::Fine)
}

/// The page of a code, with its title as a line of its own kind.
fn explanation(code: &Code) -> String {
    let text = code.explanation.trim_start();
    let text =
        text.strip_prefix('#').and_then(|titled| titled.split_once('\n')).map_or(text, |(_, rest)| rest);
    format!("{} {} ({})\n\n{}\n", code.id, code.name, severity(code), text.trim())
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
    let way_out = did_you_mean(word, known).unwrap_or_else(|| "`infrac explain` lists all of them".into());
    Failure::Usage(format!("there is no diagnostic `{word}`\n  help: {}", way_out.text))
}
