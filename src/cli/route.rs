//! `infrac route`: who is told of an alert, how, after what time, and what mutes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::project::Project;
use super::report::{Report, print};
use super::{Failure, Outcome, RouteArguments, meant};
use crate::Parsed;
use crate::diagnostic::Guarded;
use crate::diagnostic::{did_you_mean, list_of};
use crate::platform::Platform;
use crate::platform::observe::{Alert, TARGET_LABELS};
use crate::platform::receiver::{Address, Channel, Hours, Integration, LabelMatch, Receiver};
use crate::platform::tell::{self, Fit, NAME};
use crate::platform::whose::{Carried, WHOSE};

pub(super) fn run(arguments: &RouteArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.as_deref())?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let environments = parsed.environments();
    let runtime = arguments.on.map_or_else(|| parsed.runtime(), Into::into);
    let compilation = parsed.compile(&loader, arguments.env.as_deref(), runtime);
    let Some(platform) = &compilation.platform else {
        return Ok(report.errors(&compilation, &project));
    };
    let given: Vec<(&str, &str)> =
        arguments.labels.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
    let alerts = wanted(platform, &arguments.alert, &given, &environments)?;
    let blocks: Vec<String> = alerts.into_iter().map(|alert| told(platform, alert, &given)).collect();
    print(&Guarded::new(&blocks.join("\n")))?;
    Ok(Outcome::Fine)
}

/// The alerts of a name that can carry some labels.
fn wanted<'a>(
    platform: &'a Platform,
    name: &str,
    given: &[(&str, &str)],
    environments: &[String],
) -> Result<Vec<&'a Alert>, Failure> {
    let alerts = &platform.observed.alerts;
    let named: Vec<&Alert> = alerts.iter().filter(|alert| alert.name == name).collect();
    if named.is_empty() {
        // Several alerts of one name are one, as `show` lists them.
        let names: BTreeSet<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
        let help = meant::one_of(name, environments)
            .or_else(|| did_you_mean(name, names.iter().copied()).map(|help| help.text))
            .unwrap_or_else(|| format!("the platform has {} alerts", names.len()));
        return Err(Failure::Usage(format!("there is no alert `{name}`\n  help: {help}")));
    }
    let differs = |alert: &Alert| {
        given.iter().find_map(|(label, value)| {
            let others: Vec<(&str, &str)> =
                given.iter().filter(|(other, _)| other != label).copied().collect();
            match platform.carried_with(alert, label, &others) {
                Carried::Known(known) if known != *value => Some((*label, *value, vec![known.to_owned()])),
                Carried::OneOf(known) if !known.contains(value) => {
                    Some((*label, *value, known.into_iter().map(str::to_owned).collect()))
                }
                _ => None,
            }
        })
    };
    let fitting: Vec<&Alert> = named.iter().copied().filter(|alert| differs(alert).is_none()).collect();
    if let (true, Some((label, value, mut known))) =
        (fitting.is_empty(), named.first().and_then(|alert| differs(alert)))
    {
        // Of several alerts of the name each has its own.
        for (_, _, others) in named.iter().filter_map(|alert| differs(alert)).filter(|it| it.0 == label) {
            known.extend(others);
        }
        known.sort_unstable();
        known.dedup();
        let help = match known.as_slice() {
            [one] if one.is_empty() => {
                let labels = platform.labels_of(named[0]);
                format!("it always carries {}", list_of(labels.iter().map(|(label, _)| *label)))
            }
            [one] => format!("it is always `{one}`"),
            several => did_you_mean(value, several.iter().map(String::as_str)).map_or_else(
                || format!("it is one of {}", list_of(several.iter().map(String::as_str))),
                |help| help.text,
            ),
        };
        return Err(Failure::Usage(format!("`{name}` never carries `{label}={value}`\n  help: {help}")));
    }
    Ok(fitting)
}

/// Who is notified of an alert, a line for each receiver: its name, where it depends on the firing alert, and its ways.
pub(super) fn receivers(platform: &Platform, alert: &Alert) -> Vec<String> {
    let labels = labels(platform, alert, &[]);
    let labels: Vec<(&str, &str)> = labels.iter().map(|(label, value)| (*label, value.as_str())).collect();
    let carried = |label: &str| platform.carried_with(alert, label, &labels);
    let fits = platform.receivers().map(|receiver| (tell::fit(&receiver.matches, carried), receiver));
    let line = |(fit, receiver): (Fit, &Receiver)| {
        let ways: Vec<String> = receiver.integrations.iter().map(|way| integration(platform, way)).collect();
        format!("{}{}: {}", receiver.name, perhaps(fit, receiver, &carried), ways.join("; "))
    };
    fits.filter(|(fit, _)| *fit != Fit::No).map(line).collect()
}

/// The labels that an alert carries, as far as they are known, with those that are given.
fn labels<'a>(
    platform: &'a Platform,
    alert: &'a Alert,
    given: &[(&'a str, &'a str)],
) -> Vec<(&'a str, String)> {
    let mut labels = platform.labels_of(alert);
    for (label, value) in given {
        if !labels.iter().any(|(known, _)| known == label) {
            labels.push((label, value));
        }
    }
    // Where its series come from one job, it is that one's.
    if !labels.iter().any(|(known, _)| *known == TARGET_LABELS[0])
        && let Carried::OneOf(jobs) = platform.carried(alert, TARGET_LABELS[0])
        && let [job] = jobs.as_slice()
    {
        labels.push((TARGET_LABELS[0], job));
    }
    let mut all: Vec<(&str, String)> =
        labels.iter().map(|(label, value)| (*label, (*value).to_owned())).collect();
    for label in WHOSE {
        let known = labels.iter().any(|(known, _)| *known == label);
        let job = labels.iter().find(|(known, _)| *known == "job").map(|(_, job)| *job);
        let given: Vec<(&str, &str)> = job.map(|job| ("job", job)).into_iter().collect();
        match platform.carried_with(alert, label, &given) {
            Carried::Known(value) if !known && !value.is_empty() => all.push((label, value.to_owned())),
            _ => {}
        }
    }
    all
}

