//! Where things stand in a query: a scan of its words and brackets, beside the parser, which keeps no places.

use std::borrow::Cow;
use std::ops::Range;

use super::{ABSENT, LabelUse, List, Op, Problem};

/// What a scan finds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Selectors in the order of the text.
    pub(super) selectors: Vec<Place>,
    /// Labels in groupings and matchings.
    pub(super) labels: Vec<LabelUse>,
    /// Every word with its place.
    pub(super) words: Vec<Range<usize>>,
    /// Numbers and durations.
    pub(super) numbers: Vec<Number>,
    /// Labels in quotes, in groupings and matchings.
    pub(super) quoted: Vec<Range<usize>>,
    /// Other texts outside of braces, with their quotes: arguments.
    pub(super) texts: Vec<Range<usize>>,
    /// How many operators and brackets there are.
    pub(super) nodes: usize,
    /// A bracket or quote that is not closed.
    pub(super) problem: Option<Problem>,
}

/// Where a selector stands.
#[derive(Debug)]
pub(super) struct Place {
    /// Its name, or its opening brace.
    pub(super) place: Range<usize>,
    /// The labels between its braces.
    pub(super) labels: Vec<Label>,
}

/// A number or a duration.
#[derive(Debug)]
pub(super) struct Number {
    /// Where it stands.
    pub(super) place: Range<usize>,
    /// Whether a duration belongs there: between `[` and `]`, and behind `offset`.
    pub(super) duration: bool,
}

/// A label that is compared.
#[derive(Debug)]
pub(super) struct Label {
    /// Its name.
    pub(super) name: String,
    /// Where the name stands.
    pub(super) place: Range<usize>,
    /// How it is compared with a pattern, and where that stands.
    pub(super) pattern: Option<(Op, usize)>,
    /// Where the text stands that it is compared with, with its quotes.
    pub(super) value: Option<Range<usize>>,
}

/// Words before a list of labels.
const LISTS: &[(&str, List)] = &[
    ("by", List::Grouping),
    ("without", List::Grouping),
    ("on", List::Matching),
    ("ignoring", List::Matching),
    ("group_left", List::Matching),
    ("group_right", List::Matching),
];

/// Words that are no metric where nothing opens behind them.
const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "unless",
    "atan2",
    "bool",
    "offset",
    "inf",
    "nan",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "fill",
    "fill_left",
    "fill_right",
];

/// Words of the language that are a metric where one belongs.
const OR_NAMES: &[&str] =
    &["and", "or", "unless", "offset", "by", "without", "fill", "fill_left", "fill_right"];

