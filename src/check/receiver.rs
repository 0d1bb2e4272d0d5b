//! Receivers: whether messages can be sent, whether anybody is told, and of what.

pub(super) mod way;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Sink, cause, codes, list_of};
use crate::model::{Role, Severity};
use crate::platform::observe::{Alert, TARGET_LABELS};
use crate::platform::receiver::{Channel, Integration, LabelMatch, Receiver, Wanted};
use crate::platform::tell::{self, Carried, Fit, NAME};
use crate::platform::{InputId, OutsideKind, Platform, Service};
use crate::promql::Labels;
use crate::source::Span;
use crate::standard;

/// How many alerts a message names.
const MOST_NAMED: usize = 3;

/// ALR001: a receiver without what its messages are sent with.
pub(super) fn credentials(platform: &Platform, sink: &mut Sink) {
    let mut mail = None;
    for receiver in &platform.observed.receivers {
        if receiver.silent {
            sink.report(
                Diagnostic::new(codes::ALR001, format!("`{}` is told in no way", receiver.name))
                    .at(receiver.span, "no message is sent")
                    .help("write `email = \"…\"`, `slack { … }`, or a secret behind `pagerduty`, `opsgenie`, `teams`, `webhook` or `heartbeat`"),
            );
        }
        for way in &receiver.integrations {
            let word = way.channel.word();
            if let Some(secret) = way.channel.secret() {
                not_empty(platform, secret, &format!("`{word}` of `{}`", receiver.name), way.span, sink);
            }
            if let Some(outside) = way.via.map(|via| &platform[via])
                && outside.kind == OutsideKind::Declared
                && outside.endpoints.is_empty()
            {
                no_endpoint(
                    &format!("`{word}` of `{}`", receiver.name),
                    &outside.name,
                    way.span,
                    outside.span,
                    sink,
                );
            }
            if let Channel::Email(to) = &way.channel {
                mail.get_or_insert((receiver, way));
                if let Some(wrong) =
                    to.split(',').map(str::trim).find(|one| !to.is_empty() && !is_mailbox(one))
                {
                    sink.report(
                        Diagnostic::new(codes::TYP007, format!("`{wrong}` cannot be a mail address"))
                            .at(way.span, "expected `name@example.com`")
                            .help("several addresses stand behind one another with commas"),
                    );
                }
            }
        }
    }
    if let Some((receiver, way)) = mail {
        server(platform, receiver, way, sink);
    }
}

/// Whether a text can be a mail address, bare or as `Name <address>` (RFC 5322, 3.4); one that the operator sets can.
fn is_mailbox(text: &str) -> bool {
    let address = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>'));
    let Some((name, host)) = address.rsplit_once('@') else { return address.contains("${") };
    let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    plain(name) && plain(host) && !name.contains('@')
}

/// The mail server, which the first receiver of mail asks for.
fn server(platform: &Platform, receiver: &Receiver, way: &Integration, sink: &mut Sink) {
    let missing =
        |what: &str| Diagnostic::new(codes::ALR001, format!("`{}` gets mail, and {what}", receiver.name));
    let Some(smtp) = &platform.observed.smtp else {
        let Some(teller) = platform.with_role(Role::Alerts).next() else { return };
        // One that could not be bound was reported.
        if teller.block.smtp.is_none() {
            sink.report(
                missing(&format!("`{}` has no mail server", teller.path))
                    .at(way.span, "an address")
                    .at(teller.span(), "sends the messages")
                    .help(format!("write `smtp {{ via = OUTSIDE, from = \"…\" }}` in `{}`", teller.path)),
            );
        }
        return;
    };
    let outside = &platform[smtp.via];
    if outside.endpoints.is_empty() {
        no_endpoint("the mail server", &outside.name, smtp.span, outside.span, sink);
    }
    if smtp.from.is_none() {
        sink.report(
            missing("the mail server is told no sender")
                .at(smtp.span, "no `from`")
                .at(way.span, "an address")
                .help("say the sender, an address that the server accepts mail from"),
        );
    }
    let secret = smtp.password.is_some() || smtp.password_lost;
    if smtp.username.is_some() != secret {
        let (said, lacking) =
            if smtp.username.is_some() { ("an account", "password") } else { ("a password", "username") };
        sink.report(
            missing(&format!("the mail server is told {said} and no {lacking}"))
                .at(smtp.span, format!("no `{lacking}`"))
                .at(way.span, "an address")
                .help("say both, or neither"),
        );
    }
    if let Some(password) = smtp.password {
        not_empty(platform, password, "the mail server", smtp.span, sink);
    }
}

