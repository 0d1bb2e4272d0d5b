//! Services: the name under which the pods of a workload are reached.

mod alias;
mod public;

use k8s_openapi::api::core::v1::{Service as Out, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

pub(super) use alias::{Askers, askers};

use super::{Context, labels};
use crate::platform::{Platform, Port, Protocol, Service};
use crate::target::kubernetes::kind::Kind;
use crate::target::kubernetes::object::{Object, Stage};

/// The Services of a workload: the name that others reach it by, and, for pods that keep their names, the one below which
/// these stand. A client that looks a name up once keeps its address, so what is reached has one that stays.
pub(super) fn objects(cluster: &Context<'_>, service: &Service, file: &str) -> Vec<Object> {
    let platform = cluster.platform;
    let reached = reached(cluster, service);
    let governing = (Kind::of(service) == Kind::StatefulSet)
        .then(|| of_pods(platform, service, Platform::name_of_pods(service)));
    let mut objects: Vec<Object> =
        reached.into_iter().chain(governing).map(|out| Object::new(file, Stage::Service, &out)).collect();
    objects.extend(public::objects(platform, service, file));
    objects.extend(alias::objects(cluster, service, file));
    objects
}

/// The addresses of pods, of those that are not ready among them.
fn of_pods(platform: &Platform, service: &Service, name: String) -> Out {
    let metadata = labels::metadata(platform, service);
    Out {
        metadata: ObjectMeta { name: Some(name), ..metadata },
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            publish_not_ready_addresses: Some(true),
            selector: Some(labels::selector(platform, service)),
            ports: ports(platform, service),
            ..ServiceSpec::default()
        }),
        ..Out::default()
    }
}

fn ports(platform: &Platform, service: &Service) -> Option<Vec<ServicePort>> {
    (!service.ports.is_empty()).then(|| service.ports.iter().map(|it| port(platform, it)).collect())
}

/// The Service that others reach; `None` where nothing listens.
fn reached(cluster: &Context<'_>, service: &Service) -> Option<Out> {
    let platform = cluster.platform;
    if service.ports.is_empty() || service.is_job() {
        return None;
    }
    let out = Out {
        metadata: labels::metadata(platform, service),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some(labels::selector(platform, service)),
            ports: ports(platform, service),
            // A job makes it ready, and reaches it by this name.
            publish_not_ready_addresses: cluster.prepared.contains(&service.id).then_some(true),
            ..ServiceSpec::default()
        }),
        ..Out::default()
    };
    Some(out)
}

/// A port by its name, so that a change of the number in the container needs none here. A gateway of the cluster speaks HTTP/1.1
/// where nothing says that a port speaks gRPC (GEP-1911).
fn port(platform: &Platform, port: &Port) -> ServicePort {
    let asked = platform.settings.kubernetes.gateway.is_some() && port.protocol == Protocol::Grpc;
    ServicePort {
        app_protocol: asked.then(|| "kubernetes.io/h2c".to_owned()),
        name: Some(port.name.clone()),
        port: i32::from(port.number),
        target_port: Some(IntOrString::String(port.name.clone())),
        protocol: Some(protocol(port).to_owned()),
        ..ServicePort::default()
    }
}

/// The protocol of a port. It is a part of the key by which lists of ports merge, so it is written out.
pub(super) fn protocol(port: &Port) -> &'static str {
    if port.protocol == Protocol::Udp { "UDP" } else { "TCP" }
}
