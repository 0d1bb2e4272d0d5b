//! From files to a tree of built-in blocks, part by part: imports, the environment, groups' defaults and
//! components are put in here, all by the one merge of `syntax`.
//!
//! What is absent behind this stage: `import`, `environment`, `component`, `parameter`, `each`,
//! `when`, `enabled`, `defaults`, and blocks that are instances. An instance is a `service`, its
//! children are `child NAME = kind`, and every path leads from the top of the platform.

mod component;
mod defaults;
mod doubt;
mod environment;
mod import;
mod include;
mod instance;
mod mention;
mod part;
mod room;
mod runtime;
mod shape;

use smol_str::SmolStr;

use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model::{Document, Runtime, Service};
use crate::schema;
use crate::source::{Loader, Sources, Span};
use crate::syntax::{self, Entry, File, Name};

use component::Components;
pub(crate) use doubt::without_followers;
pub(crate) use environment::{is_name as is_environment, names as environments, targets};
pub(crate) use import::load;
use instance::engine::Templates;
pub(crate) use instance::given::Given;
pub(crate) use shape::{meant_elsewhere, mismatch, unquotable};

/// The words that mean something to expansion: they stand in bodies of any kind, and in no schema.
#[cfg(test)]
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    component::parameter::RESERVED.iter().chain(shape::OF_ANY_BODY).copied()
}

/// A platform, expanded.
#[derive(Debug)]
pub(crate) struct Expanded<T> {
    /// What was made of the tree, which is built-in blocks only, part by part.
    pub parts: Vec<T>,
    /// Names that may be missing because what declares them did not parse.
    pub lost: HashSet<SmolStr>,
    /// Names of what was taken out, by `enabled = false` or because it is for another runtime.
    pub disabled: HashMap<SmolStr, TakenOut>,
    /// Things of the platform that instances are given.
    pub given: Vec<Given>,
    /// The names of the instances of each component, in the order of the source.
    pub instances: HashMap<SmolStr, Vec<SmolStr>>,
    /// Variables and secrets that the source mentions anywhere, whatever is put in or taken out; `None` where
    /// something of it could not be read.
    pub mentioned: Option<HashSet<SmolStr>>,
    /// The whole of the first file, for what has no place of its own.
    pub origin: Span,
}

/// Why something is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakenOut {
    /// The place that says so.
    pub span: Span,
    /// The runtime that it is for.
    pub on: Option<Runtime>,
}

/// What is known around a part of the tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// The sources, those of the compiler among them.
    pub sources: &'a Sources,
    /// The names of all components.
    pub components: &'a [SmolStr],
    /// The whole of the first file.
    pub origin: Span,
}

