//! What a request meets: which port, site and route it comes to, and what is answered.
//!
//! One pure function over the platform, [`Platform::meets`]. It follows nginx: the request line and its headers (400,
//! 405), the site of the name, the location of the path, the declared size (413), what is closed and `return` (404,
//! `respond`, `redirect`), the rate (429), the address (403), the login (401), and the service. The command
//! `infrac request` prints it, and a test plays it against the real nginx.

mod bounds;
pub mod closed;
mod entry;
mod forward;
mod host;
mod locate;
mod path;
mod seen;

use crate::formats;
use crate::platform::exposure::trimmed;
use crate::platform::{
    ACME, Forward, Limit, OutsideKind, Platform, Protocol, Role, Route, RoutePath, RouteTarget, ServiceId,
    Site,
};
use crate::schema::Bytes;

pub use bounds::{MAX_BODY, TIMEOUT, max_body, timeout};
use entry::Listener;
pub use entry::{Client, Entry};
use seen::Seen;

/// The path below which certificate authorities ask (RFC 8555, section 8.3).
pub const CHALLENGE: &str = "/.well-known/acme-challenge/";

/// Where load balancers ask whether a proxy is there, for no site.
const HEALTH: &[u8] = b"/healthz";

/// The path of a page of maintenance, which nobody asks for.
const PAGE: &[u8] = b"/.maintenance";

/// A request from outside.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Whether it comes over TLS.
    pub tls: bool,
    /// The host that the client connects to, which is the name in a TLS handshake.
    pub host: &'a str,
    /// The port of the host.
    pub port: u16,
    /// The method.
    pub method: &'a str,
    /// The path and the query, as they are sent.
    pub target: &'a str,
    /// Headers beside those that follow from the other fields. `Host` stands in place of the host's own.
    pub headers: &'a [(&'a str, &'a str)],
    /// Who asks.
    pub client: Client,
    /// The declared length of its body.
    pub size: Option<u64>,
    /// Whether it carries a user and a password that the proxy knows.
    pub login: bool,
    /// Whether its address has asked more often than limits allow.
    pub too_often: bool,
}

/// What a request meets.
#[derive(Debug, Clone)]
pub struct Meeting<'a> {
    /// The port that it comes in at; `None` where nothing is published there.
    pub entry: Option<Entry>,
    /// The site that answers to its name.
    pub site: Option<&'a Site>,
    /// The route of its path, an index into the site's routes.
    pub route: Option<usize>,
    /// Its path as it is compared; empty where it is none.
    pub path: String,
    /// What is answered.
    pub answer: Answer<'a>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<'a> {
    /// Nothing: the connection is refused or closed.
    Nothing(Silence),
    /// A status, by the proxy.
    Status(u16, Reason<'a>),
    /// Another address, by the proxy.
    Redirect(u16, String),
    /// A file of the proxy's container, or 404.
    File(String),
    /// What services answer, of which one is chosen.
    Onward(Onward<'a>),
}

/// Why nothing is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// No port of the host is published there.
    NoPort,
    /// The port is published to others.
    NotLetIn,
    /// No site of this name is served over TLS: the handshake is refused.
    Handshake,
    /// No site has this name: the connection is closed.
    NoSite,
    /// TLS is spoken where none is understood.
    NoTls,
    /// The source closes it: `respond { status = 444 }`.
    Closed,
}

/// Why a proxy answers with a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason<'a> {
    /// The request line or a header is none of HTTP.
    Malformed,
    /// No TLS is spoken where it is expected.
    PlainText,
    /// No proxy serves this method.
    Method,
    /// The body is declared larger than this.
    Size(Bytes),
    /// A route says so.
    Route,
    /// The path is another spelling of what is closed, or lies below it: as this path.
    Closed(String),
    /// No route is for the path.
    NoRoute,
    /// This is asked for more often than that.
    Limit(&'a Limit),
    /// The address is not among those that the route lets in.
    From,
    /// The route asks for a login.
    Login,
    /// The site is shut for a while.
    Maintenance,
    /// A load balancer asks whether the proxy is there.
    Health,
}

/// Where the proxy hands a request on to.
#[derive(Debug, Clone, PartialEq)]
pub struct Onward<'a> {
    /// The path that is asked for there, normalised.
    pub path: String,
    /// An address past the model.
    pub address: Option<String>,
    /// The ways through services, one for each port that shares the requests of the route.
    pub ways: Vec<Way<'a>>,
}

