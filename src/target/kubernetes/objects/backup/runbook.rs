//! How a copy is restored: the lines of a terminal, above the object that does it.

use super::place;
use crate::platform::{Backup, Platform, Service};
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::objects::scale;

/// The lines.
pub(super) fn lines(platform: &Platform, service: &Service, backup: &Backup) -> Vec<String> {
    let namespace = platform.namespace_of(service);
    let kubectl = |rest: &str| format!("  kubectl --namespace {namespace} {rest}");
    let (taker, restorer) = (backup.taker(), backup.restorer());
    let places = place::readable(platform, backup);
    let ended = |job: &str| {
        // `kubectl wait` would wait for its time to be over where a Job fails (kubernetes/kubectl#1629).
        let state = "jsonpath={.status.conditions[?(@.status==\"True\")].type}";
        format!(
            "  until kubectl --namespace {namespace} get job/{job} --output '{state}' | grep -Ew 'Complete|Failed'; do sleep 5; done"
        )
    };
    let made = |of: &str, job: &str, variables: &str| {
        [
            kubectl(&format!("create job --from=cronjob/{of} {job} --dry-run=client --output yaml |")),
            format!("    kubectl set env --local --filename - --output yaml {variables} |"),
            "    kubectl create --filename -".to_owned(),
        ]
    };
    let mut out = vec![format!(
        "Restores a copy of {}. It never starts by itself: a person goes through these lines, each behind the end of the one above.",
        service.path
    )];
    out.push("Which copies there are: the Job ends with an error, and its log names them.".to_owned());
    let from = if places.is_empty() { "" } else { "FROM= " };
    out.extend(made(&restorer, &format!("{restorer}-list"), &format!("{from}COPY=list")));
    out.push(ended(&format!("{restorer}-list")));
    out.push(kubectl(&format!("logs job/{restorer}-list --all-containers")));
    // A Job that has failed is an alert as long as it is there, and its name is taken.
    out.push(kubectl(&format!("delete job/{restorer}-list")));
    let unread = place::unreadable(platform, backup);
    if !unread.is_empty() && Platform::is_uploaded(backup) {
        let unread = unread.join(" and ");
        out.push(format!(
            "Copies in {unread} cannot be fetched here: no `reader` is declared. Where the claim is lost, fetch one by an account of the store that may read."
        ));
    }
    out.push(
        "A copy of what is there now, which is kept beside the others (`-before`), and is restored where COPY names it alone. It \
         fails where the server does not answer; then go on without."
            .to_owned(),
    );
    out.push(kubectl(&format!("patch cronjob {taker} --patch '{{\"spec\":{{\"suspend\":true}}}}'")));
    out.extend(made(&taker, &format!("{taker}-before"), "BEFORE=true"));
    out.push(ended(&format!("{taker}-before")));
    out.push("What works with the data stands still.".to_owned());
    out.extend(standing(platform, service).into_iter().flat_map(|standing| stop(platform, standing)));
    let (of, from) = if places.is_empty() {
        (String::new(), "")
    } else {
        (format!(", FROM={} one that lies there", places.join(" or FROM=")), "FROM= ")
    };
    out.push(format!(
        "COPY names one of the list{of}; where both are empty it is the newest. Go on where it says Complete; else read its log."
    ));
    out.extend(made(&restorer, &format!("{restorer}-1"), &format!("{from}COPY=YYYYMMDDTHHMMSSZ")));
    out.push(ended(&format!("{restorer}-1")));
    out.push("What stands still starts, and so do backups.".to_owned());
    out.extend(standing(platform, service).into_iter().filter_map(|standing| start(platform, standing)));
    let jobs = platform.services.iter().filter(|it| it.parent == Some(service.id) && it.is_job());
    out.extend(jobs.map(|job| {
        let namespace = platform.namespace_of(job);
        format!("  kubectl --namespace {namespace} delete job --selector app.kubernetes.io/name={}", job.name)
    }));
    out.push(kubectl(&format!("delete job/{taker}-before job/{restorer}-1 --ignore-not-found")));
    // Overlays are patches of these lines' file.
    let environment = match &platform.environment {
        Some(name) => format!(" {name}"),
        None if platform.varied => {
            out.push(
                "Name the environment that runs here, and no other: it would be put over this one. Where none is, leave it out."
                    .to_owned(),
            );
            " [ENVIRONMENT]".to_owned()
        }
        None => String::new(),
    };
    out.push(format!("  scripts/apply-kubernetes.sh{environment}"));
    out
}

/// The lines by which a service stands still.
fn stop(platform: &Platform, service: &Service) -> Vec<String> {
    let (kind, name) = (Kind::of(service), &service.name);
    // Nothing scales what runs on each node.
    if kind == Kind::DaemonSet {
        return vec![format!("  (daemonset/{name} works with its data, and goes on)")];
    }
    let base = format!("  kubectl --namespace {}", platform.namespace_of(service));
    let stops = if is_scaled_by_queries(service) {
        // A number that is set by hand is set back at the next query
        // (kedacore/keda-docs:content/docs/2.19/concepts/scaling-deployments.md, "Pausing autoscaling").
        format!("{base} annotate scaledobject/{name} {PAUSED}=0 --overwrite")
    } else {
        format!("{base} scale {}/{name} --replicas=0", kind.word())
    };
    let waits =
        format!("{base} wait --for=delete --timeout=10m pod --selector app.kubernetes.io/name={name}");
    vec![stops, waits]
}

/// The line by which a service starts that an apply leaves as it is. A scaler is switched off at zero, and an apply leaves the number
/// to it (kubernetes/website:content/en/docs/tasks/run-application/horizontal-pod-autoscale.md, "Implicit maintenance-mode
/// deactivation").
fn start(platform: &Platform, service: &Service) -> Option<String> {
    let scale = scale::scaled(service)?;
    let (base, name) = (format!("  kubectl --namespace {}", platform.namespace_of(service)), &service.name);
    Some(if is_scaled_by_queries(service) {
        format!("{base} annotate scaledobject/{name} {PAUSED}-")
    } else {
        format!("{base} scale {}/{name} --replicas={}", Kind::of(service).word(), scale.min.max(1))
    })
}

/// The annotation by which KEDA leaves the number of pods alone.
const PAUSED: &str = "autoscaling.keda.sh/paused-replicas";

fn is_scaled_by_queries(service: &Service) -> bool {
    scale::scaled(service).is_some_and(|scale| !scale.on.is_empty())
}

/// What stands still while the data of a service comes back: what works with it, and the service itself where a program reads
/// its files.
fn standing<'a>(platform: &'a Platform, service: &'a Service) -> Vec<&'a Service> {
    let offline = service.dump.as_deref().is_none_or(|dump| dump.offline);
    let users = platform.users_of(service).into_iter();
    users.chain(offline.then_some(service)).filter(|it| it.runs() && !it.is_job()).collect()
}
