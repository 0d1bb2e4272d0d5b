//! Published ports: a load balancer of the cluster's provider in front of the pods.
//!
//! Only what is published stands in it, and the number is that of the host's port. A port for the host itself (`publish =
//! localhost`) has none: `kubectl port-forward` leads there.

use k8s_openapi::api::core::v1::{Service as Out, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::protocol;
use crate::hash::IndexMap;
use crate::platform::{OutsideId, OutsideKind, Platform, Port, Publish, Service};
use crate::target::kubernetes::object::{Object, Stage};
use crate::target::kubernetes::objects::labels;

/// A Service for each outside that ports are published to, and one more for UDP: a load balancer may lose the port of a
/// protocol that has the number of another's (kubernetes/kubernetes#131918).
pub(super) fn objects(platform: &Platform, service: &Service, file: &str) -> Vec<Object> {
    if service.is_job() || !service.runs() {
        return Vec::new();
    }
    let mut parts: IndexMap<(OutsideId, &str), Vec<(&Port, &Publish)>> = IndexMap::default();
    for (port, publish) in service.ports.iter().filter_map(|port| Some((port, port.publish.as_ref()?))) {
        if platform[publish.to].kind != OutsideKind::Localhost {
            parts.entry((publish.to, protocol(port))).or_default().push((port, publish));
        }
    }
    parts
        .iter()
        .map(|((to, protocol), ports)| object(platform, service, file, (*to, protocol), ports))
        .collect()
}

fn object(
    platform: &Platform,
    service: &Service,
    file: &str,
    (to, protocol): (OutsideId, &str),
    ports: &[(&Port, &Publish)],
) -> Object {
    let ranges = &platform[to].ranges;
    let ports = ports.iter().map(|(port, publish)| ServicePort {
        name: Some(port.name.clone()),
        port: i32::from(publish.host_port),
        target_port: Some(IntOrString::String(port.name.clone())),
        protocol: Some(protocol.to_owned()),
        ..ServicePort::default()
    });
    let out = Out {
        metadata: ObjectMeta {
            name: Some(platform.name_of_published(service, to, protocol == "UDP")),
            ..labels::metadata(platform, service)
        },
        spec: Some(ServiceSpec {
            type_: Some("LoadBalancer".to_owned()),
            external_traffic_policy: Some("Local".to_owned()),
            load_balancer_source_ranges: (!ranges.is_empty()).then(|| ranges.clone()),
            selector: Some(labels::selector(platform, service)),
            ports: Some(ports.collect()),
            ..ServiceSpec::default()
        }),
        ..Out::default()
    };
    let mut object = Object::new(file, Stage::Service, &out);
    object.note(
        &["spec", "externalTrafficPolicy"],
        "Else each client has the address of a node: rules by address would let nobody in, and limits count all as one.",
    );
    object
}
