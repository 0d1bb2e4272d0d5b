//! What runs, and everything about it.

use super::environment::Texts;
use super::observe::{Alert, Dashboard, Metric, Record};
use super::{Allow, Override};
use crate::schema::{
    Bytes, Constant, Decode, Decoder, Duration, Integer, Kind, List, Map, Number, PortNumber, Ratio,
    Reference, Scalar, Template, block, choice,
};
use crate::source::Span;
use crate::syntax::{Entry, Name, Value, ValueKind};

block! {
    /// Something that runs. Not reachable from outside, not writable, not privileged and not
    /// unlimited, unless it says so.
    "service" => Service {
        label name = "What it is called.";
        /// What it is for.
        optional description: Constant,
        /// The group it belongs to.
        optional group: Reference,
        /// What Rust must know of it: what it does for the platform.
        optional role: Role,
        /// The image it runs.
        optional image: ImageUse,
        /// How its image is built.
        optional build: Build,
        /// What the image starts, in place of its own.
        optional entrypoint: List<Template>,
        /// The arguments of what the image starts.
        optional command: List<Template>,
        /// The user it runs as, `uid:gid`.
        optional user: Constant,
        /// The networks it is on.
        optional networks: List<Reference>,
        /// Ports it listens on.
        many port: Port,
        /// Environment variables. A name alone passes the variable of that name on.
        optional env: Map<EnvValue>,
        /// Volumes of its own.
        many volume: ServiceVolume,
        /// Shared volumes.
        many mount: Mount,
        /// Paths of the host.
        many bind: Bind,
        /// Paths in memory.
        many tmpfs: Tmpfs,
        /// Files that the compiler writes for it.
        many config: Config,
        /// How it is known to work.
        optional health: Health,
        /// Where its metrics are.
        optional metrics: Metrics,
        /// What it may use.
        optional resources: Resources,
        /// How many of it run.
        optional scale: Scale,
        /// What starts before it. References do so by themselves.
        optional after: List<Reference>,
        /// What another service must have come to before this one starts, in place of what is derived.
        many wait: After,
        /// Connections without a reference: outsides, services or ports.
        optional reaches: List<Reference>,
        /// How long it may take to stop.
        optional stop_grace: Duration,
        /// The signal that stops it.
        optional stop_signal: Constant,
        /// Whether a first process reaps what it leaves behind.
        optional init: bool,
        /// When it runs.
        optional run: Run,
        /// Labels of the container.
        optional labels: Texts,
        /// Where it runs.
        optional place: Place,
        /// Limits of the process.
        optional ulimits: Map<Ulimit>,
        /// What the host must offer.
        optional requires: Requires,
        /// Exceptions from the safe defaults.
        optional security: Security,
        /// Services that belong to it.
        many service: Service,
        /// What it holds, of the kinds that its component declares.
        many child: Child,
        /// Values that others refer to.
        many output: Output,
        /// How its data is copied and brought back.
        optional dump: Dump,
        /// Alerts about it.
        many alert: Alert,
        /// Queries that are kept under a name.
        many record: Record,
        /// Metrics it exports.
        many metric: Metric,
        /// Dashboards about it.
        many dashboard: Dashboard,
        /// What one target is told beside the language.
        many override_ as "override": Override,
        /// A rule code that is meant.
        many allow: Allow,
    }
}

choice! {
    /// What a service does for the platform.
    Role {
        /// It scrapes and keeps metrics.
        Metrics = "metrics",
        /// It tells people.
        Alerts = "alerts",
        /// It shows dashboards.
        Dashboards = "dashboards",
        /// It serves sites.
        Proxy = "proxy",
        /// It keeps objects in buckets.
        Store = "store",
        /// It keeps and finds logs.
        Search = "search",
        /// It keeps data.
        Database = "database",
        /// It looks at endpoints from outside.
        Probe = "probe",
    }
}

block! {
    /// The image a service runs.
    "image" => ImageUse {
        value name: Template = "The image with its tag.";
        /// The image it is built on, whose contents are known.
        optional base: Constant,
    }
}

block! {
    /// How an image is built.
    "build" => Build {
        value context: Constant = "The folder it is built in.";
        /// The file that says how.
        optional dockerfile: Constant,
        /// The stage of it.
        optional target: Constant,
        /// Its arguments.
        optional args: Map<Template>,
        /// The image it is built on, whose contents are known.
        optional base: Constant,
    }
}

