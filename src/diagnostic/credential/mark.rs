//! Marks: what stands in every line that holds a credential. Texts are many and nearly none has one, so they are found by
//! looking three bytes up, which takes less time than a search that has to be made ready.

use super::near::NEAR;
use super::token::{FORMS, HASHES, INNER};

/// A kind of mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Address,
    Name,
    Token,
    Program,
    Phrase,
}

/// How many kinds there are.
const KINDS: usize = 5;

/// What stands in every URL.
pub(super) const URL: &str = "://";

/// Marks of addresses.
const ADDRESSES: &[&str] = &[URL, "@tcp(", "@unix("];

/// Parts of names of credentials, and words of databases and servers before one, in letters of any size.
const NAMES: &[&str] = &[
    "token",
    "key",
    "secret",
    "pass",
    "pwd",
    "auth",
    "sig",
    "credential",
    "cookie",
    "bindpw",
    "hmac",
    "community",
];

/// What databases and servers write before a password.
const PHRASES: &[&str] = &["identified ", "stats auth "];

/// Programs in whose lines the options of [`super::program`] mean something.
const PROGRAMS: &[&str] = &[
    "redis-cli",
    "valkey-cli",
    "keydb-cli",
    "mysql",
    "mariadb",
    "mongo",
    "rabbitmqadmin",
    "rabbitmqctl",
    "curl",
    "docker",
    "podman",
    "nerdctl",
    "helm",
    "crane",
    "oras",
    "buildah",
    "skopeo",
    "htpasswd",
    "sshpass",
    "smbclient",
    "unzip",
    "zip ",
    "lftp",
    "ncftp",
    "ldap",
    "snmp",
    "sqlcmd",
    "bcp ",
    "cypher-shell",
    "etcdctl",
    "cqlsh",
    "mosquitto_",
    "mc alias",
    "mcli alias",
    "vault",
    "consul",
    "sqlplus",
    "grafana",
    "ttyd",
    "gost",
    "ss-server",
    "ss-local",
    "az login",
    "elasticsearch-users",
    "7za",
    "7z a",
    "7z x",
    "chpasswd",
    "http -a",
];

/// How many bytes of a mark are looked up; none is shorter.
const SHORTEST: usize = 3;

const COUNT: usize =
    ADDRESSES.len() + NAMES.len() + PHRASES.len() + INNER.len() + FORMS.len() + HASHES.len() + PROGRAMS.len();

const NONE: u8 = u8::MAX;

/// All marks.
static MARKS: [(Kind, &str); COUNT] = marks();

/// What is looked up.
static TABLE: Table = table();

/// How many places the table has: few marks share one, and it stays in the nearest cache.
const PLACES: usize = 1 << 13;

struct Table {
    /// The first mark whose three first bytes have a place, whatever the size of their letters.
    first: [u8; PLACES],
    /// The next mark of the same place, for each mark.
    next: [u8; COUNT],
}

/// The place of three bytes. Letters of both sizes have the same five last bits.
const fn place(a: u8, b: u8, c: u8) -> usize {
    ((a as usize & 31) << 8) ^ ((b as usize & 31) << 4) ^ (c as usize & 31)
}

