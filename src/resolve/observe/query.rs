//! Queries: read, and completed by the job that an alert inside a service is about.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::model;
use crate::parallel;
use crate::platform::observe::named::{self, NamedJobs, quote, write_matcher};
use crate::platform::observe::{Job, Observed, Query, TARGET_LABELS, base, part_of_query};
use crate::platform::{Platform, ServiceId};
use crate::promql::{self, Facts, Labels, Op, Problem, Selector, Shared};
use crate::resolve::constant::literal;
use crate::schema::Constant;
use crate::source::{SourceFile, Sources, Span};

/// A query as the source says it.
pub(super) struct Written {
    text: String,
    pub(super) parsed: Option<Arc<promql::Query>>,
    pub(super) said: Constant,
    source: Option<Arc<SourceFile>>,
}

impl Written {
    /// The metrics that it asks for.
    pub(super) fn metrics(&self) -> impl Iterator<Item = &str> {
        let selectors = self.parsed.iter().flat_map(|query| query.selectors());
        selectors.filter_map(|selector| selector.metric.as_deref())
    }
}

/// What texts of queries are, each parsed once: instances of a component bring the same ones.
pub(super) struct Reader<'s> {
    parsed: HashMap<String, Result<Arc<promql::Query>, Problem>>,
    shared: Shared,
    sources: &'s Sources,
}

impl<'s> Reader<'s> {
    /// Parses texts, all at the same time.
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>, sources: &'s Sources) -> Self {
        let mut seen = HashSet::default();
        let texts: Vec<&str> = texts.map(str::trim).filter(|text| seen.insert(*text)).collect();
        let shared = Shared::default();
        let parsed = parallel::map(&texts, |text| ((*text).to_owned(), parse(text, &shared)));
        Self { parsed: parsed.into_iter().collect(), shared, sources }
    }

    /// A query, parsed.
    pub(super) fn get(&self, text: &str) -> Result<Arc<promql::Query>, Problem> {
        self.parsed.get(text).cloned().unwrap_or_else(|| parse(text, &self.shared))
    }

    /// Reads the query of a rule, in which nobody replaces the variables of a dashboard.
    pub(super) fn rule(&self, constant: &Constant, sink: &mut Sink) -> Written {
        let written = self.read(constant, sink);
        let Some(problem) = written.parsed.as_ref().and_then(|query| query.variable()) else {
            return written;
        };
        unread(constant, written.source.as_deref(), problem, sink);
        Written { parsed: None, ..written }
    }

    /// A query in a language of its own, which is handed on as it is.
    pub(super) fn foreign(&self, constant: &Constant) -> Written {
        let text = literal(constant).trim().to_owned();
        let source = self.sources.shared(constant.span.file);
        Written { text, parsed: None, said: constant.clone(), source }
    }

    /// Reads a query; one that is none is reported.
    pub(super) fn read(&self, constant: &Constant, sink: &mut Sink) -> Written {
        let text = literal(constant).trim().to_owned();
        // A constant that could not be settled is reported already.
        let settled = constant.text.as_literal().is_some();
        let source = self.sources.shared(constant.span.file);
        let parsed = self.get(&text).map_err(|problem| {
            if settled {
                unread(constant, source.as_deref(), problem, sink);
            }
        });
        Written { text, parsed: parsed.ok(), said: constant.clone(), source }
    }
}

fn unread(constant: &Constant, source: Option<&SourceFile>, problem: Problem, sink: &mut Sink) {
    let help = problem.way_out();
    let at = problem.place.map(|place| part_of_query(constant, source, place));
    sink.report(
        Diagnostic::new(codes::OBS008, format!("this query cannot be read: {}", problem.message))
            .at(at.unwrap_or(constant.span), "here")
            .help_maybe(help),
    );
}

fn parse(text: &str, shared: &Shared) -> Result<Arc<promql::Query>, Problem> {
    promql::Query::parse_sharing(text, shared).map(Arc::new)
}

