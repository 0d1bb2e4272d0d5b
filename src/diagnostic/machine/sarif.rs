//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), as far as code scanning services read it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Finding, Place, Replacement};
use crate::diagnostic::{CODES, Code};
use crate::digest::Digest;
use crate::hash::HashMap;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Value; 1],
}

pub(super) fn print(findings: &[Finding]) -> String {
    let mut rules: Vec<&Code> = Vec::new();
    for finding in findings {
        let code = CODES.iter().find(|code| code.id == finding.code);
        rules.extend(code.filter(|code| !rules.contains(*code)));
    }
    let mut times: HashMap<String, usize> = HashMap::default();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &rules, &mut times)).collect();
    let run = json!({
        "tool": { "driver": {
            "name": env!("CARGO_PKG_NAME"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.iter().map(|code| rule(code)).collect::<Vec<Value>>(),
        } },
        // Columns count characters and not the units of UTF-16.
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    format!("{}\n", super::pretty(&log))
}

fn rule(code: &Code) -> Value {
    let text = code.explanation.split_once('\n').map_or(code.explanation, |(_, rest)| rest).trim();
    let first = text.split("\n\n").next().unwrap_or(text).replace('\n', " ");
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": first },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": super::level(code.severity).name() },
    })
}

fn result(finding: &Finding, rules: &[&Code], times: &mut HashMap<String, usize>) -> Value {
    let mut result = BTreeMap::new();
    result.insert("ruleId", json!(finding.code));
    if let Some(at) = rules.iter().position(|code| code.id == finding.code) {
        result.insert("ruleIndex", json!(at));
    }
    result.insert("level", json!(finding.severity.name()));
    result.insert("message", json!({ "text": finding.text() }));
    if let Some(place) = finding.primary() {
        result.insert("locations", json!([location(place)]));
        let others = finding.places.iter().filter(|other| !other.shipped && *other != place);
        // Each once, as the schema asks: several services made of one template suffer at the same place of it.
        let mut related_places: Vec<Value> = Vec::new();
        for place in others.map(related) {
            if !related_places.contains(&place) {
                related_places.push(place);
            }
        }
        if !related_places.is_empty() {
            result.insert("relatedLocations", json!(related_places));
        }
    }
    result.insert("partialFingerprints", json!({ "finding/v1": fingerprint(finding, times) }));
    if !finding.edits.is_empty() {
        result.insert("fixes", json!([fix(&finding.edits, finding.help.as_deref())]));
    }
    json!(result)
}

fn location(place: &Place) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&place.file) },
        "region": region(place),
    } })
}

fn related(place: &Place) -> Value {
    let mut location = location(place);
    if !place.note.is_empty() {
        location["message"] = json!({ "text": place.note });
    }
    location
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// The changes by their files.
fn fix(edits: &[Replacement], help: Option<&str>) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in edits {
        files.entry(&edit.place.file).or_default().push(json!({
            "deletedRegion": region(&edit.place),
            "insertedContent": { "text": edit.text },
        }));
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(file, replacements)| {
            json!({ "artifactLocation": { "uri": uri(file) }, "replacements": replacements })
        })
        .collect();
    json!({ "description": { "text": help.unwrap_or("apply the change") }, "artifactChanges": changes })
}

/// What stays the same when lines move: of several alike, each has its number.
fn fingerprint(finding: &Finding, times: &mut HashMap<String, usize>) -> String {
    let file = finding.primary().map_or("", |place| place.file.as_str());
    let environment = finding.environment.as_deref().unwrap_or_default();
    let parts = [finding.code, file, environment, finding.runtime.unwrap_or_default(), &finding.message];
    let same = parts.join("\n");
    let time = times.entry(same.clone()).or_default();
    *time += 1;
    Digest::of(format!("{same}\n{time}").as_bytes()).to_string()
}

/// A path as a relative reference (RFC 3986): what is not allowed in one is written in percent.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
