//! The model's own connections against what policies let pass, each side alone: nothing more, and nothing less, but for the
//! connections of a cluster that no source declares.
//!
//! | passes | from | to | because |
//! | --- | --- | --- | --- |
//! | names | every pod | the port of the cluster's resolver, of its pod on the node where the setting names no labels, of addresses of the link (169.254.0.0/16) and of those in the setting `dns`, 53 by default | the resolver of the node has such an address |
//! | nodes | what reaches a service on the node's network, or scrapes the kubelet | its port, at every address where the setting `nodes` is empty | its pods have addresses of nodes |
//! | authorities | what orders certificates over ACME | the port of their address, 443 by default, as with every name | what they answer is fetched from there |
//! | the internet | what reaches a name | its port, at every public address | a policy knows no names |
//! | kubelets | what scrapes them | their port, at every address where the setting `nodes` is empty | they are processes of the nodes |
//! | the cluster's gateway | pods of its namespace, everybody where none is named | ports that routes of sites without a proxy lead to | it is no pod of the platform |
//! | solvers | the same | port 8089 of pods of cert-manager that answer an authority | they stand in the namespace of the certificate |
//! | nodes, where Cilium is | the same | its port, of the entities `host` and `remote-node`; at the setting `nodes` as well | Cilium knows nodes, and matches their addresses only where it is set up to |
//! | the internet, where Cilium is | what reaches a name | its port, at that name | its policies know names |
//! | KEDA | pods of its namespace, `keda` by default | the port of the metrics server, where a service is scaled by queries | it runs in a namespace of its own |
//! | probes | a prober that asks for a site | the port of the site's proxy, where it is published and nothing else stands before it; every port of the pods of the gateway's namespace, where that is named | a cluster leads its own requests for a load balancer's address straight to these pods |
//! | copies | pods that take a backup, or bring one back | the ports of the service that its `dump` names, all where it names none; the ports of stores; the addresses of places off the site, as names | they are no pods of the service |
//! | the API server | pods with a token | 443 and 6443, or the ports of the setting `api_server`, at its addresses, everywhere where it is empty | its address is the cluster's |
//! | the API server, where Cilium is | pods with a token | the same ports of the entity `kube-apiserver`; at the setting as well | Cilium knows it |

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use infrac::platform::{
    Backup, Cause, DestinationKind, EdgeEnd, OutsideId, OutsideKind, Platform, Protocol, Role, Service, Site,
    Switch,
};
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

