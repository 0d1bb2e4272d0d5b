//! Whether overrides write keys that the files of their targets have, with values of their types.
//!
//! What a target does not take where it stands is reported elsewhere (`target::untaken`).

use super::text::Texts;
use super::tree::{Edit, edit_of};
use crate::diagnostic::{Diagnostic, Help, codes, list_of};
use crate::formats::{ALERTMANAGER, Format, Key, KeyBlock, Keys, Kind, PROMETHEUS, Place, Versions};
use crate::model;
use crate::platform::{Platform, Version};
use crate::source::Span;
use crate::syntax::{Entry, Name, Value, ValueKind};

/// TYP001, TYP004, TYP005: keys that no file of the target has, and values of other types.
pub(super) fn check(platform: &Platform, texts: &mut Texts<'_>) {
    let document = texts.document;
    each(&document.override_, Place::Platform, platform, texts);
    for service in &platform.services {
        for place in [Place::Service, Place::Scraped] {
            each(&texts.names.block(service.id).override_, place, platform, texts);
        }
    }
}

fn each(blocks: &[model::Override], place: Place, platform: &Platform, texts: &mut Texts<'_>) {
    for block in blocks {
        let Some(format) = crate::formats::find(&block.target.text) else { continue };
        let keys = format.keys().filter(|_| format.overrides.contains(&place));
        let Some((keys, file)) = keys.and_then(|keys| Some((keys, keys.get(place.extends())?))) else {
            continue;
        };
        let written = written_for(format, platform);
        let mut check = Check { keys, format, written, texts };
        let name = format!("override {}", format.name);
        if format.objects {
            check.objects(&block.body.entries, file, &name);
        } else {
            check.entries(&block.body.entries, &Below::Block(file), &name);
        }
    }
}

/// The version that the files of a target are written for: the one that the source says, or that of the image that reads them.
fn written_for(format: &Format, platform: &Platform) -> Option<Version> {
    if format.objects {
        return Some(platform.settings.kubernetes.written_for());
    }
    let settings = &platform.settings;
    let said = [(&PROMETHEUS, settings.prometheus.version), (&ALERTMANAGER, settings.alertmanager.version)];
    let said = said.into_iter().find(|(known, _)| *known == format).and_then(|(_, version)| version);
    said.map(|version| version.value).or_else(|| {
        let readers = format.reader.into_iter().flat_map(|role| platform.with_role(role));
        let mut images = readers.filter_map(|service| service.image_name.as_ref());
        images.find_map(|image| Version::of_tag(image.tag.as_deref()?))
    })
}

/// Objects that no override extends, and what says the same in the source.
const CLOSED: &[(&str, &str)] = &[
    ("NetworkPolicy", "who reaches whom is what the source says: by connections, `reaches` and `publish`"),
    ("Role", "say it by `api_access`"),
    ("RoleBinding", "say it by `api_access`"),
    ("ClusterRole", "say it by `api_access`"),
    ("ClusterRoleBinding", "say it by `api_access`"),
    ("Secret", "declare a `secret`: its value stands in no file"),
    ("Pod", "extend the template of what starts it: `Deployment { spec { template { … } } }`"),
];

