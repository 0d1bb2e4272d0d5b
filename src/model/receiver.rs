//! Who is told of alerts, how, and when.

use crate::schema::{Constant, Duration, List, Map, Reference, SecretName, Template, Word, Words, block};

block! {
    /// Who is told of which alerts. Every receiver whose `match` fits is told.
    "receiver" => Receiver / ReceiverField {
        label name = "What it is called.";
        /// The labels that alerts must carry, each with a value or a list of them; `*` in a value stands for
        /// any text, alone for any value. `alert` is their name; every alert has `severity`, those of services `service` and
        /// `group`. Alerts of severity `info` and `none` reach only receivers that name the alert or the severity.
        optional match_ as "match": Map<Words>,
        /// A mail address, or several with commas between them. The alerts service has the server (`smtp`).
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
        /// Who gives an alarm when it hears nothing: told every minute of alerts that always fire, which are
        /// those of severity `none` where `match` says nothing else.
        optional heartbeat: Heartbeat,
        /// When it is told again: after 1h where `match` asks for critical alerts alone, else after 12h.
        optional repeat: Duration,
        /// How long a group waits for more before it is told of first: 10s for critical alerts, 30s for others.
        optional wait: Duration,
        /// How long a group waits before it is told of what came later: at most 5m, so that `repeat` is a
        /// multiple of it.
        optional interval: Duration,
        /// The labels that make a group: `[alert, job]`.
        optional group_by: List<Word>,
        /// Whether it is told of the end, too. It is; a heartbeat is not.
        optional resolved: bool,
        /// The hours in which alone it is told.
        optional only: Reference,
        /// The hours in which it is not told.
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
        /// The outside that its messages go through.
        optional via: Reference,
    }
}

block! {
    /// A service of PagerDuty.
    "pagerduty" => PagerDuty / PagerDutyField {
        value key: SecretName = "The secret that holds the integration key of its Events API v2.";
        /// The outside that its messages go through, in place of `events.pagerduty.com:443`.
        optional via: Reference,
    }
}

block! {
    /// A team of Opsgenie.
    "opsgenie" => Opsgenie / OpsgenieField {
        value key: SecretName = "The secret that holds the key of its API integration.";
        /// The outside that its messages go through, in place of `api.opsgenie.com:443`.
        optional via: Reference,
    }
}

block! {
    /// A channel of Teams.
    "teams" => Teams / TeamsField {
        value webhook: SecretName = "The secret that holds the address of its workflow.";
        /// The outside that its messages go through.
        optional via: Reference,
    }
}

block! {
    /// An address that alerts are posted to.
    "webhook" => Webhook / WebhookField {
        value address: Template = "The address, or the secret that holds it.";
        /// The outside that its messages go through.
        optional via: Reference,
    }
}

block! {
    /// An address that hears of alerts that always fire.
    "heartbeat" => Heartbeat / HeartbeatField {
        value address: Template = "The address, or the secret that holds it.";
        /// The outside that its messages go through.
        optional via: Reference,
    }
}

block! {
    /// The mail server that a service tells people through.
    "smtp" => Smtp / SmtpField {
        /// The server: an outside with an endpoint.
        required via: Reference,
        /// The sender.
        optional from: Constant,
        /// The account.
        optional username: Constant,
        /// The secret that holds its password.
        optional password: SecretName,
        /// Whether the server must speak TLS. It must, unless this says `false`.
        optional tls: bool,
    }
}

block! {
    /// Hours of the week, for receivers that are told in them only, or not.
    "hours" => Hours / HoursField {
        label name = "What receivers call them.";
        /// The days, each a name or a range: `["monday:friday"]`. Every day, by default.
        optional days: List<Word>,
        /// When they begin, each day: `"08:00"`.
        optional from: Constant,
        /// When they end: `"18:00"`. Before `from`, they are the two ends of each day.
        optional to: Constant,
        /// The time zone: `"Europe/Berlin"`. UTC, by default.
        optional zone: Constant,
    }
}
