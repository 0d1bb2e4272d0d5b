//! What a component declares: parameters, kinds of children, and the body of its service.

mod bounds;
mod names;

use std::sync::Arc;

use smol_str::SmolStr;

use super::naming::{Naming, Pattern};
use super::template::Templates;
use super::{given, runtime};
use crate::diagnostic::{Diagnostic, Help, Sink, codes, did_you_mean};
use crate::hash::{HashMap, HashSet, IndexMap};
use crate::model::{Document, ParameterBlock, ParameterType, Runtime, Service};
use crate::parallel;
use crate::schema::{Amount, Bytes, Decode as _, Decoder, Duration, Integer, Number, Ratio, Scalar as _};
use crate::source::{Sources, Span};
use crate::standard;
use crate::syntax::{self, Entry, Name, Part, Path, Scope, Text, Value, ValueKind};

/// How many entries are looked at together.
const PART: usize = 256;

/// Keys that mean something to expansion, wherever they stand.
pub(super) const RESERVED: &[&str] =
    &["parameter", "child", "each", "when", "enabled", "template", "self", "children", "defaults", "runtime"];

/// A parameter of a component or of a kind of children.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: Name,
    pub(super) type_: ParameterType,
    pub(super) default: Option<Value>,
    pub(super) optional: bool,
    pub(super) of: Option<String>,
    pub(super) min: Option<Amount>,
    pub(super) max: Option<Amount>,
    /// What text it may be.
    pub(super) matches: Option<Pattern>,
    /// What it is for.
    pub(super) description: Option<SmolStr>,
    /// Whether its default is wrong, which is reported: nothing is built from it.
    pub(super) lost_default: bool,
    /// The list of another parameter's child in which its own must stand.
    pub(super) listed: Option<Path>,
    /// Another parameter that is given where this one is, with its place.
    pub(super) needs: Option<(SmolStr, Span)>,
    /// Whether its declaration is wrong, which is reported: nothing more is said of it.
    pub(super) broken: bool,
}

