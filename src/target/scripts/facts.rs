//! `scripts/lib/platform.sh`: what the scripts know of the platform. They are the same for every platform; what differs stands here,
//! each word quoted.

mod backup;
mod deploy;
mod health;
pub(super) mod rotate;
pub(super) mod secrets;
mod timers;

use super::table::{set, table};
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
    rotate::facts(&mut out, platform);
    secrets::facts(&mut out, platform);
    health::facts(&mut out, platform);
    out
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
