//! The platform in a cluster: where things run, how they are applied, looked at and taken back.

use serde::Serialize;

use super::commands::{Commands, word};
use super::markdown::{code, codes};
use super::services::{link, running};
use crate::platform::{
    Backup, Cause, DestinationKind, Edge, EdgeEnd, Platform, RunKind, Runtime, Scale, Service,
};
use crate::target::kubernetes;

#[derive(Serialize)]
pub(super) struct Cluster {
    /// The folder of the objects, and that of the namespaces alone.
    folder: String,
    version: String,
    namespaces: Vec<String>,
    /// Whether a script makes the Secrets; else the name of the store that they come from.
    script: bool,
    store: String,
    workloads: Vec<Row>,
    scheduled: bool,
    reached: Vec<Reached>,
    /// What shows all of each namespace.
    looks: Vec<String>,
    /// What goes back to the version before, by the example of a service.
    back: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    link: String,
    kind: &'static str,
    pods: String,
    namespace: String,
    address: String,
}

#[derive(Serialize)]
struct Reached {
    name: String,
    by: String,
}

impl Cluster {
    pub(super) fn of(platform: &Platform) -> Option<Self> {
        if platform.runtime != Runtime::Kubernetes {
            return None;
        }
        let settings = &platform.settings.kubernetes;
        let in_cluster = || running(platform);
        let namespaces = platform.namespaces();
        let looks = namespaces.iter().flat_map(|namespace| {
            let base = format!("kubectl --namespace {}", word(namespace));
            [format!("{base} get pods"), format!("{base} get events --sort-by=.lastTimestamp")]
        });
        let commands = Commands::of(platform);
        let example = in_cluster().find(|it| it.run == RunKind::Always && it.build.is_none());
        let back = example.into_iter().flat_map(|service| {
            let (base, name) = (commands.of_service(service), Commands::workload(service));
            [
                format!("{base} rollout history {name}"),
                format!("{base} rollout undo {name}"),
                format!("{base} rollout status {name}"),
            ]
        });
        Some(Self {
            folder: kubernetes::folder(platform).to_owned(),
            version: settings.version.as_ref().map(|it| it.value.to_string()).unwrap_or_default(),
            script: settings.store.is_none(),
            store: settings.store.as_ref().map(|it| code(&it.name)).unwrap_or_default(),
            workloads: in_cluster().map(|service| row(platform, service)).collect(),
            scheduled: in_cluster().any(|it| it.run == RunKind::Schedule),
            reached: in_cluster().filter_map(|service| reached(platform, service)).collect(),
            looks: looks.collect(),
            back: back.collect(),
            namespaces: namespaces.iter().map(|it| code(it)).collect(),
        })
    }
}

fn row(platform: &Platform, service: &Service) -> Row {
    let namespace = platform.namespace_of(service);
    let addresses: Vec<String> = service
        .ports
        .iter()
        .filter(|_| !service.is_job())
        .map(|port| format!("{}.{namespace}.svc:{}", service.name, port.number))
        .collect();
    Row {
        name: code(&service.name),
        link: link(service),
        kind: kubernetes::workload(service),
        pods: pods(service),
        address: codes(addresses.iter().map(String::as_str)),
        namespace: code(&namespace),
    }
}

/// Whether the pods of a backup reach a service: its data is asked for there, or its copies lie there.
fn copies(platform: &Platform, backup: &Backup, service: &Service) -> bool {
    let asks = backup.of == service.id && service.dump.is_some() && !platform.dumped_at(service).is_empty();
    let keeps = backup.to.iter().any(|to| match to.kind {
        DestinationKind::Bucket { bucket, reader, .. } => {
            platform[bucket].of == service.id && (reader.is_some() || Platform::is_uploaded(backup))
        }
        DestinationKind::Store(_) => false,
    });
    asks || keeps
}

/// How many pods run of it.
fn pods(service: &Service) -> String {
    match (service.run, service.scale.as_deref()) {
        (RunKind::EachHost, _) => "one on each node".to_owned(),
        (RunKind::Once, _) => "one, which ends".to_owned(),
        (RunKind::Schedule, _) => service.schedule.as_ref().map(|it| code(&it.cron)).unwrap_or_default(),
        (RunKind::Always, None) => "1".to_owned(),
        (RunKind::Always, Some(Scale { min, max, .. })) if min == max => min.to_string(),
        (RunKind::Always, Some(Scale { min, max, .. })) => format!("{min} to {max}"),
    }
}

/// The peers that reach a service. Backups have pods of their own: the service whose data they copy goes nowhere for them.
fn reached(platform: &Platform, service: &Service) -> Option<Reached> {
    let leads_here = |edge: &&Edge| {
        edge.cause != Cause::Backup && matches!(edge.to, EdgeEnd::Service(to, _) if to == service.id)
    };
    let mut names: Vec<&str> =
        platform.edges.iter().filter(leads_here).map(|edge| platform[edge.from].name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let backups = platform.taken().filter(|backup| copies(platform, backup, service));
    let outsides = service.ports.iter().filter_map(|port| port.publish.as_ref());
    let mut all: Vec<String> = names.into_iter().map(code).collect();
    all.extend(backups.map(|backup| format!("the pods of backup {}", code(&backup.name))));
    all.extend(outsides.map(|publish| super::access::who(platform, publish.to)));
    all.dedup();
    (!all.is_empty()).then(|| Reached { name: code(&service.name), by: all.join(", ") })
}
