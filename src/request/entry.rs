//! Where a request comes in: a published port of the host, and whether its client may.

use std::net::IpAddr;

use crate::formats;
use crate::platform::range::Range;
use crate::platform::{OutsideId, OutsideKind, Platform, Port, Protocol, Service, ServiceId};

/// The client of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Any address of the internet: one that no range holds, unless it holds all.
    Anybody,
    /// One address.
    Address(IpAddr),
}

/// A port of a service that requests from outside come in at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The service.
    pub service: ServiceId,
    /// The port, an index into its ports.
    pub port: usize,
}

/// Where nginx serves sites.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listener {
    /// The port of a proxy; `None` where it is nginx of the host.
    pub(super) entry: Option<Entry>,
    /// Whether TLS is spoken there.
    pub(super) tls: bool,
    /// The port of the host for TLS, where it listens for it: 443 where none is published.
    pub(super) https: Option<u16>,
}

impl Listener {
    /// A port of a proxy.
    pub(super) fn of(service: &Service, entry: Entry, tls: bool) -> Self {
        let published = |port: &Port| port.publish.as_ref().map_or(443, |publish| publish.host_port);
        Self { entry: Some(entry), tls, https: service.https().map(published) }
    }
}

/// A port of nginx of the host.
pub(super) fn on_host(platform: &Platform, port: u16) -> Option<Listener> {
    let there = platform.settings.nginx.host && platform.targets.contains(&&formats::NGINX);
    let listener = Listener { entry: None, tls: port == 443, https: Some(443) };
    (there && matches!(port, 80 | 443)).then_some(listener)
}

/// The port of a service behind a port of the host.
pub(super) fn at(platform: &Platform, host_port: u16) -> Option<Entry> {
    platform.services.iter().find_map(|service| {
        let port = service.ports.iter().position(|port| {
            port.protocol != Protocol::Udp
                && port.publish.as_ref().is_some_and(|publish| publish.host_port == host_port)
        })?;
        Some(Entry { service: service.id, port })
    })
}

impl Client {
    /// Whether it comes from an outside.
    pub(super) fn is_of(self, platform: &Platform, outside: OutsideId) -> bool {
        let outside = &platform[outside];
        match outside.kind {
            OutsideKind::Internet => true,
            OutsideKind::Localhost => match self {
                Self::Anybody => false,
                Self::Address(address) => address.to_canonical().is_loopback(),
            },
            OutsideKind::Declared => {
                outside.ranges.iter().filter_map(|text| Range::parse(text)).any(|range| self.lies_in(&range))
            }
        }
    }

    /// Whether it passes the `from` of a route: the proxy knows the two loopback addresses of `localhost` alone.
    pub(super) fn passes(self, platform: &Platform, from: OutsideId) -> bool {
        match (platform[from].kind, self) {
            (OutsideKind::Localhost, Self::Address(IpAddr::V4(address))) => {
                address == std::net::Ipv4Addr::LOCALHOST
            }
            _ => self.is_of(platform, from),
        }
    }

    fn lies_in(self, range: &Range) -> bool {
        match self {
            Self::Anybody => range.holds_all(),
            Self::Address(address) => range.holds(&Range::of(address)),
        }
    }
}
