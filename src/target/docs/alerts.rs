//! Alerts: the table of them, and a runbook for each.

use std::collections::BTreeMap;

use serde::Serialize;

use super::commands::{Commands, back};
use super::markdown::{block, code, codes, line, paragraph, prose, words};
use super::place::{self, Place};
use super::services::{Command, inside, link};
use crate::formats;
use crate::platform::observe::Alert;
use crate::platform::receiver::LabelMatch;
use crate::platform::receiver::{Address, Channel, Integration, Receiver};
use crate::platform::tell::Fit;
use crate::platform::{InputId, Platform, Role, RunKind, Runtime, Service};
use crate::promql;

#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    page: String,
    severity: &'static str,
    summary: String,
    wait: String,
    of: String,
}

/// The alerts, each name once, in the order of the source.
fn by_name(platform: &Platform) -> Vec<(&str, Vec<&Alert>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut named: Vec<(&str, Vec<&Alert>)> = Vec::new();
    for alert in &platform.observed.alerts {
        let at = *places.entry(&alert.name).or_insert_with(|| {
            named.push((&alert.name, Vec::new()));
            named.len() - 1
        });
        named[at].1.push(alert);
    }
    named
}

fn annotation<'a>(alert: &'a Alert, name: &str) -> Option<&'a str> {
    alert.annotations.iter().find(|it| it.name == name).map(|it| it.text.as_str())
}

fn owners<'a>(platform: &'a Platform, alerts: &[&Alert]) -> Vec<&'a Service> {
    let mut owners: Vec<&Service> = Vec::new();
    for owner in alerts.iter().filter_map(|alert| alert.owner) {
        if !owners.iter().any(|known| known.id == owner) {
            owners.push(&platform[owner]);
        }
    }
    owners
}

/// How urgent it is.
fn severity(alert: &Alert) -> &'static str {
    alert.severity.as_ref().map_or("none", |severity| severity.word())
}

pub(super) fn rows(platform: &Platform) -> Vec<Row> {
    let row = |(name, alerts): (&str, Vec<&Alert>)| {
        let first = alerts[0];
        Row {
            name: code(name),
            page: format!("runbooks/{name}.md"),
            severity: severity(first),
            summary: annotation(first, "summary").map(prose).unwrap_or_default(),
            wait: first.wait.map(|it| code(&it.to_string())).unwrap_or_default(),
            of: codes(owners(platform, &alerts).iter().map(|it| it.name.as_str())),
        }
    };
    by_name(platform).into_iter().map(row).collect()
}

#[derive(Serialize)]
pub(super) struct Told {
    name: String,
    ways: Vec<String>,
    repeat: String,
    /// What it is notified of.
    of: String,
    only: String,
    perhaps: bool,
}

fn way(platform: &Platform, way: &Integration) -> String {
    let secret = |input: InputId| code(&platform[input].name);
    let address = |address: &Address| match address {
        Address::Text(text) => code(text),
        Address::Secret(input) => secret(*input),
    };
    let to = match &way.channel {
        Channel::Email(to) => code(to),
        Channel::Slack(channel, _) => code(channel),
        Channel::PagerDuty(input) | Channel::Opsgenie(input) | Channel::Teams(input) => secret(*input),
        Channel::Webhook(to) | Channel::Heartbeat(to) => address(to),
    };
    format!("{} {to}", way.channel.word())
}

fn told(platform: &Platform, receiver: &Receiver, perhaps: bool) -> Told {
    let hours =
        |at: Option<usize>| at.and_then(|at| platform.observed.hours.get(at)).map(|it| code(&it.name));
    Told {
        name: code(&receiver.name),
        ways: receiver.integrations.iter().map(|it| way(platform, it)).collect(),
        repeat: code(&receiver.repeat.to_string()),
        of: receiver.matches.iter().map(condition).collect::<Vec<_>>().join(", "),
        only: match (hours(receiver.only), hours(receiver.mute)) {
            (Some(hours), _) => format!("only in {hours}"),
            (None, Some(hours)) => format!("not in {hours}"),
            (None, None) => String::new(),
        },
        perhaps,
    }
}

/// What a label has to be.
fn condition(one: &LabelMatch) -> String {
    let not = if one.negated { "not " } else { "" };
    let values = one.values.iter().map(|wanted| code(&wanted.text)).collect::<Vec<_>>().join(" or ");
    format!("{} {not}{values}", code(&one.label))
}

pub(super) fn receivers(platform: &Platform) -> Vec<Told> {
    platform.receivers().map(|receiver| told(platform, receiver, false)).collect()
}

#[derive(Serialize)]
pub(super) struct Mute {
    sentence: String,
}

pub(super) fn mutes(platform: &Platform) -> Vec<Mute> {
    platform.observed.mutes.iter().map(|mute| Mute { sentence: paragraph(&mute.sentence) }).collect()
}

