//! The engine of templates: Jinja, with a bound on the work that a template may do.

mod limits;

use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Kwargs, StringInput, Value as Jinja};
use minijinja::{AutoEscape, UndefinedBehavior};

use crate::hash::HashMap;

/// How many instructions one template may take.
const FUEL: u64 = 1_000_000;

/// What a template is called in its engine; messages do not show it.
pub(super) const NAME: &str = "template";

/// The templates that were compiled: instances of a component have the same ones.
#[derive(Debug, Default)]
pub(in crate::expand) struct Templates(Mutex<HashMap<String, Arc<minijinja::Environment<'static>>>>);

impl Templates {
    /// The template of a text.
    pub(super) fn compiled(
        &self,
        source: &str,
    ) -> Result<Arc<minijinja::Environment<'static>>, minijinja::Error> {
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
