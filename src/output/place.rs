//! Where a path below the output folder leads.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::problem::{Problem, Reason};
use crate::source::join;

/// The output folder, and what is known of the folders in it.
pub(super) struct Root {
    /// Its path without links.
    pub(super) real: PathBuf,
    /// Its path as it was given.
    pub(super) shown: PathBuf,
    known: BTreeMap<String, PathBuf>,
}

impl Root {
    /// The root at a folder that exists.
    pub(super) fn at(folder: &Path) -> Result<Self, Problem> {
        let fail = |reason| Problem { path: folder.to_owned(), reason };
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let real = real(here).map_err(fail)?;
        if real.is_dir() {
            // No `./` before every path.
            let shown = folder.strip_prefix(".").unwrap_or(folder).to_owned();
            Ok(Self { real, shown, known: BTreeMap::new() })
        } else {
            Err(fail(Reason::NotAFolder))
        }
    }

    /// What is said of a path.
    pub(super) fn problem(&self, path: &str, reason: Reason) -> Problem {
        Problem { path: self.shown.join(path), reason }
    }

    /// Where a path leads: its folders without links, as far as they exist, and its name as it is.
    pub(super) fn place(&mut self, path: &str) -> Result<PathBuf, Problem> {
        if path.is_empty() || join("", path).as_deref() != Some(path) {
            return Err(self.problem(path, Reason::NotBelow));
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok(self.folder(folder)?.join(name))
    }

    /// A folder below the root, which may be missing.
    pub(super) fn folder(&mut self, path: &str) -> Result<PathBuf, Problem> {
        if path.is_empty() {
            return Ok(self.real.clone());
        }
        if let Some(known) = self.known.get(path) {
            return Ok(known.clone());
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let place = self.folder(above)?.join(name);
        let place = self.entered(place).map_err(|reason| self.problem(path, reason))?;
        self.known.insert(path.to_owned(), place.clone());
        Ok(place)
    }

    /// A folder without links, where it does not lead out of the root. One that is missing stays as it is.
    fn entered(&self, place: PathBuf) -> Result<PathBuf, Reason> {
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_dir() => Ok(place),
            Ok(found) if found.is_symlink() => {
                let real = real(&place)?;
                if !real.starts_with(&self.real) {
                    Err(Reason::LinkOutside)
                } else if real.is_dir() {
                    Ok(real)
                } else {
                    Err(Reason::NotAFolder)
                }
            }
            Ok(_) => Err(Reason::NotAFolder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(place),
            Err(error) => Err(Reason::System(error)),
        }
    }
}

/// The path without links, where something stands that the system lets us find.
fn real(path: &Path) -> Result<PathBuf, Reason> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Reason::LinkNowhere,
        _ => Reason::System(error),
    })
}
