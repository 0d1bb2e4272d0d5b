//! The kind of the workload that a service becomes.

use crate::platform::{RunKind, Service};

/// The kind of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
}

impl Kind {
    /// What runs on each host, and what reads paths of the host, runs on each node; what has a volume keeps its pods'
    /// names and their disks.
    pub(super) fn of(service: &Service) -> Self {
        match service.run {
            RunKind::Once => Self::Job,
            RunKind::Schedule => Self::CronJob,
            RunKind::EachHost => Self::DaemonSet,
            RunKind::Always if !service.volumes.is_empty() => Self::StatefulSet,
            RunKind::Always if !service.binds.is_empty() && service.scale.is_none() => Self::DaemonSet,
            RunKind::Always => Self::Deployment,
        }
    }

    /// What `kubectl` calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::StatefulSet => "statefulset",
            Self::DaemonSet => "daemonset",
            Self::Job => "job",
            Self::CronJob => "cronjob",
        }
    }

    /// The keys that lead to the template of its pods.
    pub(super) fn template(self) -> &'static [&'static str] {
        match self {
            Self::CronJob => &["spec", "jobTemplate", "spec", "template"],
            _ => &["spec", "template"],
        }
    }
}
