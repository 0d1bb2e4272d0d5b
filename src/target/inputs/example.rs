//! `.env.example`: every variable and secret that the operator sets.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::bind::{ADMIN_BIND, bound_by_operator, default_bind};
use super::{copies, of_optional_parts, profiles, used};
use crate::diagnostic::list_of;
use crate::emit;
use crate::hash::HashSet;
use crate::platform::{Input, InputId, Platform, Runtime};
use crate::target::{Artifact, Lowered, generated};

const TEMPLATE: &str = include_str!("../../../targets/compose/env.example.j2");
const PROFILES: &str = "COMPOSE_PROFILES";

#[derive(Serialize)]
struct Context<'a> {
    header: &'a [String],
    parts: Vec<Part<'a>>,
    /// Services with their host ports that `ADMIN_BIND` binds; empty where there are none.
    bound: Vec<String>,
    bind: &'static str,
    profiles: Vec<&'a str>,
}

/// The variables that the same parts of the platform read.
#[derive(Serialize)]
struct Part<'a> {
    /// Lines above the variables; none where there is one part alone.
    title: Vec<String>,
    inputs: Vec<Line<'a>>,
}

/// Which parts read a variable, in the order of the file: first the variables without which nothing starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Readers {
    /// What always starts.
    Core,
    /// Optional parts alone: the numbers of their profiles in the order of the source.
    Optional(Vec<usize>),
    /// What runs on another runtime alone.
    Elsewhere(Runtime),
    /// What takes copies to their places alone, which compose does not start.
    Copies,
    /// Nothing that compose starts.
    Nothing,
}

/// A variable with what is said about it.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    comments: Vec<String>,
    value: String,
}

/// Where it stands, below the output folder.
const PATH: &str = ".env.example";

/// The file of a source on each of its runtimes. What compose alone asks for stands in it where compose does the asking; what the
/// first platform does not ask for, and another one does, stands at the end.
pub(in crate::target) fn artifact(platforms: &[&Platform]) -> Artifact {
    let Some((platform, others)) = platforms.split_first() else { return Artifact::new(PATH, String::new()) };
    let header = [generated(platform)];
    let of_compose = platform.runtime == Runtime::Compose;
    let declared = |name: &str| !of_compose || platform.inputs.iter().any(|input| input.name == name);
    let bound = bound_by_operator(platform).map(|(service, port)| format!("{} {port}", service.name));
    let context = Context {
        header: &header,
        parts: parts(platform, others),
        bound: if declared(ADMIN_BIND) { Vec::new() } else { bound.collect() },
        bind: default_bind(platform),
        profiles: if declared(PROFILES) { Vec::new() } else { profiles(platform) },
    };
    Artifact::new(PATH, emit::render(TEMPLATE, &context))
}

/// Leaves one file of what the operator sets, where targets of several runtimes write it: it says what each of them asks for.
/// `platforms` are the source on each of its runtimes, the first one first.
pub fn join(lowered: &mut [Lowered], platforms: &[&Platform]) {
    let is_example = |artifact: &Artifact| artifact.path == PATH;
    let mut writers = lowered.iter_mut().filter(|lowered| lowered.artifacts.iter().any(is_example));
    let (Some(first), Some(second)) = (writers.next(), writers.next()) else { return };
    second.artifacts.retain(|artifact| !is_example(artifact));
    for artifact in first.artifacts.iter_mut().filter(|artifact| is_example(artifact)) {
        *artifact = self::artifact(platforms);
    }
}

