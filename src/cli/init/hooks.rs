//! The hooks of a new platform: those of `.pre-commit-hooks.yaml` for the program on `PATH`, as many as `ci/pre-commit-config.yaml`
//! has for a release.

use std::path::Path;

use serde::Serialize;

use crate::emit;

const DEFINED: &str = include_str!("../../../.pre-commit-hooks.yaml");
const USED: &str = include_str!("../../../ci/pre-commit-config.yaml");

/// The names that pre-commit reads its configuration by (pre-commit/pre-commit:pre_commit/constants.py).
pub(super) const FILE: &str = ".pre-commit-config.yaml";

#[derive(Debug, Serialize)]
struct Configuration {
    repos: [Repository; 1],
}

#[derive(Debug, Serialize)]
struct Repository {
    repo: &'static str,
    hooks: Vec<Hook>,
}

#[derive(Debug, Serialize)]
struct Hook {
    id: &'static str,
    name: &'static str,
    language: &'static str,
    entry: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass_filenames: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    always_run: Option<bool>,
}

/// The configuration for a platform in a folder of its repository; `None` is the repository's own.
pub(super) fn configuration(folder: Option<&str>) -> String {
    let header = ["Before each commit: https://pre-commit.com, then `pre-commit install`".to_owned()];
    emit::yaml(&header, &Configuration { repos: [repository(folder)] })
}

/// The lines that belong below `repos:` of a configuration that is there already.
pub(super) fn lines(folder: Option<&str>) -> String {
    let text = emit::yaml(&[], &Configuration { repos: [repository(folder)] });
    text.lines()
        .skip_while(|line| !line.trim_start().starts_with('-'))
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn repository(folder: Option<&str>) -> Repository {
    let ids = USED.lines().filter_map(|line| line.trim().strip_prefix("- id: "));
    Repository { repo: "local", hooks: ids.filter_map(|id| hook(id, folder)).collect() }
}

/// The hook of the system for one of a release.
fn hook(id: &'static str, folder: Option<&str>) -> Option<Hook> {
    let of_system = format!("- id: {id}-system");
    let lines: Vec<&'static str> = DEFINED
        .lines()
        .skip_while(|line| *line != of_system)
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .collect();
    let value = |key: &str| {
        lines.iter().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':').map(str::trim))
    };
    let names_files = value("pass_filenames").is_none();
    let entry = match folder.filter(|_| !names_files) {
        Some(folder) => format!("{} {}", value("entry")?, quoted(folder)),
        None => value("entry")?.to_owned(),
    };
    let files = value("files").map(|files| match folder {
        Some(folder) => format!("^{}/.*{files}", escaped(folder)),
        None => files.to_owned(),
    });
    let is = |key: &str| value(key).map(|value| value == "true");
    Some(Hook {
        id,
        name: value("name")?,
        language: value("language")?,
        entry,
        files,
        pass_filenames: is("pass_filenames"),
        always_run: is("always_run"),
    })
}

/// A word for the shell rules that pre-commit divides `entry` by.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A text in a pattern of Python.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !(c.is_alphanumeric() || matches!(c, '/' | '_' | '-' | ' ')) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The folder of the repository that a folder is in, and the way from there, where it is another one.
pub(super) fn repository_of(folder: &Path) -> Option<(std::path::PathBuf, Option<String>)> {
    let real = std::fs::canonicalize(folder).ok()?;
    let root = real.ancestors().find(|above| above.join(".git").exists())?.to_owned();
    let below = real.strip_prefix(&root).ok()?.to_str()?.to_owned();
    let shown = real.ancestors().position(|above| above == root)?;
    let root = (0..shown).fold(folder.to_owned(), |path, _| path.join(".."));
    Some((root, Some(below).filter(|below| !below.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::{configuration, lines};

    #[test]
    fn every_hook_of_a_release_has_one_of_the_system() {
        let text = configuration(None);
        let ids = super::USED.matches("- id: ").count();
        assert_eq!(ids, 3);
        assert_eq!(text.matches("- id: ").count(), ids, "{text}");
        for line in ["entry: infrac fmt", "entry: infrac check", "entry: infrac build --check --all"] {
            assert!(text.lines().any(|it| it.trim() == line), "{text}");
        }
        let below = lines(Some("it's a/deploy"));
        assert!(below.trim_start().starts_with("- repo: local"), "{below}");
        assert!(
            below.contains(r"infrac check 'it'\\''s a/deploy'")
                || below.contains(r"infrac check 'it'\''s a/deploy'"),
            "{below}"
        );
    }
}
