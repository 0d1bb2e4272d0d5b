//! What a build has to do in an output folder: found out before anything is done.

mod once;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::foreign;
use super::manifest::{Entry, Manifest};
use super::place::Root;
use super::problem::{Problem, Reason};
use super::seen::{Seen, digest, holds, is_mode};
use super::{Build, Left};
use crate::hash::HashSet;
use crate::parallel;
use crate::target::Artifact;

/// What has to be done.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) writes: Vec<(&'a Artifact, Change)>,
    pub(super) removals: Vec<Change>,
    pub(super) unchanged: Vec<String>,
    /// Files of a person's that stay, and do without what would be written.
    pub(super) left: Vec<Left>,
    /// Paths that are no longer generated. Their folders may now be empty.
    pub(super) stale: Vec<String>,
    /// Files of others that programs read with those of the build.
    pub(super) foreign: Vec<String>,
    /// What holds when it is done.
    pub(super) after: Manifest,
    problems: Vec<Problem>,
}

/// A file that changes or goes.
pub(super) struct Change {
    pub(super) path: String,
    pub(super) place: PathBuf,
    /// What stood there when it was decided.
    pub(super) seen: Seen,
    /// Whether it is a person's, and is kept under another name.
    pub(super) keep: bool,
}

/// Whose a file is.
pub(super) enum Owner {
    /// It says what will be written.
    Same,
    Infrac,
    Person(Reason),
}

impl<'a> Plan<'a> {
    /// Decides what to do; with `force` also to files of a person's.
    ///
    /// # Errors
    ///
    /// Everything that stands against it.
    pub(super) fn new(
        root: &mut Root,
        before: &Manifest,
        build: &'a Build,
        force: bool,
    ) -> Result<Self, Vec<Problem>> {
        let mut plan = Self::default();
        let mut generated = BTreeSet::new();
        let artifacts: Vec<_> = build
            .artifacts()
            .map(|(target, artifact)| (target, artifact, root.place(&artifact.path)))
            .collect();
        // To look at what stands there is most of the work.
        let looked = parallel::map(&artifacts, |(_, artifact, place)| {
            place.as_ref().ok().map(|place| match look(place, before, artifact) {
                Ok((Seen::File { .. }, Owner::Infrac | Owner::Person(_)))
                    if build.sources.contains(place) =>
                {
                    Err(Reason::Source)
                }
                found => found,
            })
        });
        for ((target, artifact, place), found) in artifacts.into_iter().zip(looked) {
            generated.insert(artifact.path.as_str());
            if let (Some(once), Ok(place)) = (build.once(&artifact.path), &place)
                && let Some(stands) = once::stands(once, place, found.as_ref())
            {
                plan.left.extend(stands.left);
                // What was infrac's in its place is known, should the person take it back.
                let known = before.files.get(&artifact.path).cloned();
                plan.after.files.extend(known.map(|entry| (artifact.path.clone(), entry)));
                continue;
            }
            plan.after.add(&artifact.path, target, artifact.digest());
            let decided = match (place, found) {
                (Ok(place), Some(found)) => plan.write(root, force, artifact, place, found),
                (Err(problem), _) => Err(problem),
                (Ok(_), None) => Ok(()),
            };
            plan.problems.extend(decided.err());
        }
        for (path, entry) in before.files.iter().filter(|(path, _)| !generated.contains(path.as_str())) {
            // Whatever a manifest says of it, what was never infrac's to write is not its to remove.
            if !build.can_write(path) {
                continue;
            }
            if !build.covers(&entry.target) {
                plan.after.files.insert(path.clone(), entry.clone());
            } else if let Err(problem) = plan.remove(root, entry, build, force, path) {
                plan.problems.push(problem);
            }
        }
        let known: BTreeSet<&str> =
            generated.iter().copied().chain(before.files.keys().map(String::as_str)).collect();
        let found = foreign::find(root, build, &known);
        for path in found.left_over {
            plan.left_over(root, force, path);
        }
        plan.foreign = found.foreign;
        // What stands in the way of several files is told once.
        let mut told = HashSet::default();
        plan.problems.retain(|problem| told.insert(problem.to_string()));
        if plan.problems.is_empty() { Ok(plan) } else { Err(plan.problems) }
    }

