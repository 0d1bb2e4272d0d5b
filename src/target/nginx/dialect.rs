//! What the versions of nginx read, quantities as nginx writes them, and rates.

use crate::platform::{RESOLVES_UPSTREAMS, Version};
use crate::schema::{Bytes, Duration};

/// What a version reads, of what not all of them do (nginx.org: the CHANGES of each). Odd minor versions are on the way
/// to the next even one, so what came within them counts from there.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each came with a version of its own")]
pub(super) struct Dialect {
    /// `ssl_reject_handshake`: 1.19.4.
    pub(super) rejects_handshakes: bool,
    /// `http2` as a directive: 1.25.1. The word of `listen` before is deprecated since.
    pub(super) http2_directive: bool,
    /// `server … resolve` in an upstream: 1.27.3.
    pub(super) resolves_upstreams: bool,
    /// `ssl_certificate_cache`: 1.27.4.
    pub(super) caches_certificates: bool,
}

impl Dialect {
    pub(super) fn of(version: Version) -> Self {
        Self {
            rejects_handshakes: version >= Version(1, 20),
            http2_directive: version >= Version(1, 26),
            resolves_upstreams: version >= RESOLVES_UPSTREAMS,
            caches_certificates: version >= Version(1, 28),
        }
    }
}

/// A size: `10m`.
pub(super) fn size(bytes: Bytes) -> String {
    match bytes.0 {
        0 => "0".to_owned(),
        bytes if bytes % (1 << 20) == 0 => format!("{}m", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{}k", bytes >> 10),
        bytes => bytes.to_string(),
    }
}

/// A time: `60s`.
pub(super) fn time(duration: Duration) -> String {
    match duration.0 {
        millis if millis % 1_000 == 0 => format!("{}s", millis / 1_000),
        millis => format!("{millis}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::{size, time};
    use crate::schema::{Bytes, Duration};

    #[test]
    fn quantities_are_as_nginx_has_them() {
        assert_eq!(size(Bytes(10 << 20)), "10m");
        assert_eq!(size(Bytes(1_536)), "1536");
        assert_eq!(time(Duration(90_000)), "90s");
        assert_eq!(time(Duration(250)), "250ms");
    }
}
