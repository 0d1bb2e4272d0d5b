//! What keeps pods running: kubernetes/kubernetes:pkg/apis/apps/validation/validation.go.

use super::Scope;
use super::part::{Part, items, texts, word};
use super::rule::is_none;
use crate::emit::Node;
use crate::kustomize::{bare, field, text};

/// A selector says something, and the pods of the template are among what it finds.
pub(super) fn selected<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let path = part.below("selector");
    let labels = part.at("template.metadata.labels");
    let Some(selector) = part.at("selector") else {
        return scope.refuse(&part.path, "has no `selector`", None);
    };
    let label = |key: &str| labels.and_then(|labels| field(labels, key)).and_then(text);
    let wanted = match field(selector, "matchLabels").map(bare) {
        Some(Node::Map(entries)) => entries.iter().map(|(key, value)| (key.as_str(), text(value))).collect(),
        _ => Vec::new(),
    };
    let expressions = items(field(selector, "matchExpressions"));
    if wanted.is_empty() && expressions.is_empty() {
        return scope.refuse(path, "chooses no pods", None);
    }
    let meets = |expression: &Node| {
        let value = field(expression, "key").and_then(text).and_then(label);
        let values = texts(field(expression, "values"));
        match word(field(expression, "operator")).as_str() {
            "In" => value.is_some_and(|value| values.contains(&value)),
            "NotIn" => value.is_none_or(|value| !values.contains(&value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => true,
        }
    };
    if !wanted.iter().all(|(key, value)| label(key) == *value) || !expressions.iter().all(meets) {
        scope.refuse(part.below("template.metadata.labels"), "the selector does not find these pods", None);
    }
}

/// Pods that are kept running: always started again, and never ended by the clock.
pub(super) fn lasting<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if !matches!(part.text("template.spec.restartPolicy"), "" | "Always") {
        let label = format!("a {} takes `Always` alone", scope.kind);
        scope.refuse(part.below("template.spec.restartPolicy"), label, None);
    }
    if part.is_set("template") && part.at("template.spec.activeDeadlineSeconds").is_some() {
        let label = format!("pods of a {} do not end", scope.kind);
        scope.refuse(part.below("template.spec.activeDeadlineSeconds"), label, None);
    }
}

/// A rollout has more time than one of its pods needs to count as ready.
pub(super) fn progress<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    // What an API server fills in: kubernetes/kubernetes:pkg/apis/apps/v1/defaults.go.
    let deadline = part.number("progressDeadlineSeconds").unwrap_or(600);
    let ready = part.number("minReadySeconds").unwrap_or(0);
    if deadline <= ready {
        let key = if part.is_set("progressDeadlineSeconds") {
            "progressDeadlineSeconds"
        } else {
            "minReadySeconds"
        };
        let label = format!("a rollout has {deadline} s, and a pod is ready after {ready} s at the earliest");
        scope.refuse(
            part.below(key),
            label,
            Some("`progressDeadlineSeconds` is more than `minReadySeconds`"),
        );
    }
}

/// Pods can be replaced at all.
pub(super) fn replaced<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if is_none(part.at("maxSurge")) && is_none(part.at("maxUnavailable")) {
        scope.refuse(&part.path, "neither a pod more nor a pod less: no pod is ever replaced", None);
    }
}

/// The same of a set: without a number it is one.
pub(super) fn none_less<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if is_none(part.at("maxUnavailable")) {
        scope.refuse(part.below("maxUnavailable"), "no pod less: no pod is ever replaced", None);
    }
}

/// The same on nodes, where it is either a pod more or a pod less.
pub(super) fn replaced_on_nodes<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let (more, less) = (part.at("maxSurge"), part.at("maxUnavailable"));
    // What an API server fills in: none more, one less.
    let has_more = more.is_some_and(|more| !is_none(Some(more)));
    let has_less = less.is_none_or(|less| !is_none(Some(less)));
    if has_more && has_less {
        let help = "write `maxUnavailable = 0` beside it";
        scope.refuse(part.below("maxSurge"), "either a pod more on each node or a pod less", Some(help));
    } else if !has_more && !has_less {
        scope.refuse(&part.path, "neither a pod more nor a pod less: no pod is ever replaced", None);
    }
}
