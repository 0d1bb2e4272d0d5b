//! `infrac show` and `infrac model`: what a platform comes to, one thing for people and the whole for programs.

use std::fmt::Write as _;

use super::project::Project;
use super::report::{Origin, Report, print};
use super::{Failure, ModelArguments, Outcome, PlatformArguments, ShowArguments};
use crate::diagnostic::{Guarded, did_you_mean};
use crate::platform::Platform;
use crate::view::{Model, Said, Service};
use crate::{Compilation, Parsed, target};

/// What one thing of the platform comes to, with what says so.
pub(super) fn show(arguments: &ShowArguments, report: &Report) -> Result<Outcome, Failure> {
    let compiled = compiled(&arguments.at)?;
    let Some(platform) = &compiled.platform else { return Ok(errors(&compiled, report)) };
    let model = Model::of(platform, &compiled.sources);
    let Some(name) = &arguments.name else {
        print(&Guarded::new(&overview(&model)))?;
        return Ok(Outcome::Fine);
    };
    let things = things(&model, platform, name);
    if things.is_empty() {
        let known = names(&model);
        let help = did_you_mean(name, known.iter().map(String::as_str))
            .map_or_else(|| "`infrac show` lists everything that has a name".to_owned(), |help| help.text);
        return Err(Failure::Usage(format!(
            "nothing of `{}` is called `{name}`\n  help: {help}",
            model.name
        )));
    }
    print(&Guarded::new(&things.join("\n")))?;
    Ok(Outcome::Fine)
}

/// The whole platform, as JSON.
pub(super) fn model(arguments: &ModelArguments, report: &Report) -> Result<Outcome, Failure> {
    let compiled = compiled(&arguments.at)?;
    let Some(platform) = &compiled.platform else { return Ok(errors(&compiled, report)) };
    print(&Guarded::new(&Model::of(platform, &compiled.sources).json()))?;
    Ok(Outcome::Fine)
}

/// The platform that is asked for.
pub(super) fn compiled(at: &PlatformArguments) -> Result<Compilation, Failure> {
    let project = Project::find(at.source.as_deref())?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let runtime = at.on.map_or_else(|| parsed.runtime(), Into::into);
    Ok(parsed.compile(&loader, at.env.as_deref(), runtime))
}

/// Reports why there is none.
pub(super) fn errors(compiled: &Compilation, report: &Report) -> Outcome {
    report.total(report.draw(&compiled.diagnostics, &compiled.sources, &Origin::default()));
    Outcome::SourceErrors
}

/// Everything that has a name, by its kind.
fn overview(model: &Model) -> String {
    let mut out = format!("{}{}\n", model.name, described(model.description.as_deref()));
    let mut list = |title: &str, names: Vec<String>| {
        if !names.is_empty() {
            let _ = writeln!(out, "\n{title} ({})\n  {}", names.len(), names.join("\n  "));
        }
    };
    let service = |it: &Service| format!("{}{}", it.path, described(it.description.as_deref()));
    list("services", model.services.iter().map(service).collect());
    list("networks", model.networks.iter().map(|it| it.name.clone()).collect());
    list("sites", model.sites.iter().map(|it| format!("{}: {}", it.name, it.domain)).collect());
    list("inputs", model.inputs.iter().map(|it| it.name.clone()).collect());
    list("stores", model.stores.iter().map(|it| format!("{}.{}: {}", it.of, it.name, it.kind)).collect());
    list("backups", model.backups.iter().map(|it| it.name.clone()).collect());
    let mut alerts: Vec<String> = model.alerts.iter().map(|it| it.name.clone()).collect();
    alerts.dedup();
    list("alerts", alerts);
    out
}

fn described(text: Option<&str>) -> String {
    text.map(|text| format!(": {text}")).unwrap_or_default()
}

fn names(model: &Model) -> Vec<String> {
    let services = model.services.iter().flat_map(|it| [it.path.clone(), it.name.clone()]);
    let others = model
        .networks
        .iter()
        .map(|it| it.name.clone())
        .chain(model.sites.iter().map(|it| it.name.clone()))
        .chain(model.inputs.iter().map(|it| it.name.clone()))
        .chain(model.outsides.iter().map(|it| it.name.clone()))
        .chain(model.stores.iter().map(|it| format!("{}.{}", it.of, it.name)))
        .chain(model.backups.iter().map(|it| it.name.clone()))
        .chain(model.alerts.iter().map(|it| it.name.clone()));
    services.chain(others).collect()
}

