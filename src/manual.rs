//! The manual: pages about what the compiler itself knows, made of the standard components' own sources and of the schema, so
//! that they cannot say anything else.

mod component;
mod word;

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
    /// A word of the language that is no block: its name, and its page.
    Concept(&'static str, &'static str),
}

macro_rules! concepts {
    ($($name:literal),+ $(,)?) => {
        /// Words of the language that are no blocks, each with its page (`docs/concepts/`).
        const CONCEPTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../docs/concepts/", $name, ".md")))),+];
    };
}

concepts! { "component", "default", "edge", "environment", "import", "mixin", "reference" }

impl Subject {
    /// Everything that has a page, components first: `prometheus` is a component and a target, and its page says both.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let components = standard::COMPONENTS.iter().map(|(name, _)| Self::Component(name));
        let targets = TARGETS.iter().map(Self::Target);
        let blocks = schema::keys(Document::SCHEMA).into_iter().map(Self::Block);
        let concepts = CONCEPTS.iter().map(|(name, page)| Self::Concept(name, page));
        components.chain(targets).chain(concepts).chain(blocks).collect()
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Component(name) | Self::Block(name) | Self::Concept(name, _) => name,
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
            Self::Concept(_, page) => page.to_owned(),
        }
    }
}

/// The pages of a name, one behind the other; `None` where nothing is called so.
#[must_use]
pub fn page(name: &str) -> Option<String> {
    let pages: Vec<String> =
        Subject::all().into_iter().filter(|it| it.name() == name).map(Subject::page).collect();
    if !pages.is_empty() {
        return Some(pages.join("\n"));
    }
    let (within, key) = match name.rsplit_once('.') {
        Some((within, key)) => (Some(within), key),
        None => (None, name),
    };
    let of_key = schema::key(Document::SCHEMA, within, key);
    if of_key.is_empty() {
        return word::page(name);
    }
    // A key that holds a block has a page of that block's own.
    let section = schema::section(Document::SCHEMA, key);
    let gap = if section.is_empty() { "" } else { "\n" };
    Some(format!("# The key {key}\n\n{of_key}{gap}{section}"))
}

/// Every name that has a page and is no subject of its own: the keys of blocks, and the parameters of components.
#[must_use]
pub fn keys() -> Vec<String> {
    let dotted = schema::dotted(Document::SCHEMA);
    let plain = dotted.iter().filter_map(|name| Some(name.rsplit_once('.')?.1.to_owned()));
    let mut keys: Vec<String> = plain.collect();
    keys.extend(dotted.iter().cloned());
    keys.extend(word::parameters());
    keys.sort_unstable();
    keys.dedup();
    keys
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
