//! Who is told: receivers with everything their ways of telling need, and the mail server.

use smol_str::SmolStr;

use super::constant::literal;
use super::hours;
use super::names::Symbol;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashMap;
use crate::model::{self, Document, Role, Severity};
use crate::platform::receiver::{Address, Channel, Integration, LabelMatch, Receiver, Smtp, Wanted};
use crate::platform::tell::NAME;
use crate::platform::{InputId, OutsideId, Platform, ValuePart};
use crate::schema::{Duration, List, Map, Reference, Template, Word, Words};
use crate::source::Span;

/// How long a group waits before it is told of what came later, at most.
const INTERVAL: Duration = Duration(300_000);

/// How often a heartbeat is told.
const BEAT: Duration = Duration(60_000);

/// A way of telling that leads out of the platform. Mail is none: it goes through the server of `smtp`.
pub(super) struct Way<'a> {
    /// The outside that the source names.
    pub(super) via: Option<&'a Reference>,
    /// The address, where the source may say it.
    pub(super) address: Option<&'a Template>,
    /// The place.
    pub(super) span: Span,
}

/// The ways of telling of a receiver.
pub(super) fn ways(receiver: &model::Receiver) -> Vec<Way<'_>> {
    let slack = receiver.slack.as_ref().map(|slack| (&slack.via, None, slack.span));
    let pagerduty = receiver.pagerduty.as_ref().map(|way| (&way.via, None, way.span));
    let opsgenie = receiver.opsgenie.as_ref().map(|way| (&way.via, None, way.span));
    let teams = receiver.teams.as_ref().map(|way| (&way.via, None, way.span));
    let webhook = receiver.webhook.as_ref().map(|way| (&way.via, Some(&way.address), way.span));
    let heartbeat = receiver.heartbeat.as_ref().map(|way| (&way.via, Some(&way.address), way.span));
    let ways = [slack, pagerduty, opsgenie, teams, webhook, heartbeat];
    ways.into_iter().flatten().map(|(via, address, span)| Way { via: via.as_ref(), address, span }).collect()
}

/// Everybody who is told.
pub(super) fn receivers(document: &Document, texts: &mut Texts<'_>) -> Vec<Receiver> {
    let hours = hours::places(document);
    document.receiver.iter().map(|block| receiver(block, &hours, texts)).collect()
}

fn receiver(block: &model::Receiver, hours: &HashMap<SmolStr, usize>, texts: &mut Texts<'_>) -> Receiver {
    let integrations = integrations(block, texts);
    let beats = block.heartbeat.is_some();
    let matches = matches(block, texts);
    let critical = Severity::Critical.word();
    let only_critical = matches.iter().any(|one| {
        one.label == "severity" && !one.negated && one.values.iter().all(|wanted| wanted.text == critical)
    });
    let repeat =
        not_zero("repeat", block.repeat, block.span, texts).unwrap_or(match (beats, only_critical) {
            (true, _) => BEAT,
            (_, true) => Duration(3_600_000),
            (_, false) => Duration(12 * 3_600_000),
        });
    let interval = not_zero("interval", block.interval, block.span, texts);
    if let Some(interval) = interval
        && !repeat.0.is_multiple_of(interval.0)
    {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, format!("`{repeat}` is no multiple of `{interval}`"))
                .at(block.span, "is told again only when an interval ends")
                .help("leave `interval` out: a fitting one of at most 5m is taken"),
        );
    }
    let group_by_said = group_by_said(block.group_by.as_ref(), texts);
    Receiver {
        name: block.name.text.as_str().to_owned(),
        integrations,
        silent: block.email.is_none()
            && ways(block).is_empty()
            && !texts.absent.lost.contains(&block.name.text),
        group_by: group_by(&group_by_said, block.group_by.is_some()),
        group_by_said,
        wait: block.wait.unwrap_or(match (beats, only_critical) {
            (true, _) => Duration(0),
            (_, true) => Duration(10_000),
            (_, false) => Duration(30_000),
        }),
        interval: interval.unwrap_or_else(|| interval_of(repeat)),
        repeat,
        only: block.only.as_ref().and_then(|name| texts.own_namespace(&name.0, "hours", hours)),
        mute: block.mute.as_ref().and_then(|name| texts.own_namespace(&name.0, "hours", hours)),
        matches,
        span: block.name.span,
        matches_span: block
            .match_
            .as_ref()
            .and_then(|map| map.entries.first())
            .map_or(block.name.span, |(name, _)| name.span),
    }
}

