//! The functions of templates, with how many arguments they take.

/// The functions of Go (golang/go:src/text/template/doc.go, "Functions") and of Prometheus
/// (prometheus/prometheus:docs/configuration/template_reference.md) with the fewest and the most arguments.
const FUNCTIONS: &[(&str, usize, Option<usize>)] = &[
    ("and", 1, None),
    ("args", 0, None),
    ("call", 1, None),
    ("eq", 2, None),
    ("externalURL", 0, Some(0)),
    ("first", 1, Some(1)),
    ("ge", 2, Some(2)),
    ("graphLink", 1, Some(1)),
    ("gt", 2, Some(2)),
    ("html", 0, None),
    ("humanize", 1, Some(1)),
    ("humanize1024", 1, Some(1)),
    ("humanizeDuration", 1, Some(1)),
    ("humanizePercentage", 1, Some(1)),
    ("humanizeTimestamp", 1, Some(1)),
    ("index", 1, None),
    ("js", 0, None),
    ("label", 2, Some(2)),
    ("le", 2, Some(2)),
    ("len", 1, Some(1)),
    ("lt", 2, Some(2)),
    ("match", 2, Some(2)),
    ("ne", 2, Some(2)),
    ("not", 1, Some(1)),
    ("or", 1, None),
    ("parseDuration", 1, Some(1)),
    ("pathPrefix", 0, Some(0)),
    ("print", 0, None),
    ("printf", 1, None),
    ("println", 0, None),
    ("query", 1, Some(1)),
    ("reReplaceAll", 3, Some(3)),
    ("safeHtml", 1, Some(1)),
    ("slice", 1, Some(4)),
    ("sortByLabel", 2, Some(2)),
    ("stripDomain", 1, Some(1)),
    ("stripPort", 1, Some(1)),
    ("strvalue", 1, Some(1)),
    ("tableLink", 1, Some(1)),
    ("title", 1, Some(1)),
    ("toLower", 1, Some(1)),
    ("toTime", 1, Some(1)),
    ("toUpper", 1, Some(1)),
    ("urlquery", 0, None),
    ("value", 1, Some(1)),
];

/// Functions that came behind Prometheus 2.53, which reads all that is written.
pub(super) const NEWER: &[&str] = &["now", "toDuration", "urlQueryEscape"];

/// How many arguments a function takes; `None` where there is none of the name.
pub(super) fn arguments(name: &str) -> Option<(usize, Option<usize>)> {
    let at = FUNCTIONS.binary_search_by_key(&name, |(known, ..)| known).ok()?;
    FUNCTIONS.get(at).map(|(_, least, most)| (*least, *most))
}

/// Every name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;

    #[test]
    fn they_are_in_order() {
        assert!(FUNCTIONS.is_sorted_by_key(|(name, ..)| name));
    }
}
