//! Labels of containers: the platform's, and those of each service; and which texts can be labels of Kubernetes.

use super::{Platform, Service};
use crate::hash::HashSet;

impl Platform {
    /// The labels of a service: the platform's, then its own, which prevail.
    pub fn container_labels<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = (&'a str, &'a str)> {
        let own: HashSet<&str> = service.labels.iter().map(|(key, _)| key.as_str()).collect();
        let shared = self.labels.iter().filter(move |(key, _)| !own.contains(key.as_str()));
        shared.chain(&service.labels).map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// Whether a text can be the key of a label of Kubernetes
/// (kubernetes/apimachinery:pkg/util/validation/validation.go, `IsQualifiedName`).
#[must_use]
pub fn is_label_key(key: &str) -> bool {
    let (domain, name) = key.split_once('/').map_or((None, key), |(domain, name)| (Some(domain), name));
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let outer = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let domain_is_one = domain.is_none_or(|domain| {
        domain.len() <= 253
            && domain.split('.').all(|part| {
                let label = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                !part.is_empty() && part.bytes().all(label) && !part.starts_with('-') && !part.ends_with('-')
            })
    });
    domain_is_one
        && name.len() <= 63
        && name.bytes().all(inner)
        && outer(name.bytes().next())
        && outer(name.bytes().next_back())
}

/// Whether a text can be the value of a label: at most 63 letters, digits, `-`, `_` and `.`, the ends being letters or
/// digits (kubernetes/apimachinery:pkg/util/validation/validation.go, `IsValidLabelValue`).
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let outer = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 63
        && text.bytes().all(inner)
        && outer(text.bytes().next())
        && outer(text.bytes().next_back())
}

#[cfg(test)]
mod tests {
    use super::is_label_value;

    #[test]
    fn the_value_of_a_label_is_short_and_plain() {
        for good in ["", "a", "v1.2_3-4", "RELEASE.2025-09-07T16-13-09Z"] {
            assert!(is_label_value(good), "{good}");
        }
        for bad in ["-a", "a.", "a b", "a/b", "ä", &"a".repeat(64)] {
            assert!(!is_label_value(bad), "{bad}");
        }
    }
}
