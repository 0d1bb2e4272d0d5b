//! What is given to names of credentials: `NAME=VALUE`, `NAME: VALUE`, `--NAME VALUE`.

use std::ops::Range;

use super::address::is_key;
use super::found::Found;
use super::near::first;
use super::token::is_basic;
use super::value::is_value;
use super::{Names, last_word, names};

/// How many digits a number has at most that is no password.
const NUMBER: usize = 5;

/// What a text is of which the name says that it is a credential.
const VALUE: &str = "a credential";

/// Words that stand before a name that is given a value.
const BEFORE: &[&str] = &["export", "set", "-H", "--header", "-e", "--env", "ENV", "ARG"];

/// Names that nothing else has: what follows them on their line is the credential, whatever it looks like (redis.conf, ldap.conf(5),
/// keepalived.conf(5), snmpd.conf(5), the documents of HAProxy and Fluent Bit).
const SURE: &[&str] = &[
    "requirepass",
    "masterauth",
    "primaryauth",
    "bindpw",
    "auth_pass",
    "rocommunity",
    "rwcommunity",
    "insecure-password",
    "HTTP_Passwd",
];

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    // `//registry.example.com/:_authToken=…`
    let registry = line.starts_with("//") && line.contains("/:_");
    !registry && ["#", "//", ";", "-- "].iter().any(|comment| line.starts_with(comment))
}

/// Whether a value of a name that others have, too, is a credential.
fn perhaps(name: &str, value: &str) -> bool {
    matches!(last_word(name).as_str(), "auth" | "credential" | "credentials") && is_key(value)
        || value.strip_prefix("base64:").is_some_and(is_key)
}

/// Whether a text is a sentence: words of letters only.
fn is_prose(text: &str) -> bool {
    text.contains(' ')
        && text.split(' ').all(|word| word.chars().all(|c| c.is_alphabetic() || ",.!?'".contains(c)))
        || !text.is_ascii() && text.chars().all(char::is_alphabetic)
}

/// `IDENTIFIED BY 'VALUE'`, `IDENTIFIED WITH sha2 BY 'VALUE'`, `stats auth NAME:VALUE`.
pub(super) fn phrases<'a>(line: &'a str, found: &mut Vec<Found<'a>>) {
    if is_comment(line) {
        return;
    }
    let lower = line.to_ascii_lowercase();
    let mut take = |from: usize, length: usize| {
        let value = line.get(from..from + length).unwrap_or_default();
        if is_value(value) && !value.is_empty() {
            found.push(Found { what: VALUE, name: None, place: from..from + length });
        }
    };
    if let Some(at) = lower.find("identified ")
        && let Some(by) = lower[at..].find("by '").map(|by| at + by + 4)
        && let Some(length) = line[by..].find('\'')
    {
        take(by, length);
    }
    if let Some(at) = lower.find("stats auth ").map(|at| at + 11)
        && let Some(colon) = line[at..].find(':').map(|colon| at + colon + 1)
    {
        take(colon, line[colon..].find(char::is_whitespace).unwrap_or(line.len() - colon));
    }
}

/// The place of a value behind nothing but a space: `requirepass VALUE`, `password VALUE` alone on its line, `secret "VALUE"`.
fn behind_space(line: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let value = line.get(end..)?.strip_prefix([' ', '\t'])?.trim_start();
    let from = line.len() - value.len();
    let name = &line[start..end];
    if line[..start].ends_with(['"', '\'', '<', '-', '/', '.', '`']) {
        return None;
    }
    if let Some(quote) = value.chars().next().filter(|c| "\"'".contains(*c)) {
        let length = value[1..].find(quote)?;
        let ends = value[length + 2..].chars().next().is_none_or(|c| c.is_whitespace() || ";,)".contains(c));
        let whole = !value[1..=length].contains(char::is_whitespace) && length > 0;
        return (ends && whole).then_some(from + 1..from + 1 + length);
    }
    let length = value.find(char::is_whitespace).unwrap_or(value.len());
    let word = &value[..length];
    let alone = line[..start].trim().is_empty() && length == value.len();
    let has = |of: fn(&u8) -> bool| word.bytes().any(|byte| of(&byte));
    let odd = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && !word.contains(['.', '=', ':', '/']);
    let sure = SURE.contains(&name);
    (length > 0 && (sure || alone && odd)).then_some(from..from + length)
}

