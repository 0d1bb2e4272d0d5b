//! What a prober reaches within the cluster: the pods that serve the sites it asks for.
//!
//! A site's name leads to a load balancer. Where the cluster knows its address, requests from pods for that address go
//! straight to a pod behind it (kubernetes/enhancements:keps/sig-network/1860-kube-proxy-IP-node-binding), and policies judge
//! that pod; where the load balancer is known by a name, they leave the cluster (kubernetes-sigs/network-policy-api#185).

use std::collections::{BTreeMap, BTreeSet};

use super::{Peers, Rule, Rules, has_policy, peer, peers_of, reason};
use crate::platform::{EdgeEnd, OutsideKind, Platform, Port, Role, Service, ServiceId, Site};

/// The rules of probers, and of the proxies that serve what they ask for.
pub(super) fn connect(platform: &Platform, rules: &mut [Rules]) {
    for prober in platform.with_role(Role::Probe).filter(|service| has_policy(service)) {
        let sites = platform.probed_sites(prober);
        for (proxy, ports) in proxies(platform, prober, &sites) {
            to_proxy(platform, prober, &platform[proxy], &ports, rules);
        }
        let mut behind = sites.iter().filter_map(|site| platform.gateway_of(site));
        if let Some(namespace) = behind.find_map(|gateway| gateway.namespace.as_deref())
            && let Some(rules) = rules.get_mut(prober.id.0)
        {
            rules.egress.push(Rule {
                reason: vec![
                    "To the gateway of the cluster, which serves sites that it asks for.".to_owned(),
                    "  Opened for every port: those of its pods are the gateway's own.".to_owned(),
                ],
                peers: Peers::Network(vec![peer::namespace(namespace)]),
                ports: Vec::new(),
            });
        }
    }
}

/// The proxies that serve sites, each with the ports, of those that no edge of the model opens.
fn proxies(platform: &Platform, prober: &Service, sites: &[&Site]) -> BTreeMap<ServiceId, BTreeSet<usize>> {
    let mut proxies: BTreeMap<ServiceId, BTreeSet<usize>> = BTreeMap::new();
    for site in sites {
        if let Some((proxy, port)) = platform.entry(site) {
            proxies.entry(proxy).or_default().insert(port);
        }
    }
    for edge in platform.edges_from(prober.id) {
        if let EdgeEnd::Service(to, port) = edge.to
            && let Some(ports) = proxies.get_mut(&to)
        {
            ports.retain(|it| port.is_some_and(|port| port != *it));
        }
    }
    proxies.retain(|_, ports| !ports.is_empty());
    proxies
}

fn to_proxy(
    platform: &Platform,
    prober: &Service,
    proxy: &Service,
    ports: &BTreeSet<usize>,
    rules: &mut [Rules],
) {
    let ports: Vec<&Port> = ports.iter().filter_map(|port| proxy.ports.get(*port)).collect();
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    for (peers, wide) in peers_of(platform, proxy, prober) {
        let line = format!(
            "To {} of {}: probe, where the cluster leads it straight there",
            names.join(", "),
            proxy.path
        );
        rules[prober.id.0].egress.push(Rule {
            reason: reason(line, wide),
            peers,
            ports: ports.iter().map(|port| peer::port(port)).collect(),
        });
    }
    // What is published to the internet lets everything in.
    let open = |port: &Port| {
        port.publish.as_ref().is_some_and(|publish| platform[publish.to].kind == OutsideKind::Internet)
    };
    let closed: Vec<&Port> = ports.into_iter().filter(|port| !open(port)).collect();
    if closed.is_empty() || !has_policy(proxy) {
        return;
    }
    for (peers, wide) in peers_of(platform, prober, proxy) {
        rules[proxy.id.0].ingress.push(Rule {
            reason: reason(format!("From {}: probe", prober.path), wide),
            peers,
            ports: closed.iter().map(|port| peer::port(port)).collect(),
        });
    }
}
