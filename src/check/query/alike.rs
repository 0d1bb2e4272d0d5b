//! Queries that are alike: instances of a component ask the same of jobs that export the same, and alerts of each job
//! do. Where nothing is wrong with one, nothing is with the others.

use std::cell::RefCell;
use std::mem::{Discriminant, discriminant};

use super::missing::is_set;
use crate::hash::{HashMap, HashSet};
use crate::platform::observe::{Job, Metric, Query, TARGET_LABELS};
use crate::platform::{MetricKind, Platform};
use crate::promql::{self, Op};

/// What a query asks, and of whom, as far as what is found depends on it: its number, and what its job is like.
pub(super) type Likeness = (usize, usize);

/// A series of a test: its number, and whether its alert belongs to a component, of which fewer findings are reported.
pub(super) type Series = (usize, bool);

/// Jobs that are alike, and the queries of which nothing is to be told.
pub(super) struct Alike<'a> {
    /// A number that jobs share which are alike, by their names.
    jobs: HashMap<&'a str, usize>,
    sound: RefCell<HashSet<(Likeness, Option<Series>)>>,
    /// What queries of which nothing is to be told ask, where they name their jobs.
    asked: RefCell<HashSet<Vec<Part<'a>>>>,
    /// Whether jobs are missing, of which their names tell.
    lost: bool,
    /// What records keep: their series may be of a job that is said by its name.
    recorded: HashSet<&'a str>,
}

/// A part of what a query asks. Which job it is does not matter, but which parts are of the same one.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Part<'a> {
    /// The shape of the query, and what the job is like that was put in.
    Shape(usize, usize),
    Metric(Option<&'a str>),
    Matcher(&'a str, Op, &'a str),
    /// A job by what it is like, and its number among those of the query.
    Job(usize, usize),
}

impl<'a> Alike<'a> {
    pub(super) fn new(platform: &'a Platform) -> Self {
        let mut kinds: HashMap<Traits<'_>, usize> = HashMap::default();
        let jobs = platform.observed.jobs.iter().map(|job| {
            let next = kinds.len() + 1;
            (job.name.as_str(), *kinds.entry(Traits::new(job, platform)).or_insert(next))
        });
        Self {
            jobs: jobs.collect(),
            sound: RefCell::default(),
            asked: RefCell::default(),
            lost: !platform.observed.lost.is_empty(),
            recorded: platform.observed.records.iter().map(|record| record.name.as_str()).collect(),
        }
    }

    /// What a query is like; `None` where several jobs were put in, which are seldom the same.
    pub(super) fn likeness(&self, query: &Query) -> Option<Likeness> {
        let job = match query.jobs.as_slice() {
            [] => 0,
            [name] => *self.jobs.get(name.as_str())?,
            _ => return None,
        };
        Some((query.parsed.as_ref()?.number(), job))
    }

    /// Whether nothing is to be told of a query, or of a series that a test has for it.
    pub(super) fn is_sound(&self, query: Likeness, series: Option<Series>) -> bool {
        self.sound.borrow().contains(&(query, series))
    }

    /// Notes that nothing is.
    pub(super) fn note(&self, query: Likeness, series: Option<Series>) {
        self.sound.borrow_mut().insert((query, series));
    }
}

impl<'a> Alike<'a> {
    /// What a query asks, where another one may ask the same of other jobs; `None` where it matters what these are
    /// called: names are compared with each other, with what is no job, or with what records say.
    pub(super) fn parts(&self, (_, job): Likeness, parsed: &'a promql::Query) -> Option<Vec<Part<'a>>> {
        let mut names: Vec<&str> = Vec::new();
        let mut parts = vec![Part::Shape(parsed.shape(), job)];
        for selector in parsed.selectors() {
            let metric = selector.metric.as_deref();
            if metric.is_some_and(|metric| self.recorded.contains(metric)) {
                return None;
            }
            parts.push(Part::Metric(metric));
            let mut named = false;
            for matcher in &selector.matchers {
                let is_job = matcher.label == TARGET_LABELS[0];
                if is_job && (named || self.lost) {
                    return None;
                }
                named |= is_job;
                if is_job && matcher.op == Op::Equal {
                    let name = matcher.value.as_str();
                    let kind = *self.jobs.get(name)?;
                    let number = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                        names.push(name);
                        names.len() - 1
                    });
                    parts.push(Part::Job(kind, number));
                } else {
                    parts.push(Part::Matcher(&matcher.label, matcher.op, &matcher.value));
                }
            }
            if names.len() > MOST_JOBS {
                return None;
            }
        }
        Some(parts)
    }

    /// Whether nothing is to be told of what is asked.
    pub(super) fn is_asked(&self, parts: &[Part<'a>]) -> bool {
        self.asked.borrow().contains(parts)
    }

    /// Notes that nothing is.
    pub(super) fn note_asked(&self, parts: Vec<Part<'a>>) {
        self.asked.borrow_mut().insert(parts);
    }
}

/// How many jobs a query may name that is held against others.
const MOST_JOBS: usize = 8;

/// Everything of a job that a finding can depend on, but for its name, its service and its place.
#[derive(PartialEq, Eq, Hash)]
struct Traits<'a> {
    own: Vec<Declared<'a>>,
    /// The names of the tables of what else it exports.
    shared: Vec<&'a str>,
    unknown: bool,
    /// The labels that overrides add.
    added: &'a [String],
    interval: (u64, bool),
    path: &'a str,
    without_tls: bool,
    /// Which of the arguments and variables are set that its metrics depend on.
    set: Vec<bool>,
}

/// A declaration without its place.
#[derive(PartialEq, Eq, Hash)]
struct Declared<'a> {
    name: &'a str,
    kind: Discriminant<MetricKind>,
    labels: &'a [String],
    with: &'a [String],
    without: &'a [String],
    path: &'a [String],
    tls: bool,
}

impl<'a> Traits<'a> {
    fn new(job: &'a Job, platform: &Platform) -> Self {
        let exports = &job.exports;
        let metrics = exports.own.iter().chain(exports.shared.iter().flat_map(|table| table.metrics.iter()));
        let flags = metrics.flat_map(|metric| metric.with.iter().chain(&metric.without));
        Self {
            own: exports.own.iter().map(Declared::new).collect(),
            shared: exports.shared.iter().map(|table| table.name.as_str()).collect(),
            unknown: exports.unknown,
            added: &exports.added,
            interval: (job.interval.0, job.interval_said),
            path: &job.path,
            without_tls: job.is_without_tls(),
            set: flags.map(|flag| is_set(&platform[job.service], flag)).collect(),
        }
    }
}

impl<'a> Declared<'a> {
    fn new(metric: &'a Metric) -> Self {
        Self {
            name: &metric.name,
            kind: discriminant(&metric.kind),
            labels: &metric.labels,
            with: &metric.with,
            without: &metric.without,
            path: &metric.path,
            tls: metric.tls,
        }
    }
}
