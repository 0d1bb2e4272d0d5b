//! What the source tells this target beside the language, put over what it made.

use indexmap::IndexMap;

use super::{NAME, text};
use crate::emit::Node;
use crate::platform::{Override, Platform, Tree, Value, ValuePart};

/// Merges the overrides of this target into a tree; `None` where there are none for it.
pub(super) fn apply(
    platform: &Platform,
    overrides: &[Override],
    base: impl FnOnce() -> Node,
) -> Option<Node> {
    let mut ours = overrides.iter().filter(|over| over.target == NAME).peekable();
    ours.peek()?;
    let mut node = base();
    for over in ours {
        node.merge(map(platform, &over.entries));
    }
    Some(node)
}

fn map(platform: &Platform, entries: &IndexMap<String, Tree>) -> Node {
    Node::Map(entries.iter().map(|(key, tree)| (key.clone(), node(platform, tree))).collect())
}

fn node(platform: &Platform, tree: &Tree) -> Node {
    match tree {
        Tree::Text(value) => Node::Text(raw(platform, value)),
        Tree::Integer(integer) => Node::Integer(*integer),
        Tree::Number(number) => Node::Number(*number),
        Tree::Boolean(boolean) => Node::Boolean(*boolean),
        Tree::List(items) => Node::List(items.iter().map(|item| node(platform, item)).collect()),
        Tree::Map(entries) => map(platform, entries),
    }
}

/// An override speaks to compose itself, so its `$` are compose's.
fn raw(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => text.clone(),
        ValuePart::Input(input) => text::input(&platform[*input]),
    });
    parts.collect()
}
