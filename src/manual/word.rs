//! Words that are no subject of their own: parameters of components, words of enumerations, keys of other languages, and the outsides
//! that need no declaration.

use std::fmt::Write as _;

use super::component;
use crate::model::Document;
use crate::schema::{self, Ours, WORDS};
use crate::standard;

/// Outsides that are built in, each with its meaning.
const BUILT_IN: &[(&str, &str)] = &[
    (
        "internet",
        "everybody: a port with `publish = internet` is reachable from anywhere, and `reaches = [internet]` lets a service out",
    ),
    ("localhost", "the machine itself: a port with `publish = localhost` is reachable from the host alone"),
];

/// What is known of a word; `None` where nothing is.
pub(super) fn page(word: &str) -> Option<String> {
    let found = [parameter(word), built_in(word), choice(word), foreign(word)];
    let found: Vec<String> = found.into_iter().flatten().collect();
    (!found.is_empty()).then(|| format!("# {word}\n\n{}", found.join("\n")))
}

/// The parameters of all components, and those of their children: `postgres.version`.
pub(super) fn parameters() -> Vec<String> {
    let of_one = |name: &str| {
        let rows = rows(&component::page(name)).into_iter();
        rows.map(|(parameter, _)| format!("{name}.{parameter}")).collect::<Vec<String>>()
    };
    let mut all: Vec<String> = standard::COMPONENTS.iter().flat_map(|(name, _)| of_one(name)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// `COMPONENT.PARAMETER`, `COMPONENT.CHILD.PARAMETER`, a child or a service of a component, or a key that each instance has as services do.
fn parameter(word: &str) -> Option<String> {
    let (name, path) = word.split_once('.')?;
    standard::component(name)?;
    if let Some(part) = part(name, path) {
        return Some(format!("A part of `{name}`.\n\n{part}\n"));
    }
    let (within, key) = path.rsplit_once('.').map_or((None, path), |(within, key)| (Some(within), key));
    let rows = match within {
        None => rows(&component::page(name)),
        Some(child) => part(name, child).map(|part| rows(&part)).unwrap_or_default(),
    };
    let rows: Vec<String> =
        rows.into_iter().filter(|(parameter, _)| parameter == key).map(|(_, row)| row).collect();
    if !rows.is_empty() {
        let head = "| parameter | type | default | meaning |\n| --- | --- | --- | --- |";
        return Some(format!(
            "A parameter of `{name}`, and of what it holds.\n\n{head}\n{}\n",
            rows.join("\n")
        ));
    }
    let block = within.map_or_else(|| "service".to_owned(), |within| format!("service.{within}"));
    let of_service = schema::key(Document::SCHEMA, Some(&block), key);
    (!of_service.is_empty())
        .then(|| format!("An instance of `{name}` takes what services take:\n\n{of_service}"))
}

/// The part of a component's page about one of its children or services.
fn part(name: &str, wanted: &str) -> Option<String> {
    let page = component::page(name);
    let heads = [format!("## Its children: {wanted}"), format!("## Its service {wanted}")];
    let mut lines = page.lines().skip_while(|line| !heads.iter().any(|head| head == *line));
    let head = lines.next()?;
    let below: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Some(format!("{head}\n{}", below.join("\n")))
}

/// The rows of the tables of parameters of a component's page, by the parameter.
fn rows(page: &str) -> Vec<(String, String)> {
    let lines = page.lines().take_while(|line| !line.starts_with("## What"));
    let row = |line: &str| {
        let (parameter, _) = line.strip_prefix("| `")?.split_once('`')?;
        Some((parameter.to_owned(), line.to_owned()))
    };
    lines.filter_map(row).collect()
}

fn built_in(word: &str) -> Option<String> {
    let (_, meaning) = BUILT_IN.iter().find(|(name, _)| *name == word)?;
    Some(format!(
        "An outside that needs no declaration. It is {meaning}. Others are declared: `infrac explain outside`.\n"
    ))
}

/// A word of an enumeration, at each key that takes it.
fn choice(word: &str) -> Option<String> {
    let mut out = String::new();
    for (place, known, meaning) in schema::choices(Document::SCHEMA) {
        if known == word {
            let _ = writeln!(out, "- `{place} = {word}`: {meaning}");
        }
    }
    (!out.is_empty()).then_some(out)
}

/// What says here what another language says by a key.
fn foreign(word: &str) -> Option<String> {
    let folded = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let mut out = String::new();
    for found in WORDS.iter().filter(|found| folded(found.key) == folded(word)) {
        let within = match (found.within, found.ours) {
            ("source", _) | (_, Ours::Top(_)) => "At the top level".to_owned(),
            (block, _) => format!("In `{block}`"),
        };
        let _ = writeln!(out, "- {within}: {}.", found.words(word));
    }
    (!out.is_empty()).then_some(out)
}
