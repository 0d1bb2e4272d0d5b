//! Overrides: free values for one target.

use super::target;
use super::text::{Mentions, Texts, free_text};
use crate::diagnostic::{Diagnostic, codes};
use crate::formats::Format;
use crate::hash::{IndexMap, RandomState};
use crate::model;
use crate::platform::{Override, Tree};
use crate::syntax::{Entry, Value, ValueKind};

/// What of the operator's may stand at a place of an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inputs {
    /// Nothing: the target puts nothing in.
    None,
    /// Nothing, in the settings of a data source: its secrets have a place of their own.
    Settings,
    /// Variables: everybody who may list containers reads it.
    Variables,
    /// Secrets, too: the environment of a container, what nobody reads, and command lines, which have a rule of their own.
    Secrets,
}

impl Inputs {
    /// What may stand in the files of a target.
    fn of(target: &Format) -> Self {
        if target.inputs { Self::Variables } else { Self::None }
    }

    /// What may stand below a key.
    fn below(self, key: &str) -> Self {
        let open = matches!(key, "environment" | "command" | "entrypoint" | "test") || key.starts_with("x-");
        if self == Self::Variables && open { Self::Secrets } else { self }
    }
}

pub(super) fn overrides(blocks: &[model::Override], texts: &mut Texts<'_>) -> Vec<Override> {
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        let Some(target) = target::named(&block.target.text, block.target.span, texts) else { continue };
        out.push(Override {
            target,
            entries: map(&block.body.entries, Inputs::of(target), texts),
            span: block.span,
        });
    }
    out
}

/// Free settings of a plugin, in which nothing of the operator's may stand.
pub(super) fn settings(entries: &[Entry], texts: &mut Texts<'_>) -> IndexMap<String, Tree> {
    map(entries, Inputs::Settings, texts)
}

fn map(entries: &[Entry], inputs: Inputs, texts: &mut Texts<'_>) -> IndexMap<String, Tree> {
    let mut out: IndexMap<String, Tree> =
        IndexMap::with_capacity_and_hasher(entries.len(), RandomState::default());
    for entry in entries {
        let key = entry.key.text.as_str().to_owned();
        let content = match (&entry.value, &entry.body) {
            (Some(value), body) => {
                if let Some(body) = body {
                    texts.sink.report(
                        Diagnostic::new(codes::TGT003, format!("`{key}` has a value and a body"))
                            .at(body.span, "one of the two")
                            .help("an override is a tree: a key holds a value or a body"),
                    );
                }
                tree(value, inputs.below(&key), texts)
            }
            (None, Some(body)) => Tree::Map(map(&body.entries, inputs.below(&key), texts)),
            (None, None) => {
                texts.sink.report(
                    Diagnostic::new(codes::TGT003, format!("`{key}` has neither a value nor a body"))
                        .at(entry.head(), "nothing to pass on")
                        .help(format!("write `{key} = …` or `{key} {{ … }}`")),
                );
                continue;
            }
        };
        match (&entry.label, out.get_mut(&key)) {
            (None, None) => {
                out.insert(key, content);
            }
            (Some(label), None) => {
                out.insert(key, Tree::Map(IndexMap::from_iter([(label.text.as_str().to_owned(), content)])));
            }
            (Some(label), Some(Tree::Map(entries))) if !entries.contains_key(label.text.as_str()) => {
                entries.insert(label.text.as_str().to_owned(), content);
            }
            _ => texts.sink.report(
                Diagnostic::new(codes::TGT003, format!("`{key}` is given twice, in two forms"))
                    .at(entry.head(), "again here")
                    .help("an override is a tree: a key holds one value or one body"),
            ),
        }
    }
    out
}

