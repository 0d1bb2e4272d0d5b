//! Labels and annotations: what objects are known by, and what a platform says of its containers.
//!
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use crate::platform::{Platform, Service, is_label_value as is_value};

/// The label that names a workload. Selectors read it, so no two workloads share a value: a selector matches every pod
/// that has its labels, however many others the pod has besides (kubernetes/kubernetes#79365).
pub(super) const NAME: &str = "app.kubernetes.io/name";
const INSTANCE: &str = "app.kubernetes.io/instance";
const COMPONENT: &str = "app.kubernetes.io/component";
const PART_OF: &str = "app.kubernetes.io/part-of";
const VERSION: &str = "app.kubernetes.io/version";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

pub(super) type Labels = BTreeMap<String, String>;

/// What selects the pods of a service, and only these. A selector cannot be changed, so no version and nothing that a
/// source may set is part of it.
pub(super) fn selector(platform: &Platform, service: &Service) -> Labels {
    BTreeMap::from([(NAME.to_owned(), service.name.clone()), (INSTANCE.to_owned(), platform.name.clone())])
}

/// The same as a selector of workloads.
pub(super) fn label_selector(platform: &Platform, service: &Service) -> LabelSelector {
    LabelSelector { match_labels: Some(selector(platform, service)), match_expressions: None }
}

/// What selects the pods that take copies, or bring them back, by the label that they share with no workload.
pub(super) fn selector_of_copier(platform: &Platform, label: &str) -> LabelSelector {
    let labels =
        BTreeMap::from([(NAME.to_owned(), label.to_owned()), (INSTANCE.to_owned(), platform.name.clone())]);
    LabelSelector { match_labels: Some(labels), match_expressions: None }
}

/// The labels of the objects of a backup.
pub(super) fn of_copier(platform: &Platform, label: &str) -> Labels {
    let mut labels = of_platform(platform);
    labels.extend(selector_of_copier(platform, label).match_labels.into_iter().flatten());
    labels
}

/// The annotations of what holds data: tools that remove from a cluster what is no longer in the files leave it there
/// (argoproj/argo-cd:docs/user-guide/sync-options.md, `Prune=false`, `Delete=false`;
/// fluxcd/website:content/en/flux/components/kustomize/kustomizations.md, `prune: disabled`).
pub(super) fn kept() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("argocd.argoproj.io/sync-options".to_owned(), "Prune=false,Delete=false".to_owned()),
        ("kustomize.toolkit.fluxcd.io/prune".to_owned(), "disabled".to_owned()),
    ])
}

/// The labels of what belongs to the whole platform.
pub(super) fn of_platform(platform: &Platform) -> Labels {
    shared(platform).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The labels that all objects of a platform have.
fn shared(platform: &Platform) -> impl Iterator<Item = (&str, &str)> {
    let declared = platform.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let declared = declared.filter(|(key, value)| is_label(key, value));
    declared.chain([(PART_OF, platform.name.as_str()), (MANAGED_BY, "infrac")])
}

/// The labels of a workload and its pods. The version is theirs alone: a new one changes nothing else.
pub(super) fn of_workload(platform: &Platform, service: &Service) -> Labels {
    let tag = service.image_name.as_ref().and_then(|image| image.tag.as_deref());
    with_others(platform, service, tag.filter(|tag| is_value(tag)).map(|tag| (VERSION, tag)))
}

/// The labels of the objects of a service.
pub(super) fn of_service(platform: &Platform, service: &Service) -> Labels {
    with_others(platform, service, None)
}

/// The labels of the objects of a service, and one more. Of two with one key the latter holds.
fn with_others(platform: &Platform, service: &Service, other: Option<(&str, &str)>) -> Labels {
    let declared = platform.container_labels(service).filter(|(key, value)| is_label(key, value));
    let group = service.group.map(|group| (COMPONENT, platform[group].name.as_str()));
    let labels = declared
        .chain(shared(platform))
        .chain([(NAME, service.name.as_str()), (INSTANCE, platform.name.as_str())])
        .chain(group)
        .chain(other);
    labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// What a source says in labels that Kubernetes has no room for in its own: their values may be any text here.
pub(super) fn annotations(platform: &Platform, service: &Service) -> Labels {
    let said = platform.container_labels(service).filter(|(key, value)| !is_label(key, value));
    said.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The metadata of an object of a service.
pub(super) fn metadata(platform: &Platform, service: &Service) -> ObjectMeta {
    labelled(platform, service, of_service(platform, service))
}

/// The metadata of the workload of a service.
pub(super) fn metadata_of_workload(platform: &Platform, service: &Service) -> ObjectMeta {
    labelled(platform, service, of_workload(platform, service))
}

fn labelled(platform: &Platform, service: &Service, labels: Labels) -> ObjectMeta {
    ObjectMeta {
        name: Some(service.name.clone()),
        namespace: Some(platform.namespace_of(service)),
        labels: Some(labels),
        ..ObjectMeta::default()
    }
}

/// Whether a label of a container is one of Kubernetes.
fn is_label(key: &str, value: &str) -> bool {
    let name = key.rsplit_once('/').map_or(key, |(_, name)| name);
    !name.is_empty() && is_value(name) && is_value(value) && !key.starts_with("app.kubernetes.io/")
}
