//! Files that hold credentials and nothing else, by their names.

use std::ops::Range;

use super::found::Found;
use super::text::{In, in_lines, in_text};
use super::value::is_value;

/// How a line of such a file is read: where the credential is in it.
type Read = fn(&str) -> Option<Range<usize>>;

/// What the path of a file ends with, and how its lines are read.
const FILES: &[(&[&str], Read)] = &[
    (&["pgpass"], |line| fields(line, ':', 4)),
    (&["htpasswd", "sasl_passwd"], last_of_two),
    (&[".netrc", "/netrc"], |line| behind_word(line, "password ")),
    (&["users.acl", "redis.conf"], |line| {
        let at = line.starts_with("user ").then(|| line.find(" >")).flatten()? + 2;
        Some(at..at + word(&line[at..]))
    }),
    (&["userlist.txt"], |line| {
        let start = line.find("\" \"")? + 3;
        Some(start..start + line[start..].find('"')?)
    }),
    (&["chap-secrets", "pap-secrets"], |line| {
        let mut at = 0;
        let mut words = line.split_inclusive(char::is_whitespace).filter_map(|piece| {
            let start = at;
            at += piece.len();
            let word = piece.trim_end();
            (!word.is_empty()).then(|| start..start + word.len())
        });
        words.nth(2)
    }),
    (&["ipsec.secrets"], |line| {
        let start = line.find("PSK \"").map(|at| at + 5).or_else(|| line.find("EAP \"").map(|at| at + 5))?;
        Some(start..start + line[start..].find('"')?)
    }),
    (&["turnserver.conf"], |line| behind_word(line, "user=").and_then(|place| colon(line, place))),
];

/// Folders of texts for people, in which names stand for words of a language.
const FOR_PEOPLE: &[&str] = &["i18n", "locale", "locales", "lang", "translations"];

/// Starts of names of such files.
const MESSAGES: &str = "messages";

/// The credentials in the content of a file, in their order.
#[must_use]
pub fn in_file<'a>(path: &str, content: &'a str) -> Vec<Found<'a>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with(MESSAGES) || path.split('/').any(|part| FOR_PEOPLE.contains(&part)) {
        return in_lines(content, In::Sentences);
    }
    let mut found = in_text(content);
    for (ends, read) in FILES {
        if ends.iter().any(|end| path.ends_with(end)) {
            let mut start = 0;
            for line in content.split_inclusive('\n') {
                let bare = line.trim_end();
                let place = if bare.starts_with('#') { None } else { read(bare) };
                if let Some(place) =
                    place.filter(|place| is_secret(bare.get(place.clone()).unwrap_or_default()))
                {
                    found.push(Found {
                        what: "a credential",
                        name: None,
                        place: start + place.start..start + place.end,
                    });
                }
                start += line.len();
            }
        }
    }
    found.sort_by_key(|one| (one.place.start, std::cmp::Reverse(one.place.end)));
    found.dedup_by(|next, one| next.place.start < one.place.end);
    found
}

/// A hash is one, too, whatever signs it has.
fn is_secret(text: &str) -> bool {
    !text.is_empty()
        && (is_value(text)
            || text.starts_with('$') && text.matches('$').count() >= 3
            || text.starts_with("{PLAIN}"))
}

/// The field of a number, of those that a sign separates; the last one may hold the sign behind a backslash.
fn fields(line: &str, sign: char, number: usize) -> Option<Range<usize>> {
    let at = line.match_indices(sign).nth(number - 1)?.0 + 1;
    Some(at..line.len())
}

/// `NAME:CREDENTIAL`, where the name may have colons of its own.
fn last_of_two(line: &str) -> Option<Range<usize>> {
    let at = match line.find(char::is_whitespace) {
        Some(space) => space + line[space..].find(':')? + 1,
        None => line.find(':')? + 1,
    };
    Some(at..line.len())
}

fn behind_word(line: &str, before: &str) -> Option<Range<usize>> {
    let at = line.find(before)? + before.len();
    Some(at..at + word(&line[at..]))
}

fn colon(line: &str, place: Range<usize>) -> Option<Range<usize>> {
    let at = line.get(place.clone())?.find(':')?;
    Some(place.start + at + 1..place.end)
}

fn word(text: &str) -> usize {
    text.find(char::is_whitespace).unwrap_or(text.len())
}
