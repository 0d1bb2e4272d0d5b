//! The pages for those who run a platform: a lint and a reader of Markdown accept them, every link leads somewhere, every command
//! is one that a shell reads and that does no harm, and texts of the source stay texts.

#![expect(clippy::disallowed_methods, reason = "tests write files and run programs")]

#[path = "docs/desk.rs"]
mod desk;
#[path = "docs/guides.rs"]
mod guides;
#[path = "docs/inside.rs"]
mod inside;
#[path = "docs/operators.rs"]
mod operators;
#[path = "docs/readers.rs"]
mod readers;
#[path = "docs/typed.rs"]
mod typed;

use std::collections::{BTreeMap, BTreeSet};

use infrac::platform::Platform;
use infrac::target::{self, Artifact};
use regex::Regex;
use serde_json::{Value, json};

use crate::case::Case;
use crate::dice::Dice;
use crate::graph::pages::Pages;
use crate::judge::Judge;

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// The pages of a platform.
fn pages_of(platform: &Platform) -> Vec<Artifact> {
    let target = target::find("docs").expect("the target");
    infrac::build(platform, &[target]).into_iter().flat_map(|it| it.artifacts).collect()
}

/// A sample of the platforms, the flagship among them.
fn cases() -> impl Iterator<Item = Case> {
    Case::all().into_iter().filter(|case| case.source == "platform" || crate::sample::takes(&case.name(), 5))
}

/// The anchors that GitHub gives headings.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Links of some pages that lead nowhere. `read` is what the reader of Markdown says of each.
fn dead(read: &BTreeMap<String, Value>) -> Vec<String> {
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let anchors: BTreeMap<&str, BTreeSet<String>> = read
        .iter()
        .map(|(path, it)| (path.as_str(), texts(&it["headings"]).iter().map(|it| slug(it)).collect()))
        .collect();
    let mut dead = Vec::new();
    for (path, page) in read {
        for link in texts(&page["links"]) {
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let mut place: Vec<&str> = path.split('/').collect();
            if file.is_empty() {
                place = path.split('/').collect();
            } else {
                place.pop();
                for part in file.split('/') {
                    if part == ".." {
                        place.pop();
                    } else {
                        place.push(part);
                    }
                }
            }
            let place = place.join("/");
            let known = anchors.get(place.as_str());
            if known.is_none_or(|known| anchor.is_some_and(|anchor| !known.contains(anchor))) {
                dead.push(format!("{path}: {link}"));
            }
        }
    }
    dead
}

/// What no page may prescribe, and why.
const HARMFUL: &[(&str, &str)] = &[
    (
        r"compose(?:\s+-\S+(?:\s+[^-\s]\S*)?)*\s+restart\b",
        "a restart keeps the old environment (docker/compose: `restart`)",
    ),
    (
        r"compose(?:\s+-\S+(?:\s+[^-\s]\S*)?)*\s+config\b(?![^\n]*--(?:quiet|no-interpolate))",
        "prints secrets",
    ),
    (
        r"\bvolume\s+prune\b|\bsystem\s+prune\b[^\n]*--volumes|\bdown\b[^\n]*(?:\s-v\b|--volumes)",
        "deletes data",
    ),
    (r"\bufw\b", "does not guard published ports"),
    (r"\brm\s+-rf\b", "deletes"),
    (r"\s-p\s*['\x22]?\$|--password[= ](?!-from-stdin)", "a password among arguments"),
];

/// Harmful lines of a text.
fn harmful(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (pattern, why) in HARMFUL {
        // `regex` knows no looking ahead: what follows is held against the line by hand.
        let (pattern, unless) = match pattern.split_once("(?!") {
            Some((pattern, unless)) => {
                (pattern, Some(Regex::new(unless.strip_suffix(')').unwrap_or(unless)).expect("a pattern")))
            }
            None => (*pattern, None),
        };
        let pattern = Regex::new(pattern).expect("a pattern");
        for line in text.lines() {
            let hit = pattern.find(line);
            if hit
                .is_some_and(|hit| !unless.as_ref().is_some_and(|unless| unless.is_match(&line[hit.end()..])))
            {
                found.push(format!("{line}: {why}"));
            }
        }
    }
    found
}

/// The pages of every platform: by source and environment, with those of all its runtimes.
fn all_pages() -> BTreeMap<String, Vec<Artifact>> {
    let mut all: BTreeMap<String, Vec<Artifact>> = BTreeMap::new();
    for case in Case::all().into_iter().chain(typed::others()) {
        let name = case.name();
        let name = name.split('+').next().unwrap_or(&name).to_owned();
        all.entry(name).or_default().extend(pages_of(&case.compile()));
    }
    all
}

