//! What is found in one merged object.

use crate::emit::Node;
use crate::kustomize::{bare, same};
use crate::platform::{Override, Version};
use crate::target::kubernetes::api::{self, Cause, at};
use crate::target::kubernetes::object::Object;
use crate::target::{Fault, FaultKind};

/// What is found in one merged object.
pub(super) struct Findings<'a> {
    pub(super) faults: Vec<Fault>,
    pub(super) overrides: &'a [&'a Override],
    pub(super) object: &'a Object,
}

impl Findings<'_> {
    /// Takes down a fault at a path of keys, in the override that writes most of it.
    pub(super) fn add(&mut self, kind: FaultKind, path: &str, label: impl Into<String>, help: Option<&str>) {
        let places = self.overrides.iter().filter_map(|over| over.place(path));
        let place = places.max_by_key(|(length, _)| *length).map(|(_, span)| span);
        let Some(span) = place.or_else(|| self.overrides.last().map(|over| over.span)) else { return };
        let key = NAMED.iter().find_map(|map| Some(path.split_once(map)?.1));
        let key = key.unwrap_or_else(|| last_key(path));
        let (object, label) = (format!("{} `{}`", self.object.kind, self.object.name), label.into());
        let message = match kind {
            FaultKind::Derived => format!("`{key}` of {object} is not for an override to set"),
            FaultKind::Security => format!("{object} is no longer admitted to its namespace"),
            FaultKind::Refused | FaultKind::NoObject => {
                format!("no API server takes this `{key}` of {object}")
            }
            FaultKind::Vain => format!("this `{key}` of {object} can never work"),
        };
        // One place is told once, and why it is so before what follows.
        let is_told = |fault: &Fault| {
            fault.span == span
                && (fault.kind == kind && fault.label == label
                    || kind == FaultKind::Security && fault.kind == FaultKind::Derived)
        };
        if self.faults.iter().any(is_told) {
            return;
        }
        self.faults.push(Fault {
            kind,
            span,
            about: None,
            message,
            label,
            help: help.map(str::to_owned),
            wanted: String::new(),
            choices: Vec::new(),
        });
    }

    /// Takes down what an API server refuses of the object.
    pub(super) fn refused(&mut self, version: Version) {
        for refusal in api::refusals(&self.object.kind, &self.object.tree, version) {
            let kind = match refusal.cause {
                Cause::Refused => FaultKind::Refused,
                Cause::Vain => FaultKind::Vain,
            };
            self.add(kind, &refusal.path, refusal.label, refusal.help.as_deref());
        }
    }

    /// Takes down a value at a path of keys that is no longer what the compiler derives; `above` leads to the trees.
    pub(super) fn differ(
        &mut self,
        before: &Node,
        after: &Node,
        above: &str,
        path: &str,
        help: &'static str,
    ) {
        let is_same = match (at(before, path), at(after, path)) {
            (Some(before), Some(after)) => same(before, after),
            (None, None) => true,
            // What nobody writes is off.
            (None, Some(after)) => *bare(after) == Node::Boolean(false),
            (Some(_), None) => false,
        };
        if !is_same {
            let path = if above.is_empty() { path.to_owned() } else { format!("{above}.{path}") };
            self.add(FaultKind::Derived, &path, "the compiler derives it", Some(help));
        }
    }
}

/// Maps whose keys hold dots.
const NAMED: &[&str] =
    &[".labels.", ".annotations.", ".matchLabels.", ".nodeSelector.", ".limits.", ".requests.", ".overhead."];

/// The last key of a path; names of items may hold dots.
fn last_key(path: &str) -> &str {
    let mut inside = 0;
    let start = path.char_indices().filter_map(|(at, c)| {
        match c {
            '[' => inside += 1,
            ']' => inside -= 1,
            _ => {}
        }
        (c == '.' && inside == 0).then_some(at + 1)
    });
    let key = path.get(start.last().unwrap_or(0)..).unwrap_or(path);
    key.split('[').next().unwrap_or(key)
}
