//! The second reading of network policies, tried: a table of cases whose answer is known, and every change of a policy, which
//! must be seen.

use std::fmt::Write as _;

use serde_json::json;

use super::cluster::{Cluster, Object};
use super::policies::{mutants, repeated};
use super::reach::{ANY, End, Reach, denied, is_of_network, of_network};
use super::{good, none, read};

/// What is in a cluster besides our pods, so that whatever is open to it is seen.
pub(crate) fn surroundings(cluster: &Cluster, node: &str) -> Vec<End> {
    let named = |name: &str| json!({ "kubernetes.io/metadata.name": name });
    let dns = json!({ "k8s-app": "kube-dns" });
    let mut ends = vec![
        End::pod("DNS", "kube-system", named("kube-system"), dns.clone())
            .with_port("UDP", 53)
            .with_port("TCP", 53),
        End::pod("a system pod", "kube-system", named("kube-system"), json!({ "k8s-app": "other" })),
        End::pod("a foreign pod", "foreign", named("foreign"), json!({ "app": "foreign" }))
            .with_names(cluster),
        End::pod("a foreign DNS", "foreign", named("foreign"), dns),
        End::address("the DNS of the node", "169.254.20.10"),
        End::address("the metadata of the cloud", "169.254.169.254"),
        End::address("a node", node).entity("host"),
        End::address("the API server", "172.16.201.1").entity("kube-apiserver"),
        End::host("a name of nobody", "198.51.100.201"),
        End::address("the internet", "198.51.100.200"),
        End::address("the internet by IPv6", "2001:db8:77::1"),
        End::address("a private address", "10.77.0.9"),
        End::address("a shared address", "100.64.0.9"),
        End::address("the host itself", "127.0.0.1"),
        End::address("another private address", "172.16.77.9"),
        End::address("a home's address", "192.168.77.9"),
        End::address("a private address by IPv6", "fd00:77::9"),
        End::address("a link by IPv6", "fe80::9"),
    ];
    for namespace in cluster.of("Namespace") {
        let labels = super::selectors::with_name(namespace);
        let name = namespace.name();
        ends.push(
            End::pod(&format!("a stranger in {name}"), name, labels, json!({ "run": "debug" }))
                .with_names(cluster)
                .ours(),
        );
    }
    // Pods that are called as ours are, elsewhere.
    for pod in cluster.pods() {
        let name = format!("{} elsewhere", pod.workload.name());
        ends.push(End::pod(&name, "foreign", named("foreign"), pod.labels().clone()));
    }
    ends
}

/// Changes of policies that nothing sees, in words; and how many there were.
pub(crate) fn survivors(cluster: &Cluster, beside: Vec<End>) -> (usize, Vec<String>) {
    let mut reach = Reach::of(cluster, beside);
    let mut tried = 0;
    let mut unseen = Vec::new();
    for (at, policy) in of_network(cluster).enumerate() {
        // A policy that repeats itself is another reading's.
        let alone = Cluster { objects: vec![policy.clone()], secrets: None };
        if !repeated(&alone).is_empty() {
            continue;
        }
        for mutant in mutants(policy) {
            tried += 1;
            // What denies by default is asked for by itself: another policy of all pods may do the same.
            let of_all = policy.spec()["podSelector"].as_object().is_some_and(serde_json::Map::is_empty);
            let open = of_all && !denied(&with_policy(cluster, at, mutant.policy.as_ref())).is_empty();
            if !open && reach.with(at, mutant.policy.as_ref()) == reach.sides {
                unseen.push(format!("{}: {}", policy.place(), mutant.wrong));
            }
        }
    }
    (tried, unseen)
}

/// A cluster whose policy of this place among the policies is another, or gone.
fn with_policy(cluster: &Cluster, at: usize, other: Option<&Object>) -> Cluster {
    let kept = |object: &&Object| object.kind() == "Namespace" || is_of_network(object);
    let kept = cluster.objects.iter().filter(kept);
    let mut policies = 0;
    let changed = kept.filter_map(|object| {
        if is_of_network(object) {
            policies += 1;
            if policies == at + 1 {
                return other.cloned();
            }
        }
        Some(object.clone())
    });
    Cluster { objects: changed.collect(), secrets: None }
}

