//! One site: its servers.

use serde::Serialize;

use super::location::{Location, locations};
use super::proxy::Shared;
use super::quote::{Reading, word};
use crate::platform::{CERTIFICATES, FILES, IssuerKind, Platform, Service, Site};

/// The file of a site.
#[derive(Debug, Serialize)]
pub(super) struct SiteFile<'a> {
    header: &'a str,
    /// What it is called in names of files and zones.
    pub(super) id: String,
    /// What it is for.
    description: Option<String>,
    names: String,
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
    locations: Vec<Location>,
}

/// What the files and zones of a site are called.
pub(super) fn id(site: &Site, at: usize) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !site.name.is_empty() && site.name.chars().all(plain) {
        return site.name.clone();
    }
    format!("site-{}", at + 1)
}

pub(super) fn file<'a>(
    platform: &Platform,
    service: &Service,
    site: &Site,
    at: usize,
    shared: &Shared,
    header: &'a str,
) -> SiteFile<'a> {
    let id = id(site, at);
    let names = site.domain.as_literal().into_iter().chain(site.aliases.iter().map(String::as_str));
    let names: Vec<String> = names.map(|name| word(name, Reading::Plain)).collect();
    // The variable is empty: that there is one makes nginx read the file at a handshake and not when it starts.
    // Neither the issuer nor the name needs quotes, behind which nothing could stand.
    let folder = site.tls.as_ref().map(|tls| match tls.issuer.kind {
        IssuerKind::Files => format!("{FILES}/{id}"),
        IssuerKind::SelfSigned | IssuerKind::Acme(_) => format!("{CERTIFICATES}/{}/{id}", tls.issuer.name),
    });
    let certificate = |file: &str| {
        let folder = folder.as_deref().unwrap_or(FILES);
        word(&format!("{folder}/{file}"), Reading::Variables) + "$at_handshake"
    };
    let https = service.https().map(|port| port.number).filter(|_| site.tls.is_some());
    let mut headers: Vec<(&str, &str)> =
        site.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if site.keeps_to_tls() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(HSTS.0)) {
        headers.insert(0, HSTS);
    }
    SiteFile {
        header,
        description: site.description.as_ref().map(|text| text.replace(char::is_control, " ")),
        names: names.join(" "),
        http: service.http().map_or(80, |port| port.number),
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
        locations: locations(platform, site, &id, shared),
        id,
    }
}

/// Two years, as the list of browsers wants it (mozilla/ssl-config-generator:src/static/guidelines/6.0.json).
const HSTS: (&str, &str) = ("Strict-Transport-Security", "max-age=63072000");
