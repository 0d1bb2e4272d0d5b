//! Facts of what a selector asks for: of the jobs that it names, else of those that were put in for it, else of whoever
//! exports it.

use std::rc::Rc;
use std::time::Duration;

use super::Context;
use crate::platform::observe::named::{self, names_jobs};
use crate::platform::observe::{Found, Job, Query};
use crate::promql::{self, Labels, MetricType, Selector};
use crate::source::Span;

pub(super) use named::Named;

/// A declaration of a metric, and the job that has it, unless it comes from elsewhere.
type Declared<'a> = (Option<&'a Job>, Found<'a>);

/// Facts of series of named jobs; `None` where nothing is known.
pub(super) type NamedMaybe<'a> = Option<Rc<Named<'a>>>;

/// Who has a metric.
pub(super) struct Having<'a> {
    /// The declarations that are meant.
    pub(super) found: Vec<Declared<'a>>,
    /// Those that are exported as their services are set up.
    pub(super) exported: Vec<Declared<'a>>,
}

impl<'a> Context<'a> {
    /// Who has a metric that a selector asks for: of the jobs that it names, which are given, else of those that were put
    /// in for it, else of everybody.
    pub(super) fn having(&self, metric: &'a str, query: &Query, jobs: Option<&[&'a Job]>) -> Rc<Having<'a>> {
        let observed = &self.platform.observed;
        let elsewhere = observed.elsewhere(metric).map(|found| (None, found));
        let of = |job: &'a Job| Some((Some(job), job.exports.series(metric)?));
        if let Some(jobs) = jobs {
            return Rc::new(self.exported(jobs.iter().filter_map(|job| of(job)).chain(elsewhere).collect()));
        }
        let own = query.jobs.iter().filter_map(|name| of(self.jobs.named(name)?));
        let own: Vec<_> = own.collect();
        if !own.is_empty() {
            return Rc::new(self.exported(own));
        }
        if let Some(known) = self.having.borrow().get(metric) {
            return Rc::clone(known);
        }
        let exporters = observed.exporters(metric).map(|(job, found)| (Some(job), found));
        let having = Rc::new(self.exported(exporters.chain(elsewhere).collect()));
        self.having.borrow_mut().insert(metric, Rc::clone(&having));
        having
    }

    fn exported(&self, found: Vec<Declared<'a>>) -> Having<'a> {
        let is = |(job, found): &&Declared<'a>| job.is_none_or(|job| self.missing(job, found).is_none());
        Having { exported: found.iter().filter(is).copied().collect(), found }
    }

    /// What is known of what a selector asks of the jobs that it names; `None` where it names none.
    fn named(&self, query: &Query, selector: &Selector, metric: &str) -> NamedMaybe<'a> {
        if !names_jobs(selector) {
            return None;
        }
        let parsed = query.parsed.as_ref().map(|parsed| (parsed.number(), selector.number));
        if let Some(known) = parsed.and_then(|number| self.named_at.borrow().get(&number).cloned()) {
            return known;
        }
        let mut known = self.named.borrow_mut();
        let named = known.entry(named::key(selector, metric));
        let named = named.or_insert_with(|| self.named_jobs.named(selector, metric).map(Rc::new)).clone();
        if let Some(number) = parsed {
            self.named_at.borrow_mut().insert(number, named.clone());
        }
        named
    }

    /// The labels of what a selector asks for.
    pub(super) fn labels(&self, query: &Query, selector: &Selector) -> Labels {
        let Some(metric) = selector.metric.as_deref() else { return Labels::Any };
        if let Some(labels) = self.records.get(metric) {
            return labels.clone();
        }
        if let Some(named) = self.named(query, selector, metric) {
            return named.labels.clone();
        }
        if let Some(known) = self.labels.borrow().get(metric) {
            return known.clone();
        }
        let labels = self.platform.observed.labels(metric);
        self.labels.borrow_mut().insert(metric.to_owned(), labels.clone());
        labels
    }

    /// How a metric that nobody records behaves.
    pub(super) fn kind_of_metric(
        &self,
        query: &Query,
        selector: &Selector,
        metric: &str,
    ) -> Option<MetricType> {
        if let Some(named) = self.named(query, selector, metric) {
            return named.kind;
        }
        if let Some(own) = self.own(query, selector, metric).next() {
            return own.exports.series(metric).map(|found| found.kind);
        }
        let observed = &self.platform.observed;
        let first = observed.exporters(metric).map(|(_, found)| found).next();
        first.or_else(|| observed.elsewhere(metric).next()).map(|found| found.kind)
    }

    /// The longest time between two samples of what a selector asks for.
    pub(super) fn interval(&self, query: &Query, selector: &Selector) -> Option<Duration> {
        let metric = selector.metric.as_deref().filter(|metric| !self.recorded.contains_key(metric))?;
        let unnamed = self.named(query, selector, metric).is_none();
        if unnamed && self.of_own(query, selector, metric).is_empty() {
            return self.interval_of_all(metric);
        }
        self.asked(query, selector).into_iter().map(interval_of).max()
    }

    /// The longest time between two samples of a metric, whoever exports it.
    fn interval_of_all(&self, metric: &str) -> Option<Duration> {
        if let Some(known) = self.intervals.borrow().get(metric) {
            return *known;
        }
        let jobs = self.platform.observed.exporters(metric).map(|(job, _)| job);
        let longest = jobs.map(interval_of).max();
        self.intervals.borrow_mut().insert(metric.to_owned(), longest);
        longest
    }

    /// The jobs whose series a selector asks for; of very many, some.
    pub(super) fn asked(&self, query: &Query, selector: &Selector) -> Vec<&'a Job> {
        let Some(metric) = selector.metric.as_deref() else { return Vec::new() };
        if let Some(named) = self.named(query, selector, metric) {
            return named.jobs.clone();
        }
        let own = self.of_own(query, selector, metric);
        if own.is_empty() {
            let exporters = self.platform.observed.exporters(metric).map(|(job, _)| job);
            return exporters.take(100).collect();
        }
        own
    }

    /// Where the source declares what a selector asks for.
    pub(super) fn declared(&self, query: &Query, selector: &Selector) -> Option<Span> {
        let metric = selector.metric.as_deref()?;
        if let Some(named) = self.named(query, selector, metric) {
            return named.declared;
        }
        let observed = &self.platform.observed;
        let own = self.own(query, selector, metric).filter_map(|job| job.exports.series(metric));
        let all = own.chain(observed.exporters(metric).map(|(_, found)| found));
        all.chain(observed.elsewhere(metric)).find_map(|found| found.metric.span)
    }

    /// The jobs that were put in for a selector, as far as they export its metric, or as every target has it.
    fn of_own(&self, query: &Query, selector: &Selector, metric: &str) -> Vec<&'a Job> {
        let own: Vec<&Job> = self.own(query, selector, metric).collect();
        let observed = &self.platform.observed;
        let of_targets = || observed.server.have(metric);
        if own.is_empty() && !names_jobs(selector) && !query.jobs.is_empty() && of_targets() {
            return query.jobs.iter().filter_map(|name| self.jobs.named(name)).collect();
        }
        own
    }

    /// The jobs that were put in for a selector, as far as they export its metric.
    fn own(&self, query: &Query, selector: &Selector, metric: &str) -> impl Iterator<Item = &'a Job> {
        let names = if names_jobs(selector) { &[] } else { query.jobs.as_slice() };
        let jobs = names.iter().filter_map(|name| self.jobs.named(name));
        jobs.filter(move |job| job.exports.series(metric).is_some())
    }

    /// Whether one of the jobs that a selector names, of which nothing is known, may export its metric, too.
    pub(super) fn may_be_another(metric: &str, jobs: Option<&[&Job]>) -> bool {
        let may = |job: &&Job| job.exports.unknown && job.exports.series(metric).is_none();
        jobs.is_some_and(|jobs| jobs.iter().any(may))
    }

    /// Whether what a selector asks of nobody in particular may be that of somebody of whom nothing is known.
    pub(super) fn is_of_anybody(&self, query: &Query, selector: &Selector, metric: &str) -> bool {
        self.open && !names_jobs(selector) && self.own(query, selector, metric).next().is_none()
    }

    /// Whether a query may be about native histograms of which nothing is known.
    pub(super) fn may_be_native(&self, query: &Query, parsed: &promql::Query) -> bool {
        let may = |selector: &Selector| {
            let metric = selector.metric.as_deref().unwrap_or_default();
            !metric.ends_with("_bucket")
                && !self.recorded.contains_key(metric)
                && self.kind_of_metric(query, selector, metric).is_none()
                && self.labels(query, selector) == Labels::Any
        };
        self.native && parsed.selectors().iter().any(may)
    }
}

/// How often a job is scraped.
pub(super) fn interval_of(job: &Job) -> Duration {
    Duration::from_millis(job.interval.0)
}
