//! Authorities that issue certificates.

use crate::schema::{Constant, Duration, SecretName, block};

block! {
    /// An authority that issues certificates over ACME (RFC 8555), which `tls { issuer = NAME }` of a site names.
    "issuer" => Issuer / IssuerField {
        label name = "The word that a site names it by, and the folder of its certificates.";
        /// The address of its directory: `https://…`.
        required url: Constant,
        /// The certificate (PEM) that signed the one of that address, for an authority that is not publicly known.
        optional ca: Constant,
        /// The profile of its certificates, by the authority's own word, such as `shortlived`.
        optional profile: Constant,
        /// How long its certificates hold; alerts are parts of that time. By default the time of that profile of Let's
        /// Encrypt, and `90d` of other authorities.
        optional lifetime: Duration,
        /// Whether browsers and the platform's probe know the authority. Default: not with `ca`, and not Let's Encrypt's
        /// directory for tests.
        optional public: bool,
        /// The address that the account is registered with. Let's Encrypt writes no mails: alerts notify of what ends.
        optional email: Constant,
        /// The account at the authority that this one belongs to.
        optional eab: Eab,
    }
}

block! {
    /// An external account (RFC 8555, section 7.3.4).
    "eab" => Eab / EabField {
        /// The identifier of its key.
        required id: Constant,
        /// The secret with its key, as the authority writes it (base64url).
        required key: SecretName,
    }
}
