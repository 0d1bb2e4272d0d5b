//! Sites: public host names, with a proxy in front and routes behind them.

mod memory;

use std::sync::Arc;

use super::{
    InputId, Issuer, IssuerKind, OutsideId, OutsideKind, Platform, Port, Runtime, Service, ServiceId, Value,
    Version,
};
use crate::formats;
use crate::hash::HashSet;
use crate::model::{Access, Protocol, Role};
use crate::schema::{Bytes, Duration};
use crate::source::Span;

/// A public host name and what is served under it.
#[derive(Debug, Clone)]
pub struct Site {
    /// What references call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The host name.
    pub domain: Value,
    /// The place of the host name.
    pub domain_span: Span,
    /// How it is served over TLS; `None` where it is served without.
    pub tls: Option<Tls>,
    /// The proxy that serves it.
    pub served_by: Option<ServiceId>,
    /// The place where the source names that proxy.
    pub served_by_span: Option<Span>,
    /// The load balancers in front of it, each with the place that names it.
    pub trusted: Vec<(OutsideId, Span)>,
    /// Other host names for the same.
    pub aliases: Vec<String>,
    /// Its routes, in the order of the source.
    pub routes: Vec<Route>,
    /// Headers of every answer, in the order of the source.
    pub headers: Vec<(String, String)>,
    /// How often one address may ask for anything of the site.
    pub limit: Option<Limit>,
    /// What everybody is answered while it is shut; `None` where it is not.
    pub maintenance: Option<Maintenance>,
    /// The path that probes ask for; `None` where none asks.
    pub probe: Option<String>,
    /// The place of that path, where the source says it.
    pub probe_span: Option<Span>,
    /// The place of its name.
    pub span: Span,
}

impl Site {
    /// Its host names: its own, where it is constant, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.domain.as_literal().into_iter().chain(self.aliases.iter().map(String::as_str))
    }

    /// The first of its names that is one host: its address. `None` where the operator sets its own, or each name begins
    /// with `*`.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.domain.as_literal()?;
        self.names().find(|name| !name.starts_with('*'))
    }

    /// The scheme of its addresses.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// What a site that is shut answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// A text.
    pub body: Option<String>,
    /// The file of the proxy with a page.
    pub page: Option<String>,
    /// After which time clients may ask again.
    pub retry: Option<Duration>,
}

/// How a site is served over TLS.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The issuer of the certificate.
    pub issuer: Arc<Issuer>,
    /// The address that the account at the issuer is registered with.
    pub email: Option<String>,
    /// The place where the issuer is named, or TLS is asked for.
    pub span: Span,
}

impl Tls {
    /// Whether its certificate signs itself.
    #[must_use]
    pub fn signs_itself(&self) -> bool {
        matches!(self.issuer.kind, IssuerKind::SelfSigned)
    }
}

/// Which path of a site goes where.
#[derive(Debug, Clone)]
pub struct Route {
    /// The paths that it is for.
    pub path: RoutePath,
    /// Where a request goes.
    pub to: RouteTarget,
    /// Whether connections may be upgraded.
    pub websocket: bool,
    /// The largest request body.
    pub max_body: Option<Bytes>,
    /// How long the service may take to answer.
    pub timeout: Option<Duration>,
    /// How long answers may be kept.
    pub cache: Option<Duration>,
    /// Whether its path is taken off before a request goes on.
    pub strip: bool,
    /// Whether bodies of requests and answers are collected before they go on.
    pub buffer: bool,
    /// The share of its target.
    pub share: Share,
    /// Other ports that share its requests, in the order of the source.
    pub upstreams: Vec<Upstream>,
    /// Who may come; `None` where everybody may.
    pub from: Option<OutsideId>,
    /// The secret with the users (htpasswd) who may come; `None` where no login is asked for.
    pub login: Option<InputId>,
    /// How often one address may ask for these paths.
    pub limit: Option<Limit>,
    /// The place of its key and path.
    pub span: Span,
    /// The place of its target.
    pub target_span: Span,
}

impl Route {
    /// Every port that its requests may go to, with the place that names it.
    pub fn ports(&self) -> impl Iterator<Item = (ServiceId, usize, Span)> {
        let first = match self.to {
            RouteTarget::Port(service, port) => Some((service, port, self.target_span)),
            _ => None,
        };
        first.into_iter().chain(self.upstreams.iter().map(|it| (it.service, it.port, it.span)))
    }
}

