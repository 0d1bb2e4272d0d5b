//! Credentials anywhere in text: in arguments, in files, in labels.

use std::ops::Range;

use super::address::{self, Found};
use super::{Names, names};

/// Stands in a text for what the operator sets: nothing is known of it.
pub const OPERATOR: char = '\u{1}';

/// What tokens of well-known services start with (docs.github.com, "About authentication to GitHub"; docs.gitlab.com, "Token
/// overview"; api.slack.com, "Token types"; docs.stripe.com, "API keys"), and keys in the form of RFC 7468.
const TOKENS: &[&str] = &[
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "sk_live_",
    "rk_live_",
    BEARER,
    "-----BEGIN PRIVATE KEY",
    "-----BEGIN RSA PRIVATE KEY",
    "-----BEGIN EC PRIVATE KEY",
    "-----BEGIN OPENSSH PRIVATE KEY",
];

/// What stands before a token in the header of a request, and in sentences.
const BEARER: &str = "Bearer ";

/// How long a token is at least, without what it starts with.
const TOKEN: usize = 8;

/// How many digits a number has at most that is no password.
const NUMBER: usize = 5;

/// How far from where it begins something is looked at, in bytes: a line may be long, and have many beginnings.
const NEAR: usize = 1_024;

/// Words that stand where a value would, and are none.
const WORDS: &[&str] =
    &["", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "~"];

/// What a text is of which the name says that it is a credential.
const VALUE: &str = "a credential";

/// Whether a text is a token by what it starts with.
#[must_use]
pub fn is_token(text: &str) -> bool {
    TOKENS.iter().any(|start| text.len() > start.len() && text.starts_with(start))
}

/// Whether a text is no credential, though its name says so: a path, a switch, or nothing.
#[must_use]
pub fn is_other(text: &str) -> bool {
    is_path(text) || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text is the path of a file.
#[must_use]
pub fn is_path(text: &str) -> bool {
    text.starts_with('/')
}

/// Whether a text says a credential itself, and not where it is found: a variable, a place holder, a command.
#[must_use]
pub fn is_value(text: &str) -> bool {
    !is_other(text)
        && !text.contains(['$', '{', '}', '(', '<', OPERATOR])
        && !text.starts_with(['*', '@', '&', '!'])
        && !is_format(text)
}

/// `%s`, `%ENV%`; `%41` is a character of an address.
fn is_format(text: &str) -> bool {
    let mut bytes = text.strip_prefix('%').unwrap_or_default().bytes();
    bytes.next().is_some_and(|first| {
        !(first.is_ascii_hexdigit() && bytes.next().is_some_and(|b| b.is_ascii_hexdigit()))
    })
}

/// The credentials in a text, in their order.
#[must_use]
pub fn in_text(text: &str) -> Vec<Found<'_>> {
    in_lines(text, true)
}

/// The credentials that stand in a line of a source within other text.
#[must_use]
pub fn in_source(line: &str) -> Vec<Found<'_>> {
    in_lines(line, false)
}

/// A kind of mark.
#[derive(Clone, Copy)]
enum Kind {
    Address,
    Name,
    Token,
}

/// What stands in every URL.
const URL: &str = "://";

/// What stands in every line that holds a credential, in letters of any size: marks of addresses, parts of names, and
/// starts of tokens.
const MARKS: [(Kind, &[&str]); 3] = [
    (Kind::Address, &[URL, "@tcp(", "@unix("]),
    (Kind::Name, &["token", "key", "secret", "pass", "pwd", "auth", "sig", "credential"]),
    (Kind::Token, TOKENS),
];

/// How many bytes of a mark are looked up; none is shorter.
const SHORTEST: usize = 3;

/// For each byte the marks, a bit each, that have it as their first, second and third one. Texts are many and short, so
/// looking three bytes up takes less time than a search that has to be made ready.
static STARTS: [[u32; 256]; SHORTEST] = starts();

const fn starts() -> [[u32; 256]; SHORTEST] {
    let mut starts = [[0; 256]; SHORTEST];
    let mut bit = 1u32;
    let mut kind = 0;
    while kind < MARKS.len() {
        let mut at = 0;
        while at < MARKS[kind].1.len() {
            assert!(bit != 0, "more marks than bits");
            let mark = MARKS[kind].1[at].as_bytes();
            let mut place = 0;
            while place < SHORTEST {
                starts[place][mark[place].to_ascii_lowercase() as usize] |= bit;
                starts[place][mark[place].to_ascii_uppercase() as usize] |= bit;
                place += 1;
            }
            bit <<= 1;
            at += 1;
        }
        kind += 1;
    }
    starts
}

