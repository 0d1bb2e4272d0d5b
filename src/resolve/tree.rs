//! Overrides: free values for one target.

use super::target;
use super::text::{Mentions, Texts, ValueBuilder, free_text};
use crate::diagnostic::{Diagnostic, codes};
use crate::formats::Format;
use crate::hash::{IndexMap, RandomState};
use crate::model;
use crate::platform::dollar::{Piece, names, pieces};
use crate::platform::{ObjectName, Override, Removed, Tree, ValuePart};
use crate::source::Span;
use crate::syntax::{Entry, Name, Value, ValueKind};

/// What an override does with what is made already, in a word before the key: `remove KEY`, `replace KEY …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// Takes the value away, or items of it.
    Remove,
    /// Puts a value in its place, where it would be merged otherwise.
    Replace,
}

/// What an entry does with what is made already, and at which key; `None` where it is merged.
pub(super) fn edit_of(entry: &Entry) -> Option<(Edit, &Name)> {
    let edit = match entry.key.text.as_str() {
        "remove" => Edit::Remove,
        "replace" => Edit::Replace,
        _ => return None,
    };
    let key = entry.label.as_ref().filter(|_| !entry.key.quoted)?;
    Some((edit, key))
}

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
        if target.override_inputs { Self::Variables } else { Self::None }
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
        if target.objects {
            out.extend(block.body.entries.iter().filter_map(|entry| object(target, entry, texts)));
            continue;
        }
        out.push(Override {
            target,
            object: None,
            entries: map(&block.body.entries, Inputs::of(target), texts),
            span: block.span,
            places: IndexMap::default(),
        });
    }
    out
}

/// What extends one object: `KIND { … }` or `KIND NAME { … }`. What is neither is reported elsewhere (`keys`).
fn object(target: &'static Format, entry: &Entry, texts: &mut Texts<'_>) -> Option<Override> {
    let body = entry.body.as_ref().filter(|_| entry.value.is_none() && edit_of(entry).is_none())?;
    let mut places = IndexMap::default();
    note(&body.entries, "", &mut places);
    Some(Override {
        target,
        object: Some(ObjectName {
            kind: entry.key.text.as_str().to_owned(),
            name: entry.label.as_ref().map(|label| label.text.as_str().to_owned()),
        }),
        entries: map(&body.entries, Inputs::of(target), texts),
        span: entry.head(),
        places,
    })
}

