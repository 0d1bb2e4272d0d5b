//! What a build says of files: those that stand in its way, those that it found or left, and what changes for who reads them.

use std::fmt::Write as _;
use std::path::Path;

use super::Failure;
use super::report::{Report, count};
use crate::diagnostic::codes;
use crate::diagnostic::machine::Finding;
use crate::formats::{self, Format};
use crate::hash::IndexMap;
use crate::output::manifest::{self, State};
use crate::output::{Reason, Summary, WriteError};
use crate::platform::{Platform, Runtime};
use crate::target::Target;

/// The way past files of a person's.
const BY_FORCE: &str = "take such a file away, or keep it as NAME.orig and go on with `--force`";

/// Why nothing is written, and what helps.
pub(super) fn refused(folder: &Path, error: &WriteError, report: &Report) -> Failure {
    warn_of_damage(folder, error.state, report);
    let [first, rest @ ..] = error.problems.as_slice() else { return Failure::System(error.to_string()) };
    let mut message = error.to_string();
    if !rest.is_empty() {
        message = format!("nothing is written\n{}", message.replace('\n', "\n  ").replacen("", "  ", 1));
    }
    if first.reason.yields_to_force() || rest.iter().any(|problem| problem.reason.yields_to_force()) {
        let _ = write!(message, "\nhelp: {BY_FORCE}");
    }
    if error.problems.iter().any(|problem| problem.reason.yields_to_recreate()) {
        message
            .push_str("\nhelp: take the change back, or do what is said above and go on with `--recreate`");
    }
    let findings = error.problems.iter().map(|problem| {
        let code = match problem.reason {
            Reason::Foreign | Reason::Link => codes::ART004,
            Reason::Edited => codes::ART003,
            Reason::EditedAndStale | Reason::LeftOver => codes::ART005,
            _ => codes::ART007,
        };
        let help = problem.reason.yields_to_force().then_some(BY_FORCE);
        Finding::in_file(code, &problem.path.display().to_string(), &problem.to_string(), help)
    });
    Failure::Files(message, findings.collect())
}

pub(super) fn warn_of_damage(folder: &Path, state: State, report: &Report) {
    if let State::Damaged(lines) = state {
        let path = shown(folder).join(manifest::NAME);
        let lines = count(lines, "line");
        report.remark(&format!(
            "warning: `{}` is damaged: {lines} cannot be understood; what only they knew of is taken for a person's",
            path.display()
        ));
    }
}

/// Warns of files that programs read with those that were written, and infrac did not write.
pub(super) fn warn_of_foreign(folder: &Path, summary: &Summary, report: &Report) {
    for path in &summary.foreign {
        let place = shown(folder).join(path);
        report.remark(&format!(
            "warning: `{}` stands where programs read every file, and infrac did not write it",
            place.display()
        ));
    }
}

/// Warns of what changes for the system that runs the files: each change once, with the folders that it is of.
pub(super) fn warn_of_changes(folder: &Path, summary: &Summary, report: &Report) {
    let mut changes: IndexMap<(&str, Option<&str>), Vec<String>> = IndexMap::default();
    for (path, change) in &summary.changes {
        let place = shown(folder).join(path).display().to_string();
        changes.entry((&change.text, change.help.as_deref())).or_default().push(place);
    }
    for ((text, help), places) in &changes {
        let help = help.map(|help| format!("\n  {help}")).unwrap_or_default();
        report.remark(&format!("warning: {}: {text}{help}", places.join(", ")));
    }
}

/// Notes the files of a person's that stay where infrac would have written its own.
pub(super) fn note_what_stays(folder: &Path, summary: &Summary, report: &Report) {
    for left in &summary.left {
        let path = shown(folder).join(&left.path);
        report.remark(&format!(
            "note: `{}` is not infrac's and stays as it is: {}",
            path.display(),
            left.advice
        ));
    }
}

/// Warns of folders that services mount, and that neither this build nor an earlier one wrote: Docker makes them empty, and what
/// reads them does not start.
pub(super) fn warn_of_mounts(folder: &Path, platform: &Platform, named: &[&'static Target], report: &Report) {
    if platform.runtime != Runtime::Compose || !named.iter().any(|target| target.format == &formats::COMPOSE)
    {
        return;
    }
    let built = |format: &Format| named.iter().any(|target| target.format == format);
    for service in &platform.services {
        for mounted in service.artifacts.iter().filter(|mounted| !built(mounted.target)) {
            let source = mounted.source(service);
            if !folder.join(&source).exists() {
                report.remark(&format!(
                    "warning: `{}` mounts `{source}`, which target `{}` writes: build that, too",
                    service.path, mounted.target.name
                ));
            }
        }
    }
}

/// A path without a `./` before it.
pub(super) fn shown(folder: &Path) -> &Path {
    folder.strip_prefix(".").unwrap_or(folder)
}
