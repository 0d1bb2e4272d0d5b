//! What fits on one line.

use super::align::width;
use super::{Item, MAX_WIDTH, Place, Printer};
use crate::source::Span;
use crate::syntax::{Body, Entry, Value, ValueKind};

impl Printer<'_> {
    /// The text of items that were written on one line, and fit there together; and where in it the body of the last
    /// one starts.
    pub(super) fn one_line(&self, items: &[Item<'_>], place: Place) -> Option<(String, usize)> {
        if items.iter().any(|item| self.is_spread(*item)) {
            return None;
        }
        let mut room = MAX_WIDTH.saturating_sub(place.indent + usize::from(place.is_list));
        if let [item] = items
            && is_plain(*item)
        {
            // What has no brackets cannot be spread, and stays on its line however long it is.
            room = usize::MAX;
        }
        let mut text = String::new();
        let mut body = 0;
        for item in items {
            if !text.is_empty() {
                room = push(", ", &mut text, room)?;
            }
            match item {
                Item::Entry(entry) => {
                    room = self.flat_head(entry, &mut text, room)?;
                    body = text.len() + 1;
                    room = self.flat_tail(entry, &mut text, room)?;
                }
                Item::Value(value) => room = self.flat_value(value, &mut text, room)?,
            }
        }
        Some((text, body))
    }

    /// Appends an entry on one line, and tells how many of the columns are left; `None` where it takes more. Then
    /// part of it may be missing.
    fn flat_entry(&self, entry: &Entry, out: &mut String, room: usize) -> Option<usize> {
        let room = self.flat_head(entry, out, room)?;
        self.flat_tail(entry, out, room)
    }

    /// The entry up to its body.
    fn flat_head(&self, entry: &Entry, out: &mut String, room: usize) -> Option<usize> {
        let mut room = self.flat_word(entry.key.span, out, room)?;
        if let Some(label) = &entry.label {
            room = push(" ", out, room)?;
            room = self.flat_word(label.span, out, room)?;
        }
        if let Some(value) = &entry.value {
            room = push(" = ", out, room)?;
            room = self.flat_value(value, out, room)?;
        }
        Some(room)
    }

    fn flat_tail(&self, entry: &Entry, out: &mut String, room: usize) -> Option<usize> {
        let Some(body) = &entry.body else { return Some(room) };
        let room = push(" ", out, room)?;
        self.flat_body(body, out, room)
    }

    fn flat_value(&self, value: &Value, out: &mut String, room: usize) -> Option<usize> {
        match &value.kind {
            ValueKind::List(items) => self.flat_list(items, out, room),
            ValueKind::Body(body) => self.flat_body(body, out, room),
            _ => self.flat_word(value.span, out, room),
        }
    }

    pub(super) fn flat_list(&self, items: &[Value], out: &mut String, room: usize) -> Option<usize> {
        between(["[", "]"], items, out, room, |item, out, room| self.flat_value(item, out, room))
    }

    pub(super) fn flat_body(&self, body: &Body, out: &mut String, room: usize) -> Option<usize> {
        let brackets = if body.entries.is_empty() { ["{", "}"] } else { ["{ ", " }"] };
        between(brackets, &body.entries, out, room, |entry, out, room| self.flat_entry(entry, out, room))
    }

    /// Appends what is copied as it stands. A word that is far too long is not even read, as this is tried at
    /// every level around it.
    fn flat_word(&self, span: Span, out: &mut String, room: usize) -> Option<usize> {
        let text = self.text(span);
        if text.len() / char::MAX.len_utf8() > room { None } else { push(text, out, room) }
    }
}

/// Appends a text, and tells how many of the columns are left.
fn push(text: &str, out: &mut String, room: usize) -> Option<usize> {
    let left = room.checked_sub(width(text))?;
    out.push_str(text);
    Some(left)
}

/// Appends items between brackets, with commas between them.
fn between<T>(
    [open, close]: [&str; 2],
    items: &[T],
    out: &mut String,
    room: usize,
    mut flat: impl FnMut(&T, &mut String, usize) -> Option<usize>,
) -> Option<usize> {
    // The room of the closing bracket is not given away.
    let mut room = push(open, out, room)?.checked_sub(width(close))?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            room = push(", ", out, room)?;
        }
        room = flat(item, out, room)?;
    }
    out.push_str(close);
    Some(room)
}

/// Whether an item has no brackets that could be spread over several lines.
fn is_plain(item: Item<'_>) -> bool {
    let value = match item {
        Item::Entry(entry) if entry.body.as_ref().is_some_and(|body| !body.entries.is_empty()) => {
            return false;
        }
        Item::Entry(entry) => entry.value.as_ref(),
        Item::Value(value) => Some(value),
    };
    value.is_none_or(|value| match &value.kind {
        ValueKind::List(items) => items.is_empty(),
        ValueKind::Body(body) => body.entries.is_empty(),
        _ => true,
    })
}
