//! Names, labels, annotations and finalizers (kubernetes/apimachinery:pkg/api/validation/objectmeta.go).

use super::Scope;
use super::form::{Form, KEY, LABEL, NAMES, SERVICE, VALUE};
use super::part::{Part, at, containers};
use crate::emit::Node;
use crate::kustomize::{bare, field, text};

/// The most that the annotations of an object hold (`TotalAnnotationSizeLimitB`).
const ANNOTATIONS: usize = 256 << 10;

/// The longest name of a CronJob: its Jobs have eleven more (`ValidateCronJobCreate`,
/// kubernetes/kubernetes:pkg/apis/batch/validation/validation.go).
const OF_CRON_JOBS: usize = 52;

/// Finalizers that the API has of its own (`ValidateFinalizerName`); others have a domain.
const FINALIZERS: &[&str] = &["foregroundDeletion", "orphan", "kubernetes"];

pub(super) fn look(scope: &mut Scope<'_>) {
    let (object, kind) = (scope.object, scope.kind);
    named(kind, object, scope);
    of(field(object, "metadata"), "metadata", scope);
    let Some(template) = super::template(kind) else { return };
    let path = format!("{template}.metadata");
    of(at(object, &path), &path, scope);
    profiles(at(object, &path), &path, scope);
    let selector = format!("{template}.spec.nodeSelector");
    labels(at(object, &selector), &selector, scope);
}

/// `ValidateObjectMeta`, with the form of each kind's names.
fn named(kind: &str, object: &Node, scope: &mut Scope<'_>) {
    let Some(name) = at(object, "metadata.name").and_then(text) else {
        return scope.refuse("metadata", "has no `name`", None);
    };
    let form: Form = match kind {
        "Service" => SERVICE,
        "Namespace" => LABEL,
        _ => NAMES,
    };
    if !(form.holds)(name) {
        scope.refuse("metadata.name", format!("`{name}` is no {}", form.what), Some(form.help));
    } else if kind == "CronJob" && name.len() > OF_CRON_JOBS {
        scope.refuse("metadata.name", format!("longer than {OF_CRON_JOBS} characters"), None);
    }
}

fn of(metadata: Option<&Node>, path: &str, scope: &mut Scope<'_>) {
    let Some(metadata) = metadata else { return };
    labels(field(metadata, "labels"), &format!("{path}.labels"), scope);
    finalizers(field(metadata, "finalizers"), &format!("{path}.finalizers"), scope);
    let Some(Node::Map(annotations)) = field(metadata, "annotations").map(bare) else { return };
    let mut size = 0;
    for (key, value) in annotations {
        size += key.len() + text(value).map_or(0, str::len);
        if !(KEY.holds)(&key.to_lowercase()) {
            scope.refuse(format!("{path}.annotations.{key}"), "no key of an annotation", Some(KEY.help));
        }
    }
    if size > ANNOTATIONS {
        scope.refuse(format!("{path}.annotations"), "more than 256 KiB in all", None);
    }
}

/// `ValidateFinalizerName`
fn finalizers(list: Option<&Node>, path: &str, scope: &mut Scope<'_>) {
    for finalizer in super::items(list).iter().filter_map(text) {
        let is_one = FINALIZERS.contains(&finalizer) || finalizer.contains('/') && (KEY.holds)(finalizer);
        if !is_one {
            let label = format!("`{finalizer}` is no name of a finalizer");
            scope.refuse(path, label, Some("a finalizer is called `DOMAIN/NAME`"));
        }
    }
}

/// `ValidateNamespace`: those of a namespace's specification are held to the same.
pub(super) fn of_namespace<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    finalizers(part.at("finalizers"), &part.below("finalizers"), scope);
}

/// `ValidateLabels`
pub(super) fn labels(labels: Option<&Node>, path: &str, scope: &mut Scope<'_>) {
    let Some(Node::Map(labels)) = labels.map(bare) else { return };
    for (key, value) in labels {
        let at = format!("{path}.{key}");
        if !(KEY.holds)(key) {
            scope.refuse(&at, "no key of a label", Some(KEY.help));
        } else if !text(value).is_some_and(VALUE.holds) {
            scope.refuse(&at, "no value of a label", Some(VALUE.help));
        }
    }
}

/// The annotation of the cost of a pod (kubernetes/kubernetes:pkg/apis/core/annotation_key_constants.go).
const COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// `ValidatePodSpecificAnnotations`
fn profiles(metadata: Option<&Node>, path: &str, scope: &mut Scope<'_>) {
    let annotations = metadata.and_then(|metadata| field(metadata, "annotations"));
    let Some(Node::Map(annotations)) = annotations.map(bare) else { return };
    let known = scope.pod().map(|spec| containers(spec, "")).unwrap_or_default();
    for (key, value) in annotations {
        let at = format!("{path}.annotations.{key}");
        let value = text(value).unwrap_or_default();
        if key == COST && value.parse::<i32>().is_err() {
            scope.refuse(&at, "is a whole number", None);
        }
        let Some(container) = key.strip_prefix(APPARMOR) else { continue };
        if !known.iter().any(|known| super::name(known.node) == container) {
            scope.refuse(&at, format!("no container is called `{container}`"), None);
        }
        let is_profile =
            matches!(value, "" | "runtime/default" | "unconfined") || value.starts_with("localhost/");
        if !is_profile {
            scope.refuse(&at, format!("`{value}` is no profile of AppArmor"), None);
        }
    }
}
