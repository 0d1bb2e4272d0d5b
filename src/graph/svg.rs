//! A picture as SVG, in light and dark colours: the reader's own, or one of both.

mod colours;

use std::fmt::Write as _;

use super::layout::{Layout, Rectangle, Size, Spot, layout};
use super::{Edge, EdgeKind, Graph, Node, NodeKind};

/// The colours of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Those that the reader prefers.
    #[default]
    Auto,
    /// For a light page.
    Light,
    /// For a dark page.
    Dark,
}

/// Sizes of letters, in pixels.
const NAME: f64 = 13.0;
const SMALL: f64 = 10.5;

/// The distance between lines, and around texts.
const LINE: f64 = 15.0;
const MARGIN: f64 = 9.0;

/// The height of a group's heading.
const HEADING: f64 = 20.0;

/// The longest text; what is longer is cut.
const LONGEST: usize = 40;

/// Draws a graph.
#[must_use]
pub fn svg(graph: &Graph, theme: Theme) -> String {
    let nodes: Vec<Size> = graph.nodes.iter().map(|node| size(graph, node)).collect();
    let labels: Vec<Size> = graph.edges.iter().map(label_size).collect();
    let layout = layout(graph, &nodes, &labels);
    let legend = legend(graph, layout.size.height);
    let width = layout.size.width.max(legend.width);
    let height = legend.height;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">{}</title>\n<style>\n{}</style>\n",
        text(&graph.title),
        colours::style(theme),
        w = number(width.ceil()),
        h = number(height.ceil()),
    );
    heads(&mut out, graph);
    let _ = writeln!(out, "<rect class=\"page\" width=\"100%\" height=\"100%\"/>");
    for (title, place) in graph.groups.iter().zip(&layout.groups) {
        draw_group(&mut out, title, *place);
    }
    draw_edges(&mut out, graph, &layout, &labels);
    for (node, place) in graph.nodes.iter().zip(&layout.nodes) {
        draw_node(&mut out, graph, node, *place);
    }
    out.push_str(&legend.drawn);
    out.push_str("</svg>\n");
    out
}

/// The ends of arrows: one for each colour, since an arrow's end does not take the colour of its line everywhere.
fn heads(out: &mut String, graph: &Graph) {
    out.push_str("<defs>\n");
    let mut classes: Vec<String> = graph.edges.iter().map(class).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        let _ = writeln!(
            out,
            "<marker id=\"head-{class}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"head {class}\" d=\"M0 0.5L7.5 4L0 7.5z\"/></marker>"
        );
    }
    out.push_str("</defs>\n");
}

/// The class of an edge: its network's, or what it is.
fn class(edge: &Edge) -> String {
    match (edge.kind, edge.network) {
        (EdgeKind::In, _) => "in".to_owned(),
        (EdgeKind::Out, _) => "out".to_owned(),
        (_, Some(network)) => format!("n{}", network % colours::NETWORKS),
        (_, None) => "out".to_owned(),
    }
}

/// The names of a node's networks, each with the class of its colour.
fn networks<'a>(graph: &'a Graph, node: &'a Node) -> impl Iterator<Item = (String, String)> + 'a {
    let known = node.networks.iter().filter_map(|at| Some((*at, graph.networks.get(*at)?)));
    known.map(|(at, network)| (cut(&network.name), format!("n{}", at % colours::NETWORKS)))
}

/// The width of a dot with a name behind it, and the gap to the next.
fn chip(name: &str) -> f64 {
    width(name, SMALL) + 17.0
}

/// The names of networks in rows of at most two.
fn rows(graph: &Graph, node: &Node) -> Vec<Vec<(String, String)>> {
    let all: Vec<(String, String)> = networks(graph, node).collect();
    all.chunks(2).map(<[_]>::to_vec).collect()
}

fn size(graph: &Graph, node: &Node) -> Size {
    let name = width(&cut(&node.name), NAME) * 1.06;
    let ports = super::ports(&node.ports).map_or(0.0, |ports| width(&cut(&ports), SMALL));
    let rows = rows(graph, node);
    let widest = rows.iter().map(|row| row.iter().map(|(name, _)| chip(name)).sum::<f64>());
    let inside = widest.fold(name.max(ports), f64::max);
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let lines = (1 + usize::from(!node.ports.is_empty()) + rows.len()) as f64;
    Size { width: (inside + 2.0 * MARGIN).max(60.0).ceil(), height: lines * LINE + 1.2 * MARGIN }
}

