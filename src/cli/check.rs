//! `infrac check`: what is wrong with a platform, as it is and with every environment, on every runtime of its targets.

use super::fix;
use super::project::Project;
use super::report::{Report, count};
use super::variation::{self, Variation};
use super::{CheckArguments, Failure, Outcome};
use crate::platform::Runtime;
use crate::source::Loader;
use crate::{Parsed, parallel};

/// The size of a source, in bytes, from which its variations are compiled one after another. A small platform is
/// compiled sooner where each of them has a processor. A large one divides its own work among all processors, and
/// several at the same time want the room of several, which the system has to clear.
const LARGE: usize = 512 * 1024;

pub(super) fn run(arguments: &CheckArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.path.as_deref())?;
    if arguments.fix || arguments.diff {
        let fixed = fix::fixed(&project, arguments.source.env.as_deref());
        fixed.hand_over(&project, arguments, report)?;
    }
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let environment = arguments.source.env.as_deref();
    let whole = environment.is_none();
    let mut variations = every(parsed, &loader, environment);
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

/// Compiles a source as it is and with each of its environments, or with the one that is named, for each of its runtimes.
/// The source without an environment comes first, because most findings belong to it.
pub(super) fn every(parsed: Parsed, loader: &Loader<'_>, environment: Option<&str>) -> Vec<Variation> {
    let environments = match environment {
        Some(environment) => vec![Some(environment.to_owned())],
        None => std::iter::once(None).chain(parsed.environments().into_iter().map(Some)).collect(),
    };
    let runtimes = parsed.runtimes();
    let ways = runtimes.iter().flat_map(|runtime| environments.iter().map(|it| (it.clone(), *runtime)));
    let mut ways: Vec<(Option<String>, Runtime)> = ways.collect();
    // A clone of the source for each but one.
    let of_clone = |(environment, runtime): &(Option<String>, Runtime)| Variation {
        compilation: parsed.clone().compile(loader, environment.as_deref(), *runtime),
        environment: environment.clone(),
        runtime: *runtime,
    };
    // Only what is said of it is needed. To take the rest apart here is to have its room for the next.
    let said = |mut variation: Variation| {
        variation.compilation.platform = None;
        variation
    };
    if ways.len() > 1 && parsed.size() < LARGE {
        return parallel::map_whole(&ways, |way| {
            let is_first = Some(way) == ways.first();
            if is_first { of_clone(way) } else { said(of_clone(way)) }
        });
    }
    let (environment, runtime) = ways.remove(0);
    let rest: Vec<Variation> = ways.iter().map(|way| said(of_clone(way))).collect();
    let compilation = parsed.compile(loader, environment.as_deref(), runtime);
    std::iter::once(Variation { environment, runtime, compilation }).chain(rest).collect()
}
