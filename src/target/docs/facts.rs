//! Everything that the page of the platform holds.

use serde::Serialize;

use super::access::{self, Access};
use super::alerts::{self, Mute, Row, Told};
use super::aws::Aws;
use super::cluster::Cluster;
use super::commands::{Commands, back, profiles, word};
use super::copies::{self, Copies};
use super::markdown::{block, code, codes, paragraph, prose, words};
use super::place::{self, Place};
use super::services::{self, Command, Details, Group, link, running};
use super::stores::{self, Account, Input, Site, Store};
use crate::formats;
use crate::graph::{Graph, mermaid};
use crate::platform::{Health, OutsideKind, Platform, Role, Runtime, Service, observe};
use crate::target::scripts;

/// The page's context. Every text is Markdown already.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks for each by its name")]
pub(super) struct Facts {
    generated: String,
    name: String,
    description: String,
    owner: String,
    environment: String,
    /// Links to the pages of other runtimes.
    others: Vec<String>,
    runtime: &'static str,
    compose: bool,
    /// What every command begins with.
    base: String,
    place: Option<Place>,
    /// Whether it needs files that stand in the project's own folder alone.
    of_project: bool,
    namespace: String,
    diagram: String,
    networks: Vec<Network>,
    outsides: Vec<Outside>,
    groups: Vec<Group>,
    services: Vec<Details>,
    count: usize,
    memory: String,
    host: Vec<Host>,
    repository: String,
    folder: String,
    /// The environment whose build this is of; empty where there is none.
    build: String,
    profiles: String,
    /// What services need of the kernel.
    kernel: Vec<String>,
    /// Files with the operator's certificates, which lie there before the start.
    certificates: Vec<String>,
    scripts: bool,
    /// Whether the scripts fill in secrets.
    secrets: bool,
    /// Whether they change secrets.
    rotates: bool,
    aws: Option<Aws>,
    access: Access,
    cluster: Option<Cluster>,
    ssh: String,
    sites: Vec<Site>,
    scrapes: Vec<Scrape>,
    alerts: Vec<Row>,
    receivers: Vec<Told>,
    mutes: Vec<Mute>,
    dashboards: Vec<Dashboard>,
    /// What shows them, as links.
    shown_by: Vec<String>,
    queries: Vec<Query>,
    searches: Vec<Command>,
    searched_by: Vec<String>,
    stores: Vec<Store>,
    accounts: Vec<Account>,
    copies: Copies,
    /// The command that goes back to the build before; empty where no script does.
    back: String,
    inputs: Vec<Input>,
    health: Vec<Command>,
    exceptions: Vec<Exception>,
    policies: Vec<String>,
    troubles: Vec<Trouble>,
    /// The command that shows the log of the first service.
    first_log: String,
    support: String,
    licence: String,
}

#[derive(Serialize)]
struct Network {
    name: String,
    description: String,
    internal: bool,
    services: String,
}

#[derive(Serialize)]
struct Outside {
    name: String,
    addresses: String,
    description: String,
}

#[derive(Serialize)]
struct Host {
    name: String,
    size: String,
    memory: String,
    disk: String,
    image: String,
    sysctl: Vec<String>,
}

#[derive(Serialize)]
struct Scrape {
    job: String,
    target: String,
    interval: String,
}

#[derive(Serialize)]
struct Dashboard {
    title: String,
    of: String,
    description: String,
    path: String,
}

#[derive(Serialize)]
struct Query {
    title: String,
    /// The services whose guides hold it.
    of: String,
    expr: String,
}

#[derive(Serialize)]
struct Exception {
    service: String,
    reason: String,
}

#[derive(Serialize)]
struct Trouble {
    service: String,
    link: String,
    steps: Vec<String>,
    save: String,
    again: String,
}