impl Scan {
    pub(super) fn new(text: &str) -> Self {
        // A word and what stands around it take some eight bytes.
        let mut scan = Self { words: Vec::with_capacity(text.len() / 8), ..Self::default() };
        let mut open: Vec<(usize, u8)> = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        // The list of labels that the next parenthesis opens, and the open one with its depth.
        let mut list_next: Option<List> = None;
        let mut list_open: Option<(usize, List)> = None;
        // Whether something ends there that an operator may follow; and what was so before the list of labels.
        let mut operand = false;
        let mut operand_before = false;
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            at += 1;
            match byte {
                b'#' => at = text[start..].find('\n').map_or(text.len(), |end| start + end),
                b'"' | b'\'' | b'`' => match string_end(bytes, start) {
                    Some(end) => {
                        at = end;
                        operand = true;
                        if open.last().is_some_and(|(_, opened)| *opened == b'{') {
                            scan.value(start..end);
                        } else if list_open.is_some() {
                            scan.quoted.push(start..end);
                        } else {
                            scan.texts.push(start..end);
                        }
                    }
                    None => {
                        scan.fail("this text is not closed", start..start + 1);
                        return scan;
                    }
                },
                b'(' | b'[' | b'{' => {
                    scan.nodes += 1;
                    if byte == b'{' && !scan.belongs_to_a_name(text, start) {
                        scan.selectors.push(Place { place: start..start + 1, labels: Vec::new() });
                    }
                    open.push((start, byte));
                    if let (b'(', Some(list)) = (byte, list_next) {
                        list_open = Some((open.len(), list));
                        operand_before = operand;
                    }
                    operand = false;
                    list_next = None;
                }
                b')' | b']' | b'}' => {
                    let fits = |(_, opened): (usize, u8)| {
                        matches!((opened, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
                    };
                    operand = true;
                    if list_open.is_some_and(|(depth, _)| depth == open.len()) {
                        list_open = None;
                        operand = operand_before;
                    }
                    if !open.pop().is_some_and(fits) {
                        scan.fail("this bracket closes nothing", start..at);
                        return scan;
                    }
                }
                b'0'..=b'9' | b'.' => {
                    at = number_end(bytes, start);
                    let duration = scan.is_duration(text, start, open.last());
                    scan.numbers.push(Number { place: start..at, duration });
                    operand = true;
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => {
                    at = word_end(bytes, start);
                    let around = Around {
                        inside: open.last().map(|(_, opened)| *opened),
                        list: list_open.map(|(_, list)| list),
                        operand,
                    };
                    (list_next, operand) = scan.word(text, start..at, &around);
                }
                b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'=' | b'>' | b'<' => {
                    scan.nodes += 1;
                    operand = false;
                }
                b',' | b'!' | b'@' => operand = false,
                _ => {}
            }
        }
        if let Some((start, _)) = open.first() {
            scan.fail("this bracket is not closed", *start..*start + 1);
        }
        scan
    }

    /// The text with plain comparisons in the place of those with patterns. `None` where there are none, and where
    /// more depends on how it is compared: what makes a selector without a name one, and what `absent` carries.
    pub(super) fn without_patterns(&self, text: &str) -> Option<String> {
        if self.words.iter().any(|word| ABSENT.contains(&&text[word.clone()])) {
            return None;
        }
        let mut out = text.as_bytes().to_vec();
        let mut hidden = false;
        for selector in &self.selectors {
            for label in &selector.labels {
                let Some((op, at)) = label.pattern else { continue };
                if label.name == "__name__" || text[selector.place.clone()].starts_with('{') {
                    return None;
                }
                let plain = if op == Op::Matches { b"= " } else { b"!=" };
                out[at..at + plain.len()].copy_from_slice(plain);
                hidden = true;
            }
        }
        hidden.then(|| String::from_utf8(out).ok()).flatten()
    }

    fn fail(&mut self, message: &str, place: Range<usize>) {
        self.problem = Some(Problem::at(message, place));
    }

    /// Takes a text between braces.
    fn value(&mut self, place: Range<usize>) {
        let label = self.selectors.last_mut().and_then(|selector| selector.labels.last_mut());
        if let Some(label) = label.filter(|label| label.value.is_none()) {
            label.value = Some(place);
        }
    }

    /// Takes a word; says which list of labels follows, and whether an operator may.
    fn word(&mut self, text: &str, place: Range<usize>, around: &Around) -> (Option<List>, bool) {
        self.words.push(place.clone());
        let word = &text[place.clone()];
        if let Some(list) = around.list {
            self.labels.push(LabelUse { label: word.to_owned(), place, list });
            return (None, true);
        }
        match around.inside {
            Some(b'{') => {
                if let Some(selector) = self.selectors.last_mut() {
                    let pattern = pattern_at(text, place.end);
                    selector.labels.push(Label { name: word.to_owned(), place, pattern, value: None });
                }
                return (None, true);
            }
            Some(b'[') => return (None, true),
            _ => {}
        }
        let is_one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        let next = text[place.end..].trim_start();
        if next.starts_with('(') {
            let list =
                LISTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, list)| *list);
            // `sum(x) by (job)`: what was summed up is there.
            return (list, list.is_some() && around.operand);
        }
        // `sum by (job) (x)`: an aggregation stands before its grouping.
        let grouped = ["by", "without"].iter().any(|word| {
            next.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && next[word.len()..].trim_start().starts_with('(')
        });
        if is_one_of(KEYWORDS) && (around.operand || !is_one_of(OR_NAMES)) {
            self.nodes += 1;
            return (None, is_one_of(&["inf", "nan"]));
        }
        if !grouped {
            self.selectors.push(Place { place, labels: Vec::new() });
        }
        (None, !grouped)
    }

    /// Whether a duration belongs where a number stands: `[5m:1m]`, `offset -5m`.
    fn is_duration(&self, text: &str, start: usize, open: Option<&(usize, u8)>) -> bool {
        let behind = self.words.last().is_some_and(|word| {
            let is_name = self.selectors.last().is_some_and(|selector| selector.place == *word);
            !is_name
                && text[word.clone()].eq_ignore_ascii_case("offset")
                && matches!(text[word.end..start].trim(), "" | "+" | "-")
        });
        behind || open.is_some_and(|(_, opened)| *opened == b'[')
    }

    /// Whether a brace stands behind the name of the last selector.
    fn belongs_to_a_name(&self, text: &str, brace: usize) -> bool {
        self.selectors.last().is_some_and(|selector| {
            let end = selector.place.end;
            end <= brace
                && !text[selector.place.clone()].starts_with('{')
                && text[end..brace].trim().is_empty()
        })
    }
}

/// What stands around a word.
struct Around {
    /// The bracket that it stands in.
    inside: Option<u8>,
    /// The list of labels that it stands in.
    list: Option<List>,
    /// Whether something ends before it that an operator may follow.
    operand: bool,
}

