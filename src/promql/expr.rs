//! The expression of a query: the tree of `promql-parser`, in which selectors, texts and operations have numbers.

use std::time::Duration;

use promql_parser::label::Matchers;
use promql_parser::parser::token::TokenType;
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{self, BinModifier, LabelModifier, Offset};

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    Aggregate(Box<Aggregate>),
    Negated(Box<Expr>),
    Binary(Box<Binary>),
    Paren(Box<Expr>),
    Subquery(Box<Subquery>),
    Vector(Box<Vector>),
    Range(Box<Vector>, Duration),
    Call(Call),
    Number(f64),
    Text(Text),
    /// An extension of the parser's, which no query has.
    Extension,
}

/// An aggregation.
#[derive(Debug)]
pub(super) struct Aggregate {
    pub(super) op: TokenType,
    pub(super) param: Option<Expr>,
    pub(super) expr: Expr,
    pub(super) modifier: Option<LabelModifier>,
}

/// An operation with two sides.
#[derive(Debug)]
pub(super) struct Binary {
    /// Its number among the operations of its query.
    pub(super) number: usize,
    pub(super) op: TokenType,
    pub(super) lhs: Expr,
    pub(super) rhs: Expr,
    pub(super) modifier: Option<BinModifier>,
}

impl Binary {
    /// The labels by which the sides meet, behind `on` or `ignoring`.
    pub(super) fn matching(&self) -> Option<&LabelModifier> {
        self.modifier.as_ref()?.matching.as_ref()
    }
}

/// A query that is asked at several moments.
#[derive(Debug)]
pub(super) struct Subquery {
    pub(super) expr: Expr,
    pub(super) range: Duration,
    pub(super) offset: Option<Offset>,
    /// Whether it has a moment of its own, behind `@`.
    pub(super) pinned: bool,
}

/// Series that are asked for.
#[derive(Debug)]
pub(super) struct Vector {
    /// Its number among the selectors of its query, in the order of the text.
    pub(super) number: usize,
    /// The name before its braces. It may be that of another query of the same shape, as values of its matchers may.
    pub(super) name: Option<String>,
    pub(super) matchers: Matchers,
    pub(super) offset: Option<Offset>,
    /// Whether it has a moment of its own, behind `@`.
    pub(super) pinned: bool,
}

impl Vector {
    /// Its matchers, those behind `or` among them.
    pub(super) fn all(&self) -> impl Iterator<Item = &promql_parser::label::Matcher> {
        self.matchers.matchers.iter().chain(self.matchers.or_matchers.iter().flatten())
    }
}

/// A function with its arguments.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: &'static str,
    pub(super) args: Vec<Expr>,
    /// Whether its result is a number, and no series.
    scalar: bool,
}

/// A text, as the argument of a function or an aggregation.
#[derive(Debug)]
pub(super) struct Text {
    /// Its number among such texts of its query, in the order of the text.
    pub(super) number: usize,
    pub(super) text: String,
}

/// How many of each stand before the next one.
#[derive(Default)]
struct Numbers {
    vectors: usize,
    texts: usize,
    operations: usize,
}

impl Numbers {
    /// Takes over an expression in the order of its text. By reference, so that no large value stands on the stack of a
    /// recursion.
    fn expr(&mut self, expr: &mut parser::Expr) -> Expr {
        match expr {
            parser::Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            parser::Expr::Unary(unary) => Expr::Negated(Box::new(self.expr(&mut unary.expr))),
            parser::Expr::Binary(binary) => self.binary(binary),
            parser::Expr::Paren(paren) => Expr::Paren(Box::new(self.expr(&mut paren.expr))),
            parser::Expr::Subquery(subquery) => self.subquery(subquery),
            parser::Expr::NumberLiteral(number) => Expr::Number(number.val),
            parser::Expr::StringLiteral(text) => self.text(text),
            parser::Expr::VectorSelector(vector) => Expr::Vector(Box::new(self.vector(vector))),
            parser::Expr::MatrixSelector(matrix) => {
                Expr::Range(Box::new(self.vector(&mut matrix.vs)), matrix.range)
            }
            parser::Expr::Call(call) => Expr::Call(Call {
                function: call.func.name,
                args: call.args.args.iter_mut().map(|argument| self.expr(argument)).collect(),
                scalar: call.func.return_type == ValueType::Scalar,
            }),
            parser::Expr::Extension(_) => Expr::Extension,
        }
    }

