//! Names that lead to other objects, and objects that no name leads to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cluster::{Cluster, Container, Object, Pod, list, pairs, selects, text, twice};

/// A place in a pod that names a ConfigMap or a Secret.
struct Mention<'a> {
    kind: &'static str,
    name: &'a str,
    /// The keys it asks for; empty where it takes the whole.
    keys: Vec<&'a str>,
    optional: bool,
}

impl<'a> Mention<'a> {
    fn new(kind: &'static str, name: &'a Value, source: &'a Value, keys: Vec<&'a str>) -> Self {
        Self { kind, name: text(name), keys, optional: source["optional"] == true }
    }
}

/// What a pod names.
fn mentions<'a>(pod: &Pod<'a>) -> Vec<Mention<'a>> {
    let mut found = Vec::new();
    let items = |source: &'a Value| list(&source["items"]).iter().map(|item| text(&item["key"])).collect();
    let volume = |source: &'a Value, found: &mut Vec<Mention<'a>>| {
        let (config, secret) = (&source["configMap"], &source["secret"]);
        if config.is_object() {
            found.push(Mention::new("ConfigMap", &config["name"], config, items(config)));
        }
        if secret.is_object() {
            // The name stands under another key in a projection.
            let name = if secret["secretName"].is_null() { &secret["name"] } else { &secret["secretName"] };
            found.push(Mention::new("Secret", name, secret, items(secret)));
        }
    };
    for declared in list(&pod.spec()["volumes"]) {
        volume(declared, &mut found);
        for source in list(&declared["projected"]["sources"]) {
            volume(source, &mut found);
        }
    }
    for container in pod.containers() {
        let sources = list(&container.value["env"]).iter().map(|variable| &variable["valueFrom"]);
        for source in sources {
            for (kind, key) in [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")] {
                let source = &source[key];
                if source.is_object() {
                    found.push(Mention::new(kind, &source["name"], source, vec![text(&source["key"])]));
                }
            }
        }
        for source in list(&container.value["envFrom"]) {
            for (kind, key) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
                if source[key].is_object() {
                    found.push(Mention::new(kind, &source[key]["name"], &source[key], Vec::new()));
                }
            }
        }
    }
    for secret in list(&pod.spec()["imagePullSecrets"]) {
        found.push(Mention::new("Secret", &secret["name"], secret, Vec::new()));
    }
    found
}

/// The objects that a pod names, by kind and name.
pub(crate) fn named<'a>(pod: &Pod<'a>) -> Vec<(&'static str, &'a str)> {
    let mut named: Vec<_> = mentions(pod).iter().map(|mention| (mention.kind, mention.name)).collect();
    named.push(("ServiceAccount", text(&pod.spec()["serviceAccountName"])));
    let claims = list(&pod.spec()["volumes"]).iter();
    let claims = claims.filter_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str());
    named.extend(claims.map(|claim| ("PersistentVolumeClaim", claim)));
    named
}

/// Every ConfigMap and Secret that a pod names is there, with the keys that it asks for.
pub(crate) fn contents(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for pod in cluster.pods() {
        for mention in mentions(&pod) {
            let known = match keys(cluster, mention.kind, pod.namespace(), mention.name) {
                Keys::None if mention.optional => continue,
                Keys::None => {
                    complaints.push(format!("{}: no {} {}", pod.place(), mention.kind, mention.name));
                    continue;
                }
                Keys::Unknown => continue,
                Keys::Known(keys) => keys,
            };
            for key in mention.keys.iter().filter(|_| !mention.optional) {
                if !known.iter().any(|known| known == key) {
                    complaints.push(format!(
                        "{}: {} {} has no key {key}",
                        pod.place(),
                        mention.kind,
                        mention.name
                    ));
                }
            }
        }
    }
    complaints
}

/// The keys of a ConfigMap or a Secret.
enum Keys {
    /// There is no such object.
    None,
    /// Something else makes it.
    Unknown,
    Known(Vec<String>),
}

