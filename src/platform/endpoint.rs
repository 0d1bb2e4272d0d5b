//! Endpoints of outsides: what services reach.

use super::Outside;
use crate::notation::wildcard;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The host, or a pattern of hosts: each `*` stands for any part of one label.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Endpoint {
    /// Whether it stands for several hosts.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.host.contains('*')
    }

    /// Whether a host and a port are this endpoint's, or among those that it stands for.
    #[must_use]
    pub fn includes(&self, host: &str, port: u16) -> bool {
        let (own, host) = (self.host.trim_end_matches('.'), host.trim_end_matches('.'));
        self.port == port
            && own.split('.').count() == host.split('.').count()
            && own.split('.').zip(host.split('.')).all(|(pattern, label)| is_label_of(pattern, label))
    }
}

impl Outside {
    /// The first endpoint that is one host.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| !endpoint.is_pattern())
    }
}

/// Whether a label is one that a pattern stands for. Names of hosts are the same in any case of letters.
fn is_label_of(pattern: &str, label: &str) -> bool {
    wildcard::fits(&pattern.to_ascii_lowercase(), &label.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn a_star_stands_for_a_part_of_one_label() {
        let includes =
            |pattern: &str, host: &str| Endpoint { host: pattern.to_owned(), port: 443 }.includes(host, 443);
        for (pattern, host) in [
            ("a.example.com", "A.example.com."),
            ("*.example.com", "a.example.com"),
            ("*.EXAMPLE.com", "a-b.example.com"),
            ("o*.ingest.example.com", "o42.ingest.example.com"),
            ("a*b*c.example.com", "a1b2b3c.example.com"),
        ] {
            assert!(includes(pattern, host), "{pattern} {host}");
        }
        for (pattern, host) in [
            ("*.example.com", "example.com"),
            ("*.example.com", "a.b.example.com"),
            ("*.example.com", "a.example.org"),
            ("o*.example.com", "p1.example.com"),
            ("a*b.example.com", "a.example.com"),
            ("ab*b.example.com", "ab.example.com"),
        ] {
            assert!(!includes(pattern, host), "{pattern} {host}");
        }
        assert!(!Endpoint { host: "a".to_owned(), port: 443 }.includes("a", 80));
    }
}
