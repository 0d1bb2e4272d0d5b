//! Placement: where a service runs, and what the host must offer.

use crate::model::Zone;

/// Where a service runs, and what the host must offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placement {
    /// How its containers lie in the zones; as the runtime likes where the source says nothing.
    pub zone: Option<Zone>,
    /// The number of graphics processors it needs.
    pub gpu: Option<u64>,
    /// Kernel settings of the host, each with its least value, in the order of the source.
    pub sysctls: Vec<(String, u64)>,
}