fn keys(cluster: &Cluster, kind: &str, namespace: &str, name: &str) -> Keys {
    if let Some(object) = cluster.find(kind, namespace, name) {
        let parts = ["data", "binaryData", "stringData"].into_iter();
        let keys = parts.flat_map(|part| pairs(&object.value[part])).map(|(key, _)| key.to_owned());
        return Keys::Known(keys.collect());
    }
    if kind == "ConfigMap" {
        return Keys::None;
    }
    let external = cluster.of("ExternalSecret").find(|object| {
        let target = text(&object.spec()["target"]["name"]);
        object.namespace() == namespace && (if target.is_empty() { object.name() } else { target }) == name
    });
    if let Some(external) = external {
        let data = list(&external.spec()["data"]).iter();
        return Keys::Known(data.map(|entry| text(&entry["secretKey"]).to_owned()).collect());
    }
    let Some(secrets) = &cluster.secrets else { return Keys::Unknown };
    secrets.get(&(namespace.to_owned(), name.to_owned())).map_or(Keys::None, |keys| Keys::Known(keys.clone()))
}

/// Claims, accounts, roles, set-up of names and scalers lead to objects that are there.
pub(crate) fn objects(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut expect = |place: String, kind: &str, namespace: &str, name: &str| {
        let of_set = kind == "PersistentVolumeClaim" && is_of_set(cluster, namespace, name);
        if cluster.find(kind, namespace, name).is_none() && !of_set {
            complaints.push(format!("{place}: no {kind} {name} in the namespace {namespace:?}"));
        }
    };
    for object in cluster.objects.iter().filter(|object| !object.namespace().is_empty()) {
        expect(object.place(), "Namespace", "", object.namespace());
    }
    for pod in cluster.pods() {
        let account = text(&pod.spec()["serviceAccountName"]);
        expect(pod.place(), "ServiceAccount", pod.namespace(), account);
        for volume in list(&pod.spec()["volumes"]) {
            if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
                expect(pod.place(), "PersistentVolumeClaim", pod.namespace(), claim);
            }
        }
    }
    for object in &cluster.objects {
        let (spec, namespace) = (object.spec(), object.namespace());
        match object.kind() {
            "StatefulSet" => expect(object.place(), "Service", namespace, text(&spec["serviceName"])),
            "HorizontalPodAutoscaler" | "ScaledObject" => {
                let target = &spec["scaleTargetRef"];
                let kind = target["kind"].as_str().unwrap_or("Deployment");
                expect(object.place(), kind, namespace, text(&target["name"]));
            }
            "RoleBinding" | "ClusterRoleBinding" => {
                let role = &object.value["roleRef"];
                let within = if role["kind"] == "ClusterRole" { "" } else { namespace };
                expect(object.place(), text(&role["kind"]), within, text(&role["name"]));
                for subject in list(&object.value["subjects"]) {
                    let within = text(&subject["namespace"]);
                    expect(object.place(), text(&subject["kind"]), within, text(&subject["name"]));
                }
            }
            "HTTPRoute" | "GRPCRoute" => {
                for rule in list(&spec["rules"]) {
                    for backend in list(&rule["backendRefs"]) {
                        let within = backend["namespace"].as_str().unwrap_or(namespace);
                        expect(object.place(), "Service", within, text(&backend["name"]));
                    }
                }
            }
            "Ingress" => {
                for rule in list(&spec["rules"]) {
                    for path in list(&rule["http"]["paths"]) {
                        let service = &path["backend"]["service"]["name"];
                        expect(object.place(), "Service", namespace, text(service));
                    }
                }
            }
            _ => {}
        }
    }
    complaints
}

