//! Whether a query has a result whatever the values are, so that an alert on it fires always.

use std::time::Duration;

use promql_parser::parser::token::{T_LAND, T_LOR, T_LUNLESS};
use promql_parser::parser::{Expr, Offset, VectorSelector};

use super::Query;

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
        || !is_always(query.tree.expr(), &|vector| {
            query.name(vector).is_some_and(|metric| !sometimes(metric))
        })
    {
        return None;
    }
    Some(if compares(query.tree.expr()) { Always::Bool } else { Always::NoComparison })
}

fn is_always(expr: &Expr, has_series: &dyn Fn(&VectorSelector) -> bool) -> bool {
    let of = |expr: &Expr| is_always(expr, has_series);
    match expr {
        Expr::Aggregate(aggregate) => of(&aggregate.expr),
        Expr::Unary(unary) => of(&unary.expr),
        Expr::Paren(paren) => of(&paren.expr),
        Expr::Subquery(subquery) => of(&subquery.expr),
        Expr::Binary(binary) => match binary.op.id() {
            T_LOR => of(&binary.lhs) || of(&binary.rhs),
            T_LAND | T_LUNLESS => false,
            _ if binary.op.is_comparison_operator() && !returns_bool(expr) => false,
            _ => of(&binary.lhs) && of(&binary.rhs),
        },
        Expr::VectorSelector(vector) => has_series(vector),
        Expr::MatrixSelector(matrix) => has_series(&matrix.vs),
        Expr::Call(call) => match call.func.name {
            "absent" | "absent_over_time" => false,
            "scalar" => true,
            _ => call.args.args.iter().all(|argument| of(argument)),
        },
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => true,
        Expr::Extension(_) => false,
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
        Expr::Unary(unary) => is_empty(&unary.expr),
        Expr::Paren(paren) => is_empty(&paren.expr),
        Expr::Subquery(subquery) => is_empty(&subquery.expr),
        Expr::Binary(binary) => match binary.op.id() {
            T_LOR => is_empty(&binary.lhs) && is_empty(&binary.rhs),
            T_LUNLESS => is_empty(&binary.lhs),
            _ => is_empty(&binary.lhs) || is_empty(&binary.rhs),
        },
        Expr::VectorSelector(_) | Expr::MatrixSelector(_) => true,
        Expr::Call(call) => match call.func.name {
            "absent" | "absent_over_time" | "scalar" => false,
            _ => call.args.args.iter().any(|argument| is_empty(argument)),
        },
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => false,
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
    let of_vector = |vector: &VectorSelector, range: Duration| {
        vector.at.is_none().then(|| moved(&vector.offset).saturating_add(range))
    };
    let longest = |all: Vec<&Expr>| {
        all.into_iter().try_fold(Duration::ZERO, |longest, expr| Some(longest.max(of_expr(expr)?)))
    };
    match expr {
        Expr::Aggregate(aggregate) => {
            longest(aggregate.param.iter().map(AsRef::as_ref).chain([aggregate.expr.as_ref()]).collect())
        }
        Expr::Unary(unary) => of_expr(&unary.expr),
        Expr::Paren(paren) => of_expr(&paren.expr),
        Expr::Binary(binary) => longest(vec![&binary.lhs, &binary.rhs]),
        Expr::Subquery(subquery) => {
            let inner = of_expr(&subquery.expr).filter(|_| subquery.at.is_none())?;
            Some(inner.saturating_add(subquery.range).saturating_add(moved(&subquery.offset)))
        }
        Expr::VectorSelector(vector) => of_vector(vector, LOOKBACK),
        Expr::MatrixSelector(matrix) => of_vector(&matrix.vs, matrix.range),
        Expr::Call(call) => longest(call.args.args.iter().map(AsRef::as_ref).collect()),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Some(Duration::ZERO),
        Expr::Extension(_) => None,
    }
}

fn returns_bool(expr: &Expr) -> bool {
    matches!(expr, Expr::Binary(binary) if binary.modifier.as_ref().is_some_and(|it| it.return_bool))
}

/// Whether a comparison by `bool` stands at the top.
fn compares(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => compares(&paren.expr),
        _ => returns_bool(expr),
    }
}
