//! Certificates: how they come to a proxy, and whether their issuer can make them out.

use super::site::is_host;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::hash::HashSet;
use crate::platform::{Acme, FILES, OutsideKind, Platform, Port, Role, Runtime, Service, Site, Tls};
use crate::source::Span;

/// The sites that a proxy serves over TLS.
fn served(platform: &Platform) -> impl Iterator<Item = (&Site, &Tls, &Service)> {
    let nginx = platform.targets.contains(&&formats::NGINX);
    let sites = platform.sites.iter().filter(move |_| nginx);
    sites.filter_map(|site| Some((site, site.tls.as_ref()?, &platform[site.served_by?])))
}

/// SITE013: a site whose certificate nothing brings to its proxy. Behind a load balancer TLS may end there.
pub(super) fn brought(platform: &Platform, sink: &mut Sink) {
    for (site, tls, proxy) in served(platform).filter(|(site, ..)| site.trusted.is_empty()) {
        let diagnostic = |reason: String, help: String| {
            Diagnostic::new(
                codes::SITE013,
                format!("the certificate of `{}` does not come to `{}`", site.name, proxy.path),
            )
            .about(&proxy.path)
            .at(tls.span, reason)
            .at(proxy.span, "the proxy")
            .help(help)
        };
        if tls.issuer.is_asked() {
            if !gets_certificates(platform, proxy) {
                sink.report(diagnostic(
                    format!("nothing in `{}` gets one from `{}`", proxy.path, tls.issuer.name),
                    "use the component `nginx`, nest a service with `role = certificates` in the proxy as that does, or \
                     write `issuer = files`"
                        .to_owned(),
                ));
            }
        } else if platform.runtime == Runtime::Compose && !mounts(proxy, FILES) {
            sink.report(diagnostic(
                format!("the operator's certificates lie below `{FILES}`, and nothing is mounted there"),
                format!(
                    "put `{0}/fullchain.pem` and `{0}/privkey.pem` into a folder, and write \
                     `bind \"certificates\" = \"{FILES}\" {{ read_only = true }}` in the proxy",
                    site.name
                ),
            ));
        }
    }
}

/// K8S020: certificates that one pod gets and several of the proxy read, on whichever nodes they are, without a storage class for it.
/// The answers to an authority take the same way, so that each replica has them.
pub(super) fn shared(platform: &Platform, sink: &mut Sink) {
    if platform.runtime != Runtime::Kubernetes || platform.settings.kubernetes.shared_storage_class.is_some()
    {
        return;
    }
    let mut seen = HashSet::default();
    for (site, tls, proxy) in served(platform) {
        let asked = tls.issuer.is_asked() && gets_certificates(platform, proxy) && !proxy.mounts.is_empty();
        // A default class may offer it; of one pod nobody would notice before that.
        if !asked || !proxy.may_run_several_times() || !seen.insert(proxy.id) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::K8S020,
                format!("the certificate of `{}` does not reach every pod of `{}`", site.name, proxy.path),
            )
            .about(&proxy.path)
            .at(tls.span, "another pod gets it, and no storage class is named that pods on several nodes can mount")
            .help(
                "name a class that offers `ReadWriteMany`: `target kubernetes { shared_storage_class = \"…\" }`; or write \
                 `issuer = files`, and a Secret brings it",
            ),
        );
    }
}

/// Whether a service of a proxy gets its certificates.
fn gets_certificates(platform: &Platform, proxy: &Service) -> bool {
    let gets = |it: &Service| it.parent == Some(proxy.id) && it.role == Some(Role::Certificates);
    platform.services.iter().any(gets)
}

