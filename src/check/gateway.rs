//! Sites that the gateway of a cluster serves: what its API has no words for. What restricts who comes in is never left out.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::platform::{
    ClusterGateway, GatewayKind, OutsideKind, Platform, Protocol, Route, RoutePath, RouteTarget, Site,
};
use crate::source::Span;

/// The sites that a gateway serves.
fn served(platform: &Platform) -> impl Iterator<Item = (&Site, &ClusterGateway)> {
    platform.sites.iter().filter_map(|site| Some((site, platform.gateway_of(site)?)))
}

/// What a source says of a site or of a route and a gateway cannot do, with the place and what to do about it.
struct Unsaid {
    what: String,
    span: Span,
    help: Option<&'static str>,
}

/// K8S021: what a gateway cannot enforce or express.
pub(super) fn unsaid(platform: &Platform, sink: &mut Sink) {
    for (site, gateway) in served(platform) {
        let mut found = of_site(site, gateway);
        for route in &site.routes {
            of_route(platform, route, gateway, &mut found);
        }
        for Unsaid { what, span, help } in found {
            let proxy = format!("let a proxy of the platform serve `{}`, or take it out", site.name);
            sink.report(
                Diagnostic::new(codes::K8S021, format!("{} has no words for {what}", gateway.kind.name()))
                    .at(span, format!("`{}` is served by that of the cluster", site.name))
                    .at(gateway.span, "that of the cluster")
                    .help(help.map_or(proxy, str::to_owned)),
            );
        }
    }
}

/// The most headers that one filter sets (kubernetes-sigs/gateway-api:apis/v1/httproute_types.go, `HTTPHeaderFilter`).
const HEADERS: usize = 16;

fn of_site(site: &Site, gateway: &ClusterGateway) -> Vec<Unsaid> {
    let mut found = Vec::new();
    let mut add = |what: &str, span: Span, help: Option<&'static str>| {
        found.push(Unsaid { what: what.to_owned(), span, help });
    };
    if site.limit.is_some() {
        add("the `limit` of a site", site.span, None);
    }
    if site.maintenance.is_some() {
        add("`maintenance`", site.span, None);
    }
    if let Some((_, span)) = site.trusted.first() {
        add(
            "`trusted`",
            *span,
            Some("the gateway itself is told of load balancers in front of it: take it out"),
        );
    }
    if site.names().any(|name| name.parse::<std::net::IpAddr>().is_ok()) {
        add("an address in place of a name", site.domain_span, Some("write a host name"));
    }
    let kept = usize::from(site.keeps_to_tls());
    if gateway.kind == GatewayKind::Ingress && !site.headers.is_empty() {
        add("`headers`", site.span, Some("let a `gateway` serve it, or the services write them"));
    } else if site.headers.len() + kept > HEADERS {
        add("more than 16 headers", site.span, Some("let the services write some of them"));
    }
    let acme = site.tls.as_ref().and_then(|tls| Some((tls.issuer.acme()?, tls.span)));
    if let Some((_, span)) = acme.filter(|(acme, _)| acme.eab.is_some() && gateway.issuer.is_none()) {
        add(
            "the account of an authority",
            span,
            Some("make a ClusterIssuer with that account, and name it: `issuer = \"NAME\"` beside `class`"),
        );
    }
    found
}

/// The message about one route, put together as the route is checked.
struct Found<'a> {
    path: &'a str,
    span: Span,
    all: &'a mut Vec<Unsaid>,
}

impl Found<'_> {
    fn add(&mut self, what: &str, span: Span, help: Option<&'static str>) {
        self.all.push(Unsaid { what: format!("{what} of `{}`", self.path), span, help });
    }

    /// Adds a label for each finding, at the route.
    fn said(&mut self, said: &[(bool, &str)], help: Option<&'static str>) {
        for (_, what) in said.iter().filter(|(said, _)| *said) {
            self.add(what, self.span, help);
        }
    }
}

