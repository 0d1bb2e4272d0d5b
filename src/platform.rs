//! The platform: what `resolve` makes of a document.
//!
//! Only `resolve` makes a [`Platform`], so every name in it is bound: an index leads somewhere, a
//! [`Value`] holds literals and inputs only, and every connection is an [`Edge`]. Components,
//! instances and nesting are gone: services stand in one list, each under its artifact name.

mod address;
mod api;
mod backup;
mod cause;
pub mod cloud;
mod cluster;
mod config;
mod copied;
mod declared;
pub mod dollar;
mod dump;
mod endpoint;
pub mod exposure;
mod gateway;
mod guide;
mod health;
mod host;
mod image;
mod issuer;
mod label;
mod level;
mod namespace;
mod objects;
pub mod observe;
mod order;
mod over;
pub mod owner;
mod pages;
mod placement;
mod policy;
mod process;
pub mod range;
mod rate;
pub mod reach;
pub mod receiver;
mod resources;
mod retention;
mod rotation;
mod scale;
mod schedule;
mod secret;
mod security;
mod service;
mod settings;
mod site;
pub mod source;
mod storage;
mod store;
pub mod tell;
mod version;
pub mod whose;

use std::ops;

use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

use crate::formats::Format;
use crate::source::Span;

pub use api::ApiAccess;
pub use backup::{ALERT_AFTER, Backup, CopiedVolume, Destination, DestinationKind, KEEP, OffSite, Switch};
pub use cause::Cause;
pub use cluster::{ApiServer, Dns, Entries, KUBERNETES, Operator, SecretStore};
pub use config::{ConfigFile, FILE, PROGRAM};
pub use copied::Untaken;
pub use dump::{Copying, Dump};
pub use endpoint::Endpoint;
pub use gateway::{ClusterGateway, GatewayKind};
pub use guide::Guide;
pub use health::{CheckTimes, Health, OwnTimes, TCP_TOOLS};
pub use host::Host;
pub use image::{Expects, FirstStart, ImageFacts};
pub use issuer::{Acme, Issuer, IssuerKind};
pub use label::{is_label_key, is_label_value};
pub use level::{BASELINE_CAPABILITIES, Level, plain};
pub use objects::Taken;
pub use observe::Observed;
pub use over::{ObjectName, Override, Removed, Tree};
pub use placement::Placement;
pub use policy::Policy;
pub use process::Process;
pub use rate::Rate;
pub use resources::{CPUS, MEMORY, PIDS, Reserve, Resources};
pub use retention::Retention;
pub use rotation::{Rotation, RotationCommands, RotationWay};
pub use scale::{Scale, ScaleQuery};
pub use schedule::Schedule;
pub use secret::SECRETS;
pub use security::{Bears, Confinement, Security};
pub use service::{Build, Dependency, EnvVar, Forward, ImageName, Metrics, Port, Publish, Service};
pub use settings::{DOMAIN, Kubernetes, Settings, Terraform};
pub use site::{
    ACCOUNTS, ACME, CERTIFICATES, FILES, Limit, Maintenance, RESOLVES_UPSTREAMS, Route, RoutePath,
    RouteTarget, Share, Site, Tls, Upstream,
};
pub use storage::{
    HostPath, MEMORY_PATH, MemoryPath, Mounted, OwnVolume, RUN, SharedMount, SharedVolume, TEMPORARY,
};
pub use store::{Account, Bucket, Database, Grant, Index};
pub use version::Version;

/// The words of the source that mean the same in the platform.
pub use crate::model::{
    Access, Condition, MetricKind, Overlap, PanelKind, Propagation, Protocol, Reach, Role, RunKind, Runtime,
    Severity, Timers, Tool, Ulimit, VolumeCopy, Zone,
};

