//! What the script of Secrets knows of values: what is wrong with one, and which of them a running program does not learn when it
//! starts anew.

use std::fmt::Write as _;

use crate::hash::HashSet;
use crate::platform::{Input, Platform, Rotation, RotationWay, Service, Value, ValuePart};
use crate::target::kubernetes::kind::Kind;
use crate::target::scripts;

/// A line of the table of Secrets: what reads which keys of which Secret.
struct Line<'a> {
    secret: &'a str,
    workload: &'a str,
    keys: Vec<&'a str>,
}

/// The lines behind those of the Secrets.
pub(super) fn lines(platform: &Platform, table: &str) -> String {
    let lines: Vec<Line<'_>> = table.lines().filter_map(read).collect();
    let asked: HashSet<&str> = lines.iter().flat_map(|line| line.keys.iter().copied()).collect();
    let mut out = String::new();
    for input in platform.inputs.iter().filter(|input| asked.contains(input.name.as_str())) {
        let Input { name, secret, min_length, .. } = input;
        let kind = if *secret { "secret" } else { "variable" };
        let form = scripts::form(input);
        // Writing to a string succeeds.
        let _ = writeln!(out, "@value {name} {kind} {} {form}", min_length.unwrap_or_default());
        // No line of `.env` holds another one.
        for choice in input.one_of.iter().filter(|choice| !choice.contains(char::is_control)) {
            let _ = writeln!(out, "@choice {name} {choice}");
        }
    }
    for service in &platform.services {
        for rotation in &service.rotations {
            let name = platform[rotation.secret].name.as_str();
            if asked.contains(name)
                && let Some(way) = way(platform, service, rotation, &lines)
            {
                let _ = writeln!(out, "@learn {name} {way}");
            }
        }
    }
    out
}

fn read(line: &str) -> Option<Line<'_>> {
    let mut words = line.split(' ').filter(|_| !line.starts_with(['#', '@']));
    let (_, secret, workload) = (words.next()?, words.next()?, words.next()?);
    Some(Line { secret, workload, keys: words.map(|key| key.trim_end_matches('?')).collect() })
}

/// How a program that runs learns a new value; `None` where it reads it when it starts, or a Job sets it, which runs again.
fn way(platform: &Platform, service: &Service, rotation: &Rotation, lines: &[Line<'_>]) -> Option<String> {
    let place = |service: &Service| {
        let kind = Kind::of(service).word();
        format!("{} {kind}/{}", platform.namespace_of(service), service.name)
    };
    let commands = match &rotation.way {
        RotationWay::ByHand(text) => {
            return Some(format!("hand {} {}", place(service), one_line(text)));
        }
        RotationWay::Commands(commands) => commands,
    };
    let change = commands.change.as_ref()?;
    let within = &platform[commands.within];
    if !within.runs() || platform.is_of_cluster(within) {
        return None;
    }
    let name = platform[rotation.secret].name.as_str();
    let reads = |line: &&Line<'_>| line.keys.contains(&name);
    let by_job = lines.iter().filter(reads).any(|line| line.workload.starts_with("job/"))
        && !lines.iter().filter(reads).any(|line| line.secret == service.name);
    if within.is_job() || by_job {
        return None;
    }
    let words: Option<Vec<String>> = change.iter().map(|value| word(platform, value)).collect();
    let words = words.unwrap_or_default().join(" ");
    let there = |path: &str| within.configs.iter().any(|config| config.path == path);
    let script = change.iter().filter_map(Value::as_literal).find(|word| word.starts_with("/etc/infrac/"));
    // A command of several lines, one that holds a secret, or one of a file that is not there, is none for a terminal.
    if words.is_empty() || words.contains('\n') || script.is_some_and(|path| !there(path)) {
        return Some(format!("hand {} change it in the program by its own means", place(within)));
    }
    Some(format!("change {} {words}", place(within)))
}

/// A text that the operator reads in a message.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word of a command as a shell reads it. A variable without a default is `@{NAME}`, which the script fills in from `.env`; a
/// secret is in no word.
fn word(platform: &Platform, value: &Value) -> Option<String> {
    let mut text = String::new();
    for part in &value.parts {
        match part {
            ValuePart::Literal(literal) if literal.contains("@{") => return None,
            ValuePart::Literal(literal) => text.push_str(literal),
            ValuePart::Input(id) => match &platform[*id] {
                Input { secret: true, .. } => return None,
                Input { default: Some(default), .. } => text.push_str(default),
                Input { name, .. } => {
                    // Writing to a string succeeds.
                    let _ = write!(text, "@{{{name}}}");
                }
            },
        }
    }
    Some(scripts::word(&text))
}
