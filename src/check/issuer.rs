//! Certificates: how they come to a proxy, and whether their issuer can make them out.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::platform::{FILES, Platform, Role, Service, Site, Tls};

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
            .at(proxy.span(), "the proxy")
            .help(help)
        };
        if tls.issuer.is_asked() {
            let gets = |it: &Service| it.parent == Some(proxy.id) && it.role == Some(Role::Certificates);
            if !platform.services.iter().any(gets) {
                sink.report(diagnostic(
                    format!("nothing in `{}` gets one from `{}`", proxy.path, tls.issuer.name),
                    "use the component `nginx`, nest a service with `role = certificates` in the proxy as that does, or \
                     write `issuer = files`"
                        .to_owned(),
                ));
            }
        } else if !mounts(proxy, FILES) {
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
        for name in site.names() {
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
