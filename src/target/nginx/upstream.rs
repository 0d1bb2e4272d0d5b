//! Upstreams: each address, or set of addresses, that routes of a proxy lead to, once.

use std::fmt::Write as _;

use serde::Serialize;

use super::name::identifier;
use crate::hash::{HashSet, IndexMap};
use crate::notation::authority::Authority;
use crate::platform::{Input, Platform, Port, Protocol, Route, RouteTarget, Service, Share, Site};

/// Where nginx runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side<'a> {
    /// In the container of a proxy, on the networks of services.
    Proxy(&'a Service),
    /// On the host, beside other platforms, each with a prefix of its own for what all of them share.
    Host(&'a str),
}

impl Side<'_> {
    /// What names begin with that others beside it must not have.
    pub(super) fn prefix(&self) -> &str {
        match self {
            Self::Proxy(_) => "",
            Self::Host(prefix) => prefix,
        }
    }

    /// The file of a secret there. The host gets it from the operator.
    pub(super) fn secret(&self, secret: &Input) -> String {
        match self {
            Self::Proxy(_) => secret.file_path(),
            Self::Host(prefix) => {
                format!("/etc/nginx/secrets/{}/{}", prefix.trim_end_matches('_'), secret.file_name())
            }
        }
    }

    /// The address of a port from there. That nothing on the host leads to one that is not published, is checked.
    fn address(&self, service: &Service, port: &Port) -> String {
        match (self, &port.publish) {
            (Self::Host(_), Some(publish)) => format!("127.0.0.1:{}", publish.host_port),
            (Self::Host(_), None) | (Self::Proxy(_), _) => service.address(port),
        }
    }
}

/// The upstreams of a proxy, by what they hold.
#[derive(Debug, Default)]
pub(super) struct Upstreams(IndexMap<Group, Upstream>);

/// What the routes of an upstream have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Group {
    scheme: &'static str,
    /// The servers, each with its parameters.
    servers: Vec<(String, String)>,
}

/// An upstream.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Upstream {
    /// Its name among those of the proxy.
    pub(super) name: String,
    /// The scheme that its servers answer.
    pub(super) scheme: &'static str,
    /// The host of its first server.
    pub(super) host: String,
    /// The address of its first server.
    first: String,
    several: bool,
    servers: Vec<Server>,
    /// The servers whose parts of all requests are known before these are sent; what gets the rest stands last.
    divided: Vec<Server>,
}

/// A server of an upstream.
#[derive(Debug, Clone, Serialize)]
struct Server {
    /// `host:port`, as the resolver of the network knows the host.
    address: String,
    /// Its weight and its like, each behind a space.
    parameters: String,
    /// Its part of all requests where these are divided before they are sent: `10.00%`, or `*` for the rest.
    part: String,
}

impl Upstreams {
    /// The upstreams of sites, in the order of their routes.
    pub(super) fn of(platform: &Platform, side: Side<'_>, sites: &[&Site]) -> Self {
        let mut found = Self::default();
        // Hyphens become underscores, so two names may meet.
        let mut taken: HashSet<String> = HashSet::default();
        for route in sites.iter().flat_map(|site| &site.routes) {
            let Some((name, group, weights)) = group(platform, side, route) else { continue };
            if found.0.contains_key(&group) {
                continue;
            }
            let name = format!("{}{name}", side.prefix());
            let mut free = name.clone();
            let mut number = 1;
            while !taken.insert(free.clone()) {
                number += 1;
                free = format!("{name}_{number}");
            }
            let servers: Vec<Server> = group
                .servers
                .iter()
                .zip(parts(&weights))
                .map(|((address, parameters), part)| Server {
                    address: address.clone(),
                    parameters: parameters.clone(),
                    part,
                })
                .collect();
            let first = servers.first().map_or("", |server| server.address.as_str()).to_owned();
            let host = Authority::parse(&first).map_or(first.as_str(), |it| it.host).to_owned();
            let mut divided = servers.clone();
            divided.sort_by_key(|server| server.part == REST);
            let several = servers.len() > 1;
            let upstream =
                Upstream { name: free, scheme: group.scheme, host, first, several, servers, divided };
            found.0.insert(group, upstream);
        }
        found
    }

    /// The upstream that a route leads to.
    pub(super) fn find(&self, platform: &Platform, side: Side<'_>, route: &Route) -> Option<&Upstream> {
        self.0.get(&group(platform, side, route)?.1)
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Upstream> {
        self.0.values().cloned().collect()
    }

    /// Whether one of them has a scheme.
    pub(super) fn speak(&self, scheme: &str) -> bool {
        self.0.values().any(|upstream| upstream.scheme == scheme)
    }
}

/// What a route leads to: a name for it, its servers, and their weights.
fn group(platform: &Platform, side: Side<'_>, route: &Route) -> Option<(String, Group, Vec<u64>)> {
    let (mut name, first) = match &route.to {
        RouteTarget::Port(service, port) => {
            let service = &platform[*service];
            let port = service.ports.get(*port)?;
            (format!("{}_{}", service.name, port.name), side.address(service, port))
        }
        RouteTarget::Address(value) => {
            let address = value.as_literal()?;
            (address.to_owned(), address.to_owned())
        }
        _ => return None,
    };
    let mut servers = vec![(first, parameters(route.share))];
    let mut weights = vec![route.share.weight];
    for upstream in &route.upstreams {
        let service = &platform[upstream.service];
        let port = service.ports.get(upstream.port)?;
        name = format!("{name}_{}", upstream.name);
        servers.push((side.address(service, port), parameters(upstream.share)));
        weights.push(upstream.share.weight);
    }
    let protocol = route.ports().next().map(|(service, port, _)| platform[service].ports.get(port));
    let scheme = match protocol.flatten().map(|port| port.protocol) {
        Some(Protocol::Https) => "https",
        Some(Protocol::Grpc) => "grpc",
        _ => "http",
    };
    Some((identifier(&name), Group { scheme, servers }, weights))
}

/// The parameters of a server (nginx.org: ngx_http_upstream_module, `server`), those that say what holds anyway left out.
fn parameters(share: Share) -> String {
    let mut parameters = String::new();
    if share.weight != 1 {
        let _ = write!(parameters, " weight={}", share.weight);
    }
    if let Some(fails) = share.max_fails {
        let _ = write!(parameters, " max_fails={fails}");
    }
    if share.backup {
        parameters.push_str(" backup");
    }
    parameters
}

/// The part of what gets all requests that nothing else gets.
const REST: &str = "*";

/// Weights as parts of all requests in hundredths of a percent, the smallest that `split_clients` reads. The largest gets
/// what is left.
fn parts(weights: &[u64]) -> Vec<String> {
    let sum: u64 = weights.iter().sum::<u64>().max(1);
    let largest = weights.iter().enumerate().rev().max_by_key(|(_, weight)| **weight).map(|(at, _)| at);
    let part = |(at, weight): (usize, &u64)| {
        if Some(at) == largest {
            return REST.to_owned();
        }
        let hundredths = (weight * 10_000 / sum).max(1);
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    weights.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn weights_are_parts_of_all_requests() {
        assert_eq!(parts(&[9, 1]), ["*", "10.00%"]);
        assert_eq!(parts(&[1, 1, 1]), ["*", "33.33%", "33.33%"]);
        assert_eq!(parts(&[1, 1000, 1000]), ["0.04%", "*", "49.97%"]);
    }
}
