//! Addresses in text: what variables, arguments, files and health checks name past the model.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::ops::Range;

use crate::diagnostic::credential::value::OPERATOR;
use crate::hash::{HashMap, RandomState};
use crate::notation::authority::Authority;
use crate::origins::{HealthOrigin, Origins};
use crate::platform::{Platform, Service, ServiceId, Value, ValuePart};
use crate::source::Span;

/// [`OPERATOR`] as a text.
const BY_OPERATOR: &str = "\u{1}";

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// The value of a variable of this name.
    Variable(&'a str),
    /// An argument of what runs, with the one before it, which may be its option: `--host db`.
    Argument(Option<&'a Value>),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
            Place::Variable(name) => (name, self.text.as_ref()),
            Place::Argument(before) => match before.and_then(option) {
                Some(name) => (name, self.text.as_ref()),
                None if self.text.starts_with("--") => self.text.split_once('=')?,
                None => return None,
            },
            _ => return None,
        };
        // Nearly every name ends otherwise.
        if !matches!(name.as_bytes().last(), Some(b'T' | b'R' | b'S' | b't' | b'r' | b's')) {
            return None;
        }
        let last = name.rsplit(['_', '.', '-']).next().unwrap_or(name);
        HOSTS.iter().any(|name| name.eq_ignore_ascii_case(last)).then_some(host)
    }
}

/// Whether a key or the name of a variable says that its value is an image.
fn is_image(name: &str) -> bool {
    let name = name.as_bytes();
    // Nearly every name ends otherwise.
    if !matches!(name.last(), Some(b'E' | b'S' | b'F' | b'G' | b'e' | b's' | b'f' | b'g')) {
        return false;
    }
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

/// Services by what texts call them: the first of a name, and the others, where names clash.
#[derive(Debug)]
pub(super) struct Directory<'a>(HashMap<Cow<'a, str>, (&'a Service, Vec<&'a Service>)>);

impl<'a> Directory<'a> {
    pub(super) fn new(services: &'a [Service]) -> Self {
        let mut names: HashMap<Cow<'_, str>, (&Service, Vec<&Service>)> =
            HashMap::with_capacity_and_hasher(services.len(), RandomState::default());
        for service in services {
            match names.entry(small(&service.name)) {
                Entry::Occupied(mut named) => named.get_mut().1.push(service),
                Entry::Vacant(free) => {
                    free.insert((service, Vec::new()));
                }
            }
        }
        Self(names)
    }

    /// The services of a name, in letters of any size as names of hosts are: one, where names do not clash.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &'a Service> {
        let named = self.0.get(small(name).as_ref());
        named.into_iter().flat_map(|(first, others)| std::iter::once(*first).chain(others.iter().copied()))
    }
}

/// A name in small letters.
fn small(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Every text of a service that may name another one, or itself.
pub(super) fn texts<'a>(service: &'a Service, origins: &Origins) -> impl Iterator<Item = Said<'a>> {
    let variables = service.env.iter().map(|variable| Said {
        place: Place::Variable(&variable.name),
        text: plain(&variable.value),
        span: variable.span,
    });
    let words = service.command.iter().chain(&service.entrypoint).flatten();
    let origin = origins.service(service.id);
    let spans = origin.command_words().chain(origin.entrypoint_words());
    let mut before = None;
    let arguments = words.zip(spans).map(move |(word, said)| {
        let place = Place::Argument(before.replace(word));
        Said { place, text: plain(word), span: said.span }
    });
    let files = service.configs.iter().map(|config| Said {
        place: Place::File,
        text: Cow::Borrowed(config.content.as_str()),
        span: config.span,
    });
    variables.chain(arguments).chain(files).chain(check(service, origins))
}

