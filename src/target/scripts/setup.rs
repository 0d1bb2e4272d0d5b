//! `scripts/setup-aws.sh`: a file that needs no other. What it knows of the platform stands in it, at the line `#FACTS`.

use std::collections::BTreeMap;

use super::table::{set, table};
use crate::platform::{Platform, Runtime, Service};
use crate::schema::Bytes;
use crate::target::compose;

const PROGRAM: &str = include_str!("../../../targets/scripts/setup-aws.sh");

/// The file; `None` where the platform declares no host.
pub(super) fn text(platform: &Platform) -> Option<String> {
    if platform.runtime != Runtime::Compose || platform.hosts.is_empty() {
        return None;
    }
    let mut facts = String::new();
    let mib = |bytes: Option<Bytes>| bytes.map_or(0, |bytes| bytes.0 >> 20).to_string();
    let host =
        |of: fn(&crate::platform::Host) -> Option<Bytes>| mib(platform.hosts.iter().filter_map(of).max());
    for (name, value) in [
        ("PLATFORM", platform.name.as_str()),
        ("INSTALL_PATH", &platform.install_path()),
        ("COMPOSE_FLOOR", compose::FLOOR),
        ("MEMORY_MIB", &host(|host| host.memory)),
        ("DISK_MIB", &host(|host| host.disk)),
    ] {
        set(&mut facts, name, value);
    }
    let path = platform.install_path();
    // What the exporter of the host reads is for everybody (ndemarco/zpbs-backup#6).
    let textfiles = platform.textfile_folder().map(|path| ("0755", path));
    let folders = [("0755", path.clone()), ("0700", format!("{path}/.infrac"))].into_iter().chain(textfiles);
    let folders = folders.map(|(mode, path)| format!("{mode} {path}"));
    table(&mut facts, "folders", "Folders of the platform, a line each: the mode, the path.", folders);
    table(&mut facts, "sysctls", "Settings of the kernel, a line each.", sysctls(platform).into_iter());
    kernels(&mut facts, platform);
    Some(PROGRAM.replacen("#FACTS\n", &facts, 1))
}

/// What services require of the kernel, each key with its largest value.
pub(in crate::target) fn required(platform: &Platform) -> BTreeMap<&str, u64> {
    let mut settings: BTreeMap<&str, u64> = BTreeMap::new();
    let services = platform.services.iter().filter_map(|service| service.placement.as_deref());
    for (key, value) in services.flat_map(|placement| &placement.sysctls) {
        let known = settings.entry(key.as_str()).or_default();
        *known = (*known).max(*value);
    }
    settings
}

/// Adds what `stack.sh` looks for.
pub(super) fn kernel_settings(out: &mut String, platform: &Platform) {
    table(
        out,
        "kernel_settings",
        "A line each: a setting of the kernel, and the least value that services need.",
        required(platform).into_iter().map(|(key, value)| format!("{key} {value}")),
    );
}

/// What services require and what the host sets, each key with its largest value, as Docker's host must have all of them.
fn sysctls(platform: &Platform) -> Vec<String> {
    let mut settings = required(platform);
    for (key, value) in platform.hosts.iter().flat_map(|host| &host.sysctl) {
        let known = settings.entry(key).or_default();
        *known = (*known).max(*value);
    }
    // elastic.co, "Disable swapping": the kernel swaps in an emergency alone. What runs has bounds of its own.
    settings.entry("vm.swappiness").or_insert(1);
    settings.into_iter().map(|(key, value)| format!("{key} {value}")).collect()
}

/// Adds the kernels that images do not run on.
pub(super) fn kernels(out: &mut String, platform: &Platform) {
    let limit = |service: &Service| {
        let below = service.kernel_below?;
        Some(format!("{} {below}", service.name))
    };
    table(
        out,
        "kernels",
        "A line each: a service, and the first kernel on which its image does not run.",
        platform.services.iter().filter_map(limit),
    );
}