fn of_route(platform: &Platform, route: &Route, gateway: &ClusterGateway, found: &mut Vec<Unsaid>) {
    let mut found = Found { path: route.path.path(), span: route.span, all: found };
    let from = route.from.is_some_and(|from| platform[from].kind != OutsideKind::Internet);
    let restrictions = [
        (from, "`from`"),
        (route.login.is_some(), "`login`"),
        (route.limit.is_some(), "`limit`"),
        (route.max_body.is_some(), "`max_body`"),
        (route.cache.is_some(), "`cache`"),
    ];
    found.said(&restrictions, None);
    let shares = std::iter::once((&route.share, route.span));
    for (share, span) in shares.chain(route.upstreams.iter().map(|it| (&it.share, it.span))) {
        if share.backup {
            found.add("`backup`", span, None);
        }
        if share.max_fails.is_some() {
            found.add("`max_fails`", span, Some("pods that are not ready get no requests: take it out"));
        }
    }
    ends(platform, route, gateway.kind, &mut found);
    match gateway.kind {
        GatewayKind::Ingress => {
            let said = [
                (route.strip, "`strip`"),
                (route.websocket, "`websocket`"),
                (!route.buffer, "`buffer`"),
                (route.timeout.is_some(), "`timeout`"),
                (!route.upstreams.is_empty(), "`upstream`"),
            ];
            let help = "let a `gateway` serve it: controllers of an Ingress have a word of their own each";
            found.said(&said, Some(help));
        }
        GatewayKind::Gateway if platform.speaks_grpc(route) => {
            let whole = matches!(&route.path, RoutePath::Prefix(path) if path == "/");
            found.said(
                &[(!whole, "a path")],
                Some("lead `/` to the service: a call of gRPC names what it asks for"),
            );
            // The API has times of HTTP alone.
            let help =
                "take it out: a client sets the time of a call itself, and a call has no path of the site's";
            found.said(&[(route.timeout.is_some(), "`timeout`"), (route.strip, "`strip`")], Some(help));
        }
        GatewayKind::Gateway => {}
    }
}

/// Where a route leads.
fn ends(platform: &Platform, route: &Route, kind: GatewayKind, found: &mut Found<'_>) {
    let is_ingress = kind == GatewayKind::Ingress;
    let other = Some("let a `gateway` serve it");
    for (service, port, span) in route.ports() {
        if is_ingress && platform.namespace_of(&platform[service]) != platform.namespace() {
            found.add("a service of another namespace", span, other);
        }
        match platform[service].ports.get(port).map(|port| port.protocol) {
            Some(Protocol::Https) => found.add(
                "TLS that nothing verifies, to a port",
                span,
                Some("let the service speak HTTP there: rules of the network let the gateway in, and nobody else"),
            ),
            Some(Protocol::Grpc) if is_ingress => found.add("gRPC", span, other),
            _ => {}
        }
    }
    match &route.to {
        RouteTarget::Deny => found.add(
            "`deny`",
            route.span,
            Some(
                "take it out where no wider route leads there, or let a proxy of the platform serve the site",
            ),
        ),
        RouteTarget::Respond { .. } => found.add("`respond`", route.span, None),
        RouteTarget::Files { .. } => found.add("`files`", route.span, Some("let a service serve them")),
        RouteTarget::Address(_) => {
            found.add("an address past the platform", route.target_span, Some("name a port of a service"));
        }
        RouteTarget::Redirect { .. } if is_ingress => found.add("`redirect`", route.span, other),
        RouteTarget::Redirect { to, .. } if to.contains(['?', '#', '$']) => {
            found.add(
                "a query in the address",
                route.span,
                Some("write the address without what stands behind `?`"),
            );
        }
        RouteTarget::Redirect { .. } | RouteTarget::Port(..) => {}
    }
}

/// K8S022: sites of one Gateway whose certificates come from different places: cert-manager reads one issuer for all of its
/// listeners (cert-manager/website:content/docs/usage/gateway.md). gRPC and HTTP of one name, of which a gateway takes one
/// (kubernetes-sigs/gateway-api:apis/v1/grpcroute_types.go, "cross serving"). More listeners than a Gateway has.
pub(super) fn one_gateway(platform: &Platform, sink: &mut Sink) {
    let sites: Vec<(&Site, &ClusterGateway)> =
        served(platform).filter(|(_, gateway)| gateway.kind == GatewayKind::Gateway).collect();
    let Some((_, gateway)) = sites.first() else { return };
    let mut with_tls = sites.iter().filter_map(|(site, _)| Some((*site, site.tls.as_ref()?)));
    if let Some((first, of_first)) = with_tls.next() {
        // An issuer of the cluster issues what any authority would.
        let by = |site: &Site, name: &str| match (&gateway.issuer, site.asked_issuer()) {
            (Some(issuer), Some(_)) => issuer.clone(),
            _ => name.to_owned(),
        };
        let wanted = by(first, &of_first.issuer.name);
        for (site, tls) in with_tls.filter(|(site, tls)| by(site, &tls.issuer.name) != wanted) {
            sink.report(
                Diagnostic::new(
                    codes::K8S022,
                    format!("`{}` and `{}` have certificates of two issuers", first.name, site.name),
                )
                .at(tls.span, "cert-manager asks one for all of a Gateway")
                .at(of_first.span, "another one")
                .help("let all have the same issuer in this environment; an Ingress has one for each site"),
            );
        }
    }
    for (site, _) in &sites {
        let mut routes = site.routes.iter().filter(|route| route.goes_on());
        let Some(first) = routes.next() else { continue };
        let grpc = platform.speaks_grpc(first);
        let other = site.routes.iter().find(|route| platform.speaks_grpc(route) != grpc);
        if let Some(other) = other {
            sink.report(
                Diagnostic::new(codes::K8S022, format!("`{}` has routes to gRPC and others", site.name))
                    .at(other.span, "a Gateway takes one of the two for a host name")
                    .at(first.span, "leads elsewhere")
                    .help("give gRPC a host name of its own"),
            );
        }
    }
    let listeners = sites.iter().filter(|(site, _)| site.tls.is_some()).map(|(site, _)| site.names().count());
    let count: usize = listeners.sum();
    if count > LISTENERS {
        sink.report(
            Diagnostic::new(codes::K8S022, format!("{count} host names with TLS do not fit a Gateway"))
                .at(gateway.span, format!("has {LISTENERS} at most, one listener for each"))
                .help("let a proxy of the platform serve some of them"),
        );
    }
}

