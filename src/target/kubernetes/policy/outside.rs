//! What passes between a service and the outside.

use std::net::IpAddr;

use super::{Rule, Rules, peer, reached};
use crate::hash::IndexMap;
use crate::platform::{OutsideId, OutsideKind, Platform, Service};

/// The rules of a service for what is outside of the cluster.
pub(super) fn connect(platform: &Platform, service: &Service, rules: &mut Rules) {
    let mut named = Named::default();
    for (outside, causes) in reached(platform, service) {
        rules.egress.extend(to(platform, outside, &causes.join(", "), &mut named));
    }
    rules.egress.extend(named.into_iter().map(|(port, names)| by_name(port, names)));
    rules.ingress.extend(from(platform, service));
}

/// What is reached by name: by port, the lines that say why, and ranges besides.
type Named = IndexMap<u16, (Vec<String>, Vec<String>)>;

/// What a service reaches by address. What it reaches by name is left for later: a policy can say one thing of all
/// names of a port.
fn to(platform: &Platform, outside: OutsideId, causes: &str, named: &mut Named) -> Vec<Rule> {
    let outside = &platform[outside];
    let reason = |what: &str| format!("To {}{what}: {causes}", outside.name);
    let rule = |what: &str, peers, ports| Rule { reason: vec![reason(what)], peers, ports };
    match outside.kind {
        OutsideKind::Internet => vec![rule("", peer::public(), Vec::new())],
        OutsideKind::Localhost => {
            let (peers, wide) = peer::nodes(platform);
            let mut rule = rule(", the node", peers, Vec::new());
            rule.reason.extend(wide.map(str::to_owned));
            vec![rule]
        }
        OutsideKind::Declared if outside.endpoints.is_empty() => {
            vec![rule("", outside.ranges.iter().map(|range| peer::range(range)).collect(), Vec::new())]
        }
        OutsideKind::Declared => {
            let mut rules = Vec::new();
            for endpoint in &outside.endpoints {
                let Ok(address) = endpoint.host.trim_matches(['[', ']']).parse::<IpAddr>() else {
                    let (reasons, ranges) = named.entry(endpoint.port).or_default();
                    reasons.push(reason(&format!(", {}", endpoint.host)));
                    ranges.extend(
                        outside
                            .ranges
                            .iter()
                            .filter(|range| !ranges.contains(range))
                            .cloned()
                            .collect::<Vec<_>>(),
                    );
                    continue;
                };
                let length = if address.is_ipv4() { 32 } else { 128 };
                let peers = vec![peer::range(&format!("{address}/{length}"))];
                rules.push(rule("", peers, vec![peer::number(endpoint.port, "TCP")]));
            }
            rules
        }
    }
}

/// Any address of the internet in place of names, which a policy cannot say.
fn by_name(port: u16, (mut reason, ranges): (Vec<String>, Vec<String>)) -> Rule {
    reason.push("  Opened for every address of the internet: a policy knows no names.".to_owned());
    let ranges = ranges.iter().map(|range| peer::range(range));
    Rule {
        reason,
        peers: peer::public().into_iter().chain(ranges).collect(),
        ports: vec![peer::number(port, "TCP")],
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
