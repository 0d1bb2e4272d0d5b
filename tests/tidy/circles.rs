//! Circles of files: two modules of one folder that import from each other, be it by way of others. Whoever reads one of them has to
//! know all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::files::File;

/// What is no code, and could look like an import: comments and texts.
static PROSE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?m)//.*$|'(?:\\.|[^'\\])'|"(?:(?s:\\.)|[^"\\])*""#).expect("a pattern"));

static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]+);").expect("a pattern"));

/// A path within an expression or a type.
static PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\w:])(\w+(?:::\w+)+)").expect("a pattern"));

/// The path of a module, from the crate's root.
type Module = Vec<String>;

/// The circles among these files: the folder, and the modules of it that import from each other.
pub(crate) fn circles(files: &[File]) -> Vec<String> {
    let tests = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    let files = files.iter().filter(|file| !tests(&file.path));
    let modules: BTreeMap<Module, &str> =
        files.map(|file| (module(&file.path), file.text.as_str())).collect();
    let mut imports: BTreeSet<(Module, Module)> = BTreeSet::new();
    for (own, text) in &modules {
        for path in paths(text) {
            if let Some(found) = resolve(own, &path, &modules) {
                imports.insert((own.clone(), found));
            }
        }
    }
    // An import between two modules is one between those of each folder above that they stand in.
    let mut folders: BTreeMap<&[String], BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for (from, to) in &imports {
        let common = from.iter().zip(to).take_while(|(one, other)| one == other).count();
        if let (Some(one), Some(other)) = (from.get(common), to.get(common)) {
            folders.entry(&from[..common]).or_default().entry(one).or_default().insert(other);
        }
    }
    let mut found = Vec::new();
    for (folder, imports) in folders {
        let mut told = BTreeSet::new();
        for start in imports.keys() {
            let there = reached(start, &imports);
            let circle: BTreeSet<&str> =
                there.iter().copied().filter(|other| reached(other, &imports).contains(start)).collect();
            if circle.len() > 1 && told.insert(circle.clone()) {
                let names: Vec<&str> = circle.into_iter().collect();
                found.push(format!("{}: {}", folder.join("/"), names.join(", ")));
            }
        }
    }
    found
}

/// What is imported from a module, be it by way of others.
fn reached<'a>(start: &'a str, imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(next) = open.pop() {
        for other in imports.get(next).into_iter().flatten() {
            if found.insert(*other) {
                open.push(other);
            }
        }
    }
    found
}

fn module(path: &str) -> Module {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// Every path of a file's code, tests left out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = PROSE.replace_all(code, "");
    let words = |path: &str| path.split("::").map(|word| word.trim().to_owned()).collect::<Vec<_>>();
    let used = USE.captures_iter(&code).flat_map(|found| spread(&found[1]));
    let rest = USE.replace_all(&code, "");
    let named: Vec<String> = PATH.captures_iter(&rest).map(|found| found[1].to_owned()).collect();
    used.chain(named).map(|path| words(&path)).collect()
}

/// The paths of one `use`: `a::{b, c::d}` are two.
fn spread(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut items, mut level, mut start) = (Vec::new(), 0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => level += 1,
            '}' => level -= 1,
            ',' if level == 0 => {
                items.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&inner[start..]);
    let items = items.into_iter().filter(|item| !item.trim().is_empty());
    items.flat_map(spread).map(|item| format!("{}{item}", head.trim())).collect()
}

/// The module that a path leads to from another one; `None` where it leads out of the crate, or to the module itself.
fn resolve(own: &Module, path: &[String], modules: &BTreeMap<Module, &str>) -> Option<Module> {
    let first = path.first()?.as_str();
    let mut full: Module = match first {
        "crate" => Vec::new(),
        "super" | "self" => own.clone(),
        _ => {
            let mut child = own.clone();
            child.push(first.to_owned());
            modules.contains_key(&child).then(|| own.clone())?
        }
    };
    for word in path {
        match word.as_str() {
            "crate" | "self" => {}
            "super" => drop(full.pop()),
            word => full.push(word.to_owned()),
        }
    }
    while !modules.contains_key(&full) {
        full.pop()?;
    }
    (full != *own).then_some(full)
}
