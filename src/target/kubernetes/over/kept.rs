//! What the compiler derives of the source, and others of its files go by: an override leaves it as it is.

use smol_str::SmolStr;

use super::findings::Findings;
use super::steps;
use crate::emit::{Map, Node};
use crate::kustomize::{bare, field, same, text};
use crate::platform::Service;
use crate::target::FaultKind;
use crate::target::kubernetes::api::{at, items, name, number, template};
use crate::target::kubernetes::object::Object;

const NAME: &str = "an object is called as the thing that it is made of, and others go by its name";
const FOUND: &str = "pods are found by these labels, by Services, rules of the network and budgets";
const SCALE: &str = "say it by `scale { min = …, max = … }`: scalers and budgets are made of it";
const PORTS: &str = "declare a `port`: the rules of the network follow it";
const PUBLISH: &str = "say it by `publish` of a port: the rules of the network follow it";
const ACCESS: &str = "say it by `api_access`: what an account may ask is made of it";
const VOLUMES: &str = "declare a `volume`, with its `size`";
const SCHEDULE: &str = "say it by `schedule`: alerts go by it";
const FILES: &str = "say it by `config`: the pods that read it start anew by its digest";
const HOOK: &str =
    "a tool makes and removes hooks by itself, apart from waves: what is on their disks goes with them";
const SECRETS: &str = "say it by `env { NAME = SECRET }`: `secrets.conf` and `.env.example` are made of it";

/// Paths of an object of any kind.
const ALWAYS: &[(&str, &str)] = &[("metadata.name", NAME), ("metadata.namespace", NAME)];

/// Paths of a pod, below its specification.
const OF_PODS: &[(&str, &str)] = &[
    ("serviceAccountName", ACCESS),
    ("automountServiceAccountToken", ACCESS),
    (
        "hostNetwork",
        "say it by `security { host_network = true, reason = \"…\" }`: rules of the network do not meet such pods",
    ),
    ("nodeName", "say it by `nodeSelector` or `affinity`: a pod that names its node is not scheduled"),
];

/// Paths of a kind.
fn of_kind(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "Deployment" => &[("spec.selector", FOUND), ("spec.replicas", SCALE)],
        "StatefulSet" => &[
            ("spec.selector", FOUND),
            ("spec.replicas", SCALE),
            ("spec.serviceName", NAME),
            (
                "spec.podManagementPolicy",
                "`Parallel` lets a mended pod replace one that never gets ready, and it cannot be changed later",
            ),
            (
                "spec.ordinals",
                "pods and their disks are called by these numbers: with others the program starts with empty ones, and copies are taken of disks that nobody makes",
            ),
            (
                "spec.persistentVolumeClaimRetentionPolicy",
                "disks stay where a set is removed or made smaller: what is on them is for a person to remove",
            ),
        ],
        "DaemonSet" => &[("spec.selector", FOUND)],
        "Job" => &[
            ("spec.selector", FOUND),
            ("spec.manualSelector", FOUND),
            (
                "spec.ttlSecondsAfterFinished",
                "a Job that is gone runs again with the next apply: `scripts/apply-kubernetes.sh` removes old ones",
            ),
        ],
        "CronJob" => &[
            ("spec.schedule", SCHEDULE),
            ("spec.concurrencyPolicy", SCHEDULE),
            ("spec.startingDeadlineSeconds", SCHEDULE),
            ("spec.jobTemplate.spec.selector", FOUND),
            ("spec.jobTemplate.spec.manualSelector", FOUND),
        ],
        "Service" => &[
            ("spec.selector", FOUND),
            ("spec.type", PUBLISH),
            ("spec.clusterIP", PUBLISH),
            ("spec.clusterIPs", PUBLISH),
            ("spec.externalName", PUBLISH),
            ("spec.externalIPs", PUBLISH),
            (
                "spec.publishNotReadyAddresses",
                "what a job prepares, and the pods of a set, are reached before they are ready",
            ),
            (
                "spec.loadBalancerSourceRanges",
                "declare an `outside` with its ranges: the rules of the network follow them, too",
            ),
            (
                "spec.externalTrafficPolicy",
                "with `Cluster` the address of a client does not arrive: `from` and limits of a site go by it",
            ),
        ],
        "HorizontalPodAutoscaler" => {
            &[("spec.scaleTargetRef", NAME), ("spec.minReplicas", SCALE), ("spec.maxReplicas", SCALE)]
        }
        "ScaledObject" => {
            &[("spec.scaleTargetRef", NAME), ("spec.minReplicaCount", SCALE), ("spec.maxReplicaCount", SCALE)]
        }
        "PodDisruptionBudget" => &[("spec.selector", FOUND)],
        "ConfigMap" => &[("data", FILES), ("binaryData", FILES), ("immutable", FILES)],
        "ServiceAccount" => &[("automountServiceAccountToken", ACCESS)],
        "PersistentVolumeClaim" => &[("spec.accessModes", VOLUMES), ("spec.resources", VOLUMES)],
        _ => &[],
    }
}

