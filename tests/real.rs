//! Artifacts judged by the programs that will read them: those of every platform are accepted, broken twins are
//! refused. `tests/judges/install.sh target/judges` brings the judges.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and run programs")]

#[path = "real/alertmanager.rs"]
mod alertmanager;
#[path = "real/json.rs"]
mod json;
#[path = "real/project.rs"]
pub(crate) mod project;
#[path = "real/rules.rs"]
mod rules;
#[path = "real/twins.rs"]
mod twins;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use infrac::model::RunKind;
use infrac::platform::{Platform, Runtime, Service};
use infrac::target::Artifact;
use regex::Regex;
use serde_yaml::Value;

use crate::case::{Case, build, extension};
use crate::judge::Judge;
use project::{COMPOSE, OPTIONS, Project, interpolated, required};
use rules::{Seen, broken};

/// What compose calls the profile of jobs that something else starts.
const SCHEDULED: &str = "scheduled";

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// The small platform that twins are made of.
fn twins_case() -> Case {
    Case {
        source: "twin".to_owned(),
        environment: None,
        runtime: infrac::platform::Runtime::Compose,
        root: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real"),
        entry: "twin.infra".to_owned(),
    }
}

/// The profile of a service: of its group, unless something else starts it.
fn profile<'a>(platform: &'a Platform, service: &Service) -> Option<&'a str> {
    if service.run == RunKind::Schedule {
        return Some(SCHEDULED);
    }
    service.group.and_then(|group| platform[group].profile.as_deref())
}

/// Every profile of a platform.
fn profiles(platform: &Platform) -> Vec<&str> {
    let profiles: BTreeSet<&str> =
        platform.services.iter().filter_map(|service| profile(platform, service)).collect();
    profiles.into_iter().collect()
}

/// No profile, each alone, and all of them.
fn combinations<'a>(profiles: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut combinations: Vec<Vec<&str>> = vec![Vec::new()];
    combinations.extend(profiles.iter().map(|profile| vec![*profile]));
    if profiles.len() > 1 {
        combinations.push(profiles.to_vec());
    }
    combinations
}

/// The services that compose starts.
fn started(config: &Value) -> BTreeSet<String> {
    let services = config["services"].as_mapping().into_iter().flat_map(|services| services.keys());
    // Jobs that hand a volume over are compose's own.
    let services = services.filter_map(Value::as_str).filter(|name| !name.ends_with("-owner"));
    services.map(str::to_owned).collect()
}

/// The services that the source puts into the core or one of the profiles.
fn expected(platform: &Platform, chosen: &[&str]) -> BTreeSet<String> {
    let starts =
        |service: &&Service| profile(platform, service).is_none_or(|profile| chosen.contains(&profile));
    platform
        .services
        .iter()
        .filter(|service| service.runs())
        .filter(starts)
        .map(|service| service.name.clone())
        .collect()
}

#[test]
fn compose_accepts_every_profile() {
    let judges = ["docker-compose", "docker-compose-new"].into_iter().filter_map(Judge::find);
    let judges: Vec<Judge> = judges.collect();
    let mut complaints = Vec::new();
    for case in Case::of_compose() {
        let platform = case.compile();
        let project = Project::of(&platform);
        // What `.env` asks for is another test's; here the command line does.
        project.set("COMPOSE_PROFILES", Some(""));
        let combinations = combinations(&profiles(&platform));
        for (judge, chosen) in judges.iter().flat_map(|judge| combinations.iter().map(move |it| (judge, it)))
        {
            let mut complain =
                |problem: &str| complaints.push(format!("{} {chosen:?}: {problem}", case.name()));
            let verdict = project.compose(judge, chosen, &["config", "-q"]);
            if !verdict.accepted || !verdict.complaint.is_empty() {
                complain(&verdict.complaint);
                continue;
            }
            match project.config(judge, chosen) {
                Ok(config) if started(&config) == expected(&platform, chosen) => {}
                Ok(config) => complain(&format!(
                    "starts {:?}, the source says {:?}",
                    started(&config),
                    expected(&platform, chosen)
                )),
                Err(error) => complain(&error),
            }
        }
    }
    none(&complaints);
}

