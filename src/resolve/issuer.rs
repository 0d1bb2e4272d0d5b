//! Issuers of certificates: those that need no declaration, and those of the source.

use std::sync::Arc;

use smol_str::SmolStr;

use super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashMap;
use crate::model::{self, Document};
use crate::platform::{Acme, InputId, Issuer, IssuerKind};
use crate::schema::{Constant, Duration, Word};
use crate::source::Span;
use crate::syntax::{Path, Scope};

/// The issuer where a site names none.
const DEFAULT: &str = "letsencrypt";

/// Let's Encrypt's directory, and the one for tests (letsencrypt/website:content/en/docs/staging-environment.md).
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
const FOR_TESTS: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// How long its certificates hold: 45 days are what it has announced for all but those of six days
/// (letsencrypt.org, "Decreasing Certificate Lifetimes to 45 Days"). Until then they hold longer, and alerts that are a
/// part of the shorter time are right for both.
const USUAL: Duration = days(45);
const SHORT: (&str, Duration) = ("shortlived", hours(160));

/// How long a certificate holds that signs itself, and that of an authority of which nothing is known.
const SELF_SIGNED: Duration = days(365);
const UNKNOWN: Duration = days(90);

const fn hours(count: u64) -> Duration {
    Duration(count * 3_600_000)
}

const fn days(count: u64) -> Duration {
    hours(count * 24)
}

/// Issuers by their names.
pub(super) struct Issuers {
    all: Vec<Arc<Issuer>>,
    places: HashMap<SmolStr, usize>,
}

impl Issuers {
    /// The issuer that a site names, or the one by default. One that is not there is reported.
    pub(super) fn find(&self, said: Option<&Word>, texts: &mut Texts<'_>) -> Option<Arc<Issuer>> {
        let Some(word) = said else { return self.all.get(*self.places.get(DEFAULT)?).cloned() };
        let segments = word.text.split('.').map(SmolStr::from).collect();
        let path = Path { segments, span: word.span, scope: Scope::Platform };
        let at = texts.own_namespace(&path, "issuer", &self.places);
        // The site is still one that is served over TLS; of its certificate nothing more is reported.
        let unknown = || built_in(&word.text, IssuerKind::SelfSigned, None);
        Some(at.and_then(|at| self.all.get(at).cloned()).unwrap_or_else(|| Arc::new(unknown())))
    }
}

/// An issuer without a declaration.
fn built_in(name: &str, kind: IssuerKind, lifetime: Option<Duration>) -> Issuer {
    let public = !matches!(kind, IssuerKind::SelfSigned);
    Issuer { name: name.to_owned(), public, kind, lifetime, span: None }
}

/// Every issuer of a platform.
pub(super) fn issuers(document: &Document, texts: &mut Texts<'_>) -> Issuers {
    let lets_encrypt = Acme { url: LETS_ENCRYPT.to_owned(), ca: None, profile: None, email: None, eab: None };
    let mut all = vec![
        built_in(DEFAULT, IssuerKind::Acme(lets_encrypt), Some(USUAL)),
        built_in("self", IssuerKind::SelfSigned, Some(SELF_SIGNED)),
        built_in("files", IssuerKind::Files, None),
    ];
    let mut places: HashMap<SmolStr, usize> = HashMap::default();
    for (at, issuer) in all.iter().enumerate() {
        places.insert(issuer.name.as_str().into(), at);
    }
    for block in &document.issuer {
        // Two blocks of one name are reported where blocks are merged.
        if places.get(&block.name.text).is_some_and(|at| *at < all.len()) {
            texts.sink.report(
                Diagnostic::new(codes::NAM002, format!("`{}` stands for two issuers", block.name.text))
                    .at(block.name.span, "declared here")
                    .help(format!("`{}` needs no declaration: take another name", block.name.text)),
            );
        }
    }
    for block in &document.issuer {
        places.entry(block.name.text.clone()).or_insert(all.len());
        all.push(declared(block, texts));
    }
    Issuers { all: all.into_iter().map(Arc::new).collect(), places }
}

