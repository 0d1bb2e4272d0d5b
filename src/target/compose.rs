//! Target compose: one host under Docker Compose, and what its operator fills in.
//!
//! `targets/compose/README.md` tells how each concept maps.

mod comments;
mod config;
mod coverage;
pub(super) mod drill;
mod environment;
mod file;
mod health;
mod kept;
mod mount;
mod overrides;
mod owner;
mod publish;
mod readers;
mod service;
mod started;
mod text;

use config::Seen;
use file::{Entry, File, Network, Volume};

pub(super) use readers::{Reader, readers};
pub(super) use started::services;

use super::inputs::example;
use super::{Artifact, Compare, Files, Lower, Missed, Target, generated};
use crate::emit::{self, Apart, Commented, Entries, Node};
use crate::formats::{self, Place};
use crate::hash::HashMap;
use crate::parallel;
use crate::platform::owner::{handovers, waits};
use crate::platform::{Platform, Service, ServiceId};

/// How compose is called with what we write. It looks for `.env` in the folder of its file, which is
/// `docker/`; ours stands in the root.
pub(super) const COMMAND: &str = "docker compose --env-file .env -f docker/compose.infrastructure.yaml";

/// Where its file stands, below the output folder.
pub(super) const FILE: &str = "docker/compose.infrastructure.yaml";

/// The first version of compose that reads it (`targets/compose/README.md`).
pub(super) const FLOOR: &str = "2.24.0";

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::COMPOSE,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs: super::no_needs,
    version: super::no_version,
    missed,
    faults: super::no_faults,
    compare: Some(Compare { file: "compose.infrastructure.yaml", changes: kept::changes }),
    lower: Lower::Mounted(lower),
};

fn lower(platform: &Platform, files: &Files<'_>) -> Vec<Artifact> {
    let header = [generated(platform)];
    let services = platform.start_order();
    let configs: Vec<Artifact> =
        platform.services.iter().flat_map(|service| config::artifacts(service, &header)).collect();
    let seen = Seen { platform, mounted: files, configs: Files::new(&configs) };
    let mut artifacts = vec![
        Artifact::new(FILE, compose_file(platform, &services, &seen, &header)),
        example::artifact(&[platform]),
    ];
    artifacts.extend(drill::artifact(platform, &seen, &header));
    artifacts.extend(configs);
    artifacts
}

/// What overrides remove and is not there.
fn missed(platform: &Platform) -> Vec<Missed> {
    let services = platform.start_order();
    let seen = Seen { platform, mounted: &Files::new([]), configs: Files::new([]) };
    let handovers = handovers(platform);
    let jobs = owner::jobs(platform, &handovers);
    let waits = waits(&handovers);
    let owners = Owners { jobs: &jobs, waits: &waits };
    let whole = Part { services: &services, owners, seen: &seen, first: true, last: true };
    let of_services = services.iter().flat_map(|service| {
        overrides::missed(platform, Place::Service, &service.overrides, || {
            Node::of(&service::lower(platform, service, &owners.names(service), &seen))
        })
    });
    let of_file =
        overrides::missed(platform, Place::Platform, &platform.overrides, || Node::of(&whole.file(platform)));
    of_services.chain(of_file).collect()
}

fn compose_file(platform: &Platform, services: &[&Service], seen: &Seen<'_>, generated: &[String]) -> String {
    let mut header: Vec<String> = platform.description.iter().cloned().collect();
    header.extend_from_slice(generated);
    header.extend([String::new(), format!("  {COMMAND} up -d")]);
    let handovers = handovers(platform);
    let jobs = owner::jobs(platform, &handovers);
    let waits = waits(&handovers);
    let owners = Owners { jobs: &jobs, waits: &waits };
    let whole = Part { services, owners, seen, first: true, last: true };
    if let Some(overridden) =
        overrides::apply(platform, Place::Platform, &platform.overrides, || Node::of(&whole.file(platform)))
    {
        return emit::yaml(&header, &overridden);
    }
    let parts = parts(services, owners, seen);
    let texts = parallel::map(&parts, |part| {
        let file = part.file(platform);
        if part.first { emit::yaml(&header, &file) } else { emit::yaml_rest(&file) }
    });
    texts.concat()
}

