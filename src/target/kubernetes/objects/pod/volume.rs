//! Volumes of pods, and where containers see them.

use k8s_openapi::api::core::v1::{
    ConfigMapProjection, ConfigMapVolumeSource, EmptyDirVolumeSource, HostPathVolumeSource, KeyToPath,
    PersistentVolumeClaimVolumeSource, ProjectedVolumeSource, SecretVolumeSource, Volume, VolumeMount,
    VolumeProjection,
};

use crate::hash::HashSet;
use crate::platform::{FILES, HostPath, InputId, MemoryPath, Platform, Propagation, SECRETS, Service, Site};
use crate::schema::Bytes;
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::objects::config::{self, Config, Mount};
use crate::target::kubernetes::objects::{Context, account, resources};

/// The length of a name before a number is put to it: a label of DNS has 63 characters at most.
const ROOM: usize = 58;

/// The folder of a disk that a program sees: the disk itself may hold `lost+found`, and programs that make a database in a folder
/// want it empty (docker-library/docs:postgres/content.md, `PGDATA`; strimzi/strimzi-kafka-operator#1307).
pub(in super::super) const FOLDER: &str = "data";

/// How much a folder of the node holds that a program writes what passes to. What is in memory counts as the container's own, and
/// would end it where uploads are buffered; a pod that writes more than this is moved (kubernetes/website:content/en/docs/concepts/
/// storage/volumes.md, "emptyDir").
const ON_DISK: Bytes = Bytes(1 << 30);

/// The folder for what passes.
const TMP: &str = "/tmp";

/// What everybody in the pod's group may read, and nobody else: secrets belong to root, and the group is the pod's.
const SECRET_MODE: i32 = 0o440;

/// The volumes of a pod, with their mounts in its container.
#[derive(Debug, Default)]
pub(in super::super) struct Volumes {
    pub(in super::super) declared: Vec<Volume>,
    pub(in super::super) mounts: Vec<VolumeMount>,
    names: HashSet<String>,
}

impl Volumes {
    pub(in super::super) fn new(cluster: &Context<'_>, service: &Service, configs: &[Config]) -> Self {
        let platform = cluster.platform;
        let mut all = Self::default();
        let templates = Kind::of(service) == Kind::StatefulSet;
        for volume in &service.volumes {
            let name = all.unique(volume.short(service));
            all.mount(&name, &volume.path, volume.read_only);
            if Kind::of(service) != Kind::DaemonSet {
                all.below(FOLDER);
            }
            if !templates {
                all.declared.push(own(platform, service, &name, &volume.name));
            }
        }
        for shared in &service.mounts {
            let claim = &platform[shared.volume].name;
            let name = all.unique(claim);
            all.mount(&name, &shared.path, shared.read_only);
            all.declared.push(claimed(&name, claim));
        }
        all.given(platform, service, configs, platform.secret_files(service).into_iter().collect());
        for site in platform.operators_certificates(service) {
            all.certificate(site);
        }
        for bind in &service.binds {
            all.bind(bind);
        }
        for memory in &service.memory_paths {
            all.memory(memory);
        }
        for path in scratch(cluster, service) {
            let name = all.unique(&of_path(path));
            all.mount(&name, path, false);
            let room = EmptyDirVolumeSource::default();
            all.declared.push(Volume { name, empty_dir: Some(room), ..Volume::default() });
        }
        all
    }

    /// The configuration of a service, some of its secrets, and paths of its own that it writes what passes to: what a pod beside it
    /// needs to run programs of its image.
    pub(in super::super) fn of_files(
        platform: &Platform,
        service: &Service,
        configs: &[Config],
        secrets: Vec<InputId>,
    ) -> Self {
        let mut all = Self::default();
        all.given(platform, service, configs, secrets);
        for memory in &service.memory_paths {
            all.memory(memory);
        }
        if all.mounts.iter().all(|mount| mount.mount_path != TMP) {
            all.tmp();
        }
        all
    }

    /// A folder for what passes, and nothing else.
    pub(in super::super) fn of_scratch() -> Self {
        let mut all = Self::default();
        all.tmp();
        all
    }

    fn tmp(&mut self) {
        let name = self.unique("tmp");
        self.mount(&name, TMP, false);
        self.declared.push(scratch_volume(name));
    }

    /// Files of ConfigMaps and of Secrets.
    fn given(&mut self, platform: &Platform, service: &Service, configs: &[Config], secrets: Vec<InputId>) {
        for config in configs {
            self.config(config);
        }
        if !secrets.is_empty() {
            self.secrets(platform, service, secrets);
        }
    }

