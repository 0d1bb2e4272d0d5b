//! `infrac check`: what is wrong with a platform, as it is and with every environment, on every runtime of its targets.

use super::fix;
use super::report::{Report, count};
use super::variation;
use super::{CheckArguments, Failure, Outcome, meant};
use crate::Parsed;

pub(super) fn run(arguments: &CheckArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = meant::project(arguments.source.path.as_deref())?;
    if arguments.fix || arguments.diff {
        let fixed = fix::fixed(&project, arguments.source.env.as_deref());
        fixed.hand_over(&project, arguments, report)?;
    }
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let environment = arguments.source.env.as_deref();
    let whole = environment.is_none();
    let mut variations = variation::every(parsed, &loader, environment);
    let errors = variation::report(&mut variations, whole, &arguments.findings.denials(), &project, report);
    // The process ends here: to take a large platform apart piece by piece would cost as much as to check it.
    let variations = std::mem::ManuallyDrop::new(variations);
    match variations.first().and_then(|first| first.compilation.platform.as_ref()) {
        Some(platform) if !errors => {
            let services = count(platform.services.len(), "service");
            let networks = count(platform.networks.len(), "network");
            let connections = count(platform.edges.len(), "connection");
            report.result(&format!("{} is fine: {services}, {networks}, {connections}\n", platform.name))?;
            Ok(Outcome::Fine)
        }
        _ => Ok(Outcome::SourceErrors),
    }
}
