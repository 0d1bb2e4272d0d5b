//! The lines of edges. The layout says at which height an edge passes each layer. A line is level as far as anything of that
//! layer reaches, and climbs in the free lanes between layers: so it never runs behind what it has nothing to do with.

use std::collections::BTreeMap;

use super::{Layout, Rectangle, Size, Spot};
use crate::graph::Graph;

/// How far a level piece reaches beyond the widest thing of its layer.
const BEYOND: f64 = 3.0;

/// Room for the tip of an arrow.
const TIP: f64 = 7.0;

/// The part of a node's side that edges share.
const SHARED: f64 = 0.7;

/// One line an edge, as pairs of points.
pub(super) fn lines(graph: &Graph, layout: &Layout, routes: &[Vec<Spot>], labels: &[Size]) -> Vec<Vec<Spot>> {
    let layers = Layers::of(layout, labels);
    let ends = Ends::of(graph, layout, routes);
    let lines = graph.edges.iter().zip(routes).enumerate().map(|(at, (edge, route))| {
        let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to]);
        let next = route.first().map_or(to.middle.x, |spot| spot.x);
        let before = route.last().map_or(from.middle.x, |spot| spot.x);
        let mut line = piece(from, ends.start[at], next, layers.reach(from.middle.x));
        for spot in route {
            let reach = layers.reach(spot.x);
            let way = if next >= from.middle.x { reach } else { -reach };
            line.extend([Spot { x: spot.x - way, ..*spot }, Spot { x: spot.x + way, ..*spot }]);
        }
        let mut last = piece(to, ends.end[at], before, layers.reach(to.middle.x) + TIP);
        last.reverse();
        line.extend(last);
        line
    });
    lines.collect()
}

/// The level piece at a node, from its side to the end of its layer, towards `next`.
fn piece(node: Rectangle, y: f64, next: f64, reach: f64) -> Vec<Spot> {
    let way = if next >= node.middle.x { 1.0 } else { -1.0 };
    let side = node.middle.x + way * node.size.width / 2.0;
    vec![Spot { x: side, y }, Spot { x: node.middle.x + way * reach, y }]
}

/// How far the things of each layer reach to either side of its middle.
struct Layers(BTreeMap<i64, f64>);

impl Layers {
    fn of(layout: &Layout, labels: &[Size]) -> Self {
        let mut reach = BTreeMap::new();
        let nodes = layout.nodes.iter().map(|node| (node.middle.x, node.size.width));
        let labels = layout.labels.iter().zip(labels).map(|(spot, size)| (spot.x, size.width));
        for (x, width) in nodes.chain(labels) {
            let known = reach.entry(key(x)).or_insert(0.0);
            *known = f64::max(*known, width / 2.0);
        }
        Self(reach)
    }

    fn reach(&self, x: f64) -> f64 {
        self.0.get(&key(x)).copied().unwrap_or_default() + BEYOND
    }
}

/// What is on one layer has the same middle, but for what is lost in calculations.
#[expect(clippy::cast_possible_truncation, reason = "a picture is not that large")]
fn key(x: f64) -> i64 {
    x.round() as i64
}

/// An end of an edge at a node: the height that the edge comes from, its number, and whether it starts here.
type End = (f64, usize, bool);

/// The heights at which edges leave and reach their nodes: those of one side share it, in the order in which they come.
struct Ends {
    start: Vec<f64>,
    end: Vec<f64>,
}

impl Ends {
    fn of(graph: &Graph, layout: &Layout, routes: &[Vec<Spot>]) -> Self {
        // By node and side.
        let mut sides: BTreeMap<(usize, bool), Vec<End>> = BTreeMap::new();
        for (at, (edge, route)) in graph.edges.iter().zip(routes).enumerate() {
            let (from, to) = (layout.nodes[edge.from].middle, layout.nodes[edge.to].middle);
            let next = route.first().copied().unwrap_or(to);
            let before = route.last().copied().unwrap_or(from);
            sides.entry((edge.from, next.x >= from.x)).or_default().push((next.y, at, true));
            sides.entry((edge.to, before.x >= to.x)).or_default().push((before.y, at, false));
        }
        let mut ends = Self { start: vec![0.0; routes.len()], end: vec![0.0; routes.len()] };
        for ((node, _), mut edges) in sides {
            edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let Rectangle { middle, size } = layout.nodes[node];
            #[expect(clippy::cast_precision_loss, reason = "a count of edges")]
            let step = size.height * SHARED / edges.len() as f64;
            let mut y = middle.y - size.height * SHARED / 2.0 + step / 2.0;
            for (_, at, starts) in edges {
                if starts {
                    ends.start[at] = y;
                } else {
                    ends.end[at] = y;
                }
                y += step;
            }
        }
        ends
    }
}
