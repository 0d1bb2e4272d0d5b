//! Compose's keys against the schema that the compose specification publishes. The project does not carry it:
//! `INFRAC_SCHEMAS` names a folder that holds a `compose-spec*.json` (docs/tests.md).

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::{env, fs};

use infrac::formats::{Keys, Kind};
use serde_json::Value;

use super::{keys, none};

/// The published schema, where it is at hand.
fn schema() -> Option<Value> {
    let folder = PathBuf::from(env::var_os("INFRAC_SCHEMAS").filter(|folder| !folder.is_empty())?);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry of a folder can be read").path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("compose-spec") && path.extension().is_some_and(|end| end == "json")
        })
        .collect();
    files.sort();
    let newest = files.pop().unwrap_or_else(|| panic!("{} holds no compose-spec*.json", folder.display()));
    let text = fs::read_to_string(newest).expect("the schema can be read");
    Some(serde_json::from_str(&text).expect("the schema is JSON"))
}

#[test]
fn keys_of_compose_are_those_of_its_schema() {
    let Some(root) = schema() else {
        let _ = writeln!(
            io::stderr(),
            "NOT CHECKED: keys of compose against the published schema, because INFRAC_SCHEMAS names no folder"
        );
        return;
    };
    let mut schema = Schema { root: &root, keys: keys("compose"), seen: BTreeSet::new(), found: Vec::new() };
    schema.value(&root, &[Kind::Block("file")], "file");
    assert!(schema.seen.len() > 40, "only {} blocks were compared", schema.seen.len());
    none(&schema.found);
}

struct Schema<'a> {
    root: &'a Value,
    keys: &'static Keys,
    seen: BTreeSet<&'static str>,
    found: Vec<String>,
}

impl<'a> Schema<'a> {
    /// What may stand at a place, each alternative by itself.
    fn alternatives(&self, node: &'a Value, into: &mut Vec<&'a Value>) {
        if let Some(name) = node["$ref"].as_str() {
            let path = name.trim_start_matches('#');
            self.alternatives(self.root.pointer(path).expect("a reference leads somewhere"), into);
        } else if let Some(several) = node["oneOf"].as_array() {
            several.iter().for_each(|one| self.alternatives(one, into));
        } else {
            into.push(node);
        }
    }

    fn value(&mut self, node: &'a Value, kinds: &[Kind], path: &str) {
        let mut alternatives = Vec::new();
        self.alternatives(node, &mut alternatives);
        let published: BTreeSet<String> = alternatives.iter().flat_map(|node| shapes(node)).collect();
        let ours: BTreeSet<String> = kinds.iter().map(shape).collect();
        if published != ours {
            self.found.push(format!("{path}: {ours:?} here, {published:?} published"));
        }
        for node in alternatives {
            if let Some(items) = node.get("items") {
                for kind in kinds {
                    if let Kind::List(kinds, _) = kind {
                        self.value(items, kinds, &format!("{path}[]"));
                    }
                }
            }
            if node.get("properties").is_some() {
                self.block(node, kinds, path);
            } else {
                let free = node["patternProperties"].as_object().into_iter().flatten();
                for (_, node) in free.filter(|(pattern, _)| *pattern != "^x-") {
                    for kind in kinds {
                        if let Kind::Map(kinds) = kind {
                            self.value(node, kinds, &format!("{path}{{}}"));
                        }
                    }
                }
            }
        }
    }

    fn block(&mut self, node: &'a Value, kinds: &[Kind], path: &str) {
        let name =
            kinds.iter().find_map(|kind| if let Kind::Block(name) = kind { Some(*name) } else { None });
        let Some((name, block)) = name.and_then(|name| Some((name, self.keys.get(name)?))) else {
            self.found.push(format!("{path}: no block"));
            return;
        };
        if !self.seen.insert(name) {
            return;
        }
        let published = node["properties"].as_object().expect("properties are a map");
        let extends = node["patternProperties"].get("^x-").is_some();
        if extends == block.free.is_empty() {
            self.found.push(format!("{path}: `x-…` is published: {extends}"));
        }
        for key in block.keys.keys().filter(|key| !published.contains_key(**key)) {
            self.found.push(format!("{path}: `{key}` is not published"));
        }
        for (key, node) in published {
            match block.keys.get(key.as_str()) {
                Some(known) => self.value(node, &known.kinds, &format!("{name}.{key}")),
                None => self.found.push(format!("{path}: `{key}` is missing")),
            }
        }
    }
}

/// What an alternative of a schema takes. The language has no word for nothing.
fn shapes(node: &Value) -> Vec<String> {
    if let Some(choices) = node["enum"].as_array() {
        return choices.iter().map(ToString::to_string).collect();
    }
    let one = |name: &Value| name.as_str().filter(|name| *name != "null").map(str::to_owned);
    match &node["type"] {
        Value::Array(several) => several.iter().filter_map(one).collect(),
        Value::Null => vec!["any".to_owned()],
        name => one(name).into_iter().collect(),
    }
}

fn shape(kind: &Kind) -> String {
    match kind {
        Kind::Any => "any",
        Kind::Text | Kind::Word | Kind::Short(_) | Kind::Duration => "string",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Choice(text) => return format!("\"{text}\""),
        Kind::Map(_) | Kind::Block(_) => "object",
        Kind::List(..) => "array",
    }
    .to_owned()
}