/// What each top-level name of a platform is declared as.
pub(super) type Kinds = HashMap<SmolStr, SmolStr>;

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
    templates: Templates,
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
        Self { own, standard: Vec::new(), templates: Templates::default(), runtime }
    }

    /// The templates in their bodies that were compiled.
    pub(super) fn templates(&self) -> &Templates {
        &self.templates
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
    given::expect_needed(&component.parameters, &parameters, sink);
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

fn parameter(entry: &Entry, of_service: bool, sink: &mut Sink) -> Option<Parameter> {
    let decoded = {
        let mut decoder = Decoder::new(sink);
        // The default is judged by the type, so it is left out of the decoding.
        let head = Entry { value: None, ..entry.clone() };
        ParameterBlock::decode(&head, &mut decoder)
    };
    let Some(declared) = decoded else {
        let name = entry.label.clone()?;
        let type_ = ParameterType::Text;
        let (default, of, min, max) = (None, None, None, None);
        return Some(Parameter {
            name,
            type_,
            default,
            optional: true,
            of,
            min,
            max,
            matches: None,
            description: None,
            listed: None,
            needs: None,
            lost_default: false,
            broken: true,
        });
    };
    let key = declared.name.text.as_str();
    let field = of_service && Service::SCHEMA.fields.iter().any(|field| field.key == key);
    if field || RESERVED.contains(&key) || (!of_service && matches!(key, "name" | "env_name")) {
        let reason = if field {
            "services have a field of that name"
        } else {
            "the language has a meaning for that word"
        };
        sink.report(
            Diagnostic::new(codes::CMP003, format!("a parameter cannot be called `{key}`"))
                .at(declared.name.span, "cannot stand")
                .help(reason),
        );
        return None;
    }
    let mut parameter = Parameter {
        name: declared.name,
        type_: declared.type_,
        default: entry.value.clone().map(own_scope),
        optional: declared.optional.unwrap_or(false),
        of: declared.of.map(|of| of.text),
        listed: declared.listed.map(|listed| listed.0),
        needs: declared.needs.map(|needs| (needs.text.into(), needs.span)),
        min: None,
        max: None,
        matches: None,
        description: declared.description.and_then(|said| said.text.as_literal().map(SmolStr::from)),
        lost_default: false,
        broken: false,
    };
    if bounds::are_sound(&parameter, entry, sink) {
        (parameter.min, parameter.max) = (declared.min, declared.max);
    }
    if let Some(matches) = &declared.matches {
        parameter.matches = bounds::pattern(&parameter, matches, sink);
    }
    if let Some(default) = parameter.default.clone()
        && !check(&parameter, &default, &Kinds::default(), sink)
    {
        // It is told once; nothing is built from it.
        parameter.default = None;
        parameter.lost_default = true;
    }
    Some(parameter)
}

/// Marks the references of a default: a component sees nothing that they could lead to but the instance itself.
fn own_scope(value: Value) -> Value {
    with_paths(value, &|path| match path.segments.first() {
        Some(first) if first == "self" => path,
        _ => Path { scope: Scope::Component, ..path },
    })
}

/// A default whose references to `self` lead to an instance.
pub(super) fn of_instance(value: Value, own: &[SmolStr]) -> Value {
    with_paths(value, &|path| match path.segments.split_first() {
        Some((first, rest)) if first == "self" => {
            Path { segments: own.iter().chain(rest).cloned().collect(), ..path }
        }
        _ => path,
    })
}

fn with_paths(value: Value, change: &impl Fn(Path) -> Path) -> Value {
    let kind = match value.kind {
        ValueKind::Reference(path) => ValueKind::Reference(change(path)),
        ValueKind::List(items) => {
            ValueKind::List(items.into_iter().map(|item| with_paths(item, change)).collect())
        }
        ValueKind::Text(text) => {
            let part = |part| match part {
                Part::Reference(path) => Part::Reference(change(path)),
                literal @ Part::Literal(_) => literal,
            };
            ValueKind::Text(Text { parts: text.parts.into_iter().map(part).collect() })
        }
        kind => kind,
    };
    Value { kind, ..value }
}

/// Checks the value of a parameter against its type and its bounds.
pub(super) fn check(parameter: &Parameter, value: &Value, kinds: &Kinds, sink: &mut Sink) -> bool {
    parameter.broken
        || is_of_type(parameter, value, kinds, sink)
            && bounds::hold(parameter, value, sink)
            && bounds::fits(parameter, value, sink)
}

fn is_of_type(parameter: &Parameter, value: &Value, kinds: &Kinds, sink: &mut Sink) -> bool {
    let before = sink.len();
    if let ValueKind::Reference(path) = &value.kind {
        expect_kind(parameter.type_, path, kinds, sink);
    }
    let decoder = &mut Decoder::new(sink);
    let reference = matches!(value.kind, ValueKind::Reference(_));
    match parameter.type_ {
        ParameterType::Text if reference || matches!(value.kind, ValueKind::Text(_)) => {}
        ParameterType::Text => {
            names::unquoted(parameter, value, decoder);
        }
        ParameterType::Metric | ParameterType::Label => {
            names::hold(parameter.type_, value, decoder);
        }
        ParameterType::Secret if reference => {}
        ParameterType::Secret => names::of_a_secret(parameter, value, kinds, decoder),
        ParameterType::Integer => drop(Integer::read(value, decoder)),
        ParameterType::Number => drop(Number::read(value, decoder)),
        ParameterType::Boolean => drop(bool::read(value, decoder)),
        ParameterType::Duration => drop(Duration::read(value, decoder)),
        ParameterType::Size => drop(Bytes::read(value, decoder)),
        ParameterType::Ratio => drop(Ratio::read(value, decoder)),
        ParameterType::List if matches!(value.kind, ValueKind::List(_)) => {}
        ParameterType::List => {
            decoder.mismatch::<()>(value, "a list");
        }
        ParameterType::Service | ParameterType::Port | ParameterType::Outside | ParameterType::Child
            if reference => {}
        ParameterType::Service | ParameterType::Port | ParameterType::Outside | ParameterType::Child => {
            decoder.mismatch::<()>(value, &format!("the name of a {}", parameter.type_.word()));
        }
    }
    sink.len() == before
}

/// Reports a name that is declared as something else than a parameter needs. Names that nothing
/// declares are reported where they are bound.
fn expect_kind(type_: ParameterType, path: &Path, kinds: &Kinds, sink: &mut Sink) {
    let Some((first, rest)) = path.segments.split_first() else { return };
    let Some(kind) = kinds.get(first).map(SmolStr::as_str) else { return };
    let input = matches!(kind, "variable" | "secret");
    let runs = kind == "service" || !Document::SCHEMA.fields.iter().any(|field| field.key == kind);
    let fits = match type_ {
        ParameterType::Secret => kind != "variable",
        ParameterType::Text => kind != "secret",
        ParameterType::Service => runs,
        ParameterType::Port | ParameterType::Child => runs && !rest.is_empty(),
        ParameterType::Outside => kind == "outside",
        _ => !input,
    };
    if fits {
        return;
    }
    let needed = match type_ {
        ParameterType::Text => "text or a variable".to_owned(),
        ParameterType::Outside => "an outside".to_owned(),
        type_ => format!("a {}", type_.word()),
    };
    let found = match (type_, rest.is_empty()) {
        (ParameterType::Port | ParameterType::Child, true) if runs => "a service".to_owned(),
        _ if runs => "part of a service".to_owned(),
        _ if kind == "outside" => "an outside".to_owned(),
        _ => format!("a {kind}"),
    };
    sink.report(
        Diagnostic::new(codes::NAM004, format!("`{}` is {found}, not {needed}", path.text()))
            .at(path.span, format!("{needed} is needed here")),
    );
}

/// The names of some parameters.
pub(super) fn names(parameters: &[Parameter]) -> impl Iterator<Item = &str> {
    parameters.iter().map(|parameter| parameter.name.text.as_str())
}
