//! Public host names and what is served under them.

use crate::schema::{
    Bytes, Constant, Decoder, Duration, Integer, Kind, List, Map, Placed, Reference, Scalar, SecretName,
    Template, Word, block, without_constants,
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
        /// Other host names for the same.
        optional aliases: List<Constant>,
        /// Which path goes where.
        many route: Route,
        /// Headers of every answer.
        optional headers: Map<Constant>,
        /// How often one address may ask.
        optional limit: Limit,
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
