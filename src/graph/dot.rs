//! The language of Graphviz.

use std::fmt::Write as _;

use super::{Edge, EdgeKind, Graph, Node, NodeKind};

/// A graph for Graphviz (graphviz.org: "DOT Language").
#[must_use]
pub fn dot(graph: &Graph) -> String {
    let mut out = format!("digraph {} {{\n", text(&graph.title));
    out.push_str("  rankdir=LR\n  node [shape=box, style=rounded, fontname=\"sans-serif\"]\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10]\n");
    for (number, title) in graph.groups.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={}", text(title));
        for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.group == Some(number)) {
            let _ = writeln!(out, "    {}", line(graph, at, node));
        }
        out.push_str("  }\n");
    }
    for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.group.is_none()) {
        let _ = writeln!(out, "  {}", line(graph, at, node));
    }
    for edge in &graph.edges {
        let _ = writeln!(out, "  n{} -> n{}{}", edge.from, edge.to, attributes(graph, edge));
    }
    out.push_str("}\n");
    out
}

fn line(graph: &Graph, at: usize, node: &Node) -> String {
    let mut lines = vec![node.name.clone()];
    lines.extend(super::ports(&node.ports));
    let networks: Vec<&str> =
        node.networks.iter().filter_map(|at| graph.networks.get(*at)).map(|it| it.name.as_str()).collect();
    if !networks.is_empty() {
        lines.push(networks.join(", "));
    }
    let mut more = String::new();
    match node.kind {
        NodeKind::Service => {}
        NodeKind::Job => more.push_str(", style=\"rounded,dashed\""),
        NodeKind::Outside => more.push_str(", shape=ellipse"),
        NodeKind::Group => more.push_str(", shape=box3d"),
    }
    if node.public {
        more.push_str(", penwidth=3");
    }
    format!("n{at} [label={}{more}]", text(&lines.join("\n")))
}

fn attributes(graph: &Graph, edge: &Edge) -> String {
    let mut all = Vec::new();
    if let Some(ports) = super::ports(&edge.ports) {
        all.push(format!("label={}", text(&ports)));
    }
    if let Some(network) = edge.network.and_then(|at| graph.networks.get(at)) {
        all.push(format!("tooltip={}", text(&network.name)));
    }
    match edge.kind {
        EdgeKind::Inside => {}
        EdgeKind::Scrape => all.push("style=dashed".to_owned()),
        EdgeKind::In => all.push("penwidth=2".to_owned()),
        EdgeKind::Out => all.push("style=dotted".to_owned()),
    }
    if all.is_empty() { String::new() } else { format!(" [{}]", all.join(", ")) }
}

/// A text in quotes. A backslash begins an escape of labels, and an ampersand an entity of HTML.
fn text(said: &str) -> String {
    let mut out = String::from("\"");
    for c in said.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
