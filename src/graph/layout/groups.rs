//! The frames of groups. The library draws them between nodes of its own, of which it looks at those of the last layer alone; where
//! these do not stand in a line, a frame leaves out nodes of its group.

use super::{Layout, Rectangle, Size, Spot};
use crate::graph::Graph;

/// The room between a frame and its nodes: above them is the heading.
const ABOVE: f64 = 20.0;
const BELOW: f64 = 8.0;
const BESIDE: f64 = 14.0;

/// Frames that do not hold their nodes, or touch others, are drawn around their nodes.
pub(super) fn mend(graph: &Graph, layout: &mut Layout) {
    for group in 0..layout.groups.len() {
        if faults_of(graph, layout, group) > 0
            && let Some(around) = around(graph, layout, group)
        {
            layout.groups[group] = around;
        }
    }
}

/// How many nodes, and other frames, are where a frame says otherwise.
pub(super) fn faults(graph: &Graph, layout: &Layout) -> usize {
    (0..layout.groups.len()).map(|group| faults_of(graph, layout, group)).sum()
}

fn faults_of(graph: &Graph, layout: &Layout, group: usize) -> usize {
    let own = &layout.groups[group];
    let nodes =
        graph.nodes.iter().zip(&layout.nodes).filter(|(node, place)| {
            if node.group == Some(group) { !own.holds(place) } else { own.meets(place) }
        });
    let is_empty = |at: usize| graph.nodes.iter().all(|node| node.group != Some(at));
    let frames = layout.groups.iter().enumerate();
    let frames = frames.filter(|(at, other)| *at != group && !is_empty(*at) && own.meets(other));
    nodes.count() + frames.count()
}

/// The frame around the nodes of a group.
fn around(graph: &Graph, layout: &Layout, group: usize) -> Option<Rectangle> {
    let own = graph.nodes.iter().zip(&layout.nodes).filter(|(node, _)| node.group == Some(group));
    let sides = own
        .map(|(_, place)| place.sides())
        .reduce(|all, one| [all[0].min(one[0]), all[1].min(one[1]), all[2].max(one[2]), all[3].max(one[3])]);
    let [left, top, right, bottom] = sides?;
    let [left, top, right, bottom] = [left - BESIDE, top - ABOVE, right + BESIDE, bottom + BELOW];
    Some(Rectangle {
        middle: Spot { x: f64::midpoint(left, right), y: f64::midpoint(top, bottom) },
        size: Size { width: right - left, height: bottom - top },
    })
}

impl Rectangle {
    /// Left, top, right and bottom.
    fn sides(&self) -> [f64; 4] {
        let (x, y) = (self.size.width / 2.0, self.size.height / 2.0);
        [self.middle.x - x, self.middle.y - y, self.middle.x + x, self.middle.y + y]
    }

    fn meets(&self, other: &Self) -> bool {
        let (own, other) = (self.sides(), other.sides());
        own[0] < other[2] && other[0] < own[2] && own[1] < other[3] && other[1] < own[3]
    }

    fn holds(&self, other: &Self) -> bool {
        let (own, other) = (self.sides(), other.sides());
        own[0] <= other[0] && own[1] <= other[1] && own[2] >= other[2] && own[3] >= other[3]
    }
}
