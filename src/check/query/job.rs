//! What queries say of jobs: matchers that contradict each other, and where the source says of a metric what counts.

use std::time::Duration;

use super::Context;
use super::named::interval_of;
use crate::diagnostic::{Diagnostic, Sink, cause, codes};
use crate::origins::Origins;
use crate::platform::observe::Query;
use crate::platform::{Platform, Role, Service};
use crate::promql::{Matcher, Op, Selector, ShortRange};
use crate::schema;
use crate::source::Span;

impl Context<'_> {
    /// Reports a job that is none.
    pub(super) fn unknown_job(&self, query: &Query, matcher: &Matcher, value: &str, sink: &mut Sink) {
        if self.platform.observed.lost.iter().any(|job| job == value) {
            return;
        }
        let known = self.platform.observed.jobs.iter().map(|job| job.name.as_str());
        let service =
            self.platform.services.iter().find(|service| service.name == value || service.path == value);
        let diagnostic = Diagnostic::new(codes::OBS007, format!("no scrape job is called `{value}`"))
            .at(
                query.part(matcher.place.clone()),
                if value == matcher.value { "this matches no series" } else { "no series is of it" },
            )
            .because(cause::job(value));
        let nested = |service: &Service| {
            let family = self.families.get(&service.id)?;
            family.iter().find(|job| job.service != service.id).map(|job| job.name.as_str())
        };
        let told = match service {
            Some(service) => {
                diagnostic.at_cause(service.span, "has no `metrics` block").help(match nested(service) {
                    Some(job) => format!("what is nested in it is scraped for it: write `job=\"{job}\"`"),
                    None => "give it a `metrics` block, or leave it out".to_owned(),
                })
            }
            None => {
                // The service, or the one it is nested in, may be what is not there.
                let outer = value.match_indices('-').map(|(at, _)| &value[..at]);
                let names = std::iter::once(value).chain(outer.collect::<Vec<_>>().into_iter().rev());
                let told = names.fold(diagnostic, |told, name| told.because(cause::name(name)));
                let help = sink.did_you_mean(value, known);
                told.help_maybe(help.map(|help| help.in_place(query.value_of(matcher))))
            }
        };
        sink.report(told);
    }

    /// The second of two matchers, each of which some job fits, and no job both.
    pub(super) fn contradiction<'m>(&self, matchers: &[&'m Matcher]) -> Option<&'m Matcher> {
        let (first, others) = matchers.split_first()?;
        let some = |matchers: &[&Matcher]| !self.jobs.fitting(matchers).is_empty();
        let clashes = |other: &&&Matcher| some(&[**other]) && !some(&[*first, **other]);
        others.iter().find(clashes).copied().filter(|_| some(&[*first]))
    }

    /// A range that holds too few samples: none at all where every job that exports the metric is scraped more rarely. Of
    /// several jobs the rarest is shown.
    pub(super) fn short(
        &self,
        query: &Query,
        selector: Option<&Selector>,
        place: Span,
        short: &ShortRange,
    ) -> Diagnostic {
        let ShortRange { metric, function, range, samples, least } = short;
        let time = |time: Duration| schema::Duration(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        let jobs = selector.map(|selector| self.asked(query, selector)).unwrap_or_default();
        let never = !jobs.is_empty() && jobs.iter().all(|job| *range < interval_of(job));
        let (code, holds, why) = match samples {
            1 => (
                codes::OBS006,
                "holds at times no sample",
                ", one scrape: it always holds a sample".to_owned(),
            ),
            _ => {
                let (code, holds) = if never {
                    (codes::OBS015, "never holds two samples")
                } else {
                    (codes::OBS006, "holds too few samples")
                };
                let fails = if *samples > 2 { ", also where a scrape fails" } else { "" };
                (code, holds, format!(", {samples} scrapes: they hold two samples{fails}"))
            }
        };
        let name = metric.as_deref().unwrap_or_default();
        let message = format!("`{function}` over {} {holds} of `{name}`", time(*range));
        let told =
            Diagnostic::new(code, message).at(place, format!("scraped every {}", time(*least / *samples)));
        let help = format!("take at least `[{}]`{why}", time(*least));
        let said = jobs.into_iter().filter(|job| job.interval_said).map(|job| (job.interval, job.span));
        match said.max_by_key(|(interval, _)| *interval) {
            Some((_, place)) => told
                .help(format!("{help}; or scrape it more often, `metrics {{ interval = … }}`"))
                .at_cause(place, "scraped as often as is said here")
                .because(format!("interval at {place:?}")),
            None => told.help(help),
        }
    }
}