/// The metrics that queries and series of tests ask for, with the names that a histogram or summary of them would
/// have.
pub(super) fn metrics<'a>(
    written: impl Iterator<Item = &'a Written>,
    series: impl Iterator<Item = Arc<promql::Query>>,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut seen: HashSet<String> = HashSet::default();
    let mut add = |query: &promql::Query| {
        for metric in query.selectors().iter().filter_map(|selector| selector.metric.as_deref()) {
            // Most ask for what others do.
            if seen.contains(metric) {
                continue;
            }
            seen.insert(metric.to_owned());
            names.insert(metric.to_owned());
            names.extend(base(metric).map(str::to_owned));
        }
    };
    written.filter_map(|written| written.parsed.as_ref()).for_each(|query| add(query));
    series.for_each(|query| add(&query));
    names
}

/// What a query is about, whose job is put in where it names none.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// The platform: nothing is put in.
    Platform,
    /// A service.
    Service(ServiceId),
    /// A scrape job.
    Job(usize, &'a Job),
}

impl About<'_> {
    pub(super) fn of(owner: Option<ServiceId>) -> Self {
        owner.map_or(Self::Platform, Self::Service)
    }

    pub(super) fn service(self) -> Option<ServiceId> {
        match self {
            Self::Platform => None,
            Self::Service(service) => Some(service),
            Self::Job(_, job) => Some(job.service),
        }
    }
}

/// Completes queries.
pub(super) struct Queries<'a> {
    reader: &'a Reader<'a>,
    observed: &'a Observed,
    /// The jobs of each family of services, by the service at its top.
    families: HashMap<ServiceId, Vec<usize>>,
    platform: &'a Platform,
    /// The labels of what each record keeps.
    records: HashMap<&'a str, Labels>,
    named_jobs: NamedJobs<'a>,
    /// The labels of what was asked for, by [`named::key`].
    labels: Mutex<HashMap<String, Labels>>,
    /// The labels of completed queries, by where what is written is and whether one job was put in, or several.
    results: Mutex<HashMap<(usize, Option<bool>), Labels>>,
}

/// Through how many records labels are followed; behind them a record may hold any.
const MOST_RECORDS: usize = 100;

impl<'a> Queries<'a> {
    /// Whether a query gives series of several services, each with its job, so that no service is the one it is about.
    pub(super) fn is_of_many(&self, query: &Query) -> bool {
        let selectors = query.parsed.iter().flat_map(|parsed| parsed.selectors());
        let mut matchers = selectors.flat_map(|selector| &selector.matchers);
        let one = matchers.any(|matcher| matcher.label == TARGET_LABELS[0] && matcher.op == Op::Equal);
        let apart = query.jobs.is_empty() && !one && query.labels.can_hold(TARGET_LABELS[0]);
        let services = || self.observed.jobs_of(query).map(|job| self.platform.top(job.service).id);
        apart && services().next().is_some_and(|first| services().any(|other| other != first))
    }

