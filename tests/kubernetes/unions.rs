//! Fields of which one alone may stand. Schemas let both through, and a strategic-merge patch that sets one keeps the other:
//! only an API server refuses what comes out.

use serde_json::Value;

use super::cluster::{Cluster, Object, list, pairs, text};
use super::references::handlers;

/// What exactly one of may be set.
fn one_of(place: &str, what: &str, value: &Value, keys: &[&str]) -> Option<String> {
    let set: Vec<&&str> = keys.iter().filter(|key| !value[**key].is_null()).collect();
    (set.len() != 1).then(|| format!("{place}: {what} has {set:?}, and must have one of {keys:?}"))
}

/// What at most one of may be set.
fn at_most(place: &str, what: &str, value: &Value, keys: &[&str]) -> Option<String> {
    let set: Vec<&&str> = keys.iter().filter(|key| !value[**key].is_null()).collect();
    (set.len() > 1).then(|| format!("{place}: {what} has {set:?}, and must have one of them"))
}

const HANDLERS: &[&str] = &["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/// Every group of which one field may stand.
pub(crate) fn unions(cluster: &Cluster) -> Vec<String> {
    let mut complaints: Vec<String> = Vec::new();
    for pod in cluster.pods() {
        for container in pod.containers() {
            let place = container.place(&pod);
            for variable in list(&container.value["env"]) {
                let name = text(&variable["name"]);
                complaints.extend(at_most(&place, name, variable, &["value", "valueFrom"]));
                if variable["valueFrom"].is_object() {
                    let sources =
                        ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
                    complaints.extend(one_of(&place, name, &variable["valueFrom"], &sources));
                }
            }
            for source in list(&container.value["envFrom"]) {
                complaints.extend(one_of(&place, "envFrom", source, &["configMapRef", "secretRef"]));
            }
            for (what, handler) in handlers(&container) {
                complaints.extend(one_of(&place, what, handler, HANDLERS));
            }
        }
        for volume in list(&pod.spec()["volumes"]) {
            // Its name, and its one source, whatever that is.
            let sources: Vec<&str> = pairs(volume).map(|(key, _)| key).filter(|key| *key != "name").collect();
            if sources.len() != 1 {
                let name = text(&volume["name"]);
                complaints
                    .push(format!("{}: the volume {name} has {sources:?}, and must have one", pod.place()));
            }
            for source in list(&volume["projected"]["sources"]) {
                let kinds = [
                    "secret",
                    "configMap",
                    "downwardAPI",
                    "serviceAccountToken",
                    "clusterTrustBundle",
                    "podCertificate",
                ];
                complaints.extend(one_of(&pod.place(), "a projected source", source, &kinds));
            }
        }
    }
    for object in &cluster.objects {
        complaints.extend(of_object(object));
    }
    complaints
}

fn of_object(object: &Object) -> Vec<String> {
    let (place, spec) = (object.place(), object.spec());
    let mut complaints: Vec<String> = Vec::new();
    match object.kind() {
        "PodDisruptionBudget" => {
            complaints.extend(one_of(&place, "it", spec, &["minAvailable", "maxUnavailable"]));
        }
        "Deployment" => {
            let strategy = &spec["strategy"];
            if strategy["type"] == "Recreate" && !strategy["rollingUpdate"].is_null() {
                complaints.push(format!("{place}: Recreate with rollingUpdate"));
            }
            let none = |value: &Value| *value == 0 || *value == "0%";
            let rolling = &strategy["rollingUpdate"];
            if none(&rolling["maxSurge"]) && none(&rolling["maxUnavailable"]) {
                complaints.push(format!("{place}: no pod may be more and none less"));
            }
        }
        "StatefulSet" | "DaemonSet" => {
            let strategy = &spec["updateStrategy"];
            if strategy["type"] == "OnDelete" && !strategy["rollingUpdate"].is_null() {
                complaints.push(format!("{place}: OnDelete with rollingUpdate"));
            }
        }
        "HorizontalPodAutoscaler" => {
            for metric in list(&spec["metrics"]) {
                let kinds = ["resource", "containerResource", "pods", "object", "external"];
                complaints.extend(one_of(&place, "a metric", metric, &kinds));
                for kind in kinds {
                    let target = &metric[kind]["target"];
                    if target.is_object() {
                        let values = ["averageUtilization", "averageValue", "value"];
                        complaints.extend(one_of(&place, "a target", target, &values));
                    }
                }
            }
        }
        "NetworkPolicy" => {
            for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
                for peer in list(&spec[rules]).iter().flat_map(|rule| list(&rule[peers])) {
                    let pods = !peer["podSelector"].is_null() || !peer["namespaceSelector"].is_null();
                    if pods == peer["ipBlock"].is_object() {
                        complaints.push(format!("{place}: a peer is pods or a range of addresses: {peer}"));
                    }
                }
            }
        }
        "Service" => complaints.extend(of_service(&place, spec)),
        _ => {}
    }
    complaints
}

/// kubernetes/kubernetes:pkg/apis/core/validation/validation.go, ValidateService
fn of_service(place: &str, spec: &Value) -> Vec<String> {
    let mut complaints: Vec<String> = Vec::new();
    let ports = list(&spec["ports"]);
    let headless = spec["clusterIP"] == "None";
    if headless && !matches!(text(&spec["type"]), "" | "ClusterIP") {
        complaints.push(format!("{place}: a headless Service is a ClusterIP"));
    }
    let outward = matches!(text(&spec["type"]), "LoadBalancer" | "NodePort");
    for key in [
        "externalTrafficPolicy",
        "allocateLoadBalancerNodePorts",
        "loadBalancerSourceRanges",
        "loadBalancerClass",
    ] {
        if !outward && !spec[key].is_null() {
            complaints.push(format!("{place}: {key} of what leads to no outside"));
        }
    }
    // A name in another namespace has no ports of its own.
    let alias = spec["type"] == "ExternalName";
    if alias == spec["externalName"].is_null() || alias && !spec["selector"].is_null() {
        complaints.push(format!("{place}: a name of another Service, or a selector"));
    }
    if ports.is_empty() && !headless && !alias {
        complaints.push(format!("{place}: no port"));
    }
    let names: Vec<&str> = ports.iter().map(|port| text(&port["name"])).collect();
    let numbers: Vec<String> = ports
        .iter()
        .map(|port| format!("{}/{}", port["port"], port["protocol"].as_str().unwrap_or("TCP")))
        .collect();
    if ports.len() > 1 && names.contains(&"") {
        complaints.push(format!("{place}: one of several ports has no name"));
    }
    for name in super::cluster::twice(names.into_iter().map(str::to_owned).chain(numbers)) {
        complaints.push(format!("{place}: the port {name} stands twice"));
    }
    // A port of both protocols loses one of them when it is applied (kubernetes/kubernetes#105610).
    let both = ports.iter().any(|port| port["protocol"] == "UDP")
        && ports.iter().any(|port| port["protocol"] != "UDP");
    if both && outward {
        complaints.push(format!("{place}: ports of both protocols"));
    }
    for port in ports.iter().filter(|port| port["protocol"].is_null()) {
        // With the number it is the key by which server-side apply merges.
        complaints.push(format!("{place}: the port {} has no protocol", port["port"]));
    }
    complaints
}
