//! Services, budgets and scalers: kubernetes/kubernetes:pkg/apis/{core,policy,autoscaling}/validation/validation.go.

mod scale;

pub(super) use scale::{bounds, formula, metric_name, of_object, of_pods, of_resource, policies, scaled};

use super::Scope;
use super::form::{ENTRY, NAMES};
use super::metadata;
use super::part::{Part, items, name, number, texts};
use super::rule::is_none;
use crate::emit::Node;
use crate::hash::HashSet;
use crate::kustomize::{bare, field, text};
use crate::platform::Version;

/// What a Service is where nothing is said (kubernetes/kubernetes:pkg/apis/core/v1/defaults.go).
fn kind<'a>(part: &Part<'a>) -> &'a str {
    match part.text("type") {
        "" => "ClusterIP",
        kind => kind,
    }
}

/// Whether others than the cluster reach it (`ExternallyAccessible`, kubernetes/kubernetes:pkg/api/service/util.go).
fn is_outside(part: &Part<'_>) -> bool {
    matches!(kind(part), "LoadBalancer" | "NodePort") || !part.items("externalIPs").is_empty()
}

/// `ValidateService`, of ports.
pub(super) fn ports<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let (kind, ports) = (kind(part), part.items("ports"));
    let headless = part.text("clusterIP") == "None";
    if ports.is_empty() && !headless && kind != "ExternalName" {
        scope.refuse(&part.path, "has no `ports`", None);
    }
    if headless && matches!(kind, "LoadBalancer" | "NodePort") {
        scope.refuse(part.below("clusterIP"), format!("a Service of type {kind} has an address"), None);
    }
    let (mut names, mut numbers, mut of_nodes): (HashSet<&str>, HashSet<_>, HashSet<_>) = Default::default();
    for port in ports {
        let path = format!("{}[{}]", part.below("ports"), name(port));
        if ports.len() > 1 && name(port).is_empty() {
            scope.refuse(&path, "has no `name`, which tells it from the others", None);
        }
        if !name(port).is_empty() && !names.insert(name(port)) {
            scope.refuse(&path, "another one is called so", None);
        }
        let protocol = field(port, "protocol").and_then(text).unwrap_or("TCP");
        let value = number(field(port, "port"));
        if value.is_some() && !numbers.insert((value, protocol)) {
            scope.refuse(&path, "another one has the number", None);
        }
        let Some(of_node) = number(field(port, "nodePort")).filter(|port| *port != 0) else { continue };
        if !matches!(kind, "LoadBalancer" | "NodePort") {
            scope.refuse(format!("{path}.nodePort"), format!("a Service of type {kind} has none"), None);
        } else if !of_nodes.insert((of_node, protocol)) {
            scope.refuse(format!("{path}.nodePort"), "another one has the number", None);
        }
    }
}

/// `validateServiceExternalTrafficPolicy`
pub(super) fn from_outside<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    const HELP: &str = "name the one that is published: `Service NAME { … }`";
    let kind = kind(part);
    if part.is_set("externalTrafficPolicy") && !is_outside(part) {
        let label = format!("a Service of type {kind} has none");
        scope.refuse(part.below("externalTrafficPolicy"), label, Some(HELP));
    }
    let checked = kind == "LoadBalancer" && part.text("externalTrafficPolicy") == "Local";
    let Some(port) = part.number("healthCheckNodePort").filter(|port| *port != 0) else { return };
    if !checked {
        let label = "stands with `type = LoadBalancer` and `externalTrafficPolicy = Local` alone";
        scope.refuse(part.below("healthCheckNodePort"), label, Some(HELP));
    } else if port > 65_535 {
        scope.refuse(part.below("healthCheckNodePort"), "a port is from 1 to 65535", None);
    }
}

/// `ValidateServiceClusterIPsRelatedFields`
pub(super) fn families<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let families = texts(part.at("ipFamilies"));
    let mut seen: HashSet<&str> = HashSet::default();
    for family in &families {
        if !seen.insert(family) {
            scope.refuse(part.below("ipFamilies"), format!("`{family}` stands twice"), None);
        }
    }
    if families.len() > 1 && part.text("ipFamilyPolicy") == "SingleStack" {
        scope.refuse(part.below("ipFamilyPolicy"), "`SingleStack` has one of `ipFamilies`", None);
    }
    if kind(part) == "ExternalName" {
        for key in ["ipFamilies", "ipFamilyPolicy"].iter().filter(|key| part.is_set(key)) {
            scope.refuse(part.below(key), "a Service of type ExternalName has none", None);
        }
    }
}

/// `validateServiceTrafficDistribution`: two more words from 1.34 on (`PreferSameTrafficDistribution`).
pub(super) fn distribution<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if matches!(part.text("trafficDistribution"), "PreferSameZone" | "PreferSameNode")
        && scope.version < Version(1, 34)
    {
        scope.refuse(part.below("trafficDistribution"), "a cluster before 1.34 does not know it", None);
    }
}

/// A name of DNS, with a dot at its end or not.
pub(super) fn external_name<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let text = part.text("externalName");
    if !text.is_empty() && !(NAMES.holds)(text.strip_suffix('.').unwrap_or(text)) {
        scope.refuse(part.below("externalName"), format!("`{text}` is no {}", NAMES.what), Some(NAMES.help));
    }
}

pub(super) fn selector<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    metadata::labels(part.at("selector"), &part.below("selector"), scope);
}

/// The most that the values of a ConfigMap hold (`MaxSecretSize`, kubernetes/kubernetes:pkg/apis/core/types.go).
const CONTENTS: usize = 1 << 20;

/// `ValidateConfigMap`
pub(super) fn contents<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let mut seen: HashSet<&str> = HashSet::default();
    let mut size = 0;
    for map in ["data", "binaryData"] {
        let Some(Node::Map(entries)) = part.at(map).map(bare) else { continue };
        for (key, value) in entries {
            let path = format!("{}.{key}", part.below(map));
            size += text(value).map_or(0, str::len);
            if !(ENTRY.holds)(key) {
                scope.refuse(&path, format!("`{key}` is no {}", ENTRY.what), Some(ENTRY.help));
            }
            if !seen.insert(key) {
                scope.refuse(&path, "stands in `data`, too", None);
            }
        }
    }
    if size > CONTENTS {
        scope.refuse(&part.path, "more than 1 MiB in all", None);
    }
}

/// A budget under which a pod may go: a drain of its node would wait for ever.
pub(super) fn budget<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let all = part.text("minAvailable") == "100%";
    if all || is_none(part.at("maxUnavailable")) {
        let key = if all { "minAvailable" } else { "maxUnavailable" };
        scope.in_vain(part.below(key), "no pod may ever go: a node that holds one cannot be emptied", None);
    }
    if items(part.at("selector.matchExpressions")).is_empty() && part.at("selector.matchLabels").is_none() {
        scope.in_vain(&part.path, "is about all pods of the namespace", None);
    }
}
