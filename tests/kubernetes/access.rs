//! The API server: roles that give the least, and tokens for those alone that ask it.

use serde_json::Value;

use super::cluster::{Cluster, Object, Pod, list, selects, text};

/// No role gives secrets, everything, or the way through a node's proxy, which runs commands in any of its pods
/// (prometheus-community/helm-charts#6545).
pub(crate) fn roles(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for role in cluster.of("Role").chain(cluster.of("ClusterRole")) {
        for rule in list(&role.value["rules"]) {
            let has =
                |key: &str, values: &[&str]| list(&rule[key]).iter().any(|it| values.contains(&text(it)));
            if has("apiGroups", &["*"]) || has("resources", &["*"]) || has("verbs", &["*"]) {
                complaints.push(format!("{}: it gives everything", role.place()));
            }
            if has(
                "resources",
                &["secrets", "nodes/proxy", "pods/exec", "serviceaccounts/token", "configmaps"],
            ) {
                complaints.push(format!("{}: it gives too much: {}", role.place(), rule["resources"]));
            }
        }
    }
    complaints
}

/// Kinds of the API that belong to a namespace (`kubectl api-resources --namespaced`): what a role gives of them it gives in
/// the namespaces of the platform.
const OF_NAMESPACES: [&str; 16] = [
    "configmaps",
    "cronjobs",
    "daemonsets",
    "deployments",
    "endpoints",
    "endpointslices",
    "events",
    "ingresses",
    "jobs",
    "networkpolicies",
    "persistentvolumeclaims",
    "pods",
    "replicasets",
    "secrets",
    "services",
    "statefulsets",
];

/// Roles that are of the whole cluster give what belongs to the whole cluster.
pub(crate) fn scope(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for role in cluster.of("ClusterRole") {
        for resource in list(&role.value["rules"]).iter().flat_map(|rule| list(&rule["resources"])) {
            let kind = text(resource).split('/').next().unwrap_or_default();
            if OF_NAMESPACES.contains(&kind) {
                complaints.push(format!("{}: {resource} is of a namespace", role.place()));
            }
        }
    }
    complaints
}

/// Whether a pod is handed a token of the API server.
fn has_token(pod: &Pod<'_>) -> bool {
    let projected = list(&pod.spec()["volumes"]).iter().any(|volume| {
        list(&volume["projected"]["sources"]).iter().any(|source| source["serviceAccountToken"].is_object())
    });
    pod.spec()["automountServiceAccountToken"] != false || projected
}

/// Whether an account has a role.
fn is_bound(cluster: &Cluster, pod: &Pod<'_>) -> bool {
    cluster.of("RoleBinding").chain(cluster.of("ClusterRoleBinding")).any(|binding| {
        list(&binding.value["subjects"]).iter().any(|subject| {
            subject["name"] == pod.spec()["serviceAccountName"] && subject["namespace"] == pod.namespace()
        })
    })
}

/// Whether a policy opens the way to the API server: to the port of its Service and to others behind it, with no peer or
/// ranges of addresses.
fn asks(cluster: &Cluster, pod: &Pod<'_>) -> bool {
    let of = |policy: &&Object| {
        let key = if policy.kind() == super::reach::CILIUM { "endpointSelector" } else { "podSelector" };
        policy.namespace() == pod.namespace() && selects(&policy.spec()[key], pod.labels())
    };
    super::reach::of_network(cluster).filter(of).any(|policy| {
        list(&policy.spec()["egress"]).iter().any(|rule| {
            let ports = list(&rule["ports"]);
            let entities = list(&rule["toEntities"]);
            if !entities.is_empty() {
                return entities.iter().any(|entity| entity == "kube-apiserver");
            }
            let cilium = policy.kind() == super::reach::CILIUM;
            let addresses = !cilium && list(&rule["to"]).iter().all(|peer| peer["ipBlock"].is_object());
            addresses && ports.len() > 1 && ports.iter().any(|port| port["port"] == 443)
        })
    })
}

/// A token, a role and the way to the API server come together or not at all.
pub(crate) fn tokens(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        let (token, bound, asks) = (has_token(&pod), is_bound(cluster, &pod), asks(cluster, &pod));
        if token != bound {
            complaints.push(format!("{}: token {token}, role {bound}", pod.place()));
        }
        if token != asks && !pod.on_host_network() {
            complaints.push(format!("{}: token {token}, the way to the API server {asks}", pod.place()));
        }
    }
    for account in cluster.of("ServiceAccount") {
        if account.value["automountServiceAccountToken"] != Value::Bool(false) {
            complaints.push(format!("{}: it hands its token to every pod", account.place()));
        }
    }
    complaints
}
