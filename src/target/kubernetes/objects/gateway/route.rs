//! Routes of a Gateway: what a request of a host name meets. The longest path wins, and an exact one before what begins with
//! it, as in every target (kubernetes-sigs/gateway-api:apis/v1/httproute_types.go, `HTTPRouteRule`).

use std::fmt::Write as _;

use serde::Serialize;

use super::{FILE, GROUP, HTTP, VERSION, listener, metadata};
use crate::hash::IndexMap;
use crate::notation::authority::Authority;
use crate::platform::{Platform, Route, RoutePath, RouteTarget, ServiceId, Share, Site};
use crate::request::TIMEOUT;
use crate::schema::Duration;
use crate::target::kubernetes::object::{Custom, Object, Stage};

/// The most names, and the most rules, that one route holds (kubernetes-sigs/gateway-api:apis/v1/httproute_types.go).
const NAMES: usize = 16;
const RULES: usize = 16;

/// Two years, as the list of browsers wants it (mozilla/ssl-config-generator:src/static/guidelines/6.0.json).
const HSTS: (&str, &str) = ("Strict-Transport-Security", "max-age=63072000");

/// The routes of a site: those of its paths, and one that leads to TLS.
pub(super) fn objects(platform: &Platform, site: &Site) -> Vec<Object> {
    let names: Vec<(usize, String)> = site.names().map(str::to_ascii_lowercase).enumerate().collect();
    let is_grpc = site.routes.iter().any(|route| platform.speaks_grpc(route));
    let rules: Vec<Rule> = site.routes.iter().map(|route| rule(platform, site, route, is_grpc)).collect();
    let mut objects = Vec::new();
    for (at, names) in names.chunks(NAMES).enumerate() {
        let hosts: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
        let sections: Vec<String> = match site.tls {
            Some(_) => names.iter().map(|(at, _)| listener(site, *at)).collect(),
            None => vec![HTTP.to_owned()],
        };
        for (part, rules) in rules.chunks(RULES).enumerate() {
            let number = at * rules_of(&site.routes) + part;
            let name = if number == 0 { site.name.clone() } else { format!("{}.{}", site.name, number + 1) };
            let kind = if is_grpc { "GRPCRoute" } else { "HTTPRoute" };
            let object = object(platform, kind, name, &sections, &hosts, rules.to_vec());
            objects.push(object.with_comment(site.description.clone().filter(|_| number == 0)));
        }
        if site.tls.is_some() {
            let number = if at == 0 { String::new() } else { format!(".{}", at + 1) };
            let rule = Rule { filters: vec![Filter::to_tls()], ..Rule::default() };
            let name = format!("{}.redirect{number}", site.name);
            objects.push(object(platform, "HTTPRoute", name, &[HTTP.to_owned()], &hosts, vec![rule]));
        }
    }
    objects
}

/// Into how many objects the routes of a site are divided.
fn rules_of(routes: &[Route]) -> usize {
    routes.len().div_ceil(RULES).max(1)
}

fn object(
    platform: &Platform,
    kind: &'static str,
    name: String,
    sections: &[String],
    hostnames: &[String],
    rules: Vec<Rule>,
) -> Object {
    let parent = |section: &String| Parent {
        group: GROUP,
        kind: "Gateway",
        name: platform.name.clone(),
        section_name: section.clone(),
    };
    let spec = RouteSpec {
        parent_refs: sections.iter().map(parent).collect(),
        hostnames: hostnames.to_vec(),
        rules,
    };
    Custom { api_version: VERSION, kind, metadata: metadata(platform, name), spec: Some(spec) }
        .object(FILE, Stage::Gateway)
}

