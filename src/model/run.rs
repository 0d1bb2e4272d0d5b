//! Limits, copies, times and exceptions of a service.

use crate::diagnostic::{Diagnostic, codes};
use crate::schema::{
    Bytes, Constant, Cron, Decoder, Duration, Integer, Kind, List, Map, Number, Placed, Ratio, Scalar, block,
    choice, without_constants,
};
use crate::syntax::{Value, ValueKind};

block! {
    /// The limits of a service: 512 MiB, one processor and 512 processes by default.
    "resources" => Resources / ResourcesField {
        /// The most memory.
        optional memory: Placed<Bytes>,
        /// The most processors.
        optional cpu: Number,
        /// The most processes and threads.
        optional pids: Integer,
        /// The reserved part.
        optional reserve: Reserve,
    }
}

block! {
    /// The part that is reserved for a service.
    "reserve" => Reserve / ReserveField {
        /// Memory.
        optional memory: Bytes,
        /// Processors.
        optional cpu: Number,
    }
}

block! {
    /// The number of copies of a service.
    "scale" => Scale / ScaleField {
        /// The least number.
        optional min: Integer,
        /// The greatest number.
        optional max: Integer,
        /// The use of processors above which more start.
        optional cpu: Ratio,
        /// The use of memory above which more start.
        optional memory: Ratio,
        /// The value of a query above which more start.
        many on: ScaleOn,
    }
}

block! {
    /// A query that decides on the number of copies.
    "on" => ScaleOn / ScaleOnField {
        label query = "The query.";
        value target: Number = "The value for each that runs.";
    }
}

block! {
    /// The state of another service that the start waits for.
    "wait" => After / AfterField {
        label service = "The service.";
        value condition: Condition = "The state.";
    }
}

choice! {
    /// A state of a service.
    Condition {
        /// The service runs.
        Started = "started",
        /// Its health check succeeds.
        Healthy = "healthy",
        /// The job has ended well.
        Completed = "completed",
        /// Any state: the start does not wait, though a reference leads there.
        Nothing = "nothing",
    }
}

block! {
    /// The times at which a service runs.
    "run" => Run / RunField {
        value kind: RunKind = "The kind of times.";
        /// schedule: the times in cron's form, in UTC or in `zone`.
        optional cron: Cron,
        /// schedule: the time zone of `cron`: `"Europe/Berlin"`. UTC by default.
        optional zone: Constant,
        /// schedule: the latest start after the due time.
        optional deadline: Duration,
        /// schedule: the behaviour while the last run goes on.
        optional overlap: Overlap,
    }
}

choice! {
    /// The times at which a service runs.
    RunKind {
        /// Always, and again when it ends.
        Always = "always",
        /// Once, until it ends well.
        Once = "once",
        /// Always, one on each host.
        EachHost = "each_host",
        /// At the times of `cron`.
        Schedule = "schedule",
    }
}

choice! {
    /// The behaviour when a run is due while the last one goes on.
    Overlap {
        /// The new run is skipped.
        Forbid = "forbid",
        /// Both run.
        Allow = "allow",
        /// The old run is ended.
        Replace = "replace",
    }
}

block! {
    /// The zones and the hardware of a service's copies.
    "place" => Place / PlaceField {
        /// The distribution of the copies over zones.
        optional zone: Zone,
        /// The number of graphics processors.
        optional gpu: Integer,
    }
}

choice! {
    /// The distribution of copies over zones.
    Zone {
        /// Each in another zone, as far as possible.
        Spread = "spread",
        /// All in one zone.
        Together = "together",
    }
}

/// A limit of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ulimit {
    /// No limit.
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
    /// The settings that the host must have.
    "requires" => Requires / RequiresField {
        /// Kernel settings of the host.
        optional sysctl: Map<Integer>,
    }
}

block! {
    /// Exceptions from the safe defaults. They need a `reason`, which artifacts show.
    "security" => Security / SecurityField {
        /// Whether the root file system can be written to.
        optional writable: bool,
        /// Whether everything of the host is open to the service.
        optional privileged: bool,
        /// Whether the service runs as root, as its image means it to.
        optional root: bool,
        /// Whether the service sees the processes of the host.
        optional host_pid: bool,
        /// Whether the service is on the network of the host.
        optional host_network: bool,
        /// Capabilities that the service keeps.
        optional capabilities: List<Constant>,
        /// Devices of the host that the service uses.
        optional devices: List<Constant>,
        /// The reason.
        optional reason: Constant,
    }
}

without_constants! { Ulimit }
