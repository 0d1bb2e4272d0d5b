//! Matchers (prometheus/alertmanager:docs/configuration.md, `<matcher>`).

use crate::platform::receiver::{LabelMatch, Wanted};

/// A match as Alertmanager writes it: `severity=~"critical|warning"`.
pub(super) fn matcher(one: &LabelMatch) -> String {
    let (op, value) = parts(one);
    format!("{}{op}\"{}\"", one.label, quoted(&value))
}

/// How a match compares, and with what.
pub(in crate::target) fn parts(one: &LabelMatch) -> (&'static str, String) {
    match one.values.as_slice() {
        [single] if !single.is_pattern() => (if one.negated { "!=" } else { "=" }, single.text.clone()),
        values => {
            let patterns: Vec<String> = values.iter().map(pattern).collect();
            (if one.negated { "!~" } else { "=~" }, patterns.join("|"))
        }
    }
}

/// A regular expression of the syntax RE2 for a text in which `*` stands for any other. A label that is not there is
/// empty for Alertmanager, and `*` alone asks for one that is.
fn pattern(wanted: &Wanted) -> String {
    if wanted.is_any_value() {
        return ".+".to_owned();
    }
    let parts: Vec<String> = wanted.text.split('*').map(regex::escape).collect();
    parts.join(".*")
}

/// The inside of a text between quotation marks, as Go reads it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::matcher;
    use crate::platform::receiver::LabelMatch;

    #[test]
    fn values_become_matchers() {
        for (values, negated, expected) in [
            (vec!["critical"], false, "x=\"critical\""),
            (vec!["critical"], true, "x!=\"critical\""),
            (vec!["a", "b"], false, "x=~\"a|b\""),
            (vec!["*"], false, "x=~\".+\""),
            (vec!["a", "*"], false, "x=~\"a|.+\""),
            (vec!["Mongodb*"], true, "x!~\"Mongodb.*\""),
            (vec!["a.b", "c|\"d\"*"], false, "x=~\"a\\\\.b|c\\\\|\\\"d\\\".*\""),
            (vec!["a.b\\"], false, "x=\"a.b\\\\\""),
        ] {
            assert_eq!(matcher(&LabelMatch::derived("x", &values, negated)), expected);
        }
    }
}
