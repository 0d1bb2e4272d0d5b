//! Target docs: a page for those who run the platform, and a runbook for each alert.
//!
//! Facts come from the platform, prose from components (`description`, `guide`) and from the templates, which are the same for every
//! platform. Each text of the source is put into Markdown by [`markdown`] alone, where it means nothing.
//! `targets/docs/README.md` says what becomes of each concept.

mod access;
mod alerts;
mod aws;
mod cluster;
mod commands;
mod copies;
mod coverage;
mod facts;
mod markdown;
mod place;
mod services;
mod stores;

use super::{Artifact, Lower, Target, generated_for};
use crate::emit::render;
use crate::formats;
use crate::platform::Platform;

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::DOCS,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs: super::no_needs,
    version: super::no_version,
    missed: super::no_misses,
    faults: super::no_faults,
    compare: None,
    lower: Lower::Platform(lower),
};

const PAGE: &str = include_str!("../../targets/docs/infrastructure.md.j2");
const RUNBOOK: &str = include_str!("../../targets/docs/runbook.md.j2");

fn lower(platform: &Platform) -> Vec<Artifact> {
    written(platform, &platform.pages_folder())
}

/// The pages of an environment, where the build of the platform as it stands has them.
pub(super) fn beside(platform: &Platform) -> Vec<Artifact> {
    written(platform, &platform.pages_beside())
}

fn written(platform: &Platform, folder: &str) -> Vec<Artifact> {
    // A comment of HTML ends at the first `--`.
    let generated =
        generated_for(platform, platform.environment.as_deref()).replace("--", "-").replace(['<', '>'], "");
    let facts = facts::facts(platform, generated.clone());
    let mut artifacts = vec![Artifact::new(format!("{folder}/INFRASTRUCTURE.md"), page(PAGE, &facts))];
    for runbook in alerts::runbooks(platform, &generated) {
        let path = format!("{folder}/runbooks/{}.md", runbook.file);
        artifacts.push(Artifact::new(path, page(RUNBOOK, &runbook)));
    }
    artifacts
}

/// A page. Parts that are left out leave empty lines behind, of which one is kept; inside of code all are.
fn page(template: &'static str, context: &impl serde::Serialize) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    let mut empty = true;
    for line in render(template, context).lines() {
        let mark = line.trim_start();
        let ticks: String = mark.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && mark.trim_end() == ticks => fence = None,
            None if ticks.len() >= 3 => fence = Some(ticks),
            _ => {}
        }
        let blank = line.trim().is_empty();
        if blank && fence.is_none() {
            if !empty {
                out.push('\n');
            }
            empty = true;
            continue;
        }
        empty = false;
        out.push_str(if fence.is_some() { line } else { line.trim_end() });
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
