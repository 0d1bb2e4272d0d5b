//! Putting the values of an instance into a copy of its component's body.

use smol_str::SmolStr;

use super::bindings::Bindings;
use super::child::{ChildValues, env_name};
use super::template;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::expand::runtime;
use crate::schema::{Block, Kind, Presence, quantity_member};
use crate::source::Span;
use crate::syntax::{
    self, Body, Entry, Merged, Name, Part, Path, Scope, Text, TextBuilder, Value, ValueKind,
};

/// What a path stands for.
enum Found {
    /// A value.
    Value(Value),
    /// An optional parameter that is not given.
    Unset,
    /// A parameter that should have been given; nothing more is said of it.
    Missing,
    /// A path that leads from the top of the platform.
    Path(Path),
    /// Nothing of the component: the word of an enumeration, or not visible.
    Unknown,
}

impl Bindings<'_> {
    /// Copies entries with all values put in, `each` unrolled and `when` decided.
    ///
    /// `schema` is the block they stand in, where it is known: a word of an enumeration is no parameter.
    pub(super) fn entries(
        &mut self,
        entries: &[Entry],
        schema: Option<&'static Block>,
        sink: &mut Sink,
    ) -> Vec<Entry> {
        let mut out = Merged::default();
        for entry in entries {
            if !self.room.take(entry, sink) {
                break;
            }
            if entry.key.text == "each" {
                out.merge(self.each(entry, schema, sink));
            } else if runtime::left_out(entry).is_some() {
                out.entries.push(Entry {
                    label: entry.label.as_ref().map(|label| self.name(label, sink)),
                    ..entry.clone()
                });
            } else if self.wanted(entry, sink) {
                out.entries.extend(self.entry(entry, schema, sink));
            }
        }
        out.entries
    }

    fn entry(&mut self, entry: &Entry, schema: Option<&'static Block>, sink: &mut Sink) -> Option<Entry> {
        let field = schema.and_then(|schema| schema.fields.iter().find(|field| field.key == entry.key.text));
        let kind = field.map(|field| (field.kind)());
        let value = match &entry.value {
            Some(value) if is_choice(value, kind) => Some(value.clone()),
            Some(value) => {
                let made =
                    if is_template(entry) { self.render(value, sink) } else { self.value(value, sink) }?;
                if !self.room.take_value(&made, value.span, sink) {
                    return None;
                }
                Some(made)
            }
            None => None,
        };
        let within = match kind {
            Some(Kind::Block(block)) => Some(block),
            _ => None,
        };
        if within.is_some_and(|block| self.lacks(entry, block)) {
            return None;
        }
        let label = match (entry.key.text.as_str(), &entry.label) {
            ("wait" | "mount", Some(label)) => Some(self.label_path(label, sink)?),
            (_, label) => label.as_ref().map(|label| self.name(label, sink)),
        };
        let mut made =
            Entry { key: self.name(&entry.key, sink), label, value, body: None, patch: entry.patch };
        if let Some(body) = &entry.body {
            let kept: Vec<Entry>;
            let template = entry.field("template");
            let entries = if template.is_some() || entry.field("when").is_some() {
                let decided = |item: &Entry| {
                    item.label.is_none() && matches!(item.key.text.as_str(), "when" | "template")
                };
                kept = body.entries.iter().filter(|item| !decided(item)).cloned().collect();
                &kept
            } else {
                &body.entries
            };
            let named: Vec<Entry>;
            let entries = if entry.key.text == "env" && entry.label.is_none() {
                named = entries.iter().map(stand_for_itself).collect();
                &named
            } else {
                entries
            };
            made.body = Some(Body { entries: self.entries(entries, within, sink), span: body.span });
        }
        Some(made)
    }

    /// Whether a key that a block must have is a parameter that should have been given: that is reported, and of the block
    /// nothing else is known.
    fn lacks(&self, entry: &Entry, block: &Block) -> bool {
        let required = |key: &str| {
            block.fields.iter().any(|field| field.presence == Presence::Required && field.key == key)
        };
        entry.entries().iter().any(|item| match &item.value {
            Some(Value { kind: ValueKind::Reference(path), .. }) if required(&item.key.text) => {
                matches!(self.find(path), Found::Missing)
            }
            _ => false,
        })
    }

    /// Renders the text of a template; references come behind, so that no value is taken for a tag.
    fn render(&mut self, value: &Value, sink: &mut Sink) -> Option<Value> {
        let ValueKind::Text(text) = &value.kind else { return self.value(value, sink) };
        let rendered = match template::render(&syntax::literal_text(text), self) {
            Ok(rendered) => rendered,
            Err(error) => {
                sink.report(
                    Diagnostic::new(codes::CMP004, format!("the template does not render: {error}"))
                        .at(value.span, "this template")
                        .help("a template sees the parameters, `self.name` and `children.KIND`"),
                );
                return None;
            }
        };
        let mut text = self.text(&syntax::interpolate(&rendered.text, value.span, sink), sink);
        for part in &mut text.parts {
            if let Part::Reference(path) = part
                && let Some(kept) = rendered.reference(path)
            {
                *path = kept.clone();
            }
        }
        Some(Value { kind: ValueKind::Text(text), span: value.span })
    }

    /// Unrolls `each KIND { … }`.
    fn each(&mut self, entry: &Entry, schema: Option<&'static Block>, sink: &mut Sink) -> Vec<Entry> {
        let kind = entry.label.as_ref().map(|label| &label.text);
        let children = self.children;
        let Some(children) = kind.and_then(|kind| children.get(kind)) else {
            sink.report(
                Diagnostic::new(codes::CMP003, "`each` names no kind of children of this component")
                    .at(entry.head(), "cannot stand")
                    .help(format!(
                        "its kinds are {}",
                        crate::diagnostic::list_of(self.children.keys().map(SmolStr::as_str))
                    )),
            );
            return Vec::new();
        };
        let mut out = Vec::new();
        for child in children {
            self.each.push(child);
            out.extend(self.entries(entry.entries(), schema, sink));
            self.each.pop();
        }
        out
    }

    /// Decides `when`.
    fn wanted(&self, entry: &Entry, sink: &mut Sink) -> bool {
        let Some(when) = entry.field("when") else { return true };
        let holds = match &when.value {
            Some(Value { kind: ValueKind::List(items), .. }) if !items.is_empty() => {
                let each: Option<Vec<bool>> = items.iter().map(|item| self.holds(item)).collect();
                each.map(|each| each.into_iter().all(|holds| holds))
            }
            Some(value) => self.holds(value),
            None => None,
        };
        if let Some(holds) = holds {
            return holds;
        }
        sink.report(
            Diagnostic::new(codes::CMP003, "`when` names no parameter")
                .at(when.value.as_ref().map_or(when.head(), |value| value.span), "cannot be decided")
                .help("write `when = PARAMETER`"),
        );
        true
    }

    /// Whether a condition holds; `None` where it names no parameter.
    fn holds(&self, condition: &Value) -> Option<bool> {
        let ValueKind::Reference(path) = &condition.kind else { return None };
        match self.find(path) {
            Found::Unset | Found::Missing => Some(false),
            Found::Value(Value { kind: ValueKind::Boolean(value), .. }) => Some(value),
            Found::Value(Value { kind: ValueKind::List(items), .. }) => Some(!items.is_empty()),
            Found::Value(_) => Some(true),
            Found::Path(_) if path.segments.len() == 1 => Some(true),
            Found::Path(_) | Found::Unknown => None,
        }
    }

    fn value(&mut self, value: &Value, sink: &mut Sink) -> Option<Value> {
        let kind = match &value.kind {
            ValueKind::Reference(path) => match self.find(path) {
                Found::Value(found) => return Some(found),
                Found::Unset | Found::Missing => return None,
                Found::Path(path) => ValueKind::Reference(path),
                Found::Unknown => ValueKind::Reference(Path { scope: Scope::Component, ..path.clone() }),
            },
            ValueKind::Text(text) => ValueKind::Text(self.text(text, sink)),
            ValueKind::List(items) => {
                ValueKind::List(items.iter().filter_map(|item| self.value(item, sink)).collect())
            }
            ValueKind::Body(body) => {
                ValueKind::Body(Body { entries: self.entries(&body.entries, None, sink), span: body.span })
            }
            kind @ (ValueKind::Number(_) | ValueKind::Boolean(_)) => kind.clone(),
        };
        Some(Value { kind, span: value.span })
    }

    /// A label that names a thing of the platform: only what the component sees.
    fn label_path(&self, label: &Name, sink: &mut Sink) -> Option<Name> {
        let segments = label.text.split('.').map(SmolStr::new).collect();
        let path = Path { segments, span: label.span, scope: Scope::Platform };
        match self.find(&path) {
            Found::Path(path) | Found::Value(Value { kind: ValueKind::Reference(path), .. }) => {
                Some(Name { text: path.text().into(), ..label.clone() })
            }
            Found::Missing | Found::Unset => None,
            Found::Value(_) | Found::Unknown => {
                not_visible(&label.text, label.span, sink);
                None
            }
        }
    }

    /// A key or label; what is only known later stays in it as `${…}`.
    fn name(&self, name: &Name, sink: &mut Sink) -> Name {
        if !name.quoted || !name.text.contains("${") {
            return name.clone();
        }
        let text = self.text(&syntax::interpolate(&name.text, name.span, sink), sink);
        for part in &text.parts {
            if let Part::Reference(path) = part
                && path.scope == Scope::Component
            {
                not_visible(&path.text(), name.span, sink);
            }
        }
        Name { text: syntax::literal_text(&text).into(), ..name.clone() }
    }

    /// Text with all values put in.
    pub(super) fn text(&self, text: &Text, sink: &mut Sink) -> Text {
        if text.as_literal().is_some() {
            return text.clone();
        }
        let mut out = TextBuilder::default();
        for part in &text.parts {
            if out.length() > MAX_TEXT {
                sink.report(
                    Diagnostic::new(codes::TYP003, "the text becomes longer than 1 MiB")
                        .at_maybe(first_place(text), "this reference makes it too long"),
                );
                return Text::default();
            }
            let path = match part {
                Part::Literal(text) => {
                    out.push_literal(text);
                    continue;
                }
                Part::Reference(path) => path,
            };
            match self.find(path) {
                Found::Path(path) => out.push_reference(path),
                Found::Unknown => out.push_reference(Path { scope: Scope::Component, ..path.clone() }),
                Found::Missing => {}
                Found::Unset => sink.report(
                    Diagnostic::new(
                        codes::CMP003,
                        format!("`{}` is not given here, and text cannot do without it", path.text()),
                    )
                    .at(path.span, "optional, and without a default")
                    .help("keep what needs it with `when`, or give it a default"),
                ),
                Found::Value(value) => match value.kind {
                    ValueKind::Text(text) => out.push_text(text),
                    ValueKind::Number(number) => out.push_literal(&number),
                    ValueKind::Boolean(boolean) => out.push_literal(if boolean { "true" } else { "false" }),
                    ValueKind::Reference(path) => out.push_reference(path),
                    kind @ (ValueKind::List(_) | ValueKind::Body(_)) => sink.report(
                        Diagnostic::new(
                            codes::TYP001,
                            format!("`{}` is {}, which is no text", path.text(), kind.describe()),
                        )
                        .at(path.span, "interpolated here"),
                    ),
                },
            }
        }
        out.finish()
    }

    fn find(&self, path: &Path) -> Found {
        let Some((first, rest)) = path.segments.split_first() else { return Found::Unknown };
        if path.scope == Scope::Component {
            return Found::Unknown;
        }
        if let Some(child) = self.each.iter().rev().find(|child| child.kind == *first) {
            return match rest {
                [member] => child_member(child, member, path),
                [member, unit] => match child_member(child, member, path) {
                    Found::Value(value) => beyond(value, std::slice::from_ref(unit), path),
                    found => found,
                },
                _ => Found::Unknown,
            };
        }
        if self.missing.contains(first) {
            return Found::Missing;
        }
        if let Some(parameter) = self.parameters.get(first) {
            return match parameter {
                None => Found::Unset,
                Some(value) => beyond(value.clone(), rest, path),
            };
        }
        if first == "self" {
            return Found::Path(self.below(rest, path));
        }
        if self.nested.contains(first) {
            return Found::Path(self.below(&path.segments, path));
        }
        // Where an instance runs in a cluster is nothing that it could be given otherwise.
        if first == "platform" && matches!(rest, [member] if member == "namespace") {
            return Found::Path(path.clone());
        }
        Found::Unknown
    }

    fn below(&self, rest: &[SmolStr], path: &Path) -> Path {
        Path {
            segments: self.own.iter().chain(rest).cloned().collect(),
            span: path.span,
            scope: Scope::Platform,
        }
    }
}