/// The core of the flagship, which must be startable alone.
#[test]
fn the_core_starts_alone() {
    let Some(judge) = Judge::find("docker-compose") else { return };
    let flagship = Case::all().into_iter().next().expect("the flagship is the first case");
    let platform = flagship.compile();
    let project = Project::of(&platform);
    project.set("COMPOSE_PROFILES", None);
    let core = started(&project.config(&judge, &[]).expect("compose accepts the core"));
    for name in ["gateway", "backend", "mongodb"] {
        assert!(core.contains(name), "{name} is no part of the core: {core:?}");
    }
    for name in ["minio", "elasticsearch", "kibana", "prometheus", "grafana"] {
        assert!(!core.contains(name), "{name} is a part of the core: {core:?}");
        assert!(platform.services.iter().any(|service| service.name == name), "there is no {name}");
    }
}

#[test]
fn profiles_stand_in_the_env_file() {
    let Some(judge) = Judge::find("docker-compose") else { return };
    let mut seen = 0;
    for case in Case::of_compose() {
        let platform = case.compile();
        let project = Project::of(&platform);
        let own: Vec<&str> = profiles(&platform).into_iter().filter(|name| *name != SCHEDULED).collect();
        // As it is copied, it asks for all of them.
        let all = project.config(&judge, &[]).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
        assert_eq!(started(&all), expected(&platform, &own), "{}", case.name());
        for name in &own {
            seen += 1;
            project.set("COMPOSE_PROFILES", Some(name));
            let one = project.config(&judge, &[]).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
            assert_eq!(started(&one), expected(&platform, &[name]), "{} {name}", case.name());
        }
    }
    assert!(seen > 0, "no profile is found: the check is broken");
}

/// Whatever is required and not set stops compose, with its name, whether `.env` has it empty or not at all.
#[test]
fn what_is_required_must_be_set() {
    let Some(judge) = Judge::find("docker-compose") else { return };
    let mut complaints = Vec::new();
    let mut seen = 0;
    for case in Case::of_compose() {
        let platform = case.compile();
        let project = Project::of(&platform);
        let used = interpolated(&project.read(COMPOSE));
        let mut required = required(&project.read(".env.example"));
        // What the backups alone need stops them, and not compose.
        required.retain(|name| used.contains(name));
        let declared: BTreeSet<String> = platform
            .inputs
            .iter()
            .filter(|input| input.default.is_none() && !input.optional)
            .map(|input| input.name.clone())
            .filter(|name| used.contains(name))
            .collect();
        assert_eq!(required, declared, "{}: what .env.example calls required", case.name());
        let good = project.read(".env");
        for name in &required {
            for value in [Some(""), None] {
                seen += 1;
                project.set(name, value);
                let verdict = project.compose(&judge, &[], &["config", "-q"]);
                if verdict.accepted || !verdict.complaint.contains(name.as_str()) {
                    complaints.push(format!("{}: {name}={value:?}: {}", case.name(), verdict.complaint));
                }
                project.write(".env", &good);
            }
        }
    }
    assert!(seen > 0, "nothing is required: the check is broken");
    none(&complaints);
}

#[test]
fn compose_refuses_broken_twins() {
    let Some(judge) = Judge::find("docker-compose") else { return };
    let project = Project::of(&twins_case().compile());
    let good = project.read(COMPOSE);
    let ask = || project.compose(&judge, &["extras"], &["config", "-q"]);
    let untouched = ask();
    assert!(untouched.accepted && untouched.complaint.is_empty(), "{}", untouched.complaint);
    let mut complaints = Vec::new();
    for twin in twins::FOR_COMPOSE {
        project.write(COMPOSE, &twin.of(&good));
        let verdict = ask();
        if verdict.accepted {
            complaints.push(format!("{}: accepted", twin.wrong));
        } else if !verdict.complaint.contains(twin.told) {
            complaints.push(format!("{}: refused for something else: {}", twin.wrong, verdict.complaint));
        }
    }
    none(&complaints);
}

