//! Addresses in text: what variables, arguments, files and health checks name past the model.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::diagnostic::credential::text::OPERATOR;
use crate::hash::{HashMap, RandomState};
use crate::model::Command;
use crate::platform::{Health, Service, Value, ValuePart};
use crate::source::Span;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// The value of a variable of this name.
    Variable(&'a str),
    /// An argument of what runs.
    Argument,
    /// An argument behind an option of this name: `--host db`.
    Option(&'a str),
    /// A file that is written for the service.
    File,
    /// The health check.
    Health,
}

/// A text of a service.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) place: Place<'a>,
    pub(super) text: Cow<'a, str>,
    pub(super) span: Span,
}

/// What an address names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// What is spoken there: the word before `://`.
    pub(super) scheme: Option<&'a str>,
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
}

impl Address<'_> {
    /// Whether it means the container itself.
    pub(super) fn is_own(&self) -> bool {
        is_own(self.host)
    }

    /// As it is written, without what is around it.
    pub(super) fn text(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_owned(),
        }
    }
}

/// Whether a host is the container itself.
pub(super) fn is_own(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]" | "::1" | "0.0.0.0")
}

/// What the last word of a variable's name says, where its value is the name of a host.
const HOSTS: &[&str] =
    &["HOST", "HOSTS", "SERVER", "SERVERS", "ADDR", "ADDRS", "ADDRESS", "ADDRESSES", "ENDPOINT", "ENDPOINTS"];

/// What the name of a variable or a key ends with, where its value is an image and not an address.
const IMAGES: &[&str] = &["IMAGE", "IMAGES", "IMAGE_NAME", "IMAGE_REF", "IMAGE_TAG"];

impl Said<'_> {
    /// Whether `name:number`, which starts at a place of the text, is part of an image's name or of a path.
    pub(super) fn is_no_address(&self, start: usize) -> bool {
        let variable = match self.place {
            Place::Variable(name) => is_image(name),
            _ => false,
        };
        variable || is_no_address(self.text.get(..start).unwrap_or_default())
    }

    /// The name of a host, where the text is that and nothing else by the name of its variable or option.
    pub(super) fn host(&self) -> Option<&str> {
        let (name, host) = match self.place {
            Place::Variable(name) | Place::Option(name) => (name, self.text.as_ref()),
            Place::Argument => self.text.split_once('=').filter(|(name, _)| name.starts_with("--"))?,
            _ => return None,
        };
        let last = name.rsplit(['_', '.', '-']).next().unwrap_or(name);
        HOSTS.iter().any(|name| name.eq_ignore_ascii_case(last)).then_some(host)
    }
}

/// Whether a key or the name of a variable says that its value is an image.
fn is_image(name: &str) -> bool {
    let name = name.as_bytes();
    let same = |a: &u8, b: &u8| match a {
        b'.' | b'-' => *b == b'_',
        _ => a.eq_ignore_ascii_case(b),
    };
    IMAGES.iter().any(|image| {
        let Some(start) = name.len().checked_sub(image.len()) else { return false };
        let (before, end) = name.split_at(start);
        end.iter().zip(image.as_bytes()).all(|(a, b)| same(a, b))
            && !before.last().is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// Whether what stands before `name:number` says that it is none of an address: `library/name:7`, `/var/name:7`,
/// `image: name:7`.
pub(super) fn is_no_address(before: &str) -> bool {
    let path = before.ends_with('/') && !before.ends_with("//");
    let apart = |c: char| matches!(c, ' ' | '"' | '\'' | ':' | '=');
    let key = before.trim_end_matches(apart);
    let key = &key[key
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .map_or(0, |at| at + width(key, at))..];
    path || (before.ends_with(apart) && is_image(key))
}

/// Services by what texts call them.
#[derive(Debug)]
pub(super) struct Directory<'a>(HashMap<String, Vec<&'a Service>>);

impl<'a> Directory<'a> {
    pub(super) fn new(services: &'a [Service]) -> Self {
        let mut names: HashMap<String, Vec<&Service>> =
            HashMap::with_capacity_and_hasher(services.len(), RandomState::default());
        for service in services {
            names.entry(service.name.to_ascii_lowercase()).or_default().push(service);
        }
        Self(names)
    }

    /// The services of a name, in letters of any size as names of hosts are: one, where names do not clash.
    pub(super) fn named(&self, name: &str) -> &[&'a Service] {
        let named = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.0.get(name.to_ascii_lowercase().as_str())
        } else {
            self.0.get(name)
        };
        named.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Every text of a service that may name another one, or itself.
pub(super) fn texts(service: &Service) -> Vec<Said<'_>> {
    let variables = service.env.iter().map(|variable| Said {
        place: Place::Variable(&variable.name),
        text: plain(&variable.value),
        span: variable.span,
    });
    let words = service.command.iter().chain(&service.entrypoint).flatten();
    let spans = service.block.command.iter().chain(&service.block.entrypoint).flat_map(|list| &list.items);
    let mut before = None;
    let arguments = words.zip(spans).map(move |(word, said)| {
        let place = std::mem::replace(&mut before, option(word)).map_or(Place::Argument, Place::Option);
        Said { place, text: plain(word), span: said.span }
    });
    let files = service.configs.iter().map(|config| Said {
        place: Place::File,
        text: Cow::Borrowed(config.content.as_str()),
        span: config.span,
    });
    variables.chain(arguments).chain(files).chain(check(service)).collect()
}

/// The name of an option whose value is the next argument.
fn option(word: &Value) -> Option<&str> {
    let [ValuePart::Literal(word)] = word.parts.as_slice() else { return None };
    word.strip_prefix("--").filter(|name| !name.is_empty() && !name.contains('='))
}

/// The words of a health check, or its line.
pub(super) fn check(service: &Service) -> Vec<Said<'_>> {
    let said = |value, span| Said { place: Place::Health, text: plain(value), span };
    let command = service.block.health.as_ref().and_then(|health| health.command.as_ref());
    match (&service.health, command) {
        (Health::Exec(words), Some(Command::Exec(spans))) => {
            words.iter().zip(spans).map(|(word, template)| said(word, template.span)).collect()
        }
        (Health::Shell(line), Some(Command::Shell(template))) => vec![said(line, template.span)],
        _ => Vec::new(),
    }
}

/// A text with a sign for what the operator sets.
pub(super) fn plain(value: &Value) -> Cow<'_, str> {
    if let [ValuePart::Literal(literal)] = value.parts.as_slice() {
        return Cow::Borrowed(literal);
    }
    let mut text = String::new();
    for part in &value.parts {
        match part {
            ValuePart::Literal(literal) => text.push_str(literal),
            ValuePart::Input(_) => text.push(OPERATOR),
        }
    }
    Cow::Owned(text)
}

