//! Dashboards: their panels' queries, what can be chosen at their tops, and the addresses they get.

use super::super::constant::{literal, shared};
use super::super::source;
use super::super::text::Texts;
use super::query::{About, Queries, Reader, Written};
use super::{owned, preset};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use smol_str::SmolStr;

use crate::hash::{HashMap, HashSet};
use crate::model::{self, Document, PanelKind};
use crate::parallel;
use crate::platform::observe::{Choice, Dashboard, Observed, Panel, PanelQuery, Row, Threshold, panel_size};
use crate::platform::source::{DataSource, PLUGINS};
use crate::platform::{Platform, ServiceId};
use crate::promql::{self, Op};
use crate::schema::{Constant, Reference};
use crate::source::FileId;
use crate::syntax::{Name, Text};

/// How long an address may be (grafana/grafana:pkg/services/dashboards/models.go).
const UID: usize = 40;

/// A dashboard whose queries are read.
pub(super) struct Read {
    owner: Option<ServiceId>,
    block: model::Dashboard,
    panels: Vec<Vec<Written>>,
    /// The data source of each panel.
    sources: Vec<Option<usize>>,
    choices: Vec<Option<Offer>>,
}

/// What a choice offers.
struct Offer {
    label: String,
    /// Whether series are named.
    of_series: bool,
    /// Series by the label, as a query.
    written: Written,
}

impl Read {
    /// Every query of it.
    pub(super) fn written(&self) -> impl Iterator<Item = &Written> {
        let choices = self.choices.iter().flatten().map(|offer| &offer.written);
        self.panels.iter().flatten().chain(choices)
    }
}

/// Every dashboard with the panels of its presets: the document's, then those of services.
pub(super) fn expand(
    document: &Document,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> Vec<(Option<ServiceId>, model::Dashboard)> {
    let top = document.dashboard.iter().map(|dashboard| (None, dashboard));
    let all = top.chain(owned(texts.names, |service| &service.dashboard));
    all.map(|(owner, block)| (owner, preset::expand(block, owner, platform, texts))).collect()
}

/// Reads the queries of dashboards.
pub(super) fn read(
    dashboards: Vec<(Option<ServiceId>, model::Dashboard)>,
    declared: &[DataSource],
    reader: &Reader,
    texts: &mut Texts<'_>,
) -> Vec<Read> {
    let places = source::places(texts.document);
    let all = dashboards.into_iter();
    all.map(|(owner, block)| {
        expect_address(&block.name, texts.sink);
        let (mut panels, mut sources) = (Vec::new(), Vec::new());
        for panel in block.panels() {
            let said = panel.datasource.as_ref();
            let source = said.and_then(|said| source_of(said, &places, declared, texts));
            let queries = panel.query.iter();
            panels.push(match said {
                // In the language of that data source.
                Some(_) => queries.map(|query| reader.foreign(&query.expr)).collect(),
                None => queries.map(|query| reader.read(&query.expr, texts.sink)).collect(),
            });
            sources.push(source);
        }
        let choices = block.choose.iter().map(|choose| offer(&choose.query, reader, texts.sink)).collect();
        Read { owner, block, panels, sources, choices }
    })
    .collect()
}

/// The data source that a panel names. One that takes more than the text of a query is reported.
fn source_of(
    said: &Reference,
    places: &HashMap<SmolStr, usize>,
    declared: &[DataSource],
    texts: &mut Texts<'_>,
) -> Option<usize> {
    let at = texts.own_namespace(&said.0, "datasource", places)?;
    let source = declared.get(at)?;
    if source.query().is_none() {
        let known = PLUGINS.iter().filter(|plugin| plugin.query.is_some()).map(|plugin| plugin.word);
        texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("no panel can ask `{}`", source.name))
                .at(said.0.span, format!("`{}` takes more than the text of a query", source.kind))
                .help(format!(
                    "panels ask {}; explore others in Grafana, which has the data source",
                    list_of(known)
                )),
        );
        return None;
    }
    Some(at)
}

/// Reports a name that can be no part of an address: Grafana takes no other (grafana/grafana:pkg/util/shortid_generator.go),
/// and the file is called so, too.
fn expect_address(name: &Name, sink: &mut Sink) {
    if !name.text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        sink.report(
            Diagnostic::new(codes::TYP007, format!("`{}` can be no address of a dashboard", name.text))
                .at(name.span, "letters, digits, `-` and `_`")
                .help("the title may hold anything: `title = \"…\"`"),
        );
    }
}

