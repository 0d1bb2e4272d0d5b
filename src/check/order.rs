//! Order: what waits for what, and whether that can come to be.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::model::{Condition, RunKind};
use crate::platform::{Dependency, Platform, Service, ServiceId};

/// DEP001 and DEP003: conditions that never come to be.
pub(super) fn conditions(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        for dependency in service.dependencies.iter().filter(|dependency| dependency.said) {
            let on = &platform[dependency.on];
            if dependency.condition == Condition::Healthy && on.is_job() {
                sink.report(
                    Diagnostic::new(
                        codes::DEP003,
                        format!(
                            "`{}` waits for the health of `{}`, which is a job and ends",
                            service.path, on.path
                        ),
                    )
                    .at(dependency.span, "waits for its health")
                    .at(on.span(), "runs once")
                    .help(format!("write `wait {} = completed`, or `after = [{}]`", on.path, on.path)),
                );
            } else if dependency.condition == Condition::Healthy && !on.health.can_be_waited_for() {
                sink.report(
                    Diagnostic::new(
                        codes::DEP001,
                        format!(
                            "`{}` waits for the health of `{}`, which has no health check",
                            service.path, on.path
                        ),
                    )
                    .at(dependency.span, "waits for its health")
                    .at(
                        on.block.health.as_ref().map_or(on.span(), |health| health.span),
                        "has no check that runs in its container",
                    )
                    .help(format!("write `wait {} = started`, or give it a `health` block", on.path)),
                );
            } else if dependency.condition == Condition::Completed && on.run != RunKind::Once {
                sink.report(
                    Diagnostic::new(
                        codes::DEP003,
                        format!(
                            "`{}` waits for the end of `{}`, which is no job that runs once",
                            service.path, on.path
                        ),
                    )
                    .at(dependency.span, "waits for its end")
                    .at(on.span(), "does not run once")
                    .help(format!("write `wait {} = healthy`, or `run = once` at `{}`", on.path, on.path)),
                );
            }
        }
    }
}

/// How many services of a cycle are told.
const MOST_SHOWN: usize = 8;

/// DEP002: services that wait for each other.
pub(super) fn cycles(platform: &Platform, sink: &mut Sink) {
    // 0: not seen, 1: on the way, 2: done. Each service and each dependency is looked at once.
    let mut state = vec![0u8; platform.services.len()];
    for start in 0..platform.services.len() {
        if state.get(start) != Some(&0) {
            continue;
        }
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = 1;
        while let Some(top) = way.last_mut() {
            let (at, next) = *top;
            top.1 += 1;
            let Some(dependency) = platform.services[at].dependencies.get(next) else {
                state[at] = 2;
                way.pop();
                continue;
            };
            let on = dependency.on.0;
            match state[on] {
                0 => {
                    state[on] = 1;
                    way.push((on, 0));
                }
                1 => {
                    let from = way.iter().position(|(service, _)| *service == on).unwrap_or(0);
                    let cycle: Vec<usize> = way[from..].iter().map(|(service, _)| *service).collect();
                    report(platform, &cycle, sink);
                }
                _ => {}
            }
        }
    }
}

fn report(platform: &Platform, cycle: &[usize], sink: &mut Sink) {
    let service = |at: usize| &platform[ServiceId(at)];
    let link = |from: usize, to: usize| -> Option<&Dependency> {
        service(from).dependencies.iter().find(|dependency| dependency.on.0 == to)
    };
    let Some(&first) = cycle.first() else { return };
    let names: Vec<String> =
        cycle.iter().chain([&first]).map(|at| format!("`{}`", service(*at).path)).collect();
    let mut diagnostic =
        Diagnostic::new(codes::DEP002, format!("services wait for each other: {}", names.join(" → ")));
    for (at, from) in cycle.iter().enumerate().take(MOST_SHOWN) {
        let to = cycle.get(at + 1).copied().unwrap_or(first);
        if let Some(dependency) = link(*from, to) {
            let (from, to): (&Service, &Service) = (service(*from), service(to));
            diagnostic =
                diagnostic.at(dependency.span, format!("`{}` starts after `{}`", from.path, to.path));
        }
    }
    let last = service(cycle.last().copied().unwrap_or(first));
    let name = &service(first).path;
    sink.report(diagnostic.help(format!(
        "let one of them start without the other and try again: `wait {name} = nothing` in `{}`",
        last.path
    )));
}
