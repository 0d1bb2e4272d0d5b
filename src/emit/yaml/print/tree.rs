//! Trees, printed without a way through serde.

use serde::Serialize as _;

use super::{At, Done, Place, comment};
use crate::emit::Node;

/// Prints a tree as [`object`](super::object) prints it. Most of what is written for clusters are trees, and it takes half of the time.
pub(in crate::emit::yaml) fn tree(out: &mut String, lines: &[String], value: &Node) {
    for line in lines {
        comment(out, 0, line);
    }
    let line = out.len();
    let printed = node(At { out, column: 0, place: Place::Start, line, apart: false }, value);
    debug_assert!(printed.is_ok(), "{printed:?}");
}

fn node(mut at: At<'_>, value: &Node) -> Done {
    match value {
        Node::Map(entries) => {
            let mut block = at.block();
            for (key, value) in entries {
                block.key(key);
                let follows = block.follows;
                node(block.value(follows), value)?;
            }
            block.end("{}");
            Ok(())
        }
        Node::List(items) => {
            let mut block = at.block();
            for item in items {
                block.entry();
                block.at.out.push_str("- ");
                node(block.value(Place::Dash), item)?;
            }
            block.end("[]");
            Ok(())
        }
        Node::Text(text) => {
            at.text(text);
            Ok(())
        }
        Node::Commented(lines, inner) => {
            for line in lines {
                at.comment(line);
            }
            node(at, inner)
        }
        _ => value.serialize(at),
    }
}
