//! Upstreams: each address that routes of a proxy lead to, once.

use serde::Serialize;

use crate::hash::IndexMap;
use crate::platform::{Platform, Protocol, RouteTarget, Site};

/// The addresses that routes of a proxy lead to.
#[derive(Debug, Default)]
pub(super) struct Upstreams(IndexMap<String, Upstream>);

/// An address.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Upstream {
    /// Its name among those of the proxy.
    pub(super) name: String,
    /// `host:port`, as the resolver of the network knows the host.
    pub(super) address: String,
    /// The scheme that it answers.
    pub(super) scheme: &'static str,
}

impl Upstreams {
    /// The upstreams of sites, in the order of their routes.
    pub(super) fn of(platform: &Platform, sites: &[&Site]) -> Self {
        let mut found = Self::default();
        for route in sites.iter().flat_map(|site| &site.routes) {
            let Some((name, upstream)) = address(platform, &route.to) else { continue };
            if found.0.contains_key(&upstream) {
                continue;
            }
            // Hyphens become underscores, so two names may meet.
            let taken = |name: &str| found.0.values().any(|known| known.name == name);
            let mut free = name.clone();
            let mut number = 1;
            while taken(&free) {
                number += 1;
                free = format!("{name}_{number}");
            }
            let scheme = if is_https(platform, &route.to) { "https" } else { "http" };
            found.0.insert(upstream.clone(), Upstream { name: free, address: upstream, scheme });
        }
        found
    }

    /// The upstream that a route leads to.
    pub(super) fn find(&self, platform: &Platform, to: &RouteTarget) -> Option<&Upstream> {
        self.0.get(&address(platform, to)?.1)
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Upstream> {
        self.0.values().cloned().collect()
    }
}

/// The name and the address of what a route leads to.
fn address(platform: &Platform, to: &RouteTarget) -> Option<(String, String)> {
    match to {
        RouteTarget::Port(service, port) => {
            let service = &platform[*service];
            let port = service.ports.get(*port)?;
            Some((identifier(&format!("{}_{}", service.name, port.name)), service.address(port)))
        }
        RouteTarget::Address(value) => {
            let address = value.as_literal()?;
            Some((identifier(address), address.to_owned()))
        }
        _ => None,
    }
}

fn is_https(platform: &Platform, to: &RouteTarget) -> bool {
    let RouteTarget::Port(service, port) = to else { return false };
    platform[*service].ports.get(*port).is_some_and(|port| port.protocol == Protocol::Https)
}

/// A text as the name of a variable or a zone.
pub(super) fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
