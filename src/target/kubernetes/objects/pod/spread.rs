//! Where the pods of a service lie: on which nodes, and in which zones.

use k8s_openapi::api::core::v1::{
    Affinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint, WeightedPodAffinityTerm,
};

use crate::platform::{Platform, Service, Zone};
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::objects::labels;

const HOST: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Copies of a service lie on different nodes as far as there are some, and in different zones where the source says so.
/// Those of an older version are not counted: else both new ones could come to lie together
/// (kubernetes/kubernetes#98215).
pub(super) fn spread(platform: &Platform, service: &Service) -> Option<Vec<TopologySpreadConstraint>> {
    if !service.may_run_several_times() || service.is_job() || Kind::of(service) == Kind::DaemonSet {
        return None;
    }
    let zone = service.placement.as_ref().and_then(|placement| placement.zone);
    let zones = (zone == Some(Zone::Spread)).then_some(ZONE);
    let constraint = |key: &str| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.to_owned(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(labels::label_selector(platform, service)),
        match_label_keys: (Kind::of(service) == Kind::Deployment)
            .then(|| vec!["pod-template-hash".to_owned()]),
        ..TopologySpreadConstraint::default()
    };
    Some(std::iter::once(HOST).chain(zones).map(constraint).collect())
}

/// Copies of a service lie in one zone where the source says so, as far as there is room.
pub(super) fn affinity(platform: &Platform, service: &Service) -> Option<Affinity> {
    let placement = service.placement.as_ref()?;
    (placement.zone == Some(Zone::Together)).then(|| Affinity {
        pod_affinity: Some(PodAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![WeightedPodAffinityTerm {
                weight: 100,
                pod_affinity_term: PodAffinityTerm {
                    topology_key: ZONE.to_owned(),
                    label_selector: Some(labels::label_selector(platform, service)),
                    ..PodAffinityTerm::default()
                },
            }]),
            required_during_scheduling_ignored_during_execution: None,
        }),
        ..Affinity::default()
    })
}
