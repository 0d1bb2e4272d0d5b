//! What targets write besides for environments of a platform.

use super::order::mounted;
use super::{Artifact, Files, docs, kubernetes, terraform};
use crate::formats;
use crate::parallel;
use crate::platform::Platform;

/// What Kubernetes' target writes for environments of a platform: an overlay over the platform as it
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

/// What Terraform's target writes for environments of a platform: a folder for each that is built with it, over the
/// module that all of them share.
#[must_use]
pub fn roots(environments: &[&Platform]) -> Vec<Artifact> {
    let built = environments.iter().filter(|platform| platform.targets.contains(&&formats::TERRAFORM));
    built.flat_map(|platform| terraform::root(platform)).collect()
}

/// What the documentation has for environments of a platform, so that all of it is read in one place.
#[must_use]
pub fn pages(environments: &[&Platform]) -> Vec<Artifact> {
    let built = environments.iter().filter(|platform| platform.targets.contains(&&formats::DOCS));
    built.flat_map(|platform| docs::beside(platform)).collect()
}
