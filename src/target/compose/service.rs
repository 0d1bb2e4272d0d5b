//! One service of the platform as a service of compose.

use super::super::TARGETS;
use super::config::Seen;
use super::file::{
    Build, DependsOn, Deploy, Device, Limits, Logging, LoggingOptions, Reservations, Resources,
    Service as Out, Words,
};
use super::{environment, health, mount, publish, text};
use crate::emit::{DoubleQuoted, Entries, FlowMap, FlowSeq};
use crate::platform::{Condition, Dependency, Platform, RunKind, Service, Ulimit, Value};
use crate::target::go;

/// The profile of services that run on a schedule. Nobody asks for it: `up` leaves them out, and
/// `run --rm NAME` starts one all the same.
pub(super) const SCHEDULED: &str = "scheduled";

/// A service; `jobs` are the names of those that hand volumes over to it.
pub(super) fn lower<'a>(
    platform: &'a Platform,
    service: &'a Service,
    jobs: &[&'a str],
    seen: &Seen<'_>,
) -> Out<'a> {
    let host_network = service.exception(|security| security.host_network);
    let confinement = service.confinement();
    let process = service.process.as_deref();
    let privileged = service.exception(|security| security.privileged);
    let capabilities: Vec<&str> = service.capabilities().collect();
    let devices = service.security.iter().flat_map(|security| &security.devices);
    let networks: Vec<&str> =
        service.networks.iter().map(|network| platform[*network].name.as_str()).collect();
    Out {
        image: service.image.as_ref().map(|image| text::value(platform, image)),
        build: build(platform, service),
        profiles: profile(platform, service).map(|profile| FlowSeq([profile])),
        user: service.user.as_deref().map(text::literal).map(DoubleQuoted),
        privileged,
        pid: service.exception(|security| security.host_pid).then_some("host"),
        init: process.and_then(|process| process.init),
        hostname: service.bears.hostname_is_state.then_some(service.name.as_str()),
        entrypoint: service.entrypoint.as_deref().map(|words| command(platform, words)),
        command: service.command.as_deref().map(|words| command_with_arguments(platform, service, words)),
        environment: environment::variables(platform, service),
        secrets: environment::secret_files(platform, service),
        network_mode: host_network.then_some("host"),
        networks: (!host_network && !networks.is_empty()).then_some(FlowSeq(networks)),
        ports: if host_network { Vec::new() } else { publish::ports(platform, service) },
        volumes: mount::volumes(platform, service),
        tmpfs: mount::tmpfs(service),
        devices: devices.map(|device| in_and_out(device)).collect(),
        depends_on: service
            .dependencies
            .iter()
            .filter_map(|dependency| depends_on(platform, service, dependency))
            .chain(jobs.iter().map(|job| {
                let condition = "service_completed_successfully";
                (*job, FlowMap(DependsOn { condition, required: None }))
            }))
            .collect(),
        healthcheck: health::lower(platform, service),
        restart: if service.is_job() { "no" } else { "unless-stopped" },
        stop_grace_period: process.and_then(|process| process.stop_grace).map(go::duration),
        stop_signal: process.and_then(|process| process.stop_signal.as_deref()).map(text::literal),
        read_only: confinement.read_only,
        cap_drop: confinement.drops_capabilities.then_some(FlowSeq(["ALL"])),
        cap_add: (!capabilities.is_empty()).then_some(FlowSeq(capabilities)),
        security_opt: confinement.no_new_privileges.then_some(FlowSeq(["no-new-privileges:true"])),
        ulimits: ulimits(service),
        deploy: deploy(service),
        logging: FlowMap(Logging {
            driver: "json-file",
            options: LoggingOptions { max_size: "10m", max_file: "3", labels: LOG_LABELS },
        }),
        labels: labels(platform, service, seen),
    }
}

/// The labels that compose gives every container, and that the engine writes into each line of its log: a line is
/// known to be a service's by itself (docs.docker.com, "JSON File logging driver").
pub(super) const LOG_LABELS: &str = "com.docker.compose.project,com.docker.compose.service";

