//! A second reading of network policies: from where to where they let connections pass, by
//! kubernetes/website:content/en/docs/concepts/services-networking/network-policies.md, from the files alone.
//!
//! - A pod that a policy selects for a direction is isolated in it; what it may do is the union of what those policies allow.
//! - A connection needs both: the egress of its source, and the ingress of its destination. Each side is read alone.
//! - `podSelector` alone is of the policy's namespace; with `namespaceSelector` both must hold.
//! - A rule without peers is of all peers, one without ports of all ports, a port without a number of its whole protocol.
//! - A name of a port is that of the destination. Ranges of addresses are of what is no pod, except where the pod has the
//!   address of its node, which no selector matches.
//! - A pod reaches itself whatever stands there; two pods of one workload are two pods.
//!
//! Policies of Cilium are read as well, by cilium/cilium:Documentation/security/policy/language.rst:
//!
//! - A policy isolates in the directions that it has rules of, beside NetworkPolicies: what any of them allows may pass.
//! - `toEndpoints` is of the policy's namespace, unless a label names another one; labels may carry the source `k8s:`.
//! - Nodes and the API server are entities; where Cilium is, ranges of addresses do not match them.
//! - `toFQDNs` are names, or patterns in which a `*` is any part of one label.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Value, json};

use super::cluster::{Cluster, Object, list, selects, text};
use super::selectors::with_name;
use super::values::Cidr;

/// What a connection may start from or lead to.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// What messages call it.
    pub(crate) name: String,
    /// The namespace it is in; `""` for what is no pod.
    namespace: String,
    /// The labels of that namespace.
    of_namespace: Value,
    labels: Value,
    /// Its address, where that is known and no selector matches it.
    address: Option<IpAddr>,
    /// The name by which it is looked up; `""` where there is none.
    host: String,
    /// The entity that Cilium takes it for; `""` where it is the world, or a pod.
    entity: &'static str,
    /// Ports by name.
    named: BTreeMap<String, (u64, String)>,
    /// Ports that it hears on.
    ports: BTreeSet<Port>,
    /// Whether policies of ours are about it: a pod of one of our namespaces, with an address of its own.
    ours: bool,
}

/// A protocol and a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Port(pub(crate) String, pub(crate) u64);

/// One connection that may pass: from, to, and the port.
pub(crate) type Passage = (usize, usize, Port);

impl End {
    /// Something that has an address and is none of our pods.
    pub(crate) fn address(name: &str, address: &str) -> Self {
        let address = Some(address.parse().expect("an address"));
        Self { name: name.to_owned(), address, ..Self::pod(name, "", json!({}), json!({})) }
    }

    /// A pod of another namespace than ours.
    pub(crate) fn pod(name: &str, namespace: &str, of_namespace: Value, labels: Value) -> Self {
        Self {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            of_namespace,
            labels,
            address: None,
            host: String::new(),
            entity: "",
            named: BTreeMap::new(),
            ports: BTreeSet::new(),
            ours: false,
        }
    }

    /// What a name leads to.
    pub(crate) fn host(host: &str, address: &str) -> Self {
        Self { host: host.to_owned(), ..Self::address(host, address) }
    }

    /// Cilium takes it for an entity.
    pub(crate) fn entity(mut self, entity: &'static str) -> Self {
        self.entity = entity;
        self
    }

    /// It has a port of every name that pods of a cluster have: nothing that a name opens is closed to it.
    pub(crate) fn with_names(mut self, cluster: &Cluster) -> Self {
        for port in cluster.pods().flat_map(|pod| pod.ports()) {
            let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
            let number = port["containerPort"].as_u64().unwrap_or_default();
            self.named.insert(text(&port["name"]).to_owned(), (number, protocol.clone()));
            self.ports.insert(Port(protocol, number));
        }
        self
    }

    /// A pod of a namespace of ours.
    pub(crate) fn ours(mut self) -> Self {
        self.ours = true;
        self
    }

    pub(crate) fn with_port(mut self, protocol: &str, number: u64) -> Self {
        self.ports.insert(Port(protocol.to_owned(), number));
        self
    }

    /// The value of one of its labels.
    pub(crate) fn label(&self, key: &str) -> &str {
        text(&self.labels[key])
    }

    /// Its address, where no selector matches it.
    pub(crate) fn of_address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The name by which it is looked up; `""` where there is none.
    pub(crate) fn of_host(&self) -> &str {
        &self.host
    }

