//! What guides hold: queries that Prometheus reads, of metrics that a job exports; steps for alerts. Commands are typed in `typed`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use infrac::platform::{Platform, Service};
use infrac::promql::Query;

use super::none;
use crate::case::Case;
use crate::judge::Judge;

/// The queries of the guides of all platforms, with the first service that has each.
fn queries() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for case in Case::all() {
        for service in &case.compile().services {
            for (title, query) in service.guide.iter().flat_map(|guide| &guide.queries) {
                all.entry(query.clone())
                    .or_insert_with(|| format!("{} {}: {title}", case.name(), service.path));
            }
        }
    }
    all
}

/// What promtool thinks of queries, as the rules of a file.
fn complaint(judge: &Judge, queries: &[&str]) -> Option<String> {
    let rules: Vec<serde_json::Value> = queries
        .iter()
        .enumerate()
        .map(|(at, query)| serde_json::json!({ "record": format!("guide:{at}"), "expr": query }))
        .collect();
    let file = serde_json::json!({ "groups": [{ "name": "guides", "rules": rules }] });
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("rules.yml"), file.to_string()).expect("a file can be written");
    let verdict = judge.ask(folder.path(), &["check", "rules", "rules.yml"], "");
    (!verdict.accepted).then(|| verdict.output + &verdict.complaint)
}

#[test]
fn prometheus_reads_the_queries_of_guides() {
    let queries = queries();
    let texts: Vec<&str> = queries.keys().map(String::as_str).collect();
    assert!(texts.len() > 10, "{texts:?}");
    for name in ["promtool", "promtool-new"] {
        let Some(judge) = Judge::find(name) else { continue };
        assert_eq!(complaint(&judge, &texts), None, "{name}");
        for twin in ["sum by (job (up)", "rate(up)", "up{job=}", "topk(up)"] {
            assert!(complaint(&judge, &[texts[0], twin]).is_some(), "{name} reads {twin}");
        }
    }
}

/// The metrics of a query that nothing on a platform exports.
fn unknown(platform: &Platform, query: &str) -> Vec<String> {
    let query = match Query::parse(query) {
        Ok(query) => query,
        Err(problem) => return vec![format!("{query}: {}", problem.message)],
    };
    let observed = &platform.observed;
    let is_known = |name: &str| {
        ["up", "ALERTS"].contains(&name)
            || observed.is_elsewhere(name)
            || observed.jobs.iter().any(|job| job.exports.series(name).is_some())
            || observed.records.iter().any(|record| record.name == name)
    };
    let names = query.selectors().iter().filter_map(|selector| selector.metric.as_deref());
    names.filter(|name| !is_known(name)).map(str::to_owned).collect()
}

#[test]
fn queries_of_guides_ask_for_what_is_exported() {
    let mut complaints = BTreeSet::new();
    let mut tried = 0;
    for case in Case::all() {
        let platform = case.compile();
        // A job of which no metric is known may export any.
        if platform.observed.jobs.iter().next().is_none() || platform.observed.is_open() {
            continue;
        }
        let with_guide = |service: &&Service| service.guide.is_some();
        for service in platform.services.iter().filter(with_guide) {
            for (title, query) in service.guide.iter().flat_map(|guide| &guide.queries) {
                tried += 1;
                for name in unknown(&platform, query) {
                    complaints.insert(format!("{} {} {title}: {name}", case.name(), service.path));
                }
            }
        }
    }
    none(&complaints.into_iter().collect::<Vec<_>>());
    assert!(tried > 20, "{tried} queries");
    let case = Case::all().into_iter().find(|case| case.source == "platform").expect("the flagship");
    let platform = case.compile();
    assert!(unknown(&platform, "rate(nginx_http_requests_total[5m])").is_empty());
    for twin in ["rate(nginx_http_request_total[5m])", "node_memory_free", "sum("] {
        assert!(!unknown(&platform, twin).is_empty(), "{twin}");
    }
}

/// What components say of alerts is of alerts that a platform can have.
#[test]
fn guides_are_of_alerts_that_exist() {
    let mut named: BTreeSet<String> = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/standard");
    for entry in std::fs::read_dir(folder).expect("the components") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "infra") {
            let text = std::fs::read_to_string(&path).expect("a component");
            let looks = text.lines().filter_map(|line| line.trim().strip_prefix("look "));
            named.extend(looks.filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned));
        }
    }
    let mut alerts: BTreeSet<String> = BTreeSet::new();
    let mut complaints = BTreeSet::new();
    for case in Case::all() {
        let platform = case.compile();
        alerts.extend(platform.observed.alerts.iter().map(|alert| alert.name.clone()));
        for service in &platform.services {
            for (alert, steps) in service.guide.iter().flat_map(|guide| &guide.looks) {
                if steps.is_empty() {
                    complaints.insert(format!("{}: {alert} has no step", service.path));
                }
            }
        }
    }
    let strangers: Vec<&String> = named.iter().filter(|name| !alerts.contains(*name)).collect();
    complaints.extend(strangers.iter().map(|name| format!("no platform has the alert {name}")));
    none(&complaints.into_iter().collect::<Vec<_>>());
    assert!(named.len() > 20, "{named:?}");
}

/// The names behind a word at the beginning of lines.
fn named(text: &str, word: &str) -> BTreeSet<String> {
    let rest = text.lines().filter_map(|line| line.trim().strip_prefix(word));
    rest.filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_standard_alert_has_steps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/standard");
    let mut complaints = Vec::new();
    let mut alerts = 0;
    for entry in std::fs::read_dir(folder).expect("the components") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "infra") {
            let text = std::fs::read_to_string(&path).expect("a component");
            let looks = named(&text, "look ");
            for alert in named(&text, "alert ") {
                alerts += 1;
                if !looks.contains(&alert) {
                    complaints.push(format!("{}: no step for {alert}", path.display()));
                }
            }
        }
    }
    none(&complaints);
    assert!(alerts > 50, "{alerts} alerts");
}

/// A runbook is read by one who was called: it says where to go, on each runtime, and has no heading without anything below it.
#[test]
fn runbooks_say_where_to_look() {
    let mut complaints = BTreeSet::new();
    let mut tried = 0;
    for case in Case::all() {
        let platform = case.compile();
        let path = format!("`{}`", platform.install_path());
        let on_host = platform.runtime == infrac::platform::Runtime::Compose && !platform.hosts.is_empty();
        for page in super::pages_of(&platform) {
            let text = &page.content;
            if on_host && text.contains("Commands are run") && !text.contains(&path) {
                complaints.insert(format!("{} {}: where the platform stands", case.name(), page.path));
            }
            if platform.runtime == infrac::platform::Runtime::Kubernetes && text.contains("`docker ") {
                complaints.insert(format!("{} {}: docker in a cluster", case.name(), page.path));
            }
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            for pair in lines.windows(2).filter(|pair| pair[0] == "## What to look at first") {
                tried += 1;
                if pair[1].starts_with("## ") {
                    complaints.insert(format!("{} {}: nothing to look at", case.name(), page.path));
                }
            }
        }
    }
    none(&complaints.into_iter().collect::<Vec<_>>());
    assert!(tried > 100, "{tried} runbooks");
}
