//! `infrac build --check`: what stands on disk, held against what the source says.

mod typed;

use std::fmt::Write as _;
use std::ops::AddAssign;
use std::path::Path;

use similar::{ChangeTag, TextDiff};

use super::files::{refused, shown, warn_of_damage};
use super::report::{Report, count};
use super::{BuildArguments, Failure};
use crate::diagnostic::machine::Finding;
use crate::diagnostic::{Code, Guarded, codes};
use crate::output::drift::{self, Difference, Drifted};
use crate::output::{Build, manifest};

/// How many lines of a difference are shown: enough to see what it is about.
const MOST_LINES: usize = 12;

/// The largest file that is compared line by line, in bytes. Of a larger one only the fact that it differs is printed.
const LARGE: usize = 4 << 20;

/// How many files differ, and how many do not.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Total {
    same: usize,
    different: usize,
    /// Whether some of them yield to `--force` alone.
    edited: bool,
    /// Whether some of them stand there whatever a build writes.
    foreign: bool,
}

impl AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.same += other.same;
        self.different += other.different;
        self.edited |= other.edited;
        self.foreign |= other.foreign;
    }
}

impl Total {
    pub(super) fn differs(self) -> bool {
        self.different > 0
    }

    /// The last lines: how many, and what to do.
    pub(super) fn say(self, arguments: &BuildArguments, report: &Report) -> Result<(), Failure> {
        let all = count(self.same + self.different, "file");
        if !self.differs() {
            let are = if self.same == 1 { "is" } else { "are" };
            return report.result(&format!("{all} {are} as the source says\n"));
        }
        let differ = if self.different == 1 { "differs" } else { "differ" };
        report.result(&format!("{} of {all} {differ} from what the source says\n", self.different))?;
        let command = command(arguments);
        if self.foreign {
            report.remark(
                "help: move files away that infrac did not write, or bring what they hold into the source",
            );
        }
        let way_out = if self.edited {
            format!(
                "bring what was edited into the source; then `{command} --force` makes them so, and keeps the old ones as NAME.orig"
            )
        } else {
            format!("`{command}` makes them so")
        };
        report.remark(&format!("help: {way_out}"));
        Ok(())
    }
}

/// The command that writes what was compared.
fn command(arguments: &BuildArguments) -> String {
    let mut command = "infrac build".to_owned();
    if let Some(path) = &arguments.source.path {
        let _ = write!(command, " {}", path.display());
    }
    if arguments.all {
        command.push_str(" --all");
    }
    if let Some(environment) = &arguments.source.env {
        let _ = write!(command, " --env {environment}");
    }
    if let Some(out) = &arguments.out {
        let _ = write!(command, " --out {}", out.display());
    }
    if !arguments.targets.is_empty() {
        let targets: Vec<&str> = arguments.targets.iter().map(|target| target.format.name).collect();
        let _ = write!(command, " --target {}", targets.join(","));
    }
    command
}

/// Reports how a folder differs from what a build would write.
pub(super) fn report(
    folder: &Path,
    build: &Build,
    environment: Option<&str>,
    arguments: &BuildArguments,
    report: &Report,
) -> Result<Total, Failure> {
    let drift = drift::compare(folder, build).map_err(|error| refused(folder, &error, report))?;
    warn_of_damage(folder, drift.state, report);
    let mut total = Total { same: drift.same, different: drift.files.len(), ..Total::default() };
    for file in &drift.files {
        let name = shown(folder).join(&file.path).display().to_string();
        let (code, words) = words(file);
        total.edited |= matches!(
            file.difference,
            Difference::Edited | Difference::InTheWay | Difference::OrphanedAndEdited | Difference::LeftOver
        );
        total.foreign |= file.difference == Difference::Foreign;
        let lines = Lines::of(file);
        let finding = || {
            let help = help(file.difference, &command(arguments));
            let finding = Finding::in_file(code, &name, &format!("{name} {words}"), Some(&help));
            let finding = finding.in_environment(environment);
            match &lines.before {
                Some(before) => finding.at_line(lines.first, before),
                None => finding,
            }
        };
        if !report.found(finding) {
            report.result(&format!("{name} {words}\n"))?;
            report.shown(&lines.text)?;
        }
    }
    Ok(total)
}