/// The way of a request through services.
#[derive(Debug, Clone, PartialEq)]
pub struct Way<'a> {
    /// What hands it on, in order; empty where the first service answers.
    pub via: Vec<Step<'a>>,
    /// The service that answers.
    pub service: ServiceId,
    /// The port that answers, an index into the service's ports.
    pub port: usize,
    /// The path that it is asked for there.
    pub path: String,
}

/// A service that hands a request on.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'a> {
    /// The service.
    pub service: ServiceId,
    /// The port where the request came in, an index into the service's ports.
    pub port: usize,
    /// The path that it came with.
    pub path: String,
    /// What says that it is handed on.
    pub forward: &'a Forward,
}

impl PartialEq for Forward {
    /// Whether it is the same one of the source.
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span
    }
}

impl Platform {
    /// What a request from outside meets.
    #[must_use]
    pub fn meets(&self, request: &Request<'_>) -> Meeting<'_> {
        let nothing = |entry, why| Meeting::early(entry, Answer::Nothing(why));
        let Some(entry) = entry::at(self, request.port) else {
            return match entry::on_host(self, request.port) {
                Some(listener) => self.meets_at(request, &listener),
                None => nothing(None, Silence::NoPort),
            };
        };
        let service = &self[entry.service];
        let port = &service.ports[entry.port];
        let let_in = port.publish.as_ref().is_some_and(|publish| request.client.is_of(self, publish.to));
        if !let_in {
            return nothing(Some(entry), Silence::NotLetIn);
        }
        let proxy = service.role == Some(Role::Proxy) && self.targets.contains(&&formats::NGINX);
        let tls = service.https().is_some_and(|https| std::ptr::eq(https, port));
        if proxy && (tls || service.http().is_some_and(|http| std::ptr::eq(http, port))) {
            return self.meets_at(request, &Listener::of(service, entry, tls));
        }
        match (request.tls, port.protocol) {
            (true, Protocol::Https) | (false, _) => {}
            (true, _) => return nothing(Some(entry), Silence::NoTls),
        }
        let Some(path) = path::normalised(request.target) else {
            return Meeting::early(Some(entry), Answer::Status(400, Reason::Malformed));
        };
        let path_there = lossy(&path);
        let ways = vec![forward::way(self, entry, &path)];
        let answer = Answer::Onward(Onward { path: path_there.clone(), address: None, ways });
        Meeting { path: path_there, ..Meeting::early(Some(entry), answer) }
    }

    /// What a request meets where nginx serves sites.
    fn meets_at(&self, request: &Request<'_>, listener: &Listener) -> Meeting<'_> {
        let tls = listener.tls;
        let early = |answer| Meeting::early(listener.entry, answer);
        let status = |status, reason| early(Answer::Status(status, reason));
        let sites: Vec<&Site> = self
            .sites
            .iter()
            .filter(|site| site.served_by == listener.entry.map(|entry| entry.service))
            .filter(|site| !tls || site.tls.is_some())
            .collect();
        // The name of the handshake decides whether there is one; addresses are no names (RFC 6066, section 3).
        let shaken = host::named(request.host).and_then(|name| host::site_of(&sites, &name));
        match (request.tls, tls) {
            (true, false) => return early(Answer::Nothing(Silence::NoTls)),
            (true, true) if shaken.is_none() => return early(Answer::Nothing(Silence::Handshake)),
            _ => {}
        }
        let Some(path) = path::normalised(request.target).filter(|_| request.is_well_formed()) else {
            return status(400, Reason::Malformed);
        };
        let Some(name) = request.host_header().and_then(host::named) else {
            return status(400, Reason::Malformed);
        };
        // A name that no site has comes to the server that refuses, also behind the handshake of another name.
        let site = host::site_of(&sites, &name);
        let found = Meeting { site, path: lossy(&path), ..early(Answer::Nothing(Silence::NoSite)) };
        if matches!(request.method, "TRACE" | "CONNECT") {
            return Meeting { answer: Answer::Status(405, Reason::Method), ..found };
        }
        if tls && !request.tls {
            return Meeting { answer: Answer::Status(400, Reason::PlainText), ..found };
        }
        let Some(site) = site else {
            // On the host, the server that takes other names belongs to somebody else.
            let Some(_) = listener.entry else { return found };
            return Meeting { answer: unnamed(self, request, &sites, tls, &path), ..found };
        };
        let (route, answer) = self.meets_site(request, site, listener, (&name, &path));
        Meeting { route, answer, ..found }
    }

    /// What a request meets at a site: the route of its path, and what is answered.
    fn meets_site<'a>(
        &'a self,
        request: &Request<'_>,
        site: &'a Site,
        listener: &Listener,
        (name, path): (&str, &[u8]),
    ) -> (Option<usize>, Answer<'a>) {
        let tls = listener.tls;
        let https = listener.https.filter(|_| site.tls.is_some());
        let balanced = !site.trusted.is_empty();
        // Load balancers say what the client spoke, so requests over HTTP are answered where they stand in front.
        let sends_on = https.is_some() && !tls && !balanced;
        let shut = site.maintenance.as_ref();
        let route = locate::route(site, path).filter(|_| !sends_on && shut.is_none());
        let challenge = (!tls || balanced) && path.starts_with(CHALLENGE.as_bytes());
        let of_route = route.map(|at| &site.routes[at]).filter(|_| !challenge);
        let most = of_route.map_or(MAX_BODY, |route| max_body(self, route));
        if let Some(answer) = request.too_large(most) {
            return (route, answer);
        }
        if challenge {
            // What is not there is looked for before the method is.
            return (None, Answer::File(format!("{ACME}{}", lossy(path))));
        }
        if sends_on {
            let port = https.filter(|port| *port != 443).map(|port| format!(":{port}")).unwrap_or_default();
            return (None, Answer::Redirect(301, format!("https://{name}{port}{}", request.target)));
        }
        let seen = Seen::through(self, request, site);
        if let Some(closed) = route.and_then(|at| self.closed_at(site, at, path)) {
            return (route, Answer::Status(404, Reason::Closed(closed)));
        }
        if https.is_some() && balanced && !seen.tls {
            return (route, Answer::Redirect(301, format!("https://{name}{}", request.target)));
        }
        let answer = match (shut, route) {
            (Some(shut), _) if shut.page.is_some() && path == PAGE => Answer::Status(404, Reason::NoRoute),
            (Some(_), _) => Answer::Status(503, Reason::Maintenance),
            (None, None) => Answer::Status(404, Reason::NoRoute),
            (None, Some(at)) => self.answered(&Request { client: seen.client, ..*request }, site, at, path),
        };
        (route, answer)
    }

    /// The route that a path comes to, an index into the routes of a site, and whether it is closed there.
    #[must_use]
    pub fn comes_to(&self, site: &Site, path: &str) -> Option<(usize, bool)> {
        let at = locate::route(site, path.as_bytes())?;
        Some((at, self.closed_at(site, at, path.as_bytes()).is_some()))
    }

    /// What is closed in the location of a route, of which a path is a spelling.
    fn closed_at(&self, site: &Site, at: usize, path: &[u8]) -> Option<String> {
        let route = &site.routes[at];
        let restricted = route.from.is_some_and(|from| self[from].kind != OutsideKind::Internet);
        let guarded = restricted || route.login.is_some() || limits(site, route).next().is_some();
        let closing = match route.to {
            RouteTarget::Deny => false,
            // A location of an answer that nothing is asked for has none within it.
            RouteTarget::Redirect { .. } | RouteTarget::Respond { .. } => guarded,
            RouteTarget::Port(..) | RouteTarget::Address(_) | RouteTarget::Files { .. } => true,
        };
        let prefix = locate::location_below(&route.path, path).filter(|_| closing)?;
        let closings = closed::of(self, site);
        let closed = closings.within(at, &prefix).find(|closed| closed.is_spelt(path));
        closed.map(|closed| closed.path().to_owned())
    }

    /// What a route answers, whose size is let through.
    fn answered<'a>(&'a self, request: &Request<'_>, site: &'a Site, at: usize, path: &[u8]) -> Answer<'a> {
        let route = &site.routes[at];
        if let RouteTarget::Deny = route.to {
            return Answer::Status(404, Reason::Route);
        }
        let limit = limits(site, route).next();
        if let Some(limit) = limit.filter(|_| request.too_often) {
            return Answer::Status(429, Reason::Limit(limit));
        }
        if route.from.is_some_and(|from| !request.client.passes(self, from)) {
            return Answer::Status(403, Reason::From);
        }
        if route.login.is_some() && !request.login {
            return Answer::Status(401, Reason::Login);
        }
        self.goes(request, route, path)
    }

    /// Where a route sends a request that it lets in.
    fn goes<'a>(&'a self, request: &Request<'_>, route: &'a Route, path: &[u8]) -> Answer<'a> {
        match &route.to {
            RouteTarget::Port(..) | RouteTarget::Address(_) => self.goes_on(route, path),
            RouteTarget::Files { root, .. } => {
                let file = format!("{root}{}", lossy(path));
                // The index of a folder that is a path by itself is looked for before the method is.
                match &route.path {
                    RoutePath::Exact(folder) if folder.ends_with('/') => Answer::File(file),
                    _ => request.file(file),
                }
            }
            RouteTarget::Deny => Answer::Status(404, Reason::Route),
            RouteTarget::Redirect { to, permanent } => {
                Answer::Redirect(if *permanent { 301 } else { 302 }, to.clone())
            }
            RouteTarget::Respond { status: 444, .. } => Answer::Nothing(Silence::Closed),
            RouteTarget::Respond { status, .. } => Answer::Status(*status, Reason::Route),
        }
    }
}

