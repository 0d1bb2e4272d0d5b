//! What is printed, against what the library prints.

use super::{At, Place, scalar};
use crate::emit::{DoubleQuoted, Entries, FlowMap, FlowSeq, Node};
use crate::hash::IndexMap;

use serde::Serialize as _;

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
    styled: bool,
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

    fn integer(&mut self) -> i128 {
        match self.below(6) {
            0 => i64::MAX.into(),
            1 => u64::MAX.into(),
            2 => i64::MIN.into(),
            3 => i128::from(u64::MAX) + 1,
            _ => i128::try_from(self.below(100_000)).unwrap_or_default() - 50_000,
        }
    }

    fn tree(&mut self, depth: usize) -> Node {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => Node::Null,
            1 => Node::Boolean(self.below(2) == 0),
            2 => Node::Integer(self.integer()),
            3 => Node::Number(f64::from(u16::try_from(self.below(1_000)).unwrap_or_default()) / 8.0),
            4 => Node::of(&DoubleQuoted(self.text())),
            5 => Node::Text(self.text()),
            // The library forgets where it is when one style stands in another.
            6 if self.styled => self.map(depth - 1),
            6 => {
                self.styled = true;
                let items = (0..self.below(3)).map(|_| self.tree(depth - 1)).collect::<Vec<_>>();
                let tree = if self.below(2) == 0 {
                    Node::of(&FlowSeq(items))
                } else {
                    Node::of(&FlowMap(self.map(depth - 1)))
                };
                self.styled = false;
                tree
            }
            7 => Node::List((0..self.below(4)).map(|_| self.tree(depth - 1)).collect()),
            _ => self.map(depth - 1),
        }
    }

    fn map(&mut self, depth: usize) -> Node {
        let entries: IndexMap<String, Node> =
            (0..self.below(4)).map(|_| (self.text(), self.tree(depth))).collect();
        Node::Map(entries)
    }
}

#[test]
fn what_is_printed_is_what_the_library_prints() {
    let mut trees = Trees { state: 0x9e37_79b9_7f4a_7c15, styled: false };
    let mut printed = 0;
    for _ in 0..40_000 {
        let tree = Node::of(&Entries(vec![("root", trees.map(4))]));
        let mut out = String::new();
        if tree.serialize(At { out: &mut out, column: 0, place: Place::Start }).is_err() {
            continue;
        }
        printed += 1;
        assert_eq!(out, scalar::whole(&tree));
    }
    assert!(printed > 20_000, "{printed}");
}

#[test]
fn the_library_prints_what_has_no_layout() {
    assert_eq!(super::print(&"alone"), "alone\n");
    let kept = Entries(vec![("a", "b\n\n"), ("c", "d")]);
    assert_eq!(super::print(&kept), scalar::whole(&Node::of(&kept)));
}

/// A number that is lost would be a limit that is lost.
#[test]
fn every_number_is_printed() {
    let value = Entries(vec![("signed", FlowMap(Entries(vec![("least", i64::MIN), ("most", i64::MAX)])))]);
    assert_eq!(super::print(&value), "signed: {least: -9223372036854775808, most: 9223372036854775807}\n");
    let value = Entries(vec![("unsigned", FlowMap(Entries(vec![("most", u64::MAX)])))]);
    assert_eq!(super::print(&value), "unsigned: {most: 18446744073709551615}\n");
    let value = Entries(vec![("alone", u64::MAX)]);
    assert_eq!(super::print(&value), "alone: 18446744073709551615\n");
}
