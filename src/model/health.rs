//! Health checks and metrics of services.

use crate::schema::{
    Bytes, Constant, Decoder, Duration, Integer, Kind, List, Placed, Reference, Rooted, Scalar, Template,
    Word, block, choice, without_constants,
};
use crate::syntax::{Value, ValueKind};

block! {
    /// The health check of a service: paths, a port, a command, or the image's own check. It runs inside the container.
    "health" => Health / HealthField {
        /// The path that answers while the service can take requests.
        optional readiness: Rooted,
        /// The path that answers as long as the service need not be started again.
        optional liveness: Rooted,
        /// The path that answers once the service has started. On Kubernetes a container that fails it is restarted.
        optional startup: Rooted,
        /// The port of these paths; the first HTTP port by default.
        optional port: Reference,
        /// A port that must accept connections.
        optional tcp: Reference,
        /// The command that runs in the container: a program with its arguments, or a line of the image's shell, where `$NAME`
        /// is a variable of the container.
        optional command: Command,
        /// Whether the image's own check is used.
        optional builtin: bool,
        /// The reason why there is no check.
        optional none: Constant,
        /// The program that asks for the path; the best that the image holds by default.
        optional tool: Tool,
        /// The time between two checks.
        optional interval: Duration,
        /// The time that one check may take.
        optional timeout: Duration,
        /// The number of failures that make the service unhealthy.
        optional retries: Integer,
        /// The time after the start in which failures do not count.
        optional start: Duration,
        /// The time between two checks during `start`.
        optional start_interval: Duration,
        /// Other services that `readiness` asks, so that it fails where they do.
        optional needs: List<Reference>,
    }
}

choice! {
    /// A program that asks for a path inside a container.
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

/// The command of a check: a program with its arguments, or a line of the image's shell.
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
    /// The path and the port of a service's metrics.
    "metrics" => Metrics / MetricsField {
        /// The path; `/metrics` by default.
        optional path: Rooted,
        /// The port; the first HTTP port by default.
        optional port: Reference,
        /// The time between two scrapes.
        optional interval: Duration,
        /// The time that one scrape may take: 10s by default, and not longer than the interval.
        optional timeout: Duration,
        /// The `exports` whose metrics the service has; those of its image by default.
        optional of: List<Word>,
    }
}

block! {
    /// The bounds of the metrics that a service stores. The first one that is met counts.
    "samples" => Samples / SamplesField {
        /// The longest time, in whole hours.
        optional time: Placed<Duration>,
        /// The largest size, in whole MiB.
        optional size: Placed<Bytes>,
    }
}

without_constants! { Command }
