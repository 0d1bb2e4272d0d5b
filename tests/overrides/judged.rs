//! Each key of Prometheus and Alertmanager, tried by an old and a new version of each: in a file that holds that key alone,
//! with a value of its type. What a version should not know it must refuse, and a key of nobody's is refused in every block.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use infrac::formats::{Key, Keys, Kind};
use serde_json::{Value, json};

use super::{keys, none};
use crate::judge::{Judge, Verdict};

/// A key that no block has.
const NOBODYS: &str = "nobodys_key";

/// What distributions build without, beside discoveries: each needs a library of a provider.
const LEFT_OUT: [&str; 4] = ["azuread", "google_iam", "jira_api_url", "jira_configs"];

/// Blocks of libraries of which distributions link newer versions than the program asks for.
const SHARED: [&str; 2] = ["oauth2", "sigv4"];

/// How to get from the file to a block: keys, and whether each holds a list or a map of free keys.
type Way = Vec<Step>;

#[derive(Clone)]
enum Step {
    Key(&'static str),
    Item,
    Free,
}

/// The shortest way to each block, by the keys that all versions know where there is one.
fn ways(keys: &'static Keys) -> BTreeMap<&'static str, (Way, Vec<&'static Key>)> {
    let mut ways: BTreeMap<&'static str, (Way, Vec<&'static Key>)> = BTreeMap::new();
    let mut next: Vec<(&'static str, Way, Vec<&'static Key>)> = vec![("file", Vec::new(), Vec::new())];
    let mut at = 0;
    while at < next.len() {
        let (name, way, through) = next[at].clone();
        at += 1;
        if ways.contains_key(name) {
            continue;
        }
        ways.insert(name, (way.clone(), through.clone()));
        let block = keys.get(name).expect("the block is there");
        let sorted = [true, false].map(|all| {
            block
                .keys
                .iter()
                .filter(move |(_, key)| (key.versions == infrac::formats::Versions::default()) == all)
        });
        for (key, known) in sorted.into_iter().flatten() {
            for kind in &known.kinds {
                let mut way = way.clone();
                way.push(Step::Key(key));
                let mut through = through.clone();
                through.push(known);
                let mut kind = kind;
                let found = loop {
                    kind = match kind {
                        Kind::Block(name) => break Some(*name),
                        Kind::List(kinds, _) => {
                            way.push(Step::Item);
                            match kinds.first() {
                                Some(kind) => kind,
                                None => break None,
                            }
                        }
                        Kind::Map(kinds) => {
                            way.push(Step::Free);
                            match kinds.first() {
                                Some(kind) => kind,
                                None => break None,
                            }
                        }
                        _ => break None,
                    };
                };
                next.extend(found.map(|name| (name, way, through)));
            }
        }
    }
    ways
}

/// A value of a kind.
fn sample(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Word | Kind::Short(_) | Kind::Any => json!("a"),
        Kind::Duration => json!("1m"),
        Kind::Integer => json!(1),
        Kind::Number => json!(0.5),
        Kind::Boolean => json!(true),
        Kind::Choice(text) => json!(text),
        Kind::Map(kinds) => json!({ "a": kinds.first().map(sample) }),
        Kind::List(kinds, _) => json!(kinds.first().map(sample).into_iter().collect::<Vec<_>>()),
        Kind::Block(_) => json!({}),
    }
}

/// A file that holds a key at the end of a way.
fn file(way: &[Step], key: &str, value: Value) -> Value {
    way.iter().rev().fold(json!({ key: value }), |inner, step| match step {
        Step::Key(key) => json!({ *key: inner }),
        Step::Item => json!([inner]),
        Step::Free => json!({ "a": inner }),
    })
}

/// What is tried, and whether it must be known.
struct Trial {
    block: &'static str,
    name: String,
    key: &'static str,
    content: Value,
    known: bool,
}

fn trials(format: &str, version: (u32, u32)) -> Vec<Trial> {
    let keys = keys(format);
    let mut trials = Vec::new();
    for (name, (way, through)) in ways(keys) {
        if !through.iter().all(|key| key.versions.hold(version)) {
            continue;
        }
        let block = keys.get(name).expect("the block is there");
        for (key, known) in &block.keys {
            trials.extend(known.kinds.iter().map(|kind| Trial {
                block: name,
                name: format!("{name}.{key}"),
                key,
                content: file(&way, key, sample(kind)),
                known: known.versions.hold(version),
            }));
        }
        trials.push(Trial {
            block: name,
            name: format!("{name}.{NOBODYS}"),
            key: NOBODYS,
            content: file(&way, NOBODYS, json!("a")),
            known: false,
        });
    }
    trials
}

