//! The chain between a metric and a person's telephone, broken in the flagship's source one link at a time: each
//! time the compiler tells it once, with the right code, at the right place of that source.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::fs;
use std::path::Path;

use infrac::Compilation;
use infrac::diagnostic::Diagnostic;
use infrac::source::{Found, LoadError, Loader};

/// A change of `platform.infra`, the code that it causes, and what the message points at.
#[derive(Default)]
struct Link {
    broken: String,
    from: Vec<String>,
    to: Vec<String>,
    code: String,
    /// What the primary place starts with.
    at: String,
}

/// The links, as `tests/chain/links.txt` has them.
fn links(text: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    // Behind the introduction, each link is a paragraph.
    for paragraph in text.split("\n\n").skip(1) {
        let mut link = Link::default();
        for line in paragraph.lines() {
            let part = line.split_once(' ').map_or((line, ""), |(mark, rest)| (mark, rest));
            match part {
                ("#", rest) => rest.clone_into(&mut link.broken),
                ("-", rest) => link.from.push(rest.to_owned()),
                ("+", rest) => link.to.push(rest.to_owned()),
                (code, rest) => {
                    code.clone_into(&mut link.code);
                    rest.clone_into(&mut link.at);
                }
            }
        }
        links.push(link);
    }
    links
}

impl Link {
    /// The source with this link broken.
    fn in_source(&self, whole: &str) -> Option<String> {
        let from = self.from.join("\n");
        let (from, to) = if self.to.is_empty() {
            (format!("{from}\n"), String::new())
        } else {
            (from, self.to.join("\n"))
        };
        whole.contains(&from).then(|| whole.replacen(&from, &to, 1))
    }
}

fn compile(text: &str) -> Compilation {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose)
}

/// What is said of a broken source beside what is said of the whole one: errors where there are any, else warnings.
fn said<'a>(broken: &'a Compilation, sound: &[Diagnostic]) -> Vec<&'a Diagnostic> {
    let known = |message: &str| sound.iter().any(|told| told.message == message);
    let new: Vec<_> = broken.diagnostics.iter().filter(|told| !known(&told.message)).collect();
    let errors: Vec<_> = new.iter().copied().filter(|told| told.is_error()).collect();
    if errors.is_empty() { new } else { errors }
}

#[test]
fn every_broken_link_is_told_once_at_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let whole = fs::read_to_string(root.join("platform.infra")).expect("the flagship");
    let links = links(&fs::read_to_string(root.join("tests/chain/links.txt")).expect("the links"));
    let sound = compile(&whole).diagnostics;
    assert!(links.len() >= 85);
    let mut complaints = Vec::new();
    for link in &links {
        let Some(broken) = link.in_source(&whole) else {
            complaints.push(format!("{}: `{:?}` does not stand in the source", link.broken, link.from));
            continue;
        };
        let broken = compile(&broken);
        let told: Vec<String> = said(&broken, &sound)
            .iter()
            .map(|told| {
                let place = told.labels.first().map(|label| label.span);
                let file = place.map(|span| broken.sources.file(span.file));
                let text = file.zip(place).and_then(|(file, span)| {
                    let text = file.text().get(span.start as usize..span.end as usize)?;
                    Some(format!("{}: {} {text}", file.name(), told.code.id))
                });
                text.unwrap_or_default()
            })
            .collect();
        let expected = format!("platform.infra: {} {}", link.code, link.at);
        if told.len() != 1 || !told[0].starts_with(&expected) {
            complaints.push(format!("{}: expected `{expected}`, found {told:#?}", link.broken));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
