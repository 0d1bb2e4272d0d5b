//! Receivers: whether alerts carry what they ask for.

use std::collections::{BTreeMap, BTreeSet};

use super::{of_match, said};
use crate::diagnostic::{Diagnostic, Help, Sink, cause, codes};
use crate::hash::HashMap;
use crate::platform::observe::{Alert, TARGET_LABELS};
use crate::platform::receiver::{LabelMatch, Receiver, Wanted};
use crate::platform::tell::{Alerts, NAME, among};
use crate::platform::whose::Carried;
use crate::platform::{Platform, Role, Severity};
use crate::promql::Labels;
use crate::source::Span;
use crate::standard;

/// ALR002: a receiver that no alert can reach, and values that none carries.
pub(in crate::check) fn unreachable(platform: &Platform, sink: &mut Sink) {
    let alerts = &platform.observed.alerts;
    let fitting = Alerts::new(platform);
    let mut asked = HashMap::default();
    for receiver in &platform.observed.receivers {
        // In each environment alerts carry another one.
        if platform.varied && receiver.matches.iter().any(|one| one.label == ENVIRONMENT) {
            continue;
        }
        let mut told = false;
        for one in receiver.matches.iter().filter(|one| !one.negated) {
            told |= unknown(platform, receiver, one, &mut asked, sink);
        }
        if told || fitting.fitting(receiver.matches.iter()).next().is_some() {
            continue;
        }
        let said = receiver.matches.iter().any(|one| one.span.is_some());
        let (reason, help) = if alerts.is_empty() {
            (
                "the platform has no alerts",
                Some(
                    "write `alert NAME { … }`; those that components bring need a service with `role = metrics`",
                ),
            )
        } else if said {
            ("no alert fits all of its `match`", None)
        } else if receiver.is_heartbeat() {
            (
                "no alert is of severity `none`",
                Some("name the alert that always fires: `match { alert = NAME }`"),
            )
        } else {
            (
                "all alerts are of severity `info` or `none`",
                Some("those reach only receivers that name them: `match { severity = info }`"),
            )
        };
        sink.report(
            Diagnostic::new(codes::ALR002, format!("`{}` is told of nothing: {reason}", receiver.name))
                .at(receiver.matches_span, "nothing comes here")
                .help_maybe(help.map(str::to_owned)),
        );
    }
}

/// The label that says which environment was put in.
const ENVIRONMENT: &str = "environment";

/// What all alerts carry under a label.
struct Asked<'a> {
    /// The series of one that could carry it, of which nobody says so.
    open: Option<Span>,
    /// Whether one carries a value that only it tells when it fires.
    any: bool,
    /// The values that are known, each with how many alerts may carry it.
    values: BTreeMap<&'a str, usize>,
}

impl<'a> Asked<'a> {
    fn new(platform: &'a Platform, label: &str) -> Self {
        let mut found = Self { open: None, any: false, values: BTreeMap::new() };
        for alert in &platform.observed.alerts {
            match on(platform, alert, label) {
                On::Missing => {}
                On::Perhaps(place) => found.open = found.open.or(Some(place)),
                On::Carried(Carried::Known(value)) => *found.values.entry(value).or_default() += 1,
                On::Carried(Carried::OneOf(values)) => {
                    for value in values {
                        *found.values.entry(value).or_default() += 1;
                    }
                }
                On::Carried(Carried::Any) => found.any = true,
            }
        }
        found
    }
}

