//! An Ingress, the older form: host names and paths, and a certificate. What it has no words for is an error (K8S021).

use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend,
    IngressSpec, IngressTLS, ServiceBackendPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{FILE, issuer, metadata};
use crate::platform::{ClusterGateway, Platform, Route, RoutePath, Site};
use crate::target::kubernetes::object::{Object, Stage};

/// The Ingress of a site.
pub(super) fn object(platform: &Platform, gateway: &ClusterGateway, site: &Site) -> Object {
    let names: Vec<String> = site.names().map(str::to_ascii_lowercase).collect();
    let paths: Vec<HTTPIngressPath> = site.routes.iter().filter_map(|route| path(platform, route)).collect();
    let rule = |name: &String| IngressRule {
        host: Some(name.clone()),
        http: Some(HTTPIngressRuleValue { paths: paths.clone() }),
    };
    let asked = site.asked_issuer().is_some();
    let out = Ingress {
        metadata: ObjectMeta {
            annotations: if asked { issuer::annotation(gateway, &[site]) } else { None },
            ..metadata(platform, site.name.clone())
        },
        spec: Some(IngressSpec {
            ingress_class_name: Some(gateway.class.clone()),
            rules: Some(names.iter().map(rule).collect()),
            tls: site.tls.as_ref().map(|_| {
                vec![IngressTLS { hosts: Some(names.clone()), secret_name: Some(site.certificate_secret(0)) }]
            }),
            default_backend: None,
        }),
        ..Ingress::default()
    };
    Object::new(FILE, Stage::Gateway, &out).with_comment(site.description.clone())
}

fn path(platform: &Platform, route: &Route) -> Option<HTTPIngressPath> {
    let (service, port, _) = route.ports().next()?;
    let service = &platform[service];
    let (kind, path) = match &route.path {
        RoutePath::Prefix(path) => ("Prefix", path),
        RoutePath::Exact(path) => ("Exact", path),
    };
    Some(HTTPIngressPath {
        path: Some(path.clone()),
        path_type: kind.to_owned(),
        backend: IngressBackend {
            service: Some(IngressServiceBackend {
                name: service.name.clone(),
                port: Some(ServiceBackendPort {
                    number: service.ports.get(port).map(|port| i32::from(port.number)),
                    name: None,
                }),
            }),
            resource: None,
        },
    })
}
