//! Services: tables by group, and what is known of each.

use serde::Serialize;

use super::commands::{Commands, word};
use super::markdown::{block, code, code_line, codes, line, paragraph, prose, words};
use super::place;
use crate::platform::{
    Cause, EdgeEnd, Health, HostPath, Platform, Port, RunKind, Runtime, Service, Value, ValuePart,
};

#[derive(Serialize)]
pub(super) struct Group {
    title: String,
    description: String,
    profile: String,
    services: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    link: String,
    ports: String,
    description: String,
}

/// The services by group; those of none come last.
pub(super) fn groups(platform: &Platform) -> Vec<Group> {
    let of = |group: Option<usize>| -> Vec<Row> {
        let services = running(platform).filter(|service| service.group.map(|it| it.0) == group);
        services.map(row).collect()
    };
    let mut groups: Vec<Group> = platform
        .groups
        .iter()
        .enumerate()
        .map(|(at, group)| Group {
            title: words(&group.title),
            description: group.description.as_deref().map(paragraph).unwrap_or_default(),
            profile: group.profile.as_deref().map(code).unwrap_or_default(),
            services: of(Some(at)),
        })
        .collect();
    let title = if groups.is_empty() { "All services" } else { "Other services" }.to_owned();
    groups.push(Group { title, description: String::new(), profile: String::new(), services: of(None) });
    groups.retain(|group| !group.services.is_empty());
    groups
}

pub(super) fn running(platform: &Platform) -> impl Iterator<Item = &Service> {
    platform.services.iter().filter(|service| service.runs() && !platform.is_of_cluster(service))
}

fn row(service: &Service) -> Row {
    Row {
        name: code(&service.name),
        link: link(service),
        ports: codes(numbers(service).iter().map(String::as_str)),
        description: described(service),
    }
}

fn described(service: &Service) -> String {
    service.description.as_deref().map(prose).unwrap_or_default()
}

/// Where the page says more of a service.
pub(super) fn link(service: &Service) -> String {
    format!("#service-{}", service.name)
}

fn numbers(service: &Service) -> Vec<String> {
    let mut numbers: Vec<u16> = service.ports.iter().map(|port| port.number).collect();
    numbers.dedup();
    numbers.iter().map(u16::to_string).collect()
}

/// A text with `${NAME}` for what the operator sets.
pub(super) fn text(platform: &Platform, value: &Value) -> String {
    let part = |part: &ValuePart| match part {
        ValuePart::Literal(text) => text.to_string(),
        ValuePart::Input(input) => format!("${{{}}}", platform[*input].name),
    };
    value.parts.iter().map(part).collect()
}

#[derive(Serialize)]
pub(super) struct Details {
    name: String,
    description: String,
    image: String,
    /// When it runs and how many times; empty where it is one that always runs.
    runs: String,
    /// The line for crontab, where nothing of the runtime starts it by its schedule.
    crontab: String,
    ports: Vec<PortRow>,
    /// Whether one of them is published.
    publishes: bool,
    networks: String,
    reaches: String,
    /// Where copies of its data are taken.
    copied_to: String,
    reached_by: String,
    health: String,
    metrics: String,
    memory: String,
    cpu: String,
    data: Vec<String>,
    /// Folders of the host.
    folders: Vec<String>,
    files: Vec<String>,
    state: String,
    log: String,
    down: Vec<String>,
    commands: Vec<Command>,
}

#[derive(Serialize)]
struct PortRow {
    name: String,
    number: String,
    protocol: String,
    published: String,
    description: String,
}

#[derive(Serialize)]
pub(super) struct Command {
    pub(super) title: String,
    pub(super) line: String,
}

pub(super) fn details(platform: &Platform) -> Vec<Details> {
    running(platform).map(|service| detail(platform, service)).collect()
}

