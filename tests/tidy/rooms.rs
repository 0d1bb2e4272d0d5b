//! The rooms of the compiler: each may import from those before it only.

use std::sync::LazyLock;

use regex::Regex;

/// The order of the rooms. What `lib` itself declares is in the room `lib`.
const ROOMS: &[&str] = &[
    "hash",
    "digest",
    "parallel",
    "notation",
    "source",
    "diagnostic",
    "syntax",
    "schema",
    "model",
    "standard",
    "formats",
    "expand",
    "promql",
    "platform",
    "origins",
    "request",
    "graph",
    "resolve",
    "check",
    "allow",
    "emit",
    "kustomize",
    "target",
    "coverage",
    "manual",
    "view",
    "output",
    "lib",
    "cli",
    "main",
];

/// `crate::` with the word or the group behind it.
static CRATE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\bcrate::(?:(\w+)|\{)").ok());

/// `super::` as often as it stands, with the word behind it.
static SUPER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b((?:super::)+)(\w+)").ok());

/// Imports of a source file that go against the order.
pub(crate) fn offences(path: &str, text: &str) -> Vec<String> {
    let parts: Vec<&str> = path.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
    let Some(own) = parts.first().and_then(|room| place(room)) else {
        return vec![format!("{path} is in no room of the order")];
    };
    // `lib` declares the other rooms.
    if ROOMS[own] == "lib" {
        return Vec::new();
    }
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    imports(&code, parts.len())
        .into_iter()
        .filter(|word| place(word).or_else(|| place("lib")).is_some_and(|room| room > own))
        .map(|word| format!("{path} imports `{word}`, which comes later"))
        .collect()
}

fn place(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

/// The first words behind the crate's root, however it is reached from a file at this depth.
fn imports(code: &str, depth: usize) -> Vec<&str> {
    let mut words = Vec::new();
    for found in CRATE.iter().flat_map(|pattern| pattern.captures_iter(code)) {
        match (found.get(1), found.get(0)) {
            (Some(word), _) => words.push(word.as_str()),
            (None, Some(head)) => words.extend(group(&code[head.end()..])),
            (None, None) => {}
        }
    }
    for found in SUPER.iter().flat_map(|pattern| pattern.captures_iter(code)) {
        if let (Some(supers), Some(word)) = (found.get(1), found.get(2))
            && supers.as_str().matches("super").count() >= depth
            && place(word.as_str()).is_some()
        {
            words.push(word.as_str());
        }
    }
    words
}

/// The first words of what stands in braces, up to the one that closes them.
fn group(text: &str) -> Vec<&str> {
    let mut level = 1;
    let mut start = 0;
    let mut items = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '{' => level += 1,
            '}' => level -= 1,
            _ => {}
        }
        if level == 0 || (level == 1 && c == ',') {
            items.push(&text[start..at]);
            start = at + 1;
        }
        if level == 0 {
            break;
        }
    }
    items
        .into_iter()
        .filter_map(|item| item.trim().split("::").next())
        .filter(|word| !word.is_empty())
        .collect()
}
