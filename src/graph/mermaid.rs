//! Mermaid, which GitHub draws inside Markdown.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Edge, EdgeKind, Graph, Node, NodeKind, reduce};

/// The number of edges up to which a flowchart can be read.
const READABLE: usize = 100;

/// The most edges and characters that Mermaid shows, which GitHub lets nobody change
/// (mermaid-js/mermaid:packages/mermaid/src/schemas/config.schema.yaml, `maxEdges`, `maxTextSize`).
const MOST_EDGES: usize = 500;
const MOST_TEXT: usize = 50_000;

/// A flowchart of what [`shown`] says.
#[must_use]
pub fn mermaid(graph: &Graph) -> String {
    flowchart(&shown(graph))
}

/// The graph that a flowchart shows: groups in the place of services where it could not be read otherwise.
#[must_use]
pub fn shown(graph: &Graph) -> Cow<'_, Graph> {
    let readable = graph.edges.len() <= READABLE || graph.groups.is_empty();
    let most = if readable { MOST_EDGES } else { READABLE };
    let by_readers = |graph: &Graph, most| graph.edges.len() <= most && flowchart(graph).len() <= MOST_TEXT;
    reduce::fitting(graph, |it| by_readers(it, if it.note.is_empty() { most } else { MOST_EDGES }))
}

fn flowchart(graph: &Graph) -> String {
    let mut out = String::new();
    if !graph.note.is_empty() {
        // Nothing of a source stands in it.
        let _ = writeln!(out, "---\ntitle: \"{}\"\n---", graph.note);
    }
    out.push_str("flowchart LR\n");
    let mut of_group = vec![Vec::new(); graph.groups.len()];
    for (at, node) in graph.nodes.iter().enumerate() {
        if let Some(of_group) = node.group.and_then(|group| of_group.get_mut(group)) {
            of_group.push(at);
        }
    }
    for (number, (title, nodes)) in graph.groups.iter().zip(of_group).enumerate() {
        let _ = writeln!(out, "  subgraph g{number}[\"{}\"]", text(title));
        for at in nodes {
            let _ = writeln!(out, "    {}", line(at, &graph.nodes[at]));
        }
        out.push_str("  end\n");
    }
    for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.group.is_none()) {
        let _ = writeln!(out, "  {}", line(at, node));
    }
    for edge in &graph.edges {
        let _ = writeln!(out, "  {}", arrow(edge));
    }
    let public: Vec<String> =
        (0..graph.nodes.len()).filter(|at| graph.nodes[*at].public).map(|at| format!("n{at}")).collect();
    if !public.is_empty() {
        // No colour but this one: the page decides between light and dark.
        let _ = writeln!(
            out,
            "  classDef public stroke:#d97706,stroke-width:3px\n  class {} public",
            public.join(",")
        );
    }
    out
}

fn line(at: usize, node: &Node) -> String {
    let mut label = text(&node.name);
    if let Some(ports) = super::ports(&node.ports) {
        let _ = write!(label, "<br/>{}", text(&ports));
    }
    let (open, close) = match node.kind {
        NodeKind::Service => ("[", "]"),
        NodeKind::Job => ("[/", "/]"),
        NodeKind::Outside => ("([", "])"),
        NodeKind::Group => ("[[", "]]"),
    };
    format!("n{at}{open}\"{label}\"{close}")
}

fn arrow(edge: &Edge) -> String {
    let line = match edge.kind {
        EdgeKind::Inside => "-->",
        EdgeKind::Scrape | EdgeKind::Out => "-.->",
        EdgeKind::In => "==>",
    };
    let label = super::ports(&edge.ports).map(|ports| format!("|\"{}\"|", text(&ports))).unwrap_or_default();
    format!("n{} {line}{label} n{}", edge.from, edge.to)
}

/// A text inside quotes. Everything that could mean something to Mermaid or to the HTML that it makes is an entity
/// (mermaid.js.org: "Entity codes to escape characters"). A `:` is one as well: behind `style` or `classDef`, it costs the line the last
/// `;` of its entities (mermaid-js/mermaid:packages/mermaid/src/utils.ts, `encodeEntities`).
fn text(said: &str) -> String {
    let mut out = String::new();
    for c in said.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '-' | '.' | ',' | '(' | ')' => out.push(c),
            c if c.is_control() => out.push(' '),
            c if c.is_ascii() => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
