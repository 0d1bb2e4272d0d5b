//! What bounds a request of a route where the source does not.

use crate::platform::{Platform, Protocol, Route};
use crate::schema::{Bytes, Duration};

/// The largest body where a route says nothing; none has a bound with `max_body = 0`.
pub const MAX_BODY: Bytes = Bytes(1 << 20);

/// How long a service may be silent where a route does not say it.
pub const TIMEOUT: Duration = Duration(60_000);

/// The same for an upgraded connection, and for a stream.
const STREAM: Duration = Duration(3_600_000);

/// The largest body of a route; `Bytes(0)` where it has no bound. An object is as large as it is, and how long a stream
/// becomes is not known before.
#[must_use]
pub fn max_body(platform: &Platform, route: &Route) -> Bytes {
    let open = platform.leads_to_signed(route) || speaks_grpc(platform, route);
    route.max_body.unwrap_or(if open { Bytes(0) } else { MAX_BODY })
}

/// How long the service behind a route may be silent; `None` where that is [`TIMEOUT`].
#[must_use]
pub fn timeout(platform: &Platform, route: &Route) -> Option<Duration> {
    let streams = route.websocket || !route.buffer || speaks_grpc(platform, route);
    route.timeout.or_else(|| streams.then_some(STREAM))
}

fn speaks_grpc(platform: &Platform, route: &Route) -> bool {
    let mut ports = route.ports().filter_map(|(service, port, _)| platform[service].ports.get(port));
    ports.next().is_some_and(|port| port.protocol == Protocol::Grpc)
}