fn not_zero(key: &str, duration: Option<Duration>, span: Span, texts: &mut Texts<'_>) -> Option<Duration> {
    let duration = duration?;
    if duration.0 > 0 {
        return Some(duration);
    }
    texts.sink.report(
        Diagnostic::new(codes::TYP003, format!("`{key}` of a receiver is zero")).at(span, "more than zero"),
    );
    None
}

/// The longest interval, of at most [`INTERVAL`], that a time is a multiple of.
fn interval_of(repeat: Duration) -> Duration {
    let least = repeat.0.div_ceil(INTERVAL.0).max(1);
    let parts = (least..least + 1_000).find(|parts| repeat.0.is_multiple_of(*parts));
    parts.map_or(INTERVAL, |parts| Duration(repeat.0 / parts))
}

/// What the labels of alerts must be: what the source says, and what goes without saying.
fn matches(block: &model::Receiver, texts: &mut Texts<'_>) -> Vec<LabelMatch> {
    let said = block.match_.as_ref().map(|map| said(map, texts)).unwrap_or_default();
    let names = |label: &str| said.iter().any(|one| one.label == label);
    let quiet = [Severity::Info.word(), Severity::None.word()];
    let more = if names("severity") || names(NAME) {
        None
    } else if block.heartbeat.is_some() {
        Some(LabelMatch::derived("severity", &quiet[1..], false))
    } else {
        Some(LabelMatch::derived("severity", &quiet, true))
    };
    said.into_iter().chain(more).collect()
}

fn said(map: &Map<Words>, texts: &mut Texts<'_>) -> Vec<LabelMatch> {
    let mut found = Vec::with_capacity(map.entries.len());
    for (name, words) in &map.entries {
        let Some(label) = label(&name.text, name.span, texts) else { continue };
        let values = words.items.iter();
        let values: Vec<Wanted> =
            values.map(|word| Wanted { text: word.text.clone(), span: Some(word.span) }).collect();
        if values.is_empty() {
            texts.sink.report(
                Diagnostic::new(codes::TYP006, format!("`{}` is to be one of no values", name.text))
                    .at(name.span, "no alert fits")
                    .help("write a value, or take the line out"),
            );
            continue;
        }
        found.push(LabelMatch { label, values, negated: false, span: Some(name.span) });
    }
    found
}

/// A label as alerts carry it (prometheus/common:model/labels.go).
pub(super) fn label(name: &str, span: Span, texts: &mut Texts<'_>) -> Option<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(word) || name.starts_with(|c: char| c.is_ascii_digit()) {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{name}` cannot be the name of a label"))
                .at(span, "letters, digits and `_`, and no digit first"),
        );
        return None;
    }
    Some(if name == "alert" { NAME } else { name }.to_owned())
}

/// What stands for all labels (prometheus/alertmanager:docs/configuration.md, `group_by`).
const EVERY_LABEL: &str = "...";

/// The labels that the source says, each once.
fn group_by_said(said: Option<&List<Word>>, texts: &mut Texts<'_>) -> Vec<(String, Span)> {
    let items = said.map(|said| said.items.as_slice()).unwrap_or_default();
    if let [word] = items
        && word.text == EVERY_LABEL
    {
        return vec![(EVERY_LABEL.to_owned(), word.span)];
    }
    let mut labels: Vec<(String, Span)> = Vec::with_capacity(items.len());
    for word in items {
        let Some(label) = label(&word.text, word.span, texts) else { continue };
        if !labels.iter().any(|(known, _)| *known == label) {
            labels.push((label, word.span));
        }
    }
    labels
}

fn group_by(labels: &[(String, Span)], said: bool) -> Vec<String> {
    if said {
        labels.iter().map(|(label, _)| label.clone()).collect()
    } else {
        vec![NAME.to_owned(), "job".to_owned()]
    }
}

fn integrations(block: &model::Receiver, texts: &mut Texts<'_>) -> Vec<Integration> {
    let email =
        block.email.as_ref().map(|address| (Channel::Email(literal(address).to_owned()), address.span));
    let slack = block.slack.as_ref().and_then(|slack| {
        let channel = Channel::Slack(literal(&slack.channel).to_owned(), texts.secret(&slack.webhook)?);
        Some((channel, slack.span))
    });
    let pagerduty = block
        .pagerduty
        .as_ref()
        .and_then(|way| Some((Channel::PagerDuty(texts.secret(&way.key)?), way.span)));
    let opsgenie =
        block.opsgenie.as_ref().and_then(|way| Some((Channel::Opsgenie(texts.secret(&way.key)?), way.span)));
    let teams =
        block.teams.as_ref().and_then(|way| Some((Channel::Teams(texts.secret(&way.webhook)?), way.span)));
    let webhook = block
        .webhook
        .as_ref()
        .and_then(|way| Some((Channel::Webhook(address(&way.address, texts)?), way.span)));
    let heartbeat = block
        .heartbeat
        .as_ref()
        .and_then(|way| Some((Channel::Heartbeat(address(&way.address, texts)?), way.span)));
    let found = [email, slack, pagerduty, opsgenie, teams, webhook, heartbeat];
    let ways = ways(block);
    found
        .into_iter()
        .flatten()
        .map(|(channel, span)| Integration {
            via: ways.iter().find(|way| way.span == span).and_then(|way| outside(way.via?, texts)),
            resolved: block.resolved.unwrap_or(true) && !matches!(channel, Channel::Heartbeat(_)),
            channel,
            span,
        })
        .collect()
}

