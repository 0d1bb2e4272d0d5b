//! Policies of Cilium: what a NetworkPolicy cannot say. They stand beside the NetworkPolicies, and what either lets pass does.
//!
//! <https://docs.cilium.io/en/stable/security/policy/language/>

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::NetworkPolicyPort;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde::Serialize;

use super::{Peers, Rule, Rules, labels, note, peer};
use crate::platform::{Platform, Service};
use crate::target::kubernetes::file::POLICIES;
use crate::target::kubernetes::object::{Custom, Object, Stage};

/// The label that Cilium gives every pod: its namespace (cilium/cilium:pkg/k8s/apis/cilium.io/const.go, `PodNamespaceLabel`).
const NAMESPACE: &str = "k8s:io.kubernetes.pod.namespace";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    endpoint_selector: LabelSelector,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ingress: Vec<Passage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    egress: Vec<Passage>,
}

/// A rule of either direction. Of the peers one kind stands in it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Passage {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from_entities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_entities: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_endpoints: Vec<LabelSelector>,
    #[serde(rename = "toCIDR", skip_serializing_if = "Vec::is_empty")]
    to_cidr: Vec<String>,
    #[serde(rename = "toFQDNs", skip_serializing_if = "Vec::is_empty")]
    to_fqdns: Vec<Name>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_ports: Vec<Ports>,
}

#[derive(Debug, Serialize)]
struct Ports {
    ports: Vec<Port>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Questions>,
}

#[derive(Debug, Serialize)]
struct Port {
    port: String,
    protocol: String,
}

/// The names that may be asked for.
#[derive(Debug, Serialize)]
struct Questions {
    dns: Vec<Name>,
}

/// One name, or all that a pattern matches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Name {
    MatchName(String),
    MatchPattern(String),
}

impl Name {
    fn of(host: &str) -> Self {
        if host.contains('*') {
            Self::MatchPattern(host.to_owned())
        } else {
            Self::MatchName(host.to_owned())
        }
    }
}

fn object(metadata: ObjectMeta, spec: Spec) -> Object {
    Custom { api_version: "cilium.io/v2", kind: "CiliumNetworkPolicy", metadata, spec: Some(spec) }
        .object(POLICIES, Stage::Policy)
}

/// The policy of a service for what a NetworkPolicy cannot say; `None` where there is nothing of it.
pub(super) fn of_service(platform: &Platform, service: &Service, rules: &Rules) -> Option<Object> {
    of_pods(labels::metadata(platform, service), labels::label_selector(platform, service), rules)
}

/// The same of the pods that a selector matches.
pub(super) fn of_pods(metadata: ObjectMeta, selector: LabelSelector, rules: &Rules) -> Option<Object> {
    let spec = Spec {
        endpoint_selector: selector,
        ingress: rules.ingress.iter().filter_map(|rule| passage(rule, true)).collect(),
        egress: rules.egress.iter().filter_map(|rule| passage(rule, false)).collect(),
    };
    if spec.ingress.is_empty() && spec.egress.is_empty() {
        return None;
    }
    let mut object = object(metadata, spec);
    let special = |rule: &&Rule| !matches!(rule.peers, Peers::Network(_));
    note(&mut object, "ingress", rules.ingress.iter().filter(special));
    note(&mut object, "egress", rules.egress.iter().filter(special));
    Some(object)
}

/// A rule as Cilium says it; `None` where a NetworkPolicy says it.
fn passage(rule: &Rule, into: bool) -> Option<Passage> {
    let ports = if rule.ports.is_empty() {
        Vec::new()
    } else {
        vec![Ports { ports: rule.ports.iter().map(port).collect(), rules: None }]
    };
    let passage = Passage { to_ports: ports, ..Passage::default() };
    match &rule.peers {
        Peers::Network(_) => None,
        Peers::Entities(entities) if into => Some(Passage { from_entities: entities.to_vec(), ..passage }),
        Peers::Entities(entities) => Some(Passage { to_entities: entities.to_vec(), ..passage }),
        Peers::Names(hosts) => {
            Some(Passage { to_fqdns: hosts.iter().map(|host| Name::of(host)).collect(), ..passage })
        }
    }
}

fn port(port: &NetworkPolicyPort) -> Port {
    let number = match &port.port {
        Some(IntOrString::Int(number)) => number.to_string(),
        Some(IntOrString::String(name)) => name.clone(),
        // Zero is every port (cilium/cilium:pkg/policy/api/l4.go, `PortProtocol`).
        None => "0".to_owned(),
    };
    Port { port: number, protocol: port.protocol.clone().unwrap_or_else(|| "TCP".to_owned()) }
}

/// What every pod asks for names. Cilium reads the answers, so that it knows the addresses of names: a rule that only opens the
/// port would take that away (cilium/cilium:Documentation/security/policy/layer7.rst), so it stands in place of the
/// NetworkPolicy.
pub(super) fn dns(platform: &Platform, metadata: ObjectMeta) -> Object {
    let endpoints = |(labels, namespace): (BTreeMap<String, String>, String)| {
        let labels = labels.into_iter().map(|(key, value)| (format!("k8s:{key}"), value));
        let labels: BTreeMap<String, String> = labels.chain([(NAMESPACE.to_owned(), namespace)]).collect();
        LabelSelector { match_labels: Some(labels), match_expressions: None }
    };
    let resolvers = std::iter::once(peer::dns_pods(platform)).chain(peer::dns_of_node(platform));
    let ports = || {
        vec![Ports {
            ports: peer::dns_ports(platform).iter().map(port).collect(),
            rules: Some(Questions { dns: vec![Name::MatchPattern("*".to_owned())] }),
        }]
    };
    object(
        metadata,
        Spec {
            endpoint_selector: LabelSelector::default(),
            ingress: Vec::new(),
            egress: vec![
                Passage {
                    to_endpoints: resolvers.map(endpoints).collect(),
                    to_ports: ports(),
                    ..Passage::default()
                },
                Passage {
                    to_cidr: peer::dns_ranges(platform).map(str::to_owned).collect(),
                    to_ports: ports(),
                    ..Passage::default()
                },
            ],
        },
    )
}
