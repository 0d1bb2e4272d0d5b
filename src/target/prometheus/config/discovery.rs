//! What Prometheus finds through the API of a cluster (prometheus/prometheus:docs/configuration/configuration.md,
//! `kubernetes_sd_config`).

use serde::Serialize;

use super::{Relabel, Scrape};
use crate::emit::{Commented, FlowMap, FlowSeq};
use crate::platform::observe::Job;
use crate::platform::{Platform, Role, RunKind, Service};

/// Where the kubelet puts the token of a service account, and the certificate of the API's authority
/// (kubernetes/kubernetes:plugin/pkg/admission/serviceaccount/admission.go, `DefaultAPITokenMountPath`).
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// What is discovered. Jobs that ask the same share one watch.
#[derive(Debug, Serialize)]
pub(super) struct Discovery {
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespaces: Option<FlowMap<Namespaces>>,
}

/// Namespaces that are watched: the server's own, or others.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Namespaces {
    Own { own_namespace: bool },
    Named { names: FlowSeq<[String; 1]> },
}

/// How a target that asks for it knows the server.
#[derive(Debug, Serialize)]
pub(super) struct Authorization {
    credentials_file: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Tls {
    insecure_skip_verify: Commented<bool>,
}

/// Lets a job find its targets: the nodes for the kubelets, or the addresses behind the Service of what is scraped.
pub(super) fn discover(scrape: &mut Scrape<'_>, platform: &Platform, job: &Job) {
    let service = &platform[job.service];
    if service.role == Some(Role::Kubelet) {
        return kubelets(scrape, platform, job);
    }
    scrape.kubernetes_sd_configs =
        vec![Discovery { role: "endpointslice", namespaces: Some(FlowMap(namespaces(platform, service))) }];
    let port = &service.ports[job.port];
    let kept = ["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"];
    // One on each node is known by its node, which stays when the pod is another one.
    let instance = match service.run {
        RunKind::EachHost => "__meta_kubernetes_pod_node_name",
        _ => "__meta_kubernetes_pod_name",
    };
    scrape.relabel_configs = vec![
        Relabel {
            source_labels: Some(FlowSeq(kept.to_vec())),
            regex: Some(format!("{};{}", service.name, port.name)),
            action: Some("keep"),
            ..Relabel::default()
        },
        // A pod that has ended keeps its address for a while (prometheus/prometheus#10755).
        Relabel {
            source_labels: Some(FlowSeq(vec!["__meta_kubernetes_pod_phase"])),
            regex: Some("Succeeded|Failed".to_owned()),
            action: Some("drop"),
            ..Relabel::default()
        },
        Relabel {
            source_labels: Some(FlowSeq(vec![instance])),
            target_label: Some("instance"),
            ..Relabel::default()
        },
    ];
}

/// The nodes are the targets, at the port that each says of its kubelet; `instance` is the name of the node
/// (prometheus/prometheus:discovery/kubernetes/node.go). The kubelet itself is asked, with the right to `nodes/metrics`: the way
/// through the API would take the right to `nodes/proxy`, which is one to run anything on the node.
fn kubelets(scrape: &mut Scrape<'_>, platform: &Platform, job: &Job) {
    scrape.authorization = Some(Authorization { credentials_file: format!("{ACCOUNT}/token") });
    // kubernetes/website:content/en/docs/reference/access-authn-authz/kubelet-tls-bootstrapping.md, "Certificate rotation":
    // serving certificates are signed by the cluster only where its administrator approves them.
    let reason = "A kubelet signs its own certificate, unless the cluster is set up to do so";
    scrape.tls_config = Some(Tls { insecure_skip_verify: Commented::new([reason.to_owned()], true) });
    scrape.kubernetes_sd_configs = vec![Discovery { role: "node", namespaces: None }];
    let reason =
        "The pods of others are on the nodes, too: what is not of the platform's namespaces is dropped";
    let of_platform = Relabel {
        source_labels: Some(FlowSeq(vec!["namespace"])),
        // What is of no pod has no namespace.
        regex: Some(format!("|{}", platform.namespaces().join("|"))),
        action: Some("keep"),
        ..Relabel::default()
    };
    scrape.metric_relabel_configs = vec![Commented::new([reason.to_owned()], of_platform)];
    if !job.exports.has_histograms() {
        let reason = "Most of what a kubelet exports are buckets of histograms, which nothing here asks for";
        let buckets = Relabel {
            source_labels: Some(FlowSeq(vec!["__name__"])),
            regex: Some(".+_bucket".to_owned()),
            action: Some("drop"),
            ..Relabel::default()
        };
        scrape.metric_relabel_configs.push(Commented::new([reason.to_owned()], buckets));
    }
}

fn namespaces(platform: &Platform, service: &Service) -> Namespaces {
    let of_service = platform.namespace_of(service);
    let own = platform.with_role(Role::Metrics).all(|server| platform.namespace_of(server) == of_service);
    if own {
        Namespaces::Own { own_namespace: true }
    } else {
        Namespaces::Named { names: FlowSeq([of_service]) }
    }
}
