//! Gateways and their routes: a controller takes what leads nowhere without a word, and its clients get 404 or 500.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cluster::{Cluster, Object, list, selects, text};
use super::selectors::with_name;

/// The listeners of a Gateway have certificates of their own, and routes lead from listeners for their names to ports of
/// Services, in a time that is said.
pub(crate) fn routes(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for gateway in cluster.of("Gateway") {
        let mut seen = BTreeSet::new();
        for listener in list(&gateway.spec()["listeners"]) {
            for secret in list(&listener["tls"]["certificateRefs"]) {
                if !seen.insert(text(&secret["name"])) {
                    complaints.push(format!(
                        "{}: two listeners have the certificate {}",
                        gateway.place(),
                        secret["name"]
                    ));
                }
            }
        }
    }
    for route in cluster.of("HTTPRoute").chain(cluster.of("GRPCRoute")) {
        complaints.extend(attached(cluster, route));
        for rule in list(&route.spec()["rules"]) {
            let backends = list(&rule["backendRefs"]);
            if route.kind() == "HTTPRoute" && !backends.is_empty() && rule["timeouts"]["request"].is_null() {
                complaints.push(format!("{}: a rule says no time: {rule}", route.place()));
            }
            complaints.extend(backends.iter().filter_map(|backend| led(cluster, route, backend)));
        }
    }
    complaints
}

/// What is wrong with the listeners that a route names.
fn attached(cluster: &Cluster, route: &Object) -> Vec<String> {
    let mut complaints = Vec::new();
    let hostnames: Vec<&str> = list(&route.spec()["hostnames"]).iter().map(text).collect();
    let mut served: BTreeSet<&str> = BTreeSet::new();
    for parent in list(&route.spec()["parentRefs"]) {
        let gateway = cluster.find("Gateway", route.namespace(), text(&parent["name"]));
        let listeners = gateway.map(|gateway| list(&gateway.spec()["listeners"])).unwrap_or_default();
        let Some(listener) = listeners.iter().find(|it| it["name"] == parent["sectionName"]) else {
            complaints.push(format!("{}: there is no listener {parent}", route.place()));
            continue;
        };
        let selector = &listener["allowedRoutes"]["namespaces"]["selector"];
        let mut own = cluster.of("Namespace").filter(|it| it.name() == route.namespace());
        if !own.any(|namespace| selects(selector, &with_name(namespace))) {
            complaints.push(format!(
                "{}: the listener {} takes no routes of its namespace",
                route.place(),
                listener["name"]
            ));
        }
        match listener["hostname"].as_str() {
            Some(host) => served.extend(hostnames.iter().filter(|name| **name == host)),
            None => served.extend(&hostnames),
        }
    }
    let lost = hostnames.iter().filter(|name| !served.contains(*name));
    complaints.extend(lost.map(|name| format!("{}: no listener of it is for {name}", route.place())));
    complaints
}

/// What is wrong with where a rule leads.
fn led(cluster: &Cluster, route: &Object, backend: &Value) -> Option<String> {
    let namespace = backend["namespace"].as_str().unwrap_or(route.namespace());
    let name = text(&backend["name"]);
    let granted = cluster.of("ReferenceGrant").filter(|grant| grant.namespace() == namespace).any(|grant| {
        let from = |from: &Value| {
            text(&from["namespace"]) == route.namespace() && text(&from["kind"]) == route.kind()
        };
        let to = |to: &Value| {
            text(&to["kind"]) == "Service" && (to["name"].is_null() || text(&to["name"]) == name)
        };
        list(&grant.spec()["from"]).iter().any(from) && list(&grant.spec()["to"]).iter().any(to)
    });
    if namespace != route.namespace() && !granted {
        return Some(format!("{}: nothing lets it lead to {name} in {namespace}", route.place()));
    }
    // One that is not there is found with other names.
    let service = cluster.find("Service", namespace, name)?;
    let there = list(&service.spec()["ports"]).iter().any(|port| port["port"] == backend["port"]);
    (!there).then(|| format!("{}: {} has no port {}", route.place(), service.place(), backend["port"]))
}
