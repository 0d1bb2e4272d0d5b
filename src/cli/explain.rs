//! `infrac explain`: what a diagnostic, a component, a target, a concept, a block or a key of the language means.

use std::fmt::Write as _;

use super::report::hand_out;
use super::{Failure, Outcome};
use crate::diagnostic::{CODES, Code, Severity, codes, did_you_mean};
use crate::manual::{self, Subject};

pub(super) fn run(word: &str) -> Result<Outcome, Failure> {
    let text = match word {
        "" => list(),
        word => match codes::find(word) {
            Some(code) => explanation(code),
            None => manual::page(word).ok_or_else(|| unknown(word))?,
        },
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

/// Everything that has a page.
fn list() -> String {
    let mut out = String::new();
    for code in CODES {
        let _ = writeln!(out, "{:8} {:8} {}", code.id, severity(code), code.name);
    }
    let names = |wanted: fn(&Subject) -> bool| {
        let names: Vec<&str> = Subject::all().into_iter().filter(wanted).map(Subject::name).collect();
        names.join(" ")
    };
    let _ = writeln!(out, "\ncomponents: {}", names(|it| matches!(it, Subject::Component(_))));
    let _ = writeln!(out, "targets: {}", names(|it| matches!(it, Subject::Target(_))));
    let _ = writeln!(out, "concepts: {}", names(|it| matches!(it, Subject::Concept(..))));
    let _ = writeln!(out, "blocks: {}", names(|it| matches!(it, Subject::Block(_))));
    let _ = writeln!(
        out,
        "keys: of a block `service.port`, of all that have it `networks`, of a component `COMPONENT.PARAMETER`"
    );
    let _ = writeln!(out, "words: of other languages, such as `depends_on`");
    out
}

fn severity(code: &Code) -> &'static str {
    match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn unknown(word: &str) -> Failure {
    let names = Subject::all();
    let keys = manual::keys();
    let known = CODES.iter().flat_map(|code| [code.id, code.name]).chain(names.iter().map(|it| it.name()));
    let known = known.chain(keys.iter().map(String::as_str));
    // Of a path the first step that leads nowhere.
    let steps: Vec<&str> = word.split('.').collect();
    let mut pairs = steps.windows(2).map(|pair| pair.join("."));
    let unknown = pairs.find(|pair| manual::page(pair).is_none()).unwrap_or_else(|| word.to_owned());
    let way_out =
        did_you_mean(&unknown, known).unwrap_or_else(|| "`infrac explain` lists all of them".into());
    Failure::Usage(format!(
        "there is no diagnostic, component, target, concept, block, key or word `{word}`\n  help: {}",
        way_out.text
    ))
}
