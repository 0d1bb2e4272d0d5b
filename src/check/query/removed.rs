//! OBS007 for scrape jobs that an override takes away: what asks for their series finds none from then on.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Sink, cause, codes};
use crate::hash::{HashMap, HashSet};
use crate::platform::Platform;
use crate::platform::observe::{JobsAway, Query};
use crate::promql::Op;
use crate::source::Span;

/// Every job that an override of the whole file takes away, with the first query about it.
pub(in crate::check) fn removed(platform: &Platform, sink: &mut Sink) {
    let observed = &platform.observed;
    let taken = JobsAway::new(&platform.overrides);
    if taken.is_empty() {
        return;
    }
    let jobs = observed.jobs.iter().map(|job| job.name.as_str());
    let away: Vec<(&str, Span)> = jobs.filter_map(|job| Some((job, taken.place(job)?))).collect();
    let alerts =
        observed.alerts.iter().map(|alert| (format!("the alert `{}`", alert.name), alert.span, &alert.query));
    let records = observed
        .records
        .iter()
        .map(|record| (format!("the record `{}`", record.name), record.span, &record.query));
    let panels = observed.dashboards.iter().flat_map(|dashboard| {
        let what = format!("the dashboard `{}`", dashboard.name);
        dashboard.queries().map(move |query| (what.clone(), query.said.span, query))
    });
    let names: HashSet<&str> = away.iter().map(|(job, _)| *job).collect();
    let mut asking: HashMap<&str, (String, Span, usize)> = HashMap::default();
    for (what, span, query) in alerts.chain(records).chain(panels) {
        for job in asked(query) {
            if let Some(job) = names.get(job) {
                asking
                    .entry(job)
                    .and_modify(|(.., more)| *more += 1)
                    .or_insert_with(|| (what.clone(), span, 0));
            }
        }
    }
    for (job, place) in away {
        let Some((what, span, more)) = asking.get(job) else { continue };
        let more = match more {
            0 => String::new(),
            1 => ", and so does one query more".to_owned(),
            more => format!(", and so do {more} queries more"),
        };
        sink.report(
            Diagnostic::new(
                codes::OBS007,
                format!("the scrape job `{job}` is taken away, and {what} asks for its series{more}"),
            )
            .at(place, "taken away here")
            .at(*span, "has no series from then on")
            .help(format!(
                "leave the job, or write it anew in the same override with `job_name = \"{job}\"`; where nothing shall be scraped, take its `metrics` and what asks for them out"
            ))
            .because(cause::job(job)),
        );
    }
}

/// The jobs that a query is about, each once: those that were put in for it, and those that it names.
fn asked(query: &Query) -> BTreeSet<&str> {
    let selectors = query.parsed.iter().flat_map(|parsed| parsed.selectors());
    let matchers = selectors.flat_map(|selector| &selector.matchers);
    let named = matchers.filter(|matcher| matcher.label == "job" && matcher.op == Op::Equal);
    let named = named.map(|matcher| matcher.value.as_str());
    query.jobs.iter().map(String::as_str).chain(named).collect()
}