    /// The entity that Cilium takes it for; `""` where it is the world, or a pod.
    pub(crate) fn of_entity(&self) -> &str {
        self.entity
    }

    /// Whether policies of ours are about it.
    pub(crate) fn is_ours(&self) -> bool {
        self.ours
    }

    /// Ports that it hears on.
    pub(crate) fn heard(&self) -> &BTreeSet<Port> {
        &self.ports
    }

    fn is_pod(&self) -> bool {
        self.address.is_none()
    }
}

/// The pods of a cluster's workloads, each once, by the name of its workload; and what is outside of it.
pub(crate) fn ends(cluster: &Cluster, beside: Vec<End>) -> Vec<End> {
    let pods = cluster.pods().map(|pod| {
        let labels = cluster.find("Namespace", "", pod.namespace()).map_or_else(|| json!({}), with_name);
        let mut end = End::pod(pod.workload.name(), pod.namespace(), labels, pod.labels().clone());
        for port in pod.ports() {
            let number = port["containerPort"].as_u64().unwrap_or_default();
            let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
            if let Some(name) = port["name"].as_str() {
                end.named.insert(name.to_owned(), (number, protocol.clone()));
            }
            end.ports.insert(Port(protocol, number));
        }
        // A pod of the node's network has the node's address, and no selector matches it.
        end.address = pod.on_host_network().then(|| "192.168.200.7".parse().expect("an address"));
        end.entity = if pod.on_host_network() { "remote-node" } else { "" };
        end.ours = !pod.on_host_network();
        end
    });
    pods.chain(beside).collect()
}

/// A policy, read against the ends.
struct Policy {
    /// `None` where it is not about this direction.
    ingress: Option<Vec<Rule>>,
    egress: Option<Vec<Rule>>,
    selected: Vec<bool>,
    /// Ports that it names.
    named: BTreeSet<Port>,
}

struct Rule {
    /// `None` for all.
    peers: Option<Vec<bool>>,
    /// `None` for all.
    ports: Option<Vec<Ports>>,
}

/// One entry of a rule's ports.
struct Ports {
    protocol: String,
    /// `None` for every port of the protocol.
    numbers: Option<(u64, u64)>,
    name: Option<String>,
}

impl Policy {
    /// Reads a policy, in a cluster with Cilium or another network plug-in.
    fn read(object: &Object, ends: &[End], cilium: bool) -> Self {
        if object.kind() == CILIUM {
            return Self::of_cilium(object, ends);
        }
        let spec = object.spec();
        let selected = ends
            .iter()
            .map(|end| {
                end.is_pod()
                    && end.namespace == object.namespace()
                    && selects(&spec["podSelector"], &end.labels)
            })
            .collect();
        let types = list(&spec["policyTypes"]);
        let listed = |kind: &str| types.iter().any(|it| it == kind);
        // Without a list: ingress always, egress where there are rules of it.
        let is_ingress = if types.is_empty() { true } else { listed("Ingress") };
        let is_egress = if types.is_empty() { !spec["egress"].is_null() } else { listed("Egress") };
        let rules = |key: &str, peers: &str| {
            let rules = list(&spec[key]).iter();
            rules.map(|rule| Rule::read(rule, peers, object.namespace(), ends, cilium)).collect()
        };
        Self {
            ingress: is_ingress.then(|| rules("ingress", "from")),
            egress: is_egress.then(|| rules("egress", "to")),
            selected,
            named: named(spec),
        }
    }
}

/// The kind of the policies of Cilium.
pub(crate) const CILIUM: &str = "CiliumNetworkPolicy";

impl Policy {
    fn of_cilium(object: &Object, ends: &[End]) -> Self {
        let spec = object.spec();
        let own = |selector: &Value, end: &End| of_cilium(selector, end, object.namespace());
        let selected =
            ends.iter().map(|end| end.namespace == object.namespace() && own(&spec["endpointSelector"], end));
        let rules = |way: &str, key: &str| {
            let rules = list(&spec[key]);
            let read = |rule| Rule::of_cilium(rule, way, object.namespace(), ends);
            (!rules.is_empty()).then(|| rules.iter().map(read).collect())
        };
        Self {
            ingress: rules("from", "ingress"),
            egress: rules("to", "egress"),
            selected: selected.collect(),
            named: named(spec),
        }
    }
}

