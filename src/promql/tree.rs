//! The expressions of queries. One is that of every query of its shape: names of metrics and values of labels in it may
//! be those of another query, and what a selector asks for is in the query, by the number of the selector.

use std::collections::BTreeSet;
use std::time::Duration;

use promql_parser::parser;
use promql_parser::parser::token::T_COUNT_VALUES;

use super::expr::Expr;
use super::{findings, firing};

/// An expression, and what holds for it whatever its words are.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) expr: Expr,
    /// A number that no other tree has of those that are read together.
    pub(super) number: usize,
    /// Whether nothing in it is newer than the queries that are taken; where variables stand in it, that is not sure.
    pub(super) judged: bool,
    /// The functions that it calls, and `count_values`, which names a label as some of them do.
    pub(super) calls: BTreeSet<&'static str>,
    /// Quantiles of a constant that is no share.
    pub(super) quantiles: Vec<(String, f64)>,
    /// Whether there is no result where there is no series at all.
    pub(super) needs_series: bool,
    /// How long it looks back; `None` where it looks at other moments.
    pub(super) reach: Option<Duration>,
}

impl Tree {
    pub(super) fn new(expr: parser::Expr, number: usize, judged: bool) -> Self {
        let expr = Expr::new(expr);
        let mut calls = BTreeSet::new();
        expr.each(&mut |expr| match expr {
            Expr::Call(call) => drop(calls.insert(call.function)),
            Expr::Aggregate(aggregate) if aggregate.op.id() == T_COUNT_VALUES => {
                calls.insert("count_values");
            }
            _ => {}
        });
        Self {
            calls,
            quantiles: findings::shares_of(&expr),
            needs_series: firing::is_empty(&expr),
            reach: firing::of_expr(&expr),
            number,
            judged,
            expr,
        }
    }
}
