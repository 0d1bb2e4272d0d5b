//! What is scraped: a ServiceMonitor for each job, and a Probe for each address that a probe is asked for.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;

use super::{Names, metadata};
use crate::platform::observe::{Job, SCRAPE_TIMEOUT};
use crate::platform::{Operator, Platform, Protocol, Role, RunKind, Service};
use crate::target::kubernetes::file;
use crate::target::kubernetes::object::{Custom, Object, Stage};
use crate::target::kubernetes::objects::labels;

const VERSION: &str = "monitoring.coreos.com/v1";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Monitor {
    job_label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace_selector: Option<Namespaces>,
    selector: LabelSelector,
    endpoints: Vec<Endpoint>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Namespaces {
    match_names: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    port: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    interval: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scrape_timeout: Option<String>,
    relabelings: Vec<Relabel>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Relabel {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source_labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_label: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Probed {
    job_name: String,
    interval: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scrape_timeout: Option<String>,
    module: &'static str,
    prober: Prober,
    targets: Targets,
}

#[derive(Debug, Serialize)]
struct Prober {
    url: String,
    path: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    static_config: Static,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Static {
    #[serde(rename = "static")]
    addresses: Vec<String>,
    labels: BTreeMap<&'static str, String>,
    relabeling_configs: [Relabel; 1],
}

/// The monitors and probes of the platform's jobs. The cluster's Prometheus scrapes kubelets by itself.
pub(super) fn objects(platform: &Platform, operator: &Operator) -> Vec<Object> {
    let (mut monitors, mut probes) = (Names::default(), Names::default());
    let mut objects = Vec::new();
    for job in &platform.observed.jobs {
        let service = &platform[job.service];
        if !job.probes.is_empty() {
            objects.extend(of_probe(platform, operator, job, service, &mut probes));
        } else if platform.is_of_cluster(service) {
            objects.push(monitor(
                platform,
                operator,
                job,
                service,
                of_cluster(operator, service),
                &mut monitors,
            ));
        } else if service.runs() {
            let port = service.ports[job.port].name.clone();
            let what = What {
                namespace: None,
                labels: labels::selector(platform, service),
                port,
                service: &service.name,
            };
            objects.push(monitor(platform, operator, job, service, what, &mut monitors));
        }
    }
    objects
}

/// What a monitor looks at.
struct What<'a> {
    /// The namespace, where it is another one.
    namespace: Option<String>,
    /// The labels of its Service.
    labels: BTreeMap<String, String>,
    /// The port of that.
    port: String,
    /// The name of that: others with the same labels lead to the same pods.
    service: &'a str,
}

/// The Service of what the operator runs, and its port (prometheus-operator/prometheus-operator:pkg/operator/resource_reconciler.go
/// and pkg/prometheus/common.go).
fn of_cluster<'a>(operator: &'a Operator, service: &Service) -> What<'a> {
    let label =
        if service.role == Some(Role::Alerts) { "operated-alertmanager" } else { "operated-prometheus" };
    What {
        namespace: Some(operator.namespace.clone()),
        labels: BTreeMap::from([(label.to_owned(), "true".to_owned())]),
        port: "web".to_owned(),
        service: operator.name_of(service),
    }
}

fn monitor(
    platform: &Platform,
    operator: &Operator,
    job: &Job,
    service: &Service,
    what: What<'_>,
    names: &mut Names,
) -> Object {
    let mut metadata = metadata(platform, operator, names.take(&job.name), platform.namespace_of(service));
    if service.runs()
        && let Some(all) = &mut metadata.labels
    {
        all.extend(labels::selector(platform, service));
    }
    let https = service.ports[job.port].protocol == Protocol::Https;
    let job_is_service = !platform.is_of_cluster(service) && job.name == service.name;
    let out = Custom {
        api_version: VERSION,
        kind: "ServiceMonitor",
        metadata,
        spec: Some(Monitor {
            job_label: labels::NAME,
            namespace_selector: what.namespace.map(|name| Namespaces { match_names: vec![name] }),
            selector: LabelSelector { match_labels: Some(what.labels), match_expressions: None },
            endpoints: vec![Endpoint {
                port: what.port,
                path: job.path.clone(),
                scheme: https.then_some("https"),
                interval: interval(job),
                scrape_timeout: timeout(job),
                relabelings: relabelings(
                    service,
                    what.service,
                    (!job_is_service).then_some(job.name.as_str()),
                ),
            }],
        }),
    };
    out.object(file::of_service(platform, service), Stage::Monitor)
}

/// The cluster's Prometheus has a default of its own, which rules over time would not fit.
fn interval(job: &Job) -> String {
    job.interval.to_string()
}

fn timeout(job: &Job) -> Option<String> {
    (job.timeout_said || job.timeout != SCRAPE_TIMEOUT || job.timeout < job.interval)
        .then(|| job.timeout.to_string())
}

/// What makes the labels of series those that they have everywhere.
fn relabelings(service: &Service, name: &str, job: Option<&str>) -> Vec<Relabel> {
    let instance = match service.run {
        RunKind::EachHost => "__meta_kubernetes_pod_node_name",
        _ => "__meta_kubernetes_pod_name",
    };
    let job = job.map(|job| Relabel {
        target_label: Some("job"),
        replacement: Some(job.to_owned()),
        ..Relabel::default()
    });
    let rules = [
        Relabel {
            source_labels: vec!["__meta_kubernetes_service_name"],
            regex: Some(name.to_owned()),
            action: Some("keep"),
            ..Relabel::default()
        },
        // A pod that has ended keeps its address for a while (prometheus/prometheus#10755).
        Relabel {
            source_labels: vec!["__meta_kubernetes_pod_phase"],
            regex: Some("Succeeded|Failed".to_owned()),
            action: Some("drop"),
            ..Relabel::default()
        },
        Relabel { source_labels: vec![instance], target_label: Some("instance"), ..Relabel::default() },
        // The operator's own: rules that do not know them would tell series apart by them.
        Relabel {
            regex: Some("container|endpoint|namespace|pod|service".to_owned()),
            action: Some("labeldrop"),
            ..Relabel::default()
        },
    ];
    rules.into_iter().chain(job).collect()
}

/// A probe of each address, since each has labels of its own.
fn of_probe(
    platform: &Platform,
    operator: &Operator,
    job: &Job,
    service: &Service,
    names: &mut Names,
) -> Vec<Object> {
    let port = &service.ports[job.port];
    let namespace = platform.namespace_of(service);
    // The cluster's Prometheus asks from another namespace.
    let url = format!("{}.{namespace}.svc:{}", service.name, port.number);
    let probe = |probe: &crate::platform::observe::Probe| {
        let name = names.take(&format!("{}-{}-{}", job.name, probe.site, probe.module.name()));
        let metadata = metadata(platform, operator, name, namespace.clone());
        let out = Custom {
            api_version: VERSION,
            kind: "Probe",
            metadata,
            spec: Some(Probed {
                job_name: job.name.clone(),
                interval: interval(job),
                scrape_timeout: timeout(job),
                module: probe.module.name(),
                prober: Prober { url: url.clone(), path: job.path.clone() },
                targets: Targets {
                    static_config: Static {
                        addresses: vec![probe.address.clone()],
                        labels: BTreeMap::from([("site", probe.site.clone())]),
                        // The operator's own.
                        relabeling_configs: [Relabel {
                            regex: Some("namespace".to_owned()),
                            action: Some("labeldrop"),
                            ..Relabel::default()
                        }],
                    },
                },
            }),
        };
        out.object(file::of_service(platform, service), Stage::Monitor)
    };
    job.probes.iter().map(probe).collect()
}
