//! Queries: whether what they ask for exists, and whether they can be meant.

mod alerts;
mod alike;
pub(super) mod firing;
pub(super) mod job;
mod meaning;
mod meeting;
pub(super) mod missing;
mod named;
mod near;
mod pattern;
pub(super) mod removed;
pub(super) mod series;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use crate::diagnostic::{Diagnostic, Sink, cause, codes, did_you_mean, list_of};
use crate::hash::HashMap;
use crate::origins::Origins;
use crate::platform::observe::named::NamedJobs;
use crate::platform::observe::{Found, Job, Jobs, Query, Record, TARGET_LABELS};
use crate::platform::{Platform, Service, ServiceId};
use crate::promql::{self, Certain, Labels, List, Matcher, MetricType, Op, Selector};
use alike::Alike;
use named::{Having, NamedMaybe};

/// OBS002, OBS004 to OBS007, OBS009, OBS012 and OBS013: every query of records, alerts and panels.
pub(super) fn queries(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let observed = &platform.observed;
    let context = Context::new(platform, origins);
    let instance = |owner: Option<ServiceId>, brought: bool| {
        owner.filter(|_| brought).map_or(Asker::Platform, Asker::Instance)
    };
    let records = observed.records.iter().map(|record| (&record.query, Asker::Platform, record.owner));
    let alerts = observed.alerts.iter().map(|alert| {
        let own = alert.owner.filter(|_| !alert.brought).map(Asker::Service);
        (&alert.query, own.unwrap_or_else(|| instance(alert.owner, alert.brought)), alert.owner)
    });
    let shown = observed.dashboards.iter().flat_map(|dashboard| {
        let choices = dashboard.choices.iter().filter_map(|choice| choice.query.as_ref());
        let asker = instance(dashboard.owner, dashboard.brought);
        dashboard.queries().chain(choices).map(move |query| (query, asker, dashboard.owner))
    });
    for (query, asker, owner) in records.chain(alerts).chain(shown) {
        if sink.is_full() {
            return;
        }
        let Some(parsed) = &query.parsed else { continue };
        let likeness = context.alike.likeness(query);
        let is_known = likeness.is_some_and(|it| context.alike.is_sound(it, None));
        let parts = likeness.filter(|_| !is_known).and_then(|it| context.alike.parts(it, parsed));
        if is_known || parts.as_ref().is_some_and(|parts| context.alike.is_asked(parts)) {
            debug_assert!(
                finds_nothing(|sink| _ = context.judge(query, parsed, asker, sink)),
                "a query is left out that is like a sound one, and is not sound itself: {}",
                query.text
            );
            continue;
        }
        let told = sink.len();
        let mut whoever = true;
        sink.about(platform.path(owner), |sink| whoever = context.judge(query, parsed, asker, sink));
        if let Some(likeness) = likeness.filter(|_| whoever && sink.len() == told) {
            context.alike.note(likeness, None);
            if let Some(parts) = parts {
                context.alike.note_asked(parts);
            }
        }
    }
}

/// Whether a judgement reports nothing. In debug builds, as tests are, what is left out for being like something sound is judged
/// by itself after all, in every platform that they compile.
fn finds_nothing(judge: impl FnOnce(&mut Sink)) -> bool {
    let mut sink = Sink::default();
    judge(&mut sink);
    sink.is_empty()
}

/// Whose a query is.
#[derive(Clone, Copy)]
enum Asker {
    /// The platform, a record or a panel: it may be about any service.
    Platform,
    /// An alert of the source in a service: it is about that one.
    Service(ServiceId),
    /// What an instance of a standard component brings.
    Instance(ServiceId),
}

/// What is looked up for every query.
struct Context<'a> {
    platform: &'a Platform,
    origins: &'a Origins,
    /// The scrape jobs.
    jobs: &'a Jobs,
    named_jobs: NamedJobs<'a>,
    alike: Alike<'a>,
    records: HashMap<&'a str, Labels>,
    /// Whether a job may export anything.
    open: bool,
    /// What is known of series of named jobs, by what asks for them.
    named: RefCell<HashMap<String, NamedMaybe<'a>>>,
    /// The same by the numbers of a query and of a selector in it.
    named_at: RefCell<HashMap<(usize, usize), NamedMaybe<'a>>>,
    /// The labels of series, by their names.
    labels: RefCell<HashMap<String, Labels>>,
    /// The times between samples of metrics, by their names.
    intervals: RefCell<HashMap<String, Option<Duration>>>,
    /// Who has a metric that is asked of nobody in particular, by its name.
    having: RefCell<HashMap<&'a str, Rc<Having<'a>>>>,
    /// Recording rules by the names of what they keep.
    recorded: HashMap<&'a str, Vec<&'a Record>>,
    /// The labels that series carry in any case, by their names.
    carried: RefCell<HashMap<String, Certain>>,
    /// Through how many records they are being followed.
    depth: Cell<usize>,
    /// The jobs of each service with those nested in it.
    families: HashMap<ServiceId, Vec<&'a Job>>,
    /// The names of all that is known to be exported.
    near: OnceCell<near::Near>,
    /// How records behave, by their names.
    kinds: RefCell<HashMap<String, Option<MetricType>>>,
    /// Whether native histograms are scraped.
    native: bool,
    /// Services that are not scraped, by the metrics that they declare.
    unscraped: OnceCell<HashMap<&'a str, &'a Service>>,
}

