//! The gateway of a cluster: what serves the sites that no proxy of the platform serves there.

use super::{FILES, Issuer, IssuerKind, Platform, Protocol, Route, RouteTarget, Runtime, Service, Site};
use crate::source::Span;

/// The gateway of a cluster.
#[derive(Debug, Clone)]
pub struct ClusterGateway {
    /// Which of the two APIs it is asked by.
    pub kind: GatewayKind,
    /// The class of its objects.
    pub class: String,
    /// The namespace of the pods that requests come from.
    pub namespace: Option<String>,
    /// The issuer of the cluster that issues certificates.
    pub issuer: Option<String>,
    /// The place of its settings.
    pub span: Span,
}

/// The API whose objects configure the sites of a cluster's gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayKind {
    /// Gateway API (gateway.networking.k8s.io).
    Gateway,
    /// The older API (networking.k8s.io).
    Ingress,
}

impl GatewayKind {
    /// The word of its settings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Ingress => "ingress",
        }
    }

    /// What the API calls it, with its article.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "a Gateway",
            Self::Ingress => "an Ingress",
        }
    }
}

impl Platform {
    /// The gateway of the cluster, where it serves a site.
    #[must_use]
    pub fn gateway_of(&self, site: &Site) -> Option<&ClusterGateway> {
        let cluster = self.runtime == Runtime::Kubernetes && site.served_by.is_none();
        self.settings.kubernetes.gateway.as_ref().filter(|_| cluster)
    }

    /// The sites that the gateway of the cluster serves, in the order of the source.
    pub fn behind_gateway(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(|site| self.gateway_of(site).is_some())
    }

    /// The sites of a proxy whose certificates the operator puts there: in a cluster each is a Secret of the type
    /// `kubernetes.io/tls`, as cert-manager makes them. A folder that the source mounts there holds them instead.
    pub fn operators_certificates(&self, proxy: &Service) -> impl Iterator<Item = &Site> {
        let id = proxy.id;
        let binds = proxy.binds.iter().map(|bind| bind.path.as_str());
        let mut paths = binds.chain(proxy.mounts.iter().map(|mount| mount.path.as_str()));
        let own = paths.any(|path| path.trim_end_matches('/') == FILES);
        self.sites.iter().filter(move |site| {
            let files = site.tls.as_ref().is_some_and(|tls| matches!(tls.issuer.kind, IssuerKind::Files));
            site.served_by == Some(id) && files && !own && self.runtime == Runtime::Kubernetes
        })
    }

    /// Whether a service is asked by the gateway of the cluster in gRPC.
    #[must_use]
    pub fn speaks_grpc(&self, route: &Route) -> bool {
        let mut ports = route.ports().peekable();
        ports.peek().is_some()
            && ports.all(|(service, port, _)| {
                self[service].ports.get(port).is_some_and(|port| port.protocol == Protocol::Grpc)
            })
    }
}

impl Site {
    /// The issuer of its certificate, where something has to ask it: the operator's own certificates are a Secret already.
    #[must_use]
    pub fn asked_issuer(&self) -> Option<&Issuer> {
        let issuer = &self.tls.as_ref()?.issuer;
        (!matches!(issuer.kind, IssuerKind::Files)).then_some(issuer)
    }

    /// The Secret with the certificate of one of its names, counted from 0. No other object is called so: names hold no dot.
    #[must_use]
    pub fn certificate_secret(&self, at: usize) -> String {
        if at == 0 { format!("{}.tls", self.name) } else { format!("{}.tls.{}", self.name, at + 1) }
    }
}

impl Route {
    /// Whether an answer may take as long as it likes: of a stream nobody knows the end.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.websocket || !self.buffer
    }

    /// Whether requests go on to services.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        matches!(self.to, RouteTarget::Port(..))
    }
}
