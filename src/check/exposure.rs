//! Exposure: metrics and administration interfaces that a client outside can request.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::platform::exposure::{Exposed, Sensitive, around, below, trimmed, within};
use crate::platform::{Access, OutsideKind, Platform, RoutePath, ServiceId, Site};
use crate::source::Span;

/// SITE005: routes and published ports that lead everybody to metrics or to an administration interface. What lies below
/// a route is closed by the proxy; what is all of a route cannot be.
pub(super) fn exposure(platform: &Platform, sink: &mut Sink) {
    let mut known: HashMap<(ServiceId, usize), Vec<Exposed<'_>>> = HashMap::default();
    for site in platform.sites.iter().filter(|site| platform.serves(site)) {
        let who = visitors(platform, site);
        for route in &site.routes {
            let everybody = route.from.is_none_or(|from| platform[from].kind == OutsideKind::Internet);
            if !everybody || route.login.is_some() {
                continue;
            }
            // The service is asked for what is left of the path.
            let path = if route.strip { "" } else { route.path.path() };
            for (service, port, _) in route.ports() {
                let list = known.entry((service, port)).or_insert_with(|| platform.exposed(service, port));
                // The gateway of a cluster closes no path.
                let open = |exposed: &&Exposed<'_>| {
                    let inside = below(&exposed.path, path).filter(|rest| !rest.is_empty());
                    inside.is_some() && matches!(route.path, RoutePath::Prefix(_))
                };
                let inside = within(list, path).filter(open).filter(|_| platform.gateway_of(site).is_some());
                for exposed in around(list, path).chain(inside) {
                    let note = format!("{who} may ask for this path");
                    let found = finding(platform, exposed, &who, route.span, &note);
                    sink.report(found.help(help(platform, site, &who)));
                }
            }
        }
    }
    for service in &platform.services {
        for (at, port) in service.ports.iter().enumerate() {
            let Some(publish) = &port.publish else { continue };
            if platform[publish.to].kind != OutsideKind::Internet {
                continue;
            }
            let list = known.entry((service.id, at)).or_insert_with(|| platform.exposed(service.id, at));
            // That everybody reaches an administration interface itself, with all it answers, is PORT004 and PORT005.
            let admin = matches!(port.access, Some(Access::Admin | Access::Internal));
            let of_others = |exposed: &&Exposed<'_>| !(admin && exposed.via.is_empty());
            for exposed in list.iter().filter(of_others) {
                sink.report(
                    finding(platform, exposed, EVERYBODY, publish.span, "published to everybody").help(
                        "put a proxy in front, whose sites close that path; or give metrics a port of their own; or \
                         `allow metrics-in-public { reason = … }` where everybody is meant to",
                    ),
                );
            }
        }
    }
}

const EVERYBODY: &str = "everybody";

/// The clients of a site: those that its proxy is published to.
fn visitors(platform: &Platform, site: &Site) -> String {
    // nginx of the host is open to everybody.
    let Some(proxy) = site.served_by.map(|proxy| &platform[proxy]) else { return EVERYBODY.to_owned() };
    let outsides = proxy.ports.iter().filter_map(|port| Some(&platform[port.publish.as_ref()?.to]));
    let mut names: Vec<String> = Vec::new();
    for outside in outsides {
        let name = match outside.kind {
            OutsideKind::Internet => return EVERYBODY.to_owned(),
            OutsideKind::Localhost => "clients on the host".to_owned(),
            OutsideKind::Declared => format!("clients from `{}`", outside.name),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { format!("clients of `{}`", proxy.path) } else { names.join(" and ") }
}

/// What keeps clients away from a path.
fn help(platform: &Platform, site: &Site, who: &str) -> String {
    let are = if who == EVERYBODY { "is" } else { "are" };
    let allow = format!("`allow metrics-in-public {{ reason = … }}` where {who} {are} meant to");
    match platform.gateway_of(site) {
        Some(_) => format!(
            "give that a port of its own, which no route leads to: the gateway of the cluster closes no path; or let a proxy \
             of the platform serve `{}`; or {allow}",
            site.name
        ),
        None => format!("write `deny`, or `from` or `login` for those who may; or {allow}"),
    }
}

fn finding(platform: &Platform, exposed: &Exposed<'_>, who: &str, span: Span, note: &str) -> Diagnostic {
    let service = &platform[exposed.service];
    let port = service.ports.get(exposed.port);
    let path = if exposed.path.is_empty() { "/" } else { &exposed.path };
    let what = match exposed.what {
        Sensitive::Metrics => format!("the metrics of `{}`", service.path),
        Sensitive::Admin => {
            let name = port.map_or("", |port| port.name.as_str());
            format!("`{}.{name}`, which is not meant for the public,", service.path)
        }
    };
    let message = format!("{who} can ask for {what} at `{path}`");
    let told = Diagnostic::new(codes::SITE005, message).about(&service.path).at(span, note);
    let told = exposed.via.iter().fold(told, |told, forward| {
        let to = &platform[forward.to];
        told.at(forward.span, format!("hands requests on to `{}`", to.path))
    });
    match exposed.what {
        Sensitive::Metrics => {
            told.at_maybe(service.metrics.as_ref().map(|metrics| metrics.span), "the metrics")
        }
        Sensitive::Admin => told.at_maybe(port.map(|port| port.span), "the port"),
    }
}

/// SITE006: paths that the proxy answers itself.
pub(super) fn hidden(platform: &Platform, sink: &mut Sink) {
    const ACME: &str = "/.well-known/acme-challenge";
    for site in platform.sites.iter().filter(|site| platform.serves_by_nginx(site)) {
        for route in site.routes.iter().filter(|route| below(trimmed(route.path.path()), ACME).is_some()) {
            sink.report(
                Diagnostic::new(
                    codes::SITE006,
                    format!("no request comes to the route `{}`", route.path.path()),
                )
                .at(route.span, "the proxy answers what certificate authorities ask for itself")
                .help("take the route out: their answers lie below `/var/lib/acme` in the proxy"),
            );
        }
    }
}