impl<'a> Context<'a> {
    fn new(platform: &'a Platform, origins: &'a Origins) -> Self {
        let observed = &platform.observed;
        let mut recorded: HashMap<&str, Vec<&Record>> = HashMap::default();
        for record in &observed.records {
            recorded.entry(&record.name).or_default().push(record);
        }
        let mut families: HashMap<ServiceId, Vec<&Job>> = HashMap::default();
        for job in &observed.jobs {
            families.entry(platform.top(job.service).id).or_default().push(job);
        }
        Self {
            platform,
            origins,
            jobs: &observed.jobs,
            named_jobs: NamedJobs::new(observed),
            alike: Alike::new(platform),
            records: observed
                .records
                .iter()
                .map(|record| {
                    let own = record.labels.iter().map(|(name, _)| name.as_str());
                    (record.name.as_str(), record.query.labels.clone().with(own))
                })
                .collect(),
            open: observed.is_open(),
            named: RefCell::default(),
            named_at: RefCell::default(),
            labels: RefCell::default(),
            intervals: RefCell::default(),
            having: RefCell::default(),
            recorded,
            carried: RefCell::default(),
            depth: Cell::default(),
            families,
            near: OnceCell::new(),
            kinds: RefCell::default(),
            native: missing::scrapes_native(platform),
            unscraped: OnceCell::new(),
        }
    }

    /// Judges a query by itself. Whether its findings are the same for every service that asks it.
    fn judge(&self, query: &'a Query, parsed: &'a promql::Query, asker: Asker, sink: &mut Sink) -> bool {
        let mut whoever = true;
        for selector in parsed.selectors() {
            whoever &= self.selector(query, selector, asker, sink);
        }
        self.groupings(query, parsed, sink);
        self.meaning(query, parsed, sink);
        self.meeting(query, parsed, sink);
        Self::quantiles(query, parsed, sink);
        whoever
    }

    /// What a selector asks for. Says whether what is found of it is the same whoever asks.
    fn selector(&self, query: &Query, selector: &'a Selector, asker: Asker, sink: &mut Sink) -> bool {
        let about: Vec<&Matcher> =
            selector.matchers.iter().filter(|matcher| matcher.label == "job").collect();
        let jobs = match about.as_slice() {
            [] => None,
            matchers => Some(self.jobs.fitting(matchers)),
        };
        let told = self.words(query, &about, sink);
        if let (Some(jobs), Some(matcher)) = (&jobs, about.first())
            && jobs.is_empty()
            && !matcher.value.contains('$')
        {
            if !told {
                match self.contradiction(&about) {
                    Some(other) => job::contradict(query, matcher, other, sink),
                    None => {
                        let alone = about.iter().find(|matcher| self.jobs.fitting(&[**matcher]).is_empty());
                        let matcher = alone.unwrap_or(matcher);
                        match matcher.op {
                            Op::NotEqual | Op::MatchesNot => job::leaves_none(query, matcher, sink),
                            Op::Equal | Op::Matches => self.unknown_job(query, matcher, &matcher.value, sink),
                        }
                    }
                }
            }
            return true;
        }
        Self::at_odds(query, selector, sink);
        self.alerts(query, selector, sink);
        let Some(metric) = selector.metric.as_deref() else { return true };
        if let Some(labels) = self.records.get(metric) {
            Self::labels_of_record(query, selector, labels, sink);
            return true;
        }
        let variable = about.iter().any(|matcher| matcher.value.contains('$'));
        let jobs = jobs.filter(|_| !variable);
        let having = self.having(metric, query, jobs.as_deref());
        let Having { found, exported } = &*having;
        if found.is_empty() {
            self.of_nobody(query, selector, jobs.as_deref(), asker, sink);
            return false;
        }
        if Self::may_be_another(metric, jobs.as_deref()) {
            return true;
        }
        if !self.native && found.iter().all(|(_, found)| found.kind == MetricType::Histogram) {
            if !self.is_of_anybody(query, selector, metric) {
                of_histogram(query, selector, metric, found, sink);
            }
            return true;
        }
        if exported.is_empty() {
            if let Some((Some(job), first)) = found.first() {
                if matches!(asker, Asker::Instance(_)) && self.has_no_sites(job, first) {
                    return false;
                }
                self.not_exported(query, selector, metric, job, first, sink);
            }
            return false;
        }
        for matcher in &selector.matchers {
            let label = matcher.label.as_str();
            if TARGET_LABELS.contains(&label) || exported.iter().any(|(_, found)| found.can_hold(label)) {
                continue;
            }
            // Whatever carries no label passes when it must be empty.
            if matcher.fits("") {
                continue;
            }
            let known = exported.iter().flat_map(|(_, found)| found.metric.labels.iter().chain(found.added));
            let known = known.map(String::as_str);
            let known: Vec<&str> =
                known.chain(exported.iter().filter_map(|(_, found)| found.extra)).collect();
            unknown_label(query, label, matcher.place.clone(), metric, &known, sink);
        }
        true
    }

