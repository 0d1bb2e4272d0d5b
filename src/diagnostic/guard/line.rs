//! Where values of credentials stand in the lines of a source, right or wrong: no rule reads a line that has a mistake.

use std::ops::Range;

use crate::diagnostic::credential::pair::is_no_word;
use crate::diagnostic::credential::text::{in_arguments, in_sentences, in_source as in_line};
use crate::diagnostic::credential::{Names, OF_SECRET_NAMES, last_word, names};

/// What a `secret` holds beside a value.
pub(super) const OF_SECRETS: &[&str] = &["description", "issued", "min_length", "optional", "reason"];

/// Keys of a parameter, or of a secret that a person took for a variable, that would hold its value.
const OF_PARAMETERS: &[&str] = &["default", "value"];

/// Words of which one that is misspelt is taken for a name of a credential, too.
const MISSPELT: &[&str] = &["password", "passwd", "passphrase", "secret", "credential", "apikey"];

/// How many bytes a name has at most.
const LONGEST_NAME: usize = 200;

/// What opens and closes a text of several lines.
pub(super) const QUOTES: &str = "\"\"\"";

/// What may stand before a line, in a difference, too.
pub(super) const DIFFERENCE: [char; 4] = ['+', '-', ' ', '\t'];

pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether the first word of a line is `secret`, rightly spelt or nearly. `secrets = external { … }` is a setting.
pub(super) fn declares_secret(line: &str) -> bool {
    let line = line.trim_start_matches(DIFFERENCE);
    let word = line.split(|c| !is_of_word(c)).next().unwrap_or_default();
    let is_setting = word == SETTING && line[word.len()..].trim_start().starts_with('=');
    is_secret(word) && !is_setting
}

/// The setting of what makes the Secrets of a cluster.
const SETTING: &str = "secrets";

/// Whether a line opens the body of a `secret`.
pub(super) fn opens_secret(line: &str) -> bool {
    declares_secret(line) && line.contains('{')
}

/// Whether a word is `secret`, or was meant to be.
fn is_secret(word: &str) -> bool {
    word == "secret" || is_nearly(word, "secret")
}

/// Whether a word is another one with one edit, which leaves the first byte as it is, or the last one.
fn is_nearly(word: &str, known: &str) -> bool {
    let (word_bytes, known_bytes) = (word.as_bytes(), known.as_bytes());
    word.len().abs_diff(known.len()) <= 1
        && (word_bytes.first() == known_bytes.first() || word_bytes.last() == known_bytes.last())
        && strsim::osa_distance(word, known) == 1
}

/// Whether a word is the name of a credential, or was meant to be.
pub(super) fn is_credential(word: &str) -> bool {
    if word.len() > LONGEST_NAME {
        return false;
    }
    let nearly = || {
        let last = last_word(word);
        MISSPELT.iter().any(|known| is_nearly(&last, known))
    };
    names(word) == Names::Credential || nearly()
}

/// Where the comment of a line begins; its end where there is none.
pub(super) fn comment(line: &str) -> usize {
    let mut quoted = false;
    let begins = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '#' && !quoted
    });
    begins.map_or(line.len(), |(at, _)| at)
}

/// Where values of credentials stand in a line: what is given to a name of one, and to a `secret`, what looks like
/// one, and in a line with any of these what looks like no word in its comment.
/// `body`: whether the line stands in the body of a `secret`.
pub(super) fn values(line: &str, body: bool) -> Vec<Range<usize>> {
    let mut found = given(line, body);
    found.extend(in_line(line).into_iter().chain(in_sentences(line)).map(|one| one.place));
    found.extend(in_texts(line));
    if !found.is_empty() {
        found.extend(in_comment(line));
    }
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|next, one| {
        let within = next.start < one.end;
        one.end = if within { one.end.max(next.end) } else { one.end };
        within
    });
    found
}

/// The words of a comment that are none.
fn in_comment(line: &str) -> impl Iterator<Item = Range<usize>> {
    let begins = comment(line);
    let has = |word: &str, of: fn(u8) -> bool| word.bytes().any(of);
    let is_none = move |word: &str| {
        word.len() > 5
            && has(word, |byte| byte.is_ascii_digit())
            && has(word, |byte| byte.is_ascii_alphabetic())
    };
    let mut at = begins;
    let pieces = line.get(begins..).unwrap_or_default().split_inclusive(|c| !is_of_word(c));
    pieces.filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end_matches(|c| !is_of_word(c));
        is_none(word).then(|| start..start + word.len())
    })
}

