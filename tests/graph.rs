//! Pictures of platforms: each is read as its own readers read it (Mermaid, Graphviz, XML), shows what the platform is, and nothing
//! lies on anything else.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

#[path = "graph/pages.rs"]
pub(crate) mod pages;

use infrac::graph::{
    Edge, EdgeKind, Graph, Network, Node, NodeKind, Theme, dot, mermaid, mermaid_shows, svg,
};
use regex::Regex;
use serde_json::{Value, json};

use crate::case::Case;
use crate::dice::Dice;
use pages::Pages;

/// The pictures of a sample of the platforms, with and without scrapes.
fn pictures() -> Vec<(String, Graph)> {
    pictures_of(|case| crate::sample::takes(&case.name(), 4))
}

fn pictures_of(is_wanted: impl Fn(&Case) -> bool) -> Vec<(String, Graph)> {
    let mut all = Vec::new();
    for case in Case::all().into_iter().filter(|case| is_wanted(case)) {
        let platform = case.compile();
        for scrapes in [false, true] {
            all.push((format!("{}, scrapes {scrapes}", case.name()), Graph::of(&platform, scrapes)));
        }
    }
    all
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn readers_see_what_a_platform_is() {
    let Some(pages) = Pages::find() else { return };
    let length = |value: &Value| value.as_object().map_or(0, serde_json::Map::len);
    let mut complaints = Vec::new();
    // Mermaid reads all of them, in one process; Graphviz lays each out, which takes longer.
    let all = pictures_of(|_| true);
    let questions: Vec<Value> = all.iter().map(|(_, graph)| json!({ "mermaid": mermaid(graph) })).collect();
    for ((name, graph), answer) in all.iter().zip(pages.ask(&questions)) {
        let shown = mermaid_shows(graph);
        let seen = (length(&answer["nodes"]), answer["edges"].as_u64().unwrap_or_default());
        if seen != (shown.nodes.len(), shown.edges.len() as u64) {
            complaints.push(format!("{name}: Mermaid sees {seen:?}: {}", answer["error"]));
        }
    }
    let some = pictures();
    let questions: Vec<Value> = some.iter().map(|(_, graph)| json!({ "dot": dot(graph) })).collect();
    for ((name, graph), answer) in some.iter().zip(pages.ask(&questions)) {
        let edges = answer["edges"].as_array().map_or(0, Vec::len);
        if edges != graph.edges.len() || length(&answer["nodes"]) != graph.nodes.len() {
            complaints.push(format!("{name}: dot sees {edges} edges: {}", answer["error"]));
        }
    }
    none(&complaints);
}

/// A rectangle of a picture.
#[derive(Debug, Clone, Copy)]
struct Rectangle {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rectangle {
    fn meets(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(self, other: Self) -> bool {
        self.left <= other.left
            && self.right >= other.right
            && self.top <= other.top
            && self.bottom >= other.bottom
    }
}

/// The rectangles of some classes.
fn rectangles(picture: &str, classes: &str) -> Vec<Rectangle> {
    let pattern = format!(
        r#"<rect class="(?:{classes})[^"]*" x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)""#
    );
    let pattern = Regex::new(&pattern).expect("a pattern");
    let number = |text: &str| text.parse::<f64>().expect("a number");
    pattern
        .captures_iter(picture)
        .map(|it| {
            let (left, top) = (number(&it[1]), number(&it[2]));
            Rectangle { left, top, right: left + number(&it[3]), bottom: top + number(&it[4]) }
        })
        .collect()
}

/// A platform of a hundred services in six groups, whose connections lead from one group into the next ones.
fn hundred(seed: u64) -> Graph {
    let mut dice = Dice::of(seed);
    let node = |at: usize| Node {
        name: format!("service-{at}"),
        kind: NodeKind::Service,
        group: Some(at * 6 / 100),
        ports: vec![8080],
        networks: vec![0, 1, 2],
        public: at < 2,
    };
    let mut edges = Vec::new();
    for from in 0..99 {
        let mut ends: Vec<usize> = (0..dice.below(3))
            .map(|_| (from + 1 + dice.below(29)).min(99))
            .filter(|to| *to != from)
            .collect();
        ends.sort_unstable();
        ends.dedup();
        let edge = |to| Edge { from, to, ports: vec![8080], network: Some(0), kind: EdgeKind::Inside };
        edges.extend(ends.into_iter().map(edge));
    }
    let network = |at| Network { name: format!("net-{at}"), internal: at == 1 };
    Graph {
        title: "hundred".to_owned(),
        note: String::new(),
        groups: (0..6).map(|at| format!("group {at}")).collect(),
        networks: (0..3).map(network).collect(),
        nodes: (0..100).map(node).collect(),
        edges,
    }
}

#[test]
fn nothing_lies_on_anything_else() {
    let mut complaints = Vec::new();
    let large = (0..if crate::sample::whole() { 12 } else { 2 })
        .map(|seed| (format!("hundred {seed}"), hundred(seed)));
    for (name, graph) in pictures().into_iter().chain(large) {
        let picture = svg(&graph, Theme::Auto);
        // The legend has boxes of its own, below.
        let all = rectangles(&picture, "service|job|outside|several");
        let nodes = &all[..graph.nodes.len().min(all.len())];
        let labels = rectangles(&picture, "behind");
        let groups = rectangles(&picture, "group");
        if (nodes.len(), groups.len()) != (graph.nodes.len(), graph.groups.len()) {
            complaints.push(format!("{name}: {} nodes, {} groups", nodes.len(), groups.len()));
        }
        let things: Vec<Rectangle> = nodes.iter().chain(&labels).copied().collect();
        for (at, one) in things.iter().enumerate() {
            let over = things[at + 1..].iter().filter(|other| one.meets(**other)).count();
            if over > 0 {
                complaints.push(format!("{name}: {one:?} lies on {over} others"));
            }
        }
        for (at, node) in nodes.iter().enumerate() {
            let within: Vec<usize> = (0..groups.len()).filter(|it| groups[*it].meets(*node)).collect();
            let own: Vec<usize> = graph.nodes[at].group.into_iter().collect();
            if within != own || own.iter().any(|it| !groups[*it].holds(*node)) {
                complaints.push(format!("{name}: {} is in {within:?}", graph.nodes[at].name));
            }
        }
    }
    none(&complaints);
}

#[test]
fn a_picture_is_the_same_each_time() {
    for (name, graph) in pictures().into_iter().take(12) {
        assert_eq!(svg(&graph, Theme::Auto), svg(&graph, Theme::Auto), "{name}");
    }
}

/// Texts that mean something to one of the formats.
const TEXTS: &[&str] = &[
    "end",
    "a\"]; b --> c",
    "#quot;",
    "#35;",
    "<script>alert(1)</script>",
    "</text></svg>",
    "]]>",
    "&amp;",
    "%%{init:{}}%%",
    "a`b`",
    "\\N \\G",
    "a\\",
    "click n0 href \"javascript:1\"",
    "x|y|z",
    "({[>",
    "a;b",
    "--x",
    "n0",
    "ä ö – 日本語",
    "{{a}}",
    "subgraph x",
    "<br/>",
    "${PATH}",
    "a\tb",
    "class n0 public",
    "&#60;b&#62;",
    "*b* _i_",
    "style n0 fill:#f00",
];

/// A graph with such texts everywhere.
fn hostile(dice: &mut Dice) -> Graph {
    let text = |dice: &mut Dice| {
        let words: Vec<&str> = (0..=dice.below(2)).map(|_| dice.pick(TEXTS)).collect();
        words.join(" ")
    };
    let networks = (0..dice.below(3))
        .map(|_| Network { name: text(dice), internal: dice.one_of(2) })
        .collect::<Vec<_>>();
    let groups: Vec<String> = (0..dice.below(4)).map(|_| text(dice)).collect();
    let count = 1 + dice.below(9);
    let kinds = [NodeKind::Service, NodeKind::Job, NodeKind::Outside];
    let nodes: Vec<Node> = (0..count)
        .map(|_| Node {
            name: text(dice),
            kind: kinds[dice.below(3)],
            group: (!groups.is_empty() && !dice.one_of(3)).then(|| dice.below(groups.len())),
            ports: (0..dice.below(3)).map(|at| 80 + u16::try_from(at).unwrap_or_default()).collect(),
            networks: (0..networks.len()).filter(|_| dice.one_of(2)).collect(),
            public: dice.one_of(4),
        })
        .collect();
    let mut edges: Vec<Edge> = Vec::new();
    for _ in 0..dice.below(16) {
        let (from, to) = (dice.below(count), dice.below(count));
        if from != to && !edges.iter().any(|edge| (edge.from, edge.to) == (from, to)) {
            let kind = [EdgeKind::Inside, EdgeKind::Scrape, EdgeKind::In, EdgeKind::Out][dice.below(4)];
            edges.push(Edge { from, to, ports: vec![443], network: None, kind });
        }
    }
    // A group without nodes is in no graph.
    let mut graph = Graph { title: text(dice), note: String::new(), groups, networks, nodes, edges };
    let used: Vec<usize> =
        (0..graph.groups.len()).filter(|at| graph.nodes.iter().any(|it| it.group == Some(*at))).collect();
    for node in &mut graph.nodes {
        node.group = node.group.and_then(|group| used.iter().position(|it| *it == group));
    }
    graph.groups = used.iter().map(|at| graph.groups[*at].clone()).collect();
    graph
}

#[test]
fn texts_mean_nothing_to_any_reader() {
    let Some(pages) = Pages::find() else { return };
    let mut dice = Dice::of(18);
    let graphs: Vec<Graph> =
        (0..if crate::sample::whole() { 1_000 } else { 120 }).map(|_| hostile(&mut dice)).collect();
    let questions: Vec<Value> = graphs
        .iter()
        .flat_map(|graph| {
            [
                json!({ "mermaid": mermaid(graph) }),
                json!({ "dot": dot(graph) }),
                json!({ "svg": svg(graph, Theme::Auto) }),
            ]
        })
        .collect();
    let mut complaints = Vec::new();
    for (graph, answers) in graphs.iter().zip(pages.ask(&questions).chunks_exact(3)) {
        for (at, node) in graph.nodes.iter().enumerate() {
            let shown = answers[0]["nodes"][format!("n{at}")].as_str().unwrap_or_default();
            // Mermaid keeps entities in signs of its own until it draws.
            let plain = pages::entities(shown);
            let plain = plain.split("<br>").next().unwrap_or_default();
            if plain != node.name.replace('\t', " ") {
                complaints
                    .push(format!("Mermaid reads {plain:?} for {:?} ({})", node.name, answers[0]["error"]));
            }
            let label = answers[1]["nodes"][format!("n{at}")].as_str().unwrap_or_default();
            let first = label.split("\\n").next().unwrap_or_default();
            if !node.name.contains('\\') && first.replace("&amp;", "&") != node.name.replace('\t', " ") {
                complaints.push(format!("dot reads {label:?} for {:?} ({})", node.name, answers[1]["error"]));
            }
        }
        let length = |value: &Value| value.as_object().map_or(0, serde_json::Map::len);
        if length(&answers[0]["nodes"]) != graph.nodes.len()
            || length(&answers[1]["nodes"]) != graph.nodes.len()
        {
            complaints.push(format!("nodes come in: {:?}", graph.nodes));
        }
        let tags: Vec<&String> =
            answers[2]["tags"].as_object().map(|it| it.keys().collect()).unwrap_or_default();
        let known = ["svg", "title", "style", "defs", "marker", "path", "rect", "text", "circle"];
        if tags.is_empty() || tags.iter().any(|tag| !known.contains(&tag.as_str())) {
            complaints.push(format!("{tags:?} in the SVG: {}", answers[2]["error"]));
        }
    }
    none(&complaints);
}

/// A platform of many: each connects to the next, and all to the first.
fn many(count: usize, groups: usize) -> Graph {
    let node = |at: usize| Node {
        name: format!("service-{at}"),
        kind: NodeKind::Service,
        group: (groups > 0).then(|| at % groups),
        ports: vec![8080],
        networks: vec![at % 3],
        public: false,
    };
    let edge =
        |from, to| Edge { from, to, ports: vec![8080], network: Some(from % 3), kind: EdgeKind::Inside };
    let network = |at| Network { name: format!("net-{at}"), internal: at == 1 };
    let circle = (0..count).filter(|_| count > 1).map(|at| edge(at, (at + 1) % count));
    let star = (2..count).map(|at| edge(at, 0));
    let mut edges: Vec<Edge> = circle.chain(star).collect();
    edges.sort_by_key(|edge| (edge.from, edge.to));
    edges.dedup_by_key(|edge| (edge.from, edge.to));
    Graph {
        title: "many".to_owned(),
        note: String::new(),
        groups: (0..groups.min(count)).map(|at| format!("group {at}")).collect(),
        networks: (0..3).map(network).collect(),
        nodes: (0..count).map(node).collect(),
        edges,
    }
}

/// A chain, a circle, and one that all reach: none of it stops the layout.
#[test]
fn round_graphs_are_drawn() {
    for count in [1, 2, 12, 30] {
        let picture = svg(&many(count, 7), Theme::Auto);
        assert_eq!(rectangles(&picture, "service").len(), count);
        assert!(!picture.contains("too many"), "{count}");
    }
}

/// What cannot be laid out in a second is shown by its groups, or as one, and the picture says so. No platform is too large for that.
#[test]
fn large_graphs_are_shown_by_their_groups() {
    let Some(pages) = Pages::find() else { return };
    for (count, groups, boxes) in [(300, 7, 7), (300, 0, 1), (20_000, 12, 12), (20_000, 9_000, 1)] {
        let graph = many(count, groups);
        let picture = svg(&graph, Theme::Auto);
        assert_eq!(rectangles(&picture, "several").len(), boxes, "{count} in {groups}");
        assert!(picture.contains(&format!("{count} services with")), "{count} in {groups}");
        let drawn = mermaid(&graph);
        let answer = &pages.ask(&[json!({ "mermaid": drawn })])[0];
        let nodes = answer["nodes"].as_object().map_or(0, serde_json::Map::len);
        assert_eq!(nodes, mermaid_shows(&graph).nodes.len(), "{count} in {groups}: {}", answer["error"]);
        assert!(nodes <= 500 && drawn.starts_with("---\ntitle:"), "{count} in {groups}");
    }
}

/// The straight pieces of lines that are drawn as curves, by their ends.
fn crossings(lines: &[Vec<(f64, f64)>]) -> usize {
    let side =
        |a: (f64, f64), b: (f64, f64), c: (f64, f64)| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    let cross = |a: &[(f64, f64)], b: &[(f64, f64)]| {
        side(a[0], a[1], b[0]) * side(a[0], a[1], b[1]) < 0.0
            && side(b[0], b[1], a[0]) * side(b[0], b[1], a[1]) < 0.0
    };
    let mut found = 0;
    for (at, one) in lines.iter().enumerate() {
        for other in &lines[at + 1..] {
            found += one
                .windows(2)
                .flat_map(|a| other.windows(2).map(move |b| (a, b)))
                .filter(|(a, b)| cross(a, b))
                .count();
        }
    }
    found
}

/// The lines of a picture: level pieces and curves, of which the ends are taken.
fn lines(picture: &str) -> Vec<Vec<(f64, f64)>> {
    let pattern =
        Regex::new(r#"<path class="edge [^"]*" marker-end="[^"]*" d="([^"]+)""#).expect("a pattern");
    let step = Regex::new(r"([MCH])([-\d. ]+)").expect("a pattern");
    let line = |d: &str| {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for it in step.captures_iter(d) {
            let numbers: Vec<f64> =
                it[2].split_whitespace().map(|it| it.parse().expect("a number")).collect();
            let last = points.last().copied().unwrap_or_default();
            points.push(match &it[1] {
                "H" => (numbers[0], last.1),
                _ => (numbers[numbers.len() - 2], numbers[numbers.len() - 1]),
            });
        }
        points
    };
    pattern.captures_iter(picture).map(|it| line(&it[1])).collect()
}

/// Graphviz is the measure: the flagship's lines do not cross more often than in its drawing.
#[test]
fn lines_cross_no_more_often_than_in_dots_drawing() {
    let Some(pages) = Pages::find() else { return };
    let flagship = Case::all().into_iter().find(|case| case.source == "platform").expect("the flagship");
    let graph = Graph::of(&flagship.compile(), false);
    let answer = &pages.ask(&[json!({ "dot": dot(&graph) })])[0];
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    // Splines: every third point lies on the line.
    let of_dot = |edge: &Value| -> Vec<(f64, f64)> {
        let points = edge["points"].as_array().into_iter().flatten();
        points.step_by(3).map(|point| (number(&point[0]), number(&point[1]))).collect()
    };
    let dots: Vec<Vec<(f64, f64)>> = answer["edges"].as_array().into_iter().flatten().map(of_dot).collect();
    assert_eq!(dots.len(), graph.edges.len());
    let own = lines(&svg(&graph, Theme::Auto));
    assert_eq!(own.len(), graph.edges.len());
    let (own, dots) = (crossings(&own), crossings(&dots));
    assert!(own <= dots, "{own} crossings, {dots} in the drawing of dot");
}

/// The picture in the README is that of `platform.infra`: `cargo run -q -- graph > docs/graph.svg`.
#[test]
fn the_picture_of_the_readme_is_not_stale() {
    let flagship = Case::all().into_iter().find(|case| case.source == "platform").expect("the flagship");
    let drawn = svg(&Graph::of(&flagship.compile(), false), Theme::Auto);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = std::fs::read_to_string(root.join("docs/graph.svg")).expect("docs/graph.svg");
    assert!(drawn == kept, "docs/graph.svg is stale: cargo run -q -- graph > docs/graph.svg");
}
