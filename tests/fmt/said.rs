//! What a source says, and what formatting it must not change. Shared with the fuzz target `format`.

use std::fmt::Write as _;

use infrac::diagnostic::Sink;
use infrac::schema;
use infrac::source::Sources;
use infrac::syntax::{self, Entry, Part, Value, ValueKind};

/// What a source says: its tree without places, its comments, and itself in the one style.
pub(crate) struct Said {
    model: String,
    comments: Vec<String>,
    /// Itself in the one style.
    pub(crate) formatted: String,
}

/// Reads a source; `None` where it has syntax errors.
pub(crate) fn read(text: &str) -> Option<Said> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    // As the commands read it.
    let text = syntax::plain_text(&mut sources, "test.infra", text.as_bytes().to_vec(), &mut sink)?;
    let id = sources.add("test.infra", text);
    let file = syntax::parse(&sources, id, &mut sink);
    schema::decimal_commas(&file.entries, &mut sink);
    if sink.has_errors() {
        return None;
    }
    let comments = file.comments.iter().map(|span| sources.text(*span).trim_end().to_owned()).collect();
    let mut model = String::new();
    file.entries.iter().for_each(|entry| describe(entry, &mut model));
    Some(Said { model, comments, formatted: syntax::print(sources.file(id), &file) })
}

fn describe(entry: &Entry, out: &mut String) {
    let label = entry.label.as_ref().map(|label| (&label.text, label.quoted));
    let _ = write!(out, "{:?} {} {label:?}", entry.key.text, entry.key.quoted);
    if let Some(value) = &entry.value {
        out.push('=');
        describe_value(value, out);
    }
    if let Some(body) = &entry.body {
        out.push('{');
        body.entries.iter().for_each(|entry| describe(entry, out));
        out.push('}');
    }
    out.push('\n');
}

fn describe_value(value: &Value, out: &mut String) {
    match &value.kind {
        ValueKind::Text(text) => {
            for part in &text.parts {
                let _ = match part {
                    Part::Literal(text) => write!(out, "{text:?}"),
                    Part::Reference(path) => write!(out, "${:?}", path.segments),
                };
            }
            out.push(';');
        }
        ValueKind::Number(word) => out.push_str(word),
        ValueKind::Boolean(value) => {
            let _ = write!(out, "{value}");
        }
        ValueKind::List(items) => {
            out.push('[');
            for item in items {
                describe_value(item, out);
                out.push(',');
            }
            out.push(']');
        }
        ValueKind::Reference(path) => {
            let _ = write!(out, "{:?}", path.segments);
        }
        ValueKind::Body(body) => {
            out.push('{');
            body.entries.iter().for_each(|entry| describe(entry, out));
            out.push('}');
        }
    }
}

/// What formatting a source broke; `None` where it has syntax errors.
pub(crate) fn broken(text: &str) -> Option<Vec<String>> {
    let before = read(text)?;
    let Some(after) = read(&before.formatted) else {
        return Some(vec![format!("does not parse any more:\n{}", before.formatted)]);
    };
    let mut broken = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            broken.push(format!("{what}:\n{text}\n──── formatted\n{}", before.formatted));
        }
    };
    expect(before.model == after.model, "means something else");
    expect(before.comments == after.comments, "lost a comment");
    expect(
        before.formatted == after.formatted,
        &format!("is not stable, but becomes\n{}\n──── from", after.formatted),
    );
    expect(before.formatted.is_empty() || before.formatted.ends_with('\n'), "has no end of its last line");
    expect(
        !before.formatted.starts_with('\n') && !before.formatted.ends_with("\n\n"),
        "has blank lines around",
    );
    Some(broken)
}
