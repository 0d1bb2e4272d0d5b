//! PromQL: the queries of alerts, records and panels, parsed, and what can be said of them without data.
//!
//! The grammar and its types are `promql-parser`'s. It keeps no places, so `scan` finds where each
//! selector and label name stands in the text: messages point there, and a matcher is put in without
//! changing how the author wrote the rest.

mod expr;
mod findings;
mod firing;
mod kind;
mod labels;
mod meeting;
mod newer;
mod pattern;
mod read;
mod scan;
mod selector;
mod series;
mod shape;
pub mod template;
mod tree;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::diagnostic::Help;

use expr::{Expr, Vector};
pub use findings::{Finding, ShortRange, findings, quantiles};
pub use firing::{Always, always as fires_always, needs_series, reach};
pub use kind::kind;
pub use labels::{Facts, Labels, keeps_matched, labels, labels_asking_all};
pub use meeting::{Apart, Certain, Unmet, always as labels_in_any_case, either, unmet};
use pattern::{Pattern, Patterns};
pub use series::{expect_series, values};
use shape::Shapes;
use tree::Tree;

/// Functions with a result where there are no series.
pub const ABSENT: &[&str] = &["absent", "absent_over_time"];
/// Functions that make a label of others.
pub const RELABEL: &[&str] = &["label_join", "label_replace"];
/// [`RELABEL`], and the aggregation that is given the name of a label.
pub const MAKES_LABEL: &[&str] = &["count_values", "label_join", "label_replace"];

/// The longest query, in bytes, and the most operators and brackets in it: the parsed tree is walked
/// by recursion.
pub const MAX_BYTES: usize = 32 * 1024;
const MAX_NODES: usize = 2_000;

/// How a metric behaves, as the exposition formats tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricType {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts into buckets.
    Histogram,
    /// It carries quantiles.
    Summary,
    /// Nobody says.
    Unknown,
}

/// A parsed query.
#[derive(Debug, Clone)]
pub struct Query {
    number: usize,
    text: String,
    tree: Arc<Tree>,
    selectors: Vec<Selector>,
    labels: Vec<LabelUse>,
    /// Where its texts stand, by their numbers.
    texts: Vec<Range<usize>>,
}

/// What queries that are parsed one after the other, or at the same time, have in common.
#[derive(Debug, Default)]
pub struct Shared {
    patterns: Patterns,
    shapes: Shapes,
    numbers: AtomicUsize,
}

impl Shared {
    /// A number that nothing else has of what is parsed with this.
    fn number(&self) -> usize {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}

/// Series that a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// Its number in its query, in the order of the text.
    pub number: usize,
    /// The name of the metric, where one is said.
    pub metric: Option<String>,
    /// What labels must be.
    pub matchers: Vec<Matcher>,
    /// The range, where it is one.
    pub range: Option<Duration>,
    /// Where it stands: its name, or its brace.
    pub place: Range<usize>,
}

/// What a label must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: String,
    /// How it is compared.
    pub op: Op,
    /// With what.
    pub value: String,
    /// Where the label's name stands.
    pub place: Range<usize>,
    /// Where the value stands, with its quotes, when that is known.
    pub value_place: Option<Range<usize>>,
    pattern: Option<Pattern>,
}

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    MatchesNot,
}

impl Matcher {
    /// Whether a value of the label fits.
    #[must_use]
    pub fn fits(&self, value: &str) -> bool {
        let matches = || self.pattern.as_ref().is_some_and(|pattern| pattern.fits(value));
        match self.op {
            Op::Equal => self.value == value,
            Op::NotEqual => self.value != value,
            Op::Matches => matches(),
            Op::MatchesNot => !matches(),
        }
    }

    /// What every value that fits begins with: values in order are few behind it.
    #[must_use]
    pub fn beginning(&self) -> &str {
        match (self.op, &self.pattern) {
            (Op::Equal, _) => &self.value,
            (Op::Matches, Some(pattern)) => pattern.beginning(),
            _ => "",
        }
    }
}

