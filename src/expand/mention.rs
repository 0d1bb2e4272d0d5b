//! Which variables and secrets a source mentions, before anything is put in or taken out.

use smol_str::SmolStr;

use crate::hash::HashSet;
use crate::parallel;
use crate::syntax::{Entry, Part, Text, Value, ValueKind};

/// How many entries are looked at together.
const PART: usize = 256;

/// Those of the declared inputs that are referred to: by the first word of a path, or by a name that stands alone.
pub(super) fn inputs(entries: &[Entry]) -> HashSet<SmolStr> {
    let mut inputs = Inputs::default();
    inputs.declared(entries);
    let parts: Vec<&[Entry]> = entries.chunks(PART).collect();
    let found = parallel::map(&parts, |part| {
        let mut found = HashSet::default();
        inputs.collect(part, &mut found);
        found
    });
    found.into_iter().flatten().map(SmolStr::new).collect()
}

/// The names of inputs.
struct Inputs<'a> {
    names: HashSet<&'a str>,
    /// Whether one begins with a byte: most words are none by their first.
    first: [bool; 256],
}

impl Default for Inputs<'_> {
    fn default() -> Self {
        Self { names: HashSet::default(), first: [false; 256] }
    }
}

impl<'a> Inputs<'a> {
    fn declared(&mut self, entries: &'a [Entry]) {
        for entry in entries {
            match (entry.key.text.as_str(), &entry.label) {
                ("variable" | "secret", Some(label)) => {
                    self.names.insert(&label.text);
                    label.text.bytes().take(1).for_each(|byte| self.first[usize::from(byte)] = true);
                }
                ("environment", _) => self.declared(entry.entries()),
                _ => {}
            }
        }
    }

    fn note(&self, word: &str, found: &mut HashSet<&'a str>) {
        if word.bytes().next().is_some_and(|byte| self.first[usize::from(byte)]) {
            found.extend(self.names.get(word).copied());
        }
    }

    fn collect(&self, entries: &[Entry], found: &mut HashSet<&'a str>) {
        for entry in entries {
            for name in std::iter::once(&entry.key).chain(&entry.label).filter(|name| name.quoted) {
                self.interpolated(&name.text, found);
            }
            match (&entry.value, &entry.body) {
                // In `env`, a name alone passes the variable of that name on.
                (None, _) if entry.label.is_none() => self.note(&entry.key.text, found),
                (Some(value), _) => self.in_value(value, found),
                (None, _) => {}
            }
            self.collect(entry.entries(), found);
            if entry.key.text == "override" {
                self.put_in(entry.entries(), found);
            }
        }
    }

    /// What a target puts into the texts of an override by itself: `$NAME`, beside `${NAME}`, which is found everywhere.
    fn put_in(&self, entries: &[Entry], found: &mut HashSet<&'a str>) {
        let mut values: Vec<&Value> = entries.iter().filter_map(|entry| entry.value.as_ref()).collect();
        while let Some(value) = values.pop() {
            match &value.kind {
                ValueKind::List(items) => values.extend(items),
                ValueKind::Body(body) => self.put_in(&body.entries, found),
                ValueKind::Text(text) => {
                    for part in &text.parts {
                        let Part::Literal(text) = part else { continue };
                        for (at, _) in text.match_indices('$') {
                            // A dollar sign is one byte.
                            let rest = &text[at + 1..];
                            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                            self.note(&rest[..end.unwrap_or(rest.len())], found);
                        }
                    }
                }
                _ => {}
            }
        }
        for entry in entries {
            self.put_in(entry.entries(), found);
        }
    }

    fn in_value(&self, value: &Value, found: &mut HashSet<&'a str>) {
        match &value.kind {
            ValueKind::Text(text) => self.in_text(text, found),
            ValueKind::Reference(path) => {
                path.segments.iter().take(1).for_each(|word| self.note(word, found));
            }
            ValueKind::List(items) => items.iter().for_each(|item| self.in_value(item, found)),
            ValueKind::Body(body) => self.collect(&body.entries, found),
            ValueKind::Number(_) | ValueKind::Boolean(_) => {}
        }
    }

    fn in_text(&self, text: &Text, found: &mut HashSet<&'a str>) {
        for part in &text.parts {
            match part {
                Part::Reference(path) => path.segments.iter().take(1).for_each(|word| self.note(word, found)),
                // Overrides leave `${NAME}` to their target.
                Part::Literal(text) => self.interpolated(text, found),
            }
        }
    }

    fn interpolated(&self, text: &str, found: &mut HashSet<&'a str>) {
        for at in memchr::memchr_iter(b'$', text.as_bytes()) {
            let Some(rest) = text[at + 1..].strip_prefix('{') else { continue };
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.note(&rest[..end], found);
        }
    }
}