pub(super) fn facts(platform: &Platform, generated: String) -> Facts {
    let commands = Commands::of(platform);
    let said = |text: &Option<String>| text.as_deref().map(paragraph).unwrap_or_default();
    let memory: u64 = running(platform)
        .filter(|it| !it.is_job())
        .map(|it| it.resources.memory.0.saturating_mul(it.copies_on_one_host()))
        .sum();
    // They are of compose.
    let scripts = platform.runtime == Runtime::Compose && platform.targets.contains(&&formats::SCRIPTS);
    Facts {
        generated,
        name: words(&platform.name),
        description: said(&platform.description),
        owner: said(&platform.owner),
        environment: platform.environment.as_deref().map(code).unwrap_or_default(),
        others: platform
            .pages_of_others()
            .into_iter()
            .map(|(runtime, folder)| format!("[{}]({folder}INFRASTRUCTURE.md)", runtime.name()))
            .collect(),
        runtime: platform.runtime.name(),
        compose: platform.runtime == Runtime::Compose,
        base: commands.base(),
        place: place::place(platform),
        of_project: !platform.of_the_project().is_empty(),
        namespace: codes(platform.namespaces().iter().map(String::as_str)),
        diagram: block("mermaid", &mermaid(&Graph::of(platform, false))),
        networks: networks(platform),
        outsides: outsides(platform),
        groups: services::groups(platform),
        services: services::details(platform),
        count: running(platform).count(),
        memory: gibibytes(memory),
        host: hosts(platform),
        repository: platform.repository.as_deref().map(word).unwrap_or_default(),
        folder: platform.repository.as_deref().map(|it| word(clone_folder(it))).unwrap_or_default(),
        build: platform.environment.as_deref().map(word).unwrap_or_default(),
        profiles: profiles(platform),
        kernel: kernel(platform),
        certificates: stores::certificates(platform),
        scripts,
        secrets: scripts && scripts::fill_secrets(platform),
        rotates: scripts && scripts::rotate(platform),
        aws: Aws::of(platform, scripts),
        access: access::access(platform),
        cluster: Cluster::of(platform),
        ssh: platform
            .hosts
            .iter()
            .find_map(|host| host.ssh)
            .map(|it| access::who(platform, it))
            .unwrap_or_default(),
        sites: stores::sites(platform),
        scrapes: scrapes(platform),
        alerts: alerts::rows(platform),
        receivers: alerts::receivers(platform),
        mutes: alerts::mutes(platform),
        dashboards: dashboards(platform),
        shown_by: linked(platform, Role::Dashboards),
        queries: queries(platform),
        searches: platform.with_role(Role::Search).flat_map(|it| services::inside(platform, it)).collect(),
        searched_by: linked(platform, Role::Search),
        stores: stores::stores(platform),
        accounts: stores::accounts(platform),
        copies: copies::copies(platform, scripts),
        back: if scripts { back(platform) } else { String::new() },
        inputs: stores::inputs(platform),
        health: health(platform),
        exceptions: exceptions(platform),
        policies: platform.policies.iter().map(|policy| paragraph(&policy.sentence)).collect(),
        troubles: troubles(platform),
        first_log: running(platform).find(|it| !it.is_job()).map(|it| commands.log(it)).unwrap_or_default(),
        support: said(&platform.support),
        licence: said(&platform.licence),
    }
}

/// The folder that `git clone` makes.
fn clone_folder(address: &str) -> &str {
    let last = address.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(address);
    last.strip_suffix(".git").unwrap_or(last)
}

fn networks(platform: &Platform) -> Vec<Network> {
    let rows = platform.networks.iter().enumerate().map(|(at, network)| {
        let on = running(platform).filter(|service| service.networks.iter().any(|it| it.0 == at));
        Network {
            name: code(&network.name),
            description: network.description.as_deref().map(prose).unwrap_or_default(),
            internal: network.internal,
            services: codes(on.map(|service| service.name.as_str())),
        }
    });
    rows.collect()
}

/// What the source declares outside of the platform.
fn outsides(platform: &Platform) -> Vec<Outside> {
    let declared = platform.outsides.iter().filter(|outside| outside.kind == OutsideKind::Declared);
    let rows = declared.map(|outside| {
        let endpoints = outside.endpoints.iter().map(|it| format!("{}:{}", it.host, it.port));
        let addresses: Vec<String> = outside.ranges.iter().cloned().chain(endpoints).collect();
        Outside {
            name: code(&outside.name),
            addresses: codes(addresses.iter().map(String::as_str)),
            description: outside.description.as_deref().map(prose).unwrap_or_default(),
        }
    });
    rows.collect()
}

fn hosts(platform: &Platform) -> Vec<Host> {
    let rows = platform.hosts.iter().map(|host| Host {
        name: code(&host.name),
        size: host.size.as_deref().map(code).unwrap_or_default(),
        memory: host.memory.map(|it| code(&it.to_string())).unwrap_or_default(),
        disk: host.disk.map(|it| code(&it.to_string())).unwrap_or_default(),
        image: host.image.as_deref().map(code).unwrap_or_default(),
        sysctl: host.sysctl.iter().map(|(key, value)| format!("{key}={value}")).collect(),
    });
    rows.collect()
}

/// The settings of the kernel that services need of the host, or of each node of a cluster, each key with its largest value.
fn kernel(platform: &Platform) -> Vec<String> {
    let needed = scripts::kernel_settings(platform);
    needed.into_iter().map(|(key, value)| code(&format!("{key}={value}"))).collect()
}

