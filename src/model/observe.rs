//! Alerts, what mutes them, and dashboards.

use crate::schema::{Constant, Duration, Integer, List, Map, Number, Reference, Word, Words, block, choice};

block! {
    /// A condition that a person is told of. Inside a service it is about that service.
    "alert" => Alert / AlertField {
        label name = "What it is called.";
        /// The condition, in PromQL.
        required expr: Constant,
        /// How long it must hold.
        optional for_ as "for": Duration,
        /// How long it goes on after the condition ended.
        optional keep_firing_for: Duration,
        /// How bad it is.
        optional severity: Severity,
        /// One sentence without values.
        optional summary: Constant,
        /// A sentence with values.
        optional description: Constant,
        /// Where to read what to do.
        optional runbook: Constant,
        /// Whether there is one for each scrape job, as if it stood in the service that is scraped.
        optional each_job: bool,
        /// Whether there is one for each scraped service of which at least two run; `$replicas` in its query is their number.
        optional each_scaled: bool,
        /// Whether there is one for each issuer of certificates of sites, which carries the label `issuer`; for an alert of a
        /// service with `role = probe`. In its query and tests `$job` is the scrape job that looks at these certificates, and
        /// `$lifetime*25%` a share of the time that they hold, in seconds.
        optional each_issuer: bool,
        /// Whether there is one for each backup that the cluster takes, which carries the label `backup`; for an alert of a service with
        /// `role = cluster_state`. In its query and tests `$cronjob` is the CronJob that takes the copies, and `$age` the seconds
        /// after which one is missed.
        optional each_backup: bool,
        /// each_job: services that have an alert of this name, or of one of these, tell it themselves and are left out.
        optional unless: Words,
        /// More labels.
        optional labels: Map<Word>,
        /// More annotations.
        optional annotations: Map<Constant>,
        /// Series that make it fire, or must not.
        many test: AlertTest,
    }
}

choice! {
    /// How bad an alert is.
    Severity {
        /// Somebody gets up at night.
        Critical = "critical",
        /// Somebody looks the next day.
        Warning = "warning",
        /// Nobody is told; it explains others.
        Info = "info",
        /// It always fires, to show that alerts arrive.
        None = "none",
    }
}

block! {
    /// Series, and whether the alert must fire on them.
    "test" => AlertTest / AlertTestField {
        label name = "What happens in it.";
        /// A series and its values, as promtool writes them.
        many series: Series,
        /// The time between two values.
        optional interval: Duration,
        /// When the alert must be firing.
        optional fires_at: Duration,
        /// When it must not.
        optional silent_at: Duration,
        /// When the condition begins to hold: the alert fires as long after it as `for` says, and not before.
        optional holds_from: Duration,
        /// How long after the time that `for` says it must not fire.
        optional silent_after: Duration,
        /// Labels of the firing alert.
        optional labels: Map<Word>,
    }
}

block! {
    /// A series of a test.
    "series" => Series / SeriesField {
        label selector = "The series.";
        value values: Constant = "Its values: `0+30x20`.";
    }
}

block! {
    /// A query that is computed regularly and kept under a name.
    "record" => Record / RecordField {
        label name = "`level:metric:operation`.";
        value expr: Constant = "The query, in PromQL.";
        /// More labels.
        optional labels: Map<Word>,
    }
}

block! {
    /// A metric that is exported.
    "metric" => Metric / MetricField {
        label name = "The name of the metric.";
        /// What it counts.
        optional description: Constant,
        /// How it behaves.
        required type_ as "type": MetricKind,
        /// The labels it carries beside `job` and `instance`; one may end with `*`.
        optional labels: List<Word>,
        /// The argument or `VARIABLE=value` without which it is not exported; of several, any.
        optional with: Words,
        /// The argument or `VARIABLE=value` that ends its export; of several, any.
        optional without: Words,
        /// The path that exports it, where others do not; of several, any.
        optional path: Words,
        /// Whether a probe has it of sites with TLS alone.
        optional tls: bool,
    }
}