#[test]
fn what_compose_lets_through_is_right_as_well() {
    let Some(judge) = Judge::find("docker-compose") else { return };
    let mut complaints = Vec::new();
    // What a platform of overrides puts over the safe defaults is its author's.
    let cases = Case::of_compose().filter(|case| !case.name().starts_with("overrides"));
    for case in cases.chain([twins_case()]) {
        let platform = case.compile();
        let project = Project::of(&platform);
        match project.config(&judge, &profiles(&platform)) {
            Ok(config) => {
                let seen = Seen { platform: &platform, project: &project, config: &config };
                complaints.extend(broken(&seen).into_iter().map(|place| format!("{}: {place}", case.name())));
            }
            Err(error) => complaints.push(format!("{}: {error}", case.name())),
        }
    }
    none(&complaints);
}

#[test]
fn the_rules_find_broken_twins() {
    let Some(judge) = Judge::find("docker-compose") else { return };
    let platform = twins_case().compile();
    let project = Project::of(&platform);
    let good = project.read(COMPOSE);
    let mut complaints = Vec::new();
    for twin in twins::FOR_RULES {
        project.write(COMPOSE, &twin.of(&good));
        match project.config(&judge, &profiles(&platform)) {
            Ok(config) => {
                let found = broken(&Seen { platform: &platform, project: &project, config: &config });
                if !found.iter().any(|found| found.starts_with(&format!("{}: ", twin.told))) {
                    complaints.push(format!("{}: not found, only {found:?}", twin.wrong));
                }
            }
            Err(error) => complaints.push(format!("{}: compose refuses it: {error}", twin.wrong)),
        }
    }
    for (name, _) in rules::RULES {
        if !twins::FOR_RULES.iter().any(|twin| twin.told == *name) {
            complaints.push(format!("no twin breaks the rule: {name}"));
        }
    }
    none(&complaints);
}