/// A label's name in `by (…)`, `on (…)` and their like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelUse {
    /// The name.
    pub label: String,
    /// Where it stands.
    pub place: Range<usize>,
    /// The list that it stands in.
    pub list: List,
}

/// What a list of labels is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// `by (…)`, `without (…)`: an aggregation.
    Grouping,
    /// `on (…)`, `ignoring (…)` and what comes along by `group_left (…)`: how the sides of an operation meet.
    Matching,
}

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The reason: lower case, no full stop.
    pub message: String,
    /// Where, when that is known.
    pub place: Option<Range<usize>>,
    /// What to write.
    pub help: Option<String>,
    /// The text that belongs at the place, where the help is to write that.
    pub edit: Option<String>,
}

impl Problem {
    /// One of the whole query.
    fn whole(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None, help: None, edit: None }
    }

    /// One of a place.
    fn at(message: impl Into<String>, place: Range<usize>) -> Self {
        Self { place: Some(place), ..Self::whole(message) }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The text that belongs at its place.
    fn put(self, text: impl Into<String>) -> Self {
        Self { edit: Some(text.into()), ..self }
    }

    /// The way out that a message shows.
    #[must_use]
    pub fn way_out(&self) -> Option<Help> {
        let help = self.help.as_deref()?;
        Some(match &self.edit {
            Some(text) => Help::saying(help, text),
            None => help.into(),
        })
    }
}

impl Query {
    /// Parses a query. Variables of dashboards (`$job`, `$__rate_interval`) may stand in it.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::parse_sharing(text, &Shared::default())
    }

    /// The query as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A number that no other query has of those that are parsed with the same [`Shared`].
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// Whether it calls one of these functions.
    #[must_use]
    pub fn calls(&self, functions: &[&str]) -> bool {
        functions.iter().any(|function| self.tree.calls.contains(function))
    }

    /// Whether it speaks of a label: in a matcher, a grouping or matching, or as an argument of a function.
    #[must_use]
    pub fn names_label(&self, label: &str) -> bool {
        let mut found = false;
        self.tree.expr.each(&mut |expr| {
            found |= matches!(expr, Expr::Text(text) if text.text == label);
        });
        let mut matchers = self.selectors.iter().flat_map(|selector| &selector.matchers);
        found
            || matchers.any(|matcher| matcher.label == label)
            || self.labels.iter().any(|used| used.label == label)
    }

    /// Whether a variable of a dashboard stands in it that Grafana fills in with a time.
    #[must_use]
    pub fn asks_for_times(&self) -> bool {
        let named = |place: Range<usize>| self.text[place].trim_start_matches(['$', '{']).starts_with("__");
        scan::variables(&self.text).into_iter().any(named)
    }

    /// The series it asks for, in the order of the text.
    #[must_use]
    pub fn selectors(&self) -> &[Selector] {
        &self.selectors
    }

    /// The labels that its groupings and matchings name, in the order of the text.
    #[must_use]
    pub fn label_uses(&self) -> &[LabelUse] {
        &self.labels
    }

    /// A number that queries share which differ in the names of metrics and in what labels are compared with alone.
    #[must_use]
    pub fn shape(&self) -> usize {
        self.tree.number
    }

    /// What a selector of the expression asks for.
    fn selector(&self, vector: &Vector) -> Option<&Selector> {
        self.selectors.get(vector.number)
    }

    /// The metric of a selector of the expression that stands before its braces.
    fn name(&self, vector: &Vector) -> Option<&str> {
        vector.name.as_ref().and_then(|_| self.selector(vector)?.metric.as_deref())
    }

    /// Why a rule cannot ask it: a variable of a dashboard, which nobody replaces there.
    #[must_use]
    pub fn variable(&self) -> Option<Problem> {
        if !self.text.contains('$') {
            return None;
        }
        let told = |name: &str, place| {
            Problem::at(format!("`{name}` is a variable of a dashboard, which nobody fills in here"), place)
        };
        if let Some(place) = scan::variables(&self.text).into_iter().next() {
            let before = self.text[..place.start].trim_end();
            let help = if before.ends_with(['[', ':']) {
                "write a duration: `[5m]`"
            } else {
                "write what it stands for"
            };
            return Some(told(&self.text[place.clone()], place).help(help));
        }
        let mut matchers = self.selectors.iter().flat_map(|selector| &selector.matchers);
        let found = matchers.find_map(|matcher| Some((matcher, variable_in(matcher)?)));
        found.map(|(matcher, name)| {
            told(name, matcher.place.clone()).help("write what it stands for, or leave the matcher out")
        })
    }

    /// The query with a matcher put into selectors: `write` writes that of a selector, where it gets one.
    #[must_use]
    pub fn with_matchers(&self, mut write: impl FnMut(&Selector, &mut String)) -> String {
        let mut out = String::with_capacity(self.text.len() + 32);
        let mut matcher = String::new();
        let mut from = 0;
        for selector in &self.selectors {
            matcher.clear();
            write(selector, &mut matcher);
            if matcher.is_empty() {
                continue;
            }
            let Some((at, braced)) = scan::brace_behind(&self.text, &selector.place) else { continue };
            if at < from {
                continue;
            }
            out.push_str(&self.text[from..at]);
            let rest = self.text[at..].trim_start();
            match (braced, rest.starts_with('}')) {
                (false, _) => out.extend(["{", matcher.as_str(), "}"]),
                (true, true) => out.push_str(matcher.as_str()),
                (true, false) => out.extend([matcher.as_str(), ", "]),
            }
            from = at;
        }
        out.push_str(&self.text[from..]);
        out
    }
}