fn label_size(edge: &Edge) -> Size {
    super::ports(&edge.ports).map_or_else(Size::default, |ports| Size {
        width: width(&cut(&ports), SMALL) + 6.0,
        height: LINE - 1.0,
    })
}

fn draw_group(out: &mut String, title: &str, place: Rectangle) {
    let Rectangle { middle, size } = place;
    let (left, top) = (middle.x - size.width / 2.0, middle.y - size.height / 2.0);
    let _ = writeln!(
        out,
        "<rect class=\"group\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n<text class=\"heading\" x=\"{}\" y=\"{}\">{}</text>",
        number(left),
        number(top),
        number(size.width),
        number(size.height),
        number(left + 8.0),
        number(top + HEADING - 6.0),
        text(&cut(title)),
    );
}

fn draw_edges(out: &mut String, graph: &Graph, layout: &Layout, labels: &[Size]) {
    for (edge, points) in graph.edges.iter().zip(&layout.edges) {
        let class = class(edge);
        let kind = match edge.kind {
            EdgeKind::Inside => "",
            EdgeKind::Scrape => " scrape",
            EdgeKind::In => " thick",
            EdgeKind::Out => " dotted",
        };
        let _ = writeln!(
            out,
            "<path class=\"edge {class}{kind}\" marker-end=\"url(#head-{class})\" d=\"{}\"/>",
            curve(points)
        );
    }
    for ((edge, middle), size) in graph.edges.iter().zip(&layout.labels).zip(labels) {
        let Some(ports) = super::ports(&edge.ports) else { continue };
        let _ = writeln!(
            out,
            "<rect class=\"behind\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"/><text class=\"small port\" x=\"{}\" y=\"{}\">{}</text>",
            number(middle.x - size.width / 2.0),
            number(middle.y - size.height / 2.0),
            number(size.width),
            number(size.height),
            number(middle.x),
            number(middle.y + 3.8),
            text(&cut(&ports)),
        );
    }
}

/// A line of level pieces and slopes. A slope leaves and arrives level, so that lines side by side stay apart.
fn curve(points: &[Spot]) -> String {
    let mut out = String::new();
    for (at, pair) in points.chunks_exact(2).enumerate() {
        let [start, end] = pair else { continue };
        if at == 0 {
            let _ = write!(out, "M{} {}", number(start.x), number(start.y));
        } else {
            let from = points[2 * at - 1];
            let half = number(f64::midpoint(from.x, start.x));
            let (x, y) = (number(start.x), number(start.y));
            let _ = write!(out, "C{half} {} {half} {y} {x} {y}", number(from.y));
        }
        let _ = write!(out, "H{}", number(end.x));
    }
    out
}

fn draw_node(out: &mut String, graph: &Graph, node: &Node, place: Rectangle) {
    let Rectangle { middle, size } = place;
    let (left, top) = (middle.x - size.width / 2.0, middle.y - size.height / 2.0);
    let kind = match node.kind {
        NodeKind::Service => "service",
        NodeKind::Job => "job",
        NodeKind::Outside => "outside",
        NodeKind::Group => "several",
    };
    let public = if node.public { " public" } else { "" };
    let round = if node.kind == NodeKind::Outside { size.height / 2.0 } else { 5.0 };
    let _ = writeln!(
        out,
        "<rect class=\"{kind}{public}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        number(left),
        number(top),
        number(size.width),
        number(size.height),
        number(round),
    );
    let mut y = top + MARGIN * 0.6 + LINE * 0.75;
    let _ = writeln!(
        out,
        "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
        number(middle.x),
        number(y),
        text(&cut(&node.name))
    );
    if let Some(ports) = super::ports(&node.ports) {
        y += LINE;
        let _ = writeln!(
            out,
            "<text class=\"small port\" x=\"{}\" y=\"{}\">{}</text>",
            number(middle.x),
            number(y),
            text(&cut(&ports))
        );
    }
    for row in rows(graph, node) {
        y += LINE;
        let whole: f64 = row.iter().map(|(name, _)| chip(name)).sum();
        let mut x = middle.x - whole / 2.0 + 3.0;
        for (name, class) in row {
            let _ = writeln!(
                out,
                "<circle class=\"dot {class}\" cx=\"{}\" cy=\"{}\" r=\"3.5\"/><text class=\"small\" x=\"{}\" y=\"{}\">{}</text>",
                number(x + 3.0),
                number(y - 3.5),
                number(x + 9.0),
                number(y),
                text(&name)
            );
            x += chip(&name);
        }
    }
}

