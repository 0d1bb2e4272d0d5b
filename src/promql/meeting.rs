//! Whether the two sides of an operation can meet: which labels series carry in any case and with which values, beside
//! those that they can carry at most (`labels`).

use std::cell::RefCell;
use std::collections::BTreeMap;

use promql_parser::parser::token::{
    T_BOTTOMK, T_COUNT_VALUES, T_LAND, T_LIMIT_RATIO, T_LIMITK, T_LOR, T_LUNLESS, T_TOPK,
};
use promql_parser::parser::{LabelModifier, VectorMatchCardinality};

use super::expr::{Aggregate, Binary, Call, Expr, Vector};
use super::labels::{Facts, Of, of};
use super::{Op, Query};
use crate::hash::HashMap;

/// Labels that series carry in any case, each with its value where that is always the same.
pub type Certain = BTreeMap<String, Option<String>>;

/// The labels that a metric's series carry in any case, by its name.
pub(super) type Carried<'a> = &'a dyn Fn(&str) -> Certain;

/// An operation whose sides never meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The operator, as it is written.
    pub operator: String,
    /// The label that keeps them apart.
    pub label: String,
    /// How it does.
    pub apart: Apart,
    /// The first selectors of the sides, by their numbers in the query; one may have none.
    pub selectors: (Option<usize>, Option<usize>),
}

/// How a label keeps two sides apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apart {
    /// Every series of one side carries it, and none of the other.
    OneSided {
        /// Whether the left side carries it.
        left: bool,
    },
    /// It has a value on the left and another one on the right.
    Values(String, String),
}

/// Every operation whose sides never meet.
#[must_use]
pub fn unmet(query: &Query, facts: &Facts<'_>, carried: Carried<'_>) -> Vec<Unmet> {
    let all = All { carried, query, known: RefCell::default() };
    let number = |expr: &Expr| Some(expr.vectors().first()?.0.number);
    let mut found = Vec::new();
    walk(&query.tree.expr, &mut |binary, inside| {
        // What has no result meets nothing, and is told once.
        if inside {
            return true;
        }
        let Some((label, apart)) = all.apart(binary, facts) else { return false };
        found.push(Unmet {
            operator: binary.op.to_string(),
            label,
            apart,
            selectors: (number(&binary.lhs), number(&binary.rhs)),
        });
        true
    });
    found
}

/// The labels that the series of a query's result carry in any case.
#[must_use]
pub fn always(query: &Query, carried: Carried<'_>) -> Certain {
    All { carried, query, known: RefCell::default() }.must(&query.tree.expr)
}

/// Shows operations, those within others first, each with whether the sides of one of these never meet; says so of all
/// together.
fn walk<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a Binary, bool) -> bool) -> bool {
    let mut inside = false;
    for child in expr.children() {
        inside |= walk(child, see);
    }
    match expr {
        Expr::Binary(binary) => see(binary, inside),
        _ => inside,
    }
}

/// What is asked of every expression of a query.
struct All<'q> {
    carried: Carried<'q>,
    query: &'q Query,
    /// What is known of operations, by their numbers: each is asked about by all that it stands in.
    known: RefCell<HashMap<usize, Certain>>,
}

