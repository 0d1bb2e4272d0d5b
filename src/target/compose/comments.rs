//! What the compose file says about a service in comments: what it is for, and why it is an exception.

use super::service::{SCHEDULED, replicas};
use super::{COMMAND, text};
use crate::model::RunKind;
use crate::platform::{Health, Service};

/// The lines above a service.
pub(super) fn lines(service: &Service) -> Vec<String> {
    let mut lines: Vec<String> = service.description.iter().cloned().collect();
    if let Some(reason) = reason(service) {
        lines.push(format!("Less hardened: {reason}"));
    }
    if let Health::None { reason: Some(reason) } = &service.health {
        lines.push(format!("No health check: {reason}"));
    }
    let sysctl = service.block.requires.as_ref().and_then(|requires| requires.sysctl.as_ref());
    for (name, value) in sysctl.iter().flat_map(|sysctl| &sysctl.entries) {
        lines.push(format!("The host must be set to {} = {} or more", name.text, value.0));
    }
    if service.run == RunKind::Schedule {
        lines.push(schedule(service));
    }
    let min = service.block.scale.as_ref().and_then(|scale| scale.min).map_or(1, |min| min.0);
    if min > 1 && replicas(service).is_none() {
        lines.push(format!("Runs once, not {min} times: a port of the host can be taken once"));
    }
    lines
}

fn reason(service: &Service) -> Option<&str> {
    let security = service.block.security.as_ref()?;
    security.reason.as_ref().map(text::constant)
}

fn schedule(service: &Service) -> String {
    let run = service.block.run.as_ref();
    let cron = run.and_then(|run| run.cron.as_ref()).map(text::constant).unwrap_or_default();
    format!(
        "Profile {SCHEDULED}: compose keeps no schedule. In crontab, in UTC: {cron} {COMMAND} run --rm {}",
        service.name
    )
}
