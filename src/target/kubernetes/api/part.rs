//! Parts of an object: a value with the path of keys that leads to it.

use crate::emit::Node;
use crate::kustomize::{bare, field, text};

/// The value at a path of keys.
pub(in crate::target::kubernetes) fn at<'a>(node: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(node, field)
}

/// The items of a list; none where there is no list.
pub(in crate::target::kubernetes) fn items(node: Option<&Node>) -> &[Node] {
    match node.map(bare) {
        Some(Node::List(items)) => items,
        _ => &[],
    }
}

/// The name of an item.
pub(in crate::target::kubernetes) fn name(node: &Node) -> &str {
    field(node, "name").and_then(text).unwrap_or_default()
}

/// Whether a key says something: an API server takes empty text and an empty list for none.
pub(super) fn is_set(node: &Node, key: &str) -> bool {
    field(node, key).is_some_and(|value| match bare(value) {
        Node::Null => false,
        Node::Text(text) => !text.is_empty(),
        Node::List(items) => !items.is_empty(),
        _ => true,
    })
}

/// The path of the template of pods; `None` where an object has none.
pub(in crate::target::kubernetes) fn template(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => Some("spec.template"),
        "CronJob" => Some("spec.jobTemplate.spec.template"),
        _ => None,
    }
}

/// A container, and its path in the object.
pub(in crate::target::kubernetes) struct Container<'a> {
    pub(in crate::target::kubernetes) path: String,
    pub(in crate::target::kubernetes) node: &'a Node,
    /// Whether it stands among those that prepare the pod.
    pub(in crate::target::kubernetes) first: bool,
}

impl Container<'_> {
    /// Whether it ends before the others start.
    pub(super) fn ends(&self) -> bool {
        self.first && field(self.node, "restartPolicy").and_then(text) != Some("Always")
    }
}

/// The containers of a pod whose specification stands at a path, those that prepare it in front.
pub(in crate::target::kubernetes) fn containers<'a>(spec: &'a Node, path: &str) -> Vec<Container<'a>> {
    let of =
        |list: &'static str, first: bool| items(at(spec, list)).iter().map(move |node| (list, first, node));
    let all = of("initContainers", true).chain(of("containers", false));
    all.map(|(list, first, node)| Container { path: format!("{path}.{list}[{}]", name(node)), node, first })
        .collect()
}

/// A block of an object.
pub(super) struct Part<'a> {
    pub(super) node: &'a Node,
    /// The path of keys that leads to it; empty for the object itself.
    pub(super) path: String,
}

impl<'a> Part<'a> {
    /// The path of a key of the block.
    pub(super) fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn at(&self, path: &str) -> Option<&'a Node> {
        at(self.node, path)
    }

    pub(super) fn is_set(&self, key: &str) -> bool {
        is_set(self.node, key)
    }

    pub(super) fn is_true(&self, path: &str) -> bool {
        self.at(path).is_some_and(|node| *bare(node) == Node::Boolean(true))
    }

    pub(super) fn is_false(&self, path: &str) -> bool {
        self.at(path).is_some_and(|node| *bare(node) == Node::Boolean(false))
    }

    /// The text at a path; empty where there is none.
    pub(super) fn text(&self, path: &str) -> &'a str {
        self.at(path).and_then(text).unwrap_or_default()
    }

    pub(super) fn number(&self, path: &str) -> Option<i64> {
        number(self.at(path))
    }

    pub(super) fn items(&self, path: &str) -> &'a [Node] {
        items(self.at(path))
    }
}

pub(in crate::target::kubernetes) fn number(node: Option<&Node>) -> Option<i64> {
    match node.map(bare) {
        Some(Node::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// The texts at a key: one, or those of a list.
pub(super) fn texts(node: Option<&Node>) -> Vec<&str> {
    match node.map(bare) {
        Some(Node::Text(text)) => vec![text],
        Some(Node::List(items)) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

/// A scalar as a condition names it; empty where nothing is set.
pub(super) fn word(node: Option<&Node>) -> String {
    match node.map(bare) {
        Some(Node::Text(text)) => text.to_string(),
        Some(Node::Integer(number)) => number.to_string(),
        Some(Node::Boolean(boolean)) => boolean.to_string(),
        _ => String::new(),
    }
}
