//! Amounts of containers, pods and claims: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.

use super::part::{Part, containers, name};
use super::rule::amount;
use super::{Scope, quantity};
use crate::emit::Node;
use crate::hash::HashMap;
use crate::kustomize::{bare, text};

/// What the kubelet counts of a container (`IsStandardContainerResourceName`).
const STANDARD: &[&str] = &["cpu", "memory", "ephemeral-storage"];

const HUGE: &str = "hugepages-";

/// `validateContainerResourceName`
fn is_counted(resource: &str) -> bool {
    STANDARD.contains(&resource) || resource.starts_with(HUGE) || resource.contains('/')
}

/// `ValidateContainerResourceRequirements`
pub(super) fn of_container<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    requirements(part, is_counted, scope);
}

/// Requests and limits: of what is counted, amounts, the first no more than the second.
fn requirements(part: &Part<'_>, counted: fn(&str) -> bool, scope: &mut Scope<'_>) {
    let mut limits: HashMap<&str, f64> = HashMap::default();
    let mut requests: HashMap<&str, f64> = HashMap::default();
    for kind in ["limits", "requests"] {
        let Some(Node::Map(entries)) = part.at(&format!("resources.{kind}")).map(bare) else { continue };
        for (resource, value) in entries {
            let path = part.below(&format!("resources.{kind}.{resource}"));
            if !counted(resource) {
                let help = "there are `cpu`, `memory`, `ephemeral-storage`, `hugepages-2Mi` and its like, and those of devices, `DOMAIN/NAME`";
                scope.refuse(&path, format!("`{resource}` is counted by nothing"), Some(help));
            }
            let Some(value) = amount(value, &path, false, scope) else { continue };
            if resource.contains('/') && value.fract() != 0.0 {
                scope.refuse(&path, "devices are whole", None);
            }
            // `IsHugePageResourceValueDivisible`
            let page = resource.strip_prefix(HUGE).and_then(quantity::parse).filter(|page| *page > 0.0);
            if page.is_some_and(|page| value % page != 0.0) {
                scope.refuse(
                    &path,
                    format!("a multiple of a page is meant, and one of `{resource}` does not divide this"),
                    None,
                );
            }
            if kind == "limits" {
                limits.insert(resource, value);
                continue;
            }
            requests.insert(resource, value);
            let limit = limits.get(resource.as_str()).copied();
            // What cannot be shared is asked for as it is limited (`IsOvercommitAllowed`).
            let is_shared = STANDARD.contains(&resource.as_str());
            if limit.is_some_and(|limit| limit < value) {
                let help = "raise `resources` of the service, or ask for less";
                scope.refuse(&path, "asks for more than the limit", Some(help));
            } else if !is_shared && limit != Some(value) {
                scope.refuse(
                    &path,
                    "is asked for as it is limited: write the same amount into `limits`",
                    None,
                );
            }
        }
    }
    let large = |resource: &&str| resource.starts_with(HUGE);
    let uses_large = limits.keys().any(large);
    if uses_large
        && ["cpu", "memory"].iter().all(|key| !limits.contains_key(key) && !requests.contains_key(key))
    {
        scope.refuse(part.below("resources.limits"), "large pages need `cpu` or `memory` beside them", None);
    }
}

/// `validatePodResources`: amounts of a whole pod, which hold those of its containers.
pub(super) fn of_pod<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.at("resources").is_none() {
        return;
    }
    let counted = |resource: &str| matches!(resource, "cpu" | "memory") || resource.starts_with(HUGE);
    requirements(part, counted, scope);
    if part.at("resources.claims").is_some() {
        scope.refuse(part.below("resources.claims"), "claims are a container's", None);
    }
    let containers = containers(part.node, &part.path);
    for resource in ["cpu", "memory"] {
        let of = |node: &Node, kind: &str| {
            super::at(node, &format!("resources.{kind}.{resource}")).and_then(quantity::value)
        };
        let main = containers.iter().filter(|container| !container.ends());
        let asked: f64 = main.filter_map(|container| of(container.node, "requests")).sum();
        if of(part.node, "requests").is_some_and(|whole| whole < asked) {
            let label = "less than its containers ask for";
            scope.refuse(part.below(&format!("resources.requests.{resource}")), label, None);
        }
        let Some(most) = of(part.node, "limits") else { continue };
        for container in &containers {
            if of(container.node, "limits").is_some_and(|limit| limit > most) {
                let path = format!("{}.resources.limits.{resource}", container.path);
                scope.refuse(path, "more than the limit of the pod", None);
            }
        }
    }
}

/// `ValidatePersistentVolumeClaimSpec`
pub(super) fn of_claim<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    match part.at("resources.requests.storage") {
        None => scope.refuse(&part.path, "asks for no `storage`", None),
        Some(size) => {
            let path = part.below("resources.requests.storage");
            let asked = amount(size, &path, true, scope);
            let limit = part.at("resources.limits.storage");
            let limit =
                limit.and_then(|limit| amount(limit, &part.below("resources.limits.storage"), true, scope));
            if let (Some(asked), Some(limit)) = (asked, limit)
                && limit < asked
            {
                scope.refuse(path, "asks for more than the limit", None);
            }
        }
    }
}

/// What a variable or a file may hold of the amounts of a container.
const FIELDS: &[&str] = &[
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
];

const DIVISORS: &[&str] =
    &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/// `validateContainerResourceFieldSelector`, `validateContainerResourceDivisor`
pub(super) fn field_of_container<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let resource = part.text("resource");
    let is_large = [format!("limits.{HUGE}"), format!("requests.{HUGE}")]
        .iter()
        .any(|start| resource.starts_with(start.as_str()));
    if !resource.is_empty() && !FIELDS.contains(&resource) && !is_large {
        let help = format!("there are {}", crate::diagnostic::list_of(FIELDS.iter().copied()));
        scope.refuse(part.below("resource"), format!("no container has a `{resource}`"), Some(&help));
    }
    let in_volume = part.path.contains(".volumes[");
    let container = part.text("containerName");
    let known = scope.pod().map(|spec| containers(spec, "")).unwrap_or_default();
    if in_volume && container.is_empty() {
        scope.refuse(&part.path, "has no `containerName`", None);
    } else if !container.is_empty() && !known.iter().any(|known| name(known.node) == container) {
        scope.in_vain(part.below("containerName"), format!("no container is called `{container}`"), None);
    }
    let divisor = match part.at("divisor").map(bare) {
        Some(Node::Integer(number)) => number.to_string(),
        node => node.and_then(text).unwrap_or_default().to_owned(),
    };
    let divides = match resource.split_once('.') {
        Some((_, "cpu")) => matches!(divisor.as_str(), "1" | "1m"),
        _ => DIVISORS.contains(&divisor.as_str()),
    };
    if !matches!(divisor.as_str(), "" | "0") && !divides {
        scope.refuse(part.below("divisor"), format!("`{divisor}` divides no such amount"), None);
    }
}
