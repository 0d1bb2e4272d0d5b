//! How a service is known to work, and where its metrics are.

use crate::schema::{
    Bytes, Constant, Decoder, Duration, Integer, Kind, List, Placed, Reference, Rooted, Scalar, Template,
    Word, block, choice, without_constants,
};
use crate::syntax::{Value, ValueKind};

block! {
    /// How a service is known to work: paths, a port, a command, or what the image brings.
    "health" => Health / HealthField {
        /// The path that answers when it can take requests.
        optional readiness: Rooted,
        /// The path that answers as long as it need not be started again.
        optional liveness: Rooted,
        /// The path that answers once it has started.
        optional startup: Rooted,
        /// The port of these paths.
        optional port: Reference,
        /// A port that must accept connections.
        optional tcp: Reference,
        /// What is run in the container.
        optional command: Command,
        /// Whether the image's own check is used.
        optional builtin: bool,
        /// Why there is no check.
        optional none: Constant,
        /// What asks for the path.
        optional tool: Tool,
        /// The time between two checks.
        optional interval: Duration,
        /// How long one may take.
        optional timeout: Duration,
        /// How many must fail.
        optional retries: Integer,
        /// How long failures do not count after the start.
        optional start: Duration,
        /// The time between two checks as long as failures do not count; with `start` only.
        optional start_interval: Duration,
        /// Other services that `readiness` looks at, so that it fails where they do.
        optional needs: List<Reference>,
    }
}

choice! {
    /// What asks for a path inside a container.
    Tool {
        /// curl.
        Curl = "curl",
        /// wget, of BusyBox too.
        Wget = "wget",
        /// Node.js, 18 or later.
        Node = "node",
        /// Python 3.
        Python = "python3",
        /// Perl's HTTP::Tiny.
        Perl = "perl",
    }
}

/// What is run: a program with its arguments, or a line of the image's shell.
#[derive(Debug, Clone)]
pub enum Command {
    /// A program with its arguments.
    Exec(Vec<Template>),
    /// A line of the image's shell.
    Shell(Template),
}

impl Scalar for Command {
    fn shape() -> Kind {
        Kind::Scalar("a list of arguments, or a line for the shell")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match value.kind {
            ValueKind::List(_) => List::read(value, decoder).map(|list| Self::Exec(list.items)),
            _ => Template::read(value, decoder).map(Self::Shell),
        }
    }
}

block! {
    /// Where the metrics of a service are.
    "metrics" => Metrics / MetricsField {
        /// The path.
        optional path: Rooted,
        /// The port; the first HTTP port where none is named.
        optional port: Reference,
        /// The time between two scrapes.
        optional interval: Duration,
        /// How long one may take: not longer than the interval.
        optional timeout: Duration,
        /// Whose metrics they are, by the names of `exports`; those of its image where none is named.
        optional of: List<Word>,
    }
}

block! {
    /// How long a service that collects metrics keeps them. What comes first counts.
    "samples" => Samples / SamplesField {
        /// How long, in whole hours.
        optional time: Placed<Duration>,
        /// How much at most, in whole MiB.
        optional size: Placed<Bytes>,
    }
}

without_constants! { Command }
