//! Network policies: nothing passes in a namespace but what the platform's connections ask for, each opened on both
//! sides, and what a cluster needs besides.
//!
//! What a policy cannot say is opened wider, and the comment beside it says so: a range of addresses in place of a name, any
//! address in place of a node's. Policies of Cilium can say these, where the settings name it.
//! <https://kubernetes.io/docs/concepts/services-networking/network-policies/>

mod backup;
mod cilium;
mod gateway;
mod outside;
mod peer;
mod probe;
mod system;

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::labels;
use crate::hash::IndexMap;
use crate::parallel;
use crate::platform::{Cause, EdgeEnd, OutsideId, Platform, Port, Role, Service, ServiceId};
use crate::target::kubernetes::file::POLICIES;
use crate::target::kubernetes::object::{Object, Stage};

/// What may pass in one direction, and why.
#[derive(Debug)]
struct Rule {
    /// Lines of comment.
    reason: Vec<String>,
    peers: Peers,
    /// The ports of the destination; all of them where there is none.
    ports: Vec<NetworkPolicyPort>,
}

/// Where something comes from or leads to.
#[derive(Debug, Clone, PartialEq)]
enum Peers {
    /// What a NetworkPolicy can say; everything where there is none.
    Network(Vec<NetworkPolicyPeer>),
    /// What only Cilium knows apart: nodes, and the API server.
    Entities(&'static [&'static str]),
    /// Names of hosts, or patterns of names, which Cilium learns the addresses of.
    Names(Vec<String>),
}

/// What passes to and from the pods of a service.
#[derive(Debug, Default)]
struct Rules {
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
}

/// The policies of every namespace and of every service, in the order of the source, part by part.
pub(super) fn objects<T: Send>(platform: &Platform, keep: &(impl Fn(Vec<Object>) -> T + Sync)) -> Vec<T> {
    let mut objects: Vec<Object> =
        platform.namespaces().iter().flat_map(|name| of_namespace(platform, name)).collect();
    objects.extend(gateway::solvers(platform));
    let mut parts = vec![keep(objects)];
    let mut rules: Vec<Rules> = platform.services.iter().map(|_| Rules::default()).collect();
    connect(platform, &mut rules);
    gateway::connect(platform, &mut rules);
    probe::connect(platform, &mut rules);
    let copiers = backup::connect(platform, &mut rules);
    for (service, rules) in platform.services.iter().zip(&mut rules) {
        outside::connect(platform, service, rules);
        system::connect(platform, service, rules);
    }
    let services: Vec<_> =
        platform.services.iter().zip(&rules).filter(|(service, _)| has_policy(service)).collect();
    parts.extend(parallel::map(&services, |(service, rules)| {
        let plain = of_service(platform, service, rules);
        keep(plain.into_iter().chain(cilium::of_service(platform, service, rules)).collect())
    }));
    parts.push(keep(copiers.into_iter().flat_map(|copier| copier.objects(platform)).collect()));
    parts
}

/// Whether policies hold for the pods of a service: those on the network of their node have its address, which no selector
/// matches. The kubelet is a process of the node.
fn has_policy(service: &Service) -> bool {
    service.runs() && !is_on_node(service)
}

fn is_on_node(service: &Service) -> bool {
    service.role == Some(Role::Kubelet) || service.exception(|security| security.host_network)
}

