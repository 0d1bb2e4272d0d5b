//! How often lines cross: what makes one drawing better than another.

use super::Spot;
use crate::graph::Graph;

/// A straight piece of a line.
#[derive(Clone, Copy)]
struct Piece {
    from: Spot,
    to: Spot,
    edge: usize,
}

/// The crossings of the lines of a graph. Level pieces and slopes count as straight ones.
pub(super) fn count(graph: &Graph, lines: &[Vec<Spot>]) -> usize {
    let mut pieces: Vec<Piece> = Vec::new();
    for (edge, line) in lines.iter().enumerate() {
        pieces.extend(line.windows(2).map(|pair| Piece { from: pair[0], to: pair[1], edge }));
    }
    // By their left ends, so that each is held against those alone that it reaches.
    let left = |piece: &Piece| piece.from.x.min(piece.to.x);
    let right = |piece: &Piece| piece.from.x.max(piece.to.x);
    pieces.sort_by(|a, b| left(a).total_cmp(&left(b)).then(a.edge.cmp(&b.edge)));
    let mut found = 0;
    for (at, one) in pieces.iter().enumerate() {
        let beside = pieces[at + 1..].iter().take_while(|other| left(other) <= right(one));
        found += beside.filter(|other| other.edge != one.edge && cross(one, other)).count();
    }
    debug_assert_eq!(lines.len(), graph.edges.len());
    found
}

fn cross(a: &Piece, b: &Piece) -> bool {
    apart(a.from, a.to, b.from, b.to) && apart(b.from, b.to, a.from, a.to)
}

/// Whether two points lie on different sides of a line.
fn apart(from: Spot, to: Spot, one: Spot, other: Spot) -> bool {
    let side = |spot: Spot| (to.x - from.x) * (spot.y - from.y) - (to.y - from.y) * (spot.x - from.x);
    side(one) * side(other) < 0.0
}