/// What is called so, each in lines of its own.
fn things(model: &Model, platform: &Platform, name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for service in model.services.iter().filter(|it| it.path == name || it.name == name) {
        out.push(of_service(model, platform, service));
    }
    for network in model.networks.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("network", name, network.description.as_deref(), Some(&network.said));
        lines.add("reaches out", if network.internal { "no: it is internal" } else { "yes" }, None);
        lines.all("services", network.services.iter().map(|it| (it.clone(), None)));
        out.push(lines.text());
    }
    for site in model.sites.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("site", name, None, Some(&site.said));
        let scheme = if site.tls { "https" } else { "http" };
        lines.add("address", &format!("{scheme}://{}", site.domain), None);
        lines.add("served by", site.served_by.as_deref().unwrap_or("nothing of this platform"), None);
        lines.all(
            "routes",
            site.routes.iter().map(|route| {
                let only = if route.exact { " alone" } else { "" };
                let from = route.from.as_ref().map(|it| format!(", from {it}")).unwrap_or_default();
                (format!("{}{only} to {}{from}", route.path, route.to), Some(&route.said))
            }),
        );
        out.push(lines.text());
    }
    for input in model.inputs.iter().filter(|it| it.name == name) {
        let kind = if input.secret { "secret" } else { "variable" };
        let mut lines = Lines::new(kind, name, input.description.as_deref(), Some(&input.said));
        let default = match (&input.default, input.optional) {
            (Some(default), _) => format!("`{default}`"),
            (None, true) => "none: it may stay empty".to_owned(),
            (None, false) => "none: the operator sets it".to_owned(),
        };
        lines.add("default", &default, None);
        lines.all("read by", input.read_by.iter().map(|it| (it.clone(), None)));
        out.push(lines.text());
    }
    for outside in model.outsides.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("outside", name, None, None);
        lines.all("comes from", outside.ranges.iter().map(|it| (it.clone(), None)));
        lines.all("is reached at", outside.endpoints.iter().map(|it| (it.clone(), None)));
        let asked = model.connections.iter().filter(|it| it.outside && it.to == name);
        lines.all("who reaches it", asked.map(|it| (it.from.clone(), Some(&it.said))));
        let published = model.services.iter().flat_map(|service| {
            let ports = service.ports.iter().filter(|port| port.published_to.as_deref() == Some(name));
            ports.map(|port| (format!("{}.{}", service.path, port.name), Some(&port.said)))
        });
        lines.all("may enter", published);
        out.push(lines.text());
    }
    for store in model.stores.iter().filter(|it| format!("{}.{}", it.of, it.name) == name) {
        let mut lines = Lines::new(store.kind, name, None, Some(&store.said));
        let kept = store.retention_seconds.map(|it| format!("{} days", it / 86_400));
        lines.add("is kept", &kept.unwrap_or_else(|| "for ever".to_owned()), None);
        let backups = model.backups.iter().filter(|it| it.to == name);
        lines.all("backups", backups.map(|it| (format!("{} of {}", it.name, it.of), Some(&it.said))));
        out.push(lines.text());
    }
    for backup in model.backups.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("backup", name, None, Some(&backup.said));
        lines.add("of", &backup.of, None);
        lines.add("to", &backup.to, None);
        lines.add("when", &backup.schedule, None);
        out.push(lines.text());
    }
    for alert in model.alerts.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("alert", name, None, Some(&alert.said));
        lines.add("severity", alert.severity.unwrap_or("none"), None);
        if let Some(of) = &alert.of {
            lines.add("of", of, None);
        }
        lines.add("fires when", &alert.query.split_whitespace().collect::<Vec<&str>>().join(" "), None);
        lines.add("for", &format!("{} seconds", alert.for_seconds), None);
        lines.all("says", alert.annotations.iter().map(|(name, text)| (format!("{name}: {text}"), None)));
        lines.add("who is told", &format!("infrac route {name}"), None);
        out.push(lines.text());
    }
    out
}

