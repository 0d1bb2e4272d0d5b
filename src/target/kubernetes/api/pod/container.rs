//! Containers by themselves.

use crate::diagnostic::list_of;
use crate::emit::Node;
use crate::kustomize::{bare, field, text};
use crate::platform::Version;
use crate::target::kubernetes::api::Scope;
use crate::target::kubernetes::api::form::KEY;
use crate::target::kubernetes::api::part::{Part, containers, items, name, number, texts};

/// Whether a container stands among those that prepare the pod, and whether it goes on beside the others.
fn place(part: &Part<'_>) -> (bool, bool) {
    let first = part.path.contains(".initContainers[");
    (first, first && part.text("restartPolicy") == "Always")
}

/// `validateContainerCommon`, `validateContainerOnlyForPod`
pub(in crate::target::kubernetes::api) fn image<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if !part.is_set("image") {
        let help = "a container that is added names its image; one that is there is called by its name";
        scope.refuse(&part.path, "has no `image`", Some(help));
    }
    if part.text("image").contains(char::is_whitespace) {
        scope.refuse(part.below("image"), "holds a blank", None);
    }
    if !part.is_set("name") {
        scope.refuse(&part.path, "has no `name`", None);
    }
}

/// `validateInitContainers`, `validateContainers`: when a container starts again, and what one that ends cannot have.
pub(in crate::target::kubernetes::api) fn restarts<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let (first, goes_on) = place(part);
    let policy = part.text("restartPolicy");
    // Rules of containers are on from 1.35 (`ContainerRestartRules`, kubernetes/kubernetes:pkg/features/kube_features.go).
    if scope.version < Version(1, 35) {
        if first && !matches!(policy, "" | "Always") {
            scope.refuse(part.below("restartPolicy"), "takes `Always` alone before 1.35", None);
        }
        if !first && !policy.is_empty() {
            let label = "a container that prepares nothing has none before 1.35";
            scope.refuse(part.below("restartPolicy"), label, None);
        }
    }
    if !first || goes_on {
        return;
    }
    for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
        if part.at(key).is_some() {
            let label = "a container that ends before the others start has none";
            let help = "with `restartPolicy = Always` it goes on beside them";
            scope.refuse(part.below(key), label, Some(help));
        }
    }
}

/// `validateLivenessProbe`, `validateStartupProbe`, `validateReadinessProbe`
pub(in crate::target::kubernetes::api) fn probes<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    for probe in ["startupProbe", "livenessProbe"] {
        // 0 is what nobody says.
        if part.number(&format!("{probe}.successThreshold")).is_some_and(|times| times > 1) {
            scope.refuse(part.below(&format!("{probe}.successThreshold")), "must be 1 here", None);
        }
    }
    let key = "readinessProbe.terminationGracePeriodSeconds";
    if part.at(key).is_some() {
        scope.refuse(part.below(key), "nothing ends by this probe", None);
    }
}

/// `validateSleepAction`, and more: a pod that sleeps as long as it has is killed while it leaves.
pub(in crate::target::kubernetes::api) fn grace<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let Some((spec, path)) = scope.pod.clone() else { return };
    // What an API server fills in: kubernetes/kubernetes:pkg/apis/core/v1/defaults.go.
    let whole = number(field(spec, "terminationGracePeriodSeconds")).unwrap_or(30);
    for handler in ["lifecycle.preStop", "lifecycle.postStart"] {
        let Some(sleep) = part.number(&format!("{handler}.sleep.seconds")) else { continue };
        let leaves = handler == "lifecycle.preStop";
        if sleep > whole || leaves && sleep == whole {
            let label = format!("the pod is killed while it leaves, which takes {sleep} s");
            let help = "say it by `stop_grace`, or shorten the sleep";
            scope.refuse(format!("{path}.terminationGracePeriodSeconds"), label, Some(help));
        } else if sleep == 0 && scope.version < Version(1, 34) {
            // `PodLifecycleSleepActionAllowZero`
            scope.refuse(
                part.below(&format!("{handler}.sleep.seconds")),
                "is more than nothing before 1.34",
                None,
            );
        }
    }
}

