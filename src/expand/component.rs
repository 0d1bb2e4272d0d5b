//! What a component declares: parameters, kinds of children, and the body of its service.

mod naming;
pub(super) mod parameter;

use std::sync::Arc;

use smol_str::SmolStr;

use naming::Naming;
use parameter::{Parameter, RESERVED, expect_needed, names, parameter};

use super::runtime;
use crate::diagnostic::{Diagnostic, Help, Sink, codes, did_you_mean};
use crate::hash::{HashSet, IndexMap};
use crate::model::{Document, Runtime, Service};
use crate::parallel;
use crate::schema::{Decoder, Scalar as _};
use crate::source::{Sources, Span};
use crate::standard;
use crate::syntax::{self, Entry, Name, Value};

/// How many entries are looked at together.
const PART: usize = 256;

/// A kind of children.
#[derive(Debug)]
pub(super) struct ChildKind {
    pub(super) name: Name,
    pub(super) by: Option<Value>,
    /// What they may be called.
    pub(super) naming: Naming,
    pub(super) parameters: Vec<Parameter>,
}

/// A component.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) name: Name,
    pub(super) parameters: Vec<Parameter>,
    pub(super) children: Vec<ChildKind>,
    /// Whether its body becomes a part of the service that an instance stands in.
    pub(super) mixin: bool,
    /// The body of its service: everything else.
    pub(super) body: Vec<Entry>,
}

/// The components of a platform: its own, and the standard ones, which are parsed when first used.
pub(super) struct Components {
    own: IndexMap<SmolStr, Arc<Component>>,
    standard: Vec<(&'static str, Option<Arc<Component>>)>,
    /// What the bodies of standard ones are decided for.
    runtime: Runtime,
}

impl Components {
    /// Takes the platform's own components out of its entries.
    pub(super) fn new(entries: &mut Vec<Entry>, runtime: Runtime, sink: &mut Sink) -> Self {
        let mut own: IndexMap<SmolStr, Arc<Component>> = IndexMap::default();
        let mut declared = Vec::new();
        entries.retain(|entry| {
            let component = entry.key.text == "component";
            if component {
                declared.push(entry.clone());
            }
            !component
        });
        for entry in declared {
            let Some(component) = declare(entry, sink) else { continue };
            if let Some(first) = own.get(&component.name.text) {
                sink.report(
                    Diagnostic::new(
                        codes::NAM002,
                        format!("the component `{}` is declared twice", component.name.text),
                    )
                    .at(component.name.span, "again here")
                    .at(first.name.span, "first here"),
                );
                continue;
            }
            own.insert(component.name.text.clone(), Arc::new(component));
        }
        Self { own, standard: Vec::new(), runtime }
    }

    /// Parses the standard components that these entries name, and those that these name. What is named by one is
    /// parsed at the same time.
    pub(super) fn read(&mut self, entries: &[Entry], sources: &mut Sources, sink: &mut Sink) {
        let mut seen = HashSet::default();
        let parts: Vec<&[Entry]> = entries.chunks(PART).collect();
        let in_parts = parallel::map(&parts, |part| {
            let mut named = Vec::new();
            self.named(part, &mut HashSet::default(), &mut named);
            named
        });
        let mut named = in_parts.into_iter().flatten().filter(|(name, _)| seen.insert(*name)).collect();
        for own in self.own.values() {
            self.named(&own.body, &mut seen, &mut named);
        }
        while !named.is_empty() {
            let embed = |(name, source): &(&'static str, &'static str)| {
                sources.add_embedded(standard::file_name(name), source)
            };
            let ids: Vec<_> = named.iter().map(embed).collect();
            let files = syntax::parse_all(sources, &ids, sink).into_iter();
            let parsed: Vec<_> = named.iter().zip(files).map(|((name, _), file)| (*name, file)).collect();
            named.clear();
            for (name, file) in parsed {
                let mut entries = file.entries;
                runtime::decide(&mut entries, self.runtime, sink);
                let component = component(entries, sink);
                if let Some(component) = &component {
                    self.named(&component.body, &mut seen, &mut named);
                }
                self.standard.push((name, component));
            }
        }
    }

    /// Finds the standard components that entries name, and the bodies of what runs.
    fn named(
        &self,
        entries: &[Entry],
        seen: &mut HashSet<&'static str>,
        named: &mut Vec<(&'static str, &'static str)>,
    ) {
        for entry in entries {
            let key = entry.key.text.as_str();
            if let Some(found) = standard::component(key).filter(|_| !self.own.contains_key(key))
                && seen.insert(found.0)
            {
                named.push(found);
            }
            if matches!(key, "service" | "environment" | "group" | "defaults" | "each") || self.knows(key) {
                self.named(entry.entries(), seen, named);
            }
        }
    }

