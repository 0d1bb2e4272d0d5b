//! Pods that take a copy, and pods that bring one back: a container a step, each with no more than the step needs.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, Container, EnvVar, EnvVarSource, ObjectFieldSelector, PodAffinity,
    PodAffinityTerm, PodDNSConfig, PodDNSConfigOption, PodSecurityContext, PodSpec, ResourceRequirements,
    SeccompProfile, SecurityContext, VolumeMount,
};

use super::{COPIES, FOLDER, One, VOLUMES, facts, place};
use crate::platform::{self, Copying, Platform, Service};
use crate::schema::Bytes;
use crate::standard::images;
use crate::target::kubernetes::objects::pod::volume::{self, Volumes};
use crate::target::kubernetes::objects::pod::{self, security};
use crate::target::kubernetes::objects::wait::NOBODY;
use crate::target::kubernetes::objects::{claim, labels, resources};

/// The folder for what passes.
const SCRATCH: &str = "/tmp";

/// What a container of a step is made of.
struct Step<'a> {
    name: &'a str,
    image: String,
    arguments: &'a [&'a str],
    env: Vec<EnvVar>,
    mounts: Vec<VolumeMount>,
    security: SecurityContext,
    resources: ResourceRequirements,
}

/// The pod that takes a copy: it saves, verifies, gives the copy its name, removes old ones, and takes it to its places.
pub(super) fn taking(one: &One<'_>) -> PodSpec {
    let steps = Steps::new(one, true);
    let mut save = steps.of_service("save", true);
    save.env = steps.variables();
    save.env.extend([settable("BEFORE"), settable("UNLOCK")]);
    let init = vec![
        save.container(one),
        steps.verify(TAKEN).container(one),
        Step { env: vec![settable("BEFORE"), settable("SMALLER")], ..steps.of_helper("seal") }.container(one),
        // Ahead of the upload: one that fails again and again must not fill the claim.
        Step { env: vec![settable("BEFORE")], ..steps.of_helper("prune") }.container(one),
    ];
    let upload = Platform::is_uploaded(one.backup).then(|| {
        let writers = place::of_writers(steps.platform(), one.backup);
        let env = [settable("BEFORE")].into_iter().chain(writers).collect();
        steps.of_client("upload", env).container(one)
    });
    let last = steps.of_helper("finish").container(one);
    steps.pod(one, &one.backup.of_taker(), init.into_iter().chain(upload).collect(), last)
}

/// The pod that brings a copy back: it fetches it where a place is named, reads all of it, and replaces what the service holds.
pub(super) fn restoring(one: &One<'_>) -> PodSpec {
    let steps = Steps::new(one, false);
    let wanted = || [settable("COPY"), settable("FROM")];
    let fetch = (!place::readable(steps.platform(), one.backup).is_empty()).then(|| {
        let env = wanted().into_iter().chain(place::of_readers(steps.platform(), one.backup)).collect();
        steps.of_client("fetch", env).container(one)
    });
    let [copy, _] = wanted();
    let choose = Step { env: vec![copy], ..steps.of_helper("choose") }.container(one);
    let mut restore = steps.of_service("restore", true);
    restore.env = steps.variables();
    restore.env.extend([settable("OLDER"), settable("UNLOCK")]);
    let verify = steps.verify(&[]).container(one);
    let init = fetch.into_iter().chain([choose, verify, restore.container(one)]).collect();
    let last = steps.of_helper("compare").container(one);
    steps.pod(one, &one.backup.of_restorer(), init, last)
}

/// A variable that a person may set in the Job.
fn settable(name: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(String::new()), value_from: None }
}

/// A variable of a step that names its pod or its Job: by them one run knows its files from those of another, and a retry what an
/// earlier pod of its Job has done. The label is one that the control plane adds
/// (kubernetes/kubernetes:pkg/apis/batch/types.go, `LegacyControllerUidLabel`).
fn known_by(name: &str, path: &str) -> EnvVar {
    let field = ObjectFieldSelector { api_version: None, field_path: path.to_owned() };
    let source = EnvVarSource { field_ref: Some(field), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value: None, value_from: Some(source) }
}

/// What the steps of a pod have in common.
struct Steps<'a> {
    one: &'a One<'a>,
    taking: bool,
    /// The variables of the service that commands of its `dump` read here.
    read: Vec<&'a platform::EnvVar>,
    volumes: Volumes,
}