/// Another port that shares the requests of a route.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// What it is called.
    pub name: String,
    /// The service.
    pub service: ServiceId,
    /// The port, an index into the service's ports.
    pub port: usize,
    /// Its share.
    pub share: Share,
    /// The place of its port.
    pub span: Span,
}

/// How many of a route's requests an upstream gets, and when it gets none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Its part of the sum of all weights.
    pub weight: u64,
    /// How many failures take it out for a while, where the source says it.
    pub max_fails: Option<u64>,
    /// Whether it is asked only while none of the others answers.
    pub backup: bool,
}

/// The paths that a route is for, each with its leading `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoutePath {
    /// The path and what lies below it.
    Prefix(String),
    /// The path alone.
    Exact(String),
}

impl RoutePath {
    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Prefix(path) | Self::Exact(path) => path,
        }
    }
}

/// Where a route goes.
#[derive(Debug, Clone)]
pub enum RouteTarget {
    /// A port of a service, an index into its ports.
    Port(ServiceId, usize),
    /// An address past the model, such as `"api:8080"`: no edge leads there.
    Address(Value),
    /// Files of a folder of the proxy.
    Files {
        /// The folder.
        root: String,
        /// The file that stands for a folder.
        index: Option<String>,
    },
    /// Nowhere: the request is refused.
    Deny,
    /// To another address.
    Redirect {
        /// The address, or a path of the same site.
        to: String,
        /// Whether for good.
        permanent: bool,
    },
    /// Nowhere: the proxy answers.
    Respond {
        /// The status code.
        status: u16,
        /// The body.
        body: Option<String>,
    },
}

/// How often one address may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many requests.
    pub rate: u64,
    /// In which time.
    pub per: Duration,
    /// How many more at once.
    pub burst: Option<u64>,
}

/// Where the certificates of sites lie in the container of a proxy: `ISSUER/SITE/fullchain.pem` and `privkey.pem`.
pub const CERTIFICATES: &str = "/var/lib/certificates";

/// Where the operator's own certificates lie in the container of a proxy: `SITE/fullchain.pem` and `privkey.pem`.
pub const FILES: &str = "/etc/certificates";

/// Where a client of a certificate authority puts its answers, in the container of a proxy: what lies below
/// `.well-known/acme-challenge` there is served to everybody (RFC 8555, section 8.3).
pub const ACME: &str = "/var/lib/acme";

/// Where a client of certificate authorities keeps its accounts and orders.
pub const ACCOUNTS: &str = "/etc/letsencrypt";

impl Site {
    /// Whether browsers are to ask for it over TLS alone from now on. With a certificate that they do not know nobody
    /// could come in any more, and what they keep for `localhost` holds for every program of a developer.
    #[must_use]
    pub fn keeps_to_tls(&self) -> bool {
        let own = |name: &str| {
            name == "localhost" || name.ends_with(".localhost") || name.parse::<std::net::IpAddr>().is_ok()
        };
        self.tls.as_ref().is_some_and(|tls| tls.issuer.public) && !self.names().any(own)
    }
}

impl Platform {
    /// Whether a site is served from here: by a proxy of the platform, by nginx of the host, or by the gateway of the cluster.
    #[must_use]
    pub fn serves(&self, site: &Site) -> bool {
        self.gateway_of(site).is_some() || self.serves_by_nginx(site)
    }

    /// Whether nginx serves a site: a proxy of the platform, or that of the host.
    #[must_use]
    pub fn serves_by_nginx(&self, site: &Site) -> bool {
        self.targets.contains(&&formats::NGINX)
            && (site.served_by.is_some() || (self.settings.nginx.host && self.gateway_of(site).is_none()))
    }

    /// The port that a site is asked at: that of its scheme, or the one of the host that its proxy is published as. Behind load
    /// balancers it is theirs.
    #[must_use]
    pub fn asked_at(&self, site: &Site) -> u16 {
        let usual = if site.tls.is_some() { 443 } else { 80 };
        let proxy = site.served_by.filter(|_| site.trusted.is_empty()).map(|proxy| &self[proxy]);
        let port = proxy.and_then(|proxy| if site.tls.is_some() { proxy.https() } else { proxy.http() });
        port.and_then(|port| port.publish.as_ref()).map_or(usual, |publish| publish.host_port)
    }

    /// The sites that a prober asks for, in the order of the source.
    #[must_use]
    pub fn probed_sites(&self, prober: &Service) -> Vec<&Site> {
        let jobs = self.observed.jobs.iter().filter(|job| job.service == prober.id);
        let names: HashSet<&str> =
            jobs.flat_map(|job| &job.probes).map(|probe| probe.site.as_str()).collect();
        self.sites.iter().filter(|site| names.contains(site.name.as_str())).collect()
    }