    /// A claim at a path, or the folder of it that a program sees.
    pub(in super::super) fn claim(&mut self, claim: &str, path: &str, below: Option<&str>, read_only: bool) {
        let name = self.unique(claim);
        self.mount(&name, path, read_only);
        if let Some(below) = below {
            self.below(below);
        }
        self.declared.push(claimed(&name, claim));
    }

    /// The files of a ConfigMap, as a folder.
    pub(in super::super) fn programs(&mut self, name: &str, path: &str) {
        let volume = self.unique("programs");
        self.mount(&volume, path, true);
        let source = ConfigMapVolumeSource { name: name.to_owned(), ..ConfigMapVolumeSource::default() };
        self.declared.push(Volume { name: volume, config_map: Some(source), ..Volume::default() });
    }

    /// A name for a volume that no other one of the pod has: at most 63 characters.
    fn unique(&mut self, wanted: &str) -> String {
        let wanted: String = wanted.chars().map(plain).take(ROOM).collect();
        let wanted = wanted.trim_matches('-');
        let wanted = if wanted.is_empty() { "root" } else { wanted };
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}-{number}");
            number += 1;
        }
        name
    }

    fn mount(&mut self, name: &str, path: &str, read_only: bool) {
        self.mounts.push(VolumeMount {
            name: name.to_owned(),
            mount_path: path.to_owned(),
            read_only: read_only.then_some(true),
            ..VolumeMount::default()
        });
    }

    /// Mounts what stands at a path of the volume that was mounted last, instead of the whole.
    fn below(&mut self, path: &str) {
        if let Some(mount) = self.mounts.last_mut() {
            mount.sub_path = Some(path.to_owned());
        }
    }

    /// Files of ConfigMaps: a folder of them, or each by itself where its folder holds something else as well.
    fn config(&mut self, config: &Config) {
        let name = self.unique(&config.volume);
        match &config.mount {
            Mount::Folder(path) => self.mount(&name, path, true),
            Mount::Files(files) => {
                for file in files {
                    self.mount(&name, &file.at, true);
                    self.below(&file.path);
                }
            }
        }
        let items = |map: &config::Map| {
            let item = |file: &config::File| KeyToPath {
                key: file.key.clone(),
                path: file.path.clone(),
                mode: file.mode.and_then(|mode| i32::try_from(mode).ok()),
                ..KeyToPath::default()
            };
            // The keys are the paths where nothing is said.
            let plain = map.files.iter().all(|file| file.key == file.path && file.mode.is_none());
            (!plain).then(|| map.files.iter().map(item).collect::<Vec<_>>())
        };
        self.declared.push(match config.maps.as_slice() {
            [map] => Volume {
                name,
                config_map: Some(ConfigMapVolumeSource {
                    name: map.name.clone(),
                    items: items(map),
                    ..ConfigMapVolumeSource::default()
                }),
                ..Volume::default()
            },
            maps => Volume {
                name,
                projected: Some(ProjectedVolumeSource {
                    sources: Some(
                        maps.iter()
                            .map(|map| VolumeProjection {
                                config_map: Some(ConfigMapProjection {
                                    name: map.name.clone(),
                                    items: items(map),
                                    optional: None,
                                }),
                                ..VolumeProjection::default()
                            })
                            .collect(),
                    ),
                    ..ProjectedVolumeSource::default()
                }),
                ..Volume::default()
            },
        });
    }

    fn secrets(&mut self, platform: &Platform, service: &Service, files: Vec<InputId>) {
        let name = self.unique("secrets");
        if account::asks(platform, service) {
            // The token of the API is mounted below the same folder, in which nothing can be made once it is mounted
            // (kubernetes/kubernetes#65835).
            for id in &files {
                self.mount(&name, &platform[*id].file_path(), true);
                self.below(&platform[*id].file_name());
            }
        } else {
            self.mount(&name, SECRETS, true);
        }
        let item = |id: InputId| KeyToPath {
            key: platform[id].name.clone(),
            path: platform[id].file_name(),
            ..KeyToPath::default()
        };
        self.declared.push(Volume {
            name,
            secret: Some(SecretVolumeSource {
                secret_name: Some(service.name.clone()),
                default_mode: Some(SECRET_MODE),
                items: Some(files.into_iter().map(item).collect()),
                ..SecretVolumeSource::default()
            }),
            ..Volume::default()
        });
    }

    /// A certificate of the operator's, under the names that a proxy reads. The pod starts without it, and sees it when it is there.
    fn certificate(&mut self, site: &Site) {
        let name = self.unique(&format!("certificate-{}", site.name));
        self.mount(&name, &format!("{FILES}/{}", site.name), true);
        let item = |key: &str, path: &str| KeyToPath {
            key: key.to_owned(),
            path: path.to_owned(),
            ..KeyToPath::default()
        };
        self.declared.push(Volume {
            name,
            secret: Some(SecretVolumeSource {
                secret_name: Some(site.certificate_secret(0)),
                default_mode: Some(SECRET_MODE),
                items: Some(vec![item("tls.crt", "fullchain.pem"), item("tls.key", "privkey.pem")]),
                optional: Some(true),
                ..SecretVolumeSource::default()
            }),
            ..Volume::default()
        });
    }

    fn bind(&mut self, bind: &HostPath) {
        let name = self.unique(&of_path(&bind.source));
        self.mount(&name, &bind.path, bind.read_only);
        if let Some(mount) = self.mounts.last_mut() {
            mount.mount_propagation = bind.propagation.and_then(|propagation| match propagation {
                Propagation::Private => None,
                Propagation::Slave => Some("HostToContainer".to_owned()),
                Propagation::Shared => Some("Bidirectional".to_owned()),
            });
        }
        self.declared.push(host_path(name, &bind.source, None));
    }

    /// A path in memory counts as memory of the container.
    fn memory(&mut self, memory: &MemoryPath) {
        let name = self.unique(&of_path(&memory.path));
        self.mount(&name, &memory.path, false);
        let (medium, size) =
            if memory.derived { (None, ON_DISK) } else { (Some("Memory".to_owned()), memory.size) };
        let empty_dir = Some(EmptyDirVolumeSource {
            medium,
            size_limit: Some(resources::memory(size)),
            ..EmptyDirVolumeSource::default()
        });
        self.declared.push(Volume { name, empty_dir, ..Volume::default() });
    }
}

