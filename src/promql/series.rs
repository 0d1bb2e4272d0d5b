//! Series of tests, as promtool writes them
//! (prometheus/prometheus:docs/configuration/unit_testing_rules.md, `series`): a metric with labels, and values.

use std::ops::Range;

use super::expr::Expr;
use super::{Op, Problem, Query};

/// The most values that a series may have: promtool keeps each, and reads as often as the rules are evaluated.
const MAX_VALUES: u64 = 100_000;

/// Refuses what is no name of a series: a metric, and labels with `=`.
pub fn expect_series(query: &Query) -> Result<(), Problem> {
    let whole = |message: &str| Problem::whole(message);
    let Expr::Vector(vector) = &query.tree.expr else {
        return Err(whole("a series is a metric with labels: `metric{label='value'}`"));
    };
    if vector.offset.is_some() || vector.pinned {
        return Err(whole("a series has no time of its own"));
    }
    let selector = query.selectors.first();
    if let Some(other) = selector.and_then(|it| it.matchers.iter().find(|one| one.op != Op::Equal)) {
        let message = format!("the label `{}` of a series has one value, said by `=`", other.label);
        return Err(Problem::at(message, other.place.clone()));
    }
    if selector.is_none_or(|selector| selector.metric.is_none()) {
        return Err(whole("it names no metric"));
    }
    Ok(())
}

/// Reads the values of a series; says how many there are, those left out among them.
pub fn values(text: &str) -> Result<u64, Problem> {
    let mut number = 0_u64;
    for (place, item) in items(text)? {
        let problem = |message: String| Problem::at(message, place.clone());
        let Some(repeated) = one(item) else {
            return Err(problem(format!("`{item}` is no value of a series")));
        };
        let added = repeated.parse::<u64>().unwrap_or(u64::MAX);
        number = number.saturating_add(added.saturating_add(1));
        if number > MAX_VALUES {
            return Err(problem("a series has at most 100,000 values".to_owned()));
        }
    }
    if number == 0 {
        return Err(Problem::whole("there are no values"));
    }
    Ok(number)
}

/// What stands between white space. A histogram may hold some.
fn items(text: &str) -> Result<Vec<(Range<usize>, &str)>, Problem> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let inner = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let start = at + rest.len() - inner.len();
        let mut end = start;
        while let Some(next) = text[end..].chars().next().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')) {
            end = if text[end..].starts_with("{{") {
                let close = text[end..]
                    .find("}}")
                    .ok_or_else(|| Problem::at("this histogram is not closed", end..end + 2))?;
                end + close + 2
            } else {
                end + next.len_utf8()
            };
        }
        if end > start {
            found.push((start..end, &text[start..end]));
        }
        at = end.max(start + 1);
    }
    Ok(found)
}

/// One value, or several of them: how often it is repeated, in digits; `None` where it is none.
fn one(item: &str) -> Option<&str> {
    const ONCE: &str = "0";
    let times = |rest: &'_ str| -> Option<usize> {
        let digits = rest.strip_prefix('x')?;
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits.len())
    };
    let repeated = |rest: &'_ str| times(rest).map(|length| item.len() - length);
    if let Some(rest) = item.strip_prefix('_') {
        // `_x3` leaves out three, not four: one more is counted than there is.
        return if rest.is_empty() { Some(ONCE) } else { repeated(rest).map(|from| &item[from..]) };
    }
    if item == "stale" || is_word(item.trim_start_matches(['+', '-']), item) {
        return Some(ONCE);
    }
    let rest = value(item.strip_prefix(['+', '-']).unwrap_or(item))?;
    if rest.is_empty() {
        return Some(ONCE);
    }
    let rest = match rest.strip_prefix(['+', '-']) {
        Some(step) => value(step)?,
        None => rest,
    };
    repeated(rest).map(|from| &item[from..])
}

/// Whether a value is infinite or no number, with one sign at most.
fn is_word(word: &str, item: &str) -> bool {
    item.len() - word.len() <= 1 && (word.eq_ignore_ascii_case("inf") || word.eq_ignore_ascii_case("nan"))
}

/// What stands behind a value.
fn value(text: &str) -> Option<&str> {
    if text.starts_with("{{") { histogram(text) } else { number(text) }
}

/// What stands behind a histogram.
fn histogram(text: &str) -> Option<&str> {
    text.find("}}").map(|end| &text[end + 2..])
}

/// What stands behind a number: digits, a fraction, an exponent.
fn number(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let mut at = whole;
    if text[at..].starts_with('.') {
        at += 1 + digits(&text[at + 1..]);
    }
    if at == 0 || &text[..at] == "." {
        return None;
    }
    if text[at..].starts_with(['e', 'E']) {
        let signed = usize::from(text[at + 1..].starts_with(['+', '-']));
        let exponent = digits(&text[at + 1 + signed..]);
        if exponent == 0 {
            return None;
        }
        at += 1 + signed + exponent;
    }
    Some(&text[at..])
}

#[cfg(test)]
mod tests {
    use super::{Query, expect_series, values};

    #[test]
    fn values_are_counted() {
        for (text, number) in [
            ("1", 1),
            ("1 2  3", 3),
            ("0x4", 5),
            ("0+10x5 _ stale NaN -Inf", 10),
            ("-1.5e3-0.5x2 {{schema:1 sum:-0.3 count:3.1}}x2", 6),
            ("{{count:1}}+{{count:1}}x3", 4),
        ] {
            assert_eq!(values(text), Ok(number), "{text}");
        }
        for text in [
            "",
            " ",
            "x3",
            "0x",
            "1x1000000",
            "0x99999999999999999999999",
            "{{",
            "é",
            "1é",
            "_é",
            "--1",
            "1+x2",
        ] {
            assert!(values(text).is_err(), "{text}");
        }
    }

    #[test]
    fn series_are_metrics_with_labels() {
        let series = |text: &str| Query::parse(text).and_then(|query| expect_series(&query));
        assert_eq!(series("up{job='a', instance=\"b\"}"), Ok(()));
        for text in ["", "up[5m]", "up{job=~'a'}", "sum(up)", "1", "up offset 5m", "{job='a'}", "up{job='a'"]
        {
            assert!(series(text).is_err(), "{text}");
        }
    }
}
