//! The shapes of queries: many differ only in the names of metrics and in what labels are compared with. The first
//! of a shape is parsed, the others are it with their own words.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Selector;
use super::expr::Vector;
use super::pattern::Patterns;
use super::scan::{Label, Place, Scan};
use super::selector::matcher as matcher_of;
use super::tree::Tree;
use crate::hash::HashMap;

/// Expressions, each by the shape of its query.
#[derive(Debug, Default)]
pub(super) struct Shapes(Mutex<HashMap<String, Arc<Tree>>>);

impl Shapes {
    /// The expression of a shape.
    pub(super) fn get(&self, shape: &str) -> Option<Arc<Tree>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(shape).cloned()
    }

    /// Keeps an expression for the others of its shape.
    pub(super) fn put(&self, shape: String, tree: &Arc<Tree>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(shape, Arc::clone(tree));
    }
}

/// The words of the language that could be taken for the name of a metric, among those with an underscore.
const WORDS: &[&str] =
    &["count_values", "group_left", "group_right", "limit_ratio", "fill_left", "fill_right"];

/// Stands in a shape where a word was.
const WORD: char = '\u{1}';

/// A query without the words that `worded` brings back. `None` where more depends on them: a selector without a name
/// asks for all there is where its matchers fit what is empty.
pub(super) fn shape(text: &str, scan: &Scan) -> Option<String> {
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

/// A selector with its range.
pub(super) type Ranged<'t> = (&'t Vector, Option<Duration>);

/// Whether the selectors and labels of an expression are those that its scan found, so that the words of another query
/// of its shape have a place in it.
pub(super) fn is_worded(found: &[Ranged<'_>], scan: &Scan) -> bool {
    let same = |((vector, _), place): (&Ranged<'_>, &Place)| {
        let mut labels = place.labels.iter();
        vector.name.is_some()
            && vector.all().all(|matcher| labels.next().is_some_and(|it| it.name == matcher.name))
            && labels.next().is_none()
    };
    found.len() == scan.selectors.len() && found.iter().zip(&scan.selectors).all(same)
}

/// The selectors of a query by the expression of its shape; `None` where a hidden pattern cannot be compiled.
pub(super) fn worded(
    found: &[Ranged<'_>],
    text: &str,
    scan: &Scan,
    patterns: Option<&Patterns>,
) -> Option<Vec<Selector>> {
    let one = |(&(vector, range), place): (&Ranged<'_>, &Place)| {
        let matcher = |(matcher, label): (&promql_parser::label::Matcher, &Label)| {
            let own = value(text, label).and_then(|place| text.get(place));
            matcher_of(matcher, own.unwrap_or(&matcher.value), Some(label), &place.place, patterns)
        };
        Some(Selector {
            number: vector.number,
            metric: Some(text.get(place.place.clone())?.to_owned()),
            matchers: vector.all().zip(&place.labels).map(matcher).collect::<Option<_>>()?,
            range,
            place: place.place.clone(),
        })
    };
    found.iter().zip(&scan.selectors).map(one).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{
        Certain, Facts, Labels, MetricType, Problem, Query, Selector, Shared, findings, fires_always, kind,
        labels, labels_in_any_case, needs_series, quantiles, reach, unmet,
    };

    /// Everything that is said of a query, by facts that depend on the name of a metric.
    fn said(query: &Result<Query, Problem>) -> String {
        let query = match query {
            Ok(query) => query,
            Err(problem) => return format!("{problem:?}"),
        };
        let is = |selector: &Selector, name: &str| selector.metric.as_deref() == Some(name);
        let known = |selector: &Selector| {
            let own: &[&str] = if is(selector, "a_total") { &["a", "le"] } else { &["b"] };
            Labels::none().with(["job"]).with(own.iter().copied())
        };
        let behaves =
            |it: &Selector| Some(if is(it, "a_total") { MetricType::Counter } else { MetricType::Gauge });
        let interval = |it: &Selector| Some(Duration::from_secs(if is(it, "a_total") { 15 } else { 150 }));
        let carried = |metric: &str| Certain::from([(metric.replace("_total", ""), None)]);
        let facts = Facts { labels: &known, kind: &behaves };
        format!(
            "{:?}",
            (
                (&query.text, &query.selectors, &query.labels),
                (findings(query, &facts, &interval), labels(query, &facts), kind(query, &behaves)),
                (unmet(query, &facts, &carried), labels_in_any_case(query, &carried), quantiles(query)),
                (fires_always(query, &|metric| metric == "a_total"), needs_series(query), reach(query)),
            )
        )
    }

    /// Queries are the same alone as among others, whichever of a shape comes first, and the same is said of them.
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
            "rate(NAME{a=\"VALUE\"}[5m]) / rate(a_total{a=\"x\"}[5m])",
            "rate(NAME{a=~\"VALUE\"}[5m]) / rate(NAME{a=\"x\"}[5m])",
            "rate(NAME{a!~\"VALUE\"}[5m]) / rate(NAME{a!=\"x\"}[5m])",
            "histogram_quantile(0.9, sum by (a, le) (rate(NAME{a=\"VALUE\"}[5m])))",
            "histogram_quantile(9, NAME) + delta(NAME[1m]) + rate(sum(NAME)[5m:1m])",
            "NAME{a=\"VALUE\"} and NAME{a=\"x\"}",
            "sum by (job) (NAME) / on (job, b) group_left sum by (b) (a_total)",
            "label_replace(NAME, \"c\", \"$1\", \"a\", \"(.*)\") unless on (c) absent_over_time(NAME[5m])",
        ];
        let names = ["a_total", "b_total", "up", "sum", "count_values", "GROUP_LEFT", "limit_ratio", "a:b_c"];
        let values = ["", "x", "y.*", "a|b", "\\\\d", "\\", "é", "[", "\u{1}"];
        let texts: Vec<String> = shapes
            .iter()
            .flat_map(|shape| names.iter().map(move |name| shape.replace("NAME", name)))
            .flat_map(|text| values.iter().map(move |value| text.replace("VALUE", value)))
            .collect();
        let alone: Vec<String> = texts.iter().map(|text| said(&Query::parse(text))).collect();
        let said = |shared: &Shared, text: &str| said(&Query::parse_sharing(text, shared));
        let (forth, back) = (Shared::default(), Shared::default());
        for (text, alone) in texts.iter().zip(&alone) {
            assert_eq!(&said(&forth, text), alone, "{text}");
        }
        for (text, alone) in texts.iter().zip(&alone).rev() {
            assert_eq!(&said(&back, text), alone, "{text}");
        }
    }
}
