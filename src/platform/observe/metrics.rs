//! Declarations of metrics, found by the name of a series without looking at each: a service may declare many, and many
//! queries ask.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::{Found, Metric};
use crate::hash::HashMap;

/// What is put behind the name of a histogram or a summary.
const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];

/// Of so many, looking at each is sooner done than looking one up.
const FEW: usize = 8;

/// Declarations of metrics in their order.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    all: Vec<Metric>,
    /// Where those of a name are; nothing where there are few.
    exact: HashMap<String, Vec<usize>>,
    /// Where families are, by what their names begin with; nothing where there are few.
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
        if all.len() <= FEW {
            return Self { all, ..Self::default() };
        }
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
        if self.are_few() {
            return self.having(series).find(|found| !found.metric.is_family());
        }
        let first = |base: &str| {
            let found = |at: &usize| Some((*at, self.all.get(*at)?.series(series)?));
            self.exact.get(base)?.iter().find_map(found)
        };
        let found = [first(series), base(series).and_then(first)];
        found.into_iter().flatten().min_by_key(|(at, _)| *at).map(|(_, found)| found)
    }

    /// The first declaration of a name.
    pub(super) fn named(&self, name: &str) -> Option<&Metric> {
        if self.are_few() {
            return self.all.iter().find(|metric| metric.name == name);
        }
        self.exact.get(name).and_then(|places| self.all.get(*places.first()?))
    }

    /// The series of a name by a declaration of all names that begin so: the first that has it.
    pub(super) fn of_family(&self, series: &str) -> Option<Found<'_>> {
        if self.are_few() {
            return self.having(series).find(|found| found.metric.is_family());
        }
        let at = self.families_of(series).min()?;
        self.all.get(at)?.series(series)
    }

    /// Every declaration that has a series, in their order.
    pub(crate) fn every(&self, series: &str) -> Vec<Found<'_>> {
        if self.are_few() {
            return self.having(series).collect();
        }
        let exact = [Some(series), base(series)].into_iter().flatten().filter_map(|it| self.exact.get(it));
        let mut places: Vec<usize> = exact.flatten().copied().chain(self.families_of(series)).collect();
        places.sort_unstable();
        places.iter().filter_map(|at| self.all.get(*at)?.series(series)).collect()
    }

    /// Whether a declaration has a series.
    pub(crate) fn have(&self, series: &str) -> bool {
        self.exactly(series).or_else(|| self.of_family(series)).is_some()
    }

    /// Every declaration that has a series, each looked at.
    fn having<'a>(&'a self, series: &str) -> impl Iterator<Item = Found<'a>> {
        self.all.iter().filter_map(move |metric| metric.series(series))
    }

    fn are_few(&self) -> bool {
        self.all.len() <= FEW
    }

    /// Leaves out where they are declared.
    pub(crate) fn forget_places(&mut self) {
        self.all.iter_mut().for_each(|metric| metric.span = None);
    }

    fn families_of<'a>(&'a self, series: &'a str) -> impl Iterator<Item = usize> + 'a {
        let beginnings = self.lengths.iter().map_while(|length| series.get(..*length));
        beginnings.filter_map(|start| self.families.get(start)).flatten().copied()
    }
}

/// What a series is a part of, as its name says.
pub(crate) fn base(series: &str) -> Option<&str> {
    // Few names end so.
    let may = series.ends_with(['t', 'm']);
    may.then(|| SUFFIXES.iter().find_map(|suffix| series.strip_suffix(suffix))).flatten()
}

#[cfg(test)]
mod tests {
    use super::{FEW, Metric, Metrics};
    use crate::model::MetricKind;

    fn metric(name: &str, kind: MetricKind) -> Metric {
        let (name, none) = (name.to_owned(), Vec::new);
        let (labels, with, without, path) = (none(), none(), none(), none());
        Metric { name, kind, labels, with, without, path, tls: false, span: None }
    }

    /// What is found does not depend on how many others there are.
    #[test]
    fn few_are_looked_up_as_many_are() {
        let declared = [
            ("a_*", MetricKind::Untyped),
            ("a_b", MetricKind::Counter),
            ("a_b_count", MetricKind::Gauge),
            ("a_b", MetricKind::Histogram),
            ("a_c", MetricKind::Summary),
            ("a_c", MetricKind::Histogram),
            ("a_b_*", MetricKind::Untyped),
        ];
        let few: Metrics = declared.iter().map(|(name, kind)| metric(name, *kind)).collect();
        let more = (0..FEW).map(|at| metric(&format!("other_{at}"), MetricKind::Gauge));
        let many: Metrics = few.iter().cloned().chain(more).collect();
        let asked =
            ["a_b", "a_b_count", "a_b_sum", "a_b_bucket", "a_c", "a_c_sum", "a_c_bucket", "a_d", "b", ""];
        for series in asked {
            assert_eq!(
                format!("{:?}", few.exactly(series)),
                format!("{:?}", many.exactly(series)),
                "{series}"
            );
            assert_eq!(
                format!("{:?}", few.of_family(series)),
                format!("{:?}", many.of_family(series)),
                "{series}"
            );
            assert_eq!(format!("{:?}", few.every(series)), format!("{:?}", many.every(series)), "{series}");
            assert_eq!(format!("{:?}", few.named(series)), format!("{:?}", many.named(series)), "{series}");
            assert_eq!(few.have(series), !few.every(series).is_empty(), "{series}");
            assert_eq!(many.have(series), !many.every(series).is_empty(), "{series}");
        }
    }
}