/// A volume of a service whose pods come from no set: what each node keeps is in a folder of the node, what a
/// job keeps in a claim.
fn own(platform: &Platform, service: &Service, name: &str, volume: &str) -> Volume {
    if Kind::of(service) == Kind::DaemonSet {
        // Two environments in one cluster have namespaces of their own, and share its nodes.
        let path = format!("/var/lib/{}/{volume}", platform.namespace());
        return host_path(name.to_owned(), &path, Some("DirectoryOrCreate"));
    }
    claimed(name, volume)
}

/// A folder of the node for what passes.
fn scratch_volume(name: String) -> Volume {
    let room = EmptyDirVolumeSource {
        size_limit: Some(resources::memory(ON_DISK)),
        ..EmptyDirVolumeSource::default()
    };
    Volume { name, empty_dir: Some(room), ..Volume::default() }
}

fn host_path(name: String, path: &str, kind: Option<&str>) -> Volume {
    let source = HostPathVolumeSource { path: path.to_owned(), type_: kind.map(str::to_owned) };
    Volume { name, host_path: Some(source), ..Volume::default() }
}

fn claimed(name: &str, claim: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: claim.to_owned(),
            read_only: None,
        }),
        ..Volume::default()
    }
}

/// Paths that an image declares as volumes and whose content need not last, unless something is mounted there. An
/// engine makes a volume of each; a kubelet leaves that to the node's runtime.
fn scratch<'a>(cluster: &Context<'a>, service: &'a Service) -> impl Iterator<Item = &'a str> {
    let paths = cluster.platform.facts(service).map(|facts| facts.scratch.as_slice()).unwrap_or_default();
    let taken = |path: &str| {
        service.volumes.iter().any(|volume| volume.path == path)
            || service.mounts.iter().any(|mount| mount.path == path)
            || service.binds.iter().any(|bind| bind.path == path)
            || service.memory_paths.iter().any(|memory| memory.path == path)
    };
    paths.iter().map(String::as_str).filter(move |path| !taken(path))
}

/// Whether the files of a pod need a group by which its user can read and write them.
pub(in super::super) fn needs_group(cluster: &Context<'_>, service: &Service) -> bool {
    !service.volumes.is_empty()
        || !service.mounts.is_empty()
        || !cluster.platform.secret_files(service).is_empty()
        || cluster.platform.operators_certificates(service).next().is_some()
        || scratch(cluster, service).next().is_some()
}

/// The name of a volume by its path.
fn of_path(path: &str) -> String {
    path.trim_matches('/').to_owned()
}

/// A character as a name of DNS may hold it.
fn plain(c: char) -> char {
    if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }
}
