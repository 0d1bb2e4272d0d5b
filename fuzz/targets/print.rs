//! What the printer of YAML writes, another crate reads as it was meant: any text in every place where text can stand, and
//! trees of texts, numbers, lists and maps in every style.

#![no_main]

#[path = "../../tests/printing/places.rs"]
mod places;

use infrac::emit::{Apart, Commented, DoubleQuoted, Entries, FlowMap, FlowSeq, Node, yaml};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

/// Keys of [`places`]: a text that is one of them would stand there twice.
const TAKEN: [&str; 3] = ["other key", "other", "list"];

/// How deep a tree is at most. Deeper ones have nothing new.
const DEEPEST: usize = 6;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if !TAKEN.contains(&text) {
        expect(text, &places::places(text), &places::meant(text));
    }
    let mut taken = Taken { rest: text };
    let (written, meant) = taken.tree(0);
    let (written, meant) = (Node::of(&Entries(vec![("tree", written)])), json!({ "tree": meant }));
    expect(text, &written, &meant);
});

fn expect(header: &str, written: &Node, meant: &Value) {
    let printed = yaml(&["made".to_owned(), header.to_owned()], written);
    match serde_yaml::from_str::<Value>(&printed) {
        Ok(read) => assert_eq!(read, *meant, "\n{printed}"),
        Err(error) => panic!("{error}\n{printed}"),
    }
}

/// A tree is made of the characters of a text: the first says what stands here, what follows says what is in it.
struct Taken<'a> {
    rest: &'a str,
}

impl Taken<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let first = chars.next()?;
        self.rest = chars.as_str();
        Some(first)
    }

    /// The next characters, as many as the first of them says.
    fn text(&mut self) -> String {
        let length = self.next().map_or(0, |first| first as usize % 24);
        let end = self.rest.char_indices().nth(length).map_or(self.rest.len(), |(at, _)| at);
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        text.to_owned()
    }

    /// Lines of comment above a value, where the next character says so.
    fn comment(&mut self) -> Option<[String; 1]> {
        (self.next()? as usize).is_multiple_of(5).then(|| [self.text()])
    }

    fn list(&mut self, depth: usize) -> Vec<(Node, Value)> {
        let length = self.next().map_or(0, |first| first as usize % 4);
        (0..length).map(|_| self.tree(depth + 1)).collect()
    }

    fn map(&mut self, depth: usize) -> Vec<(String, Node, Value)> {
        let mut entries: Vec<(String, Node, Value)> = Vec::new();
        for (node, value) in self.list(depth) {
            let key = self.text();
            if !entries.iter().any(|(known, ..)| *known == key) {
                entries.push((key, node, value));
            }
        }
        entries
    }

    fn tree(&mut self, depth: usize) -> (Node, Value) {
        let kind = if depth < DEEPEST { self.next().map_or(0, |first| first as usize % 10) } else { 0 };
        match kind {
            0 | 1 => {
                let text = self.text();
                (Node::of(&text), json!(text))
            }
            2 => {
                let text = self.text();
                (Node::of(&DoubleQuoted(&text)), json!(text))
            }
            3 => {
                let number = self.next().map_or(0, |first| i64::from(first as u32) - 1_000);
                (Node::of(&number), json!(number))
            }
            4 => (Node::of(&(self.rest.len().is_multiple_of(2))), json!(self.rest.len().is_multiple_of(2))),
            5 => (Node::Null, Value::Null),
            // What stands between brackets has no line for a comment: texts alone.
            6 => {
                let length = self.next().map_or(0, |first| first as usize % 4);
                let texts: Vec<String> = (0..length).map(|_| self.text()).collect();
                (Node::of(&FlowSeq(&texts)), json!(texts))
            }
            7 => {
                let length = self.next().map_or(0, |first| first as usize % 4);
                let entries: Map<String, Value> =
                    (0..length).map(|_| (self.text(), Value::String(self.text()))).collect();
                let written: Vec<(&String, &Value)> = entries.iter().collect();
                (Node::of(&FlowMap(Entries(written))), Value::Object(entries))
            }
            8 => {
                let items = self.list(depth);
                let meant = items.iter().map(|(_, value)| value.clone()).collect();
                let written: Vec<Node> = items.into_iter().map(|(node, _)| self.above(node)).collect();
                (self.apart(&written), meant)
            }
            _ => {
                let entries = self.map(depth);
                let meant = entries.iter().map(|(key, _, value)| (key.clone(), value.clone())).collect();
                let written = entries.into_iter().map(|(key, node, _)| (key, self.above(node))).collect();
                (self.apart(&Entries(written)), Value::Object(meant))
            }
        }
    }

    fn above(&mut self, node: Node) -> Node {
        match self.comment() {
            Some(lines) => Node::of(&Commented::new(lines, node)),
            None => node,
        }
    }

    fn apart(&mut self, written: &impl serde::Serialize) -> Node {
        match self.next() {
            Some(first) if (first as usize).is_multiple_of(3) => Node::of(&Apart(written)),
            _ => Node::of(written),
        }
    }
}
