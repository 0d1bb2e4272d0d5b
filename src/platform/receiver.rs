//! Who is told of alerts, how, when, and what mutes them.

use super::{InputId, OutsideId};
use crate::notation::wildcard;
use crate::schema::Duration;
use crate::source::Span;

/// Who is told of which alerts.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// What it is called.
    pub name: String,
    /// What the labels of an alert must be: what the source says, and what goes without saying.
    pub matches: Vec<LabelMatch>,
    /// The ways it is told; without those that are reported.
    pub integrations: Vec<Integration>,
    /// Whether the source says no way at all.
    pub silent: bool,
    /// The labels that make a group.
    pub group_by: Vec<String>,
    /// Those that the source says, each with its place.
    pub group_by_said: Vec<(String, Span)>,
    /// How long a group waits before it is told of first.
    pub wait: Duration,
    /// How long a group waits before it is told of what came later.
    pub interval: Duration,
    /// When it is told again; a multiple of the interval.
    pub repeat: Duration,
    /// The hours in which alone it is told, an index into [`super::Observed::hours`].
    pub only: Option<usize>,
    /// The hours in which it is not told.
    pub mute: Option<usize>,
    /// The place of its name.
    pub span: Span,
    /// The place of its `match`, or its name.
    pub matches_span: Span,
}

impl Receiver {
    /// Whether it listens to alerts that always fire.
    #[must_use]
    pub fn is_heartbeat(&self) -> bool {
        self.integrations.iter().any(|way| matches!(way.channel, Channel::Heartbeat(_)))
    }
}

/// What a label must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelMatch {
    /// The label, as alerts carry it.
    pub label: String,
    /// The values, any of which fits; `*` stands for any text.
    pub values: Vec<Wanted>,
    /// Whether they must not be.
    pub negated: bool,
    /// The place of the label, where the source says it.
    pub span: Option<Span>,
}

/// A value that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The value, in which `*` stands for any text; alone for any value, so that the label must be there.
    pub text: String,
    /// The place, where the source says it.
    pub span: Option<Span>,
}

impl LabelMatch {
    /// A match that goes without saying.
    #[must_use]
    pub fn derived(label: &str, values: &[&str], negated: bool) -> Self {
        let values = values.iter().map(|text| Wanted { text: (*text).to_owned(), span: None });
        Self { label: label.to_owned(), values: values.collect(), negated, span: None }
    }

    /// Whether a value of the label fits; a label that is not there is empty.
    #[must_use]
    pub fn fits(&self, value: &str) -> bool {
        self.values.iter().any(|wanted| wanted.fits(value)) != self.negated
    }
}

impl Wanted {
    /// Whether it stands for several values.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.text.contains('*')
    }

    /// Whether it stands for every value that a label can have.
    #[must_use]
    pub fn is_any_value(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte == b'*')
    }

    /// Whether a value is this one.
    #[must_use]
    pub fn fits(&self, value: &str) -> bool {
        if self.is_any_value() {
            return !value.is_empty();
        }
        wildcard::fits(&self.text, value)
    }
}

/// A way of being told.
#[derive(Debug, Clone)]
pub struct Integration {
    /// What carries the message.
    pub channel: Channel,
    /// The outside that it goes through; `None` where the source says none, and for mail.
    pub via: Option<OutsideId>,
    /// Whether the end is told, too.
    pub resolved: bool,
    /// The place.
    pub span: Span,
}

/// What carries a message. What must stay secret is named, never said.
#[derive(Debug, Clone)]
pub enum Channel {
    /// Mail to addresses.
    Email(String),
    /// A channel of Slack, and its webhook.
    Slack(String, InputId),
    /// The key of a service of PagerDuty.
    PagerDuty(InputId),
    /// The key of a team of Opsgenie.
    Opsgenie(InputId),
    /// The webhook of a channel of Teams.
    Teams(InputId),
    /// An address.
    Webhook(Address),
    /// An address that hears of alerts that always fire.
    Heartbeat(Address),
}

impl Channel {
    /// The key of the source.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Slack(..) => "slack",
            Self::PagerDuty(_) => "pagerduty",
            Self::Opsgenie(_) => "opsgenie",
            Self::Teams(_) => "teams",
            Self::Webhook(_) => "webhook",
            Self::Heartbeat(_) => "heartbeat",
        }
    }

    /// The secret that holds the address of the receiver.
    #[must_use]
    pub fn secret_address(&self) -> Option<InputId> {
        match self {
            Self::PagerDuty(_) | Self::Opsgenie(_) => None,
            _ => self.secret(),
        }
    }

    /// The secret that it needs.
    #[must_use]
    pub fn secret(&self) -> Option<InputId> {
        match self {
            Self::Email(_) | Self::Webhook(Address::Text(_)) | Self::Heartbeat(Address::Text(_)) => None,
            Self::Slack(_, secret)
            | Self::PagerDuty(secret)
            | Self::Opsgenie(secret)
            | Self::Teams(secret)
            | Self::Webhook(Address::Secret(secret))
            | Self::Heartbeat(Address::Secret(secret)) => Some(*secret),
        }
    }
}

/// An address that messages are posted to.
#[derive(Debug, Clone)]
pub enum Address {
    /// As it is.
    Text(String),
    /// In a secret.
    Secret(InputId),
}

/// The mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The outside.
    pub via: OutsideId,
    /// The sender.
    pub from: Option<String>,
    /// The account.
    pub username: Option<String>,
    /// The secret that holds its password.
    pub password: Option<InputId>,
    /// Whether the server must speak TLS.
    pub tls: bool,
    /// The place of the block.
    pub span: Span,
}

/// What mutes what.
#[derive(Debug, Clone)]
pub struct Mute {
    /// The sentence it stands for.
    pub sentence: String,
    /// What the alert must be that explains the others.
    pub source: Vec<LabelMatch>,
    /// What the alerts must be that are not told meanwhile.
    pub target: Vec<LabelMatch>,
    /// Labels that both must carry with the same value, each with its place, where the source says it.
    pub equal: Vec<(String, Option<Span>)>,
}

/// Hours of the week.
#[derive(Debug, Clone)]
pub struct Hours {
    /// What receivers call them.
    pub name: String,
    /// The days, as names and ranges of names; empty where they are all meant.
    pub days: Vec<String>,
    /// The hours of each day, from and to; empty where the whole day is meant.
    pub times: Vec<(String, String)>,
    /// The time zone; UTC where there is none.
    pub zone: Option<String>,
    /// The place of their name.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, value, fits) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "a", true),
            ("a*", "ab", true),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*b*a", "aba", true),
            ("a*b*a", "aa", false),
            ("a*a", "a", false),
            ("*", "", false),
            ("*", "a", true),
            ("**", "", false),
            ("", "", true),
            ("*b*", "abc", true),
        ] {
            let wanted = Wanted { text: pattern.to_owned(), span: None };
            assert_eq!(wanted.fits(value), fits, "{pattern} {value}");
        }
    }
}