impl All<'_> {
    /// A label that keeps two sides apart, and how.
    fn apart(&self, binary: &Binary, facts: &Facts<'_>) -> Option<(String, Apart)> {
        if binary.op.id() == T_LOR || binary.rhs.is_scalar() || binary.lhs.is_scalar() {
            return None;
        }
        let compared = |label: &String| match binary.matching() {
            Some(LabelModifier::Include(on)) => on.labels.contains(label),
            Some(LabelModifier::Exclude(ignored)) => !ignored.labels.contains(label),
            None => true,
        };
        let (left, right) = (self.must(&binary.lhs), self.must(&binary.rhs));
        let clash = left.iter().filter(|(label, _)| compared(label)).find_map(|(label, value)| {
            let (value, other) = value.as_ref().zip(right.get(label)?.as_ref())?;
            (value != other).then(|| (label.clone(), Apart::Values(value.clone(), other.clone())))
        });
        // What both sides ask for keeps them together, also where no series has it.
        let only = |carried: &Certain, asked: &Certain, other: &Expr| {
            let mut labels =
                carried.keys().filter(|label| compared(label) && !asked.contains_key(*label)).peekable();
            let other = labels.peek().map(|_| {
                of(other, Of { selected: &|vector| self.query.labels_of(vector, facts), all: false })
            })?;
            labels.find(|label| !other.can_hold(label)).cloned()
        };
        let on_left =
            || only(&left, &right, &binary.rhs).map(|label| (label, Apart::OneSided { left: true }));
        let on_right =
            || only(&right, &left, &binary.lhs).map(|label| (label, Apart::OneSided { left: false }));
        clash.or_else(on_left).or_else(on_right)
    }

    fn must(&self, expr: &Expr) -> Certain {
        match expr {
            Expr::Aggregate(aggregate) => self.of_aggregate(aggregate),
            Expr::Binary(binary) => {
                if let Some(known) = self.known.borrow().get(&binary.number) {
                    return known.clone();
                }
                let labels = self.of_binary(binary);
                self.known.borrow_mut().insert(binary.number, labels.clone());
                labels
            }
            Expr::Negated(inner) | Expr::Paren(inner) => self.must(inner),
            Expr::Subquery(subquery) => self.must(&subquery.expr),
            Expr::Vector(vector) | Expr::Range(vector, _) => self.of_vector(vector),
            Expr::Call(call) => self.of_call(call),
            Expr::Number(_) | Expr::Text(_) | Expr::Extension => Certain::new(),
        }
    }

    fn of_vector(&self, vector: &Vector) -> Certain {
        let Some(selector) = self.query.selector(vector) else { return Certain::new() };
        let mut labels = selector.metric.as_deref().map(self.carried).unwrap_or_default();
        // A matcher that an empty value does not pass lets through only what has the label.
        for matcher in selector.matchers.iter().filter(|matcher| !matcher.fits("")) {
            let value = labels.entry(matcher.label.clone()).or_default();
            // What a dashboard puts in is not known.
            if matcher.op == Op::Equal && !matcher.value.contains('$') {
                *value = Some(matcher.value.clone());
            }
        }
        labels
    }

    fn of_aggregate(&self, aggregate: &Aggregate) -> Certain {
        let mut inner = self.must(&aggregate.expr);
        let op = aggregate.op.id();
        if matches!(op, T_TOPK | T_BOTTOMK | T_LIMITK | T_LIMIT_RATIO) {
            return inner;
        }
        match &aggregate.modifier {
            Some(LabelModifier::Include(kept)) => inner.retain(|label, _| kept.labels.contains(label)),
            Some(LabelModifier::Exclude(dropped)) => inner.retain(|label, _| !dropped.labels.contains(label)),
            None => inner.clear(),
        }
        if let (Some(Expr::Text(label)), T_COUNT_VALUES) = (&aggregate.param, op) {
            inner.insert(label.text.clone(), None);
        }
        inner
    }

    fn of_binary(&self, binary: &Binary) -> Certain {
        let mut left = self.must(&binary.lhs);
        match binary.op.id() {
            T_LAND | T_LUNLESS => return left,
            _ if binary.rhs.is_scalar() => return left,
            _ => {}
        }
        let right = self.must(&binary.rhs);
        if binary.lhs.is_scalar() {
            return right;
        }
        if binary.op.id() == T_LOR {
            return either(&left, &right);
        }
        let Some(modifier) = &binary.modifier else { return left };
        match &modifier.card {
            VectorMatchCardinality::ManyToOne(more) => left.retain(|label, _| !more.labels.contains(label)),
            VectorMatchCardinality::OneToMany(more) => {
                left = right;
                left.retain(|label, _| !more.labels.contains(label));
            }
            VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => {
                match &modifier.matching {
                    Some(LabelModifier::Include(kept)) => left.retain(|label, _| kept.labels.contains(label)),
                    Some(LabelModifier::Exclude(dropped)) => {
                        left.retain(|label, _| !dropped.labels.contains(label));
                    }
                    None => {}
                }
            }
        }
        left
    }

    fn of_call(&self, call: &Call) -> Certain {
        let argument = |at: usize| call.args.get(at);
        let of_argument = |at: usize| argument(at).map(|argument| self.must(argument)).unwrap_or_default();
        match call.function {
            // It carries the labels that are asked for by `=`, unless they contradict each other.
            "absent" | "absent_over_time" | "vector" | "time" | "scalar" | "pi" | "step" => Certain::new(),
            "histogram_quantile" | "histogram_fraction" => {
                let mut labels = of_argument(call.args.len().saturating_sub(1));
                labels.remove("le");
                labels
            }
            "quantile_over_time" => of_argument(1),
            "label_replace" | "label_join" => {
                let mut labels = of_argument(0);
                match argument(1) {
                    Some(Expr::Text(name)) => drop(labels.remove(&name.text)),
                    _ => labels.clear(),
                }
                labels
            }
            _ => of_argument(0),
        }
    }
}

/// What both carry, with the values that are the same.
#[must_use]
pub fn either(one: &Certain, other: &Certain) -> Certain {
    let both = one.iter().filter_map(|(label, value)| {
        let other = other.get(label)?;
        Some((label.clone(), value.clone().filter(|value| other.as_ref() == Some(value))))
    });
    both.collect()
}
