//! Routes as locations: exact before prefix, the longest prefix wins, and a prefix ends at a path part.

use serde::Serialize;

use super::dialect::{size, time};
use super::proxy::{Shared, zone};
use super::quote::{Reading, word};
use crate::platform::exposure::trimmed;
use crate::platform::{Maintenance, OutsideKind, Platform, Route, RoutePath, RouteTarget, Site};
use crate::request::closed::{self, Closings, literal};
use crate::request::{MAX_BODY, max_body, timeout};

/// A location.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Location {
    /// What it is for: `= /api`, `/api/`.
    matches: String,
    /// Whether only another location leads here.
    inner: bool,
    /// The spellings within it that are closed, each as a location has it.
    closed: Vec<String>,
    /// Rates that hold, each as the arguments of `limit_req`.
    limits: Vec<String>,
    /// Addresses that may come in.
    allow: Vec<String>,
    /// Whether only these may.
    restricted: bool,
    login: Option<Login>,
    /// Where a request goes.
    proxy: Option<Proxy>,
    files: Option<Files>,
    /// An answer, as the arguments of `return`.
    answer: Option<String>,
    /// Whether that is a text.
    text: bool,
    /// The location with that answer, where something is asked of a client before: `return` comes before addresses,
    /// logins and rates are looked at.
    guarded: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Login {
    realm: String,
    file: String,
}

#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the template asks for each by itself")]
struct Proxy {
    /// The module that hands requests on: `proxy`, `grpc`.
    module: &'static str,
    /// The address, as `proxy_pass` has it.
    pass: String,
    /// The arguments of the `rewrite` that takes off the path, where the address cannot say it.
    rewrite: Option<String>,
    /// What is taken off the path, and comes back in front of a service's redirects.
    stripped: Option<String>,
    websocket: bool,
    max_body: Option<String>,
    /// Whether bodies go on as they come.
    unbuffered: bool,
    /// Whether the body of a request goes on as it comes, because it is larger than what is there to keep it.
    streamed: bool,
    timeout: Option<String>,
    cache: Option<String>,
    /// Whether answers must go on as the service signs them.
    signed: bool,
    /// The host of a service that is asked over TLS.
    tls: Option<String>,
    hides_login: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Files {
    root: String,
    index: Option<String>,
    /// The file of a folder that is an exact path: its index would be looked for in the locations of other paths.
    only: Option<String>,
    expires: Option<String>,
}

/// The default index of a folder (nginx.org: ngx_http_index_module).
const INDEX: &str = "index.html";

impl Location {
    /// The only location of a site that is shut.
    pub(super) fn shut(maintenance: &Maintenance) -> Self {
        let body = maintenance.body.as_ref().map(|body| format!(" {}", word(body, Reading::Variables)));
        let answer = Some(format!("503{}", body.as_deref().unwrap_or("")));
        Self { matches: "/".to_owned(), text: body.is_some(), answer, ..Self::default() }
    }
}

/// The locations of a site, in the order of its routes.
pub(super) fn locations(platform: &Platform, site: &Site, id: &str, shared: &Shared<'_>) -> Vec<Location> {
    let closed = closed::of(platform, site);
    let mut locations = Vec::with_capacity(site.routes.len() * 2);
    for (at, route) in site.routes.iter().enumerate() {
        let mut location = of_route(platform, site, route, (id, at), shared);
        let path = trimmed(route.path.path());
        match &route.path {
            RoutePath::Exact(path) => {
                location.matches = format!("= {}", word(path, Reading::Plain));
                let leads_on = location.proxy.is_some();
                locations.push(location);
                if leads_on {
                    locations.extend(without_slash(platform, site, path, id, shared));
                    continue;
                }
            }
            RoutePath::Prefix(_) if path.is_empty() => {
                locations.push(prefix("/", location, (at, &closed)));
            }
            // Without the first of the two, nginx sends `/api` to `/api/`, and a POST becomes a GET.
            RoutePath::Prefix(_) => {
                let mut same = location.clone();
                if let Some(proxy) = same.proxy.as_mut().filter(|proxy| proxy.rewrite.is_some()) {
                    proxy.rewrite = Some("^ /".to_owned());
                }
                locations.push(Location { matches: format!("= {}", word(path, Reading::Plain)), ..same });
                locations.push(prefix(&format!("{path}/"), location, (at, &closed)));
            }
        }
        if let Some(location) = locations.last().filter(|location| location.guarded.is_some()) {
            let name = location.guarded.clone().unwrap_or_default();
            let (answer, text) = (location.answer.clone(), location.text);
            locations.push(Location { matches: name, inner: true, answer, text, ..Location::default() });
        }
    }
    if !site
        .routes
        .iter()
        .any(|route| matches!(&route.path, RoutePath::Prefix(path) if trimmed(path).is_empty()))
    {
        let nothing = Location { answer: Some("404".to_owned()), ..Location::default() };
        locations.push(Location { matches: "/".to_owned(), ..nothing });
    }
    locations
}

/// nginx sends `/api` to `/api/` where an exact location of that path leads to a service, unless `/api` has a location as
/// well: a POST becomes a GET. It gets that of the route that it comes to.
fn without_slash(
    platform: &Platform,
    site: &Site,
    path: &str,
    id: &str,
    shared: &Shared<'_>,
) -> Option<Location> {
    let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty())?;
    let own = |route: &Route| match &route.path {
        RoutePath::Exact(other) => other == bare,
        RoutePath::Prefix(other) => trimmed(other) == bare,
    };
    if site.routes.iter().any(own) {
        return None;
    }
    let location = match platform.comes_to(site, bare) {
        Some((at, false)) => of_route(platform, site, &site.routes[at], (id, at), shared),
        Some((_, true)) | None => Location { answer: Some("404".to_owned()), ..Location::default() },
    };
    let mut location = location;
    if let (Some((at, _)), Some(proxy)) = (platform.comes_to(site, bare), location.proxy.as_mut())
        && site.routes[at].strip
    {
        // An address with a path would be all that the service is asked for, because the location is one path.
        proxy.rewrite = Some(off(&site.routes[at]));
        proxy.pass = proxy.pass.trim_end_matches('/').to_owned();
    }
    Some(Location { matches: format!("= {}", word(bare, Reading::Plain)), ..location })
}