/// Labels that the compiler writes, by how they start.
const OURS: &[(&str, &str)] = &[
    ("app.kubernetes.io/", FOUND),
    (
        "pod-security.kubernetes.io/",
        "pods are proved against the level of their namespace: what needs more stands in one of its own",
    ),
];

/// Annotations that the compiler writes, by how they start.
const NOTES: &[(&str, &str)] = &[
    (
        "argocd.argoproj.io/sync-wave",
        "waves follow from `after`, `wait` and references; `scripts/apply-kubernetes.sh` reads them",
    ),
    (
        "service.beta.kubernetes.io/load-balancer-source-ranges",
        "declare an `outside` with its ranges: the rules of the network follow them, too",
    ),
    ("argocd.argoproj.io/sync-options", "what holds data is not pruned"),
    ("argocd.argoproj.io/hook", HOOK),
    ("helm.sh/hook", HOOK),
    ("checksum/", "pods start anew by it, when what they read has changed"),
    ("kustomize.toolkit.fluxcd.io/", "what holds data is not pruned, and nothing is put in"),
];

/// Looks for what is no longer as the compiler has it.
pub(super) fn look(before: &Object, after: &Object, service: Option<&Service>, found: &mut Findings<'_>) {
    for (path, help) in ALWAYS.iter().chain(of_kind(&after.kind)) {
        // The name of a Job is made of what it does.
        if *path == "metadata.name" && after.kind == "Job" {
            continue;
        }
        found.differ(&before.tree, &after.tree, "", path, help);
    }
    labels(&before.tree, &after.tree, "metadata", found);
    if after.kind == "Service" {
        ports(&before.tree, &after.tree, "spec.ports", &["name", "port", "protocol", "targetPort"], found);
    }
    if after.kind == "StatefulSet" {
        claims(&before.tree, &after.tree, found);
    }
    stopped(after, found);
    let Some(template) = template(&after.kind) else { return };
    let (Some(one), Some(other)) = (at(&before.tree, template), at(&after.tree, template)) else {
        return found.add(FaultKind::Derived, template, "without it there are no pods", None);
    };
    labels_below(one, other, &format!("{template}.metadata"), found);
    let pod = format!("{template}.spec");
    for (path, help) in OF_PODS {
        found.differ(one, other, template, &format!("spec.{path}"), help);
    }
    if secrets(other) != secrets(one) {
        found.add(FaultKind::Derived, &place_of_secret(other, one, &pod), "names a Secret", Some(SECRETS));
    }
    disks(&before.tree, (one, other), &pod, found);
    let Some(service) = service else { return };
    if container(one, &service.name).is_none() {
        return steps::look(before, after, template, found);
    }
    let own = format!("{pod}.containers[{}]", service.name);
    match (container(one, &service.name), container(other, &service.name)) {
        (Some(one), Some(other)) => {
            let help = "say it by `image`: what the image holds is known by its name";
            found.differ(one, other, &own, "image", help);
            ports(one, other, &format!("{own}.ports"), &["name", "containerPort", "protocol"], found);
        }
        _ => found.add(FaultKind::Derived, &own, "the program itself is gone", None),
    }
}

fn container<'a>(template: &'a Node, wanted: &str) -> Option<&'a Node> {
    items(at(template, "spec.containers")).iter().find(|container| name(container) == wanted)
}

/// What would have an apply wait for ever, or leaves pods behind as they are.
fn stopped(after: &Object, found: &mut Findings<'_>) {
    let value = |path: &str| at(&after.tree, path);
    let is_on = |path: &str| value(path).is_some_and(|node| *bare(node) == Node::Boolean(true));
    let count = |path: &str| number(value(path));
    let waits = "an apply waits for its end, which never comes";
    let found_at: &[(&str, bool, &str)] = match after.kind.as_str() {
        "Deployment" => {
            &[("spec.paused", is_on("spec.paused"), "an apply waits for its pods, which are never replaced")]
        }
        "StatefulSet" => {
            let path = "spec.updateStrategy.rollingUpdate.partition";
            &[(
                path,
                count(path).is_some_and(|least| least > 0),
                "pods below this number stay as they are, whatever is applied",
            )]
        }
        "Job" => &[
            ("spec.suspend", is_on("spec.suspend"), waits),
            ("spec.parallelism", count("spec.parallelism") == Some(0), waits),
            ("spec.managedBy", value("spec.managedBy").is_some(), "what runs it is no part of a cluster"),
        ],
        _ => &[],
    };
    for (path, _, label) in found_at.iter().filter(|(_, is_so, _)| *is_so) {
        found.add(
            FaultKind::Derived,
            path,
            *label,
            Some("stop it in the cluster, by `kubectl`, for as long as that is meant"),
        );
    }
}

