//! Backups: which data is copied where, and how the data of a service is copied.

use super::{AccountId, BucketId, InputId, ServiceId, Value};
use crate::schema::Duration;
use crate::source::Span;

/// A copy of data, made regularly.
#[derive(Debug, Clone)]
pub struct Backup {
    /// What it is called.
    pub name: String,
    /// The service whose data is copied.
    pub of: ServiceId,
    /// The bucket that copies are taken to.
    pub to: BucketId,
    /// The account that takes them there.
    pub account: Option<AccountId>,
    /// Whether copies are taken there; `None` where the source leaves it open.
    pub upload: Option<Switch>,
    /// When, as cron says it, in UTC.
    pub schedule: String,
    /// How long a copy is kept on the host.
    pub retention: Option<Duration>,
    /// After what time without a copy an alert fires.
    pub alert_after: Option<Duration>,
    /// The place of its key and name.
    pub span: Span,
    /// The place that names the bucket.
    pub to_span: Span,
}

/// What is on, off, or decided by the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    Always,
    /// Off.
    Never,
    /// On where the variable says `true`.
    Variable(InputId),
}

/// How the data of a service is copied and brought back: commands, with their arguments.
#[derive(Debug, Clone)]
pub struct Dump {
    /// Writes a copy to its standard output.
    pub save: Vec<Value>,
    /// Reads a copy from its standard input.
    pub restore: Vec<Value>,
    /// Reads a copy from its standard input, and fails where it is none.
    pub verify: Option<Vec<Value>>,
    /// What the name of a copy ends with.
    pub suffix: Option<String>,
    /// The place of its key.
    pub span: Span,
}