/// A page of an alert.
#[derive(Serialize)]
pub(super) struct Runbook {
    pub(super) file: String,
    generated: String,
    compose: bool,
    name: String,
    summary: String,
    severity: &'static str,
    forms: Vec<Form>,
    told: Vec<Told>,
    muted: Vec<String>,
    looks: Vec<String>,
    owners: Vec<Owner>,
    /// Whether it may be of so many services that the alert has to say which.
    many: bool,
    /// What every command begins with.
    base: String,
    place: Option<Place>,
    /// The command that goes back to the build before; empty where no script does, or none of them was deployed by it.
    back: String,
    dashboards: Vec<String>,
    /// Whether the page of the platform says what helps: how copies are taken and restored.
    copies: bool,
    route: String,
}

/// Alerts of the name that mean the same: several services may have one.
#[derive(Serialize)]
struct Form {
    description: String,
    queries: Vec<String>,
    wait: String,
}

#[derive(Serialize)]
struct Owner {
    name: String,
    link: String,
    state: String,
    log: String,
    save: String,
    again: String,
    /// Whether it measures others, which the alert is about.
    watches: bool,
    /// Whether it is shown how it is started again.
    restarts: bool,
    /// The command that has every certificate looked at; empty where it gets none.
    orders: String,
    /// Whether several of it run beside each other, so that those that run stay as they are.
    several: bool,
    down: Vec<String>,
    commands: Vec<Command>,
}

pub(super) fn runbooks(platform: &Platform, generated: &str) -> Vec<Runbook> {
    by_name(platform).iter().map(|(name, alerts)| runbook(platform, name, alerts, generated)).collect()
}

fn runbook(platform: &Platform, name: &str, alerts: &[&Alert], generated: &str) -> Runbook {
    let first = alerts[0];
    let owners = owners(platform, alerts);
    let scripts = platform.targets.contains(&&formats::SCRIPTS);
    let mut forms: Vec<Form> = Vec::new();
    for alert in alerts {
        let description = annotation(alert, "description").map(paragraph).unwrap_or_default();
        let wait = alert.wait.map(|it| code(&it.to_string())).unwrap_or_default();
        let query = block("promql", alert.query.text.trim());
        match forms.iter_mut().find(|known| known.description == description && known.wait == wait) {
            Some(form) if form.queries.contains(&query) => {}
            Some(form) => form.queries.push(query),
            None => forms.push(Form { description, queries: vec![query], wait }),
        }
    }
    let receivers = platform.receivers().filter_map(|receiver| {
        let fit = alerts.iter().map(|alert| platform.tells(receiver, alert)).max().unwrap_or(Fit::No);
        (fit != Fit::No).then(|| told(platform, receiver, fit == Fit::Perhaps))
    });
    let mut muted: Vec<String> = Vec::new();
    for (mute, by) in alerts.iter().flat_map(|alert| platform.muted_by(alert)) {
        let sentence = format!("while {} fires: {}", code(&by.name), line(&mute.sentence));
        if !muted.contains(&sentence) {
            muted.push(sentence);
        }
    }
    let family = |service: &Service| {
        let top = platform.top(service.id).id;
        platform.services.iter().filter(move |it| platform.top(it.id).id == top)
    };
    let steps = |of: &[&Service]| {
        let mut looks: Vec<String> = Vec::new();
        for guide in of.iter().filter_map(|service| service.guide.as_ref()) {
            for step in guide.looks.iter().filter(|(alert, _)| alert == name).flat_map(|(_, steps)| steps) {
                // A script is for those who have it.
                if step.contains("scripts/") && !scripts {
                    continue;
                }
                let step = paragraph(step);
                if !looks.contains(&step) {
                    looks.push(step);
                }
            }
        }
        looks
    };
    let of_family: Vec<&Service> = owners.iter().flat_map(|owner| family(owner)).collect();
    let mut looks = steps(&of_family);
    // An alert of the platform as a whole may be of any service, and one about a service may come from another one.
    if looks.is_empty() {
        looks = steps(&platform.services.iter().collect::<Vec<_>>());
    }
    let dashboards = platform.observed.dashboards.iter().filter(|dashboard| {
        dashboard
            .owner
            .is_some_and(|of| owners.iter().any(|it| platform.top(it.id).id == platform.top(of).id))
    });
    let named = named(platform, alerts, &owners);
    let of_whom: &[&Service] = if owners.is_empty() { &named } else { &owners };
    let many = of_whom.len() > FEW;
    let mut shown = shown(platform, &owners);
    shown.extend(named.iter().filter(|_| owners.is_empty() || !many));
    let of_compose = platform.runtime == Runtime::Compose;
    let deployed = of_compose && scripts && owners.iter().any(|owner| !watches(owner));
    Runbook {
        file: name.to_owned(),
        generated: generated.to_owned(),
        compose: platform.runtime == Runtime::Compose,
        name: words(name),
        summary: annotation(first, "summary").map(paragraph).unwrap_or_default(),
        severity: severity(first),
        forms,
        told: receivers.collect(),
        muted,
        looks,
        dashboards: dashboards.map(|it| line(&it.title)).collect(),
        copies: is_about_copies(alerts) || owners.iter().any(|owner| has_copies(platform, owner)),
        owners: shown
            .iter()
            .filter(|service| service.runs())
            .map(|service| {
                let is_owner = owners.iter().any(|owner| owner.id == service.id);
                owner(platform, service, is_owner && !many)
            })
            .collect(),
        many,
        base: Commands::of(platform).base(),
        place: place::place(platform),
        back: if deployed { back(platform) } else { String::new() },
        route: route(platform, name),
    }
}