/// OBS007 for alerts about a service that nobody scrapes: `up` without its job would be that of every target.
pub(in crate::check) fn of_nobody(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let observed = &platform.observed;
    // Where nobody evaluates rules, that is what is told.
    if platform.with_role(Role::Metrics).next().is_none() {
        return;
    }
    for alert in observed.alerts.iter().filter(|alert| alert.query.jobs.is_empty()) {
        let (Some(owner), Some(parsed)) = (alert.owner, &alert.query.parsed) else { continue };
        let service = &platform[owner];
        let of_targets = |selector: &&Selector| {
            let metric = selector.metric.as_deref().unwrap_or_default();
            let synthetic = observed.server.have(metric);
            let named = selector.matchers.iter().any(|matcher| matcher.label == "job");
            synthetic && !named && !metric.starts_with("ALERTS")
        };
        let Some(selector) = parsed.selectors().iter().find(of_targets) else { continue };
        // One whose block is wrong is reported there.
        if origins.service(service.id).metrics().is_some() {
            continue;
        }
        let metric = selector.metric.as_deref().unwrap_or_default();
        let about = format!("`{}` is about `{}`, which is not scraped", alert.name, service.path);
        let diagnostic = Diagnostic::new(codes::OBS007, about);
        let told = if alert.brought {
            diagnostic.at(service.span, format!("has no `metrics` block, and so no `{metric}`")).help(
                if service.is_job() {
                    "take out what brings the alert: the service ends by itself"
                } else {
                    "give it a `metrics` block, or take out what brings the alert"
                },
            )
        } else {
            diagnostic
                .at(alert.query.part(selector.place.clone()), "would be that of every target")
                .at(service.span, "has no `metrics` block")
                .help("give it a `metrics` block, or name the job that is meant: `job='…'`")
        };
        sink.report(told.because(cause::job(&service.name)));
    }
}

/// Reports two matchers of the label `job` that no job fits.
pub(super) fn contradict(query: &Query, first: &Matcher, second: &Matcher, sink: &mut Sink) {
    let said = |matcher: &Matcher| {
        let op = match matcher.op {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Matches => "=~",
            Op::MatchesNot => "!~",
        };
        format!("`job{op}\"{}\"`", matcher.value)
    };
    let both = match (first.op, second.op) {
        (Op::Equal, Op::Equal) => {
            format!("keep one of them, or ask for both: `job=~\"{}|{}\"`", first.value, second.value)
        }
        _ => "keep one of them".to_owned(),
    };
    sink.report(
        Diagnostic::new(
            codes::OBS007,
            format!("no scrape job fits both {} and {}", said(first), said(second)),
        )
        .at(query.part(first.place.clone()), "one job")
        .at(query.part(second.place.clone()), "and another one at the same time")
        .help(both),
    );
}

/// Reports a matcher of the label `job` that excludes every job.
pub(super) fn leaves_none(query: &Query, matcher: &Matcher, sink: &mut Sink) {
    let op = if matcher.op == Op::NotEqual { "!=" } else { "!~" };
    sink.report(
        Diagnostic::new(codes::OBS007, format!("`job{op}\"{}\"` leaves no scrape job", matcher.value))
            .at(query.part(matcher.place.clone()), "this matches no series")
            .help("take it away, or name what is left out"),
    );
}
