//! The compose file, as far as we write it: <https://github.com/compose-spec/compose-spec>.
//!
//! The order of the fields is the order of the keys. What is not said is left out. Every text that
//! compose interpolates was made by the module `text`.

use serde::Serialize;

use crate::emit::{Apart, Commented, DoubleQuoted, Entries, FlowMap, FlowSeq, Node};

/// The file, or a part of it.
#[derive(Debug, Serialize)]
pub(super) struct File<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub services: Apart<Entries<&'a str, Commented<Entry<'a>>>>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub networks: Entries<&'a str, Commented<Network>>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub volumes: Entries<&'a str, Commented<Volume>>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub secrets: Entries<String, Commented<Secret<'a>>>,
}

/// A service, or what an override made of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Entry<'a> {
    Typed(Box<Service<'a>>),
    Overridden(Node),
}

#[derive(Debug, Serialize)]
pub(super) struct Service<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profiles: Option<FlowSeq<[&'a str; 1]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<DoubleQuoted<String>>,
    #[serde(skip_serializing_if = "is_false")]
    pub privileged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Words>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub environment: Entries<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<FlowSeq<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub networks: Option<FlowSeq<Vec<&'a str>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<DoubleQuoted<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub depends_on: Entries<&'a str, FlowMap<DependsOn>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    pub restart: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_grace_period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_drop: Option<FlowSeq<[&'static str; 1]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_add: Option<FlowSeq<Vec<&'a str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_opt: Option<FlowSeq<[&'static str; 1]>>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub ulimits: Entries<&'a str, i64>,
    pub deploy: Deploy,
    pub logging: FlowMap<Logging>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub labels: Entries<String, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Build {
    pub context: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub args: Entries<String, String>,
}

/// Words of a command: on one line where they are short, else one on each line.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Words {
    Line(FlowSeq<Vec<String>>),
    Lines(Vec<String>),
}

impl From<Vec<String>> for Words {
    fn from(words: Vec<String>) -> Self {
        let width: usize = words.iter().map(|word| word.len() + 2).sum();
        if width > 80 || words.iter().any(|word| word.contains('\n')) {
            Self::Lines(words)
        } else {
            Self::Line(FlowSeq(words))
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Mount {
    Short(String),
    /// For paths with a colon, which the short form cannot hold.
    Long {
        r#type: &'static str,
        source: String,
        target: String,
        #[serde(skip_serializing_if = "is_false")]
        read_only: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        bind: Option<FlowMap<Bind>>,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct Bind {
    pub propagation: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct DependsOn {
    pub condition: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Healthcheck {
    #[serde(skip_serializing_if = "is_false")]
    pub disable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Deploy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u64>,
    pub resources: Resources,
}

#[derive(Debug, Serialize)]
pub(super) struct Resources {
    pub limits: FlowMap<Limits>,
    #[serde(skip_serializing_if = "Reservations::is_empty")]
    pub reservations: Reservations,
}

#[derive(Debug, Serialize)]
pub(super) struct Limits {
    pub cpus: String,
    pub memory: String,
    pub pids: u64,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Reservations {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<FlowMap<Device>>,
}

impl Reservations {
    fn is_empty(&self) -> bool {
        self.cpus.is_none() && self.memory.is_none() && self.devices.is_empty()
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Device {
    pub capabilities: [&'static str; 1],
    pub count: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Logging {
    pub driver: &'static str,
    pub options: LoggingOptions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct LoggingOptions {
    pub max_size: &'static str,
    pub max_file: &'static str,
    /// What each line says of its container, for whoever collects them.
    pub labels: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Network {
    #[serde(skip_serializing_if = "is_false")]
    pub internal: bool,
    /// The engine chooses a range of its own (docker/docs: engine/daemon/ipv6.md, "Dynamic IPv6 subnet allocation").
    #[serde(skip_serializing_if = "is_false")]
    pub enable_ipv6: bool,
}

/// A named volume; compose gives it a name of its own.
#[derive(Debug, Serialize)]
pub(super) struct Volume {}

/// A secret whose value is a variable of the operator.
#[derive(Debug, Serialize)]
pub(super) struct Secret<'a> {
    pub environment: &'a str,
    /// Compose takes an empty variable for a secret without a word; interpolation does not.
    #[serde(rename = "x-required")]
    pub required: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
fn is_false(value: &bool) -> bool {
    !*value
}
