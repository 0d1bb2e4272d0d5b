//! Where Terraform keeps its state: a bucket of S3, which locks by itself, and what makes it.

use super::{TARGET, VERSIONS, folder, generated, module};
use crate::emit::hcl::{self, Body, Value};
use crate::platform::Platform;
use crate::target::Artifact;

const MODULE: &[(&str, &str)] =
    &[("main.tf", include_str!("../../../targets/terraform/state/main.tf")), ("versions.tf", VERSIONS)];

/// The place of the state; `None` where it is a file beside the configuration.
pub(super) fn remote(platform: &Platform) -> Option<Body> {
    let settings = &platform.settings.terraform;
    let bucket = settings.state.as_ref()?;
    let region = settings.region.as_ref().map(|region| region.value.as_str());
    let remote = Body::default()
        .attribute("bucket", Value::text(&bucket.value))
        .attribute("key", Value::text(format!("{}/{}/terraform.tfstate", platform.name, folder(platform))))
        .attribute("region", Value::maybe(region))
        .attribute("encrypt", Value::Boolean(true))
        .attribute("use_lockfile", Value::Boolean(true));
    let terraform = Body::default().nested("backend", &["s3"], remote);
    let why =
        ["`terraform/bootstrap` makes the bucket. It locks by an object beside the state, without a table."];
    Some(Body::default().comment(&why).nested("terraform", &[], terraform))
}

/// What makes the bucket: it comes before all others, so its own state is a file.
pub(super) fn bootstrap(platform: &Platform) -> Vec<Artifact> {
    let settings = &platform.settings.terraform;
    let Some(bucket) = &settings.state else { return Vec::new() };
    let region = settings.region.as_ref().map(|region| region.value.as_str());
    let state = Body::default()
        .attribute("source", Value::text("../modules/state"))
        .attribute("bucket", Value::text(&bucket.value))
        .attribute("platform", Value::text(&platform.name));
    let policy = Body::default()
        .attribute("description", Value::text("The policy of those who apply: attach it to their role."))
        .attribute("value", Value::Expression("module.state.policy"));
    let main = Body::default()
        .comment(&[
            "Applied once, by one person, before the first environment. Its state is the file terraform.tfstate beside it, which",
            "holds no secret: keep it, or import the bucket where it is lost.",
        ])
        .nested("provider", &["aws"], Body::default().attribute("region", Value::maybe(region)))
        .nested("module", &["state"], state)
        .nested("output", &["policy"], policy);
    let mut artifacts = module("state", MODULE, platform);
    let header = [generated(platform)];
    let path = format!("{}/bootstrap/main.tf", TARGET.format.root);
    artifacts.push(Artifact::new(path, hcl::hcl(&header, &main)));
    artifacts
}