/// The code of a difference, and the words behind the name of the file.
fn words(file: &Drifted<'_>) -> (&'static Code, &'static str) {
    match file.difference {
        Difference::Missing => (codes::ART001, "is missing"),
        Difference::Stale if file.path == manifest::NAME => (codes::ART002, "does not name these files"),
        Difference::Stale => (codes::ART002, "is stale"),
        Difference::Mode => (codes::ART002, "has another mode: who may read, write or run it"),
        Difference::Edited => (codes::ART003, "has been edited"),
        Difference::InTheWay => (codes::ART004, "is in the way: infrac did not write it"),
        Difference::Orphaned => (codes::ART005, "is no longer generated"),
        Difference::OrphanedAndEdited => (codes::ART005, "is no longer generated, and has been edited"),
        Difference::LeftOver => (codes::ART005, "is no longer generated, and the manifest does not know it"),
        Difference::Foreign => {
            (codes::ART006, "stands where programs read every file, and infrac did not write it")
        }
    }
}

fn help(difference: Difference, command: &str) -> String {
    match difference {
        Difference::Missing | Difference::Stale | Difference::Mode => format!("`{command}` writes it"),
        Difference::Orphaned => format!("`{command}` removes it"),
        Difference::Edited | Difference::OrphanedAndEdited => format!(
            "bring the change into the source; then `{command} --force` replaces it, and keeps it as NAME.orig"
        ),
        Difference::LeftOver => format!("remove it, or keep it as NAME.orig by `{command} --force`"),
        Difference::InTheWay => format!("move it away, or keep it as NAME.orig by `{command} --force`"),
        Difference::Foreign => "move it away, or bring what it holds into the source".to_owned(),
    }
}

/// The first lines in which a file differs.
struct Lines {
    /// The line of the file on disk at which it begins to differ.
    first: usize,
    /// What the file on disk holds; `None` where no line of it is meant.
    before: Option<String>,
    text: Guarded,
}

impl Lines {
    fn of(file: &Drifted<'_>) -> Self {
        let none = Self { first: 1, before: None, text: Guarded::default() };
        let differs =
            matches!(file.difference, Difference::Stale | Difference::Edited | Difference::InTheWay);
        let (Some(artifact), true) = (file.artifact, differs) else { return none };
        let Ok(before) = file.content() else { return none };
        if before.len().max(artifact.content.len()) > LARGE {
            return none;
        }
        let before = String::from_utf8_lossy(&before);
        let difference = TextDiff::from_lines(before.as_ref(), artifact.content.as_str());
        let changed = difference.iter_all_changes().find(|change| change.tag() != ChangeTag::Equal);
        let line = changed.and_then(|change| change.old_index().or(change.new_index())).unwrap_or_default();
        let text = difference.unified_diff().context_radius(1).to_string();
        let all = text.lines().count();
        let mut shown: String = text.lines().take(MOST_LINES).flat_map(|line| [line, "\n"]).collect();
        if all > MOST_LINES {
            let _ = writeln!(shown, "… {} more", count(all - MOST_LINES, "line"));
        }
        // What somebody wrote into a generated file may be a secret. What infrac writes asks for one by its name, and that is shown.
        let across = typed::across_lines(&before);
        let guarded = Guarded::of_sources(&shown, &[before.as_ref(), artifact.content.as_str(), &across]);
        let text = guarded.but_for(&shown, |line| {
            let rest = without_references(line);
            line.starts_with(['+', ' ']) && rest != line && Guarded::of_sources(&rest, &[]).as_str() == rest
        });
        Self { first: line + 1, before: Some(before.into_owned()), text }
    }
}

/// A line without what asks the operator for a value: `${NAME:?why}`.
fn without_references(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once("${") {
        out.push_str(before);
        let Some((_, after)) = behind.split_once('}') else { return line.to_owned() };
        rest = after;
    }
    out.push_str(rest);
    out
}
