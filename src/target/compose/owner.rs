//! Jobs that hand volumes over to the users that write to them.

use super::file::{Deploy, Limits, Logging, LoggingOptions, Reservations, Resources, Service as Out, Words};
use super::{mount, service, text};
use crate::emit::{DoubleQuoted, Entries, FlowMap, FlowSeq};
use crate::hash::HashSet;
use crate::platform::owner::{Handover, Place};
use crate::platform::{Platform, Service};
use crate::schema::Bytes;
use crate::standard::images;

/// A job, and what it is called.
pub(super) struct Job<'a> {
    pub(super) name: String,
    pub(super) handover: &'a Handover,
}

/// The jobs, each under a name that no service has.
pub(super) fn jobs<'a>(platform: &Platform, handovers: &'a [Handover]) -> Vec<Job<'a>> {
    if handovers.is_empty() {
        return Vec::new();
    }
    let mut taken: HashSet<String> = platform.services.iter().map(|service| service.name.clone()).collect();
    let job = |handover: &'a Handover| {
        let mut name = format!("{}-owner", handover.name);
        while !taken.insert(name.clone()) {
            name.push_str("-job");
        }
        Job { name, handover }
    };
    handovers.iter().map(job).collect()
}

impl Job<'_> {
    /// The profile that it is started with: that of its services, where they have one.
    pub(super) fn profile<'a>(&self, platform: &'a Platform) -> Option<&'a str> {
        let services = self.handover.services.iter().map(|id| &platform[*id]);
        let mut profiles = services.map(|of| service::profile(platform, of));
        profiles.next().flatten().filter(|first| profiles.all(|other| other == Some(*first)))
    }

    /// The lines above it.
    pub(super) fn comments(&self) -> Vec<String> {
        let places = self.handover.places.iter().map(|place| place.path.as_str());
        let places = places.collect::<Vec<_>>().join(", ");
        let what = if self.handover.several {
            format!("Opens {places} to the users of several services")
        } else {
            format!("Gives {places} to user {}", self.handover.user)
        };
        vec![what, "Exceptions (root, capabilities): only root can give away what belongs to it".to_owned()]
    }
}

/// A job as a service of compose.
pub(super) fn lower<'a>(platform: &'a Platform, job: &'a Job<'_>) -> Out<'a> {
    let handover = job.handover;
    let services = || handover.services.iter().map(|id| &platform[*id]);
    let profile = job.profile(platform);
    let own = services().find(|of| can(platform, of)).and_then(|of| of.image.as_ref());
    let capabilities: &[&str] = if handover.several {
        &["CHOWN", "DAC_READ_SEARCH", "FOWNER"]
    } else {
        &["CHOWN", "DAC_READ_SEARCH"]
    };
    Out {
        image: Some(own.map_or_else(|| images::HELPER.to_owned(), |image| text::value(platform, image))),
        profiles: profile.map(|profile| FlowSeq([profile])),
        user: Some(DoubleQuoted("0:0".to_owned())),
        entrypoint: Some(Words::from(vec![
            "sh".to_owned(),
            "-ec".to_owned(),
            text::literal(&script(handover)),
        ])),
        network_mode: Some("none"),
        volumes: handover.places.iter().map(|place| mounted(platform, place)).collect(),
        restart: "no",
        read_only: true,
        cap_drop: Some(FlowSeq(["ALL"])),
        cap_add: Some(FlowSeq(capabilities.to_vec())),
        security_opt: Some(FlowSeq(["no-new-privileges:true"])),
        deploy: Deploy {
            replicas: None,
            resources: Resources {
                limits: FlowMap(Limits {
                    cpus: "0.5".to_owned(),
                    memory: text::size(Bytes(64 << 20)),
                    pids: 32,
                }),
                reservations: Reservations::default(),
            },
        },
        logging: FlowMap(Logging {
            driver: "json-file",
            options: LoggingOptions { max_size: "10m", max_file: "3", labels: service::LOG_LABELS },
        }),
        labels: platform.labels.iter().map(|(key, value)| (key.clone(), text::literal(value))).collect(),
        build: None,
        privileged: false,
        pid: None,
        init: None,
        hostname: None,
        command: None,
        environment: Entries::default(),
        secrets: None,
        networks: None,
        ports: Vec::new(),
        tmpfs: Vec::new(),
        devices: Vec::new(),
        depends_on: Entries::default(),
        healthcheck: None,
        stop_grace_period: None,
        stop_signal: None,
        ulimits: Entries::default(),
    }
}

fn mounted(platform: &Platform, place: &Place) -> super::file::Mount {
    if place.host {
        mount::mount("bind", &mount::from_compose_file(platform, &place.source), &place.path, false, None)
    } else {
        mount::mount("volume", &place.source, &place.path, false, None)
    }
}

/// Whether the service's own image holds what the script calls.
fn can(platform: &Platform, service: &Service) -> bool {
    let Some(facts) = platform.facts(service).filter(|_| service.image.is_some()) else { return false };
    let on = facts.on.as_deref();
    let base = platform.catalogue.iter().rev().find(|base| Some(base.image.as_str()) == on);
    let programs = base.map(|base| base.programs.as_slice()).unwrap_or_default();
    let holds = |name: &str| programs.iter().any(|known| known == name);
    facts.tools.iter().any(|tool| tool == "sh")
        && ["chown", "chmod", "ls", "stat", "test"].into_iter().all(holds)
}

/// A volume belongs to the stack: all in it is handed over where its folder belongs to somebody else, as Kubernetes
/// does it (`fsGroupChangePolicy: OnRootMismatch`). Of a folder of the host only an empty one is.
fn script(handover: &Handover) -> String {
    let user = &handover.user;
    let uid = user.split(':').next().unwrap_or(user);
    let mut lines = Vec::new();
    for place in &handover.places {
        let path = format!("'{}'", place.path.replace('\'', "'\\''"));
        lines.push(if place.host {
            format!("test ! -d {path} || test -n \"$(ls -A {path})\" || chown {user} {path}")
        } else if handover.several {
            format!("test \"$(stat -c %a {path})\" = 1777 || chmod 1777 {path}")
        } else {
            format!("test \"$(stat -c %u {path})\" = {uid} || chown -R {user} {path}")
        });
    }
    lines.join("; ")
}
