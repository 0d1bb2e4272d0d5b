//! `ADMIN_BIND`: the address of the host that ports for declared outsides are bound to.

use std::net::IpAddr;

use crate::platform::{OutsideKind, Platform, Service};

/// The variable that holds the address for ports of a declared outside. Docker does not distinguish callers
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

/// Services with their host ports that are bound to [`ADMIN_BIND`].
pub(in crate::target) fn bound_by_operator(platform: &Platform) -> impl Iterator<Item = (&Service, u16)> {
    platform.services.iter().flat_map(move |service| {
        let publishes = service.ports.iter().filter_map(|port| port.publish.as_ref());
        let declared = publishes.filter(|publish| platform[publish.to].kind == OutsideKind::Declared);
        declared.map(move |publish| (service, publish.host_port))
    })
}
