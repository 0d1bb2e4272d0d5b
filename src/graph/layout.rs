//! Where everything stands: the layered drawing of `dagre`, a port of the library of that name (`@dagrejs/dagre`).

mod cost;
mod crossings;
mod groups;
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

/// Whether a graph can be laid out in about a second.
pub(super) fn fits(graph: &Graph) -> bool {
    cost::parts(graph) <= MOST_PARTS
}

/// Lays a graph out, from left to right. What the library makes of it depends on the order in which it is given things. So it is given
/// them in several orders, and the drawing with the fewest crossings is taken, of those whose frames hold what they should: first as they stand, then as the best order so far
/// with a few things moved, which leads on from what was found.
pub(super) fn layout(graph: &Graph, nodes: &[Size], labels: &[Size]) -> Layout {
    let parts = cost::parts(graph).max(1);
    let tries = (WORK / parts).clamp(1, MOST_TRIES);
    let mut dice = Dice(5);
    let mut best: Option<Try> = None;
    for at in 0..tries {
        let order = match &best {
            Some(best) if at >= FIRST.len() && !best.crossings.is_empty() => {
                best.order.moved(graph, &best.crossings, &mut dice)
            }
            _ => Order::of(graph, FIRST[at % FIRST.len()]),
        };
        let layout = drawn(graph, nodes, labels, &order);
        let crossings = crossings::find(graph, &layout.edges);
        let faults = groups::faults(graph, &layout);
        // One that is as good leads elsewhere, and may lead further.
        let done = crossings.is_empty() && faults == 0;
        let cost = (faults, crossings.len());
        if best.as_ref().is_none_or(|best| cost <= (best.faults, best.crossings.len())) {
            best = Some(Try { faults, crossings, order, layout });
        }
        if done {
            break;
        }
    }
    best.map(|best| best.layout).unwrap_or_default()
}

/// The most parts of a drawing: one of so many takes about a second.
const MOST_PARTS: usize = 2_500;

/// How many parts are laid out at most, all tries together.
const WORK: usize = 18_000;

const MOST_TRIES: usize = 80;

struct Try {
    /// What lies in a frame or out of it against its group.
    faults: usize,
    /// The edges that cross, two by two.
    crossings: Vec<(usize, usize)>,
    order: Order,
    layout: Layout,
}

/// How the library puts nodes into layers, and whether it keeps the first of drawings that are equally good.
type Manner = (Ranker, bool);

const FIRST: [Manner; 4] = [
    (Ranker::NetworkSimplex, false),
    (Ranker::NetworkSimplex, true),
    (Ranker::TightTree, false),
    (Ranker::LongestPath, false),
];

/// In which order, and how, the library is given things.
#[derive(Clone)]
struct Order {
    manner: Manner,
    groups: Vec<usize>,
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

impl Order {
    fn of(graph: &Graph, manner: Manner) -> Self {
        Self {
            manner,
            groups: (0..graph.groups.len()).collect(),
            nodes: (0..graph.nodes.len()).collect(),
            edges: (0..graph.edges.len()).collect(),
        }
    }

    /// The same with a few things in other places: most of them take part in a crossing.
    fn moved(&self, graph: &Graph, crossings: &[(usize, usize)], dice: &mut Dice) -> Self {
        let mut order = self.clone();
        for _ in 0..=dice.below(3) {
            let (one, other) = crossings[dice.below(crossings.len())];
            let edge = if dice.below(2) == 0 { one } else { other };
            let (from, to) = (graph.edges[edge].from, graph.edges[edge].to);
            let node = if dice.below(2) == 0 { from } else { to };
            match (dice.below(6), graph.nodes[node].group) {
                (0, Some(group)) => dice.place(&mut order.groups, group),
                (1, _) => dice.place(&mut order.edges, edge),
                (2, _) => {
                    let any = dice.below(graph.nodes.len());
                    dice.place(&mut order.nodes, any);
                }
                _ => dice.place(&mut order.nodes, node),
            }
        }
        order
    }
}

/// Numbers that look like chance, the same each time (splitmix64, by Sebastiano Vigna).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap_or_default()
    }

    /// Puts a thing somewhere else among all.
    fn place(&mut self, things: &mut Vec<usize>, thing: usize) {
        things.retain(|it| *it != thing);
        things.insert(self.below(things.len() + 1), thing);
    }
}

/// The room between layers, of which one half is before labels and one behind. It grows with the lines that climb there, so that
/// they differ.
const NARROW: f64 = 40.0;
const EACH: f64 = 3.5;
const WIDE: f64 = 260.0;

fn drawn(graph: &Graph, nodes: &[Size], labels: &[Size], order: &Order) -> Layout {
    #[expect(clippy::cast_precision_loss, reason = "a count of edges")]
    let between = cost::between(graph) as f64;
    let mut layered: Layered<NodeLabel, EdgeLabel> =
        Layered::with_options(GraphOptions { directed: true, multigraph: false, compound: true });
    for at in &order.groups {
        layered.set_node(group(*at), Some(NodeLabel::default()));
    }
    for &at in &order.nodes {
        let size = nodes[at];
        let height = size.height + 2.0 * AROUND;
        layered.set_node(node(at), Some(NodeLabel { width: size.width, height, ..NodeLabel::default() }));
        if let Some(of) = graph.nodes[at].group {
            layered.set_parent(&node(at), Some(&group(of)));
        }
    }
    for &at in &order.edges {
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
        ranker: order.manner.0,
        tie_keep_first: order.manner.1,
        nodesep: 6.0,
        edgesep: 12.0,
        ranksep: (NARROW + EACH * between).min(WIDE),
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
    groups::mend(graph, &mut layout);
    layout.edges = route::lines(graph, &layout, &routes, labels);
    layout
}