/// What the lines and colours mean, below the picture.
struct Legend {
    drawn: String,
    width: f64,
    height: f64,
}

fn legend(graph: &Graph, below: f64) -> Legend {
    let mut drawn = String::new();
    let (mut x, mut y) = (16.0, below + 14.0);
    let mut widest: f64 = 0.0;
    let mut used: Vec<usize> = graph.nodes.iter().flat_map(|node| node.networks.clone()).collect();
    used.sort_unstable();
    used.dedup();
    let mut entry = |sign: &dyn Fn(f64, f64) -> String, words: &str| {
        let words = cut(words);
        let needed = width(&words, SMALL) + 42.0;
        if x > 16.0 && x + needed > 860.0 {
            (x, y) = (16.0, y + LINE + 3.0);
        }
        let _ = writeln!(
            drawn,
            "{}<text class=\"small\" x=\"{}\" y=\"{}\">{}</text>",
            sign(x, y),
            number(x + 24.0),
            number(y),
            text(&words)
        );
        x += needed;
        widest = widest.max(x);
    };
    for at in used {
        let Some(network) = graph.networks.get(at) else { continue };
        let class = format!("n{}", at % colours::NETWORKS);
        let sign = |x: f64, y: f64| {
            format!(
                "<path class=\"edge {class}\" d=\"M{0} {1}h18\"/><circle class=\"dot {class}\" cx=\"{2}\" cy=\"{1}\" r=\"3.5\"/>",
                number(x),
                number(y - 3.5),
                number(x + 9.0)
            )
        };
        let inside = if network.internal { " (internal)" } else { "" };
        entry(&sign, &format!("{}{inside}", network.name));
    }
    let kinds = [
        (EdgeKind::In, "in thick", "comes in from outside"),
        (EdgeKind::Out, "out dotted", "leads outside"),
        (EdgeKind::Scrape, "out scrape", "scraped for metrics"),
    ];
    for (kind, class, words) in kinds {
        if graph.edges.iter().any(|edge| edge.kind == kind) {
            let sign = |x: f64, y: f64| {
                format!("<path class=\"edge {class}\" d=\"M{} {}h18\"/>", number(x), number(y - 3.5))
            };
            entry(&sign, words);
        }
    }
    let boxes = [
        (graph.nodes.iter().any(|node| node.public), "service public", "open to the internet"),
        (graph.nodes.iter().any(|node| node.kind == NodeKind::Job), "job", "ends by itself"),
    ];
    for (shown, class, words) in boxes {
        if shown {
            let sign = |x: f64, y: f64| {
                format!(
                    "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"18\" height=\"11\" rx=\"3\"/>",
                    number(x),
                    number(y - 9.0)
                )
            };
            entry(&sign, words);
        }
    }
    Legend { drawn, width: widest + 4.0, height: y + 14.0 }
}

/// The width of a text in a font without serifs, whichever the reader has: that of DejaVu Sans, which is among the widest.
fn width(said: &str, size: f64) -> f64 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | 'I' => 0.34,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '-' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.98,
        'a'..='z' | '0'..='9' | '_' => 0.64,
        c if c.is_ascii() => 0.79,
        _ => 1.05,
    };
    said.chars().map(of).sum::<f64>() * size
}

fn cut(said: &str) -> String {
    if said.chars().count() <= LONGEST {
        return said.to_owned();
    }
    let start: String = said.chars().take(LONGEST - 1).collect();
    format!("{start}…")
}

/// A number with one digit behind the point at most.
fn number(value: f64) -> String {
    let said = format!("{value:.1}");
    match said.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => said,
    }
}

/// A text in XML. What XML cannot hold is left out (www.w3.org/TR/xml: "Characters").
fn text(said: &str) -> String {
    let mut out = String::new();
    for c in said.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
