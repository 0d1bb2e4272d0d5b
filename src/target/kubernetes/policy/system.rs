//! What leads from services to the cluster itself.

use super::{Rule, Rules, is_on_node, peer};
use crate::platform::{Platform, Service};

/// The ports of an API server: that of its Service, and the one behind it, which plug-ins judge by that look at a packet when
/// its address is translated (kubescape/helm-charts#762; kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go,
/// `DefaultAPIBindPort`).
const API: [u16; 2] = [443, 6443];

/// The rule of a service for the API server. Kubelets are reached as what else stands on nodes.
pub(super) fn connect(platform: &Platform, service: &Service, rules: &mut Rules) {
    if !service.runs() || is_on_node(service) {
        return;
    }
    if !platform.api_access(service).is_empty() {
        rules.egress.push(Rule {
            reason: vec![
                "To the API server, which it asks with its token.".to_owned(),
                "  Opened for every address: its own is the cluster's, and no pod's.".to_owned(),
            ],
            peers: Vec::new(),
            ports: API.map(|port| peer::number(port, "TCP")).to_vec(),
        });
    }
}
