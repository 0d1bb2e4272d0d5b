//! Reads the data of keys: one block after the other, one key a line.

use super::{Block, Key, Keys, Kind, Merge, Name, Versions};
use crate::hash::IndexMap;

impl Keys {
    /// Reads the text of a `keys.txt`.
    #[must_use]
    pub fn read(text: &'static str) -> Self {
        let mut keys = Self::default();
        let mut block = Block::default();
        let mut name = "";
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if !line.starts_with(' ') {
                keys.blocks.insert(name, std::mem::take(&mut block));
                name = line.trim_end();
                continue;
            }
            let line = line.trim();
            if let Some(taken) = line.strip_prefix("+ ") {
                let mut words = Words { rest: taken };
                let taken = words.next().unwrap_or_default();
                block.takes.push((taken, words.versions()));
                continue;
            }
            let (key, kinds) = line.split_once(' ').unwrap_or((line, ""));
            match key.strip_suffix('*') {
                Some(start) => block.free.push(start),
                None => {
                    let mut words = Words { rest: kinds };
                    let kinds = words.kinds();
                    let required = words.take("required");
                    block.keys.insert(key, Key { kinds, versions: words.versions(), required });
                }
            }
        }
        keys.blocks.insert(name, block);
        keys.blocks.remove("");
        keys.take_over();
        keys
    }

    /// Puts the keys of blocks into those that take them over.
    fn take_over(&mut self) {
        let taking: Vec<_> = self.blocks().iter().map(|(name, _)| *name).collect();
        for name in taking {
            let mut into = IndexMap::default();
            self.collect(name, Versions::default(), &mut into);
            if let Some(block) = self.blocks.get_mut(name) {
                block.keys = into;
            }
        }
    }

    fn collect(&self, name: &str, versions: Versions, into: &mut IndexMap<&'static str, Key>) {
        let Some(block) = self.get(name) else { return };
        for (key, known) in &block.keys {
            let versions = known.versions.and(versions);
            let key_of = || Key { kinds: known.kinds.clone(), versions, required: known.required };
            into.entry(key).or_insert_with(key_of);
        }
        for (taken, of) in &block.takes {
            self.collect(taken, of.and(versions), into);
        }
    }
}

/// The words and brackets of a line.
struct Words {
    rest: &'static str,
}

impl Words {
    fn peek(&self) -> &'static str {
        let rest = self.rest.trim_start();
        let end = match rest.as_bytes().first() {
            None => 0,
            Some(b'{' | b'}' | b'[' | b']' | b'|') => 1,
            Some(_) => rest.find([' ', '{', '}', '[', ']']).unwrap_or(rest.len()),
        };
        &rest[..end]
    }

    fn next(&mut self) -> Option<&'static str> {
        let word = self.peek();
        self.rest = &self.rest.trim_start()[word.len()..];
        (!word.is_empty()).then_some(word)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == word;
        if found {
            self.next();
        }
        found
    }

    /// `A | B`.
    fn kinds(&mut self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        loop {
            self.kind(&mut kinds);
            if !self.take("|") {
                return kinds;
            }
        }
    }

    fn kind(&mut self, into: &mut Vec<Kind>) {
        let Some(word) = self.next() else { return };
        let kind = match word {
            "{" => {
                let inner = self.kinds();
                self.take("}");
                Kind::Map(inner)
            }
            "[" => {
                let inner = self.kinds();
                self.take("]");
                Kind::List(inner, self.merge())
            }
            "pairs" => {
                into.push(Kind::Map(vec![Kind::Text, Kind::Number, Kind::Boolean]));
                Kind::List(vec![Kind::Text], Merge::Pairs)
            }
            "any" => Kind::Any,
            "text" if self.take("as") => Kind::Short(self.next().unwrap_or_default()),
            "text" => Kind::Text,
            "word" => Kind::Word,
            "duration" => Kind::Duration,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            name => match name.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                Some(text) => Kind::Choice(text),
                None => Kind::Block(name),
            },
        };
        into.push(kind);
    }

    fn merge(&mut self) -> Merge {
        if self.take("whole") {
            Merge::Whole
        } else if self.take("by") {
            Merge::By(match self.next().unwrap_or_default() {
                "port" => Name::Port,
                "mount" => Name::Mount,
                key => Name::Key(key),
            })
        } else if self.take("as") {
            if self.next() == Some("pairs") {
                return Merge::Pairs;
            }
            let value = self.peek().split_once('=');
            if value.is_some() {
                self.next();
            }
            Merge::Names(value)
        } else {
            Merge::Add
        }
    }

    /// `since 3.8 until 3.10`.
    fn versions(&mut self) -> Versions {
        let mut versions = Versions::default();
        while let Some(word) = self.next() {
            let version = self.next().and_then(|version| version.split_once('.'));
            let version = version.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
            match word {
                "since" => versions.since = version,
                _ => versions.until = version,
            }
        }
        versions
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, Kind, Merge, Name, Versions};

    #[test]
    fn lines_are_read() {
        let keys = Keys::read(
            "# a comment\n\nfile\n  jobs  [text | job] by name since 3.8\n  x-*  any\n\njob\n  + http since 3.9\n  \
             env  {word} | [text] as pairs required since 3.8\n\nhttp\n  on  boolean until 4.0\n",
        );
        let file = keys.get("file").expect("the block is there");
        let jobs = Kind::List(vec![Kind::Text, Kind::Block("job")], Merge::By(Name::Key("name")));
        assert_eq!(file.keys["jobs"].kinds, [jobs]);
        assert!(!file.keys["jobs"].versions.hold((3, 7)) && file.keys["jobs"].versions.hold((3, 8)));
        assert_eq!(file.free, ["x-"]);
        let job = keys.get("job").expect("the block is there");
        assert_eq!(job.keys["on"].versions, Versions { since: Some((3, 9)), until: Some((4, 0)) });
        let env = [Kind::Map(vec![Kind::Word]), Kind::List(vec![Kind::Text], Merge::Pairs)];
        assert_eq!(job.keys["env"].kinds, env);
        assert!(job.keys["env"].required && !job.keys["on"].required);
        assert!(!job.keys["env"].versions.hold((3, 7)));
    }
}
