//! `infrac check`: what is wrong with a platform.

use super::project::Project;
use super::report::{Report, count};
use super::{CheckArguments, Failure, Outcome};
use crate::compile;

pub(super) fn run(arguments: &CheckArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.path.as_deref())?;
    let compilation = compile(&project.loader(), project.entry(), arguments.source.env.as_deref());
    report.diagnostics(&compilation);
    match &compilation.platform {
        Some(platform) if !compilation.has_errors() => {
            let services = count(platform.services.len(), "service");
            let networks = count(platform.networks.len(), "network");
            let connections = count(platform.edges.len(), "connection");
            report.result(&format!("{} is fine: {services}, {networks}, {connections}\n", platform.name))?;
            Ok(Outcome::Fine)
        }
        _ => Ok(Outcome::SourceErrors),
    }
}
