//! A service of the platform, with everything its artifacts need.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{
    ApiAccess, Bears, CheckTimes, ConfigFile, Dump, GroupId, Guide, Health, HostPath, MemoryPath, Mounted,
    NetworkId, OutsideId, Override, OwnVolume, Placement, Process, Resources, Retention, Rotation, RoutePath,
    Scale, Schedule, Security, ServiceId, SharedMount, Value, Version,
};
use crate::model::{Access, Condition, Protocol, Role, RunKind};
use crate::source::Span;

/// A service, nested ones among them.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its place in [`super::Platform::services`].
    pub id: ServiceId,
    /// What references call it: `mongodb.exporter`.
    pub path: String,
    /// What artifacts call it: `mongodb-exporter`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// The service it is nested in.
    pub parent: Option<ServiceId>,
    /// What it does for the platform.
    pub role: Option<Role>,
    /// The image it runs, with its tag.
    pub image: Option<Value>,
    /// How its image is built.
    pub build: Option<Build>,
    /// The name of the image that is pulled; `None` where it is built, or the operator sets it.
    pub image_name: Option<ImageName>,
    /// The name of the image it is built on, where the source says it, else of the one that is pulled.
    pub base_name: Option<ImageName>,
    /// The first kernel of Linux on which its image does not run.
    pub kernel_below: Option<Version>,
    /// The entry of the catalogue for the image that is pulled.
    pub image_facts: Option<usize>,
    /// The entry of the catalogue for the image it is built on: what the container holds.
    pub facts: Option<usize>,
    /// What the image starts, in place of its own.
    pub entrypoint: Option<Vec<Value>>,
    /// The arguments of what the image starts.
    pub command: Option<Vec<Value>>,
    /// The user it runs as, `uid:gid`; the catalogue's where the source says none.
    pub user: Option<String>,
    /// How far it can be locked up.
    pub bears: Bears,
    /// The networks it is on.
    pub networks: Vec<NetworkId>,
    /// The ports it listens on.
    pub ports: Vec<Port>,
    /// Its environment variables, in the order of the source.
    pub env: Vec<EnvVar>,
    /// Its own volumes.
    pub volumes: Vec<OwnVolume>,
    /// Shared volumes it mounts.
    pub mounts: Vec<SharedMount>,
    /// Paths of the host.
    pub binds: Vec<HostPath>,
    /// Paths in memory: those of the source, then those that it needs.
    pub memory_paths: SmallVec<[MemoryPath; 1]>,
    /// Files that the compiler writes for it.
    pub configs: Vec<ConfigFile>,
    /// Folders of what targets write.
    pub artifacts: Vec<Mounted>,
    /// Secrets that are handed over as files beside those of its environment.
    pub secret_files: Vec<super::InputId>,
    /// What it says that it asks the API of the cluster.
    pub api: Vec<ApiAccess>,
    /// How it is known to work.
    pub health: Health,
    /// The times of that check, where it is not the image's own.
    pub times: CheckTimes,
    /// Whether its check looks at other services as well, and fails where they do.
    pub needs_others: bool,
    /// Where its metrics are.
    pub metrics: Option<Metrics>,
    /// How its data is copied and brought back.
    pub dump: Option<Box<Dump>>,
    /// What helps those who run it.
    pub guide: Option<Box<Guide>>,
    /// How its secrets are changed.
    pub rotations: Vec<Rotation>,
    /// What starts before it.
    pub dependencies: Vec<Dependency>,
    /// What it does not wait for, as the source says.
    pub starts_without: Vec<ServiceId>,
    /// When it runs.
    pub run: RunKind,
    /// The schedule, with `run = schedule`.
    pub schedule: Option<Arc<Schedule>>,
    /// What it may use.
    pub resources: Resources,
    /// How many of it run; one where the source says nothing.
    pub scale: Option<Arc<Scale>>,
    /// Exceptions from the safe defaults.
    pub security: Option<Arc<Security>>,
    /// What the source says of its processes.
    pub process: Option<Arc<Process>>,
    /// Where it runs, and what the host must offer.
    pub placement: Option<Arc<Placement>>,
    /// How long it keeps samples, where it is a metrics server.
    pub retention: Option<Arc<Retention>>,
    /// Labels of the container.
    pub labels: Vec<(String, String)>,
    /// What targets are told beside the language.
    pub overrides: Vec<Override>,
    /// The place of its name.
    pub span: Span,
}

