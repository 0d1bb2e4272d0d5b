//! Sites and their routes.

use crate::schema::{
    Bytes, Constant, Decoder, Duration, Integer, Kind, List, Map, Placed, Reference, Scalar, SecretName,
    Template, Visit, Word, block, without_constants,
};
use crate::syntax::{Path, Value, ValueKind};

block! {
    /// A public host name and the routes under it.
    "site" => Site / SiteField {
        label name = "The name in references.";
        value domain: Template = "The host name.";
        /// The purpose of the site.
        optional description: Constant,
        /// Whether the site is served over TLS.
        optional tls: Tls,
        /// The instance with `role = proxy` that serves the site; the only one by default.
        optional served_by: Reference,
        /// The load balancers in front of the site, as outsides with their address ranges. The proxy believes them, and nobody
        /// else, the client's address (`X-Forwarded-For`) and scheme (`X-Forwarded-Proto`). Where TLS ends there, the proxy
        /// answers their requests over HTTP.
        optional trusted: List<Reference>,
        /// Other host names of the site.
        optional aliases: List<Constant>,
        /// A path and its target.
        many route: Route,
        /// Headers of every answer.
        optional headers: Map<Constant>,
        /// The number of requests that one address may send.
        optional limit: Limit,
        /// Whether every path is answered with 503 for a while.
        optional maintenance: Maintenance,
        /// The path that probes ask for: `/` by default, `false` for none. A site with `issuer = self` is asked only where a
        /// path is named. Of `*.example.com` the first alias without a `*` is asked.
        optional probe: Placed<Probed>,
    }
}

block! {
    /// Whether every path of a site is answered with 503. Certificates are still renewed, and probes leave the site out.
    "maintenance" => Maintenance / MaintenanceField {
        value enabled: bool = "Whether it is on.";
        /// The text of the answer.
        optional body: Constant,
        /// The file of the proxy with the page of the answer, in place of a text.
        optional page: Constant,
        /// The time after which clients may ask again.
        optional retry: Placed<Duration>,
    }
}

block! {
    /// Whether and how a site is served over TLS.
    "tls" => Tls / TlsField {
        value enabled: bool = "Whether it is on.";
        /// The issuer of the certificate: `letsencrypt`, which is the default; `self`, for a certificate that signs
        /// itself; `files`, for those that the operator puts there; or the name of an `issuer` block.
        optional issuer: Word,
        /// The address of the account at the issuer. Let's Encrypt writes no mails: alerts notify of certificates that end.
        optional email: Constant,
    }
}

block! {
    /// A path and its target. A prefix ends at a path part: `/api` is for `/api` and `/api/x`, not for `/apix`. Exact comes
    /// before prefix, and the longest prefix wins.
    "route" => Route / RouteField {
        label path = "A prefix such as `/api`, or `= /path` for exactly one.";
        value target: Placed<RouteTarget> = "A port, or `deny`, `files`, `redirect` or `respond`.";
        /// Whether connections may be upgraded.
        optional websocket: Placed<bool>,
        /// The largest body of a request; without a bound for `grpc` and object stores.
        optional max_body: Placed<Bytes>,
        /// The time that the service may take to answer; one hour for `grpc` and `buffer = false`.
        optional timeout: Placed<Duration>,
        /// The time that answers may be kept.
        optional cache: Placed<Duration>,
        /// Whether the route's path is removed before a request goes on. The rest goes on decoded: `/docs/a%2Fb` becomes
        /// `/a/b`. Redirects of the service get the path in front; links in its pages do not.
        optional strip: Placed<bool>,
        /// Whether bodies of requests and answers are collected before they go on. `false` is for server-sent events, long
        /// polls and uploads: nothing is compressed, silence may last an hour, and a request whose body is on its way is not
        /// tried again elsewhere.
        optional buffer: Placed<bool>,
        /// The share of the target among several upstreams, 1 by default.
        optional weight: Placed<Integer>,
        /// The number of failures within ten seconds that takes the target out for ten seconds; 1 by default, 0 for never.
        optional max_fails: Placed<Integer>,
        /// Another port that shares the requests of the route. All speak one protocol.
        many upstream: Upstream,
        /// redirect: the new address.
        optional to: Constant,
        /// redirect: whether it is permanent.
        optional permanent: Placed<bool>,
        /// respond: the status code, 200 by default.
        optional status: Placed<Integer>,
        /// respond: the body.
        optional body: Constant,
        /// The outside whose addresses may come; everybody by default.
        optional from: Reference,
        /// The secret with the users (htpasswd) who may come.
        optional login: SecretName,
        /// files: the folder of the proxy with the files.
        optional root: Constant,
        /// files: the file that stands for a folder.
        optional index: Constant,
        /// The number of requests that one address may send.
        optional limit: Limit,
    }
}