    fn aggregate(&mut self, aggregate: &mut parser::AggregateExpr) -> Expr {
        Expr::Aggregate(Box::new(Aggregate {
            op: aggregate.op,
            param: aggregate.param.as_mut().map(|param| self.expr(param)),
            expr: self.expr(&mut aggregate.expr),
            modifier: aggregate.modifier.take(),
        }))
    }

    fn binary(&mut self, binary: &mut parser::BinaryExpr) -> Expr {
        let (lhs, rhs) = (self.expr(&mut binary.lhs), self.expr(&mut binary.rhs));
        let number = self.operations;
        self.operations += 1;
        Expr::Binary(Box::new(Binary { number, op: binary.op, lhs, rhs, modifier: binary.modifier.take() }))
    }

    fn subquery(&mut self, subquery: &mut parser::SubqueryExpr) -> Expr {
        Expr::Subquery(Box::new(Subquery {
            expr: self.expr(&mut subquery.expr),
            range: subquery.range,
            offset: subquery.offset.take(),
            pinned: subquery.at.is_some(),
        }))
    }

    fn vector(&mut self, vector: &mut parser::VectorSelector) -> Vector {
        let number = self.vectors;
        self.vectors += 1;
        let matchers = std::mem::replace(&mut vector.matchers, Matchers::empty());
        Vector {
            number,
            name: vector.name.take(),
            matchers,
            offset: vector.offset.take(),
            pinned: vector.at.is_some(),
        }
    }

    fn text(&mut self, text: &mut parser::StringLiteral) -> Expr {
        let number = self.texts;
        self.texts += 1;
        Expr::Text(Text { number, text: std::mem::take(&mut text.val) })
    }
}

impl Expr {
    pub(super) fn new(mut expr: parser::Expr) -> Self {
        Numbers::default().expr(&mut expr)
    }

    /// The expressions that stand in it, in the order of the text.
    pub(super) fn children(&self) -> impl Iterator<Item = &Self> {
        let (one, other, rest): (Option<&Self>, Option<&Self>, &[Self]) = match self {
            Self::Aggregate(aggregate) => (aggregate.param.as_ref(), Some(&aggregate.expr), &[]),
            Self::Negated(inner) | Self::Paren(inner) => (Some(inner), None, &[]),
            Self::Binary(binary) => (Some(&binary.lhs), Some(&binary.rhs), &[]),
            Self::Subquery(subquery) => (Some(&subquery.expr), None, &[]),
            Self::Call(call) => (None, None, &call.args),
            Self::Vector(_) | Self::Range(..) | Self::Number(_) | Self::Text(_) | Self::Extension => {
                (None, None, &[])
            }
        };
        one.into_iter().chain(other).chain(rest)
    }

    /// Calls a function with it and each expression in it, in the order of the text.
    pub(super) fn each<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        self.children().for_each(|child| child.each(see));
    }

    /// Its selectors in the order of the text, each with its range.
    pub(super) fn vectors(&self) -> Vec<(&Vector, Option<Duration>)> {
        let mut found = Vec::new();
        self.each(&mut |expr| match expr {
            Self::Vector(vector) => found.push((&**vector, None)),
            Self::Range(vector, range) => found.push((&**vector, Some(*range))),
            _ => {}
        });
        found
    }

    /// Whether it is a number, and no series. The shallow side of an operation answers first: operations stand in each
    /// other, and each of them is asked.
    pub(super) fn is_scalar(&self) -> bool {
        match self {
            Self::Binary(binary) if matches!(binary.lhs, Self::Binary(_)) => {
                binary.rhs.is_scalar() && binary.lhs.is_scalar()
            }
            Self::Binary(binary) => binary.lhs.is_scalar() && binary.rhs.is_scalar(),
            Self::Paren(inner) | Self::Negated(inner) => inner.is_scalar(),
            Self::Call(call) => call.scalar,
            Self::Number(_) => true,
            Self::Aggregate(_)
            | Self::Subquery(_)
            | Self::Vector(_)
            | Self::Range(..)
            | Self::Text(_)
            | Self::Extension => false,
        }
    }

    /// The selector that it is, with or without a range.
    pub(super) fn vector(&self) -> Option<&Vector> {
        match self {
            Self::Vector(vector) | Self::Range(vector, _) => Some(vector),
            _ => None,
        }
    }
}
