//! Folders that come and go with the files in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::problem::{Problem, Reason};
use super::step;

/// The folders made for this run. Unless they are kept, those that are empty go with this value.
#[derive(Default)]
pub(super) struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    /// Makes a folder with all above it that is missing.
    pub(super) fn make(&mut self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.exists() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make(above)?;
        }
        if step::make_folder(folder)? {
            self.0.push(folder.to_owned());
        }
        Ok(())
    }

    /// Makes the output folder.
    pub(super) fn make_root(&mut self, folder: &Path) -> Result<(), Problem> {
        self.make(folder).map_err(|error| Problem { path: folder.to_owned(), reason: Reason::System(error) })
    }

    pub(super) fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that cannot be removed is not empty: a file has come into it meanwhile.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes a folder where nothing stands in it.
pub(super) fn remove_if_empty(folder: &Path) {
    // One that cannot be removed is not empty, or is the current one of somebody.
    let _ = step::remove_folder(folder);
}

/// Removes the folders of a path that stand empty, from the lowest one upwards, and never the root.
pub(super) fn remove_empty(root: &Path, path: &str) {
    let mut path = path;
    while let Some((folder, _)) = path.rsplit_once('/') {
        // What is not empty, is a link, or is gone, cannot be removed; then nothing above it is empty either,
        // unless it is gone.
        match step::remove_folder(&root.join(folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return,
            _ => path = folder,
        }
    }
}
