//! Scalers: kubernetes/kubernetes:pkg/apis/autoscaling/validation/validation.go, and KEDA's
//! (kedacore/keda:apis/keda/v1alpha1/scaledobject_webhook.go).

use crate::platform::Version;
use crate::target::kubernetes::api::Scope;
use crate::target::kubernetes::api::part::Part;

/// `validateHorizontalPodAutoscalerSpec`
pub(in crate::target::kubernetes::api) fn bounds<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let least = part.number("minReplicas").unwrap_or(1);
    if part.number("maxReplicas").is_some_and(|most| most < least) {
        scope.refuse(
            part.below("maxReplicas"),
            format!("less than the {least} that there are at least"),
            None,
        );
    }
}

/// `validateScalingRules`: rules that name no step; a list that is not written is filled in. A tolerance is dropped where its gate
/// is off, as it is while it is alpha: up to 1.34 (kubernetes/kubernetes:pkg/features/kube_features.go, `HPAConfigurableTolerance`).
pub(in crate::target::kubernetes::api) fn policies<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.at("policies").is_some() && part.items("policies").is_empty() {
        scope.refuse(part.below("policies"), "names no step", None);
    }
    if part.at("tolerance").is_some() && scope.version < Version(1, 35) {
        scope.in_vain(part.below("tolerance"), "a cluster before 1.35 drops it", None);
    }
}

/// What a metric is compared with: one of these, which its target names.
fn target(part: &Part<'_>, kinds: &[&str], scope: &mut Scope<'_>) {
    let Some(target) = part.at("target").map(|node| Part { node, path: part.below("target") }) else {
        return;
    };
    let kind = target.text("type");
    if !kind.is_empty() && !kinds.contains(&kind) {
        let label = format!("takes {}", crate::diagnostic::list_of(kinds.iter().copied()));
        scope.refuse(target.below("type"), label, None);
    }
    let key = |kind: &str| match kind {
        "Utilization" => "averageUtilization",
        "AverageValue" => "averageValue",
        _ => "value",
    };
    let set: Vec<&str> = kinds.iter().map(|kind| key(kind)).filter(|key| target.is_set(key)).collect();
    match set.as_slice() {
        [] => {
            let keys: Vec<&str> = kinds.iter().map(|kind| key(kind)).collect();
            let label = format!("is compared with nothing: it has no {}", crate::diagnostic::list_of(keys));
            scope.refuse(&target.path, label, None);
        }
        [_] => {}
        [first, second, ..] => {
            scope.refuse(&target.path, format!("`{first}` and `{second}` exclude each other"), None);
        }
    }
}

/// `validateResourceSource`, `validateContainerResourceSource`
pub(in crate::target::kubernetes::api) fn of_resource<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    target(part, &["Utilization", "AverageValue"], scope);
}

/// `validatePodsSource`
pub(in crate::target::kubernetes::api) fn of_pods<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    target(part, &["AverageValue"], scope);
}

/// `validateObjectSource`, `validateExternalSource`
pub(in crate::target::kubernetes::api) fn of_object<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    target(part, &["Value", "AverageValue"], scope);
}

/// `validateMetricIdentifier`: the name is a segment of a path (`IsValidPathSegmentName`).
pub(in crate::target::kubernetes::api) fn metric_name<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let name = part.text("name");
    if matches!(name, "." | "..") || name.contains(['/', '%']) {
        scope.refuse(part.below("name"), format!("`{name}` is no name of a metric"), None);
    }
}

/// `verifyReplicaCount`
pub(in crate::target::kubernetes::api) fn scaled<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    // What KEDA fills in: kedacore/keda:apis/keda/v1alpha1/scaledobject_types.go.
    let least = part.number("minReplicaCount").unwrap_or(0);
    let most = part.number("maxReplicaCount").unwrap_or(100);
    if least > most {
        scope.refuse(
            part.below("maxReplicaCount"),
            format!("less than the {least} that there are at least"),
            None,
        );
    }
    if part.number("idleReplicaCount").is_some_and(|idle| idle >= least) {
        let label = format!("is less than `minReplicaCount`, which is {least}");
        scope.refuse(part.below("idleReplicaCount"), label, None);
    }
}

/// `ValidateAndCompileScalingModifiers`
pub(in crate::target::kubernetes::api) fn formula<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.is_set("formula") && !part.is_set("target") {
        scope.refuse(part.below("formula"), "needs `target`", None);
    }
}
