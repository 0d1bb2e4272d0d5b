//! The short way from text to the tree, for what the grammar has nothing to say against.
//!
//! `grammar/infra.pest` says what the language is, and explains what is wrong. Nearly every source is right, and
//! pest takes note of every rule that it tries; this reader takes one look at each byte. It knows no recovery and
//! reports nothing of its own: where a text is not plainly a row of entries it gives up, and the scan and the grammar
//! read it. A test and the fuzzing hold that both make the same tree.

use super::text::{multi_line, name, one_line, word};
use super::{Body, Entry, MAX_DEPTH, Name, Value, ValueKind};
use crate::diagnostic::Sink;
use crate::source::{FileId, Span};

/// What a text says.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) entries: Vec<Entry>,
    /// Every comment, from its `#` to the end of its line.
    pub(super) comments: Vec<Span>,
}

/// Reads a text that starts at `base` of a file; `None` where anything of it is no entry, or stands in too many
/// brackets. What is wrong with the words themselves is reported either way.
pub(super) fn read(id: FileId, text: &str, base: usize, sink: &mut Sink) -> Option<Read> {
    let mut reader = Reader {
        id,
        text,
        bytes: text.as_bytes(),
        base,
        at: 0,
        depth: 0,
        open: Vec::new(),
        comments: Vec::new(),
        sink,
    };
    reader.lines();
    let entries = reader.items()?;
    (reader.at == text.len()).then_some(Read { entries, comments: reader.comments })
}

struct Reader<'a> {
    id: FileId,
    text: &'a str,
    bytes: &'a [u8],
    /// Where the text starts in the file.
    base: usize,
    at: usize,
    /// How many brackets are open.
    depth: usize,
    /// Entries of bodies that are still open, those of the innermost last: a body that ends takes just the room that
    /// it needs.
    open: Vec<Entry>,
    comments: Vec<Span>,
    sink: &'a mut Sink,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over white space, which the end of a line is not, and tells what comes then.
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.id, self.base + start, self.base + self.at)
    }

    /// `nl*`: ends of lines, with the comments before them. Whether there was one.
    fn lines(&mut self) -> bool {
        let start = self.at;
        let mut found = false;
        loop {
            match self.next() {
                Some(b'\n') => self.at += 1,
                Some(b'#') => {
                    let (from, rest) = (self.at, &self.bytes[self.at..]);
                    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    self.at += length;
                    self.comments.push(self.span(from));
                    self.at += usize::from(length < rest.len());
                }
                _ => break,
            }
            found = true;
        }
        if !found {
            self.at = start;
        }
        found
    }

    /// `separator`: ends of lines and at most one comma. Whether there was one.
    fn separator(&mut self) -> bool {
        let lines = self.lines();
        let comma = self.next() == Some(b',');
        if comma {
            self.at += 1;
            self.lines();
        }
        lines || comma
    }

    /// Entries up to a `}` or the end.
    fn items(&mut self) -> Option<Vec<Entry>> {
        let first = self.open.len();
        while !matches!(self.next(), None | Some(b'}')) {
            let entry = self.entry()?;
            self.open.push(entry);
            if !matches!(self.next(), None | Some(b'\n' | b',' | b'}' | b'#')) {
                return None;
            }
            self.separator();
        }
        Some(self.open.split_off(first))
    }

    fn entry(&mut self) -> Option<Entry> {
        // The mark of an item of a list in YAML, which is none here.
        if self.peek() == Some(b'-') && matches!(self.bytes.get(self.at + 1), Some(b' ' | b'\t' | b'\n')) {
            return None;
        }
        let key = self.name()?;
        let mut entry = Entry { key, label: None, value: None, body: None, patch: false };
        let mut next = self.next();
        if !matches!(next, Some(b'=' | b'{' | b'\n' | b',' | b'}' | b'#') | None) {
            entry.label = Some(self.name()?);
            next = self.next();
        }
        if next == Some(b'=') {
            self.at += 1;
            entry.value = Some(self.value()?);
            next = self.next();
        }
        if next == Some(b'{') {
            entry.body = Some(self.body()?);
        }
        Some(entry)
    }

    fn name(&mut self) -> Option<Name> {
        let start = self.at;
        match self.peek()? {
            b'"' if self.bytes[start..].starts_with(TRIPLE) => return None,
            b'"' => self.string()?,
            _ => self.word()?,
        }
        Some(name(&self.text[start..self.at], self.span(start), self.sink))
    }

    fn value(&mut self) -> Option<Value> {
        let first = self.next()?;
        let start = self.at;
        let kind = match first {
            b'"' if self.bytes[start..].starts_with(TRIPLE) => {
                let end = memchr::memmem::find(&self.bytes[start + 3..], TRIPLE)?;
                self.at = start + 3 + end + 3;
                ValueKind::Text(multi_line(&self.text[start..self.at], self.span(start), self.sink))
            }
            b'"' => {
                self.string()?;
                ValueKind::Text(one_line(&self.text[start..self.at], self.span(start), self.sink))
            }
            b'[' => ValueKind::List(self.list()?),
            _ => {
                self.word()?;
                word(&self.text[start..self.at], self.span(start), self.sink)?
            }
        };
        Some(Value { kind, span: self.span(start) })
    }

    /// Passes over an opening bracket; `None` where it is one too many.
    fn open(&mut self) -> Option<()> {
        self.depth += 1;
        self.at += 1;
        self.lines();
        (self.depth <= MAX_DEPTH).then_some(())
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn list(&mut self) -> Option<Vec<Value>> {
        self.open()?;
        let mut items = Vec::new();
        loop {
            match self.next()? {
                b']' => {
                    self.close();
                    return Some(items);
                }
                b'{' => {
                    let body = self.body()?;
                    items.push(Value { span: body.span, kind: ValueKind::Body(body) });
                }
                _ => items.push(self.value()?),
            }
            if !self.separator() && self.next() != Some(b']') {
                return None;
            }
        }
    }

    fn body(&mut self) -> Option<Body> {
        let start = self.at;
        self.open()?;
        let entries = self.items()?;
        if self.peek() != Some(b'}') {
            return None;
        }
        self.close();
        Some(Body { entries, span: self.span(start) })
    }

    /// Passes over a word.
    fn word(&mut self) -> Option<()> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| !IS_WORD[usize::from(byte)]).unwrap_or(rest.len());
        self.at += length;
        (length > 0).then_some(())
    }

    /// Passes over a text on one line.
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let length = memchr::memchr3(b'"', b'\\', b'\n', rest)?;
            self.at += length + 1;
            match rest[length] {
                b'"' => return Some(()),
                // What is escaped may be a character of several bytes: none of its bytes is looked for.
                b'\\' if rest.get(length + 1).is_some_and(|&byte| byte != b'\n') => self.at += 1,
                _ => return None,
            }
        }
    }
}

