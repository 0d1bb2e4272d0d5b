//! The manifest as a file: read, opened while a build writes, closed behind it.

use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::TempPath;

use super::manifest::{Manifest, NAME, State};
use super::place::Root;
use super::problem::{Problem, Reason};
use super::step;
use crate::target::FILE;

/// The manifest of an output folder, as an earlier build has left it.
pub(super) struct Record {
    place: PathBuf,
    /// What the file holds; nothing where there is none.
    bytes: Option<Vec<u8>>,
    pub(super) manifest: Manifest,
    pub(super) state: State,
}

impl Record {
    pub(super) fn read(root: &Root) -> Result<Self, Problem> {
        let place = root.real.join(NAME);
        let fail = |reason| root.problem(NAME, reason);
        match fs::symlink_metadata(&place) {
            Ok(found) if !found.is_file() => return Err(fail(Reason::NotAFile)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { place, bytes: None, manifest: Manifest::default(), state: State::Missing });
            }
            _ => {}
        }
        let bytes = fs::read(&place).map_err(|error| fail(Reason::NotRead(error)))?;
        let (manifest, state) = Manifest::parse(&String::from_utf8_lossy(&bytes));
        Ok(Self { place, bytes: Some(bytes), manifest, state })
    }

    /// Whether it says this already.
    pub(super) fn says(&self, manifest: &Manifest) -> bool {
        self.bytes.as_deref() == Some(manifest.print().as_bytes())
    }

    /// Notes what is about to be written, before it is: from now on both the old and the new contents are known as
    /// infrac's, so that a build that ends anywhere leaves no file that the next one would take for a person's.
    pub(super) fn open(&self, after: &Manifest) -> io::Result<Opened> {
        // All three are written first, so that neither the way on nor the way back needs room on the disk.
        let folder = self.place.parent().unwrap_or(&self.place);
        let prepare = |bytes: &[u8]| step::prepare(folder, bytes, FILE);
        let before = self.bytes.as_deref().map(prepare).transpose()?;
        let between = prepare(Manifest::between(&self.manifest, after).print().as_bytes())?;
        let after = prepare(after.print().as_bytes())?;
        step::put(between, &self.place)?;
        Ok(Opened { place: self.place.clone(), before, after })
    }

    /// Removes the manifest of a folder in which nothing of infrac's is left.
    pub(super) fn remove(&self) -> io::Result<()> {
        match step::remove_file(&self.place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Replaces the manifest where no file changes.
    pub(super) fn replace(&self, after: &Manifest) -> io::Result<()> {
        let folder = self.place.parent().unwrap_or(&self.place);
        step::put(step::prepare(folder, after.print().as_bytes(), FILE)?, &self.place)
    }
}

/// A manifest while files are written.
pub(super) struct Opened {
    place: PathBuf,
    before: Option<TempPath>,
    after: TempPath,
}

impl Opened {
    /// All is written.
    pub(super) fn close(self) -> io::Result<()> {
        step::put(self.after, &self.place)
    }

    /// Nothing is written.
    pub(super) fn undo(self) {
        // Where it cannot be undone, the manifest knows of contents that never were. That does no harm.
        let _ = match self.before {
            Some(before) => step::put(before, &self.place),
            None => step::remove_file(&self.place),
        };
    }
}
