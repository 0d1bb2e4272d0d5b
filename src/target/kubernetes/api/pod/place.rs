//! Where pods run: selectors of nodes and of other pods.

use super::match_labels;
use crate::emit::Node;
use crate::kustomize::{bare, field, text};
use crate::platform::Version;
use crate::target::kubernetes::api::Scope;
use crate::target::kubernetes::api::form::{KEY, NAMES, VALUE};
use crate::target::kubernetes::api::part::{Part, items, texts};

/// `ValidateLabelSelector`
pub(in crate::target::kubernetes::api) fn matched<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    match_labels(part, scope);
}

/// `Lt` and `Gt` of tolerations: since 1.35, of whole numbers (`validateTolerationOperator`).
pub(in crate::target::kubernetes::api) fn compared<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let operator = part.text("operator");
    if !matches!(operator, "Lt" | "Gt") {
        return;
    }
    if scope.version < Version(1, 35) {
        scope.refuse(part.below("operator"), "a cluster before 1.35 does not know it", None);
    }
    if !is_whole(part.text("value")) {
        scope.refuse(part.below("value"), format!("`{operator}` compares whole numbers"), None);
    }
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.parse::<i64>().is_ok() && (digits == "0" || !digits.starts_with('0')) && !text.starts_with('+')
}

/// `ValidateNodeSelectorRequirement`, and `ValidateNodeFieldSelectorRequirement` of what stands in `matchFields`.
pub(in crate::target::kubernetes::api) fn nodes<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let (key, operator, values) = (part.text("key"), part.text("operator"), texts(part.at("values")));
    let path = part.below("values");
    if part.path.contains(".matchFields") {
        if key != "metadata.name" {
            scope.refuse(part.below("key"), "a node is chosen by `metadata.name` alone", None);
        }
        if !matches!(operator, "In" | "NotIn") {
            scope.refuse(part.below("operator"), "`In` or `NotIn`", None);
        }
        if values.len() != 1 {
            scope.refuse(&path, "takes one name", None);
        }
        for value in values.iter().filter(|value| !(NAMES.holds)(value)) {
            scope.refuse(&path, format!("`{value}` is no {}", NAMES.what), Some(NAMES.help));
        }
        return;
    }
    if !key.is_empty() && !(KEY.holds)(key) {
        scope.refuse(part.below("key"), format!("`{key}` is no {}", KEY.what), Some(KEY.help));
    }
    if matches!(operator, "Gt" | "Lt")
        && !values.is_empty()
        && (values.len() != 1 || !values.iter().all(|value| is_whole(value)))
    {
        scope.refuse(&path, format!("`{operator}` compares with one whole number"), None);
    }
    // A preference may be one that no node meets.
    if part.path.contains(".requiredDuringSchedulingIgnoredDuringExecution") {
        for value in values.iter().filter(|value| !(VALUE.holds)(value)) {
            scope.refuse(&path, format!("`{value}` is no {}", VALUE.what), Some(VALUE.help));
        }
    }
}

/// `validateMatchLabelKeysInTopologySpread`, `validateMatchLabelKeysAndMismatchLabelKeys`: labels that are compared with those of
/// the pod itself.
pub(in crate::target::kubernetes::api) fn chosen_by_keys<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let selector = part.at("labelSelector");
    let mut chosen: Vec<&str> = match selector.and_then(|selector| field(selector, "matchLabels")).map(bare) {
        Some(Node::Map(entries)) => entries.keys().map(smol_str::SmolStr::as_str).collect(),
        _ => Vec::new(),
    };
    let expressions = items(selector.and_then(|selector| field(selector, "matchExpressions")));
    chosen.extend(expressions.iter().filter_map(|expression| field(expression, "key").and_then(text)));
    let others = texts(part.at("mismatchLabelKeys"));
    for (list, keys) in
        [("matchLabelKeys", texts(part.at("matchLabelKeys"))), ("mismatchLabelKeys", others.clone())]
    {
        let path = part.below(list);
        if !keys.is_empty() && selector.is_none() {
            scope.refuse(&path, "needs `labelSelector`", None);
        }
        for key in keys {
            if !(KEY.holds)(key) {
                scope.refuse(&path, format!("`{key}` is no {}", KEY.what), Some(KEY.help));
            } else if list == "matchLabelKeys" && chosen.contains(&key) {
                scope.refuse(&path, format!("`{key}` stands in `labelSelector`, too"), None);
            } else if list == "matchLabelKeys" && others.contains(&key) {
                scope.refuse(&path, format!("`{key}` stands in `mismatchLabelKeys`, too"), None);
            }
        }
    }
}
