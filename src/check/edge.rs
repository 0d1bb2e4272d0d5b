//! The edge: what sites and their proxies let in, and in which words.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::hash::HashSet;
use crate::platform::range::Range;
use crate::platform::{
    Outside, OutsideId, OutsideKind, Platform, Protocol, Role, RoutePath, Runtime, ServiceId, Site,
};

/// What serves sites of the host.
const NAME: &str = formats::NGINX.name;

/// The sites that a proxy of the platform serves.
fn served(platform: &Platform) -> impl Iterator<Item = &Site> {
    platform.sites.iter().filter(|site| platform.serves(site))
}

/// SITE007: a site without TLS whose proxy is published to everybody.
pub(super) fn plain_text(platform: &Platform, sink: &mut Sink) {
    for site in served(platform).filter(|site| site.tls.is_none()) {
        let http = site.served_by.and_then(|proxy| platform[proxy].http());
        let publish = http.and_then(|port| port.publish.as_ref());
        let publish = publish.filter(|it| platform[it.to].kind == OutsideKind::Internet);
        // nginx of the host is open to everybody.
        if site.served_by.is_some() && publish.is_none() {
            continue;
        }
        sink.report(
            Diagnostic::new(codes::SITE007, format!("`{}` is served to everybody without TLS", site.name))
                .at(site.domain_span, "what is asked for and answered can be read and changed on its way")
                .at_maybe(publish.map(|publish| publish.span), "published to everybody")
                .help("write `tls = true`; or `allow plain-text-site { reason = … }` where that is meant"),
        );
    }
}

/// SITE008: a route to a port that does not speak HTTP.
pub(super) fn spoken(platform: &Platform, sink: &mut Sink) {
    for site in served(platform) {
        for route in &site.routes {
            for (service, port, span) in route.ports() {
                let service = &platform[service];
                let Some(port) = service.ports.get(port) else { continue };
                // A stream of which nothing is said may be HTTP.
                if matches!(port.protocol, Protocol::Http | Protocol::Https | Protocol::Grpc | Protocol::Tcp)
                {
                    continue;
                }
                sink.report(
                    Diagnostic::new(
                        codes::SITE008,
                        format!(
                            "a site leads to `{}.{}`, which speaks `{}`",
                            service.path,
                            port.name,
                            port.protocol.word()
                        ),
                    )
                    .about(&service.path)
                    .at(span, "requests of HTTP come here")
                    .at(port.span, "the port")
                    .help("name a port that speaks `http`, `https` or `grpc`, or publish this one itself"),
                );
            }
        }
    }
}

/// SITE009: paths of routes and `forwards` as no request has them. nginx compares a path after it has decoded `%2F`, put
/// `//` together and followed `..` (nginx.org: ngx_http_core_module, `location`).
pub(super) fn paths(platform: &Platform, sink: &mut Sink) {
    let routes = served(platform).flat_map(|site| &site.routes).map(|route| (&route.path, route.span));
    let forwards = platform.services.iter().flat_map(|service| &service.ports);
    let forwards = forwards.flat_map(|port| &port.forwards).map(|forward| (&forward.path, forward.span));
    for (path, span) in routes.chain(forwards) {
        if let Some((wrong, help)) = odd(path) {
            sink.report(
                Diagnostic::new(codes::SITE009, format!("no request for `{}` comes here", path.path()))
                    .at(span, wrong)
                    .help(help),
            );
        }
    }
}

/// Whether a part of a path is meant for many: `*`, `:id`, `{id}`, as programs and other proxies write them.
fn is_pattern(segment: &str) -> bool {
    segment.contains(['*', '{', '}']) || (segment.starts_with(':') && segment.len() > 1)
}

fn odd(path: &RoutePath) -> Option<(&'static str, &'static str)> {
    let path = path.path();
    let mut segments = path.split('/');
    if path.contains('%') {
        Some(("paths are compared decoded", "write the character itself, such as a space for `%20`"))
    } else if path.contains('?') {
        Some(("what stands behind `?` is no part of a path", "write the path alone"))
    } else if path.contains('#') {
        Some(("what stands behind `#` is never sent", "write the path alone"))
    } else if segments.clone().any(is_pattern) {
        Some((
            "a path is compared letter by letter, and this one looks like a pattern",
            "write what stands before it: a route is for that path and all that lies below it",
        ))
    } else if path.contains("//") {
        Some(("several slashes are one before paths are compared", "write one slash"))
    } else if segments.any(|segment| matches!(segment, "." | "..")) {
        Some(("`.` and `..` are followed before paths are compared", "write the path that it leads to"))
    } else {
        None
    }
}

