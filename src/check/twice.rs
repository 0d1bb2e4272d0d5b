//! What stands twice, so that one of the two is never asked: names of sites, paths of routes and of `forwards`, and
//! requests that come back to where they were.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::platform::exposure::trimmed;
use crate::platform::{Platform, Port, RoutePath, Service, Site};
use crate::source::Span;

/// SITE003: a host name that stands on two sites, and a path that stands twice on a site or a port.
pub(super) fn twice(platform: &Platform, sink: &mut Sink) {
    let mut names: HashMap<String, (&Site, Option<&Service>)> = HashMap::default();
    for site in platform.sites.iter().filter(|site| platform.serves(site)) {
        let proxy = site.served_by.map(|proxy| &platform[proxy]);
        for name in site.names() {
            if let Some(first) = names.insert(name.to_ascii_lowercase(), (site, proxy)) {
                two_sites(name, (site, proxy), first, sink);
            }
        }
        two_routes(site, sink);
    }
    for service in &platform.services {
        for port in &service.ports {
            two_forwards(service, port, sink);
        }
    }
}

fn two_sites(
    name: &str,
    (site, proxy): (&Site, Option<&Service>),
    first: (&Site, Option<&Service>),
    sink: &mut Sink,
) {
    let (first, other) = first;
    let same = first.span == site.span;
    let told = Diagnostic::new(codes::SITE003, format!("`{name}` is the name of two sites"));
    let by = |proxy: Option<&Service>| {
        proxy.map_or_else(|| "the host itself".to_owned(), |proxy| format!("`{}`", proxy.path))
    };
    sink.report(if other.map(|other| other.id) == proxy.map(|proxy| proxy.id) {
        told.at(site.domain_span, if same { "stands here twice" } else { "this one" })
            .at_maybe((!same).then_some(first.domain_span), "and this one, which answers")
            .help("a name leads to one site: put the routes together, or take the name out of one")
    } else {
        told.at(site.domain_span, format!("this one, which {} serves", by(proxy)))
            .at(first.domain_span, format!("and this one, which {} serves", by(other)))
            .help("a name leads to one address: serve both by one proxy, or give one another name")
    });
}

fn two_routes(site: &Site, sink: &mut Sink) {
    let mut paths: HashMap<(bool, &str), Span> = HashMap::default();
    for route in &site.routes {
        let (exact, path) = match &route.path {
            RoutePath::Exact(path) => (true, path.as_str()),
            RoutePath::Prefix(path) => (false, trimmed(path)),
        };
        if let Some(first) = paths.insert((exact, path), route.span) {
            sink.report(
                Diagnostic::new(
                    codes::SITE003,
                    format!("`{}` has two routes for `{}`", site.name, route.path.path()),
                )
                .at(route.span, "this one")
                .at(first, "and this one")
                .help("a path leads to one place; `/api` and `/api/` are the same"),
            );
        }
    }
    // What a prefix answers at its own path, an exact route answers: both are the same location of the proxy.
    for route in &site.routes {
        let RoutePath::Exact(path) = &route.path else { continue };
        if path.len() > 1
            && let Some(prefix) = paths.get(&(false, path.as_str()))
        {
            sink.report(
                Diagnostic::new(codes::SITE003, format!("`{}` has two routes for `{path}`", site.name))
                    .at(route.span, "exactly this path")
                    .at(*prefix, "this path and what lies below")
                    .help("take one out, or give what lies below a route of its own"),
            );
        }
    }
}

/// A service hands a path on to one place, whatever its spelling, unless it reads paths strictly.
fn two_forwards(service: &Service, port: &Port, sink: &mut Sink) {
    let mut paths: HashMap<(bool, String), Span> = HashMap::default();
    for forward in &port.forwards {
        let exact = matches!(forward.path, RoutePath::Exact(_));
        let path = forward.path.path();
        let spelt = if port.strict { path.to_owned() } else { trimmed(path).to_ascii_lowercase() };
        let Some(first) = paths.insert((exact, spelt), forward.span) else { continue };
        sink.report(
            Diagnostic::new(
                codes::SITE003,
                format!("`{}.{}` hands `{path}` on to two places", service.path, port.name),
            )
            .about(&service.path)
            .at(forward.span, "this one")
            .at(first, "and this one")
            .help(
                "a path is handed on to one place; `/api`, `/API` and `/api/` are the same where `paths_read = strict` \
                 does not say otherwise",
            ),
        );
    }
}

/// SITE017: a request that services hand on to each other without an end.
pub(super) fn circles(platform: &Platform, sink: &mut Sink) {
    for circle in platform.circles() {
        let Some(first) = circle.first() else { continue };
        let ends: Vec<String> = circle
            .iter()
            .filter_map(|forward| {
                let service = &platform[forward.to];
                Some(format!("`{}.{}`", service.path, service.ports.get(forward.port)?.name))
            })
            .collect();
        let told = Diagnostic::new(
            codes::SITE017,
            format!("a request for `{}` is handed on in a circle: {}", first.path.path(), ends.join(" → ")),
        )
        .about(&platform[first.to].path);
        let told = circle.iter().fold(told, |told, forward| {
            told.at(forward.span, format!("hands it on to `{}`", platform[forward.to].path))
        });
        sink.report(
            told.help("no service answers it: take one of the steps out, or let each hand on other paths"),
        );
    }
}
