//! The manifest: what earlier builds wrote to an output folder, as a text.
//!
//! ```text
//! # infrac manifest 1
//! # What `infrac build` wrote here: SHA-256, target, path. …
//! 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae compose docker/compose.infrastructure.yaml
//! ```
//!
//! A path may have several lines: then any of these contents is infrac's. So it is while a build writes (the
//! line `unfinished` says that), and after a merge of two manifests by a version control system.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::digest::Digest;
use crate::source::join;

/// What it is called, in the output folder.
pub const NAME: &str = ".infrac.manifest";

const VERSION: &str = "# infrac manifest 1";
const EXPLANATION: &str = "\
# What `infrac build` wrote here: SHA-256, target, path. By this file the next build knows what it may replace
# and remove. Keep it with the files; it is not to be edited.";
const UNFINISHED: &str = "unfinished";

/// What was known of earlier builds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The manifest was read.
    #[default]
    Read,
    /// There is none.
    Missing,
    /// Some lines of it cannot be understood; the number. What the others say holds.
    Damaged(usize),
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The target that generated it.
    pub(super) target: String,
    /// The contents that infrac gave it.
    pub(super) digests: BTreeSet<Digest>,
}

/// The files that infrac wrote, by their paths.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) files: BTreeMap<String, Entry>,
    /// Whether the build that wrote it may not have come to its end.
    pub(super) unfinished: bool,
}

impl Manifest {
    /// Reads a manifest. A line that cannot be understood is passed over, so that a damaged manifest knows
    /// less, and nothing wrong: a digest that fits is proof enough of whose file it is.
    pub(super) fn parse(text: &str) -> (Self, State) {
        let mut manifest = Self::default();
        let version = text.lines().next().unwrap_or_default();
        // The lines of another version may mean anything.
        let is_other = version != VERSION && version.starts_with("# infrac manifest ");
        let mut damaged = usize::from(version != VERSION);
        // Where the end of the last line is missing, so may be a part of its path.
        let (lines, rest) = text.rsplit_once('\n').unwrap_or(("", text));
        damaged += usize::from(!rest.is_empty());
        for line in lines.lines() {
            if line.is_empty() || line.starts_with('#') {
            } else if is_other {
                damaged += 1;
            } else if line == UNFINISHED {
                manifest.unfinished = true;
            } else if let Some((digest, target, path)) = understood(line) {
                manifest.add(&path, target, digest);
            } else {
                damaged += 1;
            }
        }
        manifest.unfinished |= damaged > 0;
        (manifest, if damaged > 0 { State::Damaged(damaged) } else { State::Read })
    }

    /// Notes a content of a file.
    pub(super) fn add(&mut self, path: &str, target: &str, digest: Digest) {
        let entry = self
            .files
            .entry(path.to_owned())
            .or_insert_with(|| Entry { target: target.to_owned(), digests: BTreeSet::new() });
        target.clone_into(&mut entry.target);
        entry.digests.insert(digest);
    }

    /// What holds while a build turns the one into the other.
    pub(super) fn between(before: &Self, after: &Self) -> Self {
        let mut both = before.clone();
        for (path, entry) in &after.files {
            for digest in &entry.digests {
                both.add(path, &entry.target, *digest);
            }
        }
        Self { unfinished: true, ..both }
    }

    pub(super) fn print(&self) -> String {
        let mut text = format!("{VERSION}\n{EXPLANATION}\n");
        if self.unfinished {
            let _ = writeln!(text, "{UNFINISHED}");
        }
        for (path, entry) in &self.files {
            for digest in &entry.digests {
                let _ = writeln!(text, "{digest} {} {}", entry.target, escaped(path));
            }
        }
        text
    }
}

fn understood(line: &str) -> Option<(Digest, &str, String)> {
    let (digest, rest) = line.split_once(' ')?;
    let (target, path) = rest.split_once(' ')?;
    let path = path.replace("\\n", "\n").replace("\\r", "\r");
    // Only a path that infrac could have written to.
    let is_below = !path.is_empty() && join("", &path).as_deref() == Some(path.as_str());
    Some((Digest::parse(digest)?, target, path)).filter(|_| is_below && !target.is_empty())
}

/// A path in one line. A backslash is in no path that is written (`join`).
fn escaped(path: &str) -> String {
    path.replace('\n', "\\n").replace('\r', "\\r")
}