/// Whether a selector of Cilium matches a pod: of the namespace that it names, or of the policy's.
fn of_cilium(selector: &Value, end: &End, namespace: &str) -> bool {
    const NAMESPACE: &str = "io.kubernetes.pod.namespace";
    let labels = super::cluster::pairs(&selector["matchLabels"]);
    let labels: BTreeMap<&str, &Value> =
        labels.map(|(key, value)| (key.strip_prefix("k8s:").unwrap_or(key), value)).collect();
    assert!(selector["matchExpressions"].is_null(), "expressions of Cilium are not read: {selector}");
    let there = labels.get(NAMESPACE).map_or(namespace, |name| text(name));
    let labels = labels.iter().filter(|(key, _)| **key != NAMESPACE);
    end.is_pod() && end.namespace == there && labels.clone().all(|(key, value)| end.labels[*key] == **value)
}

/// Whether a name, or a pattern of names, is that of an end.
fn is_name(name: &Value, end: &End) -> bool {
    let host = &end.host;
    if let Some(name) = name["matchName"].as_str() {
        return !host.is_empty() && name.trim_end_matches('.').eq_ignore_ascii_case(host);
    }
    let pattern = text(&name["matchPattern"]).to_lowercase();
    assert!(!pattern.is_empty() && !pattern.contains("**"), "a pattern that is not read: {name}");
    if pattern == "*" {
        return !host.is_empty();
    }
    let pattern = pattern.replace('.', "[.]").replace('*', "[-a-z0-9_]*");
    let pattern = regex_lite::Regex::new(&format!("^{pattern}$")).expect("a pattern");
    pattern.is_match(host)
}

/// The ports of a rule, in either kind of policy.
fn ports_of(rule: &Value) -> impl Iterator<Item = &Value> {
    list(&rule["ports"]).iter().chain(list(&rule["toPorts"]).iter().flat_map(|ports| list(&ports["ports"])))
}

/// The number of a port, which Cilium writes as text; none for every port.
fn number(port: &Value) -> Option<u64> {
    let number = port.as_u64().or_else(|| port.as_str().and_then(|port| port.parse().ok()));
    number.filter(|number| *number > 0)
}

/// The ports that a policy names, the ends of ranges among them.
fn named(spec: &Value) -> BTreeSet<Port> {
    let rules = list(&spec["ingress"]).iter().chain(list(&spec["egress"]));
    let ports = rules.flat_map(ports_of);
    ports
        .flat_map(|port| {
            let protocol = port["protocol"].as_str().unwrap_or("TCP");
            let numbers = ["port", "endPort"].into_iter().filter_map(|key| number(&port[key]));
            numbers.map(|number| Port(protocol.to_owned(), number))
        })
        .collect()
}

impl Rule {
    fn of_cilium(rule: &Value, way: &str, namespace: &str, ends: &[End]) -> Self {
        let part = |name: &str| list(&rule[&format!("{way}{name}")]);
        let within = |range: &Value, address| Cidr::parse(text(range)).is_some_and(|it| it.has(address));
        let is_peer = |end: &End| {
            let address = end.address.filter(|_| end.entity.is_empty());
            part("Endpoints").iter().any(|selector| of_cilium(selector, end, namespace))
                || part("Entities").iter().any(|entity| entity == end.entity)
                || part("CIDR").iter().any(|range| address.is_some_and(|address| within(range, address)))
                || part("FQDNs").iter().any(|name| is_name(name, end))
        };
        let known = ["Endpoints", "Entities", "CIDR", "FQDNs"].map(|name| format!("{way}{name}"));
        let unread = super::cluster::pairs(rule)
            .find(|(key, _)| *key != "toPorts" && !known.iter().any(|it| it == key));
        assert!(unread.is_none(), "a key of Cilium that is not read: {unread:?}");
        // Keys of which one stands there without anything lets nothing pass.
        let peers = known.iter().any(|key| rule[key].is_array()).then(|| ends.iter().map(is_peer).collect());
        let ports: Vec<Ports> = ports_of(rule).map(Ports::read).collect();
        Self { peers, ports: (!ports.is_empty()).then_some(ports) }
    }

    fn read(rule: &Value, key: &str, namespace: &str, ends: &[End], cilium: bool) -> Self {
        let peers = list(&rule[key]);
        let is_one = |end: &End| peers.iter().any(|peer| is_peer(peer, end, namespace, cilium));
        let peers = (!peers.is_empty()).then(|| ends.iter().map(is_one).collect());
        let ports = list(&rule["ports"]);
        let ports = (!ports.is_empty()).then(|| ports.iter().map(Ports::read).collect());
        Self { peers, ports }
    }

