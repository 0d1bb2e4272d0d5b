//! A platform as a picture: its services in their groups, with their networks and ports, who connects to whom, and what is
//! open to the outside.
//!
//! [`Graph`] is what a picture shows, whatever draws it: `dot`, `mermaid` or `svg`. It holds nothing of a format; each of
//! them makes texts of the source harmless in its own way.

mod dot;
mod layout;
mod mermaid;
mod reduce;
mod svg;

use std::collections::BTreeMap;

pub use dot::dot;
pub use mermaid::{mermaid, shown as mermaid_shows};
pub use svg::{Theme, svg};

use crate::platform::{Cause, EdgeEnd, OutsideId, OutsideKind, Platform, Service, ServiceId};

/// What a picture shows.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// What it is called.
    pub title: String,
    /// What the picture says of itself: that it shows groups in the place of services.
    pub note: String,
    /// The headings of groups that have nodes, in the order of the source.
    pub groups: Vec<String>,
    /// The networks, in the order of the source.
    pub networks: Vec<Network>,
    /// What stands in it: services in the order of the source, outsides behind them.
    pub nodes: Vec<Node>,
    /// Who connects to whom, each pair once.
    pub edges: Vec<Edge>,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// What it is called.
    pub name: String,
    /// Whether it has no way out.
    pub internal: bool,
}

/// Something in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// The group, an index into [`Graph::groups`].
    pub group: Option<usize>,
    /// The numbers of its ports.
    pub ports: Vec<u16>,
    /// Its networks, indexes into [`Graph::networks`].
    pub networks: Vec<usize>,
    /// Whether the internet may come in.
    pub public: bool,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// A service that keeps running.
    Service,
    /// A service that ends by itself.
    Job,
    /// Something external.
    Outside,
    /// Several services as one.
    Group,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The node that starts it, an index.
    pub from: usize,
    /// The node that it reaches, an index.
    pub to: usize,
    /// The ports that it reaches; none where no port is named.
    pub ports: Vec<u16>,
    /// The network that carries it, an index.
    pub network: Option<usize>,
    /// What it is.
    pub kind: EdgeKind,
}

/// What a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Between services.
    Inside,
    /// A scrape of metrics.
    Scrape,
    /// From outside.
    In,
    /// To the outside.
    Out,
}

impl Graph {
    /// The picture of a platform. Scrapes lead from one service to nearly all others: they are part of it where they are
    /// asked for.
    #[must_use]
    pub fn of(platform: &Platform, scrapes: bool) -> Self {
        let mut graph = Self { title: platform.name.clone(), ..Self::default() };
        graph.networks = platform
            .networks
            .iter()
            .map(|network| Network { name: network.name.clone(), internal: network.internal })
            .collect();
        let places = graph.services(platform);
        let mut ends = Ends { graph, outsides: BTreeMap::new(), edges: BTreeMap::new() };
        ends.published(platform, &places);
        ends.connections(platform, &places, scrapes);
        ends.finish()
    }

    /// Adds the services that run, and says where each is.
    fn services(&mut self, platform: &Platform) -> BTreeMap<ServiceId, usize> {
        let mut groups = BTreeMap::new();
        let mut places = BTreeMap::new();
        let in_order = platform.groups.iter().enumerate();
        let used = |at: usize| {
            platform
                .services
                .iter()
                .any(|service| service.runs() && service.group.is_some_and(|it| it.0 == at))
        };
        for (at, group) in in_order.filter(|(at, _)| used(*at)) {
            groups.insert(at, self.groups.len());
            self.groups.push(group.title.clone());
        }
        for service in platform.services.iter().filter(|service| service.runs()) {
            places.insert(service.id, self.nodes.len());
            self.nodes.push(node(platform, service, &groups));
        }
        places
    }
}

fn node(platform: &Platform, service: &Service, groups: &BTreeMap<usize, usize>) -> Node {
    let mut ports: Vec<u16> = service.ports.iter().map(|port| port.number).collect();
    ports.sort_unstable();
    ports.dedup();
    let open = service.ports.iter().filter_map(|port| port.publish.as_ref());
    let mut routed =
        platform.sites.iter().filter(|site| site.served_by.is_none()).flat_map(|site| &site.routes);
    let by_gateway =
        routed.any(|route| route.from.is_none() && route.ports().any(|(to, _, _)| to == service.id));
    Node {
        name: service.name.clone(),
        kind: if service.is_job() { NodeKind::Job } else { NodeKind::Service },
        group: service.group.and_then(|group| groups.get(&group.0).copied()),
        ports,
        networks: service.networks.iter().map(|network| network.0).collect(),
        public: by_gateway
            || open.into_iter().any(|publish| platform[publish.to].kind == OutsideKind::Internet),
    }
}

