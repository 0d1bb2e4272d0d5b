//! What all sites of a proxy share: `nginx.conf`.

use serde::Serialize;

use super::dialect::{Dialect, size, time};
use super::name::{id, identifier};
use super::trusted::Trusted;
use super::upstream::{Side, Upstream, Upstreams};
use crate::platform::{Limit, Platform, Port, Route, RouteTarget, Runtime, Service, Site, TEMPORARY};
use crate::request::{MAX_BODY, TIMEOUT};
use crate::schema::Bytes;

/// What all sites of a proxy share.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks for each by its name")]
pub(super) struct Shared<'a> {
    /// What names begin with that other platforms of the host must not have.
    prefix: String,
    header: String,
    workers: u64,
    /// How long old processes may go on behind a reload, in seconds.
    shutdown: u64,
    scratch: String,
    /// What bounds a request where its route says nothing.
    max_body: String,
    timeout: String,
    /// What a service learns of the name that the client asked for.
    host: &'static str,
    /// The load balancers in front of sites.
    trusted: Option<Trusted>,
    /// The addresses that speak the PROXY protocol with it.
    proxy_protocol: Vec<String>,
    /// The variable with the scheme that the client asked by.
    scheme: String,
    /// Whether clients come in over IPv6.
    ipv6: bool,
    http: u16,
    https: Option<u16>,
    /// Published ports that are not the scheme's own.
    public_http: Option<u16>,
    public_https: Option<u16>,
    rejects_handshakes: bool,
    http2_directive: bool,
    resolves_upstreams: bool,
    /// Whether names are looked up again while nginx runs. The address of a Service of Kubernetes stays, and nginx' own resolver
    /// would not find its short name: it knows no list of domains to search.
    follows_names: bool,
    /// How many certificates are kept in memory; `None` where the version keeps none.
    certificates: Option<usize>,
    names_bucket: usize,
    /// The size of a bucket for the names of sites among other words.
    map_bucket: usize,
    names_max: usize,
    headers_bucket: usize,
    zones: Vec<Zone>,
    upstreams: Vec<Upstream>,
    /// Whether routes lead to gRPC, or over TLS.
    grpc: bool,
    https_upstreams: bool,
    /// The largest size of the cache; `None` where no route has one.
    cache: Option<String>,
    #[serde(skip)]
    by_target: Upstreams,
    #[serde(skip)]
    side: Side<'a>,
    #[serde(skip)]
    dialect: Dialect,
    #[serde(skip)]
    scratch_size: Bytes,
}

/// What services learn of a request, as a module of nginx writes it.
#[derive(Debug, Serialize)]
pub(super) struct Request<'a> {
    header: &'a str,
    host: &'static str,
    /// The variable with the scheme that the client asked by.
    scheme: &'a str,
    module: &'static str,
}

/// A zone of a limit.
#[derive(Debug, Serialize)]
pub(super) struct Zone {
    name: String,
    rate: String,
    #[serde(skip)]
    burst: u64,
}

impl Zone {
    /// The arguments of `limit_req`. What goes beyond the rate and not beyond the burst is served at once.
    pub(super) fn used(&self) -> String {
        match self.burst {
            0 => format!("zone={}", self.name),
            burst => format!("zone={} burst={burst} nodelay", self.name),
        }
    }
}

/// The zone of a limit of a site, or of a route of it. Its rate is a part of its name: nginx refuses to load a zone that
/// changed under its name, and says nothing of it to who asks for the reload (nginx/nginx#860).
pub(super) fn zone(id: &str, route: Option<usize>, limit: &Limit) -> Option<Zone> {
    let rate = limit.rate()?.to_string();
    let route = route.map(|at| format!("_{}", at + 1)).unwrap_or_default();
    // What the source allows within the time may come at once: nginx alone would take one, and the next when a part of
    // the time is over.
    let burst = limit.burst.unwrap_or_else(|| limit.rate.saturating_sub(1));
    Some(Zone { name: format!("{id}{route}_{}", identifier(&rate)), rate, burst })
}

