//! Overlays: the patches with which kustomize makes the objects of one environment of those of another.
//!
//! What `kubectl kustomize` renders of base and overlay is what the environment's own build says, with every list in its
//! order. kustomize merges by key what the API merges by key, and replaces every other list whole, so a patch
//! says here how each list of it is meant.

mod lists;
mod overlay;
mod patch;

pub use overlay::{Overlay, Written, overlay};
pub use patch::patch;

use smol_str::SmolStr;

use crate::emit::Node;

/// The directive of a patch: what becomes of the map or list that it stands in.
const DIRECTIVE: &str = "$patch";

/// What an object is known by in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Identity {
    /// `apps/v1`.
    version: String,
    /// `Deployment`.
    kind: String,
    /// Its namespace; `None` where it belongs to the whole cluster.
    namespace: Option<String>,
    /// `metadata.name`.
    name: String,
}

impl Identity {
    /// The identity of an object; empty words where the tree is none.
    fn of(object: &Node) -> Self {
        let metadata = field(object, "metadata");
        let text = |node: Option<&Node>| node.and_then(text).map(str::to_owned);
        Self {
            version: text(field(object, "apiVersion")).unwrap_or_default(),
            kind: text(field(object, "kind")).unwrap_or_default(),
            namespace: text(metadata.and_then(|metadata| field(metadata, "namespace"))),
            name: text(metadata.and_then(|metadata| field(metadata, "name"))).unwrap_or_default(),
        }
    }

    /// Its keys as they stand in a patch: `apiVersion`, `kind`, and what stands in `metadata`.
    fn head(&self) -> (Keys, Keys) {
        let entry = |key: &'static str, value: &str| (SmolStr::new_static(key), Node::Text(value.into()));
        let mut metadata = vec![entry("name", &self.name)];
        metadata.extend(self.namespace.iter().map(|namespace| entry("namespace", namespace)));
        (vec![entry("apiVersion", &self.version), entry("kind", &self.kind)], metadata)
    }
}

/// Keys with their values, in the order in which they are written.
type Keys = Vec<(SmolStr, Node)>;

/// A value without its style and its comments.
pub(crate) fn bare(node: &Node) -> &Node {
    match node {
        Node::Styled(_, inner) | Node::Commented(_, inner) => bare(inner),
        _ => node,
    }
}

/// The value of a key, where the node is a map that holds it.
pub(crate) fn field<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match bare(node) {
        Node::Map(entries) => entries.get(key),
        _ => None,
    }
}

/// The text of a node that is one.
pub(crate) fn text(node: &Node) -> Option<&str> {
    match bare(node) {
        Node::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether two values say the same: maps in any order, lists in theirs, whatever their style.
pub(crate) fn same(one: &Node, other: &Node) -> bool {
    match (bare(one), bare(other)) {
        (Node::Map(one), Node::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        (Node::List(one), Node::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (one, other) => one == other,
    }
}

/// The lines that a value takes in YAML, about.
fn lines(node: &Node) -> usize {
    match bare(node) {
        Node::Map(entries) => entries.values().map(lines).sum::<usize>().max(1),
        Node::List(items) => items.iter().map(lines).sum::<usize>() + 1,
        Node::Text(text) => text.lines().count().max(1),
        _ => 1,
    }
}
