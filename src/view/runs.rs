//! How a service runs, and what its container is held to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Said;
use crate::model::Ulimit;
use crate::platform::{Platform, Service};

/// The processes of a service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Process {
    /// What is started, in place of the image's own program; null for that one.
    pub entrypoint: Option<Vec<String>>,
    /// The arguments, with `${NAME}` for what the operator sets; null for the image's own.
    pub command: Option<Vec<String>>,
    /// When it runs, in the five fields of cron and the name of their time zone.
    pub schedule: Option<String>,
    /// The profile that starts it; null where it is always started.
    pub profile: Option<String>,
    /// Whether a first process passes signals on; null for the runtime's own way.
    pub init: Option<bool>,
    /// The place that sets `init`; null where it is the component's or nobody's.
    pub init_said: Option<Said>,
    /// How long it may take to stop, in milliseconds; null for the runtime's own time.
    pub stop_grace_ms: Option<u64>,
    /// The signal that stops it; null for the image's own.
    pub stop_signal: Option<String>,
    /// The place that sets how it stops; null where it is the component's or nobody's.
    pub stop_said: Option<Said>,
    /// Limits of its processes; -1 for none.
    pub ulimits: BTreeMap<String, i64>,
    /// The place that sets these limits; null where they are the component's or the image's.
    pub ulimits_said: Option<Said>,
    /// The labels of its container.
    pub labels: BTreeMap<String, String>,
}

/// What a container is held to.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is an exception of its own, in any combination")]
pub struct Confinement {
    /// Whether everything of the host is open to it.
    pub privileged: bool,
    /// Whether it runs as root, as its image means it to.
    pub root: bool,
    /// Whether its root file system cannot be written to.
    pub read_only: bool,
    /// Whether a program in it cannot get more privileges than it was started with.
    pub no_new_privileges: bool,
    /// The capabilities of Linux that it keeps; all of them where it is privileged.
    pub capabilities: Vec<String>,
    /// Devices of the host that it may use.
    pub devices: Vec<String>,
    /// Whether it is on the network of the host.
    pub host_network: bool,
    /// Whether it sees the processes of the host.
    pub host_pid: bool,
    /// Why it is held to less than others.
    pub reason: Option<String>,
    /// The place that says so; null where it is held to what all are.
    pub said: Option<Said>,
}

impl Process {
    pub(super) fn of(
        platform: &Platform,
        service: &Service,
        words: impl Fn(&crate::platform::Value) -> String,
        said: impl Fn(&str) -> Option<Said>,
    ) -> Self {
        let process = service.process.as_deref();
        let all = |values: &Vec<crate::platform::Value>| values.iter().map(&words).collect();
        let limit = |limit: &Ulimit| match limit {
            Ulimit::Unlimited => -1,
            Ulimit::At(limit) => i64::try_from(*limit).unwrap_or(i64::MAX),
        };
        let own = process.into_iter().flat_map(|process| &process.ulimits);
        let mut ulimits: BTreeMap<String, i64> =
            own.map(|(name, value)| (name.clone(), limit(value))).collect();
        if let Some(nofile) = service.bears.nofile {
            ulimits.entry("nofile".to_owned()).or_insert(limit(&Ulimit::At(nofile)));
        }
        let labels = platform.container_labels(service);
        let schedule = service.schedule.as_deref();
        let schedule = schedule.map(|it| format!("{} {}", it.cron, it.zone.as_deref().unwrap_or("UTC")));
        Self {
            entrypoint: service.entrypoint.as_ref().map(all),
            command: service.command.as_ref().map(all),
            schedule,
            profile: platform.profile(service).map(str::to_owned),
            init: process.and_then(|process| process.init),
            init_said: said("init"),
            stop_grace_ms: process.and_then(|process| process.stop_grace).map(|grace| grace.0),
            stop_signal: process.and_then(|process| process.stop_signal.clone()),
            stop_said: said("stop_grace").or_else(|| said("stop_signal")),
            ulimits,
            ulimits_said: said("ulimits"),
            labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        }
    }
}

impl Confinement {
    pub(super) fn of(service: &Service, said: Option<Said>) -> Self {
        let confinement = service.confinement();
        let security = service.security.as_deref();
        Self {
            privileged: service.exception(|security| security.privileged),
            root: service.exception(|security| security.root),
            read_only: confinement.read_only,
            no_new_privileges: confinement.no_new_privileges,
            capabilities: service.capabilities().map(str::to_owned).collect(),
            devices: security.map(|security| security.devices.clone()).unwrap_or_default(),
            host_network: service.exception(|security| security.host_network),
            host_pid: service.exception(|security| security.host_pid),
            reason: security.and_then(|security| security.reason.clone()),
            said,
        }
    }
}
