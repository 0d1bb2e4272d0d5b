//! Claims: the disks of what keeps data.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{Context, labels, resources};
use crate::platform::{Backup, OwnVolume, Platform, Service};
use crate::schema::Bytes;
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Object, Stage};

/// Written by one node at a time, or by several.
const ONE_NODE: &str = "ReadWriteOnce";
const MANY_NODES: &str = "ReadWriteMany";

/// The size of a volume where the source says none.
const SIZE: Bytes = Bytes(1 << 30);

/// The templates of the claims of a set. They cannot be changed once they are there, so they hold no label that could; kind
/// and version of the API stand in them because tools that compare would see them added (argoproj/argo-cd#16707).
pub(super) fn templates(platform: &Platform, service: &Service) -> Vec<PersistentVolumeClaim> {
    let class = platform.settings.kubernetes.storage_class.as_ref();
    let template = |volume: &OwnVolume| PersistentVolumeClaim {
        metadata: ObjectMeta { name: Some(volume.short(service).to_owned()), ..ObjectMeta::default() },
        spec: Some(spec(volume.size, ONE_NODE, class)),
        ..PersistentVolumeClaim::default()
    };
    service.volumes.iter().map(template).collect()
}

/// The claims of volumes that belong to no set: shared ones, and those of jobs.
pub(super) fn objects(cluster: &Context<'_>) -> Vec<Object> {
    let platform = cluster.platform;
    let shared = cluster.users.iter().filter_map(|(id, users)| {
        let volume = &platform[*id];
        let first = users.first()?;
        let description = volume.description.as_deref();
        let claim =
            Claim { name: &volume.name, size: volume.size, many: is_on_many_nodes(users), description };
        Some(object(platform, first, &claim))
    });
    let of_jobs = platform.services.iter().filter(|service| service.runs() && service.is_job());
    let of_jobs = of_jobs.flat_map(|service| {
        service.volumes.iter().map(|volume| {
            let description = volume.description.as_deref();
            let claim = Claim { name: &volume.name, size: volume.size, many: false, description };
            object(platform, service, &claim).of_service(service)
        })
    });
    shared.chain(of_jobs).collect()
}

/// Whether pods that mount a volume may be on several nodes.
fn is_on_many_nodes(users: &[&Service]) -> bool {
    users.len() > 1 || users.iter().any(|user| user.may_run_several_times())
}

/// Whether a service's pods mount a claim that one node has at a time, outside of a set.
pub(super) fn is_bound_to_a_node(cluster: &Context<'_>, service: &Service) -> bool {
    let mut users = service.mounts.iter().filter_map(|mount| cluster.users.get(&mount.volume));
    users.any(|users| !is_on_many_nodes(users))
}

/// The claim that the copies of a backup lie in: one pod at a time takes one, or brings one back.
pub(super) fn of_copies(platform: &Platform, backup: &Backup) -> Object {
    let service = &platform[backup.of];
    let (name, size) = (backup.claim(), Some(platform.room_of(backup, SIZE)));
    let description = match backup.size {
        Some(_) => format!("Copies of {}.", service.path),
        None => format!(
            "Copies of {}: room for {} as large as its volumes; `size` of the backup says otherwise.",
            service.path,
            Platform::copies_of(backup)
        ),
    };
    let claim = Claim { name: &name, size, many: false, description: Some(&description) };
    object(platform, service, &claim)
}

/// The claim of the first pod of a set: `TEMPLATE-SET-0`.
pub(super) fn of_first_pod(service: &Service, volume: &OwnVolume) -> String {
    format!("{}-{}-0", volume.short(service), service.name)
}

struct Claim<'a> {
    name: &'a str,
    size: Option<Bytes>,
    many: bool,
    description: Option<&'a str>,
}

fn object(platform: &Platform, user: &Service, claim: &Claim<'_>) -> Object {
    let settings = &platform.settings.kubernetes;
    let (mode, class) = if claim.many {
        (MANY_NODES, settings.shared_storage_class.as_ref())
    } else {
        (ONE_NODE, settings.storage_class.as_ref())
    };
    let out = PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(claim.name.to_owned()),
            namespace: Some(platform.namespace_of(user)),
            labels: Some(labels::of_platform(platform)),
            annotations: Some(labels::kept()),
            ..ObjectMeta::default()
        },
        spec: Some(spec(claim.size, mode, class)),
        ..PersistentVolumeClaim::default()
    };
    Object::new(file::of_service(platform, user), Stage::Claim, &out)
        .with_comment(claim.description.map(str::to_owned))
}

fn spec(size: Option<Bytes>, mode: &str, class: Option<&String>) -> PersistentVolumeClaimSpec {
    let size = resources::memory(size.unwrap_or(SIZE));
    PersistentVolumeClaimSpec {
        access_modes: Some(vec![mode.to_owned()]),
        storage_class_name: class.cloned(),
        resources: Some(VolumeResourceRequirements {
            requests: Some(BTreeMap::from([("storage".to_owned(), size)])),
            limits: None,
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}