/// The version that a judge says it is.
fn version(verdict: &Verdict) -> (u32, u32) {
    let text = format!("{}{}", verdict.output, verdict.complaint);
    let version = text.split_whitespace().find_map(|word| {
        let mut numbers = word.split('.').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    });
    version.unwrap_or_else(|| panic!("no version in {text}"))
}

fn judge(format: &str, judge: &Judge, arguments: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let version = version(&judge.ask(folder.path(), &["--version"], ""));
    let trials = trials(format, version);
    assert!(trials.len() > 200, "only {} keys of {format}", trials.len());
    let mut names = Vec::new();
    for (at, trial) in trials.iter().enumerate() {
        let name = format!("t{at:05}.yml");
        fs::write(folder.path().join(&name), trial.content.to_string()).expect("a file can be written");
        names.push(name);
    }
    let said = said(judge, folder.path(), arguments, &names);
    // Each file has its part, which starts with its name; what is complained of stands in it.
    let refused = |part: &str, trial: &Trial| part.contains(&format!("field {} not found", trial.key));
    let parts: Vec<(String, &Trial)> = names.iter().map(|name| part(&said, name)).zip(&trials).collect();
    let may_lack = |key: &str| key.ends_with("_sd_configs") || LEFT_OUT.contains(&key);
    let lacking: BTreeSet<&str> = parts
        .iter()
        .filter(|(part, trial)| trial.known && may_lack(trial.key) && refused(part, trial))
        .map(|(_, trial)| trial.key)
        .collect();
    assert!(lacking.len() <= 8, "{format} {version:?} lacks {lacking:?}");
    let mut complaints = Vec::new();
    for (part, trial) in &parts {
        let content = trial.content.to_string();
        if lacking.iter().any(|key| content.contains(&format!("\"{key}\""))) {
            continue;
        }
        let refused = refused(part, trial);
        let mistyped = part.contains("cannot unmarshal");
        let newer = !trial.known && trial.key != NOBODYS && SHARED.contains(&trial.block);
        if (trial.known == refused && !newer) || (trial.known && mistyped) {
            let (name, known) = (&trial.name, trial.known);
            complaints.push(format!("{format} {version:?}, {name} (known: {known}): {content}\n{part}"));
        }
    }
    complaints
}

/// What a judge says of files. One that it crashes at, it has read; the others are asked for again.
fn said(judge: &Judge, folder: &Path, arguments: &[&str], names: &[String]) -> String {
    let mut said = String::new();
    let mut rest = names;
    while !rest.is_empty() {
        let arguments: Vec<&str> = arguments.iter().copied().chain(rest.iter().map(String::as_str)).collect();
        let verdict = judge.ask(folder, &arguments, "");
        let answer = format!("{}\n{}\n", verdict.output, verdict.complaint);
        let last =
            rest.iter().rposition(|name| answer.contains(name.as_str())).expect("it reads one at least");
        said.push_str(&answer);
        rest = &rest[last + 1..];
    }
    said
}

/// What is said of a file: the lines between its name and that of another.
fn part<'a>(said: &'a str, name: &str) -> String {
    let mut lines: Vec<&'a str> = Vec::new();
    let mut inside = false;
    for line in said.lines() {
        if line.contains(".yml") {
            inside = line.contains(name);
        }
        if inside {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[test]
fn keys_of_prometheus_are_those_that_it_reads() {
    let mut complaints = Vec::new();
    for name in ["promtool", "promtool-new"] {
        let Some(found) = Judge::find(name) else { return };
        complaints.extend(judge("prometheus", &found, &["check", "config", "--syntax-only"]));
    }
    none(&complaints);
}

#[test]
fn keys_of_alertmanager_are_those_that_it_reads() {
    let mut complaints = Vec::new();
    for name in ["amtool", "amtool-new"] {
        let Some(found) = Judge::find(name) else { return };
        complaints.extend(judge("alertmanager", &found, &["check-config"]));
    }
    none(&complaints);
}
