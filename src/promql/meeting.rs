//! Whether the two sides of an operation can meet: which labels series carry in any case, beside those that they
//! can carry at most (`labels`).

use std::collections::BTreeSet;

use promql_parser::label::MatchOp;
use promql_parser::parser::token::{T_LAND, T_LOR, T_LUNLESS};
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorMatchCardinality, VectorSelector,
};

use super::labels::{Facts, of};
use super::{Query, collect};

/// The labels that a metric's series carry in any case, by its name.
pub type Carried<'a> = &'a dyn Fn(&str) -> BTreeSet<String>;

/// An operation whose sides never meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The operator, as it is written.
    pub operator: String,
    /// The label that every series of one side carries, and none of the other.
    pub label: String,
    /// Whether the left side carries it.
    pub left: bool,
    /// The first selectors of the sides, by their numbers in the query; one may have none.
    pub selectors: (Option<usize>, Option<usize>),
}

/// Every operation whose sides never meet.
#[must_use]
pub fn unmet(query: &Query, facts: &Facts<'_>, carried: Carried<'_>) -> Vec<Unmet> {
    let mut selectors = Vec::new();
    collect(&query.expr, &mut selectors);
    let number = |expr: &Expr| {
        let mut inside = Vec::new();
        collect(expr, &mut inside);
        let (first, _) = inside.first()?;
        selectors.iter().position(|(vector, _)| std::ptr::eq(*vector, *first))
    };
    let mut found = Vec::new();
    walk(&query.expr, &mut |binary| {
        if let Some((label, left)) = apart(binary, facts, carried) {
            found.push(Unmet {
                operator: binary.op.to_string(),
                label,
                left,
                selectors: (number(&binary.lhs), number(&binary.rhs)),
            });
        }
    });
    found
}

/// The labels that the series of a query's result carry in any case.
#[must_use]
pub fn always(query: &Query, carried: Carried<'_>) -> BTreeSet<String> {
    must(&query.expr, carried)
}

fn walk<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a BinaryExpr)) {
    match expr {
        Expr::Aggregate(aggregate) => {
            aggregate.param.iter().for_each(|param| walk(param, see));
            walk(&aggregate.expr, see);
        }
        Expr::Unary(unary) => walk(&unary.expr, see),
        Expr::Binary(binary) => {
            walk(&binary.lhs, see);
            walk(&binary.rhs, see);
            see(binary);
        }
        Expr::Paren(paren) => walk(&paren.expr, see),
        Expr::Subquery(subquery) => walk(&subquery.expr, see),
        Expr::Call(call) => call.args.args.iter().for_each(|argument| walk(argument, see)),
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => {}
    }
}

/// A label that keeps two sides apart, and whether the left one carries it.
fn apart(binary: &BinaryExpr, facts: &Facts<'_>, carried: Carried<'_>) -> Option<(String, bool)> {
    let scalar = |expr: &Expr| expr.value_type() == ValueType::Scalar;
    if binary.op.id() == T_LOR || scalar(&binary.lhs) || scalar(&binary.rhs) {
        return None;
    }
    let modifier = binary.modifier.as_ref();
    if modifier.is_some_and(|it| it.fill_values.lhs.is_some() || it.fill_values.rhs.is_some()) {
        return None;
    }
    let compared = |label: &String| match modifier.and_then(|modifier| modifier.matching.as_ref()) {
        Some(LabelModifier::Include(on)) => on.labels.contains(label),
        Some(LabelModifier::Exclude(ignored)) => !ignored.labels.contains(label),
        None => true,
    };
    let only = |carrier: &Expr, other: &Expr| {
        let other = of(other, facts);
        must(carrier, carried).into_iter().find(|label| compared(label) && !other.can_hold(label))
    };
    let left = only(&binary.lhs, &binary.rhs).map(|label| (label, true));
    left.or_else(|| only(&binary.rhs, &binary.lhs).map(|label| (label, false)))
}