impl<'a> Steps<'a> {
    fn new(one: &'a One<'a>, taking: bool) -> Self {
        let (cluster, service) = (one.cluster, one.service);
        let copying = if taking { Copying::Save } else { Copying::Restore };
        let read = cluster.platform.read_by_dump(service, copying);
        let mut volumes = match &service.dump {
            Some(_) => {
                let secrets = cluster.platform.files_of(&read);
                Volumes::of_files(cluster.platform, service, one.configs, secrets)
            }
            None => Volumes::of_scratch(),
        };
        volumes.programs(&one.backup.of_taker(), FOLDER);
        volumes.claim(&one.backup.claim(), COPIES, None, false);
        let claim = |volume| claim::of_first_pod(service, volume);
        match &service.dump {
            // Its program reads and writes the files while the service stands still.
            Some(dump) if dump.offline && !taking => {
                for volume in &service.volumes {
                    volumes.claim(&claim(volume), &volume.path, Some(volume::FOLDER), volume.read_only);
                }
            }
            Some(_) => {}
            None => {
                for volume in service.volumes.iter().filter(|volume| volume.backup) {
                    let path = format!("{VOLUMES}/{}", volume.name);
                    volumes.claim(&claim(volume), &path, Some(volume::FOLDER), taking);
                }
            }
        }
        Self { one, taking, read, volumes }
    }

    fn platform(&self) -> &'a Platform {
        self.one.cluster.platform
    }

    /// The variables of the step that runs the commands of the `dump`.
    fn variables(&self) -> Vec<EnvVar> {
        if self.one.service.dump.is_none() {
            return Vec::new();
        }
        let mut entries = facts::env(self.platform(), self.one.service, &self.read).entries;
        // That of an image may be a folder that is not there, or that nobody may write here.
        if entries.iter().all(|entry| entry.name != "HOME") {
            entries.push(EnvVar {
                name: "HOME".to_owned(),
                value: Some(SCRATCH.to_owned()),
                value_from: None,
            });
        }
        entries
    }

    /// The mounts of a step that needs the copies alone.
    fn plain_mounts(&self, read_only: bool) -> Vec<VolumeMount> {
        let needed = |mount: &&VolumeMount| [FOLDER, COPIES, SCRATCH].contains(&mount.mount_path.as_str());
        let mut mounts: Vec<VolumeMount> = self.volumes.mounts.iter().filter(needed).cloned().collect();
        for mount in mounts.iter_mut().filter(|mount| mount.mount_path == COPIES) {
            mount.read_only = read_only.then_some(true);
        }
        mounts
    }

    /// A step by the programs of the service's image, as the service's user; of files, by the user whose they are.
    fn of_service<'n>(&self, name: &'n str, with_files: bool) -> Step<'n> {
        let service = self.one.service;
        let image = match (&service.dump, &service.image) {
            (Some(_), Some(image)) => pod::constant(self.platform(), image),
            _ => images::HELPER.to_owned(),
        };
        let mounts = if with_files { self.volumes.mounts.clone() } else { self.plain_mounts(true) };
        Step {
            name,
            image,
            arguments: &[],
            env: Vec::new(),
            mounts,
            security: confined(service.dump.is_none() || service.confinement().read_only),
            resources: of_service(service),
        }
    }

    /// What reads a copy to its end. It gets no variable unless the command names one.
    fn verify(&self, arguments: &'static [&'static str]) -> Step<'static> {
        let mut step = self.of_service("verify", false);
        if facts::verify_needs_variables(self.one.service) {
            step.env = facts::env(self.platform(), self.one.service, &[]).entries;
        }
        step.arguments = arguments;
        step
    }

    /// A step by BusyBox, as nobody: it reads and writes the copies by the group of the pod.
    fn of_helper<'n>(&self, name: &'n str) -> Step<'n> {
        Step {
            name,
            image: images::HELPER.to_owned(),
            arguments: &[],
            env: Vec::new(),
            mounts: self.plain_mounts(false),
            security: as_nobody(),
            resources: bounded((0.01, 16 << 20), (0.5, 64 << 20)),
        }
    }

    /// A step by the client of object stores, whose image holds a shell (rclone/rclone:Dockerfile, `FROM alpine`).
    fn of_client<'n>(&self, name: &'n str, env: Vec<EnvVar>) -> Step<'n> {
        let said = self.platform().settings.scripts.transfer_image.as_deref();
        Step {
            image: said.unwrap_or(images::TRANSFER).to_owned(),
            env,
            // Four files at a time, of four parts of 5 MiB (rclone.org/s3, "Multipart uploads").
            resources: bounded((0.05, 64 << 20), (1.0, 256 << 20)),
            ..self.of_helper(name)
        }
    }

    fn pod(&self, one: &One<'_>, account: &str, init: Vec<Container>, last: Container) -> PodSpec {
        let platform = self.platform();
        PodSpec {
            service_account_name: Some(account.to_owned()),
            automount_service_account_token: Some(false),
            enable_service_links: Some(false),
            restart_policy: Some("Never".to_owned()),
            dns_config: Some(PodDNSConfig {
                options: Some(vec![PodDNSConfigOption {
                    name: Some("ndots".to_owned()),
                    value: Some("2".to_owned()),
                }]),
                ..PodDNSConfig::default()
            }),
            image_pull_secrets: pod::pull_secrets(platform),
            // While a copy comes back, nothing else has the disk.
            affinity: if self.taking { beside(one) } else { None },
            security_context: Some(security_of_pod(one)),
            init_containers: Some(init),
            containers: vec![last],
            volumes: Some(self.volumes.declared.clone()),
            ..PodSpec::default()
        }
    }
}