/// Whether a claim is the first one of a template of a set, `TEMPLATE-SET-0`.
fn is_of_set(cluster: &Cluster, namespace: &str, name: &str) -> bool {
    cluster.of("StatefulSet").filter(|set| set.namespace() == namespace).any(|set| {
        list(&set.spec()["volumeClaimTemplates"])
            .iter()
            .any(|claim| format!("{}-{}-0", text(&claim["metadata"]["name"]), set.name()) == name)
    })
}

/// Names of ports: those that a Service, a probe, a hook and a monitor lead to.
pub(crate) fn ports(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for service in cluster.of("Service") {
        let selector = serde_json::json!({ "matchLabels": service.spec()["selector"] });
        for pod in cluster.pods_in(service.namespace()).filter(|pod| selects(&selector, pod.labels())) {
            for port in list(&service.spec()["ports"]) {
                let target = &port["targetPort"];
                // A number that no container declares is heard all the same, but is nothing that we know of.
                let number = target.as_u64().or_else(|| port["port"].as_u64().filter(|_| target.is_null()));
                let protocol = port["protocol"].as_str().unwrap_or("TCP");
                let met = match target.as_str() {
                    Some(name) => pod.port(name).is_some_and(|(_, its)| its == protocol),
                    None => pod.ports().any(|its| {
                        its["containerPort"].as_u64() == number
                            && its["protocol"].as_str().unwrap_or("TCP") == protocol
                    }),
                };
                if !met {
                    complaints.push(format!("{}: {} has no port {target}", service.place(), pod.place()));
                }
            }
        }
    }
    for pod in cluster.pods() {
        for container in pod.containers() {
            for (what, handler) in handlers(&container) {
                for kind in ["httpGet", "tcpSocket"] {
                    let Some(name) = handler[kind]["port"].as_str() else { continue };
                    let own = list(&container.value["ports"]).iter().any(|port| text(&port["name"]) == name);
                    if !own {
                        complaints.push(format!(
                            "{}: its {what} asks for no port of it: {name}",
                            container.place(&pod)
                        ));
                    }
                }
            }
        }
    }
    for monitor in cluster.of("ServiceMonitor") {
        let services = monitored(cluster, monitor);
        // Of a namespace of others, such as that of the cluster's own Prometheus.
        if list(&monitor.spec()["namespaceSelector"]["matchNames"]).iter().any(|it| it != monitor.namespace())
        {
            continue;
        }
        if services.is_empty() {
            complaints.push(format!("{}: it matches no Service", monitor.place()));
        }
        for endpoint in list(&monitor.spec()["endpoints"]) {
            let name = text(&endpoint["port"]);
            for service in &services {
                if !list(&service.spec()["ports"]).iter().any(|port| text(&port["name"]) == name) {
                    complaints.push(format!("{}: {} has no port {name}", monitor.place(), service.place()));
                }
            }
        }
    }
    complaints.extend(policy_ports(cluster));
    complaints
}

/// The Services that a monitor looks at: those that it selects, and keeps by their names.
fn monitored<'a>(cluster: &'a Cluster, monitor: &Object) -> Vec<&'a Object> {
    let endpoints = list(&monitor.spec()["endpoints"]).iter();
    let rules: Vec<&Value> = endpoints.flat_map(|endpoint| list(&endpoint["relabelings"])).collect();
    let of_name = |rule: &&&Value| {
        rule["action"] == "keep"
            && rule["sourceLabels"] == serde_json::json!(["__meta_kubernetes_service_name"])
    };
    let kept: Vec<&Value> = rules.iter().filter(of_name).map(|rule| &rule["regex"]).collect();
    let services = cluster.of("Service").filter(|service| {
        service.namespace() == monitor.namespace()
            && selects(&monitor.spec()["selector"], &service.value["metadata"]["labels"])
            && kept.iter().all(|name| *name == service.name())
    });
    services.collect()
}

