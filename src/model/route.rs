//! Public host names and what is served under them.

use crate::schema::{
    Bytes, Constant, Decoder, Duration, Integer, Kind, List, Map, Placed, Reference, Scalar, SecretName,
    Template, Visit, Word, block, without_constants,
};
use crate::syntax::{Path, Value, ValueKind};

block! {
    /// A public host name and what is served under it.
    "site" => Site / SiteField {
        label name = "What references call it.";
        value domain: Template = "The host name.";
        /// What it is for.
        optional description: Constant,
        /// Whether it is served over TLS.
        optional tls: Tls,
        /// The instance with `role = proxy` that serves it.
        optional served_by: Reference,
        /// The load balancers in front of it, by the addresses that they ask from. What these say of a client's address
        /// and scheme holds, and where clients spoke TLS with them, requests over HTTP are answered.
        optional trusted: List<Reference>,
        /// Other host names for the same.
        optional aliases: List<Constant>,
        /// Which path goes where.
        many route: Route,
        /// Headers of every answer.
        optional headers: Map<Constant>,
        /// How often one address may ask.
        optional limit: Limit,
        /// Whether it is shut for a while.
        optional maintenance: Maintenance,
        /// The path that probes ask for, `/` by default; `false` where none is to ask.
        optional probe: Placed<Probed>,
    }
}

block! {
    /// Whether a site is shut for a while: every path is then answered with 503.
    "maintenance" => Maintenance / MaintenanceField {
        value enabled: bool = "Whether it is.";
        /// The text of the answer.
        optional body: Constant,
        /// The file of the proxy with the page of the answer, in place of a text.
        optional page: Constant,
        /// After which time clients may ask again.
        optional retry: Placed<Duration>,
    }
}

block! {
    /// Whether and how a site is served over TLS.
    "tls" => Tls / TlsField {
        value enabled: bool = "Whether it is.";
        /// The issuer of the certificate: `letsencrypt`, which is the default; `self`, for a certificate that signs
        /// itself; `files`, for those that the operator puts there; or the name of an `issuer` block.
        optional issuer: Word,
        /// The address that the account at the issuer is registered with. Let's Encrypt writes no mails: alerts notify of
        /// what ends.
        optional email: Constant,
    }
}

block! {
    /// Which path goes where.
    "route" => Route / RouteField {
        label path = "A prefix such as `/api`, or `= /path` for exactly one.";
        value target: Placed<RouteTarget> = "A port, or `deny`, `files`, `redirect` or `respond`.";
        /// Whether connections may be upgraded.
        optional websocket: Placed<bool>,
        /// The largest request body.
        optional max_body: Placed<Bytes>,
        /// How long the service may take to answer.
        optional timeout: Placed<Duration>,
        /// How long answers may be kept.
        optional cache: Placed<Duration>,
        /// Whether the route's path is taken off before a request goes on. The rest of the path goes on decoded.
        optional strip: Placed<bool>,
        /// Whether bodies of requests and answers are collected before they go on. `false` is for server-sent events
        /// and for what must arrive as it is sent.
        optional buffer: Placed<bool>,
        /// The share of the target among several upstreams, 1 by default.
        optional weight: Placed<Integer>,
        /// How many failures within ten seconds take the target out for ten seconds; 0 for none.
        optional max_fails: Placed<Integer>,
        /// Another port that shares the requests of the route.
        many upstream: Upstream,
        /// redirect: where to.
        optional to: Constant,
        /// redirect: whether for good.
        optional permanent: Placed<bool>,
        /// respond: the status code, 200 where none is said.
        optional status: Placed<Integer>,
        /// respond: the body.
        optional body: Constant,
        /// Who may come, where not everybody.
        optional from: Reference,
        /// A secret with the users (htpasswd) who may come.
        optional login: SecretName,
        /// files: the folder of the proxy that they are served from.
        optional root: Constant,
        /// files: the file that stands for a folder.
        optional index: Constant,
        /// How often one address may ask.
        optional limit: Limit,
    }
}

block! {
    /// Another port that shares the requests of a route.
    "upstream" => Upstream / UpstreamField {
        label name = "What it is called.";
        value port: Reference = "The port.";
        /// Its share of the requests, 1 by default.
        optional weight: Placed<Integer>,
        /// How many failures within ten seconds take it out for ten seconds; 0 for none.
        optional max_fails: Placed<Integer>,
        /// Whether it is asked only while none of the others answers.
        optional backup: bool,
    }
}

block! {
    /// How often one address may ask.
    "limit" => Limit / LimitField {
        /// How many requests.
        required rate: Integer,
        /// In which time.
        required per: Duration,
        /// How many more at once.
        optional burst: Integer,
    }
}

/// Where a route goes.
#[derive(Debug, Clone)]
pub enum RouteTarget {
    /// A port, or whatever else a path names.
    To(Path),
    /// Text such as `"api:8080"`, which names a port past the model.
    Literal(Template),
    /// Something that the proxy does itself.
    Do(Respond),
}

/// What probes ask a site for.
#[derive(Debug, Clone)]
pub enum Probed {
    /// A path.
    Path(Constant),
    /// Nothing.
    Nothing,
    /// What they ask for without a word.
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

/// What a proxy does itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Respond {
    /// Refuse.
    Deny,
    /// Send files.
    Files,
    /// Send elsewhere.
    Redirect,
    /// Answer.
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
