//! Authorities that issue certificates.

use crate::schema::{Constant, Duration, SecretName, block};

block! {
    /// An authority that issues certificates over ACME (RFC 8555), for `tls { issuer = NAME }` of a site.
    "issuer" => Issuer / IssuerField {
        label name = "The name that sites use, and the folder of its certificates.";
        /// The address of its directory: `https://…`.
        required url: Constant,
        /// The certificate (PEM) that signed the one of that address, for an authority that is not publicly known.
        optional ca: Constant,
        /// The profile of its certificates in the authority's own word, such as `shortlived`.
        optional profile: Constant,
        /// The lifetime of its certificates; alerts are shares of it. By default that of Let's Encrypt's profile, and `90d` of
        /// other authorities.
        optional lifetime: Duration,
        /// Whether browsers and the platform's probe know the authority. By default not with `ca`, and not Let's Encrypt's
        /// directory for tests.
        optional public: bool,
        /// The address of the account. Let's Encrypt writes no mails: alerts notify of certificates that end.
        optional email: Constant,
        /// The external account at the authority.
        optional eab: Eab,
    }
}

block! {
    /// An external account (RFC 8555, section 7.3.4).
    "eab" => Eab / EabField {
        /// The identifier of its key.
        required id: Constant,
        /// The secret with its key, in base64url as the authority writes it.
        required key: SecretName,
    }
}
