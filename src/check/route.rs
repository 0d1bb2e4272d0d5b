//! Routes: parts that do not go with what a port speaks, or with the other upstreams.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::platform::exposure::trimmed;
use crate::platform::observe::Module;
use crate::platform::{
    Access, OutsideKind, Platform, Port, Protocol, RESOLVES_UPSTREAMS, Role, Route, RoutePath, RouteTarget,
    Service, Site,
};
use crate::source::Span;

/// What reads the files.
const NAME: &str = formats::NGINX.name;

/// The sites that a proxy of the platform serves, each with it.
fn served(platform: &Platform) -> impl Iterator<Item = (&Site, &Service)> {
    let nginx = platform.targets.contains(&&formats::NGINX);
    let sites = platform.sites.iter().filter(move |_| nginx);
    sites.filter_map(|site| Some((site, &platform[site.served_by?])))
}

/// The ports of a route.
fn ports<'a>(
    platform: &'a Platform,
    route: &'a Route,
) -> impl Iterator<Item = (&'a Service, &'a Port, Span)> {
    route.ports().filter_map(|(service, port, span)| {
        let service = &platform[service];
        Some((service, service.ports.get(port)?, span))
    })
}

/// SITE020: a path that is taken off in front of an object store. Who asks signs the path (docs.aws.amazon.com:
/// "Create a signed AWS API request"), and the store sees another one.
pub(super) fn signed(platform: &Platform, sink: &mut Sink) {
    for (site, _) in served(platform) {
        for route in site.routes.iter().filter(|route| route.strip && route.path.path() != "/") {
            let stores = ports(platform, route).filter(|(service, port, _)| {
                service.role == Some(Role::Store) && !matches!(port.access, Some(Access::Admin))
            });
            for (service, port, span) in stores {
                sink.report(
                    Diagnostic::new(
                        codes::SITE020,
                        format!(
                            "`{}.{}` sees another path than the one that is signed",
                            service.path, port.name
                        ),
                    )
                    .about(&service.path)
                    .at(route.span, "takes its path off, and decodes what is left")
                    .at(span, "an object store, which refuses a signature of another path")
                    .help(format!(
                        "give the store a host name of its own: `site NAME = \"…\" {{ route \"/\" = {}.{} }}`",
                        service.path, port.name
                    )),
                );
            }
        }
    }
}

/// SITE021: routes to gRPC with parts that gRPC does not have, or on a site without TLS, where clients and nginx cannot
/// agree on HTTP/2 (RFC 9113, section 3.2).
pub(super) fn grpc(platform: &Platform, sink: &mut Sink) {
    for (site, _) in served(platform) {
        for route in &site.routes {
            let mut ports = ports(platform, route);
            let Some((service, port, span)) = ports.find(|(_, port, _)| port.protocol == Protocol::Grpc)
            else {
                continue;
            };
            let name = format!("{}.{}", service.path, port.name);
            if site.tls.is_none() {
                sink.report(
                    Diagnostic::new(
                        codes::SITE021,
                        format!("`{}` leads to `{name}`, which speaks gRPC, without TLS", site.name),
                    )
                    .about(&service.path)
                    .at(span, "gRPC needs HTTP/2, on which both ends agree within TLS")
                    .at(site.span, "has no `tls`")
                    .help("let the site have `tls`; its certificate may be one that signs itself"),
                );
            }
            let parts = [
                ("strip", route.strip, "the path names the method that is called"),
                ("websocket", route.websocket, "its streams are those of HTTP/2"),
                ("buffer", !route.buffer, "nothing of it is collected anyway"),
                ("cache", route.cache.is_some(), "every call is a POST"),
            ];
            for (part, _, why) in parts.into_iter().filter(|(_, there, _)| *there) {
                sink.report(
                    Diagnostic::new(codes::SITE021, format!("a route to gRPC takes no `{part}`"))
                        .about(&service.path)
                        .at(route.span, why)
                        .at(port.span, format!("`{name}` speaks gRPC"))
                        .help(format!("take `{part}` out")),
                );
            }
        }
    }
}

/// The most upstreams of a route. Their weights then divide all requests into parts that nginx can write.
const MOST: usize = 16;

