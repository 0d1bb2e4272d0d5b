//! What no message may show: values of secrets that stand in the source. Logs of builds are read by many.

use std::collections::BTreeMap;
use std::ops::Range;

use super::credential::text::in_source;
use super::credential::{Names, names};
use super::{Diagnostic, codes};
use crate::hash::HashSet;
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
    // A mistake in a line keeps the rules from reading it, so the lines that messages show are looked at as text.
    let mut seen = HashSet::default();
    for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        let file = sources.file(label.span.file);
        let line = file.line_of(label.span.start);
        if !seen.insert((label.span.file, line)) {
            continue;
        }
        let start = file.line_start(line);
        let shown = file.text().get(start..file.line_start(line + 1)).unwrap_or_default();
        let found = values(shown.trim_end_matches('\n'));
        if !found.is_empty() {
            let found = found.into_iter().map(|range| start + range.start..start + range.end);
            hidden.entry(label.span.file).or_default().extend(found);
        }
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

/// Where values of credentials stand in a line: what is given to a name of one, and to a `secret`, and what looks like
/// one.
fn values(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut at = 0;
    let mut secret = false;
    while let Some(start) = line[at..].find(is_word).map(|start| at + start) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |length| start + length);
        let word = &line[start..end];
        let apart = line[at..start].trim().is_empty();
        let declares = std::mem::replace(&mut secret, word == "secret") && apart;
        at = end;
        let is_default = word == "default" && line.trim_start().starts_with("secret ");
        if !declares && !is_default && names(word) != Names::Credential {
            continue;
        }
        let rest = line[end..].trim_start_matches('"').trim_start_matches([' ', '\t']);
        let (given, rest) = match rest.strip_prefix(['=', ':']) {
            Some(rest) => (true, rest.trim_start_matches([' ', '\t'])),
            None => (false, rest),
        };
        let from = line.len() - rest.len();
        let length = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].find(quote).map_or(rest.len(), |length| length + 2),
            // A bare word is the name of a secret, but for one that starts as a number does, or behind `secret NAME =`.
            Some(first) if given && (first.is_ascii_digit() || declares) => {
                rest.find(|c: char| c.is_whitespace() || ",}]".contains(c)).unwrap_or(rest.len())
            }
            _ => continue,
        };
        let inside = rest[..length].trim_matches(['"', '\'']);
        if !(inside.starts_with("${") && inside.find('}') == Some(inside.len() - 1)) {
            found.push(from..from + length);
        }
        at = at.max(from + length);
    }
    found.extend(in_source(line).into_iter().map(|one| one.place));
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|next, one| {
        let within = next.start < one.end;
        one.end = if within { one.end.max(next.end) } else { one.end };
        within
    });
    found
}

/// What is not shown: the place, where it is text; the rest of its line, where it only leads to some.
fn hidden_range(text: &str, place: Range<usize>) -> Range<usize> {
    let before = text.get(..place.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.matches('"').count() % 2 == 1 {
        return place;
    }
    let inside = text.get(place.clone()).unwrap_or_default();
    let behind = text.get(place.end..).unwrap_or_default();
    // What is given to a name stands behind it.
    let leads = behind.trim_start_matches([' ', '\t']).starts_with(['=', '{']);
    if leads && !line.trim_end().ends_with('=') && inside.ends_with('"') {
        return place.end..place.end + behind.find('\n').unwrap_or(behind.len());
    }
    if let (Some(first), Some(last)) = (inside.find('"'), inside.rfind('"')) {
        return place.start + first..place.start + last + 1;
    }
    // Without quotes it is a value where something is given.
    if line.trim_end().ends_with('=') {
        return place;
    }
    place.end..place.end + behind.find('\n').unwrap_or(behind.len())
}

/// As many bytes, none of them told, on as many lines.
fn stars(text: &str) -> String {
    text.bytes().map(|byte| if matches!(byte, b'\n' | b'"') { char::from(byte) } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{values, without};

    #[test]
    fn values_of_credentials_are_found_in_a_line() {
        for (line, expected) in [
            ("  DB_PASSWORD = \"a b\" # c", vec!["\"a b\""]),
            ("  DB_PASSWORD: 'a'", vec!["'a'"]),
            ("  DB_PASSWORD = \"a", vec!["\"a"]),
            ("  DB_PASSWORD = 1234, TOKEN = \"x\"", vec!["1234", "\"x\""]),
            ("  \"db.password\" = \"a\"", vec!["\"a\""]),
            ("secret X = hunter2", vec!["hunter2"]),
            ("secret X \"hunter2\"", vec!["\"hunter2\""]),
            ("secret X { default = \"a\", description = \"b\" }", vec!["\"a\""]),
            ("  password = DB_PASSWORD", vec![]),
            ("  env { DB_PASSWORD, A = \"b\" }", vec![]),
            ("secret DB_PASSWORD { description = \"a\" }", vec![]),
            ("", vec![]),
            ("password =", vec![]),
            ("password { type = secret, description = \"a\" }", vec![]),
            ("command = \"a --password '${PASSWORD}' b\"", vec![]),
            ("command = [\"--password=a\", \"--db-password\", \"x\"]", vec!["a", "x"]),
            ("HOOK = \"https://hooks.slack.com/services/T0/B0/x\"", vec!["T0/B0/x"]),
            ("DB = \"sql://app:a@db/shop\"", vec!["a"]),
            ("password=PASSWORD", vec![]),
        ] {
            let found: Vec<&str> = values(line).into_iter().map(|range| &line[range]).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

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
