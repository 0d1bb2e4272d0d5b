//! What helps where a block is not as its schema wants it.

use crate::diagnostic::list_of;
use crate::schema::{Block, Kind};
use crate::syntax::{Entry, Value, ValueKind};

/// What to write where an entry has no value. `says` describes the value, and `shape` what it must be.
pub(super) fn of_no_value(entry: &Entry, says: &str, shape: &str) -> String {
    let key = &entry.key.text;
    // What is no name stands where the name belongs.
    if let Some(label) = entry.label.as_ref().filter(|label| label.quoted && label.text.contains(['/', ':']))
        && NAMED.contains(&key.as_str())
    {
        return format!("a name comes before it: `{key} NAME = \"{}\"`", label.text);
    }
    let head = match &entry.label {
        Some(label) if label.quoted => format!("{key} \"{}\"", label.text),
        Some(label) => format!("{key} {}", label.text),
        None => key.to_string(),
    };
    format!("write `{head} = …`, {}: {shape}", in_a_sentence(says))
}

/// What to write where an entry has no name.
pub(super) fn of_no_name(entry: &Entry) -> String {
    let behind = match (&entry.value, &entry.body) {
        (Some(Value { kind: ValueKind::Number(number), .. }), _) => format!(" = {number}"),
        (Some(_), _) => " = …".to_owned(),
        (None, Some(_)) => " { … }".to_owned(),
        (None, None) => " …".to_owned(),
    };
    format!("write `{} NAME{behind}`, with a name of your choice", entry.key.text)
}

/// Blocks that are called by a name, and whose value is a path, an address or a number.
const NAMED: &[&str] = &["volume", "mount", "port", "outside", "site"];

/// Where a key belongs that stands one level too high.
pub(super) fn inside(key: &str, schema: &Block) -> Option<String> {
    schema.fields.iter().find_map(|field| match (field.kind)() {
        Kind::Block(block) if block.label.is_none() && block.fields.iter().any(|inner| inner.key == key) => {
            Some(format!("it stands in `{} {{ {key} = … }}`", field.key))
        }
        _ => None,
    })
}

/// The first sentence of a description as a part of another one.
fn in_a_sentence(doc: &str) -> String {
    let sentence = doc.split_once(". ").map_or(doc, |(first, _)| first).trim().trim_end_matches('.');
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

pub(super) fn keys(schema: &Block) -> String {
    if schema.fields.is_empty() {
        "no entries".to_owned()
    } else {
        list_of(schema.fields.iter().map(|field| field.key))
    }
}
