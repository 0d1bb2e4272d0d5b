//! What runs, and everything about it.

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
    /// Something that runs. Not reachable from outside, not writable, not privileged and not
    /// unlimited, unless it says so.
    "service" => Service / ServiceField {
        label name = "What it is called.";
        /// What it is for.
        optional description: Constant,
        /// The group it belongs to.
        optional group: Reference,
        /// What Rust must know of it: what it does for the platform.
        optional role: Role,
        /// The image it runs.
        optional image: ImageUse,
        /// How its image is built; an `image` beside it is the name that it is pushed and pulled under.
        optional build: Arc<Build>,
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
        /// Folders of what targets write.
        many artifacts: Artifacts,
        /// What it may ask the API of the cluster.
        many api_access: Api,
        /// How it is known to work.
        optional health: Arc<Health>,
        /// Where its metrics are.
        optional metrics: Arc<Metrics>,
        /// The mail server that it tells people through; for a service with `role = alerts`.
        optional smtp: Arc<Smtp>,
        /// How long it keeps what it collects; for a service with `role = metrics`.
        optional samples: Arc<Samples>,
        /// What it may use.
        optional resources: Resources,
        /// How many of it run.
        optional scale: Arc<Scale>,
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
        optional security: Arc<Security>,
        /// Services that belong to it.
        nested service: Arc<Service>,
        /// What it holds, of the kinds that its component declares.
        many child: Child,
        /// Values that others refer to.
        many output: Output,
        /// How its data is copied and brought back.
        optional dump: Arc<Dump>,
        /// What helps those who run it.
        optional guide: Arc<Guide>,
        /// How its secrets are changed.
        many rotate: Rotate,
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
        /// It gets the certificates of the sites that the proxy serves in which it stands.
        Certificates = "certificates",
        /// It is Kubernetes' agent on each node, which exports metrics of the containers there. Nothing is started: it needs no
        /// image.
        Kubelet = "kubelet",
        /// It exports the state of the objects of a cluster, as metrics.
        ClusterState = "cluster_state",
    }
}

block! {
    /// The image a service runs.
    "image" => ImageUse / ImageUseField {
        value name: Template = "The image with its tag.";
        /// The image it is built on, whose contents are known.
        optional base: Constant,
    }
}

block! {
    /// How an image is built.
    "build" => Build / BuildField {
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
    "value" => EnvForm / EnvFormField {
        maybe value: Template = "The value.";
        /// Whether it is handed over as a file, whose path `NAME_FILE` holds.
        optional file: bool,
        /// What that name ends with, in place of `_FILE`.
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
    /// How the data of a service is copied and brought back. Its commands run in a container of the service, and reach the server
    /// by its address, so that the same commands serve a scratch server and a pod of their own. No secret stands in them: they read
    /// the variables and files of the service.
    "dump" => Dump / DumpField {
        /// What prints the names of what is copied one by one, a line each, such as databases. The commands below get such a name
        /// behind their words. Without it there is one copy of the whole.
        optional parts: List<Template>,
        /// What writes a copy to its standard output.
        required save: List<Template>,
        /// What reads one from its standard input.
        required restore: List<Template>,
        /// Whether the service stands still while it is restored: `restore` runs in a container of its own, with the volumes.
        optional offline: bool,
        /// What the name of a copy ends with.
        optional suffix: Constant,
        /// What reads a whole copy from its standard input, and fails where its end is missing. It runs without network and volumes.
        optional verify: List<Template>,
        /// What prints how much data there is: a line each, a number and a name. A drill compares it with the restored data.
        optional count: List<Template>,
        /// What prints the version of the server. A copy is not restored into an older one.
        optional server_version: List<Template>,
        /// What fails where a restored server is not as it should be. Drills run it.
        optional check: List<Template>,
        /// The variables with secrets that a program of these commands reads though no command names it. On a cluster, copies are
        /// taken by pods of their own, which get these and those that a command names; all where nothing names any.
        optional reads: List<Word>,
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
