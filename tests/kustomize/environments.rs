//! The overlays of real platforms: what kustomize renders of each is what a build of its environment alone writes.

use std::fs;
use std::path::Path;

use infrac::formats::KUBERNETES;
use infrac::platform::{Platform, Runtime};
use infrac::target::{self, Artifact};
use serde_json::Value;

use super::identity;
use crate::case::Case;
use crate::judge::Judge;

/// A case as it is on Kubernetes.
fn platform(case: &Case) -> Platform {
    Case { runtime: Runtime::Kubernetes, ..case.clone() }.compile()
}

/// What Kubernetes' target makes of a platform.
fn built(platform: &Platform) -> Vec<Artifact> {
    infrac::build(platform, &target::of(&[&KUBERNETES])).into_iter().flat_map(|it| it.artifacts).collect()
}

fn write(folder: &Path, artifacts: &[Artifact]) {
    for artifact in artifacts {
        let path = folder.join(&artifact.path);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("a folder");
        fs::write(path, &artifact.content).expect("a file");
    }
}

fn rendered(kubectl: &Judge, folder: &Path, path: &str) -> Vec<Value> {
    let verdict = kubectl.ask(folder, &["kustomize", path], "");
    assert!(verdict.accepted, "{path}: {}", verdict.complaint);
    serde_yaml::Deserializer::from_str(&verdict.output)
        .map(|document| serde::Deserialize::deserialize(document).expect("kustomize writes YAML"))
        .collect()
}

/// Holds the objects of an overlay against those of a build of the environment alone.
fn compare(name: &str, mut overlaid: Vec<Value>, mut alone: Vec<Value>) {
    overlaid.sort_by_key(identity);
    alone.sort_by_key(identity);
    let names = |objects: &[Value]| objects.iter().map(identity).collect::<Vec<_>>();
    assert_eq!(names(&overlaid), names(&alone), "{name}");
    for (overlaid, alone) in overlaid.iter().zip(&alone) {
        assert_eq!(overlaid, alone, "{name}");
    }
}

#[test]
fn an_overlay_is_the_build_of_its_environment() {
    let mut compared = 0;
    let mut cases = Case::all();
    cases.retain(|case| case.runtime == Runtime::Kubernetes);
    for base in cases.iter().filter(|case| case.environment.is_none()) {
        let own: Vec<&Case> = cases
            .iter()
            .filter(|case| case.environment.is_some() && case.source == base.source && case.root == base.root)
            .collect();
        if own.is_empty() {
            continue;
        }
        let platform = platform(base);
        let environments: Vec<Platform> = own.iter().map(|case| self::platform(case)).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), &built(&platform));
        write(folder.path(), &infrac::overlays(&platform, &environments.iter().collect::<Vec<_>>()));
        for (case, environment) in own.iter().zip(&environments) {
            // An old kustomize and a new one take turns.
            let judge = super::KUSTOMIZE[compared % super::KUSTOMIZE.len()];
            let Some(kubectl) = Judge::find(judge) else { continue };
            let alone = tempfile::tempdir().expect("a temporary folder");
            write(alone.path(), &built(environment));
            let name = case.environment.as_deref().unwrap_or_default();
            for part in ["", "/namespaces"] {
                let overlaid =
                    rendered(&kubectl, folder.path(), &format!("kubernetes/overlays/{name}{part}"));
                compare(
                    &case.name(),
                    overlaid,
                    rendered(&kubectl, alone.path(), &format!("kubernetes{part}")),
                );
            }
            compared += 1;
        }
    }
    assert!(compared >= 3 || Judge::find("kubectl").is_none(), "{compared} environments");
}