/// The longest text that parameters may make, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

fn first_place(text: &Text) -> Option<Span> {
    text.parts.iter().find_map(|part| match part {
        Part::Reference(path) => Some(path.span),
        Part::Literal(_) => None,
    })
}

/// Whether the text of a `config` is a template.
fn is_template(entry: &Entry) -> bool {
    let said = entry.field("template").and_then(|item| item.value.as_ref());
    said.is_some_and(|value| matches!(value.kind, ValueKind::Boolean(true)))
}

/// In `env` a name alone stands for itself; inside a component that is a parameter of that name.
fn stand_for_itself(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if entry.value.is_none() && entry.key.text != "each" && !entry.key.quoted {
        let span = entry.key.span;
        let path = Path { segments: vec![entry.key.text.clone()], span, scope: Scope::Platform };
        entry.value = Some(Value { kind: ValueKind::Reference(path), span });
    }
    entry
}

/// Reports a name of the platform that a component does not see.
fn not_visible(name: &str, span: Span, sink: &mut Sink) {
    sink.report(
        Diagnostic::new(codes::NAM006, format!("`{name}` is not visible inside the component"))
            .at(span, "neither a parameter, nor `self`, nor a nested service")
            .help("declare a parameter, and let the instance pass it in"),
    );
}

/// Whether a value is a word of the enumeration that its place takes.
fn is_choice(value: &Value, kind: Option<Kind>) -> bool {
    let kind = match kind {
        Some(Kind::Block(block)) => block.value.as_ref().map(|value| (value.kind)()),
        kind => kind,
    };
    match (&value.kind, kind) {
        (ValueKind::Reference(path), Some(Kind::Choice(words))) => {
            path.word().is_some_and(|word| words.iter().any(|(known, _)| *known == word))
        }
        _ => false,
    }
}

fn child_member(child: &ChildValues, member: &str, path: &Path) -> Found {
    let literal =
        |text: &str| Found::Value(Value { kind: ValueKind::Text(Text::literal(text)), span: path.span });
    match member {
        "name" => literal(&child.name.text),
        "env_name" => literal(&env_name(&child.name.text)),
        _ => match child.values.get(member) {
            Some(Some(value)) => Found::Value(value.clone()),
            Some(None) => Found::Unset,
            None => Found::Unknown,
        },
    }
}

/// What lies behind a parameter: a member of the thing it names, or a unit of its quantity.
fn beyond(value: Value, rest: &[SmolStr], path: &Path) -> Found {
    if rest.is_empty() {
        return Found::Value(value);
    }
    match (&value.kind, rest) {
        (ValueKind::Reference(base), _) => {
            let segments = base.segments.iter().chain(rest).cloned().collect();
            Found::Path(Path { segments, span: path.span, scope: base.scope })
        }
        (ValueKind::Number(number), [unit]) => match quantity_member(number, unit) {
            Some(amount) => Found::Value(Value { kind: ValueKind::Number(amount.into()), span: value.span }),
            None => Found::Unknown,
        },
        _ => Found::Unknown,
    }
}