/// What entries may be.
enum Below<'a> {
    /// The keys of a block.
    Block(&'a KeyBlock),
    /// Free keys with values of these kinds.
    Free(&'a [Kind]),
}

/// What stands at a key.
#[derive(Clone, Copy)]
enum Content<'a> {
    Value(&'a Value),
    Body(&'a [Entry], Span),
    /// A label makes a map of what stands at it.
    Labelled(&'a Entry, &'a Name),
}

impl Content<'_> {
    fn span(self) -> Span {
        match self {
            Content::Value(value) => value.span,
            Content::Body(_, span) => span,
            Content::Labelled(_, label) => label.span,
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Content::Value(Value { kind: ValueKind::Number(word), .. }) => match scalar(word) {
                Scalar::Text => "text",
                _ => "a number",
            },
            Content::Value(Value { kind: ValueKind::Reference(_), .. }) => "text",
            Content::Value(Value { kind: ValueKind::Body(_), .. }) | Content::Body(..) => "a body `{ … }`",
            Content::Value(value) => value.kind.describe(),
            Content::Labelled(..) => "a body `{ … }`",
        }
    }
}

/// What a word that starts as a number is in the file.
enum Scalar {
    Integer,
    Number,
    Text,
}

fn scalar(word: &str) -> Scalar {
    match (word.parse::<i64>(), word.parse::<f64>()) {
        (Ok(_), _) => Scalar::Integer,
        (_, Ok(number)) if number.is_finite() => Scalar::Number,
        _ => Scalar::Text,
    }
}

struct Check<'c, 't> {
    keys: &'static Keys,
    format: &'static Format,
    /// The version that the files are written for.
    written: Option<Version>,
    texts: &'c mut Texts<'t>,
}

impl Check<'_, '_> {
    /// Entries of a body; `of` is the key that they stand at.
    fn entries(&mut self, entries: &[Entry], below: &Below<'_>, of: &str) {
        for entry in entries {
            let edit = edit_of(entry);
            let key = edit.map_or(&entry.key, |(_, key)| key);
            let Some(kinds) = self.kinds(key, below, of) else { continue };
            match edit {
                Some((Edit::Remove, key)) => self.removed(entry, key, kinds),
                Some((Edit::Replace, _)) => self.content(entry, key, kinds),
                None => match &entry.label {
                    Some(label) => self.value(Content::Labelled(entry, label), kinds, &key.text),
                    None => self.content(entry, key, kinds),
                },
            }
        }
    }

    /// What extends objects: `KIND { … }` and `KIND NAME { … }`.
    fn objects(&mut self, entries: &[Entry], kinds: &KeyBlock, of: &str) {
        for entry in entries {
            if let Some((edit, key)) = edit_of(entry) {
                let what = match edit {
                    Edit::Remove => "removed",
                    Edit::Replace => "replaced",
                };
                self.mismatch(
                    entry.head(),
                    format!("no object is {what} as a whole"),
                    &format!("extend it: `{} {{ … }}`", key.text),
                );
                continue;
            }
            if let Some((_, instead)) = CLOSED.iter().find(|(kind, _)| entry.key.text == *kind) {
                self.texts.sink.report(
                    Diagnostic::new(codes::TYP005, format!("`{of}` extends no {}", entry.key.text))
                        .at(entry.key.span, "the compiler alone writes it")
                        .help(*instead),
                );
                continue;
            }
            let Some(known) = self.kinds(&entry.key, &Below::Block(kinds), of) else { continue };
            match (&entry.value, &entry.body) {
                (None, Some(body)) => {
                    self.value(Content::Body(&body.entries, body.span), known, &entry.key.text);
                }
                _ => self.mismatch(
                    entry.value.as_ref().map_or(entry.head(), |value| value.span),
                    format!("`{}` is a body `{{ … }}`", entry.key.text),
                    &format!("write `{} {{ … }}`, or `{} NAME {{ … }}`", entry.key.text, entry.key.text),
                ),
            }
        }
    }

    /// The value or the body of an entry.
    fn content(&mut self, entry: &Entry, key: &Name, kinds: &[Kind]) {
        // Neither and both were reported.
        match (&entry.value, &entry.body) {
            (Some(value), None) => self.value(Content::Value(value), kinds, &key.text),
            (None, Some(body)) => self.value(Content::Body(&body.entries, body.span), kinds, &key.text),
            _ => {}
        }
    }

    /// What may stand at a key; a key that is unknown is reported.
    fn kinds<'k>(&mut self, key: &Name, below: &Below<'k>, of: &str) -> Option<&'k [Kind]> {
        let block = match *below {
            Below::Free(kinds) => return Some(kinds),
            Below::Block(block) => block,
        };
        let found = block.kinds(&key.text);
        if let Some(Key { versions, .. }) = block.keys.get(key.text.as_str()) {
            self.expect_version(key, *versions);
        }
        if found.is_none() {
            let known = block.keys.iter().filter(|(_, key)| self.has(key.versions));
            let known: Vec<&str> = known.map(|(key, _)| *key).collect();
            let help = self.texts.sink.did_you_mean(&key.text, known);
            let help = help.or_else(|| self.elsewhere(&key.text));
            self.texts.sink.report(
                Diagnostic::new(codes::TYP005, format!("`{of}` has no key `{}`", key.text))
                    .at(key.span, format!("unknown to {}", self.format.name))
                    .help_maybe(help),
            );
        }
        found
    }

    /// Blocks that have a key which the one it was found in has not.
    fn elsewhere(&self, key: &str) -> Option<Help> {
        let blocks = self.keys.blocks();
        let known: Vec<&str> =
            blocks.iter().filter(|(_, block)| block.keys.contains_key(key)).map(|(name, _)| *name).collect();
        (1..=3).contains(&known.len()).then(|| format!("{} has this key", list_of(known)).into())
    }

    fn has(&self, versions: Versions) -> bool {
        self.written.is_none_or(|Version(major, minor)| versions.hold((major, minor)))
    }

    fn expect_version(&mut self, key: &Name, versions: Versions) {
        let Some(written) = self.written.filter(|_| !self.has(versions)) else { return };
        let (target, key, span) = (self.format.name, &key.text, key.span);
        let version = |(major, minor)| Version(major, minor);
        let since = versions.since.filter(|since| (written.0, written.1) < *since);
        let what = match (since, versions.until) {
            (Some(since), _) => format!("known since {}", version(since)),
            (None, Some(until)) => format!("gone since {}", version(until)),
            (None, None) => return,
        };
        let message = format!("{target} {written} has no key `{key}`");
        let diagnostic = Diagnostic::new(codes::TYP005, message).at(span, what);
        self.texts.sink.report(match since {
            Some(since) if self.format.objects => diagnostic.help(format!(
                "write `target {target} {{ version = \"{}\" }}` where the cluster is of that version or a later one",
                version(since)
            )),
            Some(since) => diagnostic.help(format!(
                "write `target {target} {{ version = \"{}\" }}`, and give the service an image of that version",
                version(since)
            )),
            None => diagnostic,
        });
    }

    /// `remove KEY`, which takes a list of names or nothing.
    fn removed(&mut self, entry: &Entry, key: &Name, kinds: &[Kind]) {
        let message = format!("`remove {}` takes the names of what is removed, or nothing", key.text);
        let wrong = match (&entry.value, &entry.body) {
            (None, None) => return,
            (_, Some(body)) => body.span,
            (Some(Value { kind: ValueKind::List(items), .. }), None) => {
                let named = |item: &&Value| matches!(item.kind, ValueKind::List(_) | ValueKind::Body(_));
                match items.iter().find(named) {
                    Some(item) => item.span,
                    None if kinds.iter().any(is_of_several) => return,
                    None => {
                        let what = format!("`{}` is one value, and has no items", key.text);
                        self.mismatch(entry.head(), what, &format!("write `remove {}`", key.text));
                        return;
                    }
                }
            }
            (Some(value), None) => value.span,
        };
        self.mismatch(wrong, message, &format!("write `remove {0}` or `remove {0} = [NAME]`", key.text));
    }

    fn mismatch(&mut self, span: Span, message: String, help: &str) {
        self.texts.sink.report(Diagnostic::new(codes::TYP001, message).at(span, "not understood").help(help));
    }

    fn value(&mut self, content: Content<'_>, kinds: &[Kind], key: &str) {
        let fitting: Vec<&Kind> = kinds.iter().filter(|kind| self.fits(content, kind)).collect();
        if fitting.is_empty() {
            self.unfit(content, kinds, key);
            return;
        }
        for kind in fitting {
            let below = match kind {
                Kind::Map(kinds) => Below::Free(kinds),
                Kind::Block(name) => match self.keys.get(name) {
                    Some(block) => Below::Block(block),
                    None => continue,
                },
                Kind::List(kinds, _) => {
                    if let Content::Value(Value { kind: ValueKind::List(items), .. }) = content {
                        for item in items {
                            self.value(Content::Value(item), kinds, key);
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            match content {
                Content::Body(entries, _) => self.entries(entries, &below, key),
                Content::Value(Value { kind: ValueKind::Body(body), .. }) => {
                    self.entries(&body.entries, &below, key);
                }
                Content::Value(_) => {}
                Content::Labelled(entry, label) => {
                    if let Some(kinds) = self.kinds(label, &below, key) {
                        self.content(entry, label, kinds);
                    }
                }
            }
        }
    }

    fn fits(&self, content: Content<'_>, kind: &Kind) -> bool {
        if *kind == Kind::Any {
            return true;
        }
        let value = match content {
            Content::Body(..) | Content::Labelled(..) => {
                return matches!(kind, Kind::Map(_) | Kind::Block(_));
            }
            Content::Value(value) => value,
        };
        let text = match &value.kind {
            ValueKind::Body(_) => return matches!(kind, Kind::Map(_) | Kind::Block(_)),
            ValueKind::List(_) => return matches!(kind, Kind::List(..)),
            ValueKind::Boolean(_) => return matches!(kind, Kind::Boolean | Kind::Word),
            ValueKind::Number(word) => match scalar(word) {
                Scalar::Integer if *kind == Kind::Duration => return word == "0",
                Scalar::Integer => return matches!(kind, Kind::Integer | Kind::Number | Kind::Word),
                Scalar::Number => return matches!(kind, Kind::Number | Kind::Word),
                Scalar::Text => Some(word.as_str()),
            },
            ValueKind::Text(text) => text.as_literal(),
            ValueKind::Reference(path) if self.texts.names.symbols.contains_key(path.text().as_str()) => None,
            ValueKind::Reference(path) => return is_text(&path.text(), kind),
        };
        // What the operator sets is read when it is known.
        match text.filter(|text| !self.format.override_inputs || !text.contains('$')) {
            Some(text) => is_text(text, kind),
            None => !matches!(kind, Kind::Map(_) | Kind::Block(_) | Kind::List(..)),
        }
    }

    fn unfit(&mut self, content: Content<'_>, kinds: &[Kind], key: &str) {
        let choices: Vec<&str> = kinds
            .iter()
            .filter_map(|kind| if let Kind::Choice(text) = kind { Some(*text) } else { None })
            .collect();
        let written = match content {
            Content::Value(Value { kind: ValueKind::Reference(path), .. }) => Some(path.text().clone()),
            Content::Value(value) => value.written().map(str::to_owned),
            _ => None,
        };
        if let Some(written) = written.as_deref().filter(|_| choices.len() == kinds.len()) {
            let help = self.texts.sink.did_you_mean(written, choices.iter().copied());
            self.texts.sink.report(
                Diagnostic::new(codes::TYP004, format!("`{key}` cannot be `{written}`"))
                    .at(content.span(), format!("one of {}", list_of(choices)))
                    .help_maybe(help),
            );
            return;
        }
        let mut expected: Vec<String> = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let kind = kind.describe();
            if !expected.contains(&kind) {
                expected.push(kind);
            }
        }
        let found = content.describe();
        let expected = expected.join(" or ");
        let quotable = matches!(
            content,
            Content::Value(Value { kind: ValueKind::Number(_) | ValueKind::Boolean(_), .. })
        ) && kinds.iter().any(|kind| matches!(kind, Kind::Text | Kind::Short(_)));
        let help = match (&written, content) {
            (Some(word), _) if quotable => Some(Help::write(format!("\"{word}\""))),
            (_, Content::Value(Value { kind: ValueKind::Boolean(boolean), .. })) if quotable => {
                Some(Help::write(format!("\"{boolean}\"")))
            }
            (Some(word), Content::Value(Value { kind: ValueKind::Text(_), .. })) => {
                let plain = match scalar(word) {
                    Scalar::Integer => kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number)),
                    Scalar::Number => kinds.contains(&Kind::Number),
                    Scalar::Text => {
                        matches!(word.as_str(), "true" | "false") && kinds.contains(&Kind::Boolean)
                    }
                };
                plain.then(|| Help::write(word.clone()))
            }
            _ => None,
        };
        self.texts.sink.report(
            Diagnostic::new(
                codes::TYP001,
                format!("`{key}` of {} is {expected}, not {found}", self.format.name),
            )
            .at(content.span(), format!("expected {expected}"))
            .help_maybe(help),
        );
    }
}

