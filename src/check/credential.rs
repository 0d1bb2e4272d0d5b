//! Credentials in variables of containers, and in the addresses of receivers: whoever reads the source, or an artifact,
//! could log in, or send in the platform's name.

use std::ops::Range;

use crate::diagnostic::credential::{NAMES, Names, last_word, names};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::platform::receiver::{Address, Channel};
use crate::platform::{EnvVar, Override, Platform, Service, Tree};
use crate::schema::part_of;
use crate::source::Span;
use crate::syntax::Text;

/// Addresses of which a part is known only to who may post there: the end of the host, and what the path starts
/// with (`https://api.slack.com/messaging/webhooks`, `https://discord.com/developers/docs/resources/webhook`,
/// `https://core.telegram.org/bots/api`, `https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors`,
/// `https://healthchecks.io/docs/http_api`, `https://deadmanssnitch.com/docs`, `https://cronitor.io/docs/telemetry-api`,
/// `https://betterstack.com/docs/uptime/cron-and-heartbeat-monitor`, `https://developer.pagerduty.com/docs`).
const HOOKS: &[(&str, &str)] = &[
    ("hooks.slack.com", "/services/"),
    ("hooks.slack.com", "/workflows/"),
    ("hooks.slack.com", "/triggers/"),
    ("discord.com", "/api/webhooks/"),
    ("discordapp.com", "/api/webhooks/"),
    ("api.telegram.org", "/bot"),
    ("webhook.office.com", "/webhookb2/"),
    ("outlook.office.com", "/webhook/"),
    ("hc-ping.com", "/"),
    ("nosnch.in", "/"),
    ("cronitor.link", "/p/"),
    ("uptime.betterstack.com", "/api/v1/heartbeat/"),
    ("events.pagerduty.com", "/integration/"),
];

/// From how many characters on letters mixed with digits are a key, and nothing that somebody reads.
const KEY: usize = 20;

/// A part of an address that is a credential.
#[derive(Debug, PartialEq, Eq)]
struct Found<'a> {
    what: &'static str,
    /// The name under which it stands.
    name: Option<&'a str>,
    place: Range<usize>,
}

/// SEC001: credentials in what receivers say of themselves, and in the addresses of runbooks.
pub(super) fn addresses(platform: &Platform, sink: &mut Sink) {
    for (block, receiver) in platform.document.receiver.iter().zip(&platform.observed.receivers) {
        for way in &receiver.integrations {
            let said = match &way.channel {
                Channel::Webhook(Address::Text(text)) => {
                    block.webhook.as_ref().map(|way| (text, &way.address.text, way.address.span))
                }
                Channel::Heartbeat(Address::Text(text)) => {
                    block.heartbeat.as_ref().map(|way| (text, &way.address.text, way.address.span))
                }
                Channel::Slack(channel, _) => {
                    block.slack.as_ref().map(|way| (channel, &way.channel.text, way.channel.span))
                }
                _ => None,
            };
            let Some((text, said, span)) = said else { continue };
            let Some(found) = find(text) else { continue };
            let word = way.channel.word();
            let name = secret_name(&receiver.name, word);
            let help = match &way.channel {
                Channel::Slack(..) => "name the channel, such as `#alerts`; the address is what the secret behind `webhook` holds".to_owned(),
                _ => format!(
                    "declare `secret {name}` and write `{word} = {name}`: it holds the whole address, which is read from a file"
                ),
            };
            report(&format!("in `{word}` of `{}`", receiver.name), text, &found, (said, span), help, sink);
        }
    }
    let pages = platform.document.platform.first().and_then(|block| block.runbooks.as_ref());
    let top = platform.document.alert.iter();
    let of_services = platform.services.iter().flat_map(|service| &service.block.alert);
    let pages = pages.into_iter().chain(top.chain(of_services).filter_map(|alert| alert.runbook.as_ref()));
    for page in pages {
        let text = page.text.as_literal().unwrap_or_default();
        // Numbers of pages look like keys.
        let Some(found) = find(text).filter(|found| found.what == PASSWORD) else { continue };
        let help = "take it out: who reads a runbook says who they are in the browser";
        report("of the runbook", text, &found, (&page.text, page.span), help.to_owned(), sink);
    }
}

