//! Workflow commands, by which GitHub puts findings beside the lines of a pull request
//! (actions/toolkit:packages/core/src/command.ts).

use std::fmt::Write as _;

use super::Finding;

pub(super) fn print(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let mut properties = Vec::new();
        if let Some(place) = finding.primary() {
            properties.push(("file", place.file.clone()));
            properties.push(("line", place.start.line.to_string()));
            properties.push(("endLine", place.end.line.to_string()));
            // Columns are taken on one line only.
            if place.start.line == place.end.line {
                properties.push(("col", place.start.column.to_string()));
                properties.push(("endColumn", place.end.column.to_string()));
            }
        }
        properties.push(("title", format!("{} {}", finding.code, finding.name)));
        let properties: Vec<String> =
            properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
        let (command, properties) = (finding.severity.name(), properties.join(","));
        let _ = writeln!(out, "::{command} {properties}::{}", data(&finding.text()));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
