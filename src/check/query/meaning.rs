//! OBS004 to OBS006, OBS009 and OBS015: what cannot be meant, whatever the data.

use super::Context;
use crate::diagnostic::{Diagnostic, Sink, cause, codes};
use crate::platform::observe::Query;
use crate::promql::{self, Facts, Finding, MetricType, Selector};
use crate::source::Span;

/// Through how many records it is followed how a metric behaves.
const MOST_RECORDS: usize = 30;

impl Context<'_> {
    /// What cannot be meant, whatever the data.
    pub(super) fn meaning(&self, query: &Query, parsed: &promql::Query, sink: &mut Sink) {
        let labels = |selector: &Selector| self.labels(query, selector);
        let kind = |selector: &Selector| self.kind(query, selector, 0);
        let interval = |selector: &Selector| self.interval(query, selector);
        let facts = Facts { labels: &labels, kind: &kind };
        for (finding, number) in promql::findings(parsed, &facts, &interval) {
            if finding == Finding::QuantileWithoutBuckets && self.may_be_native(query, parsed) {
                continue;
            }
            let selector = number.and_then(|at| parsed.selectors().get(at));
            let place = selector.map_or(query.said.span, |selector| query.part(selector.place.clone()));
            let told = self.meant(query, selector, place, &finding);
            sink.report(match &finding {
                Finding::RateOfGauge { metric, .. }
                | Finding::RateOfSum { metric, .. }
                | Finding::DeltaOfCounter { metric, .. } => {
                    let told = told.because(format!("type of {metric}"));
                    let record = self.recorded.get(metric.as_str()).and_then(|records| records.first());
                    match record.map(|record| record.span).or_else(|| self.declared(query, selector?)) {
                        Some(place) => told.at_cause(place, "declared here"),
                        None => told,
                    }
                }
                _ => told,
            });
        }
    }

    /// How what a selector asks for behaves, found through so many records.
    fn kind(&self, query: &Query, selector: &Selector, depth: usize) -> Option<MetricType> {
        let metric = selector.metric.as_deref()?;
        if self.recorded.contains_key(metric) {
            return self.kind_of_record(metric, depth);
        }
        self.kind_of_metric(query, selector, metric)
    }

    /// How what records of a name keep behaves, where it is the same of all. Of one that leads back to itself nobody
    /// knows.
    fn kind_of_record(&self, name: &str, depth: usize) -> Option<MetricType> {
        if let Some(known) = self.kinds.borrow().get(name) {
            return *known;
        }
        self.kinds.borrow_mut().insert(name.to_owned(), None);
        let records = self.recorded.get(name).filter(|_| depth < MOST_RECORDS)?;
        let mut kinds = records.iter().map(|record| {
            let of = |selector: &Selector| self.kind(&record.query, selector, depth + 1);
            promql::kind(record.query.parsed.as_deref()?, &of)
        });
        let first = kinds.next().flatten();
        let kind = first.filter(|_| kinds.all(|other| other == first));
        self.kinds.borrow_mut().insert(name.to_owned(), kind);
        kind
    }

    fn meant(
        &self,
        query: &Query,
        selector: Option<&Selector>,
        place: Span,
        finding: &Finding,
    ) -> Diagnostic {
        match finding {
        Finding::RateOfGauge { function, metric, quantiles: true } => Diagnostic::new(
            codes::OBS009,
            format!("`{function}` of `{metric}`, which goes down, too"),
        )
        .at(place, "the quantiles of a summary")
        .help(format!(
            "they are compared as they are; the average is `rate({metric}_sum[…]) / rate({metric}_count[…])`"
        )),
        Finding::RateOfSum { function, metric } => Diagnostic::new(
            codes::OBS009,
            format!(
                "`{function}` of what the series of `{metric}` came to: where one starts again at 0, it jumps"
            ),
        )
        .at(place, "summed up before")
        .help(format!("sum up what comes of it: `sum({function}({metric}[…]))`")),
        Finding::RateOfGauge { function, metric, .. } => {
            Diagnostic::new(codes::OBS009, format!("`{function}` of `{metric}`, which goes down, too"))
                .at(place, "a gauge")
                .help(format!(
                    "`{function}` is for counters; a gauge has `deriv` and `delta`, or `avg_over_time`"
                ))
        }
        Finding::DeltaOfCounter { function, metric } => {
            Diagnostic::new(codes::OBS009, format!("`{function}` of `{metric}`, which starts again at 0"))
                .at(place, "a counter")
                .help("a counter has `rate` and `increase`, which know of restarts")
        }
        Finding::UnaggregatedRatio { metric } => Diagnostic::new(
            codes::OBS004,
            format!(
                "rates of `{metric}` are divided series by series: each meets only itself, and the ratio is 1"
            ),
        )
        .at(place, "not summed up")
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
        Finding::ShortRange(short) => self.short(query, selector, place, short),
    }
    }
}