/// SEC001: variables of containers that say a credential, or an address with one.
pub(super) fn variables(platform: &Platform, sink: &mut Sink) {
    // Many services have variables of the same names.
    let mut kinds: HashMap<&str, Names> = HashMap::default();
    for service in &platform.services {
        for variable in &service.env {
            let Some(text) = variable.value.as_literal() else { continue };
            // A name alone before the host is nobody's secret here.
            let is_password =
                |found: &Found<'_>| found.what == PASSWORD && text[..found.place.start].ends_with(':');
            let is_address = find(text).is_some_and(|found| is_password(&found));
            let kind = kinds.entry(&variable.name).or_insert_with(|| names(&variable.name));
            let says_one = match kind {
                Names::Credential => !is_other(text),
                Names::Perhaps => is_key(text),
                Names::Other => is_token(text),
            };
            if !is_address && !says_one {
                continue;
            }
            let (what, help) = if is_address {
                (
                    format!("the address in `{}` of `{}` holds a password", variable.name, service.path),
                    "declare a secret for the password, and put it into the address: `${NAME}`".to_owned(),
                )
            } else {
                let name = constant_name(&variable.name);
                let said =
                    if name == variable.name { name.clone() } else { format!("{} = {name}", variable.name) };
                (
                    format!("`{}` of `{}` has its value in the source", variable.name, service.path),
                    format!("declare `secret {name}`, which the operator sets, and write `{said}`"),
                )
            };
            let diagnostic = Diagnostic::new(codes::SEC001, what)
                .at(value_place(service, variable), "whoever reads the source or the artifact knows it");
            sink.report(diagnostic.help(help));
        }
    }
}

/// Where the value of a variable stands: where a component hands a parameter on, that is another place.
fn value_place(service: &Service, variable: &EnvVar) -> Span {
    let entries = service.block.env.iter().flat_map(|env| &env.entries);
    let said =
        entries.filter(|(name, _)| name.text == variable.name).find_map(|(_, said)| said.value.as_ref());
    said.map_or(variable.span, |value| value.span)
}

/// What tokens of well-known services start with (docs.github.com, "About authentication to GitHub"; docs.gitlab.com, "Token
/// overview"; api.slack.com, "Token types"; docs.stripe.com, "API keys"), and keys in the form of RFC 7468.
const TOKENS: &[&str] = &[
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "sk_live_",
    "rk_live_",
    "Bearer ",
    "-----BEGIN PRIVATE KEY",
    "-----BEGIN RSA PRIVATE KEY",
    "-----BEGIN EC PRIVATE KEY",
    "-----BEGIN OPENSSH PRIVATE KEY",
];

fn is_token(text: &str) -> bool {
    TOKENS.iter().any(|start| text.len() > start.len() && text.starts_with(start))
}

/// Whether a text is no credential, though its name says so: a path, a switch, or nothing.
fn is_other(text: &str) -> bool {
    is_path(text)
        || matches!(
            text.to_lowercase().as_str(),
            "" | "true" | "false" | "yes" | "no" | "on" | "off" | "none"
        )
}

/// SEC001: credentials in what is put over the files of targets.
pub(super) fn overrides(platform: &Platform, sink: &mut Sink) {
    let of_services = platform.services.iter().flat_map(|service| &service.overrides);
    // Whoever writes for compose names a variable, and its keys are anybody's.
    let all = platform.overrides.iter().chain(of_services);
    for over in all.filter(|over| over.target != "compose") {
        for (key, tree) in &over.entries {
            in_tree(key, tree, over, sink);
        }
    }
}

