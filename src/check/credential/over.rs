//! Overrides: what is put over the files of targets is a part of the program, so credentials and secrets are looked for in it as
//! elsewhere.

use super::super::address::plain;
use super::said::of_arguments;
use crate::diagnostic::credential::text::in_text;
use crate::diagnostic::credential::token::is_token;
use crate::diagnostic::credential::value::{OPERATOR, is_path, is_value};
use crate::diagnostic::credential::{NAMES, Names, last_word, names};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, IndexMap};
use crate::origins::{Origins, WrittenTree};
use crate::platform::dollar::Piece;
use crate::platform::{InputId, Override, Platform, Service, Tree, dollar};
use crate::schema::part_of;

/// Keys of compose that hold a command line.
const COMMANDS: [&str; 3] = ["command", "entrypoint", "test"];

/// The inputs of a platform, by their names.
type Inputs<'a> = HashMap<&'a str, InputId>;

/// An override, and what the source writes for it.
struct Over<'a> {
    made: &'a Override,
    platform: &'a Platform,
    written: WrittenTree<'a>,
    /// The path of the service that it is of.
    service: Option<&'a str>,
}

/// Every override of a platform.
fn each<'a>(platform: &'a Platform, origins: &'a Origins) -> impl Iterator<Item = Over<'a>> {
    let over = move |made, service: Option<&'a Service>| Over {
        made,
        platform,
        written: origins.override_of(made, service.map(|service| service.id)),
        service: service.map(|service| service.path.as_str()),
    };
    let own = platform.overrides.iter().map(move |made| over(made, None));
    let of_services = platform
        .services
        .iter()
        .flat_map(move |service| service.overrides.iter().map(move |made| over(made, Some(service))));
    own.chain(of_services)
}

/// SEC001: credentials in what is put over the files of targets.
pub(in super::super) fn overrides(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for over in each(platform, origins) {
        for (key, tree) in &over.made.entries {
            in_tree(key, tree, &over, sink);
        }
    }
}

fn in_tree(key: &str, tree: &Tree, over: &Over<'_>, sink: &mut Sink) {
    match tree {
        Tree::Text(value) => {
            let text = plain(value);
            let found = in_text(&text);
            // Keys of compose are names that anybody gives, and its values may be asked of the operator.
            let by_name = if over.made.target.override_inputs {
                names(key) == Names::Credential && is_value(&text)
            } else {
                // Keys of objects name keys of others: `key`, `topologyKey`, `secretKeyRef`.
                let named = NAMES.contains(&last_word(key).as_str()) && !is_path(&text);
                !over.made.target.objects && !text.is_empty() && !text.contains(OPERATOR) && named
            };
            if by_name || !found.is_empty() || is_token(&text) {
                let secret = found.first().map_or(0..text.len(), |found| found.place.clone());
                report(key, &text, secret, over, sink);
            } else if over.made.target.override_inputs
                && let Some(default) = default_of_credential(&text, over.platform)
            {
                report(key, &text, default, over, sink);
            }
        }
        Tree::List(items) => {
            let texts: Vec<_> = items
                .iter()
                .map(|item| match item {
                    Tree::Text(value) => plain(value),
                    _ => "".into(),
                })
                .collect();
            let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
            let found = of_arguments(&texts);
            for (at, item) in items.iter().enumerate() {
                match (found.iter().find(|(index, _)| *index == at), texts.get(at)) {
                    (Some((_, found)), Some(text)) => report(key, text, found.place.clone(), over, sink),
                    _ => in_tree(key, item, over, sink),
                }
            }
        }
        Tree::Map(entries) => match variable(entries) {
            Some((name, text)) => {
                report(name, &text, 0..text.len(), over, sink);
            }
            None => entries.iter().for_each(|(key, tree)| in_tree(key, tree, over, sink)),
        },
        Tree::Edited(_, with) => with.iter().for_each(|tree| in_tree(key, tree, over, sink)),
        Tree::Integer(_) | Tree::Number(_) | Tree::Boolean(_) => {}
    }
}

