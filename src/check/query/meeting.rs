//! OBS012 and OBS013: quantiles of what is no share, and operations whose sides never meet.

use std::collections::BTreeSet;

use super::Context;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::observe::{Found, Job, Query, TARGET_LABELS};
use crate::promql::{self, Facts, Labels};

/// Through how many records a label is followed.
const MOST_RECORDS: usize = 30;

impl Context<'_> {
    pub(super) fn quantiles(query: &Query, parsed: &promql::Query, sink: &mut Sink) {
        for (function, share) in promql::quantiles(parsed) {
            let meant = share / 100.0;
            let help = (2.0..=100.0)
                .contains(&share)
                .then(|| format!("a share is meant: write `{meant}` for {share} of a hundred"));
            sink.report(
                Diagnostic::new(
                    codes::OBS012,
                    format!("`{function}` of {share} is infinite: it takes a share from 0 to 1"),
                )
                .at(query.said.span, "no value that could be compared")
                .help_maybe(help),
            );
        }
    }

    pub(super) fn meeting(&self, query: &Query, parsed: &promql::Query, sink: &mut Sink) {
        let labels = |metric: Option<&str>| self.labels(metric);
        let kind = |_: &str| None;
        let facts = Facts { labels: &labels, kind: &kind };
        for unmet in promql::unmet(parsed, &facts, &|metric| self.carried(metric)) {
            let place = |at: Option<usize>| {
                let selector = at.and_then(|at| parsed.selectors().get(at));
                selector.map_or(query.said.span, |selector| query.part(selector.place.clone()))
            };
            let (left, right) = unmet.selectors;
            let (carrier, other) = if unmet.left { (left, right) } else { (right, left) };
            let label = unmet.label;
            sink.report(
                Diagnostic::new(
                    codes::OBS013,
                    format!("the sides of `{}` never meet: only one of them carries `{label}`", unmet.operator),
                )
                .at(place(carrier), format!("carries `{label}` in any case"))
                .at(place(other), format!("is without `{label}`"))
                .help(format!(
                    "sum both up by the same labels, or say which ones are compared: `ignoring ({label})`, or `on (…)`"
                )),
            );
        }
    }

    /// The labels that every series of a metric carries. One whose record leads back to itself, or through very
    /// many others, may have none.
    fn carried(&self, metric: &str) -> BTreeSet<String> {
        if let Some(labels) = self.carried.borrow().get(metric) {
            return labels.clone();
        }
        self.carried.borrow_mut().insert(metric.to_owned(), BTreeSet::new());
        let observed = &self.platform.observed;
        let labels = if let Some(records) = self.recorded.get(metric) {
            let deep = self.depth.get() >= MOST_RECORDS;
            self.depth.set(self.depth.get() + 1);
            let of =
                |query: &promql::Query| promql::labels_in_any_case(query, &|metric| self.carried(metric));
            let labels = common(records.iter().map(|record| {
                let query = record.query.parsed.as_deref().filter(|_| !deep);
                let mut labels = query.map(of).unwrap_or_default();
                labels.extend(record.labels.iter().map(|(name, _)| name.clone()));
                labels
            }));
            self.depth.set(self.depth.get() - 1);
            labels
        } else if observed.elsewhere(metric).next().is_some() {
            BTreeSet::new()
        } else {
            common(observed.exporters(metric).map(|(job, found)| self.of_job(job, &found)))
        };
        self.carried.borrow_mut().insert(metric.to_owned(), labels.clone());
        labels
    }

    /// Those of one exporter: the source's own declarations say what is there, tables of images what can be.
    fn of_job(&self, job: &Job, found: &Found<'_>) -> BTreeSet<String> {
        let mut labels: BTreeSet<String> = TARGET_LABELS.iter().map(|label| (*label).to_owned()).collect();
        let own = job.exports.own.as_ptr_range().contains(&std::ptr::from_ref(found.metric));
        if let (true, false, Labels::Some(declared)) = (own, self.open, found.labels()) {
            labels.extend(declared);
        }
        labels
    }
}

/// The labels that all sets have.
fn common(mut sets: impl Iterator<Item = BTreeSet<String>>) -> BTreeSet<String> {
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |common, set| common.intersection(&set).cloned().collect())
}
