//! What no message may show: values of secrets that stand in the source. Logs of builds are read by many.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Diagnostic, codes};
use crate::source::{FileId, Sources};

/// Hides the credentials that are told of, from every message: others may be about the same line.
pub fn hide_credentials(diagnostics: &[Diagnostic], sources: &mut Sources) {
    let mut hidden: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.code.id == codes::SEC001.id) {
        // The place of the value is the first one.
        let Some(label) = diagnostic.labels.first() else { continue };
        let text = sources.file(label.span.file).text();
        let range = hidden_range(text, label.span.start as usize..label.span.end as usize);
        hidden.entry(label.span.file).or_default().push(range);
    }
    for (file, mut ranges) in hidden {
        ranges.sort_unstable_by_key(|range| range.start);
        let shown = without(sources.file(file).text(), &ranges);
        sources.show(file, shown);
    }
}

/// A text with stars in some ranges, which are in order and may overlap.
fn without(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for range in ranges {
        let start = range.start.max(from);
        let (Some(before), Some(inside)) = (text.get(from..start), text.get(start..range.end)) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&stars(inside));
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// What is not shown: the place, where it is text; the rest of its line, where it only leads to some.
fn hidden_range(text: &str, place: Range<usize>) -> Range<usize> {
    let before = text.get(..place.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.matches('"').count() % 2 == 1 {
        return place;
    }
    let inside = text.get(place.clone()).unwrap_or_default();
    if let (Some(first), Some(last)) = (inside.find('"'), inside.rfind('"')) {
        return place.start + first..place.start + last + 1;
    }
    let behind = text.get(place.end..).unwrap_or_default();
    place.end..place.end + behind.find('\n').unwrap_or(behind.len())
}

/// As many bytes, none of them told, on as many lines.
fn stars(text: &str) -> String {
    text.bytes().map(|byte| if matches!(byte, b'\n' | b'"') { char::from(byte) } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn ranges_may_overlap_and_keep_their_length() {
        let cases: &[(&[(usize, usize)], &str)] = &[
            (&[], "a \"bé\"\nc"),
            (&[(3, 6)], "a \"***\"\nc"),
            (&[(3, 6), (3, 6), (4, 8)], "a \"***\"\nc"),
            (&[(0, 1), (8, 9)], "* \"bé\"\n*"),
            (&[(5, 6)], "a \"bé\"\nc"),
            (&[(90, 99)], "a \"bé\"\nc"),
        ];
        for (ranges, expected) in cases {
            let ranges: Vec<_> = ranges.iter().map(|(start, end)| *start..*end).collect();
            assert_eq!(without("a \"bé\"\nc", &ranges), *expected, "{ranges:?}");
        }
    }
}