pub(super) fn shared<'a>(platform: &Platform, side: Side<'a>, sites: &[&Site], header: &str) -> Shared<'a> {
    let service = match side {
        Side::Proxy(service) => Some(service),
        Side::Host(_) => None,
    };
    let version = service.map_or_else(|| platform.nginx_of_host(), |proxy| platform.nginx_version(proxy));
    let dialect = Dialect::of(version);
    let by_target = Upstreams::of(platform, side, sites);
    let follows_names = platform.runtime == Runtime::Compose;
    let (scratch, scratch_size) = service.map_or((OWN.to_owned(), Bytes(ELSEWHERE)), scratch);
    let names = sites
        .iter()
        .flat_map(|site| site.domain.as_literal().into_iter().chain(site.aliases.iter().map(String::as_str)));
    let count = names.clone().count();
    let headers = sites.iter().flat_map(|site| site.headers.iter().map(|(name, _)| name.len()));
    let public = |port: Option<&Port>, usual: u16| {
        port.and_then(|port| port.publish.as_ref())
            .map(|publish| publish.host_port)
            .filter(|port| *port != usual)
    };
    let (http, https) = (service.and_then(Service::http), service.and_then(Service::https));
    let (public_http, public_https) = (public(http, 80), public(https, 443));
    let caches = sites.iter().flat_map(|site| &site.routes).any(|route| {
        route.cache.is_some() && matches!(route.to, RouteTarget::Port(..) | RouteTarget::Address(_))
    });
    let trusted = Trusted::of(platform, sites);
    Shared {
        header: header.to_owned(),
        scheme: if trusted.is_some() {
            format!("${}client_scheme", side.prefix())
        } else {
            "$scheme".to_owned()
        },
        trusted,
        proxy_protocol: service.map(|_| platform.proxy_protocol().to_vec()).unwrap_or_default(),
        ipv6: match service {
            Some(service) => platform.has_ipv6(service),
            None => platform.settings.nginx.ipv6.is_some_and(|said| said.value),
        },
        workers: service.map_or(1, workers),
        shutdown: service.map_or(0, shutdown),
        max_body: size(MAX_BODY),
        timeout: time(TIMEOUT),
        host: if public_http.or(public_https).is_some() { "$public_host" } else { "$host" },
        http: http.map_or(80, |port| port.number),
        // Debian's own is asked at the ports of the schemes.
        https: https.map(|port| port.number).or_else(|| service.is_none().then_some(443)),
        public_http,
        public_https,
        rejects_handshakes: dialect.rejects_handshakes,
        http2_directive: dialect.http2_directive,
        resolves_upstreams: dialect.resolves_upstreams || service.is_none() || !follows_names,
        follows_names,
        certificates: dialect
            .caches_certificates
            .then(|| sites.iter().filter(|site| site.tls.is_some()).count() + 1),
        map_bucket: bucket(names.clone().map(str::len).max().unwrap_or(0) + 1).max(128),
        names_bucket: bucket(names.map(str::len).max().unwrap_or(0)),
        names_max: (count * 2).next_power_of_two().max(512),
        headers_bucket: bucket(headers.max().unwrap_or(0)),
        zones: zones(side, sites),
        side,
        prefix: side.prefix().to_owned(),
        upstreams: by_target.all(),
        grpc: by_target.speak("grpc"),
        https_upstreams: by_target.speak("https"),
        cache: caches.then(|| size(Bytes((scratch_size.0 / 4) >> 20 << 20).max(Bytes(1 << 20)))),
        scratch,
        by_target,
        dialect,
        scratch_size,
    }
}