/// Takes down the place of each key of some entries; the first of two that one path leads to.
fn note(entries: &[Entry], above: &str, places: &mut IndexMap<String, Span>) {
    for entry in entries {
        let edit = edit_of(entry);
        let key = edit.map_or(&entry.key, |(_, key)| key);
        let mut path = below(above, key.text.as_str());
        places.entry(path.clone()).or_insert(key.span);
        if let Some(label) = entry.label.as_ref().filter(|_| edit.is_none()) {
            path = below(&path, label.text.as_str());
            places.entry(path.clone()).or_insert(label.span);
        }
        note(entry.entries(), &path, places);
        match entry.value.as_ref().map(|value| (&value.kind, value.span)) {
            Some((ValueKind::Body(body), _)) => note(&body.entries, &path, places),
            Some((ValueKind::List(items), _)) => {
                for (at, item) in items.iter().enumerate() {
                    let ValueKind::Body(body) = &item.kind else { continue };
                    let named = body.entries.iter().find(|entry| entry.key.text == "name");
                    let name = named.and_then(|entry| match &entry.value.as_ref()?.kind {
                        ValueKind::Reference(path) => Some(path.text().clone()),
                        _ => entry.value.as_ref()?.written().map(str::to_owned),
                    });
                    let item_path =
                        name.map_or_else(|| format!("{path}[#{at}]"), |name| format!("{path}[{name}]"));
                    places.entry(item_path.clone()).or_insert(item.span);
                    note(&body.entries, &item_path, places);
                }
            }
            _ => {}
        }
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Free settings of a plugin, in which nothing of the operator's may stand.
pub(super) fn settings(entries: &[Entry], texts: &mut Texts<'_>) -> IndexMap<String, Tree> {
    map(entries, Inputs::Settings, texts)
}

fn map(entries: &[Entry], inputs: Inputs, texts: &mut Texts<'_>) -> IndexMap<String, Tree> {
    let mut out: IndexMap<String, Tree> =
        IndexMap::with_capacity_and_hasher(entries.len(), RandomState::default());
    for entry in entries {
        let edit = edit_of(entry);
        let key = edit.map_or(&entry.key, |(_, key)| key).text.as_str();
        let label = entry.label.as_ref().filter(|_| edit.is_none());
        let tree = match edit {
            Some((Edit::Remove, _)) => removed(entry).map(|removed| Tree::Edited(removed, None)),
            _ => content(entry, key, inputs, texts),
        };
        let Some(tree) = tree else { continue };
        let tree = match (edit, label) {
            (Some((Edit::Replace, _)), _) => Tree::Edited(Removed::All(entry.head()), Some(Box::new(tree))),
            (_, Some(label)) => Tree::Map(IndexMap::from_iter([(label.text.as_str().to_owned(), tree)])),
            _ => tree,
        };
        if let Err(key) = put(&mut out, key, tree, label.is_some()) {
            texts.sink.report(
                Diagnostic::new(codes::TGT003, format!("`{key}` is given twice, in two forms"))
                    .at(entry.head(), "again here")
                    .help("an override is a tree: a key holds one value or one body"),
            );
        }
    }
    out
}

/// Puts what one entry says beside what others say of the same key: labels make one map, and `remove KEY = […]` goes before
/// what is merged. The key, where both cannot be.
fn put<'k>(
    out: &mut IndexMap<String, Tree>,
    key: &'k str,
    tree: Tree,
    labelled: bool,
) -> Result<(), &'k str> {
    let Some(known) = out.get_mut(key) else {
        out.insert(key.to_owned(), tree);
        return Ok(());
    };
    match (known, tree) {
        (Tree::Edited(Removed::Named(_), with @ None), tree) if !matches!(tree, Tree::Edited(..)) => {
            *with = Some(Box::new(tree));
        }
        (known, Tree::Edited(removed @ Removed::Named(_), None)) if !matches!(known, Tree::Edited(..)) => {
            let with = std::mem::replace(known, Tree::Boolean(false));
            *known = Tree::Edited(removed, Some(Box::new(with)));
        }
        (Tree::Edited(Removed::Named(_), Some(known)), tree) => {
            let (Tree::Map(known), Tree::Map(new), true) = (known.as_mut(), tree, labelled) else {
                return Err(key);
            };
            return labels(known, new).then_some(()).ok_or(key);
        }
        (Tree::Map(known), Tree::Map(new)) if labelled => {
            return labels(known, new).then_some(()).ok_or(key);
        }
        _ => return Err(key),
    }
    Ok(())
}

/// Puts the value of a label beside those of others; no, where that label has one.
fn labels(known: &mut IndexMap<String, Tree>, new: IndexMap<String, Tree>) -> bool {
    let free = !new.keys().any(|label| known.contains_key(label));
    if free {
        known.extend(new);
    }
    free
}

/// What `remove KEY` or `remove KEY = [NAME, …]` takes away; what is neither is reported elsewhere (`keys`).
fn removed(entry: &Entry) -> Option<Removed> {
    let items = match (&entry.value, &entry.body) {
        (None, None) => return Some(Removed::All(entry.head())),
        (Some(Value { kind: ValueKind::List(items), .. }), None) => items,
        _ => return None,
    };
    let name = |item: &Value| {
        let name = match &item.kind {
            ValueKind::Boolean(boolean) => boolean.to_string(),
            ValueKind::Reference(path) => path.text().clone(),
            _ => item.written()?.to_owned(),
        };
        Some((name, item.span))
    };
    items.iter().map(name).collect::<Option<Vec<_>>>().map(Removed::Named)
}