/// The profile that starts a service; `None` where it always starts.
pub(super) fn profile<'a>(platform: &'a Platform, service: &Service) -> Option<&'a str> {
    if service.run == RunKind::Schedule { Some(SCHEDULED) } else { platform.profile(service) }
}

fn build(platform: &Platform, service: &Service) -> Option<Build> {
    let build = service.build.as_ref()?;
    let literal = |text: &String| text::literal(text);
    Some(Build {
        context: text::literal(&mount::from_compose_file(platform, &build.context)),
        dockerfile: build.dockerfile.as_ref().map(literal),
        target: build.target.as_ref().map(literal),
        args: build.args.iter().map(|(name, value)| (name.clone(), text::value(platform, value))).collect(),
    })
}

fn command(platform: &Platform, words: &[Value]) -> Words {
    words.iter().map(|word| text::value(platform, word)).collect::<Vec<_>>().into()
}

/// A command with what targets' files cannot say behind it.
fn command_with_arguments(platform: &Platform, service: &Service, words: &[Value]) -> Words {
    let own = words.iter().map(|word| text::value(platform, word));
    let more = TARGETS.iter().flat_map(|target| (target.arguments)(platform, service));
    own.chain(more.map(|word| text::literal(&word))).collect::<Vec<_>>().into()
}

/// A device under the same name inside.
fn in_and_out(device: &str) -> String {
    if device.contains(':') { text::literal(device) } else { text::literal(&format!("{device}:{device}")) }
}

fn depends_on<'a>(
    platform: &'a Platform,
    service: &Service,
    dependency: &Dependency,
) -> Option<(&'a str, FlowMap<DependsOn>)> {
    let on = &platform[dependency.on];
    let condition = match dependency.condition {
        Condition::Healthy if health::can_be_waited_for(platform, on) => "service_healthy",
        Condition::Healthy | Condition::Started => "service_started",
        Condition::Completed => "service_completed_successfully",
        Condition::Nothing => return None,
    };
    // Compose refuses a file whose active services depend on inactive ones.
    let always_there = profile(platform, on).is_none_or(|needed| profile(platform, service) == Some(needed));
    Some((&on.name, FlowMap(DependsOn { condition, required: (!always_there).then_some(false) })))
}

fn ulimits(service: &Service) -> Entries<&str, i64> {
    let limits = service.process.iter().flat_map(|process| &process.ulimits);
    let wanted = service.bears.nofile.filter(|_| !limits.clone().any(|(name, _)| name == "nofile"));
    let wanted = wanted.map(|nofile| ("nofile", i64::try_from(nofile).unwrap_or(i64::MAX)));
    let limit = |limit: Ulimit| match limit {
        Ulimit::Unlimited => -1,
        Ulimit::At(limit) => i64::try_from(limit).unwrap_or(i64::MAX),
    };
    limits.map(|(name, value)| (name.as_str(), limit(*value))).chain(wanted).collect()
}

fn deploy(service: &Service) -> Deploy {
    let resources = &service.resources;
    let reserve = resources.reserve;
    let gpu = service.placement.as_ref().and_then(|placement| placement.gpu);
    let copies = service.copies_on_one_host();
    Deploy {
        replicas: (copies > 1).then_some(copies),
        resources: Resources {
            limits: FlowMap(Limits {
                cpus: resources.cpu.to_string(),
                memory: text::size(resources.memory),
                pids: resources.pids,
            }),
            reservations: Reservations {
                cpus: reserve.cpu.map(|cpu| cpu.to_string()),
                memory: reserve.memory.map(text::size),
                devices: gpu
                    .map(|gpu| FlowMap(Device { capabilities: ["gpu"], count: gpu }))
                    .into_iter()
                    .collect(),
            },
        },
    }
}

/// The label by which a container is made anew when a file has changed that it sees: compose compares what it writes
/// of a service, and the content of a mounted file is no part of that.
const FILES_LABEL: &str = "infrac.files";

fn labels(platform: &Platform, service: &Service, seen: &Seen<'_>) -> Entries<String, String> {
    let said = platform.container_labels(service).map(|(key, value)| (key.to_owned(), text::literal(value)));
    let files = seen.digest(service).map(|digest| (FILES_LABEL.to_owned(), digest));
    files.into_iter().chain(said).collect()
}
