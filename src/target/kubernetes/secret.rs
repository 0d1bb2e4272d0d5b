//! Secrets: never their values. A table says which there are, what reads them, and of which keys they consist, and a script
//! makes them from `.env`.

mod known;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::layout;
use super::object::{Object, Stage};
use super::operator::alerts;
use crate::emit::{Node, with_header};
use crate::hash::IndexMap;
use crate::platform::{PROGRAM, Platform};
use crate::target::{Artifact, generated, scripts};

const SCRIPT: &str = include_str!("../../../targets/kubernetes/secrets.sh");
const APPLY: &str = include_str!("../../../targets/kubernetes/apply.sh");
const ENVIRONMENT: &str = include_str!("../../../targets/kubernetes/environment.sh");

/// The keys of a Secret, each with whether it may be missing.
pub(super) type Keys = BTreeMap<String, bool>;

/// The script that applies objects.
pub(super) fn apply(platform: &Platform) -> Artifact {
    script(platform, "apply", APPLY)
}

/// The script that makes Secrets from `.env`.
pub(super) fn from_env(platform: &Platform) -> Artifact {
    script(platform, "secrets", &SCRIPT.replace("@ENV@\n", scripts::ENV))
}

fn script(platform: &Platform, name: &str, text: &str) -> Artifact {
    let path = format!("scripts/{name}-kubernetes.sh");
    let text = text.replace("@ENVIRONMENT@\n", ENVIRONMENT);
    let text = with_header(&path, &[generated(platform)], &text);
    Artifact::new(path, text).with_mode(PROGRAM)
}

/// The Secrets that the pods of an object read.
pub(super) fn read(object: &Object) -> IndexMap<String, Keys> {
    let mut secrets = IndexMap::default();
    if object.kind == alerts::KIND {
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

/// The table of the Secrets that objects ask for, of the lines of these; `None` where the script makes none of them.
pub(super) fn table<'a>(
    platform: &Platform,
    root: &str,
    lines: impl Iterator<Item = &'a str>,
) -> Option<Artifact> {
    if platform.settings.kubernetes.store.is_some() {
        return None;
    }
    let mut out = format!(
        "# {}\n# Read by scripts/secrets-kubernetes.sh: namespace, Secret, what reads it, keys; one with a ? may be missing.\n\
         # `@value`: a key, its kind, the least length, and its form: `url` where it is part of an address, `address` where it is one.\n\
         # `@learn`: how the program that knows a value is given another one, which it does not read when it starts; `@{{NAME}}` is a\n\
         # variable of .env.\n\
         @platform {}\n",
        layout::header(platform),
        platform.name
    );
    let lines: String = lines.collect();
    out.push_str(&lines);
    out.push_str(&known::lines(platform, &lines));
    Some(Artifact::new(format!("{root}/secrets.conf"), out))
}

/// The lines of an object: each Secret that it asks for, with its keys.
pub(super) fn lines(object: &Object) -> String {
    let mut out = String::new();
    if object.stage < Stage::Workload {
        return out;
    }
    for (secret, keys) in read(object) {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let kind = object.kind.to_lowercase();
        // Writing to a string succeeds.
        let _ = write!(out, "{namespace} {secret} {kind}/{}", object.name);
        for (key, optional) in keys {
            let _ = write!(out, " {key}{}", if optional { "?" } else { "" });
        }
        out.push('\n');
    }
    out
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
