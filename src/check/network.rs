//! Networks: connections that nothing carries, ways out that are none, and networks for nothing.

mod join;

use std::collections::BTreeSet;

use super::address::{self, Directory};
use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::hash::HashMap;
use crate::origins::Origins;
use crate::platform::{Cause, Edge, EdgeEnd, NetworkId, OutsideKind, Platform, Service, ServiceId};
use crate::source::Span;

/// NET001, NET002 and NET003: connections that no network carries.
pub(super) fn edges(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let broken = broken(platform, origins);
    for edge in &platform.edges {
        let from = &platform[edge.from];
        match edge.to {
            EdgeEnd::Service(to, port) => {
                if is_broken(platform, origins, edge) {
                    let told = between(platform, origins, edge, from, &platform[to], port);
                    sink.report(of_one_end(told, platform, origins, edge, &broken));
                }
            }
            EdgeEnd::Outside(outside) => {
                let outside = &platform[outside];
                if outside.kind != OutsideKind::Localhost && only_internal(platform, origins, from) {
                    sink.report(
                        Diagnostic::new(
                            codes::NET003,
                            format!(
                                "`{}` reaches `{}` outside, but all its networks are internal",
                                from.path, outside.name
                            ),
                        )
                        .about(&from.path)
                        .at(edge.span, format!("leads out, to `{}`", outside.name))
                        .because(no_way_out(from))
                        .at_cause(
                            origins.service(from.id).networks(),
                            format!(
                                "{} {} no way out",
                                names(platform, &from.networks),
                                has(from.networks.len())
                            ),
                        )
                        .help(way_out(platform, from)),
                    );
                }
            }
        }
    }
}

/// NET003: probes that are to look at sites from outside, and cannot get there.
pub(super) fn probes(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for job in platform.observed.jobs.iter().filter(|job| !job.probes.is_empty()) {
        let probe = &platform[job.service];
        // What it says to reach is told there.
        let said = |edge: &Edge| edge.from == probe.id && matches!(edge.to, EdgeEnd::Outside(_));
        if !only_internal(platform, origins, probe) || platform.edges.iter().any(said) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::NET003,
                format!("`{}` looks at sites from outside, but all its networks are internal", probe.path),
            )
            .about(&probe.path)
            .at(
                origins.service(probe.id).networks(),
                format!("{} {} no way out", names(platform, &probe.networks), has(probe.networks.len())),
            )
            .because(no_way_out(probe))
            .help(way_out(platform, probe)),
        );
    }
}

fn between(
    platform: &Platform,
    origins: &Origins,
    edge: &Edge,
    from: &Service,
    to: &Service,
    port: Option<usize>,
) -> Diagnostic {
    let number = port
        .and_then(|port| to.ports.get(port))
        .map(|port| format!(" on port {}", port.number))
        .unwrap_or_default();
    let told = if edge.cause == Cause::Scrape {
        Diagnostic::new(
            codes::NET002,
            format!("`{}` cannot scrape `{}`: they share no network", from.path, to.path),
        )
        .about(&from.path)
        .about(&to.path)
        .at(edge.span, format!("these metrics are scraped by `{}`{number}", from.path))
        .at(
            origins.service(to.id).networks(),
            format!("`{}` is on {}", to.path, names(platform, &to.networks)),
        )
        .at(
            origins.service(from.id).networks(),
            format!("`{}` is on {}", from.path, names(platform, &from.networks)),
        )
    } else {
        Diagnostic::new(
            codes::NET001,
            format!("`{}` connects to `{}`, but they share no network", from.path, to.path),
        )
        .about(&from.path)
        .about(&to.path)
        .at(edge.span, format!("this makes `{}` connect to `{}`{number}", from.path, to.path))
        .at(
            origins.service(from.id).networks(),
            format!("`{}` is on {}", from.path, names(platform, &from.networks)),
        )
        .at(
            origins.service(to.id).networks(),
            format!("`{}` is on {}", to.path, names(platform, &to.networks)),
        )
    };
    join::two(platform, origins, from, to).help(platform, origins, told)
}

/// Whether an edge joins services that share no network. Where a network could not be bound, that was reported.
fn is_broken(platform: &Platform, origins: &Origins, edge: &Edge) -> bool {
    let EdgeEnd::Service(to, _) = edge.to else { return false };
    let (from, to) = (&platform[edge.from], &platform[to]);
    let host = |service: &Service| service.exception(|security| security.host_network);
    let whole =
        |service: &Service| !host(service) && service.runs() && !origins.service(service.id).lacks_networks();
    edge.network.is_none() && whole(from) && whole(to)
}

