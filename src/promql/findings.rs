//! What is wrong with a query whatever the data: rates of what is no counter, ratios of series that do not
//! meet, quantiles without buckets.

use std::mem::{Discriminant, discriminant};
use std::ops::Range;
use std::time::Duration;

use promql_parser::label::MatchOp;
use promql_parser::parser::token::{T_AVG, T_DIV, T_MAX, T_MIN, T_QUANTILE, T_SUM};

use super::expr::{Call, Expr, Text, Vector};
use super::labels::{Facts, Labels, Of, of};
use super::{MetricType, Op, Query, Selector};

/// Something that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// `rate` and its like of a metric that goes down, too.
    RateOfGauge {
        /// The function.
        function: String,
        /// The metric.
        metric: String,
        /// Whether it is the quantiles of a summary.
        quantiles: bool,
    },
    /// `rate` and its like of what several counters came to: where one of them starts again, it jumps.
    RateOfSum {
        /// The function.
        function: String,
        /// The metric.
        metric: String,
    },
    /// `delta` and its like of a metric that only grows.
    DeltaOfCounter {
        /// The function.
        function: String,
        /// The metric.
        metric: String,
    },
    /// A rate divided by a rate of the same metric with other matchers: each series meets itself only.
    UnaggregatedRatio {
        /// The metric.
        metric: String,
    },
    /// A label is made of one that is not there.
    NoSource {
        /// The label that is not there.
        label: String,
        /// Where it stands, with its quotes.
        place: Option<Range<usize>>,
    },
    /// `histogram_quantile` of something that has lost its buckets.
    QuantileWithoutBuckets,
    /// A range that holds too few samples.
    ShortRange(ShortRange),
}

/// A range that holds too few samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortRange {
    /// The metric.
    pub metric: Option<String>,
    /// The function.
    pub function: String,
    /// The range.
    pub range: Duration,
    /// How many samples it should hold.
    pub samples: u32,
    /// The shortest that holds enough.
    pub least: Duration,
}

/// Everything that cannot be meant, each with the number of the selector that it is about. `interval` is the time
/// between two samples of what a selector asks for.
#[must_use]
pub fn findings(
    query: &Query,
    facts: &Facts<'_>,
    interval: &dyn Fn(&Selector) -> Option<Duration>,
) -> Vec<(Finding, Option<usize>)> {
    let asked = Asked { query, facts, interval };
    let mut found = Vec::new();
    walk(&query.tree.expr, &asked, &mut found);
    found
}

/// What is known of the selectors of a query.
struct Asked<'q> {
    query: &'q Query,
    facts: &'q Facts<'q>,
    interval: &'q dyn Fn(&Selector) -> Option<Duration>,
}

impl Asked<'_> {
    fn labels(&self, expr: &Expr) -> Labels {
        of(expr, Of { selected: &|vector| self.query.labels_of(vector, self.facts), all: false })
    }

    fn kind(&self, vector: &Vector) -> Option<MetricType> {
        (self.facts.kind)(self.query.selector(vector)?)
    }
}

fn walk(expr: &Expr, asked: &Asked<'_>, found: &mut Vec<(Finding, Option<usize>)>) {
    expr.children().for_each(|child| walk(child, asked, found));
    match expr {
        Expr::Binary(binary) => {
            if binary.op.id() == T_DIV
                && let (Some(over), Some(under)) = (bare_rate(&binary.lhs), bare_rate(&binary.rhs))
                && binary.matching().is_none()
                && let Some(metric) = asked.query.name(over)
                && Some(metric) == asked.query.name(under)
                && !compared(asked, over).eq(compared(asked, under))
                && !are_apart(asked, over, under)
            {
                let metric = metric.to_owned();
                found.push((Finding::UnaggregatedRatio { metric }, Some(over.number)));
            }
        }
        Expr::Call(call) => of_call(call, asked, found),
        _ => {}
    }
}

/// What a selector compares, and how. A pattern that is hidden is compared as a plain value is.
fn compared<'q>(
    asked: &Asked<'q>,
    vector: &'q Vector,
) -> impl Iterator<Item = (&'q str, Discriminant<MatchOp>, &'q str)> {
    let selector = asked.query.selector(vector);
    let mut own = selector.into_iter().flat_map(|selector| &selector.matchers);
    vector.all().map(move |matcher| {
        let own = if matcher.name == "__name__" { None } else { own.next() };
        let value = own.map_or(&matcher.value, |own| &own.value);
        (matcher.name.as_str(), discriminant(&matcher.op), value.as_str())
    })
}

/// Whether a label is one value in one selector and another value in the other: then no series meets any.
fn are_apart(asked: &Asked<'_>, over: &Vector, under: &Vector) -> bool {
    let Some((over, under)) = asked.query.selector(over).zip(asked.query.selector(under)) else {
        return false;
    };
    let fixed = |selector: &'_ Selector| -> Vec<(String, String)> {
        let equal = selector.matchers.iter().filter(|matcher| matcher.op == Op::Equal);
        equal.map(|matcher| (matcher.label.clone(), matcher.value.clone())).collect()
    };
    let under = fixed(under);
    fixed(over).iter().any(|(label, value)| under.iter().any(|(same, other)| same == label && other != value))
}

