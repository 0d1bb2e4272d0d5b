//! Platforms of any size, as a company of many teams would write them. The same size gives the same text.
//!
//! A team has a group, two networks, a database, an API behind a site, services that call one another and workers of
//! its own component, with their metrics, alerts and dashboards. Every fifth team has an object store and a backup.
//! What teams share stands once: networks, the proxies, outsides, monitoring, receivers and two environments.
//! Each team has names, numbers and thresholds of its own, so that no two blocks are alike.

use std::fmt::Write as _;

/// How many services the declarations of a team come to.
pub(crate) const TEAM: usize = 20;

/// What is shared comes to as many: a proxy with its exporter and its certificates, what keeps metrics, what hands alerts over, and what shows
/// both.
const SHARED: usize = 6;

/// A second proxy, with its exporter, comes to as many. The smallest platforms have none.
const INTERNAL: usize = 2;

/// What a database brings: itself, its set-up and its exporter.
const DATABASE: usize = 3;

/// What an object store brings: itself and its set-up.
const STORE: usize = 2;

const WORDS: [&str; 24] = [
    "orders", "billing", "catalog", "search", "basket", "users", "mail", "stock", "prices", "reviews",
    "refunds", "shipping", "returns", "coupons", "ledger", "fraud", "media", "events", "reports", "alerts",
    "profiles", "sessions", "exports", "audit",
];

/// The source of a platform with this many services: what components bring and what teams share are counted. It has
/// no fewer than twelve.
pub(crate) fn platform(services: usize) -> String {
    let mut out = String::new();
    shared(&mut out);
    let mut left = services.max(12) - SHARED;
    if left >= TEAM {
        internal(&mut out);
        left -= INTERNAL;
    }
    let mut team = 0;
    while left > 0 {
        // The last team takes what would be too few for one more.
        let size = if left < 2 * TEAM { left } else { TEAM };
        Team { number: team, size }.write(&mut out);
        left -= size;
        team += 1;
    }
    environments(&mut out, team);
    out
}

fn shared(out: &mut String) {
    out.push_str(
        r##"# A company of many teams on one platform.
platform company {
  description = "Every team's services"
  owner       = "platform@example.com"
  runbooks    = "https://runbooks.example.com"
}

variable REGION    = "eu-central" { description = "Where it runs" }
variable LOG_LEVEL = "info"       { description = "How much is logged", one_of = ["debug", "info", "warn"] }
secret SENTRY_DSN                 { description = "Address of the error tracker", optional = true }
secret EXPORTER_PASSWORD          { description = "Password of the databases' exporters", min_length = 12 }
secret GRAFANA_PASSWORD           { description = "Password of Grafana's administrator", min_length = 12 }
secret PAGER_WEBHOOK              { description = "Slack webhook of the on-call channel" }

outside admins = ["203.0.113.7/32"]
outside sentry = "ingest.sentry.io:443"
outside slack  = "hooks.slack.com:443"

network edge       { description = "What the outside reaches" }
network admin      { description = "Ports for administrators" }
network mesh       { description = "The teams' APIs among themselves", internal = true }
network monitoring { description = "Metrics", internal = true }
network outbound   { description = "The way out" }

image "python"          { tools = ["python3"] }
image "eclipse-temurin" { tools = ["bash"] }

group shared { title = "What all teams share" }

# A worker takes work from its team's database, and answers its health check only.
component worker {
  description = "Takes work from a queue in the database"
  parameter queue            { type = text, description = "The queue" }
  parameter url              { type = text, description = "The database" }
  parameter password         { type = secret, description = "Password of the database" }
  parameter concurrency = 4  { type = integer, description = "How much is done at once" }
  parameter version = "2.4"  { type = text, description = "Image tag" }

  image     = "company/worker:${version}" { base = "node:24-bookworm-slim" }
  command   = ["node", "worker.js", "--queue", "${queue}"]
  init      = true
  port http = 9000 { protocol = http }
  health    { readiness = "/ready", tool = node }
  metrics   { path = "/metrics", port = http }
  resources { memory = 192MiB, cpu = 0.25 }
  env {
    LOG_LEVEL    = "info"
    QUEUE        = queue
    CONCURRENCY  = "${concurrency}"
    DATABASE_URL = url
    DATABASE_PASSWORD = password
    HEALTH_PORT  = self.http.number
  }
  metric jobs_total { type = counter, labels = ["queue", "outcome"] }
  alert WorkerIdle {
    expr        = "rate(jobs_total{job='${self.name}'}[30m]) == 0"
    for         = 1h
    severity    = warning
    summary     = "Nothing is done in the queue ${queue}"
    description = "{{ $labels.instance }} finished no job for an hour"
  }
}

nginx proxy {
  group    = shared
  networks = [edge]
  port http  { publish = internet { port = 80 } }
  port https { publish = internet { port = 443 } }
  service exporter { networks = [edge, monitoring] }
}

prometheus prometheus { group = shared, networks = [monitoring, admin], port http { publish = admins } }

grafana grafana {
  group          = shared
  networks       = [monitoring, admin]
  admin_password = GRAFANA_PASSWORD
  port http { publish = admins { port = 3000 } }
}

alertmanager alertmanager {
  group    = shared
  networks = [monitoring, outbound]
  reaches  = [slack]
  port http { publish = localhost }
}

alert ServiceDown {
  expr        = "up == 0"
  for         = 2m
  severity    = critical
  summary     = "A service does not answer"
  description = "{{ $labels.job }} at {{ $labels.instance }} cannot be scraped"
}

receiver critical-alerts { match { severity = critical }, slack { channel = "#alerts", webhook = PAGER_WEBHOOK, via = slack }, repeat = 1h }
receiver warnings        { match { severity = warning }, slack { channel = "#alerts", webhook = PAGER_WEBHOOK, via = slack }, repeat = 12h }
"##,
    );
}

