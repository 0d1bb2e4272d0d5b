//! Places that dashboards ask beside the platform's own metrics and alerts, and the plugins of Grafana that ask them.

use super::{InputId, Role, Tree, Value};
use crate::hash::IndexMap;
use crate::source::Span;

/// A data source that the source declares.
#[derive(Debug, Clone)]
pub struct DataSource {
    /// The name that panels use, which is its address (`uid`).
    pub name: String,
    /// The title that people read.
    pub title: String,
    /// The id of the plugin.
    pub kind: String,
    /// What is known of the plugin; `None` for one that is no part of Grafana.
    pub plugin: Option<&'static Plugin>,
    /// The address.
    pub url: Option<Value>,
    /// Whether the browser sends the queries, and not Grafana's server.
    pub direct: bool,
    /// The account.
    pub user: Option<Value>,
    /// The secret that holds its password.
    pub password: Option<InputId>,
    /// Settings of the plugin.
    pub settings: IndexMap<String, Tree>,
    /// Settings of the plugin that are secrets.
    pub secure: Vec<(String, InputId)>,
    /// The place of its name.
    pub span: Span,
}

impl DataSource {
    /// What the operator sets of it, each as often as it stands there.
    pub fn inputs(&self) -> impl Iterator<Item = InputId> + '_ {
        let values = self.url.iter().chain(&self.user).flat_map(Value::inputs);
        values.chain(self.password).chain(self.secure.iter().map(|(_, input)| *input))
    }

    /// How panels put a query to it; `None` where that is not known.
    #[must_use]
    pub fn query(&self) -> Option<QueryForm> {
        self.plugin.and_then(|plugin| plugin.query)
    }
}

/// A plugin that is a part of Grafana.
#[derive(Debug)]
pub struct Plugin {
    /// The name in a source.
    pub word: &'static str,
    /// The id in Grafana.
    pub id: &'static str,
    /// The form of its address; `None` where it has none.
    pub address: Option<AddressForm>,
    /// Where the account stands.
    pub login: Login,
    /// How a panel puts a query to it; `None` where the text of a query alone says too little.
    pub query: Option<QueryForm>,
}

/// The form of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressForm {
    /// `http://host:port`.
    Http,
    /// `host:port`.
    Host,
}

/// Where the account of a data source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// In the headers of HTTP: `basicAuthUser`, `basicAuthPassword`.
    Basic,
    /// In a protocol of its own: `user`, `password`.
    Own,
}

/// How a panel puts a query to a data source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryForm {
    /// PromQL, of series that this platform does not know.
    PromQl,
    /// Loki's LogQL.
    LogQl,
    /// Tempo's `TraceQL`.
    TraceQl,
    /// Lucene's query language: how many documents there are over time.
    Lucene,
    /// SQL.
    Sql,
    /// `InfluxQL` or Flux.
    Influx,
    /// A target of Graphite.
    Graphite,
}

const fn http(word: &'static str, id: &'static str, query: Option<QueryForm>) -> Plugin {
    Plugin { word, id, address: Some(AddressForm::Http), login: Login::Basic, query }
}

const fn sql(word: &'static str, id: &'static str) -> Plugin {
    let query = Some(QueryForm::Sql);
    Plugin { word, id, address: Some(AddressForm::Host), login: Login::Own, query }
}

const fn cloud(word: &'static str, id: &'static str) -> Plugin {
    Plugin { word, id, address: None, login: Login::Own, query: None }
}

/// The plugins that come with Grafana (grafana/grafana:public/app/plugins/datasource, the `id` in `plugin.json` of each).
pub static PLUGINS: &[Plugin] = &[
    http("prometheus", "prometheus", Some(QueryForm::PromQl)),
    http("loki", "loki", Some(QueryForm::LogQl)),
    http("tempo", "tempo", Some(QueryForm::TraceQl)),
    http("elasticsearch", "elasticsearch", Some(QueryForm::Lucene)),
    sql("postgres", "grafana-postgresql-datasource"),
    sql("mysql", "mysql"),
    sql("mssql", "mssql"),
    Plugin { login: Login::Own, ..http("influxdb", "influxdb", Some(QueryForm::Influx)) },
    http("graphite", "graphite", Some(QueryForm::Graphite)),
    http("jaeger", "jaeger", None),
    http("zipkin", "zipkin", None),
    http("pyroscope", "grafana-pyroscope-datasource", None),
    http("alertmanager", "alertmanager", None),
    cloud("cloudwatch", "cloudwatch"),
    cloud("azuremonitor", "grafana-azure-monitor-datasource"),
    cloud("stackdriver", "stackdriver"),
    cloud("testdata", "grafana-testdata-datasource"),
];

/// The plugin of a name or an id.
#[must_use]
pub fn plugin(name: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.word == name || plugin.id == name)
}

/// How the ids of other plugins end (`https://grafana.com/developers/plugin-tools/reference/plugin-json`, `id`:
/// `ORGANISATION-NAME-datasource`).
pub const OTHER_PLUGINS: &str = "-datasource";

/// The kinds of data sources that are made of services, by the role of these.
pub const GENERATED: [(&str, Role); 2] = [("prometheus", Role::Metrics), ("alertmanager", Role::Alerts)];

/// The address of the data source that Grafana has of itself (grafana/grafana:public/app/plugins/datasource/grafana).
pub const OWN_ADDRESS: &str = "grafana";

/// The address of a data source that the compiler makes of a service: the first of a kind has the kind's name.
#[must_use]
pub fn generated_address(kind: &str, at: usize, service: &str) -> String {
    if at == 0 { kind.to_owned() } else { format!("{kind}-{service}") }
}