fn tree(value: &Value, inputs: Inputs, texts: &mut Texts<'_>) -> Tree {
    match &value.kind {
        ValueKind::Boolean(boolean) => Tree::Boolean(*boolean),
        ValueKind::Number(word) => match (word.parse::<i64>(), word.parse::<f64>()) {
            (Ok(integer), _) => Tree::Integer(integer),
            (_, Ok(_)) if word.trim_start_matches('-').chars().all(|c| c.is_ascii_digit()) => {
                texts.sink.report(
                    Diagnostic::new(codes::TYP003, format!("`{word}` is out of range"))
                        .at(value.span, "a whole number has 64 bits at most")
                        .help(format!("write `\"{word}\"` where the digits are meant as text")),
                );
                Tree::Integer(0)
            }
            (_, Ok(number)) if number.is_finite() => Tree::Number(number),
            _ => Tree::Text(super::text::literal(word.to_string())),
        },
        ValueKind::List(items) => Tree::List(items.iter().map(|item| tree(item, inputs, texts)).collect()),
        ValueKind::Body(body) => Tree::Map(map(&body.entries, inputs, texts)),
        ValueKind::Text(_) | ValueKind::Reference(_) => {
            let made = match free_text(value) {
                Some(text) => texts.text(&text, &mut Mentions::default()),
                None => word(value, texts),
            };
            if inputs == Inputs::Settings
                && let Some(name) = texts.secrets(&made).first()
            {
                texts.sink.report(
                    Diagnostic::new(codes::PHA002, format!("the secret `{name}` would stand in an artifact"))
                        .at(value.span, "every reader of the artifact would see it")
                        .help(format!("write it in `secure`: `secure {{ KEY = {name} }}`")),
                );
                return Tree::Text(crate::platform::Value::default());
            }
            if !matches!(inputs, Inputs::None | Inputs::Settings) {
                interpolated(&made, value, texts);
                if inputs == Inputs::Variables {
                    exposed(&made, value, texts);
                }
                return Tree::Text(made);
            }
            Tree::Text(super::text::literal(texts.literal(&made, value.span)))
        }
    }
}

/// A bare word is text where no input has that name.
fn word(value: &Value, texts: &mut Texts<'_>) -> crate::platform::Value {
    let ValueKind::Reference(path) = &value.kind else {
        return crate::platform::Value::default();
    };
    let input = path.word().is_some_and(|word| texts.names.symbols.contains_key(word));
    if !input {
        return super::text::literal(path.text());
    }
    match texts.find(path, &mut Mentions::default()) {
        Some(super::text::Thing::Text(made)) => made,
        _ => super::text::literal(path.text()),
    }
}

/// Reports variables that a target would put in and nothing declares.
fn interpolated(made: &crate::platform::Value, place: &Value, texts: &mut Texts<'_>) {
    for part in &made.parts {
        let crate::platform::ValuePart::Literal(text) = part else { continue };
        let mut rest = text.as_str();
        while let Some(at) = rest.find("${") {
            let escaped = rest[..at].ends_with('$');
            rest = &rest[at + 2..];
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !escaped && !name.is_empty() && !texts.names.symbols.contains_key(name.as_str()) {
                texts.sink.report(
                    Diagnostic::new(
                        codes::ENV001,
                        format!(
                            "`{name}` is used, and neither a variable nor a secret of that name is declared"
                        ),
                    )
                    .at(place.span, "the target puts it in")
                    .help(format!("declare `variable {name}` or `secret {name}`")),
                );
            }
        }
    }
}

/// Reports secrets that the target would show.
fn exposed(made: &crate::platform::Value, place: &Value, texts: &mut Texts<'_>) {
    let mut names = texts.secrets(made);
    for part in &made.parts {
        let crate::platform::ValuePart::Literal(text) = part else { continue };
        for (at, _) in text.match_indices('$').filter(|(at, _)| !text[..*at].ends_with('$')) {
            let rest = text[at + 1..].trim_start_matches('{');
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            names.extend(texts.secret_named(&rest[..end]));
        }
    }
    for name in names {
        texts.sink.report(
            Diagnostic::new(codes::PHA002, format!("the secret `{name}` would stand in an artifact"))
                .at(place.span, "everybody who may list containers would see it")
                .help("hand it over in `environment`, and let the program read it there"),
        );
    }
}
