//! How the data of a service is copied and restored, and which of its secrets the commands read.

use super::{EnvVar, InputId, Platform, Service, Value, ValuePart};
use crate::source::Span;

/// How the data of a service is copied and restored: commands, with their arguments.
#[derive(Debug, Clone)]
pub struct Dump {
    /// Prints the names of what is copied one by one.
    pub parts: Option<Vec<Value>>,
    /// Writes a copy to its standard output.
    pub save: Vec<Value>,
    /// Reads a copy from its standard input.
    pub restore: Vec<Value>,
    /// Whether the service stands still while it is restored.
    pub offline: bool,
    /// Reads a copy from its standard input, and fails where it is none.
    pub verify: Option<Vec<Value>>,
    /// Prints how much data there is: a line each, a number and a name.
    pub count: Option<Vec<Value>>,
    /// Prints the version of the server.
    pub server_version: Option<Vec<Value>>,
    /// Fails where a restored server is not as it should be.
    pub check: Option<Vec<Value>>,
    /// What the name of a copy ends with.
    pub suffix: Option<String>,
    /// The secrets, by the names of the service's variables, that its programs read and none of its words names.
    pub reads: Option<Vec<String>>,
    /// The ports of the service that its commands name.
    pub ports: Vec<usize>,
    /// The place of its key.
    pub span: Span,
}

/// What a container does with copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copying {
    /// It takes one.
    Save,
    /// It brings one back.
    Restore,
}

impl Dump {
    /// The commands, each with its key.
    #[must_use]
    pub fn commands(&self) -> Vec<(&'static str, &[Value])> {
        let all = [
            ("parts", self.parts.as_deref()),
            ("save", Some(self.save.as_slice())),
            ("restore", Some(self.restore.as_slice())),
            ("verify", self.verify.as_deref()),
            ("count", self.count.as_deref()),
            ("server_version", self.server_version.as_deref()),
            ("check", self.check.as_deref()),
        ];
        all.into_iter().filter_map(|(name, words)| Some((name, words?))).collect()
    }

    /// The words of the commands that one container runs. `verify` has a container of its own.
    fn run_by(&self, copying: Copying) -> impl Iterator<Item = &Value> {
        let runs = move |name: &str| match copying {
            Copying::Save => !["restore", "verify"].contains(&name),
            Copying::Restore if self.offline => ["restore", "server_version"].contains(&name),
            Copying::Restore => ["restore", "server_version", "count", "check"].contains(&name),
        };
        self.commands().into_iter().filter(move |(name, _)| runs(name)).flat_map(|(_, words)| words)
    }
}

impl Platform {
    /// The variables of a service that a container of its `dump` gets. Those without a secret, all. Of the others those that `reads`
    /// names, and those whose names stand in the words of a command that the container runs. Where neither `reads` is given nor any
    /// command names one, all: a program reads variables by itself, and a copy that fails at night is worse than one variable more.
    #[must_use]
    pub fn read_by_dump<'a>(&self, service: &'a Service, copying: Copying) -> Vec<&'a EnvVar> {
        let Some(dump) = service.dump.as_deref() else { return Vec::new() };
        let secret = |variable: &EnvVar| variable.value.inputs().any(|input| self[input].secret);
        let every: Vec<&Value> = dump.commands().into_iter().flat_map(|(_, words)| words).collect();
        let run: Vec<&Value> = dump.run_by(copying).collect();
        let named = |variable: &EnvVar, words: &[&Value]| {
            let suffix = variable.secret_file(self).map_or("", |(suffix, _)| suffix);
            let name = format!("{}{suffix}", variable.name);
            words.iter().any(|word| names(word, &name))
        };
        let silent = dump.reads.is_none()
            && !service.env.iter().any(|variable| secret(variable) && named(variable, &every));
        let reads = |variable: &EnvVar| dump.reads.iter().flatten().any(|name| *name == variable.name);
        let given =
            |variable: &&EnvVar| !secret(variable) || silent || reads(variable) || named(variable, &run);
        service.env.iter().filter(given).collect()
    }

    /// The secrets among these that are handed over as files.
    #[must_use]
    pub fn files_of(&self, variables: &[&EnvVar]) -> Vec<InputId> {
        let mut files: Vec<InputId> = Vec::new();
        for (_, file) in variables.iter().filter_map(|variable| variable.secret_file(self)) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}

/// Whether a name stands in a word as a whole: `PASSWORD` does not in `$ROOT_PASSWORD`.
fn names(word: &Value, name: &str) -> bool {
    let part_of_name = |byte: Option<&u8>| byte.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_');
    word.parts.iter().any(|part| {
        let ValuePart::Literal(text) = part else { return false };
        let bytes = text.as_bytes();
        text.match_indices(name).any(|(at, _)| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            !part_of_name(before) && !part_of_name(bytes.get(at + name.len()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Value, ValuePart, names};

    #[test]
    fn a_name_stands_as_a_whole() {
        let word = |text: &str| Value { parts: [ValuePart::Literal(text.into())].into_iter().collect() };
        for text in ["PASSWORD", "\"$PASSWORD\"", "${PASSWORD}@db", "e.PASSWORD)", "$ROOT_PASSWORD$PASSWORD"]
        {
            assert!(names(&word(text), "PASSWORD"), "{text}");
        }
        for text in ["", "$ROOT_PASSWORD", "$PASSWORD_FILE", "PASSWORDS", "2PASSWORD", "$password"] {
            assert!(!names(&word(text), "PASSWORD"), "{text}");
        }
    }
}
