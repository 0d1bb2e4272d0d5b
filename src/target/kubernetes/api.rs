//! What an API server refuses of an object whose keys and types are right.
//!
//! The schemas of Kubernetes say which keys there are and of which types; what their values may be, and which of them go
//! together, stands in functions of its source (kubernetes/kubernetes:pkg/apis/*/validation/validation.go). Here it stands in
//! tables ([`table`]): a block of `targets/kubernetes/keys.txt`, the function that refuses, and what must hold in the block.
//! [`refusals`] walks an object along these blocks. What compares several blocks with one another is a function of the table's
//! row ([`pod`], [`mount`], [`amount`], [`batch`], [`workload`], [`network`]).
//!
//! A value that a server takes and that can never work (a probe of a port that no container has) is found here, too, and
//! says so: [`Cause::Vain`].

mod amount;
mod batch;
mod form;
mod metadata;
mod mount;
mod network;
mod part;
mod pod;
mod quantity;
mod rule;
mod table;
mod workload;

#[cfg(test)]
mod tests;

pub(super) use part::{Container, at, containers, items, name, number, template};
pub(super) use quantity::parse as parse_amount;

use crate::emit::Node;
use crate::formats::{KUBERNETES, Keys, Kind, Merge};
use crate::kustomize::bare;
use crate::platform::Version;
use part::Part;

/// Why a value cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// An API server refuses the object.
    Refused,
    /// The cluster takes the object, and it can never do what it is for.
    Vain,
}

/// A value that cannot stand.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    /// The path of keys that leads to it; `[NAME]` and `[#1]` are items of a list.
    pub(super) path: String,
    /// What is wrong with it.
    pub(super) label: String,
    /// What helps.
    pub(super) help: Option<String>,
}

/// What rules know beside the block that they are about.
struct Scope<'a> {
    /// The kind of the object.
    kind: &'a str,
    /// The object.
    object: &'a Node,
    /// The specification of its pods, and the path that leads to it.
    pod: Option<(&'a Node, String)>,
    /// The version of the cluster.
    version: Version,
    found: Vec<Refusal>,
}

impl<'a> Scope<'a> {
    fn refuse(&mut self, path: impl Into<String>, label: impl Into<String>, help: Option<&str>) {
        self.add(Cause::Refused, path.into(), label.into(), help);
    }

    fn in_vain(&mut self, path: impl Into<String>, label: impl Into<String>, help: Option<&str>) {
        self.add(Cause::Vain, path.into(), label.into(), help);
    }

    fn add(&mut self, cause: Cause, path: String, label: String, help: Option<&str>) {
        self.found.push(Refusal { cause, path, label, help: help.map(str::to_owned) });
    }

    /// The specification of the pods, where the object has some.
    fn pod(&self) -> Option<&'a Node> {
        self.pod.as_ref().map(|(spec, _)| *spec)
    }
}

/// What an API server of a version refuses of an object of a kind.
pub(super) fn refusals(kind: &str, object: &Node, version: Version) -> Vec<Refusal> {
    let Some(keys) = KUBERNETES.keys() else { return Vec::new() };
    let pod = template(kind).and_then(|path| {
        let path = format!("{path}.spec");
        Some((at(object, &path)?, path))
    });
    let mut scope = Scope { kind, object, pod, version, found: Vec::new() };
    metadata::look(&mut scope);
    // A kind of another API may be called as a block is.
    let is_kind =
        ["file", "service"].iter().filter_map(|root| keys.get(root)).any(|root| root.keys.contains_key(kind));
    if let Some((block, _)) = keys.named(kind).filter(|_| is_kind) {
        walk(keys, block, &Part { node: object, path: String::new() }, &mut scope);
    }
    scope.found
}

/// Judges a block by the tables that are about it, then what stands in it.
fn walk<'a>(keys: &'static Keys, block: &'static str, part: &Part<'a>, scope: &mut Scope<'a>) {
    table::rules(block).for_each(|rule| rule.judge(part, scope));
    let Node::Map(entries) = bare(part.node) else { return };
    let Some(known) = keys.get(block) else { return };
    for (key, _) in known.keys.iter().filter(|(_, known)| known.required) {
        let is_there = entries.get(key).is_some_and(|value| *bare(value) != Node::Null);
        if !is_there {
            scope.refuse(&part.path, format!("has no `{key}`"), None);
        }
    }
    for (key, value) in entries {
        let kinds = known.keys.get(key.as_str()).map(|key| key.kinds.as_slice()).unwrap_or_default();
        below(keys, kinds, &Part { node: value, path: part.below(key) }, scope);
    }
}

fn below<'a>(keys: &'static Keys, kinds: &'static [Kind], part: &Part<'a>, scope: &mut Scope<'a>) {
    for kind in kinds {
        match (kind, bare(part.node)) {
            (Kind::Block(block), Node::Map(_)) => walk(keys, block, part, scope),
            (Kind::List(kinds, merge), Node::List(list)) => {
                for (place, item) in list.iter().enumerate() {
                    let path = match (name(item), merge) {
                        ("", Merge::Whole) => format!("{}[#{place}]", part.path),
                        ("", _) => part.path.clone(),
                        (name, _) => format!("{}[{name}]", part.path),
                    };
                    below(keys, kinds, &Part { node: item, path }, scope);
                }
            }
            (Kind::Map(kinds), Node::Map(entries)) => {
                for (key, value) in entries {
                    below(keys, kinds, &Part { node: value, path: part.below(key) }, scope);
                }
            }
            (Kind::Integer, Node::Integer(number)) => whole(*number, &part.path, scope),
            (Kind::Integer, Node::Large(_)) => {
                scope.refuse(part.path.as_str(), "has more than 63 bits", None);
            }
            _ => {}
        }
    }
}

/// Numbers that may be negative (kubernetes/kubernetes:pkg/apis/core/validation/validation.go).
const SIGNED: &[&str] = &["priority", "tolerationSeconds"];

/// Numbers of 64 bits; every other one has 32 (kubernetes/kubernetes:api/openapi-spec/swagger.json, `format`).
const LONG: &[&str] = &[
    "activeDeadlineSeconds",
    "expirationSeconds",
    "fsGroup",
    "runAsGroup",
    "runAsUser",
    "seconds",
    "startingDeadlineSeconds",
    "supplementalGroups",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
];

/// `ValidateNonnegativeField`, and the widths of numbers.
fn whole(number: i64, path: &str, scope: &mut Scope<'_>) {
    let key = path.rsplit('.').next().unwrap_or(path);
    let key = key.split('[').next().unwrap_or(key);
    if number < 0 && !SIGNED.contains(&key) {
        scope.refuse(path, "less than nothing", None);
    } else if !(i64::from(i32::MIN)..=i64::from(i32::MAX)).contains(&number) && !LONG.contains(&key) {
        scope.refuse(path, "has more than 32 bits", None);
    }
}