    fn write(
        &mut self,
        root: &Root,
        force: bool,
        artifact: &'a Artifact,
        place: PathBuf,
        found: Result<(Seen, Owner), Reason>,
    ) -> Result<(), Problem> {
        let path = &artifact.path;
        let fail = |reason| root.problem(path, reason);
        let (seen, owner) = found.map_err(fail)?;
        let keep = match (owner, &seen) {
            (Owner::Same, Seen::File { mode, .. }) if !is_mode(*mode, artifact.mode) => false,
            (Owner::Same, _) => {
                self.unchanged.push(path.clone());
                return Ok(());
            }
            (Owner::Infrac, _) => false,
            (Owner::Person(reason), _) if force && reason.yields_to_force() => true,
            (Owner::Person(reason), _) => return Err(fail(reason)),
        };
        self.writes.push((artifact, Change { path: path.clone(), place, seen, keep }));
        Ok(())
    }

    /// Removes a file that infrac generated once and the manifest does not know. Nobody can say whether it was edited since, so
    /// it is kept under another name.
    fn left_over(&mut self, root: &mut Root, force: bool, path: String) {
        let seen = root.place(&path).and_then(|place| {
            let seen = Seen::at(&place).map_err(|reason| root.problem(&path, reason))?;
            Ok((place, seen))
        });
        match seen {
            Err(problem) => self.problems.push(problem),
            Ok(_) if !force => self.problems.push(root.problem(&path, Reason::LeftOver)),
            Ok((place, seen)) => {
                self.stale.push(path.clone());
                self.removals.push(Change { path, place, seen, keep: true });
            }
        }
    }

    /// Removes what is no longer generated, where it still is what infrac wrote.
    fn remove(
        &mut self,
        root: &mut Root,
        entry: &Entry,
        build: &Build,
        force: bool,
        path: &str,
    ) -> Result<(), Problem> {
        // Behind a link that leads elsewhere, or where there is no folder any more, nothing of ours is left.
        let Ok(place) = root.place(path) else { return Ok(()) };
        if build.is_source(&place) {
            return Ok(());
        }
        let fail = |reason| root.problem(path, reason);
        self.stale.push(path.to_owned());
        let seen = Seen::at(&place).map_err(fail)?;
        let keep = match &seen {
            Seen::Nothing | Seen::Other => return Ok(()),
            Seen::Link if force => true,
            Seen::Link => return Err(fail(Reason::Link)),
            Seen::File { .. } => {
                let digest = digest(&place).map_err(|error| fail(Reason::NotRead(error)))?;
                let is_ours = entry.digests.contains(&digest);
                if !is_ours && build.once(path).is_some() {
                    return Ok(());
                }
                if !is_ours && !force {
                    return Err(fail(Reason::EditedAndStale));
                }
                !is_ours
            }
        };
        self.removals.push(Change { path: path.to_owned(), place, seen, keep });
        Ok(())
    }
}

/// What stands where an artifact must be, and whose it is.
fn look(place: &Path, before: &Manifest, artifact: &Artifact) -> Result<(Seen, Owner), Reason> {
    let seen = Seen::at(place)?;
    let owner = owner(place, &seen, before, artifact)?;
    Ok((seen, owner))
}

/// Whose the file is that stands where an artifact must be.
fn owner(place: &Path, seen: &Seen, before: &Manifest, artifact: &Artifact) -> Result<Owner, Reason> {
    match seen {
        Seen::Nothing => return Ok(Owner::Infrac),
        Seen::Other => return Err(Reason::NotAFile),
        Seen::Link => return Ok(Owner::Person(Reason::Link)),
        Seen::File { .. } => {}
    }
    if holds(place, artifact.content.as_bytes()).map_err(Reason::NotRead)? {
        return Ok(Owner::Same);
    }
    match before.files.get(&artifact.path) {
        Some(entry) if entry.digests.contains(&digest(place).map_err(Reason::NotRead)?) => Ok(Owner::Infrac),
        Some(_) => Ok(Owner::Person(Reason::Edited)),
        None => Ok(Owner::Person(Reason::Foreign)),
    }
}