/// Reports a label that no alert carries, and each value that none carries under it. Where an alert could, of which
/// nobody says what its series carry, that is a warning.
fn unknown<'a>(
    platform: &'a Platform,
    receiver: &Receiver,
    one: &'a LabelMatch,
    asked: &mut HashMap<&'a str, Asked<'a>>,
    sink: &mut Sink,
) -> bool {
    let Some(span) = one.span else { return false };
    if platform.observed.alerts.is_empty() {
        return false;
    }
    let found = asked.entry(&one.label).or_insert_with(|| Asked::new(platform, &one.label));
    let said = said(&one.label);
    let open = found.open;
    if !found.any && found.values.is_empty() {
        let near = sink.did_you_mean(said, std::iter::once_with(|| labels(platform)).flatten());
        let what = format!("the label `{said}`, which `{}` asks for", receiver.name);
        let told = match open {
            None => Diagnostic::new(codes::ALR002, format!("no alert carries {what}"))
                .at(span, "on no alert")
                .help_maybe(near),
            Some(place) => perhaps(&what, said, (span, place), near),
        };
        sink.report(told.because(of_match(receiver, one, None)));
        return true;
    }
    let absent = |wanted: &&Wanted| !found.any && among(&found.values, wanted).next().is_none();
    let some = one.values.len() > one.values.iter().filter(absent).count();
    let mut any = false;
    for wanted in one.values.iter().filter(absent) {
        // Which severities there are is the language's to say: beside others, one that nothing has yet is no slip.
        let severity =
            one.label == "severity" && Severity::WORDS.iter().any(|(word, _)| *word == wanted.text);
        if some && severity {
            continue;
        }
        let known = found.values.keys().copied().filter(|value| !value.is_empty());
        let near = sink.did_you_mean(&wanted.text, known);
        let asks = format!("`{}`, which `{}` asks for", wanted.text, receiver.name);
        let place = wanted.span.unwrap_or(span);
        let what = if one.label == NAME { "is called".to_owned() } else { format!("carries the `{said}`") };
        let told = match open {
            None => Diagnostic::new(codes::ALR002, format!("no alert {what} {asks}"))
                .at(place, "nothing comes of it")
                .help_maybe(near),
            Some(open) => perhaps(&format!("the `{said}` {asks}"), said, (place, open), near),
        };
        // Whoever it stands for may be what is not there.
        let is_there = || platform.services.iter().any(|service| service.name == wanted.text);
        let told = match said {
            "job" => told.because(cause::job(&wanted.text)).because(cause::name(&wanted.text)),
            "service" if !is_there() => told.because(cause::name(&wanted.text)),
            _ => told.because(of_match(receiver, one, Some(wanted))),
        };
        // Most alerts come with what collects metrics, and all are told of by it.
        let collects = platform.with_role(Role::Metrics).next().is_some();
        let told = if collects { told } else { told.because(cause::NO_METRICS_SERVER) };
        let component = standard::with_alert(&wanted.text);
        sink.report(match component.filter(|_| one.label == NAME) {
            Some(name) => told.because(cause::component(name)).because(cause::name(name)),
            None => told,
        });
        any = true;
    }
    any
}

/// The labels that alerts always carry, as the source says them.
fn labels(platform: &Platform) -> BTreeSet<&str> {
    let alerts = platform.observed.alerts.iter();
    alerts.flat_map(|alert| platform.labels_of(alert)).map(|(label, _)| said(label)).collect()
}

/// ALR009: what only an alert could carry of which nobody knows the labels.
fn perhaps(what: &str, label: &str, (place, open): (Span, Span), near: Option<Help>) -> Diagnostic {
    let otherwise = format!(
        "write `labels {{ {label} = … }}` in the alerts that are meant, or declare the labels of their metrics"
    );
    Diagnostic::new(codes::ALR009, format!("no alert is known to carry {what}"))
        .at(place, "perhaps nothing comes here")
        .at(open, "could carry it: nobody says which labels this has")
        .help(near.unwrap_or(otherwise.into()))
}

/// What is known of a label of an alert.
pub(super) enum On<'a> {
    /// It has it, or its series are known to have it.
    Carried(Carried<'a>),
    /// Nobody says which labels its series have: the place of those.
    Perhaps(Span),
    /// It does not.
    Missing,
}

pub(super) fn on<'a>(platform: &'a Platform, alert: &'a Alert, label: &str) -> On<'a> {
    let carried = platform.carried(alert, label);
    let query = &alert.query;
    match carried {
        Carried::Known("") => return On::Missing,
        Carried::Known(_) | Carried::OneOf(_) => return On::Carried(carried),
        Carried::Any => {}
    }
    let own = alert.labels.iter().any(|(known, _)| known == label);
    let in_query = || query.parsed.as_ref().is_some_and(|parsed| parsed.names_label(label));
    if own || matches!(query.labels, Labels::Some(_)) || TARGET_LABELS.contains(&label) || in_query() {
        return On::Carried(carried);
    }
    let observed = &platform.observed;
    let mut missing = true;
    for selector in query.parsed.iter().flat_map(|parsed| parsed.selectors()) {
        let Some(metric) = selector.metric.as_deref() else {
            return On::Perhaps(query.part(selector.place.clone()));
        };
        let exported = observed.exporters(metric).map(|(_, found)| found);
        let mut found = exported.chain(observed.elsewhere(metric)).peekable();
        if found.peek().is_none() {
            return On::Perhaps(query.part(selector.place.clone()));
        }
        missing &= !found.any(|found| found.can_hold(label));
    }
    // `info` brings labels of other series.
    let complete = query.parsed.as_ref().is_some_and(|parsed| !parsed.calls(&["info"]));
    match (missing, complete) {
        (false, _) => On::Carried(carried),
        (true, true) => On::Missing,
        (true, false) => On::Perhaps(query.said.span),
    }
}
