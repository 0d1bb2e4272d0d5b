//! Files that the compiler writes for a service, and how they get into its container.

use crate::source::Span;

/// The mode of a file of which the source says none: containers that mount it run as other users.
pub const FILE: u32 = 0o644;
/// The mode of a program of which the source says none.
pub const PROGRAM: u32 = 0o755;

/// A file that the compiler writes for a service.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it is in the container.
    pub path: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it holds.
    pub content: String,
    /// Whether it is a file of the project, which is passed on byte for byte.
    pub from_file: bool,
    /// Its mode on disk; whoever runs in the container can read it.
    pub mode: u32,
    /// Whether it comes with a component of the compiler.
    pub brought: bool,
    /// Where it stands in the source, when it was written there.
    pub span: Span,
}

/// Folders that images keep empty for files from outside, to be mounted as a whole.
///
/// Every other file is mounted by itself, since a folder would hide what the image holds there. A file
/// that is mounted by itself keeps its old content until the container is restarted, because it is
/// replaced by another one, not written to (moby/moby#15793).
const FOLDERS: &[&str] = &[
    // docker-entrypoint.sh of the databases of docker-library, which have it from one another.
    "docker-entrypoint-initdb.d",
];

impl ConfigFile {
    /// Its path without the first `/`, and without parts that lead elsewhere.
    #[must_use]
    pub fn below_root(&self) -> String {
        let parts: Vec<&str> =
            self.path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
        parts.join("/")
    }

    /// The folder that is mounted as a whole for it, without the first `/`; `None` where the file is mounted by itself.
    #[must_use]
    pub fn whole_folder(&self) -> Option<&'static str> {
        let path = self.below_root();
        let lies_in = |folder: &&str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        FOLDERS.iter().copied().find(lies_in)
    }
}