fn of_call(call: &Call, asked: &Asked<'_>, found: &mut Vec<(Finding, Option<usize>)>) {
    let function = call.function;
    if function == "histogram_quantile"
        && let Some(buckets) = call.args.get(1)
        && !asked.labels(buckets).can_hold("le")
        && !native(buckets, asked)
    {
        found.push((Finding::QuantileWithoutBuckets, None));
    }
    if function == "label_replace"
        && let Some(label) = source_of(call)
        && !asked.labels(&call.args[0]).can_hold(&label.text)
    {
        let place = asked.query.texts.get(label.number).cloned();
        found.push((Finding::NoSource { label: label.text.clone(), place }, None));
    }
    let ranges = call.args.iter().find_map(|argument| match argument {
        Expr::Range(vector, range) => Some((Some(&**vector), Some((&**vector, *range)), None)),
        Expr::Subquery(subquery) => Some((bare(&subquery.expr), None, summed(&subquery.expr))),
        _ => None,
    });
    let Some((vector, matrix, summed)) = ranges else { return };
    let grows = matches!(function, "rate" | "irate" | "increase");
    let moves = matches!(function, "delta" | "idelta" | "deriv" | "predict_linear");
    let function = || call.function.to_owned();
    if let Some(vector) = vector
        && let Some(metric) = asked.query.name(vector).map(str::to_owned)
        && let Some(kind) = asked.kind(vector)
    {
        let number = Some(vector.number);
        match kind {
            MetricType::Gauge | MetricType::Summary if grows => {
                let quantiles = kind == MetricType::Summary;
                found.push((Finding::RateOfGauge { function: function(), metric, quantiles }, number));
            }
            MetricType::Counter if moves => {
                found.push((Finding::DeltaOfCounter { function: function(), metric }, number));
            }
            _ => {}
        }
    }
    if let Some(vector) = summed.filter(|_| grows)
        && let Some(metric) = asked.query.name(vector).map(str::to_owned)
        && asked.kind(vector) == Some(MetricType::Counter)
    {
        let number = Some(vector.number);
        found.push((Finding::RateOfSum { function: function(), metric }, number));
    }
    let Some((vector, range)) = matrix else { return };
    let samples = match call.function {
        // Two samples, and one scrape may fail on either side (robustperception.io, "What range should I
        // use with rate()?").
        "rate" | "increase" | "deriv" | "delta" | "predict_linear" => 4,
        // What never holds two never changes.
        "irate" | "idelta" | "changes" | "resets" => 2,
        name if name.ends_with("_over_time") => 1,
        _ => return,
    };
    let interval = asked.query.selector(vector).and_then(asked.interval);
    if let Some(least) = interval.map(|interval| interval * samples)
        && range < least
    {
        let metric = asked.query.name(vector).map(str::to_owned);
        let short = ShortRange { metric, function: function(), range, samples, least };
        found.push((Finding::ShortRange(short), Some(vector.number)));
    }
}

/// The label that a new one is made of a part of. `__name__` is there in any case.
fn source_of(call: &Call) -> Option<&Text> {
    let [_, _, Expr::Text(new), Expr::Text(source), _] = call.args.as_slice() else { return None };
    (new.text.contains('$') && !source.text.is_empty() && !source.text.starts_with("__")).then_some(source)
}

/// A selector, in parentheses or not.
fn bare(expr: &Expr) -> Option<&Vector> {
    match expr {
        Expr::Paren(inner) => bare(inner),
        Expr::Vector(vector) => Some(vector),
        _ => None,
    }
}

/// The selector whose series are made one by an aggregation.
fn summed(expr: &Expr) -> Option<&Vector> {
    match expr {
        Expr::Paren(inner) => summed(inner),
        Expr::Aggregate(aggregate) if matches!(aggregate.op.id(), T_SUM | T_AVG | T_MIN | T_MAX) => {
            bare(&aggregate.expr)
        }
        _ => None,
    }
}

/// Quantiles of a constant that is no share from 0 to 1: the functions, and the constants.
#[must_use]
pub fn quantiles(query: &Query) -> Vec<(String, f64)> {
    query.tree.quantiles.clone()
}

pub(super) fn shares_of(expr: &Expr) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    expr.each(&mut |expr| {
        let (function, share) = match expr {
            Expr::Aggregate(aggregate) if aggregate.op.id() == T_QUANTILE => {
                ("quantile", aggregate.param.as_ref())
            }
            Expr::Call(call) if matches!(call.function, "histogram_quantile" | "quantile_over_time") => {
                (call.function, call.args.first())
            }
            _ => return,
        };
        if let Some(share) = share.and_then(constant).filter(|share| !(0.0..=1.0).contains(share)) {
            found.push((function.to_owned(), share));
        }
    });
    found
}

/// The number that an expression is.
fn constant(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Number(number) => Some(*number),
        Expr::Paren(inner) => constant(inner),
        Expr::Negated(inner) => constant(inner).map(|number| -number),
        _ => None,
    }
}

/// Whether a query leads to a native histogram, which carries its buckets inside.
fn native(expr: &Expr, asked: &Asked<'_>) -> bool {
    expr.vectors().iter().any(|(vector, _)| {
        asked.query.name(vector).is_some_and(|metric| !metric.ends_with("_bucket"))
            && asked.kind(vector) == Some(MetricType::Histogram)
    })
}

/// The series of `rate(x[…])`, in parentheses or not, that nothing sums up.
fn bare_rate(expr: &Expr) -> Option<&Vector> {
    match expr {
        Expr::Paren(inner) => bare_rate(inner),
        Expr::Binary(binary) if binary.op.is_comparison_operator() => bare_rate(&binary.lhs),
        Expr::Call(call) if matches!(call.function, "rate" | "irate" | "increase") => {
            match call.args.first() {
                Some(Expr::Range(vector, _)) => Some(vector),
                _ => None,
            }
        }
        _ => None,
    }
}