const fn marks() -> [(Kind, &'static str); COUNT] {
    let mut all = [(Kind::Name, ""); COUNT];
    let mut at = 0;
    let groups = [
        (Kind::Address, ADDRESSES),
        (Kind::Name, NAMES),
        (Kind::Phrase, PHRASES),
        (Kind::Token, INNER),
        (Kind::Token, HASHES),
        (Kind::Program, PROGRAMS),
    ];
    let mut group = 0;
    while group < groups.len() {
        let mut next = 0;
        while next < groups[group].1.len() {
            all[at] = (groups[group].0, groups[group].1[next]);
            at += 1;
            next += 1;
        }
        group += 1;
    }
    let mut next = 0;
    while next < FORMS.len() {
        all[at] = (Kind::Token, FORMS[next].0);
        at += 1;
        next += 1;
    }
    all
}

#[expect(clippy::cast_possible_truncation, reason = "there are fewer marks than a byte counts")]
const fn table() -> Table {
    assert!(COUNT < NONE as usize, "more marks than a byte counts");
    let all = marks();
    let mut table = Table { first: [NONE; PLACES], next: [NONE; COUNT] };
    // The first of those that share a place is put in last.
    let mut at = COUNT;
    while at > 0 {
        at -= 1;
        let mark = all[at].1.as_bytes();
        assert!(mark.len() >= SHORTEST, "a mark is too short");
        let place = place(mark[0], mark[1], mark[2]);
        table.next[at] = table.first[place];
        table.first[place] = at as u8;
    }
    table
}

/// Where marks may begin in a text, with the first that may.
fn beginnings(text: &str) -> impl Iterator<Item = (usize, u8)> {
    text.as_bytes().windows(SHORTEST).enumerate().filter_map(|(at, window)| {
        let &[a, b, c] = window else { return None };
        let first = *TABLE.first.get(place(a, b, c))?;
        (first != NONE).then_some((at, first))
    })
}

/// The marks that begin at a place of a text, of those that may.
fn begun(text: &str, at: usize, first: u8) -> impl Iterator<Item = (Kind, &'static str)> {
    let next = |mark: &u8| TABLE.next.get(usize::from(*mark)).copied();
    let marks = std::iter::successors(Some(first), next).map_while(|mark| MARKS.get(usize::from(mark)));
    marks.copied().filter(move |(kind, mark)| begins(text, at, *kind, mark))
}

/// Whether a mark begins at a place of a text, as a mark of its kind does.
fn begins(text: &str, at: usize, kind: Kind, mark: &str) -> bool {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let mark = mark.as_bytes();
    if !rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
        return false;
    }
    match kind {
        Kind::Address => mark != URL.as_bytes() || may_tell(rest),
        Kind::Name | Kind::Phrase => true,
        Kind::Token => rest.starts_with(mark),
        Kind::Program => {
            let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            !before.is_some_and(word) && rest.starts_with(mark)
        }
    }
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

/// Whether a text has a mark, without which it holds no credential, is none and is the name of none.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    beginnings(text).any(|(at, first)| begun(text, at, first).next().is_some())
}

/// Whether a text names a program whose options take credentials.
pub(super) fn names_program(text: &str) -> bool {
    beginnings(text).any(|(at, first)| begun(text, at, first).any(|(kind, _)| kind == Kind::Program))
}

/// A line, which kinds of marks it has, and where those of tokens stand.
pub(super) struct Marked<'a> {
    pub(super) start: usize,
    pub(super) line: &'a str,
    has: [bool; KINDS],
    pub(super) tokens: Vec<(usize, &'static str)>,
}

impl Marked<'_> {
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.has[kind as usize]
    }
}

/// The next line of a text, from the start of one on, that has a mark.
pub(super) fn next_marked(text: &str, at: usize) -> Option<Marked<'_>> {
    let rest = text.get(at..)?;
    let (first, _) = beginnings(rest).find(|(at, first)| begun(rest, *at, *first).next().is_some())?;
    let (before, behind) = rest.as_bytes().split_at(first);
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let length = memchr::memchr(b'\n', behind).unwrap_or(behind.len());
    let (line, marked) = (rest.get(start..first + length)?, rest.get(first..first + length)?);
    let mut found = Marked { start: at + start, line, has: [false; KINDS], tokens: Vec::new() };
    for (at, mark) in beginnings(marked) {
        for (kind, mark) in begun(marked, at, mark) {
            found.has[kind as usize] = true;
            if kind == Kind::Token {
                found.tokens.push((first - start + at, mark));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::{MARKS, is_marked};

    #[test]
    fn every_mark_is_found_whatever_shares_its_place() {
        for (_, mark) in &MARKS {
            // An address is one that may hold a credential.
            assert!(is_marked(&format!("a {mark}.b")), "{mark}");
        }
    }
}
