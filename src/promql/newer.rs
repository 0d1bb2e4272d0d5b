//! What the parser reads and Prometheus 2.53 does not, which judges the files: grammar and functions of later releases.

use std::ops::Range;
use std::time::Duration;

use super::Problem;
use super::scan::{Number, Scan};
use crate::schema;

/// Functions and aggregations behind `--enable-feature=promql-experimental-functions`
/// (prometheus/prometheus:docs/querying/functions.md and operators.md, v3).
const EXPERIMENTAL: &[&str] = &[
    "double_exponential_smoothing",
    "first_over_time",
    "histogram_quantiles",
    "info",
    "limitk",
    "limit_ratio",
    "mad_over_time",
    "sort_by_label",
    "sort_by_label_desc",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
];

/// Functions that the parser knows and promtool 2.53 does not, whatever its flags.
const NEWER: &[&str] = &[
    "end",
    "fill",
    "fill_left",
    "fill_right",
    "integral",
    "max_of",
    "min_of",
    "range",
    "start",
    "start_timestamp",
    "step",
];

/// The first thing that Prometheus takes only with a flag, or no longer, or in newer releases only. What `variables`
/// of a dashboard stand for is not known.
pub(super) fn problem(text: &str, scan: &Scan, variables: &[Range<usize>]) -> Option<Problem> {
    let called = scan.words.iter().find_map(|place| function(text, place));
    let is_variable = |number: &&Number| {
        variables.binary_search_by_key(&number.place.start, |variable| variable.start).is_ok()
    };
    let mut said = scan.numbers.iter().filter(|number| !is_variable(number));
    let called = called.or_else(|| said.find_map(|number| of_number(text, number)));
    called
        .or_else(|| scan.quoted.first().map(|place| quoted(text, place)))
        .or_else(|| alternative(text, scan))
}

fn function(text: &str, place: &Range<usize>) -> Option<Problem> {
    let word = &text[place.clone()];
    let next = text[place.end..].trim_start();
    let grouped = || word.starts_with("limit") && ["by", "without"].iter().any(|list| next.starts_with(list));
    if !next.starts_with('(') && !grouped() {
        return None;
    }
    let problem = |message: String| Some(Problem::at(message, place.clone()));
    if word == "holt_winters" {
        return problem(
            "`holt_winters` is gone since Prometheus 3; `predict_linear` and `deriv` follow a trend"
                .to_owned(),
        );
    }
    if EXPERIMENTAL.contains(&word) {
        return problem(format!("`{word}` is experimental: Prometheus takes it only with a feature flag"));
    }
    // `@ start()`, `@ end()`.
    let moment = text[..place.start].trim_end().ends_with('@');
    let fill = word.to_ascii_lowercase();
    let newer =
        NEWER.contains(&word) && !moment || fill.starts_with("fill") && NEWER.contains(&fill.as_str());
    let told = problem(format!("`{word}` is newer than Prometheus 2.53, by which queries are judged"))
        .filter(|_| newer)?;
    Some(if fill.starts_with("fill") {
        told.help("where a side has no series, `or` can stand in: `(a or 0 * b) / b`")
    } else {
        told
    })
}

fn of_number(text: &str, number: &Number) -> Option<Problem> {
    let words = &text[number.place.clone()];
    if !number.duration {
        return plain(words, number.place.clone());
    }
    // A range and the step of a subquery are one word.
    let mut from = number.place.start;
    words.split(':').find_map(|part| {
        let place = from..from + part.len();
        from = place.end + 1;
        time(part, place)
    })
}

/// Why a number is none to Prometheus 2.53, and what to write.
fn plain(word: &str, place: Range<usize>) -> Option<Problem> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if let Some(hex) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"))
        && !hex.is_empty()
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return None;
    }
    let mut rest = &word[digits(word)..];
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = &fraction[digits(fraction)..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        rest = if exponent.is_empty() { rest } else { &exponent[digits(exponent)..] };
    }
    if rest.is_empty() {
        let infinite = word.parse::<f64>().is_ok_and(f64::is_infinite);
        return infinite.then(|| {
            Problem::at(format!("`{word}` is larger than any number"), place)
                .help("write `Inf` where that is meant")
        });
    }
    let seconds = super::duration(word).map(|time| time.as_secs_f64());
    Some(match seconds {
        Some(seconds) => Problem::at(format!("`{word}` is a duration where a number belongs"), place)
            .help(format!("write it in seconds: `{seconds}`")),
        None => Problem::at(format!("`{word}` is no number that Prometheus 2.53 reads"), place),
    })
}

