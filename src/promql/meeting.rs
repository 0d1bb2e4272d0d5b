//! Whether the two sides of an operation can meet: which labels series carry in any case and with which values, beside
//! those that they can carry at most (`labels`).

use std::cell::RefCell;
use std::collections::BTreeMap;

use promql_parser::parser::token::{T_LAND, T_LOR, T_LUNLESS};
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorMatchCardinality, VectorSelector,
};

use super::labels::{Facts, Of, of};
use super::read::collect;
use super::tree::is_scalar;
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
    let number = |expr: &Expr| {
        let mut inside = Vec::new();
        collect(expr, &mut inside);
        let (first, _) = inside.first()?;
        query.number(first)
    };
    let mut found = Vec::new();
    walk(query.tree.expr(), &mut |binary, inside| {
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
    All { carried, query, known: RefCell::default() }.must(query.tree.expr())
}

/// Shows operations, those within others first, each with whether the sides of one of these never meet; says so of all
/// together.
fn walk<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a BinaryExpr, bool) -> bool) -> bool {
    match expr {
        Expr::Aggregate(aggregate) => {
            let param = aggregate.param.as_ref().is_some_and(|param| walk(param, see));
            walk(&aggregate.expr, see) || param
        }
        Expr::Unary(unary) => walk(&unary.expr, see),
        Expr::Binary(binary) => {
            let left = walk(&binary.lhs, see);
            let right = walk(&binary.rhs, see);
            see(binary, left || right)
        }
        Expr::Paren(paren) => walk(&paren.expr, see),
        Expr::Subquery(subquery) => walk(&subquery.expr, see),
        Expr::Call(call) => {
            let apart = call.args.args.iter().filter(|argument| walk(argument, see));
            apart.count() > 0
        }
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

/// What is asked of every expression of a query.
struct All<'q> {
    carried: Carried<'q>,
    query: &'q Query,
    /// What is known of operations, by where they are: each is asked about by all that it stands in.
    known: RefCell<HashMap<usize, Certain>>,
}

impl All<'_> {
    /// A label that keeps two sides apart, and how.
    fn apart(&self, binary: &BinaryExpr, facts: &Facts<'_>) -> Option<(String, Apart)> {
        if binary.op.id() == T_LOR || is_scalar(&binary.rhs) || is_scalar(&binary.lhs) {
            return None;
        }
        let matching = binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref());
        let compared = |label: &String| match matching {
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
            Expr::Unary(unary) => self.must(&unary.expr),
            Expr::Binary(binary) => {
                let place = std::ptr::from_ref(binary).addr();
                if let Some(known) = self.known.borrow().get(&place) {
                    return known.clone();
                }
                let labels = self.of_binary(binary);
                self.known.borrow_mut().insert(place, labels.clone());
                labels
            }
            Expr::Paren(paren) => self.must(&paren.expr),
            Expr::Subquery(subquery) => self.must(&subquery.expr),
            Expr::VectorSelector(vector) => self.of_vector(vector),
            Expr::MatrixSelector(matrix) => self.of_vector(&matrix.vs),
            Expr::Call(call) => self.of_call(call),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => Certain::new(),
        }
    }

    fn of_vector(&self, vector: &VectorSelector) -> Certain {
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

    fn of_aggregate(&self, aggregate: &AggregateExpr) -> Certain {
        let mut inner = self.must(&aggregate.expr);
        let op = aggregate.op.to_string();
        if matches!(op.as_str(), "topk" | "bottomk" | "limitk" | "limit_ratio") {
            return inner;
        }
        match &aggregate.modifier {
            Some(LabelModifier::Include(kept)) => inner.retain(|label, _| kept.labels.contains(label)),
            Some(LabelModifier::Exclude(dropped)) => inner.retain(|label, _| !dropped.labels.contains(label)),
            None => inner.clear(),
        }
        if let (Some(Expr::StringLiteral(label)), "count_values") = (aggregate.param.as_deref(), op.as_str())
        {
            inner.insert(label.val.clone(), None);
        }
        inner
    }

    fn of_binary(&self, binary: &BinaryExpr) -> Certain {
        let mut left = self.must(&binary.lhs);
        match binary.op.id() {
            T_LAND | T_LUNLESS => return left,
            _ if is_scalar(&binary.rhs) => return left,
            _ => {}
        }
        let right = self.must(&binary.rhs);
        if is_scalar(&binary.lhs) {
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
        let argument = |at: usize| call.args.args.get(at).map(AsRef::as_ref);
        let of_argument = |at: usize| argument(at).map(|argument| self.must(argument)).unwrap_or_default();
        match call.func.name {
            // It carries the labels that are asked for by `=`, unless they contradict each other.
            "absent" | "absent_over_time" | "vector" | "time" | "scalar" | "pi" | "step" => Certain::new(),
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
