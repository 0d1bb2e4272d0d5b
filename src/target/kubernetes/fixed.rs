//! What a running cluster does not let change, or what data hang on: a table beside the objects, `fixed.conf`.
//!
//! The next build holds its own table against the one that it replaces ([`changes()`]), and `scripts/apply-kubernetes.sh` reads
//! from it which version of Kubernetes the objects are written for, of which environment they are, and how large disks are to be.

mod changes;

use std::fmt::Write as _;

pub(super) use changes::changes;

use super::api::{at, items};
use super::file;
use super::object::Object;
use crate::digest::Digest;
use crate::emit::{self, Map, Node};
use crate::kustomize::{bare, field, text};
use crate::platform::Platform;
use crate::target::Artifact;

/// The name of the table in its folder.
pub(super) const NAME: &str = "fixed.conf";

/// What stands above it.
const HEAD: &str = "What a running cluster does not let change, or what data hang on. The next build compares its own with this, and\n\
    # scripts/apply-kubernetes.sh reads the version of the cluster, the environment and the sizes of disks.";

/// The table of the lines of objects.
pub(super) fn table<'a>(platform: &Platform, root: &str, lines: impl Iterator<Item = &'a str>) -> Artifact {
    let version = platform.settings.kubernetes.written_for();
    let environment = file::environment(platform);
    let mut out =
        format!("# {}\n# {HEAD}\nversion {version}\nenvironment {environment}\n", file::header(platform));
    out.extend(lines);
    Artifact::new(format!("{root}/{NAME}"), out)
}

/// The lines of an object.
pub(super) fn lines(object: &Object) -> String {
    let mut out = String::new();
    let Object { kind, name, namespace, tree, .. } = object;
    let namespace = namespace.as_deref().unwrap_or_default();
    match kind.as_str() {
        "Namespace" => {
            let _ = writeln!(out, "namespace {name}");
        }
        "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob" => {
            let _ = write!(out, "workload {namespace} {kind} {name}");
            if let Some(selector) = at(tree, "spec.selector.matchLabels") {
                let _ = write!(out, " selector={}", words(selector));
            }
            if matches!(kind.as_str(), "Deployment" | "StatefulSet") {
                let replicas = at(tree, "spec.replicas").map_or_else(|| SCALED.to_owned(), scalar);
                let _ = write!(out, " replicas={replicas}");
            }
            for (word, path) in [("service", "spec.serviceName"), ("policy", "spec.podManagementPolicy")] {
                if let Some(value) = at(tree, path) {
                    let _ = write!(out, " {word}={}", scalar(value));
                }
            }
            out.push('\n');
            for claim in items(at(tree, "spec.volumeClaimTemplates")) {
                let template = at(claim, "metadata.name").map(scalar).unwrap_or_default();
                let _ =
                    writeln!(out, "disk {namespace} {name} {template}{} notes={}", disk(claim), notes(claim));
            }
        }
        "PersistentVolumeClaim" => {
            let _ = writeln!(out, "claim {namespace} {name}{}", disk(tree));
        }
        "Service" => {
            let address = at(tree, "spec.clusterIP").map_or_else(|| "given".to_owned(), scalar);
            let _ = write!(out, "service {namespace} {name} address={address}");
            if let Some(type_) = at(tree, "spec.type").map(scalar).filter(|type_| type_ != "ClusterIP") {
                let _ = write!(out, " type={type_}");
            }
            if at(tree, "spec.type").map(scalar).as_deref() == Some("LoadBalancer") {
                let port = at(tree, "spec.healthCheckNodePort").map_or_else(|| "given".to_owned(), scalar);
                let _ = write!(out, " health={port}");
                let class = at(tree, "spec.loadBalancerClass").map_or_else(|| "none".to_owned(), scalar);
                let _ = write!(out, " class={class}");
            }
            if let Some(family) = items(at(tree, "spec.ipFamilies")).first() {
                let _ = write!(out, " family={}", scalar(family));
            }
            out.push('\n');
        }
        // An apply removes those of earlier builds by itself, or they do nothing.
        "Job" | "ConfigMap" | "Secret" | "ExternalSecret" => {}
        _ => {
            let namespace = if namespace.is_empty() { OF_CLUSTER } else { namespace };
            let _ = writeln!(out, "object {namespace} {kind} {name}");
        }
    }
    out
}

/// What stands for the namespace of what is in none.
const OF_CLUSTER: &str = "-";

/// What stands for the number of pods where a scaler decides.
const SCALED: &str = "scaled";

/// The specification of a claim: its size, and what of it cannot change at all.
fn disk(claim: &Node) -> String {
    let mut out = String::new();
    let Some(Node::Map(entries)) = field(claim, "spec").map(bare) else { return out };
    let size = at(claim, "spec.resources.requests.storage").map(scalar).unwrap_or_default();
    let modes: Vec<String> = items(at(claim, "spec.accessModes")).iter().map(scalar).collect();
    let class = entries.get("storageClassName").map_or_else(|| "default".to_owned(), scalar);
    let _ = write!(out, " size={size} class={class} modes={}", modes.join(","));
    let known = ["resources", "accessModes", "storageClassName", "volumeAttributesClassName"];
    let rest: Map = entries
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !rest.is_empty() {
        let digest = Digest::of(emit::json(&Node::Map(rest)).as_bytes()).short();
        let _ = write!(out, " rest={digest}");
    }
    out
}

/// What else of a set's template of a claim cannot change, though of a claim it can: no field of a template can
/// (kubernetes/kubernetes:pkg/apis/apps/validation/validation.go, `ValidateStatefulSetUpdate`).
fn notes(claim: &Node) -> String {
    let paths = [
        "metadata.labels",
        "metadata.annotations",
        "spec.volumeAttributesClassName",
        "spec.resources.limits",
    ];
    let notes: Map = paths
        .into_iter()
        .filter_map(|path| Some((smol_str::SmolStr::new_static(path), at(claim, path)?.clone())))
        .collect();
    if notes.is_empty() {
        "none".to_owned()
    } else {
        Digest::of(emit::json(&Node::Map(notes)).as_bytes()).short()
    }
}

/// A map of texts in one word.
fn words(node: &Node) -> String {
    let Node::Map(entries) = bare(node) else { return String::new() };
    let mut words: Vec<String> =
        entries.iter().map(|(key, value)| format!("{key}={}", text(value).unwrap_or_default())).collect();
    words.sort_unstable();
    words.join(",")
}

fn scalar(node: &Node) -> String {
    match bare(node) {
        Node::Text(text) => text.to_string(),
        Node::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}
