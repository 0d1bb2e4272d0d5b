//! A dashboard (grafana/grafana:kinds/dashboard/dashboard_kind.cue, `schemaVersion` 42: the last one of this form).

use std::collections::BTreeSet;

use serde::Serialize;

use super::generated;
use super::layout::{Page, Place};
use super::panel::{self, Panel};
use super::provisioning::{SOURCE, Source};
use crate::platform::Platform;
use crate::platform::observe::{self, Choice};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard<'a> {
    /// Grafana's own number.
    id: Option<u64>,
    uid: &'a str,
    title: &'a str,
    description: String,
    tags: BTreeSet<&'a str>,
    timezone: &'static str,
    editable: bool,
    /// The cursor is seen in every panel.
    graph_tooltip: u8,
    refresh: &'static str,
    time: Time,
    schema_version: u8,
    version: u8,
    annotations: List<()>,
    links: Vec<Link<'a>>,
    templating: List<Variable<'a>>,
    panels: Vec<Item<'a>>,
}

#[derive(Debug, Serialize)]
struct Time {
    from: &'static str,
    to: &'static str,
}

#[derive(Debug, Serialize)]
struct List<T> {
    list: Vec<T>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Item<'a> {
    Row(Row<'a>),
    Panel(Box<Panel<'a>>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: usize,
    r#type: &'static str,
    title: &'a str,
    collapsed: bool,
    grid_pos: Place,
    panels: [(); 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "they are Grafana's")]
struct Link<'a> {
    title: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    icon: &'static str,
    tooltip: &'static str,
    tags: Vec<&'a str>,
    as_dropdown: bool,
    include_vars: bool,
    keep_time: bool,
    target_blank: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Variable<'a> {
    name: &'a str,
    label: &'a str,
    r#type: &'static str,
    datasource: Source<'a>,
    query: Offer,
    /// Asked again when the time range changes.
    refresh: u8,
    /// By name.
    sort: u8,
    multi: bool,
    include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Current>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Offer {
    qry_type: u8,
    query: String,
    ref_id: &'static str,
}

#[derive(Debug, Serialize)]
struct Current {
    text: [&'static str; 1],
    value: [&'static str; 1],
}

/// A dashboard: panels without a heading, then the rows.
pub(super) fn dashboard<'a>(platform: &'a Platform, dashboard: &'a observe::Dashboard) -> Dashboard<'a> {
    let tags = dashboard.tags.iter().map(String::as_str);
    let runbooks = platform.runbooks.as_deref();
    Dashboard {
        id: None,
        uid: &dashboard.uid,
        title: &dashboard.title,
        description: dashboard
            .description
            .iter()
            .map(ToString::to_string)
            .chain([generated(platform)])
            .collect::<Vec<_>>()
            .join("\n\n"),
        tags: tags.chain([platform.name.as_str()]).collect(),
        timezone: "utc",
        editable: false,
        graph_tooltip: 1,
        refresh: "30s",
        time: Time { from: "now-6h", to: "now" },
        schema_version: 42,
        version: 1,
        annotations: List { list: Vec::new() },
        links: [others(platform)].into_iter().chain(runbooks.map(runbook)).collect(),
        templating: List { list: dashboard.choices.iter().map(variable).collect() },
        panels: items(dashboard, &platform.observed),
    }
}

/// The other dashboards of the platform.
fn others(platform: &Platform) -> Link<'_> {
    Link {
        title: "Dashboards",
        r#type: "dashboards",
        url: None,
        icon: "dashboard",
        tooltip: "",
        tags: vec![&platform.name],
        as_dropdown: true,
        include_vars: false,
        keep_time: true,
        target_blank: false,
    }
}

fn runbook(address: &str) -> Link<'_> {
    Link {
        title: "Runbooks",
        r#type: "link",
        url: Some(address),
        icon: "doc",
        tooltip: "",
        tags: Vec::new(),
        as_dropdown: false,
        include_vars: false,
        keep_time: false,
        target_blank: true,
    }
}

fn variable(choice: &Choice) -> Variable<'_> {
    Variable {
        name: &choice.name,
        label: &choice.title,
        r#type: "query",
        datasource: SOURCE,
        query: Offer {
            // Values of a label.
            qry_type: 1,
            query: match &choice.series {
                Some(series) => format!("label_values({series}, {})", choice.label),
                None => format!("label_values({})", choice.label),
            },
            ref_id: "Choice",
        },
        refresh: 2,
        sort: 1,
        multi: choice.several,
        include_all: choice.several,
        current: choice.several.then_some(Current { text: ["All"], value: ["$__all"] }),
    }
}

fn items<'a>(dashboard: &'a observe::Dashboard, observed: &'a observe::Observed) -> Vec<Item<'a>> {
    let mut page = Page::default();
    let mut items: Vec<Item<'a>> = Vec::new();
    for row in &dashboard.rows {
        if let Some(title) = &row.title {
            items.push(Item::Row(Row {
                id: items.len() + 1,
                r#type: "row",
                title,
                collapsed: false,
                grid_pos: page.heading(),
                panels: [],
            }));
        }
        for panel in &row.panels {
            let made = panel::panel(items.len() + 1, page.panel(panel), panel, observed);
            items.push(Item::Panel(Box::new(made)));
        }
    }
    items
}
