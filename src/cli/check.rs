//! `infrac check`: what is wrong with a platform, as it is and with every environment.

use super::project::Project;
use super::report::{Report, count};
use super::{CheckArguments, Failure, Outcome};
use crate::{Compilation, compile};

pub(super) fn run(arguments: &CheckArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.path.as_deref())?;
    let chosen = arguments.source.env.as_deref();
    let compilation = compile(&project.loader(), project.entry(), chosen);
    report.diagnostics(&compilation);
    let mut errors = compilation.has_errors();
    if chosen.is_none() {
        let mut told = places(&compilation);
        for environment in &compilation.environments {
            let mut varied = compile(&project.loader(), project.entry(), Some(environment));
            // What holds without the environment, too, was told.
            let new = places(&varied);
            let mut new_one = new.iter().map(|place| !told.contains(place));
            varied.diagnostics.retain(|_| new_one.next().unwrap_or(true));
            if !varied.diagnostics.is_empty() {
                report.remark(&format!("in the environment `{environment}`:\n"));
                report.diagnostics(&varied);
            }
            errors |= varied.has_errors();
            told.extend(new);
        }
    }
    match &compilation.platform {
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

/// A diagnostic in the words that tell it from others, whatever else was compiled with it.
type Told = (&'static str, String, Option<(String, u32)>);

fn places(compilation: &Compilation) -> Vec<Told> {
    let place = |label: &crate::diagnostic::Label| {
        (compilation.sources.file(label.span.file).name().to_owned(), label.span.start)
    };
    let told = compilation.diagnostics.iter();
    told.map(|diagnostic| {
        (diagnostic.code.id, diagnostic.message.clone(), diagnostic.labels.first().map(place))
    })
    .collect()
}
