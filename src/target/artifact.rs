//! The files of a build, and what a target sees of another's.

use crate::digest::{Digest, Hasher};
use crate::platform::{FILE, Service};

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where it goes, below the output folder, with `/` between its parts.
    pub path: String,
    /// Its mode on disk, as Unix has it: [`FILE`] or [`PROGRAM`](crate::platform::PROGRAM), or what the source says.
    pub mode: u32,
    /// What it holds.
    pub content: String,
    digest: Digest,
}

impl Artifact {
    /// A file of mode [`FILE`]: everybody reads it, and its owner alone writes it.
    #[must_use]
    pub fn new(path: impl Into<String>, content: String) -> Self {
        Self { path: path.into(), mode: FILE, digest: Digest::of(content.as_bytes()), content }
    }

    /// The same file with another mode.
    #[must_use]
    pub fn with_mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }

    /// The digest of the content that it was made with.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}

/// What other targets have written for services to mount.
#[derive(Debug, Default)]
pub struct Files<'a> {
    /// By their paths.
    sorted: Vec<&'a Artifact>,
}

impl<'a> Files<'a> {
    /// The view of some files.
    pub fn new(files: impl IntoIterator<Item = &'a Artifact>) -> Self {
        let mut sorted: Vec<&Artifact> = files.into_iter().collect();
        sorted.sort_by(|a, b| a.path.cmp(&b.path));
        Self { sorted }
    }

    /// The files below a folder of the output, in the order of their paths.
    #[must_use]
    pub fn below(&self, folder: &str) -> &[&'a Artifact] {
        let folder = format!("{folder}/");
        let start = self.sorted.partition_point(|file| file.path < folder);
        let behind = self.sorted.get(start..).unwrap_or_default();
        let end = behind.partition_point(|file| file.path.starts_with(&folder));
        behind.get(..end).unwrap_or_default()
    }

    /// The files of other targets that a service mounts, folder by folder.
    pub fn mounted(&self, service: &Service) -> impl Iterator<Item = &'a Artifact> {
        service.artifacts.iter().flat_map(|mounted| self.below(&mounted.source(service)).iter().copied())
    }
}

/// The digest of several files: of what `sha256sum` would print of them, with their modes. `None` without a file.
#[must_use]
pub fn digest<'a>(files: impl IntoIterator<Item = &'a Artifact>) -> Option<Digest> {
    let mut hasher = None;
    for file in files {
        let line = format!("{} {:o} {}\n", file.digest, file.mode, file.path);
        hasher.get_or_insert_with(Hasher::default).update(line.as_bytes());
    }
    hasher.map(Hasher::finish)
}

#[cfg(test)]
mod tests {
    use super::{Artifact, Files, digest};

    #[test]
    fn a_folder_holds_what_is_below_it_and_not_its_neighbours() {
        let files = ["a/b-c/x", "a/b/y", "a/b/c/z", "a/bc", "a/b"];
        let files = files.map(|path| Artifact::new(path, String::new()));
        let view = Files::new(&files);
        let below: Vec<&str> = view.below("a/b").iter().map(|file| file.path.as_str()).collect();
        assert_eq!(below, ["a/b/c/z", "a/b/y"]);
        assert_eq!(view.below("a/b/y").len(), 0);
    }

    #[test]
    fn a_digest_of_files_changes_with_whatever_is_seen_of_them() {
        let file = || Artifact::new("a", "content".to_owned());
        assert_eq!(digest([]), None);
        let of = |file: Artifact| digest([&file]);
        assert_eq!(of(file()), of(file()));
        for other in [
            file().with_mode(0o755),
            Artifact::new("b", "content".to_owned()),
            Artifact::new("a", "Content".to_owned()),
        ] {
            assert_ne!(of(other), of(file()));
        }
    }
}
