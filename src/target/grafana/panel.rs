//! A panel. Each kind has options without which Grafana draws it poorly (grafana/grafana:public/app/plugins/panel,
//! `panelcfg.cue` of each).

use serde::Serialize;
use serde_json::{Value, json};

use super::foreign::{Foreign, foreign};
use super::layout::Place;
use super::provisioning::{SOURCE, Source, declared_source};
use crate::emit::Entries;
use crate::platform::PanelKind;
use crate::platform::observe::{self, Observed, PanelQuery};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel<'a> {
    id: usize,
    r#type: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    grid_pos: Place,
    datasource: Source<'a>,
    targets: Targets<'a>,
    field_config: FieldConfig<'a>,
    options: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transformations: Vec<Transformation>,
}

/// The queries of a panel, by the language of its data source.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Targets<'a> {
    Metrics(Vec<Target<'a>>),
    Foreign(Vec<Foreign<'a>>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    ref_id: String,
    datasource: Source<'a>,
    editor_mode: &'static str,
    expr: &'a str,
    legend_format: &'a str,
    format: &'static str,
    instant: bool,
    range: bool,
    /// The shortest step, which stands for the time between two scrapes in `$__rate_interval` (grafana/grafana#77234).
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<String>,
}

#[derive(Debug, Serialize)]
struct FieldConfig<'a> {
    defaults: Defaults<'a>,
    overrides: [(); 0],
}

#[derive(Debug, Serialize)]
struct Defaults<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u8>,
    color: Color,
    thresholds: Thresholds<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Value>,
}

#[derive(Debug, Serialize)]
struct Color {
    mode: &'static str,
}

#[derive(Debug, Serialize)]
struct Thresholds<'a> {
    mode: &'static str,
    steps: Vec<Step<'a>>,
}

#[derive(Debug, Serialize)]
struct Step<'a> {
    color: &'a str,
    /// The first step has none: it starts below every number.
    value: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Transformation {
    id: &'static str,
    options: Value,
}

/// A panel at its place.
pub(super) fn panel<'a>(
    id: usize,
    place: Place,
    said: &'a observe::Panel,
    observed: &'a Observed,
) -> Panel<'a> {
    let kind = said.kind;
    let queries = said.queries.iter().enumerate();
    let source = said.source.and_then(|at| observed.sources.get(at));
    let (targets, transformations) = match source {
        None => {
            let targets: Vec<Target<'_>> =
                queries.map(|(at, query)| target(at, kind, query, observed)).collect();
            let columns = if kind == PanelKind::Table { columns(&targets) } else { Vec::new() };
            (Targets::Metrics(targets), columns)
        }
        Some(source) => {
            let targets = queries.filter_map(|(at, query)| foreign(ref_id(at), kind, query, source));
            (Targets::Foreign(targets.collect()), Vec::new())
        }
    };
    Panel {
        id,
        r#type: name(kind),
        title: &said.title,
        description: said.description.as_deref(),
        grid_pos: place,
        datasource: source.map_or(SOURCE, declared_source),
        transformations,
        field_config: FieldConfig { defaults: defaults(said), overrides: [] },
        options: options(said),
        targets,
    }
}

fn name(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Timeseries => "timeseries",
        PanelKind::Stat => "stat",
        PanelKind::Gauge => "gauge",
        PanelKind::Table => "table",
        PanelKind::Bar => "bargauge",
        PanelKind::Heatmap => "heatmap",
    }
}

fn target<'a>(at: usize, kind: PanelKind, drawn: &'a PanelQuery, observed: &Observed) -> Target<'a> {
    let query = &drawn.query;
    // The last value of a range would still be shown where the series has ended.
    let instant = !matches!(kind, PanelKind::Timeseries | PanelKind::Heatmap);
    Target {
        ref_id: ref_id(at),
        datasource: SOURCE,
        editor_mode: "code",
        expr: &query.text,
        legend_format: &drawn.legend,
        format: match kind {
            PanelKind::Table => "table",
            PanelKind::Heatmap => "heatmap",
            _ => "time_series",
        },
        instant,
        range: !instant,
        interval: query
            .parsed
            .as_ref()
            .filter(|parsed| parsed.asks_for_times())
            .and_then(|_| observed.rarest_of(query))
            .map(|it| it.to_string()),
    }
}

/// `A` to `Z`, then `AA`, …
fn ref_id(at: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    match at / 26 {
        0 => letter(at).to_string(),
        more => format!("{}{}", ref_id(more - 1), letter(at)),
    }
}

fn defaults(said: &observe::Panel) -> Defaults<'_> {
    let (kind, unit) = (said.kind, said.unit.as_deref());
    let share = match unit {
        Some("percentunit") => Some(1),
        Some("percent") => Some(100),
        _ => None,
    };
    let on_a_scale = matches!(kind, PanelKind::Gauge | PanelKind::Bar);
    let by_threshold = match kind {
        PanelKind::Stat | PanelKind::Gauge | PanelKind::Bar => !said.thresholds.is_empty(),
        PanelKind::Table => true,
        PanelKind::Timeseries | PanelKind::Heatmap => false,
    };
    Defaults {
        unit,
        min: (share.is_some() || on_a_scale).then_some(0),
        max: share.filter(|_| on_a_scale),
        color: Color { mode: if by_threshold { "thresholds" } else { "palette-classic" } },
        thresholds: thresholds(said),
        custom: custom(said),
    }
}

