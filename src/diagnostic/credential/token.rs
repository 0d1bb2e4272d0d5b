//! Tokens by their published forms: what they start with, of which signs they are, and how long they are at least.
//!
//! The forms are those of the services' own pages, as docs.github.com ("Supported secret scanning patterns") and
//! gitleaks/gitleaks:config/gitleaks.toml collect them.

use super::found::Found;

/// Which signs the rest of a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
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

/// What stands within tokens that start with nothing of their own: those of HCP Terraform, Telegram and Microsoft Entra.
pub(super) const INNER: &[&str] = &[BEARER, BASIC, KEY, ".atlasv1.", ":AA", "7Q~", "8Q~"];

/// What a token starts with; the signs behind it; how many of them there are at least.
pub(super) const FORMS: &[(&str, Of, usize)] = &[
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
];

/// How long a token of an unknown form is at least, behind `Bearer`.
const TOKEN: usize = 8;

/// What hashes of passwords start with (crypt(5); httpd.apache.org, "Password Formats"; the PHC string format).
pub(super) const HASHES: &[&str] = &[
    "$apr1$", "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$7$", "$y$", "$argon2", "{SHA}", "{SSHA}",
    "{PLAIN}",
];

/// What a token is called.
const WHAT: &str = "a token";

/// Whether a text is a token by its form.
#[must_use]
pub fn is_token(text: &str) -> bool {
    FORMS
        .iter()
        .any(|form| text.starts_with(form.0) && length(text, form).is_some_and(|length| length == text.len()))
        || text.starts_with(KEY) && !text.contains("PUBLIC")
}

/// How long the token of a form is that a text starts with.
fn length(text: &str, (start, of, least): &(&str, Of, usize)) -> Option<usize> {
    let rest = text.get(start.len()..)?;
    let length = run(rest, *of);
    let body = &rest[..length];
    // A word of letters only is what somebody calls something; a long one of these forms has some digits.
    let sure =
        length >= *least && (*of != Of::Words || body.bytes().any(|b| b.is_ascii_digit()) || *least <= TOKEN);
    sure.then_some(start.len() + length)
}

/// How many signs of a kind a text starts with.
fn run(text: &str, of: Of) -> usize {
    let fits = |byte: u8| match of {
        Of::Hex => byte.is_ascii_hexdigit(),
        Of::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        Of::Letters => byte.is_ascii_alphanumeric(),
        Of::Words => byte.is_ascii_alphanumeric() || b"-_.".contains(&byte),
        Of::Base64 => byte.is_ascii_alphanumeric() || b"-_.+/=".contains(&byte),
    };
    text.bytes().position(|byte| !fits(byte)).unwrap_or(text.len())
}

/// The token that has its mark at a place of a line.
pub(super) fn at<'a>(line: &'a str, mark: &'static str, at: usize) -> Option<Found<'a>> {
    let found = |what, place| Some(Found { what, name: None, place });
    let rest = line.get(at..)?;
    if !rest.starts_with(mark) {
        return None;
    }
    let before = line.get(..at)?;
    let behind = rest.get(mark.len()..)?;
    let apart = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    match mark {
        KEY => {
            let kind = behind.split("-----").next()?;
            let private = kind.ends_with("PRIVATE KEY") || kind.ends_with("PRIVATE KEY BLOCK");
            private.then_some(())?;
            found("a private key", at..line.len())
        }
        BEARER => {
            let length = run(behind, Of::Base64);
            // Sentences have the word, too.
            let sure = apart && length >= TOKEN && behind[..length].bytes().any(|byte| byte.is_ascii_digit());
            sure.then_some(())?;
            found(WHAT, at..at + mark.len() + length)
        }
        BASIC => {
            let length = run(behind, Of::Base64);
            (apart && is_basic(&behind[..length])).then_some(())?;
            found("a name and its password", at + mark.len()..at + mark.len() + length)
        }
        ".atlasv1." => {
            let id = before.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
            let length = run(behind, Of::Words);
            (id >= 14 && length >= 60).then_some(())?;
            found(WHAT, at - id..at + mark.len() + length)
        }
        ":AA" => {
            let id = before.bytes().rev().take_while(u8::is_ascii_digit).count();
            let length = run(behind, Of::Words);
            ((8..=10).contains(&id) && (32..=34).contains(&length)).then_some(())?;
            found(WHAT, at - id..at + mark.len() + length)
        }
        "7Q~" | "8Q~" => {
            let id =
                before.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'~').count();
            let length = run(behind, Of::Words);
            (id == 3 && (31..=34).contains(&length)).then_some(())?;
            found(WHAT, at - id..at + mark.len() + length)
        }
        _ if HASHES.contains(&mark) => {
            let length =
                behind.find(|c: char| c.is_whitespace() || ":,\"'`".contains(c)).unwrap_or(behind.len());
            let before = before.ends_with([':', '"', '\'', '=', ' ', ',']) || before.is_empty();
            (before && length >= 8).then_some(())?;
            found("the hash of a password", at..at + mark.len() + length)
        }
        _ => {
            let form = FORMS.iter().find(|form| form.0 == mark)?;
            let length = apart.then(|| length(rest, form)).flatten()?;
            found(WHAT, at..at + length)
        }
    }
}

/// Whether a text is a name and its password in Base64.
#[must_use]
pub fn is_basic(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    if text.len() < 8 {
        return false;
    }
    let mut colon = false;
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return false,
        };
        bits = (bits << 6 | u32::from(value)) & 0xfff;
        held += 6;
        if held >= 8 {
            held -= 8;
            let [.., byte] = (bits >> held).to_be_bytes();
            if !matches!(byte, b' '..=b'~') {
                return false;
            }
            colon |= byte == b':';
        }
    }
    colon
}

#[cfg(test)]
mod tests {
    use super::is_basic;

    #[test]
    fn names_and_passwords_in_base64_have_a_colon() {
        assert!(is_basic("YXBwOlNvbm5lbmJsdW1lMQ=="));
        for text in ["SGVsbG8sIHdvcmxkIQ==", "Authorization", "", "iVBORw0KGgo="] {
            assert!(!is_basic(text), "{text}");
        }
    }
}