fn detail(platform: &Platform, service: &Service) -> Details {
    let commands = Commands::of(platform);
    let name = |end: &EdgeEnd| match end {
        EdgeEnd::Service(to, port) => {
            let number =
                port.and_then(|at| platform[*to].ports.get(at)).map(|port| format!(":{}", port.number));
            format!("{}{}", platform[*to].name, number.unwrap_or_default())
        }
        EdgeEnd::Outside(to) => platform[*to].name.clone(),
    };
    // A copy is taken by a script beside the service, which goes where the service may.
    let (copies, others): (Vec<_>, Vec<_>) =
        platform.edges_from(service.id).iter().partition(|edge| edge.cause == Cause::Backup);
    let names = |edges: Vec<&crate::platform::Edge>| {
        let mut names: Vec<String> = edges.iter().map(|edge| name(&edge.to)).collect();
        names.dedup();
        codes(names.iter().map(String::as_str))
    };
    let reaching =
        platform.edges.iter().filter(|edge| matches!(edge.to, EdgeEnd::Service(to, _) if to == service.id));
    let mut reached: Vec<&str> = reaching.map(|edge| platform[edge.from].name.as_str()).collect();
    reached.dedup();
    let job = platform.observed.jobs.iter().find(|job| job.service == service.id);
    // Those of the compiler are part of how its components work.
    let files = service.configs.iter().filter(|file| !file.brought);
    Details {
        name: service.name.clone(),
        description: service.description.as_deref().map(paragraph).unwrap_or_default(),
        image: image(platform, service),
        runs: runs(platform, service),
        crontab: crontab(platform, service),
        publishes: service.ports.iter().any(|port| port.publish.is_some()),
        ports: service.ports.iter().map(|port| port_row(platform, port)).collect(),
        networks: codes(service.networks.iter().map(|it| platform[*it].name.as_str())),
        reaches: names(others),
        copied_to: names(copies),
        reached_by: codes(reached),
        health: health(service),
        metrics: job.map(|job| code(&target(platform, job))).unwrap_or_default(),
        memory: code(&service.resources.memory.to_string()),
        cpu: code(&service.resources.cpu.to_string()),
        data: data(platform, service),
        folders: service.binds.iter().map(folder).collect(),
        files: each(files.map(|file| (file.path.as_str(), file.description.as_deref()))),
        state: commands.state(service),
        log: commands.log(service),
        down: service.guide.iter().flat_map(|guide| &guide.down).map(|step| paragraph(step)).collect(),
        commands: inside(platform, service),
    }
}

/// When it runs and how many times.
fn runs(platform: &Platform, service: &Service) -> String {
    let several = service.scale.as_deref().filter(|scale| scale.max.max(scale.min) > 1);
    match (service.run, &service.schedule, several) {
        (_, Some(schedule), _) => {
            let zone = schedule.zone.as_deref().unwrap_or("UTC");
            format!("by the schedule {} ({})", code(&schedule.cron), words(zone))
        }
        (RunKind::Once, ..) => "once, until it ends well".to_owned(),
        (RunKind::EachHost, ..) => "on each host".to_owned(),
        (_, _, Some(scale)) if platform.runtime == Runtime::Kubernetes && scale.max > scale.min => {
            format!("{} to {} pods", scale.min, scale.max)
        }
        (_, _, Some(scale)) if platform.runtime == Runtime::Kubernetes => format!("{} pods", scale.min),
        (_, _, Some(scale)) => match service.copies_on_one_host() {
            1 if scale.min > 1 => {
                format!("one container, not {}: a port of the host can be taken once", scale.min)
            }
            1 => "one container".to_owned(),
            copies => format!("{copies} containers"),
        },
        _ => String::new(),
    }
}

