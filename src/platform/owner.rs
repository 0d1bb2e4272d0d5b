//! Who has to be given a volume before a service can write to it.
//!
//! The engine makes a new volume with the owner of the folder of the image that it lies over, and for root where the
//! image has no such folder; a folder of the host that is not there it makes for root
//! (moby/moby:daemon/volumes_unix.go, container/container_unix.go). A service that runs as somebody else cannot write there.

use super::{Platform, Service, ServiceId};
use crate::hash::{HashMap, IndexMap};

/// Something that is handed over to a user, before services start that write to it.
#[derive(Debug, Clone)]
pub struct Handover {
    /// What it is named after: the service, or the shared volume.
    pub name: String,
    /// The user that gets it, `uid` or `uid:gid`.
    pub user: String,
    /// What it gets.
    pub places: Vec<Place>,
    /// Whether services of several users write to it.
    pub several: bool,
    /// The services that wait for it.
    pub services: Vec<ServiceId>,
}

/// What is handed over.
#[derive(Debug, Clone)]
pub struct Place {
    /// The volume's name, or the host's path.
    pub source: String,
    /// Where it is in the container.
    pub path: String,
    /// Whether it is a folder of the host: what is in it belongs to others.
    pub host: bool,
}

/// Folders of the host that belong to the system: nothing in them is given away.
const SYSTEM: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/docker",
    "/var/log",
    "/var/run",
];

/// Everything that has to be handed over.
#[must_use]
pub fn handovers(platform: &Platform) -> Vec<Handover> {
    let mut all = Vec::new();
    let mut shared: IndexMap<usize, Vec<(&Service, &str, bool)>> = IndexMap::default();
    for service in &platform.services {
        let Some(user) = user(service) else { continue };
        let missing = |path: &str| !is_writable(platform, service, path);
        let written = service.volumes.iter().filter(|volume| !volume.read_only && missing(&volume.path));
        let own = written.map(|volume| Place {
            source: volume.name.clone(),
            path: volume.path.clone(),
            host: false,
        });
        let binds = service
            .binds
            .iter()
            .filter(|bind| !bind.read_only && is_data(&bind.source))
            .map(|bind| Place { source: bind.source.clone(), path: bind.path.clone(), host: true });
        let places: Vec<Place> = own.chain(binds).collect();
        if !places.is_empty() {
            let (name, user) = (service.name.clone(), user.to_owned());
            all.push(Handover { name, user, places, several: false, services: vec![service.id] });
        }
        for mount in service.mounts.iter().filter(|mount| !mount.read_only) {
            shared.entry(mount.volume.0).or_default().push((service, &mount.path, missing(&mount.path)));
        }
    }
    for (volume, writers) in shared {
        let (Some((first, path, _)), true) = (writers.first(), writers.iter().any(|(.., missing)| *missing))
        else {
            continue;
        };
        let (Some(to), Some(volume)) = (user(first), platform.volumes.get(volume)) else { continue };
        let place = Place { source: volume.name.clone(), path: (*path).to_owned(), host: false };
        // What one service alone writes to is given to it with what is its own.
        let own = all.iter_mut().find(|own| writers.len() == 1 && own.services == [first.id]);
        if let Some(own) = own {
            own.places.push(place);
            continue;
        }
        all.push(Handover {
            name: if writers.len() == 1 { first.name.clone() } else { volume.name.clone() },
            user: to.to_owned(),
            places: vec![place],
            several: writers
                .iter()
                .any(|(writer, ..)| user(writer).is_some_and(|other| uid(other) != uid(to))),
            services: writers.iter().map(|(writer, ..)| writer.id).collect(),
        });
    }
    all
}

/// The handovers that each service waits for, as places in their list.
#[must_use]
pub fn waits(handovers: &[Handover]) -> HashMap<ServiceId, Vec<usize>> {
    let mut waits: HashMap<ServiceId, Vec<usize>> = HashMap::default();
    for (at, handover) in handovers.iter().enumerate() {
        for service in &handover.services {
            waits.entry(*service).or_default().push(at);
        }
    }
    waits
}

/// The user of a service by number, where that is not root.
fn user(service: &Service) -> Option<&str> {
    let user = service.user.as_deref()?;
    let numeric =
        user.split(':').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    (numeric && !uid(user).trim_start_matches('0').is_empty()).then_some(user)
}

fn uid(user: &str) -> &str {
    user.split(':').next().unwrap_or(user)
}

/// Whether a new volume at a path can be written to by the service's user.
fn is_writable(platform: &Platform, service: &Service, path: &str) -> bool {
    let Some(facts) = platform.facts(service) else { return false };
    let is = |known: &String| known.trim_end_matches('/') == path.trim_end_matches('/');
    let same_user = facts.user.as_deref().map(uid) == service.user.as_deref().map(uid);
    facts.open.iter().any(is) || (same_user && facts.owned.iter().any(is))
}

/// Whether a path of the host is a folder of data, and no file, socket or part of the system.
fn is_data(source: &str) -> bool {
    let last = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    let file = last.trim_start_matches('.').contains('.');
    let system = source == "/"
        || SYSTEM.iter().any(|folder| {
            source.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    let project = matches!(source.trim_end_matches('/'), "." | "" | "~") || source.contains("..");
    !file && !system && !project
}
