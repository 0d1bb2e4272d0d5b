//! When, how often and with what a service runs.

use crate::diagnostic::{Diagnostic, codes};
use crate::schema::{
    Bytes, Constant, Cron, Decoder, Duration, Integer, Kind, List, Map, Number, Placed, Ratio, Scalar, block,
    choice, without_constants,
};
use crate::syntax::{Value, ValueKind};

block! {
    /// What a service may use.
    "resources" => Resources / ResourcesField {
        /// Memory, at most.
        optional memory: Placed<Bytes>,
        /// Processors, at most.
        optional cpu: Number,
        /// Processes and threads, at most.
        optional pids: Integer,
        /// What is kept free for it.
        optional reserve: Reserve,
    }
}

block! {
    /// What is kept free for a service.
    "reserve" => Reserve / ReserveField {
        /// Memory.
        optional memory: Bytes,
        /// Processors.
        optional cpu: Number,
    }
}

block! {
    /// How many of a service run.
    "scale" => Scale / ScaleField {
        /// At least.
        optional min: Integer,
        /// At most.
        optional max: Integer,
        /// More are started above this use of processors.
        optional cpu: Ratio,
        /// More are started above this use of memory.
        optional memory: Ratio,
        /// More are started above this value of a query.
        many on: ScaleOn,
    }
}

block! {
    /// A query that more are started by.
    "on" => ScaleOn / ScaleOnField {
        label query = "The query.";
        value target: Number = "The value for each that runs.";
    }
}

block! {
    /// What another service must have come to before this one starts.
    "wait" => After / AfterField {
        label service = "The service.";
        value condition: Condition = "What it must have come to.";
    }
}

choice! {
    /// What a service can have come to.
    Condition {
        /// It runs.
        Started = "started",
        /// Its health check succeeds.
        Healthy = "healthy",
        /// It ended, and well.
        Completed = "completed",
        /// Anything: it is not waited for, though a reference leads there.
        Nothing = "nothing",
    }
}

block! {
    /// When a service runs.
    "run" => Run / RunField {
        value kind: RunKind = "When.";
        /// schedule: when, as cron says it, in UTC or in `zone`.
        optional cron: Cron,
        /// schedule: the time zone of `cron`: `"Europe/Berlin"`. UTC, by default.
        optional zone: Constant,
        /// schedule: how late it may start.
        optional deadline: Duration,
        /// schedule: what happens while the last one runs.
        optional overlap: Overlap,
    }
}

choice! {
    /// When a service runs.
    RunKind {
        /// Always, and again when it ends.
        Always = "always",
        /// Once, until it ends well.
        Once = "once",
        /// Always, one on each host.
        EachHost = "each_host",
        /// At the times that `cron` says.
        Schedule = "schedule",
    }
}

choice! {
    /// What happens when a run is due while the last one goes on.
    Overlap {
        /// The new one is left out.
        Forbid = "forbid",
        /// Both run.
        Allow = "allow",
        /// The old one is ended.
        Replace = "replace",
    }
}

block! {
    /// Where a service runs.
    "place" => Place / PlaceField {
        /// How its copies lie in the zones.
        optional zone: Zone,
        /// How many graphics processors it needs.
        optional gpu: Integer,
    }
}

choice! {
    /// How copies lie in the zones.
    Zone {
        /// Each in another one, as far as possible.
        Spread = "spread",
        /// All in one.
        Together = "together",
    }
}

/// A limit of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ulimit {
    /// None.
    Unlimited,
    /// A number.
    At(u64),
}

impl Scalar for Ulimit {
    fn shape() -> Kind {
        Kind::Scalar("a whole number or `unlimited`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::Reference(path) if path.word() == Some("unlimited") => Some(Self::Unlimited),
            ValueKind::Number(word) => {
                let limit = Integer::read(value, decoder)?.0;
                if i64::try_from(limit).is_err() {
                    decoder.report(
                        Diagnostic::new(codes::TYP003, format!("`{word}` is out of range"))
                            .at(value.span, "no process has so much")
                            .help("write `unlimited` where no limit is meant"),
                    );
                    return None;
                }
                Some(Self::At(limit))
            }
            _ => decoder.mismatch(value, "a whole number or `unlimited`"),
        }
    }
}

block! {
    /// What the host must offer.
    "requires" => Requires / RequiresField {
        /// Kernel settings of the host.
        optional sysctl: Map<Integer>,
    }
}

block! {
    /// Exceptions from the safe defaults. With any of them stands the `reason`.
    "security" => Security / SecurityField {
        /// The root file system can be written to.
        optional writable: bool,
        /// Everything of the host is open to it.
        optional privileged: bool,
        /// It runs as root, as its image means it to.
        optional root: bool,
        /// It sees the processes of the host.
        optional host_pid: bool,
        /// It is on the network of the host.
        optional host_network: bool,
        /// Capabilities that it keeps.
        optional capabilities: List<Constant>,
        /// Devices of the host.
        optional devices: List<Constant>,
        /// Why.
        optional reason: Constant,
    }
}

without_constants! { Ulimit }
