//! How large a platform may become: what is said once can be copied many times, and copies can be copied.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::source::Span;
use crate::syntax::{Entry, Part, Text, Value, ValueKind};

/// How many entries all copies may come to. Ten thousand services of the largest standard component are fewer.
pub(super) const MOST_ENTRIES: usize = 4_000_000;

/// How many instances one platform may come to.
pub(super) const MAX_INSTANCES: usize = 50_000;

/// How many bytes of text count as an entry.
const BYTES: usize = 16;

/// How many bytes of a file that is put in count as an entry: copies of one share its text, but each of them is written.
const FILE_BYTES: usize = 64;

/// How many entries a part of a platform takes from what all of them have.
const PORTION: usize = 4_096;

/// What a platform may still grow by, in entries.
#[derive(Debug)]
pub(super) struct Room {
    left: usize,
    /// How many were copied.
    spent: usize,
    is_full: bool,
    /// What the parts of a platform have together, where there are several.
    shared: Option<Arc<Shared>>,
}

/// What the parts of a platform have together.
#[derive(Debug)]
struct Shared {
    /// The entries that none of them has taken yet.
    left: AtomicUsize,
    /// The instances that they made.
    instances: AtomicUsize,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: MOST_ENTRIES, spent: 0, is_full: false, shared: None }
    }
}

impl Room {
    /// Room for so many parts of a platform, which are expanded at the same time. Together they have more than the
    /// platform: whether it is too large does not depend on who took the last of it, but on [`Self::join`].
    pub(super) fn parts(parts: usize) -> Vec<Self> {
        let left = AtomicUsize::new(2 * MOST_ENTRIES);
        let shared = Arc::new(Shared { left, instances: AtomicUsize::new(0) });
        let part = || Self { left: 0, spent: 0, is_full: false, shared: Some(Arc::clone(&shared)) };
        (0..parts).map(|_| part()).collect()
    }

    /// Takes what a part took.
    pub(super) fn join(&mut self, part: &Self) {
        self.is_full |= part.is_full || part.spent > self.left;
        self.left = self.left.saturating_sub(part.spent);
    }

    /// Whether nothing more is copied, which was reported.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Asks for as much as one entry and the next ones take.
    fn ask(&mut self, size: usize) {
        let Some(shared) = &self.shared else { return };
        let wanted = size.max(PORTION);
        let take = |left: usize| left.checked_sub(wanted);
        if shared.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
            self.left += wanted;
        }
    }

    /// Notes that a part made more instances. Whether all parts together made too many, so that none needs to go on.
    pub(super) fn instances(&self, more: usize) -> bool {
        let before = |shared: &Arc<Shared>| shared.instances.fetch_add(more, Ordering::Relaxed);
        self.shared.as_ref().is_some_and(|shared| before(shared) + more > MAX_INSTANCES)
    }

    /// Takes the room of a file that is put in at a place.
    pub(super) fn take_file(&mut self, text: &str, place: Span, sink: &mut Sink) -> bool {
        self.spend(text.len() / FILE_BYTES, place, sink)
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
        if self.left <= size && !self.is_full {
            self.ask(size);
        }
        if self.left > size && !self.is_full {
            self.left -= size;
            self.spent += size;
            return true;
        }
        if !self.is_full {
            self.is_full = true;
            sink.report(
                too_large().at(place, format!("with this, copies come to more than {MOST_ENTRIES} entries")),
            );
        }
        false
    }
}

/// The platform copies too much.
pub(super) fn too_large() -> Diagnostic {
    Diagnostic::new(codes::PLT003, "the platform becomes too large")
        .help("what `each`, components, defaults of groups and `from` copy multiplies")
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