fn is_of_several(kind: &Kind) -> bool {
    matches!(kind, Kind::List(..) | Kind::Map(_) | Kind::Block(_) | Kind::Any)
}

/// Whether a text can stand where a kind is expected.
fn is_text(text: &str, kind: &Kind) -> bool {
    match kind {
        Kind::Text | Kind::Word | Kind::Short(_) | Kind::Any => true,
        Kind::Choice(choice) => *choice == text,
        Kind::Duration => is_duration(text),
        Kind::Integer | Kind::Number | Kind::Boolean | Kind::Map(_) | Kind::List(..) | Kind::Block(_) => {
            false
        }
    }
}

/// Whether Prometheus and Alertmanager read a text as a duration (prometheus/common:model/time.go, `ParseDuration`): each unit
/// once, the largest first.
fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 7] = ["y", "w", "d", "h", "m", "s", "ms"];
    let mut rest = text;
    let mut next = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (_, behind) = rest.split_at(digits);
        let length = behind.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(length);
        let Some(at) = UNITS.iter().position(|known| *known == unit).filter(|at| *at >= next && digits > 0)
        else {
            return text == "0";
        };
        next = at + 1;
        rest = behind;
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_duration;

    #[test]
    fn durations_are_those_of_prometheus() {
        for right in ["0", "30s", "1h30m", "2d", "1y2w3d4h5m6s7ms"] {
            assert!(is_duration(right), "{right}");
        }
        for wrong in ["", "30", "5 m", "1m1h", "1.5h", "s", "1s1s", "1x"] {
            assert!(!is_duration(wrong), "{wrong}");
        }
    }
}
