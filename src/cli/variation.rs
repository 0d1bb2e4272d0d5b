//! One source compiled in several ways: with its environments, for its runtimes. What several of them say is shown once.

use crate::allow::Allows;
use crate::diagnostic::machine::Variant;
use crate::diagnostic::{Label, Severity, codes};
use crate::hash::HashSet;
use crate::platform::Runtime;
use crate::source::Loader;
use crate::{Compilation, Parsed, parallel};

use super::findings::Denials;
use super::project::Project;
use super::report::{Counts, Origin, Report};

/// The size of a source, in bytes, from which its variations are compiled one after another. A small platform is
/// compiled sooner where each of them has a processor. A large one divides its own work among all processors, and
/// several at the same time want the room of several, which the system has to clear.
const LARGE: usize = 512 * 1024;

/// A source compiled in one way.
pub(super) struct Variation {
    pub(super) environment: Option<String>,
    pub(super) runtime: Runtime,
    pub(super) compilation: Compilation,
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

/// Draws what all variations say, each diagnostic once: under the first that says it. Whether one of them has errors.
/// `whole` says that these are all that the source has.
pub(super) fn report(
    variations: &mut [Variation],
    whole: bool,
    denials: &Denials,
    project: &Project,
    report: &Report,
) -> bool {
    if whole {
        unused(variations);
    }
    unwritten(variations);
    for diagnostic in variations.iter_mut().flat_map(|it| &mut it.compilation.diagnostics) {
        if denials.denies(diagnostic.code) {
            diagnostic.severity = Severity::Error;
        }
    }
    let mut errors = false;
    let mut counts = Counts::default();
    let mut told: HashSet<Told> = HashSet::default();
    let first = variations.first().map(|first| (first.environment.clone(), first.runtime));
    for Variation { environment, runtime, compilation } in variations {
        let new = places(compilation);
        let mut new_one = new.iter().map(|place| !told.contains(place));
        compilation.diagnostics.retain(|_| new_one.next().unwrap_or(true));
        // What holds in the first one holds without saying where.
        let environment =
            environment.as_ref().filter(|_| first.as_ref().is_some_and(|it| it.0 != *environment));
        let elsewhere = first.as_ref().is_some_and(|it| it.1 != *runtime);
        let origin = Origin {
            folder: project.folder().to_owned(),
            entry: project.entry().to_owned(),
            variant: Variant {
                environment: environment.cloned(),
                runtime: elsewhere.then(|| runtime.word()),
            },
        };
        let words = [
            environment.map(|environment| format!("in the environment `{environment}`")),
            elsewhere.then(|| format!("on {}", runtime.name())),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        if !words.is_empty() && !compilation.diagnostics.is_empty() {
            report.remark(&format!("{}:\n", words.join(" ")));
        }
        counts += report.draw(&compilation.diagnostics, &compilation.sources, &origin);
        errors |= compilation.has_errors();
        told.extend(new);
    }
    report.total(counts);
    errors
}

/// Reports what the source allows and no variation needs.
fn unused(variations: &mut [Variation]) {
    // Where one of them has errors not everything was looked at.
    if variations.len() == 1 || variations.iter().any(|variation| variation.compilation.has_errors()) {
        return;
    }
    let allows: Vec<_> = variations.iter().map(|variation| &variation.compilation.allows).collect();
    let unused = Allows::unused_in_all(&allows);
    for (variation, unused) in variations.iter_mut().zip(unused) {
        variation.compilation.diagnostics.extend(unused);
    }
}

/// Takes back that something is in no artifact, where a platform of another runtime writes it.
fn unwritten(variations: &mut [Variation]) {
    let is_unwritten = |told: &Told| told.0 == codes::TGT001.id;
    let of_each: Vec<Vec<Told>> = variations.iter().map(|variation| places(&variation.compilation)).collect();
    let around: Vec<_> = variations
        .iter()
        .map(|it| (it.environment.clone(), it.runtime, it.compilation.has_errors()))
        .collect();
    for (at, variation) in variations.iter_mut().enumerate() {
        let elsewhere = |told: &Told| {
            let others = around.iter().zip(&of_each).filter(|((environment, runtime, errors), _)| {
                *environment == variation.environment && *runtime != variation.runtime && !errors
            });
            others.clone().any(|(_, others)| !others.contains(told))
        };
        let mut kept = of_each[at].iter().map(|told| !is_unwritten(told) || !elsewhere(told));
        variation.compilation.diagnostics.retain(|_| kept.next().unwrap_or(true));
    }
}

/// The identity of a diagnostic across compilations: its code, its message and its first place.
type Told = (&'static str, String, Option<(String, u32)>);

fn places(compilation: &Compilation) -> Vec<Told> {
    let place =
        |label: &Label| (compilation.sources.file(label.span.file).name().to_owned(), label.span.start);
    let told = compilation.diagnostics.iter();
    told.map(|diagnostic| {
        (diagnostic.code.id, diagnostic.message.clone(), diagnostic.labels.first().map(place))
    })
    .collect()
}
