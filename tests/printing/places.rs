//! Every place of a tree where text can stand.

use infrac::emit::{Apart, Commented, DoubleQuoted, Entries, FlowMap, FlowSeq, Node};
use serde_json::{Value, json};

/// Text beside which a list is long.
const LONG: &str =
    "a text that is long enough for a list to stand on lines of its own, one for each of its items";

/// The tree, as the printer gets it.
pub(crate) fn places(text: &str) -> Node {
    let map = |key: &str, node: Node| Node::of(&Entries(vec![(key, node)]));
    let says = |node: Node| Commented::new([text.to_owned(), "and more".to_owned()], node);
    let item = Entries(vec![(text, says(Node::of(text))), ("other key", says(Node::of(text)))]);
    let both = Entries(vec![("b", Node::of(text)), ("c", Node::of(&FlowSeq([text])))]);
    let flow = Entries(vec![("list", Node::of(&[text, "a"])), (text, map(text, Node::of(text)))]);
    Node::of(&Entries(vec![
        ("value", says(Node::of(text))),
        ("quoted", says(Node::of(&DoubleQuoted(text)))),
        ("short", says(Node::of(&FlowSeq([text, "a", text])))),
        ("alone", says(Node::of(&FlowSeq([text])))),
        ("long", says(Node::of(&Apart(vec![text, LONG, text])))),
        ("lists", says(Node::of(&vec![vec![vec![text, text]], vec![vec![text]]]))),
        ("flow", says(Node::of(&FlowMap(flow)))),
        ("key", says(map(text, map(text, Node::of(&Apart(Entries(vec![(text, text), ("other", text)]))))))),
        ("items", says(Node::List(vec![Node::of(&says(Node::of(&item))), Node::of(&item)]))),
        ("nested", says(map("a", map(text, Node::of(&both))))),
        ("last", says(Node::of(text))),
    ]))
}

/// The tree, as readers have to see it.
pub(crate) fn meant(text: &str) -> Value {
    let map = |key: &str, value: Value| json!({ key: value });
    let item = json!({ text: text, "other key": text });
    json!({
        "value": text,
        "quoted": text,
        "short": [text, "a", text],
        "alone": [text],
        "long": [text, LONG, text],
        "lists": [[[text, text]], [[text]]],
        "flow": { "list": [text, "a"], text: map(text, json!(text)) },
        "key": map(text, map(text, json!({ text: text, "other": text }))),
        "items": [item.clone(), item],
        "nested": map("a", map(text, json!({ "b": text, "c": [text] }))),
        "last": text,
    })
}
