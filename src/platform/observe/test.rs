//! Tests of alerts: series, and when the alert fires on them.

use std::sync::Arc;

use super::named::{quote, write_matcher};
use super::{Alert, Job};
use crate::promql;
use crate::schema::{Constant, Duration};
use crate::source::Span;

/// A series of a test as the source says it, with places.
#[derive(Debug, Clone)]
pub struct SaidSeries {
    /// The metric with its labels.
    pub series: Constant,
    /// The same, parsed.
    pub parsed: Result<Arc<promql::Query>, promql::Problem>,
    /// Its values.
    pub values: Constant,
}

/// A label that a test wants of the firing alert.
#[derive(Debug, Clone)]
pub struct TestLabel {
    /// The label.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The place of its name.
    pub span: Span,
}

/// Series, and when the alert fires on them.
#[derive(Debug, Clone)]
pub struct AlertTest {
    /// What happens in it.
    pub name: String,
    /// Its series. An alert of each job has those of its block.
    pub said: Arc<[SaidSeries]>,
    /// The job that is put into each of them, an index into the jobs; `None` where none is.
    pub put_in: Vec<Option<usize>>,
    /// The time between two values.
    pub interval: Option<Duration>,
    /// When it must be firing.
    pub fires_at: Option<Duration>,
    /// When it must not.
    pub silent_at: Option<Duration>,
    /// When the condition begins to hold.
    pub holds_from: Option<Duration>,
    /// How long after the time that the alert waits it must not fire.
    pub silent_after: Option<Duration>,
    /// Labels of the firing alert, beside those of the rule.
    pub labels: Vec<TestLabel>,
    /// The place of its name.
    pub span: Span,
}

impl AlertTest {
    /// The series with their values, as promtool writes them, with the job of the alert.
    pub fn series<'a>(
        &'a self,
        alert: &'a Alert,
        jobs: &'a [Job],
    ) -> impl Iterator<Item = (String, &'a str)> {
        self.said.iter().zip(&self.put_in).map(move |(said, put_in)| {
            let text = said.series.text.as_literal().unwrap_or_default();
            let job = put_in.and_then(|at| jobs.get(at)).map(|job| job.name.as_str());
            let series = match &said.parsed {
                // One of the platform is written as it is said.
                Ok(query) if alert.owner.is_some() => {
                    let quote = quote(text);
                    let series = query.with_matchers(|_, out| write_matcher(job.into_iter(), quote, out));
                    series.trim().to_owned()
                }
                _ => text.to_owned(),
            };
            (series, said.values.text.as_literal().unwrap_or_default())
        })
    }
}