fn internal(out: &mut String) {
    out.push_str(
        r"
nginx internal-proxy {
  group    = shared
  networks = [mesh, admin]
  port http { publish = admins { port = 8080 } }
  service exporter { networks = [mesh, monitoring] }
}
",
    );
}

struct Team {
    number: usize,
    size: usize,
}

impl Team {
    fn name(&self) -> String {
        format!("{}-{}", WORDS[self.number % WORDS.len()], self.number)
    }

    fn has_store(&self) -> bool {
        self.number.is_multiple_of(5)
    }

    fn write(&self, out: &mut String) {
        self.places(out);
        self.database(out);
        let mut left = self.size - DATABASE;
        if self.has_store() {
            self.store(out);
            left -= STORE;
        }
        let workers = left / 4;
        let services = left - workers;
        for number in 0..services {
            self.service(out, number);
        }
        for number in 0..workers {
            self.worker(out, number);
        }
        self.site(out);
        self.observed(out);
    }

    fn upper(&self) -> String {
        self.name().replace('-', "_").to_uppercase()
    }

    fn places(&self, out: &mut String) {
        let (name, upper) = (self.name(), self.upper());
        let _ = write!(
            out,
            r#"
# Team {name}
group {name} {{ title = "Team {name}", defaults {{ networks = [{name}-app, {name}-data, monitoring, outbound] }} }}
network {name}-app  {{ description = "Services of {name}", internal = true }}
network {name}-data {{ description = "Data of {name}", internal = true }}
secret {upper}_ROOT_PASSWORD {{ description = "Database superuser of {name}", min_length = 12 }}
secret {upper}_APP_PASSWORD  {{ description = "Database password of {name}'s services", min_length = 12 }}
variable {upper}_FLAGS = "none" {{ description = "Features of {name} that are switched on" }}
"#
        );
    }

    fn database(&self, out: &mut String) {
        let (name, upper) = (self.name(), self.upper());
        let connections = 100 + self.number % 7 * 20;
        let _ = write!(
            out,
            r#"
postgres {name}-db {{
  group             = {name}
  networks          = [{name}-data]
  root_password     = {upper}_ROOT_PASSWORD
  exporter_password = EXPORTER_PASSWORD
  connections       = {connections}
  database work {{ owner = "app" }}
  account  app  {{ password = {upper}_APP_PASSWORD }}
  service exporter {{ networks = [{name}-data, monitoring] }}
}}
"#
        );
    }

