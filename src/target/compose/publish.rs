//! Ports of the host: who may come in decides the address they are bound to.

use std::net::IpAddr;

use super::text;
use crate::emit::DoubleQuoted;
use crate::platform::{OutsideKind, Platform, Port, Protocol, Service};

/// The variable that holds the address for ports of a declared outside. Docker cannot tell callers apart
/// by their address, and what it publishes bypasses rules of the host (moby/moby#4737), so such a port is
/// open to the host alone, unless the operator, or a firewall in front, says otherwise.
pub(in crate::target) const ADMIN_BIND: &str = "ADMIN_BIND";

/// The address that [`ADMIN_BIND`] has where the operator says none.
pub(in crate::target) fn default_bind(platform: &Platform) -> &'static str {
    if platform.firewall() { "0.0.0.0" } else { "127.0.0.1" }
}

/// The address that [`ADMIN_BIND`] has where the operator leaves it as it is; `None` where that is no address.
pub(in crate::target) fn admin_bind(platform: &Platform) -> Option<IpAddr> {
    let declared = platform.inputs.iter().find(|input| input.name == ADMIN_BIND);
    let address = declared.map_or(Some(default_bind(platform)), |input| input.default.as_deref());
    address?.parse().ok()
}

/// The published ports of a service.
pub(super) fn ports(platform: &Platform, service: &Service) -> Vec<DoubleQuoted<String>> {
    if service.ports.iter().all(|port| port.publish.is_none()) {
        return Vec::new();
    }
    let bind = bind(platform);
    let everybody = if ipv4_alone(platform, service) { "0.0.0.0:" } else { "" };
    let ports = service.ports.iter();
    ports.filter_map(|port| published(platform, port, everybody, &bind)).map(DoubleQuoted).collect()
}

/// Whether ports for everybody are those of IPv4 alone. Without an address of IPv6 in the container, clients who come over IPv6
/// are handed on by the engine's own proxy, and all have the engine's address in that network (moby/libnetwork#2608,
/// moby/moby#17666): a limit would hold for all of them together, and nobody would come in by address.
pub(super) fn ipv4_alone(platform: &Platform, service: &Service) -> bool {
    let mut publishes = service.ports.iter().filter_map(|port| port.publish.as_ref());
    publishes.any(|publish| platform[publish.to].kind == OutsideKind::Internet)
        && !platform.has_ipv6(service)
        && platform.tells_clients_apart(service)
}

/// Services with their host ports that are bound to [`ADMIN_BIND`].
pub(in crate::target) fn bound_by_operator(platform: &Platform) -> impl Iterator<Item = (&Service, u16)> {
    platform.services.iter().flat_map(move |service| {
        let publishes = service.ports.iter().filter_map(|port| port.publish.as_ref());
        let declared = publishes.filter(|publish| platform[publish.to].kind == OutsideKind::Declared);
        declared.map(move |publish| (service, publish.host_port))
    })
}

fn published(platform: &Platform, port: &Port, everybody: &str, bind: &str) -> Option<String> {
    let publish = port.publish.as_ref()?;
    let address = match platform[publish.to].kind {
        OutsideKind::Internet => everybody.to_owned(),
        OutsideKind::Localhost => "127.0.0.1:".to_owned(),
        OutsideKind::Declared => format!("{bind}:"),
    };
    let protocol = if port.protocol == Protocol::Udp { "/udp" } else { "" };
    Some(format!("{address}{}:{}{protocol}", publish.host_port, port.number))
}

fn bind(platform: &Platform) -> String {
    match platform.inputs.iter().find(|input| input.name == ADMIN_BIND) {
        Some(input) => text::input(input),
        None => format!("${{{ADMIN_BIND}:-{}}}", default_bind(platform)),
    }
}
