//! Nothing that a source says is passed over in silence: `platform.infra` and every platform of `tests/ok`, with one entry
//! left out or changed at a time. An artifact must differ, or a diagnostic must name the entry. An entry that says what
//! holds anyway differs only when it is changed.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use infrac::diagnostic::{Diagnostic, Sink};
use infrac::model::fields::SourceField;
use infrac::schema::Fields as _;
use infrac::source::{Found, LoadError, Loader, Sources, Span};
use infrac::syntax::{self, Entry, ValueKind};
use infrac::target::{self, Lowered, Target};
use infrac::{Compilation, Parsed};

use crate::sample;

/// Entries that only targets to come will write: the source and the path of their keys, each with the targets. `*`
/// stands for any source.
const TO_COME: &[(&str, &str, &str)] = &[
    ("*", "outside", "kubernetes and terraform: address ranges that no route names"),
    ("*", "outside.description", "docs"),
    ("*", "service.reaches", "kubernetes, terraform: what may go out"),
    ("*", "blackbox.reaches", "kubernetes, terraform: what may go out"),
    ("*", "minio.bucket.description", "docs, terraform"),
    ("tour.infra", "service.port", "kubernetes, docs: a port that nobody asks for"),
    ("pair.infra", "component.service.port", "kubernetes, docs: a port that nobody asks for"),
    ("pair.infra", "service.description", "docs: what a service is that runs nothing itself"),
];

/// Entries that neither an artifact nor a diagnostic shows, each with the reason.
const MEANT: &[(&str, &str, &str)] = &[
    ("*", "image.writes", "an empty list says what holds without one"),
    ("*", "allow", "what is allowed is silent by its nature; an `allow` without use is reported"),
    ("*", "allow.reason", "for people who read the source"),
    ("*", "component", "a definition that nothing uses"),
    ("*", "component.description", "what an instance is for, for people who write one"),
    ("*", "component.parameter", "an instance is judged by it"),
    ("*", "component.parameter.description", "for people who write an instance"),
    ("*", "component.parameter.min", "instances are judged by it"),
    ("*", "component.parameter.max", "instances are judged by it"),
    ("*", "component.parameter.optional", "instances are judged by it"),
    ("*", "component.child.parameter.description", "for people who write an instance"),
    ("tour.infra", "component.service.resources.memory", "the instance says otherwise"),
    ("tour.infra", "component.output.user", "an output that nothing refers to"),
    ("*", "import", "a file that is imported twice is read once"),
    ("*", "group.defaults.networks", "under what every service of the group says itself"),
    (
        "*",
        "site.tls.email",
        "the account at an issuer has one address, the first that one of its sites gives",
    ),
    ("*", "host.memory", "RES001 judges the sum of all limits by it"),
    ("*", "service.health.needs", "HC006 judges by it"),
    ("*", "service.image.base", "rules and defaults judge by what the image holds"),
    ("*", "service.metrics.of", "queries are judged by it; none of these asks for what it brings"),
    ("*", "service.metric", "queries are judged by it; none of these asks for it"),
    ("*", "service.service.metric", "queries are judged by it; none of these asks for it"),
];

/// One of so many entries is tried every day.
const ONE_OF: u64 = 8;

/// An entry of a source.
pub(crate) struct Place {
    /// The keys that lead to it.
    path: String,
    /// Everything that it is.
    pub(crate) whole: Range<usize>,
    /// Its value, where it has a simple one.
    value: Option<(Range<usize>, ValueKind)>,
    /// The heads of the blocks that it stands in.
    within: Vec<Range<usize>>,
    /// The environment that it stands in.
    pub(crate) environment: Option<String>,
}

