//! Every script of every platform, read by the programs that know the language.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use infrac::platform::Runtime;

use super::engine::targets;
use crate::case::Case;
use crate::judge::Judge;

/// The files of a build that bash reads, in a folder of their own; `None` where all of them were judged before.
fn written(case: &Case, seen: &mut BTreeSet<String>) -> Option<(tempfile::TempDir, Vec<String>)> {
    let platform = case.compile();
    let artifacts = infrac::build(&platform, &targets(&platform)).into_iter().flat_map(|it| it.artifacts);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut paths = Vec::new();
    let mut is_new = false;
    for artifact in artifacts.filter(|artifact| artifact.path.starts_with("scripts/")) {
        // Those of Kubernetes are for any shell (`tests/scripts.rs`).
        let is_bash = artifact.content.starts_with("#!/usr/bin/env bash\n");
        if !is_bash && !artifact.path.starts_with("scripts/lib/") {
            continue;
        }
        let place = folder.path().join(&artifact.path);
        fs::create_dir_all(place.parent().expect("it is in a folder")).expect("a folder");
        fs::write(place, &artifact.content).expect("a file can be written");
        is_new |= seen.insert(artifact.content);
        paths.push(artifact.path);
    }
    is_new.then_some((folder, paths))
}

/// What is wrong with files of a folder.
fn complaints(folder: &Path, paths: &[String]) -> Vec<String> {
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut complaints = Vec::new();
    for path in &paths {
        let output =
            Command::new("bash").arg("-n").arg(path).current_dir(folder).output().expect("bash runs");
        if !output.status.success() || !output.stderr.is_empty() {
            complaints.push(format!("bash: {}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    for (name, options) in [
        ("shellcheck", ["-s", "bash", "-x", "-P", "SCRIPTDIR"].as_slice()),
        ("shfmt", &["-d", "-i", "2", "-ci"]),
    ] {
        let Some(judge) = Judge::find(name) else { continue };
        let verdict = judge.ask(folder, &[options, &paths].concat(), "");
        if !verdict.accepted {
            complaints.push(format!("{name}: {}{}", verdict.output, verdict.complaint));
        }
    }
    complaints
}

#[test]
fn bash_shellcheck_and_shfmt_read_every_script() {
    let mut seen = BTreeSet::new();
    let mut complaints = Vec::new();
    for case in Case::all().into_iter().filter(|case| case.runtime == Runtime::Compose) {
        let Some((folder, paths)) = written(&case, &mut seen) else { continue };
        let found = self::complaints(folder.path(), &paths);
        complaints.extend(found.into_iter().map(|it| format!("{}: {it}", case.name())));
    }
    assert!(!seen.is_empty(), "no script is found: the check is broken");
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn broken_scripts_are_refused() {
    let broken = |text: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("a.sh"), format!("#!/usr/bin/env bash\n{text}\n"))
            .expect("a file can be written");
        complaints(folder.path(), &["a.sh".to_owned()])
    };
    assert!(broken("if true; then\n  echo a\nfi").is_empty());
    for (text, by) in [
        ("if true; then\n  echo a", "bash"),
        ("a=$1\nrm $a/*", "shellcheck"),
        ("if true; then\n    echo a\nfi", "shfmt"),
    ] {
        let complaints = broken(text);
        assert!(
            Judge::find("shfmt").is_none() || complaints.iter().any(|it| it.starts_with(by)),
            "{by}: {complaints:?}"
        );
    }
}
