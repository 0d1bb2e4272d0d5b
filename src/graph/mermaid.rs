//! Mermaid, which GitHub draws inside Markdown.

use std::fmt::Write as _;

use super::{Edge, EdgeKind, Graph, Node, NodeKind};

/// The number of edges up to which a flowchart can be read. Mermaid itself refuses more than 500
/// (mermaid-js/mermaid:packages/mermaid/src/schemas/config.schema.yaml, `maxEdges`), and GitHub lets nobody change that.
pub const EDGES: usize = 100;

/// A flowchart. Where it would have too many edges, one node stands for each group.
#[must_use]
pub fn mermaid(graph: &Graph) -> String {
    if graph.edges.len() > EDGES && !graph.groups.is_empty() {
        return flowchart(&graph.by_groups());
    }
    flowchart(graph)
}

fn flowchart(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    for (number, title) in graph.groups.iter().enumerate() {
        let _ = writeln!(out, "  subgraph g{number}[\"{}\"]", text(title));
        for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.group == Some(number)) {
            let _ = writeln!(out, "    {}", line(at, node));
        }
        out.push_str("  end\n");
    }
    for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.group.is_none()) {
        let _ = writeln!(out, "  {}", line(at, node));
    }
    for edge in graph.edges.iter().take(MOST) {
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

/// Mermaid shows nothing of a flowchart with more edges.
const MOST: usize = 500;

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
