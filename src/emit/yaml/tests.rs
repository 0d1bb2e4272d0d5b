//! Comments, empty lines and documents.

use super::{yaml, yaml_documents, yaml_rest};
use crate::emit::{Apart, Commented, Entries, FlowSeq, Node};

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn entries_stand_apart_under_their_comments() {
    let services = Entries(vec![
        ("a", Commented::new(lines(&["first\n: x"]), "one\n  two\n\nthree\n")),
        ("b", Commented::new([], "no")),
    ]);
    let other = Entries(vec![("a", Commented::new([], "22:22")), ("b", Commented::new([], "no"))]);
    let value = Entries(vec![("services", Node::of(&Apart(services))), ("x-other", Node::of(&other))]);
    let expected = "# made\n#\n\nservices:\n  # first : x\n  a: |\n    one\n      two\n\n    three\n\n  b: \"no\"\n\nx-other:\n  a: \"22:22\"\n  b: \"no\"\n";
    assert_eq!(yaml(&lines(&["made", ""]), &value), expected);
}

/// A comment stands above the line on which its entry begins, in the column of that line.
#[test]
fn comments_stand_at_any_depth() {
    let item = Entries(vec![
        ("name", Commented::new(lines(&["of the name"]), Node::Text("a".into()))),
        (
            "ports",
            Commented::new([], Node::of(&vec![Commented::new(lines(&["of", "a port"]), FlowSeq([80]))])),
        ),
    ]);
    let value = Entries(vec![(
        "a",
        Entries(vec![(
            "b",
            Commented::new(lines(&["of b"]), vec![Commented::new(lines(&["of the item"]), item)]),
        )]),
    )]);
    let expected = "a:
  # of b
  b:
    # of the item
    # of the name
    - name: a
      ports:
        # of
        # a port
        - [80]
";
    assert_eq!(yaml(&[], &value), expected);
    assert_eq!(yaml(&[], &Node::of(&value)), expected);
}

#[test]
fn a_text_in_parts_is_the_same_as_the_whole() {
    let comments = [lines(&["first"]), Vec::new(), lines(&["third", "of three"])];
    let entries = |names: &[&'static str]| {
        let entries = names.iter().map(|name| {
            let at = ["a", "b", "c"].iter().position(|it| it == name);
            let lines = at.map(|at| comments[at].clone()).unwrap_or_default();
            (*name, Commented::new(lines, name.len()))
        });
        Apart(entries.collect::<Entries<_, _>>())
    };
    let value = |names: &[&'static str]| Entries(vec![("services", entries(names))]);
    let last = |names: &[&'static str]| Entries(vec![("services", entries(names)), ("x", entries(&["y"]))]);
    let whole = yaml(&["made".into()], &last(&["a", "b", "c"]));
    for at in 1..3 {
        let (before, behind) = ["a", "b", "c"].split_at(at);
        let mut text = yaml(&["made".into()], &value(before));
        text.push_str(&yaml_rest(&last(behind)));
        assert_eq!(text, whole);
    }
}

#[test]
fn a_file_holds_several_documents() {
    let kind = |kind: &'static str, name: &'static str| {
        let metadata = Commented::new([format!("of {name}")], Entries(vec![("name", name)]));
        Node::of(&Entries(vec![("kind", Node::of(kind)), ("metadata", Node::of(&metadata))]))
    };
    let printed = yaml_documents(&lines(&["made"]), [kind("Service", "a"), kind("Secret", "b")]);
    let expected = "# made

kind: Service

# of a
metadata:
  name: a
---
kind: Secret

# of b
metadata:
  name: b
";
    assert_eq!(printed, expected);
}
