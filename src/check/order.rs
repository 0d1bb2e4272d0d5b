//! Order: what waits for what, and whether that can come to be.

use super::address::{Address, Directory, Named, Place, Said};
use super::network;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::{HashMap, HashSet};
use crate::origins::{HealthOrigin, Origins};
use crate::platform::{Condition, Dependency, Platform, Port, RunKind, Service, ServiceId};

/// DEP001 and DEP003: conditions that never come to be.
pub(super) fn conditions(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        for dependency in service.dependencies.iter().filter(|dependency| dependency.said) {
            let on = &platform[dependency.on];
            if dependency.condition == Condition::Healthy && on.is_job() {
                sink.report(
                    Diagnostic::new(
                        codes::DEP003,
                        format!(
                            "`{}` waits for the health of `{}`, which is a job and ends",
                            service.path, on.path
                        ),
                    )
                    .about(&service.path)
                    .at(dependency.span, "waits for its health")
                    .at(on.span, "runs once")
                    .help(format!("write `wait {} = completed`, or `after = [{}]`", on.path, on.path)),
                );
            } else if dependency.condition == Condition::Healthy
                && dependency.said
                && !on.health.can_run_inside()
            {
                sink.report(
                    Diagnostic::new(
                        codes::DEP001,
                        format!(
                            "`{}` waits for the health of `{}`, which has no health check",
                            service.path, on.path
                        ),
                    )
                    .about(&service.path)
                    .at(dependency.span, "waits for its health")
                    .at(
                        origins.service(on.id).health().map_or(on.span, HealthOrigin::span),
                        "has no check that runs in its container",
                    )
                    .help(format!("write `wait {} = started`, or give it a `health` block", on.path)),
                );
            } else if dependency.condition == Condition::Completed && on.run != RunKind::Once {
                sink.report(
                    Diagnostic::new(
                        codes::DEP003,
                        format!(
                            "`{}` waits for the end of `{}`, which is no job that runs once",
                            service.path, on.path
                        ),
                    )
                    .about(&service.path)
                    .at(dependency.span, "waits for its end")
                    .at(on.span, "does not run once")
                    .help(format!("write `wait {} = healthy`, or `run = once` at `{}`", on.path, on.path)),
                );
            }
        }
    }
}

/// DEP004: a wait for a service that does not start with the one that waits.
pub(super) fn absent(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        for dependency in service.dependencies.iter().filter(|dependency| dependency.said) {
            let on = &platform[dependency.on];
            let waits = format!("`{}` waits for `{}`", service.path, on.path);
            if on.run == RunKind::Schedule && dependency.condition == Condition::Started {
                sink.report(
                    Diagnostic::new(codes::DEP004, format!("{waits}, which runs on a schedule only"))
                        .about(&service.path)
                        .at(dependency.span, "waits for its start")
                        .at(origins.service(on.id).run().unwrap_or(on.span), "runs when it is due")
                        .help("take the `wait` out"),
                );
                continue;
            }
            let Some(profile) = platform.profile(on) else { continue };
            // `started` weakens what a reference derives; the others insist.
            let insists = matches!(dependency.condition, Condition::Healthy | Condition::Completed);
            if on.is_job() && dependency.condition == Condition::Healthy
                || !insists
                || platform.profile(service) == Some(profile)
            {
                continue;
            }
            let own = match platform.profile(service) {
                Some(own) => format!("`{}` starts with the profile `{own}`", service.path),
                None => format!("`{}` starts without any profile", service.path),
            };
            sink.report(
                Diagnostic::new(
                    codes::DEP004,
                    format!("{waits}, which starts only with the profile `{profile}`"),
                ).about(&service.path)
                .at(dependency.span, "insists on it")
                .at(origins.service(on.id).group().unwrap_or(on.span), "its group has the profile")
                .at(origins.service(service.id).group().unwrap_or(service.span), own)
                .help(format!(
                    "take the `wait` out: what is referred to, or named in `after`, is waited for where it starts; or put `{}` into the same profile",
                    service.path
                )),
            );
        }
    }
}

/// DEP005 and NET001: text that names a service without a reference, so that nothing is known of the connection, and
/// text that names one which is not reached.
pub(super) fn literals<'a>(platform: &'a Platform, named: &Named<'a>, sink: &mut Sink) {
    let directory = Directory::new(&platform.services);
    let mut listening = Listening::default();
    for service in &platform.services {
        let by_service = named.by(service.id);
        if by_service.is_empty() {
            continue;
        }
        let mut naming = Naming { platform, origins: named.origins, service, told: HashSet::default() };
        for (said, address) in by_service {
            // What a check asks is no connection of the service.
            if said.place == Place::Health {
                continue;
            }
            for to in directory.named(address.host) {
                if sink.is_full() {
                    return;
                }
                naming.connects(to, *address, said, &mut listening, sink);
            }
        }
    }
}

/// The ports of services that texts name, by their numbers.
type Listening<'a> = HashMap<ServiceId, HashMap<u16, &'a Port>>;

/// A service whose texts name others.
struct Naming<'a> {
    platform: &'a Platform,
    origins: &'a Origins,
    service: &'a Service,
    told: HashSet<ServiceId>,
}

