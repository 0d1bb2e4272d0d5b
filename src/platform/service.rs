//! A service of the platform, with everything its artifacts need.

use std::sync::Arc;

use super::{GroupId, NetworkId, OutsideId, Override, ServiceId, Value, VolumeId};
use crate::model::{self, Access, Condition, Propagation, Protocol, RunKind, Tool};
use crate::schema::Bytes;
use crate::source::Span;

/// The memory of a service that says none.
pub const MEMORY: Bytes = Bytes(512 << 20);

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
    /// The image it runs, with its tag.
    pub image: Option<Value>,
    /// How its image is built.
    pub build: Option<Build>,
    /// The name of the image that is pulled; `None` where it is built, or the operator sets it.
    pub image_name: Option<ImageName>,
    /// The name of the image it is built on, where the source says it, else of the one that is pulled.
    pub base_name: Option<ImageName>,
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
    /// The networks it is on.
    pub networks: Vec<NetworkId>,
    /// The place where its networks are said: its own list, or its name.
    pub networks_span: Span,
    /// Whether some of them could not be bound, which is reported.
    pub networks_lost: bool,
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
    /// Files that the compiler writes for it.
    pub configs: Vec<ConfigFile>,
    /// Folders of what targets write, each as the folder below [`super::ARTIFACTS`] and the path in the container.
    pub artifacts: Vec<(String, String)>,
    /// Secrets that are handed over as files beside those of its environment.
    pub secret_files: Vec<super::InputId>,
    /// How it is known to work.
    pub health: Health,
    /// Where its metrics are.
    pub metrics: Option<Metrics>,
    /// What starts before it.
    pub dependencies: Vec<Dependency>,
    /// When it runs.
    pub run: RunKind,
    /// Labels of the container.
    pub labels: Vec<(String, String)>,
    /// What targets are told beside the language.
    pub overrides: Vec<Override>,
    /// The block, for what is read as it is: resources, security, scale, ulimits, timings.
    pub block: Arc<model::Service>,
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

    /// The place that names it.
    #[must_use]
    pub fn span(&self) -> Span {
        self.block.name.span
    }

    /// The memory it may use: what it says, or the default.
    #[must_use]
    pub fn memory(&self) -> Bytes {
        self.block.resources.as_ref().and_then(|resources| resources.memory).unwrap_or(MEMORY)
    }

    /// How many of it run on one host, where it says so. A port of the host can be taken once, so what is
    /// published runs once.
    #[must_use]
    pub fn replicas(&self) -> Option<u64> {
        let min = self.block.scale.as_ref().and_then(|scale| scale.min).map(|min| min.0);
        min.filter(|min| *min > 1 && self.ports.iter().all(|port| port.publish.is_none()))
    }

    /// Whether its root file system cannot be written to.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        !self.exception(|security| security.writable) && !self.exception(|security| security.privileged)
    }

    /// Whether an exception of its `security` block is set.
    #[must_use]
    pub fn exception(&self, field: impl Fn(&model::Security) -> Option<bool>) -> bool {
        self.block.security.as_deref().and_then(field).unwrap_or(false)
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
    /// The place of its declaration.
    pub span: Span,
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

/// A volume of a service.
#[derive(Debug, Clone)]
pub struct OwnVolume {
    /// What artifacts call it: `mongodb-data`.
    pub name: String,
    /// Where it is in the container.
    pub path: String,
    /// The block.
    pub block: model::ServiceVolume,
}

/// A shared volume in a service.
#[derive(Debug, Clone)]
pub struct SharedMount {
    /// The volume.
    pub volume: VolumeId,
    /// Where it is in the container.
    pub path: String,
    /// Whether the service only reads it.
    pub read_only: bool,
    /// The place.
    pub span: Span,
}

/// A path of the host in a service.
#[derive(Debug, Clone)]
pub struct HostPath {
    /// The host's path.
    pub source: String,
    /// Where it is in the container.
    pub path: String,
    /// Whether the service only reads it.
    pub read_only: bool,
    /// Whether mounts below it appear in the container, too.
    pub propagation: Option<Propagation>,
}

/// A file that the compiler writes for a service.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it is in the container.
    pub path: String,
    /// What it holds.
    pub content: String,
    /// Whether it is a file of the project, which is passed on byte for byte.
    pub from_file: bool,
    /// Its mode; whoever runs in the container can read it.
    pub mode: Option<u32>,
    /// Whether it comes with a component of the compiler.
    pub brought: bool,
    /// Where it stands in the source, when it was written there.
    pub span: Span,
}

/// What can try a port inside a container.
pub const TCP_TOOLS: &[&str] = &["nc", "bash", "node", "python3", "perl"];

/// How a service is known to work.
#[derive(Debug, Clone)]
pub enum Health {
    /// It is not: the image holds no tool, or the reason says why.
    None {
        /// Why.
        reason: Option<String>,
    },
    /// By the image's own check.
    Builtin,
    /// By a path.
    Http {
        /// The port, an index into the service's ports.
        port: usize,
        /// Answers when it can take requests.
        readiness: String,
        /// Answers as long as it need not be started again.
        liveness: Option<String>,
        /// Answers once it has started.
        startup: Option<String>,
        /// What asks for it inside the container.
        tool: Option<Tool>,
    },
    /// By a port that accepts connections, an index into the service's ports.
    Tcp {
        /// The port, an index into the service's ports.
        port: usize,
        /// Whether the image is known to hold something that can try it.
        possible: bool,
    },
    /// By a program with its arguments.
    Exec(Vec<Value>),
    /// By a line of the image's shell.
    Shell(Value),
}

impl Health {
    /// Whether somebody can wait for it inside containers.
    #[must_use]
    pub fn can_be_waited_for(&self) -> bool {
        match self {
            Self::None { .. } => false,
            Self::Http { tool, .. } => tool.is_some(),
            Self::Tcp { possible, .. } => *possible,
            Self::Builtin | Self::Exec(_) | Self::Shell(_) => true,
        }
    }
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
