//! What the source tells a target beside the language, put over what it made.

use crate::emit::Node;
use crate::formats::Format;
use crate::hash::IndexMap;
use crate::platform::{Override, Tree, Value};

/// How a target writes a value that stands in an override.
pub(super) type Write<'a> = &'a dyn Fn(&Value) -> String;

/// Merges the overrides of a target into a tree; `None` where there are none for it.
pub(super) fn apply(
    target: &Format,
    overrides: &[Override],
    write: Write<'_>,
    base: impl FnOnce() -> Node,
) -> Option<Node> {
    let mut ours = overrides.iter().filter(|over| over.target == target).peekable();
    ours.peek()?;
    let mut node = base();
    for over in ours {
        node.merge(map(&over.entries, write));
    }
    Some(node)
}

/// A value of a target that puts nothing in: what is not constant was reported.
pub(super) fn constant(value: &Value) -> String {
    value.as_literal().unwrap_or_default().to_owned()
}

/// Free entries as a tree.
pub(super) fn map(entries: &IndexMap<String, Tree>, write: Write<'_>) -> Node {
    Node::Map(entries.iter().map(|(key, tree)| (key.clone(), node(tree, write))).collect())
}

fn node(tree: &Tree, write: Write<'_>) -> Node {
    match tree {
        Tree::Text(value) => Node::Text(write(value)),
        Tree::Integer(integer) => Node::Integer((*integer).into()),
        Tree::Number(number) => Node::Number(*number),
        Tree::Boolean(boolean) => Node::Boolean(*boolean),
        Tree::List(items) => Node::List(items.iter().map(|item| node(item, write)).collect()),
        Tree::Map(entries) => map(entries, write),
    }
}
