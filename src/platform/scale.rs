//! Scale: how many containers of a service run.

use super::Service;
use crate::schema::Ratio;

/// The number of containers of a service, and what changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// At least; one where the source says nothing.
    pub min: u64,
    /// At most; `min` where the source says nothing.
    pub max: u64,
    /// The use of processors above which more are started.
    pub cpu: Option<Ratio>,
    /// The use of memory above which more are started.
    pub memory: Option<Ratio>,
    /// Queries whose values start more.
    pub on: Vec<ScaleQuery>,
}

/// A query whose value starts more containers.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleQuery {
    /// The query, in PromQL.
    pub query: String,
    /// The value for each container.
    pub target: f64,
}

impl Service {
    /// The number of its containers at the start.
    #[must_use]
    pub fn copies(&self) -> u64 {
        self.scale.as_ref().map_or(1, |scale| scale.min)
    }

    /// Whether several containers may answer to its name.
    #[must_use]
    pub fn may_run_several_times(&self) -> bool {
        self.scale.as_ref().is_some_and(|scale| scale.min.max(scale.max) > 1)
    }

    /// The number of its containers where one host runs all of them. A port of a host can be taken once, so a
    /// service with a published port runs once there.
    #[must_use]
    pub fn copies_on_one_host(&self) -> u64 {
        if self.ports.iter().any(|port| port.publish.is_some()) { 1 } else { self.copies().max(1) }
    }
}
