//! What groups say for the services that name them.

use smol_str::SmolStr;

use super::room::Room;
use crate::diagnostic::Sink;
use crate::hash::HashMap;
use crate::model::Condition;
use crate::syntax::{self, Body, Entry, ValueKind};

/// The defaults of each group that has some.
pub(super) type Defaults = HashMap<SmolStr, Vec<Entry>>;

/// Takes the defaults out of the groups.
pub(super) fn take(entries: &mut [Entry]) -> Defaults {
    let mut defaults = Defaults::default();
    for group in entries.iter_mut().filter(|entry| entry.key.text == "group") {
        let (Some(label), Some(body)) = (&group.label, &mut group.body) else { continue };
        if let Some(at) =
            body.entries.iter().position(|item| item.key.text == "defaults" && item.label.is_none())
        {
            let taken = body.entries.remove(at);
            let taken = taken.body.map(|body| body.entries).unwrap_or_default();
            defaults.entry(label.text.clone()).or_insert(taken);
        }
    }
    defaults
}

/// Merges the defaults of its group under an entry that names one.
pub(super) fn put_under(entry: &mut Entry, defaults: &Defaults, room: &mut Room, sink: &mut Sink) {
    if defaults.is_empty() || entry.key.text == "group" {
        return;
    }
    let value = entry.field("group").and_then(|field| field.value.as_ref());
    let group = value.and_then(|value| match &value.kind {
        ValueKind::Reference(path) => path.word(),
        _ => None,
    });
    let Some(under) = group.and_then(|group| defaults.get(group)) else { return };
    let Some(Body { entries: own, .. }) = &mut entry.body else { return };
    if !room.take_all(under, sink) {
        return;
    }
    let mut merged = under.clone();
    // A service that waits says so after its group: the order that the group drops is kept.
    let after = own.iter().find(|item| item.key.text == "after").and_then(|item| item.value.as_ref());
    if let Some(ValueKind::List(items)) = after.map(|value| &value.kind) {
        let waits = |name: &str| {
            items.iter().any(|item| matches!(&item.kind, ValueKind::Reference(path) if path.text() == name))
        };
        let drops = |item: &Entry| {
            let value = item.value.as_ref().map(|value| &value.kind);
            let nothing = Condition::Nothing.word();
            item.key.text == "wait"
                && matches!(value, Some(ValueKind::Reference(path)) if path.text() == nothing)
        };
        merged.retain(|item| !(drops(item) && item.label.as_ref().is_some_and(|label| waits(&label.text))));
    }
    syntax::merge_body(&mut merged, std::mem::take(own));
    *own = merged;
}
