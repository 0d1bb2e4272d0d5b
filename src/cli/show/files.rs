//! The artifacts that a service is in.
//!
//! No word is searched for: the files are made once more of a platform in which the service, its ports, its files and its alerts are
//! called otherwise, and those that differ are the ones that targets write of it.

use crate::platform::{Platform, ServiceId};
use crate::target::{self, Artifact};
use crate::view::Service;

/// The paths of the artifacts, in the order in which they are built.
pub(super) fn of(platform: &mut Platform, service: &Service) -> Vec<String> {
    let Some(at) = platform.services.iter().position(|it| it.path == service.path) else { return Vec::new() };
    let before = artifacts(platform);
    let kept = platform.services[at].clone();
    let id = kept.id;
    change(platform, at);
    let alerts = mark_alerts(platform, id, true);
    let after = artifacts(platform);
    mark_alerts(platform, id, false);
    platform.services[at] = kept;
    debug_assert_eq!(alerts, mark_alerts(platform, id, false), "what was marked is as it was");
    let same = |artifact: &Artifact| {
        let other = after.iter().find(|other| other.path == artifact.path);
        other.is_some_and(|other| without_digests(&other.content) == without_digests(&artifact.content))
    };
    before.iter().filter(|artifact| !same(artifact)).map(|artifact| artifact.path.clone()).collect()
}

fn artifacts(platform: &Platform) -> Vec<Artifact> {
    let runtime = platform.runtime;
    let mut targets = target::of(&platform.targets);
    targets.retain(|target| target.format.runtime.is_none_or(|of| of == runtime));
    crate::build(platform, &targets).into_iter().flat_map(|it| it.artifacts).collect()
}

/// What no service is called.
const MARK: &str = "-0marked0";

/// Gives a service another name, and its ports and files other contents.
fn change(platform: &mut Platform, at: usize) {
    let service = &mut platform.services[at];
    service.name.push_str(MARK);
    for port in &mut service.ports {
        port.number = port.number.checked_add(1).unwrap_or(1);
    }
    for config in &mut service.configs {
        config.content.push_str("# ");
    }
}

/// Marks the alerts and dashboards that a service has of its own, and the alerts that ask for its scrape job, or takes the mark away;
/// how many those are.
fn mark_alerts(platform: &mut Platform, id: ServiceId, add: bool) -> usize {
    let turn = |text: &mut String| {
        if add {
            text.push_str(MARK);
        } else if let Some(length) = text.strip_suffix(MARK).map(str::len) {
            text.truncate(length);
        }
    };
    let observed = &platform.observed;
    let of_it: Vec<bool> = observed
        .alerts
        .iter()
        .map(|alert| alert.owner == Some(id) || observed.names_jobs_of(&alert.query, id))
        .collect();
    let mut number = 0;
    for (alert, _) in platform.observed.alerts.iter_mut().zip(of_it).filter(|(_, of_it)| *of_it) {
        turn(&mut alert.name);
        number += 1;
    }
    for dashboard in platform.observed.dashboards.iter_mut().filter(|dashboard| dashboard.owner == Some(id)) {
        turn(&mut dashboard.title);
        number += 1;
    }
    number
}

/// A text without digests: the one of a file changes with what stands in another file.
fn without_digests(text: &str) -> String {
    const SHORTEST: usize = 16;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, behind) = rest.split_at(start);
        let end = behind.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(behind.len());
        out.push_str(before);
        out.push_str(if end >= SHORTEST { "#" } else { &behind[..end] });
        rest = &behind[end..];
    }
    out.push_str(rest);
    out
}
