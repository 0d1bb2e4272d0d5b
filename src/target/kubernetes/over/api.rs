//! What an API server refuses of an object that its schema takes, as far as an override can cause it.

use super::Findings;
use super::kept::{at, items, name};
use super::pod::{Container, containers, template};
use super::quantity;
use smol_str::SmolStr;

use crate::emit::{Map, Node};
use crate::hash::HashSet;
use crate::kustomize::{bare, field, text};
use crate::target::kubernetes::object::Object;

/// Keys of which one can stand at a time: the caller gives the place of their map.
const HANDLERS: &[&str] = &["exec", "httpGet", "tcpSocket", "grpc", "sleep"];
const VALUES: &[&str] = &["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"];

pub(super) fn look(object: &Object, found: &mut Findings<'_>) {
    match object.kind.as_str() {
        "Deployment" => strategy(&object.tree, found),
        "Service" => service(&object.tree, found),
        "PodDisruptionBudget" => budget(&object.tree, found),
        "PersistentVolumeClaim" => amounts(at(&object.tree, "spec.resources"), "spec.resources", found),
        "Job" => job(at(&object.tree, "spec"), "spec", found),
        "CronJob" => job(at(&object.tree, "spec.jobTemplate.spec"), "spec.jobTemplate.spec", found),
        _ => {}
    }
    numbers(&object.tree, "", found);
    let Some(path) = template(&object.kind).map(|path| format!("{path}.spec")) else { return };
    let Some(spec) = at(&object.tree, &path) else { return };
    restarts(object, spec, &path, found);
    volumes(spec, &path, found);
    let mut claimed: HashSet<&str> = items(field(spec, "volumes")).iter().map(name).collect();
    claimed.extend(
        items(at(&object.tree, "spec.volumeClaimTemplates"))
            .iter()
            .filter_map(|claim| at(claim, "metadata.name").and_then(text)),
    );
    unique(spec, "volumes", &path, found);
    let mut names: HashSet<&str> = HashSet::default();
    for container in containers(spec, &path) {
        if !names.insert(name(container.node)) {
            found.refused(&container.path, "another container is called so", None);
        }
        of_container(&container, &claimed, found);
        grace(&container, spec, &path, found);
    }
}

/// Numbers that may be negative (kubernetes/kubernetes:pkg/apis/core/validation/validation.go).
const SIGNED: &[&str] = &["priority", "tolerationSeconds"];

/// Numbers of 64 bits; every other one has 32 (kubernetes/kubernetes:api/openapi-spec/swagger.json, `format`).
const LONG: &[&str] = &[
    "activeDeadlineSeconds",
    "expirationSeconds",
    "fsGroup",
    "runAsGroup",
    "runAsUser",
    "seconds",
    "startingDeadlineSeconds",
    "supplementalGroups",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
];

/// Numbers that an API server does not take, wherever they stand; amounts are looked at where they are.
fn numbers(node: &Node, path: &str, found: &mut Findings<'_>) {
    let key = path.rsplit('.').next().unwrap_or(path);
    let key = key.split('[').next().unwrap_or(key);
    match bare(node) {
        Node::Map(entries) if !matches!(key, "requests" | "limits") => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                numbers(value, &path, found);
            }
        }
        Node::List(list) => {
            for item in list {
                let item_path =
                    if name(item).is_empty() { path.to_owned() } else { format!("{path}[{}]", name(item)) };
                numbers(item, &item_path, found);
            }
        }
        Node::Integer(number) if *number < 0 && !SIGNED.contains(&key) => {
            found.refused(path, "less than nothing", None);
        }
        Node::Integer(number) if *number > i128::from(i32::MAX) && !LONG.contains(&key) => {
            found.refused(path, "has more than 32 bits", None);
        }
        _ => {}
    }
}

/// Reports a name of a part of a pod that is none (RFC 1123, as kubernetes/apimachinery:pkg/util/validation has it).
fn named(node: &Node, path: &str, found: &mut Findings<'_>) {
    if !crate::resolve::is_dns_label(name(node)) {
        let help = "a name has lower-case letters, digits and hyphens inside, at most 63";
        found.refused(path, format!("`{}` is no name", name(node)), Some(help));
    }
}

