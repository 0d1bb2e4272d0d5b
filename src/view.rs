//! The platform for other programs: what `resolve` made of a source, in types that stay. The compiler's own types change with it;
//! these grow in compatible ways only, and their schema ships.

mod make;
mod place;
mod runs;

use schemars::JsonSchema;
use serde::Serialize;

use crate::origins::Origins;
use crate::platform::Platform;
use crate::source::Sources;

pub use place::Said;
pub use runs::{Confinement, Process};

/// A platform as it is resolved: with an environment put in, for a runtime, with every default filled in. It holds the names of
/// secrets and never a value. A later version of infrac may add keys; none goes or changes its meaning while `format` stays the
/// same.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "A platform of infrac")]
pub struct Model {
    /// The version of this format.
    pub format: u32,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The environment that was put in; null for the platform as it stands.
    pub environment: Option<String>,
    /// What it runs on: `compose` or `kubernetes`.
    pub runtime: &'static str,
    /// What the operator sets.
    pub inputs: Vec<Input>,
    /// Its networks.
    pub networks: Vec<Network>,
    /// Who and what is outside.
    pub outsides: Vec<Outside>,
    /// Its services, a nested one behind the one it belongs to.
    pub services: Vec<Service>,
    /// Every connection, and nothing else may connect.
    pub connections: Vec<Connection>,
    /// Its public host names.
    pub sites: Vec<Site>,
    /// Buckets, indexes and databases of its stores.
    pub stores: Vec<Store>,
    /// Its backups.
    pub backups: Vec<Backup>,
    /// Its alerts, those of components among them.
    pub alerts: Vec<Alert>,
}

/// A variable or a secret.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Input {
    /// The name of the environment variable.
    pub name: String,
    /// Whether nobody may see it.
    pub secret: bool,
    /// The value where the operator sets none; of a secret never.
    pub default: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// The services that read it, by their paths.
    pub read_by: Vec<String>,
    /// The backups that log in by it where copies go, or that it switches, by their names.
    pub read_by_backups: Vec<String>,
    /// Where it is declared.
    pub said: Said,
}

/// A network.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Network {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it has no way out and no way in from the host.
    pub internal: bool,
    /// The services that are on it, by their paths.
    pub services: Vec<String>,
    /// Where it is declared.
    pub said: Said,
}

/// Something external.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outside {
    /// What it is called.
    pub name: String,
    /// Address ranges that may come in where something is published to it.
    pub ranges: Vec<String>,
    /// Hosts with ports that may be reached: `hooks.example.com:443`.
    pub endpoints: Vec<String>,
    /// Where it is declared; nothing where the language has it without a word.
    pub said: Option<Said>,
}

/// A service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Service {
    /// What references call it: `mongodb.exporter`.
    pub path: String,
    /// What artifacts call it: `mongodb-exporter`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The group it belongs to.
    pub group: Option<String>,
    /// What it does for the platform: `metrics`, `proxy`, `store`.
    pub role: Option<&'static str>,
    /// When it runs: `always`, `once` or by a schedule.
    pub run: &'static str,
    /// The image, with `${NAME}` where the operator sets a part of it; null where it is built.
    pub image: Option<String>,
    /// The folder it is built in, as seen from the project.
    pub build: Option<String>,
    /// The user it runs as, `uid:gid`.
    pub user: Option<String>,
    /// The networks it is on.
    pub networks: Vec<String>,
    /// The ports it listens on.
    pub ports: Vec<Port>,
    /// Its environment variables, with `${NAME}` for what the operator sets.
    pub env: Vec<Variable>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// How it is known to work.
    pub health: Health,
    /// Where its metrics are.
    pub metrics: Option<Metrics>,
    /// What starts before it.
    pub after: Vec<Before>,
    /// The most memory that it gets, in bytes.
    pub memory: u64,
    /// The most processors that it gets.
    pub cpu: f64,
    /// The most processes and threads that it may have.
    pub pids: u64,
    /// How many of it run at least.
    pub replicas: u64,
    /// How many of it run at most.
    pub most_replicas: u64,
    /// Its processes.
    pub process: Process,
    /// What its container is held to.
    pub confinement: Confinement,
    /// The place that sets the image or the build.
    pub image_said: Option<Said>,
    /// The place that sets what is started; null where it is the image's own.
    pub command_said: Option<Said>,
    /// The place that sets how many of it run; null where it is one.
    pub scale_said: Option<Said>,
    /// The place that sets the user; null where it is the image's own.
    pub user_said: Option<Said>,
    /// The place that sets the networks.
    pub networks_said: Option<Said>,
    /// The place that sets memory or processors; null where both are defaults.
    pub resources_said: Option<Said>,
    /// Where it is declared.
    pub said: Said,
}