/// A variable of a container as objects of Kubernetes have it, `{ name = …, value = … }`, where it holds a credential.
fn variable(entries: &IndexMap<String, Tree>) -> Option<(&str, String)> {
    let (Some(Tree::Text(name)), Some(Tree::Text(value))) = (entries.get("name"), entries.get("value"))
    else {
        return None;
    };
    let (name, value) = (name.as_literal()?, plain(value));
    (names(name) == Names::Credential && is_value(&value)).then(|| (name, value.into_owned()))
}

/// The value that compose would put in where the operator gives none for the name of a credential: `${DB_PASSWORD:-VALUE}`
/// (compose-spec/compose-go:template/template.go).
fn default_of_credential(text: &str, platform: &Platform) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    for piece in dollar::pieces(text) {
        let (Piece::Plain(all) | Piece::Input(_, all) | Piece::Refused(all) | Piece::Asked(_, all)) = piece
        else {
            // `$$`, or `$` alone.
            at += if piece == Piece::Escaped { 2 } else { 1 };
            continue;
        };
        if let Piece::Asked(name, _) = piece
            && (names(name) == Names::Credential
                || platform.inputs.iter().any(|input| input.secret && input.name == name))
        {
            let rest = all.get(2 + name.len()..all.len() - 1)?;
            let value = [":-", ":+", "-", "+"].iter().find_map(|sign| rest.strip_prefix(sign))?;
            let from = at + all.len() - 1 - value.len();
            return is_value(value).then_some(from..from + value.len());
        }
        at += all.len();
    }
    None
}

fn report(key: &str, text: &str, secret: std::ops::Range<usize>, over: &Over<'_>, sink: &mut Sink) {
    let help = if over.made.target.override_inputs {
        "declare a secret, and hand it over in `environment`: compose asks the operator for it"
    } else if over.made.target.objects {
        "declare a secret, and hand it over in `env` of the service"
    } else {
        "name a file that holds it, by the key that ends with `_file`"
    };
    let what = format!("`{key}` in `override {}` holds a credential", over.made.target.name);
    let place = over.written.place(text);
    let part = place.and_then(|place| part_of(text, place, secret.clone()));
    let diagnostic = Diagnostic::new(codes::SEC001, what)
        .at(part.or(place).unwrap_or(over.made.span), "whoever reads the source or the artifact knows it")
        .hide_all(text.get(secret))
        .help(help);
    sink.report(match over.service {
        Some(service) => diagnostic.about(service),
        None => diagnostic,
    });
}

/// SEC007: a secret on a command line that an override writes, each at the word that holds it.
pub(in super::super) fn command_lines(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let inputs = dollar::inputs(platform);
    for over in each(platform, origins).filter(|over| over.made.target.override_inputs) {
        let written = over.written.by_key();
        for (key, tree) in &over.made.entries {
            let written = written.get(key.as_str()).copied().unwrap_or_default();
            command_line(key, tree, written, (platform, &inputs), &over, sink);
        }
    }
}

fn command_line(
    key: &str,
    tree: &Tree,
    written: WrittenTree<'_>,
    of: (&Platform, &Inputs<'_>),
    over: &Over<'_>,
    sink: &mut Sink,
) {
    let (platform, inputs) = of;
    match tree {
        Tree::Text(value) if COMMANDS.contains(&key) => {
            let mut asked = dollar::asked(value, inputs).map(|input| &platform[input]);
            let Some(input) = asked.find(|input| input.secret) else { return };
            let what = format!(
                "the secret `{}` stands on a command line in `override {}`",
                input.name, over.made.target.name
            );
            let place = written.span().unwrap_or(over.made.span);
            let diagnostic = Diagnostic::new(codes::SEC007, what)
                .at(place, "shown by `ps` and `docker inspect`")
                .help("hand it over in `env`, and let the program read it there, or from its standard input");
            sink.report(match over.service {
                Some(service) => diagnostic.about(service),
                None => diagnostic,
            });
        }
        Tree::List(items) => {
            for (at, item) in items.iter().enumerate() {
                command_line(key, item, written.item(at), of, over, sink);
            }
        }
        Tree::Map(entries) => {
            let written = written.by_key();
            for (key, tree) in entries {
                command_line(
                    key,
                    tree,
                    written.get(key.as_str()).copied().unwrap_or_default(),
                    of,
                    over,
                    sink,
                );
            }
        }
        Tree::Edited(_, Some(tree)) => command_line(key, tree, written, of, over, sink),
        _ => {}
    }
}
