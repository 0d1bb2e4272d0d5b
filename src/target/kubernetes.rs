//! Target kubernetes: the platform as objects of a cluster, in files that kustomize reads.
//!
//! What is lowered is a list of [`object::Object`]s; `layout` makes files of them. `targets/kubernetes/README.md` says how
//! each concept maps.

mod account;
mod api;
pub(super) mod backup;
mod claim;
mod config;
mod coverage;
mod env;
mod external;
mod fixed;
mod gateway;
mod keys;
mod labels;
mod layout;
mod namespace;
mod object;
mod operator;
mod over;
mod pod;
mod policy;
mod printed;
mod probe;
mod resources;
mod scale;
mod secret;
mod security;
mod service;
mod text;
pub(super) mod variables;
mod volume;
mod wait;
mod workload;

use object::{Object, Stage};

use super::compose::env_example;
use super::{Artifact, Compare, Files, Lower, Target};
use crate::formats;
use crate::hash::{HashMap, HashSet, IndexMap};
use crate::parallel;
use crate::platform::{Mounted, Platform, Role, Runtime, Service, ServiceId, VolumeId};

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::KUBERNETES,
    coverage: coverage::coverage,
    arguments,
    needs: super::no_needs,
    version: |platform| platform.settings.kubernetes.version,
    missed: over::missed,
    faults: over::faults,
    compare: Some(Compare { file: fixed::NAME, changes: fixed::changes }),
    lower: Lower::Mounted(lower),
};

/// What runs a service, as `kubectl` calls it.
pub(super) fn workload(service: &Service) -> &'static str {
    workload::Kind::of(service).word()
}

/// The folder of the objects of a build.
pub(super) fn folder(platform: &Platform) -> &'static str {
    layout::root(platform)
}

/// What exports the state of a cluster is about the namespaces of the platform alone, and asks for no others
/// (kubernetes/kube-state-metrics:docs/developer/cli-arguments.md).
fn arguments(platform: &Platform, service: &Service) -> Vec<String> {
    let asks = platform.runtime == Runtime::Kubernetes && service.role == Some(Role::ClusterState);
    let names = asks.then(|| platform.namespaces().join(","));
    names.into_iter().map(|names| format!("--namespaces={names}")).collect()
}

/// What objects are made of: the platform, and the files of other targets that its services mount.
struct Context<'a> {
    platform: &'a Platform,
    files: &'a Files<'a>,
    /// The services that mount each shared volume.
    users: IndexMap<VolumeId, Vec<&'a Service>>,
    /// The wave in which each service starts.
    waves: HashMap<ServiceId, u32>,
    /// The services that jobs prepare.
    prepared: HashSet<ServiceId>,
    /// The namespaces that services are reached from beside their own.
    askers: service::Askers,
}

impl<'a> Context<'a> {
    fn new(platform: &'a Platform, files: &'a Files<'a>) -> Self {
        let mut users: IndexMap<VolumeId, Vec<&Service>> = IndexMap::default();
        for service in platform.services.iter().filter(|service| service.runs()) {
            for mount in &service.mounts {
                users.entry(mount.volume).or_default().push(service);
            }
        }
        let (waves, prepared) = (wait::waves(platform), wait::prepared(platform));
        Self { platform, files, users, waves, prepared, askers: service::askers(platform) }
    }

