//! Who reads whom: targets that read the files of others are lowered behind these.

use super::compose::env_example;
use super::{Artifact, Files, Lower, Lowered, Target, docs, find, kubernetes, terraform};
use crate::formats;
use crate::parallel;
use crate::platform::Platform;

/// Lowers a platform to targets; what each makes comes in the order of `targets`. A target that reads what services
/// mount is given it, also where the target that writes it is not among those that are asked for.
#[must_use]
pub fn lower(platform: &Platform, targets: &[&'static Target]) -> Vec<Lowered> {
    let mut first: Vec<&'static Target> = Vec::new();
    let mut readers = Vec::new();
    for target in targets {
        match target.lower {
            Lower::Platform(_) => first.push(target),
            Lower::Mounted(lower) => readers.push((target.format.name, lower)),
        }
    }
    let asked = first.len();
    if !readers.is_empty() {
        for mounted in platform.services.iter().flat_map(|service| &service.artifacts) {
            let is_there = first.iter().any(|target| target.format == mounted.target);
            first.extend(find(mounted.target.name).filter(|_| !is_there));
        }
    }
    let mut made = parallel::map(&first, |target| Lowered {
        target: target.format.name,
        artifacts: match target.lower {
            Lower::Platform(lower) => lower(platform),
            // What reads others is mounted by nobody: a test below.
            Lower::Mounted(_) => Vec::new(),
        },
    });
    let files = Files::new(made.iter().flat_map(|lowered| &lowered.artifacts));
    let of_readers: Vec<Lowered> = parallel::map(&readers, |(target, lower)| {
        let artifacts: Vec<Artifact> = lower(platform, &files);
        Lowered { target, artifacts }
    });
    made.truncate(asked);
    made.extend(of_readers);
    made.sort_by_key(|lowered| targets.iter().position(|target| target.format.name == lowered.target));
    made
}

/// What Kubernetes' target writes besides for environments of a platform: an overlay over the platform as it
/// stands for each that is built for Kubernetes, too.
#[must_use]
pub fn overlays(base: &Platform, environments: &[&Platform]) -> Vec<Artifact> {
    let of_base = mounted(base);
    let is_built = |platform: &&Platform| platform.targets.contains(&&formats::KUBERNETES);
    let built: Vec<&Platform> = environments.iter().copied().filter(is_built).collect();
    let made = parallel::map(&built, |platform| {
        let files = mounted(platform);
        let base = (base, &Files::new(&of_base));
        kubernetes::overlay(base, (platform, &Files::new(&files)))
    });
    let shared = kubernetes::of_environments(base, &built);
    made.into_iter().flatten().chain(shared).collect()
}

/// What Terraform's target writes besides for environments of a platform: a folder for each that is built with it, over the
/// module that all of them share.
#[must_use]
pub fn roots(environments: &[&Platform]) -> Vec<Artifact> {
    let built = environments.iter().filter(|platform| platform.targets.contains(&&formats::TERRAFORM));
    built.flat_map(|platform| terraform::root(platform)).collect()
}

/// What the documentation has besides for environments of a platform, so that all of it is read in one place.
#[must_use]
pub fn pages(environments: &[&Platform]) -> Vec<Artifact> {
    let built = environments.iter().filter(|platform| platform.targets.contains(&&formats::DOCS));
    built.flat_map(|platform| docs::beside(platform)).collect()
}

/// The files that services of a platform mount.
pub(super) fn mounted(platform: &Platform) -> Vec<Artifact> {
    let mut targets: Vec<&'static Target> = Vec::new();
    for mounted in platform.services.iter().flat_map(|service| &service.artifacts) {
        let is_there = targets.iter().any(|target| target.format == mounted.target);
        targets.extend(find(mounted.target.name).filter(|_| !is_there));
    }
    lower(platform, &targets).into_iter().flat_map(|lowered| lowered.artifacts).collect()
}

/// Leaves one file of what the operator sets, where targets of several runtimes write it: it says what each of them asks for.
/// `platforms` are the source on each of its runtimes, the first one first.
pub fn join(lowered: &mut [Lowered], platforms: &[&Platform]) {
    let is_example = |artifact: &Artifact| artifact.path == env_example::PATH;
    let mut writers = lowered.iter_mut().filter(|lowered| lowered.artifacts.iter().any(is_example));
    let (Some(first), Some(second)) = (writers.next(), writers.next()) else { return };
    second.artifacts.retain(|artifact| !is_example(artifact));
    for artifact in first.artifacts.iter_mut().filter(|artifact| is_example(artifact)) {
        *artifact = env_example::artifact(platforms);
    }
}

#[cfg(test)]
mod tests {
    use crate::target::{Lower, TARGETS};

    #[test]
    fn what_reads_the_files_of_others_is_mounted_by_nobody() {
        for target in TARGETS {
            let reads = matches!(target.lower, Lower::Mounted(_));
            assert!(!reads || target.format.folders.is_empty(), "{}", target.format.name);
        }
    }
}
