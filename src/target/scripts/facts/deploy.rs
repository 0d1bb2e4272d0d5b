//! What `scripts/deploy.sh` knows of the platform.
//!
//! Images and volumes are not among it: they may hold what the operator sets, so the script reads them from what compose makes of the file.

use crate::hash::HashMap;
use crate::platform::{Condition, Health, OwnTimes, Platform, Service, ServiceId};
use crate::schema::Duration;
use crate::target::compose;
use crate::target::scripts::table::{set, table};

/// Seconds for what no health check counts: the engine makes a network and the containers, and jobs hand volumes over.
const SLACK: u64 = 60;

/// Seconds that a job may take. No setting says how long one takes; `deploy.sh --limit` does.
const JOB: u64 = 300;

/// Seconds that the engine waits for a process to end where the source sets none (docs.docker.com, "compose stop": 10 seconds).
const STOP: u64 = 10;

/// Adds them.
pub(super) fn facts(out: &mut String, platform: &Platform) {
    set(out, "INSTALL_PATH", &platform.install_path());
    set(out, "COMPOSE_FLOOR", compose::FLOOR);
    set(out, "OF_PROJECT", if platform.of_the_project().is_empty() { "" } else { "yes" });
    let reached = reached(platform);
    let limits = compose::services(platform).into_iter().map(|started| {
        let limit = reached.get(started.name.as_str()).copied().unwrap_or(JOB);
        format!("{} {}", started.name, limit + SLACK)
    });
    table(
        out,
        "limits",
        "A line each: its name, and the seconds within which it must be healthy or have ended, those before it included.",
        limits,
    );
}

/// The seconds within which each service must have come up, behind all that it waits for.
fn reached(platform: &Platform) -> HashMap<&str, u64> {
    let mut of_service: HashMap<ServiceId, u64> = HashMap::default();
    for service in platform.start_order() {
        let waits = service.dependencies.iter().filter(|it| it.condition != Condition::Nothing);
        let before = waits.filter_map(|it| of_service.get(&it.on)).max().copied().unwrap_or_default();
        of_service.insert(service.id, before + own(service));
    }
    of_service.into_iter().map(|(id, seconds)| (platform[id].name.as_str(), seconds)).collect()
}

/// The seconds that one service takes: its check fails for good behind its start and so many failures in a row.
fn own(service: &Service) -> u64 {
    if service.is_job() {
        return JOB;
    }
    let stop = service.process.as_deref().and_then(|process| process.stop_grace);
    let stop = stop.map_or(STOP, seconds);
    let check = match &service.health {
        Health::None { .. } => 0,
        Health::Builtin(times) => builtin(times.as_deref()),
        _ => {
            let times = &service.times;
            seconds(times.start) + times.retries * (seconds(times.interval) + seconds(times.timeout))
        }
    };
    stop + check
}

/// The same of an image's own check: what the source leaves out is the engine's default
/// (docs.docker.com, "Dockerfile reference", HEALTHCHECK: each 30 seconds for at most 30 seconds, three times).
fn builtin(times: Option<&OwnTimes>) -> u64 {
    let or = |said: Option<Duration>, otherwise: u64| said.map_or(otherwise, seconds);
    let one = or(times.and_then(|it| it.interval), 30) + or(times.and_then(|it| it.timeout), 30);
    or(times.and_then(|it| it.start), 0) + times.and_then(|it| it.retries).unwrap_or(3) * one
}

fn seconds(duration: Duration) -> u64 {
    duration.0.div_ceil(1_000)
}
