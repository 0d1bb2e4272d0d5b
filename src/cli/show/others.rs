//! What is shown beside services: groups, receivers, environments, and the ports and volumes of services.

use super::Lines;
use crate::cli::route;
use crate::diagnostic::Sink;
use crate::platform::Platform;
use crate::source::Sources;
use crate::syntax::{self, Entry};
use crate::view::{Model, Said};

/// The names of the volumes that services have of their own: `db.data`.
pub(super) fn own_volumes(model: &Model) -> Vec<String> {
    let of_one = |service: &crate::view::Service| {
        let volumes = service.mounts.iter().filter(|mount| mount.kind == "volume");
        let volumes = volumes.map(|mount| format!("{}.{}", service.path, short(&mount.name, &service.name)));
        volumes.collect::<Vec<String>>()
    };
    model.services.iter().flat_map(of_one).collect()
}

/// A volume as its service calls it.
fn short<'a>(volume: &'a str, service: &str) -> &'a str {
    volume.strip_prefix(service).map_or(volume, |rest| rest.trim_start_matches('-'))
}

/// What is called so.
pub(super) fn things(model: &Model, platform: &Platform, sources: &Sources, name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for service in &model.services {
        for port in service.ports.iter().filter(|port| format!("{}.{}", service.path, port.name) == name) {
            let mut lines = Lines::new("port", name, None, Some(&port.said));
            lines.add("number", &port.number.to_string(), None);
            lines.add("protocol", port.protocol, None);
            let published = match (&port.published_to, port.host_port) {
                (Some(to), Some(host)) => format!("to {to} as {host}"),
                _ => "no".to_owned(),
            };
            lines.add("published", &published, None);
            let reaching = model
                .connections
                .iter()
                .filter(|it| !it.outside && it.to == service.path && it.port == Some(port.number));
            lines.all(
                "is reached by",
                reaching.map(|it| (format!("{} ({})", it.from, it.cause), Some(&it.said))),
            );
            let routes = model.sites.iter().flat_map(|site| {
                let here = site.routes.iter().filter(|route| route.to == name);
                here.map(|route| (format!("{} {}", site.name, route.path), Some(&route.said)))
            });
            lines.all("routes", routes);
            out.push(lines.text());
        }
        for mount in service.mounts.iter().filter(|mount| mount.kind == "volume") {
            if format!("{}.{}", service.path, short(&mount.name, &service.name)) == name {
                let mut lines = Lines::new("volume", name, None, mount.said.as_ref());
                lines.add("in artifacts", &mount.name, None);
                lines.add("path", &mount.path, None);
                lines.add("must be kept", if mount.backup { "yes" } else { "no" }, None);
                let backups = model.backups.iter().filter(|it| it.of == service.path);
                lines.all(
                    "backups",
                    backups.map(|it| (format!("{} to {}", it.name, it.to.join(", ")), Some(&it.said))),
                );
                out.push(lines.text());
            }
        }
    }
    for group in platform.groups.iter().filter(|group| group.name == name) {
        let declared = declared(sources, "group", name);
        let place = declared.first().map(|(_, said)| said);
        let mut lines = Lines::new("group", name, group.description.as_deref(), place);
        if group.title != group.name {
            lines.add("title", &group.title, None);
        }
        if let Some(profile) = &group.profile {
            lines.add("started with", &format!("the profile {profile}"), None);
        }
        let inner = declared.iter().flat_map(|(entry, _)| entry.entries());
        let defaults = inner.filter(|entry| entry.key.text == "defaults").flat_map(Entry::entries);
        let defaults = defaults.map(|entry| (written(sources, entry), Said::at(sources, entry.head())));
        let defaults: Vec<(String, Said)> = defaults.collect();
        lines.all("defaults", defaults.iter().map(|(text, said)| (text.clone(), Some(said))));
        let members = model.services.iter().filter(|it| it.group.as_deref() == Some(name));
        lines.all("services", members.map(|it| (it.path.clone(), Some(&it.said))));
        out.push(lines.text());
    }
    for receiver in platform.receivers().filter(|receiver| receiver.name == name) {
        let mut lines = Lines::new("receiver", name, None, Some(&Said::at(sources, receiver.span)));
        let ways = receiver.integrations.iter();
        lines.all("by", ways.map(|way| (route::integration(platform, way), None)));
        lines.all("where", receiver.matches.iter().map(|one| (route::condition(one), None)));
        lines.add("again every", &receiver.repeat.to_string(), None);
        let start = format!("{name}:");
        let unsure = format!("{name}, where");
        let told = model.alerts.iter().zip(&platform.observed.alerts).filter(|(_, alert)| {
            let lines = route::receivers(platform, alert);
            lines.iter().any(|line| line.starts_with(&start) || line.starts_with(&unsure))
        });
        let mut named: Vec<(&str, &Said, usize)> = Vec::new();
        for (alert, _) in told {
            match named.iter_mut().find(|(name, ..)| *name == alert.name) {
                Some((_, _, number)) => *number += 1,
                None => named.push((&alert.name, &alert.said, 1)),
            }
        }
        let times =
            |number: usize| if number > 1 { format!(" ({number} of this name)") } else { String::new() };
        lines.all(
            "of",
            named.iter().map(|(name, said, number)| (format!("{name}{}", times(*number)), Some(*said))),
        );
        out.push(lines.text());
    }
    out.extend(environment(sources, name));
    out
}

/// The blocks of a kind and a name at the top level of the sources, each with its place.
fn declared(sources: &Sources, key: &str, name: &str) -> Vec<(Entry, Said)> {
    let files = sources.own_ids().map(|id| syntax::parse(sources, id, &mut Sink::default()));
    let is_it =
        |entry: &Entry| entry.key.text == key && entry.label.as_ref().is_some_and(|label| label.text == name);
    let found = files.flat_map(|file| file.entries).filter(is_it);
    let with_place = |entry: Entry| {
        let said = Said::at(sources, entry.head());
        (entry, said)
    };
    found.map(with_place).collect()
}

/// An entry as it is written, on one line.
fn written(sources: &Sources, entry: &Entry) -> String {
    let (head, value, body) = (entry.head(), entry.value.as_ref(), entry.body.as_ref());
    let end = body.map(|body| body.span).or(value.map(|value| value.span));
    let text = sources.text(end.map_or(head, |end| head.to(end)));
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// What an environment changes, block by block, as it stands in the sources.
fn environment(sources: &Sources, name: &str) -> Option<String> {
    let found = declared(sources, "environment", name);
    let (_, said) = found.first()?;
    let mut lines = Lines::new("environment", name, None, Some(said));
    lines.add("writes", &format!("infrac build --env {name}, to build/{name}/"), None);
    let changes: Vec<(String, Said)> = found
        .iter()
        .flat_map(|(entry, _)| entry.entries())
        .map(|entry| {
            let label = entry.label.as_ref().map(|label| format!(" {}", label.text)).unwrap_or_default();
            let keys: Vec<&str> = entry.entries().iter().map(|inner| inner.key.text.as_str()).collect();
            let keys = if keys.is_empty() { String::new() } else { format!(": {}", keys.join(", ")) };
            (format!("{}{label}{keys}", entry.key.text), Said::at(sources, entry.head()))
        })
        .collect();
    lines.all("changes", changes.iter().map(|(text, said)| (text.clone(), Some(said))));
    Some(lines.text())
}
