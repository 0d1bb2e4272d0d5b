//! What passes between a service and the outside.

use std::net::IpAddr;

use super::{Peers, Rule, Rules, peer, reached};
use crate::hash::IndexMap;
use crate::notation::authority::{Authority, HTTP, HTTPS};
use crate::platform::{Cause, Endpoint, OutsideId, OutsideKind, Platform, Service};

/// The rules of a service for what is outside of the cluster.
pub(super) fn connect(platform: &Platform, service: &Service, rules: &mut Rules) {
    let mut named = IndexMap::default();
    for (outside, causes) in reached(platform, service) {
        let certificates = causes == [Cause::Certificate.describe()];
        if certificates && platform[outside].kind == OutsideKind::Internet {
            rules.egress.extend(authorities(platform, service, &mut named));
        } else {
            rules.egress.extend(to(platform, outside, &causes.join(", "), &mut named));
        }
    }
    let cilium = platform.settings.kubernetes.cilium;
    rules.egress.extend(named.into_iter().map(|(port, named)| named.rule(port, cilium)));
    rules.ingress.extend(from(platform, service));
}

/// What is reached at an address of HTTP, such as `https://s3.example.com`: by its name, at its port. An outside of that name says
/// which ranges the name may lead to.
pub(super) fn to_url(platform: &Platform, url: &str, reason: String) -> Option<Rule> {
    let (scheme, authority, _) = Authority::of_url(url)?;
    let port = authority.number_or(if scheme == "http" { HTTP } else { HTTPS })?;
    let host = authority.host.trim_end_matches('.').to_ascii_lowercase();
    if let Some(address) = authority.address() {
        let length = if address.is_ipv4() { 32 } else { 128 };
        return Some(Rule {
            reason: vec![reason],
            peers: Peers::Network(vec![peer::range(&format!("{address}/{length}"))]),
            ports: vec![peer::number(port, "TCP")],
        });
    }
    let same = |endpoint: &Endpoint| endpoint.host.trim_end_matches('.').eq_ignore_ascii_case(&host);
    let outsides = platform.outsides.iter().filter(|outside| outside.endpoints.iter().any(same));
    let ranges = outsides.flat_map(|outside| outside.ranges.iter().cloned()).collect();
    let named = Named { reason: vec![reason], hosts: vec![host.clone()], ranges };
    Some(named.rule(port, platform.settings.kubernetes.cilium))
}

/// What is reached by name at a port.
#[derive(Debug, Default)]
struct Named {
    /// The lines that say why.
    reason: Vec<String>,
    hosts: Vec<String>,
    /// Ranges of the same outsides: a name may lead there.
    ranges: Vec<String>,
}

/// The authorities that a service orders certificates from, each at the port of its address: what is called by a name is left for
/// later.
fn authorities(platform: &Platform, service: &Service, named: &mut IndexMap<u16, Named>) -> Vec<Rule> {
    let sites = platform.certificates_of(service).filter_map(|site| site.tls.as_ref());
    let mut rules = Vec::new();
    let mut known: Vec<(&str, u16)> = Vec::new();
    for (host, port) in sites.filter_map(|tls| Some(tls.issuer.acme()?.endpoint())) {
        if known.contains(&(host, port)) {
            continue;
        }
        known.push((host, port));
        let reason = format!("To {host}: {}", Cause::Certificate.describe());
        if let Ok(address) = host.parse::<IpAddr>() {
            let peers = Peers::Network(vec![peer::range(&whole(address))]);
            rules.push(Rule { reason: vec![reason], peers, ports: vec![peer::number(port, "TCP")] });
            continue;
        }
        let of_port = named.entry(port).or_default();
        of_port.reason.push(reason);
        of_port.hosts.push(host.to_ascii_lowercase());
    }
    rules
}

/// The range of one address.
fn whole(address: IpAddr) -> String {
    format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 })
}

/// What a service reaches by address. What it reaches by name is left for later: a policy can say one thing of all
/// names of a port.
fn to(platform: &Platform, outside: OutsideId, causes: &str, named: &mut IndexMap<u16, Named>) -> Vec<Rule> {
    let outside = &platform[outside];
    let reason = |what: &str| format!("To {}{what}: {causes}", outside.name);
    let rule =
        |what: &str, peers, ports| Rule { reason: vec![reason(what)], peers: Peers::Network(peers), ports };
    match outside.kind {
        OutsideKind::Internet => vec![rule("", peer::public(), Vec::new())],
        OutsideKind::Localhost => {
            let nodes = peer::nodes(platform).into_iter();
            let rule = |(peers, wide)| Rule {
                reason: super::reason(reason(", the node"), wide),
                peers,
                ports: Vec::new(),
            };
            nodes.map(rule).collect()
        }
        OutsideKind::Declared if outside.endpoints.is_empty() => {
            vec![rule("", outside.ranges.iter().map(|range| peer::range(range)).collect(), Vec::new())]
        }
        OutsideKind::Declared => {
            let mut rules = Vec::new();
            for endpoint in &outside.endpoints {
                let Ok(address) = endpoint.host.trim_matches(['[', ']']).parse::<IpAddr>() else {
                    let named = named.entry(endpoint.port).or_default();
                    named.reason.push(reason(&format!(", {}", endpoint.host)));
                    let host = endpoint.host.trim_end_matches('.').to_ascii_lowercase();
                    if !named.hosts.contains(&host) {
                        named.hosts.push(host);
                    }
                    for range in &outside.ranges {
                        if !named.ranges.contains(range) {
                            named.ranges.push(range.clone());
                        }
                    }
                    continue;
                };
                let peers = vec![peer::range(&whole(address))];
                rules.push(rule("", peers, vec![peer::number(endpoint.port, "TCP")]));
            }
            rules
        }
    }
}

impl Named {
    /// The names, where Cilium knows them; else any address of the internet in their place.
    fn rule(mut self, port: u16, cilium: bool) -> Rule {
        let peers = if cilium {
            Peers::Names(self.hosts)
        } else {
            self.reason
                .push("  Opened for every address of the internet: a policy knows no names.".to_owned());
            let ranges = self.ranges.iter().map(|range| peer::range(range));
            Peers::Network(peer::public().into_iter().chain(ranges).collect())
        };
        Rule { reason: self.reason, peers, ports: vec![peer::number(port, "TCP")] }
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
                    peers: Peers::Network(Vec::new()),
                    ports,
                }),
                OutsideKind::Declared => Some(Rule {
                    reason: vec![format!("From {} to {}: published", outside.name, port.name)],
                    peers: Peers::Network(outside.ranges.iter().map(|range| peer::range(range)).collect()),
                    ports,
                }),
            }
        })
        .collect()
}
