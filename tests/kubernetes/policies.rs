//! Network policies that are a little other than they are: what reads them must see each of it.

use serde_json::{Value, json};

use super::cluster::{Cluster, Object, Pod, list, pairs, selects, text};
use super::reach::{CILIUM, of_network};

/// A change of a policy, in words, and what comes of it: `None` where it is gone.
pub(crate) struct Mutant {
    pub(crate) wrong: String,
    pub(crate) policy: Option<Object>,
}

/// The directions of a policy: its rules, their peers, and its type.
const DIRECTIONS: [(&str, &str, &str); 2] = [("ingress", "from", "Ingress"), ("egress", "to", "Egress")];

/// Everything that can be left out of a policy, or widened in it, one thing at a time.
pub(crate) fn mutants(policy: &Object) -> Vec<Mutant> {
    if policy.kind() == CILIUM {
        return of_cilium(policy);
    }
    let mut found = vec![Mutant { wrong: "it is gone".to_owned(), policy: None }];
    let mut add = |wrong: String, change: &dyn Fn(&mut Value)| {
        let mut changed = policy.clone();
        change(&mut changed.value["spec"]);
        if changed.value != policy.value {
            found.push(Mutant { wrong, policy: Some(changed) });
        }
    };
    add("it is of all pods".to_owned(), &|spec| spec["podSelector"] = json!({}));
    for (key, peers, kind) in DIRECTIONS {
        let spec = policy.spec();
        // What denies nothing else than the default does is no change.
        let matters = !list(&spec[key]).is_empty() || spec["podSelector"] == json!({});
        if matters && list(&spec["policyTypes"]).iter().any(|it| it == kind) {
            add(format!("it is not of {kind}"), &|spec| {
                remove_item(&mut spec["policyTypes"], kind);
                spec.as_object_mut().expect("a map").remove(key);
            });
        }
        for (at, rule) in list(&spec[key]).iter().enumerate() {
            let place = format!("{key}[{at}]");
            add(format!("no {place}"), &|spec| drop(items(&mut spec[key]).remove(at)));
            for part in [peers, "ports"] {
                if rule[part].is_null() {
                    continue;
                }
                add(format!("{place} without {part}"), &|spec| drop(map(&mut spec[key][at]).remove(part)));
                for inner in 0..list(&rule[part]).len() {
                    // The last one gone is a rule of all of them, which is the change above.
                    if list(&rule[part]).len() > 1 {
                        add(format!("{place} without {part}[{inner}]"), &|spec| {
                            items(&mut spec[key][at][part]).remove(inner);
                        });
                    }
                }
            }
            for (inner, peer) in list(&rule[peers]).iter().enumerate() {
                let place = format!("{place}.{peers}[{inner}]");
                for selector in
                    ["podSelector", "namespaceSelector"].into_iter().filter(|it| peer[*it].is_object())
                {
                    add(format!("{place} of every {selector}"), &|spec| {
                        spec[key][at][peers][inner][selector] = json!({});
                    });
                }
                if peer["ipBlock"].is_object() {
                    let all =
                        if peer["ipBlock"]["cidr"].to_string().contains("::") { "::/0" } else { "0.0.0.0/0" };
                    add(format!("{place} of every address"), &|spec| {
                        spec[key][at][peers][inner]["ipBlock"] = json!({ "cidr": all });
                    });
                    for part in 0..list(&peer["ipBlock"]["except"]).len() {
                        add(format!("{place} without except[{part}]"), &|spec| {
                            items(&mut spec[key][at][peers][inner]["ipBlock"]["except"]).remove(part);
                        });
                    }
                }
            }
            for (inner, port) in list(&rule["ports"]).iter().enumerate() {
                let place = format!("{place}.ports[{inner}]");
                let other = if port["protocol"] == "UDP" { "TCP" } else { "UDP" };
                add(format!("{place} of {other}"), &|spec| {
                    spec[key][at]["ports"][inner]["protocol"] = json!(other);
                });
                if !port["port"].is_null() {
                    add(format!("{place} of every port"), &|spec| {
                        let port = map(&mut spec[key][at]["ports"][inner]);
                        port.remove("port");
                        port.remove("endPort");
                    });
                }
                if let Some(number) = port["port"].as_u64() {
                    add(format!("{place} moved"), &|spec| {
                        spec[key][at]["ports"][inner]["port"] = json!(number + 1);
                    });
                    add(format!("{place} from the first port"), &|spec| {
                        let last = port["endPort"].as_u64().unwrap_or(number);
                        spec[key][at]["ports"][inner]["port"] = json!(1);
                        spec[key][at]["ports"][inner]["endPort"] = json!(last);
                    });
                }
            }
        }
    }
    found
}

