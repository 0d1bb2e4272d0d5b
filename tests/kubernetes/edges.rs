//! The model's own connections against what policies let pass, each side alone: nothing more, and nothing less, but for the
//! connections of a cluster that no source declares.
//!
//! | passes | from | to | because |
//! | --- | --- | --- | --- |
//! | names | every pod | port 53 of the cluster's resolver, and of addresses of the link (169.254.0.0/16) | the resolver of the node has such an address |
//! | nodes | what reaches a service on the node's network, or scrapes the kubelet | its port, at every address where the setting `nodes` is empty | its pods have addresses of nodes |
//! | the internet | what reaches a name | its port, at every public address | a policy knows no names |
//! | kubelets | what scrapes them | their port, at every address where the setting `nodes` is empty | they are processes of the nodes |
//! | the cluster's gateway | pods of its namespace, everybody where none is named | ports that routes of sites without a proxy lead to | it is no pod of the platform |
//! | solvers | the same | port 8089 of pods of cert-manager that answer an authority | they stand in the namespace of the certificate |
//! | the API server | pods with a token | 443 and 6443, everywhere | its address is the cluster's |

use std::collections::BTreeSet;
use std::net::IpAddr;

use infrac::platform::{EdgeEnd, OutsideKind, Platform, Protocol, Role, Service};
use serde_json::json;

use super::cluster::Cluster;
use super::passages::surroundings;
use super::reach::{ANY, End, Passage, Port, Reach};
use super::values::Cidr;

/// The label that says of which service a pod is.
const NAME: &str = "app.kubernetes.io/name";

/// What stands for the gateway of a cluster, and for a pod by which cert-manager proves a name.
const GATEWAY: &str = "the gateway";
const SOLVER: &str = "a solver";

/// What a platform lets pass.
struct Model<'a> {
    platform: &'a Platform,
    /// Services whose pods are handed a token.
    asking: BTreeSet<&'a str>,
    /// The ends of connections, by their places.
    known: Vec<Known<'a>>,
}

