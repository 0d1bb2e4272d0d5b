//! Secrets that External Secrets Operator makes from a store: objects that say which values a Secret consists of, and where
//! each lies in the store.
//!
//! <https://external-secrets.io/latest/api/externalsecret/>

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::labels;
use crate::hash::IndexMap;
use crate::platform::{Entries, Platform, SecretStore, Service};
use crate::target::go::duration;
use crate::target::kubernetes::asked::{self, Keys};
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::object::{Custom, Object, Stage};

/// `v1beta1` is not served any more (external-secrets/external-secrets#4840).
const VERSION: &str = "external-secrets.io/v1";

/// The annotation by which Reloader restarts a workload when a Secret changes (stakater/Reloader:README.md).
const RELOAD: &str = "secret.reloader.stakater.com/reload";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    refresh_interval: String,
    secret_store_ref: Store,
    data: Vec<Data>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Store {
    kind: &'static str,
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    secret_key: String,
    remote_ref: Remote,
}

#[derive(Debug, Serialize)]
struct Remote {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    property: Option<String>,
}

/// The objects from which the operator makes the Secrets that the workloads of a service read.
pub(super) fn objects(
    platform: &Platform,
    service: &Service,
    workloads: &[&Object],
    file: &str,
) -> Vec<Object> {
    let Some(store) = &platform.settings.kubernetes.store else { return Vec::new() };
    let mut secrets: IndexMap<String, Keys> = IndexMap::default();
    for (name, keys) in workloads.iter().flat_map(|workload| asked::read(workload)) {
        let known = secrets.entry(name).or_default();
        for (key, optional) in keys {
            // What one of them needs may not be missing.
            known.entry(key).and_modify(|known| *known &= optional).or_insert(optional);
        }
    }
    secrets
        .into_iter()
        .filter_map(|(name, keys)| object(platform, service, store, &name, &keys, file))
        .collect()
}

fn object(
    platform: &Platform,
    service: &Service,
    store: &SecretStore,
    name: &str,
    keys: &Keys,
    file: &str,
) -> Option<Object> {
    // The operator makes no Secret at all where the store lacks one of its values.
    let (left_out, asked): (Vec<_>, Vec<_>) = keys.iter().partition(|(_, optional)| **optional);
    if asked.is_empty() {
        return None;
    }
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..labels::metadata(platform, service) };
    let out = Custom {
        api_version: VERSION,
        kind: "ExternalSecret",
        metadata,
        spec: Some(Spec {
            refresh_interval: duration(store.refresh),
            secret_store_ref: Store {
                kind: if store.per_namespace { "SecretStore" } else { "ClusterSecretStore" },
                name: store.name.clone(),
            },
            data: asked.into_iter().map(|(key, _)| data(store, key)).collect(),
        }),
    };
    let mut object = out.object(file, Stage::Config);
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(|(key, _)| key.as_str()).collect();
        object.comment.push(format!(
            "Not asked for, since they may be missing: {}. `optional = false` asks for one.",
            names.join(", ")
        ));
    }
    Some(object)
}

/// A value of a Secret, and where it lies.
fn data(store: &SecretStore, name: &str) -> Data {
    let remote_ref = match &store.entries {
        Entries::Properties(entry) => Remote { key: entry.clone(), property: Some(name.to_owned()) },
        Entries::Own(before, after) => Remote { key: format!("{before}{name}{after}"), property: None },
    };
    Data { secret_key: name.to_owned(), remote_ref }
}

/// Has Reloader restart a workload when a Secret that it reads changes. Jobs read theirs when they next run.
pub(super) fn reload(platform: &Platform, service: &Service, workload: &mut Object) {
    let runs_on = !matches!(Kind::of(service), Kind::Job | Kind::CronJob);
    if !platform.settings.kubernetes.reloader || !runs_on {
        return;
    }
    let secrets: Vec<String> = asked::read(workload).into_keys().collect();
    if !secrets.is_empty() {
        workload.annotate(RELOAD, &secrets.join(","));
    }
}
