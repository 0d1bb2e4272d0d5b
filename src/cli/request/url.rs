//! The address that is asked for, as a client reads it.

use crate::notation::authority::{Authority, HTTP, HTTPS};
use std::fmt::Write as _;

/// An address of HTTP (RFC 9110, section 4.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// Whether it is asked over TLS.
    pub(super) tls: bool,
    /// The host, in lower case; an address of IPv6 in brackets.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// The path and the query, as a client sends them.
    pub(super) target: String,
}

impl Url {
    /// Reads an address; what is wrong with it, and a way out.
    pub(super) fn parse(text: &str) -> Result<Self, (String, String)> {
        let refused = |problem: &str, help: String| (format!("`{text}` {problem}"), help);
        let Some((scheme, rest)) = text.split_once("://") else {
            let host = if text.starts_with('/') { "HOST" } else { "" };
            return Err(refused("has no scheme", format!("write `https://{host}{text}`")));
        };
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return Err(refused("is no address of HTTP", "write `https://` or `http://`".to_owned())),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(end);
        if authority.contains('@') {
            return Err(refused("holds a user", "write `--login` for one that the proxy knows".to_owned()));
        }
        let said = Authority::parse(authority);
        let host = said.map_or("", |said| said.host);
        let Some(port) = said.map_or(Some(HTTP), |said| said.number_or(if tls { HTTPS } else { HTTP }))
        else {
            return Err(refused("has no such port", "a port is a number from 1 to 65535".to_owned()));
        };
        if host.is_empty() || host.contains([' ', '"', '<', '>', '\\']) {
            return Err(refused(
                "has no host",
                "write a name such as `https://shop.example.com/`".to_owned(),
            ));
        }
        Ok(Self { tls, host: host.to_ascii_lowercase(), port, target: target(behind) })
    }
}

/// The path and the query: what stands behind `#` is not sent, and what no request line holds is encoded.
fn target(behind: &str) -> String {
    let sent = behind.split('#').next().unwrap_or_default();
    let mut out = if sent.starts_with('/') { String::new() } else { "/".to_owned() };
    for byte in sent.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn addresses_are_read_as_clients_read_them() {
        for (text, expected) in [
            ("https://Shop.example.com", Some((true, "shop.example.com", 443, "/"))),
            ("http://shop.example.com?a=b#c", Some((false, "shop.example.com", 80, "/?a=b"))),
            ("https://shop.example.com:8443/a b/ä", Some((true, "shop.example.com", 8443, "/a%20b/%C3%A4"))),
            ("http://[::1]:8080/x//y/../z", Some((false, "[::1]", 8080, "/x//y/../z"))),
            ("http://[::1]/", Some((false, "[::1]", 80, "/"))),
            ("shop.example.com/", None),
            ("ftp://shop.example.com/", None),
            ("https://a:b@shop.example.com/", None),
            ("https://shop.example.com:0/", None),
            ("https://shop.example.com:x/", None),
            ("https:///a", None),
        ] {
            let url = Url::parse(text).ok();
            let expected = expected.map(|(tls, host, port, target)| Url {
                tls,
                host: host.to_owned(),
                port,
                target: target.to_owned(),
            });
            assert_eq!(url, expected, "{text}");
        }
    }
}
