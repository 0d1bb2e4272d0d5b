//! Whether two values are the same, whatever their styles and comments.

use super::named::scalar;
use crate::emit::Node;

/// Whether readers see the same.
pub(super) fn same(one: &Node, other: &Node) -> bool {
    match (scalar(one), scalar(other)) {
        (Some(Node::List(one)), Some(Node::List(other))) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Some(Node::Map(one)), Some(Node::Map(other))) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}
