//! Probes: what the kubelet asks, from outside the container where it can.
//!
//! Readiness decides whether a pod gets requests, liveness whether its container is started again. So liveness never
//! looks at what readiness looks at besides the program itself: a database that fails would have every service before it
//! restarted. Where the source names no path of its own for it, liveness is a port that accepts connections. A container that does
//! not get through its startup is restarted likewise, so that does not look at others either.

use k8s_openapi::api::core::v1::{ExecAction, HTTPGetAction, Probe, TCPSocketAction};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::env::Env;
use crate::platform::{CheckTimes, Health, OwnTimes, Port, Protocol, Service};
use crate::schema::Duration;

/// The least time between two runs of a command: each is a process of its own in the container, and a client of a
/// database may take seconds of a processor (spica-engine/spica#1882).
const COMMAND: Duration = Duration(30_000);

/// The time between two questions for readiness that start no process, where the source says none: the API's own default
/// (kubernetes/kubernetes:pkg/apis/core/v1/defaults.go, `SetDefaults_Probe`).
const READY: Duration = Duration(10_000);

/// The longest time between two tries while a container starts: a pod gets no requests until one succeeds.
const STARTING: Duration = Duration(10_000);

/// The least time that what keeps data has to start, in seconds. It may have to bring its files in order first, and one that is
/// killed meanwhile begins again from where it was (cloudnative-pg/cloudnative-pg#11152).
const RECOVERY: i32 = 3_600;

