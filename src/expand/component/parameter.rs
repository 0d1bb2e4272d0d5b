//! What a component, or a kind of children, is given by its instances: parameters with their types and their bounds.

mod bounds;
mod names;

use smol_str::SmolStr;

use super::naming::Pattern;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model::{Document, ParameterBlock, ParameterType, Service};
use crate::schema::{Amount, Bytes, Decode as _, Decoder, Duration, Integer, Number, Ratio, Scalar as _};
use crate::source::Span;
use crate::syntax::{Entry, Name, Part, Path, Scope, Text, Value, ValueKind};

/// Keys that mean something to expansion, wherever they stand.
pub(in crate::expand) const RESERVED: &[&str] =
    &["parameter", "child", "each", "when", "enabled", "template", "self", "children", "defaults", "runtime"];

/// A parameter of a component or of a kind of children.
#[derive(Debug)]
pub(in crate::expand) struct Parameter {
    pub(in crate::expand) name: Name,
    pub(in crate::expand) type_: ParameterType,
    pub(in crate::expand) default: Option<Value>,
    pub(in crate::expand) optional: bool,
    pub(in crate::expand) of: Option<String>,
    pub(in crate::expand) min: Option<Amount>,
    pub(in crate::expand) max: Option<Amount>,
    /// What text it may be.
    pub(in crate::expand) matches: Option<Pattern>,
    /// What it is for.
    pub(in crate::expand) description: Option<SmolStr>,
    /// Whether its default is wrong, which is reported: nothing is built from it.
    pub(in crate::expand) lost_default: bool,
    /// The list of another parameter's child in which its own must stand.
    pub(in crate::expand) listed: Option<Path>,
    /// Another parameter that is given where this one is, with its place.
    pub(in crate::expand) needs: Option<(SmolStr, Span)>,
    /// Whether its declaration is wrong, which is reported: no other diagnostic is about it.
    pub(in crate::expand) broken: bool,
}

/// What each top-level name of a platform is declared as.
pub(in crate::expand) type Kinds = HashMap<SmolStr, SmolStr>;

/// Reads the declaration of a parameter of a service, or of a child.
pub(super) fn parameter(entry: &Entry, of_service: bool, sink: &mut Sink) -> Option<Parameter> {
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

/// The names of some parameters.
pub(in crate::expand) fn names(parameters: &[Parameter]) -> impl Iterator<Item = &str> {
    parameters.iter().map(|parameter| parameter.name.text.as_str())
}

/// Reports what parameters need and the component does not declare.
pub(super) fn expect_needed(parameters: &[Parameter], declared: &HashSet<&str>, sink: &mut Sink) {
    let needed = parameters.iter().filter_map(|parameter| parameter.needs.as_ref());
    for (name, span) in needed.filter(|(name, _)| !declared.contains(name.as_str())) {
        sink.report(
            Diagnostic::new(codes::CMP003, format!("there is no parameter `{name}`"))
                .at(*span, "cannot stand")
                .help("`needs` names another parameter of the component"),
        );
    }
}

/// Checks the value of a parameter against its type and its bounds.
pub(in crate::expand) fn check(parameter: &Parameter, value: &Value, kinds: &Kinds, sink: &mut Sink) -> bool {
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

/// Marks the references of a default: a component sees nothing that they could lead to but the instance itself.
fn own_scope(value: Value) -> Value {
    with_paths(value, &|path| match path.segments.first() {
        Some(first) if first == "self" => path,
        _ => Path { scope: Scope::Component, ..path },
    })
}

/// A default whose references to `self` lead to an instance.
pub(in crate::expand) fn of_instance(value: Value, own: &[SmolStr]) -> Value {
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
