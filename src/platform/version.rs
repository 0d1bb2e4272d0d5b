//! Versions of the programs that targets write for.

use std::fmt;

/// A version without what stands behind its second number: as much as decides what a program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Version {
    /// Reads `3.13`, `3.13.2` and the `v3.13.2-alpine` of an image's tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let numbers = tag.strip_prefix('v').unwrap_or(tag).split(['-', '+']).next()?;
        let mut numbers = numbers.split('.').map(|number| number.parse().ok());
        Some(Self(numbers.next()??, numbers.next()??))
    }

    /// Reads `3.13` and `3.13.2`, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split('.').count();
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
        Self::of_tag(text).filter(|_| plain && matches!(parts, 2 | 3) && !text.ends_with('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn tags_and_settings_are_read() {
        assert_eq!(Version::of_tag("v3.13.2"), Some(Version(3, 13)));
        assert_eq!(Version::of_tag("2.53.3-alpine"), Some(Version(2, 53)));
        assert_eq!(Version::of_tag("latest"), None);
        assert_eq!(Version::parse("3.8"), Some(Version(3, 8)));
        assert!(Version::parse("3.13.2").is_some_and(|version| version > Version(3, 8)));
        for wrong in ["3", "v3.8", "3.8.", "3.8.1.2", "3.x", "", "3.8-rc"] {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
    }
}
