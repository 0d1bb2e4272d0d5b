//! The chain between a metric and a person's telephone, broken in the flagship's source one link at a time: each
//! time the compiler tells it, with the right code at the right place.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::fs;
use std::path::Path;

use infrac::Compilation;
use infrac::source::{Found, LoadError, Loader};

/// A change of `platform.infra`, the code that it causes, and what the message points at.
struct Link {
    broken: &'static str,
    from: &'static str,
    to: &'static str,
    code: &'static str,
    /// What the primary place starts with; `""` where only the code matters.
    at: &'static str,
}

const fn link(
    broken: &'static str,
    from: &'static str,
    to: &'static str,
    code: &'static str,
    at: &'static str,
) -> Link {
    Link { broken, from, to, code, at }
}

const LINKS: &[Link] = &[
    link(
        "a metric is renamed in a query",
        "sum by (route) (rate(http_requests_total{",
        "sum by (route) (rate(http_request_total{",
        "OBS002",
        "http_request_total",
    ),
    link("a label is renamed in a query", "legacy_op_type=~'insert", "op_type=~'insert", "OBS002", "\"\"\""),
    link(
        "a grouping loses the buckets",
        "\"job:http_request_duration_seconds:p95_rate5m\"",
        "\"histogram_quantile(0.95, sum by (job) (rate(http_request_duration_seconds_bucket[5m])))\"",
        "OBS005",
        "\"histogram_quantile",
    ),
    link(
        "a record is renamed in a query",
        "\"job:http_requests:rate5m\"",
        "\"job:http_requests:rate10m\"",
        "OBS002",
        "job:http_requests:rate10m",
    ),
    link(
        "a counter becomes a gauge",
        "  http-service {}\n",
        "  metric http_requests_total { type = gauge }\n  http-service {}\n",
        "OBS009",
        "",
    ),
    link("the alerts of a service are taken out", "  http-service {}\n", "", "NAM001", "HighErrorRate"),
    link(
        "a bracket of a query is lost",
        "sum by (route) (rate(http_requests_total{",
        "sum by (route (rate(http_requests_total{",
        "OBS008",
        "(",
    ),
    link(
        "a panel asks for a metric that is not there",
        "= \"process_resident_memory_bytes{job=",
        "= \"process_resident_memory{job=",
        "OBS002",
        "process_resident_memory",
    ),
    link(
        "the job of an alert is renamed",
        "job='${mongodb.exporter.name}', legacy",
        "job='mongo-exporter', legacy",
        "OBS007",
        "\"\"\"",
    ),
    link(
        "a service is no longer scraped",
        "  metrics   { path = \"/metrics\", port = http, exports = [prom-client] }\n",
        "",
        "OBS003",
        "gateway",
    ),
    link(
        "a service with an alert about itself is no longer scraped",
        "  metrics   { path = \"/metrics\", port = http, exports = [prom-client] }\n",
        "",
        "OBS007",
        "gateway",
    ),
    link(
        "the exporter loses its network",
        "service exporter { networks = [data, monitoring] }",
        "service exporter { networks = [data] }",
        "NET002",
        "metrics",
    ),
    link(
        "the exporter loses its database",
        "service exporter { networks = [data, monitoring] }",
        "service exporter { networks = [monitoring] }",
        "NET001",
        "",
    ),
    link(
        "the search engine's exporter loses its network",
        "service exporter { networks = [logging, monitoring] }",
        "service exporter { networks = [logging] }",
        "NET002",
        "metrics",
    ),
    link(
        "the metrics server loses its network",
        "networks = [monitoring, admin], port http { publish = admins } }\n\nalertmanager",
        "networks = [admin], port http { publish = admins } }\n\nalertmanager",
        "NET002",
        "",
    ),
    link(
        "the backend leaves the network of the metrics",
        "networks    = [app, data, logging, monitoring, outbound]",
        "networks    = [app, data, logging, outbound]",
        "NET002",
        "metrics",
    ),
    link(
        "Alertmanager leaves the network of the metrics",
        "networks      = [monitoring, outbound]\n  mail",
        "networks      = [outbound]\n  mail",
        "NET001",
        "",
    ),
    link(
        "Alertmanager has no way out",
        "networks      = [monitoring, outbound]\n  mail",
        "networks      = [monitoring]\n  mail",
        "NET003",
        "",
    ),
    link(
        "the probe has no way out",
        "networks = [monitoring, outbound], reaches",
        "networks = [monitoring], reaches",
        "NET003",
        "",
    ),
    link(
        "the probe is taken out, and its alerts with it",
        "blackbox      blackbox      { group = monitoring, networks = [monitoring, outbound], reaches = [internet] }\n",
        "",
        "OBS014",
        "shop",
    ),
    link(
        "a flag of the database's exporter is removed",
        "service exporter { networks = [data, monitoring] }",
        "service exporter { networks = [data, monitoring], command = [\"--collector.replicasetstatus\"] }",
        "OBS002",
        "",
    ),
    link(
        "a kind of container metrics is switched off",
        "cadvisor      cadvisor      { group = monitoring }",
        "cadvisor      cadvisor      { group = monitoring, command = [\"--disable_metrics=memory\"] }",
        "OBS002",
        "",
    ),
    link(
        "a collector of the host is switched off",
        "node-exporter node-exporter { group = monitoring }",
        "node-exporter node-exporter { group = monitoring, command = [\"--no-collector.filesystem\"] }",
        "OBS002",
        "",
    ),
    link(
        "another path of the store is scraped",
        "minio minio {\n  group",
        "minio minio {\n  metrics { path = \"/minio/v2/metrics/node\" }\n  group",
        "OBS002",
        "",
    ),
    link(
        "a path that does not exist is scraped",
        "minio minio {\n  group",
        "minio minio {\n  metrics { path = \"/metrics\" }\n  group",
        "OBS001",
        "",
    ),
    link(
        "a path of the exporter is misspelt",
        "service exporter { networks = [data, monitoring] }",
        "service exporter { networks = [data, monitoring], metrics { path = \"/metric\" } }",
        "OBS001",
        "",
    ),
    link(
        "a message goes through an outside that is not declared",
        "webhook = SLACK_WEBHOOK, via = slack }\n  repeat",
        "webhook = SLACK_WEBHOOK, via = slak }\n  repeat",
        "NAM001",
        "slak",
    ),
    link(
        "a secret of a receiver is not declared",
        "webhook = SLACK_WEBHOOK, via = slack }\n  repeat",
        "webhook = SLACK_HOOK, via = slack }\n  repeat",
        "ENV001",
        "SLACK_HOOK",
    ),
    link(
        "a credential is no secret",
        "webhook = SLACK_WEBHOOK, via = slack }\n  repeat",
        "webhook = GRAFANA_ADMIN_USER, via = slack }\n  repeat",
        "NAM004",
        "GRAFANA_ADMIN_USER",
    ),
    link(
        "a mute names an alert that is not there",
        "by = ServiceDown",
        "by = ServicesDown",
        "NAM001",
        "ServicesDown",
    ),
    link(
        "a mute compares a label that neither side has",
        "equal = [\"job\"] }\ninhibit",
        "equal = [\"jobs\"] }\ninhibit",
        "ALR004",
        "",
    ),
    link(
        "a message shows a label that the series have not",
        "{{ $labels.instance }}, while requests",
        "{{ $labels.host }}, while requests",
        "ALR006",
        "",
    ),
    link(
        "a receiver waits for a severity that no alert has",
        "match { severity = critical }",
        "match { severity = criticol }",
        "ALR002",
        "criticol",
    ),
    link(
        "a receiver asks for a label that no alert carries",
        "match { severity = warning }, slack",
        "match { team = shop }, slack",
        "ALR002",
        "team",
    ),
    link(
        "the address of the heartbeat stands in the source",
        "heartbeat = HEARTBEAT_URL { via",
        "heartbeat = \"https://hc-ping.com/6f1c2b1e-8f4e-4c55-9d8e-2f4d3a1b0c9d\" { via",
        "SEC001",
        "6f1c2b1e",
    ),
    link(
        "a choice of a dashboard is renamed",
        "process_resident_memory_bytes{job=~'$job'}",
        "process_resident_memory_bytes{job=~'$jobs'}",
        "GRA005",
        "$jobs",
    ),
    link(
        "a legend shows a label that is summed away",
        "query \"{{route}}\" = \"sum by (route)",
        "query \"{{method}}\" = \"sum by (route)",
        "GRA007",
        "{{method}}",
    ),
    link(
        "the name of the site is no longer known",
        "site shop = \"shop.example.com\"",
        "variable SITE_NAME\nsite shop = SITE_NAME",
        "OBS011",
        "SITE_NAME",
    ),
    link("the mail server is gone", "  mail          = mail\n", "", "ALR001", ""),
];