    /// Whether it lets a connection to a port of the destination pass.
    fn allows(&self, peer: usize, destination: &End, port: &Port) -> bool {
        self.peers.as_ref().is_none_or(|peers| peers[peer])
            && self.ports.as_ref().is_none_or(|ports| ports.iter().any(|it| it.has(destination, port)))
    }
}

fn is_peer(peer: &Value, end: &End, namespace: &str, cilium: bool) -> bool {
    if peer["ipBlock"].is_object() {
        let block = &peer["ipBlock"];
        if cilium && !end.entity.is_empty() {
            return false;
        }
        let within =
            |range: &Value, address| Cidr::parse(text(range)).is_some_and(|range| range.has(address));
        return end.address.is_some_and(|address| {
            within(&block["cidr"], address)
                && !list(&block["except"]).iter().any(|part| within(part, address))
        });
    }
    if !end.is_pod() {
        return false;
    }
    let there = match &peer["namespaceSelector"] {
        Value::Null => end.namespace == namespace,
        selector => selects(selector, &end.of_namespace),
    };
    there && (peer["podSelector"].is_null() || selects(&peer["podSelector"], &end.labels))
}

impl Ports {
    fn read(port: &Value) -> Self {
        let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
        let first = number(&port["port"]);
        let numbers = first.map(|first| (first, number(&port["endPort"]).unwrap_or(first)));
        let name = port["port"].as_str().filter(|port| port.parse::<u64>().is_err());
        Self { protocol, numbers, name: name.map(str::to_owned) }
    }

    fn has(&self, destination: &End, port: &Port) -> bool {
        if let Some(name) = &self.name {
            return destination.named.get(name).is_some_and(|(number, protocol)| {
                *protocol == self.protocol && *port == Port(protocol.clone(), *number)
            });
        }
        port.0 == self.protocol && self.numbers.is_none_or(|(first, last)| (first..=last).contains(&port.1))
    }
}

/// A port that no policy and no container names: what is open there is open everywhere.
pub(crate) const ANY: u64 = 4;

/// What policies let pass, one side at a time: where both are narrow, what one of them opens too far is hidden by the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sides {
    /// From our pods, by their egress.
    pub(crate) out: BTreeSet<Passage>,
    /// To our pods, by their ingress.
    pub(crate) into: BTreeSet<Passage>,
}

/// The policies of a cluster, of either kind.
pub(crate) fn of_network(cluster: &Cluster) -> impl Iterator<Item = &Object> {
    cluster.objects.iter().filter(|object| is_of_network(object))
}

/// Whether an object is a policy of the network.
pub(crate) fn is_of_network(object: &Object) -> bool {
    matches!(object.kind(), "NetworkPolicy" | CILIUM)
}

/// The policies of a cluster, read against its pods and what is beside them.
pub(crate) struct Reach {
    pub(crate) ends: Vec<End>,
    /// Whether Cilium is the network plug-in: it has policies.
    cilium: bool,
    policies: Vec<Policy>,
    pub(crate) sides: Sides,
}

/// What an end may do in one direction.
struct Isolated<'a> {
    /// `None` where no policy isolates it.
    rules: Option<Vec<&'a Rule>>,
    /// Ports that its policies name.
    named: BTreeSet<&'a Port>,
}

impl Isolated<'_> {
    fn allows(&self, peer: usize, destination: &End, port: &Port) -> bool {
        self.rules.as_ref().is_none_or(|rules| rules.iter().any(|rule| rule.allows(peer, destination, port)))
    }
}

impl Reach {
    pub(crate) fn of(cluster: &Cluster, beside: Vec<End>) -> Self {
        let ends = ends(cluster, beside);
        let cilium = cluster.of(CILIUM).next().is_some();
        let policies = of_network(cluster).map(|object| Policy::read(object, &ends, cilium)).collect();
        let mut reach = Self { ends, cilium, policies, sides: Sides::default() };
        reach.sides = reach.read(&|_| true);
        reach
    }

    /// Whether one side of a connection lets it pass: the egress of its source, or the ingress of its destination.
    pub(crate) fn lets(&self, egress: bool, (from, to, port): &Passage) -> bool {
        let (end, peer) = if egress { (*from, *to) } else { (*to, *from) };
        self.isolated(end, egress).allows(peer, &self.ends[*to], port)
    }

