//! What is observed of a platform: scrape jobs, the metrics they bring, the rules over them, and who is told.

mod away;
mod dashboard;
mod index;
mod jobs;
mod metrics;
pub mod named;
mod test;

use std::ops::Range;
use std::sync::Arc;

pub use self::away::JobsAway;
pub use self::dashboard::{Choice, Dashboard, Panel, PanelQuery, Row, Threshold, panel_size};
pub use self::index::Exporters;
pub use self::jobs::Jobs;
pub use self::metrics::Metrics;
pub(crate) use self::metrics::base;
pub use self::test::{AlertTest, SaidSeries, TestLabel};
use super::receiver::{Hours, Mute, Receiver, Smtp};
use super::source::DataSource;
use super::{InputId, ServiceId};
use crate::hash::{HashMap, IndexMap};
use crate::model::{MetricKind, Severity};
use crate::notation::wildcard;
use crate::promql::{self, Labels, Matcher, MetricType};
use crate::schema::{Constant, Duration};
use crate::source::{SourceFile, Span};
use crate::syntax::place;

/// Everything between a metric and a person.
#[derive(Debug, Default)]
pub struct Observed {
    /// What is scraped, in the order of the services.
    pub jobs: Jobs,
    /// The names of jobs whose scrape could not be bound, which is reported.
    pub lost: Vec<String>,
    /// Metrics of the top level, which come from no job of this platform.
    pub metrics: Metrics,
    /// What the metrics server itself writes: `up`, `ALERTS`.
    pub server: Metrics,
    /// Who exports what queries ask for, by the name of the series.
    pub exporters: HashMap<String, Exporters>,
    /// Who may export anything.
    pub unknown: Exporters,
    /// Recording rules, in the order of the source.
    pub records: Vec<Record>,
    /// Alerts, in the order of the source.
    pub alerts: Vec<Alert>,
    /// Dashboards, in the order of the source.
    pub dashboards: Vec<Dashboard>,
    /// Data sources that the source declares, in its order.
    pub sources: Vec<DataSource>,
    /// The environment variables of the services that show dashboards which hold what the operator sets of data sources.
    pub source_variables: IndexMap<InputId, String>,
    /// Who is told, in the order of the source.
    pub receivers: Vec<Receiver>,
    /// What mutes what, in the order of the source.
    pub mutes: Vec<Mute>,
    /// Hours of the week, in the order of the source.
    pub hours: Vec<Hours>,
    /// The mail server.
    pub smtp: Option<Smtp>,
}

impl Observed {
    /// The jobs that export a series, with its declaration there.
    pub fn exporters<'a>(&'a self, series: &str) -> impl Iterator<Item = (&'a Job, Found<'a>)> + Clone {
        let jobs = self.exporters.get(series).map(|it| it.jobs.as_slice()).unwrap_or_default();
        jobs.iter().filter_map(move |at| {
            let job = self.jobs.get(*at)?;
            Some((job, job.exports.series(series)?))
        })
    }

    /// Whether a job may export anything.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.lost.is_empty() || !self.unknown.jobs.is_empty()
    }

    /// The declarations of a series that no job brings: of the metrics server, and of the top level.
    pub fn elsewhere<'a>(&'a self, series: &str) -> impl Iterator<Item = Found<'a>> + Clone + use<'a> {
        self.server.every(series).into_iter().chain(self.metrics.every(series))
    }

    /// Whether no job brings a series, and it is there all the same.
    #[must_use]
    pub fn is_elsewhere(&self, series: &str) -> bool {
        self.server.have(series) || self.metrics.have(series)
    }

    /// The labels that a series can carry, whoever exports it; any where nobody is known to.
    #[must_use]
    pub fn labels(&self, series: &str) -> Labels {
        let found = self.exporters(series).map(|(_, found)| found).chain(self.elsewhere(series));
        labels_of(found, Found::labels).unwrap_or(Labels::Any)
    }
}

