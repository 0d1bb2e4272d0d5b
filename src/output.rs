//! Writing artifacts below an output folder, so that nothing is lost.
//!
//! First it is found out what has to be done (`plan`): what differs, what is no longer generated, and whether a
//! person's file is in the way; then nothing is done, and all such files are told. Every new file is prepared
//! under a temporary name in its own folder, and only when all of them stand are they renamed into place
//! (`apply`). So no file is ever half-written, and a full disk or a missing permission is met before the first
//! one changes. A file that already says the same is left alone, with its time.
//!
//! Which files are infrac's stands in the `manifest`. It is the first thing a build changes, and for as long as it
//! writes, the manifest knows the old and the new content of every file: wherever a build is killed, the next one
//! can tell its remains from a person's files. `docs/writing.md` says what users may rely on.
#![expect(clippy::disallowed_methods, reason = "the one room that writes files")]

mod apply;
mod compare;
pub mod drift;
mod folders;
mod foreign;
mod keep;
mod lock;
pub mod manifest;
mod place;
mod plan;
mod problem;
mod record;
mod seen;
mod step;
mod temporary;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::target::{Artifact, Change, Compare, Lowered, Once, Weight};
use folders::MadeFolders;
use lock::Lock;
use manifest::State;
use place::Root;
use plan::Plan;
pub use problem::{Problem, Reason, WriteError};
use record::Record;

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Build {
    /// What each target makes.
    pub lowered: Vec<Lowered>,
    /// Whether these are all targets of the platform: then the files of every other one are no longer generated.
    pub whole: bool,
    /// Whether files of a person's are replaced and removed, and kept under another name.
    pub force: bool,
    /// The files that the platform was read from, by their paths without links: they are nobody's artifacts.
    pub sources: BTreeSet<PathBuf>,
    /// How targets hold files of theirs against those of an earlier build, by the name of the target.
    pub compare: Vec<(&'static str, Compare)>,
    /// Whether what the running system refuses is written all the same.
    pub recreate: bool,
    /// The first parts of paths where targets write at all: what a manifest lists elsewhere is not infrac's. Where there
    /// are none, they may write everywhere.
    pub places: &'static [&'static str],
    /// Folders and files of the project that services are built of or mount, without links: what stands there is no artifact,
    /// and nothing that a program takes for one.
    pub theirs: Vec<PathBuf>,
    /// The files that are written only where no person has one.
    pub once: &'static [Once],
}

impl Build {
    /// Every file with the name of its target.
    fn artifacts(&self) -> impl Iterator<Item = (&'static str, &Artifact)> {
        let of_one = |lowered: &Lowered| lowered.target;
        self.lowered
            .iter()
            .flat_map(move |it| it.artifacts.iter().map(move |artifact| (of_one(it), artifact)))
    }

    /// Whether a path below the output folder can be that of an artifact.
    fn can_write(&self, path: &str) -> bool {
        let first = path.split('/').next().unwrap_or(path);
        self.places.is_empty() || self.places.contains(&first)
    }

    /// Whether a file is written only where no person has one.
    fn once(&self, path: &str) -> Option<&'static Once> {
        self.once.iter().find(|once| once.path == path)
    }

    /// Whether a file is one that the platform is read from, or another source of the language.
    fn is_source(&self, place: &Path) -> bool {
        let real = std::fs::canonicalize(place);
        place.extension().is_some_and(|extension| extension == "infra")
            || real.is_ok_and(|real| self.sources.contains(&real))
    }

    /// Whether nothing is generated any more: the folder's environment has gone from the source.
    fn is_gone(&self) -> bool {
        self.whole && self.lowered.is_empty()
    }

    /// Whether what a target wrote earlier, and does not now, is to be removed.
    fn covers(&self, target: &str) -> bool {
        self.whole || self.lowered.iter().any(|lowered| lowered.target == target)
    }
}

/// What [`write()`] did, as paths below the output folder in the order of the artifacts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Files that are new or have changed.
    pub written: Vec<String>,
    /// Files that were left alone.
    pub unchanged: Vec<String>,
    /// Files that are no longer generated.
    pub removed: Vec<String>,
    /// Files of a person's that were replaced or removed.
    pub kept: Vec<Kept>,
    /// Files of a person's that stand where infrac would have written, do without it, and stay.
    pub left: Vec<Left>,
    /// What changes beyond the text of files, each with the folder of the file that says so.
    pub changes: Vec<(String, Change)>,
    /// Files of others that programs read with those that were written.
    pub foreign: Vec<String>,
    /// What was known of earlier builds.
    pub state: State,
}

/// A file of a person's that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What it is called.
    pub path: String,
    /// What the person may do.
    pub advice: &'static str,
}

/// A file of a person's, kept under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it was called.
    pub path: String,
    /// What it is called now.
    pub copy: String,
}

/// Writes artifacts below a folder, which is made where it is missing, and removes what an earlier build wrote and
/// this one does not. Files get the mode that the artifact has, new folders 0755, whatever the umask: containers that
/// mount them run as other users.
///
/// # Errors
///
/// Every path that stands against it; nothing has changed then. Where the system refuses in the midst of renaming,
/// every file is the old one or the new one, and the next build goes on from there.
pub fn write(folder: &Path, build: &Build) -> Result<Summary, WriteError> {
    let unread = |problem| WriteError { problems: vec![problem], state: State::Read };
    let mut made = MadeFolders::default();
    made.make_root(folder).map_err(unread)?;
    let mut root = Root::at(folder).map_err(unread)?;
    let lock =
        Lock::take(&root.real).map_err(|reason| unread(Problem { path: folder.to_owned(), reason }))?;
    let record = Record::read(&root).map_err(unread)?;
    if lock.is_held() {
        sweep(&mut root, &record, build);
    }
    let fail = |problems| WriteError { problems, state: record.state };
    let mut plan = Plan::new(&mut root, &record.manifest, build, build.force).map_err(fail)?;
    let (refused, changes) = compare::compare(&plan, &root, build);
    if !refused.is_empty() {
        return Err(fail(refused));
    }
    let foreign = std::mem::take(&mut plan.foreign);
    let summary = apply::apply(plan, &root, &record, &mut made).map_err(|problem| fail(vec![problem]))?;
    made.keep();
    if build.is_gone() {
        record
            .remove()
            .map_err(|error| fail(vec![root.problem(manifest::NAME, Reason::NotRemoved(error))]))?;
        folders::remove_if_empty(&root.real);
    }
    Ok(Summary { changes, foreign, ..summary })
}

/// Whether a folder holds what an earlier build wrote: it has a manifest, or a file with infrac's own line above it.
#[must_use]
pub fn is_built(folder: &Path, places: &[&str]) -> bool {
    folder.join(manifest::NAME).exists() || foreign::holds_generated(folder, places)
}

/// Removes the temporary files of a build that was killed: beside the manifest, and where that build was writing.
fn sweep(root: &mut Root, record: &Record, build: &Build) {
    temporary::sweep(&root.real);
    if record.manifest.unfinished || record.state == State::Missing {
        let known = record.manifest.files.keys().map(String::as_str);
        let paths = known.chain(build.artifacts().map(|(_, artifact)| artifact.path.as_str()));
        let folders: BTreeSet<&str> = paths.filter_map(|path| path.rsplit_once('/')).map(|it| it.0).collect();
        for folder in folders {
            // A folder that leads elsewhere is none that a build wrote to.
            if let Ok(place) = root.folder(folder) {
                temporary::sweep(&place);
            }
        }
    }
}
