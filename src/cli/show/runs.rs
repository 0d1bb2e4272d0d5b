//! What is shown of the processes of a service, and of what its container is held to.

use super::Lines;
use crate::schema::Duration;
use crate::view::Service;

/// Adds what is known of it.
pub(super) fn add(service: &Service, lines: &mut Lines) {
    if service.image.is_none() && service.build.is_none() {
        return;
    }
    let process = &service.process;
    let started = [("entrypoint", &process.entrypoint), ("command", &process.command)];
    for (key, words) in started {
        if let Some(words) = words {
            lines.add(key, &words.join(" "), service.command_said.as_ref());
        }
    }
    if let Some(init) = process.init {
        lines.add("init", if init { "yes" } else { "no" }, process.init_said.as_ref());
    }
    if let Some(grace) = process.stop_grace_ms {
        let signal = process.stop_signal.as_ref().map(|it| format!(", by {it}")).unwrap_or_default();
        let words = format!("within {}{signal}", Duration(grace));
        lines.add("stops", &words, process.stop_said.as_ref());
    } else if let Some(signal) = &process.stop_signal {
        lines.add("stops", &format!("by {signal}"), process.stop_said.as_ref());
    }
    let limit = |limit: i64| if limit < 0 { "none".to_owned() } else { limit.to_string() };
    lines.all(
        "ulimits",
        process
            .ulimits
            .iter()
            .map(|(name, value)| (format!("{name} {}", limit(*value)), process.ulimits_said.as_ref())),
    );
    lines.all("labels", process.labels.iter().map(|(key, value)| (format!("{key} = {value}"), None)));
    let held = &service.confinement;
    let said = held.said.as_ref();
    let mut of = Vec::new();
    if held.privileged {
        of.push("privileged: everything of the host is open to it".to_owned());
    }
    if held.root {
        of.push("runs as root".to_owned());
    }
    of.push(
        if held.read_only { "root file system: to be read" } else { "root file system: to be written" }
            .to_owned(),
    );
    if !held.privileged {
        let kept =
            if held.capabilities.is_empty() { "none".to_owned() } else { held.capabilities.join(", ") };
        of.push(format!("capabilities: {kept}"));
    }
    if !held.devices.is_empty() {
        of.push(format!("devices: {}", held.devices.join(", ")));
    }
    let host = [(held.host_network, "the network of the host"), (held.host_pid, "the processes of the host")];
    of.extend(host.into_iter().filter(|(is, _)| *is).map(|(_, what)| what.to_owned()));
    lines.all("confinement", of.into_iter().map(|text| (text, said)));
    if let Some(reason) = &held.reason {
        lines.add("because", reason, said);
    }
}
