//! An override in the source: the tree that the platform's own is made of.

use crate::hash::HashMap;
use crate::model;
use crate::platform::Override;
use crate::source::Span;
use crate::syntax::{Entry, Value, ValueKind};

/// A part of an override as the source writes it: a value, or the entries of a body. Of a part that the source does not write there is
/// nothing in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct WrittenTree<'a> {
    value: Option<&'a Value>,
    entries: &'a [Entry],
}

/// The body of that block which an override is made of, or of what the block says of one object.
pub(super) fn written<'a>(blocks: &'a [model::Override], over: &Override) -> WrittenTree<'a> {
    let is_of = |block: &&model::Override| {
        block.span == over.span || block.body.entries.iter().any(|entry| entry.head() == over.span)
    };
    let block = blocks.iter().find(is_of);
    WrittenTree { value: None, entries: block.map_or(&[], |block| &block.body.entries) }
}

impl<'a> WrittenTree<'a> {
    /// The place of its value; `None` of a body.
    #[must_use]
    pub fn span(self) -> Option<Span> {
        self.value.map(|value| value.span)
    }

    /// What stands at each key, which the word `replace` may precede; of several the first.
    #[must_use]
    pub fn by_key(self) -> HashMap<&'a str, Self> {
        let entries = match self.value.map(|value| &value.kind) {
            // A body may be an item of a list.
            Some(ValueKind::Body(body)) => &body.entries,
            _ => self.entries,
        };
        let named = entries.iter().rev().filter_map(|entry| {
            let name = match &entry.label {
                Some(label) if entry.key.text == "replace" => &label.text,
                Some(_) => return None,
                None => &entry.key.text,
            };
            Some((name.as_str(), Self { value: entry.value.as_ref(), entries: entry.entries() }))
        });
        named.collect()
    }

    /// An item of a list.
    #[must_use]
    pub fn item(self, at: usize) -> Self {
        match self.value.map(|value| &value.kind) {
            Some(ValueKind::List(items)) => Self { value: items.get(at), entries: &[] },
            _ => Self::default(),
        }
    }

    /// The place of a text in it.
    #[must_use]
    pub fn place(self, text: &str) -> Option<Span> {
        let value = self.value.and_then(|value| in_value(value, text));
        value.or_else(|| in_entries(self.entries, text))
    }
}

fn in_entries(entries: &[Entry], text: &str) -> Option<Span> {
    entries.iter().find_map(|entry| {
        let value = entry.value.as_ref().and_then(|value| in_value(value, text));
        value.or_else(|| in_entries(entry.entries(), text))
    })
}

fn in_value(value: &Value, text: &str) -> Option<Span> {
    match &value.kind {
        ValueKind::Text(said) => (said.as_literal() == Some(text)).then_some(value.span),
        ValueKind::List(items) => items.iter().find_map(|item| in_value(item, text)),
        ValueKind::Body(body) => in_entries(&body.entries, text),
        _ => None,
    }
}