    fn store(&self, out: &mut String) {
        let (name, upper) = (self.name(), self.upper());
        let _ = write!(
            out,
            r#"
secret {upper}_STORE_ROOT {{ description = "Root of the object store of {name}", min_length = 12 }}
secret {upper}_STORE_KEY  {{ description = "Key of the object store for {name}'s services", min_length = 12 }}
secret {upper}_BACKUP_KEY {{ description = "Key of the object store for backups", min_length = 12 }}

minio {name}-store {{
  group         = {name}
  networks      = [{name}-data, monitoring]
  root_password = {upper}_STORE_ROOT
  bucket files   {{ description = "Files of {name}", versioning = true }}
  bucket backups {{ description = "Backups of {name}", retention = 30d }}
  account app    {{ secret_key = {upper}_STORE_KEY, read = [files], write = [files], delete = [files] }}
  account backup {{ secret_key = {upper}_BACKUP_KEY, read = [backups], write = [backups] }}
  service setup  {{ networks = [{name}-data] }}
}}

backup {name}-nightly {{
  of          = {name}-db
  to          = {name}-store.backups
  account     = {name}-store.backup
  schedule    = "{minute} 2 * * *"
  retention   = 7d
  alert_after = 2d
}}
"#,
            minute = self.number % 60
        );
    }