const TRIPLE: &[u8] = b"\"\"\"";

/// The bytes that a word consists of; every character outside of ASCII may stand in one.
static IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut byte: u8 = 0;
    loop {
        is_word[byte as usize] = !byte.is_ascii()
            || byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'.' | b'-' | b'%' | b'+');
        if byte == u8::MAX {
            break is_word;
        }
        byte += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::read;
    use crate::diagnostic::Sink;
    use crate::source::{Sources, Span};
    use crate::syntax::{grammar, scan};

    /// What is no mistake, and what looks like one.
    const SOURCES: &[&str] = &[
        "",
        "a",
        "a, b,c\n, d",
        "a,, b",
        "a b = c { }\n\"a b\" \"c\" = \"d\"",
        "a = [ ]\na = [1, 2\n, 3]\na = [1 2]\na = [,]",
        "a = [1\n# one\n\n  # two\n  2,\n]",
        "a = [{ b = 1 }, { c }]\na = { b }",
        "a { b { c\n}\n  d = 1 # e\n} # f\n#",
        "a = \"\"\"\n  b \"c\" ${d.e}\n  \"\"\"",
        "a = \"\"\"b\"\"\"\n\"\"\"a\"\"\" b",
        "a = \"\\\"\\\\ \\n \\t \\q ${b} $${c}\"",
        "a = \"b\\",
        "a = \"b\nc = \"d\"",
        "a = \"\"",
        "a = \"\" \"\"",
        "a b c",
        "a = = b",
        "a =\nb",
        "a\n{ b }",
        "ä = ö.ü\n\"\u{1f600}\" = \"\\\u{1f600}\"",
        "a = b..c\na = .5\na = -1.5%\na = 1h30m\n. = .\n- + = %",
        "a { b } c",
        "a { b }, c",
        "a; b",
        "}",
        "a { ] }",
        "a {",
        "a\u{b}b",
        "\ta\t=\tb\t{\tc\t}\t",
        "a {, b }",
        "a { b, }",
        "\n\n# a\n\n",
        "a = true\na = false\nenv { A, B = c }",
        "- a = b\n-a = b\n-\n-",
    ];

    /// Reads a source both ways. Whatever the short way makes of it, the grammar makes as well; and where the grammar
    /// has nothing to tell, the short way does not give up.
    fn compare(source: &str) {
        let mut sources = Sources::default();
        let id = sources.add("a.infra", source.to_owned());
        let (mut short, mut long) = (Sink::default(), Sink::default());
        let direct = read(id, source, 7, &mut short);
        let part = grammar::part(id, source, 7, None, &mut long);
        let scan = scan::scan(source, |start, end| Span::new(id, 7 + start, 7 + end), &mut Sink::default());
        match direct {
            Some(direct) => {
                assert_eq!(format!("{:?}", direct.entries), format!("{:?}", part.entries), "{source}");
                assert_eq!(direct.comments, scan.comments, "{source}");
                assert!(!scan.unbalanced && !scan.hopeless && scan.stray.is_empty(), "{source}");
                assert_eq!(format!("{short:?}"), format!("{long:?}"), "{source}");
            }
            None => assert!(!long.is_empty() || scan.unbalanced, "{source}"),
        }
    }

    /// Long ones, in which everything stands that the language has.
    const LONG: &[&str] = &[
        include_str!("../../platform.infra"),
        include_str!("../../tests/ok/tour.infra"),
        include_str!("../standard/images/databases.infra"),
    ];

    #[test]
    fn both_ways_lead_to_the_same_tree() {
        for source in SOURCES {
            compare(source);
        }
    }

    #[test]
    fn both_ways_lead_to_the_same_tree_for_long_sources() {
        for source in LONG {
            compare(source);
        }
    }

    /// Places, marks and the numbers of the generator are fixed: what fails once fails again.
    #[test]
    fn both_ways_lead_to_the_same_tree_for_damaged_sources() {
        let marks = ["{", "}", "[", "]", "\"", "\"\"\"", "#", "\n", ",", "=", "\\", "${", "a", " ", "é"];
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or(0) % below
        };
        for source in LONG {
            for _ in 0..80 {
                let mut damaged = (*source).to_owned();
                for _ in 0..=next(3) {
                    let place = |at: usize| (0..=at).rev().find(|&at| source.is_char_boundary(at));
                    let at = place(next(source.len())).unwrap_or(0).min(damaged.len());
                    if damaged.is_char_boundary(at) {
                        damaged.insert_str(at, marks[next(marks.len())]);
                    }
                }
                compare(&damaged);
            }
        }
    }
}