/// Of more services than these a page shows the least.
const FEW: usize = 3;

/// The command that says who is notified of an alert.
fn route(platform: &Platform, name: &str) -> String {
    let environment = platform.environment.as_ref().map(|it| format!(" --env {it}")).unwrap_or_default();
    let runtime = match platform.runtime {
        runtime if platform.runtimes.first().is_none_or(|first| *first == runtime) => "",
        Runtime::Compose => " --on compose",
        Runtime::Kubernetes => " --on kubernetes",
    };
    format!("infrac route {name}{environment}{runtime}")
}

/// The services that an alert is about beside its owners: those whose scrape jobs an alert without an owner asks for, or one that
/// looks whether they answer; where it always fires, what notifies of it.
fn named<'a>(platform: &'a Platform, alerts: &[&Alert], owners: &[&Service]) -> Vec<&'a Service> {
    let is_about = |alert: &Alert, service: &Service| {
        let Some(parsed) = &alert.query.parsed else { return false };
        let selectors = parsed.selectors();
        if selectors.is_empty() {
            return service.role == Some(Role::Alerts);
        }
        let asks_whether_up = selectors.iter().any(|selector| {
            selector.metric.as_deref().is_some_and(|metric| metric == "up" || metric.ends_with("_up"))
        });
        (owners.is_empty() || asks_whether_up || parsed.calls(promql::ABSENT))
            && platform.observed.names_jobs_of(&alert.query, service.id)
    };
    let others = platform.services.iter().filter(|it| it.runs() && owners.iter().all(|own| own.id != it.id));
    others.filter(|service| alerts.iter().any(|alert| is_about(alert, service))).collect()
}

/// The services that a page shows: those that the alert is of, and before what looks at sites what serves them.
fn shown<'a>(platform: &'a Platform, owners: &[&'a Service]) -> Vec<&'a Service> {
    let mut shown: Vec<&Service> = Vec::new();
    if owners.iter().any(|owner| owner.role == Some(Role::Probe)) {
        shown.extend(platform.with_role(Role::Proxy));
        shown.extend(platform.with_role(Role::Certificates));
    }
    shown.retain(|it| owners.iter().all(|owner| owner.id != it.id));
    shown.extend(owners);
    shown
}

/// Whether the alerts of a service are about others: it looks at them from outside, or measures hosts and what runs there.
fn watches(service: &Service) -> bool {
    matches!(service.role, Some(Role::Probe | Role::ClusterState | Role::Kubelet))
        || (service.run == RunKind::EachHost
            && service.guide.as_ref().is_none_or(|guide| guide.down.is_empty()))
}

fn owner(platform: &Platform, service: &Service, restarts: bool) -> Owner {
    let commands = Commands::of(platform);
    let down: Vec<String> =
        service.guide.iter().flat_map(|it| &it.down).map(|step| paragraph(step)).collect();
    let watches = watches(service);
    let orders = service.role == Some(Role::Certificates) && !service.is_job();
    Owner {
        name: code(&service.name),
        link: format!("../INFRASTRUCTURE.md{}", link(service)),
        state: commands.state(service),
        log: commands.log(service),
        save: commands.save(service),
        again: commands.again(service),
        orders: if orders { commands.again(service) } else { String::new() },
        several: platform.runtime == Runtime::Compose && service.copies_on_one_host() > 1,
        restarts: restarts && !service.is_job() && (!watches || !down.is_empty()),
        watches,
        down,
        commands: inside(platform, service),
    }
}

/// Whether alerts ask for the metrics that scripts write of copies (`targets/scripts/lib/backup.sh`), or for CronJobs that take them.
pub(super) fn is_about_copies(alerts: &[&Alert]) -> bool {
    let selectors =
        alerts.iter().filter_map(|alert| alert.query.parsed.as_ref()).flat_map(|it| it.selectors());
    let mut metrics = selectors.filter_map(|selector| selector.metric.as_deref());
    metrics.any(|metric| metric.starts_with("backup_") || metric == "kube_cronjob_created")
}

/// Whether copies are taken of what a service keeps.
fn has_copies(platform: &Platform, service: &Service) -> bool {
    platform.backups.iter().any(|backup| backup.of == service.id)
}
