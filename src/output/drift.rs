//! Drift: what an output folder holds that a build would change. Nothing is written to find it out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Build;
use super::lock::Lock;
use super::manifest::{self, State};
use super::place::Root;
use super::plan::{Change, Plan};
use super::problem::{Problem, Reason, WriteError};
use super::record::Record;
use super::seen::{Seen, holds};
use crate::target::Artifact;

/// How a file differs from what a build would leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// It is not there.
    Missing,
    /// It is what an earlier build wrote.
    Stale,
    /// Its content is right, and its mode is not.
    Mode,
    /// It has been edited since infrac wrote it.
    Edited,
    /// Something that infrac did not write stands in its place.
    InTheWay,
    /// An earlier build wrote it, and it is no longer generated.
    Orphaned,
    /// An earlier build wrote it, it has been edited since, and it is no longer generated.
    OrphanedAndEdited,
    /// An earlier build wrote it, the manifest does not know it, and it is no longer generated.
    LeftOver,
    /// Infrac did not write it, and programs read it with what infrac wrote.
    Foreign,
}

/// A file that a build would change.
#[derive(Debug)]
pub struct Drifted<'a> {
    /// Its path below the output folder.
    pub path: String,
    /// How it differs.
    pub difference: Difference,
    /// What a build would write; `None` where it would remove the file, and for the manifest.
    pub artifact: Option<&'a Artifact>,
    place: PathBuf,
}

impl Drifted<'_> {
    /// What stands there now.
    ///
    /// # Errors
    ///
    /// The system refuses to read it.
    pub fn content(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.place)
    }
}

/// How an output folder differs from what a build would leave.
#[derive(Debug, Default)]
pub struct Drift<'a> {
    /// The files that differ, in the order of the artifacts, those that are no longer generated behind them.
    pub files: Vec<Drifted<'a>>,
    /// How many files are as a build would write them.
    pub same: usize,
    /// What was known of earlier builds.
    pub state: State,
}

/// Compares an output folder with what a build would write there.
///
/// # Errors
///
/// What keeps a build from writing even by force: a folder in the place of a file, a file that cannot be read, another
/// build at work.
pub fn compare<'a>(folder: &Path, build: &'a Build) -> Result<Drift<'a>, WriteError> {
    let unread = |problem| WriteError { problems: vec![problem], state: State::Read };
    if !folder.exists() {
        let missing = |(_, artifact): (&str, &'a Artifact)| Drifted {
            path: artifact.path.clone(),
            difference: Difference::Missing,
            artifact: Some(artifact),
            place: folder.join(&artifact.path),
        };
        let files = build.artifacts().map(missing).collect();
        return Ok(Drift { files, same: 0, state: State::Missing });
    }
    let mut root = Root::at(folder).map_err(unread)?;
    let _lock =
        Lock::take(&root.real).map_err(|reason| unread(Problem { path: folder.to_owned(), reason }))?;
    let record = Record::read(&root).map_err(unread)?;
    let fail = |problems| WriteError { problems, state: record.state };
    let plan = Plan::new(&mut root, &record.manifest, build, true).map_err(fail)?;
    let known = |path: &str| record.manifest.files.contains_key(path);
    let mut files = Vec::new();
    for (artifact, change) in &plan.writes {
        let difference = match change {
            Change { seen: Seen::Nothing, .. } => Difference::Missing,
            Change { seen: Seen::File { .. }, keep: true, .. } if known(&change.path) => Difference::Edited,
            Change { keep: true, .. } => Difference::InTheWay,
            Change { place, .. } => {
                let same = holds(place, artifact.content.as_bytes())
                    .map_err(|error| fail(vec![root.problem(&change.path, Reason::NotRead(error))]))?;
                if same { Difference::Mode } else { Difference::Stale }
            }
        };
        files.push(drifted(change, difference, Some(artifact)));
    }
    files.extend(plan.removals.iter().map(|change| {
        let difference = match change.keep {
            true if known(&change.path) => Difference::OrphanedAndEdited,
            true => Difference::LeftOver,
            false => Difference::Orphaned,
        };
        drifted(change, difference, None)
    }));
    files.extend(plan.foreign.iter().map(|path| Drifted {
        path: path.clone(),
        difference: Difference::Foreign,
        artifact: None,
        place: root.real.join(path),
    }));
    if files.is_empty() && build.is_gone() && record.state != State::Missing {
        files.push(Drifted {
            path: manifest::NAME.to_owned(),
            difference: Difference::Orphaned,
            artifact: None,
            place: root.real.join(manifest::NAME),
        });
    }
    // Where files are right and the manifest does not know it, the next build could not tell whose they are.
    if files.is_empty() && !plan.after.files.is_empty() && !record.says(&plan.after) {
        let missing = record.state == State::Missing;
        files.push(Drifted {
            path: manifest::NAME.to_owned(),
            difference: if missing { Difference::Missing } else { Difference::Stale },
            artifact: None,
            place: root.real.join(manifest::NAME),
        });
    }
    Ok(Drift { files, same: plan.unchanged.len(), state: record.state })
}

fn drifted<'a>(change: &Change, difference: Difference, artifact: Option<&'a Artifact>) -> Drifted<'a> {
    Drifted { path: change.path.clone(), difference, artifact, place: change.place.clone() }
}
