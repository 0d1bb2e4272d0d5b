//! Whose an alert is where its rule does not say it: that of the job that its series come from.
//!
//! An alert of many services, such as `up == 0`, knows the job alone. The metrics server adds the job's service and
//! group when it hands the alert over, so that receivers are told of it by service as of all others.

use std::collections::BTreeSet;

use super::observe::{Alert, Job, Observed, Query, SCRAPE_INTERVAL, TARGET_LABELS, named};
use super::{Platform, Service, ServiceId};
use crate::promql::{Matcher, Selector};
use crate::schema::Duration;

/// What an alert carries under a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried<'a> {
    /// This; `""` where it does not carry the label.
    Known(&'a str),
    /// One of these.
    OneOf(Vec<&'a str>),
    /// Only the firing alert tells.
    Any,
}

/// The labels that say whose an alert is.
pub const WHOSE: [&str; 2] = ["service", "group"];

impl Platform {
    /// What one of [`WHOSE`] is of a job's alerts.
    #[must_use]
    pub fn whose<'a>(&'a self, job: &Job, label: &str) -> Option<&'a str> {
        if label == WHOSE[0] {
            return Some(&self.top(job.service).name);
        }
        self[job.service].group.map(|group| self[group].name.as_str())
    }

    /// The service that another one is nested in, at the top; it stands there itself.
    pub(crate) fn top(&self, mut id: ServiceId) -> &Service {
        while let Some(parent) = self[id].parent {
            id = parent;
        }
        &self[id]
    }

    /// What an alert carries of [`WHOSE`] by its job.
    pub(super) fn by_job<'a>(&'a self, alert: &'a Alert, label: &str) -> Carried<'a> {
        let of = |job: &'a Job| self.whose(job, label).unwrap_or_default();
        match self.carried(alert, TARGET_LABELS[0]) {
            Carried::Known(name) => Carried::Known(self.whose_job(name, label)),
            Carried::OneOf(_) => {
                let values: BTreeSet<&str> = self.observed.jobs_of(&alert.query).map(of).collect();
                Carried::OneOf(values.into_iter().collect())
            }
            Carried::Any => Carried::Any,
        }
    }

    /// What one of [`WHOSE`] is of an alert that carries this job; empty where nobody is called so.
    #[must_use]
    pub fn whose_job<'a>(&'a self, name: &str, label: &str) -> &'a str {
        self.observed.jobs.named(name).and_then(|job| self.whose(job, label)).unwrap_or_default()
    }
}

impl Observed {
    /// The jobs that the series of a query can come from, some perhaps several times: those that one of its selectors
    /// lets through, and that have what it asks for.
    pub(crate) fn jobs_of<'a>(&'a self, query: &'a Query) -> impl Iterator<Item = &'a Job> {
        let selectors = query.parsed.iter().flat_map(|parsed| parsed.selectors());
        selectors.flat_map(move |selector| {
            let named = self.jobs_named(query, selector);
            let everybody = named.is_none();
            let metric = selector.metric.as_deref().unwrap_or_default();
            let exported = self.exporters(metric).next().is_some();
            let named = named.into_iter().flatten();
            // Of what nobody is known to export, anybody may be the one who does.
            let named = named.filter(move |job| !exported || job.exports.series(metric).is_some());
            let exporters = self.exporters(if everybody { metric } else { "" }).map(|(job, _)| job);
            let anybody = if everybody && !exported { &*self.jobs } else { &[] };
            named.chain(exporters).chain(anybody)
        })
    }

    /// The jobs that a selector of a query names, or that were put in for it; `None` where it is about any.
    fn jobs_named<'a>(&'a self, query: &'a Query, selector: &Selector) -> Option<Vec<&'a Job>> {
        // What is put in is not one of the source.
        if !named::names_jobs(selector) {
            let put_in = query.jobs.iter().filter_map(|name| self.jobs.named(name));
            return (!query.jobs.is_empty()).then(|| put_in.collect());
        }
        let matchers: Vec<&Matcher> = named::naming(selector).collect();
        (!matchers.is_empty()).then(|| self.jobs.fitting(&matchers))
    }

    /// Whether a query names a scrape job of a service, and does not ask for all jobs there are.
    #[must_use]
    pub fn names_jobs_of(&self, query: &Query, service: ServiceId) -> bool {
        let mut selectors = query.parsed.iter().flat_map(|parsed| parsed.selectors());
        selectors.any(|selector| {
            self.jobs_named(query, selector).is_some_and(|named| {
                let is_all = self.jobs.len() > 1 && named.len() >= self.jobs.len();
                !is_all && named.iter().any(|job| job.service == service)
            })
        })
    }

    /// The longest time between two samples of what a query asks for, where it is longer than usual.
    #[must_use]
    pub fn rarest_of(&self, query: &Query) -> Option<Duration> {
        let selectors = query.parsed.iter().flat_map(|parsed| parsed.selectors());
        let longest = selectors.filter_map(|selector| {
            let metric = selector.metric.as_deref().unwrap_or_default();
            let Some(named) = self.jobs_named(query, selector) else {
                return self.exporters.get(metric).unwrap_or(&self.unknown).rarest;
            };
            // Of what nobody is known to export, anybody may be the one who does.
            let exported = self.exporters.contains_key(metric);
            let exports = |job: &&&Job| {
                if exported { job.exports.series(metric).is_some() } else { job.exports.unknown }
            };
            named.iter().filter(exports).map(|job| job.interval).max()
        });
        longest.max().filter(|interval| *interval > SCRAPE_INTERVAL)
    }
}
