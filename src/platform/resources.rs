//! Resources: the limits of a service, each filled in, and what is reserved for it.

use crate::schema::Bytes;

/// The limit of memory where the source says none.
pub const MEMORY: Bytes = Bytes(512 << 20);

/// The limit of processors where the source says none.
pub const CPUS: f64 = 1.0;

/// The limit of processes and threads where the source says none.
pub const PIDS: u64 = 512;

/// The limits of a service, and its reservations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resources {
    /// Memory, at most.
    pub memory: Bytes,
    /// Processors, at most.
    pub cpu: f64,
    /// Processes and threads, at most.
    pub pids: u64,
    /// What is kept free for the service; nothing where the source says nothing.
    pub reserve: Reserve,
}

/// What is kept free for a service.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reserve {
    /// Memory.
    pub memory: Option<Bytes>,
    /// Processors.
    pub cpu: Option<f64>,
}

impl Default for Resources {
    fn default() -> Self {
        Self { memory: MEMORY, cpu: CPUS, pids: PIDS, reserve: Reserve::default() }
    }
}
