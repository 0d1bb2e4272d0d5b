//! How the processes of a container start, are limited, and stop, where the source says it.

use crate::model::Ulimit;
use crate::schema::Duration;

/// What the source says of the processes of a container. What it leaves out is the runtime's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Process {
    /// Whether a first process reaps what the service leaves behind.
    pub init: Option<bool>,
    /// How long the service may take to stop.
    pub stop_grace: Option<Duration>,
    /// The signal that stops the service.
    pub stop_signal: Option<String>,
    /// Limits of the process, by their names, in the order of the source.
    pub ulimits: Vec<(String, Ulimit)>,
}
