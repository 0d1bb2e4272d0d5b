//! The jobs that selectors name, `job="…"`, and what is known of the series that they ask of these.

use std::sync::{Mutex, PoisonError};

use super::{Found, Job, Observed, TARGET_LABELS, labels_of};
use crate::hash::HashMap;
use crate::promql::{Labels, Matcher, MetricType, Op, Selector};
use crate::source::Span;

/// What is observed, for those who ask for series of jobs by the names of these.
#[derive(Debug)]
pub struct NamedJobs<'a> {
    observed: &'a Observed,
    /// The labels of series, by those that are declared and the one beside them: services that are alike declare the
    /// same.
    labels: Mutex<HashMap<Declared<'a>, Labels>>,
}

/// What is known of the series that a selector asks of the jobs that it names.
#[derive(Debug)]
pub struct Named<'a> {
    /// Their labels: any where one of the jobs may export anything.
    pub labels: Labels,
    /// How they behave, where that is sure, and the same of all.
    pub kind: Option<MetricType>,
    /// Those of the jobs whose series they are; where nobody is known to export them, the one that is scraped most
    /// often.
    pub jobs: Vec<&'a Job>,
    /// Where the source declares them.
    pub declared: Option<Span>,
}

/// What the labels of a series depend on.
type Declared<'a> = (&'a [String], Option<&'static str>, &'a [String]);

impl<'a> NamedJobs<'a> {
    /// Those that are observed.
    #[must_use]
    pub fn new(observed: &'a Observed) -> Self {
        Self { observed, labels: Mutex::default() }
    }

    fn labels(&self, found: &Found<'a>) -> Labels {
        let mut known = self.labels.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry((&found.metric.labels, found.extra, found.added))
            .or_insert_with(|| found.labels())
            .clone()
    }

    /// What is known of the series of a metric that a selector asks of jobs; `None` where it names none.
    #[must_use]
    pub fn named(&self, selector: &Selector, metric: &str) -> Option<Named<'a>> {
        let about: Vec<&Matcher> = naming(selector).collect();
        if about.is_empty() {
            return None;
        }
        let fitting = self.observed.jobs.fitting(&about);
        let lost = self.observed.lost.iter().any(|name| about.iter().all(|matcher| matcher.fits(name)));
        let found = || fitting.iter().filter_map(|job| Some((*job, job.exports.series(metric)?)));
        let certain: Vec<&Job> = found().map(|(job, _)| job).collect();
        let open =
            lost || fitting.iter().any(|job| job.exports.unknown && job.exports.series(metric).is_none());
        let elsewhere: Vec<Found<'a>> = self.observed.elsewhere(metric).collect();
        let declared = || found().map(|(_, found)| found).chain(elsewhere.iter().copied());
        let mut kinds = declared().map(|found| found.kind);
        let kind = kinds.next().filter(|first| !open && kinds.all(|other| other == *first));
        let labels = if open { None } else { labels_of(declared(), |found| self.labels(found)) };
        let often = |job: &&&Job| job.interval;
        let anybody = open || !elsewhere.is_empty();
        let jobs = match fitting.iter().filter(|_| anybody && certain.is_empty()).min_by_key(often) {
            Some(job) => vec![*job],
            None => certain,
        };
        let declared = declared().find_map(|found| found.metric.span);
        Some(Named { labels: labels.unwrap_or(Labels::Any), kind, jobs, declared })
    }
}

/// The matchers by which a selector names jobs. A variable of a dashboard stands for any.
pub(crate) fn naming(selector: &Selector) -> impl Iterator<Item = &Matcher> {
    let is_variable = |matcher: &Matcher| {
        let mut behind = matcher.value.match_indices('$').map(|(at, _)| &matcher.value[at + 1..]);
        behind.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '{')))
    };
    selector.matchers.iter().filter(move |it| it.label == TARGET_LABELS[0] && !is_variable(it))
}

/// What a selector asks for, as a text that is the same where [`NamedJobs::named`] is: its metric, and how it names jobs.
#[must_use]
pub fn key(selector: &Selector, metric: &str) -> String {
    let mut key = metric.to_owned();
    for matcher in naming(selector) {
        key.push_str(match matcher.op {
            Op::Equal => "\0=",
            Op::NotEqual => "\0!",
            Op::Matches => "\0~",
            Op::MatchesNot => "\0^",
        });
        key.push_str(&matcher.value);
    }
    key
}

/// Whether a selector says something of its jobs.
#[must_use]
pub fn names_jobs(selector: &Selector) -> bool {
    selector.matchers.iter().any(|matcher| matcher.label == TARGET_LABELS[0])
}

/// Writes `job="a"` or `job=~"a|b"`, in these quotes; nothing for nobody. Names of jobs are DNS labels.
pub(crate) fn write_matcher<'n>(
    mut names: impl ExactSizeIterator<Item = &'n str>,
    quote: char,
    out: &mut String,
) {
    let Some(first) = names.next() else { return };
    out.reserve(first.len() + 6);
    out.push_str(if names.len() == 0 { "job=" } else { "job=~" });
    out.push(quote);
    out.push_str(first);
    for name in names {
        out.push('|');
        out.push_str(name);
    }
    out.push(quote);
}

/// The quotes that a text uses.
pub(crate) fn quote(text: &str) -> char {
    let has = |quote: u8| memchr::memchr(quote, text.as_bytes()).is_some();
    if has(b'\'') && !has(b'"') { '\'' } else { '"' }
}