/// What a text comes to: its artifacts, and where its diagnostics point.
#[derive(Default)]
pub(crate) struct Outcome {
    artifacts: BTreeMap<String, String>,
    messages: Vec<String>,
    places: Vec<Range<usize>>,
    /// The heads of blocks that are in no artifact as a whole.
    unwritten: Vec<Range<usize>>,
    pub(crate) fails: bool,
    /// The files of each target of the platform, as one text.
    pub(crate) of_target: BTreeMap<&'static str, String>,
    /// Where in the file each field begins that it uses, by the number of the field.
    pub(crate) heads: BTreeMap<u32, Vec<usize>>,
}

impl Outcome {
    /// Takes what comes of another runtime to it.
    fn append(&mut self, other: Self) {
        self.artifacts.extend(other.artifacts);
        self.messages.extend(other.messages);
        self.messages.sort();
        self.messages.dedup();
        self.places.extend(other.places);
        self.unwritten.extend(other.unwritten);
        self.fails |= other.fails;
        // Some targets have files of each runtime.
        for (name, files) in other.of_target {
            self.of_target.entry(name).or_default().push_str(&files);
        }
        for (number, heads) in other.heads {
            self.heads.entry(number).or_default().extend(heads);
        }
    }
}

#[test]
#[ignore = "thousands of compilations: asked for by name, with `cargo quick`"]
fn no_entry_is_passed_over_in_silence() {
    let mut silent = Vec::new();
    let mut tried = 0;
    for (root, entry) in sources() {
        let text = fs::read_to_string(root.join(&entry)).expect("a source");
        let mut known: BTreeMap<Option<String>, Outcome> = BTreeMap::new();
        let places = places(&text);
        let declared: BTreeSet<String> =
            places.iter().filter_map(|place| place.environment.clone()).collect();
        for place in places {
            let name = format!("{entry}:{}:{}", text[..place.whole.start].lines().count(), place.path);
            if !sample::takes(&name, ONE_OF) || is_listed(&entry, &place.path) {
                continue;
            }
            tried += 1;
            // What stands outside of every environment may show in one of them alone: a site that the others disable.
            let mut environments = vec![place.environment.clone()];
            environments.extend(declared.iter().filter(|_| place.environment.is_none()).cloned().map(Some));
            let shows = |environment: Option<String>| {
                let base = known
                    .entry(environment.clone())
                    .or_insert_with(|| outcome(&root, &entry, &text, environment.as_deref()));
                assert!(!base.fails, "{entry} does not build");
                let meets =
                    |named: &Range<usize>| named.start < place.whole.end && place.whole.start < named.end;
                if base.places.iter().any(meets)
                    || place.within.iter().any(|head| base.unwritten.contains(head))
                {
                    return true;
                }
                let differs = |changed: String| {
                    let changed = outcome(&root, &entry, &changed, environment.as_deref());
                    changed.fails || changed.artifacts != base.artifacts || changed.messages != base.messages
                };
                differs(without(&text, &place.whole)) || changes(&text, &place).into_iter().any(differs)
            };
            if !environments.into_iter().any(shows) {
                silent.push(name);
            }
        }
    }
    assert!(tried > 50, "{tried} entries are tried");
    assert!(
        silent.is_empty(),
        "{} of {tried} entries are passed over: neither an artifact nor a message changes with them. Let the platform and a target, or a rule, read the field; what a target to come writes stands in TO_COME, what is silent by its nature in MEANT:\n{}",
        silent.len(),
        silent.join("\n")
    );
}

fn is_listed(entry: &str, path: &str) -> bool {
    let mut listed = TO_COME.iter().chain(MEANT);
    listed.any(|(source, known, _)| path == *known && (*source == "*" || *source == entry))
}

