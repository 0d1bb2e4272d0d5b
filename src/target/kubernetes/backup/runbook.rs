//! How a copy is brought back: the lines of a terminal, above the object that does it.

use super::super::workload::Kind;
use super::place;
use crate::platform::{Backup, Platform, Service};

/// How long a person's terminal waits for a Job: as long as the Job may take.
const TIMEOUT: &str = "24h";

/// The lines.
pub(super) fn lines(platform: &Platform, service: &Service, backup: &Backup) -> Vec<String> {
    let namespace = platform.namespace_of(service);
    let kubectl = |rest: &str| format!("  kubectl --namespace {namespace} {rest}");
    let (taker, restorer) = (backup.taker(), backup.restorer());
    let places = place::readable(platform, backup);
    let mut out = vec![
        format!(
            "Brings a copy of {} back. It never starts by itself: a person goes through these lines.",
            service.path
        ),
        kubectl(&format!("patch cronjob {taker} --patch '{{\"spec\":{{\"suspend\":true}}}}'")),
        kubectl(&format!("create job --from=cronjob/{taker} {taker}-before")),
        kubectl(&format!("wait --for=condition=Complete --timeout={TIMEOUT} job/{taker}-before")),
    ];
    for standing in standing(platform, service) {
        let (kind, namespace) = (Kind::of(standing), platform.namespace_of(standing));
        // Nothing scales what runs on each node.
        if kind == Kind::DaemonSet {
            out.push(format!("  (daemonset/{} works with its data, and goes on)", standing.name));
            continue;
        }
        let workload = format!("{}/{}", kind.word(), standing.name);
        out.push(format!("  kubectl --namespace {namespace} scale {workload} --replicas=0"));
        out.push(format!(
            "  kubectl --namespace {namespace} wait --for=delete --timeout=10m pod --selector app.kubernetes.io/name={}",
            standing.name
        ));
    }
    out.push(kubectl(&format!("create job --from=cronjob/{restorer} {restorer}-1")));
    out.push(kubectl(&format!("wait --for=condition=Complete --timeout={TIMEOUT} job/{restorer}-1")));
    let jobs = platform.services.iter().filter(|it| it.parent == Some(service.id) && it.is_job());
    out.extend(jobs.map(|job| {
        let namespace = platform.namespace_of(job);
        format!("  kubectl --namespace {namespace} delete job --selector app.kubernetes.io/name={}", job.name)
    }));
    out.push(match &platform.environment {
        Some(name) => format!("  scripts/apply-kubernetes.sh {name}"),
        None => "  scripts/apply-kubernetes.sh".to_owned(),
    });
    let (there, from) = if places.is_empty() {
        (String::new(), "")
    } else {
        (format!(", or of one in {}", places.join(" or ")), "FROM=PLACE ")
    };
    out.push(format!(
        "The first copy is of what is there now; the last line starts what stands still, and backups. Of another copy than the newest{there}, the Job is made by"
    ));
    out.push(kubectl(&format!(
        "create job --from=cronjob/{restorer} {restorer}-1 --dry-run=client --output yaml |"
    )));
    out.push(format!("    kubectl set env --local --filename - --output yaml {from}COPY=YYYYMMDDTHHMMSSZ |"));
    out.push("    kubectl create --filename -".to_owned());
    out
}

/// What stands still while the data of a service comes back: what works with it, and the service itself where a program reads
/// its files.
fn standing<'a>(platform: &'a Platform, service: &'a Service) -> Vec<&'a Service> {
    let offline = service.dump.as_deref().is_none_or(|dump| dump.offline);
    let users = platform.users_of(service).into_iter();
    users.chain(offline.then_some(service)).filter(|it| it.runs() && !it.is_job()).collect()
}
