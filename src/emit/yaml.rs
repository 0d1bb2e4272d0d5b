//! The printer of YAML. serde-saphyr writes scalars that readers of YAML 1.1 and 1.2 understand alike; blocks, comments
//! and the empty lines between entries are written here.

mod column;
mod print;
mod scalar;

use serde::Serialize;

use super::Node;

/// Prints a value under a header of comments, with an empty line between top-level keys.
#[must_use]
pub fn yaml(header: &[String], value: &impl Serialize) -> String {
    let mut out = String::new();
    print::header(&mut out, header);
    print::document(&mut out, value);
    out
}

/// Prints a value that goes on where another one has ended, so that both can be printed at the same time: its first
/// key is the other's last one. It is not said again, and its entries follow.
#[must_use]
pub fn yaml_rest(value: &impl Serialize) -> String {
    let mut out = String::new();
    print::rest(&mut out, value);
    out
}

/// Prints several documents of one file, with `---` between them, under one header.
#[must_use]
pub fn yaml_documents(header: &[String], documents: impl IntoIterator<Item = impl Serialize>) -> String {
    let mut out = String::new();
    print::header(&mut out, header);
    for (at, document) in documents.into_iter().enumerate() {
        if at > 0 {
            out.push_str("---\n");
        }
        print::document(&mut out, &document);
    }
    out
}

/// Prints one document of several, under the comment that belongs to it, without empty lines: these set its neighbours
/// apart.
#[must_use]
pub fn yaml_object(comment: &[String], value: &impl Serialize) -> String {
    let mut out = String::new();
    print::object(&mut out, comment, value);
    out
}

/// Prints a tree as [`yaml_object`] prints it.
#[must_use]
pub fn yaml_tree(comment: &[String], tree: &Node) -> String {
    let mut out = String::new();
    print::tree(&mut out, comment, tree);
    out
}

#[cfg(test)]
mod tests;