block! {
    /// A port that a service listens on.
    "port" => Port {
        label name = "What references call it.";
        value number: PortNumber = "The number it listens on.";
        /// What is spoken there; the name's own protocol (`http`, `https`, `grpc`) where it has one, else `tcp`.
        optional protocol: Protocol,
        /// Who may come in from outside.
        optional publish: Publish,
        /// Who it is meant for.
        optional access: Access,
        /// The paths it answers, where they are known.
        optional paths: List<Constant>,
        /// What it is for.
        optional description: Constant,
    }
}

choice! {
    /// What is spoken on a port; the scheme of its address.
    Protocol {
        /// HTTP.
        Http = "http",
        /// HTTP over TLS.
        Https = "https",
        /// Any stream.
        Tcp = "tcp",
        /// Datagrams.
        Udp = "udp",
        /// gRPC.
        Grpc = "grpc",
        /// MongoDB's wire protocol.
        Mongodb = "mongodb",
        /// PostgreSQL's.
        Postgresql = "postgresql",
        /// MySQL's.
        Mysql = "mysql",
        /// Redis'.
        Redis = "redis",
        /// AMQP, of RabbitMQ and others.
        Amqp = "amqp",
        /// NATS.
        Nats = "nats",
        /// Kafka's.
        Kafka = "kafka",
        /// FastCGI.
        Fastcgi = "fastcgi",
        /// Mail.
        Smtp = "smtp",
    }
}

choice! {
    /// Who a port is meant for.
    Access {
        /// Everybody.
        Public = "public",
        /// Those who run the platform.
        Admin = "admin",
        /// Services of the platform only: it must not be published.
        Internal = "internal",
    }
}

block! {
    /// Who may come in from outside.
    "publish" => Publish {
        value to: Reference = "`internet`, `localhost` or a declared outside.";
        /// The host's port, where it is another one.
        optional port: PortNumber,
    }
}

/// The value of an environment variable.
#[derive(Debug, Clone)]
pub struct EnvValue {
    /// The value; without one, the variable of the same name is passed on.
    pub value: Option<Template>,
    /// What the name of the variable ends with that gets the path of a file in place of the value.
    pub file: Option<String>,
    /// The place of the whole entry.
    pub span: Span,
}

block! {
    /// How a value is handed over.
    "value" => EnvForm {
        maybe value: Template = "The value.";
        /// Whether it is handed over as a file, whose path `NAME_FILE` holds.
        optional file: bool,
        /// What that name ends with, in place of `_FILE`.
        optional suffix: Constant,
    }
}

impl Decode for EnvValue {
    fn kind() -> Kind {
        Template::kind()
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        let form = EnvForm::decode(entry, decoder)?;
        let suffix = form.suffix.as_ref().and_then(|suffix| suffix.text.as_literal()).unwrap_or("_FILE");
        let file = form.file.unwrap_or(false).then(|| suffix.to_owned());
        if entry.value.is_some() && form.value.is_none() {
            return None;
        }
        let span = form.value.as_ref().map_or(entry.key.span, |value| entry.key.span.to(value.span));
        Some(Self { value: form.value, file, span })
    }
}

block! {
    /// A volume of a service.
    "volume" => ServiceVolume {
        label name = "What it is called.";
        value path: Constant = "Where it is in the container.";
        /// How much it holds.
        optional size: Bytes,
        /// Whether it is part of a backup.
        optional backup: bool,
        /// What is kept there.
        optional description: Constant,
    }
}

block! {
    /// A shared volume in a service.
    "mount" => Mount {
        label name = "The shared volume.";
        value path: Constant = "Where it is in the container.";
        /// Whether the service only reads it.
        optional read_only: bool,
    }
}

block! {
    /// A path of the host in a service.
    "bind" => Bind {
        label source = "The host's path.";
        value path: Constant = "Where it is in the container.";
        /// Whether the service only reads it.
        optional read_only: bool,
        /// Whether mounts below it appear in the container, too.
        optional propagation: Propagation,
    }
}

choice! {
    /// Which mounts below a path appear in the container, too.
    Propagation {
        /// None that come later.
        Private = "rprivate",
        /// Those of the host.
        Slave = "rslave",
        /// Those of both, in both.
        Shared = "rshared",
    }
}

block! {
    /// A path in memory.
    "tmpfs" => Tmpfs {
        label path = "Where it is in the container.";
        /// How much it holds.
        optional size: Bytes,
    }
}

