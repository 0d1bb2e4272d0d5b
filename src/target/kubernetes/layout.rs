//! Files: objects in the order in which they are applied, and the kustomizations that list them.

use serde::Serialize;

use super::file;
use super::object::{Object, Stage};
use super::printed::Printed;
use crate::emit;
use crate::hash::IndexMap;
use crate::kustomize::{self, Written};
use crate::parallel;
use crate::platform::Platform;
use crate::target::Artifact;

/// The files of some objects, which are in apply order, with the kustomizations that list them. Kustomize reads
/// them in the order of the list, and sorts them by kind unless the outermost kustomization asks for theirs.
pub(super) fn files(platform: &Platform, root: &str, documents: &[Printed]) -> Vec<Artifact> {
    let header = [file::header(platform)];
    let mut lines = header.to_vec();
    lines.push(NAMESPACES.to_owned());
    let (namespaces, others): (Vec<&Printed>, Vec<&Printed>) =
        documents.iter().partition(|document| document.file == file::NAMESPACES);
    let mut artifacts = listed(&lines, root, &others);
    artifacts.extend(listed(&header, &format!("{root}/{}", file::FOLDER_OF_NAMESPACES), &namespaces));
    artifacts
}

/// What stands above a kustomization that lists no namespaces.
const NAMESPACES: &str =
    "The namespaces are apart, in `namespaces/`: what removes the rest must not remove them.";

/// The files of documents in a folder, and the kustomization that lists them.
fn listed(header: &[String], folder: &str, documents: &[&Printed]) -> Vec<Artifact> {
    let mut files: IndexMap<&str, Vec<&Printed>> = IndexMap::default();
    for document in documents {
        files.entry(&document.file).or_default().push(document);
    }
    let list = Kustomization {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        sort_options: SortOptions { order: "fifo" },
        resources: files.keys().map(|file| format!("{file}.yaml")).collect(),
    };
    let mut files: Vec<(&str, Vec<&Printed>)> = files.into_iter().collect();
    let artifact = |file: &str, content: String| Artifact::new(format!("{folder}/{file}.yaml"), content);
    let written = parallel::map_parts(&mut files, 1, |files| {
        let write = |(file, documents): &mut (&str, Vec<&Printed>)| {
            documents.sort_by_key(|document| document.stage);
            artifact(
                file,
                self::documents(&header[..1], documents.iter().map(|document| document.text.as_str())),
            )
        };
        files.iter_mut().map(write).collect::<Vec<_>>()
    });
    let mut artifacts = vec![artifact("kustomization", emit::yaml_object(header, &list))];
    artifacts.extend(written.into_iter().flatten());
    artifacts
}

/// The files of an environment over those of the platform as it stands: what differs, as patches, and its own
/// namespaces, which no overlay of others reaches.
pub(super) fn overlay(platform: &Platform, root: &str, base: &[Object], objects: &[Object]) -> Vec<Artifact> {
    let header = [file::header(platform)];
    let (namespaces, others): (Vec<&Object>, Vec<&Object>) =
        objects.iter().partition(|object| object.file == file::NAMESPACES);
    let base: Vec<&Object> = base.iter().filter(|object| object.file != file::NAMESPACES).collect();
    let names = |objects: &[&Object]| -> Vec<String> {
        objects.iter().map(|object| format!("{}.yaml", object.file)).collect()
    };
    let (of_base, of_others) = (names(&base), names(&others));
    let overlay =
        kustomize::overlay(("../../base", &written(&base, &of_base)), &written(&others, &of_others));
    let artifact = |path: &str, content: String| Artifact::new(format!("{root}/{path}"), content);
    let mut lines = header.to_vec();
    lines.push(NAMESPACES.to_owned());
    let mut artifacts =
        vec![artifact("kustomization.yaml", emit::yaml_object(&lines, &overlay.kustomization))];
    for (path, places) in &overlay.added {
        let objects = places.iter().filter_map(|at| others.get(*at));
        artifacts.push(artifact(path, documents(&header, objects.map(|object| object.text()))));
    }
    for (path, patches) in &overlay.patches {
        let patches = patches.iter().map(|patch| emit::yaml_object(&[], patch));
        artifacts.push(artifact(path, documents(&header, patches)));
    }
    let namespaces: Vec<Printed> = namespaces.into_iter().cloned().map(Printed::of).collect();
    let namespaces: Vec<&Printed> = namespaces.iter().collect();
    artifacts.extend(listed(&header, &format!("{root}/{}", file::FOLDER_OF_NAMESPACES), &namespaces));
    artifacts
}

/// Objects as the overlay sees them.
fn written<'a>(objects: &[&'a Object], files: &'a [String]) -> Vec<Written<'a>> {
    let runs = |object: &Object| matches!(object.stage, Stage::Workload | Stage::Job);
    let each = objects.iter().zip(files);
    each.map(|(object, file)| Written { file, runs: runs(object), tree: &object.tree }).collect()
}

/// The documents of one file.
pub(super) fn documents(header: &[String], documents: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut out = String::new();
    for line in header {
        out.extend(["# ", line, "\n"]);
    }
    for document in documents {
        out.push_str("---\n");
        out.push_str(document.as_ref());
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