    pub(super) fn new(
        reader: &'a Reader<'a>,
        observed: &'a Observed,
        platform: &'a Platform,
        records: &'a [(Written, Option<ServiceId>, &'a model::Record)],
    ) -> Self {
        let mut families: HashMap<ServiceId, Vec<usize>> = HashMap::default();
        for (at, job) in observed.jobs.iter().enumerate() {
            families.entry(platform.top(job.service).id).or_default().push(at);
        }
        let mut queries = Self {
            reader,
            observed,
            families,
            platform,
            named_jobs: NamedJobs::new(observed),
            records: HashMap::default(),
            labels: Mutex::default(),
            results: Mutex::default(),
        };
        queries.records = Kept::new(&queries, records).labels();
        queries
    }

    /// A query with the job of its owner in the selectors that name none.
    pub(super) fn complete(&self, written: &Written, about: About<'_>) -> Query {
        let mut jobs: Vec<String> = Vec::new();
        let mut found = Vec::new();
        let quote = quote(&written.text);
        let text = match (&written.parsed, about) {
            (Some(query), About::Service(_) | About::Job(..)) => query.with_matchers(|selector, out| {
                self.jobs(selector, about, &mut found);
                let names = found.iter().map(|at| self.observed.jobs[*at].name.as_str());
                write_matcher(names.clone(), quote, out);
                jobs_add(&mut jobs, names);
            }),
            _ => written.text.clone(),
        };
        Query {
            labels: self.labels_with(&text, written, jobs.len() == 1),
            text,
            parsed: written.parsed.clone(),
            jobs,
            said: written.said.clone(),
            source: written.source.clone(),
        }
    }

    /// The file of a place.
    pub(super) fn source(&self, span: Span) -> Option<Arc<SourceFile>> {
        self.reader.sources.shared(span.file)
    }

    /// The job that is put into a series of a test.
    pub(super) fn job_of_series(&self, series: &promql::Query, about: About<'_>) -> Option<usize> {
        let mut found = Vec::new();
        self.jobs(series.selectors().first()?, about, &mut found);
        found.first().copied()
    }

    /// A series of a test, as it is said.
    pub(super) fn parsed_series(&self, text: &str) -> Result<Arc<promql::Query>, Problem> {
        let query = self.reader.get(text)?;
        promql::expect_series(&query)?;
        Ok(query)
    }

    /// Finds the jobs that a selector of a query is about.
    fn jobs(&self, selector: &Selector, about: About<'_>, meant: &mut Vec<usize>) {
        meant.clear();
        if named::names_jobs(selector) {
            return;
        }
        let owner = match about {
            About::Platform => return,
            About::Service(owner) => owner,
            About::Job(at, _) => {
                meant.push(at);
                return;
            }
        };
        let Some(metric) = selector.metric.as_deref() else { return };
        let top = self.platform.top(owner).id;
        let family = self.families.get(&top).map(Vec::as_slice).unwrap_or_default();
        let of_targets = !metric.starts_with("ALERTS") && self.observed.server.have(metric);
        let anybody = of_targets || self.records.get(metric).is_some_and(|labels| labels.can_hold("job"));
        // A service that is scraped at several paths has what is asked for at one of them.
        let mut at_path = false;
        let mut add = |is_meant: &dyn Fn(&Job) -> bool| {
            for &at in family {
                let job = &self.observed.jobs[at];
                if !is_meant(job) {
                    continue;
                }
                let found = job.exports.series(metric);
                let here = found.is_some_and(|found| found.metric.is_at(&job.path));
                if here && !at_path {
                    meant.clear();
                    at_path = true;
                }
                if here || !at_path && (anybody || found.is_some()) {
                    meant.push(at);
                }
            }
            !meant.is_empty()
        };
        // The service itself, where it has what is asked for; else what is nested in it; else what it is nested in.
        let _ = add(&|job| job.service == owner)
            || add(&|job| self.is_below(job.service, owner))
            || add(&|_| true);
    }

    /// The job of a service, where it has just one.
    pub(super) fn only_job(&self, service: ServiceId) -> Option<About<'a>> {
        let family = self.families.get(&self.platform.top(service).id)?;
        let jobs = family.iter().filter_map(|at| Some((*at, self.observed.jobs.get(*at)?)));
        let mut own = jobs.filter(|(_, job)| job.service == service);
        own.next().filter(|_| own.next().is_none()).map(|(at, job)| About::Job(at, job))
    }

    /// Whether a service is another one, or is nested in it.
    fn is_below(&self, mut service: ServiceId, owner: ServiceId) -> bool {
        loop {
            if service == owner {
                return true;
            }
            match self.platform[service].parent {
                Some(parent) => service = parent,
                None => return false,
            }
        }
    }

    /// The labels of a completed query's result. What is absent carries the job that was put in.
    fn labels_with(&self, text: &str, written: &Written, one_job: bool) -> Labels {
        let Some(query) = &written.parsed else { return Labels::Any };
        let put_in = (text != written.text).then_some(one_job);
        // Whichever job it is, the labels are the same; several are matched by a pattern, and none is carried.
        remembered(&self.results, (query.number(), put_in), || match put_in {
            Some(_) if query.calls(promql::ABSENT) => {
                promql::Query::parse(text).map_or(Labels::Any, |query| self.labels_of(&query))
            }
            _ => self.labels_of(query),
        })
    }

    /// The labels of a query's result.
    fn labels_of(&self, query: &promql::Query) -> Labels {
        let of = |selector: &Selector, metric: &str| match self.records.get(metric) {
            Some(labels) => labels.clone(),
            None => self.metric(selector, metric),
        };
        promql::labels(query, &Facts { labels: &known(&of), kind: &|_| None })
    }

    /// The labels of a metric that is exported: by the jobs that a selector names, else by whoever does.
    fn metric(&self, selector: &Selector, metric: &str) -> Labels {
        remembered(&self.labels, named::key(selector, metric), || {
            let named = self.named_jobs.named(selector, metric);
            named.map_or_else(|| self.observed.labels(metric), |named| named.labels)
        })
    }
}