/// SITE010: ranges of `from` that hold the network of the proxy. Where an engine hides addresses, every client comes from
/// there: over IPv6 into a network without it, rootless, and on a desktop (moby/moby#15086).
pub(super) fn own_networks(platform: &Platform, sink: &mut Sink) {
    for route in served(platform).flat_map(|site| &site.routes) {
        let Some(outside) = route.from.map(|from| &platform[from]) else { continue };
        let holds = |text: &&String| Range::parse(text).is_some_and(|range| range.holds_an_engines());
        let Some(range) = outside.ranges.iter().find(holds) else { continue };
        sink.report(
            Diagnostic::new(
                codes::SITE010,
                format!("`{}` lets the proxy's own network in: `{range}`", outside.name),
            )
            .at(route.span, "only these may come")
            .at_maybe(outside.span, "holds addresses that engines give to containers")
            .help(
                "name the addresses that clients have on their way through the internet, or of a VPN outside \
                 172.16.0.0/12, 192.168.0.0/16 and fc00::/7",
            ),
        );
    }
}

/// SITE010 and SITE023: load balancers that are believed, at addresses from which others ask as well. What they say of a
/// client decides who may come in and whose limit counts.
pub(super) fn trusted(platform: &Platform, sink: &mut Sink) {
    for (id, span) in served(platform).flat_map(|site| &site.trusted) {
        let outside = &platform[*id];
        let everybody = outside.kind != OutsideKind::Declared;
        let parse = |text: &&String| Range::parse(text);
        let own =
            outside.ranges.iter().find(|text| parse(text).is_some_and(|range| range.holds_an_engines()));
        let private =
            outside.ranges.iter().find(|text| parse(text).is_some_and(|range| range.holds_private()));
        let told = if let Some(range) = own {
            Diagnostic::new(
                codes::SITE010,
                format!("`{}` makes a load balancer of the proxy's own network: `{range}`", outside.name),
            )
            .at(*span, "what these say of clients is believed")
            .at_maybe(outside.span, "holds addresses that engines give to containers")
            .help("name the addresses that the load balancer asks from")
        } else if everybody {
            Diagnostic::new(codes::SITE023, format!("`{}` is no load balancer", outside.name))
                .at(*span, "whatever they say of their address is believed")
                .help("name an `outside` with the addresses that the load balancer asks from")
        } else if let Some(range) = private {
            Diagnostic::new(
                codes::SITE023,
                format!("`{}` is believed at addresses of private networks: `{range}`", outside.name),
            )
            .at(*span, "what these say of clients is believed")
            .at_maybe(outside.span, "others in the same network ask from there as well")
            .help(
                "name its public addresses; or write `allow private-address-trusted { reason = … }` where that network \
                 holds nothing but load balancers",
            )
        } else {
            continue;
        };
        sink.report(told);
    }
}

/// SITE026: ranges of IPv6 that are let in, or believed, where no client comes over IPv6: a proxy whose networks have none is
/// published on IPv4 alone, and nginx of the host listens on IPv6 where the source sets it.
pub(super) fn unseen(platform: &Platform, sink: &mut Sink) {
    // Which families a cluster has is not known here.
    if platform.runtime != Runtime::Compose {
        return;
    }
    let mut seen: HashSet<(OutsideId, Option<ServiceId>)> = HashSet::default();
    for site in served(platform) {
        let (has, help) = match site.served_by.map(|proxy| &platform[proxy]) {
            Some(proxy) => (
                platform.has_ipv6(proxy),
                format!("write `ipv6 = true` in a network of `{}`, or take the range out", proxy.path),
            ),
            None => (
                platform.settings.nginx.ipv6.is_some_and(|ipv6| ipv6.value),
                format!("write `target {NAME} {{ ipv6 = true }}`, or take the range out"),
            ),
        };
        if has {
            continue;
        }
        // Behind a load balancer a client is who that says it is, over whichever family.
        let routes = site.routes.iter().filter(|_| site.trusted.is_empty());
        let routes = routes.filter_map(|route| Some((route.from?, route.span, false)));
        let trusted = site.trusted.iter().map(|(id, span)| (*id, *span, true));
        for (id, span, believed) in routes.chain(trusted) {
            let outside = &platform[id];
            // One that holds networks of engines, or private ones that are believed, is another finding (SITE010, SITE023).
            let is_v6 = |text: &&String| {
                Range::parse(text).is_some_and(|range| {
                    let told = range.holds_an_engines() || (believed && range.holds_private());
                    range.is_v6() && !told
                })
            };
            let mut ranges = outside.ranges.iter().filter(is_v6);
            let (Some(range), more) = (ranges.next(), ranges.count()) else { continue };
            if outside.kind != OutsideKind::Declared || !seen.insert((id, site.served_by)) {
                continue;
            }
            let all = outside.ranges.len() == more + 1;
            sink.report(
                Diagnostic::new(
                    codes::SITE026,
                    format!("no client comes from `{range}` of `{}`: the proxy has no IPv6", outside.name),
                )
                .at(span, if all { "matches nobody" } else { "matches over IPv4 alone" })
                .at_maybe(outside.span, "names addresses of IPv6")
                .help(help.clone()),
            );
        }
    }
}

