//! Tests of alerts, as promtool runs them
//! (prometheus/prometheus:docs/configuration/unit_testing_rules.md).
//!
//! What is asked is whether the alert fires: the series `ALERTS` tells, whatever labels and annotations the
//! firing alert has, so that a test says what matters and nothing else.

use std::collections::BTreeSet;

use serde::Serialize;

use super::rules::File;
use crate::emit::FlowSeq;
use crate::hash::HashMap;
use crate::platform::Platform;
use crate::platform::observe::{Alert, AlertTest, SCRAPE_INTERVAL};
use crate::schema::Duration;

/// The time between two values where a test says none.
const INTERVAL: Duration = Duration(60_000);

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the keys are promtool's")]
pub(super) struct Tests {
    rule_files: FlowSeq<Vec<String>>,
    evaluation_interval: String,
    tests: Vec<Test>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the keys are promtool's")]
struct Test {
    name: String,
    interval: String,
    input_series: Vec<Series>,
    promql_expr_test: Vec<Question>,
}

#[derive(Debug, Serialize)]
struct Series {
    series: String,
    values: String,
}

#[derive(Debug, Serialize)]
struct Question {
    expr: String,
    eval_time: String,
    exp_samples: Vec<Sample>,
}

#[derive(Debug, Serialize)]
struct Sample {
    labels: &'static str,
    value: u8,
}

/// The places of the files that compute a record, by its name.
pub(super) type Recorded<'a> = HashMap<&'a str, Vec<usize>>;

pub(super) fn recorded<'a>(platform: &'a Platform, files: &'a [File]) -> Recorded<'a> {
    let mut recorded = Recorded::default();
    for (at, file) in files.iter().enumerate() {
        for record in file.records(platform) {
            recorded.entry(record.name.as_str()).or_default().push(at);
        }
    }
    recorded
}

/// The tests of a file's alerts; `None` where it has none.
pub(super) fn tests(
    platform: &Platform,
    at: usize,
    files: &[File],
    recorded: &Recorded<'_>,
) -> Option<Tests> {
    let file = files.get(at)?;
    let apart = apart(file.alerts(platform));
    let tests: Vec<Test> = file
        .alerts(platform)
        .flat_map(|alert| alert.tests.iter().map(|it| test(alert, it, platform, &apart)))
        .collect();
    (!tests.is_empty()).then(|| Tests {
        rule_files: FlowSeq(needed(platform, at, files, recorded)),
        evaluation_interval: SCRAPE_INTERVAL.to_string(),
        tests,
    })
}

/// The file itself, and those whose records its queries ask for, those of records among them.
fn needed(platform: &Platform, at: usize, files: &[File], recorded: &Recorded<'_>) -> Vec<String> {
    let mut taken = BTreeSet::from([at]);
    let mut open = vec![at];
    while let Some(file) = open.pop().and_then(|at| files.get(at)) {
        let queries = file.records(platform).map(|record| &record.query);
        let queries = queries.chain(file.alerts(platform).map(|alert| &alert.query));
        let selectors = queries.filter_map(|query| query.parsed.as_ref()).flat_map(|query| query.selectors());
        let asked = selectors.filter_map(|selector| selector.metric.as_deref());
        for &other in asked.filter_map(|metric| recorded.get(metric)).flatten() {
            if taken.insert(other) {
                open.push(other);
            }
        }
    }
    taken.into_iter().map(|at| format!("../rules/{}.yml", files[at].name)).collect()
}

/// The labels in which alerts of one name differ, by that name.
fn apart<'a>(alerts: impl Iterator<Item = &'a Alert>) -> HashMap<&'a str, BTreeSet<&'a str>> {
    let mut firsts: HashMap<&str, &Alert> = HashMap::default();
    let mut apart: HashMap<&str, BTreeSet<&str>> = HashMap::default();
    for alert in alerts {
        let first = *firsts.entry(&alert.name).or_insert(alert);
        let only = |one: &'a Alert, other: &'a Alert| {
            one.labels
                .iter()
                .filter(|label| !other.labels.iter().any(|it| it == *label))
                .map(|(name, _)| name.as_str())
        };
        let names: Vec<&str> = only(first, alert).chain(only(alert, first)).collect();
        if !names.is_empty() {
            apart.entry(&alert.name).or_default().extend(names);
        }
    }
    apart
}

fn test(alert: &Alert, test: &AlertTest, platform: &Platform, apart: &HashMap<&str, BTreeSet<&str>>) -> Test {
    let interval = test.interval.unwrap_or(INTERVAL);
    let questions = questions(alert, test, interval);
    // Several instances of a component have alerts of one name, and so have several jobs.
    let apart = apart.get(alert.name.as_str());
    let own = alert.labels.iter().filter(|(name, value)| {
        let differs = apart.is_some_and(|names| names.contains(name.as_str()));
        // What a template makes of the series is known when it fires.
        matches!(name.as_str(), "service" | "job") || (differs && !value.contains("{{"))
    });
    let own = own.map(|(name, value)| (name, value));
    let wanted = test.labels.iter().map(|label| (&label.name, &label.value));
    let labels = own.chain(wanted).map(|(name, value)| format!(", {name}={}", quoted(value)));
    let labels: String = labels.collect();
    let firing = format!("ALERTS{{alertname={}, alertstate=\"firing\"{labels}}}", quoted(&alert.name));
    Test {
        name: format!("{}: {}", alert.name, test.name),
        interval: interval.to_string(),
        input_series: test
            .series(alert, &platform.observed.jobs)
            .map(|(series, values)| Series { series, values: values.to_owned() })
            .collect(),
        promql_expr_test: questions
            .into_iter()
            .map(|(time, value)| Question {
                expr: format!("clamp_max(count({firing}) or vector(0), 1)"),
                eval_time: time.to_string(),
                exp_samples: vec![Sample { labels: "{}", value }],
            })
            .collect(),
    }
}

/// When is asked whether the alert fires, and the answer. Around the moment at which it must begin to, there is
/// a value of the series on each side.
fn questions(alert: &Alert, test: &AlertTest, interval: Duration) -> Vec<(Duration, u8)> {
    let wait = alert.wait.map_or(0, |wait| wait.0);
    let waited = |time: Duration| Duration(time.0.saturating_add(wait));
    let begins = test.holds_from.map(waited);
    let before = begins.and_then(|begins| begins.0.checked_sub(interval.0)).map(Duration);
    let after = begins.map(|begins| Duration(begins.0.saturating_add(interval.0)));
    let silent = [test.silent_at, test.silent_after.map(waited), before];
    let questions =
        silent.map(|time| (time, 0)).into_iter().chain([test.fires_at, after].map(|time| (time, 1)));
    let mut questions: Vec<(Duration, u8)> =
        questions.filter_map(|(time, value)| Some((time?, value))).collect();
    questions.sort();
    questions
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for part in text.split_inclusive(['\\', '"']) {
        let (plain, mark) = part.split_at(part.len() - usize::from(part.ends_with(['\\', '"'])));
        quoted.push_str(plain);
        if !mark.is_empty() {
            quoted.push('\\');
        }
        quoted.push_str(mark);
    }
    quoted.push('"');
    quoted
}