/// What is mounted of disks, and where.
fn disks(tree: &Node, (before, after): (&Node, &Node), pod: &str, found: &mut Findings<'_>) {
    let templates = items(at(tree, "spec.volumeClaimTemplates")).iter();
    let of_set = templates.filter_map(|claim| at(claim, "metadata.name").and_then(text));
    let claims = items(at(before, "spec.volumes")).iter();
    let claims = claims.filter(|volume| field(volume, "persistentVolumeClaim").is_some()).map(name);
    let disks: Vec<&str> = of_set.chain(claims).collect();
    for list in ["initContainers", "containers"] {
        let path = format!("spec.{list}");
        for one in items(at(before, &path)) {
            let mut others = items(at(after, &path)).iter();
            let Some(other) = others.find(|other| name(other) == name(one)) else { continue };
            let own = format!("{pod}.{list}[{}]", name(one));
            steps::mounts(one, other, &own, &|volume| disks.contains(&volume), found);
        }
    }
}

fn labels(before: &Node, after: &Node, metadata: &str, found: &mut Findings<'_>) {
    compare_labels(at(before, metadata), at(after, metadata), metadata, found);
}

fn labels_below(before: &Node, after: &Node, path: &str, found: &mut Findings<'_>) {
    compare_labels(field(before, "metadata"), field(after, "metadata"), path, found);
}

fn compare_labels(before: Option<&Node>, after: Option<&Node>, path: &str, found: &mut Findings<'_>) {
    compare_words(before, after, ("labels", OURS), path, found);
    compare_words(before, after, ("annotations", NOTES), path, found);
}

fn compare_words(
    before: Option<&Node>,
    after: Option<&Node>,
    (map, ours): (&str, &[(&str, &'static str)]),
    path: &str,
    found: &mut Findings<'_>,
) {
    let of = |node: Option<&Node>| match node.and_then(|node| field(node, map)).map(bare) {
        Some(Node::Map(entries)) => entries.clone(),
        _ => Map::default(),
    };
    let (before, after) = (of(before), of(after));
    let mut keys: Vec<&SmolStr> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let Some((_, help)) = ours.iter().find(|(start, _)| key.starts_with(start)) else { continue };
        let is_same = match (before.get(key), after.get(key)) {
            (Some(before), Some(after)) => same(before, after),
            // The compiler writes it where an override brings a text that asks for something.
            (None, Some(after)) => key.ends_with("/substitute") && text(after) == Some("disabled"),
            _ => false,
        };
        if !is_same {
            found.add(
                FaultKind::Derived,
                &format!("{path}.{map}.{key}"),
                "the compiler writes it",
                Some(help),
            );
        }
    }
}

/// Whether two lists of ports are the same as far as others go by them.
fn ports(before: &Node, after: &Node, path: &str, keys: &[&str], found: &mut Findings<'_>) {
    let list = path.rsplit_once("].").map_or(path, |(_, path)| path);
    let of = |node: &Node| -> Vec<Vec<String>> {
        let value = |item: &Node, key: &str| match field(item, key).map(bare) {
            Some(Node::Text(text)) => text.to_string(),
            Some(Node::Integer(number)) => number.to_string(),
            _ => {
                if key == "protocol" {
                    "TCP".to_owned()
                } else {
                    String::new()
                }
            }
        };
        let port = |item: &Node| keys.iter().map(|key| value(item, key)).collect();
        let mut ports: Vec<Vec<String>> = items(at(node, list)).iter().map(port).collect();
        ports.sort_unstable();
        ports
    };
    if of(before) != of(after) {
        found.add(FaultKind::Derived, path, "the ports are no longer those of the source", Some(PORTS));
    }
}

/// The templates of claims: names and sizes are the volumes'.
fn claims(before: &Node, after: &Node, found: &mut Findings<'_>) {
    let path = "spec.volumeClaimTemplates";
    let of = |node: &Node| -> Vec<(Option<String>, Option<Node>, Option<Node>)> {
        let claim = |item: &Node| {
            (
                at(item, "metadata.name").and_then(text).map(str::to_owned),
                at(item, "spec.resources").cloned(),
                at(item, "spec.accessModes").cloned(),
            )
        };
        items(at(node, path)).iter().map(claim).collect()
    };
    if of(before) != of(after) {
        found.add(FaultKind::Derived, path, "the disks are no longer those of the source", Some(VOLUMES));
    }
}

/// What a tree asks of Secrets by single keys.
fn secrets(node: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found
}

fn collect<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    match bare(node) {
        Node::Map(entries) => {
            for (key, value) in entries {
                if key == "secretKeyRef" || key == "secretRef" {
                    found.push(value);
                } else {
                    collect(value, found);
                }
            }
        }
        Node::List(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// The variable that first asks for a Secret which the compiler does not write.
fn place_of_secret(after: &Node, before: &Node, pod: &str) -> String {
    let known = secrets(before);
    for list in ["containers", "initContainers"] {
        for container in items(at(after, &format!("spec.{list}"))) {
            let path = format!("{pod}.{list}[{}]", name(container));
            for variable in items(field(container, "env")) {
                if secrets(variable).iter().any(|asked| !known.contains(asked)) {
                    return format!("{path}.env[{}]", name(variable));
                }
            }
            if secrets(container).iter().any(|asked| !known.contains(asked)) {
                return format!("{path}.envFrom");
            }
        }
    }
    pod.to_owned()
}
