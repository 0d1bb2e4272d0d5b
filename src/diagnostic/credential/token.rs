//! Tokens by their published forms: what they start with, of which signs they are, and how long they are at least.
//!
//! The forms are those of the services' own pages, as docs.github.com ("Supported secret scanning patterns") and
//! gitleaks/gitleaks:config/gitleaks.toml collect them.

use super::address::Found;

/// Which signs the rest of a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Hexadecimal digits.
    Hex,
    /// Capitals and digits.
    Capitals,
    /// Letters and digits.
    Letters,
    /// Letters, digits, `-`, `_` and `.`.
    Words,
    /// Those of Base64, too.
    Base64,
}

use Of::{Base64, Capitals, Hex, Letters, Words};

/// What stands before a token in the header of a request, and in sentences.
pub(super) const BEARER: &str = "Bearer ";

/// What stands before a name and its password in the header of a request.
pub(super) const BASIC: &str = "Basic ";

/// What a private key starts with (RFC 7468), before what kind of key it is.
const KEY: &str = "-----BEGIN ";

/// What a token starts with; the signs behind it; how many of them there are at least.
const FORMS: &[(&str, Of, usize)] = &[
    ("ghp_", Letters, 8),
    ("gho_", Letters, 8),
    ("ghs_", Letters, 8),
    ("ghu_", Letters, 30),
    ("ghr_", Letters, 30),
    ("github_pat_", Words, 8),
    ("glpat-", Words, 8),
    ("gldt-", Words, 20),
    ("glrt-", Words, 20),
    ("glcbt-", Words, 20),
    ("glft-", Words, 20),
    ("glimt-", Words, 20),
    ("glagent-", Words, 40),
    ("gloas-", Words, 40),
    ("glptt-", Hex, 40),
    ("glsoat-", Words, 20),
    ("GR1348941", Words, 20),
    ("xoxb-", Words, 8),
    ("xoxp-", Words, 8),
    ("xoxa-", Words, 16),
    ("xoxr-", Words, 16),
    ("xoxs-", Words, 16),
    ("xoxe-", Words, 16),
    ("xoxe.", Words, 16),
    ("xapp-", Words, 8),
    ("sk_live_", Letters, 8),
    ("rk_live_", Letters, 8),
    ("sk_test_", Letters, 10),
    ("rk_test_", Letters, 10),
    ("whsec_", Base64, 24),
    ("sk-ant-", Words, 40),
    ("sk-proj-", Words, 40),
    ("sk-svcacct-", Words, 40),
    ("sk-or-v1-", Hex, 40),
    ("npm_", Letters, 36),
    ("eyJ", Words, 60),
    ("AKIA", Capitals, 16),
    ("ASIA", Capitals, 16),
    ("ABSK", Base64, 100),
    ("AIza", Words, 35),
    ("SG.", Words, 60),
    ("key-", Hex, 32),
    ("xkeysib-", Words, 60),
    ("hf_", Letters, 34),
    ("api_org_", Letters, 34),
    ("gsk_", Letters, 40),
    ("pplx-", Letters, 40),
    ("nvapi-", Words, 60),
    ("r8_", Letters, 36),
    ("dop_v1_", Hex, 60),
    ("doo_v1_", Hex, 60),
    ("dor_v1_", Hex, 60),
    ("hvs.", Words, 20),
    ("hvb.", Words, 90),
    ("pypi-AgE", Words, 50),
    ("rubygems_", Hex, 48),
    ("dckr_pat_", Words, 20),
    ("dckr_oat_", Words, 20),
    ("shpat_", Hex, 32),
    ("shpca_", Hex, 32),
    ("shppa_", Hex, 32),
    ("shpss_", Hex, 32),
    ("glsa_", Words, 32),
    ("glc_", Base64, 32),
    ("dt0c01.", Words, 60),
    ("NRAK-", Capitals, 27),
    ("sntryu_", Hex, 60),
    ("sntrys_", Base64, 60),
    ("lin_api_", Letters, 40),
    ("ntn_", Letters, 40),
    ("secret_", Letters, 43),
    ("PMAK-", Words, 50),
    ("pul-", Hex, 40),
    ("dapi", Hex, 32),
    ("HRKU-", Words, 40),
    ("fo1_", Words, 43),
    ("fm1r_", Base64, 100),
    ("fm2_", Base64, 100),
    ("sq0atp-", Words, 22),
    ("sq0csp-", Words, 40),
    ("EAAA", Words, 56),
    ("pscale_pw_", Words, 32),
    ("pscale_tkn_", Words, 32),
    ("pscale_oauth_", Words, 32),
    ("ATATT3", Words, 100),
    ("ATCTT3", Words, 100),
    ("dp.pt.", Letters, 40),
    ("dp.st.", Words, 40),
    ("AGE-SECRET-KEY-1", Capitals, 58),
    ("ops_eyJ", Base64, 100),
    ("GOCSPX-", Words, 28),
    ("ya29.", Words, 40),
    ("LTAI", Letters, 20),
    ("SK", Hex, 32),
    ("AKCp", Letters, 60),
    ("figd_", Words, 40),
    ("tskey-", Words, 20),
    ("CLOJARS_", Letters, 60),
    ("duffel_live_", Words, 40),
    ("duffel_test_", Words, 40),
    ("FLWSECK", Words, 32),
    ("shippo_live_", Hex, 40),
    ("shippo_test_", Hex, 40),
    ("sgp_", Words, 40),
    ("rdme_", Letters, 70),
    ("PRIVATE-TOKEN", Words, 1_000),
];

/// How long a token of an unknown form is at least, behind `Bearer`.
const TOKEN: usize = 8;

/// What hashes of passwords start with (crypt(5); httpd.apache.org, "Password Formats"; the PHC string format).
const HASHES: &[&str] =
    &["$apr1$", "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$7$", "$y$", "$argon2", "{SHA}", "{SSHA}", "{PLAIN}"];

/// What a token is called.
const WHAT: &str = "a token";

/// What every one of them has at its start, or, where it starts with nothing of its own, within it.
pub(super) const MARKS: &[&str] = &[
    "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "glft-", "glimt-",
    "glagent-", "gloas-", "glptt-", "glsoat-", "GR1348941", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-",
    "xoxe.", "xapp-", "sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_", "sk-ant-", "sk-proj-", "sk-svcacct-",
    "sk-or-v1-", "npm_", "eyJ", "AKIA", "ASIA", "ABSK", "AIza", "SG.", "key-", "xkeysib-", "hf_", "api_org_", "gsk_",
    "pplx-", "nvapi-", "r8_", "dop_v1_", "doo_v1_", "dor_v1_", "hvs.", "hvb.", "pypi-AgE", "rubygems_", "dckr_pat_",
    "dckr_oat_", "shpat_", "shpca_", "shppa_", "shpss_", "glsa_", "glc_", "dt0c01.", "NRAK-", "sntryu_", "sntrys_",
    "lin_api_", "ntn_", "secret_", "PMAK-", "pul-", "dapi", "HRKU-", "fo1_", "fm1r_", "fm2_", "sq0atp-", "sq0csp-",
    "EAAA", "pscale_pw_", "pscale_tkn_", "pscale_oauth_", "ATATT3", "ATCTT3", "dp.pt.", "dp.st.", "AGE-SECRET-KEY-1",
    "ops_eyJ", "GOCSPX-", "ya29.", "LTAI", "AKCp", "figd_", "tskey-", "CLOJARS_", "duffel_live_", "duffel_test_",
    "FLWSECK", "shippo_live_", "shippo_test_", "sgp_", "rdme_",
];