/// A page without the line that says what it was written from: many platforms have the same pages of alerts.
fn without_header(page: &Artifact) -> String {
    let lines = page.content.lines().filter(|line| !line.starts_with("<!-- Generated by "));
    lines.collect::<Vec<_>>().join("\n").replace("\n\n\n", "\n\n") + "\n"
}

#[test]
fn pages_are_good_markdown_and_link_to_what_is_there() {
    let Some(pages) = Pages::find() else { return };
    let all = all_pages();
    let mut different: BTreeMap<String, usize> = BTreeMap::new();
    for page in all.values().flatten() {
        let next = different.len();
        different.entry(without_header(page)).or_insert(next);
    }
    let mut texts: Vec<(&String, usize)> = different.iter().map(|(text, at)| (text, *at)).collect();
    texts.sort_by_key(|(_, at)| *at);
    let questions: Vec<Value> =
        texts.iter().flat_map(|(text, _)| [json!({ "lint": text }), json!({ "markdown": text })]).collect();
    let answers = pages.ask(&questions);
    let mut complaints = Vec::new();
    for (name, written) in &all {
        let mut read = BTreeMap::new();
        for page in written {
            let at = different[&without_header(page)] * 2;
            let lint = answers[at]["complaints"].as_array().expect("a verdict");
            complaints.extend(lint.iter().map(|it| format!("{name} {}: {it}", page.path)));
            complaints.extend(harmful(&page.content).iter().map(|it| format!("{name} {}: {it}", page.path)));
            let twice = read.insert(page.path.clone(), answers[at + 1].clone());
            assert!(twice.is_none(), "{name} writes {} twice", page.path);
        }
        complaints.extend(dead(&read).iter().map(|it| format!("{name} leads nowhere: {it}")));
    }
    none(&complaints);
}

/// Scripts and goals of make that a text names.
fn named(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let all = |pattern: &str| -> BTreeSet<String> {
        let pattern = Regex::new(pattern).expect("a pattern");
        pattern.captures_iter(text).map(|it| it[1].to_owned()).collect()
    };
    (all(r"(scripts/[a-z/-]+\.sh)"), all(r"`make ([a-z-]+)"))
}

#[test]
fn pages_name_scripts_and_goals_that_are_written() {
    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for case in Case::all() {
        let platform = case.compile();
        let pages = pages_of(&platform);
        let written = case.build(&platform);
        let goals = written.iter().find(|it| it.path == "infra.mk").map_or("", |it| it.content.as_str());
        // What the description of an alert names is its own.
        let texts = platform.observed.alerts.iter().flat_map(|alert| alert.annotations.iter());
        let texts: BTreeSet<String> = texts.flat_map(|it| named(&it.text).0).collect();
        for page in &pages {
            let (programs, makes) = named(&page.content);
            let own = page.path.contains("/runbooks/");
            for program in programs.into_iter().filter(|it| !own || !texts.contains(it)) {
                if !written.iter().any(|it| it.path == program) {
                    complaints.push(format!("{} {}: {program}", case.name(), page.path));
                }
                seen.insert(program);
            }
            for goal in makes {
                if !goals.contains(&format!("$(INFRA_PREFIX){goal}:")) {
                    complaints.push(format!("{} {}: make {goal}", case.name(), page.path));
                }
            }
        }
    }
    none(&complaints);
    assert!(seen.contains("scripts/backup.sh"), "no page names a script: {seen:?}");
}

#[test]
fn a_shell_reads_every_command() {
    let Some(pages) = Pages::find() else { return };
    let Some(shell) = Judge::find("shellcheck") else { return };
    let mut complaints = Vec::new();
    for case in cases() {
        let written = pages_of(&case.compile());
        let questions: Vec<Value> = written.iter().map(|page| json!({ "markdown": page.content })).collect();
        let mut all = BTreeSet::new();
        for answer in pages.ask(&questions) {
            for code in answer["codes"].as_array().into_iter().flatten().filter(|it| it["language"] == "sh") {
                all.insert(code["text"].as_str().unwrap_or_default().to_owned());
            }
        }
        let script = all.iter().fold(String::new(), |script, code| script + "(\n" + code + "\n)\n");
        // SC1091 and SC2164 are of scripts, not of lines that a person types; SC2016 is what single quotes are for.
        let verdict =
            shell.ask(std::path::Path::new("/"), &["-s", "bash", "-e", "SC2164,SC2016,SC2103", "-"], &script);
        if !verdict.accepted {
            complaints.push(format!("{}: {}", case.name(), verdict.output));
        }
    }
    none(&complaints);
}

