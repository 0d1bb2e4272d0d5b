//! The variables that have a default, in one ConfigMap of each namespace: a person who looks for a setting finds all of
//! them in one place. What has none is set by the operator, beside the secrets.

use std::collections::BTreeMap;

use indexmap::IndexSet;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use crate::digest::Hasher;
use crate::hash::IndexMap;
use crate::platform::{Health, Input, InputId, Platform, Service, Value};
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Object, Stage};

/// The name of the ConfigMap.
pub(super) const NAME: &str = "variables";

/// The inputs that a service gets, those of its command and of its probes among them.
pub(super) fn used<'a>(service: &'a Service) -> impl Iterator<Item = InputId> + 'a {
    let env = service.env.iter().map(|variable| &variable.value);
    let words = service.entrypoint.iter().chain(&service.command).flatten();
    let probe: Vec<&'a Value> = match &service.health {
        Health::Exec(words) if !service.is_job() => words.iter().collect(),
        Health::Shell(line) if !service.is_job() => vec![line],
        _ => Vec::new(),
    };
    env.chain(words).chain(probe).flat_map(Value::inputs)
}

/// A ConfigMap for each namespace whose pods use a variable.
pub(super) fn objects(platform: &Platform) -> Vec<Object> {
    let mut by_namespace: IndexMap<String, BTreeMap<String, String>> = IndexMap::default();
    for service in platform.services.iter().filter(|service| service.runs()) {
        for input in used(service).map(|id| &platform[id]).filter(|input| input.is_default()) {
            let of = by_namespace.entry(platform.namespace_of(service)).or_default();
            // One without a default may stay empty (`Input::is_default`).
            of.insert(input.name.clone(), input.default.clone().unwrap_or_default());
        }
    }
    for backup in platform.taken() {
        let namespace = platform.namespace_of(&platform[backup.of]);
        for input in platform.read_by_copiers(backup).into_iter().map(|id| &platform[id]) {
            if input.is_default() {
                let of = by_namespace.entry(namespace.clone()).or_default();
                of.insert(input.name.clone(), input.default.clone().unwrap_or_default());
            }
        }
    }
    let object = |(namespace, data): (String, BTreeMap<String, String>)| {
        let descriptions: Vec<(String, String)> = platform
            .inputs
            .iter()
            .filter(|input| data.contains_key(&input.name))
            .filter_map(|input| Some((input.name.clone(), described(input)?)))
            .collect();
        let map = ConfigMap {
            metadata: ObjectMeta {
                name: Some(NAME.to_owned()),
                namespace: Some(namespace),
                labels: Some(labels::of_platform(platform)),
                ..ObjectMeta::default()
            },
            data: Some(data),
            ..ConfigMap::default()
        };
        let mut object = Object::new(file::VARIABLES, Stage::Config, &map);
        for (name, description) in descriptions {
            object.note(&["data", &name], description);
        }
        object
    };
    by_namespace.into_iter().map(object).collect()
}

/// Changes with the variables that a service gets: it reads them once, at its start.
pub(super) fn checksum(platform: &Platform, service: &Service) -> Option<String> {
    let used: IndexSet<InputId> = used(service).filter(|id| platform[*id].is_default()).collect();
    let mut hasher = None;
    for input in used.iter().map(|id| &platform[*id]) {
        // One without a default may stay empty (`Input::is_default`).
        let value = input.default.as_deref().unwrap_or_default();
        let line = format!("{}={value}\n", input.name);
        hasher.get_or_insert_with(Hasher::default).update(line.as_bytes());
    }
    hasher.map(|hasher| hasher.finish().short())
}

/// What an input is for, and what it may be.
fn described(input: &Input) -> Option<String> {
    let choice = (!input.one_of.is_empty()).then(|| format!("one of {}", input.one_of.join(", ")));
    let parts: Vec<String> = input.description.clone().into_iter().chain(choice).collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}