/// The line of crontab that starts it: compose keeps no schedule.
fn crontab(platform: &Platform, service: &Service) -> String {
    let Some(schedule) = service.schedule.as_ref().filter(|_| platform.runtime == Runtime::Compose) else {
        return String::new();
    };
    let folder = if place::place(platform).is_some() { platform.install_path() } else { "FOLDER".to_owned() };
    let base = Commands::of(platform).base();
    let line = format!(
        "{} cd {} && {base} run --rm --no-deps {}",
        schedule.cron,
        word(&folder),
        word(&service.name)
    );
    block("text", &line)
}

/// What lasts: its own volumes, then those that it shares.
fn data(platform: &Platform, service: &Service) -> Vec<String> {
    let own = service.volumes.iter().map(|volume| (volume.path.as_str(), volume.description.as_deref()));
    let shared = service.mounts.iter().map(|mount| {
        let volume = &platform[mount.volume];
        let about = volume.description.as_deref().map(|it| format!(": {}", line(it))).unwrap_or_default();
        let reads = if mount.read_only { ", which it only reads" } else { "" };
        format!("{} (the shared volume {}{reads}){about}", code_line(&mount.path), code(&volume.name))
    });
    each(own).into_iter().chain(shared).collect()
}

/// A folder of the host in the container.
fn folder(bind: &HostPath) -> String {
    let reads = if bind.read_only { ", which it only reads" } else { "" };
    format!("{} is {}{reads}", code_line(&bind.path), code_line(&bind.source))
}

/// Paths, each with what is there.
fn each<'a>(paths: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Vec<String> {
    let one = |(path, about): (&str, Option<&str>)| match about {
        Some(about) => format!("{}: {}", code_line(path), line(about)),
        None => code_line(path),
    };
    paths.map(one).collect()
}

/// The commands of its guide.
pub(super) fn inside(platform: &Platform, service: &Service) -> Vec<Command> {
    let commands = Commands::of(platform);
    let guide = service.guide.iter().flat_map(|guide| &guide.commands);
    guide
        .map(|(title, words_of)| Command {
            title: title.replace(char::is_control, " "),
            line: commands.inside(service, words_of).replace(char::is_control, " "),
        })
        .collect()
}

fn image(platform: &Platform, service: &Service) -> String {
    match (&service.image, &service.build) {
        (Some(image), _) => code_line(&text(platform, image)),
        (None, Some(build)) => code_line(&build.context),
        (None, None) => String::new(),
    }
}

fn port_row(platform: &Platform, port: &Port) -> PortRow {
    PortRow {
        name: code(&port.name),
        number: code(&port.number.to_string()),
        protocol: port.protocol.word().to_owned(),
        published: port
            .publish
            .as_ref()
            .map(|publish| {
                format!("{} as {}", code(&platform[publish.to].name), code(&publish.host_port.to_string()))
            })
            .unwrap_or_default(),
        description: port.description.as_deref().map(prose).unwrap_or_default(),
    }
}

/// How a service is known to work.
pub(super) fn health(service: &Service) -> String {
    let number = |port: &usize| service.ports.get(*port).map(|port| port.number).unwrap_or_default();
    match &service.health {
        Health::None { reason } => reason.as_deref().map(line).unwrap_or_default(),
        Health::Builtin(_) => "image".to_owned(),
        Health::Http { port, readiness, liveness, startup, .. } => {
            let mut paths = vec![readiness.as_str()];
            paths.extend(liveness.as_deref());
            paths.extend(startup.as_deref());
            paths.sort_unstable();
            paths.dedup();
            codes(
                paths
                    .iter()
                    .map(|path| format!(":{}{path}", number(port)))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str),
            )
        }
        Health::Tcp { port, .. } => code(&format!(":{}", number(port))),
        Health::Exec(_) | Health::Shell(_) => "command".to_owned(),
    }
}

/// What is scraped: `host:port/path`.
pub(super) fn target(platform: &Platform, job: &crate::platform::observe::Job) -> String {
    let service = &platform[job.service];
    let number = service.ports.get(job.port).map(|port| port.number).unwrap_or_default();
    format!("{}:{number}{}", service.name, job.path)
}
