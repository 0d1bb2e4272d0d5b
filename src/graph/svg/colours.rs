//! The colours of pictures, for light and dark pages. Words have a contrast of 4.5 to 1 at least with what is behind them,
//! lines of 3 to 1 (www.w3.org/TR/WCAG22: 1.4.3, 1.4.11).

use std::fmt::Write as _;

use super::Theme;

/// How many colours there are for networks; more networks share them.
pub(super) const NETWORKS: usize = 8;

struct Colours {
    page: &'static str,
    words: &'static str,
    quiet: &'static str,
    node: &'static str,
    line: &'static str,
    group: &'static str,
    border: &'static str,
    public: &'static str,
    networks: [&'static str; NETWORKS],
}

const LIGHT: Colours = Colours {
    page: "#ffffff",
    words: "#1f2328",
    quiet: "#57606a",
    node: "#ffffff",
    line: "#6e7781",
    group: "#f6f8fa",
    border: "#d0d7de",
    public: "#bc4c00",
    networks: ["#0969da", "#1a7f37", "#8250df", "#bf3989", "#0f766e", "#9a6700", "#cf222e", "#4f5bd5"],
};

const DARK: Colours = Colours {
    page: "#0d1117",
    words: "#e6edf3",
    quiet: "#9198a1",
    node: "#161b22",
    line: "#8b949e",
    group: "#11161d",
    border: "#30363d",
    public: "#f0883e",
    networks: ["#58a6ff", "#3fb950", "#bc8cff", "#f778ba", "#2dd4bf", "#d29922", "#ff7b72", "#929cff"],
};

/// What does not depend on colours.
const SHAPES: &str = "\
text{font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;font-size:13px}
.small{font-size:10.5px}
.name{font-weight:600;text-anchor:middle}
.heading{font-size:12px;font-weight:600}
.port{text-anchor:middle}
.edge{fill:none;stroke-width:1.3}
.thick{stroke-width:2.2}
.dotted{stroke-dasharray:2 3}
.scrape{stroke-dasharray:5 3}
.job{stroke-dasharray:4 2}
";

/// The style sheet of a picture.
pub(super) fn style(theme: Theme) -> String {
    match theme {
        Theme::Light => format!("{SHAPES}{}", rules(&LIGHT)),
        Theme::Dark => format!("{SHAPES}{}", rules(&DARK)),
        Theme::Auto => {
            format!("{SHAPES}{}@media (prefers-color-scheme:dark){{\n{}}}\n", rules(&LIGHT), rules(&DARK))
        }
    }
}

fn rules(colours: &Colours) -> String {
    let Colours { page, words, quiet, node, line, group, border, public, networks } = colours;
    let mut out = format!(
        "\
.page{{fill:{page}}}
text{{fill:{words}}}
.small,.heading{{fill:{quiet}}}
.group{{fill:{group};stroke:{border}}}
.behind{{fill:{page};fill-opacity:0.85}}
.service,.several{{fill:{node};stroke:{line};stroke-width:1.2}}
.job{{fill:{node};stroke:{line};stroke-width:1.2}}
.outside{{fill:{page};stroke:{line};stroke-width:1.2}}
.public{{stroke:{public};stroke-width:2.4}}
.edge.in{{stroke:{public}}}
.head.in{{fill:{public}}}
.edge.out{{stroke:{line}}}
.head.out{{fill:{line}}}
"
    );
    for (at, colour) in networks.iter().enumerate() {
        let _ = writeln!(out, ".edge.n{at}{{stroke:{colour}}}\n.head.n{at},.dot.n{at}{{fill:{colour}}}");
    }
    out
}
