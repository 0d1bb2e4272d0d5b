//! `scripts/lib/platform.sh`: what the scripts know of the platform. They are the same for every platform; what differs stands here,
//! each word quoted.

use std::fmt::Write as _;

use super::backup;
use super::deploy;
use super::quote::quoted;
use crate::platform::Platform;
use crate::target::compose;

const HEAD: &str = "\
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2016 # read by the scripts that include it; shells of containers expand what is quoted
";

/// The file.
pub(super) fn text(platform: &Platform) -> String {
    let mut out = HEAD.to_owned();
    let environment = platform.environment.as_deref().unwrap_or_default();
    for (name, value) in [
        ("PLATFORM", platform.name.as_str()),
        ("ENVIRONMENT", environment),
        ("PROJECT", &compose::project(platform)),
        ("COMPOSE_FILE", compose::FILE),
    ] {
        set(&mut out, name, value);
    }
    services(&mut out, platform);
    deploy::facts(&mut out, platform);
    backup::text(&mut out, platform);
    super::setup::kernels(&mut out, platform);
    super::setup::kernel_settings(&mut out, platform);
    super::rotate::facts(&mut out, platform);
    super::secrets::facts(&mut out, platform);
    super::health::facts(&mut out, platform);
    out
}

pub(super) fn set(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name}={}", quoted(value));
}

/// A table of names: no word of it needs quotes.
pub(super) fn table(out: &mut String, name: &str, meaning: &str, lines: impl Iterator<Item = String>) {
    let _ = writeln!(out, "\n# {meaning}\n{name}() {{\n  cat <<'END'");
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("END\n}\n");
}

/// The containers of compose in the order of their starts.
fn services(out: &mut String, platform: &Platform) {
    let services = compose::services(platform);
    let lines = services.iter().map(|service| {
        format!("{} {} {}", service.name, service.kind.word(), service.profile.as_deref().unwrap_or("-"))
    });
    table(
        out,
        "services",
        "A line each: its name; `service`, `job` (ends by itself) or `scheduled`; its profile, `-` where it always starts.",
        lines,
    );
}
