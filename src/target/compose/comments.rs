//! What the compose file says about a service in comments: what it is for, and why it is an exception.

use super::service::SCHEDULED;
use super::{COMMAND, publish};
use crate::platform::{Health, Platform, Role, Security, Service};

/// The lines above a service.
pub(super) fn lines(platform: &Platform, service: &Service) -> Vec<String> {
    let mut lines: Vec<String> = service.description.iter().cloned().collect();
    lines.extend(exceptions(service));
    lines.extend(own_configuration(service));
    if let Health::None { reason: Some(reason) } = &service.health {
        lines.push(format!("No health check: {reason}"));
    }
    if publish::ipv4_alone(platform, service) {
        lines.push(
            "Published on IPv4 alone: clients are told apart by address, and the network has no IPv6 to see theirs"
                .to_owned(),
        );
    }
    for (name, value) in service.placement.iter().flat_map(|placement| &placement.sysctls) {
        lines.push(format!("The host must be set to {name} = {value} or more"));
    }
    let copies = service.copies();
    if copies > service.copies_on_one_host() {
        lines.push(format!("Runs once, not {copies} times: a port of the host can be taken once"));
    }
    if let Some(schedule) = &service.schedule {
        lines.push(format!(
            "Compose keeps no schedule: `up` does not start the profile {SCHEDULED}. In crontab, in {}:",
            schedule.zone.as_deref().unwrap_or("UTC")
        ));
        lines.push(format!("  {} cd FOLDER && {COMMAND} run --rm --no-deps {}", schedule.cron, service.name));
    }
    lines
}

/// What nobody configures: the targets that write for these roles are still to come.
fn own_configuration(service: &Service) -> Option<String> {
    let missing = match service.role? {
        Role::Proxy => "it serves no site",
        Role::Metrics => "it scrapes nothing but itself",
        Role::Alerts => "it tells nobody",
        Role::Dashboards => "it has no data source and no dashboard",
        // Its image knows how to ask for a page, and the metrics server says which.
        Role::Probe
        | Role::Store
        | Role::Search
        | Role::Database
        | Role::Certificates
        | Role::Kubelet
        | Role::ClusterState => return None,
    };
    // Configuration from the source takes the place of the image's own; what a component brings stands beside it.
    (service.configs.iter().all(|config| config.brought) && service.artifacts.is_empty())
        .then(|| format!("Runs with the image's own configuration: {missing}"))
}

/// Which safe defaults do not hold, and why: what the source says, and what the image needs.
fn exceptions(service: &Service) -> Option<String> {
    let security = service.security.as_deref();
    let is = |of: fn(&Security) -> bool| security.is_some_and(of);
    let bears = &service.bears;
    let said = [
        (is(|security| security.writable) || bears.writable, "writable"),
        (is(|security| security.privileged), "privileged"),
        (is(|security| security.root), "root"),
        (is(|security| security.host_pid), "processes of the host"),
        (is(|security| security.host_network), "network of the host"),
        (service.capabilities().next().is_some(), "capabilities"),
        (is(|security| !security.devices.is_empty()), "devices"),
    ];
    let said: Vec<&str> = said.into_iter().filter_map(|(said, words)| said.then_some(words)).collect();
    let of_image = match (bears.unknown, bears.writable || !bears.capabilities.is_empty()) {
        (true, true) => Some("nothing is known of what the image needs"),
        (false, true) => Some("the image needs it"),
        (_, false) => None,
    };
    let reasons: Vec<&str> =
        security.and_then(|security| security.reason.as_deref()).into_iter().chain(of_image).collect();
    (!said.is_empty() && !reasons.is_empty())
        .then(|| format!("Exceptions ({}): {}", said.join(", "), reasons.join("; ")))
}
