//! Files that Grafana reads when it starts (grafana/grafana:docs/sources/administration/provisioning/index.md).
//! A `$` in them begins a variable of Grafana's environment: `$NAME` stands for what the operator sets, `$$` for itself
//! (grafana/grafana:pkg/services/provisioning/values/values.go).

use serde::Serialize;

use crate::emit::{Entries, Node};
use crate::platform::observe::SCRAPE_INTERVAL;
use crate::platform::source::{self, Login, generated_address};
use crate::platform::{InputId, Platform, Role, Service, Value, ValuePart};
use crate::target::overrides;

/// The kinds of data sources, as Grafana calls them.
const METRICS: &str = "prometheus";
const ALERTS: &str = "alertmanager";

/// The data source that panels ask.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Source<'a> {
    r#type: &'a str,
    uid: &'a str,
}

/// The data source of metrics. Its address stays the same whatever the service is called.
pub(super) const SOURCE: Source<'static> = Source { r#type: METRICS, uid: METRICS };

/// A data source that the source declares.
pub(super) fn declared_source(source: &source::DataSource) -> Source<'_> {
    Source { r#type: &source.kind, uid: &source.name }
}

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
    r#type: String,
    access: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basic_auth: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basic_auth_user: Option<String>,
    is_default: bool,
    editable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_data: Option<Settings>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    secure_json_data: Entries<String, String>,
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
    Alerts {
        implementation: &'static str,
        handle_grafana_managed_alerts: bool,
    },
    Declared(Node),
}

/// Every service that keeps metrics or notifies people of alerts, and what the source declares.
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
    let mut datasources: Vec<DataSource> = metrics.chain(tellers).flatten().collect();
    let mut has_default = datasources.iter().any(|source| source.is_default);
    for source in &platform.observed.sources {
        // Without metrics of its own a platform asks the first.
        datasources.push(declared(platform, source, !has_default));
        has_default = true;
    }
    Sources { api_version: 1, prune: true, datasources }
}

/// A data source that the source declares.
fn declared(platform: &Platform, source: &source::DataSource, is_default: bool) -> DataSource {
    let basic = source.plugin.is_none_or(|plugin| plugin.login == Login::Basic);
    let (user, basic_user) = match &source.user {
        Some(user) if basic => (None, Some(value(platform, user))),
        Some(user) => (Some(value(platform, user)), None),
        None => (None, None),
    };
    let password = source.password.map(|input| (if basic { "basicAuthPassword" } else { "password" }, input));
    let named = source.secure.iter().map(|(key, input)| (key.as_str(), *input));
    let secure = password.into_iter().chain(named);
    let write = |text: &Value| value(platform, text);
    let settings = overrides::map(&source.settings, &write);
    DataSource {
        name: literal(&source.title),
        uid: source.name.clone(),
        r#type: source.kind.clone(),
        access: if source.direct { "direct" } else { "proxy" },
        url: source.url.as_ref().map(|url| value(platform, url)),
        user,
        basic_auth: basic_user.is_some().then_some(true),
        basic_auth_user: basic_user,
        is_default,
        editable: false,
        json_data: (!source.settings.is_empty()).then_some(Settings::Declared(settings)),
        secure_json_data: secure
            .map(|(key, input)| (key.to_owned(), format!("${}", variable(platform, input))))
            .collect(),
    }
}

/// The environment variable of Grafana that holds what the operator sets.
fn variable(platform: &Platform, input: InputId) -> &str {
    platform.observed.source_variables.get(&input).map_or(platform[input].name.as_str(), String::as_str)
}

/// Text in which no `$` begins a variable.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// Text with what the operator sets. `$NAME` is put in once; `${NAME}` is looked through for variables again, so that a `$`
/// in a password would be lost (grafana/grafana:pkg/setting/expanders.go, `ExpandVar`): it stands only where a character of
/// a name follows.
fn value(platform: &Platform, value: &Value) -> String {
    let mut text = String::new();
    for (at, part) in value.parts.iter().enumerate() {
        match part {
            ValuePart::Literal(part) => text.push_str(&literal(part)),
            ValuePart::Input(input) => {
                let name = variable(platform, *input);
                let goes_on = match value.parts.get(at + 1) {
                    Some(ValuePart::Literal(next)) => {
                        next.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                    }
                    _ => false,
                };
                let (before, behind) = if goes_on { ("${", "}") } else { ("$", "") };
                text.extend([before, name, behind]);
            }
        }
    }
    text
}

/// A data source: the first of a kind is addressed by its kind, others by their services, too.
fn source(kind: &'static str, at: usize, service: &Service, json_data: Settings) -> Option<DataSource> {
    let port = service.http_port()?;
    Some(DataSource {
        name: service.name.clone(),
        uid: generated_address(kind, at, &service.name),
        r#type: kind.to_owned(),
        access: "proxy",
        url: Some(service.url(port)),
        user: None,
        basic_auth: None,
        basic_auth_user: None,
        is_default: kind == METRICS && at == 0,
        editable: false,
        json_data: Some(json_data),
        secure_json_data: Entries(Vec::new()),
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
