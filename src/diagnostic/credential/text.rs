//! Credentials anywhere in text: in arguments, in files, in labels.

use super::address::{self, Found};
use super::mark::{self, Kind, Marked, NEAR, URL};
use super::program::{self, Word};
use super::{Names, names, pair, token};

pub use super::file::in_file;

/// Stands in a text for what the operator sets: nothing is known of it.
pub const OPERATOR: char = '\u{1}';

/// Words that stand where a value would, and are none.
const WORDS: &[&str] =
    &["", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "~"];

/// Words that say of a value what it must be, or that it is left out.
const ABOUT: &[&str] = &["required", "optional", "string", "redacted", "hidden", "..."];

/// What a value starts with that says where it is found.
const ELSEWHERE: &[&str] =
    &["env:", "env.", "file:", "vault:", "op://", "sops:", "ssm:", "secret://", "arn:", "aws-sm:", "gcp-sm:"];

/// Whether a text is a token by its form.
#[must_use]
pub fn is_token(text: &str) -> bool {
    token::is_token(text)
}

/// Whether a text is no word of a sentence, but for the name of a variable or a version.
#[must_use]
pub fn is_no_word(text: &str) -> bool {
    pair::is_no_word(text)
}

/// Whether a text is a name and its password, as the header of a request has them.
#[must_use]
pub fn is_basic(text: &str) -> bool {
    token::is_basic(text)
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

/// Whether a text is the half of a key that everybody may know, by what it starts with or by its name: an OpenSSH
/// key, a recipient of age, a key of VAPID.
#[must_use]
pub fn is_public(name: &str, text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["ssh-", "ecdsa-", "sk-ssh-", "age1", "pk_"].iter().any(|start| text.starts_with(start))
        || ["public", "publishable", "pubkey", "pub_key"].iter().any(|word| name.contains(word))
}

/// Whether a text says a credential itself, and not where it is found: a variable, a place holder, a command.
#[must_use]
pub fn is_value(text: &str) -> bool {
    !is_other(text)
        && !text.contains(['$', '{', '}', '(', '<', OPERATOR])
        && !text.starts_with(['*', '@', '&', '!', '`'])
        && !is_format(text)
        && !is_placeholder(text)
}

/// What stands for a value: the name of one in capitals, one sign again and again, or what is said of it.
fn is_placeholder(text: &str) -> bool {
    let first = text.chars().next().unwrap_or_default();
    let capitals = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    text.len() > 2 && text.chars().all(|c| c == first) && matches!(first, 'x' | 'X' | '*' | '.' | '-' | '_')
        || capitals && names(text) == Names::Credential
        || ELSEWHERE.iter().any(|start| text.starts_with(start))
        || ABOUT.iter().any(|word| word.eq_ignore_ascii_case(text.trim_matches(['[', ']'])))
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
    in_lines(text, In::Text)
}

/// The credentials that stand in a line of a source within other text.
#[must_use]
pub fn in_source(line: &str) -> Vec<Found<'_>> {
    in_lines(line, In::Source)
}

/// The credentials in sentences: what looks like one by itself, whatever stands before it, and what a name of one is given
/// that is no word.
#[must_use]
pub fn in_sentences(text: &str) -> Vec<Found<'_>> {
    in_lines(text, In::Sentences)
}

/// The credentials in the arguments of a program, each with the number of its argument: behind options of programs that
/// are known, and behind options whose names say it.
#[must_use]
pub fn in_arguments<'a>(arguments: &[&'a str]) -> Vec<(usize, Found<'a>)> {
    let words = arguments.iter().enumerate();
    let words: Vec<Word<'_>> =
        words.map(|(index, text)| Word { text, index, place: 0..text.len() }).collect();
    program::in_words(&words)
}

/// Whether a text has a mark, without which it holds no credential, is none and is the name of none.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    mark::is_marked(text)
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    /// The content of a file, or an argument.
    Text,
    /// A line of a source, in which ` = ` may give a name.
    Source,
    /// Sentences.
    Sentences,
}

pub(super) fn in_lines(text: &str, kind: In) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(marked) = mark::next_marked(text, at) {
        let start = marked.start;
        at = start + marked.line.len() + 1;
        let mut here = in_marked(&marked, kind);
        // The longer one of two that begin together.
        here.sort_by_key(|one: &Found<'_>| (one.place.start, std::cmp::Reverse(one.place.end)));
        here.dedup_by(|next, one| next.place.start < one.place.end);
        found.extend(
            here.into_iter()
                .map(|one| Found { place: start + one.place.start..start + one.place.end, ..one }),
        );
    }
    found
}

fn in_marked<'a>(marked: &Marked<'a>, kind: In) -> Vec<Found<'a>> {
    let line = marked.line.trim_end();
    let mut found = Vec::new();
    if marked.has(Kind::Address) {
        addresses(line, &mut found);
    }
    if marked.has(Kind::Token) {
        found.extend(marked.tokens.iter().filter_map(|(at, mark)| token::at(line, mark, *at)));
    }
    if kind == In::Sentences {
        if marked.has(Kind::Name) {
            pair::in_sentence(line, &mut found);
        }
    } else {
        if marked.has(Kind::Name) {
            pair::in_line(line, kind == In::Text, &mut found);
        }
        if marked.has(Kind::Phrase) {
            pair::phrases(line, &mut found);
        }
        if marked.has(Kind::Program) {
            program::in_line(line, &mut found);
        }
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

pub(super) fn first(text: &str) -> &str {
    let end = (0..=NEAR.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

fn last(text: &str) -> &str {
    let start = (text.len().saturating_sub(NEAR)..text.len()).find(|at| text.is_char_boundary(*at));
    &text[start.unwrap_or(text.len())..]
}

pub(super) fn width(text: &str, at: usize) -> usize {
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
            ("exec redis-cli -a hunter2 ping", vec!["hunter2"]),
            ("mysql -uroot -p'hunter2 3' | cat", vec!["hunter2 3"]),
            ("curl -u \"app:hunter2\" https://a", vec!["hunter2"]),
            ("docker login -u app -p hunter2 a && docker run -p 80:80 b", vec!["hunter2"]),
            ("htpasswd -bc /a admin hunter2 > b", vec!["hunter2"]),
            ("Authorization: Basic YXBwOmh1bnRlcjI=", vec!["YXBwOmh1bnRlcjI="]),
            ("<password>hunter2</password>", vec!["hunter2"]),
            ("define('DB_PASSWORD', 'hunter2');", vec!["hunter2"]),
            ("requirepass hunter2", vec!["hunter2"]),
            ("CREATE USER a IDENTIFIED BY 'hunter2'", vec!["hunter2"]),
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
