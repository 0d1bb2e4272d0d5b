//! What fits on one line.

use super::align::width;
use super::{Item, MAX_WIDTH, Place, Printer};
use crate::source::Span;
use crate::syntax::{Body, Entry, Value, ValueKind};

impl Printer<'_> {
    /// The texts of items that were written on one line, and fit there together.
    pub(super) fn one_line(&self, items: &[Item<'_>], place: Place) -> Option<Vec<String>> {
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
        let mut texts = Vec::new();
        for item in items {
            let mut text = String::new();
            if !texts.is_empty() {
                room = room.checked_sub(", ".len())?;
            }
            if !self.flat(*item, &mut text, room) {
                return None;
            }
            room -= width(&text);
            texts.push(text);
        }
        Some(texts)
    }

    /// Appends an item on one line, and tells whether it takes at most `room` columns. Where it takes more,
    /// part of it may be missing.
    fn flat(&self, item: Item<'_>, out: &mut String, room: usize) -> bool {
        match item {
            Item::Entry(entry) => self.flat_entry(entry, out, room),
            Item::Value(value) => self.flat_value(value, out, room),
        }
    }

    fn flat_entry(&self, entry: &Entry, out: &mut String, room: usize) -> bool {
        let start = out.len();
        let mut fits = self.flat_word(entry.key.span, out, room);
        if let Some(label) = entry.label.as_ref().filter(|_| fits) {
            out.push(' ');
            fits = self.flat_word(label.span, out, room);
        }
        if let Some(value) = entry.value.as_ref().filter(|_| fits) {
            out.push_str(" = ");
            fits = self.flat_value(value, out, room.saturating_sub(width(&out[start..])));
        }
        if let Some(body) = entry.body.as_ref().filter(|_| fits) {
            out.push(' ');
            fits = self.flat_body(body, out, room.saturating_sub(width(&out[start..])));
        }
        fits && width(&out[start..]) <= room
    }

    pub(super) fn flat_value(&self, value: &Value, out: &mut String, room: usize) -> bool {
        match &value.kind {
            ValueKind::List(items) => {
                let items: Vec<Item<'_>> = items.iter().map(Item::Value).collect();
                self.flat_items(&items, out, room, "[")
            }
            ValueKind::Body(body) => self.flat_body(body, out, room),
            _ => self.flat_word(value.span, out, room),
        }
    }

    pub(super) fn flat_body(&self, body: &Body, out: &mut String, room: usize) -> bool {
        let items: Vec<Item<'_>> = body.entries.iter().map(Item::Entry).collect();
        self.flat_items(&items, out, room, "{")
    }

    pub(super) fn flat_items(&self, items: &[Item<'_>], out: &mut String, room: usize, open: &str) -> bool {
        let start = out.len();
        let (open, close) = match (open, items) {
            ("[", _) => ("[", "]"),
            (_, []) => ("{", "}"),
            _ => ("{ ", " }"),
        };
        out.push_str(open);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            let room = room.saturating_sub(width(&out[start..]) + close.len());
            if !self.flat(*item, out, room) {
                return false;
            }
        }
        out.push_str(close);
        width(&out[start..]) <= room
    }

    /// Appends what is copied as it stands. A word that is far too long is not even read, as this is tried at
    /// every level around it.
    fn flat_word(&self, span: Span, out: &mut String, room: usize) -> bool {
        let text = self.text(span);
        let fits = text.len() / char::MAX.len_utf8() <= room && width(text) <= room;
        if fits {
            out.push_str(text);
        }
        fits
    }
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
