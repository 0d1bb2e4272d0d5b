//! Who is notified, for an Alertmanager that the cluster runs. What Alertmanager's own configuration says for all receivers stands at
//! each of them, since that configuration is the cluster's: the mail server, and what messages say.

use serde::Serialize;

use super::metadata;
use crate::platform::receiver::{
    Address, Channel, Hours, Integration, LabelMatch, Mute, Receiver as Notified,
};
use crate::platform::{InputId, Operator, Platform, Service};
use crate::target::alertmanager;
use crate::target::kubernetes::asked::ALERTS;
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Custom, Object, Stage};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec<'a> {
    route: Route<'a>,
    receivers: Vec<Receiver<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<Inhibit<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mute_time_intervals: Vec<Interval<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Route<'a> {
    receiver: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matchers: Vec<Matcher<'a>>,
    group_by: Vec<&'a str>,
    group_wait: String,
    group_interval: String,
    repeat_interval: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    active_time_intervals: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mute_time_intervals: Vec<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    r#continue: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Route<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Matcher<'a> {
    name: &'a str,
    match_type: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Inhibit<'a> {
    source_match: Vec<Matcher<'a>>,
    target_match: Vec<Matcher<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    equal: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Interval<'a> {
    name: &'a str,
    time_intervals: [Times<'a>; 1],
}

#[derive(Debug, Serialize)]
struct Times<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    weekdays: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    times: Vec<Time<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Time<'a> {
    start_time: &'a str,
    end_time: &'a str,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Receiver<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    email_configs: Vec<Email<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    slack_configs: Vec<Slack<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pagerduty_configs: Vec<PagerDuty<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opsgenie_configs: Vec<Opsgenie<'a>>,
    #[serde(rename = "msteamsv2Configs", skip_serializing_if = "Vec::is_empty")]
    teams_configs: Vec<Teams<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhook_configs: Vec<Webhook<'a>>,
}

/// A key of a Secret.
#[derive(Debug, Serialize)]
struct Key<'a> {
    name: &'a str,
    key: &'a str,
}

#[derive(Debug, Serialize)]
struct Header {
    key: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Email<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smarthost: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_password: Option<Key<'a>>,
    #[serde(rename = "requireTLS", skip_serializing_if = "Option::is_none")]
    require_tls: Option<bool>,
    send_resolved: bool,
    headers: [Header; 1],
    html: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Slack<'a> {
    #[serde(rename = "apiURL")]
    api_url: Key<'a>,
    channel: &'a str,
    send_resolved: bool,
    title: String,
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PagerDuty<'a> {
    routing_key: Key<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    send_resolved: bool,
    severity: String,
    description: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Opsgenie<'a> {
    api_key: Key<'a>,
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    api_url: Option<String>,
    send_resolved: bool,
    message: String,
    description: String,
    priority: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Teams<'a> {
    #[serde(rename = "webhookURL")]
    webhook_url: Key<'a>,
    send_resolved: bool,
    title: String,
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Webhook<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_secret: Option<Key<'a>>,
    send_resolved: bool,
}

/// The receivers of the platform, and the routes to them.
pub(super) fn object(platform: &Platform, operator: &Operator, service: &Service) -> Option<Object> {
    platform.receivers().next()?;
    let nobody = alertmanager::nobody(platform);
    let metadata = metadata(platform, operator, service.name.clone(), platform.namespace().to_owned());
    let receivers = platform.receivers().map(|receiver| self::receiver(platform, service, receiver));
    let none = Receiver { name: &nobody, ..Receiver::default() };
    let out = Custom {
        api_version: "monitoring.coreos.com/v1alpha1",
        kind: ALERTS,
        metadata,
        spec: Some(Spec {
            route: root(platform, &nobody),
            receivers: std::iter::once(none).chain(receivers).collect(),
            inhibit_rules: platform.observed.mutes.iter().map(inhibit).collect(),
            mute_time_intervals: platform.observed.hours.iter().map(interval).collect(),
        }),
    };
    Some(out.object(file::of_service(platform, service), Stage::Monitor))
}

/// The routes, as in Alertmanager's own configuration. Above them the operator puts a match of the namespace.
fn root<'a>(platform: &'a Platform, nobody: &'a str) -> Route<'a> {
    let times = alertmanager::root_times();
    let mut routes: Vec<Route<'_>> = platform.receivers().map(|receiver| route(platform, receiver)).collect();
    if let Some((_, before)) = routes.split_last_mut() {
        for route in before {
            route.r#continue = true;
        }
    }
    Route {
        receiver: nobody,
        matchers: Vec::new(),
        group_by: times.group_by.to_vec(),
        group_wait: times.wait,
        group_interval: times.interval,
        repeat_interval: times.repeat,
        active_time_intervals: Vec::new(),
        mute_time_intervals: Vec::new(),
        r#continue: false,
        routes,
    }
}

