//! The names of images (distribution/reference, reference.go).

/// `registry/repository:tag@digest`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// The repository, with its registry where one is given.
    pub repository: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The digest.
    pub digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Takes a name apart, whatever its parts look like.
    #[must_use]
    pub(crate) fn parse(text: &'a str) -> Self {
        // Every service has an image, so the text is looked through once.
        let (mut colon, mut at) = (None, None);
        for (place, byte) in text.bytes().enumerate() {
            match byte {
                // A colon before it is that of a registry's port.
                b'/' => colon = None,
                b':' => colon = colon.or(Some(place)),
                b'@' => {
                    at = Some(place);
                    break;
                }
                _ => {}
            }
        }
        let (name, digest) = match at {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let (repository, tag) = match colon {
            Some(colon) => (&name[..colon], Some(&name[colon + 1..])),
            None => (name, None),
        };
        Self { repository, tag, digest }
    }

    /// The registry, where one is given, and the path in it.
    #[must_use]
    pub(crate) fn registry(&self) -> (Option<&'a str>, &'a str) {
        match self.repository.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
            _ => (None, self.repository),
        }
    }

    /// The repository as people write it: the default registry and its `library/` are left out.
    #[must_use]
    pub(crate) fn short(&self) -> &'a str {
        let short = self.repository.strip_prefix("docker.io/").unwrap_or(self.repository);
        short.strip_prefix("library/").unwrap_or(short)
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn names_are_taken_apart() {
        for (text, repository, tag, digest) in [
            ("app", "app", None, None),
            ("app:8.2", "app", Some("8.2"), None),
            ("app@sha256:00", "app", None, Some("sha256:00")),
            ("a.example.com:5000/b/c", "a.example.com:5000/b/c", None, None),
            ("a.example.com:5000/b/c:1@sha256:00", "a.example.com:5000/b/c", Some("1"), Some("sha256:00")),
            ("a/b:1:2", "a/b", Some("1:2"), None),
            ("a:b/c@d/e", "a:b/c", None, Some("d/e")),
            ("", "", None, None),
        ] {
            assert_eq!(Reference::parse(text), Reference { repository, tag, digest }, "{text}");
        }
    }

    #[test]
    fn a_registry_is_a_host() {
        for (text, registry, path) in [
            ("app:8", None, "app"),
            ("team/app:1", None, "team/app"),
            ("localhost/a", Some("localhost"), "a"),
            ("a:5000/b/c:1", Some("a:5000"), "b/c"),
            ("quay.io/a/b", Some("quay.io"), "a/b"),
        ] {
            assert_eq!(Reference::parse(text).registry(), (registry, path), "{text}");
        }
        assert_eq!(Reference::parse("docker.io/library/app:8").short(), "app");
        assert_eq!(Reference::parse("docker.io/a/b").short(), "a/b");
        assert_eq!(Reference::parse("quay.io/library/b").short(), "quay.io/library/b");
    }
}
