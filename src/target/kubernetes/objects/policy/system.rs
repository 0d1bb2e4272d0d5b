//! What leads from services to the cluster itself, and from what the cluster runs to them.

use super::{Peers, Rule, Rules, is_on_node, peer, reason};
use crate::platform::{Platform, Role, Service};
use crate::target::kubernetes::objects::scale;

/// The rules of a service for the API server, and for what scales by its answers. Kubelets are reached as what else stands on nodes.
pub(super) fn connect(platform: &Platform, service: &Service, rules: &mut Rules) {
    api(platform, service, rules);
    rules.ingress.extend(scaler(platform, service));
}

/// KEDA asks the metrics server, from a namespace of its own.
fn scaler(platform: &Platform, service: &Service) -> Option<Rule> {
    if service.role != Some(Role::Metrics) || !service.runs() {
        return None;
    }
    let is_asked = platform.with_role(Role::Metrics).next()?.id == service.id;
    let mut scaled = platform.services.iter().filter_map(scale::scaled);
    if !is_asked || scaled.all(|scale| scale.on.is_empty()) {
        return None;
    }
    Some(Rule {
        reason: vec!["From KEDA, which asks how much there is to do: `scale { on … }`".to_owned()],
        peers: Peers::Network(vec![peer::namespace(platform.settings.kubernetes.keda_namespace())]),
        ports: vec![peer::port(service.http_port()?)],
    })
}

fn api(platform: &Platform, service: &Service, rules: &mut Rules) {
    if !service.runs() || is_on_node(service) || platform.api_access(service).is_empty() {
        return;
    }
    let settings = &platform.settings.kubernetes;
    let ranges = &settings.api_server.ranges;
    let mut ways: Vec<(Peers, Option<&str>)> = Vec::new();
    if settings.cilium {
        ways.push((Peers::Entities(&["kube-apiserver"]), None));
    }
    if !ranges.is_empty() || !settings.cilium {
        let peers = ranges.iter().map(|range| peer::range(range)).collect();
        ways.push((Peers::Network(peers), ranges.is_empty().then_some(WIDE)));
    }
    for (peers, wide) in ways {
        rules.egress.push(Rule {
            reason: reason("To the API server, which it asks with its token.".to_owned(), wide),
            peers,
            ports: settings.api_ports().iter().map(|port| peer::number(*port, "TCP")).collect(),
        });
    }
}

/// What is opened where nothing says where the API server is. It is no pod, so no selector matches it.
const WIDE: &str =
    "  Opened for every address: `target kubernetes { api_server = [RANGE] }` says where it is.";