fn in_tree(key: &str, tree: &Tree, over: &Override, sink: &mut Sink) {
    match tree {
        Tree::Text(value) => {
            let Some(text) = value.as_literal() else { return };
            let named = NAMES.contains(&last_word(key).as_str()) && !is_path(text);
            if text.is_empty() || !(named || find(text).is_some()) {
                return;
            }
            sink.report(
                Diagnostic::new(
                    codes::SEC001,
                    format!("`{key}` in `override {}` holds a credential", over.target),
                )
                .at(over.span, "whoever reads the source or the artifact knows it")
                .help("name a file that holds it, by the key that ends with `_file`"),
            );
        }
        Tree::List(items) => items.iter().for_each(|item| in_tree(key, item, over, sink)),
        Tree::Map(entries) => entries.iter().for_each(|(key, tree)| in_tree(key, tree, over, sink)),
        Tree::Integer(_) | Tree::Number(_) | Tree::Boolean(_) => {}
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with('/')
}

fn report(who: &str, text: &str, found: &Found<'_>, said: (&Text, Span), help: String, sink: &mut Sink) {
    let (said, span) = said;
    let place = said.as_literal().filter(|said| *said == text);
    let place = place.and_then(|said| part_of(said, span, found.place.clone()));
    let what = match found.name {
        Some(name) => format!("{} behind `{name}`", found.what),
        None => found.what.to_owned(),
    };
    sink.report(
        Diagnostic::new(codes::SEC001, format!("the address {who} holds {what}"))
            .at(place.unwrap_or(span), "whoever reads the source or the artifact knows it")
            .help(help),
    );
}

/// What a secret with the address of a receiver could be called.
fn secret_name(receiver: &str, word: &str) -> String {
    constant_name(&format!("{receiver}_{word}_URL"))
}

/// A name as variables are written.
fn constant_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

const PASSWORD: &str = "a password";

/// The first credential in an address.
fn find(address: &str) -> Option<Found<'_>> {
    let start = address.find("://")? + 3;
    let rest = &address[start..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = match authority.rfind('@') {
        Some(at) => {
            let user = &authority[..at];
            let from = user.find(':').map_or(0, |colon| colon + 1);
            if from < at {
                return Some(Found { what: PASSWORD, name: None, place: start + from..start + at });
            }
            &authority[at + 1..]
        }
        None => authority,
    };
    let at = start + end;
    let behind = &address[at..];
    let behind = &behind[..behind.find('#').unwrap_or(behind.len())];
    let (path, query) = behind.split_once('?').unwrap_or((behind, ""));
    in_path(host, path, at).or_else(|| in_query(query, at + path.len() + 1))
}

fn in_path<'a>(host: &str, path: &str, at: usize) -> Option<Found<'a>> {
    const KEY_IN_PATH: &str = "a key in its path";
    let found = |place: Range<usize>| Some(Found { what: KEY_IN_PATH, name: None, place });
    let name = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    let is_of =
        |known: &str| name.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    for (known, prefix) in HOOKS {
        if is_of(known) && path.len() > prefix.len() && path.starts_with(prefix) {
            return found(at + prefix.len()..at + path.len());
        }
    }
    let mut from = at;
    for segment in path.split('/') {
        if is_key(segment) {
            return found(from..from + segment.len());
        }
        from += segment.len() + 1;
    }
    None
}

fn in_query(query: &str, at: usize) -> Option<Found<'_>> {
    let mut from = at;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = from + name.len() + 1..from + pair.len();
        from += pair.len() + 1;
        if !value.is_empty() && (NAMES.contains(&last_word(name).as_str()) || is_key(value)) {
            return Some(Found { what: "a key", name: Some(name), place });
        }
    }
    None
}

/// Whether a word is none that somebody would read: a UUID, or many letters mixed with digits.
fn is_key(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let hex = word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if hex && lengths == [8, 4, 4, 4, 12] {
        return true;
    }
    word.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        part.len() >= KEY && digits >= 3 && digits < part.len()
    })
}

#[cfg(test)]
mod tests {
    use super::{find, secret_name};

    #[test]
    fn credentials_in_addresses_are_found_at_their_place() {
        for (address, credential) in [
            ("https://user:hunter2@example.com/hook", Some("hunter2")),
            ("https://hunter2@example.com/hook", Some("hunter2")),
            ("https://@example.com/hook", None),
            ("https://example.com/hook?token=abc", Some("abc")),
            ("https://example.com/hook?a=b&api_key=abc#x", Some("abc")),
            ("https://example.com/hook?apiKey=abc", Some("abc")),
            ("https://example.com/hook?KEY=abc", Some("abc")),
            ("https://example.com/hook?token=", None),
            ("https://example.com/hook?monkey=abc&tokens=7", None),
            ("https://example.com/hook#token=abc", None),
            ("https://hooks.slack.com/services/T0/B0/x", Some("T0/B0/x")),
            ("https://hooks.slack.com/services/", None),
            ("https://HOOKS.slack.com:443/services/T0/B0/x", Some("T0/B0/x")),
            ("https://nothooks.slack.com.example/services/T0/B0/x", None),
            (
                "https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d",
                Some("a@b/IncomingWebhook/c/d"),
            ),
            (
                "https://example.com/6f1c2b1e-8f4e-4c55-9d8e-2f4d3a1b0c9d",
                Some("6f1c2b1e-8f4e-4c55-9d8e-2f4d3a1b0c9d"),
            ),
            ("https://example.com/in/9aF3kLm20QpZx81Vb7Tt/go", Some("9aF3kLm20QpZx81Vb7Tt")),
            ("https://example.com/?x=9aF3kLm20QpZx81Vb7Tt", Some("9aF3kLm20QpZx81Vb7Tt")),
            ("https://example.com/who-is-told-of-alerts-in-2024/v1", None),
            ("https://example.com/20240131235959000000001", None),
            ("http://stub:8080/alerts", None),
            ("#alerts", None),
            ("", None),
        ] {
            let found = find(address).map(|found| &address[found.place]);
            assert_eq!(found, credential, "{address}");
        }
    }

    #[test]
    fn a_secret_is_called_after_its_receiver() {
        assert_eq!(secret_name("on-call", "webhook"), "ON_CALL_WEBHOOK_URL");
        assert_eq!(secret_name("1st", "heartbeat"), "ST_HEARTBEAT_URL");
    }
}
