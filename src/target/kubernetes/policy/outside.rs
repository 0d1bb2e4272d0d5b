//! What passes between a service and the outside.

use std::net::IpAddr;

use super::{Rule, Rules, peer, reached};
use crate::hash::IndexMap;
use crate::platform::{OutsideId, OutsideKind, Platform, Service};

/// The rules of a service for what is outside of the cluster.
pub(super) fn connect(platform: &Platform, service: &Service, rules: &mut Rules) {
    for (outside, causes) in reached(platform, service) {
        rules.egress.extend(to(platform, outside, &causes.join(", ")));
    }
    rules.ingress.extend(from(platform, service));
}

/// What a service reaches: ranges exactly, and any address of the internet in place of a name, which a policy cannot
/// say.
fn to(platform: &Platform, outside: OutsideId, causes: &str) -> Vec<Rule> {
    let outside = &platform[outside];
    let reason = |what: &str| format!("To {}{what}: {causes}", outside.name);
    match outside.kind {
        OutsideKind::Internet => {
            vec![Rule { reason: vec![reason("")], peers: peer::public(), ports: Vec::new() }]
        }
        OutsideKind::Localhost => {
            let (peers, wide) = peer::nodes(platform);
            let reason = [reason(", the node")].into_iter().chain(wide.map(str::to_owned)).collect();
            vec![Rule { reason, peers, ports: Vec::new() }]
        }
        OutsideKind::Declared => {
            let ranges = outside.ranges.iter().map(|range| peer::range(range));
            if outside.endpoints.is_empty() {
                return vec![Rule { reason: vec![reason("")], peers: ranges.collect(), ports: Vec::new() }];
            }
            let mut rules = Vec::new();
            let mut named: IndexMap<u16, Vec<&str>> = IndexMap::default();
            for endpoint in &outside.endpoints {
                match endpoint.host.trim_matches(['[', ']']).parse::<IpAddr>() {
                    Ok(address) => {
                        let length = if address.is_ipv4() { 32 } else { 128 };
                        rules.push(Rule {
                            reason: vec![reason("")],
                            peers: vec![peer::range(&format!("{address}/{length}"))],
                            ports: vec![peer::number(endpoint.port, "TCP")],
                        });
                    }
                    Err(_) => named.entry(endpoint.port).or_default().push(&endpoint.host),
                }
            }
            for (port, hosts) in named {
                rules.push(Rule {
                    reason: vec![
                        reason(&format!(", {}", hosts.join(" and "))),
                        "  Opened for every address of the internet: a policy knows no names.".to_owned(),
                    ],
                    peers: peer::public().into_iter().chain(ranges.clone()).collect(),
                    ports: vec![peer::number(port, "TCP")],
                });
            }
            rules
        }
    }
}

/// Who comes in at the ports that a service publishes. Those of the host itself come by `kubectl port-forward`, which policies
/// do not see.
fn from(platform: &Platform, service: &Service) -> Vec<Rule> {
    let published = service.ports.iter().filter_map(|port| Some((port, port.publish.as_ref()?)));
    published
        .filter_map(|(port, publish)| {
            let outside = &platform[publish.to];
            let ports = vec![peer::port(port)];
            match outside.kind {
                OutsideKind::Localhost => None,
                OutsideKind::Internet => Some(Rule {
                    reason: vec![format!("From everywhere to {}: published", port.name)],
                    peers: Vec::new(),
                    ports,
                }),
                OutsideKind::Declared => Some(Rule {
                    reason: vec![format!("From {} to {}: published", outside.name, port.name)],
                    peers: outside.ranges.iter().map(|range| peer::range(range)).collect(),
                    ports,
                }),
            }
        })
        .collect()
}
