//! Environments: named sets of changes, put in by the merge; and what is taken out.

use smol_str::SmolStr;

use super::TakenOut;
use super::component::Components;
use super::runtime;
use crate::diagnostic::{Diagnostic, Help, Sink, cause, codes, did_you_mean, list_of};
use crate::formats::{self, Format};
use crate::hash::{HashMap, HashSet};
use crate::model::Document;
use crate::syntax::{self, Entry, Value, ValueKind};

/// The environments that a tree declares.
#[must_use]
pub(crate) fn names(entries: &[Entry]) -> Vec<String> {
    let environments = entries.iter().filter(|entry| entry.key.text == "environment");
    environments.filter_map(|entry| Some(entry.label.as_ref()?.text.to_string())).collect()
}

/// The targets that a platform names in a tree, or in an environment of it, as far as they are known.
#[must_use]
pub(crate) fn targets(entries: &[Entry]) -> Vec<&'static Format> {
    let environments = entries.iter().filter(|entry| entry.key.text == "environment");
    let all = entries.iter().chain(environments.flat_map(Entry::entries));
    let platforms = all.filter(|entry| entry.key.text == "platform");
    let lists = platforms.filter_map(|platform| match &platform.field("targets")?.value.as_ref()?.kind {
        ValueKind::List(items) => Some(items),
        _ => None,
    });
    let word = |item: &Value| match &item.kind {
        ValueKind::Reference(path) => formats::find(path.word()?),
        _ => None,
    };
    lists.flatten().filter_map(word).collect()
}

/// Whether an environment can be called so: a folder of that name is written below the project.
#[must_use]
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// What an environment changes, of the top level.
#[derive(Default)]
pub(super) struct Changed {
    names: HashSet<SmolStr>,
    /// Whether a group is among it, whose defaults come to every service in it.
    a_group: bool,
}

impl Changed {
    /// Whether it may have changed something in an entry.
    pub(super) fn holds(&self, entry: &Entry) -> bool {
        self.a_group || self.names.contains(&entry.label_or_key().text)
    }
}

/// Takes the environments out of the tree and merges the chosen one into it.
pub(super) fn apply(
    entries: &mut Vec<Entry>,
    chosen: Option<&str>,
    components: &Components,
    sink: &mut Sink,
) -> Changed {
    let mut environments = Vec::new();
    entries.retain(|entry| {
        let environment = entry.key.text == "environment";
        if environment {
            environments.push(entry.clone());
        }
        !environment
    });
    for environment in &environments {
        if let (None, _) | (_, Some(_)) = (&environment.label, &environment.value) {
            sink.report(
                Diagnostic::new(codes::TYP006, "`environment` has a name and a body")
                    .at(environment.head(), "not of that form")
                    .help("write `environment NAME { … }`"),
            );
        }
        if let Some(label) = environment.label.as_ref().filter(|label| !is_name(&label.text)) {
            sink.report(
                Diagnostic::new(codes::TYP007, format!("`{}` cannot be the name of an environment", label.text))
                    .at(label.span, "letters from a to z, digits, `-` and `_`, a letter or a digit first")
                    .help("its artifacts, its archive and its host in AWS are called by it, and a build writes below it"),
            );
        } else if let Some(label) = environment.label.as_ref().filter(|label| label.text.len() > MOST_OF_NAME)
        {
            sink.report(Diagnostic::new(codes::TYP007, "the name of the environment is too long").at(
                label.span,
                format!("its artifacts have a folder of that name: at most {MOST_OF_NAME} bytes"),
            ));
        }
        for entry in environment.entries() {
            singular(entry, components, sink);
        }
    }
    let Some(chosen) = chosen else { return Changed::default() };
    let named = |entry: &&Entry| entry.label.as_ref().is_some_and(|label| label.text == chosen);
    let Some(environment) = environments.iter().find(named) else {
        let known =
            environments.iter().filter_map(|entry| entry.label.as_ref()).map(|label| label.text.as_str());
        let help =
            did_you_mean(chosen, known).unwrap_or_else(|| "the platform declares no environment".into());
        sink.report(Diagnostic::new(codes::MRG003, format!("there is no environment `{chosen}`")).help(help));
        return Changed::default();
    };
    let mut patches = environment.entries().to_vec();
    patches.retain(|patch| !NEVER.contains(&patch.key.text.as_str()));
    // The platform's name is its own; a thing may be called as it is.
    let labelled = || {
        let things = entries.iter().rev().filter(|entry| entry.key.text != "platform");
        things.filter_map(|entry| Some((&entry.label.as_ref()?.text, entry)))
    };
    let declared: HashMap<&SmolStr, &Entry> = labelled().collect();
    let kinds: HashSet<(&SmolStr, &SmolStr)> =
        labelled().map(|(name, entry)| (name, &entry.key.text)).collect();
    patches.retain(|patch| {
        !of_another_kind(patch, &declared, &kinds, sink)
            && !without_its_kind(patch, &declared, components, sink)
            && !of_another_instance(patch, entries, &kinds, components, sink)
    });
    mark(&mut patches);
    let changed = Changed {
        names: patches.iter().map(|patch| patch.label_or_key().text.clone()).collect(),
        a_group: patches.iter().any(|patch| patch.key.text == "group"),
    };
    syntax::merge_body(entries, patches);
    changed
}