fn is_set(node: &Node, key: &str) -> bool {
    field(node, key).is_some_and(|value| *bare(value) != Node::Null)
}

fn number(node: Option<&Node>) -> Option<i128> {
    match node.map(bare) {
        Some(Node::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// Reports keys of one map of which only one can stand.
fn one_of(node: Option<&Node>, keys: &[&str], path: &str, found: &mut Findings<'_>) {
    let Some(node) = node else { return };
    let set: Vec<&str> = keys.iter().copied().filter(|key| is_set(node, key)).collect();
    if let [first, second, ..] = set.as_slice() {
        let help = format!("take the other one away: `remove {first}`, or `remove {second}`");
        found.refused(path, format!("`{first}` and `{second}` exclude each other"), Some(&help));
    }
}

/// Reports items of a list of one name.
fn unique(node: &Node, list: &str, path: &str, found: &mut Findings<'_>) {
    let mut names: HashSet<&str> = HashSet::default();
    for item in items(field(node, list)) {
        let is_new = name(item).is_empty() || names.insert(name(item));
        if !is_new {
            found.refused(&format!("{path}.{list}[{}]", name(item)), "another one is called so", None);
        }
    }
}

fn strategy(object: &Node, found: &mut Findings<'_>) {
    let strategy = at(object, "spec.strategy");
    let kind = strategy.and_then(|strategy| field(strategy, "type")).and_then(text);
    if kind == Some("Recreate") && strategy.is_some_and(|strategy| is_set(strategy, "rollingUpdate")) {
        found.refused(
            "spec.strategy.type",
            "`rollingUpdate` still stands beside it",
            Some("write `remove rollingUpdate` beside it"),
        );
    }
    let none = |key: &str| {
        let value = strategy.and_then(|strategy| at(strategy, &format!("rollingUpdate.{key}")));
        value.is_some_and(|value| {
            matches!(bare(value), Node::Integer(0)) || matches!(text(value), Some("0%" | "0"))
        })
    };
    if none("maxSurge") && none("maxUnavailable") {
        found.refused(
            "spec.strategy.rollingUpdate",
            "neither a pod more nor a pod less: no pod is ever replaced",
            None,
        );
    }
}

fn service(object: &Node, found: &mut Findings<'_>) {
    let kind = at(object, "spec.type").and_then(text).unwrap_or("ClusterIP");
    let Some(spec) = field(object, "spec") else { return };
    let outside = matches!(kind, "LoadBalancer" | "NodePort");
    for (key, is_right) in [
        ("loadBalancerClass", kind == "LoadBalancer"),
        ("loadBalancerIP", kind == "LoadBalancer"),
        ("allocateLoadBalancerNodePorts", kind == "LoadBalancer"),
        ("healthCheckNodePort", outside),
        ("externalTrafficPolicy", outside),
    ] {
        if !is_right && is_set(spec, key) {
            found.refused(
                &format!("spec.{key}"),
                format!("a Service of type {kind} has none"),
                Some("name the one that is published: `Service NAME { … }`"),
            );
        }
    }
    for port in items(field(spec, "ports")) {
        if !outside && is_set(port, "nodePort") {
            let path = format!("spec.ports[{}].nodePort", name(port));
            found.refused(&path, format!("a Service of type {kind} has none"), None);
        }
    }
    if is_set(spec, "sessionAffinityConfig") && at(spec, "sessionAffinity").and_then(text) != Some("ClientIP")
    {
        found.refused("spec.sessionAffinityConfig", "without `sessionAffinity = ClientIP`", None);
    }
}

fn budget(object: &Node, found: &mut Findings<'_>) {
    one_of(field(object, "spec"), &["maxUnavailable", "minAvailable"], "spec.minAvailable", found);
    let all = at(object, "spec.minAvailable").and_then(text) == Some("100%");
    let none = at(object, "spec.maxUnavailable")
        .is_some_and(|most| matches!(bare(most), Node::Integer(0)) || matches!(text(most), Some("0%" | "0")));
    if all || none {
        let path = if all { "spec.minAvailable" } else { "spec.maxUnavailable" };
        found.refused(path, "no pod may ever go: a node that holds one cannot be emptied", None);
    }
}

fn job(spec: Option<&Node>, path: &str, found: &mut Findings<'_>) {
    let Some(spec) = spec else { return };
    if at(spec, "completionMode").and_then(text) == Some("Indexed") && !is_set(spec, "completions") {
        found.refused(&format!("{path}.completionMode"), "`Indexed` without `completions`", None);
    }
    if is_set(spec, "backoffLimitPerIndex") && at(spec, "completionMode").and_then(text) != Some("Indexed") {
        found.refused(&format!("{path}.backoffLimitPerIndex"), "without `completionMode = Indexed`", None);
    }
}

/// When pods start again: kubernetes/kubernetes:pkg/apis/apps/validation/validation.go and pkg/apis/batch/validation.
fn restarts(object: &Object, spec: &Node, path: &str, found: &mut Findings<'_>) {
    let policy = field(spec, "restartPolicy").and_then(text);
    let is_job = matches!(object.kind.as_str(), "Job" | "CronJob");
    let label = match policy {
        Some("OnFailure" | "Never") if !is_job => format!("a {} takes `Always` alone", object.kind),
        Some("Always") | None if is_job => "a Job takes `OnFailure` or `Never`".to_owned(),
        _ => return,
    };
    found.refused(&format!("{path}.restartPolicy"), label, None);
}

fn volumes(spec: &Node, path: &str, found: &mut Findings<'_>) {
    for volume in items(field(spec, "volumes")) {
        let Node::Map(entries) = bare(volume) else { continue };
        let sources: Vec<&str> =
            entries.keys().map(SmolStr::as_str).filter(|key| *key != "name" && is_set(volume, key)).collect();
        let path = format!("{path}.volumes[{}]", name(volume));
        named(volume, &path, found);
        match sources.as_slice() {
            [_] => {}
            // An API server takes it for an empty folder.
            [] => found.refused(
                &path,
                "says nothing of what it holds",
                Some("write `emptyDir {}` for an empty folder"),
            ),
            several => one_of(Some(volume), several, &path, found),
        }
        if let Some(limit) = at(volume, "emptyDir.sizeLimit")
            && quantity::value(limit).is_none()
        {
            found.refused(&format!("{path}.emptyDir.sizeLimit"), "no amount", Some(AMOUNT));
        }
    }
}

const AMOUNT: &str = "write it like `500m`, `2`, `64Mi` or `1Gi`";

fn of_container(container: &Container<'_>, volumes: &HashSet<&str>, found: &mut Findings<'_>) {
    let (node, path) = (container.node, &container.path);
    named(node, path, found);
    if field(node, "image").and_then(text).is_some_and(|image| image.contains(char::is_whitespace)) {
        found.refused(&format!("{path}.image"), "holds a blank", None);
    }
    for port in items(field(node, "ports")) {
        let is_one = number(field(port, "containerPort")).is_some_and(|port| (1..=65_535).contains(&port));
        if !is_one {
            found.refused(
                &format!("{path}.ports[{}]", name(port)),
                "`containerPort` is from 1 to 65535",
                None,
            );
        }
    }
    if !is_set(node, "image") {
        found.refused(
            path,
            "has no `image`",
            Some("a container that is added names its image; one that is there is called by its name"),
        );
    }
    let mut mounts: HashSet<&str> = HashSet::default();
    for mount in items(field(node, "volumeMounts")) {
        let folder = field(mount, "mountPath").and_then(text).unwrap_or_default();
        let at = format!("{path}.volumeMounts[{}]", name(mount));
        if !volumes.contains(name(mount)) {
            let known = volumes.iter().copied().collect::<Vec<_>>();
            let help = if known.is_empty() {
                "declare it in `volumes` of the pod".to_owned()
            } else {
                let mut known = known;
                known.sort_unstable();
                format!("declare it in `volumes` of the pod; there are {}", crate::diagnostic::list_of(known))
            };
            found.refused(&at, "mounts a volume that is not declared", Some(&help));
        }
        let sub_path =
            ["subPath", "subPathExpr"].into_iter().find_map(|key| field(mount, key).and_then(text));
        if sub_path.is_some_and(|path| path.starts_with('/') || path.split('/').any(|part| part == "..")) {
            found.refused(&format!("{at}.subPath"), "leads out of the volume", None);
        }
        if folder.is_empty() || folder.contains(':') || !mounts.insert(folder.trim_end_matches('/')) {
            found.refused(&at, "its `mountPath` is missing, holds a colon, or is taken by another one", None);
        }
    }
    for variable in items(field(node, "env")) {
        let path = format!("{path}.env[{}]", name(variable));
        one_of(Some(variable), &["value", "valueFrom"], &path, found);
        one_of(field(variable, "valueFrom"), VALUES, &format!("{path}.valueFrom"), found);
        if name(variable).is_empty() {
            found.refused(&path, "a variable without a name", None);
        }
    }
    unique(node, "env", path, found);
    unique(node, "ports", path, found);
    for probe in
        ["startupProbe", "readinessProbe", "livenessProbe", "lifecycle.preStop", "lifecycle.postStart"]
    {
        let Some(handler) = at(node, probe) else { continue };
        let path = format!("{path}.{probe}");
        one_of(Some(handler), HANDLERS, &path, found);
        if !HANDLERS.iter().any(|key| is_set(handler, key)) {
            found.refused(
                &path,
                "asks nothing",
                Some("name one of `exec`, `httpGet`, `tcpSocket` and `grpc`"),
            );
        }
        if matches!(probe, "startupProbe" | "livenessProbe")
            && number(field(handler, "successThreshold")).is_some_and(|times| times != 1)
        {
            found.refused(&format!("{path}.successThreshold"), "must be 1 here", None);
        }
    }
    amounts(field(node, "resources"), &format!("{path}.resources"), found);
}

/// Requests and limits: amounts, the first no more than the second.
fn amounts(resources: Option<&Node>, path: &str, found: &mut Findings<'_>) {
    let Some(resources) = resources else { return };
    let of = |key: &str| match field(resources, key).map(bare) {
        Some(Node::Map(entries)) => entries.clone(),
        _ => Map::default(),
    };
    let limits = of("limits");
    for (kind, entries) in [("requests", of("requests")), ("limits", limits.clone())] {
        for (resource, amount) in &entries {
            let path = format!("{path}.{kind}.{resource}");
            let Some(wanted) = quantity::value(amount) else {
                found.refused(&path, "no amount", Some(AMOUNT));
                continue;
            };
            if wanted < 0.0 {
                found.refused(&path, "less than nothing", None);
            }
            let limit = limits.get(resource).and_then(quantity::value);
            if kind == "requests" && limit.is_some_and(|limit| limit < wanted) {
                let label = "asks for more than the limit";
                found.refused(&path, label, Some("raise `resources` of the service, or ask for less"));
            }
        }
    }
}

/// The time that a pod has contains the time for which it goes on serving while it leaves.
fn grace(container: &Container<'_>, spec: &Node, path: &str, found: &mut Findings<'_>) {
    if container.first {
        return;
    }
    let whole = number(field(spec, "terminationGracePeriodSeconds")).unwrap_or(30);
    if let Some(sleep) = number(at(container.node, "lifecycle.preStop.sleep.seconds"))
        && sleep >= whole
    {
        let label = format!("the pod is killed while it leaves, which takes {sleep} s");
        found.refused(
            &format!("{path}.terminationGracePeriodSeconds"),
            label,
            Some("say it by `stop_grace`, or shorten the sleep"),
        );
    }
}
