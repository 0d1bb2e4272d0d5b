//! Which keys of which Secrets an object asks for.

use std::collections::BTreeMap;

use super::object::Object;
use crate::emit::Node;
use crate::hash::IndexMap;

/// The kind of Prometheus Operator's objects that ask for Secrets.
pub(super) const ALERTS: &str = "AlertmanagerConfig";

/// The keys of a Secret, each with whether it may be missing.
pub(super) type Keys = BTreeMap<String, bool>;

/// The Secrets that the pods of an object read.
pub(super) fn read(object: &Object) -> IndexMap<String, Keys> {
    let mut secrets = IndexMap::default();
    if object.kind == ALERTS {
        collect_keys(&object.tree, &mut secrets);
    } else {
        collect(&object.tree, &mut secrets);
    }
    secrets
}

/// Finds the keys that an object of Prometheus Operator names: maps of a name and a key.
fn collect_keys(node: &Node, secrets: &mut IndexMap<String, Keys>) {
    match node {
        Node::Map(entries) => {
            if entries.len() == 2 && entries.contains_key("name") && entries.contains_key("key") {
                add(node, &[node], secrets);
            }
            entries.values().for_each(|value| collect_keys(value, secrets));
        }
        Node::List(items) => items.iter().for_each(|item| collect_keys(item, secrets)),
        Node::Commented(_, inner) | Node::Styled(_, inner) => collect_keys(inner, secrets),
        _ => {}
    }
}

/// The keys below which a pod asks for Secrets. What a pod consists of else is long, and is not walked through.
const WAYS: [&str; 11] = [
    "spec",
    "template",
    "jobTemplate",
    "containers",
    "initContainers",
    "ephemeralContainers",
    "env",
    "valueFrom",
    "volumes",
    "projected",
    "sources",
];

/// Finds what a tree asks of Secrets: single keys (`secretKeyRef`), and projections of some (`secret` with `items`).
fn collect(node: &Node, secrets: &mut IndexMap<String, Keys>) {
    match node {
        Node::Map(entries) => {
            for (key, value) in entries {
                match key.as_str() {
                    "secretKeyRef" => add(value, &[value], secrets),
                    // What may be missing as a whole is a certificate, which something else makes.
                    "secret" if field(value, "optional").is_none() => {
                        if let Some(Node::List(items)) = field(value, "items") {
                            add(value, &items.iter().collect::<Vec<_>>(), secrets);
                        }
                    }
                    key if WAYS.contains(&key) => collect(value, secrets),
                    _ => {}
                }
            }
        }
        Node::List(items) => items.iter().for_each(|item| collect(item, secrets)),
        Node::Commented(_, inner) | Node::Styled(_, inner) => collect(inner, secrets),
        _ => {}
    }
}

/// Notes the keys of items. A key that one place needs may not be missing.
fn add(of: &Node, items: &[&Node], secrets: &mut IndexMap<String, Keys>) {
    let text = |node: Option<&Node>| match node {
        Some(Node::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let Some(name) = text(field(of, "name").or_else(|| field(of, "secretName"))) else { return };
    let optional = field(of, "optional") == Some(&Node::Boolean(true));
    let keys = secrets.entry(name).or_default();
    for key in items.iter().filter_map(|item| text(field(item, "key"))) {
        keys.entry(key).and_modify(|known| *known &= optional).or_insert(optional);
    }
}

/// The value of a key, whatever is noted at it.
fn field<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match node {
        Node::Map(entries) => entries.get(key).map(bare),
        Node::Commented(_, inner) | Node::Styled(_, inner) => field(inner, key),
        _ => None,
    }
}

fn bare(node: &Node) -> &Node {
    match node {
        Node::Commented(_, inner) | Node::Styled(_, inner) => bare(inner),
        node => node,
    }
}