/// What passes between the workloads of `good.yaml`, and to and from its surroundings.
const PASSAGES: &[&str] = &[
    "api to DNS TCP/53",
    "api to DNS UDP/53",
    "api to db TCP/5432",
    "api to the DNS of the node TCP/53",
    "api to the DNS of the node UDP/53",
    "api to the error tracker TCP/443",
    "api to the metadata of the cloud TCP/53",
    "api to the metadata of the cloud UDP/53",
    "backup to api TCP/8080",
    "backup to db TCP/5432",
    "db-setup-3f2a to db TCP/5432",
    "prometheus to api TCP/8080",
    "prometheus to api TCP/9090",
    "prometheus to a node TCP/10250",
    "prometheus to a node TCP/9100",
    "prometheus to a home's address TCP/10250",
    "prometheus to a home's address TCP/9100",
    "prometheus to node-exporter TCP/9100",
];

#[test]
fn the_policies_of_a_person_are_read_as_meant() {
    let cluster = read(&good()).expect("it is YAML");
    let mut beside = surroundings(&cluster, "192.168.0.5");
    beside.push(End::address("the error tracker", "203.0.113.7"));
    beside.push(End::address("beside the error tracker", "203.0.113.200"));
    let reach = Reach::of(&cluster, beside);
    let words: Vec<String> = reach.passages().iter().map(|passage| reach.words(passage)).collect();
    let mut complaints: Vec<String> = PASSAGES
        .iter()
        .filter(|expected| !words.iter().any(|found| found == *expected))
        .map(|expected| format!("does not pass: {expected}"))
        .collect();
    // DNS of everybody, and Prometheus' way to the API server, which may be anywhere.
    let known = |found: &&String| {
        found.contains("DNS")
            || found.contains("/53")
            || found.starts_with("prometheus to") && (found.ends_with("/443") || found.ends_with("/6443"))
    };
    let pods = ["api", "db", "db-setup-3f2a", "backup", "prometheus"];
    let ours = |found: &&String| {
        found.split(" to ").any(|end| pods.iter().any(|pod| end.split(" TCP").next() == Some(pod)))
    };
    let other =
        words.iter().filter(ours).filter(|found| !known(found) && !PASSAGES.contains(&found.as_str()));
    complaints.extend(
        other
            .filter(|found| {
                !found.starts_with("prometheus to a node TCP/10250")
                    && !found.starts_with("prometheus to node-exporter")
            })
            .map(|found| format!("passes: {found}")),
    );
    none(&complaints);
}

#[test]
fn every_change_of_a_policy_is_seen() {
    let cluster = read(&good()).expect("it is YAML");
    let mut beside = surroundings(&cluster, "192.168.0.5");
    beside.push(End::address("the error tracker", "203.0.113.7"));
    beside.push(End::address("beside the error tracker", "203.0.113.200"));
    let (tried, unseen) = survivors(&cluster, beside);
    assert!(tried > 100, "{tried} changes: too few were made");
    none(&unseen);
}

/// A cluster of pods `a`, `b` and `c`, each hearing on 80 (`http`), 81 and 82, and policies.
fn cluster(policies: &str) -> Cluster {
    let mut text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n".to_owned();
    for name in ["a", "b", "c"] {
        let _ = write!(
            text,
            "---\nkind: Deployment\nmetadata: {{name: {name}, namespace: n}}\nspec: {{template: {{metadata: {{labels: {{app: {name}}}}}, \
             spec: {{containers: [{{ports: [{{name: http, containerPort: 80}}, {{containerPort: 81}}, {{containerPort: 82}}]}}]}}}}}}\n"
        );
    }
    for (at, spec) in policies.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let _ =
            write!(text, "---\nkind: NetworkPolicy\nmetadata: {{name: p{at}, namespace: n}}\nspec: {spec}\n");
    }
    Cluster::read([("case", text.as_str())]).expect("it is YAML")
}

