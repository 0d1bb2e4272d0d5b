//! `infrac check --fix` over all fixtures that have edits: each message is gone, the file parses, and nothing but the edits
//! has changed in it.
//!
//! What `--fix` writes is held against the edits that `--format json` prints, applied here round by round. Beside white space,
//! which the one style decides, both are the same text, and what is built of both are the same artifacts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{PROGRAM, command, said, write};
use crate::fixtures::project::Fixture;
use crate::sample;

/// How often `--fix` looks at what it has mended.
const ROUNDS: usize = 10;

/// Where an edit starts and ends, in bytes, and what it puts there.
type Replacement = (usize, usize, String);

/// A fixture in a folder of its own.
struct Project {
    folder: PathBuf,
    entry: String,
}

impl Project {
    fn new(folder: PathBuf, fixture: &Fixture) -> Self {
        let files = fixture.files();
        for (name, bytes) in &files {
            write(folder.join(name), "");
            fs::write(folder.join(name), bytes).expect("a file can be written");
        }
        let entry = if files.len() == 1 { files.keys().next().cloned() } else { None };
        Self { folder, entry: entry.unwrap_or_else(|| "platform.infra".to_owned()) }
    }

    /// Runs a command on it: its exit code, and what stands on standard output or, behind it, on standard error.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut infrac = command(PROGRAM, &self.folder, &self.folder, &[]);
        let output = infrac.args(arguments).arg(&self.entry).output().expect("the program starts");
        (output.status.code(), said(&output))
    }

    fn findings(&self) -> Vec<Value> {
        let (_, text) = self.run(&["check", "--quiet", "--format", "json"]);
        let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        document["findings"].as_array().expect("a list").clone()
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("it is there")
    }

    /// Applies the edits that are printed, as a program that reads them would. Those that meet one before wait for the next round.
    fn apply_what_is_printed(&self) {
        let mut done: Vec<(String, String, Value)> = Vec::new();
        for _ in 0..ROUNDS {
            let mut chosen: BTreeMap<String, Vec<Replacement>> = BTreeMap::new();
            for finding in self.findings() {
                let Some(first) = edits(&finding).next().cloned() else { continue };
                let (code, message) = words(&finding);
                let known = (code, message, first);
                let edits: Vec<(String, Replacement)> = edits(&finding).map(edit).collect();
                let are_there =
                    edits.iter().all(|(name, edit)| chosen.get(name).is_some_and(|all| all.contains(edit)));
                let meets = |(name, edit): &(String, Replacement)| {
                    let others = chosen.get(name).into_iter().flatten();
                    others.into_iter().any(|other| other != edit && edit.0 <= other.1 && other.0 <= edit.1)
                };
                if are_there || done.contains(&known) || edits.iter().any(meets) {
                    continue;
                }
                done.push(known);
                for (name, edit) in edits {
                    let chosen = chosen.entry(name).or_default();
                    if !chosen.contains(&edit) {
                        chosen.push(edit);
                    }
                }
            }
            if chosen.is_empty() {
                return;
            }
            let before: Vec<(String, String)> =
                chosen.keys().map(|name| (name.clone(), self.text(name))).collect();
            for (name, mut edits) in chosen {
                let mut text = self.text(&name).replace("\r\n", "\n");
                edits.sort();
                for (start, end, new) in edits.into_iter().rev() {
                    text.replace_range(start..end, &new);
                }
                write(self.folder.join(&name), &text);
            }
            if before.iter().any(|(name, _)| !self.parses(name)) {
                for (name, text) in before {
                    write(self.folder.join(name), &text);
                }
                return;
            }
        }
    }

    fn parses(&self, name: &str) -> bool {
        let mut fmt = command(PROGRAM, &self.folder, &self.folder, &[]);
        fmt.args(["fmt", "--check", "--quiet", name]).output().expect("the program starts").status.code()
            != Some(1)
    }

    fn is_in_style(&self, name: &str) -> bool {
        let mut fmt = command(PROGRAM, &self.folder, &self.folder, &[]);
        fmt.args(["fmt", "--check", "--quiet", name]).output().expect("the program starts").status.code()
            == Some(0)
    }
}

fn edits(finding: &Value) -> impl Iterator<Item = &Value> {
    finding["edits"].as_array().into_iter().flatten()
}

