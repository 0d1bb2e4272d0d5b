//! Target alertmanager: who is told of which alerts, when, in which words, and what mutes what.
//!
//! `targets/alertmanager/README.md` tells how each concept maps.

mod config;
mod coverage;
mod matcher;
mod needs;
mod receiver;
mod route;

use super::{Artifact, Lower, Missed, Target, generated, overrides};
use crate::emit::{self, Node};
use crate::formats::{self, Place};
use crate::platform::{Platform, Role};

pub(super) use matcher::parts;
pub(super) use receiver::address;
pub(super) use route::{root_times, times};

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::ALERTMANAGER,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs: needs::needs,
    version: |platform| platform.settings.alertmanager.version,
    missed,
    lower: Lower::Platform(lower),
};

/// The words of messages. Everything in them is a definition, so that the header, which stands outside of them,
/// is in no message.
pub(super) const MESSAGES: &str = include_str!("../../targets/alertmanager/messages.tmpl");

fn lower(platform: &Platform) -> Vec<Artifact> {
    if platform.with_role(Role::Alerts).next().is_none() {
        return Vec::new();
    }
    let header = [generated(platform)];
    let nobody = nobody(platform);
    let config = config::config(platform, &nobody);
    let overridden =
        overrides::apply(TARGET.format, Place::Platform, &platform.overrides, &overrides::constant, || {
            Node::of(&config)
        });
    let config = overridden.unwrap_or_else(|| Node::of(&config));
    vec![
        artifact("alertmanager.yml", emit::yaml(&header, &config)),
        artifact("templates/messages.tmpl", format!("# {}\n\n{MESSAGES}", header[0])),
    ]
}

fn artifact(path: &str, content: String) -> Artifact {
    Artifact::new(format!("{}/{path}", TARGET.format.root), content)
}

/// What overrides remove and is not there.
fn missed(platform: &Platform) -> Vec<Missed> {
    let nobody = nobody(platform);
    overrides::missed(TARGET.format, Place::Platform, &platform.overrides, &overrides::constant, || {
        Node::of(&config::config(platform, &nobody))
    })
}

/// The name of who is told nothing: what no receiver is told of ends there.
pub(super) fn nobody(platform: &Platform) -> String {
    let mut name = "nobody".to_owned();
    while platform.observed.receivers.iter().any(|receiver| receiver.name == name) {
        name.push('-');
    }
    name
}