/// The labels of what a selector asks for, by those of its metric.
fn known(of: &dyn Fn(&Selector, &str) -> Labels) -> impl Fn(&Selector) -> Labels {
    |selector| selector.metric.as_deref().map_or(Labels::Any, |metric| of(selector, metric))
}

/// What was found before, or is found now; it is the same whoever finds it.
fn remembered<K: Eq + Hash>(
    known: &Mutex<HashMap<K, Labels>>,
    key: K,
    find: impl FnOnce() -> Labels,
) -> Labels {
    if let Some(labels) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return labels.clone();
    }
    let labels = find();
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, labels.clone());
    labels
}

/// Finds the labels of what records keep, which may be about other records.
struct Kept<'q, 'a> {
    queries: &'q Queries<'a>,
    /// In the order of the source: where records lead back to themselves, it matters which one is the first.
    names: Vec<&'a str>,
    written: HashMap<&'a str, (&'a Written, &'a model::Record)>,
    /// `None` while they are being found.
    found: RefCell<HashMap<&'a str, Option<Labels>>>,
}

impl<'q, 'a> Kept<'q, 'a> {
    fn new(queries: &'q Queries<'a>, records: &'a [(Written, Option<ServiceId>, &'a model::Record)]) -> Self {
        let named = |(written, _, block): &'a (Written, _, &'a model::Record)| {
            (block.name.text.as_str(), (written, *block))
        };
        let names = records.iter().map(|(_, _, block)| block.name.text.as_str()).collect();
        Self { queries, names, written: records.iter().map(named).collect(), found: RefCell::default() }
    }

    /// The labels of each record, by its name.
    fn labels(self) -> HashMap<&'a str, Labels> {
        self.names.iter().map(|name| (*name, self.record(name, 0))).collect()
    }

    /// The labels of a record, found through so many others. One that leads back to itself may hold any.
    fn record(&self, name: &'a str, depth: usize) -> Labels {
        match self.found.borrow().get(name) {
            Some(Some(known)) => return known.clone(),
            Some(None) => return Labels::Any,
            None => {}
        }
        self.found.borrow_mut().insert(name, None);
        let labels = match self.written.get(name) {
            Some((Written { parsed: Some(query), .. }, block)) if depth < MOST_RECORDS => {
                let of = |selector: &Selector, metric: &str| match self.written.get_key_value(metric) {
                    Some((name, _)) => self.record(name, depth + 1),
                    None => self.queries.metric(selector, metric),
                };
                let labels =
                    promql::labels_asking_all(query, &Facts { labels: &known(&of), kind: &|_| None });
                let own = block.labels.iter().flat_map(|map| &map.entries);
                labels.with(own.map(|(name, _)| name.text.as_str()))
            }
            _ => Labels::Any,
        };
        self.found.borrow_mut().insert(name, Some(labels.clone()));
        labels
    }
}

fn jobs_add<'n>(jobs: &mut Vec<String>, names: impl Iterator<Item = &'n str>) {
    for name in names {
        if !jobs.iter().any(|known| known == name) {
            jobs.push(name.to_owned());
        }
    }
}