fn declared(block: &model::Issuer, texts: &mut Texts<'_>) -> Issuer {
    super::expect_dns_label(&block.name, texts.sink);
    let acme = Acme {
        url: url(&block.url, texts),
        ca: block.ca.as_ref().and_then(|ca| certificate(ca, texts)),
        profile: block.profile.as_ref().map(|profile| one_word(profile, "profile", texts)),
        email: block.email.as_ref().map(|address| email(address, texts)),
        eab: block.eab.as_ref().and_then(|eab| {
            let id = one_word(&eab.id, "identifier", texts);
            Some((id, texts.secret(&eab.key)?))
        }),
    };
    let of_lets_encrypt = acme.url == LETS_ENCRYPT || acme.url == FOR_TESTS;
    let usual = match acme.profile.as_deref() {
        _ if !of_lets_encrypt => UNKNOWN,
        Some(profile) if profile == SHORT.0 => SHORT.1,
        _ => USUAL,
    };
    let lifetime = block.lifetime.unwrap_or(usual);
    if lifetime < hours(1) {
        malformed("no certificate holds for less than an hour", block.span, "write a longer one", texts);
    }
    Issuer {
        name: block.name.text.as_str().to_owned(),
        lifetime: Some(lifetime),
        public: block.public.unwrap_or(acme.ca.is_none() && acme.url != FOR_TESTS),
        kind: IssuerKind::Acme(acme),
        span: Some(block.name.span),
    }
}

/// The address that an account is registered with.
pub(super) fn email(said: &Constant, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(said);
    let plain = |c: char| c.is_ascii_graphic() && !"\"'#;,<>[]()".contains(c);
    if !text.contains('@') || !text.chars().all(plain) {
        malformed(
            &format!("`{}` is no address of mail", text.escape_debug()),
            said.span,
            "write one such as `\"ops@example.com\"`",
            texts,
        );
    }
    text
}

/// The address of a directory: over TLS, as RFC 8555, section 6.1, has it.
fn url(said: &Constant, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(said);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?&=%+@".contains(c);
    let host = text.strip_prefix("https://").map(|rest| rest.split(['/', ':']).next().unwrap_or(""));
    if host.is_none_or(str::is_empty) || !text.chars().all(plain) {
        malformed(
            &format!("`{}` is no address of an authority", text.escape_debug()),
            said.span,
            &format!("write the whole address of its directory, such as `\"{LETS_ENCRYPT}\"`"),
            texts,
        );
    }
    text
}

/// A certificate as text. What else stands there is not shown: it may be a key.
fn certificate(said: &Constant, texts: &mut Texts<'_>) -> Option<String> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let text = texts.constant(said);
    let lines = |begin: &str| text.lines().filter(|line| line.starts_with(begin)).count();
    if lines(BEGIN) > 0 && lines(BEGIN) == lines("-----BEGIN") {
        return Some(format!("{}\n", text.trim()));
    }
    malformed(
        "`ca` holds something else than certificates",
        said.span,
        &format!("write the text that begins with `{BEGIN}`, and no key"),
        texts,
    );
    None
}

/// A word of a file that has one setting a line.
fn one_word(said: &Constant, what: &str, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(said);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/+=@".contains(c);
    if text.is_empty() || !text.chars().all(plain) {
        malformed(
            &format!("`{}` is no {what} of an authority", text.escape_debug()),
            said.span,
            "write letters, digits and `-._~:/+=@`",
            texts,
        );
    }
    text
}

fn malformed(message: &str, span: Span, help: &str, texts: &mut Texts<'_>) {
    texts.sink.report(Diagnostic::new(codes::TYP007, message).at(span, "not of this form").help(help));
}

/// The secret that a client of an issuer reads.
pub(super) fn secret(issuer: &Issuer) -> Option<InputId> {
    issuer.acme()?.eab.as_ref().map(|(_, key)| *key)
}