/// `validateResizePolicy`
pub(in crate::target::kubernetes::api) fn resized<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let never = scope.pod().and_then(|spec| field(spec, "restartPolicy")).and_then(text) == Some("Never");
    let policies = part.items("resizePolicy");
    let restarts = |policy: &Node| field(policy, "restartPolicy").and_then(text) == Some("RestartContainer");
    if never && policies.iter().any(restarts) {
        scope.refuse(part.below("resizePolicy"), "the container is never started again: `NotRequired`", None);
    }
    if !policies.is_empty() && place(part) == (true, false) {
        scope.refuse(
            part.below("resizePolicy"),
            "a container that ends before the others start has none",
            None,
        );
    }
}

/// A signal is one of a system (`validateStopSignal`).
pub(in crate::target::kubernetes::api) fn stop_signal<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let system =
        scope.pod().and_then(|spec| field(spec, "os")).and_then(|os| field(os, "name")).and_then(text);
    let signal = part.text("stopSignal");
    if signal.is_empty() {
        return;
    }
    if system.is_none() {
        let help = "write `os { name = linux }` beside the containers";
        scope.refuse(part.below("stopSignal"), "the pod does not name its system", Some(help));
    } else if system == Some("windows") && !matches!(signal, "SIGTERM" | "SIGKILL") {
        scope.refuse(part.below("stopSignal"), "Windows knows `SIGTERM` and `SIGKILL`", None);
    }
}

/// A name that a probe asks at is that of a port of the container; the kubelet finds no other.
pub(in crate::target::kubernetes::api) fn asked_port<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let Some(port) = part.at("port").and_then(text) else { return };
    let Some((spec, path)) = scope.pod.clone() else { return };
    let containers = containers(spec, &path);
    let own = containers.iter().find(|container| part.path.starts_with(&format!("{}.", container.path)));
    let Some(own) = own else { return };
    let known: Vec<&str> =
        items(field(own.node, "ports")).iter().map(name).filter(|name| !name.is_empty()).collect();
    if !known.contains(&port) {
        let help = format!("there are {}", list_of(known));
        scope.in_vain(
            part.below("port"),
            format!("no port of the container is called `{port}`"),
            Some(&help),
        );
    }
}

/// `ValidateSecurityContext`
pub(in crate::target::kubernetes::api) fn privileges<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.is_false("allowPrivilegeEscalation") {
        if part.is_true("privileged") {
            let help = "take `allowPrivilegeEscalation` away with `remove`";
            scope.refuse(
                part.below("privileged"),
                "does not stand with `allowPrivilegeEscalation = false`",
                Some(help),
            );
        }
        if texts(part.at("capabilities.add")).contains(&"CAP_SYS_ADMIN") {
            let label = "`CAP_SYS_ADMIN` does not stand with `allowPrivilegeEscalation = false`";
            scope.refuse(part.below("capabilities.add"), label, None);
        }
    }
    let of_node = scope
        .pod()
        .and_then(|spec| field(spec, "hostUsers"))
        .is_none_or(|users| *bare(users) != Node::Boolean(false));
    if part.text("procMount") == "Unmasked" && of_node {
        scope.refuse(part.below("procMount"), "`Unmasked` needs `hostUsers = false` of the pod", None);
    }
}

/// What a variable may hold of its pod, and a file.
const IN_VARIABLES: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const IN_FILES: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// `validateObjectFieldSelector`
pub(in crate::target::kubernetes::api) fn field_of_object<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let field = part.text("fieldPath");
    let known = if part.path.contains(".volumes[") { IN_FILES } else { IN_VARIABLES };
    let subscript = field.strip_suffix("']").and_then(|field| field.split_once("['"));
    let is_one = match subscript {
        Some(("metadata.labels", key)) => (KEY.holds)(key),
        Some(("metadata.annotations", key)) => (KEY.holds)(&key.to_lowercase()),
        Some(_) => false,
        None => known.contains(&field),
    };
    if !field.is_empty() && !is_one {
        let help = format!(
            "there are {}, and single labels: `metadata.labels['KEY']`",
            list_of(known.iter().copied())
        );
        scope.refuse(part.below("fieldPath"), format!("`{field}` is no field to be had here"), Some(&help));
    }
    if !matches!(part.text("apiVersion"), "" | "v1") {
        scope.refuse(part.below("apiVersion"), "is `v1`", None);
    }
}
