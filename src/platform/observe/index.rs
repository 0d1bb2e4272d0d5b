//! Who exports each of the series that queries ask for.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::{Job, Metric, Observed};
use crate::hash::{HashMap, HashSet};
use crate::model::MetricKind;
use crate::schema::Duration;

/// Some jobs.
#[derive(Debug, Default)]
pub struct Exporters {
    /// Where they are in [`Observed::jobs`], in order.
    pub jobs: Vec<usize>,
    /// The longest time between two of their scrapes; `None` where there is no job.
    pub rarest: Option<Duration>,
}

impl Exporters {
    fn add(&mut self, at: usize, job: &Job) {
        self.jobs.push(at);
        self.rarest = self.rarest.max(Some(job.interval));
    }
}

impl Observed {
    /// Notes who exports each of the series that queries ask for. Every declaration is looked at once.
    pub(crate) fn index(&mut self, series: &BTreeSet<String>) {
        let names: HashSet<&str> = series.iter().map(String::as_str).collect();
        let mut tables: HashMap<&str, Vec<&str>> = HashMap::default();
        let mut exporters: HashMap<&str, Exporters> = HashMap::default();
        let mut found: Vec<&str> = Vec::new();
        for (at, job) in self.jobs.iter().enumerate() {
            found.clear();
            for metric in job.exports.own.iter() {
                metric.among(series, &names, &mut found);
            }
            for table in &job.exports.shared {
                let known = tables.entry(table.name.as_str()).or_insert_with(|| {
                    let mut known = Vec::new();
                    table.metrics.iter().for_each(|metric| metric.among(series, &names, &mut known));
                    known
                });
                found.extend(known.iter());
            }
            found.sort_unstable();
            found.dedup();
            for name in &found {
                exporters.entry(name).or_default().add(at, job);
            }
            if job.exports.unknown {
                self.unknown.add(at, job);
            }
        }
        self.exporters = exporters.into_iter().map(|(name, who)| (name.to_owned(), who)).collect();
    }
}

impl Metric {
    /// Adds those of some series that are this metric's. `names` are the same, without an order.
    fn among<'a>(&self, series: &'a BTreeSet<String>, names: &HashSet<&'a str>, found: &mut Vec<&'a str>) {
        if let Some(family) = self.name.strip_suffix('*') {
            let behind = series.range::<str, _>((Bound::Included(family), Bound::Unbounded));
            found.extend(behind.map(String::as_str).take_while(|name| name.starts_with(family)));
            return;
        }
        found.extend(names.get(self.name.as_str()));
        let suffixes: &[&str] = match self.kind {
            MetricKind::Histogram => &["_bucket", "_sum", "_count"],
            MetricKind::Summary => &["_sum", "_count"],
            MetricKind::Counter | MetricKind::Gauge | MetricKind::Untyped => return,
        };
        let mut name = self.name.clone();
        for suffix in suffixes {
            name.truncate(self.name.len());
            name.push_str(suffix);
            found.extend(names.get(name.as_str()));
        }
    }
}
