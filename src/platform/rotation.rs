//! Rotation: how a secret is changed in a running program.

use super::{InputId, ServiceId, Value};
use crate::source::Span;

/// A secret that a service says how to change.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// What it is called.
    pub name: String,
    /// The secret.
    pub secret: InputId,
    /// How it is changed.
    pub way: RotationWay,
    /// The place of its key and name.
    pub span: Span,
}

/// How a secret is changed.
#[derive(Debug, Clone)]
pub enum RotationWay {
    /// By commands.
    Commands(RotationCommands),
    /// By the operator alone: what to do.
    ByHand(String),
}

/// The commands that change a secret. A value is on their standard input, never among their arguments.
#[derive(Debug, Clone)]
pub struct RotationCommands {
    /// The service whose container they run in.
    pub within: ServiceId,
    /// Changes the value; `None` where the program reads it at each start.
    pub change: Option<Vec<Value>>,
    /// Logs in with a value on a new connection.
    pub check: Vec<Value>,
    /// Takes the old value away, where the program knows both after `change`.
    pub retire: Option<Vec<Value>>,
}
