//! Volumes and where they are mounted: kubernetes/kubernetes:pkg/apis/core/validation/validation.go.

use super::Scope;
use super::part::{Part, at, is_set, items, name, texts};
use super::rule::at_most_one;
use crate::diagnostic::list_of;
use crate::emit::Node;
use crate::hash::{HashMap, HashSet};
use crate::kustomize::{bare, field, text};
use crate::platform::Version;

/// The volumes of a pod by their names: those that it declares, and the claims of its set.
fn volumes<'a>(scope: &Scope<'a>) -> HashMap<&'a str, Option<&'a Node>> {
    let declared = scope.pod().map(|spec| items(field(spec, "volumes"))).unwrap_or_default();
    let claims = items(at(scope.object, "spec.volumeClaimTemplates"));
    let claims = claims.iter().filter_map(|claim| at(claim, "metadata.name").and_then(text));
    declared
        .iter()
        .map(|volume| (name(volume), Some(volume)))
        .chain(claims.map(|claim| (claim, None)))
        .collect()
}

/// A template of claims of a set by its name.
fn claim_of_set<'a>(scope: &Scope<'a>, wanted: &str) -> Option<&'a Node> {
    let claims = items(at(scope.object, "spec.volumeClaimTemplates"));
    claims.iter().find(|claim| at(claim, "metadata.name").and_then(text) == Some(wanted))
}

/// Whether a volume is a claim of a set that is a device and no folder. No server refuses to mount it, and the kubelet starts no
/// such pod (kubernetes/kubernetes:pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, `createVolumeSpec`).
fn is_block(scope: &Scope<'_>, volume: &str) -> bool {
    let claim = claim_of_set(scope, volume);
    claim.and_then(|claim| at(claim, "spec.volumeMode")).and_then(text) == Some("Block")
}

/// `validateVolumeSource`: what a volume holds.
pub(super) fn source<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let Node::Map(entries) = bare(part.node) else { return };
    let sources: Vec<&str> = entries
        .keys()
        .map(smol_str::SmolStr::as_str)
        .filter(|key| *key != "name" && part.is_set(key))
        .collect();
    match sources.as_slice() {
        [_] => {}
        // An API server takes it for an empty folder.
        [] => {
            let help = "write `emptyDir {}` for an empty folder";
            scope.refuse(&part.path, "says nothing of what it holds", Some(help));
        }
        several => at_most_one(part.node, several, &part.path, scope),
    }
    let others = scope.pod().map(|spec| items(field(spec, "volumes"))).unwrap_or_default();
    if others.iter().filter(|other| name(other) == name(part.node)).nth(1).is_some() {
        scope.refuse(&part.path, "another one is called so", None);
    }
}

/// `ValidateVolumeMounts`, `ValidateVolumeDevices`
pub(super) fn of_container<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let known = volumes(scope);
    let mut folders: HashSet<&str> = HashSet::default();
    for mount in part.items("volumeMounts") {
        let path = format!("{}[{}]", part.below("volumeMounts"), name(mount));
        declared(name(mount), &known, &path, scope);
        let folder = field(mount, "mountPath").and_then(text).unwrap_or_default();
        if folder.contains(':') {
            scope.refuse(&path, "a path of a container holds no colon", None);
        }
        if !folder.is_empty() && !folders.insert(folder.trim_end_matches('/')) {
            let help = "take the other one away with `remove`, or mount this one elsewhere";
            scope.refuse(&path, format!("something else is mounted at `{folder}`"), Some(help));
        }
        if is_block(scope, name(mount)) {
            let help = "a claim with `volumeMode = Block` is a device: `volumeDevices`";
            scope.in_vain(&path, "a device is mounted as a folder, and the pod never starts", Some(help));
        }
        let is_image =
            known.get(name(mount)).is_some_and(|volume| volume.is_some_and(|volume| is_set(volume, "image")));
        if is_image
            && ["subPath", "subPathExpr"].iter().any(|key| is_set(mount, key))
            && scope.version < Version(1, 35)
        {
            scope.refuse(&path, "an image is mounted as a whole before 1.35", None);
        }
        let is_shared = field(mount, "mountPropagation").and_then(text) == Some("Bidirectional");
        if is_shared && !part.is_true("securityContext.privileged") {
            scope.refuse(&path, "`Bidirectional` is for a privileged container alone", None);
        }
    }
    let mut names: HashSet<&str> = HashSet::default();
    for device in part.items("volumeDevices") {
        let path = format!("{}[{}]", part.below("volumeDevices"), name(device));
        declared(name(device), &known, &path, scope);
        let is_claim = known.get(name(device)).is_none_or(|volume| {
            volume.is_none_or(|volume| is_set(volume, "persistentVolumeClaim") || is_set(volume, "ephemeral"))
        });
        if !is_claim {
            scope.refuse(&path, "a device is that of a claim", None);
        }
        let of_set = claim_of_set(scope, name(device)).is_some();
        if of_set && !is_block(scope, name(device)) {
            let help = "a device is that of a claim with `volumeMode = Block`";
            scope.in_vain(&path, "a folder is used as a device, and the pod never starts", Some(help));
        }
        let folder = field(device, "devicePath").and_then(text).unwrap_or_default();
        let is_mounted = part.items("volumeMounts").iter().any(|mount| name(mount) == name(device));
        if !names.insert(name(device)) || is_mounted || !folders.insert(folder) {
            scope.refuse(&path, "the volume or the path is taken by another one", None);
        }
    }
}

