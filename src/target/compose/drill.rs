//! The compose file of drills: the services that backups copy, each with scratch volumes and alone on a network that leads nowhere.
//! Its project is another one than that of the platform, so nothing in it is a volume or a container of the platform.

use super::config::Seen;
use super::file::Volume;
use super::{Owners, environment, overrides, owner, project, service};
use crate::emit::{self, Map, Node};
use crate::formats::{self, Place};
use crate::hash::HashSet;
use crate::platform::owner::{handovers, waits};
use crate::platform::{Platform, Service, ServiceId};
use crate::target::Artifact;

/// Where the file stands, below the output folder.
pub(in crate::target) const FILE: &str = "docker/compose.drill.yaml";

/// What a service of a drill has none of, or has otherwise.
const APART: [&str; 8] =
    ["profiles", "networks", "network_mode", "ports", "restart", "container_name", "labels", "expose"];

/// The file, where scripts are built and something is copied.
pub(super) fn artifact(platform: &Platform, seen: &Seen<'_>, header: &[String]) -> Option<Artifact> {
    if !platform.targets.iter().any(|format| format.name == formats::SCRIPTS.name) {
        return None;
    }
    let mut known = HashSet::default();
    let drilled: Vec<ServiceId> =
        platform.backups.iter().map(|backup| backup.of).filter(|of| known.insert(*of)).collect();
    if drilled.is_empty() {
        return None;
    }
    let handovers = handovers(platform);
    let jobs = owner::jobs(platform, &handovers);
    let waits = waits(&handovers);
    let owners = Owners { jobs: &jobs, waits: &waits };
    let mut services = Map::default();
    for id in &drilled {
        let service = alone(&platform[*id]);
        services.insert(service.name.as_str(), scratch(platform, &service, &owners.names(&service), seen));
    }
    for job in jobs.iter().filter(|job| job.handover.services.iter().any(|id| known.contains(id))) {
        let mut node = without(Node::of(&owner::lower(platform, job)));
        put(&mut node, "network_mode", Node::Text("none".into()));
        services.insert(job.name.clone(), node);
    }
    let volumes = drilled.iter().flat_map(|id| volumes(platform, &platform[*id]));
    let network = Node::Map([("internal", Node::Boolean(true))].into_iter().collect());
    let mut file = Map::default();
    file.insert("name", Node::Text(format!("{}-drill", project(platform)).into()));
    file.insert("services", Node::Map(services));
    file.insert("networks", Node::Map([("drill", network)].into_iter().collect()));
    let volumes: Map = volumes.map(|name| (name, Node::of(&Volume {}))).collect();
    if !volumes.is_empty() {
        file.insert("volumes", Node::Map(volumes));
    }
    let secrets = Node::of(&environment::secrets(platform));
    if matches!(&secrets, Node::Map(map) if !map.is_empty()) {
        file.insert("secrets", secrets);
    }
    let mut head = vec!["The scratch servers of scripts/restore.sh --drill".to_owned()];
    head.extend_from_slice(header);
    Some(Artifact::new(FILE, emit::yaml(&head, &Node::Map(file))))
}

/// A service without what leads to the platform: what it waits for, and folders of the host that it writes to.
fn alone(service: &Service) -> Service {
    let mut alone = service.clone();
    alone.dependencies.clear();
    alone.binds.retain(|bind| bind.read_only);
    alone
}

fn scratch(platform: &Platform, alone: &Service, jobs: &[&str], seen: &Seen<'_>) -> Node {
    let lowered = service::lower(platform, alone, jobs, seen);
    let node = overrides::apply(platform, Place::Service, &alone.overrides, || Node::of(&lowered));
    let mut node = without(node.unwrap_or_else(|| Node::of(&lowered)));
    put(&mut node, "networks", Node::List(vec![Node::Text("drill".into())]));
    node
}

fn put(node: &mut Node, key: &str, value: Node) {
    if let Node::Map(map) = node {
        map.insert(key, value);
    }
}

fn without(mut node: Node) -> Node {
    if let Node::Map(map) = &mut node {
        map.retain(|key, _| !APART.contains(&key));
    }
    put(&mut node, "restart", Node::Text("no".into()));
    node
}

fn volumes(platform: &Platform, service: &Service) -> Vec<String> {
    let own = service.volumes.iter().map(|volume| volume.name.clone());
    let shared = service.mounts.iter().map(|mount| platform[mount.volume].name.clone());
    own.chain(shared).collect()
}
