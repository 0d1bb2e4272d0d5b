//! The gateway of the cluster: objects of Gateway API, or of its older form, for the sites that no proxy of the platform serves.
//!
//! Each host name has a listener and a certificate of its own. A browser goes on with a connection for every name that its
//! certificate holds, and another listener would have no route for it (kgateway-dev/kgateway#13862).

mod ingress;
mod issuer;
mod route;

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::labels;
use crate::platform::{ClusterGateway, GatewayKind, Platform, Site};
use crate::target::kubernetes::object::{Custom, Object, Stage};

/// The file of what leads into the cluster.
const FILE: &str = "gateway";

/// `gateway.networking.k8s.io`.
const GROUP: &str = "gateway.networking.k8s.io";
const VERSION: &str = "gateway.networking.k8s.io/v1";

/// The listener without TLS.
const HTTP: &str = "http";

/// The objects of the gateway; none where it serves no site.
pub(super) fn objects(platform: &Platform) -> Vec<Object> {
    let sites: Vec<&Site> = platform.behind_gateway().collect();
    let Some(gateway) = platform.settings.kubernetes.gateway.as_ref().filter(|_| !sites.is_empty()) else {
        return Vec::new();
    };
    let mut objects = issuer::objects(platform, gateway, &sites);
    match gateway.kind {
        GatewayKind::Gateway => {
            objects.push(listeners(platform, gateway, &sites));
            objects.extend(route::grants(platform, &sites));
            objects.extend(sites.iter().flat_map(|site| route::objects(platform, site)));
        }
        GatewayKind::Ingress => {
            objects.extend(sites.iter().map(|site| ingress::object(platform, gateway, site)));
        }
    }
    objects
}

/// What an object of the gateway is known by.
fn metadata(platform: &Platform, name: String) -> ObjectMeta {
    ObjectMeta {
        name: Some(name),
        namespace: Some(platform.namespace().to_owned()),
        labels: Some(labels::of_platform(platform)),
        ..ObjectMeta::default()
    }
}

/// The listener of the name of a site, counted from 0. No other one is called so: names of sites hold no dot.
fn listener(site: &Site, at: usize) -> String {
    if at == 0 { format!("https.{}", site.name) } else { format!("https.{}.{}", site.name, at + 1) }
}

/// The Gateway with its listeners.
fn listeners(platform: &Platform, gateway: &ClusterGateway, sites: &[&Site]) -> Object {
    let mut listeners = vec![Listener {
        name: HTTP.to_owned(),
        hostname: None,
        port: 80,
        protocol: "HTTP",
        tls: None,
        allowed_routes: allowed(platform),
    }];
    for site in sites.iter().filter(|site| site.tls.is_some()) {
        listeners.extend(site.names().enumerate().map(|(at, name)| Listener {
            name: listener(site, at),
            hostname: Some(name.to_ascii_lowercase()),
            port: 443,
            protocol: "HTTPS",
            tls: Some(ListenerTls {
                mode: "Terminate",
                certificate_refs: vec![Secret { kind: "Secret", name: site.certificate_secret(at) }],
            }),
            allowed_routes: allowed(platform),
        }));
    }
    let mut metadata = metadata(platform, platform.name.clone());
    metadata.annotations = issuer::annotation(gateway, sites);
    let mut object = Custom {
        api_version: VERSION,
        kind: "Gateway",
        metadata,
        spec: Some(GatewaySpec { gateway_class_name: gateway.class.clone(), listeners }),
    }
    .object(FILE, Stage::Gateway);
    object.note(
        &["spec", "listeners", "0"],
        "Certificate authorities ask here; all else of sites with TLS is sent on.",
    );
    object
}

/// The namespaces whose routes a listener takes: those of the platform, where solvers of cert-manager have theirs as well.
fn allowed(platform: &Platform) -> AllowedRoutes {
    AllowedRoutes {
        namespaces: RouteNamespaces {
            from: "Selector",
            selector: Selector {
                match_expressions: vec![Requirement {
                    key: "kubernetes.io/metadata.name",
                    operator: "In",
                    values: platform.namespaces(),
                }],
            },
        },
    }
}

/// kubernetes-sigs/gateway-api:apis/v1/gateway_types.go
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewaySpec {
    gateway_class_name: String,
    listeners: Vec<Listener>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listener {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    port: u16,
    protocol: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<ListenerTls>,
    allowed_routes: AllowedRoutes,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListenerTls {
    mode: &'static str,
    certificate_refs: Vec<Secret>,
}

#[derive(Debug, Serialize)]
struct Secret {
    kind: &'static str,
    name: String,
}

#[derive(Debug, Serialize)]
struct AllowedRoutes {
    namespaces: RouteNamespaces,
}

#[derive(Debug, Serialize)]
struct RouteNamespaces {
    from: &'static str,
    selector: Selector,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Selector {
    match_expressions: Vec<Requirement>,
}

#[derive(Debug, Serialize)]
struct Requirement {
    key: &'static str,
    operator: &'static str,
    values: Vec<String>,
}

/// Annotations, where there are some.
type Annotations = Option<BTreeMap<String, String>>;
