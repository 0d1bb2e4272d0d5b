//! `infrac check`: what is wrong with a platform, as it is and with every environment.

use super::project::Project;
use super::report::{Report, count};
use super::{CheckArguments, Failure, Outcome};
use crate::allow::Allows;
use crate::source::Loader;
use crate::{Compilation, Parsed, parallel};

/// The size of a source, in bytes, from which its environments are compiled one after another. A small platform is
/// compiled sooner where each of them has a processor. A large one divides its own work among all processors, and
/// several at the same time want the room of several, which the system has to clear.
const LARGE: usize = 512 * 1024;

pub(super) fn run(arguments: &CheckArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.path.as_deref())?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let (mut compilation, mut varied) = match arguments.source.env.as_deref() {
        Some(environment) => (parsed.compile(&loader, Some(environment)), Vec::new()),
        None => with_every_environment(parsed, &loader),
    };
    unused(&mut compilation, &mut varied);
    report.diagnostics(&compilation);
    let mut errors = compilation.has_errors();
    let mut told = places(&compilation);
    for (environment, mut varied) in varied {
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
    // The process ends here: to take a large platform apart piece by piece would cost as much as to check it.
    let compilation = std::mem::ManuallyDrop::new(compilation);
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

/// Compiles a source as it is, and with each of its environments.
fn with_every_environment(parsed: Parsed, loader: &Loader<'_>) -> (Compilation, Vec<(String, Compilation)>) {
    let environments = parsed.environments();
    if environments.is_empty() {
        return (parsed.compile(loader, None), Vec::new());
    }
    // Only what is said of it is needed. To take the rest apart here is to have its room for the next.
    let said = |mut compilation: Compilation| {
        compilation.platform = None;
        compilation
    };
    let with = |environment: &str| said(parsed.clone().compile(loader, Some(environment)));
    if parsed.size() >= LARGE {
        let compiled: Vec<Compilation> = environments.iter().map(|name| with(name)).collect();
        return (parsed.compile(loader, None), environments.into_iter().zip(compiled).collect());
    }
    let variations: Vec<Option<&str>> =
        std::iter::once(None).chain(environments.iter().map(|name| Some(name.as_str()))).collect();
    let mut compiled = parallel::map_whole(&variations, |environment| match environment {
        Some(environment) => with(environment),
        None => parsed.clone().compile(loader, None),
    });
    let base = compiled.remove(0);
    (base, environments.into_iter().zip(compiled).collect())
}

/// Tells of what the source allows and nothing needs, whatever environment is put in.
fn unused(base: &mut Compilation, varied: &mut [(String, Compilation)]) {
    let mut all: Vec<&mut Compilation> =
        std::iter::once(base).chain(varied.iter_mut().map(|(_, it)| it)).collect();
    // Where one of them has errors not everything was looked at.
    if all.len() == 1 || all.iter().any(|compilation| compilation.has_errors()) {
        return;
    }
    let allows: Vec<_> = all.iter().map(|compilation| &compilation.allows).collect();
    let unused = Allows::unused_in_all(&allows);
    for (compilation, unused) in all.iter_mut().zip(unused) {
        compilation.diagnostics.extend(unused);
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