    /// The proxy of the platform that requests for a site come in by, and its port: one that is published, and that no
    /// load balancer of the cloud stands before.
    #[must_use]
    pub fn entry(&self, site: &Site) -> Option<(ServiceId, usize)> {
        let id = site.served_by.filter(|_| site.trusted.is_empty())?;
        let proxy = &self[id];
        let protocol = if site.tls.is_some() { Protocol::Https } else { Protocol::Http };
        let open = |port: &Port| port.protocol == protocol && port.access != Some(Access::Internal);
        let at = proxy.ports.iter().position(open)?;
        let published = |port: &Port| {
            port.publish.as_ref().is_some_and(|publish| self[publish.to].kind != OutsideKind::Localhost)
        };
        (proxy.runs() && published(&proxy.ports[at])).then_some((id, at))
    }

    /// The addresses from which load balancers speak the PROXY protocol with proxies: those of a cluster alone.
    #[must_use]
    pub fn proxy_protocol(&self) -> &[String] {
        match self.runtime {
            Runtime::Kubernetes => &self.settings.kubernetes.proxy_protocol,
            Runtime::Compose => &[],
        }
    }

    /// Whether a service has addresses of IPv6.
    #[must_use]
    pub fn has_ipv6(&self, service: &Service) -> bool {
        service.networks.iter().any(|network| self[*network].ipv6)
    }

    /// Whether the address of a client decides what a proxy answers: who may come, how often, or who is believed.
    #[must_use]
    pub fn tells_clients_apart(&self, proxy: &Service) -> bool {
        let by_address = |route: &Route| {
            let from = route.from.is_some_and(|from| self[from].kind == OutsideKind::Declared);
            from || route.limit.is_some()
        };
        let mut sites = self.sites.iter().filter(|site| site.served_by == Some(proxy.id));
        sites.any(|site| {
            site.limit.is_some() || !site.trusted.is_empty() || site.routes.iter().any(by_address)
        })
    }

    /// Whether a port is asked with signed requests: the API of an object store. The signature covers the path, the host
    /// and headers as the client sends them (docs.aws.amazon.com: "Create a signed AWS API request").
    #[must_use]
    pub fn is_signed(&self, service: ServiceId, port: usize) -> bool {
        let service = &self[service];
        service.role == Some(Role::Store)
            && service.ports.get(port).is_some_and(|port| {
                matches!(port.protocol, Protocol::Http | Protocol::Https) && port.access.is_none()
            })
    }

    /// Whether a route leads to one.
    #[must_use]
    pub fn leads_to_signed(&self, route: &Route) -> bool {
        route.ports().any(|(service, port, _)| self.is_signed(service, port))
    }
}

impl Service {
    /// The port where a proxy is asked without TLS.
    #[must_use]
    pub fn http(&self) -> Option<&Port> {
        self.listens(Protocol::Http)
    }

    /// The port where a proxy is asked over TLS.
    #[must_use]
    pub fn https(&self) -> Option<&Port> {
        self.listens(Protocol::Https)
    }

    /// The first port of a protocol that is meant for anybody outside.
    fn listens(&self, protocol: Protocol) -> Option<&Port> {
        self.ports.iter().find(|port| port.protocol == protocol && port.access != Some(Access::Internal))
    }
}

/// The version that a proxy's files are written for where neither the source nor its image says one: what all later ones
/// read.
const OLDEST: Version = Version(1, 18);

/// The first stable version with `server … resolve` in an upstream, which came with 1.27.3 (nginx.org: CHANGES). What an
/// upstream says of its servers can be written from here on.
pub const RESOLVES_UPSTREAMS: Version = Version(1, 28);

impl Platform {
    /// The version of nginx that the files of a proxy are written for: that of the setting, else that of its image.
    #[must_use]
    pub fn nginx_version(&self, proxy: &Service) -> Version {
        let tag = proxy.image_name.as_ref().and_then(|image| image.tag.as_deref());
        let set = self.settings.nginx.version.map(|version| version.value);
        set.or_else(|| tag.and_then(Version::of_tag)).unwrap_or(OLDEST)
    }

    /// The version of nginx on the host, which only the source can say.
    #[must_use]
    pub fn nginx_of_host(&self) -> Version {
        self.settings.nginx.version.map_or(OLDEST, |version| version.value)
    }
}