/// The value or the body of an entry; neither and both are reported.
fn content(entry: &Entry, key: &str, inputs: Inputs, texts: &mut Texts<'_>) -> Option<Tree> {
    match (&entry.value, &entry.body) {
        (Some(value), body) => {
            if let Some(body) = body {
                texts.sink.report(
                    Diagnostic::new(codes::TGT003, format!("`{key}` has a value and a body"))
                        .at(body.span, "one of the two")
                        .help("an override is a tree: a key holds a value or a body"),
                );
            }
            Some(tree(value, inputs.below(key), texts))
        }
        (None, Some(body)) => Some(Tree::Map(map(&body.entries, inputs.below(key), texts))),
        (None, None) => {
            texts.sink.report(
                Diagnostic::new(codes::TGT003, format!("`{key}` has neither a value nor a body"))
                    .at(entry.head(), "nothing to pass on")
                    .help(format!("write `{key} = …` or `{key} {{ … }}`")),
            );
            None
        }
    }
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
                let made = interpolated(made, value, texts);
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

/// Text with what the target would put in by itself: `$NAME` and `${NAME}` are inputs, as `NAME` is. What it would put in and
/// nothing declares is reported, and what it refuses.
fn interpolated(
    made: crate::platform::Value,
    place: &Value,
    texts: &mut Texts<'_>,
) -> crate::platform::Value {
    let is_plain = |part: &ValuePart| !matches!(part, ValuePart::Literal(text) if text.contains('$'));
    if made.parts.iter().all(is_plain) {
        return made;
    }
    let mut value = ValueBuilder::default();
    for part in made.parts {
        let text = match part {
            ValuePart::Literal(text) => text,
            input @ ValuePart::Input(_) => {
                value.push_value(crate::platform::Value { parts: smallvec::smallvec![input] });
                continue;
            }
        };
        for piece in pieces(&text) {
            match piece {
                Piece::Plain(text) => value.push_literal(text),
                Piece::Escaped | Piece::Alone => value.push_literal("$$"),
                Piece::Input(name, all) => match texts.input_named(name) {
                    Some(input) => value.push_value(crate::platform::Value {
                        parts: smallvec::smallvec![ValuePart::Input(input)],
                    }),
                    None => {
                        undeclared(name, all, place, texts);
                        value.push_literal(all);
                    }
                },
                Piece::Asked(_, all) => {
                    for name in names(all) {
                        if texts.input_named(name).is_none() {
                            undeclared(name, all, place, texts);
                        }
                    }
                    value.push_literal(all);
                }
                Piece::Refused(all) => {
                    texts.sink.report(
                        Diagnostic::new(codes::TGT003, format!("compose refuses `{all}`"))
                            .at(place.span, "names no variable")
                            .help(format!(
                                "`$$` is a `$` that is meant: write `{}` for the text `{all}`",
                                meant(all)
                            )),
                    );
                    value.push_literal(all);
                }
            }
        }
    }
    value.finish()
}

/// How the language writes a text that compose is to leave as it is: a `$` is doubled, and `${` is what the language puts in
/// itself.
fn meant(text: &str) -> String {
    text.replace('$', "$$").replace("${", "$${")
}

fn undeclared(name: &str, all: &str, place: &Value, texts: &mut Texts<'_>) {
    if texts.absent.lost.contains(name) {
        return;
    }
    texts.sink.report(
        Diagnostic::new(
            codes::ENV001,
            format!("`{name}` is used, and neither a variable nor a secret of that name is declared"),
        )
        .at(place.span, format!("compose puts it in for `{all}`"))
        .help(format!(
            "declare `variable {name}` or `secret {name}`; for the text `{all}` write `{}`",
            meant(all)
        )),
    );
}

/// Reports secrets that the target would show.
fn exposed(made: &crate::platform::Value, place: &Value, texts: &mut Texts<'_>) {
    let mut shown = texts.secrets(made);
    for part in &made.parts {
        let ValuePart::Literal(text) = part else { continue };
        shown.extend(names(text).into_iter().filter_map(|name| texts.secret_named(name)));
    }
    for name in shown {
        texts.sink.report(
            Diagnostic::new(codes::PHA002, format!("the secret `{name}` would stand in an artifact"))
                .at(place.span, "everybody who may list containers would see it")
                .help("hand it over in `environment`, and let the program read it there"),
        );
    }
}
