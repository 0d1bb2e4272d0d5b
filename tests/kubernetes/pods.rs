//! What stands within a pod: mounts and volumes, variables and the order of those that others refer to, ports.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cluster::{Cluster, Container, Pod, list, text, twice};

/// Every pod's complaints of a reading.
fn each(cluster: &Cluster, read: fn(&Pod<'_>) -> Vec<String>) -> Vec<String> {
    cluster.pods().flat_map(|pod| read(&pod)).collect()
}

/// What is mounted is declared, and what is declared is mounted.
pub(crate) fn mounts(cluster: &Cluster) -> Vec<String> {
    each(cluster, |pod| {
        let declared: Vec<&str> = pod.volumes().collect();
        let mut complaints = Vec::new();
        let mut mounted = BTreeSet::new();
        for container in pod.containers() {
            for mount in list(&container.value["volumeMounts"]) {
                let name = text(&mount["name"]);
                mounted.insert(name);
                if !declared.contains(&name) {
                    complaints.push(format!("{}: no volume {name}", container.place(pod)));
                }
            }
        }
        let unused = declared.iter().filter(|name| !mounted.contains(*name));
        complaints.extend(unused.map(|name| format!("{}: nothing mounts {name}", pod.place())));
        complaints
    })
}

/// Names and paths that stand twice where one is meant.
pub(crate) fn duplicates(cluster: &Cluster) -> Vec<String> {
    each(cluster, |pod| {
        let mut complaints = Vec::new();
        let mut once = |what: &str, place: &str, items: Vec<String>| {
            complaints.extend(
                twice(items).into_iter().map(|item| format!("{place}: the {what} {item} stands twice")),
            );
        };
        let place = pod.place();
        once("volume", &place, pod.volumes().map(str::to_owned).collect());
        once("container", &place, pod.containers().map(|it| it.name().to_owned()).collect());
        // The merge key of both kinds of patches, and what Services and policies ask for.
        once(
            "port's name",
            &place,
            pod.ports().filter_map(|port| Some(port["name"].as_str()?.to_owned())).collect(),
        );
        once("port", &place, pod.ports().map(number).collect());
        let spread = list(&pod.spec()["topologySpreadConstraints"]).iter();
        once("topology", &place, spread.map(|it| text(&it["topologyKey"]).to_owned()).collect());
        for container in pod.containers() {
            let place = container.place(pod);
            once("variable", &place, texts(&container.value["env"], "name"));
            once("mount", &place, texts(&container.value["volumeMounts"], "mountPath"));
        }
        complaints
    })
}

fn number(port: &Value) -> String {
    format!("{}/{}", port["containerPort"], port["protocol"].as_str().unwrap_or("TCP"))
}

fn texts(items: &Value, key: &str) -> Vec<String> {
    list(items).iter().map(|item| text(&item[key]).to_owned()).collect()
}

/// `$(NAME)` is replaced only where NAME stands above; else the program gets it as it is
/// (kubernetes/kubernetes:staging/src/k8s.io/api/core/v1/types.go, EnvVar).
pub(crate) fn variables(cluster: &Cluster) -> Vec<String> {
    each(cluster, |pod| {
        let mut complaints = Vec::new();
        for container in pod.containers() {
            let mut above: Vec<&str> = Vec::new();
            let from_elsewhere = !list(&container.value["envFrom"]).is_empty();
            let mut missing = |text: &str, above: &[&str], what: &str| {
                for name in referred(text) {
                    if !above.contains(&name.as_str()) && !from_elsewhere {
                        complaints.push(format!("{}: {what} refers to $({name})", container.place(pod)));
                    }
                }
            };
            for variable in list(&container.value["env"]) {
                let name = text(&variable["name"]);
                missing(text(&variable["value"]), &above, name);
                above.push(name);
            }
            for key in ["command", "args"] {
                for part in list(&container.value[key]) {
                    missing(text(part), &above, key);
                }
            }
        }
        complaints
    })
}

/// The names that a text refers to; `$$` stands for a dollar.
fn referred(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            names.push(name.to_owned());
            rest = after;
        }
    }
    names
}

/// Where volumes come to stand.
pub(crate) fn paths(cluster: &Cluster) -> Vec<String> {
    each(cluster, |pod| pod.containers().flat_map(|container| mount_paths(pod, &container)).collect())
}

/// Whether a changed file makes new pods: by a checksum in the template, or since each run is one.
fn starts_anew(pod: &Pod<'_>) -> bool {
    let sums = pod.template["metadata"]["annotations"].to_string().contains("checksum");
    sums || matches!(pod.workload.kind(), "Job" | "CronJob")
}

fn mount_paths(pod: &Pod<'_>, container: &Container<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    for mount in list(&container.value["volumeMounts"]) {
        let (path, below) = (text(&mount["mountPath"]), text(&mount["subPath"]));
        let mut complain = |problem: &str| {
            complaints.push(format!("{}: the mount {path}: {problem}", container.place(pod)));
        };
        if !path.starts_with('/') || path.contains(':') {
            complain("no absolute path without a colon");
        }
        if below.starts_with('/') || below.split('/').any(|part| part == "..") {
            complain("its subPath leads out");
        }
        let read_once = |volume: &Value| {
            volume["name"] == mount["name"]
                && (volume["configMap"].is_object() || volume["secret"].is_object())
        };
        let volumes = list(&pod.spec()["volumes"]);
        if !below.is_empty() && volumes.iter().any(read_once) && !starts_anew(pod) {
            // (kubernetes/website:content/en/docs/concepts/storage/volumes.md, subPath)
            complain("by subPath it is never brought up to date, and no checksum restarts the pod");
        }
    }
    for volume in list(&pod.spec()["volumes"]) {
        let items = list(&volume["configMap"]["items"]).iter().chain(list(&volume["secret"]["items"]));
        for item in items {
            let path = text(&item["path"]);
            if path.starts_with('/') || path.split('/').any(|part| part == "..") || path.is_empty() {
                complaints.push(format!("{}: the item {path:?} leads out", pod.place()));
            }
        }
    }
    complaints
}