/// Where marks may begin in a text, with the bits of those that may.
fn beginnings(text: &str) -> impl Iterator<Item = (usize, u32)> {
    let [first, second, third] = &STARTS;
    text.as_bytes().windows(SHORTEST).enumerate().filter_map(move |(at, window)| {
        let &[a, b, c] = window else { return None };
        let bits = first[usize::from(a)] & second[usize::from(b)] & third[usize::from(c)];
        (bits != 0).then_some((at, bits))
    })
}

/// The kinds of those of some marks, at least one, that begin at a place of a text.
fn kinds(text: &str, at: usize, bits: u32) -> impl Iterator<Item = Kind> {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let others = |bits: &u32| Some(bits & (bits - 1)).filter(|bits| *bits != 0);
    let numbers = std::iter::successors(Some(bits), others).map(|bits| bits.trailing_zeros() as usize);
    numbers.filter_map(mark).filter_map(|(kind, mark)| {
        let said = rest.get(..mark.len())?.eq_ignore_ascii_case(mark.as_bytes());
        (said && (mark != URL || may_tell(rest))).then_some(kind)
    })
}

/// Whether the address that has its mark at the start of a text may hold a credential: a password stands before an `@`
/// and behind a colon of its own, and everything else in a query, or behind a host that is known.
fn may_tell(rest: &[u8]) -> bool {
    let near = rest.get(URL.len()..NEAR.min(rest.len())).unwrap_or_default();
    let password = || {
        let user = memchr::memrchr(b'@', near).and_then(|at| near.get(..at));
        user.is_some_and(|user| memchr::memchr(b':', user).is_some())
    };
    memchr::memchr2(b'?', b'.', near).is_some() || password()
}

/// Where the first mark of a text begins.
fn first_mark(text: &str) -> Option<usize> {
    beginnings(text).find(|(at, bits)| kinds(text, *at, *bits).next().is_some()).map(|(at, _)| at)
}

/// The mark of a bit.
fn mark(mut number: usize) -> Option<(Kind, &'static str)> {
    for (kind, marks) in MARKS {
        if let Some(mark) = marks.get(number) {
            return Some((kind, mark));
        }
        number -= marks.len();
    }
    None
}

/// A line, and which kinds of marks it has.
struct Marked<'a> {
    start: usize,
    line: &'a str,
    has: [bool; MARKS.len()],
}

/// The next line of a text, from the start of one on, that has a mark.
fn next_marked(text: &str, at: usize) -> Option<Marked<'_>> {
    let rest = text.get(at..)?;
    let first = first_mark(rest)?;
    let (before, behind) = rest.as_bytes().split_at(first);
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let length = memchr::memchr(b'\n', behind).unwrap_or(behind.len());
    let (line, marked) = (rest.get(start..first + length)?, rest.get(first..first + length)?);
    let mut has = [false; MARKS.len()];
    beginnings(marked)
        .for_each(|(at, bits)| kinds(marked, at, bits).for_each(|kind| has[kind as usize] = true));
    Some(Marked { start: at + start, line, has })
}

/// Whether a text has one of the marks, without which it holds no credential, is none and is the name of none.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    first_mark(text).is_some()
}

/// `spaced`: whether ` = ` gives a value, which in a source may be a name.
fn in_lines(text: &str, spaced: bool) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(Marked { start, line, has }) = next_marked(text, at) {
        at = start + line.len() + 1;
        let line = line.trim_end();
        let mut here = Vec::new();
        let [has_addresses, has_names, has_tokens] = has;
        if has_addresses {
            addresses(line, &mut here);
        }
        if has_tokens {
            tokens(line, &mut here);
        }
        if has_names {
            pairs(line, spaced, &mut here);
        }
        here.sort_by_key(|one: &Found<'_>| one.place.start);
        here.dedup_by(|next, one| next.place.start < one.place.end);
        found.extend(
            here.into_iter()
                .map(|one| Found { place: start + one.place.start..start + one.place.end, ..one }),
        );
    }
    found
}

