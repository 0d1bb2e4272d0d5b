//! Where things stand in a query: a scan of its words and brackets, beside the parser, which keeps no places.

use std::ops::Range;

use super::{LabelUse, Op, Problem};

/// What a scan finds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Selectors in the order of the text.
    pub(super) selectors: Vec<Place>,
    /// Labels in groupings and matchings.
    pub(super) labels: Vec<LabelUse>,
    /// Every word with its place.
    pub(super) words: Vec<Range<usize>>,
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
const LISTS: &[&str] = &["by", "without", "on", "ignoring", "group_left", "group_right"];

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

/// Functions and aggregations behind `--enable-feature=promql-experimental-functions`
/// (prometheus/prometheus:docs/querying/functions.md and operators.md, v3).
const EXPERIMENTAL: &[&str] = &[
    "double_exponential_smoothing",
    "info",
    "limitk",
    "limit_ratio",
    "mad_over_time",
    "sort_by_label",
    "sort_by_label_desc",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
];

impl Scan {
    pub(super) fn new(text: &str) -> Self {
        let mut scan = Self::default();
        let mut open: Vec<(usize, u8)> = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        // The list of labels that the next parenthesis opens, and the depth of the open one.
        let mut list_next = false;
        let mut list_depth: Option<usize> = None;
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            at += 1;
            match byte {
                b'#' => at = text[start..].find('\n').map_or(text.len(), |end| start + end),
                b'"' | b'\'' | b'`' => match string_end(bytes, start) {
                    Some(end) => {
                        at = end;
                        if open.last().is_some_and(|(_, opened)| *opened == b'{') {
                            scan.value(start..end);
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
                    if byte == b'(' && list_next {
                        list_depth = Some(open.len());
                    }
                    list_next = false;
                }
                b')' | b']' | b'}' => {
                    let fits = |(_, opened): (usize, u8)| {
                        matches!((opened, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
                    };
                    if list_depth == Some(open.len()) {
                        list_depth = None;
                    }
                    if !open.pop().is_some_and(fits) {
                        scan.fail("this bracket closes nothing", start..at);
                        return scan;
                    }
                }
                b'0'..=b'9' | b'.' => at = word_end(bytes, start),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => {
                    at = word_end(bytes, start);
                    let inside = open.last().map(|(_, opened)| *opened);
                    list_next = scan.word(text, start..at, inside, list_depth.is_some());
                }
                b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'=' | b'>' | b'<' => scan.nodes += 1,
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
        if text.contains("absent") {
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

    /// The first function that Prometheus takes only with a flag, or no longer.
    pub(super) fn experimental(&self, text: &str) -> Option<Problem> {
        let called = |place: &&Range<usize>| text[place.end..].trim_start().starts_with('(');
        self.words.iter().filter(called).find_map(|place| {
            let word = &text[place.clone()];
            let message = match word {
                "holt_winters" => {
                    "`holt_winters` is gone since Prometheus 3; `predict_linear` and `deriv` follow a trend"
                        .to_owned()
                }
                _ if EXPERIMENTAL.contains(&word) => {
                    format!("`{word}` is experimental: Prometheus takes it only with a feature flag")
                }
                _ => return None,
            };
            Some(Problem { message, place: Some(place.clone()) })
        })
    }

    fn fail(&mut self, message: &str, place: Range<usize>) {
        self.problem = Some(Problem { message: message.to_owned(), place: Some(place) });
    }

    /// Takes a text between braces.
    fn value(&mut self, place: Range<usize>) {
        let label = self.selectors.last_mut().and_then(|selector| selector.labels.last_mut());
        if let Some(label) = label.filter(|label| label.value.is_none()) {
            label.value = Some(place);
        }
    }

    /// Takes a word; says whether a list of labels follows.
    fn word(&mut self, text: &str, place: Range<usize>, inside: Option<u8>, in_list: bool) -> bool {
        self.words.push(place.clone());
        let word = &text[place.clone()];
        if in_list {
            self.labels.push(LabelUse { label: word.to_owned(), place });
            return false;
        }
        match inside {
            Some(b'{') => {
                if let Some(selector) = self.selectors.last_mut() {
                    let pattern = pattern_at(text, place.end);
                    selector.labels.push(Label { name: word.to_owned(), place, pattern, value: None });
                }
                return false;
            }
            Some(b'[') => return false,
            _ => {}
        }
        let lower = word.to_ascii_lowercase();
        let opens = text[place.end..].trim_start().starts_with('(');
        if opens {
            return LISTS.contains(&lower.as_str());
        }
        // `sum by (job) (x)`: an aggregation stands before its grouping.
        let next = text[place.end..].trim_start();
        let grouped = ["by", "without"].iter().any(|word| {
            next.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && next[word.len()..].trim_start().starts_with('(')
        });
        if KEYWORDS.contains(&lower.as_str()) {
            self.nodes += 1;
        } else if !grouped {
            self.selectors.push(Place { place, labels: Vec::new() });
        }
        false
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

/// The end of a word or number.
fn word_end(bytes: &[u8], start: usize) -> usize {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.');
    let number = bytes[start].is_ascii_digit() || bytes[start] == b'.';
    let length = bytes[start..].iter().take_while(|byte| inner(byte) && (number || **byte != b'.')).count();
    start + length.max(1)
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

/// A dashboard's variables outside of quotes become durations of the same length, so that places stay.
pub(super) fn without_variables(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
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
                    let name = text.get(at + 1 + usize::from(braced)..end).unwrap_or_default();
                    let long = if name.starts_with(LONG_ENOUGH) { b"9y" } else { b"5m" };
                    out[at..end].fill(b' ');
                    out[at..at + 2].copy_from_slice(long);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    // Only ASCII was put in the place of ASCII.
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
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
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    let place = scan.words.iter().find(|place| quoted.contains(&&text[(*place).clone()])).cloned();
    let message = match message {
        "invalid promql query" => "it is no PromQL".to_owned(),
        other => other.to_owned(),
    };
    Problem { message, place }
}