fn no_endpoint(who: &str, outside: &str, span: Span, declared: Option<Span>, sink: &mut Sink) {
    sink.report(
        Diagnostic::new(codes::ALR001, format!("{who} goes through `{outside}`, which has no endpoint"))
            .at(span, "cannot be reached")
            .at_maybe(declared, "addresses that come in")
            .help("declare an `outside` with a host and a port: `outside mail = \"smtp.example.com:587\"`"),
    );
}

/// Secrets of receivers are files, and of an empty one none is made.
fn not_empty(platform: &Platform, secret: InputId, who: &str, span: Span, sink: &mut Sink) {
    let input = &platform[secret];
    if input.optional {
        sink.report(
            Diagnostic::new(codes::ALR001, format!("{who} needs `{}`, which may stay empty", input.name))
                .at(span, "sends nothing then")
                .at(input.span, "optional")
                .help(format!("take `optional` of `{}` out", input.name)),
        );
    }
}

/// ALR002: a receiver that no alert can reach, and values that none carries.
pub(super) fn unreachable(platform: &Platform, sink: &mut Sink) {
    let alerts = &platform.observed.alerts;
    for receiver in &platform.observed.receivers {
        let mut told = false;
        for one in receiver.matches.iter().filter(|one| !one.negated) {
            told |= unknown(platform, receiver, one, sink);
        }
        if told || alerts.iter().any(|alert| platform.tells(receiver, alert) != Fit::No) {
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

/// Reports a label that no alert carries, and each value that none carries under it. Where an alert could, of which
/// nobody says what its series carry, that is a warning.
fn unknown(platform: &Platform, receiver: &Receiver, one: &LabelMatch, sink: &mut Sink) -> bool {
    let Some(span) = one.span else { return false };
    if platform.observed.alerts.is_empty() {
        return false;
    }
    let alerts: Vec<On<'_>> =
        platform.observed.alerts.iter().map(|alert| on(platform, alert, &one.label)).collect();
    let said = said(&one.label);
    let open = alerts.iter().find_map(|on| match on {
        On::Perhaps(place) => Some(*place),
        _ => None,
    });
    let carried: Vec<&Carried<'_>> = alerts
        .iter()
        .filter_map(|on| match on {
            On::Carried(carried) => Some(carried),
            _ => None,
        })
        .collect();
    if carried.is_empty() {
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
    let absent = |wanted: &&Wanted| {
        let one = LabelMatch { values: vec![(*wanted).clone()], ..one.clone() };
        carried.iter().all(|carried| tell::fits(&one, carried) == Fit::No)
    };
    let some = one.values.len() > one.values.iter().filter(absent).count();
    let mut any = false;
    for wanted in one.values.iter().filter(absent) {
        // Which severities there are is the language's to say: beside others, one that nothing has yet is no slip.
        let severity =
            one.label == "severity" && Severity::WORDS.iter().any(|(word, _)| *word == wanted.text);
        if some && severity {
            continue;
        }
        let known = carried.iter().flat_map(|carried| values(carried)).filter(|value| !value.is_empty());
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
        let component = standard::holding(&format!("\n  alert {} {{\n", wanted.text));
        sink.report(match component.filter(|_| one.label == NAME) {
            Some(name) => told.because(cause::component(name)).because(cause::name(name)),
            None => told,
        });
        any = true;
    }
    any
}

/// The cause that no alert has what a receiver asks for.
fn of_match(receiver: &Receiver, one: &LabelMatch, wanted: Option<&Wanted>) -> String {
    let value = wanted.map_or("", |wanted| wanted.text.as_str());
    format!("receiver {} {} {value}", receiver.name, one.label)
}

/// Says that receivers may be told of nothing because of one of their matches, without which they would be told of
/// these alerts.
fn but_for_a_match<'a>(
    mut told: Diagnostic,
    platform: &Platform,
    receivers: impl Iterator<Item = &'a Receiver>,
    alerts: &[&Alert],
) -> Diagnostic {
    for receiver in receivers {
        for one in receiver.matches.iter().filter(|one| one.span.is_some()) {
            let others = || receiver.matches.iter().filter(|other| *other != one);
            let fits = |alert: &&Alert| {
                others().all(|other| tell::fits(other, &platform.carried(alert, &other.label)) != Fit::No)
            };
            if alerts.iter().any(fits) {
                told = told.because(of_match(receiver, one, None));
                for wanted in &one.values {
                    told = told.because(of_match(receiver, one, Some(wanted)));
                }
            }
        }
    }
    told
}

/// ALR009: what only an alert could carry of which nobody knows the labels.
fn perhaps(what: &str, label: &str, (place, open): (Span, Span), near: Option<String>) -> Diagnostic {
    let otherwise = format!(
        "write `labels {{ {label} = … }}` in the alerts that are meant, or declare the labels of their metrics"
    );
    Diagnostic::new(codes::ALR009, format!("no alert is known to carry {what}"))
        .at(place, "perhaps nothing comes here")
        .at(open, "could carry it: nobody says which labels this has")
        .help(near.unwrap_or(otherwise))
}

/// What is known of a label of an alert.
enum On<'a> {
    /// It has it, or its series are known to have it.
    Carried(Carried<'a>),
    /// Nobody says which labels its series have: the place of those.
    Perhaps(Span),
    /// It does not.
    Missing,
}

fn on<'a>(platform: &'a Platform, alert: &'a Alert, label: &str) -> On<'a> {
    let carried = platform.carried(alert, label);
    let query = &alert.query;
    match carried {
        Carried::Known("") => return On::Missing,
        Carried::Known(_) | Carried::OneOf(_) => return On::Carried(carried),
        Carried::Any => {}
    }
    let own = alert.labels.iter().any(|(known, _)| known == label);
    let in_query = || query.text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == label);
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
    let complete = query.parsed.as_ref().is_some_and(|parsed| !parsed.text().contains("info"));
    match (missing, complete) {
        (false, _) => On::Carried(carried),
        (true, true) => On::Missing,
        (true, false) => On::Perhaps(query.said.span),
    }
}

fn values<'a>(carried: &Carried<'a>) -> Vec<&'a str> {
    match carried {
        Carried::Known(value) => vec![value],
        Carried::OneOf(values) => values.clone(),
        Carried::Any => Vec::new(),
    }
}

