//! Whether a query has a result whatever the values are, so that an alert on it fires always.

use std::time::Duration;

use promql_parser::parser::Offset;
use promql_parser::parser::token::{T_LAND, T_LOR, T_LUNLESS};

use super::Query;
use super::expr::{Expr, Vector};

/// Why a query always has a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Always {
    /// It asks for series, and compares nothing.
    NoComparison,
    /// It compares with `bool`: false is 0, which is a result, too.
    Bool,
}

/// Why a query that asks for series always has a result; `None` where it may have none. `sometimes` says of
/// a metric whether its series are there only at times.
#[must_use]
pub fn always(query: &Query, sometimes: &dyn Fn(&str) -> bool) -> Option<Always> {
    if query.selectors.is_empty()
        || !is_always(&query.tree.expr, &|vector| query.name(vector).is_some_and(|metric| !sometimes(metric)))
    {
        return None;
    }
    Some(if compares(&query.tree.expr) { Always::Bool } else { Always::NoComparison })
}

fn is_always(expr: &Expr, has_series: &dyn Fn(&Vector) -> bool) -> bool {
    let of = |expr: &Expr| is_always(expr, has_series);
    match expr {
        Expr::Aggregate(aggregate) => of(&aggregate.expr),
        Expr::Negated(inner) | Expr::Paren(inner) => of(inner),
        Expr::Subquery(subquery) => of(&subquery.expr),
        Expr::Binary(binary) => match binary.op.id() {
            T_LOR => of(&binary.lhs) || of(&binary.rhs),
            T_LAND | T_LUNLESS => false,
            _ if binary.op.is_comparison_operator() && !returns_bool(expr) => false,
            _ => of(&binary.lhs) && of(&binary.rhs),
        },
        Expr::Vector(vector) | Expr::Range(vector, _) => has_series(vector),
        Expr::Call(call) => match call.function {
            "absent" | "absent_over_time" => false,
            "scalar" => true,
            _ => call.args.iter().all(of),
        },
        Expr::Number(_) | Expr::Text(_) => true,
        Expr::Extension => false,
    }
}

/// Whether a query has no result where there is no series at all. `absent` has one, and constants.
#[must_use]
pub fn needs_series(query: &Query) -> bool {
    query.tree.needs_series
}

pub(super) fn is_empty(expr: &Expr) -> bool {
    match expr {
        Expr::Aggregate(aggregate) => is_empty(&aggregate.expr),
        Expr::Negated(inner) | Expr::Paren(inner) => is_empty(inner),
        Expr::Subquery(subquery) => is_empty(&subquery.expr),
        Expr::Binary(binary) => match binary.op.id() {
            T_LOR => is_empty(&binary.lhs) && is_empty(&binary.rhs),
            T_LUNLESS => is_empty(&binary.lhs),
            _ => is_empty(&binary.lhs) || is_empty(&binary.rhs),
        },
        Expr::Vector(_) | Expr::Range(..) => true,
        Expr::Call(call) => match call.function {
            "absent" | "absent_over_time" | "scalar" => false,
            _ => call.args.iter().any(is_empty),
        },
        Expr::Number(_) | Expr::Text(_) | Expr::Extension => false,
    }
}

/// How long a query looks back from the moment of its result; `None` where it looks at other moments.
#[must_use]
pub fn reach(query: &Query) -> Option<Duration> {
    query.tree.reach
}

/// How long the last value of a series counts (prometheus.io, "Staleness").
const LOOKBACK: Duration = Duration::from_secs(300);

pub(super) fn of_expr(expr: &Expr) -> Option<Duration> {
    let moved = |offset: &Option<Offset>| match offset {
        Some(Offset::Pos(back)) => *back,
        Some(Offset::Neg(_)) | None => Duration::ZERO,
    };
    let of_vector = |vector: &Vector, range: Duration| {
        (!vector.pinned).then(|| moved(&vector.offset).saturating_add(range))
    };
    match expr {
        Expr::Vector(vector) => of_vector(vector, LOOKBACK),
        Expr::Range(vector, range) => of_vector(vector, *range),
        Expr::Subquery(subquery) => {
            let inner = of_expr(&subquery.expr).filter(|_| !subquery.pinned)?;
            Some(inner.saturating_add(subquery.range).saturating_add(moved(&subquery.offset)))
        }
        Expr::Extension => None,
        _ => expr.children().try_fold(Duration::ZERO, |longest, inner| Some(longest.max(of_expr(inner)?))),
    }
}

fn returns_bool(expr: &Expr) -> bool {
    matches!(expr, Expr::Binary(binary) if binary.modifier.as_ref().is_some_and(|it| it.return_bool))
}

/// Whether a comparison by `bool` stands at the top.
fn compares(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => compares(inner),
        _ => returns_bool(expr),
    }
}
