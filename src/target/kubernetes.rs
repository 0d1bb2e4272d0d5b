//! Target kubernetes: the platform as objects of a cluster, in files that kustomize reads.
//!
//! [`objects`] makes a list of [`object::Object`]s of it, [`over`] puts overrides over them and asks [`api`] whether they hold,
//! [`printed`] prints them, and [`layout`] makes files of what is printed. `targets/kubernetes/README.md` says how each concept maps.

mod api;
mod asked;
mod coverage;
mod file;
mod fixed;
mod kind;
mod layout;
mod object;
mod objects;
mod over;
mod printed;
mod secret;

use object::Object;

use super::inputs::example;
use super::{Artifact, Compare, Files, Lower, Target};
use crate::formats;
use crate::platform::{Platform, Role, Runtime, Service};

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::KUBERNETES,
    coverage: coverage::coverage,
    arguments,
    needs: super::no_needs,
    version: |platform| platform.settings.kubernetes.version,
    missed: over::missed,
    faults: over::faults,
    compare: Some(Compare { file: fixed::NAME, changes: fixed::changes }),
    lower: Lower::Mounted(lower),
};

/// What runs a service, as `kubectl` calls it.
pub(super) fn workload(service: &Service) -> &'static str {
    kind::Kind::of(service).word()
}

/// The folder of the objects of a build.
pub(super) fn folder(platform: &Platform) -> &'static str {
    file::root(platform)
}

/// What exports the state of a cluster is about the namespaces of the platform alone, and asks for no others
/// (kubernetes/kube-state-metrics:docs/developer/cli-arguments.md).
fn arguments(platform: &Platform, service: &Service) -> Vec<String> {
    let asks = platform.runtime == Runtime::Kubernetes && service.role == Some(Role::ClusterState);
    let names = asks.then(|| platform.namespaces().join(","));
    names.into_iter().map(|names| format!("--namespaces={names}")).collect()
}

fn lower(platform: &Platform, files: &Files<'_>) -> Vec<Artifact> {
    let root = file::root(platform);
    let documents = printed::all(platform, files);
    let mut artifacts = layout::files(platform, root, &documents);
    let fixed = documents.iter().map(|document| document.fixed.as_str());
    let secrets = documents.iter().map(|document| document.secrets.as_str());
    artifacts.extend(secret::table(platform, root, secrets));
    artifacts.push(fixed::table(platform, root, fixed));
    artifacts.push(secret::apply(platform));
    if platform.settings.kubernetes.store.is_none() {
        artifacts.extend(of_script(platform));
    }
    artifacts
}

/// The script that makes Secrets, and what it is to be given.
fn of_script(platform: &Platform) -> [Artifact; 2] {
    [secret::from_env(platform), example::artifact(&[platform])]
}

/// What environments need beside their overlays, and the platform as it stands does not: the script that makes Secrets.
pub(super) fn of_environments(base: &Platform, environments: &[&Platform]) -> Vec<Artifact> {
    let by_script = |platform: &&&Platform| platform.settings.kubernetes.store.is_none();
    let first = environments.iter().find(by_script);
    match first {
        Some(_) if base.settings.kubernetes.store.is_some() => of_script(base).into(),
        _ => Vec::new(),
    }
}

/// The overlay of an environment over a platform as it stands; each comes with the files that its services mount.
pub(super) fn overlay(base: (&Platform, &Files<'_>), environment: (&Platform, &Files<'_>)) -> Vec<Artifact> {
    let (platform, files) = environment;
    let Some(name) = &platform.environment else { return Vec::new() };
    let root = format!("kubernetes/overlays/{name}");
    let objects = merged(platform, files);
    let mut artifacts = layout::overlay(platform, &root, &merged(base.0, base.1), &objects);
    let secrets: Vec<String> = objects.iter().map(secret::lines).collect();
    let fixed: Vec<String> = objects.iter().map(fixed::lines).collect();
    artifacts.extend(secret::table(platform, &root, secrets.iter().map(String::as_str)));
    artifacts.push(fixed::table(platform, &root, fixed.iter().map(String::as_str)));
    artifacts
}

/// Every object of a platform with its overrides, each behind what it needs.
fn merged(platform: &Platform, files: &Files<'_>) -> Vec<Object> {
    let mut objects = objects::plain(platform, files);
    over::apply(platform, &mut objects.iter_mut().collect::<Vec<_>>());
    objects
}

/// What an API server refuses of the objects of a platform: nothing, but for mistakes of the compiler. Of those that an override
/// extends it is reported (TGT011); tests ask for the others.
#[must_use]
pub fn refused(platform: &Platform) -> Vec<String> {
    let version = platform.settings.kubernetes.written_for();
    let made = over::with_files(platform, |files| merged(platform, files));
    let of_one = |object: &Object| {
        let refusals = api::refusals(&object.kind, &object.tree, version);
        let words = |refusal: api::Refusal| {
            format!("{} `{}`: {}: {}", object.kind, object.name, refusal.path, refusal.label)
        };
        refusals.into_iter().map(words).collect::<Vec<_>>()
    };
    made.iter().flat_map(of_one).collect()
}