/// A label as the source says it.
pub(super) fn said(label: &str) -> &str {
    if label == NAME { "alert" } else { label }
}

/// The labels that alerts always carry, as the source says them.
fn labels(platform: &Platform) -> BTreeSet<&str> {
    let alerts = platform.observed.alerts.iter();
    alerts.flat_map(|alert| platform.labels_of(alert)).map(|(label, _)| said(label)).collect()
}

/// ALR013: receivers, and nobody who tells them.
pub(super) fn untold(platform: &Platform, sink: &mut Sink) {
    let receivers = &platform.observed.receivers;
    let Some(first) = receivers.first().filter(|_| platform.with_role(Role::Alerts).next().is_none()) else {
        return;
    };
    let whom = match receivers.len() {
        1 => format!("`{}`", first.name),
        many => format!("`{}` and {} more", first.name, many - 1),
    };
    sink.report(
        Diagnostic::new(codes::ALR013, format!("no service hands alerts to {whom}"))
            .at(first.span, "is never told")
            .help("add an instance of a component that hands alerts over, or a service with `role = alerts`"),
    );
}

/// ALR005: nobody notices that alerts no longer arrive.
pub(super) fn heartbeat(platform: &Platform, sink: &mut Sink) {
    let Some(teller) = platform.with_role(Role::Alerts).next() else { return };
    let mut beats = platform.observed.alerts.iter().filter(|alert| always_fires(alert)).peekable();
    let Some(first) = beats.peek().copied() else {
        sink.report(
            Diagnostic::new(codes::ALR005, "no alert always fires, so that its absence would be noticed")
                .at(teller.span(), "may fail without a word")
                .because("no alert that always fires")
                .because(cause::NO_METRICS_SERVER)
                .help("write `alert Watchdog { expr = \"vector(1)\", severity = none, … }` and a receiver with `heartbeat`"),
        );
        return;
    };
    let listens = |receiver: &Receiver, alert: &Alert| {
        receiver.is_heartbeat()
            && receiver.only.is_none()
            && receiver.mute.is_none()
            && platform.tells(receiver, alert) == Fit::Yes
    };
    if beats.any(|alert| platform.receivers().any(|receiver| listens(receiver, alert))) {
        return;
    }
    let told = Diagnostic::new(
        codes::ALR005,
        format!("nobody outside listens to `{}`, which always fires", first.name),
    )
    .at(teller.span(), "may fail without a word")
    .at(first.span, "its absence would be the news")
    .because("nobody outside")
    .help(format!(
        "write `receiver heartbeat {{ match {{ alert = {} }}, heartbeat = SECRET }}`: the secret holds an address that gives an alarm when it hears nothing",
        first.name
    ));
    let beating = platform.receivers().filter(|receiver| receiver.is_heartbeat());
    sink.report(but_for_a_match(told, platform, beating, &[first]));
}

