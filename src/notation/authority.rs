//! Hosts with their ports: `host:port`, alone and in an address (RFC 3986, section 3.2).

use std::net::IpAddr;

/// The port that an address of HTTP leads to where it names none (RFC 9110, section 4.2.1).
pub(crate) const HTTP: u16 = 80;
/// That of an address of HTTP over TLS (section 4.2.2).
pub(crate) const HTTPS: u16 = 443;

/// A host, and its port where one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Authority<'a> {
    /// The host as it is written: an address of IPv6 in its brackets.
    pub host: &'a str,
    /// What stands behind the colon.
    pub port: Option<&'a str>,
}

impl<'a> Authority<'a> {
    /// Reads `host` or `host:port`; `None` where brackets do not close, or something else stands behind them. An address of
    /// IPv6 without brackets is a host alone.
    #[must_use]
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let end = match text.strip_prefix('[') {
            Some(inner) => inner.find(']')? + 2,
            None => text.find(':').unwrap_or(text.len()),
        };
        let (host, behind) = text.split_at(end);
        let port = match behind.strip_prefix(':') {
            // More than one colon.
            Some(port) if !text.starts_with('[') && port.contains(':') => {
                return Some(Self { host: text, port: None });
            }
            Some(port) => Some(port),
            None if behind.is_empty() => None,
            None => return None,
        };
        Some(Self { host, port })
    }

    /// Reads that of an address `scheme://…`, and hands on its scheme and what stands behind it. A user before `@` is left out.
    #[must_use]
    pub(crate) fn of_url(url: &'a str) -> Option<(&'a str, Self, &'a str)> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
        Some((scheme, Self::parse(authority)?, behind))
    }

    /// The number of the port; `None` where the text is no number of a port.
    #[must_use]
    pub(crate) fn number(&self) -> Option<u16> {
        self.port?.parse().ok().filter(|number| *number > 0)
    }

    /// The number of the port, or another one where none is given.
    #[must_use]
    pub(crate) fn number_or(&self, default: u16) -> Option<u16> {
        if self.port.is_none() { Some(default) } else { self.number() }
    }

    /// The address that the host is.
    #[must_use]
    pub(crate) fn address(&self) -> Option<IpAddr> {
        let inner = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        match inner {
            Some(inner) => inner.parse().ok().filter(IpAddr::is_ipv6),
            None => self.host.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Authority;

    #[test]
    fn a_port_stands_behind_the_host() {
        for (text, host, port) in [
            ("db", "db", None),
            ("db:5432", "db", Some("5432")),
            ("db:", "db", Some("")),
            ("", "", None),
            ("[::1]", "[::1]", None),
            ("[::1]:443", "[::1]", Some("443")),
            ("2001:db8::1", "2001:db8::1", None),
            ("127.0.0.1:80", "127.0.0.1", Some("80")),
        ] {
            assert_eq!(Authority::parse(text), Some(Authority { host, port }), "{text}");
        }
        for text in ["[::1", "[", "[::1]x", "[::1]443"] {
            assert_eq!(Authority::parse(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_hold_one() {
        let of = |url| {
            Authority::of_url(url).map(|(scheme, it, behind)| (scheme, it.host, it.number_or(443), behind))
        };
        for (url, expected) in [
            ("https://a.example.com", Some(("https", "a.example.com", Some(443), ""))),
            ("https://user:word@a:8443/b:1?c", Some(("https", "a", Some(8443), "/b:1?c"))),
            ("http://[::1]:80#x", Some(("http", "[::1]", Some(80), "#x"))),
            ("https://[::1]/", Some(("https", "[::1]", Some(443), "/"))),
            ("https://a:0/", Some(("https", "a", None, "/"))),
            ("a:80", None),
        ] {
            assert_eq!(of(url), expected, "{url}");
        }
        let is_address = |text| Authority::parse(text).and_then(|it| it.address()).is_some();
        assert!(["10.0.0.1:80", "[::1]:80", "::1"].into_iter().all(is_address));
        assert!(!["a:80", "[10.0.0.1]", "[a]"].into_iter().any(is_address));
    }
}
