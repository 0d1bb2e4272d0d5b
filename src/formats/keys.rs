//! The keys of the files that overrides extend: data of each target (`targets/NAME/keys.txt`), whose head describes the
//! form.
//!
//! A [`Keys`] is a table of blocks by name; the block `file` is the whole file. It never fails to read: the data is a part of
//! the compiler, and tests hold it to the published schema and to the programs that read the files.

mod read;

use crate::hash::{HashMap, IndexMap};

/// The keys of one format.
#[derive(Debug, Default)]
pub struct Keys {
    blocks: HashMap<&'static str, Block>,
}

/// A block of a format: what a map may hold.
#[derive(Debug, Default)]
pub struct Block {
    /// Its keys, those of the blocks that it takes over among them.
    pub keys: IndexMap<&'static str, Key>,
    /// What the keys that are free start with, such as `x-`.
    pub free: Vec<&'static str>,
    /// The blocks whose keys it takes over, with the versions that do so.
    takes: Vec<(&'static str, Versions)>,
}

/// A key of a block.
#[derive(Debug, Clone)]
pub struct Key {
    /// What may stand at it: one of these.
    pub kinds: Vec<Kind>,
    /// The versions of the program that know it.
    pub versions: Versions,
    /// Whether the block is refused without it.
    pub required: bool,
}

/// The versions of a program that know a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Versions {
    /// The first.
    pub since: Option<(u32, u32)>,
    /// The first that no longer does.
    pub until: Option<(u32, u32)>,
}

/// What may stand at a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Any,
    /// Text, in quotes where it looks like a number.
    Text,
    /// Text, for which a number may stand as well.
    Word,
    /// A duration as Prometheus and Alertmanager read it.
    Duration,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// This text.
    Choice(&'static str),
    /// A scalar that stands for a block with this key.
    Short(&'static str),
    /// A map of free keys.
    Map(Vec<Kind>),
    /// A list, and how an override merges into it.
    List(Vec<Kind>, Merge),
    /// A block, by its name.
    Block(&'static str),
}

/// How an override merges into a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// What is not there yet is added.
    Add,
    /// The list is one value, and is replaced.
    Whole,
    /// Items of one name merge.
    By(Name),
    /// `KEY=VALUE`: another form of a map.
    Pairs,
    /// Keys alone: another form of a map, whose values hold this key and value, or nothing.
    Names(Option<(&'static str, &'static str)>),
}

/// What the name of an item of a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The value of a key; an item that is text is its own name. `a.b` is a key of a key, and `a+b` are two keys.
    Key(&'static str),
    /// The port of a container that is published, with its protocol (compose-spec/compose-spec:05-services.md, `ports`).
    Port,
    /// The path in a container that something is mounted at (compose-spec/compose-spec:05-services.md, `volumes`).
    Mount,
}

impl Keys {
    /// The block of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Block> {
        self.blocks.get(name)
    }

    /// The block of a name, with the name as it lives here.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<(&'static str, &Block)> {
        self.blocks.get_key_value(name).map(|(name, block)| (*name, block))
    }

    /// The blocks in the order of their names.
    #[must_use]
    pub fn blocks(&self) -> Vec<(&'static str, &Block)> {
        let mut blocks: Vec<_> = self.blocks.iter().map(|(name, block)| (*name, block)).collect();
        blocks.sort_unstable_by_key(|(name, _)| *name);
        blocks
    }
}

impl Block {
    /// What may stand at a key; `None` where it is unknown.
    #[must_use]
    pub fn kinds(&self, key: &str) -> Option<&[Kind]> {
        match self.keys.get(key) {
            Some(key) => Some(&key.kinds),
            None => self.free.iter().any(|start| key.starts_with(start)).then_some(&[Kind::Any]),
        }
    }
}

impl Versions {
    /// Whether a version is among them.
    #[must_use]
    pub fn hold(self, version: (u32, u32)) -> bool {
        self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version < until)
    }

    /// Those of both.
    fn and(self, other: Self) -> Self {
        Self { since: self.since.max(other.since), until: self.until.or(other.until) }
    }
}

impl Kind {
    /// The kind in words, as a message says what it expected.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Text | Self::Word | Self::Short(_) => "text".to_owned(),
            Self::Duration => "a duration".to_owned(),
            Self::Integer => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Choice(text) => format!("`\"{text}\"`"),
            Self::Map(_) | Self::Block(_) => "a body `{ … }`".to_owned(),
            Self::List(..) => "a list".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FORMATS;
    use super::{Block, Kind};

    fn named<'a>(kinds: &'a [Kind], into: &mut Vec<&'a str>) {
        for kind in kinds {
            match kind {
                Kind::Block(name) => into.push(name),
                Kind::Map(kinds) | Kind::List(kinds, _) => named(kinds, into),
                _ => {}
            }
        }
    }

    #[test]
    fn every_block_that_is_named_is_there_and_every_one_there_is_named() {
        for format in FORMATS {
            let Some(keys) = format.keys() else { continue };
            let blocks = keys.blocks();
            let mut used: Vec<&str> = format.overrides.iter().map(|place| place.extends()).collect();
            for (_, block) in &blocks {
                block.keys.values().for_each(|key| named(&key.kinds, &mut used));
                used.extend(block.takes.iter().map(|(name, _)| *name));
            }
            for name in &used {
                let known = keys.get(name).is_some_and(|block| !block.keys.is_empty());
                assert!(known, "{}: no block `{name}`", format.name);
            }
            for (name, _) in &blocks {
                assert!(used.contains(name), "{}: nothing names the block `{name}`", format.name);
            }
        }
    }

    #[test]
    fn free_keys_start_as_they_must() {
        let block = Block { free: vec!["x-"], ..Block::default() };
        assert_eq!(block.kinds("x-a"), Some(&[Kind::Any][..]));
        assert_eq!(block.kinds("xa"), None);
    }
}
