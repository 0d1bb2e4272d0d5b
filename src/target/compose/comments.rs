//! What the compose file says about a service in comments: what it is for, and why it is an exception.

use super::service::SCHEDULED;
use super::{COMMAND, text};
use crate::model::{Role, RunKind};
use crate::platform::{Health, Service};
use crate::schema::{Constant, List};

/// The lines above a service.
pub(super) fn lines(service: &Service) -> Vec<String> {
    let mut lines: Vec<String> = service.description.iter().cloned().collect();
    lines.extend(exceptions(service));
    lines.extend(own_configuration(service));
    if let Health::None { reason: Some(reason) } = &service.health {
        lines.push(format!("No health check: {reason}"));
    }
    let sysctl = service.block.requires.as_ref().and_then(|requires| requires.sysctl.as_ref());
    for (name, value) in sysctl.iter().flat_map(|sysctl| &sysctl.entries) {
        lines.push(format!("The host must be set to {} = {} or more", name.text, value.0));
    }
    let min = service.block.scale.as_ref().and_then(|scale| scale.min).map_or(1, |min| min.0);
    if min > 1 && service.replicas().is_none() {
        lines.push(format!("Runs once, not {min} times: a port of the host can be taken once"));
    }
    if service.run == RunKind::Schedule {
        let run = service.block.run.as_ref();
        let cron = run.and_then(|run| run.cron.as_ref()).map(text::constant).unwrap_or_default();
        lines.push(format!(
            "Compose keeps no schedule: `up` does not start the profile {SCHEDULED}. In crontab, in UTC:"
        ));
        lines.push(format!("  {cron} cd FOLDER && {COMMAND} run --rm --no-deps {}", service.name));
    }
    lines
}

/// What nobody configures: the targets that write for these roles are still to come.
fn own_configuration(service: &Service) -> Option<String> {
    let missing = match service.block.role? {
        Role::Proxy => "it serves no site",
        Role::Metrics => "it scrapes nothing but itself",
        Role::Alerts => "it tells nobody",
        Role::Dashboards => "it has no data source and no dashboard",
        // Its image knows how to ask for a page, and the metrics server says which.
        Role::Probe | Role::Store | Role::Search | Role::Database => return None,
    };
    // Configuration from the source takes the place of the image's own; what a component brings stands beside it.
    (service.configs.iter().all(|config| config.brought) && service.artifacts.is_empty())
        .then(|| format!("Runs with the image's own configuration: {missing}"))
}

/// Which safe defaults do not hold, and why.
fn exceptions(service: &Service) -> Option<String> {
    let security = service.block.security.as_ref()?;
    let reason = security.reason.as_ref().map(text::constant)?;
    let is_listed = |list: &Option<List<Constant>>| list.as_ref().is_some_and(|list| !list.items.is_empty());
    let said = [
        (security.writable == Some(true), "writable"),
        (security.privileged == Some(true), "privileged"),
        (security.root == Some(true), "root"),
        (security.host_pid == Some(true), "processes of the host"),
        (security.host_network == Some(true), "network of the host"),
        (is_listed(&security.capabilities), "capabilities"),
        (is_listed(&security.devices), "devices"),
    ];
    let said: Vec<&str> = said.into_iter().filter_map(|(said, words)| said.then_some(words)).collect();
    Some(format!("Exceptions ({}): {reason}", said.join(", ")))
}
