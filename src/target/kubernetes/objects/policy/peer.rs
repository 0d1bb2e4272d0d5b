//! Where connections come from and lead to, as policies say it.

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::{IPBlock, NetworkPolicyPeer, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::Peers;
use crate::platform::range::Range;
use crate::platform::{Platform, Port, Protocol};

/// The label that every namespace has (kubernetes/website:content/en/docs/reference/labels-annotations-taints/_index.md).
const NAMESPACE: &str = "kubernetes.io/metadata.name";

/// The addresses of the cluster, of private networks and of links: none of them is the internet's.
/// IANA's registries of special-purpose addresses, as far as hosts have them.
const PRIVATE: [&str; 6] =
    ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
const PRIVATE_IPV6: [&str; 2] = ["fc00::/7", "fe80::/10"];

fn labels(label: &str, value: &str) -> LabelSelector {
    let labels = BTreeMap::from([(label.to_owned(), value.to_owned())]);
    LabelSelector { match_labels: Some(labels), match_expressions: None }
}

/// Pods, of another namespace where one is named.
pub(super) fn pods(selector: LabelSelector, namespace: Option<String>) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        pod_selector: Some(selector),
        namespace_selector: namespace.map(|name| labels(NAMESPACE, &name)),
        ip_block: None,
    }
}

/// Pods of another namespace, by the name of what they run.
pub(super) fn named(name: &str, namespace: String) -> NetworkPolicyPeer {
    pods(labels(super::labels::NAME, name), Some(namespace))
}

/// All pods of a namespace.
pub(super) fn namespace(name: &str) -> NetworkPolicyPeer {
    NetworkPolicyPeer { namespace_selector: Some(labels(NAMESPACE, name)), ..NetworkPolicyPeer::default() }
}

/// A range of addresses, without parts of it.
fn block(range: &str, except: &[&str]) -> NetworkPolicyPeer {
    let except: Vec<String> = except.iter().map(|range| (*range).to_owned()).collect();
    NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr: range.to_owned(), except: (!except.is_empty()).then_some(except) }),
        ..NetworkPolicyPeer::default()
    }
}

/// A range of addresses.
pub(super) fn range(range: &str) -> NetworkPolicyPeer {
    // The API takes ranges by their first address (kubernetes/kubernetes:pkg/apis/networking/validation/validation.go, `ValidateIPBlock`).
    let network = Range::parse(range).map_or_else(|| range.to_owned(), |range| range.network());
    block(&network, &[])
}

/// Everything that has an address of the internet.
pub(super) fn public() -> Vec<NetworkPolicyPeer> {
    vec![block("0.0.0.0/0", &PRIVATE), block("::/0", &PRIVATE_IPV6)]
}

/// The nodes, and what is opened beyond them. Cilium knows them without their addresses, and looks at addresses of nodes only
/// where it is set up to (cilium/cilium:Documentation/security/policy/language.rst, "Selecting nodes with CIDR / ipBlock").
pub(super) fn nodes(platform: &Platform) -> Vec<(Peers, Option<&'static str>)> {
    let settings = &platform.settings.kubernetes;
    let by_address = settings.nodes.iter().map(|nodes| range(nodes)).collect();
    match (settings.cilium, settings.nodes.is_empty()) {
        (true, true) => vec![(Peers::Entities(NODES), None)],
        (true, false) => vec![(Peers::Entities(NODES), None), (Peers::Network(by_address), None)],
        (false, false) => vec![(Peers::Network(by_address), None)],
        (false, true) => {
            let wide =
                "  Opened for every address: `target kubernetes { nodes = [RANGE] }` says where nodes are.";
            vec![(Peers::Network(vec![range("0.0.0.0/0"), range("::/0")]), Some(wide))]
        }
    }
}

/// The pod's own node, and the others (cilium/cilium:pkg/policy/api/entity.go).
const NODES: &[&str] = &["host", "remote-node"];

/// The resolvers of a cluster: its pods (kubernetes/kubernetes:cluster/addons/dns/coredns), one of the node, whose address
/// is of its link (kubernetes/kubernetes:cluster/addons/dns/nodelocaldns), and those that the settings name.
pub(super) fn dns(platform: &Platform) -> Vec<NetworkPolicyPeer> {
    let (labels, namespace) = dns_pods(platform);
    let selector = LabelSelector { match_labels: Some(labels), match_expressions: None };
    let ranges = dns_ranges(platform).map(range);
    let own = pods(selector, Some(namespace));
    let of_node = dns_of_node(platform).map(|(labels, namespace)| {
        pods(LabelSelector { match_labels: Some(labels), match_expressions: None }, Some(namespace))
    });
    std::iter::once(own).chain(of_node).chain(ranges).collect()
}

/// The labels of the resolver of each node, and its namespace, where the source names no resolver: some network plug-ins lead
/// questions to a pod of it (cilium/cilium:Documentation/network/kubernetes/local-redirect-policy.rst, `node-local-dns`).
pub(super) fn dns_of_node(platform: &Platform) -> Option<(BTreeMap<String, String>, String)> {
    let dns = &platform.settings.kubernetes.dns;
    let labels = || BTreeMap::from([("k8s-app".to_owned(), "node-local-dns".to_owned())]);
    dns.labels.is_empty().then(|| (labels(), dns.namespace.as_deref().unwrap_or("kube-system").to_owned()))
}

/// The labels of the resolver's pods, and their namespace.
pub(super) fn dns_pods(platform: &Platform) -> (BTreeMap<String, String>, String) {
    let dns = &platform.settings.kubernetes.dns;
    let labels = if dns.labels.is_empty() {
        BTreeMap::from([("k8s-app".to_owned(), "kube-dns".to_owned())])
    } else {
        dns.labels.iter().cloned().collect()
    };
    (labels, dns.namespace.as_deref().unwrap_or("kube-system").to_owned())
}

/// The address ranges of resolvers.
pub(super) fn dns_ranges(platform: &Platform) -> impl Iterator<Item = &str> {
    let said = platform.settings.kubernetes.dns.ranges.iter().map(String::as_str);
    std::iter::once(LINK).chain(said.filter(|range| *range != LINK))
}

/// The addresses of a link (RFC 3927, section 2.1).
const LINK: &str = "169.254.0.0/16";

/// What names are asked for at: answers that are too long come by TCP.
pub(super) fn dns_ports(platform: &Platform) -> Vec<NetworkPolicyPort> {
    let ports = platform.settings.kubernetes.dns_ports().iter();
    ports.flat_map(|port| [number(*port, "UDP"), number(*port, "TCP")]).collect()
}

/// A port of a service.
pub(super) fn port(port: &Port) -> NetworkPolicyPort {
    number(port.number, if port.protocol == Protocol::Udp { "UDP" } else { "TCP" })
}

/// A port by its number.
pub(super) fn number(port: u16, protocol: &str) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(i32::from(port))),
        protocol: Some(protocol.to_owned()),
        end_port: None,
    }
}
