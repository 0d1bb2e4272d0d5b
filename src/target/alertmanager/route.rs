//! The tree of routes: one below the root for each receiver. Whoever fits is told, so each but the last goes on to
//! the next; what fits nobody stays with the root, whose receiver tells nobody.

use serde::Serialize;

use super::matcher::matcher;
use crate::emit::{Commented, FlowSeq};
use crate::platform::Platform;
use crate::platform::receiver::Receiver;
use crate::platform::tell::NAME;
use crate::schema::Duration;

/// How the root groups, which tells nobody, and where a route says nothing.
const GROUP_BY: [&str; 2] = [NAME, "job"];
/// Its times, in milliseconds.
const WAIT: Duration = Duration(30_000);
const INTERVAL: Duration = Duration(300_000);
const REPEAT: Duration = Duration(12 * 3_600_000);

#[derive(Debug, Serialize)]
pub(super) struct Root<'a> {
    receiver: &'a str,
    group_by: FlowSeq<[&'static str; 2]>,
    group_wait: String,
    group_interval: String,
    repeat_interval: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    routes: Option<Commented<Vec<Route<'a>>>>,
}

#[derive(Debug, Serialize)]
struct Route<'a> {
    receiver: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    matchers: Option<FlowSeq<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_by: Option<FlowSeq<Vec<&'a str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active_time_intervals: Option<FlowSeq<[&'a str; 1]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mute_time_intervals: Option<FlowSeq<[&'a str; 1]>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    r#continue: bool,
}

pub(super) fn root<'a>(platform: &'a Platform, nobody: &'a str) -> Root<'a> {
    let mut routes: Vec<Route<'_>> = platform.receivers().map(|receiver| route(platform, receiver)).collect();
    if let Some((_, before)) = routes.split_last_mut() {
        for route in before {
            route.r#continue = true;
        }
    }
    Root {
        receiver: nobody,
        group_by: FlowSeq(GROUP_BY),
        group_wait: time(WAIT),
        group_interval: time(INTERVAL),
        repeat_interval: time(REPEAT),
        routes: (!routes.is_empty()).then(|| Commented::new(heartbeats(platform), routes)),
    }
}

fn route<'a>(platform: &'a Platform, receiver: &'a Receiver) -> Route<'a> {
    let hours = |at: Option<usize>| {
        let hours = at.and_then(|at| platform.observed.hours.get(at));
        hours.map(|hours| FlowSeq([hours.name.as_str()]))
    };
    let differs = |own: Duration, root: Duration| (own != root).then(|| time(own));
    let matchers: Vec<String> = receiver.matches.iter().map(matcher).collect();
    let group_by: Vec<&str> = receiver.group_by.iter().map(String::as_str).collect();
    Route {
        receiver: &receiver.name,
        matchers: (!matchers.is_empty()).then_some(FlowSeq(matchers)),
        group_by: (group_by != GROUP_BY).then_some(FlowSeq(group_by)),
        group_wait: differs(receiver.wait, WAIT),
        group_interval: differs(receiver.interval, INTERVAL),
        repeat_interval: differs(repeat(receiver), REPEAT),
        active_time_intervals: hours(receiver.only),
        mute_time_intervals: hours(receiver.mute),
        r#continue: false,
    }
}

/// How often a receiver is told again. Alertmanager looks for that when an interval ends, and a repeat that is as long
/// as the intervals since the last one is then not quite over: it waits for one more (notify/notify.go,
/// `DedupStage.needsUpdate`). Who listens for silence counts on each, so its repeat ends a sixth of an interval before.
fn repeat(receiver: &Receiver) -> Duration {
    if receiver.is_heartbeat() {
        Duration(receiver.repeat.0.saturating_sub(receiver.interval.0 / 6).max(1))
    } else {
        receiver.repeat
    }
}

/// How a receiver's messages are timed: how long a group waits, how often it changes, how often it is sent again.
pub(in crate::target) fn times(receiver: &Receiver) -> (String, String, String) {
    (time(receiver.wait), time(receiver.interval), time(repeat(receiver)))
}

/// How the root groups.
pub(in crate::target) struct RootTimes {
    /// By which labels.
    pub(in crate::target) group_by: [&'static str; 2],
    /// How long a group waits.
    pub(in crate::target) wait: String,
    /// How often it changes.
    pub(in crate::target) interval: String,
    /// How often it is sent again.
    pub(in crate::target) repeat: String,
}

/// How the root groups.
pub(in crate::target) fn root_times() -> RootTimes {
    RootTimes { group_by: GROUP_BY, wait: time(WAIT), interval: time(INTERVAL), repeat: time(REPEAT) }
}

/// Why the times of heartbeats are as they are.
fn heartbeats(platform: &Platform) -> Vec<String> {
    let Some(beat) = platform.receivers().find(|receiver| receiver.is_heartbeat()) else { return Vec::new() };
    vec![
        format!(
            "`{}` is told every {}: its repeat_interval ends before that, for Alertmanager looks only when a group_interval",
            beat.name, beat.repeat
        ),
        "ends, and a repeat that ends at the same moment waits for the next one.".to_owned(),
    ]
}

fn time(duration: Duration) -> String {
    if duration.0 == 0 { "0s".to_owned() } else { duration.to_string() }
}
