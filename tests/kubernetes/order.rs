//! The order in which objects are applied, and the kustomizations that keep it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cluster::{Cluster, Object, documents, list, pairs, text};

/// The place of a kind in the order: what others need comes first.
fn stage(kind: &str) -> Option<usize> {
    const STAGES: &[&[&str]] = &[
        &["Namespace"],
        &["ServiceAccount"],
        &["Role", "ClusterRole"],
        &["RoleBinding", "ClusterRoleBinding"],
        &["SecretStore", "ExternalSecret", "Secret", "ConfigMap"],
        // Before the pods that they are about: a Job that starts earlier runs unprotected, or fails.
        &["NetworkPolicy", "CiliumNetworkPolicy"],
        &["Service"],
        &["PersistentVolumeClaim"],
        &["StatefulSet", "Deployment", "DaemonSet"],
        &["PodDisruptionBudget", "HorizontalPodAutoscaler", "TriggerAuthentication", "ScaledObject"],
        &["Job", "CronJob"],
        &["Issuer", "Certificate", "Gateway", "ReferenceGrant", "HTTPRoute", "GRPCRoute", "Ingress"],
        &["ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "ScrapeConfig", "AlertmanagerConfig"],
    ];
    STAGES.iter().position(|kinds| kinds.contains(&kind))
}

/// The objects of a service stand in the order in which they are applied, and what is nobody's before them.
pub(crate) fn kinds(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    let unknown = cluster.objects.iter().filter(|object| stage(object.kind()).is_none());
    complaints.extend(unknown.map(|object| format!("{}: no place is known for its kind", object.place())));
    let whose = |object: &Object| {
        let label = text(&object.value["metadata"]["labels"]["app.kubernetes.io/name"]);
        (object.namespace().to_owned(), label.to_owned())
    };
    for (at, object) in cluster.objects.iter().enumerate() {
        let before =
            cluster.objects[..at].iter().filter(|it| it.file == object.file && whose(it) == whose(object));
        if let Some(late) = before.rev().find(|it| stage(it.kind()) > stage(object.kind())) {
            complaints.push(format!("{}: it stands behind {}", object.place(), late.place()));
        }
    }
    complaints
}

/// What a pod names stands before it: a pod that starts earlier waits, and a Job fails.
pub(crate) fn needs(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    let at = |kind: &str, namespace: &str, name: &str| {
        cluster
            .objects
            .iter()
            .position(|it| (it.kind(), it.namespace(), it.name()) == (kind, namespace, name))
    };
    for pod in cluster.pods() {
        let own = at(pod.workload.kind(), pod.namespace(), pod.workload.name());
        for (kind, name) in super::references::named(&pod) {
            if at(kind, pod.namespace(), name) > own {
                complaints.push(format!("{}: {kind} {name} stands behind it", pod.place()));
            }
        }
    }
    complaints
}

/// Policies stand before every pod that they are about, whatever file they are in.
pub(crate) fn policies(cluster: &Cluster) -> Vec<String> {
    let first_pod = cluster.objects.iter().position(|it| {
        matches!(it.kind(), "StatefulSet" | "Deployment" | "DaemonSet" | "Job" | "CronJob" | "Pod")
    });
    let late = cluster.objects.iter().skip(first_pod.unwrap_or(usize::MAX));
    let late = late.filter(|it| it.kind() == "NetworkPolicy" && list(&it.spec()["policyTypes"]).len() == 2);
    // Those of the whole namespace: until they stand, everything is open.
    let late = late.filter(|it| it.spec()["podSelector"].as_object().is_some_and(serde_json::Map::is_empty));
    late.map(|policy| format!("{}: pods are there before it", policy.place())).collect()
}

/// Texts by path.
pub(crate) type Files = BTreeMap<String, String>;

/// The name of the file that a folder is applied by.
const KUSTOMIZATION: &str = "kustomization.yaml";

/// What is wrong with kustomizations: each YAML file is listed once by that of its folder, what is listed is there, and
/// nothing is used that changes objects behind our back.
pub(crate) fn kustomizations(files: &Files) -> Vec<String> {
    let mut complaints = Vec::new();
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    for (path, file) in files.iter().filter(|(path, _)| path.rsplit('/').next() == Some(KUSTOMIZATION)) {
        let mut complain = |problem: String| complaints.push(format!("{path}: {problem}"));
        let value = match documents(file).as_deref() {
            Ok([value]) => value.clone(),
            Ok(_) => {
                complain("no single document".to_owned());
                continue;
            }
            Err(error) => {
                complain(error.clone());
                continue;
            }
        };
        // `namespace` merges two into one and leaves subjects behind, the others change selectors and peers of policies.
        for key in
            ["namespace", "namePrefix", "nameSuffix", "commonLabels", "configMapGenerator", "secretGenerator"]
        {
            if !value[key].is_null() {
                complain(format!("{key} changes objects behind our back"));
            }
        }
        if list(&value["labels"]).iter().any(|labels| labels["includeSelectors"] == true) {
            complain("labels come into selectors".to_owned());
        }
        // Without it kustomize puts policies last (kubernetes-sigs/kustomize: api/internal/builtins/SortOrderTransformer.go).
        if value["sortOptions"]["order"] != "fifo" {
            complain("it does not keep the order".to_owned());
        }
        let here = folder(path);
        let listed = resources(&value, &here);
        for resource in &listed {
            let there =
                files.contains_key(resource) || files.contains_key(&format!("{resource}/{KUSTOMIZATION}"));
            if !there {
                complain(format!("no {resource}"));
            }
        }
        for twice in super::cluster::twice(listed.clone()) {
            complain(format!("{twice} stands twice"));
        }
        let patched: Vec<String> =
            list(&value["patches"]).iter().map(|patch| beside(&here, text(&patch["path"]))).collect();
        for path in files.keys().filter(|path| {
            folder(path) == here && path.rsplit_once('.').is_some_and(|(_, end)| end == "yaml")
        }) {
            if !path.ends_with(KUSTOMIZATION) && !listed.contains(path) && !patched.contains(path) {
                complain(format!("{path} is not listed"));
            }
        }
    }
    complaints
}

fn resources(kustomization: &Value, folder: &str) -> Vec<String> {
    list(&kustomization["resources"]).iter().map(|resource| beside(folder, text(resource))).collect()
}

/// A path as seen from a folder.
fn beside(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The files of a folder in the order in which its kustomization, and those that it lists, apply them.
pub(crate) fn applied(files: &Files, folder: &str) -> Vec<String> {
    let Some(file) = files.get(&format!("{folder}/{KUSTOMIZATION}")) else { return Vec::new() };
    let value = documents(file).ok().and_then(|documents| documents.into_iter().next()).unwrap_or_default();
    let parts = resources(&value, folder).into_iter();
    parts
        .flat_map(|part| if files.contains_key(&part) { vec![part] } else { applied(files, &part) })
        .collect()
}

/// Flux replaces `${NAME}` in everything that it applies, unless an object says no (fluxcd/flux2#5967).
pub(crate) fn substitution(cluster: &Cluster) -> Vec<String> {
    let key = "kustomize.toolkit.fluxcd.io/substitute";
    let asked = |value: &Value| value.to_string().contains("${");
    let open = cluster.objects.iter().filter(|object| {
        let noted =
            pairs(&object.value["metadata"]["annotations"]).any(|it| it.0 == key && *it.1 == "disabled");
        asked(&object.value) && !noted
    });
    open.map(|object| format!("{}: Flux would replace what it holds", object.place())).collect()
}

/// The resolver of Docker is in no cluster.
pub(crate) fn resolver(cluster: &Cluster) -> Vec<String> {
    let places = cluster.objects.iter().filter(|object| object.value.to_string().contains("127.0.0.11"));
    places.map(|object| format!("{}: it asks Docker's resolver", object.place())).collect()
}
