//! Metrics, alerts with their tests, mutes and dashboards.

use crate::schema::{Constant, Duration, Integer, List, Map, Number, Reference, Word, Words, block, choice};

block! {
    /// A condition that notifies a person. Inside a service it is about that service: selectors without `job` get that of the
    /// service.
    "alert" => Alert / AlertField {
        label name = "The name.";
        /// The condition, in PromQL.
        required expr: Constant,
        /// The time that the condition must hold before the alert fires.
        optional for_ as "for": Duration,
        /// The time that the alert goes on after the condition ended.
        optional keep_firing_for: Duration,
        /// The urgency of the alert.
        optional severity: Severity,
        /// One sentence without values.
        optional summary: Constant,
        /// A sentence with values.
        optional description: Constant,
        /// The address of the alert's page.
        optional runbook: Constant,
        /// Whether one alert is made of each scrape job, as if it stood in the service that is scraped: `absent(up)` becomes
        /// `absent(up{job="api"})`.
        optional each_job: bool,
        /// Whether one alert is made of each scraped service of which at least two run. `$replicas` in its query is their
        /// number: `count by (job) (up) < $replicas`.
        optional each_scaled: bool,
        /// Whether one alert is made of each issuer of certificates, with the label `issuer`; for an alert of a service with
        /// `role = probe`. In its query and tests `$job` is the scrape job that probes these certificates, and `$lifetime*25%`
        /// a share of their lifetime in seconds. That job probes expired certificates as well.
        optional each_issuer: bool,
        /// Whether one alert is made of each backup that the cluster takes, with the label `backup`; for an alert of a service
        /// with `role = cluster_state`. In its query and tests `$cronjob` is the CronJob that takes the copies, and `$age` its
        /// `alert_after` in seconds.
        optional each_backup: bool,
        /// each_job: services that have an alert of this name, or of one of these, are left out.
        optional unless: Words,
        /// Labels of the alert, beside those of the query.
        optional labels: Map<Word>,
        /// Annotations of the alert, beside summary, description and runbook.
        optional annotations: Map<Constant>,
        /// A test of the alert, for `promtool test rules`.
        many test: AlertTest,
    }
}

choice! {
    /// The urgency of an alert.
    Severity {
        /// A person gets up at night.
        Critical = "critical",
        /// A person looks the next day.
        Warning = "warning",
        /// Nobody is notified, unless a `match` names it; it explains others.
        Info = "info",
        /// The alert always fires, to show that alerts arrive.
        None = "none",
    }
}

block! {
    /// Series, and the moments at which the alert must fire or stay silent.
    "test" => AlertTest / AlertTestField {
        label name = "The case that it tries.";
        /// A series with its values, as promtool writes them.
        many series: Series,
        /// The time between two values, `1m` by default.
        optional interval: Duration,
        /// The moment at which the alert must fire.
        optional fires_at: Duration,
        /// The moment at which the alert must stay silent.
        optional silent_at: Duration,
        /// The moment at which the condition begins to hold: the alert fires `for` later, and not before.
        optional holds_from: Duration,
        /// The time after the alert's `for` until which it must stay silent.
        optional silent_after: Duration,
        /// Labels that the firing alert must carry.
        optional labels: Map<Word>,
    }
}

block! {
    /// A series of a test.
    "series" => Series / SeriesField {
        label selector = "The series.";
        value values: Constant = "The values: `0+30x20`.";
    }
}

block! {
    /// A query that Prometheus evaluates regularly and keeps under a name. Of several with one name each gets the label `job`.
    "record" => Record / RecordField {
        label name = "`level:metric:operation`.";
        value expr: Constant = "The query, in PromQL.";
        /// Labels of the kept series.
        optional labels: Map<Word>,
    }
}

block! {
    /// A metric that is exported.
    "metric" => Metric / MetricField {
        label name = "The name of the metric.";
        /// The meaning of the metric.
        optional description: Constant,
        /// The behaviour of the metric.
        required type_ as "type": MetricKind,
        /// The labels of its series beside `job` and `instance`. One that ends with `*` stands for a family of labels.
        optional labels: List<Word>,
        /// The argument or `VARIABLE=value` without which it is not exported; of several, any.
        optional with: Words,
        /// The argument or `VARIABLE=value` that ends its export; of several, any.
        optional without: Words,
        /// The path that exports it, where others do not; of several, any.
        optional path: Words,
        /// Whether a probe exports it for sites with TLS alone.
        optional tls: bool,
    }
}

block! {
    /// The metrics of programs: of an image, whose services export them without a word, or of a library, which `metrics { of =
    /// [NAME] }` names.
    "exports" => Exports / ExportsField {
        label name = "The image's repository, or the library's name.";
        /// The paths that answer with metrics.
        optional paths: List<Constant>,
        /// Other `exports` whose metrics belong to these.
        optional includes: List<Word>,
        /// A metric. A name that ends with `*` stands for a family of metrics.
        many metric: Metric,
    }
}