/// An end of a connection as the model knows it.
enum Known<'a> {
    /// A pod of a service that policies are about.
    Service(&'a Service),
    /// A pod of a service on the node's network.
    OnNode(&'a Service, IpAddr),
    Resolver,
    /// A pod of the gateway's namespace.
    Gateway,
    /// A pod of cert-manager in our namespace.
    Solver,
    Address(IpAddr),
    Other,
}

impl<'a> Known<'a> {
    fn of(platform: &'a Platform, end: &End) -> Self {
        let service = platform.services.iter().find(|service| service.name == end.label(NAME));
        match (service, end.of_address()) {
            (Some(service), Some(address)) => Self::OnNode(service, address),
            (Some(service), None) if end.is_ours() => Self::Service(service),
            (_, Some(address)) => Self::Address(address),
            _ if end.name == "DNS" => Self::Resolver,
            _ if end.name == GATEWAY => Self::Gateway,
            _ if end.name == SOLVER => Self::Solver,
            _ => Self::Other,
        }
    }

    fn address(&self) -> Option<IpAddr> {
        match self {
            Self::OnNode(_, address) | Self::Address(address) => Some(*address),
            _ => None,
        }
    }
}

impl<'a> Model<'a> {
    fn new(platform: &'a Platform, cluster: &Cluster, reach: &Reach) -> Self {
        let tokens = cluster.pods().filter(|pod| pod.spec()["automountServiceAccountToken"] != false);
        let names: Vec<String> =
            tokens.map(|pod| super::cluster::text(&pod.labels()[NAME]).to_owned()).collect();
        let asking = platform.services.iter().map(|service| service.name.as_str());
        Self {
            platform,
            asking: asking.filter(|name| names.iter().any(|it| it == name)).collect(),
            known: reach.ends.iter().map(|end| Known::of(platform, end)).collect(),
        }
    }

    /// The ports by which the model leads from one service to another.
    fn ports(&self, from: &Service, to: &Service) -> BTreeSet<Port> {
        let edges = self.platform.edges.iter().filter(|edge| edge.from == from.id);
        edges
            .filter_map(|edge| match edge.to {
                EdgeEnd::Service(id, port) if id == to.id => Some(port),
                _ => None,
            })
            .flat_map(|port| match port {
                Some(port) => vec![port_of(to, port)],
                None => (0..to.ports.len()).map(|port| port_of(to, port)).collect(),
            })
            .collect()
    }

    /// Ports of services on the node that a service reaches, or that reach it.
    fn of_nodes(&self, service: &Service, outward: bool) -> BTreeSet<Port> {
        let kubelet = |it: &Service| outward && it.role == Some(Role::Kubelet);
        let on_node = self.platform.services.iter().filter(|it| is_on_node(it) || kubelet(it));
        on_node
            .flat_map(|it| if outward { self.ports(service, it) } else { self.ports(it, service) })
            .collect()
    }

    /// Whether the nodes have an address, as far as the source says it.
    fn is_node(&self, address: IpAddr) -> bool {
        let nodes = &self.platform.settings.kubernetes.nodes;
        nodes.is_empty()
            || nodes.iter().any(|range| Cidr::parse(range).is_some_and(|range| range.has(address)))
    }

    /// Whether a service may reach an address.
    fn reaches(&self, from: &Service, address: IpAddr, port: &Port) -> bool {
        if self.is_node(address) && self.of_nodes(from, true).contains(port) {
            return true;
        }
        let edges = self.platform.edges.iter().filter(|edge| edge.from == from.id);
        edges.filter_map(|edge| if let EdgeEnd::Outside(id) = edge.to { Some(id) } else { None }).any(|id| {
            let outside = &self.platform[id];
            let within =
                || outside.ranges.iter().any(|range| Cidr::parse(range).is_some_and(|it| it.has(address)));
            match outside.kind {
                OutsideKind::Internet => is_public(address),
                OutsideKind::Localhost => self.is_node(address),
                OutsideKind::Declared if outside.endpoints.is_empty() => within(),
                OutsideKind::Declared => outside.endpoints.iter().any(|endpoint| {
                    let host = endpoint.host.trim_matches(['[', ']']).parse::<IpAddr>();
                    *port == Port("TCP".to_owned(), endpoint.port.into())
                        && host.map_or_else(|_| is_public(address) || within(), |host| host == address)
                }),
            }
        })
    }

    /// Whether a service lets a port be reached from outside.
    fn publishes(&self, to: &Service, from: Option<IpAddr>, port: &Port) -> bool {
        to.ports.iter().enumerate().filter(|(at, _)| port_of(to, *at) == *port).any(|(_, it)| {
            it.publish.as_ref().is_some_and(|publish| {
                let outside = &self.platform[publish.to];
                match outside.kind {
                    OutsideKind::Internet => true,
                    OutsideKind::Localhost => false,
                    OutsideKind::Declared => from.is_some_and(|from| {
                        outside.ranges.iter().any(|range| Cidr::parse(range).is_some_and(|it| it.has(from)))
                    }),
                }
            })
        })
    }

    /// Whether one side of a connection is to be open.
    fn lets(&self, egress: bool, passage: &Passage) -> bool {
        if egress { self.lets_out(passage) } else { self.lets_in(passage) }
    }

    fn lets_out(&self, (from, to, port): &Passage) -> bool {
        let (source, destination) = (&self.known[*from], &self.known[*to]);
        let resolver = matches!(destination, Known::Resolver) || destination.address().is_some_and(is_link);
        if resolver && port.1 == 53 && port.0 != "SCTP" {
            return true;
        }
        let Known::Service(source) = source else { return false };
        if self.asking.contains(source.name.as_str()) && port.0 == "TCP" && matches!(port.1, 443 | 6443) {
            return true;
        }
        let declared = match destination {
            Known::Service(destination) | Known::OnNode(destination, _) => {
                self.ports(source, destination).contains(port)
            }
            _ => false,
        };
        declared || destination.address().is_some_and(|address| self.reaches(source, address, port))
    }

    /// Whether the gateway of the cluster may be where something comes from.
    fn is_gateway(&self, source: &Known<'_>) -> bool {
        let gateway = self.platform.settings.kubernetes.gateway.as_ref();
        gateway.is_some_and(|gateway| gateway.namespace.is_none() || matches!(source, Known::Gateway))
    }

    fn lets_in(&self, (from, to, port): &Passage) -> bool {
        let source = &self.known[*from];
        if matches!(self.known[*to], Known::Solver) {
            let mut sites = self.platform.behind_gateway();
            let asked = sites.any(|site| site.tls.as_ref().is_some_and(|tls| tls.issuer.acme().is_some()));
            return asked && *port == Port("TCP".to_owned(), 8089) && self.is_gateway(source);
        }
        let Known::Service(destination) = &self.known[*to] else { return false };
        let routes = self.platform.behind_gateway().flat_map(|site| &site.routes);
        let mut led = routes.flat_map(infrac::platform::Route::ports);
        if self.is_gateway(source)
            && led.any(|(service, at, _)| service == destination.id && port_of(destination, at) == *port)
        {
            return true;
        }
        if self.publishes(destination, source.address(), port) {
            return true;
        }
        match source {
            Known::Service(source) => self.ports(source, destination).contains(port),
            _ => {
                source.address().is_some_and(|address| self.is_node(address))
                    && self.of_nodes(destination, false).contains(port)
            }
        }
    }
}

fn port_of(service: &Service, port: usize) -> Port {
    let port = &service.ports[port];
    Port(if port.protocol == Protocol::Udp { "UDP" } else { "TCP" }.to_owned(), port.number.into())
}

/// The kubelet is a process of the node.
fn is_on_node(service: &Service) -> bool {
    service.role == Some(Role::Kubelet) || service.exception(|security| security.host_network)
}

fn is_link(address: IpAddr) -> bool {
    Cidr::parse("169.254.0.0/16").is_some_and(|range| range.has(address))
}

/// Whether an address is one of the internet: of none of the ranges that are private, of a link, or of the host itself.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            let shared = it.octets()[0] == 100 && (64..128).contains(&it.octets()[1]);
            !(it.is_private() || it.is_link_local() || it.is_loopback() || shared)
        }
        IpAddr::V6(it) => !(it.is_unique_local() || it.is_unicast_link_local()),
    }
}

