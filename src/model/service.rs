//! Services, and everything about them.

use std::sync::Arc;

use super::api::Api;
use super::environment::Texts;
use super::guide::Guide;
use super::health::{Health, Metrics, Samples};
use super::observe::{Alert, Dashboard, Metric, Record};
use super::port::Port;
use super::receiver::Smtp;
use super::rotate::Rotate;
use super::run::{After, Place, Requires, Resources, Run, Scale, Security, Ulimit};
use super::storage::{Artifacts, Bind, Config, Mount, ServiceVolume, Tmpfs};
use super::{Allow, Override};
use crate::schema::{
    Constant, Decode, Decoder, Duration, Kind, Leaf, List, Map, Reference, Template, Word, block, choice,
    without_constants,
};
use crate::source::Span;
use crate::syntax::{Entry, Name, Value, ValueKind};

block! {
    /// A program that runs in a container. By default it is not published, not privileged, not root, limited, and its root file
    /// system is read-only.
    "service" => Service / ServiceField {
        label name = "The name.";
        /// The purpose of the service.
        optional description: Constant,
        /// The group of the service. A nested service is in the group of the service around it.
        optional group: Reference,
        /// The part that the service plays for the platform.
        optional role: Role,
        /// The image of the service.
        optional image: ImageUse,
        /// The build of the image; an `image` beside it is the name that it is pushed and pulled under.
        optional build: Arc<Build>,
        /// The program that starts, in place of the image's own.
        optional entrypoint: List<Template>,
        /// The arguments of the program.
        optional command: List<Template>,
        /// The user and the group, `uid:gid`; by default those of the catalogue of images.
        optional user: Constant,
        /// The networks of the service.
        optional networks: List<Reference>,
        /// A port that the program listens on.
        many port: Port,
        /// Environment variables: text, numbers, booleans and references. A name alone passes the variable or secret of that
        /// name on.
        optional env: Map<EnvValue>,
        /// A volume of the service alone.
        many volume: ServiceVolume,
        /// A shared volume.
        many mount: Mount,
        /// A path of the host.
        many bind: Bind,
        /// A path in memory.
        many tmpfs: Tmpfs,
        /// A file that the compiler writes for the service.
        many config: Config,
        /// A folder of files that a target writes.
        many artifacts: Artifacts,
        /// Rights at the API of the cluster.
        many api_access: Api,
        /// The health check of the service.
        optional health: Arc<Health>,
        /// The path and the port of its metrics.
        optional metrics: Arc<Metrics>,
        /// The mail server for notifications; for a service with `role = alerts`.
        optional smtp: Arc<Smtp>,
        /// The bounds of the stored metrics; for a service with `role = metrics`.
        optional samples: Arc<Samples>,
        /// The limits of memory, processors and processes.
        optional resources: Resources,
        /// The number of copies that run.
        optional scale: Arc<Scale>,
        /// Services that start before this one. A reference orders the start by itself.
        optional after: List<Reference>,
        /// The state of another service that the start waits for, in place of the derived one.
        many wait: After,
        /// Connections without a reference: to outsides, services or ports.
        optional reaches: List<Reference>,
        /// The time that the program may take to stop.
        optional stop_grace: Duration,
        /// The signal that stops the program.
        optional stop_signal: Constant,
        /// Whether a first process passes signals on and reaps orphans.
        optional init: bool,
        /// The times at which the service runs.
        optional run: Run,
        /// Labels of the container.
        optional labels: Texts,
        /// The zones and the hardware of its copies.
        optional place: Place,
        /// Limits of the process, such as `nofile = 65536`.
        optional ulimits: Map<Ulimit>,
        /// The settings that the host must have.
        optional requires: Requires,
        /// Exceptions from the safe defaults.
        optional security: Arc<Security>,
        /// A service that belongs to this one: `db.exporter`, in artifacts `db-exporter`. It inherits networks and group.
        nested service: Arc<Service>,
        /// A thing inside the service, of a kind that its component declares.
        many child: Child,
        /// Values for other services. A reference to one is a connection to everything that the value mentions.
        many output: Output,
        /// The commands that copy and restore the data.
        optional dump: Arc<Dump>,
        /// Help for operators: documentation and runbooks show it.
        optional guide: Arc<Guide>,
        /// The commands that change a secret.
        many rotate: Rotate,
        /// An alert about the service.
        many alert: Alert,
        /// A query that Prometheus keeps under a name.
        many record: Record,
        /// A metric that the service exports.
        many metric: Metric,
        /// A dashboard about the service.
        many dashboard: Dashboard,
        /// Keys of one target that the language lacks, at the service.
        many override_ as "override": Override,
        /// A finding that is meant, for the service and its nested ones.
        many allow: Allow,
    }
}

