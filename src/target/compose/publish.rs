//! Ports of the host: who may come in decides the address they are bound to.

use super::text;
use crate::emit::DoubleQuoted;
use crate::platform::{OutsideKind, Platform, Port, Protocol, Service};
use crate::target::inputs::bind::{ADMIN_BIND, default_bind};

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
