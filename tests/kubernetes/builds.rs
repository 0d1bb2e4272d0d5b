//! Two builds of one platform: what an API server does not let change, and what a person would lose by the second one.

use serde_json::Value;

use super::cluster::{Cluster, Object, list, text};

/// Fields that stay as they were applied first, by kind
/// (kubernetes/kubernetes:pkg/apis/apps/validation/validation.go, pkg/apis/batch/validation/validation.go,
/// pkg/apis/core/validation/validation.go, pkg/apis/rbac/validation/validation.go).
const FIXED: &[(&str, &[&str])] = &[
    ("Deployment", &["/spec/selector"]),
    ("DaemonSet", &["/spec/selector"]),
    (
        "StatefulSet",
        &["/spec/selector", "/spec/serviceName", "/spec/podManagementPolicy", "/spec/volumeClaimTemplates"],
    ),
    ("Job", &["/spec/selector", "/spec/template", "/spec/completions", "/spec/completionMode"]),
    (
        "PersistentVolumeClaim",
        &["/spec/storageClassName", "/spec/accessModes", "/spec/volumeMode", "/spec/selector"],
    ),
    ("RoleBinding", &["/roleRef"]),
    ("ClusterRoleBinding", &["/roleRef"]),
    ("ConfigMap", &["/immutable"]),
];

/// What cannot be applied over an older build.
pub(crate) fn fixed(old: &Cluster, new: &Cluster) -> Vec<String> {
    let mut complaints = Vec::new();
    for (before, after) in both(old, new) {
        let fields = FIXED.iter().filter(|(kind, _)| *kind == after.kind()).flat_map(|(_, fields)| *fields);
        for field in fields.filter(|field| before.value.pointer(field) != after.value.pointer(field)) {
            complaints.push(format!("{}: {field} cannot change", after.place()));
        }
        if after.kind() == "Service" {
            let address = |service: &Object| service.spec()["clusterIP"] == "None";
            if address(before) != address(after) {
                complaints.push(format!("{}: /spec/clusterIP cannot change", after.place()));
            }
        }
        if after.kind() == "PersistentVolumeClaim" && is_smaller(before, after) {
            complaints.push(format!("{}: a disk cannot become smaller", after.place()));
        }
    }
    complaints
}

fn is_smaller(before: &Object, after: &Object) -> bool {
    let size = |claim: &Object| {
        super::values::quantity(text(&claim.spec()["resources"]["requests"]["storage"])).unwrap_or_default()
    };
    size(after) < size(before)
}

/// A scaler takes over: where `replicas` stood and stands no more, the next apply sets it to one
/// (kubernetes/kubernetes#25238).
pub(crate) fn given_up(old: &Cluster, new: &Cluster) -> Vec<String> {
    let given = both(old, new).filter(|(before, after)| {
        matches!(after.kind(), "Deployment" | "StatefulSet")
            && !before.spec()["replicas"].is_null()
            && after.spec()["replicas"].is_null()
    });
    given.map(|(_, after)| format!("{}: its replicas are given up", after.place())).collect()
}

/// Claims and their sets that are in the old build alone.
pub(crate) fn lost(old: &Cluster, new: &Cluster) -> Vec<String> {
    let keeps = |object: &&Object| {
        object.kind() == "PersistentVolumeClaim"
            || object.kind() == "StatefulSet" && !list(&object.spec()["volumeClaimTemplates"]).is_empty()
    };
    let gone = |object: &&Object| new.find(object.kind(), object.namespace(), object.name()).is_none();
    let gone = old.objects.iter().filter(keeps).filter(gone);
    gone.map(|object| format!("{}: it is gone with what it keeps", object.place())).collect()
}

/// The objects of both builds.
fn both<'a>(old: &'a Cluster, new: &'a Cluster) -> impl Iterator<Item = (&'a Object, &'a Object)> {
    new.objects.iter().filter_map(|after| {
        let before = old.find(after.kind(), after.namespace(), after.name())?;
        (before.group() == after.group()).then_some((before, after))
    })
}

/// Objects that differ, by kind and name: what a change of the source comes to.
pub(crate) fn changed(old: &Cluster, new: &Cluster) -> Vec<String> {
    let name = |object: &Object| format!("{} {}", object.kind(), object.name());
    let other = |object: &&Object| {
        let before: Option<&Value> =
            old.find(object.kind(), object.namespace(), object.name()).map(|object| &object.value);
        before != Some(&object.value)
    };
    let mut names: Vec<String> = new.objects.iter().filter(other).map(name).collect();
    let gone = |object: &&Object| new.find(object.kind(), object.namespace(), object.name()).is_none();
    names.extend(old.objects.iter().filter(gone).map(name));
    names
}

/// The twin whose older build is the broken one.
pub(crate) const GIVEN_UP: &str = "replicas that a scaler takes over";

/// Changes of `good.yaml`: what is wrong, what is replaced by what, and how the message ends.
pub(crate) const TWINS: &[(&str, &str, &str, &str)] = &[
    (
        "another selector",
        "  selector:\n    matchLabels: {app.kubernetes.io/name: api, app.kubernetes.io/instance: shop}\n  strategy",
        "  selector:\n    matchLabels: {app.kubernetes.io/name: api}\n  strategy",
        "/spec/selector cannot change",
    ),
    (
        "another disk in a template",
        "storage: 10Gi",
        "storage: 20Gi",
        "/spec/volumeClaimTemplates cannot change",
    ),
    (
        "another order of pods",
        "podManagementPolicy: Parallel",
        "podManagementPolicy: OrderedReady",
        "/spec/podManagementPolicy cannot change",
    ),
    ("a Job of another content", "command: [psql]", "command: [psql, -e]", "/spec/template cannot change"),
    (
        "another role",
        "kind: Role, name: prometheus}",
        "kind: ClusterRole, name: shop-prometheus}",
        "/roleRef cannot change",
    ),
    ("an address", "  clusterIP: None\n", "", "/spec/clusterIP cannot change"),
    (
        GIVEN_UP,
        "metadata: {name: api, namespace: shop}\nspec:\n  selector:\n",
        "metadata: {name: api, namespace: shop}\nspec:\n  replicas: 2\n  selector:\n",
        "its replicas are given up",
    ),
    (
        "a set that is gone",
        "metadata: {name: db, namespace: shop}\nspec:\n  serviceName",
        "metadata: {name: database, namespace: shop}\nspec:\n  serviceName",
        "it is gone with what it keeps",
    ),
];
