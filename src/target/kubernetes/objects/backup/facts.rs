//! What the programs know of one backup: a file of the shell, of names, numbers and commands.

use std::fmt::Write as _;

use super::place;
use crate::platform::{Backup, Dump, EnvVar, Platform, Service, Value};
use crate::target::kubernetes::objects::pod::constant;
use crate::target::kubernetes::objects::pod::env::Env;
use crate::target::scripts::word;

/// The words of all commands of a service's `dump`.
fn words(service: &Service) -> Vec<&Value> {
    let commands = service.dump.as_deref().map(Dump::commands).unwrap_or_default();
    commands.into_iter().flat_map(|(_, words)| words).collect()
}

/// The variables of a container that runs some of these commands, and is given some of the service's.
pub(super) fn env(platform: &Platform, service: &Service, given: &[&EnvVar]) -> Env {
    Env::of(platform, service, &words(service), |variable| {
        given.iter().any(|given| given.name == variable.name)
    })
}

/// Whether `verify` names a variable: without, the container that verifies gets none.
pub(super) fn verify_needs_variables(service: &Service) -> bool {
    let verify = service.dump.as_deref().and_then(|dump| dump.verify.as_deref());
    verify.is_some_and(|words| words.iter().any(|word| word.inputs().next().is_some()))
}

/// The file.
pub(super) fn text(platform: &Platform, service: &Service, backup: &Backup) -> String {
    let dump = service.dump.as_deref();
    let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
    let seconds = |duration: crate::schema::Duration| (duration.0 / 1_000).to_string();
    let volumes: Vec<&str> = platform.copied_volumes(service).map(|volume| volume.name).collect();
    let counted = dump.is_some_and(|dump| dump.count.is_some());
    let mut out = "# shellcheck shell=sh disable=SC2034 # the programs beside it read it\n\
                   # What they know of the backup.\n"
        .to_owned();
    for (name, value) in [
        ("BACKUP", backup.name.clone()),
        ("PLATFORM", platform.name.clone()),
        ("PROJECT", platform.namespace_of(service)),
        ("SERVICE", service.name.clone()),
        ("IMAGE", service.image.as_ref().map(|image| constant(platform, image)).unwrap_or_default()),
        ("KIND", if dump.is_some() { "dump" } else { "files" }.to_owned()),
        ("SUFFIX", dump.and_then(|dump| dump.suffix.clone()).unwrap_or_else(|| "dump".to_owned())),
        ("VOLUMES", volumes.join(" ")),
        ("KEEP", backup.keep.to_string()),
        ("RETENTION", backup.retention.map(seconds).unwrap_or_default()),
        ("TAKE_SECONDS", super::taking_ends(backup).to_string()),
        ("RESTORE_SECONDS", super::RESTORE_ENDS.to_string()),
        ("PARTS", yes(dump.is_some_and(|dump| dump.parts.is_some()))),
        ("VERIFIED", yes(dump.is_some_and(|dump| dump.verify.is_some()))),
        ("VERSIONED", yes(dump.is_some_and(|dump| dump.server_version.is_some()))),
        ("CHECKED", yes(dump.is_some_and(|dump| dump.check.is_some()))),
        ("OFFLINE", yes(dump.is_some_and(|dump| dump.offline))),
        // A restore compares it, since no drill does so before.
        ("COUNTED", yes(counted)),
    ] {
        let value = if value.is_empty() { String::new() } else { word(&value) };
        let _ = writeln!(out, "{name}={value}");
    }
    let env = env(platform, service, &[]);
    for (name, words) in dump.map(Dump::commands).unwrap_or_default() {
        let _ = write!(out, "\n{name}() {{\n  {} \"$@\"\n}}\n", env.words(words));
    }
    let _ = write!(out, "\nupload_wanted() {{\n  {}\n}}\n", place::wanted(platform, backup));
    out
}