pub(crate) fn sources() -> Vec<(PathBuf, String)> {
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

pub(crate) fn places(text: &str) -> Vec<Place> {
    let mut sources = Sources::default();
    let id = sources.add("entry", text.to_owned());
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let mut found = Vec::new();
    below(&file.entries, "", &[], None, &mut found);
    found
}

fn below(
    entries: &[Entry],
    path: &str,
    within: &[Range<usize>],
    environment: Option<&str>,
    found: &mut Vec<Place>,
) {
    for entry in entries {
        let key = entry.key.text.as_str();
        if path.is_empty() && key == "environment" {
            let label = entry.label.as_ref().map(|label| label.text.as_str());
            below(entry.entries(), "", &[], label, found);
            continue;
        }
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let value = entry.value.as_ref();
        let end = entry.body.as_ref().map(|body| body.span).or(value.map(|value| value.span));
        let whole = range(entry.head().to(end.unwrap_or(entry.head())));
        let value = value.map(|value| (range(value.span), value.kind.clone()));
        let environment_name = environment.map(str::to_owned);
        // What stands in a body is tried by itself.
        if value.is_some() || entry.entries().is_empty() {
            let environment = environment_name;
            found.push(Place { path: path.clone(), whole, value, within: within.to_vec(), environment });
        }
        let within: Vec<Range<usize>> = within.iter().cloned().chain([range(entry.head())]).collect();
        below(entry.entries(), &path, &within, environment, found);
    }
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The text without a part, and without one of the commas around it.
pub(crate) fn without(text: &str, part: &Range<usize>) -> String {
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
pub(crate) fn changes(text: &str, place: &Place) -> Vec<String> {
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

pub(crate) fn outcome(root: &Path, entry: &str, text: &str, environment: Option<&str>) -> Outcome {
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
    let parsed = Parsed::load(&Loader { load: &load }, entry);
    let first = parsed.runtime();
    let mut whole = Outcome::default();
    for runtime in parsed.runtimes() {
        let compilation = parsed.clone().compile(&Loader { load: &load }, environment, runtime);
        let written = |target: &&Target| target.format.is_written(runtime, first);
        whole.append(of_runtime(&compilation, entry, written));
    }
    whole
}

/// What comes of a compilation for one runtime.
fn of_runtime(compilation: &Compilation, entry: &str, written: impl Fn(&&'static Target) -> bool) -> Outcome {
    let own = |diagnostic: &Diagnostic| {
        let of_entry = |span: &Span| compilation.sources.file(span.file).name() == entry;
        let labels = diagnostic.labels.iter().map(|label| label.span);
        labels.filter(of_entry).map(range).collect::<Vec<_>>()
    };
    let lowered: Vec<Lowered> = compilation
        .platform
        .iter()
        .flat_map(|platform| {
            let targets: Vec<_> = target::of(&platform.targets).into_iter().filter(&written).collect();
            infrac::build(platform, &targets)
        })
        .collect();
    let whole = |lowered: &Lowered| {
        lowered
            .artifacts
            .iter()
            .map(|file| format!("{} {:o}\n{}", file.path, file.mode, file.content))
            .collect()
    };
    let used = (0..SourceField::COUNT).filter(|number| compilation.uses.times(*number) > 0);
    let heads = used.map(|number| {
        let places = compilation.uses.places(number);
        let places = places.iter().filter(|span| compilation.sources.file(span.file).name() == entry);
        (number, places.map(|span| span.start as usize).collect())
    });
    let message = |found: &Diagnostic| format!("{} {}", found.code.id, found.message);
    Outcome {
        heads: heads.collect(),
        of_target: lowered.iter().map(|lowered| (lowered.target, whole(lowered))).collect(),
        artifacts: lowered
            .into_iter()
            .flat_map(|lowered| lowered.artifacts)
            .map(|artifact| (artifact.path, artifact.content))
            .collect(),
        messages: compilation.diagnostics.iter().map(message).collect(),
        places: compilation.diagnostics.iter().flat_map(own).collect(),
        unwritten: compilation
            .diagnostics
            .iter()
            .filter(|found| ["TGT001", "TGT002"].contains(&found.code.id))
            .flat_map(own)
            .collect(),
        fails: compilation.platform.is_none(),
    }
}
