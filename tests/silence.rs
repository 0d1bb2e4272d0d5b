//! Nothing that a source says is passed over in silence: `platform.infra` and every platform of `tests/ok`, with one entry
//! left out or changed at a time. An artifact must differ, or a diagnostic must name the entry. An entry that says what
//! holds anyway differs only when it is changed.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use infrac::diagnostic::{Diagnostic, Sink};
use infrac::source::{Found, LoadError, Loader, Sources, Span};
use infrac::syntax::{self, Entry, ValueKind};
use infrac::target;

use crate::sample;

/// Entries that only targets to come will write, by the path of their keys, with the target. A `*` stands for any path.
const TO_COME: &[(&str, &str)] =
    &[("outside", "nginx, kubernetes and terraform write address ranges"), ("outside.description", "docs")];

/// Entries that neither an artifact nor a diagnostic shows, each with the reason.
const MEANT: &[(&str, &str)] = &[
    ("allow", "what is allowed is silent by its nature; an `allow` without use is reported"),
    ("component", "a definition that nothing uses"),
    ("import", "a file that is imported twice is read once"),
];

/// One of so many entries is tried every day.
const ONE_OF: u64 = 8;

/// An entry of a source.
struct Place {
    /// The keys that lead to it.
    path: String,
    /// Everything that it is.
    whole: Range<usize>,
    /// Its value, where it has a simple one.
    value: Option<(Range<usize>, ValueKind)>,
    /// The environment that it stands in.
    environment: Option<String>,
}

/// What a text comes to: its artifacts, and where its diagnostics point.
struct Outcome {
    artifacts: BTreeMap<String, String>,
    messages: Vec<String>,
    places: Vec<Range<usize>>,
    fails: bool,
}

#[test]
#[ignore = "thousands of compilations: asked for by name, with the profile that is quick"]
fn no_entry_is_passed_over_in_silence() {
    let mut silent = Vec::new();
    let mut tried = 0;
    for (root, entry) in sources() {
        let text = fs::read_to_string(root.join(&entry)).expect("a source");
        let mut known: BTreeMap<Option<String>, Outcome> = BTreeMap::new();
        for place in places(&text) {
            let name = format!("{entry}:{}:{}", text[..place.whole.start].lines().count(), place.path);
            if !sample::takes(&name, ONE_OF) || is_listed(&place.path) {
                continue;
            }
            tried += 1;
            let environment = place.environment.clone();
            let base = known
                .entry(environment.clone())
                .or_insert_with(|| outcome(&root, &entry, &text, environment.as_deref()));
            assert!(!base.fails, "{entry} does not build");
            if base.places.iter().any(|named| named.start < place.whole.end && place.whole.start < named.end)
            {
                continue;
            }
            let differs = |changed: String| {
                let changed = outcome(&root, &entry, &changed, environment.as_deref());
                changed.fails || changed.artifacts != base.artifacts || changed.messages != base.messages
            };
            if !differs(without(&text, &place.whole)) && !changes(&text, &place).into_iter().any(differs) {
                silent.push(name);
            }
        }
    }
    assert!(tried > 50, "{tried} entries are tried");
    assert!(silent.is_empty(), "{} of {tried} entries are passed over:\n{}", silent.len(), silent.join("\n"));
}

fn is_listed(path: &str) -> bool {
    let listed = |(known, _): &(&str, &str)| {
        path == *known
            || path.strip_prefix(known).is_some_and(|rest| rest.starts_with('.') && !known.contains('.'))
    };
    MEANT.iter().any(listed) || TO_COME.iter().any(|(known, _)| path == *known)
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/ok");
    let mut found = vec![(root.to_owned(), "platform.infra".to_owned())];
    let entries = fs::read_dir(&folder).expect("the platforms that build");
    let names =
        entries.map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".infra")).collect();
    names.sort();
    found.extend(names.into_iter().map(|name| (folder.clone(), name)));
    found
}

fn places(text: &str) -> Vec<Place> {
    let mut sources = Sources::default();
    let id = sources.add("entry", text.to_owned());
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let mut found = Vec::new();
    below(&file.entries, "", None, &mut found);
    found
}

