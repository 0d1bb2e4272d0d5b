//! OBS002 and OBS007 for series of tests: what nothing exports cannot make an alert fire.

use std::cell::LazyCell;

use super::alike::Likeness;
use super::{Context, finds_nothing, unknown_label};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashSet;
use crate::origins::Origins;
use crate::platform::Platform;
use crate::platform::observe::{Alert, AlertTest, Found, Job, Query, SaidSeries, TARGET_LABELS, TestLabel};
use crate::promql::{Labels, Matcher, Op, Selector};

/// Every series of a test.
pub(in crate::check) fn series(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let context = Context::new(platform, origins);
    for alert in platform.observed.alerts.iter().filter(|alert| !alert.tests.is_empty()) {
        let likeness = context.alike.likeness(&alert.query);
        for test in &alert.tests {
            sink.about(platform.path(alert.owner), |sink| {
                labels(alert, test, sink);
                for said in test.said.iter() {
                    context.series_once(alert, likeness, said, sink);
                }
            });
        }
    }
}

/// Reports labels that a test wants of an alert which never carries them.
fn labels(alert: &Alert, test: &AlertTest, sink: &mut Sink) {
    for TestLabel { name: label, value, span } in &test.labels {
        let own = alert.labels.iter().any(|(known, _)| known == label) || label == "alertname";
        if own || value.is_empty() || alert.query.labels.can_hold(label) {
            continue;
        }
        let carried = alert.labels.iter().map(|(name, _)| name.as_str());
        let Labels::Some(of_series) = &alert.query.labels else { continue };
        let known: Vec<&str> = of_series.iter().map(String::as_str).chain(carried).collect();
        let message = format!(
            "the test `{}` wants a label `{label}` of `{}`, which never carries it",
            test.name, alert.name
        );
        let help = sink.did_you_mean(label, known.iter().copied());
        sink.report(
            Diagnostic::new(codes::ALR018, message)
                .at(*span, format!("fires with no label `{label}`"))
                .at(alert.query.said.span, "the series of the alert")
                .help(help.unwrap_or_else(|| super::carried(&known).into()))
                .because(format!("label {label} of a test of {}", alert.name)),
        );
    }
}

impl Context<'_> {
    /// Looks at a series, where nothing is known of the same one of an alert that is alike.
    fn series_once(&self, alert: &Alert, likeness: Option<Likeness>, said: &SaidSeries, sink: &mut Sink) {
        let parsed = said.parsed.as_ref().ok().map(|parsed| (parsed.number(), alert.brought));
        let Some((likeness, series)) = likeness.zip(parsed) else {
            self.series(alert, said, sink);
            return;
        };
        if self.alike.is_sound(likeness, Some(series)) {
            debug_assert!(
                finds_nothing(|sink| self.series(alert, said, sink)),
                "a series is left out that is like a sound one, and is not sound itself: {}",
                said.series.text.as_literal().unwrap_or_default()
            );
            return;
        }
        let told = sink.len();
        self.series(alert, said, sink);
        if sink.len() == told {
            self.alike.note(likeness, Some(series));
        }
    }

    fn series(&self, alert: &Alert, said: &SaidSeries, sink: &mut Sink) {
        // One that cannot be read is reported elsewhere.
        let Ok(parsed) = &said.parsed else { return };
        let Some(selector) = parsed.selectors().first() else { return };
        let query = LazyCell::new(|| Query {
            text: parsed.text().to_owned(),
            parsed: None,
            jobs: alert.query.jobs.clone(),
            labels: Labels::Any,
            said: said.series.clone(),
            source: alert.query.source.clone(),
        });
        let Some(metric) = selector.metric.as_deref() else { return };
        let job = selector.matchers.iter().find(|matcher| matcher.label == "job");
        let job = job.filter(|_| is_of_a_job(alert, metric));
        if let Some(job) = job.filter(|job| self.jobs.named(&job.value).is_none()) {
            self.unknown_job(&query, job, &job.value, sink);
            return;
        }
        if let Some(labels) = self.records.get(metric) {
            Self::labels_of_record(&query, selector, labels, sink);
            return;
        }
        // Of many jobs that export it, the first one mostly answers.
        let observed = &self.platform.observed;
        let elsewhere: Vec<Found<'_>> = observed.elsewhere(metric).collect();
        if let Some(about) = self.about(alert, job)
            && elsewhere.is_empty()
        {
            let found = about.iter().filter_map(|job| job.exports.series(metric));
            if found.clone().next().is_some() {
                unknown_labels(&query, selector, metric, &found, sink);
            } else if !about.iter().any(|job| job.exports.unknown)
                && (!asks_for(alert, metric) || job.is_some() && observed.exporters(metric).next().is_some())
            {
                let told = self.unknown_metric(&query, selector, metric, Some(&about), sink);
                sink.report(told);
            }
            return;
        }
        let exporters = observed.exporters(metric).map(|(_, found)| found);
        let found = exporters.chain(elsewhere.iter().copied());
        if found.clone().next().is_some() {
            unknown_labels(&query, selector, metric, &found, sink);
        } else if !asks_for(alert, metric) {
            let told = if self.open {
                self.nearly(&query, selector, metric).filter(|_| !alert.brought)
            } else {
                Some(self.unknown_metric(&query, selector, metric, None, sink))
            };
            if let Some(told) = told {
                sink.report(told);
            }
        }
    }
}