/// The probes of a container.
#[derive(Debug, Default)]
pub(super) struct Probes {
    pub(super) startup: Option<Probe>,
    pub(super) readiness: Option<Probe>,
    pub(super) liveness: Option<Probe>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
enum Question {
    Get { path: String, port: String, https: bool },
    Connect { port: String },
    Run(Vec<String>),
}

pub(super) fn lower(service: &Service, env: &Env) -> Probes {
    // A pod that runs to its end gets no requests, and its exit says how it went.
    if service.is_job() {
        return Probes::default();
    }
    let mut probes = of_health(service, env);
    if let Some(startup) = probes.startup.as_mut().filter(|_| !service.volumes.is_empty()) {
        let least = RECOVERY / startup.period_seconds.unwrap_or(10).max(1);
        startup.failure_threshold = startup.failure_threshold.max(Some(least));
    }
    probes
}

fn of_health(service: &Service, env: &Env) -> Probes {
    let stream = service.ports.iter().find(|port| port.protocol != Protocol::Udp);
    let connect = |port: &Port| Question::Connect { port: port.name.clone() };
    let times = &service.times;
    match &service.health {
        Health::None { .. } => Probes {
            // Nothing in the container can ask, but the kubelet can. A restart on this ground alone is not asked for.
            readiness: stream.map(|port| regular(&connect(port), &soon(times))),
            ..Probes::default()
        },
        Health::Builtin(own) => {
            // The check that an image brings is Docker's: no kubelet runs it.
            let times = filled(own.as_deref());
            stream.map(|port| all(&connect(port), &connect(port), &connect(port), &times)).unwrap_or_default()
        }
        Health::Http { port, readiness, liveness, startup, .. } => {
            let Some(port) = service.ports.get(*port) else { return Probes::default() };
            let get = |path: &String| Question::Get {
                path: path.clone(),
                port: port.name.clone(),
                https: port.protocol == Protocol::Https,
            };
            let live = liveness.as_ref().map_or_else(|| connect(port), get);
            let looks_away = |path: &&String| service.needs_others && *path == readiness;
            let own = startup.as_ref().or(liveness.as_ref()).filter(|path| !looks_away(path));
            let start = own.map_or_else(|| connect(port), get);
            all(&start, &get(readiness), &live, times)
        }
        Health::Tcp { port, .. } => {
            let Some(port) = service.ports.get(*port) else { return Probes::default() };
            all(&connect(port), &connect(port), &connect(port), times)
        }
        Health::Exec(words) => command(env.probe(words), service, stream.map(connect), times),
        Health::Shell(line) => {
            let words = vec!["sh".to_owned(), "-c".to_owned(), env.line(line)];
            command(words, service, stream.map(connect), times)
        }
    }
}

fn all(start: &Question, ready: &Question, live: &Question, times: &CheckTimes) -> Probes {
    Probes {
        startup: Some(starting(start, times)),
        readiness: Some(regular(ready, &soon(times))),
        liveness: Some(regular(live, times)),
    }
}

/// The times of a question that starts no process, whether a pod gets requests: until three tries fail it does.
fn soon(times: &CheckTimes) -> CheckTimes {
    let interval = if times.interval_said { times.interval } else { READY };
    CheckTimes { interval, ..*times }
}

/// Probes by a command. It says whether the container has started and is ready; whether it lives is asked for at a
/// port, since a command that is slow under load would restart what is only busy (CloudPirates-io/helm-charts#1034). What keeps data
/// has started when its port answers: its command may ask for a login, or for what only a whole cluster has. A command that looks at
/// other services says nothing of the start of this one.
fn command(words: Vec<String>, service: &Service, live: Option<Question>, times: &CheckTimes) -> Probes {
    let question = Question::Run(words);
    let rare = CheckTimes { interval: times.interval.max(COMMAND), ..*times };
    let by_port = live.as_ref().filter(|_| service.needs_others || !service.volumes.is_empty());
    let start = by_port.or((!service.needs_others).then_some(&question));
    Probes {
        startup: start.map(|start| starting(start, times)),
        readiness: Some(regular(&question, &rare)),
        liveness: live.map(|live| regular(&live, times)),
    }
}

fn regular(question: &Question, times: &CheckTimes) -> Probe {
    Probe {
        period_seconds: Some(seconds(times.interval)),
        timeout_seconds: Some(seconds(times.timeout)),
        failure_threshold: Some(number(times.retries.max(1))),
        ..asked(question)
    }
}

/// Failures do not count for as long as the source says, and then as often as in every other probe.
fn starting(question: &Question, times: &CheckTimes) -> Probe {
    let period = times.start_interval.unwrap_or(times.interval.min(STARTING));
    let period = Duration(u64::from(seconds(period).unsigned_abs()) * 1_000);
    let whole = times.start.0.saturating_add(times.interval.0.saturating_mul(times.retries.max(1)));
    Probe {
        period_seconds: Some(seconds(period)),
        timeout_seconds: Some(seconds(times.timeout)),
        failure_threshold: Some(number(whole.div_ceil(period.0).max(1))),
        ..asked(question)
    }
}

fn asked(question: &Question) -> Probe {
    let port = |name: &String| IntOrString::String(name.clone());
    match question {
        Question::Get { path, port: name, https } => Probe {
            http_get: Some(HTTPGetAction {
                path: Some(path.clone()),
                port: port(name),
                scheme: https.then(|| "HTTPS".to_owned()),
                ..HTTPGetAction::default()
            }),
            ..Probe::default()
        },
        Question::Connect { port: name } => {
            Probe { tcp_socket: Some(TCPSocketAction { port: port(name), host: None }), ..Probe::default() }
        }
        Question::Run(words) => {
            Probe { exec: Some(ExecAction { command: Some(words.clone()) }), ..Probe::default() }
        }
    }
}

/// The times of a check that the image brings, those that the source leaves out being Docker's own.
fn filled(own: Option<&OwnTimes>) -> CheckTimes {
    let default = CheckTimes::default();
    let own = |of: fn(&OwnTimes) -> Option<Duration>| own.and_then(of);
    CheckTimes {
        interval: own(|times| times.interval).unwrap_or(default.interval),
        interval_said: own(|times| times.interval).is_some(),
        timeout: own(|times| times.timeout).unwrap_or(default.timeout),
        start: own(|times| times.start).unwrap_or(default.start),
        ..default
    }
}

/// Whole seconds, which are the least that a kubelet knows: at least one.
pub(super) fn seconds(time: Duration) -> i32 {
    number(time.0.div_ceil(1_000).max(1))
}

fn number(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
