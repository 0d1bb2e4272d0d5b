//! Health: what is asked of a service, how often, and what of its image could ask.

use std::slice;
use std::sync::Arc;

use super::Value;
use crate::model::Tool;
use crate::schema::Duration;

/// What can try a port inside a container.
pub const TCP_TOOLS: &[&str] = &["nc", "bash", "node", "python3", "perl"];

/// How a service is known to work.
#[derive(Debug, Clone)]
pub enum Health {
    /// It is not: the image holds no tool, or the reason says why.
    None {
        /// Why.
        reason: Option<String>,
    },
    /// By the image's own check, whose times are the image's but for those that the source says.
    Builtin(Option<Arc<OwnTimes>>),
    /// By a path.
    Http {
        /// The port, an index into the service's ports.
        port: usize,
        /// Answers when it can take requests.
        readiness: String,
        /// Answers as long as it need not be started again.
        liveness: Option<String>,
        /// Answers once it has started.
        startup: Option<String>,
        /// What asks for it inside the container.
        tool: Option<Tool>,
    },
    /// By a port that accepts connections, an index into the service's ports.
    Tcp {
        /// The port, an index into the service's ports.
        port: usize,
        /// Whether the image is known to hold something that can try it.
        possible: bool,
    },
    /// By a program with its arguments.
    Exec(Vec<Value>),
    /// By a line of the image's shell.
    Shell(Value),
}

impl Health {
    /// Whether there is a check at all, the image's own among them.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        !matches!(self, Self::None { .. })
    }

    /// The words of the program that is run, or the line of the shell.
    #[must_use]
    pub fn words(&self) -> &[Value] {
        match self {
            Self::Exec(words) => words,
            Self::Shell(line) => slice::from_ref(line),
            Self::None { .. } | Self::Builtin(_) | Self::Http { .. } | Self::Tcp { .. } => &[],
        }
    }

    /// Whether the check can run inside the container, with what its image is known to hold.
    #[must_use]
    pub fn can_run_inside(&self) -> bool {
        match self {
            Self::None { .. } => false,
            Self::Http { tool, .. } => tool.is_some(),
            Self::Tcp { possible, .. } => *possible,
            Self::Builtin(_) | Self::Exec(_) | Self::Shell(_) => true,
        }
    }
}

/// The times of a health check, each filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckTimes {
    /// The time between two checks.
    pub interval: Duration,
    /// Whether the source says that time.
    pub interval_said: bool,
    /// How long one may take.
    pub timeout: Duration,
    /// How many must fail.
    pub retries: u64,
    /// How long failures do not count after the start.
    pub start: Duration,
    /// The time between two checks as long as failures do not count; the runtime's own where the source says nothing.
    pub start_interval: Option<Duration>,
}

impl Default for CheckTimes {
    fn default() -> Self {
        Self {
            interval: Duration(30_000),
            interval_said: false,
            timeout: Duration(5_000),
            retries: 3,
            start: Duration(30_000),
            start_interval: None,
        }
    }
}

/// The times that the source says of a check that the image brings. What it leaves out is the image's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnTimes {
    /// The time between two checks.
    pub interval: Option<Duration>,
    /// How long one may take.
    pub timeout: Option<Duration>,
    /// How many must fail.
    pub retries: Option<u64>,
    /// How long failures do not count after the start.
    pub start: Option<Duration>,
    /// The time between two checks as long as failures do not count.
    pub start_interval: Option<Duration>,
}