impl<'a> Context<'a> {
    /// The jobs that a series is of: the one it names, else those that are put in for the alert.
    fn about(&self, alert: &Alert, named: Option<&Matcher>) -> Option<Vec<&'a Job>> {
        let names = match named {
            Some(matcher) => vec![matcher.value.as_str()],
            None => alert.query.jobs.iter().map(String::as_str).collect(),
        };
        let jobs: Vec<&Job> = names.iter().filter_map(|name| self.jobs.named(name)).collect();
        (!jobs.is_empty()).then_some(jobs)
    }
}

/// Whether the alert asks for the metric of named jobs, or of those that were put in; otherwise a test may call
/// them anything.
fn is_of_a_job(alert: &Alert, metric: &str) -> bool {
    let selectors = alert.query.parsed.iter().flat_map(|query| query.selectors());
    let own = selectors.filter(|selector| selector.metric.as_deref() == Some(metric));
    own.map(|selector| selector.matchers.iter().filter(|matcher| matcher.label == "job").collect()).all(
        |about: Vec<&Matcher>| match about.as_slice() {
            [] => !alert.query.jobs.is_empty(),
            matchers => matchers.iter().any(|matcher| matcher.op == Op::Equal),
        },
    )
}

/// Whether the alert itself asks for a metric: then it is told there.
fn asks_for(alert: &Alert, metric: &str) -> bool {
    let selectors = alert.query.parsed.iter().flat_map(|query| query.selectors());
    selectors.filter_map(|selector| selector.metric.as_deref()).any(|asked| asked == metric)
}

fn unknown_labels<'a>(
    query: &LazyCell<Query, impl FnOnce() -> Query>,
    selector: &Selector,
    metric: &str,
    found: &(impl Iterator<Item = Found<'a>> + Clone),
    sink: &mut Sink,
) {
    for matcher in &selector.matchers {
        let label = matcher.label.as_str();
        if TARGET_LABELS.contains(&label)
            || found.clone().any(|found| found.can_hold(label))
            || sink.is_full()
        {
            continue;
        }
        let declared = found.clone().flat_map(|found| found.metric.labels.iter().chain(found.added));
        let declared = declared.map(String::as_str);
        let mut known: Vec<&str> = declared.chain(found.clone().filter_map(|found| found.extra)).collect();
        let mut seen = HashSet::default();
        known.retain(|label| seen.insert(*label));
        unknown_label(query, label, matcher.place.clone(), metric, &known, sink);
    }
}