/// The jobs that monitors and probes bring, as rules call them.
pub(crate) fn jobs(cluster: &Cluster) -> Vec<String> {
    let mut jobs: Vec<String> = Vec::new();
    for monitor in cluster.of("ServiceMonitor") {
        for endpoint in list(&monitor.spec()["endpoints"]) {
            let said = list(&endpoint["relabelings"]).iter().find(|rule| rule["targetLabel"] == "job");
            let of_service = |service: &&Object| {
                let label = text(&monitor.spec()["jobLabel"]);
                text(&service.value["metadata"]["labels"][label]).to_owned()
            };
            match said {
                Some(rule) => jobs.push(text(&rule["replacement"]).to_owned()),
                None => jobs.extend(monitored(cluster, monitor).iter().map(of_service)),
            }
        }
    }
    jobs.extend(cluster.of("Probe").map(|probe| text(&probe.spec()["jobName"]).to_owned()));
    jobs.sort();
    jobs.dedup();
    jobs
}

/// Ports that a policy names are ports of the pods that it opens.
fn policy_ports(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for policy in cluster.of("NetworkPolicy") {
        let selector = &policy.spec()["podSelector"];
        for rule in list(&policy.spec()["ingress"]) {
            for name in list(&rule["ports"]).iter().filter_map(|port| port["port"].as_str()) {
                let pods = cluster.pods_in(policy.namespace());
                for pod in pods.filter(|pod| selects(selector, pod.labels()) && pod.port(name).is_none()) {
                    complaints.push(format!("{}: {} has no port {name}", policy.place(), pod.place()));
                }
            }
        }
    }
    complaints
}

/// Probes and hooks of a container.
pub(crate) fn handlers<'a>(container: &Container<'a>) -> Vec<(&'static str, &'a Value)> {
    let probes = ["startupProbe", "livenessProbe", "readinessProbe"].into_iter();
    let probes = probes.map(|what| (what, &container.value[what]));
    let hooks = ["postStart", "preStop"].into_iter();
    let hooks = hooks.map(|what| (what, &container.value["lifecycle"][what]));
    probes.chain(hooks).filter(|(_, handler)| handler.is_object()).collect()
}

/// Objects that nothing leads to.
pub(crate) fn orphans(cluster: &Cluster) -> Vec<String> {
    let mut used: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for pod in cluster.pods() {
        used.extend(named(&pod).into_iter().map(|(kind, name)| (kind, pod.namespace(), name)));
    }
    for binding in cluster.of("RoleBinding").chain(cluster.of("ClusterRoleBinding")) {
        let role = &binding.value["roleRef"];
        let within = if role["kind"] == "ClusterRole" { "" } else { binding.namespace() };
        used.insert((text(&role["kind"]), within, text(&role["name"])));
    }
    used.extend(cluster.objects.iter().map(|object| ("Namespace", "", object.namespace())));
    // What an operator makes is called as the object is that says so, unless that says another name.
    for object in cluster.of("ExternalSecret") {
        let target = object.spec()["target"]["name"].as_str().unwrap_or(object.name());
        if used.contains(&("Secret", object.namespace(), target)) {
            used.insert(("ExternalSecret", object.namespace(), object.name()));
        }
    }
    let kinds = [
        "ConfigMap",
        "ExternalSecret",
        "Secret",
        "ServiceAccount",
        "PersistentVolumeClaim",
        "Role",
        "ClusterRole",
        "Namespace",
    ];
    let orphan = |object: &&Object| {
        kinds.contains(&object.kind()) && !used.contains(&(object.kind(), object.namespace(), object.name()))
    };
    cluster
        .objects
        .iter()
        .filter(orphan)
        .map(|object| format!("{}: nothing uses it", object.place()))
        .collect()
}

/// Two objects of one name, whether in one file or two.
pub(crate) fn names(cluster: &Cluster) -> Vec<String> {
    let names = cluster.objects.iter().map(|it| (it.group(), it.kind(), it.namespace(), it.name()));
    twice(names).into_iter().map(|name| format!("two objects of one name: {name:?}")).collect()
}
