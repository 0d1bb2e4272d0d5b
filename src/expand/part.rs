//! Parts of a platform's entries, expanded at the same time.

use std::sync::{Mutex, PoisonError};

use smol_str::SmolStr;

use super::component::{Components, Kinds};
use super::defaults::{self, Defaults};
use super::environment::{self, Changed};
use super::given::Given;
use super::instance::{Expansion, MAX_INSTANCES};
use super::room::{MOST_ENTRIES, Room, too_large};
use crate::diagnostic::Sink;
use crate::hash::HashMap;
use crate::parallel;
use crate::source::Span;
use crate::syntax::Entry;

/// The fewest entries of a part, and the most parts.
const LEAST: usize = 64;
const MOST_PARTS: usize = 16;

/// What all parts see.
pub(super) struct Shared<'a> {
    pub(super) components: &'a Components,
    /// What each top-level name is declared as.
    pub(super) kinds: &'a Kinds,
    pub(super) defaults: &'a Defaults,
    pub(super) changed: &'a Changed,
}

/// What a part came to.
pub(super) struct Part {
    pub(super) entries: Vec<Entry>,
    /// What instances are given.
    pub(super) given: Vec<Given>,
    /// Names of what could not be expanded.
    pub(super) lost: Vec<SmolStr>,
    /// Names of what was taken out, with the place that says so.
    pub(super) disabled: HashMap<SmolStr, Span>,
    sink: Sink,
    room: Room,
    made: usize,
}

/// Expands entries, in their order; `None` where they come to too much, which is reported.
pub(super) fn expand(
    entries: Vec<Entry>,
    shared: &Shared<'_>,
    origin: Option<Span>,
    sink: &mut Sink,
) -> Option<Vec<Part>> {
    let size = entries.len().div_ceil(MOST_PARTS).max(LEAST);
    if entries.len() <= size {
        let part = part(entries, shared, Room::default(), sink.part(1));
        let fits = !part.room.is_full();
        sink.take(part.sink.clone());
        return fits.then(|| vec![part]);
    }
    let mut rest = entries.into_iter();
    let given = Room::parts(rest.len().div_ceil(size)).into_iter().map(|room| {
        let entries: Vec<Entry> = rest.by_ref().take(size).collect();
        Mutex::new(Some((entries, room)))
    });
    let given: Vec<_> = given.collect();
    let parts = parallel::map(&given, |one| {
        let (entries, room) = one.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(part(entries, shared, room, sink.part(given.len())))
    });
    let parts: Vec<Part> = parts.into_iter().flatten().collect();
    let mut room = Room::default();
    for part in &parts {
        room.join(&part.room);
    }
    let made: usize = parts.iter().map(|part| part.made).sum();
    if room.is_full() || made > MAX_INSTANCES {
        // Where the last one of too many stands depends on which part came first.
        sink.report(too_large().at_maybe(
            origin,
            format!(
                "copies come to more than {MOST_ENTRIES} entries, or to more than {MAX_INSTANCES} instances"
            ),
        ));
        return None;
    }
    for part in &parts {
        sink.take(part.sink.clone());
    }
    Some(parts)
}

fn part(mut entries: Vec<Entry>, shared: &Shared<'_>, mut room: Room, mut sink: Sink) -> Part {
    for entry in &mut entries {
        defaults::put_under(entry, shared.defaults, &mut room, &mut sink);
    }
    let mut expansion = Expansion {
        components: shared.components,
        sink: &mut sink,
        stack: Vec::new(),
        made: 0,
        kinds: shared.kinds,
        lost: Vec::new(),
        given: Vec::new(),
        room,
    };
    let mut entries = expansion.entries(entries, &[]);
    let Expansion { made, lost, given, room, .. } = expansion;
    let mut disabled = HashMap::default();
    if !room.is_full() {
        environment::prune(&mut entries, environment::Depth::All, &mut disabled, &mut sink);
        for entry in entries.iter_mut().filter(|entry| shared.changed.holds(entry)) {
            environment::unmatched_within(entry, &mut sink);
        }
        super::names(&mut entries, &mut sink);
    }
    Part { entries, given, lost, disabled, sink, room, made }
}
