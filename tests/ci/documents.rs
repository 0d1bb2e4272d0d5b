//! `docs/ci.md` shows what stands in the files.

use super::{PROGRAM, command, ends, read};

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
