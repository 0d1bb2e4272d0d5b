//! The order of the keys of an object: what it is, then what it does, then what it is given.
//!
//! The types of the API write their keys by the alphabet. A reader looks for the name first, and long lists hide what
//! stands behind them.

use crate::emit::Node;
use crate::hash::IndexMap;

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

/// The tree with its keys in order. Newtypes of the API, which are names of numbers and texts, are taken off.
pub(super) fn ordered(node: Node) -> Node {
    match node {
        Node::Map(entries) => {
            let mut entries: IndexMap<String, Node> =
                entries.into_iter().map(|(key, value)| (key, ordered(value))).collect();
            entries.sort_by_cached_key(|key, _| rank(key));
            Node::Map(entries)
        }
        Node::List(items) => Node::List(items.into_iter().map(ordered).collect()),
        Node::Styled(style, inner) if !style.starts_with("__") => ordered(*inner),
        other => other,
    }
}

fn rank(key: &str) -> usize {
    let at = |keys: &[&str]| keys.iter().position(|known| *known == key);
    at(FIRST).or_else(|| at(LAST).map(|at| FIRST.len() + 1 + at)).unwrap_or(FIRST.len())
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
        let printed = yaml(&[], &ordered(Node::of(&value)));
        assert_eq!(printed, "kind: k\n\nname: \"n\"\n\nb: b\n\na: a\n\nvolumes: c\n");
    }

    #[test]
    fn a_newtype_is_what_it_holds() {
        assert_eq!(ordered(Node::of(&Quantity("64Mi"))), Node::Text("64Mi".to_owned()));
    }
}
