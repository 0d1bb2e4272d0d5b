//! Which services of the compose file read an input: those that are made anew when it changes.

use std::collections::{BTreeMap, BTreeSet};

use super::TARGET;
use crate::platform::{InputId, Override, Platform, Tree, dollar};
use crate::target::inputs::inputs_of;

/// What reads an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::target) enum Reader {
    /// A service of the file, by its name there.
    Service(String),
    /// Something of an override that is no service, such as the content of a config.
    Elsewhere,
}

/// The readers of every input that any reads, those that overrides add among them. A file of variables (`env_file`) is taken for
/// `.env`, which holds all.
pub(in crate::target) fn readers(platform: &Platform) -> BTreeMap<InputId, BTreeSet<Reader>> {
    let mut readers: BTreeMap<InputId, BTreeSet<Reader>> = BTreeMap::new();
    let inputs = dollar::inputs(platform);
    let asked = |key: &str, tree: &Tree| {
        let mut asked = BTreeSet::new();
        let mut look = |key: &str, tree: &Tree| {
            if key == "env_file" {
                asked.extend(inputs.values());
            }
            if let Tree::Text(value) = tree {
                asked.extend(dollar::asked(value, &inputs));
            }
        };
        tree.each(key, &mut look);
        asked
    };
    let mut add = |reader: &Reader, found: BTreeSet<InputId>| {
        for input in found {
            readers.entry(input).or_default().insert(reader.clone());
        }
    };
    let of_compose = |over: &&Override| over.target == TARGET.format;
    for service in &platform.services {
        let reader = Reader::Service(service.name.clone());
        add(&reader, inputs_of(service).collect());
        for (key, tree) in service.overrides.iter().filter(of_compose).flat_map(|over| &over.entries) {
            add(&reader, asked(key, tree));
        }
    }
    for (key, tree) in platform.overrides.iter().filter(of_compose).flat_map(|over| &over.entries) {
        match tree.put() {
            Some(Tree::Map(services)) if key == "services" => {
                for (name, tree) in services {
                    add(&Reader::Service(name.clone()), asked(name, tree));
                }
            }
            _ => add(&Reader::Elsewhere, asked(key, tree)),
        }
    }
    readers
}
