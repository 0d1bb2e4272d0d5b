//! How large a platform may become: what is said once can be copied many times, and copies can be copied.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::source::Span;
use crate::syntax::{Entry, Part, Text, Value, ValueKind};

/// How many entries all copies may come to. Ten thousand services of the largest standard component are fewer.
const MOST_ENTRIES: usize = 4_000_000;

/// How many bytes of text count as an entry.
const BYTES: usize = 16;

/// What a platform may still grow by, in entries.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MOST_ENTRIES)
    }
}

impl Room {
    /// Whether nothing more is copied, which was reported.
    pub(super) fn is_full(&self) -> bool {
        self.0 == 0
    }

    /// Takes the room of an entry without its value and what stands in its body.
    pub(super) fn take(&mut self, entry: &Entry, sink: &mut Sink) -> bool {
        self.spend(1, entry.head(), sink)
    }

    /// Takes the room of a value that was made at a place.
    pub(super) fn take_value(&mut self, value: &Value, place: Span, sink: &mut Sink) -> bool {
        self.spend(weight(value), place, sink)
    }

    /// Takes the room of entries and all that stands in them.
    pub(super) fn take_all(&mut self, entries: &[Entry], sink: &mut Sink) -> bool {
        entries.iter().all(|entry| {
            let size = 1 + entry.value.as_ref().map_or(0, weight);
            self.spend(size, entry.head(), sink) && self.take_all(entry.entries(), sink)
        })
    }

    fn spend(&mut self, size: usize, place: Span, sink: &mut Sink) -> bool {
        if self.0 > size {
            self.0 -= size;
            return true;
        }
        if !self.is_full() {
            self.0 = 0;
            sink.report(
                Diagnostic::new(codes::PLT003, "the platform becomes too large")
                    .at(place, format!("with this, copies come to more than {MOST_ENTRIES} entries"))
                    .help("what `each`, components and defaults of groups copy multiplies"),
            );
        }
        false
    }
}

fn weight(value: &Value) -> usize {
    match &value.kind {
        ValueKind::Text(text) => 1 + length(text) / BYTES,
        ValueKind::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        ValueKind::Body(body) => {
            1 + body.entries.iter().map(|entry| 1 + entry.value.as_ref().map_or(0, weight)).sum::<usize>()
        }
        ValueKind::Number(_) | ValueKind::Boolean(_) | ValueKind::Reference(_) => 1,
    }
}

fn length(text: &Text) -> usize {
    let length = |part: &Part| match part {
        Part::Literal(text) => text.len(),
        Part::Reference(_) => BYTES,
    };
    text.parts.iter().map(length).sum()
}
