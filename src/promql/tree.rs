//! The expressions of queries. One is that of every query of its shape: names of metrics and values of labels in it may
//! be those of another query, and what a selector asks for is in the query, by the number of the selector.

use std::time::Duration;

use promql_parser::parser::value::ValueType;
use promql_parser::parser::{Expr, VectorSelector};

use super::read::collect;
use super::{findings, firing};

/// An expression, and what is said of it whatever its words are.
#[derive(Debug)]
pub(super) struct Tree {
    /// Its selectors are known by where they are, so it stays in its place.
    expr: Box<Expr>,
    /// Where each selector is, in order, with its number in the order of the text.
    numbers: Vec<(usize, usize)>,
    /// Whether nothing in it is newer than the queries that are taken; where variables stand in it, that is not sure.
    pub(super) judged: bool,
    /// Quantiles of a constant that is no share.
    pub(super) quantiles: Vec<(String, f64)>,
    /// Whether there is no result where there is no series at all.
    pub(super) needs_series: bool,
    /// How long it looks back; `None` where it looks at other moments.
    pub(super) reach: Option<Duration>,
}

impl Tree {
    pub(super) fn new(expr: Expr, judged: bool) -> Self {
        let expr = Box::new(expr);
        let mut found = Vec::new();
        collect(&expr, &mut found);
        let mut numbers: Vec<(usize, usize)> =
            found.iter().enumerate().map(|(number, (vector, _))| (address(vector), number)).collect();
        numbers.sort_unstable();
        Self {
            numbers,
            quantiles: findings::shares_of(&expr),
            needs_series: firing::is_empty(&expr),
            reach: firing::of_expr(&expr),
            judged,
            expr,
        }
    }

    pub(super) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Its selectors in the order of the text, each with its range.
    pub(super) fn selectors(&self) -> Vec<(&VectorSelector, Option<Duration>)> {
        let mut found = Vec::with_capacity(self.numbers.len());
        collect(&self.expr, &mut found);
        found
    }

    /// The number of a selector in the order of the text.
    pub(super) fn number(&self, vector: &VectorSelector) -> Option<usize> {
        let at = self.numbers.binary_search_by_key(&address(vector), |(address, _)| *address).ok()?;
        self.numbers.get(at).map(|(_, number)| *number)
    }
}

fn address(vector: &VectorSelector) -> usize {
    std::ptr::from_ref(vector).addr()
}

/// Whether an expression is a number, and no series. The shallow side of an operation answers first: operations stand in each
/// other, and each of them is asked.
pub(super) fn is_scalar(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(binary) if matches!(*binary.lhs, Expr::Binary(_)) => {
            is_scalar(&binary.rhs) && is_scalar(&binary.lhs)
        }
        Expr::Binary(binary) => is_scalar(&binary.lhs) && is_scalar(&binary.rhs),
        Expr::Paren(paren) => is_scalar(&paren.expr),
        Expr::Unary(unary) => is_scalar(&unary.expr),
        other => other.value_type() == ValueType::Scalar,
    }
}
