//! Carrying a plan out.

use std::path::Path;

use tempfile::TempPath;

use super::folders::{MadeFolders, remove_empty};
use super::keep::keep;
use super::manifest::{self, State};
use super::place::Root;
use super::plan::{Change, Plan};
use super::problem::{Problem, Reason};
use super::record::Record;
use super::{Kept, Summary, step};

/// Carries a plan out. Up to the first rename every failure leaves all as it was; behind it every file is the old
/// one or the new one, and the manifest knows both.
pub(super) fn apply(
    mut plan: Plan<'_>,
    root: &Root,
    record: &Record,
    made: &mut MadeFolders,
) -> Result<Summary, Problem> {
    let mut summary = Summary {
        unchanged: std::mem::take(&mut plan.unchanged),
        left: std::mem::take(&mut plan.left),
        state: record.state,
        ..Summary::default()
    };
    let of_manifest = |error| root.problem(manifest::NAME, Reason::System(error));
    if plan.writes.is_empty() && plan.removals.is_empty() {
        if !record.says(&plan.after) {
            if record.state == State::Missing && plan.after.files.is_empty() {
                return Ok(summary);
            }
            plan.stale.iter().for_each(|path| remove_empty(&root.real, path));
            record.replace(&plan.after).map_err(of_manifest)?;
        }
        return Ok(summary);
    }
    let opened = record.open(&plan.after).map_err(of_manifest)?;
    let prepared = match prepare(&plan, root, made, &mut summary) {
        Ok(prepared) => prepared,
        Err(problem) => {
            opened.undo();
            return Err(problem);
        }
    };
    for ((_, change), file) in plan.writes.iter().zip(prepared) {
        act(change, root, |place| step::put(file, place).map_err(Reason::System))?;
        summary.written.push(change.path.clone());
    }
    made.keep();
    for change in &plan.removals {
        act(change, root, |place| step::remove_file(place).map_err(Reason::NotRemoved))?;
        summary.removed.push(change.path.clone());
    }
    plan.stale.iter().for_each(|path| remove_empty(&root.real, path));
    opened.close().map_err(of_manifest)?;
    Ok(summary)
}

/// All that may fail for want of room or of rights: every new file beside its place, every copy.
fn prepare(
    plan: &Plan<'_>,
    root: &Root,
    made: &mut MadeFolders,
    summary: &mut Summary,
) -> Result<Vec<TempPath>, Problem> {
    let mut prepared = Vec::new();
    for (artifact, change) in &plan.writes {
        let folder = change.place.parent().unwrap_or(&root.real);
        let file = made
            .make(folder)
            .and_then(|()| step::prepare(folder, artifact.content.as_bytes(), artifact.mode));
        prepared.push(file.map_err(|error| root.problem(&change.path, Reason::System(error)))?);
    }
    let changes = plan.writes.iter().map(|(_, change)| change).chain(&plan.removals);
    for change in changes.filter(|change| change.keep) {
        let suffix =
            keep(&change.place).map_err(|error| root.problem(&change.path, Reason::System(error)))?;
        summary.kept.push(Kept { path: change.path.clone(), copy: format!("{}{suffix}", change.path) });
    }
    Ok(prepared)
}

/// Does something to a file, unless somebody else has done so in the meantime.
fn act(
    change: &Change,
    root: &Root,
    action: impl FnOnce(&Path) -> Result<(), Reason>,
) -> Result<(), Problem> {
    let done = change.seen.still(&change.place);
    done.and_then(|()| action(&change.place)).map_err(|reason| root.problem(&change.path, reason))
}
