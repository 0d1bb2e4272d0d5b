//! Who reads whom: targets that read the files of others are lowered behind these.

use super::{Artifact, Files, Lower, Lowered, Target, find};
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

/// The files that services of a platform mount.
pub(super) fn mounted(platform: &Platform) -> Vec<Artifact> {
    let mut targets: Vec<&'static Target> = Vec::new();
    for mounted in platform.services.iter().flat_map(|service| &service.artifacts) {
        let is_there = targets.iter().any(|target| target.format == mounted.target);
        targets.extend(find(mounted.target.name).filter(|_| !is_there));
    }
    lower(platform, &targets).into_iter().flat_map(|lowered| lowered.artifacts).collect()
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