impl Platform {
    /// Where a route hands a request on to.
    fn goes_on<'a>(&'a self, route: &'a Route, path: &[u8]) -> Answer<'a> {
        let rest = match &route.path {
            _ if !route.strip => path,
            RoutePath::Exact(_) => b"/",
            RoutePath::Prefix(prefix) => match path.get(trimmed(prefix).len()..) {
                None | Some(b"") => b"/",
                Some(rest) => rest,
            },
        };
        let address = match &route.to {
            RouteTarget::Address(value) => value.as_literal().map(str::to_owned),
            _ => None,
        };
        let ways = route.ports().map(|(service, port, _)| forward::way(self, Entry { service, port }, rest));
        Answer::Onward(Onward { path: lossy(rest), address, ways: ways.collect() })
    }
}

/// The limits of a route that nginx can count.
fn limits<'a>(site: &'a Site, route: &'a Route) -> impl Iterator<Item = &'a Limit> {
    [&route.limit, &site.limit].into_iter().flatten().filter(|limit| limit.rate().is_some())
}

/// What a request for no site meets, in the server that refuses.
fn unnamed<'a>(
    platform: &Platform,
    request: &Request<'_>,
    sites: &[&Site],
    tls: bool,
    path: &[u8],
) -> Answer<'a> {
    if let Some(answer) = request.too_large(MAX_BODY) {
        return answer;
    }
    if !tls && path.starts_with(CHALLENGE.as_bytes()) {
        return Answer::File(format!("{ACME}{}", lossy(path)));
    }
    let mut trusted = sites.iter().flat_map(|site| &site.trusted).peekable();
    if !tls && path == HEALTH && trusted.peek().is_some() {
        let passes = trusted.any(|(balancer, _)| request.client.passes(platform, *balancer));
        return if passes { Answer::Status(200, Reason::Health) } else { Answer::Status(403, Reason::From) };
    }
    Answer::Nothing(Silence::NoSite)
}

