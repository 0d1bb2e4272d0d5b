//! Entries and values to build sources of: what the schema allows, and what its types find hard.

use infrac::model::Document;
use infrac::schema::{Block, Field, Kind};
use infrac::standard;

use crate::random::Random;

/// Whole entries to take over: the standard components, and platforms that use every block.
pub(crate) fn donors() -> Vec<&'static str> {
    let mut donors = vec![
        include_str!("../../platform.infra"),
        include_str!("../../tests/ok/tour.infra"),
        include_str!("../../tests/ok/queue.infra"),
        include_str!("../../tests/ok/pair.infra"),
    ];
    donors.extend(standard::COMPONENTS.iter().map(|(_, source)| *source));
    donors
}

/// Values at the edge of what types take.
const HARD: &[&str] = &[
    "0",
    "-1",
    "1.5",
    "18446744073709551616",
    "9223372036854775807B",
    "16777216TiB",
    "99999999d",
    "0.0000000001GiB",
    "1h30m",
    "100%",
    "65535",
    "65536",
    "1e9",
    "true",
    "[]",
    "\"\"",
    "\"${a.b.c}\"",
    "\"$${a}\"",
    "\"no\"",
    "\"0x1F\"",
    "\"a: b # c\"",
    "\" \"",
    "\"\\n\"",
    "\"\\\"'\\\\\"",
    "\"- a\"",
    "\"{{ x }}\"",
    "\"ünï\u{202e}\u{2028}\u{feff}\"",
    "\"22:22\"",
    "self.name",
    "platform.name",
    "internet",
    "localhost",
    "deny",
    "\"/\"",
    "\"../..\"",
    "\"a/b:c@sha256:d\"",
    "\"203.0.113.7/33\"",
    "\"x:1\"",
    "\"*/0 * * * *\"",
    "\"\"\"\n  a\n\n    b${a}\n  \"\"\"",
];

/// An entry that the schema allows in a block.
pub(crate) fn entry(field: &Field, names: &[&str], depth: usize, random: &mut Random) -> String {
    let mut out = field.key.to_owned();
    match (field.kind)() {
        Kind::Block(block) => {
            if block.label.is_some() {
                out.push(' ');
                out.push_str(random.one_of(names).unwrap_or("a"));
            }
            if let Some(main) = &block.value
                && (main.required || random.below(2) == 0)
            {
                out.push_str(" = ");
                out.push_str(&value((main.kind)(), names, random));
            }
            if depth > 0 && !block.fields.is_empty() {
                out.push_str(" { ");
                out.push_str(&body(block, names, depth - 1, random));
                out.push_str(" }");
            }
        }
        Kind::Map(kind) => {
            out.push_str(" { ");
            for _ in 0..random.below(3) {
                out.push_str(random.one_of(names).unwrap_or("a"));
                out.push_str(" = ");
                out.push_str(&value(kind(), names, random));
                out.push_str(", ");
            }
            out.push('}');
        }
        Kind::Named(named) => {
            let blocks: Vec<&Field> = named.fields.iter().collect();
            if let Some(block) = random.one_of(&blocks) {
                out.push(' ');
                out.push_str(&entry(block, names, depth, random));
            }
        }
        Kind::Raw => out.push_str(" { a { b = [1, { c = \"d\" }] } }"),
        kind => {
            out.push_str(" = ");
            out.push_str(&value(kind, names, random));
        }
    }
    out
}

fn body(block: &Block, names: &[&str], depth: usize, random: &mut Random) -> String {
    use infrac::schema::Presence;
    let wanted: Vec<&Field> = block
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required || random.below(block.fields.len()) < 2)
        .collect();
    let entries: Vec<String> = wanted.into_iter().map(|field| entry(field, names, depth, random)).collect();
    entries.join(", ")
}

fn value(kind: Kind, names: &[&str], random: &mut Random) -> String {
    if random.below(8) == 0 {
        return hard(random).to_owned();
    }
    match kind {
        Kind::Scalar(words) => scalar(words, names, random),
        Kind::Choice(choices) => {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            random.one_of(&words).unwrap_or("a").to_owned()
        }
        Kind::List(item) => {
            let items: Vec<String> = (0..random.below(3)).map(|_| value(item(), names, random)).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Reference(_) => reference(names, random),
        Kind::Block(_) | Kind::Named(_) | Kind::Map(_) | Kind::Raw => hard(random).to_owned(),
    }
}

/// A value that fits a type by its description, which shows an example of it in many cases.
fn scalar(words: &str, names: &[&str], random: &mut Random) -> String {
    if let Some(example) = words.split('`').nth(1) {
        return example.to_owned();
    }
    match random.below(4) {
        0 => reference(names, random),
        1 => "5".to_owned(),
        2 => format!("\"${{{}}}\"", reference(names, random)),
        _ => format!("\"{}\"", random.one_of(names).unwrap_or("a")),
    }
}

fn reference(names: &[&str], random: &mut Random) -> String {
    let mut out = random.one_of(names).unwrap_or("a").to_owned();
    for _ in 0..random.below(3) {
        out.push('.');
        let members = ["url", "host", "number", "address", "name", "http", "MiB", "seconds"];
        let member = if random.below(2) == 0 { random.one_of(&members) } else { random.one_of(names) };
        out.push_str(member.unwrap_or("name"));
    }
    out
}

/// A value that is seldom right.
pub(crate) fn hard(random: &mut Random) -> &'static str {
    random.one_of(HARD).unwrap_or("0")
}

/// The block of a key, wherever the schema has it.
pub(crate) fn block(key: &str) -> Option<&'static Block> {
    fn below(block: &'static Block, key: &str, depth: usize) -> Option<&'static Block> {
        block.fields.iter().find_map(|field| match (field.kind)() {
            Kind::Block(inner) if field.key == key => Some(inner),
            Kind::Block(inner) if depth > 0 => below(inner, key, depth - 1),
            _ => None,
        })
    }
    below(Document::SCHEMA, key, 3)
}