block! {
    /// Another port that shares the requests of a route. A request without a connection is tried with the next.
    "upstream" => Upstream / UpstreamField {
        label name = "The name.";
        value port: Reference = "The port.";
        /// The share of the requests, 1 by default.
        optional weight: Placed<Integer>,
        /// The number of failures within ten seconds that takes the port out for ten seconds; 1 by default, 0 for never.
        optional max_fails: Placed<Integer>,
        /// Whether the port is asked only while none of the others answers.
        optional backup: bool,
    }
}

block! {
    /// The number of requests that one address may send.
    "limit" => Limit / LimitField {
        /// The number of requests.
        required rate: Integer,
        /// The time in which they may come.
        required per: Duration,
        /// The number of further requests at once.
        optional burst: Integer,
    }
}

/// The target of a route.
#[derive(Debug, Clone)]
pub enum RouteTarget {
    /// A port, or any other named thing.
    To(Path),
    /// Text such as `"api:8080"`, which names a port past the model.
    Literal(Template),
    /// An answer of the proxy itself.
    Do(Respond),
}

/// The path that probes ask a site for.
#[derive(Debug, Clone)]
pub enum Probed {
    /// A path.
    Path(Constant),
    /// No path: the site is not probed.
    Nothing,
    /// The default path.
    Usual,
}

impl Visit for Probed {
    fn visit(&self, see: &mut dyn FnMut(&Constant)) {
        if let Self::Path(path) = self {
            path.visit(see);
        }
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
        if let Self::Path(path) = self {
            path.visit_mut(change);
        }
    }
}

impl Scalar for Probed {
    fn shape() -> Kind {
        Kind::Scalar("a path such as `\"/ok\"`, or `false`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::Text(_) => Constant::read(value, decoder).map(Self::Path),
            ValueKind::Boolean(true) => Some(Self::Usual),
            ValueKind::Boolean(false) => Some(Self::Nothing),
            _ => decoder.mismatch(value, "a path such as `\"/ok\"`, or `false`"),
        }
    }
}

/// An answer of the proxy itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Respond {
    /// The proxy refuses.
    Deny,
    /// The proxy sends files.
    Files,
    /// The proxy redirects.
    Redirect,
    /// The proxy answers with a text.
    Respond,
}

impl Scalar for RouteTarget {
    fn shape() -> Kind {
        Kind::Scalar("a port, `deny`, `files`, `redirect` or `respond`")
    }

    fn read(value: &Value, decoder: &mut Decoder<'_>) -> Option<Self> {
        match &value.kind {
            ValueKind::Reference(path) => Some(match path.word() {
                Some("deny") => Self::Do(Respond::Deny),
                Some("files") => Self::Do(Respond::Files),
                Some("redirect") => Self::Do(Respond::Redirect),
                Some("respond") => Self::Do(Respond::Respond),
                _ => Self::To(path.clone()),
            }),
            ValueKind::Text(_) => Template::read(value, decoder).map(Self::Literal),
            _ => decoder.mismatch(value, "a port, `deny`, `files`, `redirect` or `respond`"),
        }
    }
}

without_constants! { RouteTarget }
