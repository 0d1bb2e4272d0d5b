//! From the text of a query to what it asks for.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use promql_parser::label::{MatchOp, Matchers};
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{self, Expr, VectorSelector};

use super::pattern::{Pattern, Patterns};
use super::scan::{self, Scan};
use super::shape::{self, Shapes};
use super::tree::Tree;
use super::{MAX_BYTES, MAX_NODES, Matcher, Op, Problem, Query, Selector, Shared, is_label, newer, no_label};

impl Query {
    /// Parses a query, one of many that are alike.
    pub fn parse_sharing(text: &str, shared: &Shared) -> Result<Self, Problem> {
        let whole = |message: &str| Problem::whole(message);
        if text.trim().is_empty() {
            return Err(whole("it is empty"));
        }
        if text.len() > MAX_BYTES {
            return Err(whole("it is longer than 32 KiB"));
        }
        let variables = scan::variables(text);
        let plain = scan::without_variables(text, &variables);
        let scan = Scan::new(&plain);
        if scan.nodes > MAX_NODES {
            return Err(whole("it has more than 2,000 operators and brackets"));
        }
        if let Some(problem) = scan.problem {
            return Err(problem);
        }
        // Compiling patterns takes longer than all else, and the parser compiles each it sees. What is wrong is told
        // by the plain text.
        if let Some(hidden) = scan.without_patterns(&plain)
            && let Ok(query) =
                Self::read(text, &hidden, &scan, &variables, Some(&shared.patterns), &shared.shapes)
        {
            return Ok(query);
        }
        Self::read(text, &plain, &scan, &variables, None, &shared.shapes)
    }

    /// Parses `plain`; the patterns that are hidden in it come from `patterns`.
    fn read(
        text: &str,
        plain: &str,
        scan: &Scan,
        variables: &[Range<usize>],
        patterns: Option<&Patterns>,
        shapes: &Shapes,
    ) -> Result<Self, Problem> {
        let whole = |message: &str| Problem::whole(message);
        let shape = shape::shape(plain, scan);
        let known = shape.as_deref().and_then(|shape| shapes.get(shape));
        // What stands in the place of a variable is not judged.
        if !(variables.is_empty() && known.as_ref().is_some_and(|tree| tree.judged))
            && let Some(problem) = newer::problem(plain, scan, variables)
        {
            return Err(problem);
        }
        if let Some(tree) = known
            && let found = tree.selectors()
            && shape::is_worded(&found, scan)
        {
            // What makes a query no query is the same in every one of a shape, but for a pattern.
            return shape::worded(&found, plain, scan, patterns)
                .map(|selectors| Self { text: text.to_owned(), tree, selectors, labels: scan.labels.clone() })
                .ok_or_else(|| whole("a pattern of it cannot be read"));
        }
        let expr = parser::parse(plain).map_err(|message| scan::locate(&message, scan, plain))?;
        match expr.value_type() {
            ValueType::Vector | ValueType::Scalar => {}
            ValueType::Matrix => return Err(whole("it is a range of values where one at a time is needed")),
            ValueType::String => return Err(whole("it is a text")),
        }
        if let Some(used) = scan.labels.iter().find(|used| !is_label(&used.label)) {
            return Err(no_label(&used.label, used.place.clone()));
        }
        let tree = Tree::new(expr, variables.is_empty());
        let found = tree.selectors();
        let known = found.len() == scan.selectors.len();
        let selectors: Vec<Selector> = found
            .iter()
            .enumerate()
            .map(|(at, (vector, range))| {
                let scanned = scan.selectors.get(at).filter(|_| known);
                selector(vector, *range, scanned, text.len(), patterns)
            })
            .collect::<Option<_>>()
            .filter(|_| known || patterns.is_none())
            .ok_or_else(|| whole("a pattern of it cannot be read"))?;
        let matchers = || selectors.iter().flat_map(|selector| &selector.matchers);
        if let Some(matcher) = matchers().find(|matcher| !is_label(&matcher.label)) {
            return Err(no_label(&matcher.label, matcher.place.clone()));
        }
        let tree = Arc::new(tree);
        if let Some(shape) = shape.filter(|_| shape::is_worded(&tree.selectors(), scan)) {
            shapes.put(shape, &tree);
        }
        Ok(Self { text: text.to_owned(), tree, selectors, labels: scan.labels.clone() })
    }
}

/// The selectors of an expression in the order of its text.
pub(super) fn collect<'a>(expr: &'a Expr, found: &mut Vec<(&'a VectorSelector, Option<Duration>)>) {
    match expr {
        Expr::Aggregate(aggregate) => {
            if let Some(param) = &aggregate.param {
                collect(param, found);
            }
            collect(&aggregate.expr, found);
        }
        Expr::Unary(unary) => collect(&unary.expr, found),
        Expr::Binary(binary) => {
            collect(&binary.lhs, found);
            collect(&binary.rhs, found);
        }
        Expr::Paren(paren) => collect(&paren.expr, found),
        Expr::Subquery(subquery) => collect(&subquery.expr, found),
        Expr::VectorSelector(vector) => found.push((vector, None)),
        Expr::MatrixSelector(matrix) => found.push((&matrix.vs, Some(matrix.range))),
        Expr::Call(call) => call.args.args.iter().for_each(|argument| collect(argument, found)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

/// A selector; `None` where a hidden pattern cannot be compiled.
fn selector(
    vector: &VectorSelector,
    range: Option<Duration>,
    scanned: Option<&scan::Place>,
    length: usize,
    patterns: Option<&Patterns>,
) -> Option<Selector> {
    let place = scanned.map_or(0..length, |scanned| scanned.place.clone());
    let mut metric = vector.name.clone();
    let mut matchers = Vec::new();
    let mut labels: Vec<&scan::Label> = scanned.iter().flat_map(|scanned| &scanned.labels).collect();
    for matcher in all(&vector.matchers) {
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
    Some(Selector { metric, matchers, range, place })
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

/// Matchers, those behind `or` among them.
pub(super) fn all(matchers: &Matchers) -> impl Iterator<Item = &promql_parser::label::Matcher> {
    matchers.matchers.iter().chain(matchers.or_matchers.iter().flatten())
}