/// The labels of any of these, by what `of` says of one; `None` where there is none. Services that are alike declare
/// the same.
fn labels_of<'a>(
    found: impl Iterator<Item = Found<'a>>,
    of: impl Fn(&Found<'a>) -> Labels,
) -> Option<Labels> {
    let mut last: Option<Found<'_>> = None;
    let mut labels: Option<Labels> = None;
    for found in found {
        let alike = |last: Found<'_>| {
            last.extra == found.extra
                && last.metric.labels == found.metric.labels
                && last.added == found.added
        };
        if last.is_some_and(alike) {
            continue;
        }
        last = Some(found);
        labels = Some(match labels {
            Some(known) => known.or(of(&found)),
            None => of(&found),
        });
    }
    labels
}

/// A scrape job.
#[derive(Debug, Clone)]
pub struct Job {
    /// What the label `job` says: the service's artifact name.
    pub name: String,
    /// The service that is asked.
    pub service: ServiceId,
    /// The port, an index into its ports.
    pub port: usize,
    /// The path.
    pub path: String,
    /// The time between two scrapes.
    pub interval: Duration,
    /// Whether the source says that time.
    pub interval_said: bool,
    /// How long a scrape may take; not longer than the interval.
    pub timeout: Duration,
    /// Whether the source says how long.
    pub timeout_said: bool,
    /// What it looks at in the place of the service: addresses that a probe is asked for.
    pub probes: Vec<Probe>,
    /// What it brings.
    pub exports: Exports,
    /// The place that declares it.
    pub span: Span,
}

impl Job {
    /// Whether it is a probe's that looks at sites, and at none with TLS.
    #[must_use]
    pub fn is_without_tls(&self) -> bool {
        let over_tls =
            |probe: &Probe| probe.module == Module::Certificate || probe.address.starts_with("https://");
        !self.probes.is_empty() && !self.probes.iter().any(over_tls)
    }
}

/// An address that a probe is asked for.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The site.
    pub site: String,
    /// Its address; of a certificate the host and port.
    pub address: String,
    /// How the probe asks.
    pub module: Module,
}

/// How a probe asks (prometheus/blackbox_exporter:CONFIGURATION.md, `module`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// Over HTTP, for an answer of success. A certificate is verified.
    Answer,
    /// The same, without a look at who signed the certificate.
    Unverified,
    /// For the certificate alone, whether it is valid or not.
    Certificate,
}

impl Module {
    /// The name of the module.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "http_2xx",
            Self::Unverified => "http_2xx_unverified",
            Self::Certificate => "certificate",
        }
    }
}

/// The time between two scrapes where none is said.
pub const SCRAPE_INTERVAL: Duration = Duration(15_000);

/// How long a scrape may take where nothing is said and its interval is not shorter.
pub const SCRAPE_TIMEOUT: Duration = Duration(10_000);

/// The metrics of a job.
#[derive(Debug, Clone, Default)]
pub struct Exports {
    /// Its own declarations.
    pub own: Metrics,
    /// Those of catalogue entries.
    pub shared: Vec<Arc<ExportTable>>,
    /// Whether nobody says what it exports, so that it may be anything.
    pub unknown: bool,
    /// The labels that overrides give to every series of the job; one may end with `*`.
    pub added: Vec<String>,
}

impl Exports {
    /// Whether histograms are among what is declared by name; those of libraries, which every program has, are families.
    #[must_use]
    pub fn has_histograms(&self) -> bool {
        let of_tables = self.shared.iter().flat_map(|table| table.metrics.iter());
        self.unknown || self.own.iter().chain(of_tables).any(|metric| metric.kind == MetricKind::Histogram)
    }
}

/// What programs of a kind export.
#[derive(Debug, Clone, Default)]
pub struct ExportTable {
    /// The image's repository, or the name of a library.
    pub name: String,
    /// Paths that answer with metrics; empty where nobody says.
    pub paths: Vec<String>,
    /// The metrics, by name; open families behind them.
    pub metrics: Metrics,
    /// What else comes with it.
    pub includes: Vec<String>,
}

