//! Marks: what stands in every line that holds a credential. Texts are many and nearly none has one, so they are found by
//! looking three bytes up, which takes less time than a search that has to be made ready.

use super::program::PROGRAMS;
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

/// How many bytes of a mark are looked up; none is shorter.
const SHORTEST: usize = 3;

const COUNT: usize =
    ADDRESSES.len() + NAMES.len() + PHRASES.len() + INNER.len() + FORMS.len() + HASHES.len() + PROGRAMS.len();

const NONE: u8 = u8::MAX;

/// How many marks share a bit at most.
const SHARED: usize = 16;

/// All marks.
static MARKS: [(Kind, &str); COUNT] = marks();

/// What is looked up.
static TABLE: Table = table();

struct Table {
    /// For each byte the marks, by their bits, that have it as their first, second and third one.
    starts: [[u64; 256]; SHORTEST],
    /// The marks of each bit.
    of_bit: [[u8; SHARED]; 64],
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

/// Marks that start with the same two bytes share a bit, and where there are more starts than bits, others do, too.
#[expect(clippy::cast_possible_truncation, reason = "there are fewer marks than a byte counts")]
const fn table() -> Table {
    assert!(COUNT < NONE as usize, "more marks than a byte counts");
    let all = marks();
    let mut table = Table { starts: [[0; 256]; SHORTEST], of_bit: [[NONE; SHARED]; 64] };
    let mut bits = [0usize; COUNT];
    let mut groups = 0;
    let mut at = 0;
    while at < COUNT {
        let mark = all[at].1.as_bytes();
        assert!(mark.len() >= SHORTEST, "a mark is too short");
        let mut same = 0;
        while same < at {
            let other = all[same].1.as_bytes();
            if other[0].eq_ignore_ascii_case(&mark[0]) && other[1].eq_ignore_ascii_case(&mark[1]) {
                break;
            }
            same += 1;
        }
        if same == at {
            bits[at] = groups % 64;
            groups += 1;
        } else {
            bits[at] = bits[same];
        }
        let bit = bits[at];
        let mut place = 0;
        while place < SHORTEST {
            table.starts[place][mark[place].to_ascii_lowercase() as usize] |= 1 << bit;
            table.starts[place][mark[place].to_ascii_uppercase() as usize] |= 1 << bit;
            place += 1;
        }
        let mut free = 0;
        while table.of_bit[bit][free] != NONE {
            free += 1;
        }
        table.of_bit[bit][free] = at as u8;
        at += 1;
    }
    table
}

/// Where marks may begin in a text, with the bits of those that may.
fn beginnings(text: &str) -> impl Iterator<Item = (usize, u64)> {
    let [first, second, third] = &TABLE.starts;
    text.as_bytes().windows(SHORTEST).enumerate().filter_map(move |(at, window)| {
        let &[a, b, c] = window else { return None };
        let bits = first[usize::from(a)] & second[usize::from(b)] & third[usize::from(c)];
        (bits != 0).then_some((at, bits))
    })
}

/// Those of some marks, at least one, that begin at a place of a text.
fn begun(text: &str, at: usize, bits: u64) -> impl Iterator<Item = (Kind, &'static str)> {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at)).copied();
    let others = |bits: &u64| Some(bits & (bits - 1)).filter(|bits| *bits != 0);
    let numbers = std::iter::successors(Some(bits), others).map(|bits| bits.trailing_zeros() as usize);
    let of_bits = numbers.filter_map(|bit| TABLE.of_bit.get(bit));
    let marks = of_bits.flat_map(|marks| marks.iter().take_while(|mark| **mark != NONE));
    let marks = marks.filter_map(|mark| MARKS.get(usize::from(*mark)));
    marks.copied().filter(move |(kind, mark)| {
        let said = rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes()));
        said && match kind {
            Kind::Address => *mark != URL || may_tell(rest),
            Kind::Name | Kind::Phrase => true,
            Kind::Token => rest.starts_with(mark.as_bytes()),
            Kind::Program => {
                let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                !before.is_some_and(word) && rest.starts_with(mark.as_bytes())
            }
        }
    })
}

/// How far from where it begins something is looked at, in bytes: a line may be long, and have many beginnings.
pub(super) const NEAR: usize = 1_024;

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
pub(super) fn is_marked(text: &str) -> bool {
    beginnings(text).any(|(at, bits)| begun(text, at, bits).next().is_some())
}

/// Whether a text names a program whose options take credentials.
pub(super) fn names_program(text: &str) -> bool {
    beginnings(text).any(|(at, bits)| begun(text, at, bits).any(|(kind, _)| kind == Kind::Program))
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
    let (first, _) = beginnings(rest).find(|(at, bits)| begun(rest, *at, *bits).next().is_some())?;
    let (before, behind) = rest.as_bytes().split_at(first);
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let length = memchr::memchr(b'\n', behind).unwrap_or(behind.len());
    let (line, marked) = (rest.get(start..first + length)?, rest.get(first..first + length)?);
    let mut found = Marked { start: at + start, line, has: [false; KINDS], tokens: Vec::new() };
    for (at, bits) in beginnings(marked) {
        for (kind, mark) in begun(marked, at, bits) {
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
    fn every_mark_is_found_whatever_shares_its_bits() {
        for (_, mark) in &MARKS {
            // An address is one that may hold a credential.
            assert!(is_marked(&format!("a {mark}.b")), "{mark}");
        }
    }
}
