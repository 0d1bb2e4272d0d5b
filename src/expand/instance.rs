//! Instances: an instance becomes a service, with its component's body under its own.

mod bindings;
mod child;
pub(super) mod engine;
pub(super) mod given;
mod mixin;
mod names;
mod normal;
mod sibling;
mod substitute;
mod template;

use std::sync::Arc;

use smol_str::SmolStr;

use bindings::Bindings;
use child::{ChildValues, Children};
use engine::Templates;
use given::Given;
use normal::normal_forms;

use super::component::parameter::{self, Kinds, Parameter};
use super::component::{ChildKind, Component, Components};
use super::room::{MAX_INSTANCES, Room};
use super::runtime;
use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::hash::{HashMap, HashSet, RandomState};
use crate::model::{Document, ParameterType, Service};
use crate::schema;
use crate::source::Span;
use crate::syntax::{self, Body, Entry, Name, Path, Scope, Value, ValueKind};

/// How deep components may contain each other.
const MAX_NESTED: usize = 32;

/// The expansion of all instances of a platform.
pub(super) struct Expansion<'a> {
    pub(super) components: &'a Components,
    /// The templates that were compiled.
    pub(super) templates: &'a Templates,
    pub(super) sink: &'a mut Sink,
    /// The components that are being expanded, each with the place of its instance.
    pub(super) stack: Vec<(SmolStr, Span)>,
    /// How many instances were made.
    pub(super) made: usize,
    /// What each top-level name is declared as.
    pub(super) kinds: &'a Kinds,
    /// Names of what could not be expanded.
    pub(super) lost: Vec<SmolStr>,
    /// What instances are given.
    pub(super) given: Vec<Given>,
    /// What the platform may still grow by.
    pub(super) room: Room,
}