/// A metric that is exported.
#[derive(Debug, Clone)]
pub struct Metric {
    /// The name; with `*` at its end a family of names.
    pub name: String,
    /// How it behaves.
    pub kind: MetricKind,
    /// The labels it carries; one may end with `*`.
    pub labels: Vec<String>,
    /// Arguments or `VARIABLE=value` of which one must be set, or it is not exported.
    pub with: Vec<String>,
    /// Arguments or `VARIABLE=value` of which none may be set.
    pub without: Vec<String>,
    /// The paths that it is exported at; empty where it is at every one.
    pub path: Vec<String>,
    /// Whether a probe has it of sites with TLS alone.
    pub tls: bool,
    /// The place, where the source declares it.
    pub span: Option<Span>,
}

/// A metric as a query names it.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The declaration.
    pub metric: &'a Metric,
    /// How the series behaves: the buckets of a histogram are counters.
    pub kind: MetricType,
    /// A label beside the declared ones: `le` or `quantile`.
    pub extra: Option<&'static str>,
    /// The labels that overrides give to every series of the job.
    pub added: &'a [String],
    /// Whether the job's own service declares it, and no table of what its program exports.
    pub own: bool,
}

impl Metric {
    /// Whether a path exports it.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.path.is_empty() || self.path.iter().any(|known| known == path)
    }

    /// Whether it stands for all names that begin so.
    fn is_family(&self) -> bool {
        self.name.ends_with('*')
    }

    /// The series of a name, when this metric has it.
    #[must_use]
    pub fn series(&self, name: &str) -> Option<Found<'_>> {
        if name.len() + 1 < self.name.len() {
            return None;
        }
        let found = |kind, extra| Some(Found { metric: self, kind, extra, added: &[], own: false });
        if let Some(family) = self.name.strip_suffix('*') {
            return name.starts_with(family).then_some(Found {
                metric: self,
                kind: MetricType::Unknown,
                extra: None,
                added: &[],
                own: false,
            });
        }
        let suffix = name.strip_prefix(self.name.as_str())?;
        match (suffix, self.kind) {
            ("", MetricKind::Counter) => found(MetricType::Counter, None),
            ("", MetricKind::Gauge) => found(MetricType::Gauge, None),
            ("", MetricKind::Untyped) => found(MetricType::Unknown, None),
            ("", MetricKind::Histogram) => found(MetricType::Histogram, None),
            ("", MetricKind::Summary) => found(MetricType::Summary, Some("quantile")),
            ("_bucket", MetricKind::Histogram) => found(MetricType::Counter, Some("le")),
            ("_sum" | "_count", MetricKind::Histogram | MetricKind::Summary) => {
                found(MetricType::Counter, None)
            }
            _ => None,
        }
    }
}

impl Found<'_> {
    /// Whether the series can carry a label, beside those of its target.
    #[must_use]
    pub fn can_hold(&self, label: &str) -> bool {
        self.extra == Some(label)
            || self.metric.labels.iter().chain(self.added).any(|known| wildcard::is_of(known, label))
    }

    /// The labels of the series, `job` and `instance` among them.
    #[must_use]
    pub fn labels(&self) -> Labels {
        let declared = self.metric.labels.iter().chain(self.added).map(String::as_str);
        if declared.clone().any(|label| label == "*") {
            return Labels::Any;
        }
        Labels::none().with(declared.chain(self.extra).chain(TARGET_LABELS.iter().copied()))
    }
}

/// The labels that every scraped series gets (prometheus.io, "Jobs and instances").
pub const TARGET_LABELS: &[&str] = &["job", "instance"];

impl Exports {
    /// The series of a name, whatever flags it needs. The most exact declaration wins.
    #[must_use]
    pub fn series<'a>(&'a self, name: &str) -> Option<Found<'a>> {
        let own = |found: Found<'a>| Found { own: true, ..found };
        let found = (self.own.exactly(name).map(own))
            .or_else(|| self.shared.iter().find_map(|table| table.exactly(name)))
            .or_else(|| self.own.of_family(name).map(own))
            .or_else(|| self.shared.iter().find_map(|table| table.metrics.of_family(name)))?;
        Some(Found { added: &self.added, ..found })
    }

    /// Every name that a query could ask for, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let shared = self.shared.iter().flat_map(|table| table.metrics.iter());
        self.own.iter().chain(shared).map(|metric| metric.name.as_str())
    }
}