/// Whether two services share no network, and no edge joins them that says so.
pub(super) fn apart(platform: &Platform, origins: &Origins, from: &Service, to: &Service) -> bool {
    let host = |service: &Service| service.exception(|security| security.host_network);
    let whole =
        |service: &Service| !host(service) && service.runs() && !origins.service(service.id).lacks_networks();
    from.id != to.id
        && whole(from)
        && whole(to)
        && !platform.connects(from.id, to.id)
        && !from.networks.iter().any(|network| to.networks.contains(network))
}

/// NET001: a text that names a service which shares no network.
pub(super) fn by_text(
    platform: &Platform,
    origins: &Origins,
    from: &Service,
    to: &Service,
    said: Span,
) -> Diagnostic {
    let told = Diagnostic::new(
        codes::NET001,
        format!("`{}` names `{}` in text, but they share no network", from.path, to.path),
    )
    .about(&from.path)
    .about(&to.path)
    .at(said, format!("names `{}`", to.path))
    .at(
        origins.service(from.id).networks(),
        format!("`{}` is on {}", from.path, names(platform, &from.networks)),
    )
    .at(origins.service(to.id).networks(), format!("`{}` is on {}", to.path, names(platform, &to.networks)));
    let told = join::two(platform, origins, from, to).help(platform, origins, told);
    match [from, to].into_iter().find(|end| end.networks.is_empty()) {
        Some(end) => told.because(format!("networks of {}", end.path)),
        None => told,
    }
}

/// The edges that break at a list of networks.
#[derive(Default)]
struct Broken {
    number: usize,
    /// The other ends of them.
    others: BTreeSet<ServiceId>,
    /// The networks that every other end of them is on.
    common: Option<BTreeSet<NetworkId>>,
}

fn broken(platform: &Platform, origins: &Origins) -> HashMap<Span, Broken> {
    let mut all: HashMap<Span, Broken> = HashMap::default();
    for edge in platform.edges.iter().filter(|edge| is_broken(platform, origins, edge)) {
        let EdgeEnd::Service(to, _) = edge.to else { continue };
        for (end, other) in [(edge.from, to), (to, edge.from)] {
            let broken = all.entry(origins.service(end).networks()).or_default();
            broken.number += 1;
            broken.others.insert(other);
            let others: BTreeSet<NetworkId> = platform[other].networks.iter().copied().collect();
            broken.common = Some(match broken.common.take() {
                Some(common) => common.intersection(&others).copied().collect(),
                None => others,
            });
        }
    }
    all
}

/// Says that an edge breaks at the end where others break as well, if one more network there carried them all.
fn of_one_end(
    mut told: Diagnostic,
    platform: &Platform,
    origins: &Origins,
    edge: &Edge,
    broken: &HashMap<Span, Broken>,
) -> Diagnostic {
    let EdgeEnd::Service(to, _) = edge.to else { return told };
    let ends = [edge.from, to].map(|end| &platform[end]);
    if let Some(end) = ends.into_iter().find(|end| end.networks.is_empty()) {
        told.origin = told.labels.iter().position(|label| label.span == origins.service(end.id).networks());
        return told.because(format!("networks of {}", end.path));
    }
    let shared = ends.into_iter().filter_map(|end| {
        let broken = broken.get(&origins.service(end.id).networks()).filter(|broken| broken.number > 1)?;
        let common: Vec<NetworkId> = broken.common.iter().flatten().copied().collect();
        if common.is_empty() {
            return None;
        }
        let others: Vec<&Service> = broken.others.iter().map(|id| &platform[*id]).collect();
        Some((broken.number, end, join::many(platform, origins, end, &others, &common)?))
    });
    let Some((_, end, join)) = shared.max_by_key(|(number, ..)| *number) else { return told };
    told.origin = told.labels.iter().position(|label| label.span == origins.service(end.id).networks());
    join.help(platform, origins, told)
        .because(format!("networks at {:?}", origins.service(end.id).networks()))
}

/// The cause that a service has no way out.
fn no_way_out(service: &Service) -> String {
    format!("no way out of {}", service.path)
}

fn only_internal(platform: &Platform, origins: &Origins, service: &Service) -> bool {
    !origins.service(service.id).lacks_networks()
        && !service.exception(|security| security.host_network)
        && service.networks.iter().all(|network| platform[*network].internal)
}

fn names(platform: &Platform, networks: &[NetworkId]) -> String {
    match networks {
        [] => "no network".to_owned(),
        networks => list_of(networks.iter().map(|network| platform[*network].name.as_str())),
    }
}

fn has(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}

fn way_out(platform: &Platform, service: &Service) -> String {
    match platform.networks.iter().find(|network| !network.internal) {
        Some(network) => {
            format!("add a network that is not internal to `{}`, such as `{}`", service.path, network.name)
        }
        None => "declare a network without `internal = true`, and put the service on it".to_owned(),
    }
}

