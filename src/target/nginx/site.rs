//! One site: its servers.

use serde::Serialize;

use super::location::{Location, locations};
use super::name::id;
use super::proxy::Shared;
use super::quote::{Reading, word};
use super::trusted;
use super::upstream::Side;
use crate::platform::{CERTIFICATES, FILES, IssuerKind, Platform, Site};

/// The file of a site.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks for each by its name")]
pub(super) struct SiteFile<'a> {
    header: &'a str,
    /// What it is called in names of files and zones.
    pub(super) id: String,
    /// What it is for.
    description: Option<String>,
    names: String,
    /// The addresses of load balancers in front of it.
    trusted: Vec<String>,
    ipv6: bool,
    proxy_protocol: bool,
    /// The folder of what is included, below that of nginx.
    includes: String,
    /// What names begin with that other platforms of the host must not have.
    prefix: String,
    /// Whether it stands beside sites of others, whose settings are not its own.
    beside: bool,
    http: u16,
    https: Option<u16>,
    /// The port that is published for TLS, where it is not 443: `:8443`.
    public: String,
    http2_directive: bool,
    certificate: String,
    key: String,
    /// Whether requests of a route are signed.
    signed: bool,
    /// Headers of every answer, each as the arguments of `add_header`.
    headers: Vec<String>,
    /// The names of these headers: a service's own are left out.
    hidden: Vec<String>,
    /// Whether routes lead to gRPC.
    grpc: bool,
    /// The page that everybody gets while the site is shut.
    page: Option<String>,
    locations: Vec<Location>,
}

pub(super) fn file<'a>(
    platform: &Platform,
    site: &Site,
    at: usize,
    shared: &Shared<'_>,
    header: &'a str,
) -> SiteFile<'a> {
    let id = id(site, at);
    let names = site.domain.as_literal().into_iter().chain(site.aliases.iter().map(String::as_str));
    let names: Vec<String> = names.map(|name| word(name, Reading::Plain)).collect();
    let side = shared.side();
    let folder = site.tls.as_ref().map(|tls| match tls.issuer.kind {
        IssuerKind::Files => format!("{FILES}/{id}"),
        IssuerKind::SelfSigned | IssuerKind::Acme(_) => format!("{CERTIFICATES}/{}/{id}", tls.issuer.name),
    });
    let folder = folder.as_deref().unwrap_or(FILES);
    let certificate = |file: &str| match side {
        // The variable is empty: that there is one makes nginx read the file at a handshake and not when it starts.
        // Neither the issuer nor the name needs quotes, behind which nothing could stand.
        Side::Proxy(_) => word(&format!("{folder}/{file}"), Reading::Variables) + "$at_handshake",
        // On the host, those who answer requests cannot read keys: they are read once, by root.
        Side::Host(_) => word(&format!("{folder}/{file}"), Reading::Plain),
    };
    let (http, https) = shared.ports();
    let https = https.filter(|_| site.tls.is_some());
    let mut headers: Vec<(&str, &str)> =
        site.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if site.keeps_to_tls() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(HSTS.0)) {
        headers.insert(0, HSTS);
    }
    let shut = site.maintenance.as_ref();
    let retry = shut.and_then(|shut| shut.retry).map(|retry| (retry.0 / 1_000).to_string());
    headers.extend(retry.as_deref().map(|seconds| ("Retry-After", seconds)));
    SiteFile {
        header,
        description: site.description.as_ref().map(|text| text.replace(char::is_control, " ")),
        names: names.join(" "),
        trusted: trusted::ranges(platform, site),
        ipv6: shared.ipv6(),
        proxy_protocol: shared.speaks_proxy_protocol(),
        includes: shared.includes(),
        prefix: side.prefix().to_owned(),
        beside: matches!(side, Side::Host(_)),
        http,
        https,
        public: shared.public_https().map(|port| format!(":{port}")).unwrap_or_default(),
        http2_directive: shared.dialect().http2_directive,
        certificate: certificate("fullchain.pem"),
        key: certificate("privkey.pem"),
        signed: site.routes.iter().any(|route| platform.leads_to_signed(route)),
        hidden: headers.iter().map(|(name, _)| word(name, Reading::Plain)).collect(),
        headers: headers
            .iter()
            .map(|(name, value)| {
                format!("{} {}", word(name, Reading::Plain), word(value, Reading::Variables))
            })
            .collect(),
        grpc: site
            .routes
            .iter()
            .any(|route| shared.upstream_of(platform, route).is_some_and(|it| it.scheme == "grpc")),
        page: shut.and_then(|shut| shut.page.as_ref()).map(|page| word(page, Reading::Variables)),
        locations: match shut {
            Some(shut) => vec![Location::shut(shut)],
            None => locations(platform, site, &format!("{}{id}", side.prefix()), shared),
        },
        id,
    }
}

/// Two years, as the list of browsers wants it (mozilla/ssl-config-generator:src/static/guidelines/6.0.json).
const HSTS: (&str, &str) = ("Strict-Transport-Security", "max-age=63072000");
