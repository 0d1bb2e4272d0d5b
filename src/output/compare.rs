//! Files that a build replaces, held against those that replace them: what the system that runs them would refuse.

use std::fs;

use super::place::Root;
use super::plan::Plan;
use super::problem::{Problem, Reason};
use super::{Build, Change, Compare, Weight};

/// What stands against writing, and what is worth a line.
pub(super) fn compare(plan: &Plan<'_>, root: &Root, build: &Build) -> (Vec<Problem>, Vec<(String, Change)>) {
    let (mut refused, mut told) = (Vec::new(), Vec::new());
    if build.compare.is_empty() {
        return (refused, told);
    }
    let written = plan.writes.iter().map(|(artifact, change)| (change, artifact.content.as_str()));
    let removed = plan.removals.iter().map(|change| (change, ""));
    for (change, new) in written.chain(removed) {
        let (folder, name) = change.path.rsplit_once('/').unwrap_or(("", &change.path));
        let Some((_, Compare { changes, .. })) =
            build.compare.iter().find(|(_, compare)| compare.file == name)
        else {
            continue;
        };
        // What cannot be read as text was written by nobody here, and nothing is known of it.
        let Ok(old) = fs::read_to_string(&change.place) else { continue };
        for found in changes(&old, new) {
            match found.weight {
                Weight::Refused if !build.recreate => {
                    refused.push(root.problem(&change.path, Reason::Refused(found)));
                }
                _ => told.push((folder.to_owned(), found)),
            }
        }
    }
    (refused, told)
}
