//! What the grammar makes of a text, in one walk over pest's pairs: the tree, and what is wrong with the text.

use pest::Parser as _;
use pest::iterators::Pair;
use smol_str::SmolStr;

use super::meant::meant;
use super::text::{multi_line, name, one_line, word};
use super::{Body, Entry, Name, Value, ValueKind, scan};
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::source::{FileId, Span};

/// How many words of a slice that does not parse are remembered.
const MOST_LOST: usize = 1_000;

/// How many syntax errors of one file are told.
pub(super) const MOST_ERRORS: usize = 20;

/// How many lines that open blocks of YAML are shown.
const MOST_OF_YAML: usize = 6;

mod derived {
    /// The grammar of `grammar/infra.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/infra.pest"]
    pub(super) struct Grammar;
}

use derived::{Grammar, Rule};

/// What a part of a file came to.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// What the part says.
    pub(super) entries: Vec<Entry>,
    /// Words of what did not parse.
    pub(super) lost: Vec<SmolStr>,
    /// Places of what did not parse, of those that are reported and of the others.
    pub(super) errors: Errors,
}

/// What did not parse.
#[derive(Debug, Default)]
pub(super) struct Errors {
    /// How many places.
    pub(super) number: usize,
    /// The last of those that are reported.
    pub(super) last: Option<Span>,
}

/// Parses a part of a file that starts at `base`. What does not parse is reported and left out. Where brackets do not balance, what follows
/// the lists that lack their end was reported.
pub(super) fn part(
    id: FileId,
    text: &str,
    base: usize,
    unbalanced: Option<&[usize]>,
    sink: &mut Sink,
) -> Part {
    let mut part = Part::default();
    let mut builder = Builder {
        id,
        text,
        base,
        sink,
        lists: unbalanced.unwrap_or_default(),
        lost: &mut part.lost,
        errors: Errors::default(),
        yaml: None,
        is_yaml: None,
    };
    match Grammar::parse(Rule::file, text) {
        Ok(pairs) => {
            let inner = pairs.flat_map(Pair::into_inner);
            part.entries = inner.filter_map(|pair| builder.item(pair)).collect();
        }
        // `junk` takes everything but brackets that do not balance, which the scan has reported.
        Err(error) if unbalanced.is_none() => {
            let at = start_of(&error);
            builder.report_at(at, &text[at..], &expectation(&error));
        }
        Err(_) => {}
    }
    if let Some(diagnostic) = builder.yaml.take() {
        builder.sink.report(diagnostic);
    }
    part.errors = builder.errors;
    part
}

struct Builder<'a> {
    id: FileId,
    text: &'a str,
    /// Where the parsed slice starts in the file.
    base: usize,
    sink: &'a mut Sink,
    /// The `[` that lack their end.
    lists: &'a [usize],
    lost: &'a mut Vec<SmolStr>,
    errors: Errors,
    /// What is reported of the lines of YAML that stand at the top level, all of them together.
    yaml: Option<Diagnostic>,
    /// Whether there are such lines, once it was asked.
    is_yaml: Option<bool>,
}

