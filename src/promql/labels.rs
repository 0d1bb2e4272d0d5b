//! Which labels the result of a query can carry.

use std::collections::BTreeSet;
use std::sync::Arc;

use promql_parser::parser::token::{
    T_BOTTOMK, T_COUNT_VALUES, T_LAND, T_LIMIT_RATIO, T_LIMITK, T_LOR, T_LUNLESS, T_TOPK,
};
use promql_parser::parser::{LabelModifier, VectorMatchCardinality};

use super::expr::{Aggregate, Binary, Call, Expr, Vector};
use super::{MetricType, Query, Selector};

/// What is known of the metrics that a query asks for.
pub struct Facts<'a> {
    /// The labels of what a selector asks for, `job` and `instance` among them.
    pub labels: &'a dyn Fn(&Selector) -> Labels,
    /// How it behaves; `None` where nobody knows.
    pub kind: &'a dyn Fn(&Selector) -> Option<MetricType>,
}

impl std::fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Facts")
    }
}

/// Labels that series can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// Any.
    Any,
    /// These at most; one that ends with `*` stands for all that begin so. Many queries have the same ones.
    Some(Arc<BTreeSet<String>>),
}

impl Labels {
    /// No labels.
    #[must_use]
    pub fn none() -> Self {
        Self::Some(Arc::default())
    }

    /// Whether a label can be among them.
    #[must_use]
    pub fn can_hold(&self, label: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Some(labels) => {
                labels.contains(label) || Self::families(labels).any(|it| label.starts_with(it))
            }
        }
    }

    /// What the names of labels begin with that stand for many.
    fn families(labels: &BTreeSet<String>) -> impl Iterator<Item = &str> {
        labels.iter().filter_map(|label| label.strip_suffix('*'))
    }

    /// The labels of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (labels @ Self::Some(_), Self::Some(more)) => labels.with(more.iter().map(String::as_str)),
            _ => Self::Any,
        }
    }

    /// With some more.
    #[must_use]
    pub fn with<'a>(mut self, more: impl IntoIterator<Item = &'a str>) -> Self {
        if let Self::Some(labels) = &mut self {
            for label in more {
                if !labels.contains(label) {
                    Arc::make_mut(labels).insert(label.to_owned());
                }
            }
        }
        self
    }

    fn only(self, kept: &[String]) -> Self {
        match self {
            // What is grouped by is there, as far as anybody knows.
            Self::Any => Self::of(kept.iter()),
            Self::Some(_) => Self::of(kept.iter().filter(|label| self.can_hold(label))),
        }
    }

    fn without(self, dropped: &[String]) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Some(labels) if dropped.iter().any(|label| labels.contains(label)) => {
                Self::of(labels.iter().filter(|label| !dropped.contains(label)))
            }
            labels @ Self::Some(_) => labels,
        }
    }

    fn of<'a>(labels: impl Iterator<Item = &'a String>) -> Self {
        Self::Some(Arc::new(labels.cloned().collect()))
    }
}

/// The labels of a query's result. Selectors on which they do not depend are not asked about.
#[must_use]
pub fn labels(query: &Query, facts: &Facts<'_>) -> Labels {
    of(&query.tree.expr, Of { selected: &|vector| query.labels_of(vector, facts), all: false })
}

/// The same, where each selector is asked about, for whoever notes what is asked in its order.
#[must_use]
pub fn labels_asking_all(query: &Query, facts: &Facts<'_>) -> Labels {
    of(&query.tree.expr, Of { selected: &|vector| query.labels_of(vector, facts), all: true })
}

impl Query {
    /// The labels of what a selector of the expression asks for.
    pub(super) fn labels_of(&self, vector: &Vector, facts: &Facts<'_>) -> Labels {
        self.selector(vector).map_or(Labels::Any, facts.labels)
    }
}

/// Who says the labels of each selector.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) selected: &'a dyn Fn(&Vector) -> Labels,
    /// Whether it is asked about all.
    pub(super) all: bool,
}

pub(super) fn of(expr: &Expr, asked: Of<'_>) -> Labels {
    match expr {
        Expr::Aggregate(aggregate) => of_aggregate(aggregate, asked),
        Expr::Binary(binary) => of_binary(binary, asked),
        Expr::Negated(inner) | Expr::Paren(inner) => of(inner, asked),
        Expr::Subquery(subquery) => of(&subquery.expr, asked),
        Expr::Vector(vector) | Expr::Range(vector, _) => (asked.selected)(vector),
        Expr::Call(call) => of_call(call, asked),
        Expr::Number(_) | Expr::Text(_) => Labels::none(),
        Expr::Extension => Labels::Any,
    }
}