/// Reports a patch whose name is declared as something else.
fn of_another_kind(
    patch: &Entry,
    declared: &HashMap<&SmolStr, &Entry>,
    kinds: &HashSet<(&SmolStr, &SmolStr)>,
    sink: &mut Sink,
) -> bool {
    let Some(label) = &patch.label else { return false };
    let Some(first) = declared.get(&label.text) else { return false };
    if kinds.contains(&(&label.text, &patch.key.text)) {
        return false;
    }
    let (key, kind) = (&patch.key.text, &first.key.text);
    sink.report(
        Diagnostic::new(
            codes::MRG002,
            format!("the environment changes `{key} {}`, which is declared as `{kind}`", label.text),
        )
        .at(patch.head(), "nothing to change")
        .at(first.head(), "declared here")
        .help(format!("write `{kind} {} {{ … }}`", label.text)),
    );
    true
}

/// What an environment cannot hold.
const NEVER: &[&str] = &["component", "import", "environment"];

/// Reports a patch that is headed by the name of what it changes alone: `web { … }`.
fn without_its_kind(
    patch: &Entry,
    declared: &HashMap<&SmolStr, &Entry>,
    components: &Components,
    sink: &mut Sink,
) -> bool {
    let key = &patch.key.text;
    let is_kind = Document::SCHEMA.fields.iter().any(|field| field.key == key) || components.knows(key);
    let (None, None, false) = (&patch.label, &patch.value, is_kind) else { return false };
    let Some(first) = declared.get(key) else { return false };
    let kind = &first.key.text;
    sink.report(
        Diagnostic::new(codes::TYP005, format!("the top level has no key `{key}`"))
            .at(patch.key.span, "unknown key")
            .at(first.head(), "declared here")
            .help(
                Help::saying(&format!("write `{kind} {key} {{ … }}`"), &format!("{kind} {key}"))
                    .in_place(patch.key.span),
            ),
    );
    true
}

/// Reports a patch of an instance that is not declared, where others of its component are.
fn of_another_instance(
    patch: &Entry,
    entries: &[Entry],
    kinds: &HashSet<(&SmolStr, &SmolStr)>,
    components: &Components,
    sink: &mut Sink,
) -> bool {
    let (key, name) = (&patch.key.text, &patch.label_or_key().text);
    if !components.knows(key) || kinds.contains(&(name, key)) {
        return false;
    }
    let instances: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.key.text == *key)
        .map(|entry| entry.label_or_key().text.as_str())
        .collect();
    let help = match instances.as_slice() {
        [] => return false,
        [one] => format!("the instance is called `{one}`: `{key} {one} {{ … }}`"),
        several => format!("its instances are called {}", list_of(several.iter().copied())),
    };
    if instances.contains(&name.as_str()) {
        return false;
    }
    sink.report(
        Diagnostic::new(
            codes::MRG002,
            format!("the environment changes `{key} {name}`, which is not declared"),
        )
        .at(patch.head(), "nothing to change")
        .help(help)
        .because(cause::name(name)),
    );
    true
}