/// A port.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Port {
    /// What references call it.
    pub name: String,
    /// The number.
    pub number: u16,
    /// What is spoken there.
    pub protocol: &'static str,
    /// The outside that may come in, where it is published.
    pub published_to: Option<String>,
    /// The port of the host, where it is published.
    pub host_port: Option<u16>,
    /// Where it is declared.
    pub said: Said,
}

/// An environment variable.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Variable {
    /// Its name in the container.
    pub name: String,
    /// Its value, with `${NAME}` for what the operator sets.
    pub value: String,
    /// Whether a secret is part of it.
    pub secret: bool,
    /// The place that sets it.
    pub said: Said,
}

/// Something that is mounted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Mount {
    /// What it is: `volume`, `shared volume`, `host`, `memory`, `file` or `artifacts`.
    pub kind: &'static str,
    /// What it is called: the volume, the host's path, the target of artifacts.
    pub name: String,
    /// The path in the container.
    pub path: String,
    /// The place that sets it; null where it is a default.
    pub said: Option<Said>,
    /// Whether it holds what must be kept.
    pub backup: bool,
}

/// How a service is known to work.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    /// How it is asked: `http`, `tcp`, `command`, `image` (by a check of its own) or `none`.
    pub kind: &'static str,
    /// What is asked: the path, the port, the command, or the reason why nothing is.
    pub asks: String,
    /// The place that sets it; null where it is derived.
    pub said: Option<Said>,
}

/// Where metrics are.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Metrics {
    /// The port, by its name.
    pub port: String,
    /// The path.
    pub path: String,
    /// The place that sets it.
    pub said: Said,
}

/// What starts before a service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Before {
    /// The service before, by its path.
    pub service: String,
    /// What it must have come to.
    pub condition: &'static str,
    /// What causes it.
    pub said: Said,
}

/// A connection.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Connection {
    /// The service that starts it, by its path.
    pub from: String,
    /// The service or the outside that it reaches.
    pub to: String,
    /// The port of that service, where one is named.
    pub port: Option<u16>,
    /// Whether it leaves the platform.
    pub outside: bool,
    /// Why it exists: `reference`, `scrape`, `route` and others.
    pub cause: &'static str,
    /// The network that carries it, where it is one of the platform's.
    pub network: Option<String>,
    /// What causes it.
    pub said: Said,
}

/// A public host name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Site {
    /// What references call it.
    pub name: String,
    /// The host name.
    pub domain: String,
    /// Whether it is served over TLS.
    pub tls: bool,
    /// The proxy that serves it, by its path.
    pub served_by: Option<String>,
    /// Its routes, in the order of the source.
    pub routes: Vec<Route>,
    /// Where it is declared.
    pub said: Said,
}

/// A route of a site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Route {
    /// The path.
    pub path: String,
    /// Whether it is this path alone, and not what lies below it.
    pub exact: bool,
    /// Where it goes: `api.http`, or what the proxy does itself.
    pub to: String,
    /// Who may come in; null for everybody.
    pub from: Option<String>,
    /// Where it is declared.
    pub said: Said,
}

/// A bucket, an index or a database.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Store {
    /// What it is: `bucket`, `index` or `database`.
    pub kind: &'static str,
    /// The service that holds it, by its path.
    pub of: String,
    /// What it is called.
    pub name: String,
    /// The age at which its content goes, in seconds.
    pub retention_seconds: Option<u64>,
    /// Where it is declared.
    pub said: Said,
}

/// A backup.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Backup {
    /// What it is called.
    pub name: String,
    /// The service whose data it is, by its path.
    pub of: String,
    /// The places that it goes to: buckets, and stores off the site.
    pub to: Vec<String>,
    /// When, as cron writes it.
    pub schedule: String,
    /// Where it is declared.
    pub said: Said,
}

/// An alert.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alert {
    /// What it is called.
    pub name: String,
    /// The service that brings it, by its path.
    pub of: Option<String>,
    /// How grave it is.
    pub severity: Option<&'static str>,
    /// Its query.
    pub query: String,
    /// How long the query must hold, in seconds.
    pub for_seconds: u64,
    /// Its annotations.
    pub annotations: Vec<(String, String)>,
    /// Where it is declared.
    pub said: Said,
}

impl Model {
    /// The view of a platform, with the places in the sources that it is made of.
    #[must_use]
    pub fn of(platform: &Platform, origins: &Origins, sources: &Sources) -> Self {
        make::model(platform, origins, sources)
    }

    /// As JSON that a person can read, too.
    #[must_use]
    pub fn json(&self) -> String {
        // Nothing in it can fail: keys are texts, and no value is written by code of its own.
        format!("{}\n", serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// The schema of [`json`](Self::json).
    #[must_use]
    pub fn schema() -> String {
        // Likewise.
        format!("{}\n", serde_json::to_string_pretty(&schemars::schema_for!(Self)).unwrap_or_default())
    }
}
