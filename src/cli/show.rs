//! `infrac show` and `infrac model`: what a platform comes to, one thing for people and the whole for programs.

mod files;
mod kinds;
mod lines;
mod observed;
mod others;
mod places;
mod runs;

use super::project::Project;
use super::report::{Report, from_here, print};
use super::{Failure, ModelArguments, Outcome, PlatformArguments, ShowArguments, meant, route};
use crate::diagnostic::{Guarded, did_you_mean};
use crate::expand::TakenOut;
use crate::platform::Platform;
use crate::view::{Model, Service};
use crate::{Compilation, Parsed};
use kinds::{ENVIRONMENTS, lines_of};
use lines::Lines;

/// What one thing of the platform comes to, with what says so.
pub(super) fn show(arguments: &ShowArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.at.source.as_deref())?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let environments = parsed.environments();
    // Shells complete by them, also while the source has errors.
    if arguments.name.as_deref() == Some(ENVIRONMENTS) {
        print(&Guarded::new(&lines_of(environments.iter().map(String::as_str))))?;
        return Ok(Outcome::Fine);
    }
    let runtime = arguments.at.on.map_or_else(|| parsed.runtime(), Into::into);
    let mut compiled = parsed.compile(&loader, arguments.at.env.as_deref(), runtime);
    let (Some(platform), Some(origins)) = (&mut compiled.platform, &compiled.origins) else {
        return Ok(report.errors(&compiled, &project));
    };
    // Places are named as the messages name them: from where the command was started.
    let sources = compiled.sources.called(|name| from_here(project.folder(), name));
    let model = Model::of(platform, origins, &sources);
    // What components leave out by themselves is nobody's to look for.
    let own = |taken_out: &TakenOut| !compiled.sources.embedded().contains(&taken_out.span.file);
    let left_out = compiled.taken_out.iter().filter(|(_, taken_out)| own(taken_out));
    let mut left_out: Vec<String> = left_out.map(|(name, _)| name.to_string()).collect();
    left_out.sort_unstable();
    let lists = kinds::lists(&model, platform, &environments, &left_out);
    let Some(name) = &arguments.name else {
        print(&Guarded::new(&kinds::overview(&model, &lists)))?;
        return Ok(Outcome::Fine);
    };
    // The word for a kind comes before a thing of that name, which its kind tells apart: `dashboards.sites`.
    if let Some(list) = lists.iter().find(|list| list.title == name && !list.named.is_empty()) {
        print(&Guarded::new(&list.lines()))?;
        return Ok(Outcome::Fine);
    }
    let name = kinds::without_kind(name, &lists);
    let mut things = things(&model, platform, name);
    things.extend(others::things(&model, platform, &sources, name));
    things.extend(places::things(&model, platform, &sources, name));
    things.extend(observed::things(&model, platform, &sources, name));
    if things.is_empty()
        && let Some(taken_out) = compiled.taken_out.get(name)
    {
        things.push(places::left_out(name, *taken_out, &sources));
    }
    if things.is_empty()
        && let Some(list) = lists.iter().find(|list| list.title == name)
    {
        print(&Guarded::new(&list.lines()))?;
        return Ok(Outcome::Fine);
    }
    if things.is_empty() && name == "platform" {
        print(&Guarded::new(&kinds::overview(&model, &lists)))?;
        return Ok(Outcome::Fine);
    }
    if things.is_empty() {
        let known = lists.iter().flat_map(|list| list.named.iter().map(|(name, _)| name.as_str()));
        let known = known.chain(lists.iter().map(|list| list.title));
        let help = meant::one_of(name, &environments)
            .or_else(|| did_you_mean(name, known).map(|help| help.text))
            .unwrap_or_else(|| "`infrac show` lists everything that has a name".to_owned());
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
    let project = Project::find(arguments.at.source.as_deref())?;
    let compiled = compiled(&arguments.at, &project);
    let (Some(platform), Some(origins)) = (&compiled.platform, &compiled.origins) else {
        return Ok(report.errors(&compiled, &project));
    };
    print(&Guarded::new(&Model::of(platform, origins, &compiled.sources).json()))?;
    Ok(Outcome::Fine)
}

/// The platform that is asked for.
pub(super) fn compiled(at: &PlatformArguments, project: &Project) -> Compilation {
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let runtime = at.on.map_or_else(|| parsed.runtime(), Into::into);
    parsed.compile(&loader, at.env.as_deref(), runtime)
}

fn described(text: Option<&str>) -> String {
    text.map(|text| format!(": {text}")).unwrap_or_default()
}

