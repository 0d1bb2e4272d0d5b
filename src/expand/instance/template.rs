//! Templates in `config`: Jinja over the instance.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value as Jinja};

use super::bindings::Bindings;
use super::child::{ChildValues, env_name};
use super::engine::NAME;
use crate::schema::quantity_member;
use crate::syntax::{self, Part, Path, Text, Value, ValueKind};

/// Renders a template for an instance. What is not constant stays in the result as `${…}`.
pub(super) fn render(source: &str, bindings: &Bindings<'_>) -> Result<Rendered, String> {
    let kept = Kept::default();
    let rendered = bindings
        .templates
        .compiled(source)
        .and_then(|engine| engine.get_template(NAME)?.render(context(bindings, &kept)));
    let text = rendered.map_err(|error| {
        let words = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        match error.line() {
            Some(line) => format!("line {line}: {words}"),
            None => words,
        }
    })?;
    Ok(Rendered { text, paths: kept.0.into_inner() })
}

/// References of the values in a template. They stand in its text as `${__N}` until it is read
/// again, because what a value refers to is not what the component sees.
#[derive(Default)]
struct Kept(RefCell<Vec<Path>>);

impl Kept {
    fn path(&self, path: &Path) -> String {
        let mut paths = self.0.borrow_mut();
        paths.push(path.clone());
        format!("${{__{}}}", paths.len() - 1)
    }

    fn text(&self, text: &Text) -> String {
        let part = |part: &Part| match part {
            Part::Literal(literal) => syntax::literal_text(&Text::literal(literal.clone())),
            Part::Reference(path) => self.path(path),
        };
        text.parts.iter().map(part).collect()
    }
}

/// The text that a template came to.
pub(super) struct Rendered {
    pub(super) text: String,
    paths: Vec<Path>,
}

impl Rendered {
    /// The reference of a value that a path of the text stands for.
    pub(super) fn reference(&self, path: &Path) -> Option<&Path> {
        self.paths.get(path.word()?.strip_prefix("__")?.parse::<usize>().ok()?)
    }
}

fn context(bindings: &Bindings<'_>, kept: &Kept) -> Jinja {
    let mut kinds: BTreeMap<String, Jinja> = BTreeMap::new();
    for (kind, of_kind) in bindings.children {
        kinds.insert(kind.to_string(), of_kind.iter().map(|at| child(at, kept)).collect::<Vec<_>>().into());
    }
    let mut all: BTreeMap<String, Jinja> = bindings
        .parameters
        .iter()
        .map(|(name, value)| {
            (name.to_string(), value.as_ref().map_or(Jinja::from(()), |value| convert(value, kept)))
        })
        .collect();
    all.extend(bindings.each.iter().map(|at| (at.kind.to_string(), child(at, kept))));
    all.insert("children".to_owned(), kinds.into());
    all.insert("self".to_owned(), BTreeMap::from([("name".to_owned(), bindings.own.join("-"))]).into());
    all.into()
}

fn child(child: &ChildValues, kept: &Kept) -> Jinja {
    let mut members: BTreeMap<String, Jinja> = BTreeMap::from([
        ("name".to_owned(), Jinja::from(child.name.text.as_str())),
        ("env_name".to_owned(), Jinja::from(env_name(&child.name.text).as_str())),
    ]);
    let values = child.values.iter();
    members.extend(values.map(|(name, value)| {
        (name.to_string(), value.as_ref().map_or(Jinja::from(()), |value| convert(value, kept)))
    }));
    members.into()
}

fn convert(value: &Value, kept: &Kept) -> Jinja {
    match &value.kind {
        ValueKind::Text(text) => kept.text(text).into(),
        ValueKind::Boolean(boolean) => (*boolean).into(),
        ValueKind::List(items) => items.iter().map(|value| item(value, kept)).collect::<Vec<_>>().into(),
        ValueKind::Number(number) => match number.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => Jinja::from_object(Amount(number.to_string())),
        },
        ValueKind::Reference(path) => kept.path(path).into(),
        ValueKind::Body(_) => Jinja::UNDEFINED,
    }
}

/// A bare word in a list is a name, not a value.
fn item(value: &Value, kept: &Kept) -> Jinja {
    match &value.kind {
        ValueKind::Reference(path) => path.text().into(),
        _ => convert(value, kept),
    }
}

/// A quantity: as it was written, with its units as members.
#[derive(Debug)]
struct Amount(String);

impl Object for Amount {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let amount = quantity_member(&self.0, key.as_str()?)?;
        Some(amount.parse::<i64>().map_or_else(|_| amount.as_str().into(), Jinja::from))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