/// The services that do something for the platform, as links.
fn linked(platform: &Platform, role: Role) -> Vec<String> {
    let all = running(platform).filter(|service| service.role == Some(role));
    all.map(|service| format!("[{}]({})", code(&service.name), link(service))).collect()
}

/// Whether anything does that for the platform: a service of its own, or what reads the files of a target.
fn has(platform: &Platform, role: Role, format: &'static formats::Format) -> bool {
    platform.with_role(role).next().is_some() || platform.targets.contains(&format)
}

fn scrapes(platform: &Platform) -> Vec<Scrape> {
    if !has(platform, Role::Metrics, &formats::PROMETHEUS) {
        return Vec::new();
    }
    let rows = platform.observed.jobs.iter().map(|job| Scrape {
        job: code(&job.name),
        target: code(&services::target(platform, job)),
        interval: code(&job.interval.to_string()),
    });
    rows.collect()
}

fn dashboards(platform: &Platform) -> Vec<Dashboard> {
    if !has(platform, Role::Dashboards, &formats::GRAFANA) {
        return Vec::new();
    }
    let rows = platform.observed.dashboards.iter().map(|dashboard| Dashboard {
        title: prose(&dashboard.title),
        of: dashboard.owner.map(|it| code(&platform[it].name)).unwrap_or_default(),
        description: dashboard.description.as_deref().map_or_else(|| headings(dashboard), prose),
        path: code(&format!("/d/{}", dashboard.uid)),
    });
    rows.collect()
}

/// What a dashboard shows: its headings, or those of its panels where it has none.
fn headings(dashboard: &observe::Dashboard) -> String {
    let mut all: Vec<&str> = dashboard.rows.iter().filter_map(|row| row.title.as_deref()).collect();
    if all.is_empty() {
        all = dashboard.panels().map(|panel| panel.title.as_str()).collect();
    }
    all.into_iter().map(prose).collect::<Vec<_>>().join(", ")
}

/// The queries of guides and the records, each once.
fn queries(platform: &Platform) -> Vec<Query> {
    let mut all: Vec<Query> = Vec::new();
    if !has(platform, Role::Metrics, &formats::PROMETHEUS) {
        return all;
    }
    for service in &platform.services {
        for (title, expr) in service.guide.iter().flat_map(|guide| &guide.queries) {
            let expr = block("promql", expr.trim());
            let name = code(&platform.top(service.id).name);
            match all.iter_mut().find(|known| known.expr == expr) {
                Some(known) if known.of.contains(&name) => {}
                Some(known) => known.of = format!("{}, {name}", known.of),
                None => all.push(Query { title: paragraph(title), of: name, expr }),
            }
        }
    }
    let mut records: Vec<&str> =
        platform.observed.records.iter().map(|record| record.name.as_str()).collect();
    records.sort_unstable();
    records.dedup();
    for name in records {
        all.push(Query { title: code(name), of: String::new(), expr: block("promql", name) });
    }
    all
}

/// How health is asked for by hand: from outside where a port is published, else in the container's state.
fn health(platform: &Platform) -> Vec<Command> {
    let mut all = Vec::new();
    let commands = Commands::of(platform);
    for service in running(platform).filter(|it| !it.is_job() && it.health.is_checked()) {
        all.push(Command {
            title: service.name.clone(),
            line: asked(platform, service).unwrap_or_else(|| commands.state(service)),
        });
    }
    all
}

fn asked(platform: &Platform, service: &Service) -> Option<String> {
    let Health::Http { port, readiness, .. } = &service.health else { return None };
    let port = service.ports.get(*port)?;
    let publish = port.publish.as_ref().filter(|_| platform.runtime == Runtime::Compose)?;
    (platform[publish.to].kind == OutsideKind::Localhost).then(|| {
        format!(
            "curl --fail --silent --show-error {}",
            word(&format!("http://localhost:{}{readiness}", publish.host_port))
        )
    })
}

fn exceptions(platform: &Platform) -> Vec<Exception> {
    let said = running(platform).filter_map(|service| {
        let reason = service.security.as_ref()?.reason.as_ref()?;
        Some(Exception { service: code(&service.name), reason: prose(reason) })
    });
    said.collect()
}

fn troubles(platform: &Platform) -> Vec<Trouble> {
    let commands = Commands::of(platform);
    let with = running(platform).filter_map(|service| {
        let guide = service.guide.as_ref().filter(|guide| !guide.down.is_empty())?;
        Some(Trouble {
            service: service.name.clone(),
            link: services::link(service),
            save: commands.save(service),
            again: commands.again(service),
            steps: guide.down.iter().map(|step| paragraph(step)).collect(),
        })
    });
    with.collect()
}

/// An amount of memory as a person compares it with that of a machine: with one digit behind the point.
fn gibibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 30);
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}
