//! Changes of an alert, one at a time.

use std::ops::Range;

use serde_yaml::Mapping;

/// A changed alert.
pub(crate) struct Mutant {
    /// What is changed.
    pub(crate) change: String,
    /// The alert.
    pub(crate) alert: Mapping,
}

/// Every change of an alert.
pub(crate) fn mutants(alert: &Mapping) -> Vec<Mutant> {
    let expr = alert["expr"].as_str().expect("an alert has an expression");
    let mut mutants = Vec::new();
    let mut with = |change: String, key: &str, value: Option<String>| {
        let mut alert = alert.clone();
        match value {
            Some(value) => alert.insert(key.into(), value.into()),
            None => alert.shift_remove(key),
        };
        mutants.push(Mutant { change, alert });
    };
    let changed = comparisons(expr).into_iter().chain(matchers(expr));
    for (change, text) in changed.chain(each_matcher(expr)).chain(sums(expr)).chain(factors(expr)) {
        with(change, "expr", Some(text));
    }
    if let Some(wait) = alert.get("for").and_then(|wait| wait.as_str()) {
        let (number, unit) = wait.split_at(wait.find(|c: char| !c.is_ascii_digit()).expect("a unit"));
        let number: u64 = number.parse().expect("a whole number");
        with("for × 3".to_owned(), "for", Some(format!("{}{unit}", number * 3)));
        with("for × 2".to_owned(), "for", Some(format!("{}{unit}", number * 2)));
        let seconds = number * SECONDS.iter().find(|(known, _)| *known == unit).expect("a known unit").1;
        with("for ÷ 2".to_owned(), "for", Some(format!("{}s", seconds / 2)));
        with("without for".to_owned(), "for", None);
    }
    mutants
}

const SECONDS: &[(&str, u64)] = &[("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];

const OPERATORS: &[(&str, &str)] =
    &[("==", "!="), ("!=", "=="), (">=", "<"), ("<=", ">"), (">", "<"), ("<", ">")];

/// Other operators and limits. `#2` is the second comparison of the expression.
fn comparisons(expr: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, place) in operators(expr).into_iter().enumerate() {
        let operator = &expr[place.clone()];
        let mut with = |what: String, range: Range<usize>, text: &str| {
            let changed = format!("{}{text}{}", &expr[..range.start], &expr[range.end..]);
            found.push((format!("#{} {what}", at + 1), changed));
        };
        let mut others: Vec<&str> =
            OPERATORS.iter().filter(|(from, _)| *from == operator).map(|(_, to)| *to).collect();
        others.extend(match operator {
            ">" => &[">=", "!="][..],
            "<" => &["<=", "!="],
            _ => &[],
        });
        for other in others {
            with(format!("{operator} → {other}"), place.clone(), other);
        }
        let start = place.end + expr[place.end..].len() - expr[place.end..].trim_start().len();
        let length = expr[start..].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let Ok(limit) = expr[start..start + length].parse::<f64>() else { continue };
        // Of a count, one more and one less; of anything else half of it, and half as much again.
        let count = limit.fract() == 0.0 && limit < 10.0;
        let others = if count { [limit - 1.0, limit + 1.0] } else { [limit * 0.5, limit * 1.5] };
        for other in others {
            with(format!("{limit} → {other}"), start..start + length, &other.to_string());
        }
    }
    found
}

/// Comparisons outside of braces and quotes.
fn operators(expr: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut braces = 0_usize;
    let mut end = 0;
    for (at, c) in expr.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = (open != c).then_some(open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => braces += 1,
            (None, '}') => braces -= 1,
            (None, _) if braces == 0 && at >= end => {
                let operator =
                    OPERATORS.iter().map(|(operator, _)| operator).find(|it| expr[at..].starts_with(**it));
                if let Some(operator) = operator {
                    end = at + operator.len();
                    found.push(at..end);
                }
            }
            _ => {}
        }
    }
    found
}

/// Numbers in products, such as the hours of a forecast: four fifths of each.
fn factors(expr: &str) -> Vec<(String, String)> {
    let factor = regex::Regex::new(r"\b([0-9]+) \* [0-9]").expect("a pattern");
    let found = factor.captures_iter(expr).map(|found| found.get(1).expect("the number"));
    found
        .map(|number| {
            let less = number.as_str().parse::<f64>().expect("a number") * 0.8;
            let change = format!("{} → {less} in a product", number.as_str());
            (change, format!("{}{less}{}", &expr[..number.start()], &expr[number.end()..]))
        })
        .collect()
}

/// Each sum that is of several series, made the largest of them.
fn sums(expr: &str) -> Vec<(String, String)> {
    let sum = regex::Regex::new(r"\bsum\b").expect("a pattern");
    let places = sum.find_iter(expr).enumerate();
    places
        .map(|(at, found)| {
            let changed = format!("{}max{}", &expr[..found.start()], &expr[found.end()..]);
            (format!("sum #{} → max", at + 1), changed)
        })
        .collect()
}

fn matcher() -> regex::Regex {
    regex::Regex::new(r#"([a-z_]+)(=~|!~|!=|=)("[^"]*"|'[^']*')"#).expect("a pattern")
}

/// Text in which matchers were left out. A comma may stand behind the last one, and nowhere else.
fn tidy(text: &str) -> String {
    text.replace("{, ", "{").replace(", , ", ", ")
}

/// Each matcher left out where it stands, of labels that several selectors name.
fn each_matcher(expr: &str) -> Vec<(String, String)> {
    let all: Vec<regex::Match<'_>> = matcher().find_iter(expr).collect();
    let label = |found: &regex::Match<'_>| {
        found.as_str().split(['=', '!']).next().expect("a label before the operator").to_owned()
    };
    let labels: Vec<String> = all.iter().map(label).collect();
    let several = |name: &String| labels.iter().filter(|label| *label == name).count() > 1;
    let mut times = std::collections::BTreeMap::new();
    let mut found = Vec::new();
    for (place, label) in all.iter().zip(&labels) {
        let time = times.entry(label).or_insert(0);
        *time += 1;
        if label == "job" || !several(label) {
            continue;
        }
        let changed = format!("{}{}", &expr[..place.start()], &expr[place.end()..]);
        found.push((format!("without {label} #{time}"), tidy(&changed)));
    }
    found
}

/// Each label that series are chosen by, left out of all selectors. Whose job they are of is the compiler's.
fn matchers(expr: &str) -> Vec<(String, String)> {
    let matcher = matcher();
    let mut labels: Vec<String> = matcher.captures_iter(expr).map(|found| found[1].to_owned()).collect();
    labels.sort();
    labels.dedup();
    labels.retain(|label| label != "job");
    labels
        .into_iter()
        .map(|label| {
            let without = matcher.replace_all(expr, |found: &regex::Captures<'_>| {
                if found[1] == label { String::new() } else { found[0].to_owned() }
            });
            (format!("without {label}"), tidy(&without))
        })
        .collect()
}
