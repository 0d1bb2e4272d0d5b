//! OBS004 to OBS006, OBS009 and OBS015: what cannot be meant, whatever the data.

use std::time::Duration;

use super::{Context, interval_of};
use crate::diagnostic::{Diagnostic, Sink, cause, codes};
use crate::platform::observe::Query;
use crate::promql::{self, Facts, Finding, MetricType};
use crate::schema;

/// Through how many records it is followed how a metric behaves.
const MOST_RECORDS: usize = 30;

impl Context<'_> {
    /// What cannot be meant, whatever the data.
    pub(super) fn meaning(&self, query: &Query, parsed: &promql::Query, sink: &mut Sink) {
        let labels = |metric: Option<&str>| self.labels(metric);
        let kind = |metric: &str| self.kind(query, metric);
        let interval = |metric: Option<&str>| {
            if query.jobs.is_empty() {
                return metric.and_then(|metric| self.interval(metric));
            }
            query.jobs.iter().filter_map(|name| self.jobs.get(name.as_str()).copied()).map(interval_of).max()
        };
        let facts = Facts { labels: &labels, kind: &kind };
        for finding in promql::findings(parsed, &facts, &interval) {
            let told = meant(query, parsed, &finding);
            sink.report(match &finding {
                Finding::RateOfGauge { metric, .. }
                | Finding::RateOfSum { metric, .. }
                | Finding::DeltaOfCounter { metric, .. } => {
                    let told = told.because(format!("type of {metric}"));
                    let record = self.recorded.get(metric.as_str()).and_then(|records| records.first());
                    match record.map(|record| record.span).or_else(|| self.declared(query, metric)) {
                        Some(place) => told.at_cause(place, "declared here"),
                        None => told,
                    }
                }
                Finding::ShortRange { metric, range, samples, .. } => {
                    let metric = metric.as_deref().unwrap_or_default();
                    self.short(query, metric, (*range, *samples), told)
                }
                _ => told,
            });
        }
    }

    /// How a metric behaves.
    fn kind(&self, query: &Query, metric: &str) -> Option<MetricType> {
        if self.recorded.contains_key(metric) {
            return self.kind_of_record(metric, 0);
        }
        let own = query.jobs.iter().filter_map(|name| self.jobs.get(name.as_str())?.exports.series(metric));
        own.map(|found| found.kind).next().or_else(|| self.kind_of_metric(metric))
    }

    fn kind_of_metric(&self, metric: &str) -> Option<MetricType> {
        let observed = &self.platform.observed;
        let first = observed.exporters(metric).map(|(_, found)| found).next();
        first.or_else(|| observed.elsewhere(metric).next()).map(|found| found.kind)
    }

    /// How what records of a name keep behaves, where it is the same of all. Of one that leads back to itself nobody
    /// knows.
    fn kind_of_record(&self, name: &str, depth: usize) -> Option<MetricType> {
        if let Some(known) = self.kinds.borrow().get(name) {
            return *known;
        }
        self.kinds.borrow_mut().insert(name.to_owned(), None);
        let records = self.recorded.get(name).filter(|_| depth < MOST_RECORDS)?;
        let of = |metric: &str| {
            if self.recorded.contains_key(metric) {
                self.kind_of_record(metric, depth + 1)
            } else {
                self.kind_of_metric(metric)
            }
        };
        let mut kinds = records.iter().map(|record| promql::kind(record.query.parsed.as_deref()?, &of));
        let first = kinds.next().flatten();
        let kind = first.filter(|_| kinds.all(|other| other == first));
        self.kinds.borrow_mut().insert(name.to_owned(), kind);
        kind
    }
}

fn meant(query: &Query, parsed: &promql::Query, finding: &Finding) -> Diagnostic {
    let of = |metric: &str| {
        let selector = parsed.selectors().iter().find(|selector| selector.metric.as_deref() == Some(metric));
        selector.map_or(query.said.span, |selector| query.part(selector.place.clone()))
    };
    match finding {
        Finding::RateOfGauge { function, metric, quantiles: true } => Diagnostic::new(
            codes::OBS009,
            format!("`{function}` of `{metric}`, which goes down, too"),
        )
        .at(of(metric), "the quantiles of a summary")
        .help(format!(
            "they are compared as they are; the average is `rate({metric}_sum[…]) / rate({metric}_count[…])`"
        )),
        Finding::RateOfSum { function, metric } => Diagnostic::new(
            codes::OBS009,
            format!(
                "`{function}` of what the series of `{metric}` came to: where one starts again at 0, it jumps"
            ),
        )
        .at(of(metric), "summed up before")
        .help(format!("sum up what comes of it: `sum({function}({metric}[…]))`")),
        Finding::RateOfGauge { function, metric, .. } => {
            Diagnostic::new(codes::OBS009, format!("`{function}` of `{metric}`, which goes down, too"))
                .at(of(metric), "a gauge")
                .help(format!(
                    "`{function}` is for counters; a gauge has `deriv` and `delta`, or `avg_over_time`"
                ))
        }
        Finding::DeltaOfCounter { function, metric } => {
            Diagnostic::new(codes::OBS009, format!("`{function}` of `{metric}`, which starts again at 0"))
                .at(of(metric), "a counter")
                .help("a counter has `rate` and `increase`, which know of restarts")
        }
        Finding::UnaggregatedRatio { metric } => Diagnostic::new(
            codes::OBS004,
            format!(
                "rates of `{metric}` are divided series by series: each meets only itself, and the ratio is 1"
            ),
        )
        .at(of(metric), "not summed up")
        .help("sum both sides: `sum by (job) (rate(…)) / sum by (job) (rate(…))`"),
        Finding::NoSource { label, place } => Diagnostic::new(
            codes::OBS002,
            format!("no series that a label is made of carries a label `{label}`"),
        )
        .at(place.clone().map_or(query.said.span, |place| query.part(place)), "not a label of theirs")
        .help("name one that they carry; a label that is always the same has \"\" here")
        .because(cause::label(label, query.said.span)),
        Finding::QuantileWithoutBuckets => Diagnostic::new(
            codes::OBS005,
            "`histogram_quantile` needs the label `le`, and its buckets have lost it",
        )
        .at(query.said.span, "summed up without `le`")
        .help("keep it: `sum by (job, le) (rate(…_bucket[…]))`"),
        Finding::ShortRange { metric, function, range, samples, least } => {
            let name = metric.as_deref().unwrap_or_default();
            let time = |time: &Duration| {
                schema::Duration(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)).to_string()
            };
            let (message, why) = match samples {
                1 => ("holds at times no sample", String::from(", one scrape: it always holds a sample")),
                2 => ("holds too few samples", format!(", {samples} scrapes: they hold two samples")),
                _ => (
                    "holds too few samples",
                    format!(", {samples} scrapes: they hold two samples, also where a scrape fails"),
                ),
            };
            Diagnostic::new(codes::OBS006, format!("`{function}` over {} {message} of `{name}`", time(range)))
                .at(of(name), format!("scraped every {}", time(&(*least / *samples))))
                .help(format!("take at least `[{}]`{why}", time(least)))
        }
    }
}
