//! OBS012 and OBS013: quantiles of what is no share, and operations whose sides never meet.

use super::Context;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::observe::{Found, Query, TARGET_LABELS};
use crate::promql::{self, Apart, Certain, Facts, Labels, Matcher, Op, Selector};

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

    /// Reports matchers of one selector that no value of their label fits; those of jobs are told elsewhere.
    pub(super) fn at_odds(query: &Query, selector: &Selector, sink: &mut Sink) {
        let fixed = selector.matchers.iter().filter(|it| it.op == Op::Equal && it.label != TARGET_LABELS[0]);
        for one in fixed {
            let mut same = selector.matchers.iter().filter(|other| other.label == one.label && *other != one);
            let variable = |it: &Matcher| it.value.contains('$');
            let Some(other) = same.find(|other| !other.fits(&one.value) && !variable(other)) else {
                continue;
            };
            // Of two that ask for one value each, the first tells.
            if variable(one) || (other.op == Op::Equal && other.place.start < one.place.start) {
                continue;
            }
            let message = match other.op {
                Op::Equal => {
                    format!("`{}` is never `{}` and `{}` at the same time", one.label, one.value, other.value)
                }
                _ => format!(
                    "`{}` is `{}` by one matcher, and another one excludes that",
                    one.label, one.value
                ),
            };
            let help = match other.op {
                Op::Equal => format!("either one is `{}=~\"{}|{}\"`", one.label, one.value, other.value),
                _ => "keep one of them".to_owned(),
            };
            sink.report(
                Diagnostic::new(codes::OBS013, message)
                    .at(query.part(one.place.clone()), "one value")
                    .at(query.part(other.place.clone()), "which does not fit this one")
                    .help(help),
            );
        }
    }

    pub(super) fn meeting(&self, query: &Query, parsed: &promql::Query, sink: &mut Sink) {
        let labels = |selector: &Selector| self.labels(query, selector);
        let kind = |_: &Selector| None;
        let facts = Facts { labels: &labels, kind: &kind };
        for unmet in promql::unmet(parsed, &facts, &|metric| self.carried(metric)) {
            let place = |at: Option<usize>| {
                let selector = at.and_then(|at| parsed.selectors().get(at));
                selector.map_or(query.said.span, |selector| query.part(selector.place.clone()))
            };
            let (left, right) = unmet.selectors;
            let (operator, label) = (&unmet.operator, &unmet.label);
            let told = |why: String| {
                Diagnostic::new(codes::OBS013, format!("the sides of `{operator}` never meet: {why}"))
            };
            sink.report(match &unmet.apart {
                Apart::OneSided { left: on_the_left } => {
                    let (carrier, other) = if *on_the_left { (left, right) } else { (right, left) };
                    told(format!("only one of them carries `{label}`"))
                        .at(place(carrier), format!("carries `{label}` in any case"))
                        .at(place(other), format!("is without `{label}`"))
                        .help(format!(
                            "sum both up by the same labels, or say which ones are compared: `ignoring ({label})`, or `on (…)`"
                        ))
                }
                Apart::Values(one, other) => {
                    told(format!("`{label}` is `{one}` on the left and `{other}` on the right"))
                        .at(place(left), format!("`{label}` is `{one}`"))
                        .at(place(right), format!("`{label}` is `{other}`"))
                        .help(format!("leave it out of what is compared: `ignoring ({label})`, or `on (…)` of other labels"))
                }
            });
        }
    }

    /// The labels that every series of a metric carries. One whose record leads back to itself, or through very
    /// many others, may have none.
    fn carried(&self, metric: &str) -> Certain {
        if let Some(labels) = self.carried.borrow().get(metric) {
            return labels.clone();
        }
        self.carried.borrow_mut().insert(metric.to_owned(), Certain::new());
        let observed = &self.platform.observed;
        let labels = if let Some(records) = self.recorded.get(metric) {
            let deep = self.depth.get() >= MOST_RECORDS;
            self.depth.set(self.depth.get() + 1);
            let of =
                |query: &promql::Query| promql::labels_in_any_case(query, &|metric| self.carried(metric));
            let labels = common(records.iter().map(|record| {
                let query = record.query.parsed.as_deref().filter(|_| !deep);
                let mut labels = query.map(of).unwrap_or_default();
                labels.extend(record.labels.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
                labels
            }));
            self.depth.set(self.depth.get() - 1);
            labels
        } else if observed.is_elsewhere(metric) {
            Certain::new()
        } else {
            // Services that are alike declare the same.
            let mut last: Option<Declared<'_>> = None;
            let different = observed.exporters(metric).filter(|(_, found)| {
                let own = Declared { own: found.own, extra: found.extra, labels: &found.metric.labels };
                let same = last.as_ref() == Some(&own);
                last = Some(own);
                !same
            });
            common(different.map(|(_, found)| self.of_job(&found)))
        };
        self.carried.borrow_mut().insert(metric.to_owned(), labels.clone());
        labels
    }

    /// Those of one exporter: the source's own declarations say what is there, tables of images what can be.
    fn of_job(&self, found: &Found<'_>) -> Certain {
        // What relabelling adds may depend on the target.
        let certain = Found { added: &[], ..*found };
        let mut labels: Certain = TARGET_LABELS.iter().map(|label| ((*label).to_owned(), None)).collect();
        if let (true, false, Labels::Some(declared)) = (found.own, self.open, certain.labels()) {
            let declared = declared.iter().filter(|label| !label.ends_with('*'));
            labels.extend(declared.map(|label| (label.clone(), None)));
        }
        labels
    }
}

/// What [`Context::of_job`] depends on.
#[derive(PartialEq)]
struct Declared<'a> {
    own: bool,
    extra: Option<&'static str>,
    labels: &'a [String],
}

/// What all carry.
fn common(mut all: impl Iterator<Item = Certain>) -> Certain {
    let first = all.next().unwrap_or_default();
    all.fold(first, |common, labels| promql::either(&common, &labels))
}
