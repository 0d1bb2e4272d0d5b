//! Workloads: what keeps the pods of a service running, or starts them when they are due.

mod job;
mod set;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::config::Config;
use super::{Context, claim, labels, pod, scale};
use crate::platform::Service;
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::object::{Object, Stage};

pub(super) fn object(cluster: &Context<'_>, service: &Service, configs: &[Config], file: &str) -> Object {
    let kind = Kind::of(service);
    let mut object = match kind {
        Kind::Deployment => Object::new(file, Stage::Workload, &deployment(cluster, service, configs)),
        Kind::StatefulSet => Object::new(file, Stage::Workload, &set::stateful(cluster, service, configs)),
        Kind::DaemonSet => Object::new(file, Stage::Workload, &set::daemon(cluster, service, configs)),
        Kind::Job => Object::new(file, Stage::Job, &job::once(cluster, service, configs)),
        Kind::CronJob => Object::new(file, Stage::Job, &job::scheduled(cluster, service, configs)),
    };
    if let Some(wave) = cluster.waves.get(&service.id).filter(|wave| **wave > 0) {
        object.annotate("argocd.argoproj.io/sync-wave", &wave.to_string());
    }
    object.comment.extend(service.description.clone());
    if let Some(reason) = service.security.as_deref().and_then(|security| security.reason.as_ref()) {
        let container = ["spec", "containers", "0", "securityContext"];
        object.note(&[kind.template(), container.as_slice()].concat(), reason);
    }
    object
}

/// What runs a Job of a service again, by a schedule, where what it made does not last.
pub(super) fn renewal(
    cluster: &Context<'_>,
    service: &Service,
    configs: &[Config],
    file: &str,
) -> Option<Object> {
    if !cluster.platform.renews(service) {
        return None;
    }
    let mut object = Object::new(file, Stage::Job, &job::renewing(cluster, service, configs));
    if let Some(wave) = cluster.waves.get(&service.id).filter(|wave| **wave > 0) {
        object.annotate("argocd.argoproj.io/sync-wave", &wave.to_string());
    }
    object.comment.push("Signs certificates anew when two thirds of their time are over.".to_owned());
    Some(object)
}

fn deployment(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> Deployment {
    Deployment {
        metadata: labels::metadata_of_workload(cluster.platform, service),
        spec: DeploymentSpec {
            replicas: scale::replicas(service),
            selector: labels::label_selector(cluster.platform, service),
            strategy: Some(strategy(cluster, service)),
            template: pod::template(cluster, service, configs),
            ..DeploymentSpec::default()
        },
        ..Deployment::default()
    }
}

/// The new pod is there before the old one goes, unless both would want the same disk, which one node has at a time.
fn strategy(cluster: &Context<'_>, service: &Service) -> DeploymentStrategy {
    if claim::is_bound_to_a_node(cluster, service) {
        return DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None };
    }
    DeploymentStrategy {
        type_: Some("RollingUpdate".to_owned()),
        rolling_update: Some(RollingUpdateDeployment {
            max_surge: Some(IntOrString::Int(1)),
            max_unavailable: Some(IntOrString::Int(0)),
        }),
    }
}
