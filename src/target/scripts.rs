//! Target scripts: what operators run on the host, `infra.mk` and `scripts/`.
//!
//! The scripts are programs of the compiler's own (`targets/scripts/`), the same for every platform. What they know of it stands in
//! `scripts/lib/platform.sh`, which [`facts`] writes: so nothing that a person wrote is ever part of a program.
//! `targets/scripts/README.md` says how each concept maps, and why.

mod coverage;
mod facts;
mod goals;
mod quote;
mod setup;
mod table;

pub(super) use self::facts::secrets::form;
pub(super) use self::quote::word;
pub(super) use self::setup::required as kernel_settings;
use super::{Artifact, Lower, Target, generated};
use crate::emit;
use crate::formats;
use crate::platform::{PROGRAM, Platform};

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
const DEPLOY: &str = include_str!("../../targets/scripts/deploy.sh");
const BEFORE: &str = include_str!("../../targets/scripts/lib/deploy/before.sh");
const BUILD: &str = include_str!("../../targets/scripts/lib/deploy/build.sh");
const ENGINE: &str = include_str!("../../targets/scripts/lib/deploy/engine.sh");
const RECORD: &str = include_str!("../../targets/scripts/lib/deploy/record.sh");
const REMOTE: &str = include_str!("../../targets/scripts/lib/deploy/remote.sh");
const ROTATE: &str = include_str!("../../targets/scripts/rotate.sh");
const ROTATION: &str = include_str!("../../targets/scripts/lib/rotate.sh");
const COMMON: &str = include_str!("../../targets/scripts/lib/common.sh");
const BACKUP_LIB: &str = include_str!("../../targets/scripts/lib/backup.sh");
const COPY_LIB: &str = include_str!("../../targets/scripts/lib/copy.sh");
/// How much data there is: it runs in any shell.
pub(super) const COUNTS: &str = include_str!("../../targets/scripts/lib/counts.sh");
const BACKUP: &str = include_str!("../../targets/scripts/backup.sh");
const INSTALL_TIMERS: &str = include_str!("../../targets/scripts/install-timers.sh");
const RESTORE: &str = include_str!("../../targets/scripts/restore.sh");
const JUDGE: &str = include_str!("../../targets/scripts/lib/judge.sh");
const HEALTH: &str = include_str!("../../targets/scripts/health-check.sh");
const STACK: &str = include_str!("../../targets/scripts/stack.sh");
const SECRETS: &str = include_str!("../../targets/scripts/secrets.sh");

/// Whether a script fills in secrets.
pub(super) fn fill_secrets(platform: &Platform) -> bool {
    facts::secrets::are_there(platform)
}

/// Whether a script changes secrets.
pub(super) fn rotate(platform: &Platform) -> bool {
    facts::rotate::is_there(platform)
}

fn lower(platform: &Platform) -> Vec<Artifact> {
    let header = [generated(platform)];
    let file = |path: &str, text: &str| {
        let path = format!("scripts/{path}");
        let text = emit::with_header(&path, &header, text);
        Artifact::new(path, text)
    };
    let program = |path: &str, text: &str| file(path, text).with_mode(PROGRAM);
    let mut artifacts = vec![
        program("deploy.sh", DEPLOY),
        file("lib/deploy/before.sh", BEFORE),
        file("lib/deploy/build.sh", BUILD),
        file("lib/deploy/engine.sh", ENGINE),
        file("lib/deploy/record.sh", RECORD),
        file("lib/deploy/remote.sh", REMOTE),
        file("lib/common.sh", COMMON),
        file("lib/env.sh", ENV),
        file("lib/judge.sh", JUDGE),
        file("lib/platform.sh", &facts::text(platform)),
        program("stack.sh", STACK),
        program("health-check.sh", HEALTH),
    ];
    if facts::secrets::are_there(platform) {
        artifacts.push(program("secrets.sh", SECRETS));
    }
    if !platform.backups.is_empty() {
        artifacts.extend([
            file("lib/backup.sh", BACKUP_LIB),
            file("lib/copy.sh", COPY_LIB),
            file("lib/counts.sh", COUNTS),
            program("backup.sh", BACKUP),
            program("restore.sh", RESTORE),
            program("install-timers.sh", INSTALL_TIMERS),
        ]);
    }
    if facts::rotate::is_there(platform) {
        artifacts.extend([program("rotate.sh", ROTATE), file("lib/rotate.sh", ROTATION)]);
    }
    if let Some(text) = setup::text(platform) {
        artifacts.push(program("setup-aws.sh", &text));
    }
    artifacts.extend(goals::artifacts(platform));
    artifacts
}
