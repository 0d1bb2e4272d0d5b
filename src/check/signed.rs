//! Routes to what is asked with signed requests: the API of an object store, and gRPC with its own credentials.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{Platform, Protocol, Route, RoutePath, Service, Site};

/// The ports that routes of served sites lead to, each with its site and route.
fn routes(platform: &Platform) -> impl Iterator<Item = (&Site, &Route, &Service, usize)> {
    let sites = platform.sites.iter().filter(|site| platform.serves(site));
    let routes = sites.flat_map(|site| site.routes.iter().map(move |route| (site, route)));
    routes.flat_map(move |(site, route)| {
        route.ports().map(move |(service, port, _)| (site, route, &platform[service], port))
    })
}

/// SITE018: a login of the proxy in front of requests that carry their own in the same header. The proxy takes it for a
/// password and refuses it; a client that sends the proxy's has none left for the service.
pub(super) fn logins(platform: &Platform, sink: &mut Sink) {
    for (_, route, service, at) in routes(platform) {
        let (Some(login), Some(port)) = (route.login.map(|login| &platform[login]), service.ports.get(at))
        else {
            continue;
        };
        let what = if platform.is_signed(service.id, at) {
            "is asked with signatures"
        } else if port.protocol == Protocol::Grpc {
            "speaks gRPC, whose clients have no password to send"
        } else {
            continue;
        };
        sink.report(
            Diagnostic::new(
                codes::SITE018,
                format!("a login stands in front of `{}.{}`, which {what}", service.path, port.name),
            )
            .about(&service.path)
            .at(route.span, format!("asks for a user of `{}`, in the header `Authorization`", login.name))
            .at(port.span, "the port")
            .help("take `login` out; `from` lets in by address, and the service asks for credentials of its own"),
        );
    }
}

/// SITE019: a route to a store for a path that no bucket of it has. The path is signed as it is asked for, so the store
/// takes its first part for the bucket.
pub(super) fn buckets(platform: &Platform, sink: &mut Sink) {
    for (site, route, service, at) in routes(platform) {
        // What takes the path off, is refused for that.
        if !platform.is_signed(service.id, at) || route.strip {
            continue;
        }
        let (RoutePath::Prefix(path) | RoutePath::Exact(path)) = &route.path;
        let buckets = || platform.buckets.iter().filter(|bucket| bucket.of == service.id);
        let first_of = |path: &str| path.trim_start_matches('/').split('/').next().map(str::to_owned);
        let first = first_of(path).unwrap_or_default();
        // Where it answers with its metrics, the store answers for itself.
        let own = service.metrics.as_ref().and_then(|metrics| first_of(&metrics.path));
        if first.is_empty() || own.as_ref() == Some(&first) || buckets().any(|it| it.name == first) {
            continue;
        }
        sink.report(
            Diagnostic::new(
                codes::SITE019,
                format!("`{}` has no bucket `{first}`, for which `{}` asks it", service.path, site.name),
            )
            .about(&service.path)
            .at(route.span, "the path goes on as it is, because it is signed")
            .at(service.span, "an object store")
            .help(match buckets().next() {
                Some(bucket) => format!(
                    "give the store a host name of its own and `route \"/\"`, or name a bucket: `route \"/{}\"`",
                    bucket.name
                ),
                None => "give the store a host name of its own and `route \"/\"`".to_owned(),
            }),
        );
    }
}