/// What is true of all pods of a namespace.
fn of_namespace(platform: &Platform, namespace: &str) -> [Object; 2] {
    // No service has a dot in its name, so no policy of a service is called so.
    let metadata = |name: &str| ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(namespace.to_owned()),
        labels: Some(labels::of_platform(platform)),
        ..ObjectMeta::default()
    };
    let everything = || Some(LabelSelector::default());
    let types = |types: &[&str]| Some(types.iter().map(|kind| (*kind).to_owned()).collect());
    let deny = NetworkPolicy {
        metadata: metadata("every-pod.default-deny"),
        spec: Some(NetworkPolicySpec {
            pod_selector: everything(),
            policy_types: types(&["Ingress", "Egress"]),
            ..NetworkPolicySpec::default()
        }),
    };
    let dns = NetworkPolicy {
        metadata: metadata("every-pod.dns"),
        spec: Some(NetworkPolicySpec {
            pod_selector: everything(),
            policy_types: types(&["Egress"]),
            egress: Some(vec![NetworkPolicyEgressRule {
                ports: Some(peer::dns_ports(platform)),
                to: Some(peer::dns(platform)),
            }]),
            ..NetworkPolicySpec::default()
        }),
    };
    let dns = if platform.settings.kubernetes.cilium {
        cilium::dns(platform, metadata("every-pod.dns"))
    } else {
        Object::new(POLICIES, Stage::Policy, &dns)
    };
    [
        Object::new(POLICIES, Stage::Policy, &deny)
            .with_comment(["Nothing passes that no other policy lets pass.".to_owned()]),
        dns.with_comment([
            "Names: those of the cluster's resolver, and of the one of the node, which is a process of the node and has an"
                .to_owned(),
            "address of its link (169.254.20.10 by default).".to_owned(),
        ]),
    ]
}

/// The connections between services: for both ends, one rule for each service at the other.
fn connect(platform: &Platform, rules: &mut [Rules]) {
    let mut connections: IndexMap<(ServiceId, ServiceId), Connection> = IndexMap::default();
    for edge in &platform.edges {
        let EdgeEnd::Service(to, port) = edge.to else { continue };
        // Pods of their own take copies there.
        if edge.cause == Cause::Backup {
            continue;
        }
        let is_there = |service: &Service| service.runs() || platform.is_of_cluster(service);
        if !is_there(&platform[edge.from]) || !(is_there(&platform[to]) || is_on_node(&platform[to])) {
            continue;
        }
        let connection = connections.entry((edge.from, to)).or_default();
        match port {
            Some(port) => connection.ports.push(port),
            None => connection.ports.extend(0..platform[to].ports.len()),
        }
        connection.causes.push(edge.cause.describe());
    }
    for ((from, to), mut connection) in connections {
        let (source, destination) = (&platform[from], &platform[to]);
        connection.ports.sort_unstable();
        connection.ports.dedup();
        connection.causes.dedup();
        let ports: Vec<&Port> =
            connection.ports.iter().filter_map(|port| destination.ports.get(*port)).collect();
        if ports.is_empty() {
            continue;
        }
        let out: Vec<NetworkPolicyPort> = ports.iter().map(|port| peer::port(port)).collect();
        let causes = connection.causes.join(", ");
        let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
        for (peers, wide) in peers_of(platform, source, destination) {
            rules[to.0].ingress.push(Rule {
                reason: reason(format!("From {}: {causes}", source.path), wide),
                peers,
                ports: out.clone(),
            });
        }
        let line = format!("To {} of {}: {causes}", names.join(", "), destination.path);
        let egress = &mut rules[from.0].egress;
        for (peers, wide) in peers_of(platform, destination, source) {
            // Several processes of nodes may be asked at one port: they are all the nodes' addresses.
            let same = is_on_node(destination)
                .then(|| egress.iter_mut().find(|rule| rule.peers == peers && rule.ports == out));
            match same.flatten() {
                Some(rule) => rule.reason.insert(0, line.clone()),
                None => egress.push(Rule { reason: reason(line.clone(), wide), peers, ports: out.clone() }),
            }
        }
    }
}

fn reason(line: String, wide: Option<&str>) -> Vec<String> {
    std::iter::once(line).chain(wide.map(str::to_owned)).collect()
}

/// What leads from one service to another.
#[derive(Debug, Default)]
struct Connection {
    ports: Vec<usize>,
    causes: Vec<&'static str>,
}