/// A service with all that belongs to it.
fn of_service(model: &Model, platform: &Platform, service: &Service) -> String {
    let mut lines = Lines::new("service", &service.path, service.description.as_deref(), Some(&service.said));
    if service.name != service.path {
        lines.add("in artifacts", &service.name, None);
    }
    let image = match (&service.image, &service.build) {
        (Some(image), _) => image.clone(),
        (None, Some(build)) => format!("built in {build}"),
        (None, None) => "nothing runs: it is a name for what is nested in it".to_owned(),
    };
    lines.add("image", &image, None);
    let facts =
        [("group", service.group.as_deref()), ("role", service.role), ("user", service.user.as_deref())];
    for (key, value) in facts {
        if let Some(value) = value {
            lines.add(key, value, None);
        }
    }
    if service.run != "always" {
        lines.add("runs", service.run, None);
    }
    lines.add("networks", &service.networks.join(", "), None);
    lines.all(
        "ports",
        service.ports.iter().map(|port| {
            let published = match (&port.published_to, port.host_port) {
                (Some(to), Some(host)) => format!(", published to {to} as {host}"),
                _ => String::new(),
            };
            let what = format!("{} = {} ({}{published})", port.name, port.number, port.protocol);
            (what, Some(&port.said))
        }),
    );
    lines.all(
        "environment",
        service.env.iter().map(|it| (format!("{} = {}", it.name, it.value), Some(&it.said))),
    );
    let mounts = service.mounts.iter();
    lines.all("mounts", mounts.map(|it| (format!("{} ({} {})", it.path, it.kind, it.name), None)));
    let health = match service.health.kind {
        "none" if service.health.asks.is_empty() => "nothing is asked".to_owned(),
        "none" => format!("nothing is asked: {}", service.health.asks),
        kind => format!("{kind}: {}", service.health.asks),
    };
    lines.add("health", &health, None);
    lines.all(
        "after",
        service.after.iter().map(|it| (format!("{} is {}", it.service, it.condition), Some(&it.said))),
    );
    let replicas = match (service.replicas, service.most_replicas) {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let memory = crate::schema::Bytes(service.memory);
    lines.add(
        "resources",
        &format!("{replicas} of it, each with {memory} of memory and {} of a processor", service.cpu),
        None,
    );
    let reached = model.connections.iter().filter(|it| it.from == service.path);
    lines.all(
        "reaches",
        reached.map(|it| {
            let port = it.port.map(|port| format!(":{port}")).unwrap_or_default();
            (format!("{}{port} ({})", it.to, it.cause), Some(&it.said))
        }),
    );
    let reaching = model.connections.iter().filter(|it| it.to == service.path && !it.outside);
    lines.all(
        "is reached by",
        reaching.map(|it| {
            let port = it.port.map(|port| format!(" at {port}")).unwrap_or_default();
            (format!("{}{port} ({})", it.from, it.cause), Some(&it.said))
        }),
    );
    if let Some(metrics) = &service.metrics {
        lines.add("metrics", &format!("{} at {}", metrics.path, metrics.port), None);
    }
    let of_it = |of: Option<&str>| of == Some(service.path.as_str());
    let alerts = model.alerts.iter().filter(|it| of_it(it.of.as_deref()));
    lines.all(
        "alerts",
        alerts.map(|it| (format!("{} ({})", it.name, it.severity.unwrap_or("none")), Some(&it.said))),
    );
    let stores = model.stores.iter().filter(|it| it.of == service.path);
    lines.all("holds", stores.map(|it| (format!("{} {}", it.kind, it.name), Some(&it.said))));
    let backups = model.backups.iter().filter(|it| it.of == service.path);
    lines.all(
        "backups",
        backups.map(|it| (format!("{} to {} ({})", it.name, it.to, it.schedule), Some(&it.said))),
    );
    lines.all("files", files(platform, service).into_iter().map(|path| (path, None)));
    lines.text()
}

/// The artifacts that speak of a service.
fn files(platform: &Platform, service: &Service) -> Vec<String> {
    let runtime = platform.runtime;
    let mut targets = target::of(&platform.targets);
    targets.retain(|target| target.format.runtime.is_none_or(|of| of == runtime));
    let artifacts = crate::build(platform, &targets).into_iter().flat_map(|it| it.artifacts);
    let speaks = |text: &str| {
        text.match_indices(service.name.as_str()).any(|(at, name)| {
            let apart = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
            apart(text[..at].chars().next_back()) && apart(text[at + name.len()..].chars().next())
        })
    };
    artifacts.filter(|artifact| speaks(&artifact.content)).map(|artifact| artifact.path).collect()
}

/// Lines of keys and values, with what says so behind them.
struct Lines {
    title: String,
    rows: Vec<(String, String, String)>,
}

impl Lines {
    fn new(kind: &str, name: &str, description: Option<&str>, said: Option<&Said>) -> Self {
        let said = said.map(|said| format!("  ({})", said.words())).unwrap_or_default();
        Self { title: format!("{kind} {name}{}{said}", described(description)), rows: Vec::new() }
    }

    fn add(&mut self, key: &str, value: &str, said: Option<&Said>) {
        let said = said.map(Said::words).unwrap_or_default();
        self.rows.push((key.to_owned(), value.to_owned(), said));
    }

    /// Several values of one key; nothing where there is none.
    fn all<'a>(&mut self, key: &str, values: impl Iterator<Item = (String, Option<&'a Said>)>) {
        for (at, (value, said)) in values.enumerate() {
            self.add(if at == 0 { key } else { "" }, &value, said);
        }
    }

    fn text(&self) -> String {
        let width = self.rows.iter().map(|(key, ..)| key.chars().count()).max().unwrap_or(0);
        let values = self.rows.iter().filter(|(_, _, said)| !said.is_empty());
        let wide = values.map(|(_, value, _)| value.chars().count()).max().unwrap_or(0).min(60);
        let mut out = format!("{}\n", self.title);
        for (key, value, said) in &self.rows {
            let row = format!("  {key:width$}  {value:wide$}  {said}");
            let _ = writeln!(out, "{}", row.trim_end());
        }
        out
    }
}
