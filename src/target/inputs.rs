//! Inputs: what the operator sets, and what of the platform asks for it.

pub(super) mod bind;
pub(super) mod example;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use crate::formats;
use crate::hash::{HashMap, HashSet};
use crate::platform::{Health, Input, InputId, Platform, Runtime, Service, Tree, Value, dollar};

/// What the operator sets.
pub(super) struct Asked<'a> {
    pub(super) input: &'a Input,
    /// Whether compose asks for it.
    pub(super) used: bool,
    /// Whether copies are taken to their places by it.
    pub(super) for_copies: bool,
    /// The profiles of the services that read it, where none of these always starts.
    pub(super) profiles: Vec<&'a str>,
}

/// All that the operator sets, in the order of the source.
pub(super) fn asked(platform: &Platform) -> impl Iterator<Item = Asked<'_>> {
    let used = used(platform);
    let mut optional = of_optional_parts(platform);
    let copies = copies(platform);
    platform.inputs.iter().enumerate().map(move |(at, input)| Asked {
        input,
        used: used.contains(&InputId(at)),
        for_copies: copies.contains_key(&InputId(at)),
        profiles: optional.remove(&InputId(at)).into_iter().flatten().collect(),
    })
}

/// The inputs that the operator is asked for. A cluster gets those with a default from ConfigMaps: what a person wrote for
/// them would change nothing.
fn used(platform: &Platform) -> BTreeSet<InputId> {
    if platform.runtime == Runtime::Kubernetes {
        let services = platform.services.iter().filter(|it| it.runs() || platform.is_of_cluster(it));
        let of_backups = platform.taken().flat_map(|backup| platform.read_by_copiers(backup));
        let asked = services.flat_map(inputs_of).chain(of_backups);
        return asked.filter(|id| !platform[*id].is_default()).collect();
    }
    let mut used: BTreeSet<InputId> = platform.services.iter().flat_map(inputs_of).collect();
    let of_services = platform.services.iter().flat_map(|service| &service.overrides);
    let inputs = dollar::inputs(platform);
    for over in platform.overrides.iter().chain(of_services).filter(|over| *over.target == formats::COMPOSE) {
        let mut look = |_: &str, tree: &Tree| {
            if let Tree::Text(value) = tree {
                used.extend(dollar::asked(value, &inputs));
            }
        };
        over.entries.iter().for_each(|(key, tree)| tree.each(key, &mut look));
    }
    used
}

/// What the file of compose reads for a service, without its overrides.
pub(super) fn inputs_of(service: &Service) -> impl Iterator<Item = InputId> {
    let env = service.env.iter().map(|variable| &variable.value);
    let words = service.entrypoint.iter().chain(&service.command).flatten();
    let health: &[Value] = match &service.health {
        Health::Exec(words) => words,
        Health::Shell(line) => std::slice::from_ref(line),
        _ => &[],
    };
    let args = service.build.iter().flat_map(|build| build.args.iter().map(|(_, value)| value));
    let values = env.chain(words).chain(health).chain(&service.image).chain(args);
    values.flat_map(Value::inputs).chain(service.secret_files.iter().copied())
}

/// What the scripts beside compose read to take copies to their places, with the names of these. A cluster's own are among what it
/// asks for.
fn copies(platform: &Platform) -> BTreeMap<InputId, BTreeSet<String>> {
    if platform.runtime == Runtime::Compose { platform.read_for_copies() } else { BTreeMap::new() }
}

/// The profiles of the services that read an input, where none of these always starts.
fn of_optional_parts(platform: &Platform) -> HashMap<InputId, IndexSet<&str>> {
    if platform.runtime != Runtime::Compose {
        return HashMap::default();
    }
    let mut parts: HashMap<InputId, Option<IndexSet<&str>>> = HashMap::default();
    for service in &platform.services {
        let profile = platform.profile(service);
        for input in inputs_of(service) {
            let known = parts.entry(input).or_insert_with(|| Some(IndexSet::new()));
            match (profile, known.as_mut()) {
                (Some(profile), Some(profiles)) => {
                    profiles.insert(profile);
                }
                _ => *known = None,
            }
        }
    }
    parts.into_iter().filter_map(|(input, profiles)| Some((input, profiles?))).collect()
}

/// The profiles of the groups that services belong to, in the order of the source. Other runtimes start all.
fn profiles(platform: &Platform) -> Vec<&str> {
    if platform.runtime != Runtime::Compose {
        return Vec::new();
    }
    let used: HashSet<&str> =
        platform.services.iter().filter_map(|service| platform.profile(service)).collect();
    let profiles = platform.groups.iter().filter_map(|group| group.profile.as_deref());
    let profiles: IndexSet<&str> = profiles.filter(|profile| used.contains(profile)).collect();
    profiles.into_iter().collect()
}