/// The listeners of a Gateway beside the one for HTTP (kubernetes-sigs/gateway-api:apis/v1/gateway_types.go, `Listeners`).
const LISTENERS: usize = 63;

/// K8S023: a name with `*` beside one that it holds: a browser goes on with the connection that it has for another name of the
/// certificate, and the gateway finds no route there (kgateway-dev/kgateway#13862, nginx/nginx-gateway-fabric#4838).
pub(super) fn overlap(platform: &Platform, sink: &mut Sink) {
    let mut wide: HashMap<String, (&Site, String)> = HashMap::default();
    let sites = || served(platform).filter(|(site, _)| site.tls.is_some());
    for (site, _) in sites() {
        for name in site.names() {
            if let Some(rest) = name.strip_prefix("*.") {
                wide.entry(rest.to_ascii_lowercase()).or_insert((site, name.to_owned()));
            }
        }
    }
    for (site, _) in sites() {
        for name in site.names().filter(|name| !name.starts_with('*')) {
            let Some((_, rest)) = name.split_once('.') else { continue };
            let Some((other, wildcard)) = wide.get(&rest.to_ascii_lowercase()) else { continue };
            sink.report(
                Diagnostic::new(
                    codes::K8S023,
                    format!("browsers ask for `{name}` where `{wildcard}` is served"),
                )
                .at(site.domain_span, "a browser goes on with a connection whose certificate holds the name")
                .at(other.domain_span, "holds it")
                .help("write the names that there are in place of `*`"),
            );
        }
    }
}

/// K8S001: names of sites that objects cannot have: with what the compiler adds, a name has at most 63 characters.
pub(super) fn names(platform: &Platform, sink: &mut Sink) {
    const ROOM: usize = 50;
    let by_secret = |site: &Site| {
        let proxy = site.served_by.map(|proxy| &platform[proxy]);
        proxy.is_some_and(|proxy| platform.operators_certificates(proxy).any(|it| it.span == site.span))
    };
    for site in platform.sites.iter().filter(|site| platform.gateway_of(site).is_some() || by_secret(site)) {
        let name = site.name.as_str();
        if name.len() <= ROOM {
            continue;
        }
        sink.report(
            Diagnostic::new(codes::K8S001, format!("`{name}` is too long for the name of an object"))
                .at(site.span, format!("{} characters, of which a cluster takes {ROOM} here", name.len()))
                .help("objects of its routes and certificates are called so"),
        );
    }
}

/// SITE014: a name with `*` and an authority that is answered over HTTP.
pub(super) fn proved(platform: &Platform, sink: &mut Sink) {
    for (site, gateway) in served(platform) {
        let Some(tls) =
            site.tls.as_ref().filter(|tls| tls.issuer.acme().is_some() && gateway.issuer.is_none())
        else {
            continue;
        };
        for name in site.names().filter(|name| name.starts_with("*.")) {
            sink.report(
                Diagnostic::new(
                    codes::SITE014,
                    format!("`{}` issues no certificate for `{name}`", tls.issuer.name),
                )
                .at(site.domain_span, "a name with `*` is proved by an entry in DNS, and these are by HTTP")
                .at(tls.span, "the issuer")
                .help(format!(
                    "make a ClusterIssuer that proves names by DNS, and name it: `{} {{ issuer = \"NAME\" }}`; or list the \
                     names as `aliases`",
                    gateway.kind.word()
                )),
            );
        }
    }
}