/// An outside; another thing is reported where connections are found.
fn outside(reference: &Reference, texts: &mut Texts<'_>) -> Option<OutsideId> {
    match texts.find(&reference.0, &mut Mentions::default())? {
        Thing::Outside(id) => Some(id),
        _ => None,
    }
}

/// An address: a secret, or text.
fn address(template: &Template, texts: &mut Texts<'_>) -> Option<Address> {
    let value = texts.template(template, &mut Mentions::default());
    if let [ValuePart::Input(input)] = value.parts.as_slice()
        && texts.is_secret(*input)
    {
        return Some(Address::Secret(*input));
    }
    if let Some(secret) = value.inputs().find(|input| texts.is_secret(*input)) {
        let is = |name: &str| matches!(texts.names.symbols.get(name), Some(&(Symbol::Input(at), _)) if at == secret.0);
        let name = texts.document.secret.iter().map(|secret| secret.name.text.as_str()).find(|name| is(name));
        let name = name.unwrap_or_default();
        texts.sink.report(
            Diagnostic::new(codes::PHA002, format!("the secret `{name}` would stand in an artifact"))
                .at(template.span, "every reader of the artifact would see it")
                .help("let a secret hold the whole address, and write its name here: it is read from a file"),
        );
        return None;
    }
    let literal = value.as_literal().is_some();
    let text = texts.literal(&value, template.span);
    let host = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    let sound = host.is_some_and(|(_, host)| {
        !host.is_empty()
            && !host.starts_with('/')
            && !host.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    // What could not be bound was reported.
    if sound || !literal || text.is_empty() {
        return literal.then_some(Address::Text(text));
    }
    texts.sink.report(
        // It may be the key of a hook: the text is not said again.
        Diagnostic::new(codes::TYP007, "this is no address that messages are posted to")
            .at(template.span, "starts with `https://` or `http://`"),
    );
    None
}

/// The mail server of who tells people.
pub(super) fn smtp(platform: &Platform, texts: &mut Texts<'_>) -> Option<Smtp> {
    let mut found = None;
    for service in &platform.services {
        let Some(block) = &texts.names.block(service.id).smtp else { continue };
        if service.role != Some(Role::Alerts) {
            texts.sink.report(
                Diagnostic::new(
                    codes::TYP008,
                    format!("`{}` tells nobody, and has a mail server", service.path),
                )
                .at(block.span, "for a service with `role = alerts`"),
            );
            continue;
        }
        let via = outside(&block.via, texts);
        let password = block.password.as_ref().and_then(|password| texts.secret(password));
        if let (Some(via), None) = (via, &found) {
            found = Some(Smtp {
                via,
                from: block.from.as_ref().map(|from| literal(from).to_owned()),
                username: block.username.as_ref().map(|name| literal(name).to_owned()),
                password,
                tls: block.tls.unwrap_or(true),
                span: block.via.0.span,
            });
        }
    }
    found
}

/// Hands the secrets of receivers and of the mail server over to who tells people, as files.
pub(super) fn hand_over(platform: &mut Platform) {
    let observed = &platform.observed;
    let ways = observed.receivers.iter().flat_map(|receiver| &receiver.integrations);
    let mails = ways.clone().any(|way| matches!(way.channel, Channel::Email(_)));
    let password = observed.smtp.as_ref().filter(|_| mails).and_then(|smtp| smtp.password);
    let mut secrets: Vec<InputId> =
        ways.clone().filter_map(|way| way.channel.secret()).chain(password).collect();
    secrets.sort_unstable();
    secrets.dedup();
    let addresses: Vec<InputId> = ways.filter_map(|way| way.channel.secret_address()).collect();
    for service in &mut platform.services {
        if service.role == Some(Role::Alerts) {
            service.secret_files.clone_from(&secrets);
        }
    }
    for InputId(address) in addresses {
        platform.inputs[address].is_address = true;
    }
    // Providers issue them, and a random text is none.
    for InputId(secret) in secrets {
        platform.inputs[secret].issued_elsewhere = true;
    }
}