impl<'a> Meeting<'a> {
    /// What ends before a site is known.
    fn early(entry: Option<Entry>, answer: Answer<'a>) -> Self {
        Self { entry, site: None, route: None, path: String::new(), answer }
    }

    /// Its route.
    #[must_use]
    pub fn routed(&self) -> Option<&'a Route> {
        self.site?.routes.get(self.route?)
    }
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn host_header(&self) -> Option<&str> {
        self.header("host").or(Some(self.host))
    }

    /// The length that it declares; a body that comes in pieces declares none.
    fn length(&self) -> Option<u64> {
        self.size.or_else(|| self.header("content-length").and_then(|length| length.parse().ok()))
    }

    /// Whether its method is one, and its body has one length (nginx/nginx:src/http/ngx_http_request.c,
    /// `ngx_http_process_request_header`).
    fn is_well_formed(&self) -> bool {
        let method = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-';
        let declared = self.header("content-length");
        let in_pieces = self.header("transfer-encoding").is_some();
        !self.method.is_empty()
            && self.method.bytes().all(method)
            && declared.is_none_or(|length| length.parse::<u64>().is_ok())
            && !(in_pieces && self.length().is_some())
    }

    /// What is answered where it declares more than is taken; 0 is any size.
    fn too_large<'a>(&self, most: Bytes) -> Option<Answer<'a>> {
        let larger = most.0 > 0 && self.length().is_some_and(|length| length > most.0);
        larger.then_some(Answer::Status(413, Reason::Size(most)))
    }

    /// A file, which is sent and not written (nginx/nginx:src/http/modules/ngx_http_static_module.c).
    fn file(&self, path: String) -> Answer<'static> {
        match self.method {
            "GET" | "HEAD" | "POST" => Answer::File(path),
            _ => Answer::Status(405, Reason::Method),
        }
    }
}

fn lossy(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
