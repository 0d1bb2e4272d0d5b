//! How far a service's pods can be held to: the level of the Pod Security Standards that admits them.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use super::{RunKind, Service};

/// A level of the Pod Security Standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing but what every program can do without.
    Restricted,
    /// Also root, and the capabilities that a container has by default.
    Baseline,
    /// Everything of the node.
    Privileged,
}

/// The capabilities that pods of the level `baseline` may add.
pub const BASELINE_CAPABILITIES: &[&str] = &[
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
    /// Every level, the strictest first.
    pub const ALL: [Self; 3] = [Self::Restricted, Self::Baseline, Self::Privileged];

    /// The level's name in the label that enforces it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }

    /// The strictest level that admits the pods of a service.
    #[must_use]
    pub fn of(service: &Service) -> Self {
        let node =
            service.exception(|security| security.privileged || security.host_pid || security.host_network);
        if node
            || mounts_node(service)
            || service.capabilities().any(|name| !BASELINE_CAPABILITIES.contains(&plain(name)))
        {
            Self::Privileged
        } else if service.may_be_root()
            || service.capabilities().any(|name| plain(name) != "NET_BIND_SERVICE")
        {
            Self::Baseline
        } else {
            Self::Restricted
        }
    }

    /// Why the pods of a service need this level.
    #[must_use]
    pub fn reasons(service: &Service) -> Vec<&'static str> {
        let all = [
            (service.exception(|security| security.privileged), "is privileged"),
            (service.exception(|security| security.host_pid), "sees the processes of the node"),
            (service.exception(|security| security.host_network), "is on the network of the node"),
            (mounts_node(service), "mounts paths of the node"),
            (uid(service) == Some(0), "runs as root"),
            (uid(service).is_none(), "runs as its image says, maybe as root: `user = \"UID:GID\"` ends that"),
            (service.capabilities().any(|name| plain(name) != "NET_BIND_SERVICE"), "keeps capabilities"),
        ];
        all.into_iter().filter_map(|(is, reason)| is.then_some(reason)).collect()
    }
}

/// Whether the pods of a service mount paths of the node: its own, or the folder in which a pod of each node keeps data.
fn mounts_node(service: &Service) -> bool {
    !service.binds.is_empty() || service.run == RunKind::EachHost && !service.volumes.is_empty()
}

/// The name of a capability without `CAP_`, as Kubernetes has it.
#[must_use]
pub fn plain(capability: &str) -> &str {
    capability.strip_prefix("CAP_").unwrap_or(capability)
}

/// The number of the user that a service runs as, where it is known.
fn uid(service: &Service) -> Option<u64> {
    service.user.as_deref()?.split(':').next()?.parse().ok()
}

impl Service {
    /// Whether it runs as root, or may do so, because its user is unknown or has no number.
    #[must_use]
    pub fn may_be_root(&self) -> bool {
        uid(self).is_none_or(|uid| uid == 0)
    }
}
