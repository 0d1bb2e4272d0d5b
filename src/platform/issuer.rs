//! Issuers of certificates.

use super::InputId;
use crate::notation::authority::{Authority, HTTPS};
use crate::schema::Duration;
use crate::source::Span;

/// An issuer of certificates.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The word that sites name it by.
    pub name: String,
    /// How its certificates come to the proxy.
    pub kind: IssuerKind,
    /// How long its certificates hold; `None` of the operator's own, of which nothing is known.
    pub lifetime: Option<Duration>,
    /// Whether browsers know it.
    pub public: bool,
    /// The place of its declaration; `None` of those that need none.
    pub span: Option<Span>,
}

/// How certificates come to a proxy.
#[derive(Debug, Clone)]
pub enum IssuerKind {
    /// Each signs itself.
    SelfSigned,
    /// The operator puts them there.
    Files,
    /// An authority issues them over ACME.
    Acme(Acme),
}

/// An authority that is asked over ACME.
#[derive(Debug, Clone)]
pub struct Acme {
    /// The address of its directory.
    pub url: String,
    /// The certificate that signed the one of that address.
    pub ca: Option<String>,
    /// The profile of its certificates.
    pub profile: Option<String>,
    /// The address that the account is registered with.
    pub email: Option<String>,
    /// The external account: the identifier of its key, and the secret with the key.
    pub eab: Option<(String, InputId)>,
}

impl Acme {
    /// The host and the port that its address leads to; 443 where the address names none (RFC 9110, section 4.2.2).
    #[must_use]
    pub fn endpoint(&self) -> (&str, u16) {
        let authority = Authority::of_url(&self.url).map(|(_, authority, _)| authority);
        authority.map_or(("", HTTPS), |authority| (authority.host, authority.number().unwrap_or(HTTPS)))
    }
}

impl Issuer {
    /// The authority that is asked; `None` where none is.
    #[must_use]
    pub fn acme(&self) -> Option<&Acme> {
        match &self.kind {
            IssuerKind::Acme(acme) => Some(acme),
            IssuerKind::SelfSigned | IssuerKind::Files => None,
        }
    }

    /// Whether something of the platform has to get its certificates.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        !matches!(self.kind, IssuerKind::Files)
    }
}
