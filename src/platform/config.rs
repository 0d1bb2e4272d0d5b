//! Files that the compiler writes for a service, and how they get into its container.

use crate::source::Span;

/// A file that the compiler writes for a service.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it is in the container.
    pub path: String,
    /// What it holds.
    pub content: String,
    /// Its mode.
    pub mode: Option<String>,
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

    /// Whether it is a program: by its mode, or else by its first line.
    #[must_use]
    pub fn is_program(&self) -> bool {
        match self.mode.as_deref().and_then(|mode| u32::from_str_radix(mode, 8).ok()) {
            Some(mode) => mode & 0o111 != 0,
            None => self.content.starts_with("#!"),
        }
    }
}
