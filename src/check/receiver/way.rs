//! Receivers: whether a message goes where the source says, what makes a group, and what a heartbeat hears.

use std::collections::BTreeSet;

use super::reach::{On, on};
use super::{always_fires, of_match, said};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::notation::authority::{Authority, HTTP, HTTPS};
use crate::platform::observe::Alert;
use crate::platform::receiver::{Address, Channel, Integration, Receiver};
use crate::platform::tell::{Alerts, Fit};
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
    let is_end = |end: &Endpoint| end.includes(host, port);
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
    let (scheme, authority, _) = Authority::of_url(address)?;
    Some((authority.host, authority.number_or(if scheme == "https" { HTTPS } else { HTTP })?))
}

/// ALR016: labels of a group that no alert carries of which the receiver is told.
pub(in crate::check) fn groups(platform: &Platform, sink: &mut Sink) {
    let alerts = Alerts::new(platform);
    let mut carrying: HashMap<&str, Vec<bool>> = HashMap::default();
    for receiver in &platform.observed.receivers {
        let told = || alerts.fitting(receiver.matches.iter()).map(|(at, alert, _)| (at, alert));
        for (label, span) in receiver.group_by_said.iter().filter(|(label, _)| label != EVERY_LABEL) {
            let all = platform.observed.alerts.iter();
            let carrying = carrying.entry(label).or_insert_with(|| {
                all.map(|alert| !matches!(on(platform, alert, label), On::Missing)).collect()
            });
            let carries = |(at, _): (usize, &Alert)| carrying.get(at).is_some_and(|carries| *carries);
            if told().next().is_none() || (carrying.contains(&true) && told().any(carries)) {
                continue;
            }
            let labels = told().flat_map(|(_, alert)| platform.labels_of(alert));
            let known: BTreeSet<&str> =
                labels.map(|(label, _)| said(label)).chain(["job", "instance"]).collect();
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
    let alerts = Alerts::new(platform);
    for receiver in platform.observed.receivers.iter().filter(|receiver| receiver.is_heartbeat()) {
        let mut told = alerts.fitting(receiver.matches.iter());
        let other = told.find(|(_, alert, fit)| *fit == Fit::Yes && !always_fires(alert));
        let Some((_, other, _)) = other else { continue };
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
