//! Receivers: whether messages can be sent, whether anybody is told, and of what.

pub(super) mod reach;
pub(super) mod way;
pub(super) mod when;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Sink, cause, codes, list_of};
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::platform::observe::{Alert, Observed};
use crate::platform::receiver::{Channel, Integration, LabelMatch, Receiver, Wanted};
use crate::platform::tell::{Alerts, Fit, NAME};
use crate::platform::{InputId, Outside, OutsideKind, Platform, Role, Severity};
use crate::source::Span;

/// How many alerts a message names.
const MOST_NAMED: usize = 3;

/// ALR001: a receiver without what its messages are sent with.
pub(super) fn credentials(platform: &Platform, origins: &Origins, sink: &mut Sink) {
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
                && lacks_host(&way.channel, outside)
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
        server(platform, origins, (receiver, way), sink);
    }
}

/// Whether an outside says no host where one is needed: the others have an address of their own, which a pattern of hosts may
/// include.
fn lacks_host(channel: &Channel, outside: &Outside) -> bool {
    match channel {
        Channel::PagerDuty(_) | Channel::Opsgenie(_) => outside.endpoint().is_none(),
        _ => outside.endpoints.is_empty(),
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
fn server(
    platform: &Platform,
    origins: &Origins,
    (receiver, way): (&Receiver, &Integration),
    sink: &mut Sink,
) {
    let missing =
        |what: &str| Diagnostic::new(codes::ALR001, format!("`{}` gets mail, and {what}", receiver.name));
    let Some(smtp) = &platform.observed.smtp else {
        let Some(teller) = platform.with_role(Role::Alerts).next() else { return };
        // One that could not be bound was reported.
        if origins.service(teller.id).smtp().is_none() {
            sink.report(
                missing(&format!("`{}` has no mail server", teller.path))
                    .at(way.span, "an address")
                    .at(teller.span, "sends the messages")
                    .help(format!("write `smtp {{ via = OUTSIDE, from = \"…\" }}` in `{}`", teller.path)),
            );
        }
        return;
    };
    let outside = &platform[smtp.via];
    if outside.endpoint().is_none() {
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
    // One that could not be bound was reported.
    let mut tellers = platform.with_role(Role::Alerts);
    let secret =
        smtp.password.is_some() || tellers.any(|teller| origins.service(teller.id).smtp_password().is_some());
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

/// The cause that no alert has what a receiver asks for.
fn of_match(receiver: &Receiver, one: &LabelMatch, wanted: Option<&Wanted>) -> String {
    let value = wanted.map_or("", |wanted| wanted.text.as_str());
    format!("receiver {} {} {value}", receiver.name, one.label)
}

/// Says that receivers may be told of nothing because of one of their matches, without which they would be told of
/// these alerts.
fn but_for_a_match<'a>(
    mut told: Diagnostic,
    fitting: &Alerts<'_>,
    receivers: impl Iterator<Item = &'a Receiver>,
    alerts: &[usize],
) -> Diagnostic {
    let mut known: HashMap<Asks<'_>, bool> = HashMap::default();
    for receiver in receivers {
        for one in receiver.matches.iter().filter(|one| one.span.is_some()) {
            let others = || receiver.matches.iter().filter(|other| *other != one);
            if *known.entry(asks(others())).or_insert_with(|| fitting.fit_any(others(), alerts)) {
                told = told.because(of_match(receiver, one, None));
                for wanted in &one.values {
                    told = told.because(of_match(receiver, one, Some(wanted)));
                }
            }
        }
    }
    told
}

/// What matches ask for, wherever they stand.
type Asks<'a> = Vec<(&'a str, bool, Vec<&'a str>)>;

fn asks<'a>(matches: impl Iterator<Item = &'a LabelMatch>) -> Asks<'a> {
    let values = |one: &'a LabelMatch| one.values.iter().map(|wanted| wanted.text.as_str()).collect();
    matches.map(|one| (one.label.as_str(), one.negated, values(one))).collect()
}

/// A label as the source says it.
pub(super) fn said(label: &str) -> &str {
    if label == NAME { "alert" } else { label }
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
pub(super) fn heartbeat(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let Some(teller) = platform.with_role(Role::Alerts).next() else { return };
    let all = &platform.observed.alerts;
    let Some((at, first)) = all.iter().enumerate().find(|(_, alert)| always_fires(alert)) else {
        sink.report(
            Diagnostic::new(codes::ALR005, "no alert always fires, so that its absence would be noticed")
                .at(teller.span, "may fail without a word")
                .because("no alert that always fires")
                .because(cause::NO_METRICS_SERVER)
                .help("write `alert Watchdog { expr = \"vector(1)\", severity = none, … }` and a receiver with `heartbeat`"),
        );
        return;
    };
    let listens =
        |receiver: &&Receiver| receiver.is_heartbeat() && receiver.only.is_none() && receiver.mute.is_none();
    let alerts = Alerts::new(platform);
    let hears = |receiver: &Receiver| {
        let mut told = alerts.fitting(receiver.matches.iter());
        told.any(|(_, alert, fit)| fit == Fit::Yes && always_fires(alert))
    };
    if platform.receivers().filter(listens).any(hears) {
        return;
    }
    if let Some((receiver, span, word)) = asleep(platform, origins, hears) {
        sink.report(
            Diagnostic::new(
                codes::ALR005,
                format!("`{}` does not always listen to `{}`, which always fires", receiver.name, first.name),
            )
            .at(span, "hours in which nobody notices that alerts no longer arrive")
            .at(first.span, "its absence would be the news")
            .because("nobody outside")
            .help(format!("take `{word}` out of `{}`: a sign of life has no hours", receiver.name)),
        );
        return;
    }
    let told = Diagnostic::new(
        codes::ALR005,
        format!("nobody outside listens to `{}`, which always fires", first.name),
    )
    .at(teller.span, "may fail without a word")
    .at(first.span, "its absence would be the news")
    .because("nobody outside")
    .help(format!(
        "write `receiver heartbeat {{ match {{ alert = {} }}, heartbeat = SECRET }}`: the secret holds an address that gives an alarm when it hears nothing",
        first.name
    ));
    let beating = platform.receivers().filter(|receiver| receiver.is_heartbeat());
    sink.report(but_for_a_match(told, &alerts, beating, &[at]));
}

/// A heartbeat that would be the sign of life, if it had no hours: with the place of these and their word.
fn asleep<'a>(
    platform: &'a Platform,
    origins: &Origins,
    hears: impl Fn(&Receiver) -> bool,
) -> Option<(&'a Receiver, Span, &'static str)> {
    let all = platform.observed.receivers.iter().zip(origins.receivers());
    all.filter(|(receiver, _)| receiver.is_heartbeat() && hears(receiver)).find_map(|(receiver, origin)| {
        let only = origin.only().map(|hours| (hours, "only"));
        let (hours, word) = only.or(origin.mute().map(|hours| (hours, "mute")))?;
        Some((receiver, hours, word))
    })
}

/// Whether an alert asks for no series, so that nothing can end it.
pub(super) fn always_fires(alert: &Alert) -> bool {
    alert.query.parsed.as_ref().is_some_and(|query| query.selectors().is_empty())
}

/// ALR007: alerts that nobody is told of, one warning for all of a severity.
pub(super) fn nobody(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let observed = &platform.observed;
    // Without who evaluates alerts, none fires.
    let Some(evaluates) = platform.with_role(Role::Metrics).next() else { return };
    // What components bring matters where people are told.
    let teller = platform.with_role(Role::Alerts).next();
    let told = teller.is_some();
    let loud = observed.alerts.iter().enumerate();
    let loud = loud
        .filter(|(_, alert)| !is_quiet(alert) && !origins.is_lost(&alert.name) && (told || !alert.brought));
    let alerts = Alerts::new(platform);
    let hear = heard(&alerts, observed);
    let mut untold: Vec<(usize, &Alert)> =
        loud.filter(|(at, _)| !hear.get(*at).is_some_and(|heard| *heard)).collect();
    // One of each job, or of each instance, is one alert of the source.
    let mut known: BTreeSet<Span> = BTreeSet::new();
    untold.retain(|(_, alert)| known.insert(alert.span));
    if untold.is_empty() {
        return;
    }
    if !told {
        let untold: Vec<&Alert> = untold.into_iter().map(|(_, alert)| alert).collect();
        sink.report(
            Diagnostic::new(
                codes::ALR007,
                format!("nobody is told of {}: no service has `role = alerts`", names(&untold)),
            )
            .at(evaluates.span, "alerts fire here, and go nowhere")
            .help("add an instance of a component that tells people, and a receiver"),
        );
        return;
    }
    let mut by_severity: BTreeMap<Option<&str>, (Vec<usize>, Vec<&Alert>)> = BTreeMap::new();
    for (at, alert) in untold {
        let of_severity = by_severity.entry(severity(alert)).or_default();
        of_severity.0.push(at);
        of_severity.1.push(alert);
    }
    for (severity, (places, untold)) in by_severity {
        let mut diagnostic = Diagnostic::new(codes::ALR007, format!("nobody is told of {}", names(&untold)));
        for alert in untold.iter().take(MOST_NAMED) {
            diagnostic = diagnostic.at(alert.span, "reaches no receiver");
        }
        let place = teller.map(|teller| teller.span);
        let diagnostic = diagnostic.at_maybe(place, "has no receiver for it");
        let diagnostic = diagnostic.because(format!("untold {}", severity.unwrap_or_default()));
        let diagnostic = but_for_a_match(diagnostic, &alerts, observed.receivers.iter(), &places);
        sink.report(diagnostic.help(match severity {
            Some(severity) => format!("write a receiver with `match {{ severity = {severity} }}`"),
            None => "say how bad it is: `severity = critical` or `warning`".to_owned(),
        }));
    }
}

/// Whether somebody may be told of each alert. Receivers that ask for the same are looked at once.
fn heard(alerts: &Alerts<'_>, observed: &Observed) -> Vec<bool> {
    let mut heard = vec![false; observed.alerts.len()];
    let mut known: HashSet<Asks<'_>> = HashSet::default();
    for receiver in &observed.receivers {
        if known.insert(asks(receiver.matches.iter())) {
            for (at, ..) in alerts.fitting(receiver.matches.iter()) {
                heard[at] = true;
            }
        }
    }
    heard
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
