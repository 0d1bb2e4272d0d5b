//! Receivers: every way of telling, each secret by the path of its file.

use serde::Serialize;

use crate::emit::{Entries, FlowMap};
use crate::platform::receiver::{Address, Channel, Integration};
use crate::platform::{InputId, Platform};

/// What messages say, by the definitions of the templates.
const TITLE: &str = "{{ template \"infrac.title\" . }}";
const TEXT: &str = "{{ template \"infrac.text\" . }}";
const PAGERDUTY_SEVERITY: &str = "{{ template \"infrac.pagerduty.severity\" . }}";
const OPSGENIE_PRIORITY: &str = "{{ template \"infrac.opsgenie.priority\" . }}";

#[derive(Debug, Serialize)]
pub(super) struct Receiver<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    email_configs: Vec<Email<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    slack_configs: Vec<Slack<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pagerduty_configs: Vec<PagerDuty>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opsgenie_configs: Vec<Opsgenie>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    msteamsv2_configs: Vec<Teams>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhook_configs: Vec<Webhook<'a>>,
}

#[derive(Debug, Serialize)]
struct Email<'a> {
    to: &'a str,
    send_resolved: bool,
    headers: FlowMap<Entries<&'static str, &'static str>>,
    /// Empty: else the text comes with a second form of it, which says other things.
    html: &'static str,
    text: &'static str,
}

#[derive(Debug, Serialize)]
struct Slack<'a> {
    api_url_file: String,
    channel: &'a str,
    send_resolved: bool,
    title: &'static str,
    text: &'static str,
}

#[derive(Debug, Serialize)]
struct PagerDuty {
    routing_key_file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    send_resolved: bool,
    severity: &'static str,
    description: &'static str,
}

#[derive(Debug, Serialize)]
struct Opsgenie {
    api_key_file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_url: Option<String>,
    send_resolved: bool,
    message: &'static str,
    description: &'static str,
    priority: &'static str,
}

#[derive(Debug, Serialize)]
struct Teams {
    webhook_url_file: String,
    send_resolved: bool,
    title: &'static str,
    text: &'static str,
}

#[derive(Debug, Serialize)]
struct Webhook<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_file: Option<String>,
    send_resolved: bool,
}

impl<'a> Receiver<'a> {
    /// A receiver that is told nothing.
    fn empty(name: &'a str) -> Self {
        Self {
            name,
            email_configs: Vec::new(),
            slack_configs: Vec::new(),
            pagerduty_configs: Vec::new(),
            opsgenie_configs: Vec::new(),
            msteamsv2_configs: Vec::new(),
            webhook_configs: Vec::new(),
        }
    }

    fn add(&mut self, platform: &Platform, way: &'a Integration) {
        let send_resolved = way.resolved;
        match &way.channel {
            Channel::Email(to) => self.email_configs.push(Email {
                to,
                send_resolved,
                headers: FlowMap(Entries(vec![("Subject", TITLE)])),
                html: "",
                text: TEXT,
            }),
            Channel::Slack(channel, webhook) => self.slack_configs.push(Slack {
                api_url_file: secret_path(platform, *webhook),
                channel,
                send_resolved,
                title: TITLE,
                text: TEXT,
            }),
            Channel::PagerDuty(key) => self.pagerduty_configs.push(PagerDuty {
                routing_key_file: secret_path(platform, *key),
                url: address(platform, way, "v2/enqueue"),
                send_resolved,
                severity: PAGERDUTY_SEVERITY,
                description: TITLE,
            }),
            Channel::Opsgenie(key) => self.opsgenie_configs.push(Opsgenie {
                api_key_file: secret_path(platform, *key),
                api_url: address(platform, way, ""),
                send_resolved,
                message: TITLE,
                description: TEXT,
                priority: OPSGENIE_PRIORITY,
            }),
            Channel::Teams(webhook) => self.msteamsv2_configs.push(Teams {
                webhook_url_file: secret_path(platform, *webhook),
                send_resolved,
                title: TITLE,
                text: TEXT,
            }),
            Channel::Webhook(address) | Channel::Heartbeat(address) => {
                let (url, url_file) = match address {
                    Address::Text(text) => (Some(text.as_str()), None),
                    Address::Secret(secret) => (None, Some(secret_path(platform, *secret))),
                };
                self.webhook_configs.push(Webhook { url, url_file, send_resolved });
            }
        }
    }
}

/// Everybody, and nobody.
pub(super) fn receivers<'a>(platform: &'a Platform, nobody: &'a str) -> Vec<Receiver<'a>> {
    let mut receivers = vec![Receiver::empty(nobody)];
    for receiver in platform.receivers() {
        let mut lowered = Receiver::empty(&receiver.name);
        receiver.integrations.iter().for_each(|way| lowered.add(platform, way));
        receivers.push(lowered);
    }
    receivers
}

/// The path of a secret's file.
pub(super) fn secret_path(platform: &Platform, secret: InputId) -> String {
    platform[secret].file_path()
}

/// The address of a service whose host the source names: there are several, by region.
pub(in crate::target) fn address(platform: &Platform, way: &Integration, path: &str) -> Option<String> {
    let endpoint = platform[way.via?].endpoint()?;
    let port = if endpoint.port == 443 { String::new() } else { format!(":{}", endpoint.port) };
    Some(format!("https://{}{port}/{path}", endpoint.host))
}