/// The variables by the parts that read them, what the core needs first; within a part as the source has them.
fn parts<'a>(platform: &'a Platform, others: &[&'a Platform]) -> Vec<Part<'a>> {
    let used = used(platform);
    let optional = of_optional_parts(platform);
    let profiles = profiles(platform);
    let mut parts: BTreeMap<Readers, Vec<Line<'_>>> = BTreeMap::new();
    let elsewhere = read_elsewhere(platform, others, &used);
    let copies = copies(platform);
    let is_elsewhere = |input: &Input| elsewhere.iter().any(|(_, other)| other.name == input.name);
    for (at, input) in platform.inputs.iter().enumerate().filter(|(_, input)| !is_elsewhere(input)) {
        if platform.runtime == Runtime::Kubernetes && !used.contains(&InputId(at)) {
            continue;
        }
        let readers = match optional.get(&InputId(at)) {
            _ if !used.contains(&InputId(at)) && copies.contains_key(&InputId(at)) => Readers::Copies,
            _ if !used.contains(&InputId(at)) => Readers::Nothing,
            None => Readers::Core,
            Some(of) => {
                Readers::Optional((0..profiles.len()).filter(|at| of.contains(profiles[*at])).collect())
            }
        };
        let places = copies.get(&InputId(at)).filter(|_| readers == Readers::Copies);
        let need = match places {
            Some(places) => {
                Some(format!("Required for copies to {}", list_of(places.iter().map(String::as_str))))
            }
            None => (readers != Readers::Nothing).then(|| "Required".to_owned()),
        };
        let line = line(input, need);
        parts.entry(readers).or_default().push(line);
    }
    for (runtime, input) in elsewhere {
        parts.entry(Readers::Elsewhere(runtime)).or_default().push(line(input, Some("Required".to_owned())));
    }
    let alone = parts.len() == 1 && parts.contains_key(&Readers::Core);
    let title = |readers: &Readers| match readers {
        _ if alone => Vec::new(),
        Readers::Core => vec!["Read by what always starts.".to_owned()],
        // Compose asks for it all the same: it puts variables in before it looks at profiles.
        Readers::Optional(of) => {
            let names = list_of(of.iter().map(|at| profiles[*at]));
            vec![
                format!("Read by {names} alone, which may stay away. Compose asks for what is required in"),
                "any case: until it is started, any text will do.".to_owned(),
            ]
        }
        Readers::Elsewhere(runtime) => vec![format!("Read on {} alone.", runtime.name())],
        Readers::Copies => vec!["Read by the backups alone: compose does not ask for it.".to_owned()],
        Readers::Nothing => vec!["Not asked for by what is built here.".to_owned()],
    };
    parts.into_iter().map(|(readers, inputs)| Part { title: title(&readers), inputs }).collect()
}

/// The inputs that other platforms of the same source read, and this one does not.
fn read_elsewhere<'a>(
    platform: &Platform,
    others: &[&'a Platform],
    used: &BTreeSet<InputId>,
) -> Vec<(Runtime, &'a Input)> {
    let here: HashSet<&str> = used.iter().map(|id| platform[*id].name.as_str()).collect();
    let of_one = |other: &&'a Platform| {
        let other = *other;
        let used = self::used(other).into_iter().map(|id| (other.runtime, &other[id]));
        used.collect::<Vec<_>>()
    };
    others.iter().flat_map(of_one).filter(|(_, input)| !here.contains(input.name.as_str())).collect()
}

/// `need` says what it is required for; `None` where nothing asks for it.
fn line(input: &Input, need: Option<String>) -> Line<'_> {
    let mut comments: Vec<String> = input.description.iter().cloned().collect();
    let mut facts = Vec::new();
    match (&input.default, input.optional) {
        (_, true) => facts.push("May stay empty".to_owned()),
        (None, false) => facts.extend(need),
        (Some(_), false) => {}
    }
    if input.issued_elsewhere && !input.is_login {
        facts.push("issued by its provider, never made up".to_owned());
    }
    if let Some(length) = input.min_length {
        facts.push(format!("at least {length} characters"));
    }
    if input.in_url {
        facts.push("part of an address, so only letters, digits, and - . _ ~".to_owned());
    }
    if input.is_login {
        facts.push(
            "for each user a line NAME:HASH, as htpasswd -n NAME prints it, all of them in single quotes"
                .to_owned(),
        );
    }
    if input.is_address {
        facts.push("a whole address, https://HOST/PATH".to_owned());
    }
    if !input.one_of.is_empty() {
        facts.push(format!("one of {}", input.one_of.join(", ")));
    }
    if !facts.is_empty() {
        comments.push(capitalised(&facts.join("; ")));
    }
    for comment in &mut comments {
        *comment = one_line(comment);
    }
    Line { name: &input.name, comments, value: quoted(input.default.as_deref().unwrap_or_default()) }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Text in a comment: whatever ends a line for some reader would begin one that sets a variable.
fn one_line(text: &str) -> String {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if ends_line(c) { ' ' } else { c }).collect()
}

/// A value on one line, as compose reads it back (compose-spec/compose-go:dotenv/parser.go). A shell reads the same where
/// it holds no line end, and no backquote beside an apostrophe: it knows none of the escapes that compose has for these.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    if !value.contains(['\'', '\\', '\n', '\r']) {
        return format!("'{value}'");
    }
    let mut out = String::from("\"");
    for char in value.chars() {
        match char {
            '"' | '\\' | '$' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            // A shell would run what stands between two of them.
            '`' => out.push_str("\\0140"),
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_are_quoted_where_they_must_be() {
        for (value, expected) in [
            ("", ""),
            ("http://store:9200/a,b=c", "http://store:9200/a,b=c"),
            ("two words", "'two words'"),
            ("a$b #c", "'a$b #c'"),
            ("it's $5", "\"it's \\$5\""),
            ("a\\b\n", "\"a\\\\b\\n\""),
            ("it's `x`\r", "\"it's \\0140x\\0140\\r\""),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
