//! Target terraform: the host in the cloud of AWS, for Terraform and OpenTofu.
//!
//! What the platform says stands in one folder for each environment, as values of a module that all of them share and that is
//! the same for every platform. `targets/terraform/README.md` says how each concept maps.

mod coverage;
mod root;
mod state;
mod user_data;

use super::{Artifact, Lower, Target, generated};
use crate::emit;
use crate::formats;
use crate::platform::Platform;

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::TERRAFORM,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs: super::no_needs,
    version: super::no_version,
    missed: super::no_misses,
    faults: super::no_faults,
    compare: None,
    lower: Lower::Platform(lower),
};

/// The versions of Terraform or OpenTofu, and of the provider. S3 keeps locks by itself since 1.10 of both
/// (hashicorp/terraform:CHANGELOG.md 1.10, opentofu/opentofu:CHANGELOG.md 1.10).
const VERSIONS: &str = include_str!("../../targets/terraform/versions.tf");

/// The module of the host, file by file.
const MODULE: &[(&str, &str)] = &[
    ("dns.tf", include_str!("../../targets/terraform/module/dns.tf")),
    ("machine.tf", include_str!("../../targets/terraform/module/machine.tf")),
    ("network.tf", include_str!("../../targets/terraform/module/network.tf")),
    ("outputs.tf", include_str!("../../targets/terraform/module/outputs.tf")),
    ("storage.tf", include_str!("../../targets/terraform/module/storage.tf")),
    ("variables.tf", include_str!("../../targets/terraform/module/variables.tf")),
    ("versions.tf", VERSIONS),
];

fn lower(platform: &Platform) -> Vec<Artifact> {
    let mut artifacts = module("platform", MODULE, platform);
    artifacts.extend(root(platform));
    artifacts.extend(state::bootstrap(platform));
    artifacts
}

/// The folder of a platform with what differs in its environment.
pub(super) fn root(platform: &Platform) -> Vec<Artifact> {
    let Some(host) = platform.hosts.first() else { return Vec::new() };
    let folder = format!("{}/{}", TARGET.format.root, folder(platform));
    let header = [generated(platform)];
    let mut files = vec![
        ("main.tf", emit::hcl::hcl(&header, &root::main(platform, host))),
        ("outputs.tf", emit::hcl::hcl(&header, &root::outputs(platform, host))),
        (user_data::FILE, user_data::user_data(platform)),
    ];
    files.extend(state::remote(platform).map(|remote| ("state.tf", emit::hcl::hcl(&header, &remote))));
    files.into_iter().map(|(name, content)| Artifact::new(format!("{folder}/{name}"), content)).collect()
}

/// The folder of an environment, below that of the target, and in the bucket of states.
pub(super) fn folder(platform: &Platform) -> String {
    match &platform.environment {
        Some(environment) => format!("environments/{environment}"),
        None => "base".to_owned(),
    }
}

/// A module, which is the same for every platform.
fn module(name: &str, files: &[(&str, &str)], platform: &Platform) -> Vec<Artifact> {
    let header = [generated(platform)];
    let file = |(file, text): &(&str, &str)| {
        let path = format!("{}/modules/{name}/{file}", TARGET.format.root);
        let content = emit::with_header(&path, &header, text);
        Artifact::new(path, content)
    };
    files.iter().map(file).collect()
}
