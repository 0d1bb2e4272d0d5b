//! The platform: what `resolve` makes of a document.
//!
//! Only `resolve` makes a [`Platform`], so every name in it is bound: an index leads somewhere, a
//! [`Value`] holds literals and inputs only, and every connection is an [`Edge`]. Components,
//! instances and nesting are gone: services stand in one list, each under its artifact name.

use std::ops::Index;
use std::sync::Arc;

use crate::model::{self, Access, Condition, Document, Propagation, Protocol, Role, RunKind, Tool};
use crate::source::Span;

macro_rules! index {
    ($($(#[doc = $doc:literal])+ $Id:ident in $field:ident of $Item:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $Id(pub(crate) usize);

            impl Index<$Id> for Platform {
                type Output = $Item;

                fn index(&self, id: $Id) -> &$Item {
                    &self.$field[id.0]
                }
            }
        )+
    };
}

index! {
    /// A service of the platform.
    ServiceId in services of Service;
    /// A network of the platform.
    NetworkId in networks of Network;
    /// A variable or secret of the platform.
    InputId in inputs of Input;
    /// Something external.
    OutsideId in outsides of Outside;
    /// A group of services.
    GroupId in groups of Group;
    /// A volume that several services share.
    VolumeId in volumes of SharedVolume;
    /// A public host name.
    SiteId in sites of Site;
}

/// A platform whose names are bound and whose connections are known.
#[derive(Debug)]
pub struct Platform {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Labels of every artifact.
    pub labels: Vec<(String, String)>,
    /// Variables and secrets, in the order of the source.
    pub inputs: Vec<Input>,
    /// Networks, in the order of the source.
    pub networks: Vec<Network>,
    /// Everything external, `internet` and `localhost` first.
    pub outsides: Vec<Outside>,
    /// Groups, in the order of the source.
    pub groups: Vec<Group>,
    /// Shared volumes, in the order of the source.
    pub volumes: Vec<SharedVolume>,
    /// Services in the order of the source, a nested one behind the one it belongs to.
    pub services: Vec<Service>,
    /// Sites, in the order of the source.
    pub sites: Vec<Site>,
    /// Every connection, ordered by the service it starts from.
    pub edges: Vec<Edge>,
    /// What images contain: the catalogue, then the platform's own entries.
    pub catalogue: Vec<ImageFacts>,
    /// Overrides of the whole platform.
    pub overrides: Vec<Override>,
    /// Whether the host's firewall guards what is published to a named outside.
    pub firewall: bool,
    /// The environment that was put in.
    pub environment: Option<String>,
    /// The blocks it was made from, for what is read as it is (alerts, dashboards, …).
    pub document: Arc<Document>,
}

impl Platform {
    /// The services with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |service| service.block.role == Some(role))
    }

    /// The catalogue's entry for what a service runs.
    #[must_use]
    pub fn facts(&self, service: &Service) -> Option<&ImageFacts> {
        service.facts.and_then(|at| self.catalogue.get(at))
    }

    /// The networks that two services share, in the order of the first one's list.
    pub fn shared_networks<'a>(
        &'a self,
        a: &'a Service,
        b: &'a Service,
    ) -> impl Iterator<Item = NetworkId> + 'a {
        a.networks.iter().copied().filter(|network| b.networks.contains(network))
    }

    /// The profile of a service's group: it starts only where that is asked for.
    #[must_use]
    pub fn profile(&self, service: &Service) -> Option<&str> {
        service.group.and_then(|group| self[group].profile.as_deref())
    }
}

/// Text whose references are bound. What is not literal is an input, which the operator sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// The parts; two literals never stand side by side.
    pub parts: Vec<ValuePart>,
}

/// A part of a [`Value`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuePart {
    /// As it is.
    Literal(String),
    /// What the operator sets.
    Input(InputId),
}

impl Value {
    /// The text where it is constant.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [ValuePart::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The inputs it is built from.
    pub fn inputs(&self) -> impl Iterator<Item = InputId> + '_ {
        self.parts.iter().filter_map(|part| match part {
            ValuePart::Input(input) => Some(*input),
            ValuePart::Literal(_) => None,
        })
    }

    /// Whether a secret went into it.
    #[must_use]
    pub fn is_secret(&self, platform: &Platform) -> bool {
        self.inputs().any(|input| platform[input].secret)
    }
}

/// A variable or a secret.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name of the environment variable.
    pub name: String,
    /// Whether nobody may see it.
    pub secret: bool,
    /// The value where the operator sets none.
    pub default: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// The values it may have.
    pub one_of: Vec<String>,
    /// How many characters it has at least.
    pub min_length: Option<u64>,
    /// Whether it is part of an address, so that only characters that mean nothing there may stand in it.
    pub in_url: bool,
    /// The place of its declaration.
    pub span: Span,
}

/// A network.
#[derive(Debug, Clone)]
pub struct Network {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it has no way out and no way in from the host.
    pub internal: bool,
    /// The place of its declaration.
    pub span: Span,
}

/// Something external.
#[derive(Debug, Clone)]
pub struct Outside {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Address ranges that may come in.
    pub ranges: Vec<String>,
    /// Endpoints that may be reached.
    pub endpoints: Vec<Endpoint>,
    /// Built in, or declared.
    pub kind: OutsideKind,
    /// The place of its declaration; `None` where it is built in.
    pub span: Option<Span>,
}