/// What can be patched is a labelled thing of the platform.
fn singular(entry: &Entry, components: &Components, sink: &mut Sink) {
    if NEVER.contains(&entry.key.text.as_str()) {
        sink.report(
            Diagnostic::new(codes::MRG002, format!("an environment cannot hold `{}`", entry.key.text))
                .at(entry.head(), "does not belong here")
                .help("environments change what the platform declares"),
        );
    } else if entry.label.is_none()
        && Document::SCHEMA.fields.iter().any(|field| field.key == entry.key.text)
        && !components.knows(&entry.key.text)
    {
        sink.report(
            Diagnostic::new(codes::TYP006, format!("`{}` has no name", entry.key.text))
                .at(entry.key.span, "incomplete")
                .help(format!("write `{} NAME {{ … }}` to say what is changed", entry.key.text)),
        );
    }
}

fn mark(entries: &mut [Entry]) {
    for entry in entries {
        entry.patch = true;
        if let Some(body) = &mut entry.body {
            mark(&mut body.entries);
        }
    }
}

/// How far down [`prune`] looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The entries themselves: what stands in an instance is merged over its component first.
    Top,
    /// Every level.
    All,
}

/// Takes out what says `enabled = false`, or `when` for another runtime, and the word itself where it stands. What is nested
/// is noted behind the names of what it stands in: `mongodb.exporter`.
pub(super) fn prune(
    entries: &mut Vec<Entry>,
    depth: Depth,
    disabled: &mut HashMap<SmolStr, TakenOut>,
    sink: &mut Sink,
) {
    prune_within(entries, &mut String::new(), depth, disabled, sink);
}

fn prune_within(
    entries: &mut Vec<Entry>,
    within: &mut String,
    depth: Depth,
    disabled: &mut HashMap<SmolStr, TakenOut>,
    sink: &mut Sink,
) {
    entries.retain_mut(|entry| {
        if entry.label.is_some()
            && entry.body.is_some()
            && let Some(taken_out) = taken_out(entry, sink)
        {
            note(entry, within, taken_out, disabled);
            return false;
        }
        let Entry { label, body: Some(body), .. } = entry else { return true };
        if depth == Depth::All {
            let outside = within.len();
            if let Some(label) = label {
                within.push_str(&label.text);
                within.push('.');
            }
            prune_within(&mut body.entries, within, depth, disabled, sink);
            within.truncate(outside);
        }
        true
    });
}

/// The one of `true` and `false` that another word for it means.
fn switch(kind: &ValueKind) -> Option<Help> {
    let word = match kind {
        ValueKind::Reference(path) => path.text(),
        ValueKind::Text(text) => text.as_literal()?.to_owned(),
        _ => return None,
    };
    match word.to_lowercase().as_str() {
        "yes" | "on" | "true" => Some(Help::write("true")),
        "no" | "off" | "false" => Some(Help::write("false")),
        _ => None,
    }
}

