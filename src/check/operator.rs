//! What objects of Prometheus Operator do not say of a Prometheus and an Alertmanager that the cluster runs.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{Override, Platform, Role, Tree};

/// The job by which the operator's own monitor of kubelets is known
/// (prometheus-operator/kube-prometheus:manifests/kubernetesControlPlane-serviceMonitorKubelet.yaml).
const KUBELET: &str = "kubelet";

/// The time zones that are UTC.
const UTC: [&str; 3] = ["UTC", "Etc/UTC", "Etc/UCT"];

fn is_of_operator(platform: &Platform) -> bool {
    platform.services.iter().any(|service| platform.is_of_cluster(service))
}

/// K8S031: overrides of what the cluster configures, and kubelets under another name than the cluster's own monitor has.
pub(super) fn left(platform: &Platform, sink: &mut Sink) {
    if !is_of_operator(platform) {
        return;
    }
    let of_services = platform.services.iter().flat_map(|service| &service.overrides);
    let readers = [Some(Role::Metrics), Some(Role::Alerts)];
    let overrides = platform.overrides.iter().chain(of_services);
    for over in overrides.filter(|it| readers.contains(&it.target.reader) && !is_of_labels(it)) {
        sink.report(
            Diagnostic::new(
                codes::K8S031,
                format!("the cluster's own is not told what `override {}` says", over.target.name),
            )
            .at(over.span, "is in no object")
            .help("say it where that is set up: here it counts on other runtimes alone"),
        );
    }
    for job in &platform.observed.jobs {
        if platform[job.service].role == Some(Role::Kubelet) && job.name != KUBELET {
            sink.report(
                Diagnostic::new(
                    codes::K8S031,
                    format!(
                        "the cluster's Prometheus knows kubelets as `{KUBELET}`, and not as `{}`",
                        job.name
                    ),
                )
                .at(job.span, "it scrapes them by itself")
                .help(format!("call the service `{KUBELET}`")),
            );
        }
    }
}

/// Whether an override says the labels alone that leave Prometheus: alerts say them.
fn is_of_labels(over: &Override) -> bool {
    let global = matches!(over.at(&["global"]), Some(Tree::Map(global)) if global.len() == 1);
    over.entries.len() == 1 && global && over.at(&["global", "external_labels"]).is_some()
}

/// K8S032: hours of another zone than UTC, and ports that those of the cluster do not have.
pub(super) fn unsaid(platform: &Platform, sink: &mut Sink) {
    let Some(operator) = platform.settings.kubernetes.operator.as_ref().filter(|_| is_of_operator(platform))
    else {
        return;
    };
    for hours in &platform.observed.hours {
        let Some(zone) = hours.zone.as_ref().filter(|zone| !UTC.contains(&zone.as_str())) else { continue };
        sink.report(
            Diagnostic::new(
                codes::K8S032,
                format!(
                    "the cluster's Alertmanager cannot be told that `{}` are hours of `{zone}`",
                    hours.name
                ),
            )
            .at(hours.span, "an AlertmanagerConfig knows UTC alone")
            .help("say them in UTC, without a zone"),
        );
    }
    for service in platform.services.iter().filter(|service| platform.is_of_cluster(service)) {
        let number = operator.port_of(service);
        for port in service.ports.iter().filter(|port| port.number != number) {
            sink.report(
                Diagnostic::new(
                    codes::K8S032,
                    format!(
                        "the cluster's `{}` does not listen on {}",
                        operator.label_of(service),
                        port.number
                    ),
                )
                .about(&service.path)
                .at(port.span, format!("it has {number} alone"))
                .help(format!("write `{number}`, or take the port out on this runtime")),
            );
        }
    }
}