fn of_aggregate(aggregate: &Aggregate, asked: Of<'_>) -> Labels {
    let op = aggregate.op.id();
    // These choose among series and keep their labels.
    let chooses = matches!(op, T_TOPK | T_BOTTOMK | T_LIMITK | T_LIMIT_RATIO);
    let depends = chooses || aggregate.modifier.is_some() || asked.all;
    let inner = if depends { of(&aggregate.expr, asked) } else { Labels::Any };
    if chooses {
        return inner;
    }
    let outer = match &aggregate.modifier {
        Some(LabelModifier::Include(kept)) => inner.only(&kept.labels),
        Some(LabelModifier::Exclude(dropped)) => inner.without(&dropped.labels),
        None => Labels::none(),
    };
    match &aggregate.param {
        Some(Expr::Text(label)) if op == T_COUNT_VALUES => outer.with([label.text.as_str()]),
        _ => outer,
    }
}

fn of_binary(binary: &Binary, asked: Of<'_>) -> Labels {
    let (left, right) = (of(&binary.lhs, asked), of(&binary.rhs, asked));

    match binary.op.id() {
        T_LOR => return left.or(right),
        T_LAND | T_LUNLESS => return left,
        _ => {}
    }
    // A chain of operations stands on the left side, so the other one answers sooner.
    if binary.rhs.is_scalar() {
        return left;
    }
    if binary.lhs.is_scalar() {
        return right;
    }
    let Some(modifier) = &binary.modifier else { return left };
    let added = |labels: Labels, more: &[String]| labels.with(more.iter().map(String::as_str));
    match &modifier.card {
        VectorMatchCardinality::ManyToOne(more) => added(left, &more.labels),
        VectorMatchCardinality::OneToMany(more) => added(right, &more.labels),
        VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => {
            // A comparison drops what is not compared, too (prometheus/prometheus:promql/engine.go, `resultMetric`).
            match &modifier.matching {
                Some(LabelModifier::Include(kept)) => left.only(&kept.labels),
                Some(LabelModifier::Exclude(dropped)) => left.without(&dropped.labels),
                None => left,
            }
        }
    }
}

fn of_call(call: &Call, asked: Of<'_>) -> Labels {
    let argument = |at: usize| call.args.get(at);
    let text = |at: usize| match argument(at) {
        Some(Expr::Text(text)) => Some(text.text.as_str()),
        _ => None,
    };
    let first = argument(0).map_or(Labels::none(), |argument| of(argument, asked));
    match call.function {
        "absent" | "absent_over_time" => absent(argument(0)),
        "histogram_quantile" | "histogram_fraction" => {
            let last = call.args.last().map_or(Labels::none(), |argument| of(argument, asked));
            last.without(&["le".to_owned()])
        }
        "quantile_over_time" => argument(1).map_or(Labels::none(), |argument| of(argument, asked)),
        "label_replace" | "label_join" => first.with(text(1)),
        "info" => Labels::Any,
        "vector" | "time" | "scalar" | "pi" | "step" => Labels::none(),
        // Parts of a date of nothing in particular.
        _ if call.args.is_empty() => Labels::none(),
        _ => first,
    }
}

/// Whether a result carries a label that every selector asks for; `equal`: by `=`, so that it is known of what is absent.
#[must_use]
pub fn keeps_matched(query: &Query, equal: bool) -> bool {
    keeps(&query.tree.expr, equal)
}

fn keeps(expr: &Expr, equal: bool) -> bool {
    match expr {
        Expr::Aggregate(_) | Expr::Extension => false,
        Expr::Binary(binary) if binary.matching().is_some() => false,
        Expr::Call(call) => match call.function {
            "absent" | "absent_over_time" => equal && call.args.iter().all(|it| it.vector().is_some()),
            "info" | "label_join" | "label_replace" | "vector" => false,
            _ => call.args.iter().all(|argument| keeps(argument, equal)),
        },
        _ => expr.children().all(|inner| keeps(inner, equal)),
    }
}

/// What is absent has the labels that were asked for by `=`.
fn absent(argument: Option<&Expr>) -> Labels {
    let Some(vector) = argument.and_then(Expr::vector) else { return Labels::none() };
    let equal = vector.matchers.matchers.iter().filter(|matcher| {
        matches!(matcher.op, promql_parser::label::MatchOp::Equal) && matcher.name != "__name__"
    });
    Labels::of(equal.map(|matcher| &matcher.name))
}