impl Builder<'_> {
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.id, self.base + span.start(), self.base + span.end())
    }

    fn item(&mut self, pair: Pair<'_, Rule>) -> Option<Entry> {
        match pair.as_rule() {
            Rule::entry => self.entry(pair),
            Rule::junk => {
                self.junk(&pair);
                None
            }
            _ => None,
        }
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> Option<Entry> {
        let mut key = None;
        let mut label = None;
        let mut value = None;
        let mut body = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::key => key = Some(name(part.as_str(), self.span(&part), self.sink)),
                Rule::label => label = Some(name(part.as_str(), self.span(&part), self.sink)),
                Rule::equals => {}
                Rule::body => body = Some(self.body(part)),
                _ => {
                    value = self.value(part);
                    // Without it the entry would say something else.
                    if value.is_none() {
                        self.lost.extend(label.or(key).map(|name: Name| name.text));
                        return None;
                    }
                }
            }
        }
        Some(Entry { key: key?, label, value, body, patch: false })
    }

    fn body(&mut self, pair: Pair<'_, Rule>) -> Body {
        let span = self.span(&pair);
        Body { entries: pair.into_inner().filter_map(|pair| self.item(pair)).collect(), span }
    }

    fn value(&mut self, pair: Pair<'_, Rule>) -> Option<Value> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::string => ValueKind::Text(one_line(pair.as_str(), span, self.sink)),
            Rule::text => ValueKind::Text(multi_line(pair.as_str(), span, self.sink)),
            Rule::list => ValueKind::List(pair.into_inner().filter_map(|item| self.value(item)).collect()),
            Rule::body => ValueKind::Body(self.body(pair)),
            Rule::comment => return None,
            _ => word(pair.as_str(), span, self.sink)?,
        };
        Some(Value { kind, span })
    }

    /// Parses what is no entry again as the entry it should have been, to learn what is wrong with it.
    fn junk(&mut self, pair: &Pair<'_, Rule>) {
        let slice = pair.as_str();
        let words = slice.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
        self.lost.extend(words.filter(|word| !word.is_empty()).take(MOST_LOST).map(SmolStr::new));
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        if self.lists.iter().any(|list| (self.base + start..self.base + end).contains(list)) {
            return;
        }
        if self.errors.number >= MOST_ERRORS {
            self.errors.number += 1;
            return;
        }
        if is_of_yaml(self.text, start) {
            return;
        }
        if opens_yaml(self.text, start) {
            self.yaml(start, slice);
            return;
        }
        if is_first_of_line(self.text, start) && is_pair(slice) && self.has_yaml() {
            return;
        }
        match Grammar::parse(Rule::lone, slice) {
            Ok(_) => self.report_at(start, slice, "an entry"),
            Err(error) => {
                let at = start_of(&error);
                self.report_at(start + at, &slice[at..], &expectation(&error));
            }
        }
    }

    /// Whether lines at the top level open blocks of YAML: a key with a value beside them is a part of that.
    fn has_yaml(&mut self) -> bool {
        let starts =
            || std::iter::once(0).chain(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1));
        *self.is_yaml.get_or_insert_with(|| starts().any(|start| opens_yaml(self.text, start)))
    }

    /// Reports a line at the top level that opens a block of YAML. Those behind the first one are places of the same mistake.
    fn yaml(&mut self, start: usize, slice: &str) {
        let at = start + slice.find(':').unwrap_or_default();
        let place = Span::new(self.id, self.base + at, self.base + at + 1);
        self.errors.last.get_or_insert(place);
        match self.yaml.take() {
            Some(diagnostic) if diagnostic.labels.len() >= MOST_OF_YAML => self.yaml = Some(diagnostic),
            Some(diagnostic) => self.yaml = Some(diagnostic.at(place, "nor here")),
            None => {
                self.errors.number += 1;
                let diagnostic = unexpected(":", place, "`=`, `{` or the end of the line");
                self.yaml = Some(diagnostic.help("a value is given with `=`, and a body stands in `{ … }`"));
            }
        }
    }

    fn report_at(&mut self, at: usize, rest: &str, expected: &str) {
        self.errors.number += 1;
        let place = |length: usize| Span::new(self.id, self.base + at, self.base + at + length);
        let before = self.text[..at].trim_end_matches([' ', '\t']);
        let meant = || meant(self.text, at, place(0));
        let or = |otherwise: &str| meant().unwrap_or_else(|| otherwise.into());
        let diagnostic = match rest.chars().next() {
            Some('"') if closes(rest) => unexpected("\"", place(1), expected)
                .help(or("two entries, and two items of a list, stand on lines of their own or have a comma between them")),
            Some('"') => Diagnostic::new(codes::SYN003, "this text is not closed")
                .at(place(rest.lines().next().map_or(1, str::len)), "opened here")
                .help("text ends on its line with `\"`; text of several lines stands between `\"\"\"` and `\"\"\"`"),
            Some('\'') => unexpected("'", place(1), expected).help(or("text is quoted with `\"`")),
            Some(':') => unexpected(":", place(1), expected).help(or("a value is given with `=`")),
            Some(';') => unexpected(";", place(1), expected)
                .help(or("an entry ends at the end of its line or at a comma")),
            Some('{') if expected == "a value" => {
                unexpected("{", place(1), expected).help(or("a body follows its key without `=`"))
            }
            Some('{') => unexpected("{", place(1), expected).help("`{` stands on the line of its key"),
            Some('/') => unexpected("/", place(1), expected)
                .help(or("text, paths too, is quoted; a comment starts with `#`")),
            Some(first @ ('=' | '>')) if before.ends_with('=') => {
                unexpected(&format!("={first}"), place(1), expected).help(or("a value is given with one `=`"))
            }
            Some(',') => unexpected(",", place(1), expected).help("one comma separates two entries"),
            None | Some('\n') => {
                let end = self.base + before.len();
                let last = before.chars().next_back().map_or(0, char::len_utf8);
                Diagnostic::new(codes::SYN001, format!("expected {expected}, found the end of the line"))
                    .at(Span::new(self.id, end - last, end), "something is missing behind this")
                    .help("`{` and the value start on the line of their key")
            }
            Some(first) => {
                let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).collect();
                let found = if word.is_empty() { first.to_string() } else { word };
                let behind = expected.ends_with("the end of the line").then(|| {
                    "another entry stands behind a comma, or on a line of its own".into()
                });
                unexpected(&found, place(found.len()), expected).help_maybe(meant().or(behind))
            }
        };
        self.errors.last = diagnostic.labels.first().map(|label| label.span);
        self.sink.report(diagnostic);
    }
}

