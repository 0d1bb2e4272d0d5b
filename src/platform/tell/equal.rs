//! Whether two alerts can have the same value under a label, on which mutes depend.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use crate::hash::HashMap;
use crate::platform::Platform;
use crate::platform::observe::{Alert, Query, TARGET_LABELS};
use crate::platform::whose::Carried;
use crate::promql::{self, Certain};

/// What alerts can carry under a label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Possible<'a> {
    /// Values that are known; `""` where one may be without the label.
    pub values: BTreeSet<&'a str>,
    /// Whether one may carry any other value.
    pub any: bool,
}

impl Possible<'_> {
    /// With what others can carry.
    pub fn add(&mut self, other: &Self) {
        self.values.extend(&other.values);
        self.any |= other.any;
    }

    /// Whether one of these can be one of others. A label that is missing on both sides is equal
    /// (prometheus/alertmanager:docs/configuration.md, `inhibit_rule`).
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let some = |side: &Self| side.any || side.values.iter().any(|value| !value.is_empty());
        (self.any && some(other)) || (other.any && some(self)) || !self.values.is_disjoint(&other.values)
    }

    /// Whether there is no label in any case.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.is_one() && self.values.contains("")
    }

    /// Whether all of these are the same.
    #[must_use]
    pub fn is_one(&self) -> bool {
        !self.any && self.values.len() == 1
    }
}

/// What each alert can carry, found once.
#[derive(Debug)]
pub struct Equals<'a> {
    platform: &'a Platform,
    /// The labels that the series of a query carry in any case, by its number.
    always: RefCell<HashMap<usize, Rc<BTreeSet<String>>>>,
}

impl<'a> Equals<'a> {
    /// The alerts of a platform.
    #[must_use]
    pub fn new(platform: &'a Platform) -> Self {
        Self { platform, always: RefCell::default() }
    }

    /// What an alert can carry under a label.
    #[must_use]
    pub fn possible(&self, alert: &'a Alert, label: &str) -> Possible<'a> {
        let carried = self.platform.carried(alert, label);
        let mut possible = Possible::default();
        let own = alert.labels.iter().any(|(known, _)| known == label);
        match carried {
            Carried::Known(value) => {
                possible.values.insert(value);
                return possible;
            }
            Carried::OneOf(values) => possible.values.extend(values),
            Carried::Any => possible.any = true,
        }
        // A template may come to nothing, and a series may be without the label.
        let job = || label == TARGET_LABELS[0] && keeps_job(&alert.query);
        let always = || alert.query.parsed.as_ref().is_some_and(|query| self.always(query).contains(label));
        if own || !(always() || job()) {
            possible.values.insert("");
        }
        possible
    }

    /// What some alerts can carry under a label.
    pub fn of_all(&self, alerts: impl Iterator<Item = &'a Alert>, label: &str) -> Possible<'a> {
        let mut all = Possible::default();
        alerts.for_each(|alert| all.add(&self.possible(alert, label)));
        all
    }

    fn always(&self, query: &promql::Query) -> Rc<BTreeSet<String>> {
        let mut known = self.always.borrow_mut();
        let found = known.entry(query.number()).or_insert_with(|| {
            let labels = promql::labels_in_any_case(query, &|metric| self.of_series(metric));
            Rc::new(labels.into_keys().collect())
        });
        Rc::clone(found)
    }

    /// The labels that every series of a metric carries: those of its target, where it has one.
    fn of_series(&self, metric: &str) -> Certain {
        let observed = &self.platform.observed;
        // Of every target there are `up` and what else the server writes, but for what it writes of alerts.
        let of_targets = !metric.starts_with("ALERTS") && observed.server.have(metric);
        let scraped =
            observed.exporters(metric).next().is_some() && observed.metrics.every(metric).is_empty();
        if of_targets || scraped {
            TARGET_LABELS.iter().map(|label| ((*label).to_owned(), None)).collect()
        } else {
            Certain::new()
        }
    }
}

/// Whether a result has the job that was put into the selectors of a query: `absent` of such a selector has it, too, where it
/// is one job.
fn keeps_job(query: &Query) -> bool {
    let keeps = |parsed: &Arc<promql::Query>| promql::keeps_matched(parsed, query.jobs.len() == 1);
    !query.jobs.is_empty() && query.parsed.as_ref().is_some_and(keeps)
}

#[cfg(test)]
mod tests {
    use super::Possible;

    #[test]
    fn what_is_missing_on_both_sides_is_equal() {
        let of = |values: &[&'static str], any| Possible { values: values.iter().copied().collect(), any };
        for (one, other, meets) in [
            (of(&["a"], false), of(&["a", "b"], false), true),
            (of(&["a"], false), of(&["b"], false), false),
            (of(&[""], false), of(&[""], false), true),
            (of(&[""], false), of(&["a"], false), false),
            (of(&[""], false), of(&[], true), false),
            (of(&[""], false), of(&[""], true), true),
            (of(&["a"], false), of(&[], true), true),
            (of(&[], true), of(&[], true), true),
            (of(&[], false), of(&[], true), false),
        ] {
            assert_eq!(one.meets(&other), meets, "{one:?} {other:?}");
            assert_eq!(other.meets(&one), meets, "{other:?} {one:?}");
        }
    }
}