    /// What passes on both sides.
    pub(crate) fn passages(&self) -> BTreeSet<Passage> {
        let Sides { out, into } = &self.sides;
        let both = out.iter().filter(|passage| !self.ends[passage.1].ours || into.contains(*passage));
        both.chain(into.iter().filter(|passage| !self.ends[passage.0].ours)).cloned().collect()
    }

    fn isolated(&self, end: usize, egress: bool) -> Isolated<'_> {
        let mut isolated = Isolated { rules: None, named: BTreeSet::new() };
        for policy in self.policies.iter().filter(|policy| policy.selected[end]) {
            let Some(rules) = (if egress { &policy.egress } else { &policy.ingress }) else { continue };
            isolated.rules.get_or_insert_default().extend(rules);
            isolated.named.extend(&policy.named);
        }
        isolated
    }

    /// The sides of connections of which one end is asked for.
    fn read(&self, asked: &dyn Fn(usize) -> bool) -> Sides {
        let out: Vec<_> = (0..self.ends.len()).map(|end| self.isolated(end, true)).collect();
        let into: Vec<_> = (0..self.ends.len()).map(|end| self.isolated(end, false)).collect();
        let any: Vec<Port> = ["TCP", "UDP", "SCTP"].map(|protocol| Port(protocol.to_owned(), ANY)).into();
        let mut sides = Sides::default();
        for (from, source) in self.ends.iter().enumerate() {
            for (to, destination) in self.ends.iter().enumerate() {
                if !(source.ours || destination.ours) || !(asked(from) || asked(to)) {
                    continue;
                }
                let named = out[from].named.iter().chain(&into[to].named).copied();
                let probed: BTreeSet<&Port> = destination.ports.iter().chain(&any).chain(named).collect();
                for port in probed {
                    if source.ours && out[from].allows(to, destination, port) {
                        sides.out.insert((from, to, port.clone()));
                    }
                    if destination.ours && into[to].allows(from, destination, port) {
                        sides.into.insert((from, to, port.clone()));
                    }
                }
            }
        }
        sides
    }

    /// What passes when one policy is another, or gone.
    pub(crate) fn with(&mut self, at: usize, other: Option<&Object>) -> Sides {
        let nothing = || Policy {
            ingress: None,
            egress: None,
            selected: vec![false; self.ends.len()],
            named: BTreeSet::new(),
        };
        let mut other = other.map_or_else(nothing, |object| Policy::read(object, &self.ends, self.cilium));
        // Both are asked at the same ports.
        other.named.extend(self.policies[at].named.iter().cloned());
        let old = std::mem::replace(&mut self.policies[at], other);
        let touched: Vec<bool> =
            old.selected.iter().zip(&self.policies[at].selected).map(|(a, b)| *a || *b).collect();
        let untouched = |passages: &BTreeSet<Passage>| -> BTreeSet<Passage> {
            passages.iter().filter(|(from, to, _)| !touched[*from] && !touched[*to]).cloned().collect()
        };
        let mut sides = self.read(&|end| touched[end]);
        sides.out.extend(untouched(&self.sides.out));
        sides.into.extend(untouched(&self.sides.into));
        self.policies[at] = old;
        sides
    }

    /// A passage in words.
    pub(crate) fn words(&self, (from, to, port): &Passage) -> String {
        let number = if port.1 == ANY { "any other port".to_owned() } else { port.1.to_string() };
        format!("{} to {} {}/{number}", self.ends[*from].name, self.ends[*to].name, port.0)
    }
}

/// Each of our namespaces denies what no other policy allows, in both directions.
pub(crate) fn denied(cluster: &Cluster) -> Vec<String> {
    let denies = |policy: &Object| {
        let spec = policy.spec();
        spec["podSelector"].as_object().is_some_and(serde_json::Map::is_empty)
            && ["Ingress", "Egress"].iter().all(|kind| list(&spec["policyTypes"]).iter().any(|it| it == kind))
            && list(&spec["ingress"]).is_empty()
            && list(&spec["egress"]).is_empty()
    };
    let open = cluster.of("Namespace").filter(|namespace| {
        !cluster.of("NetworkPolicy").any(|policy| policy.namespace() == namespace.name() && denies(policy))
    });
    open.map(|namespace| format!("{}: nothing is denied by default", namespace.place())).collect()
}