impl Expansion<'_> {
    /// Makes services of the instances among `entries`, which stand in the thing of path `own`. What mixins bring
    /// comes under the rest.
    pub(super) fn entries(&mut self, entries: Vec<Entry>, own: &[SmolStr]) -> Vec<Entry> {
        let opens = |entry: &Entry| entry.key.text == "service" || self.components.knows(&entry.key.text);
        if !entries.iter().any(opens) {
            return entries;
        }
        let mut out = Vec::with_capacity(entries.len());
        let mut brought = Vec::new();
        for mut entry in entries {
            let left_out = runtime::left_out(&entry).is_some();
            if let Some(component) = self.mixin(&entry) {
                if left_out {
                    continue;
                }
                syntax::merge_body(&mut brought, self.part(entry, &component, own));
            } else if self.components.knows(&entry.key.text) {
                let label =
                    entry.label.get_or_insert_with(|| Name { quoted: false, ..entry.key.clone() }).clone();
                if left_out {
                    // It goes with its name, as a service does.
                    entry.key.text = "service".into();
                    out.push(entry);
                    continue;
                }
                let path: Vec<SmolStr> = own.iter().cloned().chain([label.text]).collect();
                out.extend(self.instance(entry, &path));
            } else if entry.key.text == "service"
                && let (Some(label), Some(body)) = (entry.label.clone(), &mut entry.body)
            {
                let path: Vec<SmolStr> = own.iter().cloned().chain([label.text]).collect();
                body.entries = self.entries(std::mem::take(&mut body.entries), &path);
                out.push(entry);
            } else {
                out.push(entry);
            }
        }
        if brought.is_empty() {
            return out;
        }
        syntax::merge_body(&mut brought, out);
        brought
    }

    fn instance(&mut self, entry: Entry, path: &[SmolStr]) -> Option<Entry> {
        let head = entry.head();
        if self.recursion(&entry, head) {
            self.lost.extend(path.iter().cloned());
            return None;
        }
        let component = self.components.get(&entry.key.text)?;
        let label = entry.label.clone()?;
        let span = entry.body.as_ref().map_or(head, |body| body.span);
        let patch = entry.patch;
        let key = Name { text: "service".into(), ..entry.key.clone() };
        let entries = self.body(entry, &component, path);
        Some(Entry { key, label: Some(label), value: None, body: Some(Body { entries, span }), patch })
    }

    /// The body of a component with what an instance says over it, for the service of a path.
    pub(super) fn body(&mut self, entry: Entry, component: &Arc<Component>, path: &[SmolStr]) -> Vec<Entry> {
        let head = entry.head();
        if let Some(value) = &entry.value {
            self.sink.report(
                Diagnostic::new(codes::TYP008, format!("`{}` takes no value", entry.key.text))
                    .at(value.span, "does not belong here")
                    .help("what an instance is told stands in `{ … }`"),
            );
        }
        let patch = entry.patch;
        let told = self.take_apart(entry, component);
        let (parameters, missing) =
            self.bind(&component.parameters, told.parameters, &component.name.text, path, head, patch);
        let children = self.children(component, told.children, path);
        let nested = component
            .body
            .iter()
            .filter(|item| item.key.text == "service" || self.components.knows(&item.key.text));
        let mut bindings = Bindings {
            own: path.to_vec(),
            parameters,
            nested: nested.map(|item| item.label_or_key().text.clone()).collect(),
            children: &children,
            missing,
            each: Vec::new(),
            room: &mut self.room,
            templates: self.templates,
        };
        let mut body = bindings.entries(&component.body, Some(Service::SCHEMA), self.sink);
        let forms: Vec<Entry> =
            component.children.iter().flat_map(|kind| normal_forms(kind, &children, path)).collect();
        syntax::merge_body(&mut body, told.overlay);
        body.extend(forms);
        self.stack.push((component.name.text.clone(), head));
        let entries = self.entries(body, path);
        self.stack.pop();
        entries
    }

    pub(super) fn recursion(&mut self, entry: &Entry, head: Span) -> bool {
        self.made += 1;
        if self.made > MAX_INSTANCES {
            if self.made == MAX_INSTANCES + 1 {
                self.sink.report(
                    Diagnostic::new(
                        codes::CMP002,
                        format!("the platform comes to more than {MAX_INSTANCES} instances"),
                    )
                    .at(head, "one too many")
                    .help("components that contain each other several times multiply"),
                );
            }
            return true;
        }
        if self.stack.len() >= MAX_NESTED {
            self.sink.report(
                Diagnostic::new(
                    codes::CMP002,
                    format!("components contain each other more than {MAX_NESTED} levels deep"),
                )
                .at(head, "one level too many"),
            );
            return true;
        }
        let Some(at) = self.stack.iter().position(|(name, _)| *name == entry.key.text) else { return false };
        let chain =
            self.stack.iter().skip(at).map(|(name, _)| name.as_str()).chain([entry.key.text.as_str()]);
        let chain: Vec<String> = chain.map(|name| format!("`{name}`")).collect();
        let first = self.stack.first().map(|(_, span)| *span);
        self.sink.report(
            Diagnostic::new(codes::CMP002, format!("a component contains itself: {}", chain.join(" → ")))
                .at(entry.head(), "this instance has no end")
                .at_maybe(first, "the expansion starts here"),
        );
        true
    }

    /// Sorts what an instance says into parameters, children and what a service takes.
    fn take_apart(&mut self, entry: Entry, component: &Arc<Component>) -> Told {
        let mut told = Told::default();
        let mut misspelt: Vec<Entry> = Vec::new();
        let parameters: HashSet<&str> = parameter::names(&component.parameters).collect();
        let kinds: HashSet<&str> = component.children.iter().map(|kind| kind.name.text.as_str()).collect();
        for item in entry.body.map(|body| body.entries).unwrap_or_default() {
            let key = item.key.text.as_str();
            if item.label.is_none() && parameters.contains(key) {
                told.parameters.push(item);
            } else if kinds.contains(key) {
                told.children.push(item);
            } else if Service::SCHEMA.fields.iter().any(|field| field.key == key)
                || matches!(key, "enabled" | "when")
                || self.components.knows(key)
            {
                told.overlay.push(item);
            } else {
                let fields = Service::SCHEMA.fields.iter().map(|field| field.key);
                let kinds = component.children.iter().map(|kind| kind.name.text.as_str());
                let known = parameter::names(&component.parameters).chain(kinds).chain(fields);
                let known = known.chain(self.components.names());
                let ours = schema::of_top(&item, (&entry.key, entry.label.as_ref()), Document::SCHEMA.fields)
                    .or_else(|| schema::foreign(key, Service::SCHEMA));
                let help = match ours {
                    Some(ours) => Some(ours.into()),
                    None => self.sink.did_you_mean(key, known),
                };
                // It is read as what it was meant to be: else that would be missing as well.
                if let (Some(text), None) = (meant(help.as_ref(), &component.parameters), &item.label) {
                    misspelt.push(Entry { key: Name { text, ..item.key.clone() }, ..item.clone() });
                }
                let name = &component.name.text;
                let parameters = crate::diagnostic::list_of(parameter::names(&component.parameters));
                self.sink.report(
                    Diagnostic::new(
                        codes::TYP005,
                        format!("`{name}` has no parameter `{key}`, and services have no such key"),
                    )
                    .at(item.key.span, "unknown key")
                    .help(
                        help.unwrap_or_else(|| format!("the parameters of `{name}` are {parameters}").into()),
                    ),
                );
            }
        }
        add_meant(&mut told.parameters, misspelt);
        told
    }

    /// Binds parameters to what is told, or to their defaults, for the instance of path `own`. A patch of an instance
    /// that is not there lacks them all, and is reported as that.
    fn bind(
        &mut self,
        parameters: &[Parameter],
        told: Vec<Entry>,
        owner: &str,
        own: &[SmolStr],
        head: Span,
        patch: bool,
    ) -> (HashMap<SmolStr, Option<Value>>, HashSet<SmolStr>) {
        let default = |parameter: &Parameter| {
            parameter.default.clone().map(|default| parameter::of_instance(default, own))
        };
        let declared: HashMap<&SmolStr, &Parameter> =
            parameters.iter().rev().map(|parameter| (&parameter.name.text, parameter)).collect();
        let mut bound: HashMap<SmolStr, Option<Value>> =
            HashMap::with_capacity_and_hasher(parameters.len(), RandomState::default());
        // What is told, but wrong, is reported once: the default stands in for it, or nothing is built from it.
        let mut broken: HashSet<SmolStr> = HashSet::default();
        for item in told {
            let Some(parameter) = declared.get(&item.key.text) else { continue };
            if let Some(body) = &item.body {
                self.sink.report(
                    Diagnostic::new(codes::TYP008, format!("`{}` takes no body", item.key.text))
                        .at(Span { end: body.span.start + 1, ..body.span }, "a value is all it takes"),
                );
            }
            let Some(value) = item.value else {
                self.sink.report(
                    Diagnostic::new(codes::TYP006, format!("`{}` has no value", item.key.text))
                        .at(item.key.span, "incomplete")
                        .help(format!("it is of type `{}`", parameter.type_.word())),
                );
                bound.insert(parameter.name.text.clone(), None);
                broken.insert(parameter.name.text.clone());
                continue;
            };
            let name = parameter.name.text.clone();
            if parameter::check(parameter, &value, self.kinds, self.sink) {
                bound.insert(name, Some(value));
                continue;
            }
            if let Some(lost) = self.lost_value(parameter, own, value.span) {
                bound.insert(name, Some(lost));
                continue;
            }
            if parameter.default.is_none() {
                broken.insert(name.clone());
            }
            bound.insert(name, default(parameter));
        }
        broken.extend(parameters.iter().filter(|known| known.broken).map(|known| known.name.text.clone()));
        let mut missing = Vec::new();
        for parameter in parameters {
            let name = &parameter.name.text;
            if bound.contains_key(name) {
                continue;
            }
            if parameter.lost_default {
                broken.insert(name.clone());
            } else if parameter.default.is_none() && !parameter.optional {
                missing.push(parameter);
                if let Some(lost) = self.lost_value(parameter, own, head).filter(|_| !patch) {
                    bound.insert(name.clone(), Some(lost));
                    continue;
                }
            }
            bound.insert(name.clone(), default(parameter));
        }
        if let (Some(first), false) = (missing.first(), patch) {
            let names =
                crate::diagnostic::list_of(missing.iter().map(|parameter| parameter.name.text.as_str()));
            self.sink.report(
                Diagnostic::new(codes::CMP001, format!("`{owner}` needs {names}"))
                    .at(head, "not given here")
                    .at(first.name.span, "declared here, without a default")
                    .help(match first.type_ {
                        ParameterType::Secret => {
                            format!(
                                "write `{} = NAME`, and declare `secret NAME`, whose value the operator sets",
                                first.name.text
                            )
                        }
                        type_ => format!("write `{} = …`, of type `{}`", first.name.text, type_.word()),
                    }),
            );
        }
        broken.extend(missing.iter().map(|parameter| parameter.name.text.clone()));
        if !patch {
            given::expect_others(parameters, owner, &bound, &broken, self.sink);
        }
        self.given.extend(given::given(parameters, &bound));
        (bound, broken)
    }

    /// What stands in for a parameter that has no value, or a wrong one: what is built from it is there, and leads to what
    /// is known to be lost, so nothing is missed beside it. Only what is passed on by its name can be so.
    fn lost_value(&mut self, parameter: &Parameter, own: &[SmolStr], span: Span) -> Option<Value> {
        if !matches!(parameter.type_, ParameterType::Secret | ParameterType::Outside) {
            return None;
        }
        let lost: SmolStr = format!("{}.{}", own.join("."), parameter.name.text).into();
        self.lost.push(lost.clone());
        let path = Path { segments: vec![lost], span, scope: Scope::Platform };
        Some(Value { kind: ValueKind::Reference(path), span })
    }

    fn children(&mut self, component: &Component, told: Vec<Entry>, own: &[SmolStr]) -> Children {
        let kinds: HashMap<&SmolStr, &ChildKind> =
            component.children.iter().rev().map(|kind| (&kind.name.text, kind)).collect();
        let mut children: Children =
            component.children.iter().map(|kind| (kind.name.text.clone(), Vec::new())).collect();
        for item in told {
            let Some(kind) = kinds.get(&item.key.text) else { continue };
            let Some(name) = item.label.clone() else {
                self.sink.report(
                    Diagnostic::new(codes::TYP006, format!("`{}` has no name", kind.name.text))
                        .at(item.key.span, "incomplete")
                        .help(format!("write `{} NAME {{ … }}`", kind.name.text)),
                );
                continue;
            };
            if let Some(value) = &item.value {
                let names = crate::diagnostic::list_of(parameter::names(&kind.parameters));
                self.sink.report(
                    Diagnostic::new(codes::TYP008, format!("`{}` takes no value", kind.name.text))
                        .at(value.span, "does not belong here")
                        .help(format!("its parameters stand in `{{ … }}`: {names}")),
                );
            }
            let head = item.head();
            let span = item.body.as_ref().map_or(head, |body| body.span);
            let patch = item.patch;
            let mut known = Vec::new();
            let mut allows = Vec::new();
            let mut description = None;
            let mut misspelt = Vec::new();
            let mut taken_out = runtime::left_out(&item).is_some();
            let parameters: HashSet<&str> = parameter::names(&kind.parameters).collect();
            for value in item.body.map(|body| body.entries).unwrap_or_default() {
                if taken_out {
                    break;
                }
                if value.key.text == "enabled" {
                    taken_out |= matches!(value.value, Some(Value { kind: ValueKind::Boolean(false), .. }));
                    continue;
                }
                if value.key.text == "allow" && value.label.is_some() {
                    allows.push(value);
                } else if parameters.contains(value.key.text.as_str()) {
                    known.push(value);
                } else if value.key.text == "description" {
                    description = Some(value);
                } else {
                    let help = self.sink.did_you_mean(&value.key.text, parameter::names(&kind.parameters));
                    if let (Some(text), None) = (meant(help.as_ref(), &kind.parameters), &value.label) {
                        misspelt.push(Entry { key: Name { text, ..value.key.clone() }, ..value.clone() });
                    }
                    self.sink.report(
                        Diagnostic::new(
                            codes::TYP005,
                            format!("`{}` has no parameter `{}`", kind.name.text, value.key.text),
                        )
                        .at(value.key.span, "unknown key")
                        .help_maybe(help),
                    );
                }
            }
            if taken_out {
                continue;
            }
            add_meant(&mut known, misspelt);
            let (mut bound, _) = self.bind(&kind.parameters, known, &kind.name.text, own, head, patch);
            let values = kind.parameters.iter().map(|parameter| {
                let name = parameter.name.text.clone();
                let value = bound.remove(&name).flatten();
                (name, value)
            });
            let kind = kind.name.text.clone();
            children.entry(kind.clone()).or_default().push(ChildValues {
                kind,
                name,
                values: values.collect(),
                head,
                description,
                allows,
                span,
                patch,
            });
        }
        names::check(component, &children, self.sink);
        sibling::check(component, &mut children, own, self.sink);
        children
    }
}

/// The parameter that a help text suggests.
fn meant(help: Option<&Help>, parameters: &[Parameter]) -> Option<SmolStr> {
    let word = help?.proposed()?;
    parameter::names(parameters).find(|name| *name == word).map(SmolStr::from)
}

/// Adds what misspelt parameters were meant to be, where these are not said as well.
fn add_meant(said: &mut Vec<Entry>, misspelt: Vec<Entry>) {
    for entry in misspelt {
        if !said.iter().any(|known| known.key.text == entry.key.text) {
            said.push(entry);
        }
    }
}

/// What an instance says.
#[derive(Default)]
struct Told {
    parameters: Vec<Entry>,
    children: Vec<Entry>,
    overlay: Vec<Entry>,
}
