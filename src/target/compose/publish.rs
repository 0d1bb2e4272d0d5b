//! Ports of the host: who may come in decides the address they are bound to.

use super::text;
use crate::emit::DoubleQuoted;
use crate::platform::{OutsideKind, Platform, Port, Protocol, Service};

/// The variable that holds the address for ports of a declared outside. Docker cannot tell callers apart
/// by their address, and what it publishes bypasses rules of the host (moby/moby#4737), so such a port is
/// open to the host alone, unless the operator, or a firewall in front, says otherwise.
pub(super) const ADMIN_BIND: &str = "ADMIN_BIND";

/// The address that [`ADMIN_BIND`] has where the operator says none.
pub(super) fn default_bind(platform: &Platform) -> &'static str {
    if platform.firewall() { "0.0.0.0" } else { "127.0.0.1" }
}

/// The published ports of a service.
pub(super) fn ports(platform: &Platform, service: &Service) -> Vec<DoubleQuoted<String>> {
    if service.ports.iter().all(|port| port.publish.is_none()) {
        return Vec::new();
    }
    let bind = bind(platform);
    service.ports.iter().filter_map(|port| published(platform, port, &bind)).map(DoubleQuoted).collect()
}

/// Services with their host ports that are bound to [`ADMIN_BIND`].
pub(super) fn bound_by_operator(platform: &Platform) -> impl Iterator<Item = (&Service, u16)> {
    platform.services.iter().flat_map(move |service| {
        let publishes = service.ports.iter().filter_map(|port| port.publish.as_ref());
        let declared = publishes.filter(|publish| platform[publish.to].kind == OutsideKind::Declared);
        declared.map(move |publish| (service, publish.host_port))
    })
}

fn published(platform: &Platform, port: &Port, bind: &str) -> Option<String> {
    let publish = port.publish.as_ref()?;
    let address = match platform[publish.to].kind {
        // Every address, also those of IPv6.
        OutsideKind::Internet => String::new(),
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
