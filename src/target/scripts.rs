//! Target scripts: what operators run on the host, `infra.mk` and `scripts/`.
//!
//! The scripts are programs of the compiler's own (`targets/scripts/`), the same for every platform. What they know of it stands in
//! `scripts/lib/platform.sh`, which [`facts`] writes: so nothing that a person wrote is ever part of a program.
//! `targets/scripts/README.md` says how each concept maps, and why.

mod coverage;
mod facts;
mod goals;
mod quote;
mod secrets;

use super::{Artifact, Lower, PROGRAM, Target, generated};
use crate::emit;
use crate::formats;
use crate::platform::Platform;

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::SCRIPTS,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs: super::no_needs,
    version: super::no_version,
    missed: super::no_misses,
    faults: super::no_faults,
    compare: None,
    lower: Lower::Platform(lower),
};

/// The reader of `.env`: nothing of the file is run.
pub(super) const ENV: &str = include_str!("../../targets/scripts/lib/env.sh");
const COMMON: &str = include_str!("../../targets/scripts/lib/common.sh");
const JUDGE: &str = include_str!("../../targets/scripts/lib/judge.sh");
const STACK: &str = include_str!("../../targets/scripts/stack.sh");
const SECRETS: &str = include_str!("../../targets/scripts/secrets.sh");

fn lower(platform: &Platform) -> Vec<Artifact> {
    let header = [generated(platform)];
    let file = |path: &str, text: &str| {
        let path = format!("scripts/{path}");
        let text = emit::with_header(&path, &header, text);
        Artifact::new(path, text)
    };
    let program = |path: &str, text: &str| file(path, text).with_mode(PROGRAM);
    let mut artifacts = vec![
        file("lib/common.sh", COMMON),
        file("lib/env.sh", ENV),
        file("lib/judge.sh", JUDGE),
        file("lib/platform.sh", &facts::text(platform)),
        program("stack.sh", STACK),
    ];
    if secrets::are_there(platform) {
        artifacts.push(program("secrets.sh", SECRETS));
    }
    artifacts.extend(goals::artifacts(platform));
    artifacts
}