/// Presets that would show nothing, because nobody exports what they ask for: one message for each row, in the
/// place of one for each metric.
pub(super) fn expect_exports(read: &mut [Read], observed: &Observed, sink: &mut Sink) {
    if observed.is_open() {
        return;
    }
    for read in read {
        for row in read.block.row.iter().filter(|row| row.preset.is_some()) {
            // What a preset brings stands at the row's heading.
            let place = row.title.span;
            let mut brought: Vec<&mut Written> =
                read.panels.iter_mut().flatten().filter(|written| written.said.span == place).collect();
            let metrics = || brought.iter().flat_map(|written| written.metrics());
            if metrics().next().is_none()
                || metrics().any(|metric| observed.exporters(metric).next().is_some())
            {
                continue;
            }
            let first = metrics().next().unwrap_or_default().to_owned();
            sink.report(
                Diagnostic::new(
                    codes::OBS002,
                    format!("nothing exports the metrics of the preset, such as `{first}`"),
                )
                .at(place, "would show nothing")
                .help("add what exports them: for `preset = resources` an exporter of containers"),
            );
            for written in &mut brought {
                written.parsed = None;
            }
        }
    }
}

/// Reads `label_values(series, label)` or `label_values(label)`.
fn offer(constant: &Constant, reader: &Reader, sink: &mut Sink) -> Option<Offer> {
    let text = literal(constant).trim();
    let inside = text.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
    let (series, label) = match inside.map(|inside| inside.rsplit_once(',').unwrap_or(("", inside))) {
        Some((series, label)) if promql::is_label(label.trim()) => (series.trim(), label.trim()),
        _ => {
            if constant.text.as_literal().is_some() {
                sink.report(
                    Diagnostic::new(codes::OBS008, "this choice cannot be read")
                        .at(constant.span, "expected `label_values(series, label)`")
                        .help("`label_values(up, job)` offers every value that the label `job` has in `up`"),
                );
            }
            return None;
        }
    };
    let asked = if series.is_empty() { "up" } else { series };
    let asked = Text::literal(format!("count by ({label}) ({asked})"));
    Some(Offer {
        label: label.to_owned(),
        of_series: !series.is_empty(),
        written: reader.read(&Constant { text: asked, span: constant.span }, sink),
    })
}

/// Completes every dashboard; with each its block.
pub(super) fn complete(
    read: Vec<Read>,
    platform: &Platform,
    queries: &Queries<'_>,
    embedded: &HashSet<FileId>,
) -> (Vec<Dashboard>, Vec<model::Dashboard>) {
    let names: Vec<Names> = read.iter().map(|read| Names::new(read, platform)).collect();
    let called = Shared::new(&names, |names| &names.name);
    let titled = Shared::new(&names, |names| &names.title);
    let completed = parallel::map(&read, |read| (choices(read, queries), rows(read, queries)));
    let (mut dashboards, mut blocks) = (Vec::with_capacity(read.len()), Vec::with_capacity(read.len()));
    for ((read, own), (choices, rows)) in read.into_iter().zip(&names).zip(completed) {
        let tags = read.block.tags.iter().flat_map(|list| &list.items);
        dashboards.push(Dashboard {
            name: own.name.clone(),
            owner: read.owner,
            brought: embedded.contains(&read.block.name.span.file),
            uid: own.uid(called.is_taken(&own.name, own.owner())),
            title: own.title(titled.is_taken(&own.title, own.owner())),
            description: read.block.description.as_ref().map(shared),
            tags: tags.map(|tag| tag.text.clone()).collect(),
            choices,
            rows,
            span: read.block.span,
        });
        blocks.push(read.block);
    }
    (dashboards, blocks)
}

/// How often words stand for dashboards, of everybody and of each service.
#[derive(Default)]
struct Shared<'a> {
    all: HashMap<&'a str, usize>,
    of: HashMap<(&'a str, Option<ServiceId>), usize>,
}

impl<'a> Shared<'a> {
    fn new(names: &'a [Names], word: impl Fn(&'a Names) -> &'a str) -> Self {
        let mut shared = Self::default();
        for names in names {
            *shared.all.entry(word(names)).or_default() += 1;
            *shared.of.entry((word(names), names.owner())).or_default() += 1;
        }
        shared
    }

    /// Whether a dashboard of somebody else has the word, too.
    fn is_taken(&self, word: &str, owner: Option<ServiceId>) -> bool {
        self.all.get(word) != self.of.get(&(word, owner))
    }
}