/// What stands for KEDA.
const SCALER: &str = "the scaler";

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
    /// A pod of a service that the cluster runs.
    OfCluster(&'a Service),
    /// A pod of a service on the node's network.
    OnNode(&'a Service, IpAddr),
    /// A pod that takes a backup, or brings one back.
    Copier(&'a Backup, bool),
    Resolver,
    /// A pod of the gateway's namespace.
    Gateway,
    /// A pod of cert-manager in our namespace.
    Solver,
    /// What scales by queries.
    Scaler,
    Address(IpAddr),
    /// What a name leads to.
    Host(&'a str, IpAddr),
    /// What Cilium knows apart from other addresses.
    Entity(&'a str, IpAddr),
    Other,
}

impl<'a> Known<'a> {
    fn of(platform: &'a Platform, end: &'a End) -> Self {
        let service = platform.services.iter().find(|service| service.name == end.label(NAME));
        let of_cluster = |service: &&Service| end.name == of_cluster(service);
        if let Some(service) = platform.services.iter().find(of_cluster) {
            return Self::OfCluster(service);
        }
        let copier = platform.backups.iter().find_map(|backup| {
            let of = |suffix: &str| end.label(NAME) == format!("{}.{suffix}", backup.name);
            (of("backup") || of("restore")).then(|| Self::Copier(backup, of("backup")))
        });
        if let Some(copier) = copier.filter(|_| end.is_ours()) {
            return copier;
        }
        match (service, end.of_address()) {
            (Some(service), Some(address)) => Self::OnNode(service, address),
            (Some(service), None) if end.is_ours() => Self::Service(service),
            (_, Some(address)) if !end.of_host().is_empty() => Self::Host(end.of_host(), address),
            (_, Some(address)) if !end.of_entity().is_empty() => Self::Entity(end.of_entity(), address),
            (_, Some(address)) => Self::Address(address),
            _ if [resolver(platform), OF_NODE].contains(&end.name.as_str()) => Self::Resolver,
            _ if end.name == GATEWAY => Self::Gateway,
            _ if end.name == SCALER => Self::Scaler,
            _ if end.name == SOLVER => Self::Solver,
            _ => Self::Other,
        }
    }

    fn address(&self) -> Option<IpAddr> {
        match self {
            Self::OnNode(_, address)
            | Self::Address(address)
            | Self::Host(_, address)
            | Self::Entity(_, address) => Some(*address),
            _ => None,
        }
    }

    /// Its address, as far as ranges match it: those of Cilium match no nodes and no API server.
    fn in_ranges(&self, cilium: bool) -> Option<IpAddr> {
        match self {
            Self::OnNode(..) | Self::Entity(..) if cilium => None,
            _ => self.address(),
        }
    }

    fn host(&self) -> Option<&'a str> {
        match self {
            Self::Host(host, _) => Some(host),
            _ => None,
        }
    }
}

impl<'a> Model<'a> {
    fn new(platform: &'a Platform, cluster: &Cluster, reach: &'a Reach) -> Self {
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
        // Pods of their own take copies.
        let edges = edges.filter(|edge| edge.cause != Cause::Backup);
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

    fn cilium(&self) -> bool {
        self.platform.settings.kubernetes.cilium
    }

    /// Whether an end is a node, as far as the source or Cilium knows.
    fn is_node(&self, end: &Known<'_>) -> bool {
        let nodes = &self.platform.settings.kubernetes.nodes;
        let by_address = end.in_ranges(self.cilium()).is_some_and(|address| within(nodes, address));
        if self.cilium() {
            return by_address || matches!(end, Known::OnNode(..) | Known::Entity("host" | "remote-node", _));
        }
        by_address || nodes.is_empty() && end.address().is_some()
    }

    /// Whether an address is one of a resolver.
    fn resolves(&self, address: IpAddr) -> bool {
        is_link(address) || within(&self.platform.settings.kubernetes.dns.ranges, address)
    }

    /// Whether an end may be the API server.
    fn is_api(&self, end: &Known<'_>) -> bool {
        let ranges = &self.platform.settings.kubernetes.api_server.ranges;
        let by_address = end.in_ranges(self.cilium()).is_some_and(|address| within(ranges, address));
        if self.cilium() {
            return by_address || matches!(end, Known::Entity("kube-apiserver", _));
        }
        by_address || ranges.is_empty()
    }

    /// Whether a service may reach an end that is no pod.
    fn reaches(&self, from: &Service, end: &Known<'_>, port: &Port) -> bool {
        let node = self.is_node(end);
        if node && self.of_nodes(from, true).contains(port) {
            return true;
        }
        let address = end.in_ranges(self.cilium());
        let edges = self.platform.edges.iter().filter(|edge| edge.from == from.id);
        let edges = edges.filter_map(|edge| match edge.to {
            EdgeEnd::Outside(id) => Some((id, edge.cause == Cause::Certificate)),
            EdgeEnd::Service(..) => None,
        });
        let edges: BTreeSet<(OutsideId, bool)> = edges.collect();
        edges.iter().any(|(id, certificates)| {
            let outside = &self.platform[*id];
            let within = || address.is_some_and(|address| within(&outside.ranges, address));
            match outside.kind {
                OutsideKind::Internet if *certificates => {
                    authorities(self.platform, from).any(|(host, at)| {
                        *port == Port("TCP".to_owned(), at.into())
                            && match host.parse::<IpAddr>() {
                                Ok(host) => address == Some(host),
                                Err(_) if self.cilium() => end.host() == Some(host),
                                Err(_) => address.is_some_and(is_public),
                            }
                    })
                }
                OutsideKind::Internet => address.is_some_and(is_public),
                OutsideKind::Localhost => node,
                OutsideKind::Declared if outside.endpoints.is_empty() => within(),
                OutsideKind::Declared => outside.endpoints.iter().any(|endpoint| {
                    let host = endpoint.host.trim_matches(['[', ']']).parse::<IpAddr>();
                    *port == Port("TCP".to_owned(), endpoint.port.into())
                        && match host {
                            Ok(host) => address == Some(host),
                            // Exactly, where a policy knows names.
                            Err(_) if self.cilium() => {
                                end.host().is_some_and(|host| named(&endpoint.host, host))
                            }
                            Err(_) => address.is_some_and(is_public) || within(),
                        }
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
                    OutsideKind::Declared => from.is_some_and(|from| within(&outside.ranges, from)),
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
        let settings = &self.platform.settings.kubernetes;
        let numbered = |ports: &[u16]| ports.iter().any(|number| u64::from(*number) == port.1);
        let resolver = matches!(destination, Known::Resolver)
            || destination.in_ranges(self.cilium()).is_some_and(|address| self.resolves(address));
        if resolver && numbered(settings.dns_ports()) && port.0 != "SCTP" {
            return true;
        }
        if let Known::Copier(backup, taking) = source {
            return match destination {
                Known::Service(service) => self.copies(backup, *taking, service, port),
                _ => self.copies_off(backup, *taking, destination, port),
            };
        }
        let Known::Service(source) = source else { return false };
        let asks = self.asking.contains(source.name.as_str()) && port.0 == "TCP";
        if asks && numbered(settings.api_ports()) && self.is_api(destination) {
            return true;
        }
        let declared = match destination {
            Known::Service(destination) | Known::OnNode(destination, _) | Known::OfCluster(destination) => {
                self.ports(source, destination).contains(port)
            }
            _ => false,
        };
        let probed = match destination {
            Known::Service(proxy) | Known::OnNode(proxy, _) => self.probes(source, proxy, port),
            Known::Gateway => self.probes_gateway(source),
            _ => false,
        };
        declared || probed || destination.address().is_some() && self.reaches(source, destination, port)
    }

    /// The places that a pod of a backup goes to: where copies are taken, and where one can be fetched.
    fn places(backup: &Backup, taking: bool) -> Vec<&DestinationKind> {
        let lacks = |kind: &DestinationKind| matches!(kind, DestinationKind::Bucket { account: None, .. });
        let switched_on = match backup.upload {
            Some(Switch::Never) => false,
            Some(_) => true,
            None => !backup.to.iter().any(|to| lacks(&to.kind)),
        };
        let kinds = backup.to.iter().map(|to| &to.kind);
        kinds
            .filter(|kind| match kind {
                _ if taking => switched_on,
                DestinationKind::Bucket { reader, .. } => reader.is_some(),
                DestinationKind::Store(_) => true,
            })
            .collect()
    }

    /// Whether a pod of a backup goes to a service: to the one that it is of, or to a store.
    fn copies(&self, backup: &Backup, taking: bool, to: &Service, port: &Port) -> bool {
        let dump = to.dump.as_deref().filter(|dump| to.id == backup.of && (taking || !dump.offline));
        let dumped = dump.is_some_and(|dump| {
            (0..to.ports.len())
                .filter(|at| dump.ports.is_empty() || dump.ports.contains(at))
                .any(|at| port_of(to, at) == *port)
        });
        let http = to.http_port().map(|http| Port("TCP".to_owned(), http.number.into()));
        let stored = Self::places(backup, taking).into_iter().any(|kind| {
            matches!(kind, DestinationKind::Bucket { bucket, .. } if self.platform[*bucket].of == to.id)
        });
        dumped || stored && http.as_ref() == Some(port)
    }

    /// Whether a pod of a backup goes to a place off the site.
    fn copies_off(&self, backup: &Backup, taking: bool, end: &Known<'_>, port: &Port) -> bool {
        Self::places(backup, taking).into_iter().any(|kind| {
            let DestinationKind::Store(id) = kind else { return false };
            let (host, number) = of_url(&self.platform[*id].endpoint);
            let address = end.in_ranges(self.cilium());
            let outsides = self.platform.outsides.iter();
            let mut named = outsides.filter(|it| it.endpoints.iter().any(|it| it.host == host));
            *port == Port("TCP".to_owned(), number)
                && match host.parse::<IpAddr>() {
                    Ok(host) => address == Some(host),
                    Err(_) if self.cilium() => end.host() == Some(host),
                    Err(_) => address.is_some_and(|address| {
                        is_public(address) || named.any(|outside| within(&outside.ranges, address))
                    }),
                }
        })
    }

    /// The sites that a service asks for as their visitors do.
    fn asked_for(&self, prober: &Service) -> impl Iterator<Item = &'a Site> {
        let is_prober = prober.role == Some(Role::Probe) && prober.metrics.is_some();
        let sites = self.platform.sites.iter().filter(move |_| is_prober);
        // Certificates are looked at wherever an authority, or the operator, has to renew them.
        let certificate = |site: &&Site| site.tls.as_ref().is_some_and(|tls| !tls.signs_itself());
        sites.filter(move |site| {
            let answer = site.probe.is_some() && (site.maintenance.is_none() || site.tls.is_some());
            site.host().is_some() && (answer || certificate(site))
        })
    }

    /// Whether a service asks for a site that a proxy serves at a port.
    fn probes(&self, prober: &Service, proxy: &Service, port: &Port) -> bool {
        self.asked_for(prober).filter(|site| site.served_by == Some(proxy.id) && site.trusted.is_empty()).any(
            |site| {
                let entry = if site.tls.is_some() { proxy.https() } else { proxy.http() };
                let published = |entry: &&infrac::platform::Port| {
                    let publish = entry.publish.as_ref();
                    publish.is_some_and(|it| self.platform[it.to].kind != OutsideKind::Localhost)
                };
                entry
                    .filter(published)
                    .is_some_and(|entry| *port == Port("TCP".to_owned(), entry.number.into()))
            },
        )
    }

    /// Whether a service asks for a site that the gateway of the cluster serves, whose pods are known.
    fn probes_gateway(&self, prober: &Service) -> bool {
        let gateway = self.platform.settings.kubernetes.gateway.as_ref();
        let known = gateway.is_some_and(|gateway| gateway.namespace.is_some());
        known && self.asked_for(prober).any(|site| site.served_by.is_none())
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
        let asked =
            self.platform.with_role(Role::Metrics).next().filter(|server| server.id == destination.id);
        let http = asked.and_then(|server| server.http_port()).map(|port| u64::from(port.number));
        if matches!(source, Known::Scaler) && *port == Port("TCP".to_owned(), http.unwrap_or(0)) {
            return true;
        }
        let routes = self.platform.behind_gateway().flat_map(|site| &site.routes);
        let mut led = routes.flat_map(infrac::platform::Route::ports);
        if self.is_gateway(source)
            && led.any(|(service, at, _)| service == destination.id && port_of(destination, at) == *port)
        {
            return true;
        }
        if self.publishes(destination, source.in_ranges(self.cilium()), port) {
            return true;
        }
        match source {
            Known::Copier(backup, taking) => self.copies(backup, *taking, destination, port),
            Known::Service(source) | Known::OfCluster(source) => {
                self.ports(source, destination).contains(port) || self.probes(source, destination, port)
            }
            _ => self.is_node(source) && self.of_nodes(destination, false).contains(port),
        }
    }
}

/// The host and the port of an address of HTTP.
fn of_url(url: &str) -> (&str, u64) {
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let usual = if scheme == "http" { 80 } else { 443 };
    rest.split_once(':').map_or((rest, usual), |(host, port)| (host, port.parse().expect("a number")))
}

fn port_of(service: &Service, port: usize) -> Port {
    let port = &service.ports[port];
    Port(if port.protocol == Protocol::Udp { "UDP" } else { "TCP" }.to_owned(), port.number.into())
}

/// The kubelet is a process of the node.
fn is_on_node(service: &Service) -> bool {
    service.role == Some(Role::Kubelet) || service.exception(|security| security.host_network)
}

/// What the end is called that the cluster runs in the place of a service.
fn of_cluster(service: &Service) -> String {
    format!("the cluster's {}", service.name)
}

/// What the end is called that answers questions for names.
fn resolver(platform: &Platform) -> &'static str {
    let dns = &platform.settings.kubernetes.dns;
    if dns.labels.is_empty() && dns.namespace.is_none() { "DNS" } else { "the resolver of the settings" }
}

/// What the pod is called that answers questions for names on each node, to which some plug-ins lead them.
const OF_NODE: &str = "the pod of the node's resolver";

/// Whether a name is an endpoint's, or one that its pattern stands for.
fn named(pattern: &str, host: &str) -> bool {
    let pattern = pattern.trim_end_matches('.').to_lowercase();
    match pattern.split_once('*') {
        Some((before, after)) => host
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|part| !part.contains('.')),
        None => pattern == host,
    }
}

fn within(ranges: &[String], address: IpAddr) -> bool {
    ranges.iter().any(|range| Cidr::around(range).is_some_and(|range| range.has(address)))
}

fn is_link(address: IpAddr) -> bool {
    Cidr::parse("169.254.0.0/16").is_some_and(|range| range.has(address))
}

/// The authorities that a service orders certificates from.
fn authorities<'a>(platform: &'a Platform, service: &'a Service) -> impl Iterator<Item = (&'a str, u16)> {
    let sites = platform.certificates_of(service).filter_map(|site| site.tls.as_ref());
    sites.filter_map(|tls| tls.issuer.acme()).map(infrac::platform::Acme::endpoint)
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
    let settings = &platform.settings.kubernetes;
    let queries = |service: &Service| service.scale.as_ref().is_some_and(|scale| !scale.on.is_empty());
    if platform.services.iter().any(queries) {
        let namespace = settings.keda.as_deref().unwrap_or("keda");
        let of_namespace = json!({ "kubernetes.io/metadata.name": namespace });
        beside.push(End::pod(SCALER, namespace, of_namespace, json!({ "app": "keda-operator" })));
    }
    if settings.dns.labels.is_empty() {
        let namespace = settings.dns.namespace.as_deref().unwrap_or("kube-system");
        for (name, namespace) in [(OF_NODE, namespace), ("such a pod elsewhere", "foreign")] {
            let of_namespace = json!({ "kubernetes.io/metadata.name": namespace });
            beside.push(End::pod(name, namespace, of_namespace, json!({ "k8s-app": "node-local-dns" })));
        }
    }
    if resolver(platform) != "DNS" {
        let namespace = settings.dns.namespace.as_deref().unwrap_or("kube-system");
        let labels = settings.dns.labels.iter().cloned().collect::<BTreeMap<String, String>>();
        let labels = if labels.is_empty() { json!({ "k8s-app": "kube-dns" }) } else { json!(labels) };
        for (name, namespace) in [(resolver(platform), namespace), ("a resolver elsewhere", "foreign")] {
            let of_namespace = json!({ "kubernetes.io/metadata.name": namespace });
            beside.push(End::pod(name, namespace, of_namespace, labels.clone()));
        }
        let of_namespace = json!({ "kubernetes.io/metadata.name": namespace });
        beside.push(End::pod("beside the resolver", namespace, of_namespace, json!({ "app": "other" })));
    }
    if let Some(operator) = &settings.operator {
        let of_namespace = json!({ "kubernetes.io/metadata.name": operator.namespace });
        for service in platform.services.iter().filter(|service| platform.is_of_cluster(service)) {
            let name = if service.role == Some(Role::Alerts) { "alertmanager" } else { "prometheus" };
            let labels = json!({ "app.kubernetes.io/name": name });
            let end = End::pod(&of_cluster(service), &operator.namespace, of_namespace.clone(), labels);
            beside.push(service.ports.iter().fold(end, |end, port| end.with_port("TCP", port.number.into())));
        }
        let labels = json!({ "app.kubernetes.io/name": "other" });
        beside.push(End::pod("beside the cluster's", &operator.namespace, of_namespace, labels));
    }
    for range in settings.dns.ranges.iter().chain(&settings.api_server.ranges) {
        beside.push(End::address(range, range.split('/').next().unwrap_or_default()));
    }
    for service in &platform.services {
        for (host, _) in authorities(platform, service) {
            if host.parse::<IpAddr>().is_ok() {
                beside.push(End::address(&format!("authority {host}"), host));
            } else if !beside.iter().any(|end| end.of_host() == host) {
                beside.push(End::host(host, "203.0.113.99"));
            }
        }
    }
    for store in platform.backups.iter().flat_map(|backup| &backup.to) {
        let DestinationKind::Store(id) = store.kind else { continue };
        let (host, _) = of_url(&platform[id].endpoint);
        for host in [host.to_owned(), format!("x{host}")] {
            if host.parse::<IpAddr>().is_ok() {
                beside.push(End::address(&host, &host));
            } else if !beside.iter().any(|end| end.of_host() == host) {
                beside.push(End::host(&host, "203.0.113.9"));
                beside.push(End::host(&host, "10.77.1.9"));
            }
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
                continue;
            }
            // Names may lead to private addresses; and names beside them.
            let host = host.trim_end_matches('.').to_lowercase();
            for (at, host) in
                [host.replace('*', "some"), host.replace('*', "a.b"), format!("x{host}")].iter().enumerate()
            {
                let (host, at) = (host.replace('*', "other"), at + 1);
                if !beside.iter().any(|end| end.of_host() == host) {
                    beside.push(End::host(&host, &format!("203.0.113.{at}")));
                    beside.push(End::host(&host, &format!("10.77.1.{at}")));
                }
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
    let settings = &platform.settings.kubernetes;
    named.extend(settings.api_ports().iter().map(|port| Port("TCP".to_owned(), (*port).into())));
    for protocol in ["TCP", "UDP"] {
        let ports = settings.dns_ports().iter();
        named.extend(ports.map(|port| Port(protocol.to_owned(), (*port).into())));
    }
    let kubelets = platform.services.iter().filter(|service| service.role == Some(Role::Kubelet));
    let ports = kubelets.flat_map(|service| &service.ports);
    named.extend(ports.map(|port| Port("TCP".to_owned(), port.number.into())));
    let stores = platform.backups.iter().flat_map(|backup| &backup.to);
    named.extend(stores.filter_map(|to| match to.kind {
        DestinationKind::Store(id) => Some(Port("TCP".to_owned(), of_url(&platform[id].endpoint).1)),
        DestinationKind::Bucket { .. } => None,
    }));
    let endpoints = platform.outsides.iter().flat_map(|outside| &outside.endpoints);
    named.extend(endpoints.map(|endpoint| Port("TCP".to_owned(), endpoint.port.into())));
    let authorities = platform.services.iter().flat_map(|service| authorities(platform, service));
    named.extend(authorities.map(|(_, port)| Port("TCP".to_owned(), port.into())));
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
