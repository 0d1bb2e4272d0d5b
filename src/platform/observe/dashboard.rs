//! Dashboards: rows of panels, the queries of each, and what can be chosen at the top.

use smol_str::SmolStr;

use super::Query;
use crate::model::PanelKind;
use crate::platform::ServiceId;
use crate::source::Span;

/// A dashboard.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// What its address ends with.
    pub name: String,
    /// The service it stands in.
    pub owner: Option<ServiceId>,
    /// Whether it comes with a component of the compiler.
    pub brought: bool,
    /// What its address is: at most 40 letters, digits and hyphens.
    pub uid: String,
    /// The heading.
    pub title: String,
    /// What it shows.
    pub description: Option<SmolStr>,
    /// What it is found by.
    pub tags: Vec<String>,
    /// What can be chosen at its top.
    pub choices: Vec<Choice>,
    /// Its rows, those of presets filled in. The first has no heading.
    pub rows: Vec<Row>,
    /// The place of its key and name.
    pub span: Span,
}

impl Dashboard {
    /// Every panel as the reader meets them.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// Every query of its panels.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.panels().flat_map(|panel| &panel.queries).map(|query| &query.query)
    }
}

/// Panels under a heading.
#[derive(Debug, Clone)]
pub struct Row {
    /// The heading; `None` for what stands above the first.
    pub title: Option<SmolStr>,
    /// The panels.
    pub panels: Vec<Panel>,
}

/// A picture of some queries.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The heading.
    pub title: SmolStr,
    /// How it is drawn.
    pub kind: PanelKind,
    /// The unit, as Grafana calls it.
    pub unit: Option<SmolStr>,
    /// What is to be seen.
    pub description: Option<SmolStr>,
    /// How wide it is, of 24.
    pub width: u64,
    /// How high it is.
    pub height: u64,
    /// The data source that its queries are put to, by its place among those that are declared; `None` for the platform's
    /// metrics.
    pub source: Option<usize>,
    /// Whether series stand on top of each other.
    pub stacked: bool,
    /// What it draws.
    pub queries: Vec<PanelQuery>,
    /// Where its colour changes, in the order of the source.
    pub thresholds: Vec<Threshold>,
}

/// The width and the height of a panel where the source says none.
#[must_use]
pub fn panel_size(kind: PanelKind) -> (u64, u64) {
    match kind {
        PanelKind::Stat => (6, 4),
        PanelKind::Gauge => (6, 6),
        PanelKind::Timeseries | PanelKind::Bar | PanelKind::Heatmap => (12, 8),
        PanelKind::Table => (24, 8),
    }
}

/// A query of a panel.
#[derive(Debug, Clone)]
pub struct PanelQuery {
    /// How each series is named.
    pub legend: SmolStr,
    /// The query.
    pub query: Query,
}

/// Where a panel's colour changes.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// The colour from there on.
    pub colour: SmolStr,
    /// The value.
    pub from: f64,
}

/// A choice at the top of a dashboard.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The name that queries use.
    pub name: String,
    /// What stands before it.
    pub title: SmolStr,
    /// The series whose label is offered, with complete matchers; `None` where it is that of any.
    pub series: Option<String>,
    /// The label whose values are offered.
    pub label: String,
    /// Whether several values fit: no query asks for equality.
    pub several: bool,
    /// The same as a query, for what is checked of queries; `None` where it cannot be read, which is reported.
    pub query: Option<Query>,
}