/// The comparison with a pattern that stands behind a label, and where it does.
fn pattern_at(text: &str, end: usize) -> Option<(Op, usize)> {
    let rest = text[end..].trim_start();
    let op = match rest.get(..2)? {
        "=~" => Op::Matches,
        "!~" => Op::MatchesNot,
        _ => return None,
    };
    Some((op, text.len() - rest.len()))
}

/// Whether a byte is one of those that words consist of: most of a query is words.
const IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        table[byte as usize] = matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b':');
        byte += 1;
    }
    table
};

/// The end of a word or number.
fn word_end(bytes: &[u8], start: usize) -> usize {
    let number = bytes[start].is_ascii_digit() || bytes[start] == b'.';
    let inner = |byte: &u8| IN_WORDS[usize::from(*byte)] || (number && *byte == b'.');
    start + bytes[start..].iter().take_while(|byte| inner(byte)).count().max(1)
}

/// The end of a number, with the sign of its exponent.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let end = word_end(bytes, start);
    let hex = bytes.get(start + 1).is_some_and(|byte| matches!(byte, b'x' | b'X'));
    let signed = !hex
        && matches!(bytes[end - 1], b'e' | b'E')
        && matches!(bytes.get(end), Some(b'+' | b'-'))
        && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    if signed { word_end(bytes, end + 1) } else { end }
}

/// The end of a quoted text.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = *bytes.get(start)?;
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte == quote {
            return Some(at);
        }
        if byte == b'\\' && quote != b'`' {
            at += 1;
        }
    }
    None
}

/// The variable that is always long enough.
const LONG_ENOUGH: &str = "__rate_interval";

/// Where variables of a dashboard stand outside of quotes.
pub(super) fn variables(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    if memchr::memchr(b'$', bytes).is_none() {
        return found;
    }
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'#' => at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
            b'"' | b'\'' | b'`' => at = string_end(bytes, at).unwrap_or(bytes.len()),
            b'$' => {
                let braced = bytes.get(at + 1) == Some(&b'{');
                let mut end = at + 1;
                while bytes.get(end).is_some_and(|byte| {
                    byte.is_ascii_alphanumeric()
                        || *byte == b'_'
                        || (braced && (*byte == b'{' || *byte == b':'))
                }) {
                    end += 1;
                }
                if braced && bytes.get(end) == Some(&b'}') {
                    end += 1;
                }
                if end - at >= 3 {
                    found.push(at..end);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// A dashboard's variables outside of quotes become durations of the same length, so that places stay.
pub(super) fn without_variables<'t>(text: &'t str, variables: &[Range<usize>]) -> Cow<'t, str> {
    if variables.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = text.as_bytes().to_vec();
    for place in variables {
        let name = text[place.clone()].trim_start_matches(['$', '{']);
        let long = if name.starts_with(LONG_ENOUGH) { b"9y" } else { b"5m" };
        out[place.clone()].fill(b' ');
        out[place.start..place.start + 2].copy_from_slice(long);
    }
    // Only ASCII was put in the place of ASCII.
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Where the brace behind a selector's name opens, or would open, and whether it does.
pub(super) fn brace_behind(text: &str, place: &Range<usize>) -> Option<(usize, bool)> {
    if text.get(place.clone())?.starts_with('{') {
        return Some((place.end, true));
    }
    let rest = text.get(place.end..)?;
    let trimmed = rest.trim_start();
    Some(match trimmed.strip_prefix('{') {
        Some(inside) => (text.len() - inside.len(), true),
        None => (place.end, false),
    })
}

/// The parser's message, in our words where its own say little, at the word that it names.
pub(super) fn locate(message: &str, scan: &Scan, text: &str) -> Problem {
    if let Some(problem) = without_brackets(scan, text) {
        return problem;
    }
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    let place = scan.words.iter().find(|place| quoted.contains(&&text[(*place).clone()])).cloned();
    let message = match message {
        "invalid promql query" => "it is no PromQL".to_owned(),
        other => other.to_owned(),
    };
    Problem { message, place, help: None, edit: None }
}

/// A list of labels without its brackets: `sum by job (x)`.
fn without_brackets(scan: &Scan, text: &str) -> Option<Problem> {
    let needs =
        |word: &str| ["by", "without", "on", "ignoring"].iter().any(|it| it.eq_ignore_ascii_case(word));
    let pair = scan.words.windows(2).find(|pair| {
        let [first, second] = pair else { return false };
        let is_label = scan.labels.iter().any(|used| used.place == *first);
        needs(&text[first.clone()])
            && !is_label
            && !text[first.end..second.start].is_empty()
            && text[first.end..second.start].trim().is_empty()
    })?;
    let (list, label) = (&text[pair[0].clone()], &text[pair[1].clone()]);
    Some(
        Problem::at(format!("the labels behind `{list}` stand in brackets"), pair[1].clone())
            .help(format!("write `{list} ({label})`"))
            .put(format!("({label})")),
    )
}
