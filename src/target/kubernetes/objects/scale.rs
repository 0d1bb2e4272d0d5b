//! How many pods run, and how many may go at a time.

use std::collections::BTreeMap;

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde::Serialize;

use super::{labels, resources};
use crate::platform::{Platform, Role, Scale, Service};
use crate::schema::Bytes;
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::object::{Custom, Object, Stage};

/// What changes the number of a service's pods; `None` where the number is fixed.
pub(super) fn scaled(service: &Service) -> Option<&Scale> {
    let scale = service.scale.as_deref()?;
    let measured = scale.cpu.is_some() || scale.memory.is_some() || !scale.on.is_empty();
    let kind = matches!(Kind::of(service), Kind::Deployment | Kind::StatefulSet);
    (kind && measured && scale.max > scale.min).then_some(scale)
}

/// The number of a service's pods; `None` where something else decides, which the next apply would undo.
pub(super) fn replicas(service: &Service) -> Option<i32> {
    scaled(service).is_none().then(|| number(service.copies()))
}

/// What scales a service, and what keeps enough of its pods while nodes are emptied.
pub(super) fn objects(platform: &Platform, service: &Service, file: &str) -> Vec<Object> {
    let mut objects = Vec::new();
    if service.copies() > 1 && matches!(Kind::of(service), Kind::Deployment | Kind::StatefulSet) {
        objects.push(Object::new(file, Stage::Scale, &budget(platform, service)));
    }
    if let Some(scale) = scaled(service) {
        objects.push(if scale.on.is_empty() {
            Object::new(file, Stage::Scale, &by_load(platform, service, scale))
        } else {
            by_queries(platform, service, scale, file)
        });
    }
    objects
}

/// One pod at a time may go; one that never gets ready does not hold up a drain (equinor/radix-operator#1069).
fn budget(platform: &Platform, service: &Service) -> PodDisruptionBudget {
    PodDisruptionBudget {
        metadata: labels::metadata(platform, service),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(labels::label_selector(platform, service)),
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    }
}

/// What each pod may use before more are started: the source speaks of a share of the limit, and a share here would be one of
/// the request. So it is an amount.
fn amounts(service: &Service, scale: &Scale) -> Vec<(&'static str, Quantity)> {
    let share = |ratio: u32| f64::from(ratio) / 10_000.0;
    let cpu = scale.cpu.map(|ratio| ("cpu", resources::cpu(service.resources.cpu * share(ratio.0))));
    let memory = scale.memory.map(|ratio| {
        // Whole mebibytes: nobody measures closer.
        let bytes = u128::from(service.resources.memory.0) * u128::from(ratio.0) / 10_000;
        let mebibytes = u64::try_from(bytes >> 20).unwrap_or(u64::MAX >> 20).max(1);
        ("memory", resources::memory(Bytes(mebibytes << 20)))
    });
    cpu.into_iter().chain(memory).collect()
}

fn by_load(platform: &Platform, service: &Service, scale: &Scale) -> HorizontalPodAutoscaler {
    let metric = |(name, amount): (&str, Quantity)| MetricSpec {
        type_: "Resource".to_owned(),
        resource: Some(ResourceMetricSource {
            name: name.to_owned(),
            target: MetricTarget {
                type_: "AverageValue".to_owned(),
                average_value: Some(amount),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    };
    HorizontalPodAutoscaler {
        metadata: labels::metadata(platform, service),
        spec: HorizontalPodAutoscalerSpec {
            min_replicas: Some(number(scale.min)),
            max_replicas: number(scale.max),
            metrics: Some(amounts(service, scale).into_iter().map(metric).collect()),
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: kind(service).to_owned(),
                name: service.name.clone(),
            },
            behavior: None,
        },
        ..HorizontalPodAutoscaler::default()
    }
}

fn kind(service: &Service) -> &'static str {
    if Kind::of(service) == Kind::StatefulSet { "StatefulSet" } else { "Deployment" }
}

/// KEDA's object for queries. It makes a HorizontalPodAutoscaler of its own, so the service has no other one
/// (kedacore/keda:apis/keda/v1alpha1/scaledobject_types.go).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ScaledObjectSpec {
    scale_target_ref: Target,
    min_replica_count: u64,
    max_replica_count: u64,
    fallback: Fallback,
    triggers: Vec<Trigger>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    api_version: &'static str,
    kind: &'static str,
    name: String,
}

/// What runs while the metrics server does not answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fallback {
    failure_threshold: u32,
    replicas: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Trigger {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_type: Option<&'static str>,
    metadata: BTreeMap<&'static str, String>,
}

fn by_queries(platform: &Platform, service: &Service, scale: &Scale, file: &str) -> Object {
    let server = platform.with_role(Role::Metrics).next();
    let address = server.and_then(|server| {
        let port = server.http_port()?;
        Some(format!("{}://{}.{}:{}", port.scheme(), server.name, platform.namespace_of(server), port.number))
    });
    let queries = scale.on.iter().map(|on| Trigger {
        r#type: "prometheus",
        metric_type: Some("AverageValue"),
        metadata: BTreeMap::from([
            // A query without a metrics server to ask is an error (K8S008).
            ("serverAddress", address.clone().unwrap_or_default()),
            ("query", on.query.clone()),
            ("threshold", on.target.to_string()),
        ]),
    });
    let load = amounts(service, scale).into_iter().map(|(name, amount)| Trigger {
        r#type: name,
        metric_type: Some("AverageValue"),
        metadata: BTreeMap::from([("value", amount.0)]),
    });
    Custom {
        api_version: "keda.sh/v1alpha1",
        kind: "ScaledObject",
        metadata: labels::metadata(platform, service),
        spec: Some(ScaledObjectSpec {
            scale_target_ref: Target {
                api_version: "apps/v1",
                kind: kind(service),
                name: service.name.clone(),
            },
            min_replica_count: scale.min,
            max_replica_count: scale.max,
            fallback: Fallback { failure_threshold: 3, replicas: scale.min.max(1) },
            triggers: queries.chain(load).collect(),
        }),
    }
    .object(file, Stage::Scale)
}

fn number(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