macro_rules! index {
    ($($(#[doc = $doc:literal])+ $Id:ident in $field:ident of $Item:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $Id(pub(crate) usize);

            impl ops::Index<$Id> for Platform {
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
    /// A bucket off the site.
    StoreId in stores of OffSite;
    /// A public host name.
    SiteId in sites of Site;
    /// A bucket of an instance.
    BucketId in buckets of Bucket;
    /// An index of an instance.
    IndexId in indexes of Index;
    /// A database of an instance.
    DatabaseId in databases of Database;
    /// An account of an instance.
    AccountId in accounts of Account;
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
    /// The address of all runbooks.
    pub runbooks: Option<String>,
    /// Where its source is.
    pub repository: Option<String>,
    /// Under which licence it is.
    pub licence: Option<String>,
    /// Where those who run it ask for help.
    pub support: Option<String>,
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
    /// Buckets of instances, in the order of the services.
    pub buckets: Vec<Bucket>,
    /// Indexes of instances, in the order of the services.
    pub indexes: Vec<Index>,
    /// Databases of instances, in the order of the services.
    pub databases: Vec<Database>,
    /// Accounts of instances, in the order of the services.
    pub accounts: Vec<Account>,
    /// Backups, in the order of the source.
    pub backups: Vec<Backup>,
    /// Places off the site that backups are taken to.
    pub stores: Vec<OffSite>,
    /// Policies, in the order of the source.
    pub policies: Vec<Policy>,
    /// Hosts, in the order of the source.
    pub hosts: Vec<Host>,
    /// Every connection, ordered by the service it starts from.
    pub edges: Vec<Edge>,
    /// What images contain: the catalogue, then the platform's own entries.
    pub catalogue: Vec<ImageFacts>,
    /// Its targets, in the order of the table: those that are built where no others are asked for.
    pub targets: Vec<&'static Format>,
    /// What the source sets for each target.
    pub settings: Settings,
    /// Overrides of the whole platform.
    pub overrides: Vec<Override>,
    /// The environment that was put in.
    pub environment: Option<String>,
    /// What it runs on.
    pub runtime: Runtime,
    /// The runtimes that its targets are of, at least one: what is written once for all of them is of the first.
    pub runtimes: Vec<Runtime>,
    /// Whether the source has environments or targets of several runtimes, so that it can be compiled otherwise as well.
    pub varied: bool,
    /// The name of the entry file.
    pub source: String,
    /// The project's folder as seen from where the artifacts go, with `/` between its parts. By default
    /// they go into the project itself, and those of an environment to `build/ENV`.
    pub project: String,
    /// What is observed of it, and who is told.
    pub observed: Observed,
}

impl Platform {
    /// The services with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |service| service.role == Some(role))
    }

    /// The sites whose certificates a service with [`Role::Certificates`] gets: those of the proxy it stands in, but for
    /// those of the operator.
    pub fn certificates_of(&self, service: &Service) -> impl Iterator<Item = &Site> {
        let proxy = service.parent;
        self.sites.iter().filter(move |site| {
            proxy.is_some()
                && site.served_by == proxy
                && site.tls.as_ref().is_some_and(|tls| tls.issuer.is_asked())
        })
    }

    /// The path of a service that something may stand in.
    #[must_use]
    pub fn path(&self, owner: Option<ServiceId>) -> Option<&str> {
        owner.map(|owner| self[owner].path.as_str())
    }

    /// The catalogue's entry for what a service runs.
    #[must_use]
    pub fn facts(&self, service: &Service) -> Option<&ImageFacts> {
        service.facts.and_then(|at| self.catalogue.get(at))
    }

    /// Whether any connection leads from one service to another. They are ordered by where they start and end.
    #[must_use]
    pub fn connects(&self, from: ServiceId, to: ServiceId) -> bool {
        let at = self.edges.partition_point(|edge| (edge.from, edge.to) < (from, EdgeEnd::Service(to, None)));
        self.edges
            .get(at)
            .is_some_and(|edge| edge.from == from && matches!(edge.to, EdgeEnd::Service(end, _) if end == to))
    }

    /// The connections that start at a service.
    #[must_use]
    pub fn edges_from(&self, service: ServiceId) -> &[Edge] {
        let start = self.edges.partition_point(|edge| edge.from < service);
        let rest = self.edges.get(start..).unwrap_or_default();
        &rest[..rest.partition_point(|edge| edge.from == service)]
    }

    /// What is true of every series and alert of this platform, as labels.
    #[must_use]
    pub fn external_labels(&self) -> Vec<(&str, &str)> {
        let environment = self.environment.as_deref().map(|environment| ("environment", environment));
        let mut labels: Vec<_> =
            std::iter::once(("platform", self.name.as_str())).chain(environment).collect();
        for (label, value) in self.overrides.iter().flat_map(Override::external_labels) {
            match labels.iter_mut().find(|(known, _)| *known == label) {
                Some((_, known)) => *known = value,
                None => labels.push((label, value)),
            }
        }
        labels
    }

    /// The profile of a service's group: it starts only where that is asked for.
    #[must_use]
    pub fn profile(&self, service: &Service) -> Option<&str> {
        service.group.and_then(|group| self[group].profile.as_deref())
    }
}

/// Text whose references are bound. What is not literal is an input, which the operator sets.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The parts; two literals never stand side by side.
    pub parts: SmallVec<[ValuePart; 1]>,
}

impl Clone for Value {
    /// As would be derived, with a short way for a single part.
    fn clone(&self) -> Self {
        let parts = match self.parts.as_slice() {
            [part] => smallvec![part.clone()],
            _ => self.parts.clone(),
        };
        Self { parts }
    }
}

/// A part of a [`Value`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuePart {
    /// As it is.
    Literal(SmolStr),
    /// What the operator sets.
    Input(InputId),
}

impl Value {
    /// What the operator sets, and nothing beside it.
    pub(crate) fn input(input: InputId) -> Self {
        Self { parts: smallvec![ValuePart::Input(input)] }
    }

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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
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
    /// Whether a provider outside the platform issues it, so that a random text is none.
    pub issued_elsewhere: bool,
    /// Whether it is part of an address, so that only characters that mean nothing there may stand in it.
    pub in_url: bool,
    /// Whether its value is a line of users and hashes (htpasswd) that a site asks for.
    pub is_login: bool,
    /// Whether its value is a whole address that messages are sent to, which only a file holds: nothing but a script sees it.
    pub is_address: bool,
    /// Whether the source says its name anywhere.
    pub mentioned: bool,
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
    /// Whether its containers have addresses of IPv6 as well.
    pub ipv6: bool,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeEnd {
    /// A port of a service, an index into its ports; `None` where none is named.
    Service(ServiceId, Option<usize>),
    /// Something external.
    Outside(OutsideId),
}
