//! How a service runs: its limits, its scale, its exceptions and its times, each default filled in.

use std::sync::Arc;

use super::constant::literal;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{self, Overlap, RunKind};
use crate::platform::{
    ApiAccess, CheckTimes, OwnTimes, Placement, Process, Reserve, Resources, Retention, Scale, ScaleQuery,
    Schedule, Security,
};
use crate::schema::{Constant, List};

/// What it may use.
pub(super) fn resources(block: &model::Service) -> Resources {
    let default = Resources::default();
    let Some(said) = &block.resources else { return default };
    let reserve = said.reserve.as_ref();
    Resources {
        memory: said.memory.map_or(default.memory, |memory| memory.value),
        cpu: said.cpu.map_or(default.cpu, |cpu| cpu.0),
        pids: said.pids.map_or(default.pids, |pids| pids.0),
        reserve: Reserve {
            memory: reserve.and_then(|reserve| reserve.memory),
            cpu: reserve.and_then(|reserve| reserve.cpu).map(|cpu| cpu.0),
        },
    }
}

/// How many of it run.
pub(super) fn scale(block: &model::Service) -> Option<Arc<Scale>> {
    let said = block.scale.as_ref()?;
    let min = said.min.map_or(1, |min| min.0);
    let on = said
        .on
        .iter()
        .map(|on| ScaleQuery { query: on.query.text.to_string(), target: on.target.0 })
        .collect();
    let max = said.max.map_or(min, |max| max.0);
    Some(Arc::new(Scale { min, max, cpu: said.cpu, memory: said.memory, on }))
}

/// Its exceptions from the safe defaults.
pub(super) fn security(block: &model::Service) -> Option<Arc<Security>> {
    let said = block.security.as_ref()?;
    let is = |flag: Option<bool>| flag.unwrap_or(false);
    Some(Arc::new(Security {
        writable: is(said.writable),
        privileged: is(said.privileged),
        root: is(said.root),
        host_pid: is(said.host_pid),
        host_network: is(said.host_network),
        capabilities: literals(said.capabilities.as_ref()),
        devices: literals(said.devices.as_ref()),
        reason: said.reason.as_ref().map(|reason| literal(reason).to_owned()),
    }))
}

fn literals(list: Option<&List<Constant>>) -> Vec<String> {
    list.map(|list| list.items.iter().map(|item| literal(item).to_owned()).collect()).unwrap_or_default()
}

/// What it says of its processes.
pub(super) fn process(block: &model::Service) -> Option<Arc<Process>> {
    let limits = block.ulimits.iter().flat_map(|limits| &limits.entries);
    let process = Process {
        init: block.init,
        stop_grace: block.stop_grace,
        stop_signal: block.stop_signal.as_ref().map(|signal| literal(signal).to_owned()),
        ulimits: limits.map(|(name, limit)| (name.text.to_string(), *limit)).collect(),
    };
    (process != Process::default()).then(|| Arc::new(process))
}

/// Where it runs, and what the host must offer.
pub(super) fn placement(block: &model::Service) -> Option<Arc<Placement>> {
    if block.place.is_none() && block.requires.is_none() {
        return None;
    }
    let place = block.place.as_ref();
    let sysctls = block.requires.iter().flat_map(|requires| &requires.sysctl).flat_map(|map| &map.entries);
    Some(Arc::new(Placement {
        zone: place.and_then(|place| place.zone),
        gpu: place.and_then(|place| place.gpu).map(|gpu| gpu.0),
        sysctls: sysctls.map(|(name, value)| (name.text.to_string(), value.0)).collect(),
    }))
}

/// When it runs, with `run = schedule`.
pub(super) fn schedule(block: &model::Service) -> Option<Arc<Schedule>> {
    let said = block.run.as_ref().filter(|run| run.kind == RunKind::Schedule)?;
    Some(Arc::new(Schedule {
        // That there is none is reported.
        cron: said.cron.as_ref().map(|cron| literal(cron).to_owned()).unwrap_or_default(),
        zone: said.zone.as_ref().map(|zone| literal(zone).to_owned()),
        deadline: said.deadline,
        overlap: said.overlap.unwrap_or(Overlap::Forbid),
    }))
}

/// What it says that it asks the API of the cluster.
pub(super) fn api(block: &model::Service, texts: &mut Texts<'_>) -> Vec<ApiAccess> {
    let mut all = Vec::with_capacity(block.api_access.len());
    for said in &block.api_access {
        let kind = said.resource.text.as_str();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./*".contains(&byte);
        if kind.is_empty() || !kind.bytes().all(plain) {
            texts.sink.report(
                Diagnostic::new(codes::TYP007, format!("`{kind}` is no kind of objects"))
                    .at(said.resource.span, "not of that form")
                    .help("write it in the plural, with the group of the API behind it: `pods`, `deployments.apps`"),
            );
            continue;
        }
        all.push(ApiAccess::new(kind, said.verbs.items.clone(), said.cluster, Some(said.resource.span)));
    }
    all
}

/// How long it keeps samples.
pub(super) fn retention(block: &model::Service) -> Option<Arc<Retention>> {
    let said = block.samples.as_ref()?;
    let retention =
        Retention { time: said.time.map(|time| time.value), size: said.size.map(|size| size.value) };
    Some(Arc::new(retention))
}

/// Whether the check of a service looks at others.
pub(super) fn needs_others(block: &model::Service) -> bool {
    let needs = block.health.as_ref().and_then(|health| health.needs.as_ref());
    needs.is_some_and(|needs| !needs.items.is_empty())
}

/// The times of its health check.
pub(super) fn times(block: &model::Service) -> CheckTimes {
    let default = CheckTimes::default();
    let Some(said) = &block.health else { return default };
    CheckTimes {
        interval: said.interval.unwrap_or(default.interval),
        interval_said: said.interval.is_some(),
        timeout: said.timeout.unwrap_or(default.timeout),
        retries: said.retries.map_or(default.retries, |retries| retries.0),
        start: said.start.unwrap_or(default.start),
        start_interval: said.start_interval,
    }
}

/// The times that it says of the check of its image.
pub(super) fn own_times(said: &model::Health) -> Option<Arc<OwnTimes>> {
    let times = OwnTimes {
        interval: said.interval,
        timeout: said.timeout,
        retries: said.retries.map(|retries| retries.0),
        start: said.start,
        start_interval: said.start_interval,
    };
    let none = OwnTimes { interval: None, timeout: None, retries: None, start: None, start_interval: None };
    (times != none).then(|| Arc::new(times))
}