/// What a line gives to names of credentials.
fn given(line: &str, body: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut secret = false;
    let mut of_secret = line.contains("secret");
    let opens = opens_secret(line);
    while let Some(start) = line[at..].find(is_of_word).map(|start| at + start) {
        let end = line[start..].find(|c| !is_of_word(c)).map_or(line.len(), |length| start + length);
        let word = &line[start..end];
        let apart = line[at..start].trim().is_empty();
        let declares = std::mem::replace(&mut secret, is_secret(word)) && apart;
        at = end;
        // What a variable may be: a list of its values.
        if word == "one_of" && (of_secret || !found.is_empty()) {
            let list = &line[end..];
            let list = &list[..list.find(']').unwrap_or(list.len())];
            let quotes: Vec<usize> = list.match_indices('"').map(|(quote, _)| end + quote).collect();
            let close = end + list.len();
            let texts = quotes.chunks(2).map(|pair| pair[0]..pair.get(1).map_or(close, |close| close + 1));
            found.extend(texts.filter(|text| is_no_word(line[text.clone()].trim_matches('"'))));
            at = end + list.len();
            continue;
        }
        if body && OF_SECRETS.contains(&word) {
            at = behind(line, end).map_or(end, |(value, _)| value.end);
            continue;
        }
        let own = body && (!opens || line[..start].contains('{'));
        let by_name = is_credential(word);
        of_secret |= by_name;
        let of_language = OF_SECRET_NAMES.contains(&word);
        if !(declares || body || by_name || of_language || of_secret && OF_PARAMETERS.contains(&word)) {
            continue;
        }
        match behind(line, end) {
            Some((value, sign)) => {
                let text = &line[value.clone()];
                let inside = text.trim_matches(['"', '\'']);
                let quoted = text.starts_with(['"', '\'']);
                // A bare word is the name of a secret, but for one that no name looks like, or behind `secret NAME =`.
                let bare = sign && (declares || body || is_odd(inside));
                let reference = inside.starts_with("${") && inside.find('}') == Some(inside.len() - 1);
                // Of an address, a part is the credential.
                let address = of_language && (!sign || inside.contains("://"));
                // What opens a text of several lines, whose lines are hidden, hides nothing itself.
                if (quoted || bare) && text != QUOTES && !reference && !address {
                    at = at.max(value.end);
                    found.push(value);
                }
            }
            // What stands there alone.
            None if own && line[..start].ends_with('"') => {
                let end = line[start..].find('"').map_or(line.len(), |length| start + length + 1);
                at = at.max(end);
                found.push(start - 1..end);
            }
            None if own && is_odd(word) => found.push(start..end),
            None => {}
        }
    }
    found
}

/// The value behind a name that ends at a place of a line, with its quotes, and whether a sign gives it.
fn behind(line: &str, end: usize) -> Option<(Range<usize>, bool)> {
    let space = [' ', '\t'];
    let rest = line[end..].trim_start_matches('"').trim_start_matches(space);
    let value = rest.trim_start_matches(['=', ':', ' ', '\t']);
    let sign = rest.starts_with(['=', ':']);
    let from = line.len() - value.len();
    let length = match value.chars().next()? {
        _ if value.starts_with(QUOTES) => {
            value[QUOTES.len()..].find(QUOTES).map_or(value.len(), |length| length + 2 * QUOTES.len())
        }
        quote @ ('"' | '\'') => value[1..].find(quote).map_or(value.len(), |length| length + 2),
        _ if sign => value.find(|c: char| c.is_whitespace() || ",}]".contains(c)).unwrap_or(value.len()),
        _ => return None,
    };
    (length > 0).then_some((from..from + length, sign))
}

/// The password of a login before a registry, as in `NAME:PASSWORD@registry.example.com/IMAGE`: no reader of addresses knows it
/// without a scheme.
fn in_login(text: &str) -> Option<Range<usize>> {
    let at = text.find('@')?;
    let (login, host) = (&text[..at], text[at + 1..].split('/').next().unwrap_or_default());
    let colon = login.find(':')?;
    let is_login =
        !login.contains(['/', ' ']) && login.matches(':').count() == 1 && colon > 0 && colon + 1 < at;
    (is_login && host.contains('.') && text[at..].contains('/')).then_some(colon + 1..at)
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
    let logins = texts.iter().filter_map(|(start, text)| {
        let place = in_login(text)?;
        Some(start + place.start..start + place.end)
    });
    let logins: Vec<Range<usize>> = logins.collect();
    let found = in_arguments(&arguments).into_iter();
    let found = found.filter_map(|(at, found)| Some((texts.get(at)?.0, found)));
    let within =
        texts.iter().flat_map(|(start, text)| in_line(text).into_iter().map(|found| (*start, found)));
    let places = found.chain(within).map(|(start, found)| start + found.place.start..start + found.place.end);
    places.chain(logins).collect()
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
            ("secret X { \"ab1 c\" }", vec!["\"ab1 c\""]),
            ("secret X { ab1 }", vec!["ab1"]),
            ("secret ab1 { optional = true }", vec![]),
            ("secret X = = \"a\"", vec!["\"a\""]),
            ("secret X = \"\"\"a b\"\"\"", vec!["\"\"\"a b\"\"\""]),
            ("secret X = 5 # once Hunter2, now less", vec!["5", "Hunter2"]),
            ("secrte X = \"a\"", vec!["\"a\""]),
            ("secrets { X = \"a\" }", vec!["\"a\""]),
            ("secrets = external { store = \"vault\", entry = \"shop/live\" }", vec![]),
            ("secrets = \"a\"", vec!["\"a\""]),
            ("secrets = hunter2", vec!["hunter2"]),
            ("postgres db { passwrd = \"a\" }", vec!["\"a\""]),
            ("parameter password { type = secret, default = \"a\" }", vec!["\"a\""]),
            ("pagerduty = \"a\", login = ab1, teams = TEAMS", vec!["\"a\"", "ab1"]),
            ("webhook = \"http://stub:8080/alerts\"", vec![]),
            (
                "variable DB_PASSWORD = \"a\" { one_of = [\"b\", \"Hunter2zQ9wX\"] }",
                vec!["\"a\"", "\"Hunter2zQ9wX\""],
            ),
            ("variable MODE = \"a\" { one_of = [\"b\", \"c\"] }", vec![]),
            ("image = \"app:a@registry.example.com/a:1\"", vec!["a"]),
            ("image = \"app:a@sha256:ab\", mail = \"mailto:a@example.com\"", vec![]),
            ("tokens = [\"a\"], max_tokens = 4096", vec![]),
            ("description = \"its password is Hunter2zQ9wX, no other\"", vec!["Hunter2zQ9wX"]),
        ] {
            let found: Vec<&str> =
                values(line, opens_secret(line)).into_iter().map(|range| &line[range]).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
