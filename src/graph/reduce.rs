//! The same platform with fewer nodes: what does not fit into a picture stands in it as one of several.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Graph, Node, NodeKind, join};

/// The first that fits: the graph, the graph with a node for each group, or one node for all services.
pub(super) fn fitting(graph: &Graph, fits: impl Fn(&Graph) -> bool) -> Cow<'_, Graph> {
    if fits(graph) {
        return Cow::Borrowed(graph);
    }
    let by_groups = graph.by_groups();
    if by_groups.nodes.len() < graph.nodes.len() && fits(&by_groups) {
        return Cow::Owned(by_groups);
    }
    Cow::Owned(graph.as_one())
}

impl Graph {
    /// The same with a node for each group, and for each service that is in none.
    #[must_use]
    pub fn by_groups(&self) -> Self {
        let keys: Vec<Key> =
            (0..self.nodes.len()).map(|at| self.nodes[at].group.map_or(Key::Node(at), Key::Group)).collect();
        let note = format!("A box for each group: {} are too many for one picture", self.counted());
        self.merged(&keys, note)
    }

    /// The same with one node for all services, one for all that come in, and one for all that services connect to.
    #[must_use]
    pub(super) fn as_one(&self) -> Self {
        let mut comes_in = vec![false; self.nodes.len()];
        for edge in &self.edges {
            comes_in[edge.from] = true;
        }
        let key = |(node, comes_in): (&Node, &bool)| match node.kind {
            NodeKind::Outside if *comes_in => Key::Outsides(true),
            NodeKind::Outside => Key::Outsides(false),
            _ => Key::Services,
        };
        let keys: Vec<Key> = self.nodes.iter().zip(&comes_in).map(key).collect();
        let note = format!("One box for all services: {} are too many for one picture", self.counted());
        self.merged(&keys, note)
    }

    /// How much it holds, in words.
    fn counted(&self) -> String {
        let services = self.nodes.iter().filter(|node| node.kind != NodeKind::Outside).count();
        format!("{services} services with {} connections", self.edges.len())
    }

    /// The same with one node for all that have the same key.
    fn merged(&self, keys: &[Key], note: String) -> Self {
        let mut sizes: BTreeMap<Key, usize> = BTreeMap::new();
        for key in keys {
            *sizes.entry(*key).or_default() += 1;
        }
        let mut graph =
            Self { title: self.title.clone(), note, networks: self.networks.clone(), ..Self::default() };
        let mut places: BTreeMap<Key, usize> = BTreeMap::new();
        let of_node: Vec<usize> = self
            .nodes
            .iter()
            .zip(keys)
            .map(|(node, key)| {
                let place = *places.entry(*key).or_insert_with(|| {
                    graph.nodes.push(self.head(*key, node, sizes[key]));
                    graph.nodes.len() - 1
                });
                let whole = &mut graph.nodes[place];
                whole.public |= node.public;
                whole.networks.extend(&node.networks);
                place
            })
            .collect();
        for node in &mut graph.nodes {
            node.networks.sort_unstable();
            node.networks.dedup();
        }
        let mut edges = BTreeMap::new();
        for edge in &self.edges {
            let (from, to) = (of_node[edge.from], of_node[edge.to]);
            if from != to {
                join(&mut edges, from, to, None, edge.network, edge.kind);
            }
        }
        graph.edges = edges.into_values().collect();
        graph
    }

    /// The node for so many of a key, of which `first` is the first.
    fn head(&self, key: Key, first: &Node, count: usize) -> Node {
        let of = |name: &str, kind| Node {
            name: format!("{name} ({count})"),
            kind,
            group: None,
            ports: Vec::new(),
            networks: Vec::new(),
            public: false,
        };
        match key {
            Key::Node(_) => Node { group: None, ..first.clone() },
            Key::Group(group) => of(&self.groups[group], NodeKind::Group),
            Key::Services => of("services", NodeKind::Group),
            Key::Outsides(_) if count == 1 => first.clone(),
            Key::Outsides(_) => of("outside", NodeKind::Outside),
        }
    }
}

/// What a node is part of in a picture with fewer of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Node(usize),
    Group(usize),
    Services,
    /// Whether they come in.
    Outsides(bool),
}
