//! Where everything stands: the layered drawing of `dagre`, a port of the library of that name (`@dagrejs/dagre`).

mod crossings;
mod route;

use dagre::graph::{Graph as Layered, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, GraphLabel, LayoutOptions, NodeLabel, RankDir, Ranker};

use super::Graph;

/// A width and a height, in pixels.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A place, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A rectangle around a middle.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rectangle {
    pub(super) middle: Spot,
    pub(super) size: Size,
}

/// A drawing.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) size: Size,
    /// One a node.
    pub(super) nodes: Vec<Rectangle>,
    /// One a group; nothing where it has no nodes.
    pub(super) groups: Vec<Rectangle>,
    /// One an edge: the ends of the level pieces that it consists of, two a piece; slopes lead from one to the next.
    pub(super) edges: Vec<Vec<Spot>>,
    /// One an edge: the middle of its label.
    pub(super) labels: Vec<Spot>,
}

/// The room above and below each node, so that a group's heading has a line of its own.
const AROUND: f64 = 13.0;

/// Lays a graph out, from left to right. What the library makes of it depends on the order in which it hears of things, so it is
/// asked in several orders, and the drawing with the fewest crossings is taken: the first of those that are equal.
pub(super) fn layout(graph: &Graph, nodes: &[Size], labels: &[Size]) -> Layout {
    let tries = (WORK / graph.edges.len().max(1)).clamp(1, MOST_TRIES);
    let mut orders = Orders(0);
    let mut best: Option<(usize, Layout)> = None;
    for at in 0..tries {
        let found = drawn(graph, nodes, labels, at, &mut orders);
        let crossings = crossings::count(graph, &found.edges);
        let better = best.as_ref().is_none_or(|(least, _)| crossings < *least);
        if better {
            best = Some((crossings, found));
        }
        if crossings == 0 {
            break;
        }
    }
    best.map(|(_, layout)| layout).unwrap_or_default()
}

/// How many edges are laid out at most, all tries together: a picture of many is asked for in fewer orders.
const WORK: usize = 1_500;

const MOST_TRIES: usize = 60;

const RANKERS: [Ranker; 3] = [Ranker::NetworkSimplex, Ranker::TightTree, Ranker::LongestPath];

/// Orders that look shuffled, the same each time (splitmix64, by Sebastiano Vigna).
struct Orders(u64);

impl Orders {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap_or_default()
    }

    /// The numbers below `count`: as they are at first, then shuffled.
    fn of(&mut self, count: usize, shuffled: bool) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        if shuffled {
            for at in (1..count).rev() {
                order.swap(at, self.below(at + 1));
            }
        }
        order
    }
}

fn drawn(graph: &Graph, nodes: &[Size], labels: &[Size], at: usize, orders: &mut Orders) -> Layout {
    let shuffled = at >= 2 * RANKERS.len();
    let mut layered: Layered<NodeLabel, EdgeLabel> =
        Layered::with_options(GraphOptions { directed: true, multigraph: false, compound: true });
    for at in orders.of(graph.groups.len(), shuffled) {
        layered.set_node(group(at), Some(NodeLabel::default()));
    }
    for at in orders.of(nodes.len(), shuffled) {
        let size = nodes[at];
        let height = size.height + 2.0 * AROUND;
        layered.set_node(node(at), Some(NodeLabel { width: size.width, height, ..NodeLabel::default() }));
        if let Some(of) = graph.nodes[at].group {
            layered.set_parent(&node(at), Some(&group(of)));
        }
    }
    for at in orders.of(labels.len(), shuffled) {
        let (edge, size) = (&graph.edges[at], labels[at]);
        let label = EdgeLabel {
            width: size.width,
            height: size.height,
            labelpos: LabelPos::Center,
            ..EdgeLabel::default()
        };
        layered.set_edge(node(edge.from), node(edge.to), Some(label), None);
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        ranker: RANKERS[at % RANKERS.len()],
        tie_keep_first: (at / RANKERS.len()) % 2 == 1,
        nodesep: 6.0,
        edgesep: 12.0,
        ranksep: 52.0,
        marginx: 16.0,
        marginy: 8.0,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut layered, Some(options));
    read(graph, &layered, nodes, labels)
}

fn group(at: usize) -> String {
    format!("g{at}")
}

fn node(at: usize) -> String {
    format!("n{at}")
}

fn read(graph: &Graph, layered: &Layered<NodeLabel, EdgeLabel>, nodes: &[Size], labels: &[Size]) -> Layout {
    let place = |name: String| {
        layered.node(&name).map_or_else(Rectangle::default, |label| Rectangle {
            middle: Spot { x: label.x.unwrap_or_default(), y: label.y.unwrap_or_default() },
            size: Size { width: label.width, height: label.height },
        })
    };
    let mut layout = Layout {
        size: layered
            .graph_label::<GraphLabel>()
            .map_or_else(Size::default, |label| Size { width: label.width, height: label.height }),
        nodes: nodes
            .iter()
            .enumerate()
            .map(|(at, size)| Rectangle { size: *size, ..place(node(at)) })
            .collect(),
        groups: (0..graph.groups.len()).map(|at| place(group(at))).collect(),
        ..Layout::default()
    };
    let mut routes = Vec::with_capacity(graph.edges.len());
    for edge in &graph.edges {
        let label = layered.edge(&node(edge.from), &node(edge.to), None);
        let points = label.map(|label| label.points.as_slice()).unwrap_or_default();
        // The first and the last lie on the borders of the nodes.
        let inner = points.get(1..points.len().saturating_sub(1)).unwrap_or_default();
        routes.push(inner.iter().map(|point| Spot { x: point.x, y: point.y }).collect());
        layout.labels.push(label.map_or_else(Spot::default, |label| Spot {
            x: label.x.unwrap_or_default(),
            y: label.y.unwrap_or_default(),
        }));
    }
    layout.edges = route::lines(graph, &layout, &routes, labels);
    layout
}