/// How many services are lowered and printed at once. Fixed, so that nothing depends on the machine.
const PART: usize = 50;

/// The jobs that hand volumes over, and which of them each service waits for.
#[derive(Clone, Copy)]
struct Owners<'a> {
    jobs: &'a [owner::Job<'a>],
    waits: &'a HashMap<ServiceId, Vec<usize>>,
}

impl<'a> Owners<'a> {
    fn names(&self, service: &Service) -> Vec<&'a str> {
        let of = self.waits.get(&service.id).into_iter().flatten();
        of.filter_map(|at| self.jobs.get(*at)).map(|job| job.name.as_str()).collect()
    }
}

/// Some of the services, and what stands before the first and behind the last of all.
struct Part<'a> {
    services: &'a [&'a Service],
    owners: Owners<'a>,
    seen: &'a Seen<'a>,
    first: bool,
    last: bool,
}

fn parts<'a>(services: &'a [&'a Service], owners: Owners<'a>, seen: &'a Seen<'a>) -> Vec<Part<'a>> {
    let mut rest = services;
    let mut parts = Vec::new();
    loop {
        let (services, behind) = rest.split_at(rest.len().min(PART));
        parts.push(Part { services, owners, seen, first: parts.is_empty(), last: behind.is_empty() });
        if behind.is_empty() {
            return parts;
        }
        rest = behind;
    }
}

impl<'a> Part<'a> {
    /// The jobs stand behind the last service.
    fn jobs(&self) -> &'a [owner::Job<'a>] {
        if self.last { self.owners.jobs } else { &[] }
    }

    fn entry(&self, platform: &'a Platform, service: &'a Service) -> Entry<'a> {
        let lowered = service::lower(platform, service, &self.owners.names(service), self.seen);
        match overrides::apply(platform, Place::Service, &service.overrides, || Node::of(&lowered)) {
            Some(overridden) => Entry::Overridden(overridden),
            None => Entry::Typed(Box::new(lowered)),
        }
    }

    fn file(&self, platform: &'a Platform) -> File<'a> {
        let services = self.services.iter().map(|service| {
            let entry = Commented::new(comments::lines(platform, service), self.entry(platform, service));
            (service.name.as_str(), entry)
        });
        let jobs = self.jobs().iter().map(|job| {
            let entry = Entry::Typed(Box::new(owner::lower(platform, job)));
            (job.name.as_str(), Commented::new(job.comments(), entry))
        });
        let head = File {
            name: self.first.then(|| project(platform)),
            services: Apart(services.chain(jobs).collect()),
            networks: Entries::default(),
            volumes: Entries::default(),
            secrets: Entries::default(),
        };
        if !self.last {
            return head;
        }
        let networks = platform.networks.iter().map(|network| {
            let entry = Network { internal: network.internal, enable_ipv6: network.ipv6 };
            (network.name.as_str(), Commented::new(network.description.clone(), entry))
        });
        let volumes = volumes(platform)
            .map(|(name, description)| (name, Commented::new(description.map(str::to_owned), Volume {})));
        File {
            networks: networks.collect(),
            volumes: volumes.collect(),
            secrets: environment::secrets(platform),
            ..head
        }
    }
}

/// Named volumes with their descriptions: those of services, then shared ones.
fn volumes(platform: &Platform) -> impl Iterator<Item = (&str, Option<&str>)> {
    let own = platform.services.iter().flat_map(|service| &service.volumes);
    let own = own.map(|volume| (volume.name.as_str(), volume.description.as_deref()));
    let shared = platform.volumes.iter();
    own.chain(shared.map(|volume| (volume.name.as_str(), volume.description.as_deref())))
}

/// The project's name, in the characters that compose allows
/// (compose-spec/compose-go:loader/loader.go, `NormalizeProjectName`).
pub(super) fn project(platform: &Platform) -> String {
    // Environments that meet on one host must not share containers and volumes.
    let environment = platform.environment.as_ref().map(|name| format!("-{name}")).unwrap_or_default();
    let name =
        format!("{}{environment}", platform.settings.compose.project.as_ref().unwrap_or(&platform.name))
            .to_lowercase();
    let allowed = name.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(*c));
    allowed.collect::<String>().trim_start_matches(['-', '_']).to_owned()
}