/// Whether something is mounted at a path, or above or below it.
fn mounts(service: &Service, path: &str) -> bool {
    let volumes = service.volumes.iter().map(|volume| volume.path.as_str());
    let shared = service.mounts.iter().map(|mount| mount.path.as_str());
    let binds = service.binds.iter().map(|bind| bind.path.as_str());
    let configs = service.configs.iter().map(|config| config.path.as_str());
    let mut all = volumes.chain(shared).chain(binds).chain(configs);
    let below = |one: &str, other: &str| {
        one.strip_prefix(other.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    all.any(|mounted| below(mounted, path) || below(path, mounted))
}

/// Domains that are nobody's in public (RFC 6761, RFC 6762, RFC 7686; `internal` is ICANN's for private use).
const PRIVATE: [&str; 6] = ["localhost", "local", "internal", "test", "invalid", "onion"];

/// SITE014: a name that the issuer of a site's certificate cannot make one out for.
pub(super) fn issued(platform: &Platform, sink: &mut Sink) {
    for (site, tls, _) in served(platform) {
        if tls.issuer.acme().is_none() {
            continue;
        }
        // What is no host name is SITE001.
        for name in site.names().filter(|name| is_host(name)) {
            let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
            let numeric = last.bytes().all(|byte| byte.is_ascii_digit());
            let private = PRIVATE.contains(&last.as_str()) || !name.contains('.');
            let (reason, help) = if name.starts_with("*.") {
                (
                    "a name with `*` is proved by an entry in DNS, and this proxy proves names by HTTP",
                    "list the names as `aliases`, or get that certificate elsewhere and write `issuer = files`",
                )
            } else if numeric {
                ("an address of IP, and certbot is asked for names", "write a host name, or `issuer = self`")
            } else if tls.issuer.public && private {
                (
                    "no public authority issues a certificate for this name, which is nobody's in public",
                    "write `tls = true { issuer = self }`, and another issuer in the environment that is public",
                )
            } else {
                continue;
            };
            sink.report(
                Diagnostic::new(
                    codes::SITE014,
                    format!("`{}` issues no certificate for `{name}`", tls.issuer.name),
                )
                .at(site.domain_span, reason)
                .at(tls.span, "the issuer")
                .help(help),
            );
        }
    }
}

/// The port that an authority asks at, whatever port a site is asked at (RFC 8555, section 8.3).
const PROVED_AT: u16 = 80;

/// SITE025: a proxy that an authority cannot ask for what proves a name, because its port for HTTP is not published as
/// port 80 of the host. Behind a load balancer that one is asked.
pub(super) fn proved(platform: &Platform, sink: &mut Sink) {
    let mut seen = HashSet::default();
    for (site, tls, proxy) in served(platform).filter(|(site, ..)| site.trusted.is_empty()) {
        let Some(host) = site.domain.as_literal().filter(|host| is_host(host)) else { continue };
        // A proxy without such a port is SITE002.
        let (Some(http), Some(acme)) = (proxy.http(), tls.issuer.acme()) else { continue };
        let Some((reason, span)) = unasked(platform, proxy, http, acme) else { continue };
        // Where nothing asks the authority, that is SITE013.
        if !seen.insert(proxy.id) || !gets_certificates(platform, proxy) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::SITE025,
                format!(
                    "`{}` cannot ask `{}` at port {PROVED_AT} to prove `{host}`",
                    tls.issuer.name, proxy.path
                ),
            )
            .about(&proxy.path)
            .at(span, reason)
            .at(tls.span, "the authority proves names by HTTP")
            .help(format!(
                "write `port {} {{ publish = internet {{ port = {PROVED_AT} }} }}` in `{}`; or \
                 `allow name-not-proved {{ reason = … }}` where something in front of it hands that port on",
                http.name, proxy.path
            )),
        );
    }
}

/// Why an authority's request does not come to a port, with the place.
fn unasked(platform: &Platform, proxy: &Service, http: &Port, acme: &Acme) -> Option<(String, Span)> {
    if proxy.exception(|security| security.host_network) {
        let other = http.number != PROVED_AT;
        return other.then(|| (format!("listens on port {} of the host", http.number), http.span));
    }
    let Some(publish) = &http.publish else {
        return Some((format!("does not publish its port `{}`", http.name), proxy.span));
    };
    let outside = &platform[publish.to];
    let reason = match outside.kind {
        OutsideKind::Localhost => "is published to the host alone".to_owned(),
        // Those that are publicly known do not publish their addresses (letsencrypt/website:content/en/docs/faq.md).
        OutsideKind::Declared if acme.ca.is_none() => {
            format!("is published to `{}` alone, and the authority asks from anywhere", outside.name)
        }
        _ if publish.host_port != PROVED_AT => format!("is published as port {}", publish.host_port),
        _ => return None,
    };
    Some((reason, publish.span))
}
