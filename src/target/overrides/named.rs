//! The names of items in lists, by which overrides merge into them.

use std::fmt::Write as _;

use crate::emit::Node;
use crate::formats::{Merge, Name};

/// The name of an item; `None` where its list has no names, or it has none.
pub(super) fn name(item: &Node, merge: Option<Merge>) -> Option<String> {
    match (scalar(item)?, merge) {
        (Node::Map(entries), Some(Merge::By(name))) => {
            let value = |key: &str| entries.get(key).and_then(text);
            match name {
                Name::Key(keys) => of_keys(item, keys),
                Name::Mount => value("target").map(|target| mount(&target)),
                Name::Port => {
                    let protocol = value("protocol").unwrap_or_else(|| TCP.to_owned());
                    value("target").map(|target| format!("{target}/{protocol}"))
                }
            }
        }
        (Node::Map(_) | Node::List(_), Some(Merge::Add)) => {
            let mut whole = String::new();
            write(item, &mut whole);
            Some(whole)
        }
        (item, merge) => text(item).map(|text| name_of_text(&text, merge)),
    }
}

/// The values of the keys that make the name of an item.
fn of_keys(item: &Node, keys: &str) -> Option<String> {
    let value = |path: &str| {
        let found = path.split('.').try_fold(item, |node, key| match scalar(node)? {
            Node::Map(entries) => entries.get(key),
            _ => None,
        });
        // Where none stands, an API server takes this one (kubernetes/kubernetes:pkg/apis/core/v1/defaults.go).
        found.and_then(text).or_else(|| (path == "protocol").then(|| TCP.to_uppercase()))
    };
    let values: Option<Vec<String>> = keys.split('+').map(value).collect();
    values.map(|values| values.join("/"))
}

/// Writes a value so that two are the same where readers see the same, whatever their styles and comments.
fn write(node: &Node, out: &mut String) {
    match scalar(node) {
        None => out.push('~'),
        Some(Node::Map(entries)) => {
            out.push('{');
            for (key, node) in entries {
                let _ = write!(out, "{key:?}:");
                write(node, out);
                out.push(',');
            }
            out.push('}');
        }
        Some(Node::List(items)) => {
            out.push('[');
            for node in items {
                write(node, out);
                out.push(',');
            }
            out.push(']');
        }
        Some(scalar) => drop(write!(out, "{scalar:?}")),
    }
}

/// The name of an item that is this text.
pub(super) fn name_of_text(text: &str, merge: Option<Merge>) -> String {
    match merge {
        Some(Merge::By(Name::Mount)) => mount(text),
        Some(Merge::By(Name::Port)) => port(text),
        Some(Merge::Pairs) => text.split('=').next().unwrap_or_default().to_owned(),
        _ => text.to_owned(),
    }
}

/// A node without its styles and comments.
pub(super) fn scalar(node: &Node) -> Option<&Node> {
    match node {
        Node::Styled(_, inner) | Node::Commented(_, inner) => scalar(inner),
        Node::Null => None,
        node => Some(node),
    }
}

fn text(node: &Node) -> Option<String> {
    match scalar(node)? {
        Node::Text(text) => Some(text.to_string()),
        Node::Integer(integer) => Some(integer.to_string()),
        Node::Large(integer) => Some(integer.to_string()),
        Node::Number(number) => Some(number.to_string()),
        Node::Boolean(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

const TCP: &str = "tcp";

/// `[[HOST:]PUBLISHED:]TARGET[/PROTOCOL]`: the port of the container, and its protocol.
fn port(text: &str) -> String {
    let (ports, protocol) = text.rsplit_once('/').unwrap_or((text, TCP));
    format!("{}/{protocol}", parts(ports).last().copied().unwrap_or_default())
}

/// `[SOURCE:]TARGET[:MODE]`: the path in the container.
fn mount(text: &str) -> String {
    let parts = parts(text);
    let target = parts.get(1).or(parts.first()).copied().unwrap_or_default();
    if target.len() > 1 { target.trim_end_matches('/').to_owned() } else { target.to_owned() }
}

/// The parts between colons; those within `${…}` and `[…]` separate none.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, char) in text.char_indices() {
        match char {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::{mount, port};

    #[test]
    fn short_forms_have_names() {
        for (text, expected) in [
            ("80", "80/tcp"),
            ("8080:80", "80/tcp"),
            ("127.0.0.1:8080:80/udp", "80/udp"),
            ("${BIND:-127.0.0.1}:${PORT:?a: b}:80", "80/tcp"),
            ("[::1]:8080:80", "80/tcp"),
        ] {
            assert_eq!(port(text), expected, "{text}");
        }
        for (text, expected) in [
            ("/data", "/data"),
            ("data:/data/:ro", "/data"),
            ("${DIR:?must be set}:/data", "/data"),
            ("/:/", "/"),
        ] {
            assert_eq!(mount(text), expected, "{text}");
        }
    }
}
