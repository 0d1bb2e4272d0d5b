//! What is printed, against what a reader of YAML 1.2 sees.

use serde_yaml::Value;

use crate::emit::{Apart, DoubleQuoted, Entries, FlowMap, FlowSeq, Node, yaml, yaml_object, yaml_tree};

/// Texts that some reader takes for something else.
const WORDS: &[&str] = &[
    "",
    "yes",
    "No",
    "null",
    "nan",
    "INF",
    "y",
    "on",
    "~",
    "=",
    "<<",
    "0x1f",
    "1e5",
    "5d",
    "30s",
    "5m",
    "1_000",
    "22:22",
    "2001-12-14t21:59:43.10Z",
    "2001-12-14",
    "-",
    "- a",
    "?",
    "#",
    "a #b",
    "a#b",
    "a: b",
    "a:",
    "a:b",
    " a",
    "a ",
    "{{ $labels.x }}",
    "${A}",
    "$A",
    "(a)",
    "[a]",
    "/a/b",
    "./a",
    "a/b:1.2@sha256:5e",
    ".5",
    "*",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "a\"b",
    "a\\b",
    "ä",
    "a ä",
    "\u{85}",
    "\u{feff}a",
    "\t",
    "a\tb",
    "a\rb",
    "a\nb",
    "a\n",
    " a\nb\n",
    "a\n\n  b",
    "a\n\n",
    "\n",
    "\na",
    "---",
    "--- a",
    "...",
    "x > 0.5 and y{a=\"b\"} < 3",
    "key with space",
    "a, b",
    "1 2 3",
    "12h",
    "0o7",
    "7g",
    "0b1",
    "+1",
    "1.5.2",
    "e5",
    "_",
    "a_b-c.d",
    "-x",
    "--x",
    "-inf",
    "--inf",
    "-.inf",
    "-1",
    "--",
    "-x y",
    "[a",
    "{a: b}",
    "a,b",
];

/// The trees that a number stands for, the same ones every time.
struct Trees {
    state: u64,
}

impl Trees {
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % end as u64).unwrap_or_default()
    }

    fn text(&mut self) -> String {
        let word = WORDS[self.below(WORDS.len())];
        match self.below(6) {
            0 => format!("{word}{}", WORDS[self.below(WORDS.len())]),
            1 => (0..self.below(6))
                .map(|_| char::from(b' ' + u8::try_from(self.below(95)).unwrap_or_default()))
                .collect(),
            _ => word.to_owned(),
        }
    }

    fn integer(&mut self) -> Node {
        match self.below(6) {
            0 => Node::of(&i64::MAX),
            1 => Node::of(&u64::MAX),
            2 => Node::of(&i64::MIN),
            3 => Node::of(&(1u64 << 63)),
            _ => Node::Integer(i64::try_from(self.below(100_000)).unwrap_or_default() - 50_000),
        }
    }

    fn tree(&mut self, depth: usize) -> Node {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => Node::Null,
            1 => Node::Boolean(self.below(2) == 0),
            2 => self.integer(),
            3 => Node::Number(f64::from(u16::try_from(self.below(1_000)).unwrap_or_default()) / 8.0),
            4 => Node::of(&DoubleQuoted(self.text())),
            5 => Node::Text(self.text().into()),
            6 => {
                let items = (0..self.below(3)).map(|_| self.tree(depth - 1)).collect::<Vec<_>>();
                match self.below(4) {
                    0 => Node::of(&FlowSeq(items)),
                    1 => Node::of(&FlowMap(self.map(depth - 1))),
                    2 => Node::of(&Apart(items)),
                    _ => Node::Commented(vec![self.text(), self.text()], Box::new(self.tree(depth - 1))),
                }
            }
            7 => Node::List((0..self.below(4)).map(|_| self.tree(depth - 1)).collect()),
            _ => self.map(depth - 1),
        }
    }

    fn map(&mut self, depth: usize) -> Node {
        Node::Map((0..self.below(4)).map(|_| (self.text(), self.tree(depth))).collect())
    }
}

/// The tree as the reader of YAML sees it.
fn value(tree: &Node) -> Value {
    match tree {
        Node::Null => Value::Null,
        Node::Boolean(boolean) => Value::Bool(*boolean),
        Node::Integer(integer) => Value::Number((*integer).into()),
        Node::Large(integer) => Value::Number((*integer).into()),
        Node::Number(number) => Value::Number((*number).into()),
        Node::Text(text) => Value::String(text.to_string()),
        Node::List(items) => Value::Sequence(items.iter().map(value).collect()),
        Node::Map(entries) => {
            let entries = entries.iter().map(|(key, tree)| (Value::String(key.to_string()), value(tree)));
            Value::Mapping(entries.collect())
        }
        Node::Styled(_, inner) | Node::Commented(_, inner) => value(inner),
    }
}

#[test]
fn what_is_printed_is_what_is_read() {
    let mut trees = Trees { state: 0x9e37_79b9_7f4a_7c15 };
    for _ in 0..10_000 {
        let tree = Node::of(&Entries(vec![("root", trees.map(4))]));
        let printed = yaml(&[], &tree);
        let read = serde_yaml::from_str::<Value>(&printed);
        assert!(read.as_ref().is_ok_and(|read| *read == value(&tree)), "{printed}\n{read:?}");
        assert_eq!(yaml_tree(&[], &tree), yaml_object(&[], &tree));
    }
}

#[test]
fn a_value_by_itself_is_printed() {
    for (text, printed) in [("alone", "alone\n"), ("a\nb", "\"a\\nb\"\n"), ("no", "\"no\"\n")] {
        assert_eq!(yaml(&[], &text), printed);
    }
    assert_eq!(yaml(&[], &7), "7\n");
    assert_eq!(yaml(&[], &Vec::<u8>::new()), "[]\n");
}

/// A number that is lost would be a limit that is lost.
#[test]
fn every_number_is_printed() {
    let value = Entries(vec![("signed", FlowMap(Entries(vec![("least", i64::MIN), ("most", i64::MAX)])))]);
    assert_eq!(yaml(&[], &value), "signed: {least: -9223372036854775808, most: 9223372036854775807}\n");
    let value = Entries(vec![("unsigned", FlowMap(Entries(vec![("most", u64::MAX)])))]);
    assert_eq!(yaml(&[], &value), "unsigned: {most: 18446744073709551615}\n");
    let value = Entries(vec![("alone", u64::MAX)]);
    assert_eq!(yaml(&[], &value), "alone: 18446744073709551615\n");
}
