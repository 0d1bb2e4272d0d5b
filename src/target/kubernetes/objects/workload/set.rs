//! Sets: pods that keep their names and their disks, and one pod on each node.

use k8s_openapi::api::apps::v1::{
    DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet, StatefulSet,
    StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetUpdateStrategy,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::platform::{Platform, Service};
use crate::target::kubernetes::objects::config::Config;
use crate::target::kubernetes::objects::{Context, claim, labels, pod, scale};

pub(super) fn stateful(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> StatefulSet {
    let keep = || Some("Retain".to_owned());
    StatefulSet {
        metadata: labels::metadata_of_workload(cluster.platform, service),
        spec: StatefulSetSpec {
            replicas: scale::replicas(service),
            service_name: Some(Platform::name_of_pods(service)),
            selector: labels::label_selector(cluster.platform, service),
            // A pod that never gets ready would keep its mended successor from starting (kubernetes/kubernetes#67250).
            pod_management_policy: Some("Parallel".to_owned()),
            update_strategy: Some(StatefulSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: None,
            }),
            persistent_volume_claim_retention_policy: Some(StatefulSetPersistentVolumeClaimRetentionPolicy {
                when_deleted: keep(),
                when_scaled: keep(),
            }),
            template: pod::template(cluster, service, configs),
            volume_claim_templates: Some(claim::templates(cluster.platform, service)),
            ..StatefulSetSpec::default()
        },
        ..StatefulSet::default()
    }
}

pub(super) fn daemon(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> DaemonSet {
    DaemonSet {
        metadata: labels::metadata_of_workload(cluster.platform, service),
        spec: DaemonSetSpec {
            selector: labels::label_selector(cluster.platform, service),
            update_strategy: Some(DaemonSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDaemonSet {
                    max_unavailable: Some(IntOrString::Int(1)),
                    max_surge: None,
                }),
            }),
            template: pod::template(cluster, service, configs),
            ..DaemonSetSpec::default()
        },
        ..DaemonSet::default()
    }
}