/// Whether an alert asks for no series, so that nothing can end it.
pub(super) fn always_fires(alert: &Alert) -> bool {
    alert.query.parsed.as_ref().is_some_and(|query| query.selectors().is_empty())
}

/// ALR007: alerts that nobody is told of, one warning for all of a severity.
pub(super) fn nobody(platform: &Platform, sink: &mut Sink) {
    let observed = &platform.observed;
    // Without who evaluates alerts, none fires.
    let Some(evaluates) = platform.with_role(Role::Metrics).next() else { return };
    // What components bring matters where people are told.
    let teller = platform.with_role(Role::Alerts).next();
    let told = teller.is_some();
    let loud =
        observed.alerts.iter().filter(|alert| !is_quiet(alert) && !alert.lost && (told || !alert.brought));
    let mut untold: Vec<&Alert> = loud
        .filter(|alert| !observed.receivers.iter().any(|receiver| platform.tells(receiver, alert) != Fit::No))
        .collect();
    // One of each job, or of each instance, is one alert of the source.
    let mut known: BTreeSet<Span> = BTreeSet::new();
    untold.retain(|alert| known.insert(alert.span));
    if untold.is_empty() {
        return;
    }
    if !told {
        sink.report(
            Diagnostic::new(
                codes::ALR007,
                format!("nobody is told of {}: no service has `role = alerts`", names(&untold)),
            )
            .at(evaluates.span(), "alerts fire here, and go nowhere")
            .help("add an instance of a component that tells people, and a receiver"),
        );
        return;
    }
    let mut by_severity: BTreeMap<Option<&str>, Vec<&Alert>> = BTreeMap::new();
    for alert in untold {
        by_severity.entry(severity(alert)).or_default().push(alert);
    }
    for (severity, alerts) in by_severity {
        let mut diagnostic = Diagnostic::new(codes::ALR007, format!("nobody is told of {}", names(&alerts)));
        for alert in alerts.iter().take(MOST_NAMED) {
            diagnostic = diagnostic.at(alert.span, "reaches no receiver");
        }
        let place = teller.map(Service::span);
        let diagnostic = diagnostic.at_maybe(place, "has no receiver for it");
        let diagnostic = diagnostic.because(format!("untold {}", severity.unwrap_or_default()));
        let diagnostic = but_for_a_match(diagnostic, platform, observed.receivers.iter(), &alerts);
        sink.report(diagnostic.help(match severity {
            Some(severity) => format!("write a receiver with `match {{ severity = {severity} }}`"),
            None => "say how bad it is: `severity = critical` or `warning`".to_owned(),
        }));
    }
}

fn severity(alert: &Alert) -> Option<&str> {
    alert.labels.iter().find(|(label, _)| label == "severity").map(|(_, value)| value.as_str())
}

fn is_quiet(alert: &Alert) -> bool {
    [Severity::Info, Severity::None].iter().any(|quiet| severity(alert) == Some(quiet.word()))
}

fn names(alerts: &[&Alert]) -> String {
    let mut names: Vec<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
    names.dedup();
    match names.len() {
        count if count > MOST_NAMED + 1 => {
            let first: Vec<String> = names.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect();
            format!("{} and {} more", first.join(", "), count - MOST_NAMED)
        }
        _ => list_of(names),
    }
}
