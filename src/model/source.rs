//! Data sources of dashboards.

use crate::schema::{Constant, Map, Raw, Reference, SecretName, Template, Word, block, choice};

block! {
    /// A data source of dashboards beside the platform's own metrics and alerts.
    "datasource" => DataSource / DataSourceField {
        label name = "The name that panels use, and its address (`uid`) in Grafana.";
        /// The program behind it: `prometheus`, `loki`, `tempo`, `elasticsearch`, `postgres`, `mysql`, `mssql`, `influxdb`,
        /// `graphite`, `jaeger`, `zipkin`, `pyroscope`, `alertmanager`, `cloudwatch`, `azuremonitor`, `stackdriver`,
        /// `testdata`; else the id of a plugin, such as `"grafana-opensearch-datasource"`.
        required type_ as "type": Word,
        /// The title for people; the name by default.
        optional title: Constant,
        /// The address: of a port (`loki.http.url`), of a database (`db.postgres.address`), text, or a variable. A port is an
        /// edge: Grafana must share a network with it.
        optional url: Template,
        /// The outside around it, where it is no service of the platform; the internet by default.
        optional via: Reference,
        /// The program that sends the queries; Grafana's server by default.
        optional access: SourceAccess,
        /// The account.
        optional user: Template,
        /// The secret that holds the account's password.
        optional password: SecretName,
        /// Settings of the plugin in Grafana's own keys.
        optional json_data: Raw,
        /// Secret settings of the plugin, each a secret.
        optional secure: Map<SecretName>,
    }
}

choice! {
    /// The program that sends the queries to a data source.
    SourceAccess {
        /// Grafana's server.
        Proxy = "proxy",
        /// The person's browser; there is no edge then.
        Direct = "direct",
    }
}