choice! {
    /// The behaviour of a metric.
    MetricKind {
        /// A counter only grows.
        Counter = "counter",
        /// A gauge goes up and down.
        Gauge = "gauge",
        /// A histogram counts into buckets.
        Histogram = "histogram",
        /// A summary carries quantiles.
        Summary = "summary",
        /// The behaviour is unknown.
        Untyped = "untyped",
    }
}

block! {
    /// An alert that mutes others.
    "inhibit" => Inhibit / InhibitField {
        label name = "The sentence it stands for.";
        /// The alert that mutes; `*` in the name stands for any text.
        required by: Word,
        /// The alerts that are muted meanwhile; `*` in a name stands for any text.
        required of: List<Word>,
        /// Labels that both must carry with the same value; `alert` is the name. A label that is missing on both sides counts
        /// as the same.
        optional equal: List<Word>,
    }
}

block! {
    /// Panels that show the state of services. Inside a service queries are about its job where they name none.
    "dashboard" => Dashboard / DashboardField {
        label name = "The end of its address in Grafana.";
        /// The heading.
        optional title: Constant,
        /// The content of the dashboard.
        optional description: Constant,
        /// Words for the search in Grafana.
        optional tags: List<Word>,
        /// A choice at the top, which queries use as `$name`.
        many choose: Choose,
        /// A panel above the first heading.
        many panel: Panel,
        /// Panels under a heading.
        many row: Row,
    }
}

impl Dashboard {
    /// Every panel in the order of the page: those without a heading first.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.panel.iter().chain(self.row.iter().flat_map(|row| &row.panel))
    }
}

block! {
    /// A choice at the top of a dashboard. Several values can be chosen, unless a query compares with `=`.
    "choose" => Choose / ChooseField {
        label name = "The name that queries use: `$name`.";
        value query: Constant = "The offered values: `label_values(series, label)` or `label_values(label)`.";
        /// The text before the choice; its name by default.
        optional title: Constant,
    }
}

block! {
    /// Panels under a heading.
    "row" => Row / RowField {
        label title = "The heading.";
        /// Panels that the compiler writes, before the row's own.
        optional preset: Preset,
        /// The services of the preset. By default those that `$job` chooses, the service around the dashboard, or all that fit.
        optional of: List<Reference>,
        /// A panel, after those of the preset.
        many panel: Panel,
    }
}

choice! {
    /// Panels that the compiler writes.
    Preset {
        /// Rate, errors and duration of requests (the RED method): of every declared counter with a label `status`,
        /// `status_code`, `code`, `http_status` or `http_status_code`, and of every declared histogram whose name ends with
        /// `_seconds`.
        Requests = "requests",
        /// Use and saturation of the containers (the USE method), by the metrics of their exporter.
        Resources = "resources",
    }
}

block! {
    /// A drawing of queries.
    "panel" => Panel / PanelField {
        label title = "The heading.";
        /// The form of the drawing; `timeseries` by default.
        optional type_ as "type": PanelKind,
        /// The unit in Grafana's words; one of your own is `suffix:orders`.
        optional unit: Constant,
        /// The meaning of the drawing.
        optional description: Constant,
        /// The width, of 24 columns. Each kind has a default.
        optional width: Integer,
        /// The height. Each kind has a default.
        optional height: Integer,
        /// The data source of the queries; by default the platform's metrics, in PromQL.
        optional datasource: Reference,
        /// Whether series stand on top of each other.
        optional stacked: bool,
        /// A query.
        many query: Query,
        /// A value at which the colour changes. Thresholds stand from below.
        many threshold: Threshold,
    }
}

choice! {
    /// The form of a panel.
    PanelKind {
        /// Lines over time.
        Timeseries = "timeseries",
        /// One number.
        Stat = "stat",
        /// One number on a scale.
        Gauge = "gauge",
        /// Rows and columns.
        Table = "table",
        /// A bar for each series, by its last value.
        Bar = "bar",
        /// Buckets over time.
        Heatmap = "heatmap",
    }
}

block! {
    /// A query of a panel.
    "query" => Query / QueryField {
        label legend = "The legend of each series: `{{job}}` is a label's value. In a table, the column.";
        value expr: Constant = "The query.";
    }
}

block! {
    /// A value at which a panel's colour changes. Below the first a value is green; where the last one is green, it is red.
    "threshold" => Threshold / ThresholdField {
        label colour = "The colour from the value on: a word of Grafana, or `\"#rrggbb\"`.";
        value from: Number = "The value.";
    }
}