/// What is given to names of credentials: `NAME=VALUE`, `NAME: VALUE`, `--NAME VALUE`.
pub(super) fn in_line<'a>(line: &'a str, spaced: bool, found: &mut Vec<Found<'a>>) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if is_comment(line) {
        return;
    }
    let mut at = 0;
    while let Some(start) = line[at..].find(is_word).map(|start| at + start) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |length| start + length);
        at = end;
        let name = line[start..end].trim_start_matches('-');
        let kind = names(name);
        if kind == Names::Other || line[..start].ends_with(['$', '{', '%']) {
            continue;
        }
        let given = given(line, start, end, spaced);
        let given =
            given.or_else(|| behind_space(line, start, end).filter(|_| kind == Names::Credential && spaced));
        let Some(place) = given else { continue };
        let value = &line[place.clone()];
        // Another `auth` is a way to log in, and another `key` one of a cache.
        let sure = kind == Names::Credential || is_basic(value) || perhaps(name, value);
        if sure && is_value(value) && !is_prose(value) {
            at = place.end;
            found.push(Found { what: VALUE, name: Some(name), place });
        }
    }
}

/// What a sentence gives to names of credentials, where it is no word of a sentence: `password: VALUE`,
/// `the password is VALUE`.
pub(super) fn in_sentence<'a>(line: &'a str, found: &mut Vec<Found<'a>>) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let mut at = 0;
    while let Some(start) = line[at..].find(is_word).map(|start| at + start) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |length| start + length);
        at = end;
        let name = &line[start..end];
        if names(name) != Names::Credential || line[..start].ends_with(['$', '{', '%']) {
            continue;
        }
        let behind = line[end..].trim_start_matches(['"', '\'']).trim_start();
        let signs = ["=", ":", "is ", "was "];
        let Some(value) = signs.iter().find_map(|sign| behind.strip_prefix(sign)) else { continue };
        let value = value.trim_start_matches([' ', '"', '\'', '`', '=']);
        let from = line.len() - value.len();
        let length =
            value.find(|c: char| c.is_whitespace() || ",;\"'`)}]".contains(c)).unwrap_or(value.len());
        let value = value[..length].trim_end_matches(['.', '!', '?']);
        if is_no_word(value) && is_value(value) {
            at = from + value.len();
            found.push(Found { what: VALUE, name: Some(name), place: from..from + value.len() });
        }
    }
}

/// How many characters a text has at least that nobody would read.
const NO_WORD: usize = 8;

/// Whether a text is no word of a sentence, but for the name of a variable or a version: letters of both sizes and
/// digits, or several digits among letters.
#[must_use]
pub fn is_no_word(text: &str) -> bool {
    let count = |of: fn(&u8) -> bool| text.bytes().filter(of).count();
    let (small, large, digits) =
        (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase), count(u8::is_ascii_digit));
    text.len() >= NO_WORD
        && !text.contains(['/', ':', '.'])
        && small > 0
        && digits > 0
        && (large > 0 || digits > 2)
}

/// The place of what a line gives to the name that stands from `start` to `end`.
fn given(line: &str, start: usize, end: usize, spaced: bool) -> Option<Range<usize>> {
    let quote = line[..start].chars().next_back().filter(|c| "\"'".contains(*c));
    let behind = quote.map_or(&line[end..], |quote| line[end..].strip_prefix(quote).unwrap_or(&line[end..]));
    // `$a['NAME'] = 'VALUE'`
    let behind = behind.strip_prefix(']').filter(|_| quote.is_some()).unwrap_or(behind);
    if let Some(value) = behind.strip_prefix('>').filter(|_| line[..start].ends_with('<')) {
        let length = value.find('<')?;
        let from = line.len() - value.len();
        return (length > 0).then_some(from..from + length);
    }
    let behind = behind.strip_prefix(" value").filter(|rest| rest.starts_with('=')).unwrap_or(behind);
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
        "" if next.is_some() && line[..start].trim_end_matches(['"', '\'']).ends_with("define(") => {}
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
        || before.rsplit(char::is_whitespace).next().is_some_and(|word| BEFORE.contains(&word))
}