/// Why a thing is not there, where that is so. The word `enabled` is taken out of it.
fn taken_out(entry: &mut Entry, sink: &mut Sink) -> Option<TakenOut> {
    if let Some((on, span)) = runtime::left_out(entry) {
        return Some(TakenOut { span, on: Some(on) });
    }
    let body = entry.body.as_mut()?;
    let at = body.entries.iter().position(|item| item.key.text == "enabled" && item.label.is_none())?;
    let said = body.entries.remove(at);
    match said.value.as_ref().map(|value| (&value.kind, value.span)) {
        Some((ValueKind::Boolean(true), _)) => {}
        Some((ValueKind::Boolean(false), span)) => return Some(TakenOut { span, on: None }),
        Some((kind, span)) => sink.report(
            Diagnostic::new(codes::TYP001, format!("expected `true` or `false`, found {}", kind.describe()))
                .at(span, "`enabled` is one of the two")
                .help_maybe(switch(kind)),
        ),
        None => sink.report(
            Diagnostic::new(codes::TYP006, "`enabled` has no value")
                .at(said.head(), "incomplete")
                .help("write `enabled = false`"),
        ),
    }
    None
}

/// Notes the name of what is taken out, and of what goes with it: a service's alerts, and what mixins bring to it.
fn note(entry: &Entry, within: &str, taken_out: TakenOut, disabled: &mut HashMap<SmolStr, TakenOut>) {
    let Some(label) = &entry.label else { return };
    let path = format!("{within}{}", label.text);
    let inner = entry.entries().iter().filter_map(|item| match &item.label {
        Some(label) => (item.key.text == "alert").then_some(&label.text),
        None => item.value.is_none().then_some(&item.key.text),
    });
    for inner in inner {
        disabled.entry(format!("{path}.{inner}").into()).or_insert(taken_out);
    }
    disabled.entry(path.into()).or_insert(taken_out);
}

/// Reports what an environment changes of nothing in an entry, at every level, and takes it out.
pub(super) fn unmatched_within(entry: &mut Entry, sink: &mut Sink) {
    let is_free = matches!(entry.key.text.as_str(), "override" | "allow");
    let Some(body) = entry.body.as_mut().filter(|_| !is_free) else { return };
    if body.entries.iter().any(changes_nothing) {
        let changing: Vec<Entry> = body.entries.extract_if(.., |entry| changes_nothing(entry)).collect();
        let declared: Vec<_> = declared(&body.entries).collect();
        unmatched(&changing, &declared, sink);
    }
    for entry in &mut body.entries {
        unmatched_within(entry, sink);
    }
}

/// Whether an entry is what an environment changes, and nothing was there to be changed. What a target is told, and what
/// is allowed, may be new in an environment.
pub(super) fn changes_nothing(entry: &Entry) -> bool {
    entry.patch && entry.label.is_some() && !matches!(entry.key.text.as_str(), "override" | "allow")
}

/// How long the name of an environment may be, in bytes: file systems take 255.
const MOST_OF_NAME: usize = 100;

/// The keys and labels of what is declared, not changed.
pub(super) fn declared(entries: &[Entry]) -> impl Iterator<Item = (SmolStr, SmolStr)> {
    let named = entries.iter().filter(|entry| !entry.patch);
    named.filter_map(|entry| Some((entry.key.text.clone(), entry.label.as_ref()?.text.clone())))
}

/// Reports what an environment changes of nothing. The keys and labels that are declared there are for suggestions.
pub(super) fn unmatched(entries: &[Entry], declared: &[(SmolStr, SmolStr)], sink: &mut Sink) {
    for entry in entries {
        let Some(label) = &entry.label else { continue };
        let key = &entry.key.text;
        let same = declared.iter().filter(|(kind, _)| kind == key).map(|(_, name)| name.as_str());
        // What an environment says of another declaration may open or replace it: which one is meant a person says.
        let near = sink.did_you_mean(&label.text, same).filter(Help::is_near).map(Help::unsure);
        let help = near.unwrap_or_else(|| {
            format!(
                "what only an environment has is declared outside of it, `{key} {}` with `enabled = false`, and the environment says `enabled = true`",
                label.text
            )
            .into()
        });
        sink.report(
            Diagnostic::new(
                codes::MRG002,
                format!("the environment changes `{key} {}`, which is not declared", label.text),
            )
            .at(entry.head(), "nothing to change")
            .help(help)
            .because(cause::name(&label.text)),
        );
    }
}
