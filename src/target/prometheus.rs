//! Target prometheus: what is scraped, the rules over it, and the tests of the alerts.
//!
//! `targets/prometheus/README.md` tells how each concept maps.

mod config;
mod coverage;
mod rules;
mod tests;

use super::{Artifact, Lower, Missed, Need, Target, generated, overrides};
use crate::emit::{self, Node};
use crate::formats::{self, Place};
use crate::parallel;
use crate::platform::{Platform, Role, Version};

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::PROMETHEUS,
    coverage: coverage::coverage,
    arguments: config::arguments,
    needs,
    version: |platform| platform.settings.prometheus.version,
    missed,
    faults: super::no_faults,
    compare: None,
    lower: Lower::Platform(lower),
};

fn lower(platform: &Platform) -> Vec<Artifact> {
    if platform.with_role(Role::Metrics).next().is_none() {
        return Vec::new();
    }
    let header = [generated(platform)];
    let files = rules::files(platform);
    let config = config::config(platform, !files.is_empty());
    let overridden =
        overrides::apply(TARGET.format, Place::Platform, &platform.overrides, &overrides::constant, || {
            Node::of(&config)
        });
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

/// The files of rules by their names, each with its groups.
pub(super) fn rule_files(platform: &Platform) -> Vec<(String, Node)> {
    let files = rules::files(platform);
    files.iter().map(|file| (file.name.clone(), Node::of(&rules::rules(platform, file)))).collect()
}

/// What overrides remove and is not there.
fn missed(platform: &Platform) -> Vec<Missed> {
    let of_jobs = platform.observed.jobs.iter().flat_map(|job| config::missed(platform, job));
    let of_file =
        overrides::missed(TARGET.format, Place::Platform, &platform.overrides, &overrides::constant, || {
            Node::of(&config::config(platform, !rules::files(platform).is_empty()))
        });
    of_jobs.chain(of_file).collect()
}

/// `keep_firing_for` came with 2.42 (prometheus/prometheus:CHANGELOG.md).
fn needs(platform: &Platform) -> Vec<Need> {
    let alerts = platform.observed.alerts.iter().filter(|alert| alert.keep_firing_for.is_some());
    let need = |span| Need { since: Version(2, 42), what: "`keep_firing_for`", span };
    alerts.map(|alert| need(alert.span)).collect()
}

fn yaml(path: &str, header: &[String], value: &impl serde::Serialize) -> Artifact {
    Artifact::new(format!("{}/{path}", TARGET.format.root), emit::yaml(header, value))
}
