//! The entries of the compiler's catalogue that a platform needs: those of the images that it names, and those that
//! these lead to.

use super::Mirrors;
use crate::diagnostic::Sink;
use crate::hash::HashSet;
use crate::model::{self, Document, Image, Mirror};
use crate::notation::image::Reference;
use crate::resolve::names::Names;
use crate::schema::{Constant, Decode, Decoder};
use crate::source::Sources;
use crate::standard::{self, images};
use crate::syntax::{self, Part, Text};

/// The file whose entries are what others are made of.
const BASES: &str = "bases";

/// The entries that a platform needs.
pub(in crate::resolve) fn entries(document: &Document, names: &Names<'_>, mirrors: &Mirrors) -> Vec<Image> {
    let mut wanted: Vec<String> = Vec::new();
    let mut last: Option<String> = None;
    for placed in &names.services {
        for text in texts(placed.block) {
            let name = plain(text, document);
            // Copies of a service stand side by side.
            if last.as_deref() == Some(name.as_str()) {
                continue;
            }
            if let Some(repository) = super::repository(Reference::parse(&name)) {
                wanted.push(mirrors.original(repository));
            }
            last = Some(name);
        }
    }
    for image in &document.image {
        wanted.extend(leads_to(image));
    }
    let mut entries = Vec::new();
    let mut seen: HashSet<String> = HashSet::default();
    let mut bases = document.image.iter().any(unsure);
    while !wanted.is_empty() {
        let mut text = String::new();
        for repository in wanted.drain(..) {
            let all = repository.rsplit_once('/').map(|(namespace, _)| format!("{namespace}/*"));
            for label in std::iter::once(repository).chain(all) {
                if !images::knows(&label) || seen.contains(&label) {
                    continue;
                }
                text.extend(images::entries(&label));
                seen.insert(label);
            }
        }
        let read: Vec<Image> = decode(&text);
        wanted.extend(read.iter().flat_map(leads_to));
        bases |= read.iter().any(unsure);
        entries.extend(read);
        if bases && wanted.is_empty() {
            bases = false;
            wanted.extend(bases_names());
        }
    }
    entries
}

/// The mirrors that everybody can use.
pub(in crate::resolve) fn mirrors() -> Vec<Mirror> {
    decode(images::MIRRORS)
}

fn texts(block: &model::Service) -> impl Iterator<Item = &Text> {
    let image = block.image.as_ref().map(|image| &image.name.text);
    let bases = [
        block.image.as_ref().and_then(|image| image.base.as_ref()),
        block.build.as_ref().and_then(|build| build.base.as_ref()),
    ];
    image.into_iter().chain(bases.into_iter().flatten().map(|base| &base.text))
}

/// A text with the defaults of variables in it.
fn plain(text: &Text, document: &Document) -> String {
    let default = |name: &str| {
        let mut variables = document.variable.iter();
        let variable = variables.find(|variable| variable.name.text == name)?;
        variable.default.as_ref()?.text.as_literal()
    };
    let part = |part: &Part| match part {
        Part::Literal(text) => text.to_string(),
        Part::Reference(path) => path.word().and_then(default).unwrap_or(super::OPERATOR).to_owned(),
    };
    text.parts.iter().map(part).collect()
}

/// The repositories of the entries that an entry mentions.
fn leads_to(image: &Image) -> impl Iterator<Item = String> + '_ {
    let literal = |constant: &Constant| constant.text.as_literal().map(str::to_owned);
    let said = [image.like.as_ref(), image.on.as_ref()];
    let names = said.into_iter().flatten().filter_map(literal);
    names.map(|name| Reference::parse(&name).repository.to_owned())
}

/// Whether an entry lists tools without what it is made of: then it may hold what any other image brings.
fn unsure(image: &Image) -> bool {
    image.tools.is_some() && image.on.is_none() && image.like.is_none()
}

fn bases_names() -> impl Iterator<Item = String> {
    images::of_file(BASES).map(str::to_owned)
}

/// What a text of the compiler's says. A test reads all of it.
fn decode<T: Decode>(text: &str) -> Vec<T> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let id = sources.add(standard::file_name("images"), text.to_owned());
    let file = syntax::parse(&sources, id, &mut sink);
    let mut decoder = Decoder::new(&mut sink);
    file.entries.iter().filter_map(|entry| T::decode(entry, &mut decoder)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::repository;
    use crate::diagnostic::Sink;
    use crate::hash::HashSet;
    use crate::model::Image;
    use crate::notation::image::Reference;
    use crate::schema::{Decode, Decoder};
    use crate::source::Sources;
    use crate::standard::images;
    use crate::syntax;

    /// Reads everything, as a platform would that names every image.
    fn all() -> Vec<Image> {
        let mut all = Vec::new();
        for (name, source) in images::FILES {
            let mut sources = Sources::default();
            let mut sink = Sink::default();
            let id = sources.add((*name).to_owned(), *source);
            let file = syntax::parse(&sources, id, &mut sink);
            let mut decoder = Decoder::new(&mut sink);
            all.extend(file.entries.iter().filter_map(|entry| Image::decode(entry, &mut decoder)));
            let said: Vec<String> = sink.finish().into_iter().map(|told| told.message).collect();
            assert!(said.is_empty(), "{name}: {}", said.join("\n"));
        }
        all
    }

    #[test]
    fn every_entry_can_be_read_and_leads_somewhere() {
        let all = all();
        let labels: HashSet<&str> = all.iter().map(|image| image.name.text.as_str()).collect();
        assert_eq!(labels.len(), all.len(), "an entry stands twice");
        for image in &all {
            let name = &image.name.text;
            for other in [&image.like, &image.on].into_iter().flatten() {
                let other = other.text.as_literal().expect("a constant");
                assert!(labels.contains(other), "{name} leads to {other}");
            }
            assert!(repository(Reference::parse(name)).is_some(), "{name}");
            let month = |text: &str| {
                text.split_once('-').is_some_and(|(year, month)| {
                    year.len() == 4 && matches!(month.parse::<u32>(), Ok(1..=12)) && month.len() == 2
                })
            };
            let said = image.ended.iter().map(|ended| &ended.month).chain(&image.since);
            for said in said {
                let text = said.text.as_literal().expect("a constant");
                assert!(month(text), "{name}: {text} is no month");
            }
        }
    }
}
