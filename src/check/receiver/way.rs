//! Receivers: whether a message goes where the source says, what makes a group, and what a heartbeat hears.

use std::collections::BTreeSet;

use super::{On, always_fires, of_match, on, said};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::observe::Alert;
use crate::platform::receiver::{Address, Channel, Integration, Receiver};
use crate::platform::tell::Fit;
use crate::platform::{Endpoint, OutsideKind, Platform};

/// What stands for all labels (prometheus/alertmanager:docs/configuration.md, `group_by`).
const EVERY_LABEL: &str = "...";

/// ALR015: an address at another host than the outside that the message is said to go through.
pub(in crate::check) fn elsewhere(platform: &Platform, sink: &mut Sink) {
    for receiver in &platform.observed.receivers {
        for way in &receiver.integrations {
            let (Channel::Webhook(Address::Text(address)) | Channel::Heartbeat(Address::Text(address))) =
                &way.channel
            else {
                continue;
            };
            goes_elsewhere(platform, receiver, way, address, sink);
        }
    }
}

fn goes_elsewhere(
    platform: &Platform,
    receiver: &Receiver,
    way: &Integration,
    address: &str,
    sink: &mut Sink,
) {
    let Some(outside) = way.via.map(|via| &platform[via]) else { return };
    let Some((host, port)) = host_and_port(address) else { return };
    let is_end = |end: &Endpoint| end.host.eq_ignore_ascii_case(host) && end.port == port;
    if outside.kind != OutsideKind::Declared
        || outside.endpoints.is_empty()
        || outside.endpoints.iter().any(is_end)
    {
        return;
    }
    let ends: Vec<String> =
        outside.endpoints.iter().map(|end| format!("`{}:{}`", end.host, end.port)).collect();
    sink.report(
        Diagnostic::new(
            codes::ALR015,
            format!(
                "`{}` of `{}` goes to `{host}:{port}`, and `{}` is another place",
                way.channel.word(),
                receiver.name,
                outside.name
            ),
        )
        .at(way.span, "posted to this address")
        .at_maybe(outside.span, format!("this is {}", ends.join(" or ")))
        .help(format!("declare `outside NAME = \"{host}:{port}\"`, and write it behind `via`")),
    );
}

/// The host and the port of an address (RFC 3986, section 3.2); the scheme's own port where it says none.
fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let known = match scheme {
        "https" => 443,
        _ => 80,
    };
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => Some((host, port.parse().ok()?)),
        _ => Some((authority, known)),
    }
}

/// ALR016: labels of a group that no alert carries of which the receiver is told.
pub(in crate::check) fn groups(platform: &Platform, sink: &mut Sink) {
    for receiver in &platform.observed.receivers {
        let told: Vec<&Alert> = told(platform, receiver).map(|(alert, _)| alert).collect();
        if told.is_empty() {
            continue;
        }
        for (label, span) in &receiver.group_by_said {
            let missing = |alert: &&Alert| matches!(on(platform, alert, label), On::Missing);
            if label == EVERY_LABEL || !told.iter().all(missing) {
                continue;
            }
            let known = told.iter().flat_map(|alert| platform.labels_of(alert)).map(|(label, _)| said(label));
            let known: BTreeSet<&str> = known.chain(["job", "instance"]).collect();
            let near = sink.did_you_mean(said(label), known);
            sink.report(
                Diagnostic::new(
                    codes::ALR016,
                    format!(
                        "`{}` makes groups by `{}`, which no alert carries that it is told of",
                        receiver.name,
                        said(label)
                    ),
                )
                .at(*span, "divides nothing")
                .help_maybe(near),
            );
        }
    }
}

/// ALR017: a heartbeat that hears an alert which does not always fire.
pub(in crate::check) fn beats(platform: &Platform, sink: &mut Sink) {
    for receiver in platform.observed.receivers.iter().filter(|receiver| receiver.is_heartbeat()) {
        let other = told(platform, receiver).find(|(alert, fit)| *fit == Fit::Yes && !always_fires(alert));
        let Some((other, _)) = other else { continue };
        let beat = platform.observed.alerts.iter().find(|alert| always_fires(alert));
        let help = match beat {
            Some(beat) => format!("let it hear that one alone: `match {{ alert = {} }}`", beat.name),
            None => {
                "write an alert that always fires, `expr = \"vector(1)\"`, and name it in `match`".to_owned()
            }
        };
        let told = Diagnostic::new(
            codes::ALR017,
            format!("`{}` hears `{}`, which does not always fire", receiver.name, other.name),
        )
        .at(receiver.matches_span, "its silence would be taken for a failure, and its noise for health")
        .at(other.span, "fires now and then")
        .help(help);
        // Nobody else may hear the alert that does always fire.
        sink.report(match receiver.matches.iter().find(|one| one.span.is_some()) {
            Some(one) => told.because(of_match(receiver, one, None)),
            None => told,
        });
    }
}

/// The alerts that a receiver is told of, or may be.
fn told<'a>(platform: &'a Platform, receiver: &'a Receiver) -> impl Iterator<Item = (&'a Alert, Fit)> {
    let alerts = platform.observed.alerts.iter();
    alerts.map(|alert| (alert, platform.tells(receiver, alert))).filter(|(_, fit)| *fit != Fit::No)
}
