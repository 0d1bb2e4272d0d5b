//! Files that Grafana reads when it starts (grafana/grafana:docs/sources/administration/provisioning/index.md).
//! A `$` in them would be a variable; nothing here holds one.

use serde::Serialize;

use crate::platform::observe::SCRAPE_INTERVAL;
use crate::platform::{Platform, Role, Service};

/// The kinds of data sources, as Grafana calls them.
const METRICS: &str = "prometheus";
const ALERTS: &str = "alertmanager";

/// The data source that panels ask.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Source {
    r#type: &'static str,
    uid: &'static str,
}

/// The data source of metrics. Its address stays the same whatever the service is called.
pub(super) const SOURCE: Source = Source { r#type: METRICS, uid: METRICS };

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sources {
    api_version: u8,
    /// What is no longer written here goes away.
    prune: bool,
    datasources: Vec<DataSource>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DataSource {
    name: String,
    uid: String,
    r#type: &'static str,
    access: &'static str,
    url: String,
    is_default: bool,
    editable: bool,
    json_data: Settings,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Settings {
    #[serde(rename_all = "camelCase")]
    Metrics {
        http_method: &'static str,
        /// `$__rate_interval` is at least four times as long.
        time_interval: String,
        /// Rules are written by the compiler, and seen here.
        manage_alerts: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        alertmanager_uid: Option<&'static str>,
    },
    #[serde(rename_all = "camelCase")]
    Alerts { implementation: &'static str, handle_grafana_managed_alerts: bool },
}

/// Every service that keeps metrics, or tells of alerts.
pub(super) fn sources(platform: &Platform) -> Sources {
    let alerts: Vec<&Service> = platform.with_role(Role::Alerts).collect();
    let metrics = platform.with_role(Role::Metrics).enumerate().map(|(at, service)| {
        let settings = Settings::Metrics {
            http_method: "POST",
            time_interval: SCRAPE_INTERVAL.to_string(),
            manage_alerts: false,
            alertmanager_uid: (!alerts.is_empty()).then_some(ALERTS),
        };
        source(METRICS, at, service, settings)
    });
    let tellers = alerts.iter().enumerate().map(|(at, service)| {
        let settings = Settings::Alerts { implementation: METRICS, handle_grafana_managed_alerts: false };
        source(ALERTS, at, service, settings)
    });
    Sources { api_version: 1, prune: true, datasources: metrics.chain(tellers).flatten().collect() }
}

/// A data source: the first of a kind is addressed by its kind, others by their services, too.
fn source(kind: &'static str, at: usize, service: &Service, json_data: Settings) -> Option<DataSource> {
    let port = service.http_port()?;
    Some(DataSource {
        name: service.name.clone(),
        uid: if at == 0 { kind.to_owned() } else { format!("{kind}-{}", service.name) },
        r#type: kind,
        access: "proxy",
        url: service.url(port),
        is_default: kind == METRICS && at == 0,
        editable: false,
        json_data,
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Providers<'a> {
    api_version: u8,
    providers: Vec<Provider<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider<'a> {
    name: &'a str,
    folder: &'a str,
    r#type: &'static str,
    disable_deletion: bool,
    /// A change in the browser would be lost.
    allow_ui_updates: bool,
    options: Options<'a>,
}

#[derive(Debug, Serialize)]
struct Options<'a> {
    path: &'a str,
}

/// Where the dashboards are.
pub(super) fn providers<'a>(platform: &'a Platform, path: &'a str) -> Providers<'a> {
    Providers {
        api_version: 1,
        providers: vec![Provider {
            name: &platform.name,
            folder: platform
                .description
                .as_deref()
                .filter(|text| !text.contains('$'))
                .unwrap_or(&platform.name),
            r#type: "file",
            disable_deletion: false,
            allow_ui_updates: false,
            options: Options { path },
        }],
    }
}
