//! Labels and annotations as an API server takes them
//! (kubernetes/apimachinery:pkg/util/validation/validation.go).

use super::Findings;
use super::kept::at;
use crate::emit::Node;
use crate::kustomize::{bare, field, text};
use crate::platform::{is_label_key, is_label_value};
use crate::target::kubernetes::object::Object;

/// The most that the annotations of an object hold (kubernetes/apimachinery:pkg/api/validation/objectmeta.go,
/// `TotalAnnotationSizeLimitB`).
const ANNOTATIONS: usize = 256 << 10;

const KEY: &str =
    "a key is `NAME` or `DOMAIN/NAME`, of letters, digits, `-`, `_` and `.`, the name of at most 63";
const VALUE: &str =
    "a value has at most 63 letters, digits, `-`, `_` and `.`, and ends with a letter or a digit";

pub(super) fn look(object: &Object, found: &mut Findings<'_>) {
    of(field(&object.tree, "metadata"), "metadata", found);
    let Some(template) = super::pod::template(&object.kind) else { return };
    of(at(&object.tree, &format!("{template}.metadata")), &format!("{template}.metadata"), found);
    let selector = format!("{template}.spec.nodeSelector");
    labels(at(&object.tree, &selector), &selector, found);
}

fn of(metadata: Option<&Node>, path: &str, found: &mut Findings<'_>) {
    let Some(metadata) = metadata else { return };
    labels(field(metadata, "labels"), &format!("{path}.labels"), found);
    let Some(Node::Map(annotations)) = field(metadata, "annotations").map(bare) else { return };
    let mut size = 0;
    for (key, value) in annotations {
        size += key.len() + text(value).map_or(0, str::len);
        if !is_label_key(&key.to_lowercase()) {
            found.refused(&format!("{path}.annotations.{key}"), "no key of an annotation", Some(KEY));
        }
    }
    if size > ANNOTATIONS {
        found.refused(&format!("{path}.annotations"), "more than 256 KiB in all", None);
    }
}

fn labels(labels: Option<&Node>, path: &str, found: &mut Findings<'_>) {
    let Some(Node::Map(labels)) = labels.map(bare) else { return };
    for (key, value) in labels {
        let at = format!("{path}.{key}");
        if !is_label_key(key) {
            found.refused(&at, "no key of a label", Some(KEY));
        } else if !text(value).is_some_and(is_label_value) {
            found.refused(&at, "no value of a label", Some(VALUE));
        }
    }
}