choice! {
    /// The part that a service plays for the platform.
    Role {
        /// The service scrapes and keeps metrics.
        Metrics = "metrics",
        /// The service notifies people of alerts.
        Alerts = "alerts",
        /// The service shows dashboards.
        Dashboards = "dashboards",
        /// The service serves sites.
        Proxy = "proxy",
        /// The service keeps objects in buckets.
        Store = "store",
        /// The service keeps and searches logs.
        Search = "search",
        /// The service keeps data.
        Database = "database",
        /// The service probes endpoints from outside: at `/probe`, with the modules `http_2xx`, `http_2xx_unverified` and
        /// `certificate`.
        Probe = "probe",
        /// The service orders the certificates of the sites of the proxy around it.
        Certificates = "certificates",
        /// The agent of Kubernetes on each node, which exports metrics of containers. Nothing is started: it needs no image,
        /// and its port is that of the nodes.
        Kubelet = "kubelet",
        /// The service exports the state of the cluster's objects as metrics, of the platform's namespaces alone.
        ClusterState = "cluster_state",
    }
}

block! {
    /// The image of a service.
    "image" => ImageUse / ImageUseField {
        value name: Template = "The image with its tag.";
        /// The image that this one is built on. The catalogue knows its user and its tools.
        optional base: Constant,
    }
}

block! {
    /// The build of an image.
    "build" => Build / BuildField {
        value context: Constant = "The folder of the build.";
        /// The name of the Dockerfile.
        optional dockerfile: Constant,
        /// The stage of the Dockerfile.
        optional target: Constant,
        /// The arguments of the build.
        optional args: Map<Template>,
        /// The image that this one is built on. The catalogue knows its user and its tools.
        optional base: Constant,
    }
}

/// The value of an environment variable.
#[derive(Debug, Clone)]
pub struct EnvValue {
    /// The value; without one, the variable of the same name is passed on.
    pub value: Option<Template>,
    /// The suffix of the variable that holds the path of a file in place of the value.
    pub file: Option<String>,
    /// The place of the whole entry.
    pub span: Span,
}

block! {
    /// The form of a variable's value.
    "value" => EnvForm / EnvFormField {
        maybe value: Template = "The value.";
        /// Whether the program gets the path of a file with the value, in the variable `NAME_FILE`.
        optional file: bool,
        /// The suffix of that variable, in place of `_FILE`.
        optional suffix: Constant,
    }
}

impl Decode for EnvValue {
    type Fields = EnvFormField;

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
    /// The commands that copy and restore the data of a service. They run in a container of the service and reach the server by
    /// its address, so the same commands serve a scratch server and a pod of their own. No secret stands in them: they read the
    /// variables and files of the service.
    "dump" => Dump / DumpField {
        /// The command that prints the names of the parts, a line each, such as databases. The other commands get a name as
        /// their last argument. Without it one copy holds everything.
        optional parts: List<Template>,
        /// The command that writes a copy to standard output.
        required save: List<Template>,
        /// The command that reads a copy from standard input.
        required restore: List<Template>,
        /// Whether the service stands still during a restore: `restore` then runs in a container of its own, with the volumes.
        optional offline: bool,
        /// The suffix of the copy's file name.
        optional suffix: Constant,
        /// The command that reads a whole copy from standard input, and fails where its end is missing. It runs without network
        /// and volumes.
        optional verify: List<Template>,
        /// The command that prints how much data exists: a line each, a number and a name. A drill compares it with the
        /// restored data.
        optional count: List<Template>,
        /// The command that prints the version of the server. A copy is never restored into an older one.
        optional server_version: List<Template>,
        /// The command that fails where a restored server is damaged. Drills run it.
        optional check: List<Template>,
        /// The variables with secrets that a program reads though no command names them. On a cluster pods of their own run the
        /// commands; they get these and the named ones, or all where neither exists. `[]` declares that there is none.
        optional reads: List<Word>,
    }
}

/// Values for other services: `mongodb.app.url` is the field `url` of the output `app`.
#[derive(Debug, Clone)]
pub struct Output {
    /// The name in references.
    pub name: Name,
    /// The fields of the output.
    pub fields: Vec<(Name, Template)>,
}

impl Decode for Output {
    type Fields = Leaf;

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

/// A thing inside an instance, of a kind that its component declares: a bucket, an account. The expansion has checked its
/// parameters.
#[derive(Debug, Clone)]
pub struct Child {
    /// The place of the kind and the name.
    pub span: Span,
    /// The name of the child.
    pub name: Name,
    /// The kind: `bucket`.
    pub kind: Name,
    /// The nested service that makes the child.
    pub by: Option<Reference>,
    /// The values of the parameters.
    pub values: Vec<(Name, Value)>,
}

impl Decode for Child {
    type Fields = Leaf;

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
        let by = entry.entries().iter().position(|item| item.key.text == "by");
        let by = decoder.optional(entry, Some(&by.and_then(|at| u32::try_from(at).ok())));
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

without_constants! { EnvValue, Output, Child }
