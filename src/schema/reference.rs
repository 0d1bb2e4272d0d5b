//! The reference of the language, written from the schema: every block with its keys.

use std::fmt::Write as _;

use super::{Block, Field, Kind, Presence};

/// The reference as Markdown: the blocks of `root`, each after those around it.
#[must_use]
pub fn markdown(root: &'static Block) -> String {
    let mut out = String::from(
        "# Reference\n\n\
         <!-- Written by `infrac schema` from the compiler's own schema; do not edit. -->\n\n\
         Every block and every key of the language. [The guide](guide.md) goes by task, [the language](language.md) is the syntax.\n\n\
         `env`, `labels`, `headers`, `match` and other keys marked *free keys* take any entries of the type that\n\
         is named. Values that hold `${…}` may refer to anything that is known at that place.\n",
    );
    let _ = write!(out, "\n## At the top level\n\n");
    table(root, &mut out);
    for (within, block) in blocks(root) {
        out.push('\n');
        write_section(&within, block, &mut out);
    }
    out
}

/// The section of one block.
#[must_use]
pub fn section_of(block: &Block) -> String {
    let mut out = String::new();
    write_section("", block, &mut out);
    out
}

/// The keys of all blocks, with the block around it where only that distinguishes them: `service`, `target compose`.
#[must_use]
pub fn keys(root: &'static Block) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = blocks(root)
        .into_iter()
        .filter(|(within, _)| within.is_empty())
        .map(|(_, block)| block.key)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The sections of the blocks of a key; empty where there is none.
#[must_use]
pub fn section(root: &'static Block, key: &str) -> String {
    let mut out = String::new();
    let of_key = blocks(root).into_iter().filter(|(within, block)| format!("{within}{}", block.key) == key);
    for (at, (within, block)) in of_key.enumerate() {
        if at > 0 {
            out.push('\n');
        }
        write_section(&within, block, &mut out);
    }
    out
}

/// The meanings of a key: the blocks that have it, each with its meaning there. `within` is the path of one block alone:
/// `service`, `service.health`. Empty where no block has it.
#[must_use]
pub fn key(root: &'static Block, within: Option<&str>, key: &str) -> String {
    let mut out = String::new();
    for (before, block) in within.map_or_else(|| blocks(root), |path| blocks_at(root, path)) {
        for field in block.fields.iter().filter(|field| field.key == key) {
            let _ = writeln!(
                out,
                "- `{before}{}`: {} ({})",
                block.key,
                paragraph(field.doc),
                paragraph(&kind(field))
                    .replace("](#", "](")
                    .split("](")
                    .next()
                    .unwrap_or_default()
                    .replace('[', "")
            );
        }
    }
    out
}

/// Whether a path of keys leads to a block: `service.health`.
#[must_use]
pub fn is_block(root: &'static Block, path: &str) -> bool {
    !blocks_at(root, path).is_empty()
}

/// The blocks that a path of keys leads to, from any block on.
fn blocks_at(root: &'static Block, path: &str) -> Vec<(String, &'static Block)> {
    let mut keys = path.split('.');
    let first = keys.next().unwrap_or_default();
    let of_first = blocks(root).into_iter().filter(|(_, block)| block.key == first).collect();
    keys.fold(of_first, |found: Vec<(String, &'static Block)>, key| {
        let fields = found.iter().flat_map(|(_, block)| block.fields).filter(|field| field.key == key);
        fields.flat_map(|field| blocks_of((field.kind)(), key)).collect()
    })
}

/// Every key of every block, as `BLOCK.KEY`.
#[must_use]
pub fn dotted(root: &'static Block) -> Vec<String> {
    let blocks = blocks(root).into_iter();
    let of_one = |(_, block): (String, &'static Block)| {
        block.fields.iter().map(move |field| format!("{}.{}", block.key, field.key))
    };
    let mut names: Vec<String> = blocks.flat_map(of_one).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The words of every enumeration: the key, the word, and its meaning.
#[must_use]
pub fn choices(root: &'static Block) -> Vec<(String, &'static str, String)> {
    let mut found = Vec::new();
    let mut add = |place: &str, kind: Kind| {
        if let Kind::Choice(words) = kind {
            found.extend(words.iter().map(|(word, meaning)| (place.to_owned(), *word, paragraph(meaning))));
        }
    };
    for (within, block) in blocks(root) {
        if let Some(value) = &block.value {
            add(&format!("{within}{}", block.key), (value.kind)());
        }
        for field in block.fields {
            add(field.key, (field.kind)());
        }
    }
    found
}

fn write_section(within: &str, block: &Block, out: &mut String) {
    let _ = write!(out, "## {within}{}\n\n{}\n", block.key, paragraph(block.doc));
    let _ = write!(out, "\n```text\n{within}{}\n```\n", form(block));
    if let Some(label) = block.label {
        let _ = write!(out, "\n- NAME: {label}\n");
    }
    if let Some(value) = &block.value {
        let lead = if block.label.is_some() { "" } else { "\n" };
        let _ = writeln!(out, "{lead}- VALUE: {} {}", value.doc, sentence(&describe((value.kind)())));
    }
    if !block.fields.is_empty() {
        out.push('\n');
        table(block, out);
    }
}

/// Every block below `root`, once, those of the upper levels first, each with the prefix of its key. Different blocks of one
/// key are two.
fn blocks(root: &'static Block) -> Vec<(String, &'static Block)> {
    let mut found: Vec<(String, &'static Block)> = Vec::new();
    let mut next = vec![root];
    while !next.is_empty() {
        let mut below = Vec::new();
        for field in next.iter().flat_map(|block| block.fields) {
            for (within, block) in blocks_of((field.kind)(), field.key) {
                if !found.iter().any(|(_, known)| known.key == block.key && known.doc == block.doc) {
                    found.push((within, block));
                    below.push(block);
                }
            }
        }
        next = below;
    }
    found
}

fn blocks_of(kind: Kind, key: &str) -> Vec<(String, &'static Block)> {
    match kind {
        Kind::Block(block) => vec![(String::new(), block)],
        Kind::Named(named) => {
            let below = named.fields.iter().flat_map(|field| blocks_of((field.kind)(), key));
            below.map(|(_, block)| (format!("{key} "), block)).collect()
        }
        Kind::Map(inner) => blocks_of(inner(), key),
        _ => Vec::new(),
    }
}

/// The form of a block, `port NAME = VALUE { … }`, with optional parts in brackets.
fn form(block: &Block) -> String {
    let mut form = block.key.to_owned();
    if block.label.is_some() {
        form.push_str(" NAME");
    }
    match &block.value {
        Some(value) if value.required => form.push_str(" = VALUE"),
        Some(_) => form.push_str(" [= VALUE]"),
        None => {}
    }
    if block.fields.is_empty() && block.label.is_none() && block.value.is_none() {
        form.push_str(" {}");
    } else if !block.fields.is_empty() {
        form.push_str(if block.value.is_some() { " [{ … }]" } else { " { … }" });
    }
    form
}

fn table(block: &Block, out: &mut String) {
    out.push_str("| key | type | meaning |\n| --- | --- | --- |\n");
    for field in block.fields {
        let _ =
            writeln!(out, "| {} | {} | {} |", name(field), cell(&kind(field)), cell(&paragraph(field.doc)));
    }
    for field in block.fields {
        if let Kind::Choice(words) = (field.kind)() {
            let _ = write!(out, "\n`{}` is one of:\n\n", field.key);
            for (word, meaning) in words {
                let _ = writeln!(out, "- `{word}`: {}", paragraph(meaning));
            }
        }
    }
}

fn name(field: &Field) -> String {
    match field.presence {
        Presence::Required => format!("`{}` (required)", field.key),
        Presence::Optional => format!("`{}`", field.key),
        Presence::Many => format!("`{} NAME` (any number)", field.key),
    }
}

fn kind(field: &Field) -> String {
    match (field.kind)() {
        Kind::Named(named) => {
            let link = |block: &Field| format!("[{0} {1}](#{0}-{1})", field.key, block.key);
            format!("a block: {}", named.fields.iter().map(link).collect::<Vec<_>>().join(", "))
        }
        kind => describe(kind),
    }
}

fn describe(kind: Kind) -> String {
    match kind {
        Kind::Scalar(words) => words.to_owned(),
        Kind::Choice(words) => {
            words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
        Kind::List(item) => format!("a list: {}", describe(item())),
        Kind::Reference(_) => "a name or reference".to_owned(),
        Kind::Block(block) => format!("a block, [{0}](#{0})", block.key),
        Kind::Named(_) => "a block".to_owned(),
        Kind::Map(inner) => format!("free keys: {}", describe(inner())),
        Kind::Raw => "free entries".to_owned(),
    }
}

/// Doc text on one line.
fn paragraph(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
