//! Target grafana: where Grafana finds metrics and alerts, and the dashboards over them.
//!
//! `targets/grafana/README.md` tells how each concept maps.

mod coverage;
mod dashboard;
mod foreign;
mod layout;
mod panel;
mod provisioning;

use super::{Artifact, Lower, Target, generated};
use crate::emit;
use crate::formats;
use crate::platform::observe::Dashboard;
use crate::platform::{Mounted, Platform, Role, Service};

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::GRAFANA,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs: super::no_needs,
    version: super::no_version,
    missed: super::no_misses,
    faults: super::no_faults,
    compare: None,
    lower: Lower::Platform(lower),
};

fn lower(platform: &Platform) -> Vec<Artifact> {
    let Some(shower) = platform.with_role(Role::Dashboards).next() else { return Vec::new() };
    let header = [generated(platform)];
    let yaml = |name: &str, content: String| artifact(&format!("provisioning/{name}/{name}.yaml"), content);
    let mut artifacts = vec![yaml("datasources", emit::yaml(&header, &provisioning::sources(platform)))];
    let dashboards = &platform.observed.dashboards;
    // Without metrics a panel that asks for them has nothing to show, which is reported.
    let has_metrics = platform.with_role(Role::Metrics).next().is_some();
    let shown =
        |dashboard: &&Dashboard| has_metrics || dashboard.panels().any(|panel| panel.source.is_some());
    let dashboards: Vec<&Dashboard> = dashboards.iter().filter(shown).collect();
    if dashboards.is_empty() {
        return artifacts;
    }
    let providers = provisioning::providers(platform, folder(shower));
    artifacts.push(yaml("dashboards", emit::yaml(&header, &providers)));
    artifacts.extend(dashboards.into_iter().map(|dashboard| {
        let path = format!("dashboards/{}.json", dashboard.uid);
        artifact(&path, emit::json(&dashboard::dashboard(platform, dashboard)))
    }));
    artifacts
}

fn artifact(path: &str, content: String) -> Artifact {
    Artifact::new(format!("{}/{path}", TARGET.format.root), content)
}

/// Where the dashboards are in the container.
fn folder(shower: &Service) -> &str {
    let is_ours = |it: &&Mounted| it.target == TARGET.format && it.folder == "dashboards";
    let mounted = shower.artifacts.iter().find(is_ours);
    mounted.map_or("/etc/grafana/dashboards", |mounted| &mounted.path)
}
