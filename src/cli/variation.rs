//! One source compiled in several ways: with its environments, for its runtimes. What several of them say is shown once.

use crate::Compilation;
use crate::allow::Allows;
use crate::diagnostic::machine::Variant;
use crate::diagnostic::{Label, Severity, codes};
use crate::hash::HashSet;
use crate::platform::Runtime;

use super::findings::Denials;
use super::project::Project;
use super::report::{Counts, Origin, Report};

/// A source compiled in one way.
pub(super) struct Variation {
    pub(super) environment: Option<String>,
    pub(super) runtime: Runtime,
    pub(super) compilation: Compilation,
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