/// The addresses in a text: hosts behind `://`, and `name:1234`. Comments of files are left out.
pub(super) fn addresses<'a>(said: &'a Said<'_>) -> Vec<Address<'a>> {
    let comment = |line: &&str| {
        let start = line.trim_start().as_bytes();
        said.place == Place::File && matches!(start, [b'#' | b';', ..]) || start.starts_with(b"//")
    };
    if memchr::memchr(b':', said.text.as_bytes()).is_none() {
        return Vec::new();
    }
    let of_image = matches!(said.place, Place::Variable(name) if is_image(name));
    if of_image {
        return Vec::new();
    }
    said.text.lines().filter(|line| !comment(line)).flat_map(in_line).collect()
}

fn in_line(line: &str) -> Vec<Address<'_>> {
    let mut found = Vec::new();
    let mut urls = VecDeque::new();
    for (at, _) in line.match_indices("://") {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let start = line[..at].rfind(|c| !word(c)).map_or(0, |last| last + width(line, last));
        let rest = &line[at + 3..];
        let ends = |c: char| c.is_whitespace() || "/?#\"'`()<>{}|\\;".contains(c);
        let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
        urls.push_back(at..at + 3 + authority.len());
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
        found.extend(hosts.split(',').filter_map(|host| split(Some(&line[start..at]), host)));
    }
    let bytes = line.as_bytes();
    for colon in memchr::memchr_iter(b':', bytes) {
        if !bytes.get(colon + 1).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        // Both stand in their order.
        while urls.front().is_some_and(|url| url.end <= colon) {
            urls.pop_front();
        }
        if urls.front().is_some_and(|url| url.contains(&colon)) {
            continue;
        }
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let start = line[..colon].rfind(|c| !name(c)).map_or(0, |last| last + width(line, last));
        let digits = bytes[colon + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let behind = &line[colon + 1 + digits..];
        // `name:1234@` is a password, `name:12h`, `name:1.4` and `10:30:00` are no ports either.
        let odd = |c: char| "@-_.:".contains(c) || c.is_alphanumeric();
        let dot = behind.strip_prefix('.').is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        let odd = !dot && behind.starts_with(odd);
        if start == colon || odd || line[..start].ends_with(':') {
            continue;
        }
        if !is_no_address(&line[..start]) {
            found.extend(split(None, &line[start..colon + 1 + digits]));
        }
    }
    found
}

fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// A host and its port; `None` where the port is no number, or the host is not known.
fn split<'a>(scheme: Option<&'a str>, text: &'a str) -> Option<Address<'a>> {
    let (host, port) = match text.rfind(':').filter(|colon| !text[*colon..].contains(']')) {
        Some(colon) => (&text[..colon], Some(text[colon + 1..].parse().ok()?)),
        None => (text, None),
    };
    (!host.is_empty() && !host.contains([OPERATOR, '$', '%'])).then_some(Address { scheme, host, port })
}

#[cfg(test)]
mod tests {
    use super::in_line;

    #[test]
    fn addresses_are_found_in_text() {
        let found = |line: &str| -> Vec<String> {
            in_line(line).iter().map(|address| format!("{:?} {}", address.scheme, address.text())).collect()
        };
        for (line, expected) in [
            ("http://127.0.0.1:9999/x", vec!["Some(\"http\") 127.0.0.1:9999"]),
            ("curl -fsS 'https://localhost/x' || exit 1", vec!["Some(\"https\") localhost"]),
            ("kv://u:p@a:1,b:2/x", vec!["Some(\"kv\") a:1", "Some(\"kv\") b:2"]),
            ("http://[::1]:80/", vec!["Some(\"http\") [::1]:80"]),
            ("cache:6379,", vec!["None cache:6379"]),
            ("at 10:30:00, node:24-alpine, u:12@x, ratio 3:1.5", vec![]),
            ("http://127.0.0.1:$PORT/, http://${HOST}:80, http://\u{1}:80", vec![]),
            ("ü:80 http://", vec![]),
            ("library/cache:7 /var/cache:7 https://hub/cache:7", vec!["Some(\"https\") hub"]),
            ("image: cache:7, --image=cache:7, \"image\": \"cache:7\"", vec![]),
            ("image_host: cache:7", vec!["None cache:7"]),
        ] {
            assert_eq!(found(line), expected, "{line}");
        }
    }
}
