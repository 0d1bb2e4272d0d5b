//! Credentials in addresses: whoever reads them could log in there, or send in somebody's name.

use super::found::Found;
use super::near::places;
use super::{NAMES, last_word};

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

/// A password before a host.
pub const PASSWORD: &str = "a password";

/// What only who may post to an address knows of it.
pub const HOOK: &str = "a key in its path";

/// The first credential in an address.
#[must_use]
pub fn in_address(address: &str) -> Option<Found<'_>> {
    let start = places(address, "://").next()? + 3;
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
    let name = host.split(':').next().unwrap_or(host).as_bytes();
    let is_of = |known: &str| {
        let (rest, end) = name.split_at(name.len().saturating_sub(known.len()));
        end.eq_ignore_ascii_case(known.as_bytes()) && matches!(rest, [] | [.., b'.'])
    };
    for (known, prefix) in HOOKS {
        if path.len() > prefix.len() && path.starts_with(prefix) && is_of(known) {
            return Some(Found { what: HOOK, name: None, place: at + prefix.len()..at + path.len() });
        }
    }
    let mut from = at;
    for segment in path.split('/') {
        if is_key(segment) {
            let what = "what looks like a key in its path";
            return Some(Found { what, name: None, place: from..from + segment.len() });
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
#[must_use]
pub fn is_key(word: &str) -> bool {
    if word.len() < KEY {
        return false;
    }
    let hex = word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if hex && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]) {
        return true;
    }
    word.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        part.len() >= KEY && digits >= 3 && digits < part.len()
    })
}

#[cfg(test)]
mod tests {
    use super::in_address;

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
            let found = in_address(address).map(|found| &address[found.place]);
            assert_eq!(found, credential, "{address}");
        }
    }
}
