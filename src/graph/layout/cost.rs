//! What a layout costs, before it is made.

use crate::graph::Graph;

/// The parts that the layered drawing consists of: nodes, a part for each layer that an edge passes, and two for each layer that a
/// group reaches over. The layers are those of the longest ways, as the library's are or nearly so; its own work grows with these parts.
pub(super) fn parts(graph: &Graph) -> usize {
    let layers = layers(graph);
    let passed = |edge: &crate::graph::Edge| 2 * layers[edge.from].abs_diff(layers[edge.to]);
    let edges: usize = graph.edges.iter().map(passed).sum();
    let mut reach = vec![None::<(usize, usize)>; graph.groups.len()];
    for (node, layer) in graph.nodes.iter().zip(&layers) {
        if let Some(reach) = node.group.and_then(|group| reach.get_mut(group)) {
            let (first, last) = reach.unwrap_or((*layer, *layer));
            *reach = Some((first.min(*layer), last.max(*layer)));
        }
    }
    let groups: usize = reach.iter().flatten().map(|(first, last)| 4 * (last - first) + 2).sum();
    graph.nodes.len() + edges + groups
}

/// How many edges pass from one layer to the next, on average.
pub(super) fn between(graph: &Graph) -> usize {
    let layers = layers(graph);
    let passed = graph.edges.iter().map(|edge| layers[edge.from].abs_diff(layers[edge.to])).sum::<usize>();
    passed / layers.iter().copied().max().unwrap_or_default().max(1)
}

/// The layer of each node, when every edge leads at least one layer on, but for those that close a circle.
fn layers(graph: &Graph) -> Vec<usize> {
    let mut next = vec![Vec::new(); graph.nodes.len()];
    for edge in &graph.edges {
        next[edge.from].push(edge.to);
    }
    // Depth first, without recursion: a node is done behind all that it leads to.
    let mut state = vec![State::New; graph.nodes.len()];
    let mut done = Vec::with_capacity(graph.nodes.len());
    let mut ahead = vec![Vec::new(); graph.nodes.len()];
    for start in 0..graph.nodes.len() {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, at)) = path.last_mut() {
            let Some(to) = next[*node].get(*at).copied() else {
                state[*node] = State::Done;
                done.push(*node);
                path.pop();
                continue;
            };
            *at += 1;
            // What leads back to where the way came from closes a circle, and is laid out the other way round.
            if state[to] != State::Open {
                ahead[*node].push(to);
            }
            if state[to] == State::New {
                state[to] = State::Open;
                path.push((to, 0));
            }
        }
    }
    let mut layers = vec![0; graph.nodes.len()];
    for node in done.into_iter().rev() {
        for to in &ahead[node] {
            layers[*to] = layers[*to].max(layers[node] + 1);
        }
    }
    layers
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}