/// What an outside is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutsideKind {
    /// Everybody.
    Internet,
    /// The host itself.
    Localhost,
    /// What the source declares.
    Declared,
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// A group of services.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// The heading in documentation; the name where none is given.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// Started only where this profile is asked for.
    pub profile: Option<String>,
}

/// A volume that several services share.
#[derive(Debug, Clone)]
pub struct SharedVolume {
    /// What it is called.
    pub name: String,
    /// The block.
    pub block: model::Volume,
}

/// A public host name.
#[derive(Debug, Clone)]
pub struct Site {
    /// What references call it.
    pub name: String,
    /// The host name.
    pub domain: Value,
    /// The proxy that serves it.
    pub served_by: Option<ServiceId>,
    /// The routes that lead to a port.
    pub routes: Vec<Route>,
    /// The block.
    pub block: model::Site,
}

/// A route that leads to a port.
#[derive(Debug, Clone)]
pub struct Route {
    /// The path, as the source says it.
    pub path: String,
    /// The service.
    pub to: ServiceId,
    /// The port, an index into the service's ports.
    pub port: usize,
    /// The place.
    pub span: Span,
}

/// A service, nested ones among them.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its place in [`Platform::services`].
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
    /// The image it runs, with its tag; what `build` makes where `build` is set.
    pub image: Option<Value>,
    /// The repository and tag of the image, or of its base, where they are constant.
    pub image_name: Option<ImageName>,
    /// The entry of the catalogue for its image or its base.
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
    pub block: model::Service,
}

impl Service {
    /// The port of a name.
    #[must_use]
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports.iter().find(|port| port.name == name)
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

    /// Whether an exception of its `security` block is set.
    #[must_use]
    pub fn exception(&self, field: impl Fn(&model::Security) -> Option<bool>) -> bool {
        self.block.security.as_ref().and_then(field).unwrap_or(false)
    }
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
    /// Its mode.
    pub mode: Option<String>,
    /// Where it stands in the source, when it was written there.
    pub span: Span,
}

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
            Self::Builtin | Self::Tcp { .. } | Self::Exec(_) | Self::Shell(_) => true,
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

/// A connection.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Who starts it.
    pub from: ServiceId,
    /// Whom it reaches.
    pub to: EdgeEnd,
    /// Why it exists.
    pub cause: Cause,
    /// The network that carries it; `None` where there is none, or where it leads outside.
    pub network: Option<NetworkId>,
    /// The place in the source that causes it.
    pub span: Span,
}

/// The end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeEnd {
    /// A port of a service, an index into its ports; `None` where none is named.
    Service(ServiceId, Option<usize>),
    /// Something external.
    Outside(OutsideId),
}

/// Why a connection exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// `env`, `command`, `entrypoint` or `config` mentions it.
    Reference,
    /// `reaches` says so.
    Reaches,
    /// A site's route leads there.
    Route,
    /// Metrics are scraped there.
    Scrape,
    /// Alerts are handed over there.
    Alerting,
    /// A receiver is told there.
    Receiver,
    /// A backup is taken there.
    Backup,
}

impl Cause {
    /// The cause in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Reaches => "reaches",
            Self::Route => "route",
            Self::Scrape => "scrape",
            Self::Alerting => "alerting",
            Self::Receiver => "receiver",
            Self::Backup => "backup",
        }
    }
}

/// What an image contains.
#[derive(Debug, Clone)]
pub struct ImageFacts {
    /// The repository, or `repository:pattern`.
    pub image: String,
    /// The numeric user it runs as.
    pub user: Option<String>,
    /// The executables that health checks can use.
    pub tools: Vec<String>,
    /// Whether the entry says which tools there are.
    pub tools_known: bool,
    /// Paths whose content must outlive the container.
    pub data: Vec<String>,
    /// Volumes of the image whose content need not.
    pub scratch: Vec<String>,
    /// Other paths that are written to.
    pub writes: Vec<String>,
    /// Paths that it answers on its HTTP port; empty where unknown.
    pub endpoints: Vec<String>,
    /// Variables that may be given as a file.
    pub file_variables: Vec<String>,
    /// What the second variable's name ends with.
    pub file_suffix: String,
    /// Whether it has a health check of its own.
    pub builtin_health: bool,
    /// The image whose version must be the same.
    pub same_version_as: Option<String>,
    /// Why it can no longer be pulled.
    pub gone: Option<String>,
    /// Why it gets no updates.
    pub discontinued: Option<String>,
    /// What to use in its place.
    pub instead: Option<String>,
}

/// What one target is told beside the language.
#[derive(Debug, Clone)]
pub struct Override {
    /// The target.
    pub target: String,
    /// What is merged into its output.
    pub entries: Vec<(String, Tree)>,
    /// The place.
    pub span: Span,
}

/// A free value of an override.
#[derive(Debug, Clone)]
pub enum Tree {
    /// Text; `${NAME}` in a literal is left to the target.
    Text(Value),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list.
    List(Vec<Tree>),
    /// A body.
    Map(Vec<(String, Tree)>),
}

/// The children of an instance, for targets that know its role.
pub fn children<'a>(service: &'a Service, kind: &'a str) -> impl Iterator<Item = &'a model::Child> {
    service.block.child.iter().filter(move |child| child.kind.text == kind)
}
