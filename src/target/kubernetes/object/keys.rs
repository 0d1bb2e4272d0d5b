//! The order of the keys of an object: what it is, then what it does, then what it is given.
//!
//! The types of the API write their keys by the alphabet. A reader looks for the name first, and long lists hide what
//! stands behind them.

use std::sync::LazyLock;

use serde::Serialize;

use crate::emit::{Map, Node};

/// What a reader looks for first.
const FIRST: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "labels",
    "annotations",
    "type",
    "replicas",
    "schedule",
    "serviceName",
    "serviceAccountName",
    "image",
    "imagePullPolicy",
    "command",
    "args",
    "podSelector",
    "endpointSelector",
    "policyTypes",
    "ingress",
    "egress",
    "from",
    "to",
    "ports",
    "env",
    "httpGet",
    "tcpSocket",
    "exec",
    "requests",
    "limits",
    "startupProbe",
    "readinessProbe",
    "livenessProbe",
    "lifecycle",
];

/// What stands behind everything else, since it is long.
const LAST: &[&str] =
    &["volumeMounts", "initContainers", "containers", "volumes", "template", "volumeClaimTemplates", "data"];

/// The ranks of keys, by the length of the key: those of one length differ in their first letters, so next to no key is compared
/// with another one.
static RANKS: LazyLock<Vec<Vec<(&str, u8)>>> = LazyLock::new(|| {
    let ranks = FIRST.iter().zip(0..).chain(LAST.iter().zip(OTHERS + 1..));
    let mut by_length: Vec<Vec<(&str, u8)>> = Vec::new();
    for (key, rank) in ranks {
        by_length.resize(by_length.len().max(key.len() + 1), Vec::new());
        by_length[key.len()].push((key, rank));
    }
    by_length
});

/// The rank of what stands between the two.
const OTHERS: u8 = 100;

/// The tree of an object with its keys in order, and whether a text in it holds `${`. Newtypes of the API, which are names of
/// numbers and texts, are taken off.
pub(super) fn ordered(object: &impl Serialize) -> (Node, bool) {
    Node::ordered(object, rank)
}

fn rank(key: &str) -> u8 {
    let known = RANKS.get(key.len()).map_or(&[][..], Vec::as_slice);
    let is_it = |known: &str| known.as_bytes().first() == key.as_bytes().first() && known == key;
    known.iter().find(|(known, _)| is_it(known)).map_or(OTHERS, |(_, rank)| *rank)
}

/// A tree that an override has changed, with its keys in order, below its comments, too.
pub(super) fn reordered(node: Node) -> Node {
    match node {
        Node::Map(entries) => {
            let mut entries: Map = entries.into_iter().map(|(key, value)| (key, reordered(value))).collect();
            entries.sort_by_rank(rank);
            Node::Map(entries)
        }
        Node::List(items) => Node::List(items.into_iter().map(reordered).collect()),
        Node::Commented(lines, inner) => Node::Commented(lines, Box::new(reordered(*inner))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::ordered;
    use crate::emit::{Entries, Node, yaml};

    #[derive(Serialize)]
    struct Quantity(&'static str);

    #[test]
    fn the_name_stands_first_and_lists_last() {
        let value = Entries(vec![("volumes", "c"), ("b", "b"), ("a", "a"), ("name", "n"), ("kind", "k")]);
        let printed = yaml(&[], &ordered(&value).0);
        assert_eq!(printed, "kind: k\n\nname: \"n\"\n\nb: b\n\na: a\n\nvolumes: c\n");
    }

    #[test]
    fn a_newtype_is_what_it_holds() {
        assert_eq!(ordered(&Quantity("64Mi")), (Node::Text("64Mi".into()), false));
    }
}
