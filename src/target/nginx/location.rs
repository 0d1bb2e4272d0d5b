//! Routes as locations: exact before prefix, the longest prefix wins, and a prefix ends at a path part.

use serde::Serialize;

use super::dialect::{size, time};
use super::proxy::{Shared, zone};
use super::quote::{Reading, word};
use crate::platform::exposure::trimmed;
use crate::platform::{OutsideKind, Platform, Route, RoutePath, RouteTarget, Site};
use crate::request::closed::{self, Closings};
use crate::request::{MAX_BODY, max_body, timeout};

/// A location.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Location {
    /// What it is for: `= /api`, `/api/`.
    matches: String,
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
    /// The address, as `proxy_pass` has it.
    pass: String,
    websocket: bool,
    max_body: Option<String>,
    /// Whether a body goes on as it comes in, because it is larger than what is there to keep it.
    streamed: bool,
    timeout: Option<String>,
    cache: Option<String>,
    /// Whether answers must go on as the service signs them.
    signed: bool,
    tls: bool,
    hides_login: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Files {
    root: String,
    index: Option<String>,
    expires: Option<String>,
}

/// The locations of a site, in the order of its routes.
pub(super) fn locations(platform: &Platform, site: &Site, id: &str, shared: &Shared) -> Vec<Location> {
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
                locations.push(Location {
                    matches: format!("= {}", word(path, Reading::Plain)),
                    ..location.clone()
                });
                locations.push(prefix(&format!("{path}/"), location, (at, &closed)));
            }
        }
        if let Some(location) = locations.last().filter(|location| location.guarded.is_some()) {
            let name = location.guarded.clone().unwrap_or_default();
            let (answer, text) = (location.answer.clone(), location.text);
            locations.push(Location { matches: name, answer, text, ..Location::default() });
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
    shared: &Shared,
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
    Some(Location { matches: format!("= {}", word(bare, Reading::Plain)), ..location })
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
    shared: &Shared,
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
            file: word(&platform[login].file_path(), Reading::Variables),
        });
    }
    match &route.to {
        RouteTarget::Port(..) | RouteTarget::Address(_) => {
            location.proxy = proxy(platform, route, shared);
        }
        RouteTarget::Files { root, index } => {
            location.files = Some(Files {
                root: word(root, Reading::Variables),
                index: index.as_ref().map(|index| word(index, Reading::Variables)),
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

fn proxy(platform: &Platform, route: &Route, shared: &Shared) -> Option<Proxy> {
    let upstream = shared.upstreams_of(platform, &route.to)?;
    Some(Proxy {
        pass: format!("{}://{}{}", upstream.scheme, shared.upstream_mark(), upstream.name),
        websocket: route.websocket,
        max_body: Some(max_body(platform, route)).filter(|most| *most != MAX_BODY).map(size),
        // A body without a bound, which is 0, is larger than any.
        streamed: max_body(platform, route).0.wrapping_sub(1) >= shared.scratch_size() / 2,
        signed: platform.leads_to_signed(route),
        timeout: timeout(route).map(time),
        cache: route.cache.map(time),
        tls: upstream.scheme == "https",
        hides_login: route.login.is_some(),
    })
}
