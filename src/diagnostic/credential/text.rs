//! Credentials anywhere in text: in arguments, in files, in labels.

use super::address;
use super::found::Found;
use super::mark::{self, Kind, Marked, URL};
use super::near::{first, last, places, width};
use super::program::{self, Word};
use super::value::is_value;
use super::{Names, names, pair, token};

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
            assert!(crate::diagnostic::credential::mark::is_marked(name), "{name}");
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