block! {
    /// What programs export: those of an image, or those with a library in them.
    "exports" => Exports / ExportsField {
        label name = "The image's repository, or the library's name.";
        /// The paths that answer with metrics.
        optional paths: List<Constant>,
        /// What else they export, by the names of other `exports`.
        optional includes: List<Word>,
        /// A metric.
        many metric: Metric,
    }
}

choice! {
    /// How a metric behaves.
    MetricKind {
        /// It only grows.
        Counter = "counter",
        /// It goes up and down.
        Gauge = "gauge",
        /// It counts into buckets.
        Histogram = "histogram",
        /// It carries quantiles.
        Summary = "summary",
        /// Nobody says.
        Untyped = "untyped",
    }
}

block! {
    /// What mutes what.
    "inhibit" => Inhibit / InhibitField {
        label name = "The sentence it stands for.";
        /// The alert that explains the others.
        required by: Word,
        /// The alerts that are not told meanwhile; `*` in a name stands for any text.
        required of: List<Word>,
        /// Labels that both must carry with the same value; `alert` is the name.
        optional equal: List<Word>,
    }
}

block! {
    /// Panels that show how it goes.
    "dashboard" => Dashboard / DashboardField {
        label name = "What its address ends with.";
        /// The heading.
        optional title: Constant,
        /// What it shows.
        optional description: Constant,
        /// What it is found by.
        optional tags: List<Word>,
        /// A choice at its top.
        many choose: Choose,
        /// A panel above the first heading.
        many panel: Panel,
        /// Panels under a heading.
        many row: Row,
    }
}

impl Dashboard {
    /// Every panel as the reader meets them: those under no heading first.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.panel.iter().chain(self.row.iter().flat_map(|row| &row.panel))
    }
}

block! {
    /// A choice at the top of a dashboard.
    "choose" => Choose / ChooseField {
        label name = "The name that queries use: `$name`.";
        value query: Constant = "What it offers: `label_values(metric, label)`.";
        /// What stands before it; its name where nothing is said.
        optional title: Constant,
    }
}

block! {
    /// Panels under a heading.
    "row" => Row / RowField {
        label title = "The heading.";
        /// Panels that need not be written.
        optional preset: Preset,
        /// The services that the preset is about. Where none is named: those that `$job` chooses, the one that the dashboard stands in, or all that fit.
        optional of: List<Reference>,
        /// A panel, behind those of the preset.
        many panel: Panel,
    }
}

choice! {
    /// Panels that need not be written.
    Preset {
        /// Rate, errors and duration of requests (the RED method), by the metrics that the services declare.
        Requests = "requests",
        /// Use and saturation of the containers (the USE method), by what their exporter says.
        Resources = "resources",
    }
}

block! {
    /// A picture of some queries.
    "panel" => Panel / PanelField {
        label title = "The heading.";
        /// How it is drawn; `timeseries` where nothing is said.
        optional type_ as "type": PanelKind,
        /// The unit, as Grafana calls it.
        optional unit: Constant,
        /// What is to be seen.
        optional description: Constant,
        /// How wide it is, of 24. Each kind has a width where nothing is said.
        optional width: Integer,
        /// How high it is. Each kind has a height where nothing is said.
        optional height: Integer,
        /// The data source that its queries are put to; without it the platform's metrics, in PromQL.
        optional datasource: Reference,
        /// Whether series stand on top of each other.
        optional stacked: bool,
        /// What it draws.
        many query: Query,
        /// Where its colour changes.
        many threshold: Threshold,
    }
}

choice! {
    /// How a panel is drawn.
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
        label legend = "How each series is named.";
        value expr: Constant = "The query.";
    }
}

block! {
    /// Where a panel's colour changes.
    "threshold" => Threshold / ThresholdField {
        label colour = "The colour from there on.";
        value from: Number = "The value.";
    }
}
