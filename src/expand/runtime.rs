//! `when = runtime.WORD`: entries that a platform has on one runtime only.
//!
//! Everything is decided here, before anything is merged. On its runtime such an entry stands without the word. On
//! another one it goes; where it has a name, its head stays with the word, so that what is merged over it finds it, and
//! goes with the thing (`environment::prune`), whose name is then known to be taken out.

use smol_str::SmolStr;

use crate::diagnostic::{Diagnostic, Help, Sink, cause, codes, list_of};
use crate::hash::HashSet;
use crate::model::Runtime;
use crate::parallel;
use crate::source::Span;
use crate::standard;
use crate::syntax::{Body, Entry, Path, Value, ValueKind};

/// The first word of a path that leads to a runtime.
pub(super) const RUNTIME: &str = "runtime";

/// How many entries are looked at together.
const PART: usize = 64;

/// Blocks that are there on every runtime.
const EVERYWHERE: &[&str] = &["platform", "environment", "component", "parameter", "child"];

/// Decides for one runtime what entries have of each.
pub(super) fn decide(entries: &mut Vec<Entry>, runtime: Runtime, sink: &mut Sink) {
    let own: HashSet<SmolStr> = entries
        .iter()
        .filter(|entry| entry.key.text == "component")
        .filter_map(|entry| Some(entry.label.as_ref()?.text.clone()))
        .collect();
    let platform = Decision { runtime, own: &own, in_component: false };
    let component = Decision { in_component: true, ..platform };
    let found = parallel::map_parts(entries, PART, |part| {
        let mut sink = Sink::default();
        for entry in part {
            let decision = if entry.key.text == "component" { component } else { platform };
            decision.below(entry, &mut sink);
        }
        sink
    });
    for found in found {
        sink.take(found);
    }
    platform.body(entries, sink);
}

/// The runtime that a thing is for where it is not there on this one, with the place that says so.
pub(super) fn left_out(entry: &Entry) -> Option<(Runtime, Span)> {
    let path = path_of(when(entry)?)?;
    Some((named(path)?, path.span))
}

/// What decides whether an entry stays.
#[derive(Clone, Copy)]
struct Decision<'a> {
    runtime: Runtime,
    /// The names of the platform's own components.
    own: &'a HashSet<SmolStr>,
    /// Whether what is decided may also ask for a parameter.
    in_component: bool,
}