/// A platform's policies read against its surroundings.
pub(crate) fn reach(platform: &Platform, cluster: &Cluster) -> Reach {
    Reach::of(cluster, beside(platform, cluster))
}

/// What is beside the pods of a platform: addresses of each of its outsides, and one next to each, among them.
pub(crate) fn beside(platform: &Platform, cluster: &Cluster) -> Vec<End> {
    let nodes = platform.settings.kubernetes.nodes.first();
    let node = nodes.and_then(|range| range.split('/').next()).unwrap_or("192.168.0.5");
    let mut beside = surroundings(cluster, node);
    if let Some(gateway) = &platform.settings.kubernetes.gateway {
        let name = gateway.namespace.as_deref().unwrap_or("gateway");
        let labels = json!({ "kubernetes.io/metadata.name": name });
        beside.push(End::pod(GATEWAY, name, labels, json!({ "app": "gateway" })));
        for namespace in cluster.of("Namespace").filter(|it| it.name() == platform.namespace()) {
            let labels = super::selectors::with_name(namespace);
            let solver = json!({ "acme.cert-manager.io/http01-solver": "true" });
            beside.push(End::pod(SOLVER, namespace.name(), labels, solver).with_port("TCP", 8089).ours());
        }
    }
    for outside in &platform.outsides {
        for (at, range) in outside.ranges.iter().enumerate() {
            let first = range.split('/').next().unwrap_or_default();
            if first.parse::<IpAddr>().is_ok() {
                beside.push(End::address(&format!("{} {at}", outside.name), first));
            }
        }
        for endpoint in &outside.endpoints {
            let host = endpoint.host.trim_matches(['[', ']']);
            if host.parse::<IpAddr>().is_ok() {
                beside.push(End::address(&format!("{} {host}", outside.name), host));
            }
        }
    }
    beside
}

/// Every passage that one of policies and model has alone.
pub(crate) fn compared(platform: &Platform, cluster: &Cluster) -> Vec<String> {
    let reach = reach(platform, cluster);
    let model = Model::new(platform, cluster, &reach);
    let mut complaints = Vec::new();
    for (egress, passages) in [(true, &reach.sides.out), (false, &reach.sides.into)] {
        let side = if egress { "egress" } else { "ingress" };
        for passage in passages.iter().filter(|passage| !model.lets(egress, passage)) {
            complaints.push(format!("{side} lets pass what nothing declares: {}", reach.words(passage)));
        }
        for passage in wanted(platform, &reach, egress).iter().filter(|it| model.lets(egress, it)) {
            if !reach.lets(egress, passage) {
                complaints.push(format!("{side} does not let pass: {}", reach.words(passage)));
            }
        }
    }
    complaints
}

/// Passages that may be the model's: to each end, at the ports that it hears on and at those that the model names.
fn wanted(platform: &Platform, reach: &Reach, egress: bool) -> BTreeSet<Passage> {
    let mut named: BTreeSet<Port> = [("UDP", 53), ("TCP", 53), ("TCP", 443), ("TCP", 6443), ("TCP", ANY)]
        .map(|(protocol, number)| Port(protocol.to_owned(), number))
        .into();
    let kubelets = platform.services.iter().filter(|service| service.role == Some(Role::Kubelet));
    let ports = kubelets.flat_map(|service| &service.ports);
    named.extend(ports.map(|port| Port("TCP".to_owned(), port.number.into())));
    let endpoints = platform.outsides.iter().flat_map(|outside| &outside.endpoints);
    named.extend(endpoints.map(|endpoint| Port("TCP".to_owned(), endpoint.port.into())));
    let mut wanted = BTreeSet::new();
    for (from, source) in reach.ends.iter().enumerate() {
        for (to, destination) in reach.ends.iter().enumerate() {
            if if egress { source.is_ours() } else { destination.is_ours() } {
                let ports = destination
                    .heard()
                    .iter()
                    .chain(if destination.is_ours() { None } else { Some(&named) }.into_iter().flatten());
                wanted.extend(ports.map(|port| (from, to, port.clone())));
            }
        }
    }
    wanted
}
