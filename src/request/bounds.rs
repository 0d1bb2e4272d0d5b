//! What bounds a request of a route where the source does not.

use crate::platform::Route;
use crate::schema::{Bytes, Duration};

/// The largest body where a route says nothing; none has a bound with `max_body = 0`.
pub const MAX_BODY: Bytes = Bytes(1 << 20);

/// How long a service may say nothing where a route does not say it.
pub const TIMEOUT: Duration = Duration(60_000);

/// The same for an upgraded connection.
const UPGRADED: Duration = Duration(3_600_000);

/// The largest body of a route.
#[must_use]
pub fn max_body(route: &Route) -> Bytes {
    route.max_body.unwrap_or(MAX_BODY)
}

/// How long the service behind a route may say nothing, where that is not [`TIMEOUT`] for the source says nothing.
#[must_use]
pub fn timeout(route: &Route) -> Option<Duration> {
    route.timeout.or_else(|| route.websocket.then_some(UPGRADED))
}
