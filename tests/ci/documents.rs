//! `docs/ci.md` shows what stands in the files, and the helps show what runs.

use std::fs;

use super::{PROGRAM, command, ends, read, write};

/// Each block of a kind.
fn blocks(text: &str, kind: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == format!("```{kind}") {
            let block = lines.by_ref().take_while(|line| *line != "```");
            blocks.push(block.flat_map(|line| [line, "\n"]).collect());
        }
    }
    blocks
}

/// The lines of a text without their indentation, comments and empty ones.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Every block of YAML is a part of one of the tested files, line by line.
#[test]
fn what_is_shown_stands_in_tested_files() {
    let document = read("docs/ci.md");
    let files = ["ci/github.yml", "ci/gitlab.yml", "ci/pre-commit-config.yaml"].map(read);
    let blocks = blocks(&document, "yaml");
    assert!(blocks.len() >= 3, "the blocks are not found");
    for block in blocks {
        let shown = lines(&block);
        // What a comment of the file shows stands there with `#` in front of it.
        let holds = |file: &String| {
            let plain: Vec<&str> = file.lines().map(|line| line.trim_start_matches('#').trim()).collect();
            let plain: Vec<&str> = plain.into_iter().filter(|line| !line.is_empty()).collect();
            lines(file).windows(shown.len()).any(|part| part == shown)
                || plain.windows(shown.len()).any(|part| part == shown)
        };
        assert!(files.iter().any(holds), "this stands in no file:\n{block}");
    }
}

/// Every command of infrac that is shown is one, and its options are.
#[test]
fn commands_that_are_shown_are_understood() {
    let document = read("docs/ci.md");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut count = 0;
    let code = document.split('`').skip(1).step_by(2).filter(|code| code.starts_with("infrac "));
    for shown in code {
        let words: Vec<&str> = shown.split_whitespace().skip(1).collect();
        let Some((command_name, rest)) = words.split_first() else { continue };
        let help =
            ends(command(PROGRAM, folder.path(), folder.path(), &[]).args([*command_name, "--help"]), 0);
        for option in rest.iter().filter(|word| word.starts_with("--")) {
            count += 1;
            assert!(help.contains(*option), "`{shown}`: there is no {option}");
        }
    }
    assert!(count > 5, "the commands are not found");
}

/// How examples end that do not end well in the platform of `tests/ci/help`: it has warnings, its artifacts are stale, and it is there.
const ENDS: &[(&str, i32)] = &[
    ("infrac check --deny warnings --warn IMG002", 1),
    ("infrac build --check --all", 3),
    ("infrac init", 1),
];

/// Every example of the helps runs: in a platform that has what they name, with the machine's folders below the home.
#[test]
fn examples_of_the_helps_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path().join("home");
    for project in [folder.path().to_owned(), folder.path().join("deploy")] {
        for file in ["platform.infra", "services/mongodb.infra"] {
            write(project.join(file), &read(&format!("tests/ci/help/{file}")));
        }
    }
    for made in ["srv/releases", "etc/bash_completion.d", "usr/local/share/man/man1", ".zfunc"] {
        fs::create_dir_all(home.join(made)).expect("a folder");
    }
    for made in ["dist", "targets/compose"] {
        fs::create_dir_all(folder.path().join(made)).expect("a folder");
    }
    let help =
        |words: &[&str]| ends(command(PROGRAM, folder.path(), &home, &[]).args(words).arg("--help"), 0);
    let all = help(&[]);
    let commands = all.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
    let names: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 10, "the commands are not found:\n{all}");
    let texts = names.iter().map(|name| help(&[name])).chain([all.clone()]);
    let examples = texts.flat_map(|text| {
        let lines = text.lines().skip_while(|line| *line != "Examples:").skip(1);
        let lines = lines.take_while(|line| !line.is_empty()).map(str::trim);
        // Behind three blanks stands what it does.
        lines.map(|line| line.split("   ").next().unwrap_or_default().to_owned()).collect::<Vec<String>>()
    });
    let mut count = 0;
    for example in examples.filter(|example| !example.starts_with("infrac watch")) {
        count += 1;
        let (alone, _) = example.split_once(" | ").unwrap_or((&example, ""));
        let home = home.display();
        let mut line = format!("infrac() {{ '{PROGRAM}' \"$@\"; }}; {alone}");
        for place in ["srv", "etc", "usr"] {
            line = line.replace(&format!(" /{place}/"), &format!(" {home}/{place}/"));
        }
        let code = ENDS.iter().find(|(known, _)| *known == example).map_or(0, |(_, code)| *code);
        let mut bash = command("bash", folder.path(), &folder.path().join("home"), &[]);
        let said = ends(bash.args(["-c", &line]), code);
        assert!(!said.contains("Usage:"), "{example}: {said}");
    }
    assert!(count > 40, "the examples are not found");
}
