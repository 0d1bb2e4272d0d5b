//! Retention: how long a metrics server keeps samples.

use crate::schema::{Bytes, Duration};

/// How long a metrics server keeps samples; its own default where neither is said. The limit that is reached first
/// counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The time, in whole hours.
    pub time: Option<Duration>,
    /// The size, in whole MiB.
    pub size: Option<Bytes>,
}