/// The arguments of the `rewrite` that takes off the path of a route.
fn off(route: &Route) -> String {
    match &route.path {
        RoutePath::Exact(_) => "^ /".to_owned(),
        RoutePath::Prefix(path) => {
            let pattern = format!(r"(?s)^{}(?<stripped>/.*)\z", literal(trimmed(path)));
            format!("{} $stripped", word(&pattern, Reading::Plain))
        }
    }
}

/// A location for a prefix, with the spellings in it that are closed. What refuses everything needs none.
fn prefix(path: &str, location: Location, (route, closed): (usize, &Closings)) -> Location {
    let answers = location.proxy.is_some() || location.files.is_some() || location.guarded.is_some();
    let concerned = closed.within(route, path).filter(|_| answers);
    let mut patterns: Vec<String> = Vec::new();
    for closed in concerned {
        let pattern = word(&closed.pattern(), Reading::Plain);
        let pattern = format!("{} {pattern}", if closed.ignores_case() { "~*" } else { "~" });
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    let closed = patterns;
    Location { matches: word(path, Reading::Plain), closed, ..location }
}

fn of_route(
    platform: &Platform,
    site: &Site,
    route: &Route,
    (id, at): (&str, usize),
    shared: &Shared<'_>,
) -> Location {
    let mut location = Location::default();
    if !matches!(route.to, RouteTarget::Deny) {
        let own = route.limit.as_ref().and_then(|limit| zone(id, Some(at), limit));
        let of_site = site.limit.as_ref().and_then(|limit| zone(id, None, limit));
        location.limits = own.into_iter().chain(of_site).map(|zone| zone.used()).collect();
        if let Some(outside) = route.from.map(|from| &platform[from]) {
            location.restricted = outside.kind != OutsideKind::Internet;
            location.allow.clone_from(&outside.ranges);
            if outside.kind == OutsideKind::Localhost {
                location.allow = vec!["127.0.0.1".to_owned(), "::1".to_owned()];
            }
        }
        location.login = route.login.map(|login| Login {
            realm: word(id, Reading::Variables),
            file: word(&shared.side().secret(&platform[login]), Reading::Variables),
        });
    }
    match &route.to {
        RouteTarget::Port(..) | RouteTarget::Address(_) => {
            location.proxy = proxy(platform, route, shared);
        }
        RouteTarget::Files { root, index } => {
            let folder = match &route.path {
                RoutePath::Exact(path) => Some(path).filter(|path| path.ends_with('/')),
                RoutePath::Prefix(_) => None,
            };
            let named = index.as_deref().unwrap_or(INDEX);
            location.files = Some(Files {
                root: word(root, Reading::Variables),
                index: index
                    .as_ref()
                    .filter(|_| folder.is_none())
                    .map(|index| word(index, Reading::Variables)),
                only: folder.map(|folder| word(&format!("{folder}{named}"), Reading::Variables)),
                expires: route.cache.map(time),
            });
        }
        RouteTarget::Deny => location.answer = Some("404".to_owned()),
        RouteTarget::Redirect { to, permanent } => {
            let status = if *permanent { 301 } else { 302 };
            location.answer = Some(format!("{status} {}", word(to, Reading::Variables)));
        }
        RouteTarget::Respond { status, body } => {
            location.text = body.is_some();
            let body = body.as_ref().map(|body| format!(" {}", word(body, Reading::Variables)));
            location.answer = Some(format!("{status}{}", body.as_deref().unwrap_or("")));
        }
    }
    let asks = location.restricted || location.login.is_some() || !location.limits.is_empty();
    if location.answer.is_some() && asks {
        location.guarded = Some(format!("@answer_{}", at + 1));
    }
    location
}

fn proxy(platform: &Platform, route: &Route, shared: &Shared<'_>) -> Option<Proxy> {
    let upstream = shared.upstream_of(platform, route)?;
    let grpc = upstream.scheme == "grpc";
    let path = trimmed(route.path.path());
    let strips = route.strip && !path.is_empty();
    // Behind a variable, a path would be all that the service is asked for.
    let in_address = strips && shared.resolves_upstreams();
    let most = max_body(platform, route);
    Some(Proxy {
        module: if grpc { "grpc" } else { "proxy" },
        pass: format!(
            "{}://{}{}{}",
            upstream.scheme,
            shared.upstream_mark(),
            upstream.name,
            if in_address { "/" } else { "" }
        ),
        rewrite: (strips && !in_address).then(|| off(route)),
        stripped: (strips && matches!(route.path, RoutePath::Prefix(_)))
            .then(|| word(&format!("{path}/"), Reading::Variables)),
        websocket: route.websocket,
        max_body: Some(most).filter(|most| *most != MAX_BODY).map(size),
        unbuffered: !route.buffer,
        // A body without a bound, which is 0, is larger than any.
        streamed: !grpc && route.buffer && most.0.wrapping_sub(1) >= shared.scratch_size() / 2,
        signed: platform.leads_to_signed(route),
        timeout: timeout(platform, route).map(time),
        cache: route.cache.map(time),
        tls: (upstream.scheme == "https").then(|| word(&upstream.host, Reading::Variables)),
        hides_login: route.login.is_some(),
    })
}