/// Whatever the artifacts and the documentation tell to type is what these tests type.
#[test]
fn every_documented_command_is_the_one_that_is_tested() {
    let command = Regex::new(
        r"docker[ -]compose (?:-|up\b|down\b|run\b|config\b|logs\b|ps\b|exec\b|pull\b|build\b)[^\n`]*",
    )
    .expect("a pattern");
    let mut complaints = Vec::new();
    let mut judged = |place: &str, text: &str| {
        for found in command.find_iter(text) {
            if !found.as_str().starts_with(&format!("docker compose {OPTIONS} ")) {
                complaints.push(format!("{place}: {}", found.as_str()));
            }
        }
        command.is_match(text)
    };
    for case in Case::all() {
        for artifact in build(&case.compile()) {
            let place = format!("{}: {}", case.name(), artifact.path);
            // Scripts are run, and name what they run in words that only they can fill in (`tests/operations`).
            if artifact.path.starts_with("scripts/") {
                continue;
            }
            let says = judged(&place, &artifact.content);
            assert!(says || artifact.path != COMPOSE, "{place}: does not tell how to start");
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut said = 0;
    for path in markdown(root)
        .into_iter()
        .chain(["docs", "targets"].iter().flat_map(|folder| markdown(&root.join(folder))))
    {
        let text = fs::read_to_string(&path).expect("a readable file");
        // Prose may call a command by its name; what is to be typed stands in a fence.
        for fence in text.split("```").skip(1).step_by(2) {
            said += usize::from(judged(&path.display().to_string(), fence));
        }
    }
    assert!(said > 0, "the documentation does not tell how to start");
    none(&complaints);
}

/// The Markdown files of a folder; where it is not the root, those of its folders as well.
fn markdown(folder: &Path) -> Vec<PathBuf> {
    let is_root = folder == Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("a readable folder").path()) {
        if path.is_dir() && !is_root {
            found.extend(markdown(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The programs among the artifacts and in health checks: each with its place, `sh` or `js`, and text.
fn programs(case: &Case, judge: &Judge) -> Vec<(String, &'static str, String)> {
    let platform = case.compile();
    let artifacts = build(&platform);
    let mut programs = Vec::new();
    // Those of operations are judged where they lie, with what they read (`tests/operations/judges.rs`).
    let is_of_operations = |artifact: &Artifact| {
        artifact.path.starts_with("scripts/lib/") || artifact.content.starts_with("#!/usr/bin/env bash\n")
    };
    for artifact in artifacts.iter().filter(|artifact| !is_of_operations(artifact)) {
        let kind = match extension(&artifact.path) {
            "sh" | "bash" => "sh",
            "js" | "mjs" | "cjs" => "js",
            _ if artifact.content.starts_with("#!") => "sh",
            _ => continue,
        };
        programs.push((format!("{}: {}", case.name(), artifact.path), kind, artifact.content.clone()));
    }
    if case.runtime != Runtime::Compose {
        return programs;
    }
    let project = Project::of(&platform);
    let config = project
        .config(judge, &profiles(&platform))
        .unwrap_or_else(|error| panic!("{}: {error}", case.name()));
    for service in &platform.services {
        let test = config["services"][service.name.as_str()]["healthcheck"]["test"].as_sequence();
        let words: Vec<&str> = test.into_iter().flatten().filter_map(Value::as_str).collect();
        let script = |flag: &str| {
            let at = words.iter().position(|word| *word == flag)?;
            words.get(at + 1).copied()
        };
        let (kind, text) = match words.as_slice() {
            ["CMD-SHELL", line] => ("sh", Some(*line)),
            ["CMD", "sh" | "bash", ..] => ("sh", script("-c")),
            ["CMD", "node", ..] => ("js", script("-e")),
            ["CMD", "mongosh", ..] => ("js", script("--eval")),
            _ => continue,
        };
        // What compose prints, it would read again: `$$` is one `$`.
        programs.extend(text.map(|text| {
            (format!("{}: check of {}", case.name(), service.name), kind, text.replace("$$", "$"))
        }));
    }
    programs
}

#[test]
fn programs_are_well_formed() {
    let (Some(compose), Some(shellcheck), Some(js_check)) =
        (Judge::find("docker-compose"), Judge::find("shellcheck"), Judge::find("js-check"))
    else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refused = |kind: &str, text: &str| {
        let verdict = if kind == "sh" {
            // A line `#!` says which shell; images without a word about it have at least `sh`.
            let shell: &[&str] = if text.starts_with("#!") || text.contains("/dev/tcp/") {
                &["-s", "bash"]
            } else {
                &["-s", "sh"]
            };
            shellcheck.ask(folder.path(), &[shell, &["-"]].concat(), text)
        } else {
            fs::write(folder.path().join("program.js"), text).expect("a file can be written");
            js_check.ask(folder.path(), &["program.js"], "")
        };
        (!verdict.accepted).then(|| verdict.output + &verdict.complaint)
    };
    let mut complaints = Vec::new();
    let mut judged = BTreeSet::new();
    for case in Case::all() {
        for (place, kind, text) in programs(&case, &compose) {
            if judged.insert((kind, text.clone())) {
                complaints.extend(refused(kind, &text).map(|why| format!("{place}: {why}")));
            }
        }
    }
    none(&complaints);
    // Broken twins of all that was accepted.
    for (kind, text) in &judged {
        let twin = if *kind == "sh" { format!("{text}\nif true; echo; fi\n") } else { format!("{text}\n(") };
        assert!(refused(kind, &twin).is_some(), "accepted: {twin}");
    }
    for kind in ["sh", "js"] {
        assert!(judged.iter().any(|(known, _)| *known == kind), "no {kind} is found: the check is broken");
    }
}

#[test]
fn json_is_json() {
    let mut seen = 0;
    let mut complaints = Vec::new();
    for case in Case::all() {
        for artifact in build(&case.compile()).iter().filter(|artifact| extension(&artifact.path) == "json") {
            seen += 1;
            complaints.extend(
                json::judge(&artifact.content)
                    .err()
                    .map(|error| format!("{}: {}: {error}", case.name(), artifact.path)),
            );
        }
    }
    assert!(seen > 0, "no JSON is found: the check is broken");
    none(&complaints);
    for broken in
        ["", "{", "[1,]", "{\"a\": 1,}", "{a: 1}", "['a']", "// a\n1", "01", "\"\n\"", "1 2", "NaN", "True"]
    {
        assert!(json::judge(broken).is_err(), "accepted: {broken}");
    }
}
