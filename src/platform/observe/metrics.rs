//! Declarations of metrics, found by the name of a series without looking at each: a service may declare many, and many
//! queries ask.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::{Found, Metric};
use crate::hash::HashMap;

/// What is put behind the name of a histogram or a summary.
const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];

/// Declarations of metrics in their order.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    all: Vec<Metric>,
    /// Where those of a name are.
    exact: HashMap<String, Vec<usize>>,
    /// Where families are, by what their names begin with.
    families: HashMap<String, Vec<usize>>,
    /// How long these beginnings are, in bytes: each length once, in order.
    lengths: Vec<usize>,
}

impl Deref for Metrics {
    type Target = [Metric];

    fn deref(&self) -> &[Metric] {
        &self.all
    }
}

impl From<Vec<Metric>> for Metrics {
    fn from(all: Vec<Metric>) -> Self {
        let mut metrics = Self::default();
        for (at, metric) in all.iter().enumerate() {
            let (names, name) = match metric.name.strip_suffix('*') {
                Some(family) => (&mut metrics.families, family),
                None => (&mut metrics.exact, metric.name.as_str()),
            };
            names.entry(name.to_owned()).or_default().push(at);
        }
        let lengths: BTreeSet<usize> =
            all.iter().filter_map(|it| it.name.strip_suffix('*')).map(str::len).collect();
        Self { all, lengths: lengths.into_iter().collect(), ..metrics }
    }
}

impl FromIterator<Metric> for Metrics {
    fn from_iter<I: IntoIterator<Item = Metric>>(all: I) -> Self {
        Self::from(all.into_iter().collect::<Vec<_>>())
    }
}

impl Metrics {
    /// The series of a name by a declaration of just this one: the first that has it.
    pub(super) fn exactly(&self, series: &str) -> Option<Found<'_>> {
        self.places(series).into_iter().find_map(|at| self.all.get(at)?.series(series))
    }

    /// The series of a name by a declaration of all names that begin so: the first that has it.
    pub(super) fn of_family(&self, series: &str) -> Option<Found<'_>> {
        let at = self.families_of(series).min()?;
        self.all.get(at)?.series(series)
    }

    /// Every declaration that has a series, in their order.
    pub(crate) fn every(&self, series: &str) -> Vec<Found<'_>> {
        let mut places = self.places(series);
        places.extend(self.families_of(series));
        places.sort_unstable();
        places.iter().filter_map(|at| self.all.get(*at)?.series(series)).collect()
    }

    /// Leaves out where they are declared.
    pub(crate) fn forget_places(&mut self) {
        self.all.iter_mut().for_each(|metric| metric.span = None);
    }

    /// Where declarations of the name are, and of what the name is a part of.
    fn places(&self, series: &str) -> Vec<usize> {
        let bases = SUFFIXES.iter().filter_map(|suffix| series.strip_suffix(suffix));
        let found = [series].into_iter().chain(bases).filter_map(|base| self.exact.get(base));
        let mut places: Vec<usize> = found.flatten().copied().collect();
        places.sort_unstable();
        places
    }

    fn families_of<'a>(&'a self, series: &'a str) -> impl Iterator<Item = usize> + 'a {
        let beginnings = self.lengths.iter().map_while(|length| series.get(..*length));
        beginnings.filter_map(|start| self.families.get(start)).flatten().copied()
    }
}