    /// What nothing is known to export, of jobs that a selector names.
    fn of_nobody(
        &self,
        query: &Query,
        selector: &Selector,
        jobs: Option<&[&Job]>,
        asker: Asker,
        sink: &mut Sink,
    ) {
        let metric = selector.metric.as_deref().unwrap_or_default();
        let open = jobs.map_or(self.open, |jobs| jobs.iter().any(|job| job.exports.unknown));
        // Names with a colon are those of records (prometheus.io, "Metric names and labels").
        let told = if !open || metric.contains(':') {
            self.unknown_metric(query, selector, metric, jobs, sink)
        } else {
            let own = match asker {
                Asker::Service(owner) if jobs.is_none() => self.known_jobs(owner),
                // What a component asks of others is not for its instance to mend.
                Asker::Instance(_) => return,
                _ => None,
            };
            let told = match own {
                Some(own) => Some(self.not_of_itself(query, selector, metric, own, sink)),
                // Who names a service of which nothing is known says whose it is.
                None if jobs.is_some() => None,
                None => self.nearly(query, selector, metric),
            };
            let Some(told) = told else { return };
            told
        };
        sink.report(match asker {
            Asker::Instance(id) => missing::of_instance(told, &self.platform[id], self.origins.taken_out()),
            _ => told,
        });
    }

    fn labels_of_record(query: &Query, selector: &Selector, labels: &Labels, sink: &mut Sink) {
        let Labels::Some(known) = labels else { return };
        let metric = selector.metric.as_deref().unwrap_or_default();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for matcher in &selector.matchers {
            if !labels.can_hold(&matcher.label) && !matcher.fits("") {
                unknown_label(query, &matcher.label, matcher.place.clone(), metric, &known, sink);
            }
        }
    }

    /// Labels in `by (…)`, `on (…)` and their like that no series of the query carries.
    fn groupings(&self, query: &Query, parsed: &promql::Query, sink: &mut Sink) {
        if parsed.label_uses().is_empty() || parsed.calls(promql::MAKES_LABEL) {
            return;
        }
        let all = parsed.selectors().iter().map(|selector| self.labels(query, selector));
        let Some(labels) = all.reduce(Labels::or) else { return };
        let Labels::Some(known) = &labels else { return };
        for used in parsed.label_uses() {
            if !labels.can_hold(&used.label) {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let message = format!("no series of this query carries a label `{}`", used.label);
                let diagnostic = match used.list {
                    List::Grouping => {
                        Diagnostic::new(codes::OBS018, format!("{message}: the grouping does without it"))
                    }
                    List::Matching => Diagnostic::new(codes::OBS002, message),
                };
                sink.report(
                    diagnostic
                        .at(query.part(used.place.clone()), "not a label of theirs")
                        .help(
                            did_you_mean(&used.label, known.iter().copied())
                                .unwrap_or_else(|| carried(&known).into()),
                        )
                        .because(cause::label(&used.label, query.said.span)),
                );
            }
        }
    }
}

/// Reports the name of a histogram, of which there is no series.
fn of_histogram(
    query: &Query,
    selector: &Selector,
    metric: &str,
    found: &[(Option<&Job>, Found<'_>)],
    sink: &mut Sink,
) {
    let declared = found.iter().find_map(|(_, found)| found.metric.span);
    sink.report(
        Diagnostic::new(
            codes::OBS002,
            format!("`{metric}` is a histogram, and no series has its name alone"),
        )
        .at(query.part(selector.place.clone()), "matches no series")
        .at_maybe(declared, "declared here")
        .help(format!("its series are `{metric}_bucket`, `{metric}_sum` and `{metric}_count`"))
        .because(format!("histogram {metric}")),
    );
}

fn unknown_label(
    query: &Query,
    label: &str,
    place: std::ops::Range<usize>,
    metric: &str,
    known: &[&str],
    sink: &mut Sink,
) {
    let help = did_you_mean(label, known.iter().copied()).unwrap_or_else(|| carried(known).into());
    sink.report(
        Diagnostic::new(codes::OBS002, format!("`{metric}` carries no label `{label}`"))
            .at(query.part(place), "not a label of it")
            .help(help)
            .because(format!("label {label} of {metric}")),
    );
}

fn carried(known: &[&str]) -> String {
    if known.is_empty() {
        return "it carries `job` and `instance` only".to_owned();
    }
    format!("it carries {}", list_of(known.iter().copied()))
}
