//! Places that dashboards ask beside the platform's own metrics and alerts.

use crate::schema::{Constant, Map, Raw, Reference, SecretName, Template, Word, block, choice};

block! {
    /// A place that dashboards ask beside the platform's own metrics and alerts.
    "datasource" => DataSource / DataSourceField {
        label name = "The name that panels use, and its address (`uid`) in Grafana.";
        /// The program behind it: `prometheus`, `loki`, `tempo`, `elasticsearch`, `postgres`, `mysql`, `mssql`, `influxdb`,
        /// `graphite`, `jaeger`, `zipkin`, `pyroscope`, `alertmanager`, `cloudwatch`, `azuremonitor`, `stackdriver`,
        /// `testdata`; else the id of a plugin, such as `"grafana-opensearch-datasource"`.
        required type_ as "type": Word,
        /// The title that people read; without it the name.
        optional title: Constant,
        /// The address: that of a port (`loki.http.url`, `db.postgres.address`), text, or what the operator sets.
        optional url: Template,
        /// The outside that it lies in, where it is no service of the platform; without it the internet.
        optional via: Reference,
        /// Which program sends the queries: Grafana, or the browser.
        optional access: SourceAccess,
        /// The account.
        optional user: Template,
        /// The secret that holds the account's password.
        optional password: SecretName,
        /// Settings of the plugin, by Grafana's own keys.
        optional json_data: Raw,
        /// Settings of the plugin that nobody may read, each a secret.
        optional secure: Map<SecretName>,
    }
}

choice! {
    /// Which program sends the queries to a data source.
    SourceAccess {
        /// Grafana's server.
        Proxy = "proxy",
        /// The browser of the person who looks.
        Direct = "direct",
    }
}
