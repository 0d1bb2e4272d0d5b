//! Templates in `config`: Jinja over the instance, with a bound on the work it may do.

mod limits;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, StringInput, Value as Jinja};
use minijinja::{AutoEscape, UndefinedBehavior};

use super::naming::env_name;
use super::substitute::{ChildValues, Environment};
use crate::hash::HashMap;
use crate::schema::quantity_member;
use crate::syntax::{self, Part, Path, Text, Value, ValueKind};

/// How many instructions one template may take.
const FUEL: u64 = 1_000_000;

/// What a template is called in its engine; messages do not show it.
const NAME: &str = "template";

/// The templates that were compiled: instances of a component have the same ones.
#[derive(Debug, Default)]
pub(super) struct Templates(Mutex<HashMap<String, Arc<minijinja::Environment<'static>>>>);

impl Templates {
    fn compiled(&self, source: &str) -> Result<Arc<minijinja::Environment<'static>>, minijinja::Error> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = known().get(source) {
            return Ok(Arc::clone(engine));
        }
        limits::expect_shallow(source)?;
        let mut engine = engine();
        engine.add_template_owned(NAME, lines_of_tags(source))?;
        let engine = Arc::new(engine);
        known().insert(source.to_owned(), Arc::clone(&engine));
        Ok(engine)
    }
}

fn engine() -> minijinja::Environment<'static> {
    let mut engine = minijinja::Environment::empty();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    let newline = minijinja::syntax::SyntaxConfig::builder().keep_trailing_newline(true).build();
    if let Ok(syntax) = newline {
        engine.set_syntax(syntax);
    }
    filters(&mut engine);
    engine
}

/// Renders a template for an instance. What is not constant stays in the result as `${…}`.
pub(super) fn render(source: &str, environment: &Environment<'_>) -> Result<Rendered, String> {
    let kept = Kept::default();
    let rendered = environment
        .templates
        .compiled(source)
        .and_then(|engine| engine.get_template(NAME)?.render(context(environment, &kept)));
    let text = rendered.map_err(|error| {
        let words = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        match error.line() {
            Some(line) => format!("line {line}: {words}"),
            None => words,
        }
    })?;
    Ok(Rendered { text, paths: kept.0.into_inner() })
}

/// Takes the line end and the indentation off lines that hold nothing but tags. Jinja's own
/// `trim_blocks` also takes the line end behind a tag that closes a line of text.
fn lines_of_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let mut rest = line.trim();
        let tagged = rest.starts_with("{%");
        while let Some(end) = rest.strip_prefix("{%").and_then(|inner| inner.find("%}")) {
            rest = rest[end + 4..].trim_start();
        }
        out.push_str(if tagged && rest.is_empty() { line.trim() } else { line });
    }
    out
}

fn filters(engine: &mut minijinja::Environment<'_>) {
    use minijinja::filters;
    engine.add_filter("join", filters::join);
    engine.add_filter("length", filters::length);
    engine.add_filter("first", filters::first);
    engine.add_filter("last", filters::last);
    engine.add_filter("default", filters::default);
    engine.add_filter("upper", filters::upper);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("replace", filters::replace);
    engine.add_filter("indent", indent);
    engine.add_filter("json", |text: Jinja| json(&text));
    engine.add_test("defined", minijinja::tests::is_defined);
}

/// How wide a template may indent: what is a mistake or an attack needs gigabytes.
const WIDEST: usize = 1_000;

fn indent(
    value: StringInput<'_>,
    width: Option<usize>,
    first: Option<bool>,
    blank: Option<bool>,
    kwargs: Kwargs,
) -> Result<Jinja, minijinja::Error> {
    let named = kwargs.peek::<Option<usize>>("width").ok().flatten();
    if width.or(named).is_some_and(|width| width > WIDEST) {
        return Err(minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            format!("`indent` takes at most {WIDEST}"),
        ));
    }
    minijinja::filters::indent(value, width, first, blank, kwargs)
}

/// A value as JSON spells it. What stays as `${…}` is left to the quotes around it.
fn json(value: &Jinja) -> String {
    match value.as_str() {
        Some(text) => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            format!("\"{escaped}\"")
        }
        None => match value.try_iter() {
            Ok(items) if value.kind() == minijinja::value::ValueKind::Seq => {
                format!("[{}]", items.map(|item| json(&item)).collect::<Vec<_>>().join(", "))
            }
            _ => value.to_string(),
        },
    }
}

/// References that values brought into a template. They stand in its text as `${__N}` until it is read
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

fn context(environment: &Environment<'_>, kept: &Kept) -> Jinja {
    let mut kinds: BTreeMap<String, Jinja> = BTreeMap::new();
    for (kind, of_kind) in environment.children {
        kinds.insert(kind.to_string(), of_kind.iter().map(|at| child(at, kept)).collect::<Vec<_>>().into());
    }
    let mut all: BTreeMap<String, Jinja> = environment
        .parameters
        .iter()
        .map(|(name, value)| {
            (name.to_string(), value.as_ref().map_or(Jinja::from(()), |value| convert(value, kept)))
        })
        .collect();
    all.extend(environment.each.iter().map(|at| (at.kind.to_string(), child(at, kept))));
    all.insert("children".to_owned(), kinds.into());
    all.insert("self".to_owned(), BTreeMap::from([("name".to_owned(), environment.own.join("-"))]).into());
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
