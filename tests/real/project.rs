//! A project as its operator has it: the artifacts in a folder, `.env` filled in, and the documented command.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use infrac::output::{self, Build};
use infrac::platform::Platform;
use infrac::target::Lowered;
use regex::Regex;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::case::lowered;
use crate::judge::{Judge, Verdict};

/// The compose file, below the root.
pub(crate) const COMPOSE: &str = "docker/compose.infrastructure.yaml";

/// A project's root with artifacts; it goes with this value.
pub(crate) struct Project {
    root: TempDir,
    /// Where the artifacts are: in the root, or in `build/ENV`, as `infrac build` has it.
    folder: PathBuf,
    /// Options of the documented command, between `docker compose` and `up -d`.
    options: Vec<String>,
}

impl Project {
    /// Writes the artifacts of a platform into a project of their own, and `.env` as `.env.example` tells.
    pub(crate) fn of(platform: &Platform) -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let mut folder = root.path().canonicalize().expect("it was made");
        folder.extend(platform.environment.iter().flat_map(|environment| ["build", environment]));
        write(&folder, lowered(platform));
        let mut project = Self { root, folder, options: Vec::new() };
        let command = documented(&project.read(COMPOSE));
        project.options = command.split(' ').map(str::to_owned).collect();
        project
    }

    /// The project's root, without links.
    pub(crate) fn root(&self) -> PathBuf {
        self.root.path().canonicalize().expect("it is there")
    }

    /// Where the artifacts are, without links.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.folder().join(path), text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The line of `.env` that sets a variable; `None` takes it out. A variable without a line stays without.
    pub(crate) fn set(&self, name: &str, value: Option<&str>) {
        let lines = self.read(".env");
        let is_its = |line: &&str| line.split_once('=').is_some_and(|(known, _)| known == name);
        let lines = lines.lines().filter_map(|line| match value {
            _ if !is_its(&line) => Some(line.to_owned()),
            value => value.map(|value| format!("{name}={value}")),
        });
        let lines: Vec<String> = lines.collect();
        self.write(".env", &(lines.join("\n") + "\n"));
    }

    /// The documented command with another end, from the root.
    pub(crate) fn compose(&self, judge: &Judge, profiles: &[&str], end: &[&str]) -> Verdict {
        let profiles = profiles.iter().flat_map(|profile| ["--profile", profile]);
        let arguments: Vec<&str> =
            self.options.iter().map(String::as_str).chain(profiles).chain(end.iter().copied()).collect();
        judge.ask(self.folder(), &arguments, "")
    }

    /// What compose makes of the project, or why it refuses. A warning, say of a variable that is not set, is
    /// a refusal here.
    pub(crate) fn config(&self, judge: &Judge, profiles: &[&str]) -> Result<Value, String> {
        let verdict = self.compose(judge, profiles, &["config", "--format", "json"]);
        if verdict.accepted && verdict.complaint.is_empty() {
            Ok(serde_yaml::from_str(&verdict.output).expect("JSON is YAML"))
        } else {
            Err(verdict.complaint)
        }
    }
}

/// Writes artifacts into a folder, and `.env` as `.env.example` tells.
pub(crate) fn write(folder: &Path, lowered: Vec<Lowered>) {
    let build = Build {
        compare: Vec::new(),
        recreate: false,
        lowered,
        whole: true,
        force: false,
        sources: BTreeSet::new(),
        places: &[],
        once: &[],
        theirs: Vec::new(),
    };
    output::write(folder, &build).expect("artifacts can be written");
    let example = fs::read_to_string(folder.join(".env.example")).expect("it is written");
    fs::write(folder.join(".env"), filled(&example)).expect("a file can be written");
}

/// The options of the command that the header of a compose file documents.
fn documented(compose: &str) -> String {
    let header = compose.lines().map_while(|line| line.strip_prefix('#'));
    let command =
        header.filter_map(|line| line.trim().strip_prefix("docker compose ")?.strip_suffix(" up -d"));
    command.map(str::to_owned).next().expect("the header tells how to start")
}

/// The options that every command of the documentation has.
pub(crate) const OPTIONS: &str = "--env-file .env -f docker/compose.infrastructure.yaml";

/// `.env.example` with a value for all that is required and has none.
pub(crate) fn filled(example: &str) -> String {
    let required = required(example);
    let mut before = "";
    let lines = example.lines().map(|line| {
        let address = before.contains("a whole address");
        before = line;
        match line.strip_suffix('=') {
            Some(name) if required.contains(name) && address => format!("{line}https://{}\n", dummy(name)),
            Some(name) if required.contains(name) => format!("{line}{}\n", dummy(name)),
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// A value of any length that `.env.example` asks for, in letters that mean nothing in an address.
fn dummy(name: &str) -> String {
    format!("dummy-{}-0123456789abcdef0123456789abcdef", name.to_lowercase())
}

/// The variables above which `.env.example` says that they are required.
pub(crate) fn required(example: &str) -> BTreeSet<String> {
    let mut required = BTreeSet::new();
    let mut says = false;
    for line in example.lines() {
        match line.split_once('=') {
            Some((name, _)) if !line.starts_with('#') => {
                if says {
                    required.insert(name.to_owned());
                }
                says = false;
            }
            _ => says = line.starts_with('#') && (says || line.starts_with("# Required")),
        }
    }
    required
}

/// The variables that `.env.example` has a line for.
pub(crate) fn offered(example: &str) -> BTreeSet<String> {
    let lines = example.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.split_once('=')?.0.to_owned())).collect()
}

/// The variables that a compose file takes from the operator.
pub(crate) fn interpolated(compose: &str) -> BTreeSet<String> {
    let text: Vec<&str> = compose.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let pattern = Regex::new(r"\$\$|\$\{?(\w+)|(?m:^ +environment: (\w+)$)").expect("a pattern");
    let text = text.join("\n");
    let names = pattern.captures_iter(&text).filter_map(|found| found.get(1).or(found.get(2)));
    names.map(|name| name.as_str().to_owned()).collect()
}