/// What is called so, each in lines of its own.
fn things(model: &Model, platform: &mut Platform, name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for service in model.services.iter().filter(|it| it.path == name || it.name == name) {
        let files = files::of(platform, service);
        out.push(of_service(model, service, files));
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
        if let Some(tls) = platform.sites.iter().find(|it| it.name == *name).and_then(|it| it.tls.as_ref()) {
            lines.add("certificate", &places::of_certificate(&tls.issuer), None);
        }
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
        let backups = input.read_by_backups.iter().map(|it| format!("the backup {it}"));
        lines.all("read by", input.read_by.iter().cloned().chain(backups).map(|it| (it, None)));
        out.push(lines.text());
    }
    for outside in model.outsides.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("outside", name, None, outside.said.as_ref());
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
        let backups = model.backups.iter().filter(|it| it.to.iter().any(|to| to == name));
        lines.all("backups", backups.map(|it| (format!("{} of {}", it.name, it.of), Some(&it.said))));
        out.push(lines.text());
    }
    for backup in model.backups.iter().filter(|it| it.name == name) {
        let mut lines = Lines::new("backup", name, None, Some(&backup.said));
        lines.add("of", &backup.of, None);
        lines.add("to", &backup.to.join(", "), None);
        lines.add("when", &format!("{} (UTC)", backup.schedule), None);
        if let Some(resolved) = platform.backups.iter().find(|it| it.name == *name) {
            places::of_backup(platform, resolved, &mut lines);
        }
        out.push(lines.text());
    }
    let observed = &platform.observed.alerts;
    for (alert, resolved) in model.alerts.iter().zip(observed).filter(|(it, _)| it.name == name) {
        let mut lines = Lines::new("alert", name, None, Some(&alert.said));
        lines.add("severity", alert.severity.unwrap_or("none"), None);
        if let Some(of) = &alert.of {
            lines.add("of", of, None);
        }
        lines.add("fires when", &alert.query.split_whitespace().collect::<Vec<&str>>().join(" "), None);
        lines.add("for", &format!("{} seconds", alert.for_seconds), None);
        lines.all("says", alert.annotations.iter().map(|(name, text)| (format!("{name}: {text}"), None)));
        let told = route::receivers(platform, resolved);
        if told.is_empty() {
            lines.add("who is told", "nobody", None);
        }
        lines.all("who is told", told.into_iter().map(|line| (line, None)));
        out.push(lines.text());
    }
    out
}

/// A service with all that belongs to it.
#[expect(clippy::too_many_lines, reason = "a line for each thing that is shown, and nothing else")]
fn of_service(model: &Model, service: &Service, files: Vec<String>) -> String {
    let mut lines = Lines::new("service", &service.path, service.description.as_deref(), Some(&service.said));
    if service.name != service.path {
        lines.add("in artifacts", &service.name, None);
    }
    let image = match (&service.image, &service.build) {
        (Some(image), _) => image.clone(),
        (None, Some(build)) => format!("built in {build}"),
        (None, None) => "nothing runs: it is a name for what is nested in it".to_owned(),
    };
    lines.add("image", &image, service.image_said.as_ref());
    // The image's own stands in no source.
    let own = if service.user_said.is_some() { "" } else { " (of the image)" };
    let user = service.user.as_ref().map(|user| format!("{user}{own}"));
    let facts = [
        ("group", service.group.clone(), None),
        ("role", service.role.map(str::to_owned), None),
        ("started with", service.process.profile.as_deref().map(|it| format!("the profile {it}")), None),
        ("user", user, service.user_said.as_ref()),
    ];
    for (key, value, said) in facts {
        if let Some(value) = value {
            lines.add(key, &value, said);
        }
    }
    if service.run != "always" {
        let when = service.process.schedule.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        lines.add("runs", &format!("{}{when}", service.run), None);
    }
    runs::add(service, &mut lines);
    lines.add("networks", &service.networks.join(", "), service.networks_said.as_ref());
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
    lines
        .all("mounts", mounts.map(|it| (format!("{} ({} {})", it.path, it.kind, it.name), it.said.as_ref())));
    let health = match service.health.kind {
        "none" if service.health.asks.is_empty() => "nothing is asked".to_owned(),
        "none" => format!("nothing is asked: {}", service.health.asks),
        kind => format!("{kind}: {}", service.health.asks),
    };
    lines.add("health", &health, service.health.said.as_ref());
    lines.all(
        "after",
        service.after.iter().map(|it| (format!("{} is {}", it.service, it.condition), Some(&it.said))),
    );
    let replicas = match (service.replicas, service.most_replicas) {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let memory = crate::schema::Bytes(service.memory);
    lines.add("replicas", &replicas, service.scale_said.as_ref());
    lines.add(
        "resources",
        &format!("each {memory} of memory, {} of a processor, {} processes", service.cpu, service.pids),
        service.resources_said.as_ref(),
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
        lines.add("metrics", &format!("{} at {}", metrics.path, metrics.port), Some(&metrics.said));
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
        backups.map(|it| (format!("{} to {} ({})", it.name, it.to.join(", "), it.schedule), Some(&it.said))),
    );
    lines.all("files", files.into_iter().map(|path| (path, None)));
    lines.text()
}
