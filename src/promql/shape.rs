//! The shapes of queries: many differ only in the names of metrics and in what labels are compared with. The first
//! of a shape is parsed, the others are it with their own words.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use promql_parser::label::Matchers;
use promql_parser::parser::{Expr, VectorSelector};

use super::scan::{Label, Place, Scan};
use crate::hash::HashMap;

/// Expressions, each by the shape of its query.
#[derive(Debug, Default)]
pub(super) struct Shapes(Mutex<HashMap<String, Arc<Expr>>>);

impl Shapes {
    /// The expression of a query, with `parse` where none of its shape is known.
    pub(super) fn parsed(
        &self,
        text: &str,
        scan: &Scan,
        parse: impl FnOnce() -> Result<Expr, String>,
    ) -> Result<Expr, String> {
        let Some(shape) = shape(text, scan) else { return parse() };
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&shape).cloned();
        if let Some(known) = known {
            let mut expr = (*known).clone();
            let mut places = scan.selectors.iter();
            if reword(&mut expr, text, &mut places).is_some() && places.next().is_none() {
                return Ok(expr);
            }
            return parse();
        }
        let expr = parse()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(shape, Arc::new(expr.clone()));
        Ok(expr)
    }
}

/// The words of the language that could be taken for the name of a metric, among those with an underscore.
const WORDS: &[&str] =
    &["count_values", "group_left", "group_right", "limit_ratio", "fill_left", "fill_right"];

/// Stands in a shape where a word was.
const WORD: char = '\u{1}';

/// A query without the words that `reword` brings back. `None` where more depends on them: a selector without a name
/// asks for all there is where its matchers fit what is empty.
fn shape(text: &str, scan: &Scan) -> Option<String> {
    if text.contains(WORD) {
        return None;
    }
    let mut shape = String::with_capacity(text.len());
    let mut from = 0;
    let mut leave_out = |place: Range<usize>| {
        shape.push_str(text.get(from..place.start)?);
        shape.push(WORD);
        from = place.end;
        Some(())
    };
    for selector in &scan.selectors {
        let name = text.get(selector.place.clone())?;
        if name.starts_with('{') {
            return None;
        }
        if is_name(name) {
            leave_out(selector.place.clone())?;
        }
        for label in &selector.labels {
            if label.name == "__name__" {
                return None;
            }
            if let Some(place) = value(text, label) {
                leave_out(place)?;
            }
        }
    }
    shape.push_str(text.get(from..)?);
    Some(shape)
}

/// Whether a word can only be a name. Without an underscore it may be one of the language.
fn is_name(word: &str) -> bool {
    word.contains('_') && !WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Where the text stands that a label is compared with, between its quotes. What is escaped and what is a pattern
/// stays in the shape.
fn value(text: &str, label: &Label) -> Option<Range<usize>> {
    let place = label.value.clone()?;
    let is_pattern = label.pattern.is_some_and(|(_, at)| text[at..].get(1..2) == Some("~"));
    let inside = place.start + 1..place.end - 1;
    (!is_pattern && !text.get(inside.clone())?.contains('\\')).then_some(inside)
}

/// Puts the words of a text into an expression of its shape, selector by selector in their order; `None` where it
/// has others.
fn reword<'a>(expr: &mut Expr, text: &str, places: &mut impl Iterator<Item = &'a Place>) -> Option<()> {
    match expr {
        Expr::Aggregate(aggregate) => {
            if let Some(param) = &mut aggregate.param {
                reword(param, text, places)?;
            }
            reword(&mut aggregate.expr, text, places)
        }
        Expr::Unary(unary) => reword(&mut unary.expr, text, places),
        Expr::Binary(binary) => {
            reword(&mut binary.lhs, text, places)?;
            reword(&mut binary.rhs, text, places)
        }
        Expr::Paren(paren) => reword(&mut paren.expr, text, places),
        Expr::Subquery(subquery) => reword(&mut subquery.expr, text, places),
        Expr::VectorSelector(vector) => selector(vector, text, places.next()?),
        Expr::MatrixSelector(matrix) => selector(&mut matrix.vs, text, places.next()?),
        Expr::Call(call) => call.args.args.iter_mut().try_for_each(|argument| reword(argument, text, places)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => Some(()),
    }
}

fn selector(vector: &mut VectorSelector, text: &str, place: &Place) -> Option<()> {
    vector.name = Some(text.get(place.place.clone())?.to_owned());
    let Matchers { matchers, or_matchers } = &mut vector.matchers;
    let mut labels = place.labels.iter();
    for matcher in or_matchers.iter_mut().flatten().chain(matchers) {
        let label = labels.next().filter(|label| label.name == matcher.name)?;
        if let Some(place) = value(text, label) {
            text.get(place)?.clone_into(&mut matcher.value);
        }
    }
    labels.next().is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use super::super::{Query, Shared};

    /// Queries are the same alone as among others, whichever of a shape comes first.
    #[test]
    fn words_are_brought_back() {
        let shapes = [
            "sum by (job) (rate(NAME{code=~\"VALUE\", job=\"api\"}[5m])) / NAME > 0.1",
            "NAME",
            "NAME{a=\"VALUE\"}",
            "NAME{a=~\"VALUE\"}",
            "NAME{a='VALUE' or b!=`VALUE`}",
            "{a=\"VALUE\"}",
            "NAME{__name__=\"VALUE\"}",
            "NAME{\"b\"=\"VALUE\", a=\"VALUE\"}",
            "NAME{a=\"VALUE\", a=\"b\"}",
            "NAME{a=}",
            "NAME{a=$}",
            "NAME{a=\u{1}}",
            "\u{1}{a=\"VALUE\"}",
            "absent(NAME{a=~\"VALUE\", b=\"VALUE\"})",
            "label_replace(NAME, \"a\", \"VALUE\", \"b\", \"(.*)\") and on (a) NAME offset 5m # NAME",
            "max_over_time(NAME[5m:1m]) + NAME @ end()",
            "NAME(NAME)",
            "NAME (other_name)",
            "quantile_over_time(0.9, NAME{a=\"VALUE\"}[1h])",
            "NAME by (a) (other_name)",
        ];
        let names = ["a_total", "b_total", "up", "sum", "count_values", "GROUP_LEFT", "limit_ratio", "a:b_c"];
        let values = ["", "x", "y.*", "a|b", "\\\\d", "\\", "é", "[", "\u{1}"];
        let texts: Vec<String> = shapes
            .iter()
            .flat_map(|shape| names.iter().map(move |name| shape.replace("NAME", name)))
            .flat_map(|text| values.iter().map(move |value| text.replace("VALUE", value)))
            .collect();
        let alone: Vec<String> = texts.iter().map(|text| format!("{:?}", Query::parse(text))).collect();
        let said = |shared: &Shared, text: &str| format!("{:?}", Query::parse_sharing(text, shared));
        let (forth, back) = (Shared::default(), Shared::default());
        for (text, alone) in texts.iter().zip(&alone) {
            assert_eq!(&said(&forth, text), alone, "{text}");
        }
        for (text, alone) in texts.iter().zip(&alone).rev() {
            assert_eq!(&said(&back, text), alone, "{text}");
        }
    }
}
