//! The words of a Go template (golang/go:src/text/template/parse/lex.go): what stands between `{{` and `}}`.

use std::ops::Range;

use super::Problem;

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{{`
    Open,
    /// `}}`
    Close,
    /// White space between words, which sets arguments apart.
    Space,
    /// A keyword, or the name of a function.
    Word,
    /// `.name`
    Field,
    /// `$` or `$name`
    Variable,
    /// `.`
    Dot,
    /// `true`, `false`, a number or a character.
    Constant,
    /// `nil`
    Nil,
    /// A text in quotes.
    Text,
    /// `(`
    ParenOpen,
    /// `)`
    ParenClose,
    /// `|`
    Pipe,
    /// `=`
    Assign,
    /// `:=`
    Declare,
    /// `,` and what means nothing.
    Other,
}

/// A word with its place.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Range<usize>,
}

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// The words of all actions, in the order of the text. Comments and the text around actions are left out.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer { text, at: 0, found: Vec::new() };
    while let Some(start) = text.get(lexer.at..).and_then(|rest| rest.find(OPEN)) {
        lexer.at += start;
        lexer.action()?;
    }
    Ok(lexer.found)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, kind: Kind, length: usize) {
        self.found.push(Token { kind, place: self.at..self.at + length });
        self.at += length;
    }

    /// Moves over characters; says how many bytes they are.
    fn skip(&mut self, fits: impl Fn(char) -> bool) -> usize {
        let rest = self.rest();
        let length = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += length;
        length
    }

    /// The length of what closes an action here, with the mark that takes white space away.
    fn closes(&self) -> Option<usize> {
        let rest = self.rest();
        let mut chars = rest.chars();
        if chars.next().is_some_and(is_space) && chars.as_str().starts_with("-}}") {
            return Some(1 + 1 + CLOSE.len());
        }
        rest.starts_with(CLOSE).then_some(CLOSE.len())
    }

    /// One action, or a comment.
    fn action(&mut self) -> Result<(), Problem> {
        let start = self.at;
        let mut inside = self.text.get(start + OPEN.len()..).unwrap_or_default().chars();
        let trims = inside.next() == Some('-') && inside.next().is_some_and(is_space);
        let opening = OPEN.len() + if trims { 2 } else { 0 };
        if self.text.get(start + opening..).is_some_and(|rest| rest.starts_with("/*")) {
            return self.comment(start, start + opening);
        }
        self.take(Kind::Open, OPEN.len());
        if trims {
            // The space behind the mark belongs to it.
            self.at = start + opening;
        }
        let mut depth = 0_usize;
        loop {
            if let Some(length) = self.closes() {
                if depth > 0 {
                    return Err(Problem::new("a parenthesis is not closed", self.at..self.at + length));
                }
                self.take(Kind::Close, length);
                return Ok(());
            }
            let Some(next) = self.peek() else {
                return Err(Problem::new("this `{{` is not closed", start..start + OPEN.len()));
            };
            match next {
                '(' => depth += 1,
                ')' if depth == 0 => {
                    return Err(Problem::new("this parenthesis closes nothing", self.at..self.at + 1));
                }
                ')' => depth -= 1,
                _ => {}
            }
            self.word(next)?;
        }
    }

    fn comment(&mut self, start: usize, from: usize) -> Result<(), Problem> {
        let place = start..start + OPEN.len();
        let body = self.text.get(from + 2..).unwrap_or_default();
        let Some(end) = body.find("*/") else {
            return Err(Problem::new("this comment is not closed", place));
        };
        self.at = from + 2 + end + 2;
        match self.closes() {
            Some(length) => self.at += length,
            None => return Err(Problem::new("behind a comment `}}` must follow at once", place)),
        }
        Ok(())
    }

    fn word(&mut self, next: char) -> Result<(), Problem> {
        let start = self.at;
        match next {
            c if is_space(c) => self.space(),
            '(' => self.take(Kind::ParenOpen, 1),
            ')' => self.take(Kind::ParenClose, 1),
            '|' => self.take(Kind::Pipe, 1),
            '=' => self.take(Kind::Assign, 1),
            ':' if self.rest().starts_with(":=") => self.take(Kind::Declare, 2),
            ':' => return Err(Problem::new("`:` means nothing without `=`", start..start + 1)),
            '"' | '\'' | '`' => return self.quoted(next),
            '$' => return self.name(Kind::Variable, Kind::Variable),
            '.' if !self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                return self.name(Kind::Field, Kind::Dot);
            }
            '.' | '+' | '-' | '0'..='9' => return self.number(),
            c if is_inner(c) => {
                self.skip(is_inner);
                self.ends(start)?;
                let kind = match &self.text[start..self.at] {
                    "true" | "false" => Kind::Constant,
                    "nil" => Kind::Nil,
                    _ => Kind::Word,
                };
                self.found.push(Token { kind, place: start..self.at });
            }
            c if c.is_ascii_graphic() => self.take(Kind::Other, 1),
            c => {
                let place = start..start + c.len_utf8();
                return Err(Problem::new(format!("`{c}` means nothing here"), place));
            }
        }
        Ok(())
    }

    /// White space, up to the one that belongs to a closing ` -}}`.
    fn space(&mut self) {
        let start = self.at;
        let length = self.skip(is_space);
        if self.rest().starts_with("-}}") {
            self.at -= 1;
            if length == 1 {
                return;
            }
        }
        self.found.push(Token { kind: Kind::Space, place: start..self.at });
    }

    /// `.name` or `$name`; `bare` is what the sign alone is.
    fn name(&mut self, kind: Kind, bare: Kind) -> Result<(), Problem> {
        let start = self.at;
        self.at += 1;
        let kind = if self.skip(is_inner) == 0 { bare } else { kind };
        self.ends(start)?;
        self.found.push(Token { kind, place: start..self.at });
        Ok(())
    }

    /// Refuses what cannot follow a name at once.
    fn ends(&self, start: usize) -> Result<(), Problem> {
        let rest = self.rest();
        let fits = |c: char| is_space(c) || matches!(c, '.' | ',' | '|' | ':' | ')' | '(');
        match rest.chars().next() {
            Some(c) if !fits(c) && !rest.starts_with(CLOSE) => Err(Problem::new(
                format!("`{c}` cannot follow `{}` at once", &self.text[start..self.at]),
                self.at..self.at + c.len_utf8(),
            )),
            _ => Ok(()),
        }
    }

    fn number(&mut self) -> Result<(), Problem> {
        let start = self.at;
        let sound = self.scan_number()
            && (!matches!(self.peek(), Some('+' | '-'))
                || self.scan_number() && self.text[..self.at].ends_with('i'));
        if !sound || !self.text[start..self.at].contains(|c: char| c.is_ascii_hexdigit()) {
            self.skip(is_inner);
            let found = &self.text[start..self.at];
            return Err(Problem::new(format!("`{found}` is no number"), start..self.at.max(start + 1)));
        }
        self.found.push(Token { kind: Kind::Constant, place: start..self.at });
        Ok(())
    }

    fn scan_number(&mut self) -> bool {
        self.one(&['+', '-']);
        let mut digits: fn(char) -> bool = |c| c.is_ascii_digit() || c == '_';
        let mut exponent: &[char] = &['e', 'E'];
        if self.one(&['0']) {
            if self.one(&['x', 'X']) {
                digits = |c| c.is_ascii_hexdigit() || c == '_';
                exponent = &['p', 'P'];
            } else if self.one(&['o', 'O']) {
                digits = |c| c.is_digit(8) || c == '_';
                exponent = &[];
            } else if self.one(&['b', 'B']) {
                digits = |c| c.is_digit(2) || c == '_';
                exponent = &[];
            }
        }
        self.skip(digits);
        if self.one(&['.']) {
            self.skip(digits);
        }
        if self.one(exponent) {
            self.one(&['+', '-']);
            if self.skip(|c| c.is_ascii_digit() || c == '_') == 0 {
                return false;
            }
        }
        self.one(&['i']);
        !self.peek().is_some_and(is_inner)
    }

    /// Takes one of some characters, where it stands here.
    fn one(&mut self, any: &[char]) -> bool {
        let found = self.rest().starts_with(any);
        self.at += usize::from(found);
        found
    }

    fn quoted(&mut self, quote: char) -> Result<(), Problem> {
        let start = self.at;
        let open = || Problem::new("this text is not closed", start..start + 1);
        let mut chars = self.rest().char_indices().skip(1);
        let end = loop {
            match chars.next() {
                Some((at, c)) if c == quote => break at + 1,
                Some((_, '\n')) if quote != '`' => return Err(open()),
                Some((at, '\\')) if quote != '`' => {
                    let length = escape(&self.rest()[at + 1..], quote).ok_or_else(|| {
                        Problem::new("`\\` begins no escape here", start + at..start + at + 1)
                    })?;
                    // An escape is made of ASCII.
                    if length > 0 {
                        chars.nth(length - 1);
                    }
                }
                Some(_) => {}
                None => return Err(open()),
            }
        };
        let inside = &self.rest()[1..end - 1];
        if quote == '\'' && (inside.is_empty() || !inside.starts_with('\\') && inside.chars().count() > 1) {
            return Err(Problem::new("between `'` stands one character", start..start + end));
        }
        self.take(if quote == '\'' { Kind::Constant } else { Kind::Text }, end);
        Ok(())
    }
}

/// The length of an escape behind its `\` (go.dev/ref/spec, "Rune literals").
fn escape(rest: &str, quote: char) -> Option<usize> {
    let digits = |from: usize, length: usize, radix: u32| {
        let digits = rest.get(from..from + length)?;
        digits.chars().all(|c| c.is_digit(radix)).then_some(from + length)
    };
    match rest.chars().next()? {
        'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' => Some(1),
        'x' => digits(1, 2, 16),
        'u' => digits(1, 4, 16),
        'U' => digits(1, 8, 16),
        '0'..='7' => digits(0, 3, 8),
        c if c == quote => Some(1),
        _ => None,
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_inner(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
