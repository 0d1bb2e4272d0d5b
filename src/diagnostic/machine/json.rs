//! One object with everything that is known.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Finding, Level};

/// What a command found, as one object. A later version of infrac may add keys; none goes or changes its meaning while
/// `format` stays the same.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Findings of infrac")]
pub struct Document<'a> {
    /// The version of this format.
    format: u32,
    /// The program that found it.
    tool: Tool,
    /// How much was found.
    summary: Summary,
    /// What was found, in the order of the sources; what holds in an environment or on a runtime alone stands behind the rest.
    findings: &'a [Finding],
}

/// The program.
#[derive(Debug, Serialize, JsonSchema)]
struct Tool {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// How much was found.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// The errors.
    errors: usize,
    /// The warnings.
    warnings: usize,
}

/// The version of the format.
const FORMAT: u32 = 1;

pub(super) fn print(findings: &[Finding]) -> String {
    let number = |level| findings.iter().filter(|finding| finding.severity == level).count();
    let document = Document {
        format: FORMAT,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: Summary { errors: number(Level::Error), warnings: number(Level::Warning) },
        findings,
    };
    format!("{}\n", super::pretty(&document))
}
