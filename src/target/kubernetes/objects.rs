//! The objects of a platform, before overrides: those of the whole platform, and what each service becomes.

mod account;
mod backup;
mod claim;
mod config;
mod external;
mod gateway;
mod labels;
mod namespace;
mod operator;
mod pod;
mod policy;
mod resources;
mod scale;
mod service;
mod text;
mod variables;
mod wait;
mod workload;

use super::file;
use super::object::Object;
use crate::hash::{HashMap, HashSet, IndexMap};
use crate::parallel;
use crate::platform::{Mounted, Platform, Service, ServiceId, VolumeId};
use crate::target::{Artifact, Files};

/// What an object is made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    /// The platform itself.
    Platform,
    /// A service of it.
    Service(&'a Service),
    /// One or the other: claims are those of shared volumes, and of jobs.
    Several,
}

/// The objects of a platform.
pub(super) fn plain(platform: &Platform, files: &Files<'_>) -> Vec<Object> {
    let keep = |_: Owner<'_>, objects: Vec<Object>| objects;
    parts(platform, files, &keep).into_iter().flatten().collect()
}

/// The objects of a platform, part by part, in their order. What becomes of a part is decided where it is made: `keep` is given
/// its objects, and what they are made of.
pub(super) fn parts<T: Send>(
    platform: &Platform,
    files: &Files<'_>,
    keep: &(impl Fn(Owner<'_>, Vec<Object>) -> T + Sync),
) -> Vec<T> {
    let cluster = Context::new(platform, files);
    let mut parts: Vec<T> = [namespace::objects(platform), variables::objects(platform)]
        .map(|objects| keep(Owner::Platform, objects))
        .into();
    parts.extend(policy::objects(platform, &|objects| keep(Owner::Platform, objects)));
    parts.push(keep(Owner::Several, claim::objects(&cluster)));
    parts.extend(parallel::map(&platform.start_order(), |service| {
        keep(Owner::Service(service), of_service(&cluster, service))
    }));
    parts.push(keep(Owner::Platform, gateway::objects(platform)));
    parts.push(keep(Owner::Platform, operator::objects(platform)));
    parts
}

/// The objects of a service, each behind what it needs.
fn of_service(cluster: &Context<'_>, service: &Service) -> Vec<Object> {
    let platform = cluster.platform;
    let file = file::of_service(platform, service);
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
