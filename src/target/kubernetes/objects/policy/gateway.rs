//! What the gateway of the cluster reaches: the ports that routes lead to, and the pods by which cert-manager proves a name.

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::{Peers, Rule, Rules, peer};
use crate::platform::{ClusterGateway, Platform, Port, Route};
use crate::target::kubernetes::file::POLICIES;
use crate::target::kubernetes::object::{Object, Stage};
use crate::target::kubernetes::objects::labels;

/// The label of a pod that answers an authority, and its port (cert-manager/cert-manager:pkg/apis/acme/v1/types.go,
/// pkg/issuer/acme/http/pod.go).
const SOLVER: &str = "acme.cert-manager.io/http01-solver";
const SOLVES_AT: u16 = 8089;

/// Where requests come from, and what is opened beyond it.
fn peers(gateway: &ClusterGateway) -> (Vec<NetworkPolicyPeer>, Option<String>) {
    match &gateway.namespace {
        Some(namespace) => (vec![peer::namespace(namespace)], None),
        None => {
            let word = gateway.kind.word();
            let wide = format!(
                "  Opened for every address: `{word} {{ namespace = NAME }}` says where its pods are."
            );
            (Vec::new(), Some(wide))
        }
    }
}

/// The rules of services that routes lead to.
pub(super) fn connect(platform: &Platform, rules: &mut [Rules]) {
    let Some(gateway) = &platform.settings.kubernetes.gateway else { return };
    let mut reached: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (service, port, _) in platform.behind_gateway().flat_map(|site| &site.routes).flat_map(Route::ports) {
        reached.entry(service.0).or_default().push(port);
    }
    for (service, mut ports) in reached {
        ports.sort_unstable();
        ports.dedup();
        let (Some(service), Some(rules)) = (platform.services.get(service), rules.get_mut(service)) else {
            continue;
        };
        let ports: Vec<&Port> = ports.iter().filter_map(|port| service.ports.get(*port)).collect();
        let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
        let (peers, wide) = peers(gateway);
        let line = format!("From the gateway of the cluster to {}: route", names.join(", "));
        rules.ingress.push(Rule {
            reason: std::iter::once(line).chain(wide).collect(),
            peers: Peers::Network(peers),
            ports: ports.into_iter().map(peer::port).collect(),
        });
    }
}

/// What lets the gateway ask the pods by which cert-manager proves names over HTTP: they stand in the namespace of the
/// certificate, and requests come to them as to any other (cert-manager/website#2151).
pub(super) fn solvers(platform: &Platform) -> Option<Object> {
    let gateway = platform.settings.kubernetes.gateway.as_ref()?;
    let mut issuers = platform.behind_gateway().filter_map(|site| site.asked_issuer());
    issuers.find(|issuer| issuer.acme().is_some())?;
    let (from, wide) = peers(gateway);
    let policy = NetworkPolicy {
        metadata: ObjectMeta {
            name: Some("gateway.acme-solvers".to_owned()),
            namespace: Some(platform.namespace().to_owned()),
            labels: Some(labels::of_platform(platform)),
            ..ObjectMeta::default()
        },
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector {
                match_labels: Some(BTreeMap::from([(SOLVER.to_owned(), "true".to_owned())])),
                match_expressions: None,
            }),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![NetworkPolicyIngressRule {
                from: (!from.is_empty()).then_some(from),
                ports: Some(vec![peer::number(SOLVES_AT, "TCP")]),
            }]),
            egress: None,
        }),
    };
    let why = "Pods of cert-manager that answer a certificate authority, which asks through the gateway."
        .to_owned();
    Some(Object::new(POLICIES, Stage::Policy, &policy).with_comment(std::iter::once(why).chain(wide)))
}
