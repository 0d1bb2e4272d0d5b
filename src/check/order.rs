//! Order: what waits for what, and whether that can come to be.

use super::address::{self, Hosts, Place};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::model::{Condition, RunKind};
use crate::platform::{Dependency, EdgeEnd, Platform, Service, ServiceId};

/// DEP001 and DEP003: conditions that never come to be.
pub(super) fn conditions(platform: &Platform, sink: &mut Sink) {
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
                    .at(dependency.span, "waits for its health")
                    .at(on.span(), "runs once")
                    .help(format!("write `wait {} = completed`, or `after = [{}]`", on.path, on.path)),
                );
            } else if dependency.condition == Condition::Healthy && !on.health.can_be_waited_for() {
                sink.report(
                    Diagnostic::new(
                        codes::DEP001,
                        format!(
                            "`{}` waits for the health of `{}`, which has no health check",
                            service.path, on.path
                        ),
                    )
                    .at(dependency.span, "waits for its health")
                    .at(
                        on.block.health.as_ref().map_or(on.span(), |health| health.span),
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
                    .at(dependency.span, "waits for its end")
                    .at(on.span(), "does not run once")
                    .help(format!("write `wait {} = healthy`, or `run = once` at `{}`", on.path, on.path)),
                );
            }
        }
    }
}

/// DEP004: a wait for a service that does not start with the one that waits.
pub(super) fn absent(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        for dependency in service.dependencies.iter().filter(|dependency| dependency.said) {
            let on = &platform[dependency.on];
            let waits = format!("`{}` waits for `{}`", service.path, on.path);
            if on.run == RunKind::Schedule && dependency.condition == Condition::Started {
                sink.report(
                    Diagnostic::new(codes::DEP004, format!("{waits}, which runs on a schedule only"))
                        .at(dependency.span, "waits for its start")
                        .at(on.block.run.as_ref().map_or(on.span(), |run| run.span), "runs when it is due")
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
                )
                .at(dependency.span, "insists on it")
                .at(on.block.group.as_ref().map_or(on.span(), |group| group.0.span), "its group has the profile")
                .at(service.block.group.as_ref().map_or(service.span(), |group| group.0.span), own)
                .help(format!(
                    "take the `wait` out: what is referred to, or named in `after`, is waited for where it starts; or put `{}` into the same profile",
                    service.path
                )),
            );
        }
    }
}

/// DEP005: text that names a service without a reference, so that nothing is known of the connection.
pub(super) fn literals(platform: &Platform, sink: &mut Sink) {
    let hosts = Hosts::of(platform);
    for service in &platform.services {
        let mut told: Vec<ServiceId> = Vec::new();
        for said in address::texts(service) {
            // What a check asks is no connection of the service.
            if said.place == Place::Health {
                continue;
            }
            let addresses = address::addresses(&said);
            for to in hosts.named(addresses.iter().map(|found| found.host).chain(said.host())) {
                let right = |port: Option<u16>| {
                    port.is_none_or(|number| to.ports.iter().any(|port| port.number == number))
                };
                let named = addresses.iter().find(|found| {
                    found.host == to.name
                        && right(found.port)
                        && (found.scheme.is_some() || found.port.is_some())
                });
                if named.is_none() && said.host() != Some(&to.name)
                    || told.contains(&to.id)
                    || is_known(platform, service, to)
                {
                    continue;
                }
                told.push(to.id);
                let port =
                    to.ports.iter().find(|port| named.is_some_and(|named| named.port == Some(port.number)));
                let port = port.or(to.ports.first());
                let member = if named.is_some() { "address" } else { "host" };
                sink.report(
                    Diagnostic::new(
                        codes::DEP005,
                        format!(
                            "`{}` connects to `{}` by a name in text, so the connection is not known",
                            service.path, to.path
                        ),
                    )
                    .at(said.span, format!("names `{}`", named.map_or_else(|| to.name.clone(), address::Address::text)))
                    .at(port.map_or(to.span(), |port| port.span), "the service that is meant")
                    .help(match port {
                        Some(port) => format!(
                            "refer to it: `${{{}.{}.{member}}}`; then its network is checked, and it starts first",
                            to.path, port.name
                        ),
                        None => format!("declare its port, and refer to it; or write `after = [{}]`", to.path),
                    }),
                );
            }
        }
    }
}

/// Whether the source says by itself that one has to do with the other, or need not be told.
fn is_known(platform: &Platform, from: &Service, to: &Service) -> bool {
    let host = |service: &Service| service.exception(|security| security.host_network);
    from.id == to.id
        || !to.runs()
        || host(from)
        || host(to)
        || from.dependencies.iter().any(|dependency| dependency.on == to.id)
        || from.block.wait.iter().any(|wait| wait.service.text == to.path)
        || platform
            .edges_from(from.id)
            .iter()
            .any(|edge| matches!(edge.to, EdgeEnd::Service(end, _) if end == to.id))
}

/// How many services of a cycle are told.
const MOST_SHOWN: usize = 8;

/// DEP002: services that wait for each other.
pub(super) fn cycles(platform: &Platform, sink: &mut Sink) {
    // 0: not seen, 1: on the way, 2: done. Each service and each dependency is looked at once.
    let mut state = vec![0u8; platform.services.len()];
    for start in 0..platform.services.len() {
        if state.get(start) != Some(&0) {
            continue;
        }
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = 1;
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
                    way.push((on, 0));
                }
                1 => {
                    let from = way.iter().position(|(service, _)| *service == on).unwrap_or(0);
                    let cycle: Vec<usize> = way[from..].iter().map(|(service, _)| *service).collect();
                    report(platform, &cycle, sink);
                }
                _ => {}
            }
        }
    }
}

fn report(platform: &Platform, cycle: &[usize], sink: &mut Sink) {
    let service = |at: usize| &platform[ServiceId(at)];
    let link = |from: usize, to: usize| -> Option<&Dependency> {
        service(from).dependencies.iter().find(|dependency| dependency.on.0 == to)
    };
    let Some(&first) = cycle.first() else { return };
    let names: Vec<String> =
        cycle.iter().chain([&first]).map(|at| format!("`{}`", service(*at).path)).collect();
    let mut diagnostic =
        Diagnostic::new(codes::DEP002, format!("services wait for each other: {}", names.join(" → ")));
    for (at, from) in cycle.iter().enumerate().take(MOST_SHOWN) {
        let to = cycle.get(at + 1).copied().unwrap_or(first);
        if let Some(dependency) = link(*from, to) {
            let (from, to): (&Service, &Service) = (service(*from), service(to));
            diagnostic =
                diagnostic.at(dependency.span, format!("`{}` starts after `{}`", from.path, to.path));
        }
    }
    let last = service(cycle.last().copied().unwrap_or(first));
    let name = &service(first).path;
    sink.report(diagnostic.help(format!(
        "let one of them start without the other and try again: `wait {name} = nothing` in `{}`",
        last.path
    )));
}