fn below(entries: &[Entry], path: &str, environment: Option<&str>, found: &mut Vec<Place>) {
    for entry in entries {
        let key = entry.key.text.as_str();
        if path.is_empty() && key == "environment" {
            let label = entry.label.as_ref().map(|label| label.text.as_str());
            below(entry.entries(), "", label, found);
            continue;
        }
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let value = entry.value.as_ref();
        let end = entry.body.as_ref().map(|body| body.span).or(value.map(|value| value.span));
        let whole = range(entry.head().to(end.unwrap_or(entry.head())));
        let value = value.map(|value| (range(value.span), value.kind.clone()));
        found.push(Place { path: path.clone(), whole, value, environment: environment.map(str::to_owned) });
        below(entry.entries(), &path, environment, found);
    }
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The text without a part, and without one of the commas around it.
fn without(text: &str, part: &Range<usize>) -> String {
    let (before, behind) = (&text[..part.start], &text[part.end..]);
    if let Some(behind) = behind.trim_start_matches(' ').strip_prefix(',') {
        return format!("{before}{behind}");
    }
    match before.trim_end_matches(' ').strip_suffix(',') {
        Some(before) => format!("{before}{behind}"),
        None => format!("{before}{behind}"),
    }
}

/// The text with another value at a place.
fn changes(text: &str, place: &Place) -> Vec<String> {
    let Some((value, kind)) = &place.value else { return Vec::new() };
    let said = &text[value.clone()];
    let others: Vec<String> = match kind {
        ValueKind::Boolean(boolean) => vec![(!boolean).to_string()],
        ValueKind::Number(_) => {
            let digits = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
            let number: u64 = said[..digits].parse().unwrap_or(0);
            vec![format!("{}{}", number + 1, &said[digits..]), format!("{}{}", number * 2, &said[digits..])]
        }
        ValueKind::Text(_) if said.len() > 2 && !said.starts_with("\"\"\"") => {
            vec![format!("{}x\"", &said[..said.len() - 1]), format!("\"x{}", &said[1..])]
        }
        ValueKind::Text(_) => vec!["\"x\"".to_owned()],
        ValueKind::List(_) => vec!["[]".to_owned()],
        _ => vec!["other".to_owned()],
    };
    others.into_iter().map(|other| format!("{}{other}{}", &text[..value.start], &text[value.end..])).collect()
}

fn outcome(root: &Path, entry: &str, text: &str, environment: Option<&str>) -> Outcome {
    let load = |path: &str| {
        if path == entry {
            return Ok(Found::File(text.as_bytes().to_vec()));
        }
        let place = root.join(path);
        if place.is_dir() {
            let entries = fs::read_dir(&place).map_err(|_| LoadError::Missing)?;
            let names =
                entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
            let mut names: Vec<String> = names.collect();
            names.sort();
            return Ok(Found::Folder(names));
        }
        fs::read(place).map(Found::File).map_err(|_| LoadError::Missing)
    };
    let compilation = infrac::compile(&Loader { load: &load }, entry, environment);
    let own = |diagnostic: &Diagnostic| {
        let of_entry = |span: &Span| compilation.sources.file(span.file).name() == entry;
        let labels = diagnostic.labels.iter().map(|label| label.span);
        labels.filter(of_entry).map(range).collect::<Vec<_>>()
    };
    let lowered = compilation
        .platform
        .iter()
        .flat_map(|platform| infrac::build(platform, &target::of(&platform.targets)))
        .flat_map(|lowered| lowered.artifacts);
    let mut messages: Vec<String> =
        compilation.diagnostics.iter().map(|found| format!("{} {}", found.code.id, found.message)).collect();
    messages.sort();
    Outcome {
        artifacts: lowered.map(|artifact| (artifact.path, artifact.content)).collect(),
        messages,
        places: compilation.diagnostics.iter().flat_map(own).collect(),
        fails: compilation.platform.is_none(),
    }
}