/// SITE027: sites that believe a header, behind proxies that believe the PROXY protocol: nginx takes a client's address from one of
/// the two (nginx.org: ngx_http_realip_module, `real_ip_header`).
pub(super) fn named_twice(platform: &Platform, sink: &mut Sink) {
    if platform.proxy_protocol().is_empty() {
        return;
    }
    for site in served(platform).filter(|site| site.served_by.is_some()) {
        let Some((id, span)) = site.trusted.first() else { continue };
        sink.report(
            Diagnostic::new(
                codes::SITE027,
                format!("two load balancers say which client asks for `{}`", site.name),
            )
            .at(*span, format!("`{}` does by a header", platform[*id].name))
            .help(
                "take `proxy_protocol` out of `target kubernetes`, and name that load balancer in `trusted` as well; or take \
                 `trusted` out",
            ),
        );
    }
}

/// SITE011: addresses reserved for documentation in a range that is allowed in.
pub(super) fn of_documents(platform: &Platform, sink: &mut Sink) {
    let published = platform.services.iter().flat_map(|service| &service.ports);
    let published = published.filter_map(|port| port.publish.as_ref()).map(|it| (it.to, it.span));
    let routes = served(platform).flat_map(|site| &site.routes);
    let routes = routes.filter_map(|route| Some((route.from?, route.span)));
    let trusted = served(platform).flat_map(|site| site.trusted.iter().copied());
    let hosts = platform.hosts.iter().filter_map(|host| Some((host.ssh?, host.span)));
    let mut seen: HashSet<OutsideId> = HashSet::default();
    // Each environment that lets it in has one of its own to set.
    let within = platform.environment.as_ref().map(|name| format!("in `{name}` ")).unwrap_or_default();
    for (id, span) in published.chain(routes).chain(trusted).chain(hosts) {
        let outside: &Outside = &platform[id];
        let of_documents = |text: &&String| Range::parse(text).is_some_and(|range| range.is_documentation());
        let Some(range) = outside.ranges.iter().find(of_documents) else { continue };
        if !seen.insert(id) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::SITE011,
                format!("{within}`{}` is `{range}`, an address that only documents use", outside.name),
            )
            .at_maybe(outside.span, "nobody has it")
            .at(span, "lets in who comes from there")
            .help(format!(
                "write your own address, here or in the environment: `outside {} = [\"…/32\"]`",
                outside.name
            )),
        );
    }
}

/// SITE012: a proxy that serves no site, and has no configuration of its own.
pub(super) fn idle(platform: &Platform, sink: &mut Sink) {
    if !platform.targets.contains(&&formats::NGINX) {
        return;
    }
    let busy: HashSet<_> = platform.sites.iter().filter_map(|site| site.served_by).collect();
    // A site that does not say which of several serves it is SITE002.
    let unsure = platform.sites.iter().any(|site| site.served_by.is_none());
    for proxy in platform.with_role(Role::Proxy) {
        let own = proxy.configs.iter().any(|config| !config.brought);
        if busy.contains(&proxy.id) || unsure || own {
            continue;
        }
        sink.report(
            Diagnostic::new(codes::SITE012, format!("`{}` serves no site", proxy.path))
                .about(&proxy.path)
                .at(proxy.span, "answers nobody")
                .help(format!(
                    "write `site NAME = \"shop.example.com\" {{ served_by = {}, … }}`, or take the proxy out",
                    proxy.path
                )),
        );
    }
}
