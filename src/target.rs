//! The targets: what a platform is lowered to.
//!
//! A target is data and one function: which kinds of blocks it reads, what it cannot express, and
//! how it makes artifacts of a platform. It never fails: `resolve` and `check` have seen to that.

mod compose;

use crate::platform::Platform;

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where it goes, below the output folder, with `/` between its parts.
    pub path: String,
    /// What it holds.
    pub content: String,
    /// Whether it is a program.
    pub executable: bool,
}

/// What a target makes of a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// The target's name: one word.
    pub target: &'static str,
    /// Its files. No other target writes to their paths.
    pub artifacts: Vec<Artifact>,
}

/// A format that a platform is lowered to.
#[derive(Debug)]
pub struct Target {
    /// What `--target` calls it.
    pub name: &'static str,
    /// What it writes, in one line.
    pub purpose: &'static str,
    /// The kinds of blocks that it reads, as `block` or `block.field`.
    pub reads: &'static [&'static str],
    /// Fields that it cannot express, as `block.field`, each with the reason.
    pub cannot: &'static [(&'static str, &'static str)],
    /// Makes its artifacts. Told are the names of all targets that are built, its own among them. Targets
    /// are lowered at the same time, each knowing only the platform.
    pub lower: fn(&Platform, &[&str]) -> Vec<Artifact>,
}

/// Every target.
pub const TARGETS: &[Target] = &[compose::TARGET];

/// The target of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
