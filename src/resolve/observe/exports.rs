//! What jobs export: their own declarations, the document's tables, and the embedded ones, of which only
//! what queries ask for is read.

use super::added;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model;
use crate::platform::Service;
use crate::platform::observe::{ExportTable, Exports, Metric, Metrics};
use crate::resolve::constant::literal;
use crate::resolve::text::Texts;
use crate::schema::{Decode, Decoder, List, Word, Words};
use crate::source::Sources;
use crate::standard::exports as standard;
use crate::syntax;

/// The table of what the metrics server adds to every target, and writes of alerts.
const SERVER: &str = "scrape";

/// Tables by name: the document's, and those that were read already.
pub(super) struct Tables<'a> {
    own: &'a [model::Exports],
    /// The series that queries ask for.
    needed: HashSet<&'a str>,
    read: HashMap<String, Option<Arc<ExportTable>>>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(own: &'a [model::Exports], needed: &'a BTreeSet<String>) -> Self {
        Self { own, needed: needed.iter().map(String::as_str).collect(), read: HashMap::default() }
    }

    /// What the metrics server itself writes.
    pub(super) fn server(&mut self) -> Metrics {
        self.table(SERVER).map(|table| table.metrics.clone()).unwrap_or_default()
    }

    /// What a service exports.
    pub(super) fn of(&mut self, service: &Service, texts: &mut Texts<'_>) -> Exports {
        let block = texts.names.block(service.id);
        let own: Metrics = block.metric.iter().map(metric).collect();
        let said = block.metrics.as_ref().and_then(|metrics| metrics.of.as_ref());
        let mut shared = Vec::new();
        match said {
            Some(names) => {
                for name in &names.items {
                    match self.table(&name.text) {
                        Some(table) => self.add(table, &mut shared),
                        None => self.unknown(name, texts),
                    }
                }
            }
            None => {
                let names = [&service.base_name, &service.image_name];
                let table = names.into_iter().flatten().find_map(|image| self.table(&image.repository));
                if let Some(table) = table {
                    self.add(table, &mut shared);
                }
            }
        }
        let unknown = own.is_empty() && shared.is_empty();
        Exports { own, shared, unknown, added: added::of_service(service) }
    }

    /// Adds a table and all it includes.
    fn add(&mut self, table: Arc<ExportTable>, shared: &mut Vec<Arc<ExportTable>>) {
        if shared.iter().any(|known| known.name == table.name) {
            return;
        }
        let includes = table.includes.clone();
        shared.push(table);
        for name in &includes {
            if let Some(table) = self.table(name) {
                self.add(table, shared);
            }
        }
    }

    fn table(&mut self, name: &str) -> Option<Arc<ExportTable>> {
        if let Some(known) = self.read.get(name) {
            return known.clone();
        }
        let own = self.own.iter().find(|exports| exports.name.text == name).map(table);
        let table = own.or_else(|| standard::source(name).and_then(|source| embedded(source, &self.needed)));
        let table = table.map(Arc::new);
        self.read.insert(name.to_owned(), table.clone());
        table
    }

    fn unknown(&self, name: &Word, texts: &mut Texts<'_>) {
        let own = self.own.iter().map(|exports| exports.name.text.as_str());
        let known = own.chain(standard::EXPORTS.iter().map(|(name, ..)| *name));
        let near = texts.sink.did_you_mean(&name.text, known);
        texts.sink.report(
            Diagnostic::new(codes::NAM001, format!("there are no `exports` called `{}`", name.text))
                .at(name.span, "not declared")
                .help(
                    near.unwrap_or_else(|| {
                        format!("declare `exports \"{}\" {{ metric … }}`", name.text).into()
                    }),
                ),
        );
    }
}

fn table(block: &model::Exports) -> ExportTable {
    let mut metrics: Vec<Metric> = block.metric.iter().map(metric).collect();
    metrics.sort_by(|a, b| a.name.cmp(&b.name));
    ExportTable {
        name: block.name.text.to_string(),
        paths: block.paths.iter().flat_map(|list| &list.items).map(|path| literal(path).to_owned()).collect(),
        metrics: metrics.into(),
        includes: block.includes.iter().flat_map(|list| &list.items).map(|word| word.text.clone()).collect(),
    }
}

/// An embedded table with the metrics that queries ask for, and its families.
fn embedded(source: &'static str, needed: &HashSet<&str>) -> Option<ExportTable> {
    let mut table = table(&decode(&standard::excerpt(source, |name| needed.contains(name)))?);
    // They stand in no file of the reader's.
    table.metrics.forget_places();
    Some(table)
}

/// Reads an embedded table, or a part of it. They are part of the compiler: a test reads all of them.
fn decode(text: &str) -> Option<model::Exports> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let id = sources.add(String::new(), text.to_owned());
    let file = syntax::parse(&sources, id, &mut sink);
    let decoded = model::Exports::decode(file.entries.first()?, &mut Decoder::new(&mut sink));
    debug_assert!(sink.is_empty(), "{text}");
    decoded
}

/// A declared metric.
pub(super) fn metric(block: &model::Metric) -> Metric {
    let words = |list: Option<&List<Word>>| {
        list.iter().flat_map(|list| &list.items).map(|word| word.text.clone()).collect()
    };
    let flags = |words: Option<&Words>| {
        words.iter().flat_map(|words| &words.items).map(|word| word.text.clone()).collect()
    };
    Metric {
        name: block.name.text.to_string(),
        kind: block.type_,
        labels: words(block.labels.as_ref()),
        with: flags(block.with.as_ref()),
        without: flags(block.without.as_ref()),
        path: flags(block.path.as_ref()),
        tls: block.tls == Some(true),
        span: Some(block.name.span),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, standard};

    #[test]
    fn every_embedded_table_is_sound() {
        for (name, file, source) in standard::EXPORTS {
            let whole = decode(source);
            assert!(whole.is_some(), "{file}");
            for include in
                whole.iter().filter_map(|block| block.includes.as_ref()).flat_map(|list| &list.items)
            {
                assert!(standard::source(&include.text).is_some(), "{name} includes {}", include.text);
            }
        }
    }
}
