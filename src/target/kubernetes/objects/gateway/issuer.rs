//! Certificates by cert-manager: the issuers of the source as its objects, and the annotation by which it is asked.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Annotations, FILE, GROUP, HTTP, metadata};
use crate::hash::HashSet;
use crate::platform::{Acme, ClusterGateway, GatewayKind, Issuer, IssuerKind, Platform, Site};
use crate::target::kubernetes::object::{Custom, Object, Stage};

/// The objects of the issuers that sites name; none where the cluster has one of its own.
pub(super) fn objects(platform: &Platform, gateway: &ClusterGateway, sites: &[&Site]) -> Vec<Object> {
    if gateway.issuer.is_some() {
        return Vec::new();
    }
    let mut seen: HashSet<&str> = HashSet::default();
    let issuers = sites.iter().filter_map(|site| Some((site.asked_issuer()?, *site)));
    let issuers = issuers.filter(|(issuer, _)| seen.insert(&issuer.name));
    issuers.map(|(issuer, site)| object(platform, gateway, issuer, email(sites, issuer, site))).collect()
}

/// The address that the account is registered with: that of the authority, or of the first site that says one.
fn email(sites: &[&Site], issuer: &Issuer, first: &Site) -> Option<String> {
    let own = issuer.acme().and_then(|acme| acme.email.clone());
    let of = |site: &Site| {
        let tls = site.tls.as_ref().filter(|tls| tls.issuer.name == issuer.name)?;
        tls.email.clone()
    };
    own.or_else(|| of(first)).or_else(|| sites.iter().find_map(|site| of(site)))
}

fn object(platform: &Platform, gateway: &ClusterGateway, issuer: &Issuer, email: Option<String>) -> Object {
    let spec = match &issuer.kind {
        IssuerKind::Acme(said) => {
            IssuerSpec { acme: Some(acme(platform, gateway, issuer, said, email)), self_signed: None }
        }
        IssuerKind::SelfSigned | IssuerKind::Files => {
            IssuerSpec { acme: None, self_signed: Some(BTreeMap::new()) }
        }
    };
    let metadata = metadata(platform, issuer.name.clone());
    Custom { api_version: "cert-manager.io/v1", kind: "Issuer", metadata, spec: Some(spec) }
        .object(FILE, Stage::Gateway)
}

fn acme(
    platform: &Platform,
    gateway: &ClusterGateway,
    issuer: &Issuer,
    said: &Acme,
    email: Option<String>,
) -> AcmeIssuer {
    let solver = match gateway.kind {
        GatewayKind::Gateway => Http01 {
            gateway_http_route: Some(GatewayHttpRoute {
                parent_refs: vec![Parent {
                    group: GROUP,
                    kind: "Gateway",
                    name: platform.name.clone(),
                    section_name: HTTP,
                }],
            }),
            ingress: None,
        },
        GatewayKind::Ingress => Http01 {
            gateway_http_route: None,
            ingress: Some(IngressSolver { ingress_class_name: gateway.class.clone() }),
        },
    };
    AcmeIssuer {
        server: said.url.clone(),
        profile: said.profile.clone(),
        email,
        ca_bundle: said.ca.as_ref().map(|ca| base64(ca.as_bytes())),
        private_key_secret_ref: SecretName { name: format!("{}.account", issuer.name) },
        solvers: vec![Solver { http01: solver }],
    }
}

/// What an object says of who issues the certificates of some sites.
pub(super) fn annotation(gateway: &ClusterGateway, sites: &[&Site]) -> Annotations {
    let asked = sites.iter().find_map(|site| site.asked_issuer())?;
    let (key, name) = match &gateway.issuer {
        Some(name) => ("cert-manager.io/cluster-issuer", name),
        None => ("cert-manager.io/issuer", &asked.name),
    };
    Some(BTreeMap::from([(key.to_owned(), name.clone())]))
}

/// cert-manager/cert-manager:pkg/apis/certmanager/v1/types_issuer.go
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IssuerSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    acme: Option<AcmeIssuer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_signed: Option<BTreeMap<String, String>>,
}

/// cert-manager/cert-manager:pkg/apis/acme/v1/types_issuer.go
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AcmeIssuer {
    server: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_bundle: Option<String>,
    private_key_secret_ref: SecretName,
    solvers: Vec<Solver>,
}

#[derive(Debug, Serialize)]
struct SecretName {
    name: String,
}

#[derive(Debug, Serialize)]
struct Solver {
    http01: Http01,
}

#[derive(Debug, Serialize)]
struct Http01 {
    #[serde(rename = "gatewayHTTPRoute", skip_serializing_if = "Option::is_none")]
    gateway_http_route: Option<GatewayHttpRoute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ingress: Option<IngressSolver>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewayHttpRoute {
    parent_refs: Vec<Parent>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    group: &'static str,
    kind: &'static str,
    name: String,
    section_name: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IngressSolver {
    ingress_class_name: String,
}

/// Bytes as the API has them in a text (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let of = |at: usize| u32::from(part.get(at).copied().unwrap_or(0));
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for at in 0..4 {
            // Six bits are a place among the 64.
            let sign = SIGNS.get((bits >> (18 - 6 * at) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if at <= part.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_written_as_the_standard_has_them() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
