//! Selectors match the pods of exactly one workload. A selector is a subset match: a set-up Job or a backup that carries the
//! labels of a service takes its traffic, is counted by its disruption budget, and gets its network policies.

use serde_json::{Value, json};

use super::cluster::{Cluster, Object, Pod, list, selects};

/// Selectors of objects and of pods themselves.
pub(crate) fn one_workload(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for object in &cluster.objects {
        let spec = object.spec();
        let own = match object.kind() {
            // A Service without a selector has endpoints of its own making.
            "Service" if spec["selector"].is_null() => continue,
            "Service" => json!({ "matchLabels": spec["selector"] }),
            "PodDisruptionBudget" => spec["selector"].clone(),
            // An empty one is of all pods: the policies that deny by default, and those of the whole namespace.
            "NetworkPolicy" if is_empty(&spec["podSelector"]) || is_of_solvers(&spec["podSelector"]) => {
                continue;
            }
            "NetworkPolicy" => spec["podSelector"].clone(),
            "CiliumNetworkPolicy" if is_empty(&spec["endpointSelector"]) => continue,
            "CiliumNetworkPolicy" => spec["endpointSelector"].clone(),
            "Deployment" | "StatefulSet" | "DaemonSet" => spec["selector"].clone(),
            _ => continue,
        };
        complaints.extend(judged(cluster, object, &own, "its selector"));
    }
    for pod in cluster.pods() {
        let spread = list(&pod.spec()["topologySpreadConstraints"]).iter().map(|it| &it["labelSelector"]);
        let affinity = &pod.spec()["affinity"]["podAntiAffinity"];
        let preferred = list(&affinity["preferredDuringSchedulingIgnoredDuringExecution"]).iter();
        let preferred = preferred.map(|it| &it["podAffinityTerm"]["labelSelector"]);
        let required = list(&affinity["requiredDuringSchedulingIgnoredDuringExecution"]).iter();
        for selector in spread.chain(preferred).chain(required.map(|it| &it["labelSelector"])) {
            complaints.extend(judged(cluster, pod.workload, selector, "a selector of its pods"));
        }
    }
    complaints
}

/// A workload's own selector matches its own pods.
pub(crate) fn own_pods(cluster: &Cluster) -> Vec<String> {
    let pods = cluster.pods().filter(|pod| {
        matches!(pod.workload.kind(), "Deployment" | "StatefulSet" | "DaemonSet")
            && !selects(&pod.workload.spec()["selector"], pod.labels())
    });
    pods.map(|pod| format!("{}: its selector does not match its own pods", pod.place())).collect()
}

/// A selector holds what never changes: it cannot be changed once it is applied.
pub(crate) fn stable(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for object in &cluster.objects {
        let selector = match object.kind() {
            "Service" => &object.spec()["selector"],
            "Deployment" | "StatefulSet" | "DaemonSet" | "PodDisruptionBudget" => {
                &object.spec()["selector"]["matchLabels"]
            }
            "NetworkPolicy" => &object.spec()["podSelector"]["matchLabels"],
            "CiliumNetworkPolicy" => &object.spec()["endpointSelector"]["matchLabels"],
            _ => continue,
        };
        if selector.get("app.kubernetes.io/version").is_some() {
            complaints.push(format!("{}: its selector holds a version", object.place()));
        }
    }
    complaints
}

/// Peers of policies that name pods of our own namespaces match pods of exactly one workload.
pub(crate) fn peers(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for policy in cluster.of("NetworkPolicy") {
        let rules = [("ingress", "from"), ("egress", "to")];
        let peers = rules.into_iter().flat_map(|(rules, peers)| {
            list(&policy.spec()[rules]).iter().flat_map(move |rule| list(&rule[peers]))
        });
        for peer in peers.filter(|peer| !peer["podSelector"].is_null() && !is_empty(&peer["podSelector"])) {
            let own: Vec<&Object> = namespaces(cluster, policy, peer);
            if own.is_empty() {
                continue; // of the cluster's own, such as its DNS
            }
            let matched: Vec<Pod<'_>> = own
                .iter()
                .flat_map(|namespace| cluster.pods_in(namespace.name()))
                .filter(|pod| selects(&peer["podSelector"], pod.labels()))
                .collect();
            if matched.len() != 1 && !is_of_solvers(&peer["podSelector"]) {
                complaints.push(format!("{}: a peer matches {}", policy.place(), names(&matched)));
            }
        }
    }
    complaints
}

/// Our namespaces that a peer is about.
fn namespaces<'a>(cluster: &'a Cluster, policy: &Object, peer: &Value) -> Vec<&'a Object> {
    let own = cluster.of("Namespace");
    if peer["namespaceSelector"].is_null() {
        return own.filter(|namespace| namespace.name() == policy.namespace()).collect();
    }
    own.filter(|namespace| selects(&peer["namespaceSelector"], &with_name(namespace))).collect()
}

/// The labels of a namespace with the one that the API server adds
/// (kubernetes/website:content/en/docs/reference/labels-annotations-taints/_index.md).
pub(crate) fn with_name(namespace: &Object) -> Value {
    let mut labels = namespace.value["metadata"]["labels"].clone();
    if !labels.is_object() {
        labels = json!({});
    }
    labels["kubernetes.io/metadata.name"] = json!(namespace.name());
    labels
}

fn judged(cluster: &Cluster, object: &Object, selector: &Value, what: &str) -> Option<String> {
    let pods = cluster.pods_in(object.namespace());
    let matched: Vec<Pod<'_>> = pods.filter(|pod| selects(selector, pod.labels())).collect();
    (matched.len() != 1).then(|| format!("{}: {what} matches {}", object.place(), names(&matched)))
}

fn names(pods: &[Pod<'_>]) -> String {
    if pods.is_empty() {
        return "no pod".to_owned();
    }
    let names: Vec<String> =
        pods.iter().map(|pod| format!("{} {}", pod.workload.kind(), pod.workload.name())).collect();
    format!("the pods of {}", names.join(" and "))
}

/// The solvers of certificates are pods that another program makes.
fn is_of_solvers(selector: &Value) -> bool {
    selector["matchLabels"].get("acme.cert-manager.io/http01-solver").is_some()
}

fn is_empty(selector: &Value) -> bool {
    selector.as_object().is_none_or(serde_json::Map::is_empty)
}