/// What is verified: the copy that has no name yet.
const TAKEN: &[&str] = &["taken"];

impl Step<'_> {
    fn container(self, one: &One<'_>) -> Container {
        let platform = one.cluster.platform;
        let program = format!("{FOLDER}/{}.sh", self.name);
        let words = ["sh".to_owned(), program].into_iter();
        let known = [known_by("POD", "metadata.name"), known_by("RUN", "metadata.labels['controller-uid']")];
        Container {
            name: self.name.to_owned(),
            image: Some(self.image),
            image_pull_policy: platform
                .settings
                .kubernetes
                .pull_policy
                .map(|policy| policy.name().to_owned()),
            command: Some(words.chain(self.arguments.iter().map(|word| (*word).to_owned())).collect()),
            env: Some(self.env.into_iter().chain(known).collect()),
            resources: Some(self.resources),
            security_context: Some(self.security),
            volume_mounts: Some(self.mounts),
            ..Container::default()
        }
    }
}

/// A pod that reads a disk stands on the node that has it: `ReadWriteOnce` is of one node, and several of its pods may mount it
/// (kubernetes/website:content/en/docs/concepts/storage/persistent-volumes.md, "Access Modes"). So does one whose copies come back
/// into the disk: the disk of copies is made where its first pod stands, and both have to be within reach of one node.
fn beside(one: &One<'_>) -> Option<Affinity> {
    one.service.dump.as_deref().is_none_or(|dump| dump.offline).then(|| Affinity {
        pod_affinity: Some(PodAffinity {
            preferred_during_scheduling_ignored_during_execution: None,
            required_during_scheduling_ignored_during_execution: Some(vec![PodAffinityTerm {
                label_selector: Some(labels::label_selector(one.cluster.platform, one.service)),
                topology_key: "kubernetes.io/hostname".to_owned(),
                ..PodAffinityTerm::default()
            }]),
        }),
        ..Affinity::default()
    })
}

/// The pod of a service, with a group in any case: copies are written by one user and read by another.
fn security_of_pod(one: &One<'_>) -> PodSecurityContext {
    let own = security::pod(one.cluster, one.service);
    let group = own.run_as_group.or(own.run_as_user).filter(|group| *group != 0);
    PodSecurityContext {
        fs_group: Some(group.unwrap_or(NOBODY)),
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..own
    }
}

fn confined(read_only: bool) -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: Some(read_only),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
        ..SecurityContext::default()
    }
}

fn as_nobody() -> SecurityContext {
    SecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(NOBODY),
        run_as_group: Some(NOBODY),
        ..confined(true)
    }
}

/// The share of a service's limits that a step by its image asks a node for: a copy passes through, and nothing of it stays.
fn of_service(service: &Service) -> ResourceRequirements {
    let limits = &service.resources;
    let request = ((limits.cpu * 0.25).min(0.1), (limits.memory.0 / 2).clamp(1, 128 << 20));
    bounded(request, (limits.cpu, limits.memory.0))
}

fn bounded(requests: (f64, u64), limits: (f64, u64)) -> ResourceRequirements {
    let map = |(cpu, memory): (f64, u64)| {
        BTreeMap::from([
            ("cpu".to_owned(), resources::cpu(cpu)),
            ("memory".to_owned(), resources::memory(Bytes(memory))),
        ])
    };
    ResourceRequirements { requests: Some(map(requests)), limits: Some(map(limits)), claims: None }
}
