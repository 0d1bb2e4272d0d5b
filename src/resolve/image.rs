//! Images: their names taken apart, and what the catalogue knows of them.

use super::place::optional;
use super::text::Texts;
use crate::hash::HashMap;
use crate::model::{Access, Image, Service};
use crate::platform::{FirstStart, ImageFacts, ImageName, Platform, Value, ValuePart};
use crate::schema::{Constant, List};
use crate::source::Span;

/// Stands for a part of a tag that the operator sets.
const OPERATOR: &str = "${…}";

/// How many comparisons weigh as much as a copy.
const COMPARED: usize = 16;

/// The catalogue, then the platform's own entries, which come first when facts are looked up.
pub(super) fn catalogue(shipped: &[Image], own: &[Image], texts: &mut Texts<'_>) -> Vec<ImageFacts> {
    shipped.iter().chain(own).map(|image| facts(image, texts)).collect()
}

fn facts(image: &Image, texts: &mut Texts<'_>) -> ImageFacts {
    ImageFacts {
        image: image.name.text.as_str().to_owned(),
        user: optional(image.user.as_ref(), texts),
        tools: list(image.tools.as_ref(), texts),
        tools_known: image.tools.is_some(),
        on: optional(image.on.as_ref(), texts),
        programs: list(image.programs.as_ref(), texts),
        data: list(image.data.as_ref(), texts),
        scratch: list(image.scratch.as_ref(), texts),
        writes: list(image.writes.as_ref(), texts),
        filled: list(image.filled.as_ref(), texts),
        reloads: list(image.reloads.as_ref(), texts),
        root_variables: list(image.root_variables.as_ref(), texts),
        heap: optional(image.heap.as_ref(), texts),
        first_start: image.first_start.as_ref().map(|start| FirstStart {
            by: list(start.by.as_ref(), texts),
            clients: list(start.clients.as_ref(), texts),
            proof: list(start.proof.as_ref(), texts),
            port: start.port.unwrap_or(false),
        }),
        files_known: image.file_variables.is_some(),
        ports: [(&image.admin_ports, Access::Admin), (&image.internal_ports, Access::Internal)]
            .into_iter()
            .flat_map(|(said, access)| {
                said.iter().flat_map(|list| &list.items).map(move |port| (port.0, access))
            })
            .collect(),
        endpoints: list(image.endpoints.as_ref(), texts),
        file_variables: list(image.file_variables.as_ref(), texts),
        file_suffix: optional(image.file_suffix.as_ref(), texts).unwrap_or_else(|| "_FILE".to_owned()),
        builtin_health: image.builtin_health.unwrap_or(false),
        same_version_as: optional(image.same_version_as.as_ref(), texts),
        gone: optional(image.gone.as_ref(), texts),
        discontinued: optional(image.discontinued.as_ref(), texts),
        instead: optional(image.instead.as_ref(), texts),
    }
}

fn list(list: Option<&List<Constant>>, texts: &mut Texts<'_>) -> Vec<String> {
    let items = list.map(|list| list.items.as_slice()).unwrap_or_default();
    items.iter().map(|item| texts.constant(item)).collect()
}

/// The image that the source says it is built on.
pub(super) fn base(block: &Service, texts: &mut Texts<'_>) -> Option<ImageName> {
    let image = block.image.as_ref().and_then(|image| image.base.as_ref());
    let base = image.or(block.build.as_ref().and_then(|build| build.base.as_ref()))?;
    let text = texts.constant(base);
    name(&super::text::literal(text), base.span)
}

/// Takes `registry/repository:tag@digest` apart (distribution/reference, reference.go). The
/// default registry and its `library/` are left out, as people write it.
pub(super) fn name(image: &Value, span: Span) -> Option<ImageName> {
    let text: String = image
        .parts
        .iter()
        .map(|part| match part {
            ValuePart::Literal(text) => text.as_str(),
            ValuePart::Input(_) => OPERATOR,
        })
        .collect();
    let (text, digest) = match text.split_once('@') {
        Some((name, digest)) => (name.to_owned(), Some(digest.to_owned())),
        None => (text, None),
    };
    let last = text.rfind('/').map_or(0, |at| at + 1);
    let (repository, tag) = match text[last..].split_once(':') {
        Some((name, tag)) => (format!("{}{name}", &text[..last]), Some(tag.to_owned())),
        None => (text, None),
    };
    let short = repository.strip_prefix("docker.io/").unwrap_or(&repository);
    let short = short.strip_prefix("library/").unwrap_or(short);
    (!short.is_empty() && !short.contains(OPERATOR)).then(|| ImageName {
        repository: short.to_owned(),
        tag,
        digest,
        span,
    })
}

/// The catalogue by its repositories.
pub(super) struct Index(HashMap<String, Vec<Entry>>);

/// An entry of the catalogue.
struct Entry {
    /// What its tags look like; `None` for all.
    pattern: Option<String>,
    /// Its place in the catalogue.
    at: usize,
}

impl Index {
    pub(super) fn new(catalogue: &[ImageFacts]) -> Self {
        let mut index: HashMap<String, Vec<Entry>> = HashMap::default();
        for (at, facts) in catalogue.iter().enumerate() {
            let last = facts.image.rfind('/').map_or(0, |at| at + 1);
            let (repository, pattern) = match facts.image[last..].split_once(':') {
                None => (facts.image.as_str(), None),
                Some((name, pattern)) => (&facts.image[..last + name.len()], Some(pattern.to_owned())),
            };
            index.entry(repository.to_owned()).or_default().push(Entry { pattern, at });
        }
        Self(index)
    }

    /// The entry of the catalogue for an image: the most specific one, and of these the last.
    pub(super) fn find(&self, image: &ImageName) -> Option<usize> {
        let tag = image.tag.as_deref().unwrap_or("latest");
        let specific = |entry: &Entry| match &entry.pattern {
            None => Some(0),
            Some(pattern) => matches(pattern, tag).then_some(pattern.len()),
        };
        let candidates = self.0.get(&image.repository)?.iter();
        candidates.filter_map(|entry| Some((specific(entry)?, entry.at))).max().map(|(_, at)| at)
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

/// Whether a text matches a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}