/// The rule of a route. What it cannot say is an error (K8S021).
fn rule(platform: &Platform, site: &Site, route: &Route, is_grpc: bool) -> Rule {
    let mut filters: Vec<Filter> = headers(site).into_iter().collect();
    let mut rule = Rule::default();
    match &route.to {
        RouteTarget::Redirect { to, permanent } => filters.push(Filter::to(to, *permanent)),
        _ if route.strip => filters.push(Filter::stripped(&route.path)),
        _ => {}
    }
    if !is_grpc {
        let (kind, path) = match &route.path {
            RoutePath::Prefix(path) => ("PathPrefix", path),
            RoutePath::Exact(path) => ("Exact", path),
        };
        rule.matches = vec![Match { path: PathMatch { r#type: kind, value: encoded(path) } }];
        // Where nothing is said, gateways end an answer behind a time of their own (nextjs/adapter-k8s#88).
        rule.timeouts = route.goes_on().then(|| Timeouts { request: time(limit(route)) });
    }
    rule.filters = filters;
    rule.backend_refs = backends(platform, route);
    rule
}

/// A path as a request has it (RFC 3986, section 3.3): the API takes no other characters, and the source has them as they are.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// How long an answer may take as a whole; nothing of one that streams.
fn limit(route: &Route) -> Duration {
    if route.streams() { Duration(0) } else { route.timeout.unwrap_or(TIMEOUT) }
}

/// A time as the API has it (GEP-2257): numbers of at most five digits with their units.
fn time(time: Duration) -> String {
    if time.0 == 0 {
        return "0s".to_owned();
    }
    let (hours, rest) = (time.0 / 3_600_000, time.0 % 3_600_000);
    let mut text = String::new();
    for (count, unit) in [(hours, "h"), (rest / 1_000, "s"), (rest % 1_000, "ms")] {
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    text
}

fn headers(site: &Site) -> Option<Filter> {
    let own = |name: &str| site.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let kept = (site.keeps_to_tls() && !own(HSTS.0)).then_some(HSTS);
    let said = site.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let set: Vec<Header> = kept
        .into_iter()
        .chain(said)
        .map(|(name, value)| Header { name: name.to_owned(), value: value.to_owned() })
        .collect();
    (!set.is_empty()).then(|| Filter {
        response_header_modifier: Some(Headers { set }),
        ..Filter::new("ResponseHeaderModifier")
    })
}

/// The Services that requests of a route go on to, with their shares where there are several.
fn backends(platform: &Platform, route: &Route) -> Vec<Backend> {
    let RouteTarget::Port(service, port) = route.to else { return Vec::new() };
    let own = namespace(platform, service);
    let weight = |share: &Share| (!route.upstreams.is_empty()).then_some(share.weight);
    let mut backends = vec![backend(platform, (service, port), weight(&route.share), own)];
    backends.extend(route.upstreams.iter().map(|it| {
        backend(platform, (it.service, it.port), weight(&it.share), namespace(platform, it.service))
    }));
    backends
}

/// The namespace of a service, where it is not that of the routes.
fn namespace(platform: &Platform, service: ServiceId) -> Option<String> {
    let namespace = platform.namespace_of(&platform[service]);
    (namespace != platform.namespace()).then_some(namespace)
}

fn backend(
    platform: &Platform,
    (service, port): (ServiceId, usize),
    weight: Option<u64>,
    namespace: Option<String>,
) -> Backend {
    let service = &platform[service];
    let port = service.ports.get(port).map_or(0, |port| port.number);
    Backend { name: service.name.clone(), namespace, port, weight }
}

/// What lets routes of the platform's own namespace lead to services in others.
pub(super) fn grants(platform: &Platform, sites: &[&Site]) -> Vec<Object> {
    let mut others: IndexMap<ServiceId, (String, Vec<&'static str>)> = IndexMap::default();
    for site in sites {
        let is_grpc = site.routes.iter().any(|route| platform.speaks_grpc(route));
        let kind = if is_grpc { "GRPCRoute" } else { "HTTPRoute" };
        for (service, ..) in site.routes.iter().flat_map(Route::ports) {
            let Some(namespace) = namespace(platform, service) else { continue };
            let (_, kinds) = others.entry(service).or_insert_with(|| (namespace, Vec::new()));
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    let grant = |(service, (namespace, kinds)): (ServiceId, (String, Vec<&'static str>))| {
        let name = platform[service].name.clone();
        let mut metadata = metadata(platform, name.clone());
        metadata.namespace = Some(namespace);
        let spec = GrantSpec {
            from: kinds
                .into_iter()
                .map(|kind| From { group: GROUP, kind, namespace: platform.namespace().to_owned() })
                .collect(),
            to: vec![To { group: "", kind: "Service", name }],
        };
        Custom { api_version: VERSION, kind: "ReferenceGrant", metadata, spec: Some(spec) }
            .object(FILE, Stage::Gateway)
    };
    others.into_iter().map(grant).collect()
}

/// kubernetes-sigs/gateway-api:apis/v1/httproute_types.go, grpcroute_types.go
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RouteSpec {
    parent_refs: Vec<Parent>,
    hostnames: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    group: &'static str,
    kind: &'static str,
    name: String,
    section_name: String,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matches: Vec<Match>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filters: Vec<Filter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeouts: Option<Timeouts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backend_refs: Vec<Backend>,
}

#[derive(Debug, Clone, Serialize)]
struct Match {
    path: PathMatch,
}

#[derive(Debug, Clone, Serialize)]
struct PathMatch {
    r#type: &'static str,
    value: String,
}

#[derive(Debug, Clone, Serialize)]
struct Timeouts {
    request: String,
}

#[derive(Debug, Clone, Serialize)]
struct Backend {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_header_modifier: Option<Headers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_redirect: Option<Redirect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_rewrite: Option<Rewrite>,
}

#[derive(Debug, Clone, Serialize)]
struct Headers {
    set: Vec<Header>,
}

#[derive(Debug, Clone, Serialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Redirect {
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathChange>,
    status_code: u16,
}

#[derive(Debug, Clone, Serialize)]
struct Rewrite {
    path: PathChange,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct PathChange {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_full_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_prefix_match: Option<String>,
}

impl PathChange {
    fn whole(path: &str) -> Self {
        Self { r#type: "ReplaceFullPath", replace_full_path: Some(encoded(path)), replace_prefix_match: None }
    }
}

impl Filter {
    fn new(kind: &'static str) -> Self {
        Self { r#type: kind, response_header_modifier: None, request_redirect: None, url_rewrite: None }
    }

    fn redirect(redirect: Redirect) -> Self {
        Self { request_redirect: Some(redirect), ..Self::new("RequestRedirect") }
    }

    /// The same address over TLS.
    fn to_tls() -> Self {
        Self::redirect(Redirect { scheme: Some("https"), status_code: 301, ..Redirect::default() })
    }

    /// Another address: `https://host:port/path`, or a path of the same site.
    fn to(address: &str, permanent: bool) -> Self {
        let mut redirect = Redirect { status_code: if permanent { 301 } else { 302 }, ..Redirect::default() };
        let mut path = address;
        let http = |(scheme, ..): &(&str, Authority<'_>, &str)| matches!(*scheme, "https" | "http");
        if let Some((scheme, authority, behind)) = Authority::of_url(address).filter(http) {
            redirect.scheme = Some(if scheme == "https" { "https" } else { "http" });
            redirect.hostname = Some(authority.host.to_ascii_lowercase());
            redirect.port = authority.number();
            path = if behind.is_empty() { "/" } else { behind };
        }
        redirect.path = Some(PathChange::whole(path));
        Self::redirect(redirect)
    }

    /// The path of a route taken off.
    fn stripped(path: &RoutePath) -> Self {
        let path = match path {
            RoutePath::Exact(_) => PathChange::whole("/"),
            RoutePath::Prefix(_) => PathChange {
                r#type: "ReplacePrefixMatch",
                replace_full_path: None,
                replace_prefix_match: Some("/".to_owned()),
            },
        };
        Self { url_rewrite: Some(Rewrite { path }), ..Self::new("URLRewrite") }
    }
}

/// kubernetes-sigs/gateway-api:apis/v1/referencegrant_types.go
#[derive(Debug, Serialize)]
struct GrantSpec {
    from: Vec<From>,
    to: Vec<To>,
}

#[derive(Debug, Serialize)]
struct From {
    group: &'static str,
    kind: &'static str,
    namespace: String,
}

#[derive(Debug, Serialize)]
struct To {
    group: &'static str,
    kind: &'static str,
    name: String,
}

#[cfg(test)]
mod tests {
    use super::{Filter, encoded, time};
    use crate::emit;
    use crate::schema::Duration;

    #[test]
    fn times_are_those_of_the_api() {
        for (millis, text) in [
            (0, "0s"),
            (60_000, "60s"),
            (1_500, "1s500ms"),
            (3_600_000, "1h"),
            (360_000_000, "100h"),
            (5_400_000, "1h1800s"),
        ] {
            assert_eq!(time(Duration(millis)), text);
        }
    }

    #[test]
    fn a_path_is_written_as_it_is_asked_for() {
        assert_eq!(encoded("/a b/ü$(x)"), "/a%20b/%C3%BC$(x)");
    }

    #[test]
    fn an_address_is_taken_apart() {
        for (address, text) in [
            (
                "https://A.example",
                r#""scheme":"https","hostname":"a.example","path":{"type":"ReplaceFullPath","replaceFullPath":"/"}"#,
            ),
            (
                "http://a.example:8080/b",
                r#""scheme":"http","hostname":"a.example","port":8080,"path":{"type":"ReplaceFullPath","replaceFullPath":"/b"}"#,
            ),
            ("/b", r#""requestRedirect":{"path":{"type":"ReplaceFullPath","replaceFullPath":"/b"}"#),
        ] {
            let written = emit::json(&Filter::to(address, true)).replace([' ', '\n'], "");
            assert!(written.contains(text), "{address}: {written}");
        }
    }
}
