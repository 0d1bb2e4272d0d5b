//! A dashboard in the source, with the panels of its presets.

use super::Written;
use crate::model;
use crate::source::Span;

/// A dashboard.
#[derive(Debug, Clone, Copy)]
pub struct DashboardOrigin<'a>(pub(super) &'a model::Dashboard);

impl<'a> DashboardOrigin<'a> {
    /// The name.
    #[must_use]
    pub fn name(self) -> Span {
        self.0.name.span
    }

    /// `title`.
    #[must_use]
    pub fn title(self) -> Option<Written<'a>> {
        self.0.title.as_ref().map(Written::from)
    }

    /// `description`.
    #[must_use]
    pub fn description(self) -> Option<Written<'a>> {
        self.0.description.as_ref().map(Written::from)
    }

    /// The choices: the name of each, and what it offers.
    pub fn choices(self) -> impl Iterator<Item = (Span, Written<'a>)> {
        self.0.choose.iter().map(|choose| (choose.name.span, Written::from(&choose.query)))
    }

    /// The rows with a heading: the heading of each, and whether a preset fills the row.
    pub fn rows(self) -> impl Iterator<Item = (Span, bool)> {
        self.0.row.iter().map(|row| (row.title.span, row.preset.is_some()))
    }

    /// The panels, those under no heading first.
    pub fn panels(self) -> impl Iterator<Item = PanelOrigin<'a>> {
        self.0.panels().map(PanelOrigin)
    }
}

/// A panel.
#[derive(Debug, Clone, Copy)]
pub struct PanelOrigin<'a>(&'a model::Panel);

impl<'a> PanelOrigin<'a> {
    /// The heading.
    #[must_use]
    pub fn title(self) -> Span {
        self.0.title.span
    }

    /// `description`.
    #[must_use]
    pub fn description(self) -> Option<Written<'a>> {
        self.0.description.as_ref().map(Written::from)
    }

    /// `unit`.
    #[must_use]
    pub fn unit(self) -> Option<Written<'a>> {
        self.0.unit.as_ref().map(Written::from)
    }

    /// Whether the source names a data source.
    #[must_use]
    pub fn has_datasource(self) -> bool {
        self.0.datasource.is_some()
    }

    /// The queries: the legend of each, and the query.
    pub fn queries(self) -> impl Iterator<Item = (Span, Written<'a>)> {
        self.0.query.iter().map(|query| (query.legend.span, Written::from(&query.expr)))
    }

    /// The colours of the thresholds.
    pub fn colours(self) -> impl Iterator<Item = Span> + use<'a> {
        self.0.threshold.iter().map(|threshold| threshold.colour.span)
    }
}