impl Service {
    /// The port of a name.
    #[must_use]
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports.iter().find(|port| port.name == name)
    }

    /// Whether it runs something itself: one without an image and a build is a name for what is nested in it.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.image.is_some() || self.build.is_some()
    }

    /// Whether it ends by itself.
    #[must_use]
    pub fn is_job(&self) -> bool {
        matches!(self.run, RunKind::Once | RunKind::Schedule)
    }

    /// The first port that answers HTTP.
    #[must_use]
    pub fn http_port(&self) -> Option<&Port> {
        self.ports.iter().find(|port| matches!(port.protocol, Protocol::Http | Protocol::Https))
    }
}

/// How an image is built.
#[derive(Debug, Clone)]
pub struct Build {
    /// The folder it is built in, as seen from the project.
    pub context: String,
    /// The file that says how.
    pub dockerfile: Option<String>,
    /// The stage of it.
    pub target: Option<String>,
    /// Its arguments; no secret is among them.
    pub args: Vec<(String, Value)>,
}

/// The parts of an image's name: `registry/repository:tag@digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// The registry and repository, without `docker.io/` and `library/`.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// The digest.
    pub digest: Option<String>,
    /// The place it is said at.
    pub span: Span,
}

/// A port that a service listens on.
#[derive(Debug, Clone)]
pub struct Port {
    /// What references call it.
    pub name: String,
    /// The number.
    pub number: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// Who may come in from outside.
    pub publish: Option<Publish>,
    /// Who it is meant for.
    pub access: Option<Access>,
    /// The place where the platform itself says so, and not a standard component or the catalogue.
    pub access_said: Option<Span>,
    /// The paths it answers, where they are known.
    pub paths: Vec<String>,
    /// Whether its program distinguishes `/METRICS` and `/metrics/` from `/metrics`.
    pub strict: bool,
    /// What it is for.
    pub description: Option<String>,
    /// Requests that the service hands on, in the order of the source.
    pub forwards: Vec<Forward>,
    /// The place of its declaration.
    pub span: Span,
}

/// Requests that a service hands on.
#[derive(Debug, Clone)]
pub struct Forward {
    /// The paths.
    pub path: RoutePath,
    /// The service that answers them.
    pub to: ServiceId,
    /// The port of that service, an index into its ports.
    pub port: usize,
    /// Whether the path is taken off before.
    pub strip: bool,
    /// The place of its key and path.
    pub span: Span,
    /// The place of its target.
    pub to_span: Span,
}

/// Who may come in from outside.
#[derive(Debug, Clone)]
pub struct Publish {
    /// Who.
    pub to: OutsideId,
    /// The host's port.
    pub host_port: u16,
    /// The place.
    pub span: Span,
}

/// An environment variable.
#[derive(Debug, Clone)]
pub struct EnvVar {
    /// The name in the container.
    pub name: String,
    /// The value.
    pub value: Value,
    /// What the name ends with that gets the path of a file in place of the value.
    pub file: Option<String>,
    /// The place.
    pub span: Span,
}

/// Where the metrics of a service are.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// The port, an index into the service's ports.
    pub port: usize,
    /// The path.
    pub path: String,
    /// The place.
    pub span: Span,
}

/// What starts before a service.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The one before.
    pub on: ServiceId,
    /// What it must have come to.
    pub condition: Condition,
    /// Whether the source says the condition, or it is derived.
    pub said: bool,
    /// The place that causes it.
    pub span: Span,
}