block! {
    /// A file that the compiler writes for a service.
    "config" => Config {
        label path = "Where it is in the container.";
        maybe content: Constant = "What it holds.";
        /// The file of the project that holds it.
        optional from: Constant,
        /// Its mode.
        optional mode: Constant,
        /// What it is for.
        optional description: Constant,
    }
}

block! {
    /// How a service is known to work: paths, a port, a command, or what the image brings.
    "health" => Health {
        /// The path that answers when it can take requests.
        optional readiness: Constant,
        /// The path that answers as long as it need not be started again.
        optional liveness: Constant,
        /// The path that answers once it has started.
        optional startup: Constant,
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
    "metrics" => Metrics {
        /// The path.
        optional path: Constant,
        /// The port; the first HTTP port where none is named.
        optional port: Reference,
        /// The time between two scrapes.
        optional interval: Duration,
    }
}

block! {
    /// What a service may use.
    "resources" => Resources {
        /// Memory, at most.
        optional memory: Bytes,
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
    "reserve" => Reserve {
        /// Memory.
        optional memory: Bytes,
        /// Processors.
        optional cpu: Number,
    }
}

block! {
    /// How many of a service run.
    "scale" => Scale {
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
    "on" => ScaleOn {
        label query = "The query.";
        value target: Number = "The value for each that runs.";
    }
}

block! {
    /// What another service must have come to before this one starts.
    "wait" => After {
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
    "run" => Run {
        value kind: RunKind = "When.";
        /// schedule: when, as cron says it, in UTC.
        optional cron: Constant,
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
    "place" => Place {
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
            ValueKind::Number(_) => Integer::read(value, decoder).map(|number| Self::At(number.0)),
            _ => decoder.mismatch(value, "a whole number or `unlimited`"),
        }
    }
}

block! {
    /// What the host must offer.
    "requires" => Requires {
        /// Kernel settings of the host.
        optional sysctl: Map<Integer>,
    }
}

block! {
    /// Exceptions from the safe defaults. With any of them stands the `reason`.
    "security" => Security {
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

block! {
    /// How the data of a service is copied and brought back.
    "dump" => Dump {
        /// What writes a copy to its standard output.
        required save: List<Template>,
        /// What reads one from its standard input.
        required restore: List<Template>,
        /// What the name of a copy ends with.
        optional suffix: Constant,
        /// What tells that a copy can be read.
        optional verify: List<Template>,
    }
}

/// Values that others refer to: `mongodb.app.url` is the field `url` of the output `app`.
#[derive(Debug, Clone)]
pub struct Output {
    /// What references call it.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<(Name, Template)>,
}

impl Decode for Output {
    fn kind() -> Kind {
        Kind::Map(Template::kind)
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        if let Some(value) = &entry.value {
            decoder.unexpected(value.span, "`output` takes no value");
        }
        let name = decoder.label(entry)?;
        let fields = entry.entries().iter();
        Some(Self {
            name,
            fields: fields
                .filter_map(|item| Some((item.key.clone(), Template::decode(item, decoder)?)))
                .collect(),
        })
    }
}

/// Something that an instance holds, of a kind that its component declares: a bucket, an account.
/// Its parameters were checked when the component was expanded.
#[derive(Debug, Clone)]
pub struct Child {
    /// The place of its kind and name.
    pub span: Span,
    /// What it is called.
    pub name: Name,
    /// Its kind: `bucket`.
    pub kind: Name,
    /// The nested service whose work it is to make it.
    pub by: Option<Reference>,
    /// The values of its parameters.
    pub values: Vec<(Name, Value)>,
}

impl Decode for Child {
    fn kind() -> Kind {
        Kind::Raw
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        let name = decoder.label(entry)?;
        let Some(Value { kind: ValueKind::Reference(kind), span }) = &entry.value else {
            decoder.missing(
                entry.head(),
                "`child` has no kind",
                "children are written by their kind: `bucket NAME { … }`",
            );
            return None;
        };
        let by = decoder.optional(entry, "by");
        let values = entry.entries().iter().filter(|item| item.key.text != "by");
        Some(Self {
            span: entry.head(),
            name,
            kind: Name { text: kind.text().into(), span: *span, quoted: false },
            by,
            values: values.filter_map(|item| Some((item.key.clone(), item.value.clone()?))).collect(),
        })
    }
}