/// What a dashboard is called, and where it comes from.
struct Names {
    owner: Option<(ServiceId, String)>,
    name: String,
    title: String,
}

impl Names {
    fn new(read: &Read, platform: &Platform) -> Self {
        let owner = read.owner.map(|owner| platform.top(owner));
        let name = read.block.name.text.to_string();
        let title = read.block.title.as_ref().map_or(name.as_str(), literal).to_owned();
        Self { owner: owner.map(|owner| (owner.id, owner.name.clone())), name, title }
    }

    fn owner(&self) -> Option<ServiceId> {
        self.owner.as_ref().map(|(id, _)| *id)
    }

    /// The address. Two instances of a component bring dashboards of one name: the service tells them apart.
    fn uid(&self, taken: bool) -> String {
        let mut uid = match &self.owner {
            Some((_, owner)) if taken => format!("{owner}-{}", self.name),
            _ => self.name.clone(),
        };
        uid.truncate(uid.char_indices().nth(UID).map_or(uid.len(), |(at, _)| at));
        uid
    }

    fn title(&self, taken: bool) -> String {
        match &self.owner {
            Some((_, owner)) if taken => format!("{} ({owner})", self.title),
            _ => self.title.clone(),
        }
    }
}

/// The rows of a dashboard with their panels, each default filled in.
fn rows(read: &Read, queries: &Queries<'_>) -> Vec<Row> {
    let block = &read.block;
    let mut written = read.panels.iter();
    let mut sources = read.sources.iter();
    let mut row = |title, panels: &[model::Panel]| Row {
        title,
        panels: panels
            .iter()
            .map(|panel| {
                let written = written.next().map(Vec::as_slice).unwrap_or_default();
                let asked = panel.query.iter().zip(written).map(|(said, written)| PanelQuery {
                    legend: said.legend.text.clone(),
                    query: queries.complete(written, About::of(read.owner)),
                });
                let source = sources.next().copied().flatten();
                self::panel(panel, source, asked.collect())
            })
            .collect(),
    };
    let mut rows = vec![row(None, &block.panel)];
    rows.extend(block.row.iter().map(|said| row(Some(said.title.text.clone()), &said.panel)));
    rows
}

fn panel(said: &model::Panel, source: Option<usize>, queries: Vec<PanelQuery>) -> Panel {
    let kind = said.type_.unwrap_or(PanelKind::Timeseries);
    let (width, height) = panel_size(kind);
    let threshold =
        |said: &model::Threshold| Threshold { colour: said.colour.text.clone(), from: said.from.0 };
    Panel {
        title: said.title.text.clone(),
        kind,
        unit: said.unit.as_ref().map(shared),
        description: said.description.as_ref().map(shared),
        width: said.width.map_or(width, |width| width.0),
        height: said.height.map_or(height, |height| height.0),
        source,
        stacked: said.stacked.unwrap_or(false),
        queries,
        thresholds: said.threshold.iter().map(threshold).collect(),
    }
}

fn choices(read: &Read, queries: &Queries<'_>) -> Vec<Choice> {
    let all = read.block.choose.iter().zip(&read.choices);
    all.map(|(choose, offer)| {
        let name = choose.name.text.as_str();
        let query = offer.as_ref().map(|offer| queries.complete(&offer.written, About::of(read.owner)));
        let series = offer.as_ref().zip(query.as_ref()).filter(|(offer, _)| offer.of_series);
        let series = series.and_then(|(offer, query)| {
            let start = format!("count by ({}) (", offer.label);
            Some(query.text.strip_prefix(&start)?.strip_suffix(')')?.to_owned())
        });
        Choice {
            name: name.to_owned(),
            title: choose.title.as_ref().map_or_else(|| choose.name.text.clone(), shared),
            series,
            label: offer.as_ref().map(|offer| offer.label.clone()).unwrap_or_default(),
            several: !asked_for_one(read, name),
            query,
        }
    })
    .collect()
}

/// Whether a query compares a label with a variable by `=` or `!=`, which only one value fits.
fn asked_for_one(read: &Read, variable: &str) -> bool {
    let names = [format!("${variable}"), format!("${{{variable}}}")];
    let parsed = read.panels.iter().flatten().filter_map(|written| written.parsed.as_ref());
    parsed
        .flat_map(|query| query.selectors())
        .flat_map(|selector| &selector.matchers)
        .any(|matcher| matches!(matcher.op, Op::Equal | Op::NotEqual) && names.contains(&matcher.value))
}