fn addresses<'a>(line: &'a str, found: &mut Vec<Found<'a>>) {
    let odd = |c: char| matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | '\\') || c.is_whitespace();
    let mut behind = 0;
    for at in places(line, URL) {
        let scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let start = line[..at].rfind(|c| !scheme(c)).map_or(0, |last| last + width(line, last));
        // Within another one, it is what that one's query holds.
        if start < behind && !line[..start].ends_with('=') {
            continue;
        }
        let near = first(&line[at..]);
        let end = at + near.find(odd).unwrap_or(near.len());
        behind = end;
        let url = &line[start..end];
        let Some(one) = address::in_address(url) else { continue };
        let sure = match one.what {
            // A name alone before the host is nobody's secret here.
            address::PASSWORD => url[..one.place.start].ends_with(':'),
            address::HOOK => true,
            _ => one.name.is_some_and(|name| names(name) == Names::Credential),
        };
        if sure && is_value(&url[one.place.clone()]) {
            found.push(Found { place: start + one.place.start..start + one.place.end, ..one });
        }
    }
    // `NAME:PASSWORD@tcp(HOST:PORT)/DATABASE` (go-sql-driver/mysql:README.md, "DSN").
    for at in ["@tcp(", "@unix("].iter().flat_map(|host| places(line, host)) {
        let near = last(&line[..at]);
        let start = at - near.len() + near.rfind(odd).map_or(0, |last| last + width(near, last));
        let Some(colon) = line[start..at].find(':') else { continue };
        let place = start + colon + 1..at;
        if is_value(&line[place.clone()]) {
            found.push(Found { what: address::PASSWORD, name: None, place });
        }
    }
}

/// Where a line has a sign, of which the first byte is rare in text.
pub(super) fn places<'a>(line: &'a str, sign: &'static str) -> impl Iterator<Item = usize> + use<'a> {
    let (line, sign) = (line.as_bytes(), sign.as_bytes());
    let first = sign.first().copied().unwrap_or_default();
    memchr::memchr_iter(first, line).filter(move |at| line[*at..].starts_with(sign))
}

fn tokens<'a>(line: &'a str, found: &mut Vec<Found<'a>>) {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-.~+/".contains(c);
    for start in TOKENS {
        for (at, _) in line.match_indices(start) {
            if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let from = at + start.len();
            if start.starts_with('-') {
                found.push(Found { what: "a private key", name: None, place: at..line.len() });
                continue;
            }
            let near = first(&line[from..]);
            let length = near.find(|c| !word(c)).unwrap_or(near.len());
            let body = &line[from..from + length];
            // Sentences have the word, too.
            if length >= TOKEN && (*start != BEARER || body.contains(|c: char| c.is_ascii_digit())) {
                found.push(Found { what: "a token", name: None, place: at..from + length });
            }
        }
    }
}

/// What is given to names of credentials: `NAME=VALUE`, `NAME: VALUE`, `--NAME VALUE`.
fn pairs<'a>(line: &'a str, spaced: bool, found: &mut Vec<Found<'a>>) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if ["#", "//", ";", "-- "].iter().any(|comment| line.trim_start().starts_with(comment)) {
        return;
    }
    let mut at = 0;
    while let Some(start) = line[at..].find(is_word).map(|start| at + start) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |length| start + length);
        at = end;
        let name = line[start..end].trim_start_matches('-');
        if names(name) != Names::Credential || line[..start].ends_with(['$', '{', '%']) {
            continue;
        }
        let Some(place) = given(line, start, end, spaced) else { continue };
        if is_value(&line[place.clone()]) {
            at = place.end;
            found.push(Found { what: VALUE, name: Some(name), place });
        }
    }
}

/// The place of what a line gives to the name that stands from `start` to `end`.
fn given(line: &str, start: usize, end: usize, spaced: bool) -> Option<Range<usize>> {
    let quote = line[..start].chars().next_back().filter(|c| "\"'".contains(*c));
    let behind = quote.map_or(&line[end..], |quote| line[end..].strip_prefix(quote).unwrap_or(&line[end..]));
    let rest = behind.trim_start();
    let (sign, rest) = [":=", "=>", "=", ":"]
        .iter()
        .find_map(|sign| Some((*sign, rest.strip_prefix(sign)?)))
        .unwrap_or(("", rest));
    if rest.starts_with(['=', ':', '~']) && !sign.is_empty() {
        return None;
    }
    // `["--NAME", "VALUE"]`
    let next = if sign.is_empty() && quote.is_some() { rest.strip_prefix(',') } else { None };
    let value = next.unwrap_or(rest).trim_start();
    let from = line.len() - value.len();
    let value = first(value);
    let quoted = value.chars().next().filter(|c| "\"'".contains(*c));
    let close = sign == "=" && behind.starts_with('=') && from == line.len() - rest.len();
    match sign {
        // An option with its value, or `PASSWORD 'x'` as databases have it.
        "" if line[start..end].starts_with("--") && from > line.len() - behind.len() => {
            let none = value.starts_with('-') || next.is_some() && quoted.is_none();
            (!none).then_some(())?;
        }
        "" if quoted == Some('\'') && line[start..end].chars().all(|c| c.is_ascii_uppercase()) => {}
        "" => return None,
        _ if close => {}
        _ if !spaced && sign != ":" => return None,
        _ if !is_first(&line[..start]) => return None,
        _ => {}
    }
    if let Some(quote) = quoted {
        let length = value[1..].find(quote)?;
        let inside = &value[1..=length];
        let option = sign.is_empty() && inside.starts_with('-');
        return (length > 0 && !option).then_some(from + 1..from + 1 + length);
    }
    let flow = line[..start].trim_end().ends_with(['{', ',']);
    let length = if close || sign.is_empty() || flow {
        value.find(|c: char| c.is_whitespace() || ",;&\"'`)}]|".contains(c)).unwrap_or(value.len())
    } else {
        let value = value.split(" #").next().unwrap_or(value);
        value.trim_end().trim_end_matches([',', ';']).len()
    };
    let word = &value[..length];
    // Sentences, numbers, and what programs call it.
    let plain =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let number = length <= NUMBER && word.bytes().all(|byte| byte.is_ascii_digit());
    let field = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let path = word.contains('.') && word.split('.').all(field);
    let own = plain(word) == plain(&line[start..end]);
    let plain_word = !word.contains(|c: char| c.is_whitespace() || "[\"'".contains(c));
    (plain_word && !number && !path && !own).then_some(from..from + length)
}