    /// The first service is the team's API. Each calls the one before it and the one before that; APIs call the API
    /// of the team before theirs.
    fn service(&self, out: &mut String, number: usize) {
        let (name, upper) = (self.name(), self.upper());
        let port = 3000 + (self.number * 31 + number * 7) % 5000;
        let memory = 128 + number % 4 * 64;
        let own = self.service_name(number);
        // The others have the networks of their group.
        let networks = if number == 0 {
            format!("\n  networks    = [edge, mesh, {name}-app, {name}-data, monitoring, outbound]")
        } else {
            String::new()
        };
        let base = ["node:24-bookworm-slim", "python:3.13-slim", "eclipse-temurin:25-jre"][number % 3];
        let (tool, program) =
            [("node", "server.js"), ("python3", "main.py"), ("none", "app.jar")][number % 3];
        let _ = write!(
            out,
            r#"
service {own} {{
  description = "Part {number} of {name}: {word}"
  group       = {name}
  image       = "company/{name}-{number}:1.{minor}.{patch}" {{ base = "{base}" }}
  command     = ["run", "{program}", "--port", "{port}"]{networks}
  reaches     = [sentry]
  init        = true
  stop_grace  = {grace}s

  port http = {port} {{ protocol = http }}
  {health}
  metrics   {{ path = "/metrics", port = http }}
  resources {{ memory = {memory}MiB, cpu = 0.{cpu} }}

  env {{
    REGION
    LOG_LEVEL
    SENTRY_DSN
    FLAGS             = {upper}_FLAGS
    PORT              = {own}.http.number
    DATABASE_URL      = "postgres://${{{name}-db.app.name}}@${{{name}-db.main.address}}/${{{name}-db.work.name}}"
    DATABASE_PASSWORD = {upper}_APP_PASSWORD
"#,
            word = WORDS[(self.number + number) % WORDS.len()],
            minor = number % 10,
            patch = self.number % 10,
            grace = 10 + number % 3 * 10,
            cpu = 1 + number % 5,
            health = match tool {
                "none" =>
                    format!("health    {{ tcp = http, interval = 15s, start = {}s }}", 20 + number % 40),
                tool => format!(
                    "health    {{ startup = \"/health\", readiness = \"/ready\", liveness = \"/live\", tool = {tool}, start = {}s }}",
                    20 + number % 40
                ),
            },
        );
        for before in number.saturating_sub(2)..number {
            let called = self.service_name(before);
            let key = called.replace('-', "_").to_uppercase();
            let _ = writeln!(out, "    {key}_URL = {called}.http.url");
        }
        if number == 0 && self.number > 0 {
            let called = Self { number: self.number - 1, size: self.size }.service_name(0);
            let _ = writeln!(out, "    NEIGHBOUR_URL = {called}.http.url");
        }
        if number == 1 && self.has_store() {
            let _ = write!(
                out,
                "    STORE_URL        = {name}-store.api.url\n    STORE_BUCKET     = {name}-store.files.name\n    STORE_SECRET_KEY = {name}-store.app.secret_key\n"
            );
        }
        out.push_str("  }\n");
        if number % 4 == 3 {
            let _ = writeln!(out, "\n  volume cache = \"/var/cache/app\" {{ size = {}GiB }}", 1 + number % 8);
        }
        if number.is_multiple_of(2) {
            self.measured(out, &own, number);
        }
        out.push_str("}\n");
    }

    fn measured(&self, out: &mut String, own: &str, number: usize) {
        let title: String = own.split('-').map(capitalised).collect();
        let _ = write!(
            out,
            r#"
  metric http_requests_total           {{ type = counter, labels = ["method", "route", "status"] }}
  metric http_request_duration_seconds {{ type = histogram, labels = ["method", "route"] }}

  alert {title}Errors {{
    expr        = "sum(rate(http_requests_total{{job='${{{own}.name}}', status=~'5..'}}[5m])) / sum(rate(http_requests_total{{job='${{{own}.name}}'}}[5m])) > 0.0{share}"
    for         = {minutes}m
    severity    = critical
    summary     = "Too many requests to {own} fail"
    description = "{{{{ $value | humanizePercentage }}}} of the requests end with a server error"
"#,
            share = 1 + (self.number + number) % 9,
            minutes = 2 + number % 5,
        );
        if number.is_multiple_of(6) {
            let _ = write!(
                out,
                r#"    test "half of all requests fail" {{
      series "http_requests_total{{job='{own}', status='500'}}" = "0+30x20"
      series "http_requests_total{{job='{own}', status='200'}}" = "0+30x20"
      silent_at = 2m, fires_at = 15m
    }}
"#
            );
        }
        out.push_str("  }\n");
    }

    fn service_name(&self, number: usize) -> String {
        let name = self.name();
        if number == 0 {
            format!("{name}-api")
        } else {
            format!("{name}-{}-{number}", WORDS[number % WORDS.len()])
        }
    }

    fn worker(&self, out: &mut String, number: usize) {
        let (name, upper) = (self.name(), self.upper());
        let word = WORDS[(self.number + 2 * number) % WORDS.len()];
        let _ = write!(
            out,
            r#"
worker {name}-worker-{number} {{
  group       = {name}
  queue       = "{word}"
  url         = "postgres://app@${{{name}-db.main.address}}/${{{name}-db.work.name}}"
  password    = {upper}_APP_PASSWORD
  concurrency = {concurrency}
}}
"#,
            concurrency = 2 + number
        );
    }

    fn site(&self, out: &mut String) {
        let name = self.name();
        let api = self.service_name(0);
        let _ = write!(
            out,
            r#"
site {name} = "{name}.example.com" {{
  tls       = true {{ email = "platform@example.com" }}
  served_by = proxy
  route "/"        = {api}.http {{ max_body = {body}MiB, timeout = 30s }}
  route "/live"    = {api}.http {{ websocket = true }}
  route "/metrics" = deny
  limit {{ rate = {rate}, per = 1s, burst = 100 }}
}}
"#,
            body = 1 + self.number % 20,
            rate = 20 + self.number % 80
        );
    }

    fn observed(&self, out: &mut String) {
        let name = self.name();
        let api = self.service_name(0);
        let team = name.replace('-', "_");
        let _ = write!(
            out,
            r#"
record "{team}:http_requests:rate5m" = "sum(rate(http_requests_total{{job='{api}'}}[5m]))"

dashboard {name} {{
  title = "Team {name}"
  row "Traffic" {{
    panel "Requests"        {{ type = timeseries, unit = "reqps", query "requests" = "{team}:http_requests:rate5m", width = 12 }}
    panel "95th percentile" {{ type = timeseries, unit = "s", query "95%" = "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{{job='{api}'}}[5m])))", width = 12 }}
  }}
  row "State" {{
    panel "Services up" {{ type = stat, query "{{{{job}}}}" = "up{{job=~'{name}-.*'}}", width = 24 }}
  }}
}}
"#
        );
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn environments(out: &mut String, teams: usize) {
    out.push_str("\nenvironment staging {\n  variable LOG_LEVEL = \"debug\"\n");
    for number in (0..teams).step_by(4) {
        let name = Team { number, size: TEAM }.name();
        let _ = writeln!(out, "  site {name} = \"{name}.staging.example.com\"");
    }
    out.push_str("}\n\nenvironment production {\n  variable LOG_LEVEL = \"warn\"\n");
    for number in 0..teams {
        let name = Team { number, size: TEAM }.name();
        let _ = writeln!(
            out,
            "  service {name}-api {{ scale {{ min = 2, max = 6, cpu = 70% }}, resources {{ memory = 512MiB }} }}"
        );
        let _ = writeln!(out, "  postgres {name}-db {{ storage = 100GiB }}");
    }
    out.push_str("}\n");
}
