//! Pods and their containers: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.

mod container;
mod place;
mod system;

pub(super) use container::{
    asked_port, field_of_object, grace, image, privileges, probes, resized, restarts, stop_signal,
};
pub(super) use place::{chosen_by_keys, compared, matched, nodes};
pub(super) use system::{processes, system, windows_user};

use super::Scope;
use super::amount;
use super::metadata;
use super::part::{Part, containers, is_set, items, name, number, texts};
use super::rule;
use crate::emit::Node;
use crate::hash::HashSet;
use crate::kustomize::{bare, field, text};

/// `validateContainers`, `validateInitContainers`: no two containers of one name.
pub(super) fn names<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let mut names: HashSet<&str> = HashSet::default();
    for container in containers(part.node, &part.path) {
        if !names.insert(name(container.node)) {
            scope.refuse(&container.path, "another container is called so", None);
        }
    }
    amount::of_pod(part, scope);
}

/// `checkHostPortConflicts`, `validatePodHostNetworkDeps`
pub(super) fn ports<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let mut seen: HashSet<(i64, &str, &str)> = HashSet::default();
    for container in containers(part.node, &part.path).iter().filter(|container| !container.ends()) {
        for port in items(field(container.node, "ports")) {
            let Some(host) = number(field(port, "hostPort")).filter(|port| *port > 0) else { continue };
            let path = format!("{}.ports[{}]", container.path, name(port));
            let protocol = field(port, "protocol").and_then(text).unwrap_or("TCP");
            let address = field(port, "hostIP").and_then(text).unwrap_or_default();
            if !seen.insert((host, protocol, address)) {
                scope.refuse(&path, format!("two containers want port {host} of the node"), None);
            }
            if part.is_true("hostNetwork") && number(field(port, "containerPort")) != Some(host) {
                scope.refuse(&path, "on the network of the node `hostPort` is `containerPort`", None);
            }
        }
    }
}

/// `validateOverhead`
pub(super) fn overhead<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let Some(Node::Map(amounts)) = part.at("overhead").map(bare) else { return };
    for (resource, value) in amounts {
        rule::amount(value, &part.below(&format!("overhead.{resource}")), false, scope);
    }
}

/// `validatePodDNSConfig`
pub(super) fn resolver<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.text("dnsPolicy") == "None"
        && part.at("dnsConfig").is_some_and(|config| !is_set(config, "nameservers"))
    {
        scope.refuse(part.below("dnsPolicy"), "`dnsPolicy = None` needs `nameservers`", None);
    }
    let searches = texts(part.at("dnsConfig.searches"));
    // `MaxDNSSearchListChars`, with the blanks between them.
    if searches.iter().map(|search| search.len() + 1).sum::<usize>() > 2_049 {
        scope.refuse(part.below("dnsConfig.searches"), "more than 2048 characters in all", None);
    }
}

/// A whole name is a name of the kernel: 64 characters (`HostnameOverride`, kubernetes/kubernetes:pkg/apis/core/types.go).
pub(super) fn whole_name<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.text("hostnameOverride").len() > 64 {
        scope.refuse(part.below("hostnameOverride"), "longer than 64 characters", None);
    }
}

/// What a template may hold and plug-ins of admission refuse of its pods.
pub(super) fn admission<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    // The number follows from the class: kubernetes/kubernetes:plugin/pkg/admission/priority/admission.go.
    if part.number("priority").is_some_and(|priority| priority != 0) && !part.is_set("priorityClassName") {
        let help = "name a class: `priorityClassName`";
        scope.refuse(part.below("priority"), "the number is that of a class, and none is named", Some(help));
    }
    if part.is_set("overhead") && !part.is_set("runtimeClassName") {
        let help = "name a class: `runtimeClassName`";
        scope.refuse(part.below("overhead"), "it is that of a class, and none is named", Some(help));
    }
    // `ValidatePodCreate`
    if part.is_set("nodeName") && part.is_set("schedulingGates") {
        scope.refuse(part.below("schedulingGates"), "a pod that names its node has none", None);
    }
}

/// `validateResourceClaimNames`
pub(super) fn claimed<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let claims = scope.pod().map(|spec| items(field(spec, "resourceClaims"))).unwrap_or_default();
    let wanted = name(part.node);
    if !wanted.is_empty() && !claims.iter().any(|claim| name(claim) == wanted) {
        scope.refuse(&part.path, "no claim of the pod is called so", Some("declare it in `resourceClaims`"));
    }
}

/// What `matchLabels` of a selector hold.
pub(super) fn match_labels<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    metadata::labels(part.at("matchLabels"), &part.below("matchLabels"), scope);
}
