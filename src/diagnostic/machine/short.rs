//! A line each, as compilers and editors have it.

use std::fmt::Write as _;

use super::Finding;

pub(super) fn print(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        if let Some(place) = finding.primary() {
            let _ = write!(out, "{}:{}:{}: ", one_line(&place.file), place.start.line, place.start.column);
        }
        let text = one_line(&finding.text().replace('\n', "; "));
        let _ = writeln!(out, "{}[{}]: {text}", finding.severity.name(), finding.code);
    }
    out
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