impl ExportTable {
    /// The declaration of just this series.
    fn exactly(&self, name: &str) -> Option<Found<'_>> {
        let of = |base: &str| self.metrics.named(base)?.series(name);
        of(name).or_else(|| of(metrics::base(name)?))
    }
}

/// A query whose matchers are complete.
#[derive(Debug, Clone)]
pub struct Query {
    /// As artifacts say it.
    pub text: String,
    /// As the source says it, parsed; `None` where that failed, which is reported.
    pub parsed: Option<Arc<promql::Query>>,
    /// The jobs that a matcher was put in for, by their names; empty where none was.
    pub jobs: Vec<String>,
    /// The labels that its result can carry.
    pub labels: Labels,
    /// What the source says, for places in it.
    pub said: Constant,
    /// The file that says it.
    pub source: Option<Arc<SourceFile>>,
}

impl Query {
    /// The place of a part of the query, or the whole of it.
    #[must_use]
    pub fn part(&self, part: Range<usize>) -> Span {
        part_of_query(&self.said, self.source.as_deref(), part)
    }

    /// The place of a matcher's value, with its quotes; that of its label where the value's is not known.
    #[must_use]
    pub fn value_of(&self, matcher: &Matcher) -> Span {
        self.part(matcher.value_place.as_ref().unwrap_or(&matcher.place).clone())
    }
}

/// The place of a part of a query, or the whole of it. What is parsed is without white space around it.
#[must_use]
pub fn part_of_query(said: &Constant, source: Option<&SourceFile>, part: Range<usize>) -> Span {
    let Some((text, source)) = said.text.as_literal().zip(source) else { return said.span };
    let before = text.len() - text.trim_start().len();
    place(source, said.span, text, before + part.start..before + part.end).unwrap_or(said.span)
}

/// A recording rule.
#[derive(Debug, Clone)]
pub struct Record {
    /// The name of the new metric.
    pub name: String,
    /// The service it stands in.
    pub owner: Option<ServiceId>,
    /// What is computed.
    pub query: Query,
    /// More labels.
    pub labels: Vec<(String, String)>,
    /// The place of its name.
    pub span: Span,
}

/// An alert.
#[derive(Debug, Clone)]
pub struct Alert {
    /// What it is called.
    pub name: String,
    /// The service it stands in.
    pub owner: Option<ServiceId>,
    /// Whether it comes with a standard component, and not from the source.
    pub brought: bool,
    /// The condition.
    pub query: Query,
    /// How long it must hold.
    pub wait: Option<Duration>,
    /// How long it goes on after the condition ended.
    pub keep_firing_for: Option<Duration>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Labels beside those of the series: `severity`, the service and group it belongs to, and its own.
    pub labels: Vec<(String, String)>,
    /// The labels that the source says, with their places; their texts are templates, too.
    pub said_labels: Arc<[Annotation]>,
    /// What people read, each with its place.
    pub annotations: Arc<[Annotation]>,
    /// Series that make it fire, or must not.
    pub tests: Vec<AlertTest>,
    /// The place of its name.
    pub span: Span,
}

impl Alert {
    /// The annotation of a name.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&Annotation> {
        self.annotations.iter().find(|annotation| annotation.name == name)
    }
}

/// What people read of an alert.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// `summary`, `description`, `runbook_url`, or an own name; that of a label.
    pub name: String,
    /// The text, a Go template.
    pub text: String,
    /// The place.
    pub span: Span,
    /// The file that says it.
    pub source: Option<Arc<SourceFile>>,
}

impl Annotation {
    /// The place of a part of the text, or the whole of it.
    #[must_use]
    pub fn part(&self, part: Range<usize>) -> Span {
        let found = self.source.as_ref().and_then(|source| place(source, self.span, &self.text, part));
        found.unwrap_or(self.span)
    }
}