type Edges = BTreeMap<(usize, usize), Edge>;

/// Adds a connection to the one between the same two. What is more than a scrape is shown as that.
fn join(
    edges: &mut Edges,
    from: usize,
    to: usize,
    port: Option<u16>,
    network: Option<usize>,
    kind: EdgeKind,
) {
    let edge = edges.entry((from, to)).or_insert_with(|| Edge { from, to, ports: Vec::new(), network, kind });
    if kind < edge.kind {
        (edge.kind, edge.network) = (kind, network);
    }
    if let Some(port) = port.filter(|port| !edge.ports.contains(port)) {
        edge.ports.push(port);
        edge.ports.sort_unstable();
    }
}

/// A graph whose edges are being found. What is outside stands in it twice where it comes in and is reached: one node for both
/// would make a circle of every picture.
struct Ends {
    graph: Graph,
    outsides: BTreeMap<(OutsideId, bool), usize>,
    edges: Edges,
}

impl Ends {
    fn outside(&mut self, platform: &Platform, id: OutsideId, comes_in: bool) -> usize {
        let nodes = &mut self.graph.nodes;
        *self.outsides.entry((id, comes_in)).or_insert_with(|| {
            let outside = &platform[id];
            let mut ports: Vec<u16> =
                if comes_in { Vec::new() } else { outside.endpoints.iter().map(|end| end.port).collect() };
            ports.sort_unstable();
            ports.dedup();
            nodes.push(Node {
                name: outside.name.clone(),
                kind: NodeKind::Outside,
                group: None,
                ports,
                networks: Vec::new(),
                public: comes_in && outside.kind == OutsideKind::Internet,
            });
            nodes.len() - 1
        })
    }

    /// Who comes in from outside.
    fn published(&mut self, platform: &Platform, places: &BTreeMap<ServiceId, usize>) {
        for service in &platform.services {
            let Some(to) = places.get(&service.id).copied() else { continue };
            for port in &service.ports {
                if let Some(publish) = &port.publish {
                    let from = self.outside(platform, publish.to, true);
                    join(&mut self.edges, from, to, Some(publish.host_port), None, EdgeKind::In);
                }
            }
        }
        let internet = platform.outsides.iter().position(|outside| outside.kind == OutsideKind::Internet);
        let unproxied = platform.sites.iter().filter(|site| site.served_by.is_none());
        for route in unproxied.flat_map(|site| &site.routes) {
            let who = route.from.or(internet.map(OutsideId));
            for (service, port, _) in route.ports() {
                let (Some(who), Some(to)) = (who, places.get(&service).copied()) else { continue };
                let from = self.outside(platform, who, true);
                let number = platform[service].ports.get(port).map(|port| port.number);
                join(&mut self.edges, from, to, number, None, EdgeKind::In);
            }
        }
    }

    fn connections(&mut self, platform: &Platform, places: &BTreeMap<ServiceId, usize>, scrapes: bool) {
        for edge in &platform.edges {
            let Some(from) = places.get(&edge.from).copied() else { continue };
            let network = edge.network.map(|network| network.0);
            match edge.to {
                EdgeEnd::Service(service, port) => {
                    let Some(to) = places.get(&service).copied().filter(|to| *to != from) else { continue };
                    let scrape = edge.cause == Cause::Scrape;
                    if scrape && !scrapes {
                        continue;
                    }
                    let kind = if scrape { EdgeKind::Scrape } else { EdgeKind::Inside };
                    let number =
                        port.and_then(|port| platform[service].ports.get(port)).map(|port| port.number);
                    join(&mut self.edges, from, to, number, network, kind);
                }
                EdgeEnd::Outside(outside) => {
                    let to = self.outside(platform, outside, false);
                    join(&mut self.edges, from, to, None, None, EdgeKind::Out);
                }
            }
        }
    }

    fn finish(mut self) -> Graph {
        self.graph.edges = self.edges.into_values().collect();
        self.graph
    }
}

/// The numbers of ports as a picture says them: `:9000 :9001`; nothing where there are none.
fn ports(numbers: &[u16]) -> Option<String> {
    let words: Vec<String> = numbers.iter().map(|number| format!(":{number}")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
