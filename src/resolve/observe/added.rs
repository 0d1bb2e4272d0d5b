//! What overrides of Prometheus add to what is scraped: labels of jobs, and whole jobs
//! (prometheus/prometheus:docs/configuration/configuration.md, `scrape_config`).

use crate::hash::IndexMap;
use crate::platform::observe::Job;
use crate::platform::{Override, Platform, Role, Service, Tree};

const JOBS: &str = "scrape_configs";
const JOB_NAME: &str = "job_name";

fn of_prometheus(overrides: &[Override]) -> impl Iterator<Item = &Override> {
    overrides.iter().filter(|over| over.target.reader == Some(Role::Metrics))
}

/// The labels that overrides of a service give to the series of its jobs.
pub(super) fn of_service(service: &Service) -> Vec<String> {
    let mut labels = Vec::new();
    of_prometheus(&service.overrides).for_each(|over| labels_of(&over.entries, &mut labels));
    labels
}

/// Gives jobs the labels that overrides of the whole file add to them. The names of the jobs that they bring anew.
pub(super) fn to_jobs(platform: &Platform, jobs: &mut [Job]) -> Vec<String> {
    let mut new = Vec::new();
    for over in of_prometheus(&platform.overrides) {
        let Some(Tree::List(items)) = over.entries.get(JOBS).and_then(Tree::put) else { continue };
        for item in items {
            let Tree::Map(entries) = item else { continue };
            let Some(name) = entries.get(JOB_NAME).and_then(text) else { continue };
            let mut known = jobs.iter_mut().filter(|job| job.name == name).peekable();
            if known.peek().is_none() {
                new.push(name.to_owned());
            }
            known.for_each(|job| labels_of(entries, &mut job.exports.added));
        }
    }
    new
}

fn text(tree: &Tree) -> Option<&str> {
    match tree.put()? {
        Tree::Text(value) => value.as_literal(),
        _ => None,
    }
}

/// The labels that a scrape job writes; `*` stands for any.
fn labels_of(entries: &IndexMap<String, Tree>, into: &mut Vec<String>) {
    let items = |key: &str| match entries.get(key).and_then(Tree::put) {
        Some(Tree::List(items)) => items.as_slice(),
        _ => &[],
    };
    let relabelled = ["relabel_configs", "metric_relabel_configs"].into_iter().flat_map(items);
    for rule in relabelled {
        let Tree::Map(rule) = rule else { continue };
        if rule.get("action").and_then(text) == Some("labelmap") {
            into.push("*".to_owned());
        }
        let label = rule.get("target_label").and_then(text);
        into.extend(label.filter(|label| !label.starts_with("__")).map(str::to_owned));
    }
    for group in items("static_configs") {
        let Tree::Map(group) = group else { continue };
        if let Some(Tree::Map(labels)) = group.get("labels").and_then(Tree::put) {
            into.extend(labels.keys().cloned());
        }
    }
    // Their targets carry what the file or the answer says.
    if ["file_sd_configs", "http_sd_configs"].iter().any(|key| entries.contains_key(*key)) {
        into.push("*".to_owned());
    }
}