fn must(expr: &Expr, carried: Carried<'_>) -> BTreeSet<String> {
    match expr {
        Expr::Aggregate(aggregate) => of_aggregate(aggregate, carried),
        Expr::Unary(unary) => must(&unary.expr, carried),
        Expr::Binary(binary) => of_binary(binary, carried),
        Expr::Paren(paren) => must(&paren.expr, carried),
        Expr::Subquery(subquery) => must(&subquery.expr, carried),
        Expr::VectorSelector(vector) => of_vector(vector, carried),
        Expr::MatrixSelector(matrix) => of_vector(&matrix.vs, carried),
        Expr::Call(call) => of_call(call, carried),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => BTreeSet::new(),
    }
}

fn of_vector(vector: &VectorSelector, carried: Carried<'_>) -> BTreeSet<String> {
    let mut labels = vector.name.as_deref().map(carried).unwrap_or_default();
    // A matcher that an empty value does not pass lets through only what has the label.
    let asked = vector.matchers.matchers.iter().filter(|matcher| match &matcher.op {
        MatchOp::Equal => !matcher.value.is_empty(),
        MatchOp::NotEqual => matcher.value.is_empty(),
        MatchOp::Re(pattern) => !pattern.is_match(""),
        MatchOp::NotRe(pattern) => pattern.is_match(""),
    });
    labels.extend(asked.filter(|matcher| matcher.name != "__name__").map(|matcher| matcher.name.clone()));
    labels
}

fn of_aggregate(aggregate: &AggregateExpr, carried: Carried<'_>) -> BTreeSet<String> {
    let mut inner = must(&aggregate.expr, carried);
    let op = aggregate.op.to_string();
    if matches!(op.as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio") {
        return inner;
    }
    match &aggregate.modifier {
        Some(LabelModifier::Include(kept)) => inner.retain(|label| kept.labels.contains(label)),
        Some(LabelModifier::Exclude(dropped)) => inner.retain(|label| !dropped.labels.contains(label)),
        None => inner.clear(),
    }
    if let (Some(Expr::StringLiteral(label)), "count_values") = (aggregate.param.as_deref(), op.as_str()) {
        inner.insert(label.val.clone());
    }
    inner
}

fn of_binary(binary: &BinaryExpr, carried: Carried<'_>) -> BTreeSet<String> {
    let scalar = |expr: &Expr| expr.value_type() == ValueType::Scalar;
    let mut left = must(&binary.lhs, carried);
    match binary.op.id() {
        T_LAND | T_LUNLESS => return left,
        _ if scalar(&binary.rhs) => return left,
        _ => {}
    }
    let right = must(&binary.rhs, carried);
    if scalar(&binary.lhs) {
        return right;
    }
    if binary.op.id() == T_LOR {
        left.retain(|label| right.contains(label));
        return left;
    }
    let Some(modifier) = &binary.modifier else { return left };
    match &modifier.card {
        VectorMatchCardinality::ManyToOne(more) => left.retain(|label| !more.labels.contains(label)),
        VectorMatchCardinality::OneToMany(more) => {
            left = right;
            left.retain(|label| !more.labels.contains(label));
        }
        VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => match &modifier.matching {
            Some(LabelModifier::Include(kept)) => left.retain(|label| kept.labels.contains(label)),
            Some(LabelModifier::Exclude(dropped)) => left.retain(|label| !dropped.labels.contains(label)),
            None => {}
        },
    }
    left
}

fn of_call(call: &Call, carried: Carried<'_>) -> BTreeSet<String> {
    let argument = |at: usize| call.args.args.get(at).map(AsRef::as_ref);
    let of_argument = |at: usize| argument(at).map(|argument| must(argument, carried)).unwrap_or_default();
    match call.func.name {
        // It carries the labels that are asked for by `=`, unless they contradict each other.
        "absent" | "absent_over_time" | "vector" | "time" | "scalar" | "pi" | "step" => BTreeSet::new(),
        "histogram_quantile" | "histogram_fraction" => {
            let mut labels = of_argument(call.args.args.len().saturating_sub(1));
            labels.remove("le");
            labels
        }
        "quantile_over_time" => of_argument(1),
        "label_replace" | "label_join" => {
            let mut labels = of_argument(0);
            match argument(1) {
                Some(Expr::StringLiteral(name)) => drop(labels.remove(&name.val)),
                _ => labels.clear(),
            }
            labels
        }
        _ => of_argument(0),
    }
}