impl<'a> Naming<'a> {
    /// Reports the connection to a service that a text names, where nobody knows of it, or where it does not come to be.
    fn connects(
        &mut self,
        to: &'a Service,
        address: Address<'_>,
        said: &Said<'_>,
        listening: &mut Listening<'a>,
        sink: &mut Sink,
    ) {
        if self.told.contains(&to.id) {
            return;
        }
        let (platform, origins, service) = (self.platform, self.origins, self.service);
        // A file may speak of what it does not connect to.
        let apart = said.place != Place::File && network::apart(platform, origins, service, to);
        let known = is_known(platform, service, to);
        if known && !apart {
            return;
        }
        let number = address.port;
        // Of ports of one number the first is meant.
        let ports = listening
            .entry(to.id)
            .or_insert_with(|| to.ports.iter().rev().map(|port| (port.number, port)).collect());
        let port = number.and_then(|number| ports.get(&number).copied());
        if number.is_some() && port.is_none() {
            return;
        }
        self.told.insert(to.id);
        if apart {
            sink.report(network::by_text(platform, origins, service, to, said.span));
            return;
        }
        let port = port.or(to.ports.first());
        let alone = address.scheme.is_none() && address.port.is_none();
        let member = if alone { "host" } else { "address" };
        let name = if alone { to.name.clone() } else { address.text() };
        sink.report(
            Diagnostic::new(
                codes::DEP005,
                format!(
                    "`{}` connects to `{}` by a name in text, so the connection is not known",
                    service.path, to.path
                ),
            )
            .about(&service.path)
            .at(said.span, format!("names `{name}`"))
            .at(port.map_or(to.span, |port| port.span), "the service that is meant")
            .help(match port {
                // A file that `from` reads is taken as it is.
                _ if said.place == Place::File => format!(
                    "where the text stands in the source, refer to it: `${{{}}}`; a file that `from` reads stays as it is: write `after = [{}]`",
                    port.map_or_else(|| format!("{}.PORT.{member}", to.path), |port| format!("{}.{}.{member}", to.path, port.name)),
                    to.path
                ),
                Some(port) => format!(
                    "refer to it: `${{{}.{}.{member}}}`; then its network is checked, and it starts first",
                    to.path, port.name
                ),
                None => format!("declare its port, and refer to it; or write `after = [{}]`", to.path),
            }),
        );
    }
}

/// Whether the source says by itself that one has to do with the other, or need not be told.
fn is_known(platform: &Platform, from: &Service, to: &Service) -> bool {
    let host = |service: &Service| service.exception(|security| security.host_network);
    from.id == to.id
        || !to.runs()
        || host(from)
        || host(to)
        || from.starts_without.contains(&to.id)
        || from.dependencies.binary_search_by_key(&to.id, |dependency| dependency.on).is_ok()
        || platform.connects(from.id, to.id)
}

/// How many services of a cycle are told.
const MOST_SHOWN: usize = 8;

/// How many services of a cycle are named.
const MOST_NAMED: usize = 16;

/// DEP002: services that wait for each other.
pub(super) fn cycles(platform: &Platform, sink: &mut Sink) {
    // 0: not seen, 1: on the way, 2: done. Each service and each dependency is looked at once.
    let mut state = vec![0u8; platform.services.len()];
    // Where a service stands on the way.
    let mut place = vec![0usize; platform.services.len()];
    for start in 0..platform.services.len() {
        if state.get(start) != Some(&0) {
            continue;
        }
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = 1;
        place[start] = 0;
        while let Some(top) = way.last_mut() {
            let (at, next) = *top;
            top.1 += 1;
            let Some(dependency) = platform.services[at].dependencies.get(next) else {
                state[at] = 2;
                way.pop();
                continue;
            };
            let on = dependency.on.0;
            match state[on] {
                0 => {
                    state[on] = 1;
                    place[on] = way.len();
                    way.push((on, 0));
                }
                1 if !sink.is_full() => report(platform, &way[place[on]..], sink),
                _ => {}
            }
        }
    }
}

fn report(platform: &Platform, cycle: &[(usize, usize)], sink: &mut Sink) {
    let service = |at: usize| &platform[ServiceId(at)];
    let link = |from: usize, to: usize| -> Option<&Dependency> {
        service(from).dependencies.iter().find(|dependency| dependency.on.0 == to)
    };
    let Some(&(first, _)) = cycle.first() else { return };
    let mut names: Vec<String> =
        cycle.iter().take(MOST_NAMED).map(|(at, _)| format!("`{}`", service(*at).path)).collect();
    if cycle.len() > MOST_NAMED {
        names.push(format!("{} more", cycle.len() - MOST_NAMED));
    }
    names.push(format!("`{}`", service(first).path));
    let mut diagnostic =
        Diagnostic::new(codes::DEP002, format!("services wait for each other: {}", names.join(" → ")));
    for (at, (from, _)) in cycle.iter().enumerate().take(MOST_SHOWN) {
        let to = cycle.get(at + 1).map_or(first, |(to, _)| *to);
        if let Some(dependency) = link(*from, to) {
            let (from, to): (&Service, &Service) = (service(*from), service(to));
            diagnostic =
                diagnostic.at(dependency.span, format!("`{}` starts after `{}`", from.path, to.path));
        }
    }
    let last = service(cycle.last().map_or(first, |(last, _)| *last));
    let name = &service(first).path;
    sink.report(diagnostic.help(format!(
        "let one of them start without the other and try again: `wait {name} = nothing` in `{}`",
        last.path
    )));
}
