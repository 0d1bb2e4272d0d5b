//! Patterns of tags: `*-alpine*`, `<18`, `>=3.6`, and both: `<18 *-alpine*`.

use crate::notation::wildcard;

/// What tags look like.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The versions it holds for.
    versions: Option<Versions>,
    /// Text in which `*` stands for anything.
    glob: Option<String>,
}

#[derive(Debug)]
enum Versions {
    /// All before one.
    Before(Vec<u64>),
    /// One and all behind it.
    From(Vec<u64>),
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Self {
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let versions = Versions::parse(first);
        let glob = if versions.is_some() { rest } else { text };
        Self { versions, glob: (!glob.is_empty()).then(|| glob.to_owned()) }
    }

    /// How specific it is, where it holds for a tag.
    pub(super) fn holds(&self, tag: &str) -> Option<(usize, bool)> {
        let glob = self.glob.as_deref();
        let matches = glob.is_none_or(|glob| wildcard::fits(glob, tag))
            && self.versions.as_ref().is_none_or(|versions| versions.hold(tag));
        matches.then_some((glob.map_or(0, str::len), self.versions.is_some()))
    }
}

impl Versions {
    fn parse(text: &str) -> Option<Self> {
        let numbers = |text: &str| text.split('.').map(|number| number.parse().ok()).collect::<Option<_>>();
        match (text.strip_prefix('<'), text.strip_prefix(">=")) {
            (Some(before), _) => numbers(before).map(Self::Before),
            (_, Some(from)) => numbers(from).map(Self::From),
            _ => None,
        }
    }

    /// A tag without a version (`latest`, `alpine`, `trixie`) is the newest one.
    fn hold(&self, tag: &str) -> bool {
        let version = version(tag);
        match self {
            Self::Before(end) => version.is_some_and(|version| version < *end),
            Self::From(start) => version.is_none_or(|version| version >= *start),
        }
    }
}

/// The numbers that a tag starts with: of `v3.7.6-slim` 3, 7 and 6.
fn version(tag: &str) -> Option<Vec<u64>> {
    let text = tag.strip_prefix('v').unwrap_or(tag);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let numbers: Vec<u64> = text[..end].split('.').map_while(|number| number.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// Whether a tag is of a line of versions: `6.0` holds for `6.0` and `6.0.15`, `<7.2` for `7.0.4`.
pub(crate) fn is_of(line: &str, tag: &str) -> bool {
    if let Some(versions) = Versions::parse(line) {
        return versions.hold(tag);
    }
    let text = tag.strip_prefix('v').unwrap_or(tag);
    text.strip_prefix(line).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Pattern, is_of};

    #[test]
    fn the_most_specific_pattern_is_found() {
        let patterns = ["<18", "*-alpine*", "<18 *-alpine*", "*-alpine*-slim"];
        let found = |tag: &str| {
            let holding = patterns.iter().filter_map(|text| Some((Pattern::parse(text).holds(tag)?, *text)));
            holding.max().map(|(_, text)| text)
        };
        for (tag, expected) in [
            ("19.1", None),
            ("latest", None),
            ("trixie", None),
            ("180", None),
            ("17.5-bookworm", Some("<18")),
            ("9.6.1", Some("<18")),
            ("18-alpine3.23", Some("*-alpine*")),
            ("17-alpine", Some("<18 *-alpine*")),
            ("18.1-alpine3.22-slim", Some("*-alpine*-slim")),
        ] {
            assert_eq!(found(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_line_holds_for_its_versions_only() {
        for (line, tag, expected) in [
            ("6.0", "6.0", true),
            ("6.0", "6.0.15-jammy", true),
            ("6.0", "6.01", false),
            ("6", "60.1", false),
            ("1", "v1.2", true),
            ("<7.2", "7.0.4", true),
            ("<7.2", "7.2", false),
            ("<7.2", "latest", false),
        ] {
            assert_eq!(is_of(line, tag), expected, "{line} {tag}");
        }
    }
}
