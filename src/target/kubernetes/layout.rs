//! Files: objects in the order in which they are applied, and the kustomizations that list them.

use serde::Serialize;

use super::namespace;
use super::object::Object;
use crate::emit;
use crate::hash::IndexMap;
use crate::platform::{Platform, Service};
use crate::target::{Artifact, generated};

/// The folder of a platform's files: what environments are patches of, or one of them as it is built alone.
pub(super) fn root(platform: &Platform) -> &'static str {
    if platform.environment.is_some() { "kubernetes" } else { "kubernetes/base" }
}

/// The file of the services without a group.
const PLATFORM: &str = "platform";

/// The file that the objects of a service stand in: its group's, and its own where it keeps data.
pub(super) fn file(platform: &Platform, service: &Service) -> String {
    // What is nested in a service stands beside it.
    let mut outermost = service;
    while let Some(parent) = outermost.parent {
        outermost = &platform[parent];
    }
    if !outermost.volumes.is_empty() {
        return outermost.name.clone();
    }
    match outermost.group.or(service.group) {
        Some(group) => platform[group].name.clone(),
        None => PLATFORM.to_owned(),
    }
}

/// The files of some objects, which are in apply order, with the kustomizations that list them. Kustomize reads
/// them in the order of the list, and sorts them by kind unless the outermost kustomization asks for theirs.
pub(super) fn files(platform: &Platform, root: &str, objects: &[Object]) -> Vec<Artifact> {
    let mut files: IndexMap<&str, Vec<&Object>> = IndexMap::default();
    for object in objects {
        files.entry(&object.file).or_default().push(object);
    }
    let header = [generated(platform)];
    let mut artifacts = Vec::new();
    let (namespaces, others): (Vec<&str>, Vec<&str>) =
        files.keys().copied().partition(|file| *file == namespace::FILE);
    let list = |files: &[&str], folder: &str| Kustomization {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        sort_options: SortOptions { order: "fifo" },
        resources: files.iter().map(|file| format!("{}.yaml", file.trim_start_matches(folder))).collect(),
    };
    let artifact = |path: String, content: String| Artifact::new(format!("{root}/{path}"), content);
    let mut lines = header.to_vec();
    lines.push(format!(
        "The namespaces are apart, in `namespaces/`: what removes the rest must not remove them."
    ));
    artifacts.push(artifact("kustomization.yaml".to_owned(), listing(&lines, &list(&others, ""))));
    artifacts.push(artifact(
        "namespaces/kustomization.yaml".to_owned(),
        listing(&header, &list(&namespaces, "namespaces/")),
    ));
    for (file, objects) in &files {
        artifacts.push(artifact(format!("{file}.yaml"), text(&header, objects)));
    }
    artifacts
}

fn listing(header: &[String], list: &Kustomization) -> String {
    emit::yaml_object(header, list)
}

/// Objects as the documents of one file.
fn text(header: &[String], objects: &[&Object]) -> String {
    let mut out = String::new();
    for line in header {
        out.push_str(&format!("# {line}\n"));
    }
    for object in objects {
        out.push_str("---\n");
        out.push_str(&object.text());
    }
    out
}

/// <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/>
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization {
    api_version: &'static str,
    kind: &'static str,
    sort_options: SortOptions,
    resources: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SortOptions {
    order: &'static str,
}