/// The variable that a matcher compares with. A pattern matches nothing behind a `$`; a value may begin with one, as
/// `$Default` does, so a variable is what is called as its label is.
fn variable_in(matcher: &Matcher) -> Option<&str> {
    let value = matcher.value.as_str();
    let begins =
        |rest: &str| rest.trim_start_matches('{').starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let length = |rest: &str| {
        let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | ':' | '.')));
        let name = name.unwrap_or(rest.len());
        name + usize::from(rest.starts_with('{') && rest[name..].starts_with('}'))
    };
    let mut places = value.match_indices('$').map(|(at, _)| at);
    let at = places.find(|at| begins(&value[at + 1..]) && !value[..*at].ends_with('\\'))?;
    let end = at + 1 + length(&value[at + 1..]);
    let pattern = matches!(matcher.op, Op::Matches | Op::MatchesNot);
    let name = value[at..end].trim_matches(['$', '{', '}']);
    let named = || name == matcher.label || name.starts_with("__");
    (pattern || ((at, end) == (0, value.len()) && named())).then(|| &value[at..end])
}

/// A time as Prometheus writes it: whole numbers with units, from the largest to the smallest
/// (prometheus/common:model/time.go).
fn duration(word: &str) -> Option<Duration> {
    const UNITS: &[(&str, u64)] = &[
        ("y", 31_536_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    let (mut rest, mut millis, mut left) = (word, 0_u64, UNITS);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        let behind = &rest[digits..];
        let unit = &behind[..behind.bytes().take_while(u8::is_ascii_alphabetic).count()];
        let at = left.iter().position(|(name, _)| *name == unit)?;
        millis = millis.checked_add(number.checked_mul(left[at].1)?)?;
        left = &left[at + 1..];
        rest = &behind[unit.len()..];
    }
    // Prometheus counts nanoseconds with 63 bits.
    (!word.is_empty() && millis < 9_223_372_036_854).then_some(Duration::from_millis(millis))
}

fn no_label(name: &str, place: Range<usize>) -> Problem {
    Problem::at(format!("`{name}` cannot be the name of a label"), place)
}

/// Whether a label can have a name (prometheus.io, "Data model").
#[must_use]
pub fn is_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(inner) && name.starts_with(|c: char| !c.is_ascii_digit())
}