/// Expands the files of a platform, the first of which is its entry file. `each` makes something of each part of the tree
/// as soon as it is there: the tree is never in memory whole, and what was just made is read while it is near.
///
/// `None` without a file, where brackets do not balance, or where the whole is too large, which is reported: what follows
/// would only be noise.
pub(crate) fn expand<T: Send>(
    files: Vec<File>,
    loader: &Loader<'_>,
    sources: &mut Sources,
    environment: Option<&str>,
    runtime: Runtime,
    each: impl Fn(Vec<Entry>, Around<'_>, &mut Sink) -> T + Sync,
    sink: &mut Sink,
) -> Option<Expanded<T>> {
    let origin = files.first().map(|file| Span::new(file.id, 0, 0))?;
    if files.iter().any(|file| file.unbalanced) {
        return None;
    }
    let mut lost = HashSet::default();
    let mut entries = Vec::new();
    for file in files {
        lost.extend(file.lost);
        entries.extend(file.entries);
    }
    let mentioned = (lost.is_empty() && !sink.has_errors()).then(|| mention::inputs(&entries));
    runtime::decide(&mut entries, runtime, sink);
    let mut components = Components::new(&mut entries, runtime, sink);
    components.read(&entries, sources, sink);
    let names: Vec<SmolStr> = components.names().map(SmolStr::from).collect();
    known_keys(&mut entries, &components, &mut lost, sink);
    name_instances(&mut entries, &components);
    syntax::duplicates(&mut entries, sink);
    let changed = environment::apply(&mut entries, environment, &components, sink);
    let mut disabled = HashMap::default();
    environment::prune(&mut entries, environment::Depth::Top, &mut disabled, sink);
    let defaults = defaults::take(&mut entries);
    let kinds = kinds(&entries);
    let instances = instances(&entries, &components);
    let shared = part::Shared {
        components: &components,
        templates: Templates::default(),
        kinds: &kinds,
        defaults: &defaults,
        changed: &changed,
        may_miss: entries.iter().any(environment::changes_nothing),
        files: include::Files::new(loader, sources),
        around: Around { sources, components: &names, origin },
    };
    let done = part::expand(entries, &shared, &each, sink)?;
    let mut expanded =
        Expanded { parts: Vec::new(), lost, disabled, given: Vec::new(), instances, mentioned, origin };
    let mut declared = Vec::new();
    let mut unmatched = Vec::new();
    let mut found = Vec::with_capacity(done.len());
    for part in done {
        expanded.parts.extend(part.made_of);
        expanded.given.extend(part.given);
        expanded.lost.extend(part.lost);
        // Of several places the first one counts.
        let before = std::mem::replace(&mut expanded.disabled, part.disabled);
        expanded.disabled.extend(before);
        declared.extend(part.declared);
        unmatched.extend(part.unmatched);
        found.push(part.sink);
    }
    // It would be told behind so much that nothing more is taken.
    environment::unmatched(&unmatched, &declared, sink);
    for found in found {
        sink.take(found);
    }
    Some(expanded)
}

/// What each top-level name is declared as: the key of its block, or its component.
fn kinds(entries: &[Entry]) -> component::parameter::Kinds {
    let shared = ["variable", "secret", "service", "site", "outside"];
    let named = entries.iter().filter(|entry| {
        let key = entry.key.text.as_str();
        shared.contains(&key) || !Document::SCHEMA.fields.iter().any(|field| field.key == key)
    });
    let declared =
        named.filter_map(|entry| Some((entry.label.as_ref()?.text.clone(), entry.key.text.clone())));
    declared.chain(["internet", "localhost"].map(|name| (name.into(), "outside".into()))).collect()
}

/// The names of the instances of each component.
fn instances(entries: &[Entry], components: &Components) -> HashMap<SmolStr, Vec<SmolStr>> {
    let mut instances: HashMap<SmolStr, Vec<SmolStr>> = HashMap::default();
    for entry in entries.iter().filter(|entry| components.knows(&entry.key.text)) {
        let name = entry.label_or_key().text.clone();
        instances.entry(entry.key.text.clone()).or_default().push(name);
    }
    instances
}

/// Reports top-level keys that are neither a block nor a component.
fn known_keys(
    entries: &mut Vec<Entry>,
    components: &Components,
    lost: &mut HashSet<SmolStr>,
    sink: &mut Sink,
) {
    entries.retain(|entry| {
        if sink.is_full() {
            return false;
        }
        let key = entry.key.text.as_str();
        if key == "environment"
            || components.knows(key)
            || Document::SCHEMA.fields.iter().any(|field| field.key == key)
        {
            return true;
        }
        // What it was meant to declare is referred to.
        lost.extend(entry.label.iter().map(|label| label.text.clone()));
        let blocks = Document::SCHEMA.fields.iter().map(|field| field.key);
        let known = blocks.chain(components.names()).chain(["import", "component", "environment"]);
        let of_service = || Service::SCHEMA.fields.iter().any(|field| field.key == key);
        let near = || sink.did_you_mean(key, known).filter(Help::is_near);
        let help = schema::foreign(key, Document::SCHEMA).map(Help::from).or_else(|| {
            let ours =
                schema::foreign(key, Service::SCHEMA).map(|ours| format!("it is said in a service: {ours}"));
            let own = || format!("it stands in a service: `service NAME {{ {key} … }}`");
            ours.or_else(|| of_service().then(own)).map(Help::from)
        });
        let help = help
            .or_else(near)
            .unwrap_or_else(|| "`infrac explain` lists the blocks and the components".into());
        sink.report(
            Diagnostic::new(
                codes::TYP005,
                format!("the top level has no key `{key}`, and no component is called so"),
            )
            .at(entry.key.span, "unknown key")
            .help(help),
        );
        false
    });
}

/// Gives instances without a label the name of their kind.
fn name_instances(entries: &mut [Entry], components: &Components) {
    for entry in entries {
        if entry.key.text == "environment" {
            if let Some(body) = &mut entry.body {
                name_instances(&mut body.entries, components);
            }
        } else if entry.label.is_none() && components.knows(&entry.key.text) {
            entry.label = Some(Name { quoted: false, ..entry.key.clone() });
        }
    }
}

/// Puts names of services into the keys and labels below an entry that are built from them, and into its own.
fn names(entry: &mut Entry, sink: &mut Sink) {
    for name in std::iter::once(&mut entry.key).chain(&mut entry.label) {
        if name.quoted && name.text.contains("${") {
            name.text = built(name, sink);
        }
    }
    for entry in entry.body.iter_mut().flat_map(|body| &mut body.entries) {
        names(entry, sink);
    }
}

fn built(name: &Name, sink: &mut Sink) -> SmolStr {
    let mut text = String::new();
    for part in syntax::interpolate(&name.text, name.span, sink).parts {
        match part {
            syntax::Part::Literal(literal) => text.push_str(&literal),
            // What artifacts call a service is its path with hyphens.
            syntax::Part::Reference(path) => match path.segments.split_last() {
                Some((last, service)) if last == "name" && !service.is_empty() => {
                    text.push_str(&service.join("-"));
                }
                _ => sink.report(
                    Diagnostic::new(
                        codes::PHA001,
                        format!("`{}` cannot stand in a key or label", path.text()),
                    )
                    .at(name.span, "must be known before names are bound")
                    .help("the name of a service can: `${SERVICE.name}`"),
                ),
            },
        }
    }
    text.into()
}
