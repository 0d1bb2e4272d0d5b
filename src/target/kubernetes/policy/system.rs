//! What leads from services to the cluster itself.

use super::{Rule, Rules, is_on_node, peer};
use crate::platform::{EdgeEnd, Platform, Role, Service};

/// The ports of an API server: that of its Service, and the one behind it, which plug-ins judge by that look at a packet when
/// its address is translated (kubescape/helm-charts#762; kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go,
/// `DefaultAPIBindPort`).
const API: [u16; 2] = [443, 6443];

/// The rules of a service for the API server, and for the kubelets that it scrapes.
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
    let kubelets = platform.edges_from(service.id).iter().filter_map(|edge| match edge.to {
        EdgeEnd::Service(to, Some(port)) if platform[to].role == Some(Role::Kubelet) => {
            platform[to].ports.get(port).map(|port| port.number)
        }
        _ => None,
    });
    let mut ports: Vec<u16> = kubelets.collect();
    ports.sort_unstable();
    ports.dedup();
    if !ports.is_empty() {
        let (peers, wide) = peer::nodes(platform);
        let reason = ["To the kubelets of all nodes: scrape".to_owned()];
        rules.egress.push(Rule {
            reason: reason.into_iter().chain(wide.map(str::to_owned)).collect(),
            peers,
            ports: ports.into_iter().map(|port| peer::number(port, "TCP")).collect(),
        });
    }
}