fn declared(volume: &str, known: &HashMap<&str, Option<&Node>>, path: &str, scope: &mut Scope<'_>) {
    if volume.is_empty() || known.contains_key(volume) {
        return;
    }
    let mut names: Vec<&str> = known.keys().copied().collect();
    names.sort_unstable();
    let help = if names.is_empty() {
        "declare it in `volumes` of the pod".to_owned()
    } else {
        format!("declare it in `volumes` of the pod; there are {}", list_of(names))
    };
    scope.refuse(path, "mounts a volume that is not declared", Some(&help));
}

/// `validateMountRecursiveReadOnly`
pub(super) fn read_only<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if !matches!(part.text("recursiveReadOnly"), "IfPossible" | "Enabled") {
        return;
    }
    let path = part.below("recursiveReadOnly");
    if !part.is_true("readOnly") {
        scope.refuse(path, "stands with `readOnly = true` alone", None);
    } else if !matches!(part.text("mountPropagation"), "" | "None") {
        scope.refuse(path, "stands without `mountPropagation` alone", None);
    }
}

/// `validateFileKeySelector`, and the check of its volume: a folder that containers of the pod write.
pub(super) fn file_of_variables<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let wanted = part.text("volumeName");
    let known = volumes(scope);
    let is_folder =
        known.get(wanted).is_some_and(|volume| volume.is_some_and(|volume| is_set(volume, "emptyDir")));
    if !wanted.is_empty() && !is_folder {
        scope.refuse(part.below("volumeName"), "no `emptyDir` of the pod is called so", None);
    }
}

/// `validateProjectionSources`: two files of one path.
pub(super) fn projected<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let mut seen: HashSet<&str> = HashSet::default();
    for source in part.items("sources") {
        let Node::Map(entries) = bare(source) else { continue };
        for value in entries.values() {
            let own = texts(field(value, "path"));
            let of_items = items(field(value, "items")).iter().flat_map(|item| texts(field(item, "path")));
            for path in own.into_iter().chain(of_items) {
                if !seen.insert(path) {
                    let label = format!("two of its sources write `{path}`");
                    scope.refuse(part.below("sources"), label, None);
                }
            }
        }
    }
}

/// Who may use a claim at a time (`validateAccessModes`).
pub(super) fn access<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let modes = texts(part.at("accessModes"));
    if modes.contains(&"ReadWriteOncePod") && modes.len() > 1 {
        scope.refuse(part.below("accessModes"), "`ReadWriteOncePod` stands alone", None);
    }
}

/// `validateDataSource`, `validateDataSourceRef`: without an API group a claim alone is copied.
pub(super) fn other_claim<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let kind = part.text("kind");
    if part.text("apiGroup").is_empty() && !matches!(kind, "" | "PersistentVolumeClaim") {
        scope.refuse(part.below("kind"), format!("a {kind} has an `apiGroup`"), None);
    }
}
