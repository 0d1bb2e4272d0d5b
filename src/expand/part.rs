//! Parts of a platform's entries, expanded at the same time.

use std::sync::{Mutex, PoisonError};

use smol_str::SmolStr;

use super::component::Components;
use super::component::parameter::Kinds;
use super::defaults::{self, Defaults};
use super::environment::{self, Changed};
use super::include;
use super::instance::Expansion;
use super::instance::engine::Templates;
use super::instance::given::Given;
use super::room::{MAX_INSTANCES, MOST_ENTRIES, Room, too_large};
use super::{Around, TakenOut};
use crate::diagnostic::Sink;
use crate::hash::HashMap;
use crate::parallel;
use crate::syntax::Entry;

/// The fewest entries of a part, and the most parts.
const LEAST: usize = 64;
const MOST_PARTS: usize = 16;

/// How many entries of a part are expanded before something is made of them: they are still near the processor then.
const NEAR: usize = 32;

/// What all parts see.
pub(super) struct Shared<'a> {
    pub(super) components: &'a Components,
    /// The templates that were compiled.
    pub(super) templates: Templates,
    /// What each top-level name is declared as.
    pub(super) kinds: &'a Kinds,
    pub(super) defaults: &'a Defaults,
    pub(super) changed: &'a Changed,
    /// Whether an environment changes something of the top that may not be there.
    pub(super) may_miss: bool,
    pub(super) files: include::Files<'a>,
    pub(super) around: Around<'a>,
}

/// What a part came to.
pub(super) struct Part<T> {
    /// What was made of its entries.
    pub(super) made_of: Vec<T>,
    /// Keys and labels of the top, where something is missing there.
    pub(super) declared: Vec<(SmolStr, SmolStr)>,
    /// What an environment changes of nothing.
    pub(super) unmatched: Vec<Entry>,
    /// What instances are given.
    pub(super) given: Vec<Given>,
    /// Names of what could not be expanded.
    pub(super) lost: Vec<SmolStr>,
    /// Names of what was taken out.
    pub(super) disabled: HashMap<SmolStr, TakenOut>,
    /// What was reported.
    pub(super) sink: Sink,
    room: Room,
    made: usize,
}

/// Expands entries, in their order, and makes something of them. What is reported stands in the parts; `None` where they
/// come to too much, which is reported here.
pub(super) fn expand<T: Send>(
    entries: Vec<Entry>,
    shared: &Shared<'_>,
    each: &(impl Fn(Vec<Entry>, Around<'_>, &mut Sink) -> T + Sync),
    sink: &mut Sink,
) -> Option<Vec<Part<T>>> {
    let size = entries.len().div_ceil(MOST_PARTS).max(LEAST);
    if entries.len() <= size {
        let part = part(entries, shared, each, Room::default(), sink.part(1));
        if part.room.is_full() {
            sink.take(part.sink);
            return None;
        }
        return Some(vec![part]);
    }
    let mut rest = entries.into_iter();
    let given = Room::parts(rest.len().div_ceil(size)).into_iter().map(|room| {
        let entries: Vec<Entry> = rest.by_ref().take(size).collect();
        Mutex::new(Some((entries, room)))
    });
    let given: Vec<_> = given.collect();
    let parts = parallel::map(&given, |one| {
        let (entries, room) = one.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(part(entries, shared, each, room, sink.part(given.len())))
    });
    let parts: Vec<Part<T>> = parts.into_iter().flatten().collect();
    let mut room = Room::default();
    for part in &parts {
        room.join(&part.room);
    }
    let made: usize = parts.iter().map(|part| part.made).sum();
    if room.is_full() || made > MAX_INSTANCES {
        // Where the last one of too many stands depends on which part came first.
        sink.report(too_large().at(
            shared.around.origin,
            format!(
                "copies come to more than {MOST_ENTRIES} entries, or to more than {MAX_INSTANCES} instances"
            ),
        ));
        return None;
    }
    Some(parts)
}

fn part<T>(
    entries: Vec<Entry>,
    shared: &Shared<'_>,
    each: &impl Fn(Vec<Entry>, Around<'_>, &mut Sink) -> T,
    room: Room,
    mut sink: Sink,
) -> Part<T> {
    let mut expansion = Expansion {
        components: shared.components,
        templates: &shared.templates,
        sink: &mut sink,
        stack: Vec::new(),
        made: 0,
        kinds: shared.kinds,
        lost: Vec::new(),
        given: Vec::new(),
        room,
    };
    let mut disabled = HashMap::default();
    let mut declared = Vec::new();
    let mut unmatched = Vec::new();
    let mut made_of = Vec::with_capacity(entries.len().div_ceil(NEAR));
    let mut rest = entries.into_iter();
    while rest.len() > 0 && !expansion.room.is_full() {
        let mut entries: Vec<Entry> = rest.by_ref().take(NEAR).collect();
        for entry in &mut entries {
            defaults::put_under(entry, shared.defaults, &mut expansion.room, expansion.sink);
        }
        let before = expansion.made;
        let mut entries = expansion.entries(entries, &[]);
        if expansion.room.instances(expansion.made - before) || expansion.room.is_full() {
            break;
        }
        environment::prune(&mut entries, environment::Depth::All, &mut disabled, expansion.sink);
        // Their names are in what is told of them.
        for entry in &mut entries {
            super::names(entry, expansion.sink);
        }
        if shared.may_miss {
            unmatched.extend(entries.extract_if(.., |entry| environment::changes_nothing(entry)));
            declared.extend(environment::declared(&entries));
        }
        for entry in &mut entries {
            if shared.changed.holds(entry) {
                environment::unmatched_within(entry, expansion.sink);
            }
            include::include(entry, &shared.files, &mut expansion.room, expansion.sink);
        }
        if expansion.room.is_full() {
            break;
        }
        made_of.push(each(entries, shared.around, expansion.sink));
    }
    let Expansion { made, lost, given, room, .. } = expansion;
    Part { made_of, declared, unmatched, given, lost, disabled, sink, room, made }
}
