//! Units that other languages write, and what each is here.

/// What a unit of another language is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// One of ours, for every reader.
    Sure(&'static str),
    /// A size that some count in steps of 1,024 and others in steps of 1,000: ours, and the bytes of the other.
    /// Docker reads `512m` and `512MB` as the first (docker/go-units:size.go, `RAMInBytes`), Kubernetes reads `512M` as the second,
    /// and `512m` as thousandths of a byte (kubernetes/apimachinery:pkg/api/resource/quantity.go).
    Either(&'static str, u64),
}

/// Units, in lower case, with what they are here.
const UNITS: &[(&str, Foreign)] = &[
    ("byte", Foreign::Sure("B")),
    ("bytes", Foreign::Sure("B")),
    ("ki", Foreign::Sure("KiB")),
    ("kib", Foreign::Sure("KiB")),
    ("mi", Foreign::Sure("MiB")),
    ("mib", Foreign::Sure("MiB")),
    ("gi", Foreign::Sure("GiB")),
    ("gib", Foreign::Sure("GiB")),
    ("ti", Foreign::Sure("TiB")),
    ("tib", Foreign::Sure("TiB")),
    ("k", Foreign::Either("KiB", 1_000)),
    ("kb", Foreign::Either("KiB", 1_000)),
    ("m", Foreign::Either("MiB", 1_000_000)),
    ("mb", Foreign::Either("MiB", 1_000_000)),
    ("g", Foreign::Either("GiB", 1_000_000_000)),
    ("gb", Foreign::Either("GiB", 1_000_000_000)),
    ("t", Foreign::Either("TiB", 1_000_000_000_000)),
    ("tb", Foreign::Either("TiB", 1_000_000_000_000)),
    ("msec", Foreign::Sure("ms")),
    ("millis", Foreign::Sure("ms")),
    ("milliseconds", Foreign::Sure("ms")),
    ("sec", Foreign::Sure("s")),
    ("secs", Foreign::Sure("s")),
    ("second", Foreign::Sure("s")),
    ("seconds", Foreign::Sure("s")),
    ("min", Foreign::Sure("m")),
    ("mins", Foreign::Sure("m")),
    ("minute", Foreign::Sure("m")),
    ("minutes", Foreign::Sure("m")),
    ("hr", Foreign::Sure("h")),
    ("hrs", Foreign::Sure("h")),
    ("hour", Foreign::Sure("h")),
    ("hours", Foreign::Sure("h")),
    ("day", Foreign::Sure("d")),
    ("days", Foreign::Sure("d")),
    ("week", Foreign::Sure("w")),
    ("weeks", Foreign::Sure("w")),
];

/// Our own units.
const OURS: &[&str] = &["%", "ms", "s", "m", "h", "d", "w", "B", "KiB", "MiB", "GiB", "TiB"];

/// What a unit of another language is here.
#[must_use]
pub fn foreign(unit: &str) -> Option<Foreign> {
    let unit = unit.to_lowercase();
    UNITS.iter().find(|(known, _)| *known == unit).map(|(_, foreign)| *foreign)
}

/// The unit that a word is, in our spelling, where one alone is meant.
pub(super) fn sure(unit: &str) -> Option<&'static str> {
    let own = OURS.iter().find(|own| **own == unit).copied();
    own.or_else(|| match foreign(unit)? {
        Foreign::Sure(ours) => Some(ours),
        Foreign::Either(..) => None,
    })
}
