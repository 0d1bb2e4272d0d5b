//! The host in AWS, where target terraform makes it.

use serde::Serialize;

use super::commands::word;
use super::markdown::code;
use super::services;
use crate::formats;
use crate::platform::{Platform, Runtime};
use crate::target::terraform;

#[derive(Serialize)]
pub(super) struct Aws {
    host: String,
    size: String,
    image: String,
    disk: String,
    /// The account of the first login; empty where the image does not say it.
    user: String,
    /// The folder of Terraform.
    folder: String,
    state: bool,
    /// Whether scripts prepare the host, and bring the platform there.
    scripts: bool,
    environment: String,
    /// The folder of the platform on the host.
    path: String,
    rules: Vec<Rule>,
    /// The names that Terraform points at the host, and whether there are others.
    records: Vec<String>,
    by_hand: Vec<String>,
}

#[derive(Serialize)]
struct Rule {
    name: String,
    port: String,
    range: String,
}

impl Aws {
    pub(super) fn of(platform: &Platform, scripts: bool) -> Option<Self> {
        let host = platform.hosts.first()?;
        if platform.runtime != Runtime::Compose || !platform.targets.contains(&&formats::TERRAFORM) {
            return None;
        }
        let records: Vec<&str> = platform.records().into_iter().map(|(name, _)| name).collect();
        let by_hand = platform.sites.iter().map(|site| services::text(platform, &site.domain));
        let rule = |rule: &crate::platform::cloud::Ingress| Rule {
            name: code(&rule.name),
            port: code(&format!("{}/{}", rule.protocol, rule.port)),
            range: code(&rule.range),
        };
        Some(Self {
            host: code(&host.name),
            size: code(host.instance_type()),
            image: host.image.as_deref().or(host.system().map(|it| it.name)).map(code).unwrap_or_default(),
            disk: code(&format!("{}GiB", host.data_disk())),
            user: host.system().map(|it| it.user.to_owned()).unwrap_or_default(),
            folder: format!("{}/{}", formats::TERRAFORM.root, terraform::folder(platform)),
            state: platform.settings.terraform.state.is_some(),
            scripts,
            path: word(&platform.install_path()),
            environment: platform.environment.clone().unwrap_or_default(),
            rules: platform.ingress().iter().map(rule).collect(),
            by_hand: by_hand.filter(|name| !records.contains(&name.as_str())).map(|it| code(&it)).collect(),
            records: records.into_iter().map(code).collect(),
        })
    }
}