/// The steps from below. Where the last one is green, more is better, and it is red under the first; else it is green.
fn thresholds(said: &observe::Panel) -> Thresholds<'_> {
    let mut steps: Vec<Step<'_>> = said
        .thresholds
        .iter()
        .map(|threshold| Step { color: &threshold.colour, value: Some(threshold.from) })
        .collect();
    steps.sort_by(|a, b| a.value.unwrap_or_default().total_cmp(&b.value.unwrap_or_default()));
    let color = if steps.last().is_some_and(|step| step.color == "green") { "red" } else { "green" };
    steps.insert(0, Step { color, value: None });
    Thresholds { mode: "absolute", steps }
}

fn custom(said: &observe::Panel) -> Option<Value> {
    let stacked = said.stacked;
    match said.kind {
        PanelKind::Timeseries => Some(json!({
            "drawStyle": "line",
            "fillOpacity": if stacked { 30 } else { 10 },
            "lineInterpolation": "linear",
            "lineWidth": 1,
            "showPoints": "auto",
            "spanNulls": false,
            "stacking": { "group": "A", "mode": if stacked { "normal" } else { "none" } },
            "thresholdsStyle": { "mode": if said.thresholds.is_empty() { "off" } else { "dashed" } },
        })),
        PanelKind::Table => Some(json!({
            "align": "auto",
            "cellOptions": { "type": if said.thresholds.is_empty() { "auto" } else { "color-text" } },
            "inspect": false,
        })),
        PanelKind::Heatmap => Some(json!({ "scaleDistribution": { "type": "linear" } })),
        PanelKind::Stat | PanelKind::Gauge | PanelKind::Bar => None,
    }
}

fn options(said: &observe::Panel) -> Value {
    let unit = said.unit.as_deref();
    let last = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
    // One line that is called like its panel needs no legend.
    let several = said.queries.len() > 1 || said.queries.iter().any(|query| query.legend.contains("{{"));
    let legend = |shown: bool| json!({ "calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": shown });
    match said.kind {
        PanelKind::Timeseries => json!({
            "legend": legend(several),
            "tooltip": { "mode": "multi", "sort": "desc" },
        }),
        PanelKind::Stat => json!({
            "colorMode": if said.thresholds.is_empty() { "none" } else { "background" },
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "percentChangeColorMode": "standard",
            "reduceOptions": last,
            "showPercentChange": false,
            "textMode": if several { "value_and_name" } else { "value" },
            "wideLayout": true,
        }),
        PanelKind::Gauge => json!({
            "minVizHeight": 75,
            "minVizWidth": 75,
            "orientation": "auto",
            "reduceOptions": last,
            "showThresholdLabels": false,
            "showThresholdMarkers": true,
            "sizing": "auto",
        }),
        PanelKind::Table => json!({ "cellHeight": "sm", "frameIndex": 0, "showHeader": true }),
        PanelKind::Bar => json!({
            "displayMode": "basic",
            "legend": legend(false),
            "maxVizHeight": 300,
            "minVizHeight": 16,
            "minVizWidth": 8,
            "namePlacement": "auto",
            "orientation": "horizontal",
            "reduceOptions": last,
            "showUnfilled": true,
            "sizing": "auto",
            "valueMode": "color",
        }),
        PanelKind::Heatmap => json!({
            "calculate": false,
            "cellGap": 1,
            "color": {
                "exponent": 0.5,
                "fill": "dark-orange",
                "mode": "scheme",
                "reverse": false,
                "scale": "exponential",
                "scheme": "Oranges",
                "steps": 64,
            },
            "exemplars": { "color": "rgba(255,0,255,0.7)" },
            "filterValues": { "le": 1e-9 },
            "legend": { "show": true },
            "rowsFrame": { "layout": "auto" },
            "showValue": "never",
            "tooltip": { "mode": "single", "showColorScale": false, "yHistogram": false },
            "yAxis": { "axisPlacement": "left", "reverse": false, "unit": unit.unwrap_or("short") },
        }),
    }
}

/// One line for each series, with a column for each query under its legend.
fn columns(targets: &[Target<'_>]) -> Vec<Transformation> {
    let value = |target: &Target<'_>| match targets.len() {
        1 => "Value".to_owned(),
        _ => format!("Value #{}", target.ref_id),
    };
    let names: Entries<String, &str> =
        targets.iter().map(|target| (value(target), target.legend_format)).collect();
    // `merge` joins lines that have the same in all columns of one name (packages/grafana-data/src/transformations/transformers/
    // merge.ts), so the labels that all queries have. The name of the metric is a column, too, and never the same.
    let labels =
        Transformation { id: "filterFieldsByName", options: json!({ "exclude": { "names": ["__name__"] } }) };
    let merge = Transformation { id: "merge", options: json!({}) };
    let organize = Transformation {
        id: "organize",
        options: json!({ "excludeByName": { "Time": true }, "indexByName": {}, "renameByName": names }),
    };
    let joined = (targets.len() > 1).then_some([labels, merge]);
    joined.into_iter().flatten().chain([organize]).collect()
}

#[cfg(test)]
mod tests {
    use super::ref_id;

    #[test]
    fn targets_are_lettered() {
        let letters: Vec<String> = [0, 1, 25, 26, 51, 52, 701, 702].into_iter().map(ref_id).collect();
        assert_eq!(letters, ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
