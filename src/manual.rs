//! The manual: pages about what the compiler itself knows, made of the standard components' own sources and of the schema, so
//! that they cannot say anything else.

mod component;
mod word;

use std::fmt::Write as _;

use crate::coverage::lists;
use crate::model::{Document, ParameterBlock};
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

concepts! {
    "child", "component", "default", "each", "edge", "enabled", "environment", "import", "mixin", "parameter", "reference", "template",
    "value", "when",
}

/// Words of the language that the page of a concept explains, beside those of its own name.
const EXPLAINED: &[(&str, &str)] = &[
    ("by", "child"),
    ("children", "child"),
    ("defaults", "default"),
    ("condition", "when"),
    ("conditions", "when"),
    ("runtime", "when"),
    ("runtime.compose", "when"),
    ("runtime.kubernetes", "when"),
    ("self", "reference"),
    ("platform.name", "reference"),
    ("platform.namespace", "reference"),
    ("label", "value"),
    ("text", "value"),
    ("integer", "value"),
    ("number", "value"),
    ("boolean", "value"),
    ("true", "value"),
    ("false", "value"),
    ("duration", "value"),
    ("size", "value"),
    ("ratio", "value"),
    ("list", "value"),
];

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

/// The pages of a name, one behind the other; `None` where nothing is called so. Of several words, as a source has them
/// (`scale on`, `run = schedule`), those of the place that they name, else those of the last one.
#[must_use]
pub fn page(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split([' ', '=']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] | [_] => of_word(name).or_else(|| of_word(name.strip_prefix("target.")?)),
        [.., last] => {
            of_word(&words.join(" ")).or_else(|| of_word(&words.join("."))).or_else(|| of_word(last))
        }
    }
}

fn of_word(name: &str) -> Option<String> {
    let mut pages: Vec<String> =
        Subject::all().into_iter().filter(|it| it.name() == name).map(Subject::page).collect();
    if name == ParameterBlock::SCHEMA.key {
        pages.push(schema::section_of(ParameterBlock::SCHEMA));
    }
    let settings = schema::section(Document::SCHEMA, name);
    if pages.is_empty() && !settings.is_empty() {
        pages.push(settings);
    }
    if !pages.is_empty() {
        return Some(pages.join("\n"));
    }
    let explained = concept(name);
    let more = of_key(name);
    let is_of_parameter = || ParameterBlock::SCHEMA.fields.iter().any(|field| field.key == name);
    match (explained, more) {
        (Some(page), Some(more)) => Some(format!("{more}\n{page}")),
        (None, None) if is_of_parameter() => of_word(ParameterBlock::SCHEMA.key),
        (page, more) => page.or(more),
    }
}

/// The page of the concept that explains a word; of a block, too: `service.when`.
fn concept(name: &str) -> Option<String> {
    let page =
        |name: &str| CONCEPTS.iter().find(|(known, _)| *known == name).map(|(_, page)| (*page).to_owned());
    if let Some((_, concept)) = EXPLAINED.iter().find(|(word, _)| *word == name) {
        return page(concept);
    }
    let (within, key) = name.rsplit_once('.')?;
    let is_place = standard::component(within).is_some() || schema::is_block(Document::SCHEMA, within);
    is_place.then(|| page(key)).flatten()
}

/// The page of a key of blocks, or of a word that is no key.
fn of_key(name: &str) -> Option<String> {
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
    keys.extend(EXPLAINED.iter().map(|(word, _)| (*word).to_owned()));
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

#[cfg(test)]
mod tests {
    use super::{EXPLAINED, component, concept, keys, page};
    use crate::expand;
    use crate::model::{Document, ParameterBlock, ParameterType};
    use crate::schema;
    use crate::standard;

    /// Every word that a source of the language may hold, and nobody chose, has a page.
    #[test]
    fn every_word_of_the_language_is_explained() {
        let mut words = keys();
        words.extend(schema::choices(Document::SCHEMA).into_iter().map(|(_, word, _)| word.to_owned()));
        let reserved = expand::words().map(str::to_owned);
        words.extend(reserved);
        words.extend(ParameterBlock::SCHEMA.fields.iter().map(|field| field.key.to_owned()));
        words.extend(ParameterType::WORDS.iter().map(|(word, _)| (*word).to_owned()));
        let phrases = [
            "scale on",
            "run = schedule",
            "wait healthy",
            "service.when",
            "target compose",
            "site.route.login",
            "service.health.readiness",
            "service.port.forwards",
            "service.health.when",
            "target.compose",
        ];
        words.extend(phrases.map(str::to_owned));
        for (name, _) in standard::COMPONENTS {
            let page = component::page(name);
            let heads = page.lines().filter_map(|line| line.strip_prefix("## Its "));
            let parts = heads
                .filter_map(|head| head.strip_prefix("children: ").or_else(|| head.strip_prefix("service ")));
            words.extend(parts.map(|part| format!("{name}.{part}")));
            words.push(format!("{name}.health.readiness"));
        }
        assert!(words.len() > 500, "{}", words.len());
        let without: Vec<&String> = words.iter().filter(|word| page(word).is_none()).collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn what_no_source_can_hold_has_no_page() {
        for word in [
            "",
            "service.prot",
            "api.when",
            "nothing at-all",
            "site.rout.login",
            "site.route.logn",
            "service.route.login",
        ] {
            assert_eq!(page(word), None, "{word}");
        }
    }

    #[test]
    fn words_lead_to_pages() {
        for (word, _) in EXPLAINED {
            assert!(concept(word).is_some(), "{word}");
        }
    }
}