#[test]
fn broken_twins_are_refused() {
    for line in [
        "docker compose -f a.yaml restart db",
        "docker compose --env-file .env -f a.yaml config",
        "docker volume prune",
        "docker compose down -v",
        "sudo ufw allow 3000",
        "mongodump -u admin -p $PASSWORD",
    ] {
        assert!(!harmful(line).is_empty(), "{line}");
    }
    for line in [
        "docker compose -f a.yaml config --quiet",
        "docker compose -f a.yaml exec -T p promtool check config p.yml",
        "docker compose up -d --no-deps db",
        "docker image prune",
    ] {
        assert!(harmful(line).is_empty(), "{line}: {:?}", harmful(line));
    }
    let page = |headings: Value, links: Value| json!({ "headings": headings, "links": links });
    let read: BTreeMap<String, Value> = [
        (
            "docs/A.md".to_owned(),
            page(json!(["The `one`"]), json!(["#the-one", "runbooks/B.md", "#other", "runbooks/C.md"])),
        ),
        ("docs/runbooks/B.md".to_owned(), page(json!([]), json!(["../A.md#the-one", "../A.md#none"]))),
    ]
    .into();
    assert_eq!(dead(&read).len(), 3, "{:?}", dead(&read));
    let Some(pages) = Pages::find() else { return };
    let twins =
        ["# A\n\n\n\ntext\n", "# A\n\ntext\n## B\n", "# A\n\nhttps://example.com\n", "# A\n\n<b>x</b>\n"];
    for (twin, answer) in twins.iter().zip(pages.ask(&twins.map(|twin| json!({ "lint": twin })))) {
        assert!(answer["complaints"].as_array().is_some_and(|it| !it.is_empty()), "{twin}");
    }
}

/// Texts that mean something in Markdown or HTML.
const TEXTS: &[&str] = &[
    "<script>alert(1)</script>",
    "a | b",
    "`x`",
    "``",
    "[a](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "# heading",
    "- item",
    "1. item",
    "***",
    "</details>",
    "<!-- x -->",
    "--> x",
    "&lt;b&gt;",
    "\\",
    "\\|",
    "a\\",
    "~~x~~",
    "$x$",
    "{{ $value | humanize }}",
    "https://example.com",
    "me@example.com",
    "```",
    "a\nb",
    "> quote",
    "| a | b |",
    "[^1]",
    "<a name=x>",
    "_x_",
    "*",
    "\u{2028}",
];

#[test]
fn texts_stay_texts() {
    let Some(pages) = Pages::find() else { return };
    let mut platform =
        Case::all().into_iter().find(|case| case.source == "platform").expect("the flagship").compile();
    let mut dice = Dice::of(45);
    let mut text = || (0..=dice.below(2)).map(|_| dice.pick(TEXTS)).collect::<Vec<_>>().join(" ");
    let before: BTreeMap<String, Value> = read(&pages, &platform);
    let mut complaints = Vec::new();
    for _ in 0..if crate::sample::whole() { 60 } else { 6 } {
        platform.description = Some(text());
        platform.owner = Some(text());
        platform.support = Some(text());
        platform.licence = Some(text());
        for service in &mut platform.services {
            service.description = Some(text());
            if let Some(guide) = &mut service.guide {
                guide.down.fill_with(&mut text);
            }
        }
        for input in &mut platform.inputs {
            input.description = Some(text());
            input.default = Some(text());
        }
        for network in &mut platform.networks {
            network.description = Some(text());
        }
        for bucket in &mut platform.buckets {
            bucket.description = Some(text());
        }
        for dashboard in &mut platform.observed.dashboards {
            dashboard.title = text();
        }
        for (path, page) in read(&pages, &platform) {
            let tags = |page: &Value| -> BTreeSet<String> {
                page["tags"].as_object().map(|it| it.keys().cloned().collect()).unwrap_or_default()
            };
            let new: Vec<String> =
                tags(&page).difference(&tags(&before[&path])).filter(|tag| *tag != "code").cloned().collect();
            if !new.is_empty() {
                complaints.push(format!("{path}: {new:?}"));
            }
            for what in ["links", "headings"] {
                let count = |page: &Value| page[what].as_array().map_or(0, Vec::len);
                // Headings hold no texts of the source but names and titles of groups.
                if count(&page) != count(&before[&path]) {
                    complaints.push(format!("{path}: {} {what} for {}", count(&page), count(&before[&path])));
                }
            }
            let rows = |page: &Value| -> Vec<usize> {
                page["rows"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|row| row.as_array().map_or(0, Vec::len))
                    .collect()
            };
            if rows(&page) != rows(&before[&path]) {
                complaints.push(format!("{path}: a table has other cells"));
            }
        }
    }
    none(&complaints);
}

fn read(pages: &Pages, platform: &Platform) -> BTreeMap<String, Value> {
    let written = pages_of(platform);
    let answers =
        pages.ask(&written.iter().map(|page| json!({ "markdown": page.content })).collect::<Vec<_>>());
    written.into_iter().map(|page| page.path).zip(answers).collect()
}