fn route<'a>(platform: &'a Platform, receiver: &'a Notified) -> Route<'a> {
    let hours = |at: Option<usize>| {
        let hours = at.and_then(|at| platform.observed.hours.get(at));
        hours.map(|hours| hours.name.as_str()).into_iter().collect()
    };
    let (wait, interval, repeat) = alertmanager::times(receiver);
    Route {
        receiver: &receiver.name,
        matchers: receiver.matches.iter().map(matcher).collect(),
        group_by: receiver.group_by.iter().map(String::as_str).collect(),
        group_wait: wait,
        group_interval: interval,
        repeat_interval: repeat,
        active_time_intervals: hours(receiver.only),
        mute_time_intervals: hours(receiver.mute),
        r#continue: false,
        routes: Vec::new(),
    }
}

fn matcher(one: &LabelMatch) -> Matcher<'_> {
    let (match_type, value) = alertmanager::parts(one);
    Matcher { name: &one.label, match_type, value }
}

fn inhibit(mute: &Mute) -> Inhibit<'_> {
    Inhibit {
        source_match: mute.source.iter().map(matcher).collect(),
        target_match: mute.target.iter().map(matcher).collect(),
        equal: mute.equal.iter().map(|(label, _)| label.as_str()).collect(),
    }
}

/// Hours, in UTC: the object has no key for a time zone, and others are an error (K8S032).
fn interval(hours: &Hours) -> Interval<'_> {
    let times = hours.times.iter().map(|(from, to)| Time { start_time: from, end_time: to });
    Interval {
        name: &hours.name,
        time_intervals: [Times {
            weekdays: hours.days.iter().map(String::as_str).collect(),
            times: times.collect(),
        }],
    }
}

fn receiver<'a>(platform: &'a Platform, service: &'a Service, receiver: &'a Notified) -> Receiver<'a> {
    let mut out = Receiver { name: &receiver.name, ..Receiver::default() };
    for way in &receiver.integrations {
        add(&mut out, platform, service, way);
    }
    out
}

fn add<'a>(out: &mut Receiver<'a>, platform: &'a Platform, service: &'a Service, way: &'a Integration) {
    let key = |secret: InputId| Key { name: &service.name, key: &platform[secret].name };
    let send_resolved = way.resolved;
    match &way.channel {
        Channel::Email(to) => {
            let smtp = platform.observed.smtp.as_ref();
            let endpoint = smtp.and_then(|smtp| platform[smtp.via].endpoint());
            out.email_configs.push(Email {
                to,
                from: smtp.and_then(|smtp| smtp.from.as_deref()),
                smarthost: endpoint.map(|endpoint| format!("{}:{}", endpoint.host, endpoint.port)),
                auth_username: smtp.and_then(|smtp| smtp.username.as_deref()),
                auth_password: smtp.and_then(|smtp| smtp.password).map(key),
                require_tls: smtp.map(|smtp| smtp.tls),
                send_resolved,
                headers: [Header { key: "Subject", value: title() }],
                html: "",
                text: text(),
            });
        }
        Channel::Slack(channel, webhook) => out.slack_configs.push(Slack {
            api_url: key(*webhook),
            channel,
            send_resolved,
            title: title(),
            text: text(),
        }),
        Channel::PagerDuty(routing) => out.pagerduty_configs.push(PagerDuty {
            routing_key: key(*routing),
            url: alertmanager::address(platform, way, "v2/enqueue"),
            send_resolved,
            severity: message("infrac.pagerduty.severity"),
            description: title(),
        }),
        Channel::Opsgenie(api) => out.opsgenie_configs.push(Opsgenie {
            api_key: key(*api),
            api_url: alertmanager::address(platform, way, ""),
            send_resolved,
            message: title(),
            description: text(),
            priority: message("infrac.opsgenie.priority"),
        }),
        Channel::Teams(webhook) => out.teams_configs.push(Teams {
            webhook_url: key(*webhook),
            send_resolved,
            title: title(),
            text: text(),
        }),
        Channel::Webhook(address) | Channel::Heartbeat(address) => {
            let (url, url_secret) = match address {
                Address::Text(text) => (Some(text.as_str()), None),
                Address::Secret(secret) => (None, Some(key(*secret))),
            };
            out.webhook_configs.push(Webhook { url, url_secret, send_resolved });
        }
    }
}

fn title() -> String {
    message("infrac.title")
}

fn text() -> String {
    message("infrac.text")
}

/// A definition of the templates with those that it asks for, in one text: the cluster's Alertmanager has no file of ours.
fn message(name: &str) -> String {
    let mut wanted = vec![name.to_owned()];
    let mut out = String::new();
    let mut at = 0;
    while let Some(name) = wanted.get(at).cloned() {
        let found =
            alertmanager::MESSAGES.split("{{ define \"").find(|part| part.starts_with(&format!("{name}\"")));
        if let Some(definition) = found {
            for part in definition.split("{{ template \"").skip(1) {
                let asked = part.split('"').next().unwrap_or_default().to_owned();
                if !wanted.contains(&asked) {
                    wanted.push(asked);
                }
            }
            // Nothing stands between definitions, which would be in the message.
            out.push_str("{{ define \"");
            out.push_str(definition.trim_end());
        }
        at += 1;
    }
    out + &format!("{{{{ template \"{name}\" . }}}}")
}