/// SITE022: upstreams of a route that cannot share its requests.
pub(super) fn shared(platform: &Platform, sink: &mut Sink) {
    for (site, _) in served(platform) {
        for route in site.routes.iter().filter(|route| !route.upstreams.is_empty()) {
            if route.upstreams.len() >= MOST {
                sink.report(
                    Diagnostic::new(
                        codes::SITE022,
                        format!("a route has {} upstreams", route.upstreams.len() + 1),
                    )
                    .at(route.span, format!("at most {MOST}"))
                    .help("copies of a service are found by its name: write `scale { min = … }` there"),
                );
            }
            // An address past the model is asked without TLS.
            let address =
                matches!(route.to, RouteTarget::Address(_)).then_some((Protocol::Http, route.target_span));
            let spoken = address
                .into_iter()
                .chain(ports(platform, route).map(|(_, port, span)| (port.protocol, span)));
            let scheme = |protocol| {
                if matches!(protocol, Protocol::Https | Protocol::Grpc) { protocol } else { Protocol::Http }
            };
            let mut spoken = spoken.map(|(protocol, span)| (scheme(protocol), span));
            if let Some((first, first_span)) = spoken.next()
                && let Some((other, span)) = spoken.find(|(protocol, _)| *protocol != first)
            {
                sink.report(
                    Diagnostic::new(codes::SITE022, "the upstreams of a route speak different protocols")
                        .at(span, format!("`{}`", other.word()))
                        .at(first_span, format!("`{}`", first.word()))
                        .help("name ports of one protocol, or give each a route of its own"),
                );
            }
            let mut seen = HashMap::default();
            for (service, port, span) in route.ports() {
                if let Some(first) = seen.insert((service, port), span) {
                    let named = &platform[service];
                    let port = named.ports.get(port).map_or("", |port| port.name.as_str());
                    sink.report(
                        Diagnostic::new(
                            codes::SITE022,
                            format!("`{}.{port}` is an upstream of the route twice", named.path),
                        )
                        .at(span, "again here")
                        .at(first, "here already")
                        .help("give it one `weight`"),
                    );
                }
            }
        }
    }
}

/// SITE024: paths that probes ask for and are refused, so that their site seems to be down for ever.
pub(super) fn probed(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let asked = platform.observed.jobs.iter().flat_map(|job| &job.probes);
    let asked = asked.filter(|probe| probe.module != Module::Certificate);
    let asked: HashSet<&str> = asked.map(|probe| probe.site.as_str()).collect();
    for (site, _) in served(platform).filter(|(site, _)| asked.contains(site.name.as_str())) {
        let Some(asked) = site.probe.as_deref() else { continue };
        let path = asked.split('?').next().unwrap_or(asked);
        let route = site.routes.iter().filter(|route| meets(&route.path, path)).max_by_key(|route| {
            (matches!(route.path, RoutePath::Exact(_)), trimmed(route.path.path()).len())
        });
        let (span, why) = match route {
            // The route may be one that could not be bound, which is reported.
            None if has_lost_routes(origins, site) => continue,
            None => (site.span, "no route is for it"),
            Some(route) => match refuses(platform, route) {
                Some(why) => (route.span, why),
                None => continue,
            },
        };
        sink.report(
            Diagnostic::new(
                codes::SITE024,
                format!("probes of `{}` ask for `{asked}`, and are refused", site.name),
            )
            .at(site.probe_span.unwrap_or(site.domain_span), "the site seems to be down")
            .at_maybe((span != site.span).then_some(span), why)
            .help(
                "write `probe = \"…\"` with a path that everybody may ask for, or `probe = false` where none is to ask",
            ),
        );
    }
}

/// Whether the source says more routes of a site than could be bound.
fn has_lost_routes(origins: &Origins, site: &Site) -> bool {
    origins.site(site).is_none_or(|origin| origin.count_of_routes() > site.routes.len())
}

/// Whether a path is one of a route's.
fn meets(route: &RoutePath, path: &str) -> bool {
    match route {
        RoutePath::Exact(exact) => exact == path,
        RoutePath::Prefix(prefix) => {
            let rest = path.strip_prefix(trimmed(prefix));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    }
}

/// Why a route refuses a probe, which comes from anywhere and has no password.
fn refuses(platform: &Platform, route: &Route) -> Option<&'static str> {
    if matches!(route.to, RouteTarget::Deny) {
        return Some("it is closed");
    }
    if route.login.is_some() {
        return Some("it asks for a login");
    }
    if matches!(route.to, RouteTarget::Respond { status: 400.., .. }) {
        return Some("its answer is taken for an outage");
    }
    route
        .from
        .is_some_and(|from| platform[from].kind != OutsideKind::Internet)
        .then_some("only these may come")
}

/// NGX001: what only an upstream can say of its servers, for a version that finds none of them again under another
/// address, and so is written without.
pub(super) fn failures(platform: &Platform, sink: &mut Sink) {
    for (site, proxy) in served(platform) {
        let version = platform.nginx_version(proxy);
        if version >= RESOLVES_UPSTREAMS {
            continue;
        }
        for route in &site.routes {
            let own = [("max_fails", route.share.max_fails.is_some(), route.span)];
            let others = route.upstreams.iter().flat_map(|it| {
                [("max_fails", it.share.max_fails.is_some(), it.span), ("backup", it.share.backup, it.span)]
            });
            for (part, _, span) in own.into_iter().chain(others).filter(|(_, there, _)| *there) {
                sink.report(
                    Diagnostic::new(
                        codes::NGX001,
                        format!("{NAME} {version} has no `{part}` for services that come back under another address"),
                    )
                    .about(&proxy.path)
                    .at(span, format!("can be written from {RESOLVES_UPSTREAMS} on"))
                    .at(proxy.span, "the proxy")
                    .help(format!("give the proxy {NAME} {RESOLVES_UPSTREAMS} or later, or take `{part}` out")),
                );
            }
        }
    }
}
