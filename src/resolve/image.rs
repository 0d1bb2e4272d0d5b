//! Images: their names taken apart, and what the catalogue knows of them.

mod facts;
mod runs;
mod shipped;
mod tag;

use super::text::Texts;
use crate::hash::HashMap;
use crate::model::{Mirror, Service};
use crate::notation::image::Reference;
use crate::platform::{ImageFacts, ImageName, Input, Platform, Value, ValuePart};
use crate::source::Span;
use crate::standard::images;
use tag::Pattern;

pub(super) use facts::catalogue;
pub(super) use runs::{Runs, runs};
pub(super) use shipped::{entries, mirrors};
pub(crate) use tag::is_of;

/// Stands for a part of a tag that the operator sets.
const OPERATOR: &str = "${…}";

/// How many comparisons weigh as much as a copy.
const COMPARED: usize = 16;

/// The image that the source says it is built on.
pub(super) fn base(block: &Service, texts: &mut Texts<'_>) -> Option<ImageName> {
    let image = block.image.as_ref().and_then(|image| image.base.as_ref());
    let base = image.or(block.build.as_ref().and_then(|build| build.base.as_ref()))?;
    let text = texts.constant(base);
    name(&super::text::literal(text), base.span)
}

/// The name of an image that is not all set by the operator.
pub(super) fn name(image: &Value, span: Span) -> Option<ImageName> {
    let text: String = image
        .parts
        .iter()
        .map(|part| match part {
            ValuePart::Literal(text) => text.as_str(),
            ValuePart::Input(_) => OPERATOR,
        })
        .collect();
    named(&text, span)
}

/// The name that an image has where the operator leaves the defaults as they are.
pub(super) fn by_default(image: &Value, inputs: &[Input], span: Span) -> Option<ImageName> {
    let default = |input: usize| inputs.get(input).and_then(|input| input.default.as_deref());
    let text: String = image
        .parts
        .iter()
        .map(|part| match part {
            ValuePart::Literal(text) => text.as_str(),
            ValuePart::Input(input) => default(input.0).unwrap_or(OPERATOR),
        })
        .collect();
    named(&text, span)
}

fn named(text: &str, span: Span) -> Option<ImageName> {
    let reference = Reference::parse(text);
    Some(ImageName {
        repository: repository(reference)?.to_owned(),
        tag: reference.tag.map(str::to_owned),
        digest: reference.digest.map(str::to_owned),
        span,
    })
}

/// The repository that a name says, as people write it; `None` where the operator sets a part of it.
fn repository(reference: Reference<'_>) -> Option<&str> {
    let short = reference.short();
    let is_set_by_operator = || short.contains('$') && short.contains(OPERATOR);
    (!short.is_empty() && !is_set_by_operator()).then_some(short)
}

/// Where copies of images are: what their names start with, and those of the originals.
pub(super) struct Mirrors(Vec<(String, String)>);

impl Mirrors {
    /// Those that everybody can use, and the platform's own.
    pub(super) fn new(shipped: &[Mirror], own: &[Mirror], texts: &mut Texts<'_>) -> Self {
        let mut mirrors: Vec<(String, String)> = Vec::new();
        for mirror in shipped.iter().chain(own) {
            let clean = |text: &str| text.trim_end_matches('/').to_owned();
            mirrors.push((clean(&mirror.prefix.text), clean(&texts.constant(&mirror.of))));
        }
        // The longest one counts.
        mirrors.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Self(mirrors)
    }

    /// The repository that one is a copy of, or itself.
    pub(super) fn original(&self, name: &str) -> String {
        let copied = |(prefix, of): &(String, String)| {
            let rest = name.strip_prefix(prefix.as_str())?.strip_prefix('/')?;
            repository(Reference::parse(&format!("{of}/{rest}"))).map(str::to_owned)
        };
        self.0.iter().find_map(copied).unwrap_or_else(|| name.to_owned())
    }
}

/// The image of the catalogue that one in a registry of its own is called like: `harbor.example.com/hub/postgres` is
/// called like `postgres`.
pub(crate) fn namesake(repository: &str) -> Option<&str> {
    let (registry, mut rest) = Reference::parse(repository).registry();
    registry?;
    loop {
        if images::knows(rest) {
            return Some(rest);
        }
        (_, rest) = rest.split_once('/')?;
    }
}

/// What images are looked up with.
pub(super) struct Images {
    pub(super) index: Index,
    pub(super) mirrors: Mirrors,
}

impl Images {
    /// The name of what an image is a copy of.
    pub(super) fn original(&self, mut name: ImageName) -> ImageName {
        name.repository = self.mirrors.original(&name.repository);
        name
    }
}

/// The catalogue by its repositories.
pub(super) struct Index(HashMap<String, Vec<Entry>>);

/// An entry of the catalogue.
struct Entry {
    /// What its tags look like; `None` for all.
    pattern: Option<Pattern>,
    /// Its place in the catalogue.
    at: usize,
}

impl Index {
    pub(super) fn new(catalogue: &[ImageFacts]) -> Self {
        let mut index: HashMap<String, Vec<Entry>> = HashMap::default();
        for (at, facts) in catalogue.iter().enumerate() {
            let of = Reference::parse(&facts.image);
            let pattern = of.tag.map(Pattern::parse);
            index.entry(of.repository.to_owned()).or_default().push(Entry { pattern, at });
        }
        Self(index)
    }

    /// The entry of the catalogue for an image: the most specific one, and of these the last.
    pub(super) fn find(&self, image: &ImageName) -> Option<usize> {
        let tag = image.tag.as_deref().unwrap_or("latest");
        let specific = |entry: &Entry| match &entry.pattern {
            None => Some((0, false)),
            Some(pattern) => pattern.holds(tag),
        };
        let entries = self.0.get(&image.repository).or_else(|| {
            let (namespace, _) = image.repository.rsplit_once('/')?;
            self.0.get(&format!("{namespace}/*"))
        });
        entries?.iter().filter_map(|entry| Some((specific(entry)?, entry.at))).max().map(|(_, at)| at)
    }
}

/// Takes note of what the checks compare: each item of the image's lists with each of the service's own.
pub(super) fn comparable(facts: usize, block: &Service, platform: &Platform, texts: &mut Texts<'_>) -> bool {
    let listed = platform.catalogue.get(facts).map_or(0, ImageFacts::listed);
    let env = block.env.as_ref().map_or(0, |env| env.entries.len());
    let places = block.volume.len() + block.mount.len() + block.bind.len() + block.tmpfs.len();
    let own = 1 + env + places + block.config.len() + block.port.len();
    texts.copy(listed * own / COMPARED, block.span)
}