impl Shared<'_> {
    pub(super) fn upstream_of(&self, platform: &Platform, route: &Route) -> Option<&Upstream> {
        self.by_target.find(platform, self.side, route)
    }

    /// What services learn of a request by a module: `proxy`, `grpc`.
    pub(super) fn request(&self, module: &'static str) -> Request<'_> {
        Request { header: &self.header, host: self.host, scheme: &self.scheme, module }
    }

    /// Whether load balancers speak the PROXY protocol with it.
    pub(super) fn speaks_proxy_protocol(&self) -> bool {
        !self.proxy_protocol.is_empty()
    }

    /// Whether clients come in over IPv6.
    pub(super) fn ipv6(&self) -> bool {
        self.ipv6
    }

    /// Whether a route leads to gRPC.
    pub(super) fn speaks_grpc(&self) -> bool {
        self.grpc
    }

    /// Whether an upstream is found again by its own name, and not by a variable's value.
    pub(super) fn resolves_upstreams(&self) -> bool {
        self.resolves_upstreams
    }

    /// What stands before an upstream's name: before 1.27.3 it is a variable, which is what makes nginx resolve it again.
    pub(super) fn upstream_mark(&self) -> &'static str {
        if self.resolves_upstreams { "" } else { "$to_" }
    }

    pub(super) fn scratch_size(&self) -> u64 {
        self.scratch_size.0
    }

    /// The ports that it listens on.
    pub(super) fn ports(&self) -> (u16, Option<u16>) {
        (self.http, self.https)
    }

    /// The folder of what sites include, below that of nginx: `snippets/shop/`.
    pub(super) fn includes(&self) -> String {
        match self.side {
            Side::Proxy(_) => String::new(),
            Side::Host(prefix) => format!("snippets/{}/", prefix.trim_end_matches('_')),
        }
    }

    /// Where it runs.
    pub(super) fn side(&self) -> Side<'_> {
        self.side
    }

    pub(super) fn public_https(&self) -> Option<u16> {
        self.public_https
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }
}

fn zones(side: Side<'_>, sites: &[&Site]) -> Vec<Zone> {
    let of_site = |(at, site): (usize, &&Site)| {
        let id = format!("{}{}", side.prefix(), id(site, at));
        let own = site.limit.as_ref().and_then(|limit| zone(&id, None, limit));
        let routes = site.routes.iter().enumerate();
        let of_routes = routes.filter_map(|(at, route)| zone(&id, Some(at), route.limit.as_ref()?));
        own.into_iter().chain(of_routes).collect::<Vec<_>>()
    };
    sites.iter().enumerate().flat_map(of_site).collect()
}

/// One process for each processor that the container may use: `auto` counts those of the host.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a limit of processors is small")]
fn workers(service: &Service) -> u64 {
    (service.resources.cpu.ceil() as u64).clamp(1, 64)
}

/// How long old processes may finish: the runtime ends them all when the time to stop is over, ten seconds where the
/// source says nothing (docker/docs: compose file, `stop_grace_period`).
fn shutdown(service: &Service) -> u64 {
    let grace =
        service.process.as_ref().and_then(|process| process.stop_grace).map_or(10, |grace| grace.0 / 1_000);
    grace.saturating_sub(5).max(1)
}

/// Where nginx keeps files of its own.
const OWN: &str = "/var/cache/nginx";

/// As much as there is.
const ELSEWHERE: u64 = 1 << 30;

/// Where temporary files go, and how much fits: `/tmp` and what the source has in memory; as much as there is elsewhere.
fn scratch(service: &Service) -> (String, Bytes) {
    let find = |path: &str| service.memory_paths.iter().find(|memory| memory.path == path);
    match find(OWN).or_else(|| find(TEMPORARY)) {
        Some(memory) => (memory.path.to_string(), memory.size),
        None => (TEMPORARY.to_owned(), Bytes(ELSEWHERE)),
    }
}

/// The size of a bucket that holds a name: a pointer, the length and the name, aligned, and a pointer behind the last;
/// at least a line of the processor's cache (nginx/nginx:src/core/ngx_hash.c, `NGX_HASH_ELT_SIZE`).
fn bucket(longest: usize) -> usize {
    (8 + (longest + 2).next_multiple_of(8) + 8).next_power_of_two().max(64)
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn long_names_have_room() {
        assert_eq!(bucket(20), 64);
        assert_eq!(bucket(47), 128);
        assert_eq!(bucket(253), 512);
    }
}