/// NET004: a network with a single member.
pub(super) fn lonely(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    // The one network of a platform that declares none is nobody's to remove, and a name that leads nowhere may have been meant for
    // any of them.
    if !origins.declares_networks()
        || platform.services.iter().any(|service| origins.service(service.id).lacks_networks())
    {
        return;
    }
    // Whoever is to join it is named where a connection breaks.
    let broken: BTreeSet<ServiceId> = platform
        .edges
        .iter()
        .filter(|edge| is_broken(platform, origins, edge))
        .flat_map(|edge| match edge.to {
            EdgeEnd::Service(to, _) => vec![edge.from, to],
            EdgeEnd::Outside(_) => Vec::new(),
        })
        .collect();
    // In one walk over the services: with each network come more services to look through.
    let mut members: Vec<Vec<&Service>> = vec![Vec::new(); platform.networks.len()];
    for service in &platform.services {
        for network in &service.networks {
            if let Some(members) = members.get_mut(network.0) {
                members.push(service);
            }
        }
    }
    for (network, members) in platform.networks.iter().zip(&members) {
        // A single member of a network with a way out uses just that.
        let alone = match members.as_slice() {
            [] => true,
            [member] => network.internal && !broken.contains(&member.id),
            _ => false,
        };
        if !alone {
            continue;
        }
        let diagnostic = Diagnostic::new(
            codes::NET004,
            match members.first() {
                Some(member) => {
                    format!("`{}` is the only member of the internal network `{}`", member.path, network.name)
                }
                None => format!("no service is on the network `{}`", network.name),
            },
        );
        let diagnostic =
            members.first().into_iter().fold(diagnostic, |told, member| told.about(&member.path));
        let diagnostic = diagnostic.at(network.span, "declared here");
        let diagnostic = diagnostic
            .at_maybe(members.first().map(|member| origins.service(member.id).networks()), "its only member");
        sink.report(diagnostic.help("remove the network, or put who should talk over it on it"));
    }
}

/// NET006: a published port that answers nobody.
pub(super) fn published(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for service in &platform.services {
        if !only_internal(platform, origins, service) {
            continue;
        }
        for port in &service.ports {
            let Some(publish) = &port.publish else { continue };
            sink.report(
                Diagnostic::new(
                    codes::NET006,
                    format!(
                        "`{}` publishes port {}, but all its networks are internal: it answers nobody",
                        service.path, publish.host_port
                    ),
                )
                .about(&service.path)
                .because(no_way_out(service))
                .at(publish.span, "published here")
                .at_cause(
                    origins.service(service.id).networks(),
                    format!("only {}", names(platform, &service.networks)),
                )
                .help(way_out(platform, service)),
            );
        }
    }
}

/// NET005: a name that does not resolve, because one of both is on the network of the host.
pub(super) fn names_of_hosts(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let on_host = |service: &Service| service.exception(|security| security.host_network);
    if !platform.services.iter().any(on_host) {
        return;
    }
    let directory = Directory::new(&platform.services);
    for from in &platform.services {
        let mut told: Vec<(ServiceId, Span)> = Vec::new();
        for said in address::texts(from, origins) {
            let whole = said.host().into_iter().flat_map(|host| directory.named(host));
            let mut named: BTreeSet<ServiceId> = whole.map(|to| to.id).collect();
            address::addresses(&said, |address| named.extend(directory.named(address.host).map(|to| to.id)));
            told.extend(named.into_iter().map(|to| (to, said.span)));
        }
        for edge in platform.edges_from(from.id) {
            if let (
                EdgeEnd::Service(to, _),
                Cause::Scrape
                | Cause::Route
                | Cause::Forward
                | Cause::Alerting
                | Cause::Backup
                | Cause::Certificate,
            ) = (edge.to, edge.cause)
            {
                told.push((to, edge.span));
            }
        }
        for (to, span) in told {
            let to = &platform[to];
            if to.id != from.id && (on_host(from) || on_host(to)) {
                unresolved(from, to, origins, span, sink);
            }
        }
    }
}

fn unresolved(from: &Service, to: &Service, origins: &Origins, span: Span, sink: &mut Sink) {
    let security = |service: &Service| origins.service(service.id).security().unwrap_or(service.span);
    let to_host = to.exception(|security| security.host_network);
    let (excepted, help) = if to_host {
        (to, "it is reached through the host, by an address that is handed over; or take `host_network` out")
    } else {
        (from, "publish that port to `localhost` and name it as `127.0.0.1`; or take `host_network` out")
    };
    sink.report(
        Diagnostic::new(
            codes::NET005,
            format!("`{}` addresses `{}` by a name that does not resolve", from.path, to.path),
        )
        .about(&from.path)
        .about(&to.path)
        .at(span, format!("needs the name `{}`", to.name))
        .at(
            security(excepted),
            if to_host {
                format!("`{}` is on the network of the host, and has no name on others", to.path)
            } else {
                format!("`{}` is on the network of the host, where names of services mean nothing", from.path)
            },
        )
        .help(help),
    );
}