/// Whether a place is the first of its line.
fn is_first_of_line(text: &str, at: usize) -> bool {
    at == 0 || text[..at].ends_with('\n')
}

/// Whether a slice is a key of YAML with its value.
fn is_pair(slice: &str) -> bool {
    slice.trim_end().split_once(": ").is_some_and(|(key, value)| {
        !key.is_empty()
            && !value.is_empty()
            && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    })
}

/// Whether a line of the top level opens a block of YAML: `services:`, with lines behind it that are indented or items.
fn opens_yaml(text: &str, at: usize) -> bool {
    let mut lines = text[at..].lines();
    let opens = lines.next().and_then(|line| line.trim_end().strip_suffix(':')).is_some_and(|key| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    });
    let next = lines.find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    is_first_of_line(text, at)
        && opens
        && next.is_some_and(|line| line.starts_with(' ') || line.starts_with("- "))
}

/// Whether a line is a part of what another one opens that ends with `:`, as YAML has it: that one is reported.
fn is_of_yaml(text: &str, at: usize) -> bool {
    let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let deep = |line: &str| line.len() - line.trim_start().len();
    let line = text[line_start..].lines().next().unwrap_or_default();
    let words = line.trim();
    let is_item = words == "-" || words.starts_with("- ");
    let key = words.split_once(':').map(|(key, rest)| (key, rest.is_empty() || rest.starts_with(' ')));
    let is_key = key.is_some_and(|(key, ends)| {
        ends && !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    });
    if at > line_start + deep(line) || !(is_item || is_key) {
        return false;
    }
    let above = text[..line_start].lines().rev().filter(|line| !line.trim().is_empty());
    let mut above = above.filter(|other| {
        let other_is_item = other.trim_start().starts_with("- ");
        deep(other) < deep(line) || (is_item && !other_is_item && deep(other) == deep(line))
    });
    above.next().is_some_and(|opener| {
        let opener = opener.trim_start().trim_start_matches("- ");
        opener.strip_suffix(':').is_some_and(|key| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        })
    })
}

fn unexpected(found: &str, span: Span, expected: &str) -> Diagnostic {
    let found = if found.chars().all(char::is_control) {
        "a control character".to_owned()
    } else {
        format!("`{found}`")
    };
    Diagnostic::new(codes::SYN001, format!("expected {expected}, found {found}"))
        .at(span, "not expected here")
}

/// Whether a text that starts here is closed on its line.
fn closes(rest: &str) -> bool {
    let end = scan::string_end(rest, 0);
    end > 1 && rest.as_bytes().get(end - 1) == Some(&b'"')
}

fn start_of(error: &pest::error::Error<Rule>) -> usize {
    match error.location {
        pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
    }
}

/// What the grammar could have gone on with, in the reader's words.
fn expectation(error: &pest::error::Error<Rule>) -> String {
    let pest::error::ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return "an entry".to_owned();
    };
    let has = |rules: &[Rule]| positives.iter().any(|rule| rules.contains(rule));
    if has(&[Rule::list, Rule::text]) && !has(&[Rule::key, Rule::label]) {
        return "a value".to_owned();
    }
    if has(&[Rule::key, Rule::entry]) {
        return "an entry".to_owned();
    }
    match (has(&[Rule::equals]), has(&[Rule::body])) {
        (true, true) => "`=`, `{` or the end of the line",
        (true, false) => "`=` or the end of the line",
        (false, true) => "`{` or the end of the line",
        (false, false) => "the end of the line",
    }
    .to_owned()
}