fn edit(edit: &Value) -> (String, Replacement) {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let offset = |of: &str| {
        usize::try_from(edit["place"][of]["offset"].as_u64().expect("a number")).expect("it is small")
    };
    (text(&edit["place"]["file"]), (offset("start"), offset("end"), text(&edit["text"])))
}

/// The code and the message.
fn words(finding: &Value) -> (String, String) {
    let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
    (text("code"), text("message"))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn count(findings: &[Value], of: &(String, String)) -> usize {
    findings.iter().filter(|finding| words(finding) == *of).count()
}

/// What is wrong with the fixes of a fixture, and whether it has any.
fn judge(fixture: &Fixture, folder: &Path) -> Option<String> {
    let fixed = Project::new(folder.join("fixed"), fixture);
    let before = fixed.findings();
    let mended: Vec<&Value> = before.iter().filter(|finding| edits(finding).next().is_some()).collect();
    if mended.is_empty() {
        return None;
    }
    let mut problems = String::new();
    let names: Vec<String> = fixture
        .files()
        .into_keys()
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "infra"))
        .collect();
    let styles: Vec<bool> = names.iter().map(|name| fixed.is_in_style(name)).collect();
    let parsed: Vec<bool> = names.iter().map(|name| fixed.parses(name)).collect();
    let (_, said) = fixed.run(&["check", "--fix"]);
    let after = fixed.findings();
    for finding in mended {
        let words = words(finding);
        // A file with a mistake of its grammar that no edit mends is left alone: nobody could see what an edit makes of it.
        let is_left_alone = edits(finding).map(edit).any(|(name, _)| !fixed.parses(&name));
        if count(&after, &words) >= count(&before, &words) && !is_left_alone {
            let _ = writeln!(problems, "{words:?} stays:\n{said}");
        }
    }
    let (_, again) = fixed.run(&["check", "--fix"]);
    if !again.contains("nothing can be fixed by an edit") && !again.contains("and not applied: first mend") {
        let _ = writeln!(problems, "a second time changes something:\n{again}");
    }
    for ((name, was_in_style), parsed) in names.iter().zip(styles).zip(parsed) {
        if parsed && !fixed.parses(name) {
            let _ = writeln!(problems, "{name} does not parse:\n{}", fixed.text(name));
        }
        if was_in_style && !fixed.is_in_style(name) {
            let _ = writeln!(problems, "{name} is no longer in the one style:\n{}", fixed.text(name));
        }
    }
    // Nothing but what is printed for programs.
    let expected = Project::new(folder.join("expected"), fixture);
    expected.apply_what_is_printed();
    for name in &names {
        let (fixed, expected) = (fixed.text(name), expected.text(name));
        if squeezed(&fixed) != squeezed(&expected) {
            let _ =
                writeln!(problems, "{name} has other changes than edits:\n{fixed}\ninstead of\n{expected}");
        }
    }
    let built = |project: &Project| project.run(&["build", "--stdout", "--quiet"]);
    let (fixed, expected) = (built(&fixed), built(&expected));
    if fixed.0 != expected.0 || (fixed.0 == Some(0) && fixed.1 != expected.1) {
        let _ = writeln!(problems, "{:?} is built instead of {:?}", fixed.0, expected.0);
    }
    Some(problems)
}

#[test]
fn every_fix_does_what_it_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let all = Fixture::all("fail");
    let taken: Vec<&Fixture> = all.iter().filter(|fixture| sample::takes(&fixture.name, 4)).collect();
    let judged: Vec<(String, Option<String>)> = std::thread::scope(|scope| {
        let parts = taken.chunks(taken.len().div_ceil(4)).map(|part| {
            let folder = folder.path();
            scope.spawn(move || {
                let judged = part.iter().map(|it| (it.name.clone(), judge(it, &folder.join(&it.name))));
                judged.collect::<Vec<_>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().expect("no thread panics")).collect()
    });
    let with_fixes = judged.iter().filter(|(_, problems)| problems.is_some()).count();
    assert!(with_fixes > 10, "there are few fixes: {with_fixes}");
    let wrong: String = judged
        .into_iter()
        .filter_map(|(name, problems)| {
            problems.filter(|it| !it.is_empty()).map(|it| format!("{name}: {it}\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{wrong}");
}
