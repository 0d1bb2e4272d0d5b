//! Namespaces: the platform's own, under the strictest of the Pod Security Standards, and others for pods that cannot be
//! held to it.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use super::object::{Object, Stage};
use crate::platform::{Platform, Service};

/// The file of the namespaces, in a folder of its own: `kubectl delete -k` of the platform does not reach it, which
/// would take every claim of the namespace with it.
pub(super) const FILE: &str = "namespaces/namespaces";

/// A level of the Pod Security Standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Restricted,
    Baseline,
    Privileged,
}

const LEVELS: [Level; 3] = [Level::Restricted, Level::Baseline, Level::Privileged];

/// The capabilities that pods of the level `baseline` may add.
const BASELINE: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

impl Level {
    /// The level's name in the label that enforces it.
    fn word(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }

    /// The strictest level that admits the pods of a service.
    pub(super) fn of(service: &Service) -> Self {
        let node = service.exception(|security| {
            security.privileged || security.host_pid || security.host_network || !security.devices.is_empty()
        });
        if node
            || !service.binds.is_empty()
            || service.capabilities().any(|name| !BASELINE.contains(&plain(name)))
        {
            Self::Privileged
        } else if is_root(service) || service.capabilities().any(|name| plain(name) != "NET_BIND_SERVICE") {
            Self::Baseline
        } else {
            Self::Restricted
        }
    }

    /// Why the pods of a service need this level.
    fn reasons(service: &Service) -> Vec<&'static str> {
        let all = [
            (service.exception(|security| security.privileged), "is privileged"),
            (service.exception(|security| security.host_pid), "sees the processes of the node"),
            (service.exception(|security| security.host_network), "is on the network of the node"),
            (service.exception(|security| !security.devices.is_empty()), "uses devices of the node"),
            (!service.binds.is_empty(), "mounts paths of the node"),
            (is_root(service), "runs as root"),
            (service.capabilities().any(|name| plain(name) != "NET_BIND_SERVICE"), "keeps capabilities"),
        ];
        all.into_iter().filter_map(|(is, reason)| is.then_some(reason)).collect()
    }
}

/// The name of a capability without `CAP_`, as Kubernetes has it.
pub(super) fn plain(capability: &str) -> &str {
    capability.strip_prefix("CAP_").unwrap_or(capability)
}

/// Whether the pods of a service run as root.
pub(super) fn is_root(service: &Service) -> bool {
    let uid = service.user.as_deref().map(|user| user.split(':').next().unwrap_or(user));
    service.exception(|security| security.root || security.privileged) && uid.is_none_or(|uid| uid == "0")
        || uid == Some("0")
}

/// The namespace of the platform.
pub(super) fn main(platform: &Platform) -> &str {
    platform.settings.kubernetes.namespace.as_deref().unwrap_or(&platform.name)
}

/// The namespace of a service.
pub(in crate::target) fn of(platform: &Platform, service: &Service) -> String {
    named(platform, Level::of(service))
}

fn named(platform: &Platform, level: Level) -> String {
    match level {
        Level::Restricted => main(platform).to_owned(),
        level => format!("{}-{}", main(platform), level.word()),
    }
}

/// The names of the namespaces, the platform's own first.
pub(in crate::target) fn names(platform: &Platform) -> Vec<String> {
    let of_level =
        |level: Level| platform.services.iter().any(|service| service.runs() && Level::of(service) == level);
    let there = LEVELS.into_iter().filter(|level| *level == Level::Restricted || of_level(*level));
    there.map(|level| named(platform, level)).collect()
}

/// The namespaces, the platform's own first.
pub(super) fn objects(platform: &Platform) -> Vec<Object> {
    let of_level = |level: Level| {
        platform.services.iter().filter(move |service| service.runs() && Level::of(service) == level)
    };
    let there =
        LEVELS.into_iter().filter(|level| *level == Level::Restricted || of_level(*level).next().is_some());
    let object = |level: Level| {
        let comment = if level == Level::Restricted {
            platform.description.iter().cloned().collect()
        } else {
            let head = format!("What cannot be held to `restricted`, apart from what can:");
            let lines = of_level(level)
                .map(|service| format!("  {}: {}", service.name, Level::reasons(service).join(", ")));
            std::iter::once(head).chain(lines).collect::<Vec<_>>()
        };
        Object::new(FILE, Stage::Namespace, &namespace(platform, level)).with_comment(comment)
    };
    there.map(object).collect()
}

fn namespace(platform: &Platform, level: Level) -> Namespace {
    let mut labels = labels::of_platform(platform);
    // What is refused is also told to the person who applies it.
    for mode in ["enforce", "warn", "audit"] {
        labels.insert(format!("pod-security.kubernetes.io/{mode}"), level.word().to_owned());
    }
    Namespace {
        metadata: ObjectMeta {
            name: Some(named(platform, level)),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    }
}
