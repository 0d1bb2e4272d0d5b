//! Which lists are merged by keys: `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` of
//! kubernetes/kubernetes:api/openapi-spec/swagger.json. kustomize replaces every other list whole.

use smol_str::SmolStr;

/// The groups whose kinds kustomize knows; those of others (`HTTPRoute`, `ServiceMonitor`) are plain trees to it.
const KNOWN_GROUPS: &[&str] =
    &["", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io"];

/// Whether what a kind specifies consists of lists that are replaced whole, so that a patch of a part of it would
/// lose the rest unseen: its `spec` is written whole.
pub(super) fn is_written_whole(version: &str, kind: &str) -> bool {
    let group = version.split_once('/').map_or("", |(group, _)| group);
    kind == "NetworkPolicy" || !KNOWN_GROUPS.contains(&group)
}

/// How kustomize takes a list of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    /// In place of the base's.
    Replaced,
    /// Into the base's, by one key.
    Key(&'static str),
    /// Into the base's, by several keys. The resulting order is not that of one key, so a patch replaces it.
    Keys,
}

/// How a list is taken. `path` leads to it through maps and the items of other lists.
pub(super) fn merge(kind: &str, path: &[SmolStr]) -> Merge {
    let words: Vec<&str> = path.iter().map(SmolStr::as_str).collect();
    let within: &[&str] = match (kind, words.as_slice()) {
        ("Service", ["spec", "ports"]) => return Merge::Keys,
        ("ServiceAccount", ["secrets" | "imagePullSecrets"]) => return Merge::Key("name"),
        ("Deployment" | "StatefulSet" | "DaemonSet" | "Job", ["spec", "template", "spec", within @ ..])
        | ("CronJob", ["spec", "jobTemplate", "spec", "template", "spec", within @ ..]) => within,
        _ => return Merge::Replaced,
    };
    match within {
        [
            "containers" | "initContainers" | "volumes" | "imagePullSecrets" | "resourceClaims"
            | "schedulingGates",
        ]
        | ["containers" | "initContainers", "env"] => Merge::Key("name"),
        ["containers" | "initContainers", "volumeMounts"] => Merge::Key("mountPath"),
        ["containers" | "initContainers", "volumeDevices"] => Merge::Key("devicePath"),
        ["hostAliases"] => Merge::Key("ip"),
        ["containers" | "initContainers", "ports"] | ["topologySpreadConstraints"] => Merge::Keys,
        _ => Merge::Replaced,
    }
}
