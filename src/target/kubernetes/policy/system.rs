//! What leads from services to the cluster itself.

use super::{Peers, Rule, Rules, is_on_node, peer, reason};
use crate::platform::{Platform, Service};

/// The rule of a service for the API server. Kubelets are reached as what else stands on nodes.
pub(super) fn connect(platform: &Platform, service: &Service, rules: &mut Rules) {
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