/// The pods of a service as seen from another one, and what is opened beyond them. What is on the nodes may be known in two
/// ways.
fn peers_of(
    platform: &Platform,
    service: &Service,
    seen_from: &Service,
) -> Vec<(Peers, Option<&'static str>)> {
    if is_on_node(service) {
        return peer::nodes(platform);
    }
    if let Some(operator) = &platform.settings.kubernetes.operator
        && platform.is_of_cluster(service)
    {
        let pods = peer::named(operator.label_of(service), operator.namespace.clone());
        return vec![(Peers::Network(vec![pods]), None)];
    }
    let name = platform.namespace_of(service);
    let there = (name != platform.namespace_of(seen_from)).then_some(name);
    let pods = peer::pods(labels::label_selector(platform, service), there);
    vec![(Peers::Network(vec![pods]), None)]
}

impl Rules {
    /// The rules that a NetworkPolicy can say, with their peers.
    fn plain(rules: &[Rule]) -> Vec<(&Rule, &[NetworkPolicyPeer])> {
        let plain = rules.iter().filter_map(|rule| match &rule.peers {
            Peers::Network(peers) => Some((rule, peers.as_slice())),
            Peers::Entities(_) | Peers::Names(_) => None,
        });
        plain.collect()
    }
}

/// The policy of a service; `None` where nothing passes that it could say.
fn of_service(platform: &Platform, service: &Service, rules: &Rules) -> Option<Object> {
    of_pods(labels::metadata(platform, service), labels::label_selector(platform, service), rules)
}

/// The policy of the pods that a selector matches.
fn of_pods(metadata: ObjectMeta, selector: LabelSelector, rules: &Rules) -> Option<Object> {
    let (into, out) = (Rules::plain(&rules.ingress), Rules::plain(&rules.egress));
    if into.is_empty() && out.is_empty() {
        return None;
    }
    let there = |kind: &str, is_there: bool| is_there.then(|| kind.to_owned());
    let types =
        there("Ingress", !into.is_empty()).into_iter().chain(there("Egress", !out.is_empty())).collect();
    let peers = |peers: &[NetworkPolicyPeer]| (!peers.is_empty()).then(|| peers.to_vec());
    let ports = |list: &[NetworkPolicyPort]| (!list.is_empty()).then(|| list.to_vec());
    let ingress = into
        .iter()
        .map(|(rule, from)| NetworkPolicyIngressRule { from: peers(from), ports: ports(&rule.ports) });
    let egress =
        out.iter().map(|(rule, to)| NetworkPolicyEgressRule { ports: ports(&rule.ports), to: peers(to) });
    let policy = NetworkPolicy {
        metadata,
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selector),
            policy_types: Some(types),
            ingress: (!into.is_empty()).then(|| ingress.collect()),
            egress: (!out.is_empty()).then(|| egress.collect()),
        }),
    };
    let mut object = Object::new(POLICIES, Stage::Policy, &policy);
    for (way, rules) in [("ingress", into), ("egress", out)] {
        note(&mut object, way, rules.into_iter().map(|(rule, _)| rule));
    }
    Some(object)
}

/// Puts the reasons of rules above them.
fn note<'a>(object: &mut Object, way: &str, rules: impl Iterator<Item = &'a Rule>) {
    for (at, rule) in rules.enumerate() {
        for line in &rule.reason {
            object.note(&["spec", way, &at.to_string()], line.clone());
        }
    }
}

/// The outsides that a service reaches, in the order of the source.
fn reached(platform: &Platform, service: &Service) -> Vec<(OutsideId, Vec<&'static str>)> {
    let mut reached: IndexMap<OutsideId, Vec<&'static str>> = IndexMap::default();
    for edge in platform.edges_from(service.id) {
        if let EdgeEnd::Outside(outside) = edge.to {
            let causes = reached.entry(outside).or_default();
            if !causes.contains(&edge.cause.describe()) {
                causes.push(edge.cause.describe());
            }
        }
    }
    let mut reached: Vec<_> = reached.into_iter().collect();
    reached.sort_unstable_by_key(|(outside, _)| *outside);
    reached
}