/// Why a time is none to Prometheus 2.53, and what to write.
fn time(word: &str, place: Range<usize>) -> Option<Problem> {
    match super::duration(word) {
        Some(time) if time.is_zero() => {
            return Some(Problem::at(format!("`{word}` is no time at all"), place));
        }
        Some(_) => return None,
        None if word.is_empty() => return None,
        None => {}
    }
    let Ok(seconds) = word.parse::<f64>() else {
        return Some(
            Problem::at(format!("`{word}` is no duration"), place)
                .help("whole numbers with units, from the largest to the smallest: `1d`, `1h30m`, `500ms`"),
        );
    };
    let problem = Problem::at(format!("`{word}` has no unit, which Prometheus 2.53 asks for"), place);
    Some(match Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero()) {
        Some(time) => {
            let time = schema::Duration(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)).to_string();
            problem.help(format!("write `{time}`")).put(time)
        }
        None => problem,
    })
}

fn quoted(text: &str, place: &Range<usize>) -> Problem {
    let label = text[place.clone()].trim_matches(['"', '\'', '`']);
    let told = Problem::at(
        "a label in quotes is newer than Prometheus 2.53, by which queries are judged",
        place.clone(),
    );
    if super::is_label(label) { told.help(format!("write `{label}`")).put(label) } else { told }
}

/// `{a="x" or b="y"}`.
fn alternative(text: &str, scan: &Scan) -> Option<Problem> {
    let labels = scan.selectors.iter().flat_map(|selector| &selector.labels);
    let is_or = |place: &Range<usize>| {
        text[place.clone()].eq_ignore_ascii_case("or")
            && !text[place.end..].trim_start().starts_with(['=', '!'])
    };
    let or = labels.map(|label| &label.place).find(|place| is_or(place))?;
    Some(
        Problem::at(
            "`or` between matchers is newer than Prometheus 2.53, by which queries are judged",
            or.clone(),
        )
        .help("one label has `=~\"a|b\"`; of several, two selectors: `x{…} or x{…}`"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Query;

    /// The verdicts are those of promtool 2.53.
    #[test]
    fn newer_releases_are_not_needed() {
        for text in [
            "rate(a[5m])",
            "rate(a[1y2w3d4h5m6s7ms])",
            "rate(a[1d1h])",
            "max_over_time(a[1h:])",
            "max_over_time(a[1h : 1m] offset 5m)",
            "a offset -5m",
            "a OFFSET - 5m",
            "a @ end() > 0x1F",
            "a @ 1603774568.5",
            "a > 089 + .5 - 5. * 1e3 / 1.5e-400",
            "a == Inf or a == nan",
            "offset - 300",
            "offset offset 5m",
            "a and and",
            "sum(a) by (offset, fill) and on (start) by > 1",
            "sum without () (a)",
            "a > bool 5",
            "a{offset='x', or='y'}",
            "# start(), [300]\na{b='[300] or 5m'}",
            "rate(a[$__rate_interval]) > 1",
            "max_over_time(a[$__range:$__interval])",
            "topk($top, a > $limit)",
        ] {
            assert!(Query::parse(text).is_ok(), "{text} {:?}", Query::parse(text));
        }
        for text in [
            "rate(a[300])",
            "rate(a[0x1F])",
            "rate(a[1.5h])",
            "rate(a[0s])",
            "rate(a[1h1d])",
            "rate(a[1m30])",
            "a offset 300",
            "a offset -300",
            "max_over_time(a[1h:60])",
            "max_over_time(a[3600:1m])",
            "sum by (\"b\") (a)",
            "a * on ('b') a",
            "a{b='x' or b='y'}",
            "a / fill(0) a",
            "a / fill_left (0) fill_right(1) a",
            "a / FILL(0) a",
            "first_over_time(a[5m])",
            "histogram_quantiles(a, 'q', 0.9)",
            "integral(a[5m])",
            "max_of(a, 1)",
            "a > start()",
            "a > step()",
            "start_timestamp(a)",
            "info(a)",
            "limitk by (b) (2, a)",
            "a > 1e400",
            "a > 1_000",
            "a > 0b11",
            "a > 0x1p-2",
            "a > 5m",
        ] {
            let problem = Query::parse(text).expect_err(text);
            assert!(problem.place.is_some(), "{text} {problem:?}");
        }
    }
}
