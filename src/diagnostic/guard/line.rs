//! Where values of credentials stand in the lines of a source, right or wrong: no rule reads a line that has a mistake.

use std::ops::Range;

use crate::diagnostic::credential::text::{in_arguments, in_source as in_line};
use crate::diagnostic::credential::{Names, names};

/// What a `secret` holds beside a value.
const OF_SECRETS: &[&str] = &["description", "min_length", "optional", "reason"];

/// How many lines above a place are looked at for the `secret` whose body it stands in.
const ABOVE: usize = 12;

/// The values of credentials in the lines of a text that a range of bytes covers.
pub(super) fn in_source(text: &str, window: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut body = stands_in_secret(text.get(..window.start).unwrap_or_default());
    let mut start = window.start;
    for line in text.get(window).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        if opens_secret(bare) {
            body = true;
        }
        found.extend(values(bare, body).into_iter().map(|range| start + range.start..start + range.end));
        if bare.contains('}') {
            body = false;
        }
        start += line.len();
    }
    found
}

/// Whether a line opens the body of a `secret`.
fn opens_secret(line: &str) -> bool {
    let line = line.trim_start_matches(['+', '-', ' ', '\t']);
    line.starts_with("secret ") && line.contains('{')
}

/// Whether what follows stands in the body of a `secret`.
fn stands_in_secret(before: &str) -> bool {
    let line = before.lines().rev().take(ABOVE).find(|line| line.contains(['{', '}']));
    line.is_some_and(|line| opens_secret(line) && !line.contains('}'))
}

/// Where values of credentials stand in a line: what is given to a name of one, and to a `secret`, and what looks like
/// one.
/// `body`: whether the line stands in the body of a `secret`.
fn values(line: &str, body: bool) -> Vec<Range<usize>> {
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
        let is_value = body && !OF_SECRETS.contains(&word);
        if !declares && !is_value && names(word) != Names::Credential {
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
            // A bare word is the name of a secret, but for one that no name looks like, or behind `secret NAME =`.
            Some(_) if given => {
                let length =
                    rest.find(|c: char| c.is_whitespace() || ",}]".contains(c)).unwrap_or(rest.len());
                if !(declares || is_value || is_odd(&rest[..length])) {
                    continue;
                }
                length
            }
            _ => continue,
        };
        let inside = rest[..length].trim_matches(['"', '\'']);
        if !(inside.starts_with("${") && inside.find('}') == Some(inside.len() - 1)) {
            found.push(from..from + length);
        }
        at = at.max(from + length);
    }
    found.extend(in_line(line).into_iter().map(|one| one.place));
    found.extend(in_texts(line));
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|next, one| {
        let within = next.start < one.end;
        one.end = if within { one.end.max(next.end) } else { one.end };
        within
    });
    found
}

/// The credentials in the texts of a line: a line of a shell in one of them, and the arguments of a program in all.
fn in_texts(line: &str) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let mut rest = line;
    while let Some((_, behind)) = rest.split_once('"')
        && let Some((text, behind)) = behind.split_once('"')
    {
        texts.push((line.len() - behind.len() - 1 - text.len(), text));
        rest = behind;
    }
    let arguments: Vec<&str> = texts.iter().map(|(_, text)| *text).collect();
    let found = in_arguments(&arguments).into_iter();
    let found = found.filter_map(|(at, found)| Some((texts.get(at)?.0, found)));
    let within =
        texts.iter().flat_map(|(start, text)| in_line(text).into_iter().map(|found| (*start, found)));
    found.chain(within).map(|(start, found)| start + found.place.start..start + found.place.end).collect()
}

/// Whether a bare word looks like no name of anything: it starts as a number does, or mixes letters and digits.
fn is_odd(word: &str) -> bool {
    let has = |of: fn(&char) -> bool| word.chars().any(|c| of(&c));
    let mixed = has(char::is_ascii_lowercase) && (has(char::is_ascii_uppercase) || has(char::is_ascii_digit));
    word.starts_with(|c: char| c.is_ascii_digit())
        || mixed && names(word) == Names::Other && !word.contains('.')
}

#[cfg(test)]
mod tests {
    use super::{opens_secret, values};

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
            ("a = [\"sh\", \"-c\", \"mysql -pab1 c && curl -u d:ef2 g\"", vec!["ab1", "ef2"]),
            ("a = [\"valkey-cli\", \"-a\", \"ab1\"]", vec!["ab1"]),
        ] {
            let found: Vec<&str> =
                values(line, opens_secret(line)).into_iter().map(|range| &line[range]).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
