//! Target prometheus: what is scraped, the rules over it, and the tests of the alerts.
//!
//! `targets/prometheus/README.md` tells how each concept maps.

mod coverage;
mod config;
mod rules;
mod tests;

use super::{Artifact, FILE, Need, Place, Target, generated, overrides};
use crate::emit::{self, Node};
use crate::model::Role;
use crate::parallel;
use crate::platform::{ARTIFACTS, Platform, ServiceId, Version};

/// The target.
pub(super) const TARGET: Target = Target {
    name: "prometheus",
    purpose: "Prometheus' configuration, its rules by group, and promtool's tests of the alerts",
    coverage: coverage::coverage,
    reader: Some(Role::Metrics),
    arguments: config::arguments,
    needs,
    overrides: &[Place::Platform, Place::Scraped],
    lower,
};

fn lower(platform: &Platform, _: &[&str]) -> Vec<Artifact> {
    if platform.with_role(Role::Metrics).next().is_none() {
        return Vec::new();
    }
    let header = [generated(platform)];
    let files = rules::files(platform);
    let config = config::config(platform, !files.is_empty());
    let overridden =
        overrides::apply(TARGET.name, &platform.overrides, &overrides::constant, || Node::of(&config));
    let config = overridden.unwrap_or_else(|| Node::of(&config));
    let mut artifacts = vec![yaml("prometheus.yml", &header, &config)];
    artifacts.extend(parallel::map(&files, |file| {
        yaml(&format!("rules/{}.yml", file.name), &header, &rules::rules(platform, file))
    }));
    let recorded = tests::recorded(platform, &files);
    let places: Vec<usize> = (0..files.len()).collect();
    let tests = parallel::map(&places, |at| {
        let tests = tests::tests(platform, *at, &files, &recorded)?;
        Some(yaml(&format!("tests/{}.yml", files[*at].name), &header, &tests))
    });
    artifacts.extend(tests.into_iter().flatten());
    artifacts
}

/// `keep_firing_for` came with 2.42 (prometheus/prometheus:CHANGELOG.md).
fn needs(platform: &Platform) -> Vec<Need> {
    let alerts = platform.observed.alerts.iter().filter(|alert| alert.keep_firing_for.is_some());
    let need = |span| Need { since: Version(2, 42), what: "`keep_firing_for`", span };
    alerts.map(|alert| need(alert.span)).collect()
}

fn yaml(path: &str, header: &[String], value: &impl serde::Serialize) -> Artifact {
    Artifact {
        path: format!("{ARTIFACTS}/{}/{path}", TARGET.name),
        content: emit::yaml(header, value),
        mode: FILE,
    }
}

/// The service at the top of what one is nested in.
fn top(platform: &Platform, mut id: ServiceId) -> ServiceId {
    while let Some(parent) = platform[id].parent {
        id = parent;
    }
    id
}