/// The texts of all services that may name something: those with a colon that an address has, and names of hosts.
pub(super) fn telling<'a>(platform: &'a Platform, origins: &Origins) -> Vec<(ServiceId, Said<'a>)> {
    let mut telling = Vec::new();
    for service in &platform.services {
        let may = |said: &Said<'_>| next_line(&said.text, 0).is_some() || said.host().is_some();
        telling.extend(texts(service, origins).filter(may).map(|said| (service.id, said)));
    }
    telling
}

/// What the texts of services name. Several rules ask for it, and most texts name nothing, so it is found once for all
/// of them.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    /// The source behind the services.
    pub(super) origins: &'a Origins,
    /// The texts, in the order of their services.
    pub(super) texts: &'a [(ServiceId, Said<'a>)],
    /// What they name: a host alone has neither a scheme nor a port.
    addresses: Vec<(&'a Said<'a>, Address<'a>)>,
    /// Where those of each service begin, and behind them all.
    begins: Vec<usize>,
}

impl<'a> Named<'a> {
    pub(super) fn new(platform: &Platform, origins: &'a Origins, texts: &'a [(ServiceId, Said<'a>)]) -> Self {
        let mut named = Self { origins, texts, addresses: Vec::new(), begins: vec![0] };
        let mut rest = texts.iter().peekable();
        for service in &platform.services {
            while let Some((_, said)) = rest.next_if(|(of, _)| *of == service.id) {
                addresses(said, |address| named.addresses.push((said, address)));
                let host = said.host().map(|host| Address { scheme: None, host, port: None });
                named.addresses.extend(host.map(|host| (said, host)));
            }
            named.begins.push(named.addresses.len());
        }
        named
    }

    /// What the texts of a service name, in their order.
    pub(super) fn by(&self, service: ServiceId) -> &[(&'a Said<'a>, Address<'a>)] {
        match self.begins.get(service.0..) {
            Some(&[begin, end, ..]) => self.addresses.get(begin..end).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// The name of an option whose value is the next argument.
fn option(word: &Value) -> Option<&str> {
    word.as_literal()?.strip_prefix("--").filter(|name| !name.is_empty() && !name.contains('='))
}

/// The words of a health check, or its line.
pub(super) fn check<'a>(service: &'a Service, origins: &Origins) -> impl Iterator<Item = Said<'a>> {
    let said = origins.service(service.id).health().into_iter().flat_map(HealthOrigin::words);
    service.health.words().iter().zip(said).map(|(word, said)| Said {
        place: Place::Health,
        text: plain(word),
        span: said.span,
    })
}

/// A text with a sign for what the operator sets.
pub(super) fn plain(value: &Value) -> Cow<'_, str> {
    if let Some(literal) = value.as_literal() {
        return Cow::Borrowed(literal);
    }
    if let [ValuePart::Input(_)] = value.parts.as_slice() {
        return Cow::Borrowed(BY_OPERATOR);
    }
    let mut text = String::new();
    for part in &value.parts {
        text.push_str(match part {
            ValuePart::Literal(literal) => literal,
            ValuePart::Input(_) => BY_OPERATOR,
        });
    }
    Cow::Owned(text)
}

/// Looks for the addresses in a text: hosts behind `://`, and `name:1234`. Comments of files are left out.
pub(super) fn addresses<'a>(said: &'a Said<'_>, mut found: impl FnMut(Address<'a>)) {
    let comment = |line: &str| {
        let start = line.trim_start().as_bytes();
        said.place == Place::File && matches!(start, [b'#' | b';', ..]) || start.starts_with(b"//")
    };
    let mut at = 0;
    while let Some(place) = next_line(&said.text, at) {
        at = place.end + 1;
        let line = said.text.get(place).unwrap_or_default();
        if comment(line) {
            continue;
        }
        if matches!(said.place, Place::Variable(name) if is_image(name)) {
            return;
        }
        in_line(line, &mut found);
    }
}

/// The next line of a text, from the start of one on, that may hold an address: one with a colon that an address has.
fn next_line(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(at..)?;
    let of_address =
        |colon: &usize| matches!(rest.get(colon + 1..), Some([b'0'..=b'9', ..] | [b'/', b'/', ..]));
    let (before, behind) = rest.split_at(memchr::memchr_iter(b':', rest).find(of_address)?);
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let length = memchr::memchr(b'\n', behind).unwrap_or(behind.len());
    Some(at + start..at + before.len() + length)
}

/// The addresses in a line: those of URLs, then the others.
fn in_line<'a>(line: &'a str, found: &mut impl FnMut(Address<'a>)) {
    let bytes = line.as_bytes();
    let mut others = Vec::new();
    // Where the last URL ends.
    let mut end = 0;
    for colon in memchr::memchr_iter(b':', bytes) {
        match bytes[colon + 1..] {
            [b'/', b'/', ..] => {
                let start = start_of(&bytes[..colon], |byte| matches!(byte, b'+' | b'-' | b'.'));
                let hosts = hosts(line, colon + 3);
                end = hosts.end;
                let of = |host| split(line.get(start..colon), host);
                line.get(hosts)
                    .into_iter()
                    .flat_map(|hosts| hosts.split(','))
                    .filter_map(of)
                    .for_each(&mut *found);
            }
            [b'0'..=b'9', ..] if colon >= end => others.extend(bare(line, colon)),
            _ => {}
        }
    }
    others.into_iter().for_each(found);
}

/// Where the word begins that ends a text: of letters, digits and `signs`.
pub(super) fn start_of(text: &[u8], signs: impl Fn(u8) -> bool) -> usize {
    let apart = |byte: &u8| !byte.is_ascii_alphanumeric() && !signs(*byte);
    text.iter().rposition(apart).map_or(0, |last| last + 1)
}

/// The hosts of a URL, from behind its `://` on, without who logs in there.
fn hosts(line: &str, from: usize) -> Range<usize> {
    let mut start = from;
    for (at, c) in line.get(from..).unwrap_or_default().char_indices() {
        match c {
            '@' => start = from + at + 1,
            '/' | '?' | '#' | '"' | '\'' | '`' | '(' | ')' | '<' | '>' | '{' | '}' | '|' | '\\' | ';' => {
                return start..from + at;
            }
            c if c.is_whitespace() => return start..from + at,
            _ => {}
        }
    }
    start..line.len()
}

/// `name:1234`, with its colon.
fn bare(line: &str, colon: usize) -> Option<Address<'_>> {
    let bytes = line.as_bytes();
    let start = start_of(&bytes[..colon], |byte| matches!(byte, b'-' | b'.' | b'_'));
    let digits = bytes[colon + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, behind) = (line.get(..start)?, line.get(colon + 1 + digits..)?);
    // `name:1234@` is a password, `name:12h`, `name:1.4` and `10:30:00` are no ports either.
    let odd = |c: char| "@-_.:".contains(c) || c.is_alphanumeric();
    let dot = behind.strip_prefix('.').is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let odd = !dot && behind.starts_with(odd);
    if start == colon || odd || before.ends_with(':') || is_no_address(before) {
        return None;
    }
    split(None, line.get(start..colon + 1 + digits)?)
}

fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// A host and its port; `None` where the port is no number, or the host is not known.
fn split<'a>(scheme: Option<&'a str>, text: &'a str) -> Option<Address<'a>> {
    let Authority { host, port } = Authority::parse(text)?;
    let port = match port {
        Some(port) => Some(port.parse().ok()?),
        None => None,
    };
    let unknown = |byte| byte == b'$' || byte == b'%' || char::from(byte) == OPERATOR;
    (!host.is_empty() && !host.bytes().any(unknown)).then_some(Address { scheme, host, port })
}

#[cfg(test)]
mod tests {
    use super::in_line;

    #[test]
    fn addresses_are_found_in_text() {
        let found = |line: &str| -> Vec<String> {
            let mut found = Vec::new();
            in_line(line, &mut |address| found.push(format!("{:?} {}", address.scheme, address.text())));
            found
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
