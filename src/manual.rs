//! The manual: pages about what the compiler itself knows, made of the standard components' own sources and of the schema, so
//! that they cannot say anything else.

mod component;

use std::fmt::Write as _;

use crate::coverage::lists;
use crate::model::Document;
use crate::schema;
use crate::standard;
use crate::target::{TARGETS, Target};

/// What a page is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// A standard component, by its name.
    Component(&'static str),
    /// A target.
    Target(&'static Target),
    /// A block of the language, by its key.
    Block(&'static str),
}

impl Subject {
    /// Everything that has a page, components first: `prometheus` is a component and a target, and its page says both.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let components = standard::COMPONENTS.iter().map(|(name, _)| Self::Component(name));
        let targets = TARGETS.iter().map(Self::Target);
        let blocks = schema::keys(Document::SCHEMA).into_iter().map(Self::Block);
        components.chain(targets).chain(blocks).collect()
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Component(name) | Self::Block(name) => name,
            Self::Target(target) => target.format.name,
        }
    }

    /// Its page, in Markdown.
    #[must_use]
    pub fn page(self) -> String {
        match self {
            Self::Component(name) => component::page(name),
            Self::Target(target) => of_target(target),
            Self::Block(key) => schema::section(Document::SCHEMA, key),
        }
    }
}

/// The pages of a name, one behind the other; `None` where nothing is called so.
#[must_use]
pub fn page(name: &str) -> Option<String> {
    let pages: Vec<String> =
        Subject::all().into_iter().filter(|it| it.name() == name).map(Subject::page).collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

fn of_target(target: &Target) -> String {
    let format = target.format;
    let mut out = format!("# The target {}\n\n{}.\n", format.name, capitalised(format.purpose));
    let settings = schema::section(Document::SCHEMA, &format!("target {}", format.name));
    if !settings.is_empty() {
        let _ = write!(out, "\n{settings}");
    }
    let _ = write!(out, "\n```text\n{}: {}\n```\n", format.name, lists::text(target).trim_end());
    out
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