/// Ports of `to` that `from` comes to; `ANY` where all.
fn open(policies: &str, from: &str, to: &str) -> Vec<u64> {
    let cluster = cluster(policies);
    let beside = vec![
        End::address("out", "203.0.113.200"),
        End::pod("x", "other", json!({ "kubernetes.io/metadata.name": "other" }), json!({ "app": "a" })),
    ];
    let reach = Reach::of(&cluster, beside);
    let of = |name: &str| reach.ends.iter().position(|end| end.name == name).expect("it is there");
    let (from, to) = (of(from), of(to));
    let passages = reach.passages().into_iter().filter(|it| (it.0, it.1) == (from, to) && it.2.0 == "TCP");
    passages.map(|it| it.2.1).collect()
}

#[test]
fn cases_of_the_documented_semantics() {
    let cases: &[(&str, &str, &str, &str, &[u64])] = &[
        ("denied by default", "{podSelector: {}, policyTypes: [Ingress]}", "a", "b", &[]),
        ("no list of directions, no rule of egress", "{podSelector: {matchLabels: {app: a}}}", "a", "b", &[ANY, 80, 81, 82]),
        ("no list of directions, a rule of egress", "{podSelector: {matchLabels: {app: a}}, egress: [{ports: [{port: 81}]}]}", "a", "b", &[81]),
        (
            "two policies, their union",
            "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 80}]}]}
             {podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{ports: [{port: 81}]}]}",
            "a", "b", &[80, 81],
        ),
        // kubescape/kubescape#3903: a port of one rule for one peer, and of another rule for another.
        (
            "a port that two rules have in common",
            "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 80}, {port: 81}]}, {from: [{podSelector: {matchLabels: {app: c}}}], ports: [{port: 80}]}]}",
            "c", "b", &[80],
        ),
        (
            "both sides",
            "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{ports: [{port: 80}, {port: 81}]}]}
             {podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{ports: [{port: 81}, {port: 82}]}]}",
            "a", "b", &[81],
        ),
        // kubescape/kubescape#3904: the policy that lets a workload's pods come to one another is one of that workload alone.
        (
            "a pod and another of its own workload",
            "{podSelector: {}, policyTypes: [Ingress, Egress]}
             {podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 82}]}], egress: [{to: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 82}]}]}",
            "a", "a", &[82],
        ),
        ("no way between pods of one workload", "{podSelector: {}, policyTypes: [Ingress, Egress]}", "a", "a", &[]),
        ("a name of a port", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{ports: [{port: http}]}]}", "a", "b", &[80]),
        ("a name of a port at its end", "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}", "a", "b", &[80]),
        ("a range of ports", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{ports: [{port: 80, endPort: 81}]}]}", "a", "b", &[80, 81]),
        ("no number", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{ports: [{protocol: UDP}]}]}", "a", "b", &[]),
        ("a rule of all", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{}]}", "a", "b", &[ANY, 80, 81, 82]),
        ("a pod of another namespace", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]}", "x", "b", &[]),
        ("all of another namespace", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}], ports: [{port: 80}]}]}", "x", "b", &[80]),
        ("some of another namespace", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}, podSelector: {matchLabels: {app: c}}}]}]}", "x", "b", &[]),
        ("one or the other", "{podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}, {podSelector: {matchLabels: {app: c}}}], ports: [{port: 80}]}]}", "c", "b", &[80]),
        ("a range of addresses", "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 443}]}]}", "a", "out", &[443]),
        ("a part of it that is left out", "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}], ports: [{port: 443}]}]}", "a", "out", &[]),
        ("a range is of no pod", "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", "a", "b", &[]),
        ("a name of a port that an address has not", "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}]}]}", "a", "out", &[]),
    ];
    let wrong = cases.iter().filter_map(|(name, policies, from, to, expected)| {
        let found = open(policies, from, to);
        (found != *expected).then(|| format!("{name}: {found:?}, and not {expected:?}"))
    });
    none(&wrong.collect::<Vec<_>>());
}