    /// The files of a folder of another target, as far as a program reads them.
    fn mounted(&self, service: &Service, mounted: &'a Mounted) -> impl Iterator<Item = &'a Artifact> {
        let checks: Vec<String> = mounted
            .target
            .checks
            .iter()
            .map(|folder| format!("{}/{folder}/", mounted.target.folder_of(service)))
            .collect();
        let files = self.files.below(&mounted.source(service)).iter().copied();
        files.filter(move |file| !checks.iter().any(|folder| file.path.starts_with(folder)))
    }
}

fn lower(platform: &Platform, files: &Files<'_>) -> Vec<Artifact> {
    let root = layout::root(platform);
    let documents = printed::all(platform, files);
    let mut artifacts = layout::files(platform, root, &documents);
    let fixed = documents.iter().map(|document| document.fixed.as_str());
    let secrets = documents.iter().map(|document| document.secrets.as_str());
    artifacts.extend(secret::table(platform, root, secrets));
    artifacts.push(fixed::table(platform, root, fixed));
    artifacts.push(secret::apply(platform));
    if platform.settings.kubernetes.store.is_none() {
        artifacts.extend(of_script(platform));
    }
    artifacts
}

/// The script that makes Secrets, and what it is to be given.
fn of_script(platform: &Platform) -> [Artifact; 2] {
    [secret::from_env(platform), env_example::artifact(&[platform])]
}

/// What environments need beside their overlays, and the platform as it stands does not: the script that makes Secrets.
pub(super) fn of_environments(base: &Platform, environments: &[&Platform]) -> Vec<Artifact> {
    let by_script = |platform: &&&Platform| platform.settings.kubernetes.store.is_none();
    let first = environments.iter().find(by_script);
    match first {
        Some(_) if base.settings.kubernetes.store.is_some() => of_script(base).into(),
        _ => Vec::new(),
    }
}

/// The overlay of an environment over a platform as it stands; each comes with the files that its services mount.
pub(super) fn overlay(base: (&Platform, &Files<'_>), environment: (&Platform, &Files<'_>)) -> Vec<Artifact> {
    let (platform, files) = environment;
    let Some(name) = &platform.environment else { return Vec::new() };
    let root = format!("kubernetes/overlays/{name}");
    let objects = objects(platform, files);
    let mut artifacts = layout::overlay(platform, &root, &self::objects(base.0, base.1), &objects);
    let secrets: Vec<String> = objects.iter().map(secret::lines).collect();
    let fixed: Vec<String> = objects.iter().map(fixed::lines).collect();
    artifacts.extend(secret::table(platform, &root, secrets.iter().map(String::as_str)));
    artifacts.push(fixed::table(platform, &root, fixed.iter().map(String::as_str)));
    artifacts
}

/// Every object of a platform, file by file, each behind what it needs.
fn objects(platform: &Platform, files: &Files<'_>) -> Vec<Object> {
    let mut objects = plain(platform, files);
    over::apply(platform, &mut objects.iter_mut().collect::<Vec<_>>());
    objects
}

/// What an API server refuses of the objects of a platform: nothing, but for mistakes of the compiler. Of those that an override
/// extends it is reported (TGT011); tests ask for the others.
#[must_use]
pub fn refused(platform: &Platform) -> Vec<String> {
    let version = platform.settings.kubernetes.written_for();
    let made = over::with_files(platform, |files| objects(platform, files));
    let of_one = |object: &Object| {
        let refusals = api::refusals(&object.kind, &object.tree, version);
        let words = |refusal: api::Refusal| {
            format!("{} `{}`: {}: {}", object.kind, object.name, refusal.path, refusal.label)
        };
        refusals.into_iter().map(words).collect::<Vec<_>>()
    };
    made.iter().flat_map(of_one).collect()
}

/// The same objects without what overrides put over them.
fn plain(platform: &Platform, files: &Files<'_>) -> Vec<Object> {
    let keep = |_, objects: Vec<Object>| objects;
    parts(platform, files, &keep).into_iter().flatten().collect()
}

/// The objects of a platform, part by part, in their order. What becomes of a part is decided where it is made: `keep` is given
/// its objects, and whether an override may extend one of them.
fn parts<T: Send>(
    platform: &Platform,
    files: &Files<'_>,
    keep: &(impl Fn(bool, Vec<Object>) -> T + Sync),
) -> Vec<T> {
    let cluster = Context::new(platform, files);
    let own = over::extends(platform, None);
    let mut parts = vec![keep(own, namespace::objects(platform)), keep(own, variables::objects(platform))];
    parts.extend(policy::objects(platform, &|objects| keep(own, objects)));
    // The claims of jobs are among them.
    parts.push(keep(over::is_used(platform), claim::objects(&cluster)));
    parts.extend(parallel::map(&platform.start_order(), |service| {
        keep(over::extends(platform, Some(service)), of_service(&cluster, service))
    }));
    parts.push(keep(own, gateway::objects(platform)));
    parts.push(keep(own, operator::objects(platform)));
    parts
}

/// The objects of a service, each behind what it needs.
fn of_service(cluster: &Context<'_>, service: &Service) -> Vec<Object> {
    let platform = cluster.platform;
    let file = layout::file(platform, service);
    let configs = config::of(cluster, service);
    let mut objects = account::objects(platform, service, &file);
    objects.extend(config::objects(cluster, service, &configs, &file));
    let mut workload = workload::object(cluster, service, &configs, &file);
    let copied = backup::of_service(cluster, service, &configs, &file);
    let workloads: Vec<&Object> = std::iter::once(&workload).chain(copied.workloads()).collect();
    objects.extend(external::objects(platform, service, &workloads, &file));
    external::reload(platform, service, &mut workload);
    objects.extend(service::objects(cluster, service, &file));
    objects.push(workload);
    objects.extend(workload::renewal(cluster, service, &configs, &file));
    objects.extend(scale::objects(platform, service, &file));
    objects.extend(copied.objects);
    objects.into_iter().map(|object| object.of_service(service)).collect()
}
