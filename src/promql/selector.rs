//! Selectors and matchers of an expression, with their places and patterns.

use std::ops::Range;
use std::time::Duration;

use promql_parser::label::MatchOp;

use super::expr::Vector;
use super::pattern::{Pattern, Patterns};
use super::scan;
use super::{Matcher, Op, Selector};

/// A selector; `None` where a hidden pattern cannot be compiled.
pub(super) fn selector(
    vector: &Vector,
    range: Option<Duration>,
    scanned: Option<&scan::Place>,
    length: usize,
    patterns: Option<&Patterns>,
) -> Option<Selector> {
    let place = scanned.map_or(0..length, |scanned| scanned.place.clone());
    let mut metric = vector.name.clone();
    let mut matchers = Vec::new();
    let mut labels: Vec<&scan::Label> = scanned.iter().flat_map(|scanned| &scanned.labels).collect();
    for matcher in vector.all() {
        // A label may stand there several times.
        let at = labels.iter().position(|label| label.name == matcher.name);
        let label = at.map(|at| labels.remove(at));
        if matcher.name == "__name__" {
            let (op, _) = compared(matcher, &matcher.value, label, patterns)?;
            if op == Op::Equal {
                metric.get_or_insert_with(|| matcher.value.clone());
            }
            continue;
        }
        matchers.push(self::matcher(matcher, &matcher.value, label, &place, patterns)?);
    }
    Some(Selector { number: vector.number, metric, matchers, range, place })
}

/// A matcher, with its value; `None` where a hidden pattern cannot be compiled. Where its label's name is not known, it
/// stands at the selector's place.
pub(super) fn matcher(
    parsed: &promql_parser::label::Matcher,
    value: &str,
    label: Option<&scan::Label>,
    place: &Range<usize>,
    patterns: Option<&Patterns>,
) -> Option<Matcher> {
    let (op, pattern) = compared(parsed, value, label, patterns)?;
    Some(Matcher {
        label: parsed.name.clone(),
        op,
        value: value.to_owned(),
        place: label.map_or(place, |label| &label.place).clone(),
        value_place: label.and_then(|label| label.value.clone()),
        pattern,
    })
}

/// How a matcher compares.
fn compared(
    parsed: &promql_parser::label::Matcher,
    value: &str,
    label: Option<&scan::Label>,
    patterns: Option<&Patterns>,
) -> Option<(Op, Option<Pattern>)> {
    let hidden = label.and_then(|label| Some((label.pattern?.0, patterns?)));
    Some(match (hidden, &parsed.op) {
        (Some((op, patterns)), _) => (op, Some(patterns.get(value)?)),
        (None, MatchOp::Equal) => (Op::Equal, None),
        (None, MatchOp::NotEqual) => (Op::NotEqual, None),
        (None, MatchOp::Re(pattern)) => (Op::Matches, Some(Pattern::compiled(pattern))),
        (None, MatchOp::NotRe(pattern)) => (Op::MatchesNot, Some(Pattern::compiled(pattern))),
    })
}
