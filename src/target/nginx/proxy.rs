//! What all sites of a proxy share: `nginx.conf`.

use serde::Serialize;

use super::dialect::{Dialect, size, time, version_of};
use super::site::id;
use super::upstream::{Upstream, Upstreams, identifier};
use crate::platform::{Limit, Platform, Port, RouteTarget, Service, Site, TEMPORARY};
use crate::request::{MAX_BODY, TIMEOUT};
use crate::schema::Bytes;

/// What all sites of a proxy share.
#[derive(Debug, Serialize)]
pub(super) struct Shared {
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
    http: u16,
    https: Option<u16>,
    /// Published ports that are not the scheme's own.
    public_http: Option<u16>,
    public_https: Option<u16>,
    rejects_handshakes: bool,
    http2_directive: bool,
    resolves_upstreams: bool,
    /// How many certificates are kept in memory; `None` where the version keeps none.
    certificates: Option<usize>,
    names_bucket: usize,
    names_max: usize,
    headers_bucket: usize,
    zones: Vec<Zone>,
    upstreams: Vec<Upstream>,
    /// The largest size of the cache; `None` where no route has one.
    cache: Option<String>,
    #[serde(skip)]
    by_target: Upstreams,
    #[serde(skip)]
    dialect: Dialect,
    #[serde(skip)]
    scratch_size: Bytes,
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

pub(super) fn shared(platform: &Platform, service: &Service, sites: &[&Site], header: &str) -> Shared {
    let dialect = Dialect::of(version_of(platform, service));
    let by_target = Upstreams::of(platform, sites);
    let (scratch, scratch_size) = scratch(service);
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
    let (public_http, public_https) = (public(service.http(), 80), public(service.https(), 443));
    let caches = sites.iter().flat_map(|site| &site.routes).any(|route| {
        route.cache.is_some() && matches!(route.to, RouteTarget::Port(..) | RouteTarget::Address(_))
    });
    Shared {
        header: header.to_owned(),
        workers: workers(service),
        shutdown: shutdown(service),
        max_body: size(MAX_BODY),
        timeout: time(TIMEOUT),
        host: if public_http.or(public_https).is_some() { "$public_host" } else { "$host" },
        http: service.http().map_or(80, |port| port.number),
        https: service.https().map(|port| port.number),
        public_http,
        public_https,
        rejects_handshakes: dialect.rejects_handshakes,
        http2_directive: dialect.http2_directive,
        resolves_upstreams: dialect.resolves_upstreams,
        certificates: dialect
            .caches_certificates
            .then(|| sites.iter().filter(|site| site.tls.is_some()).count() + 1),
        names_bucket: bucket(names.map(str::len).max().unwrap_or(0)),
        names_max: (count * 2).next_power_of_two().max(512),
        headers_bucket: bucket(headers.max().unwrap_or(0)),
        zones: zones(sites),
        upstreams: by_target.all(),
        cache: caches.then(|| size(Bytes((scratch_size.0 / 4) >> 20 << 20).max(Bytes(1 << 20)))),
        scratch,
        by_target,
        dialect,
        scratch_size,
    }
}

impl Shared {
    pub(super) fn upstreams_of(&self, platform: &Platform, to: &RouteTarget) -> Option<&Upstream> {
        self.by_target.find(platform, to)
    }

    /// What stands before an upstream's name: before 1.27.3 it is a variable, which is what makes nginx resolve it again.
    pub(super) fn upstream_mark(&self) -> &'static str {
        if self.resolves_upstreams { "" } else { "$to_" }
    }

    pub(super) fn scratch_size(&self) -> u64 {
        self.scratch_size.0
    }

    pub(super) fn public_https(&self) -> Option<u16> {
        self.public_https
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }
}

fn zones(sites: &[&Site]) -> Vec<Zone> {
    let of_site = |(at, site): (usize, &&Site)| {
        let id = id(site, at);
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

/// Where temporary files go, and how much fits: `/tmp` and what the source has in memory; as much as there is elsewhere.
fn scratch(service: &Service) -> (String, Bytes) {
    const OWN: &str = "/var/cache/nginx";
    let find = |path: &str| service.memory_paths.iter().find(|memory| memory.path == path);
    match find(OWN).or_else(|| find(TEMPORARY)) {
        Some(memory) => (memory.path.to_string(), memory.size),
        None => (TEMPORARY.to_owned(), Bytes(1 << 30)),
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
