//! What bounds a request of a route where the source does not.

use crate::platform::{Platform, Route};
use crate::schema::{Bytes, Duration};

/// The largest body where a route says nothing; none has a bound with `max_body = 0`.
pub const MAX_BODY: Bytes = Bytes(1 << 20);

/// How long a service may say nothing where a route does not say it.
pub const TIMEOUT: Duration = Duration(60_000);

/// The same for an upgraded connection.
const UPGRADED: Duration = Duration(3_600_000);

/// The largest body of a route; `Bytes(0)` where it has no bound. An object is as large as it is.
#[must_use]
pub fn max_body(platform: &Platform, route: &Route) -> Bytes {
    let usual = if platform.leads_to_signed(route) { Bytes(0) } else { MAX_BODY };
    route.max_body.unwrap_or(usual)
}

/// How long the service behind a route may say nothing; `None` where that is [`TIMEOUT`].
#[must_use]
pub fn timeout(route: &Route) -> Option<Duration> {
    route.timeout.or_else(|| route.websocket.then_some(UPGRADED))
}