    /// Whether a key opens an instance.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.own.contains_key(key) || standard::component(key).is_some()
    }

    /// The names of all components.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.own.keys().map(SmolStr::as_str);
        own.chain(standard::COMPONENTS.iter().map(|(name, _)| *name))
    }

    /// The component of a name. A platform's own one comes before a standard one.
    pub(super) fn get(&self, name: &str) -> Option<Arc<Component>> {
        let own = self.own.get(name);
        let standard = || self.standard.iter().find(|(known, _)| *known == name)?.1.as_ref();
        own.or_else(standard).cloned()
    }
}

/// The component that a standard file declares.
fn component(entries: Vec<Entry>, sink: &mut Sink) -> Option<Arc<Component>> {
    let entry = entries.into_iter().find(|entry| entry.key.text == "component");
    entry.and_then(|entry| declare(entry, sink)).map(Arc::new)
}

fn declare(entry: Entry, sink: &mut Sink) -> Option<Component> {
    let malformed =
        |message: String, span: Span| Diagnostic::new(codes::CMP003, message).at(span, "cannot stand");
    let Some(name) = entry.label.clone() else {
        sink.report(
            malformed("`component` has no name".to_owned(), entry.key.span)
                .help("write `component NAME { … }`"),
        );
        return None;
    };
    let key = name.text.as_str();
    let blocks = Document::SCHEMA.fields.iter().chain(Service::SCHEMA.fields).map(|field| field.key);
    if blocks
        .chain(["import", "component", "environment"])
        .chain(RESERVED.iter().copied())
        .any(|known| known == key)
    {
        sink.report(
            malformed(format!("a component cannot be called `{key}`"), name.span)
                .help(format!("`{key}` is a word of the language")),
        );
        return None;
    }
    let mut body = entry.body.map(|body| body.entries).unwrap_or_default();
    syntax::duplicates(&mut body, sink);
    let mut component =
        Component { name, parameters: Vec::new(), children: Vec::new(), mixin: false, body: Vec::new() };
    for item in body {
        match item.key.text.as_str() {
            "parameter" => component.parameters.extend(parameter(&item, true, sink)),
            "child" if item.value.is_none() => component.children.extend(child_kind(&item, sink)),
            "mixin" if item.label.is_none() => component.mixin = mixin(&item, sink),
            _ => component.body.push(item),
        }
    }
    if component.mixin {
        // It tells what the mixin is for, and nothing of the services that take it.
        component.body.retain(|item| item.key.text != "description");
    }
    let parameters: HashSet<&str> = names(&component.parameters).collect();
    expect_needed(&component.parameters, &parameters, sink);
    for kind in &component.children {
        let clash = parameters.contains(kind.name.text.as_str())
            || Service::SCHEMA.fields.iter().any(|field| field.key == kind.name.text);
        if clash {
            sink.report(
                malformed(
                    format!("a kind of children cannot be called `{}`", kind.name.text),
                    kind.name.span,
                )
                .help("services, or this component's parameters, have that key already"),
            );
        }
    }
    Some(component)
}

/// Whether a component says that it is a mixin.
fn mixin(entry: &Entry, sink: &mut Sink) -> bool {
    let Some(value) = &entry.value else {
        sink.report(
            Diagnostic::new(codes::TYP006, "`mixin` has no value")
                .at(entry.head(), "incomplete")
                .help(Help::write("mixin = true")),
        );
        return true;
    };
    bool::read(value, &mut Decoder::new(sink)).unwrap_or(true)
}

fn child_kind(entry: &Entry, sink: &mut Sink) -> Option<ChildKind> {
    let Some(name) = entry.label.clone() else {
        sink.report(
            Diagnostic::new(codes::CMP003, "`child` has no name")
                .at(entry.key.span, "cannot stand")
                .help("write `child KIND { … }`"),
        );
        return None;
    };
    let mut kind = ChildKind { name, by: None, naming: Naming::default(), parameters: Vec::new() };
    for item in entry.entries() {
        match item.key.text.as_str() {
            "parameter" => kind.parameters.extend(parameter(item, false, sink)),
            "by" => kind.by.clone_from(&item.value),
            "description" => {}
            key if Naming::KEYS.contains(&key) => kind.naming.take(item, sink),
            other => sink.report(
                Diagnostic::new(codes::TYP005, format!("`child` has no key `{other}`"))
                    .at(item.key.span, "unknown key")
                    .help_maybe(did_you_mean(
                        other,
                        ["parameter", "by", "description"].into_iter().chain(Naming::KEYS),
                    )),
            ),
        }
    }
    Some(kind)
}