/// Whether a name stands where keys do: behind nothing on its line, or behind another pair.
fn is_first(before: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'']).trim_end();
    before.is_empty()
        || before.ends_with(['{', ',', ';', '-', '(', '[', '&'])
        || before.rsplit(char::is_whitespace).next().is_some_and(|word| matches!(word, "export" | "set"))
}

fn first(text: &str) -> &str {
    let end = (0..=NEAR.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

fn last(text: &str) -> &str {
    let start = (text.len().saturating_sub(NEAR)..text.len()).find(|at| text.is_char_boundary(*at));
    &text[start.unwrap_or(text.len())..]
}

fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn credentials_are_found_in_text() {
        for (text, expected) in [
            ("a\nurl: sql://app:hunter2@db/shop\nb", vec!["hunter2"]),
            ("https://hooks.slack.com/services/T0/B0/x \"y\"", vec!["T0/B0/x"]),
            ("app:hunter2@tcp(db:3306)/shop", vec!["hunter2"]),
            ("https://example.com/?access_token=hunter2&a=b", vec!["hunter2"]),
            ("Authorization: Bearer abcdefgh1234", vec!["Bearer abcdefgh1234"]),
            ("x ghp_abcdefghijklmn y", vec!["ghp_abcdefghijklmn"]),
            ("-----BEGIN PRIVATE KEY-----", vec!["-----BEGIN PRIVATE KEY-----"]),
            ("--password=hunter2", vec!["hunter2"]),
            ("run --db-password hunter2 --mode=a", vec!["hunter2"]),
            ("[\"--password\", \"hunter2\", \"--mode\"]", vec!["hunter2"]),
            ("password: hunter2", vec!["hunter2"]),
            ("  - password: 'hunter2' # a", vec!["hunter2"]),
            ("password = hunter2", vec!["hunter2"]),
            ("{\"apiKey\":\"hunter2\",\"password\": \"hunter3\"}", vec!["hunter2", "hunter3"]),
            ("Server=db;User Id=app;Password=hunter2;", vec!["hunter2"]),
            ("host=db password=hunter2 user=a", vec!["hunter2"]),
            ("export TOKEN=\"hunter2\"", vec!["hunter2"]),
            ("ALTER ROLE a PASSWORD 'hunter2'", vec!["hunter2"]),
        ] {
            let found: Vec<&str> = in_text(text).into_iter().map(|one| &text[one.place]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    /// Whatever is the name of a credential has one of the marks by which lines are chosen.
    #[test]
    fn names_have_marks() {
        for name in
            crate::diagnostic::credential::NAMES.iter().chain(crate::diagnostic::credential::VARIABLES)
        {
            assert!(super::is_marked(name), "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_a_credential_is_none() {
        for text in [
            "sql://app:${PASSWORD}@db/shop and sql://app@db/shop and sql://app:\u{1}@db",
            "https://hooks.slack.com/services/${KEY} https://example.com/@a/b:c",
            "password: ${DB_PASSWORD}",
            "password: /run/secrets/db",
            "# password: hunter2",
            "The password: hunter2",
            "password: must be long",
            "password = os.environ.password",
            "password = getenv(\"X\")",
            "password = environ[\"X\"]",
            "password=$1 token=\"$TOKEN\" secret=%s",
            "if [ \"$PASSWORD\" = \"a\" ] || password == x",
            "password = password",
            "max_token: 4096",
            "password_file: a",
            "--password --mode",
            "[\"--password\", \"--mode\"], [\"password\", \"mode\"]",
            "--password-stdin x",
            "the Bearer of tokens",
            "user = \"elastic:%s\"",
            "token: null",
            "",
            "password",
            "password=",
        ] {
            assert_eq!(in_text(text), [], "{text}");
        }
    }
}
