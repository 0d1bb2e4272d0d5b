//! Receivers of alerts, their channels and hours.

use crate::schema::{Constant, Duration, List, Map, Reference, SecretName, Template, Word, Words, block};

block! {
    /// A person or a program that is notified of alerts. Every receiver whose `match` fits is notified.
    "receiver" => Receiver / ReceiverField {
        label name = "The name.";
        /// The labels that alerts must carry, each with a value or a list of them; `*` in a value stands for any text, alone
        /// for any value. `alert` is the name; every alert has `severity`, its own labels, `platform` and `environment`, and
        /// that of a service `service` and `group`. Alerts of severity `info` and `none` reach only receivers that name the
        /// alert or the severity.
        optional match_ as "match": Map<Words>,
        /// A mail address, or several with commas between them. The service with `role = alerts` has the server (`smtp`).
        optional email: Constant,
        /// A channel of Slack.
        optional slack: Slack,
        /// A service of PagerDuty.
        optional pagerduty: PagerDuty,
        /// A team of Opsgenie.
        optional opsgenie: Opsgenie,
        /// A channel of Teams.
        optional teams: Teams,
        /// Any other address that alerts are posted to.
        optional webhook: Webhook,
        /// An address that raises an alarm when it hears nothing. It is notified every minute of alerts that always fire: of
        /// severity `none` where `match` names nothing else.
        optional heartbeat: Heartbeat,
        /// The time after which the receiver is notified again: 1h where `match` has critical alerts alone, else 12h.
        optional repeat: Duration,
        /// The time that a new group waits for more alerts: 10s where `match` has critical alerts alone, else 30s.
        optional wait: Duration,
        /// The time that a group waits before it reports later alerts: at most 5m, and a part of `repeat`.
        optional interval: Duration,
        /// The labels that make a group: `[alert, job]`. A label that no alert carries is a warning.
        optional group_by: List<Word>,
        /// Whether the receiver is also notified of the end; by default yes, but for a heartbeat.
        optional resolved: bool,
        /// The hours in which alone the receiver is notified.
        optional only: Reference,
        /// The hours in which the receiver is not notified.
        optional mute: Reference,
    }
}

block! {
    /// A channel of Slack.
    "slack" => Slack / SlackField {
        /// The channel.
        required channel: Constant,
        /// The secret that holds the webhook's address.
        required webhook: SecretName,
        /// The outside that the messages go through.
        optional via: Reference,
    }
}

block! {
    /// A service of PagerDuty.
    "pagerduty" => PagerDuty / PagerDutyField {
        value key: SecretName = "The secret that holds the integration key of its Events API v2.";
        /// The outside that the messages go through, in place of `events.pagerduty.com:443`.
        optional via: Reference,
    }
}

block! {
    /// A team of Opsgenie.
    "opsgenie" => Opsgenie / OpsgenieField {
        value key: SecretName = "The secret that holds the key of its API integration.";
        /// The outside that the messages go through, in place of `api.opsgenie.com:443`.
        optional via: Reference,
    }
}

block! {
    /// A channel of Teams.
    "teams" => Teams / TeamsField {
        value webhook: SecretName = "The secret that holds the address of its workflow.";
        /// The outside that the messages go through.
        optional via: Reference,
    }
}

block! {
    /// An address that alerts are posted to. Text with a password, a token or a key is an error, and so is another host than
    /// that of `via`.
    "webhook" => Webhook / WebhookField {
        value address: Template = "The address, or the secret that holds it.";
        /// The outside that the messages go through.
        optional via: Reference,
    }
}

block! {
    /// An address that is notified of alerts that always fire.
    "heartbeat" => Heartbeat / HeartbeatField {
        value address: Template = "The address, or the secret that holds it.";
        /// The outside that the messages go through.
        optional via: Reference,
    }
}

block! {
    /// The mail server for notifications.
    "smtp" => Smtp / SmtpField {
        /// The server: an outside with an endpoint.
        required via: Reference,
        /// The sender.
        optional from: Constant,
        /// The account.
        optional username: Constant,
        /// The secret with the account's password.
        optional password: SecretName,
        /// Whether the server must speak TLS; `true` by default.
        optional tls: bool,
    }
}

block! {
    /// Hours of the week, in which receivers are notified, or not.
    "hours" => Hours / HoursField {
        label name = "The name that receivers use.";
        /// The days, each a name or a range: `["monday:friday"]`. Every day by default.
        optional days: List<Word>,
        /// The start of the hours on each day: `"08:00"`.
        optional from: Constant,
        /// The end of the hours on each day: `"18:00"`. Before `from`, they are the two ends of each day.
        optional to: Constant,
        /// The time zone: `"Europe/Berlin"`. UTC by default.
        optional zone: Constant,
    }
}