/// The same for a policy of Cilium.
fn of_cilium(policy: &Object) -> Vec<Mutant> {
    let mut found = vec![Mutant { wrong: "it is gone".to_owned(), policy: None }];
    let mut add = |wrong: String, change: &dyn Fn(&mut Value)| {
        let mut changed = policy.clone();
        change(&mut changed.value["spec"]);
        if changed.value != policy.value {
            found.push(Mutant { wrong, policy: Some(changed) });
        }
    };
    add("it is of all pods".to_owned(), &|spec| spec["endpointSelector"] = json!({}));
    for (key, peers) in [("ingress", "from"), ("egress", "to")] {
        for (at, rule) in list(&policy.spec()[key]).iter().enumerate() {
            let place = format!("{key}[{at}]");
            add(format!("no {place}"), &|spec| drop(items(&mut spec[key]).remove(at)));
            for (part, value) in pairs(rule) {
                add(format!("{place} without {part}"), &|spec| drop(map(&mut spec[key][at]).remove(part)));
                for inner in 0..if part == "toPorts" { 0 } else { list(value).len() } {
                    add(format!("{place} without {part}[{inner}]"), &|spec| {
                        items(&mut spec[key][at][part]).remove(inner);
                    });
                    let wider = match part.trim_start_matches(peers) {
                        "Endpoints" => json!({ "matchLabels": { "io.kubernetes.pod.namespace": "foreign" } }),
                        "Entities" => json!("kube-apiserver"),
                        "CIDR" => json!("0.0.0.0/0"),
                        _ => json!({ "matchPattern": "*" }),
                    };
                    if value[inner] != wider {
                        add(format!("{place}.{part}[{inner}] is wider"), &|spec| {
                            items(&mut spec[key][at][part]).push(wider.clone());
                        });
                    }
                }
            }
            for (inner, port) in list(&rule["toPorts"][0]["ports"]).iter().enumerate() {
                let place = format!("{place}.ports[{inner}]");
                let change = |name: &'static str, value: Value| {
                    move |spec: &mut Value| {
                        spec[key][at]["toPorts"][0]["ports"][inner][name] = value.clone();
                    }
                };
                let other = if port["protocol"] == "UDP" { "TCP" } else { "UDP" };
                add(format!("{place} of {other}"), &change("protocol", json!(other)));
                add(format!("{place} of every port"), &change("port", json!("0")));
                let number: u64 = text(&port["port"]).parse().expect("a number");
                add(format!("{place} moved"), &change("port", json!((number + 1).to_string())));
                if list(&rule["toPorts"][0]["ports"]).len() > 1 {
                    add(format!("no {place}"), &|spec| {
                        items(&mut spec[key][at]["toPorts"][0]["ports"]).remove(inner);
                    });
                }
            }
        }
    }
    found
}

/// Rules that say what another rule of their policy says: one of them can go, and nothing sees it.
pub(crate) fn repeated(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for policy in of_network(cluster) {
        for (key, ..) in DIRECTIONS {
            let rules = list(&policy.spec()[key]);
            for (at, rule) in rules.iter().enumerate().filter(|(at, rule)| rules[..*at].contains(rule)) {
                complaints.push(format!("{}: {key}[{at}]: it repeats another rule: {rule}", policy.place()));
            }
        }
    }
    complaints
}

/// What is let pass by name is learnt: Cilium reads the answers to what pods ask for, unless a rule opens that port for them
/// without reading (cilium/cilium:Documentation/security/policy/layer7.rst).
pub(crate) fn learnt(cluster: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for policy in cluster.of(CILIUM) {
        let by_name = list(&policy.spec()["egress"]).iter().any(|rule| rule["toFQDNs"].is_array());
        let pods = cluster.pods_in(policy.namespace());
        let labels = |pod: &Pod<'_>| selects(&policy.spec()["endpointSelector"], pod.labels());
        for pod in pods.filter(|pod| by_name && labels(pod)) {
            let mut reads = false;
            for other in of_network(cluster).filter(|other| other.namespace() == policy.namespace()) {
                let key = if other.kind() == CILIUM { "endpointSelector" } else { "podSelector" };
                if !selects(&other.spec()[key], pod.labels()) {
                    continue;
                }
                for rule in list(&other.spec()["egress"]) {
                    reads |= list(&rule["toPorts"]).iter().any(|ports| ports["rules"]["dns"].is_array());
                    let opens = list(&rule["ports"])
                        .iter()
                        .chain(&plain(rule))
                        .any(|port| port["port"] == 53 || port["port"] == "53" || port["port"].is_null());
                    if opens {
                        complaints.push(format!(
                            "{}: {} opens names without reading",
                            policy.place(),
                            other.place()
                        ));
                    }
                }
            }
            if !reads {
                complaints.push(format!("{}: no answers for {} are read", policy.place(), pod.place()));
            }
        }
    }
    complaints
}

/// The ports of a rule of Cilium that opens them without reading.
fn plain(rule: &Value) -> Vec<Value> {
    let ports = list(&rule["toPorts"]).iter().filter(|ports| ports["rules"].is_null());
    ports.flat_map(|ports| list(&ports["ports"])).cloned().collect()
}

fn items(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("a list")
}

fn map(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().expect("a map")
}

fn remove_item(value: &mut Value, item: &str) {
    items(value).retain(|it| it != item);
}
