//! Queries of panels in the languages of other data sources.

use serde::Serialize;
use serde_json::{Value, json};

use super::provisioning::{Source, declared_source};
use crate::platform::observe::PanelQuery;
use crate::platform::source::{DataSource, QueryForm};
use crate::platform::{PanelKind, Tree};

/// A query of a panel, with the keys that its data source reads.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Foreign<'a> {
    ref_id: String,
    datasource: Source<'a>,
    #[serde(flatten)]
    query: Value,
}

/// The field of a document's time where the settings of the data source name none.
const TIME_FIELD: &str = "@timestamp";

/// The query of a data source that panels can ask (the types of queries: grafana/grafana:packages/grafana-schema/src/raw/composable,
/// `DataQuery` of each; of SQL: packages/grafana-sql/src/types.ts; of InfluxDB and Graphite: their `types.ts`).
pub(super) fn foreign<'a>(
    ref_id: String,
    kind: PanelKind,
    drawn: &'a PanelQuery,
    source: &'a DataSource,
) -> Option<Foreign<'a>> {
    let (text, legend) = (drawn.query.text.as_str(), drawn.legend.as_str());
    let over_time = matches!(kind, PanelKind::Timeseries | PanelKind::Heatmap);
    let query = match source.query()? {
        QueryForm::PromQl => json!({
            "editorMode": "code",
            "expr": text,
            "format": match kind {
                PanelKind::Table => "table",
                PanelKind::Heatmap => "heatmap",
                _ => "time_series",
            },
            "instant": !over_time,
            "legendFormat": legend,
            "range": over_time,
        }),
        QueryForm::LogQl => json!({
            "editorMode": "code",
            "expr": text,
            "legendFormat": legend,
            "queryType": if over_time || is_lines(text) { "range" } else { "instant" },
        }),
        QueryForm::TraceQl => {
            json!({ "limit": 20, "query": text, "queryType": "traceql", "tableType": "traces" })
        }
        QueryForm::Lucene => {
            let field = match source.settings.get("timeField") {
                Some(Tree::Text(field)) => field.as_literal().unwrap_or(TIME_FIELD),
                _ => TIME_FIELD,
            };
            let over = json!({ "field": field, "id": "2", "settings": { "interval": "auto" }, "type": "date_histogram" });
            json!({
                "alias": legend,
                "bucketAggs": [over],
                "metrics": [{ "id": "1", "type": "count" }],
                "query": text,
                "timeField": field,
            })
        }
        QueryForm::Sql => json!({
            "editorMode": "code",
            "format": if over_time { "time_series" } else { "table" },
            "rawQuery": true,
            "rawSql": text,
        }),
        QueryForm::Influx => json!({
            "alias": legend,
            "query": text,
            "rawQuery": true,
            "resultFormat": if kind == PanelKind::Table { "table" } else { "time_series" },
        }),
        QueryForm::Graphite => json!({ "target": text }),
    };
    Some(Foreign { ref_id, datasource: declared_source(source), query })
}

/// Whether a query of Loki gives lines, and no numbers: it begins with a selector. Loki answers lines over a range alone
/// (grafana/loki:docs/sources/reference/loki-http-api.md, `query`).
fn is_lines(query: &str) -> bool {
    query.trim_start().starts_with('{')
}