impl Decision<'_> {
    /// Decides in the body of an entry, and in bodies that are values.
    fn below(self, entry: &mut Entry, sink: &mut Sink) {
        if let Some(body) = &mut entry.body {
            self.within(&mut body.entries, sink);
        }
        if let Some(value) = &mut entry.value {
            self.value(value, sink);
        }
    }

    fn within(self, entries: &mut Vec<Entry>, sink: &mut Sink) {
        for entry in entries.iter_mut() {
            self.below(entry, sink);
        }
        self.body(entries, sink);
    }

    fn value(self, value: &mut Value, sink: &mut Sink) {
        match &mut value.kind {
            ValueKind::Body(body) => self.within(&mut body.entries, sink),
            ValueKind::List(items) => items.iter_mut().for_each(|item| self.value(item, sink)),
            _ => {}
        }
    }

    /// Decides which entries of a body stay.
    fn body(self, entries: &mut Vec<Entry>, sink: &mut Sink) {
        if !entries.iter().any(|entry| when(entry).is_some()) {
            return;
        }
        let mut left_out = false;
        entries.retain_mut(|entry| match self.holds(entry, sink) {
            None => true,
            Some(true) => {
                strip(entry);
                true
            }
            Some(false) if self.has_name(entry) => {
                left_out = true;
                keep_head(entry);
                true
            }
            Some(false) => false,
        });
        if left_out {
            let name = |entry: &Entry| {
                (entry.key.text.clone(), entry.label.as_ref().map(|label| label.text.clone()))
            };
            let there = entries.iter().filter(|entry| self::left_out(entry).is_none());
            let there: HashSet<_> = there.map(name).collect();
            // What this runtime has instead of it is the one of that name.
            entries.retain(|entry| self::left_out(entry).is_none() || !there.contains(&name(entry)));
        }
    }

    /// Whether an entry is there on the runtime; `None` where it says nothing of one, or nothing that can be meant, which is
    /// reported.
    fn holds(self, entry: &mut Entry, sink: &mut Sink) -> Option<bool> {
        let path = path_of(when(entry)?)?;
        let found = named(path);
        let known = || list_of(Runtime::ALL.map(Runtime::word));
        let problem = match (path.segments.as_slice(), found) {
            ([first, ..], Some(_)) if first == RUNTIME && EVERYWHERE.contains(&entry.key.text.as_str()) => {
                let key = &entry.key.text;
                Diagnostic::new(codes::CMP003, format!("`{key}` is the same on every runtime"))
                    .at(path.span, "cannot be decided")
                    .help("write it in what stands there")
            }
            (_, Some(runtime)) => return Some(runtime == self.runtime),
            ([first], None) if !self.in_component && Runtime::of(first).is_some() => {
                Diagnostic::new(codes::CMP003, format!("`{first}` is a runtime, not a condition"))
                    .at(path.span, "cannot be decided")
                    .help(Help::write(format!("{RUNTIME}.{first}")))
            }
            ([first, rest @ ..], None) if first == RUNTIME => {
                let word = rest.join(".");
                let help = sink.did_you_mean(&word, Runtime::ALL.map(Runtime::word));
                Diagnostic::new(codes::NAM001, format!("there is no runtime `{word}`"))
                    .at(path.span, "unknown runtime")
                    .help(help.unwrap_or_else(|| format!("the runtimes are {}", known()).into()))
                    .because(cause::name(&word))
            }
            _ => return None,
        };
        sink.report(problem);
        strip(entry);
        None
    }

    /// Whether an entry has a name that others may say: a label, or that of its component.
    fn has_name(self, entry: &Entry) -> bool {
        let key = entry.key.text.as_str();
        if matches!(key, "each" | "wait" | "mount") {
            return false;
        }
        entry.label.is_some() || self.own.contains(key) || standard::component(key).is_some()
    }
}

/// The entry that says when another one is there.
fn when(entry: &Entry) -> Option<&Entry> {
    entry.entries().iter().find(|item| item.key.text == "when" && item.label.is_none())
}

/// The path of a condition; of several that must all hold, the one that leads to a runtime.
fn path_of(entry: &Entry) -> Option<&Path> {
    match &entry.value.as_ref()?.kind {
        ValueKind::Reference(path) => Some(path),
        ValueKind::List(items) => items.iter().find_map(of_runtime),
        _ => None,
    }
}

/// A path that leads to a runtime.
fn of_runtime(value: &Value) -> Option<&Path> {
    match &value.kind {
        ValueKind::Reference(path) if path.segments.first().is_some_and(|first| first == RUNTIME) => {
            Some(path)
        }
        _ => None,
    }
}

fn named(path: &Path) -> Option<Runtime> {
    match path.segments.as_slice() {
        [first, word] if first == RUNTIME => Runtime::of(word),
        _ => None,
    }
}

/// Takes the word out, and leaves what else must hold. A body that held nothing else goes where there is a value: most values
/// take none.
fn strip(entry: &mut Entry) {
    let Some(Body { entries, .. }) = &mut entry.body else { return };
    let condition = entries.iter_mut().find(|item| item.key.text == "when" && item.label.is_none());
    if let Some(Value { kind: ValueKind::List(items), .. }) = condition.and_then(|when| when.value.as_mut()) {
        items.retain(|item| of_runtime(item).is_none());
        if !items.is_empty() {
            return;
        }
    }
    entries.retain(|item| item.key.text != "when" || item.label.is_some());
    if entries.is_empty() && entry.value.is_some() {
        entry.body = None;
    }
}

/// Leaves of a thing its name, the word, and the names of its alerts, which go with it.
fn keep_head(entry: &mut Entry) {
    entry.value = None;
    let Some(Body { entries, .. }) = &mut entry.body else { return };
    entries.retain_mut(|item| match &item.label {
        None => item.key.text == "when",
        Some(_) => {
            let alert = item.key.text == "alert";
            if alert {
                (item.value, item.body) = (None, None);
            }
            alert
        }
    });
}
