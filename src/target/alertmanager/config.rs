//! `alertmanager.yml` (prometheus/alertmanager:docs/configuration.md).

use serde::Serialize;

use super::matcher::matcher;
use super::receiver::{self, Receiver};
use super::route;
use crate::emit::{Commented, DoubleQuoted, FlowMap, FlowSeq};
use crate::platform::receiver::{Channel, Hours, Mute};
use crate::platform::{Platform, Version};

#[derive(Debug, Serialize)]
pub(super) struct Config<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    global: Option<Global<'a>>,
    templates: FlowSeq<[&'static str; 1]>,
    route: route::Root<'a>,
    receivers: Vec<Receiver<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<Commented<Inhibit<'a>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_intervals: Vec<Interval<'a>>,
}

#[derive(Debug, Serialize)]
struct Global<'a> {
    #[serde(rename = "smtp_smarthost")]
    smarthost: String,
    #[serde(rename = "smtp_from", skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(rename = "smtp_auth_username", skip_serializing_if = "Option::is_none")]
    auth_username: Option<&'a str>,
    #[serde(rename = "smtp_auth_password_file", skip_serializing_if = "Option::is_none")]
    auth_password_file: Option<String>,
    #[serde(rename = "smtp_require_tls", skip_serializing_if = "Option::is_none")]
    require_tls: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Inhibit<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    source_matchers: FlowSeq<Vec<String>>,
    target_matchers: FlowSeq<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equal: Option<FlowSeq<Vec<&'a str>>>,
}

#[derive(Debug, Serialize)]
struct Interval<'a> {
    name: &'a str,
    time_intervals: Vec<Times<'a>>,
}

#[derive(Debug, Serialize)]
struct Times<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    weekdays: Option<FlowSeq<Vec<DoubleQuoted<&'a str>>>>,
    #[serde(rename = "times", skip_serializing_if = "Vec::is_empty")]
    of_day: Vec<FlowMap<Time<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Time<'a> {
    start_time: DoubleQuoted<&'a str>,
    end_time: DoubleQuoted<&'a str>,
}

pub(super) fn config<'a>(platform: &'a Platform, nobody: &'a str) -> Config<'a> {
    let observed = &platform.observed;
    Config {
        global: global(platform),
        templates: FlowSeq(["templates/*.tmpl"]),
        route: route::root(platform, nobody),
        receivers: receiver::receivers(platform, nobody),
        inhibit_rules: observed.mutes.iter().map(|mute| inhibit(mute, has_names(platform))).collect(),
        time_intervals: observed.hours.iter().map(interval).collect(),
    }
}

/// The mail server, where anybody gets mail.
fn global(platform: &Platform) -> Option<Global<'_>> {
    let observed = &platform.observed;
    let mut ways = observed.receivers.iter().flat_map(|receiver| &receiver.integrations);
    let smtp = observed.smtp.as_ref().filter(|_| ways.any(|way| matches!(way.channel, Channel::Email(_))))?;
    let endpoint = platform[smtp.via].endpoint()?;
    Some(Global {
        smarthost: format!("{}:{}", endpoint.host, endpoint.port),
        from: smtp.from.as_deref(),
        auth_username: smtp.username.as_deref(),
        auth_password_file: smtp.password.map(|password| receiver::secret_path(platform, password)),
        require_tls: (!smtp.tls).then_some(false),
    })
}

/// Whether the sentence that a mute stands for is its name. Versions before 0.30 refuse the key
/// (prometheus/alertmanager:CHANGELOG.md); for them it is a comment above it.
fn has_names(platform: &Platform) -> bool {
    platform.settings.alertmanager.is_for(Version(0, 30))
}

fn inhibit(mute: &Mute, named: bool) -> Commented<Inhibit<'_>> {
    let equal: Vec<&str> = mute.equal.iter().map(|(label, _)| label.as_str()).collect();
    let inhibit = Inhibit {
        name: named.then_some(mute.sentence.as_str()),
        source_matchers: FlowSeq(mute.source.iter().map(matcher).collect()),
        target_matchers: FlowSeq(mute.target.iter().map(matcher).collect()),
        equal: (!equal.is_empty()).then_some(FlowSeq(equal)),
    };
    Commented::new((!named).then(|| mute.sentence.clone()), inhibit)
}

fn interval(hours: &Hours) -> Interval<'_> {
    let days: Vec<_> = hours.days.iter().map(|day| DoubleQuoted(day.as_str())).collect();
    let times = hours.times.iter();
    let times = times.map(|(from, to)| {
        FlowMap(Time { start_time: DoubleQuoted(from.as_str()), end_time: DoubleQuoted(to.as_str()) })
    });
    Interval {
        name: &hours.name,
        time_intervals: vec![Times {
            weekdays: (!days.is_empty()).then_some(FlowSeq(days)),
            of_day: times.collect(),
            location: hours.zone.as_deref(),
        }],
    }
}