fn told(platform: &Platform, alert: &Alert, given: &[(&str, &str)]) -> String {
    let labels = labels(platform, alert, given);
    let labels: Vec<(&str, &str)> = labels.iter().map(|(label, value)| (*label, value.as_str())).collect();
    let shown: Vec<String> = labels
        .iter()
        .filter(|(label, _)| *label != NAME)
        .map(|(label, value)| format!("{label}={value}"))
        .collect();
    let mut out = format!("{} {}\n", alert.name, shown.join(" ")).replace(" \n", "\n");
    let carried = |label: &str| platform.carried_with(alert, label, &labels);
    let fits: Vec<(Fit, &Receiver)> = platform
        .receivers()
        .map(|receiver| (tell::fit(&receiver.matches, carried), receiver))
        .filter(|(fit, _)| *fit != Fit::No)
        .collect();
    if fits.is_empty() {
        out.push_str("\n  nobody is told\n");
    }
    for (fit, receiver) in fits {
        let _ = writeln!(out, "\n  {}{}", receiver.name, perhaps(fit, receiver, &carried));
        for way in &receiver.integrations {
            let _ = writeln!(out, "    {}", integration(platform, way));
        }
        let _ = writeln!(out, "    {}", times(alert, receiver));
        for line in hours(platform, receiver) {
            let _ = writeln!(out, "    {line}");
        }
    }
    let muted: Vec<String> = platform
        .muted_by(alert)
        .map(|(mute, by)| {
            let equal: Vec<&str> = mute.equal.iter().map(|(label, _)| label.as_str()).collect();
            let same =
                if equal.is_empty() { String::new() } else { format!(" with the same {}", list_of(equal)) };
            format!("  muted while `{}` fires{same}: {}\n", by.name, mute.sentence)
        })
        .collect();
    // Alerts of one name in several services mute alike.
    let mut seen = BTreeSet::new();
    let muted: Vec<String> = muted.into_iter().filter(|line| seen.insert(line.clone())).collect();
    if !muted.is_empty() {
        out.push('\n');
        out.extend(muted);
    }
    out
}

/// What the firing alert decides: the matches whose labels are not known yet.
fn perhaps<'a>(fit: Fit, receiver: &Receiver, carried: &impl Fn(&str) -> Carried<'a>) -> String {
    if fit == Fit::Yes {
        return String::new();
    }
    let open = receiver.matches.iter().filter(|one| tell::fits(one, &carried(&one.label)) == Fit::Perhaps);
    format!(", where {}", open.map(condition).collect::<Vec<_>>().join(" and "))
}

pub(super) fn condition(one: &LabelMatch) -> String {
    if let [wanted] = one.values.as_slice()
        && wanted.is_any_value()
    {
        return format!("it carries `{}`", one.label);
    }
    let values = list_of(one.values.iter().map(|wanted| wanted.text.as_str()));
    // A label has one of them.
    let values = if one.negated { values } else { values.replacen("` and `", "` or `", 1) };
    format!("`{}` is {}{values}", one.label, if one.negated { "none of " } else { "" })
}

pub(super) fn integration(platform: &Platform, way: &Integration) -> String {
    let word = way.channel.word();
    let address = |address: &Address| match address {
        Address::Text(text) => text.clone(),
        Address::Secret(secret) => platform[*secret].name.clone(),
    };
    let what = match &way.channel {
        Channel::Email(to) => to.clone(),
        Channel::Slack(channel, _) => channel.clone(),
        Channel::PagerDuty(secret) | Channel::Opsgenie(secret) | Channel::Teams(secret) => {
            platform[*secret].name.clone()
        }
        Channel::Webhook(to) | Channel::Heartbeat(to) => address(to),
    };
    let through = way.via.map(|via| format!(" through {}", platform[via].name)).unwrap_or_default();
    format!("{word} {what}{through}{}", if way.resolved { ", also when it ends" } else { "" })
}

fn times(alert: &Alert, receiver: &Receiver) -> String {
    let holds = alert.wait.map(|wait| format!("{wait} that it holds"));
    let gathers = (receiver.wait.0 > 0).then(|| format!("{} for its group", receiver.wait));
    let first: Vec<String> = holds.into_iter().chain(gathers).collect();
    let first =
        if first.is_empty() { "at once".to_owned() } else { format!("after {}", first.join(" and ")) };
    let group = list_of(receiver.group_by.iter().map(String::as_str));
    format!("{first}, again every {}; one message for each {group}", receiver.repeat)
}

fn hours(platform: &Platform, receiver: &Receiver) -> Vec<String> {
    let of = |at: Option<usize>| at.and_then(|at| platform.observed.hours.get(at));
    let only = of(receiver.only).map(|hours| format!("only in `{}`: {}", hours.name, span(hours)));
    let mute = of(receiver.mute).map(|hours| format!("not in `{}`: {}", hours.name, span(hours)));
    only.into_iter().chain(mute).collect()
}

fn span(hours: &Hours) -> String {
    let days = if hours.days.is_empty() { "every day".to_owned() } else { hours.days.join(", ") };
    let times: Vec<String> = hours.times.iter().map(|(from, to)| format!(" {from}-{to}")).collect();
    format!("{days}{} {}", times.join(","), hours.zone.as_deref().unwrap_or("UTC"))
}