fn compile(text: &str) -> Compilation {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    infrac::compile(&Loader { load: &load }, "platform.infra", None)
}

#[test]
fn every_broken_link_is_told() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("platform.infra");
    let whole = fs::read_to_string(path).expect("the flagship");
    let sound = compile(&whole).diagnostics;
    assert!(LINKS.len() >= 25);
    let mut complaints = Vec::new();
    for link in LINKS {
        if !whole.contains(link.from) {
            complaints.push(format!("{}: `{}` does not stand in the source", link.broken, link.from));
            continue;
        }
        let said = compile(&whole.replacen(link.from, link.to, 1));
        let text = |span: infrac::source::Span| {
            let file = said.sources.file(span.file);
            file.text().get(span.start as usize..span.end as usize).unwrap_or_default().to_owned()
        };
        let known = |message: &str| sound.iter().any(|told| told.message == message);
        let new: Vec<_> = said.diagnostics.iter().filter(|told| !known(&told.message)).collect();
        let places = |code: &str| -> Vec<String> {
            let told = new.iter().filter(|told| told.code.id == code);
            told.filter_map(|told| Some(text(told.labels.first()?.span))).collect()
        };
        let places = places(link.code);
        if !places.iter().any(|place| place.starts_with(link.at)) {
            let told: Vec<String> =
                new.iter().map(|told| format!("{}: {}", told.code.id, told.message)).collect();
            complaints.push(format!(
                "{}: expected {} at `{}`, found {told:?} at {places:?}",
                link.broken, link.code, link.at
            ));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
