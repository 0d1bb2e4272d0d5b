//! How the result of a query behaves, as metrics do: what a record keeps.

use promql_parser::parser::token::{
    T_ADD, T_AVG, T_COUNT, T_DIV, T_LAND, T_LOR, T_LUNLESS, T_MAX, T_MIN, T_SUB, T_SUM,
};

use super::expr::{Binary, Call, Expr, Vector};
use super::{MetricType, Query, Selector};

/// Whether the values of a query go up and down, or only grow; `None` where that is not sure. `of` says so of what a
/// selector asks for.
#[must_use]
pub fn kind(query: &Query, of: &dyn Fn(&Selector) -> Option<MetricType>) -> Option<MetricType> {
    of_expr(&query.tree.expr, &|vector| of(query.selector(vector)?))
}

/// How each selector behaves.
type Of<'a> = &'a dyn Fn(&Vector) -> Option<MetricType>;

fn of_expr(expr: &Expr, of: Of<'_>) -> Option<MetricType> {
    let gauge = |expr: &Expr| of_expr(expr, of).filter(|kind| *kind == MetricType::Gauge);
    match expr {
        Expr::Paren(inner) => of_expr(inner, of),
        Expr::Negated(inner) => gauge(inner),
        Expr::Vector(vector) => match of(vector)? {
            // Without a suffix it is its quantiles.
            MetricType::Summary => Some(MetricType::Gauge),
            kind @ (MetricType::Counter | MetricType::Gauge) => Some(kind),
            MetricType::Histogram | MetricType::Unknown => None,
        },
        Expr::Aggregate(aggregate) => match aggregate.op.id() {
            T_COUNT => Some(MetricType::Gauge),
            T_SUM | T_AVG | T_MIN | T_MAX => gauge(&aggregate.expr),
            _ => None,
        },
        Expr::Binary(binary) => of_binary(binary, of),
        Expr::Call(call) => of_call(call, of),
        Expr::Range(..) | Expr::Subquery(_) | Expr::Number(_) | Expr::Text(_) | Expr::Extension => None,
    }
}

fn of_binary(binary: &Binary, of: Of<'_>) -> Option<MetricType> {
    let (left, right) = (of_expr(&binary.lhs, of), of_expr(&binary.rhs, of));
    match binary.op.id() {
        T_LAND | T_LUNLESS => left,
        T_LOR => left.filter(|left| Some(*left) == right),
        _ if binary.op.is_comparison_operator() => {
            let as_number = binary.modifier.as_ref().is_some_and(|modifier| modifier.return_bool);
            if as_number || binary.lhs.is_scalar() { None } else { left }
        }
        _ if binary.rhs.is_scalar() => left.filter(|left| *left == MetricType::Gauge),
        _ if binary.lhs.is_scalar() => right.filter(|right| *right == MetricType::Gauge),
        // A ratio goes down, whatever it is of.
        T_DIV => left.and(right).map(|_| MetricType::Gauge),
        T_ADD | T_SUB => left.filter(|left| *left == MetricType::Gauge && Some(*left) == right),
        _ => None,
    }
}

fn of_call(call: &Call, of: Of<'_>) -> Option<MetricType> {
    let first = || of_expr(call.args.first()?, of);
    match call.function {
        "rate" | "irate" | "increase" | "delta" | "idelta" | "deriv" | "predict_linear"
        | "histogram_quantile" => Some(MetricType::Gauge),
        "label_replace" | "label_join" | "sort" | "sort_desc" => first(),
        "abs" | "ceil" | "floor" | "round" | "clamp" | "clamp_min" | "clamp_max" => {
            first().filter(|kind| *kind == MetricType::Gauge)
        }
        _ => None,
    }
}
