//! Workflows, the action and the pipelines for users, judged by the programs that judge such files, each with a broken twin.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_yaml::Value;

use super::release::Release;
use super::{read, write};
use crate::judge::Judge;

/// Every workflow and the action as they stand, and the pipeline for users as a release has it.
fn files(release: &Release) -> Vec<(&'static str, String)> {
    let pipeline = fs::read_to_string(release.assets().join("github.yml")).expect("a release has it");
    vec![
        (".github/workflows/test.yml", read(".github/workflows/test.yml")),
        (".github/workflows/release.yml", read(".github/workflows/release.yml")),
        // Its action is on a server of this machine here, and on GitHub elsewhere.
        (".github/workflows/infrac.yml", pipeline),
        ("action.yml", read("action.yml")),
    ]
}

/// A folder with them, and their paths.
fn project(release: &Release) -> (tempfile::TempDir, Vec<&'static str>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = files(release);
    for (path, text) in &files {
        write(folder.path().join(path), text);
    }
    (folder, files.into_iter().map(|(path, _)| path).collect())
}

#[track_caller]
fn accepts(judge: &Judge, folder: &Path, arguments: &[&str]) {
    let verdict = judge.ask(folder, arguments, "");
    assert!(verdict.accepted, "{arguments:?}: {}{}", verdict.output, verdict.complaint);
}

#[track_caller]
fn refuses(judge: &Judge, folder: &Path, arguments: &[&str], expected: &str) {
    let verdict = judge.ask(folder, arguments, "");
    let said = format!("{}{}", verdict.output, verdict.complaint);
    assert!(!verdict.accepted && said.contains(expected), "{arguments:?}: {said}");
}

#[test]
fn actionlint_reads_the_workflows() {
    let Some(judge) = Judge::find("actionlint") else { return };
    let (folder, mut files) = project(&Release::new());
    files.retain(|path| path.starts_with(".github"));
    accepts(&judge, folder.path(), &files);
    let broken = read(".github/workflows/release.yml").replacen("needs: build", "needs: built", 1);
    write(folder.path().join(files[0]), &broken);
    refuses(&judge, folder.path(), &[files[0]], "needs job \"built\" which does not exist");
}

#[test]
fn zizmor_finds_nothing() {
    let Some(judge) = Judge::find("zizmor") else { return };
    let (folder, mut files) = project(&Release::new());
    let options = ["--offline", "--no-config", "--no-progress", "--color=never", "--persona=pedantic"];
    accepts(&judge, folder.path(), &options.iter().chain(&files).copied().collect::<Vec<_>>());
    let path = files.remove(0);
    let broken = Regex::new("actions/checkout@[0-9a-f]{40}").expect("it is one");
    let broken = broken.replace(&read(path), "actions/checkout@v7").into_owned();
    write(folder.path().join(path), &broken);
    refuses(
        &judge,
        folder.path(),
        &["--offline", "--no-config", "--no-progress", "--color=never", path],
        "unpinned-uses",
    );
}

/// The schemas of what the services read, as schemastore.org has them.
#[test]
fn schemas_of_the_services_are_held() {
    let Some(judge) = Judge::find("schema-check") else { return };
    let judges = judge.program().ancestors().nth(2).expect("a judge stands in DIR/bin").to_owned();
    if judges.join("lacking/service-schemas").exists() {
        return;
    }
    let release = Release::new();
    let (folder, files) = project(&release);
    let gitlab = fs::read_to_string(release.assets().join("gitlab.yml")).expect("a release has it");
    write(folder.path().join("gitlab.yml"), &gitlab);
    let schema = |name: &str| judges.join(format!("service-schemas/{name}.json")).display().to_string();
    let (workflows, actions): (Vec<&str>, Vec<&str>) = files.iter().partition(|path| path.starts_with('.'));
    for (name, files, right, wrong) in [
        ("github-workflows", workflows, "runs-on:", "runs_on:"),
        ("github-actions", actions, "using: composite", "uses: composite"),
        ("gitlab-ci", vec!["gitlab.yml"], "rules:", "rules: always\n  other:"),
    ] {
        let schema = schema(name);
        let all: Vec<&str> = [schema.as_str()].into_iter().chain(files.iter().copied()).collect();
        accepts(&judge, folder.path(), &all);
        let text = fs::read_to_string(folder.path().join(files[0])).expect("it was written");
        write(folder.path().join("broken.yml"), &text.replacen(right, wrong, 1));
        refuses(&judge, folder.path(), &[&schema, "broken.yml"], "");
    }
}

/// All actions of others are pinned by a commit, with the version in a comment, and each to one.
#[test]
fn actions_are_pinned() {
    let pinned = Regex::new(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$").expect("it is one");
    let mut pins = std::collections::BTreeMap::new();
    for (path, text) in files(&Release::new()) {
        for line in text.lines().filter(|line| line.contains("uses:")) {
            let pin = pinned.captures(line).unwrap_or_else(|| panic!("{path}: {line}"));
            let at = (pin[2].to_owned(), pin[3].to_owned());
            assert_eq!(pins.entry(pin[1].to_owned()).or_insert_with(|| at.clone()), &at, "{path}: {line}");
        }
        if path.starts_with('.') {
            assert!(text.contains("\npermissions: {}\n"), "{path} has rights by default");
        }
    }
    assert!(pins.len() > 5, "{pins:?}");
}

/// The commands of a document, each under its place.
pub(super) fn commands(value: &Value) -> Vec<String> {
    let mut commands = Vec::new();
    match value {
        Value::Mapping(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    (Some("run" | "script" | "before_script"), Value::String(text)) => {
                        commands.push(text.clone());
                    }
                    (Some("script" | "before_script"), Value::Sequence(lines)) => {
                        commands.extend(lines.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => commands.extend(self::commands(value)),
                }
            }
        }
        Value::Sequence(values) => commands.extend(values.iter().flat_map(self::commands)),
        _ => {}
    }
    commands
}

/// No command holds an expression, which whoever opens a pull request might write; all are what shellcheck reads.
#[test]
fn commands_of_workflows_are_sound() {
    let shellcheck = Judge::find("shellcheck");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut count = 0;
    for (path, text) in files(&Release::new()) {
        let document: Value = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        for command in commands(&document) {
            count += 1;
            assert!(!command.contains("${{"), "{path}: {command}");
            let Some(shellcheck) = &shellcheck else { continue };
            write(folder.path().join("step.sh"), &command);
            accepts(shellcheck, folder.path(), &["-s", "bash", "step.sh"]);
        }
    }
    assert!(count > 8, "the commands are not found");
    let Some(shellcheck) = shellcheck else { return };
    write(folder.path().join("step.sh"), "infrac check $FOLDER/*\ncd build\n");
    refuses(&shellcheck, folder.path(), &["-s", "bash", "step.sh"], "SC2");
    for script in
        ["release/install.sh", "release/hook", "release/pack.sh", "release/assets.sh", "release/build.sh"]
    {
        write(folder.path().join("step.sh"), &read(script));
        accepts(&shellcheck, folder.path(), &["step.sh"]);
    }
}
