//! Writing artifacts below an output folder: all of them or none.
//!
//! Every file is prepared under a temporary name in its own folder, and only when all of them stand are
//! they renamed into place. So no file is ever half-written, and a full disk or a missing permission is
//! met before the first one changes. A file that already says the same is left alone, with its time.
#![expect(clippy::disallowed_methods, reason = "the one room that writes files")]

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::source::join;
use crate::target::Artifact;

#[cfg(test)]
mod tests;

/// What [`write()`] did, as paths below the output folder in the order of the artifacts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Files that are new or have changed.
    pub written: Vec<String>,
    /// Files that were left alone.
    pub unchanged: Vec<String>,
}

/// A path that cannot be written, and why.
#[derive(Debug)]
pub struct WriteError {
    /// The path, as the output folder was given.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why a path cannot be written.
#[derive(Debug)]
pub enum Reason {
    /// The system refuses, in its own words.
    System(io::Error),
    /// A link on the way leads out of the output folder.
    LinkOutside,
    /// A link on the way leads to nothing.
    LinkNowhere,
    /// Something else than a folder stands where a folder must be.
    NotAFolder,
    /// Something else than a file stands where the file must be.
    NotAFile,
    /// It is no path below the output folder.
    NotBelow,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.path.display())?;
        match &self.reason {
            Reason::System(error) => write!(f, "cannot be written: {error}"),
            Reason::LinkOutside => f.write_str("is a link that leads out of the output folder"),
            Reason::LinkNowhere => f.write_str("is a link that leads to nothing"),
            Reason::NotAFolder => f.write_str("must be a folder, and is something else"),
            Reason::NotAFile => f.write_str("must be a file, and is something else"),
            Reason::NotBelow => f.write_str("is no path below the output folder"),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            Reason::System(error) => Some(error),
            _ => None,
        }
    }
}

/// Writes artifacts below a folder, which is made where it is missing. Files get the mode 0644, programs
/// and new folders 0755, whatever the umask: containers that mount them run as other users.
///
/// # Errors
///
/// The first path that cannot be written. Nothing has changed then, unless the system refused to rename a
/// file that it had let us prepare.
pub fn write(folder: &Path, artifacts: &[Artifact]) -> Result<Summary, WriteError> {
    let mut made = MadeFolders::default();
    let root = made.root(folder)?;
    let mut summary = Summary::default();
    // Declared behind `made`, so that on the way out the files go before their folders.
    let mut prepared = Vec::new();
    for artifact in artifacts {
        let fail = |reason| WriteError { path: folder.join(&artifact.path), reason };
        let place = place(&root, folder, &artifact.path, &mut made)?;
        if says(&place, artifact).map_err(fail)? {
            summary.unchanged.push(artifact.path.clone());
        } else {
            let file = prepare(&place, artifact).map_err(|error| fail(Reason::System(error)))?;
            prepared.push((artifact, place, file));
        }
    }
    for (artifact, place, file) in prepared {
        file.persist(place).map_err(|refused| WriteError {
            path: folder.join(&artifact.path),
            reason: Reason::System(refused.error),
        })?;
        summary.written.push(artifact.path.clone());
    }
    made.keep();
    Ok(summary)
}

/// Where an artifact goes: `root` is canonical, and so is the result up to its last part.
fn place(root: &Path, shown: &Path, path: &str, made: &mut MadeFolders) -> Result<PathBuf, WriteError> {
    let mut shown = shown.to_owned();
    if path.is_empty() || join("", path).as_deref() != Some(path) {
        return Err(WriteError { path: shown.join(path), reason: Reason::NotBelow });
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut here = root.to_owned();
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        shown.push(part);
        let fail = |reason| WriteError { path: shown.clone(), reason };
        here.push(part);
        made.enter(&here).map_err(|error| fail(Reason::System(error)))?;
        here = inside(root, &here).map_err(fail)?;
        if !here.is_dir() {
            return Err(fail(Reason::NotAFolder));
        }
    }
    here.push(name);
    if here.is_symlink() {
        here = inside(root, &here).map_err(|reason| WriteError { path: shown.join(name), reason })?;
    }
    Ok(here)
}

/// The path without links, where it stays below `root`.
fn inside(root: &Path, path: &Path) -> Result<PathBuf, Reason> {
    let real = real(path)?;
    if real.starts_with(root) { Ok(real) } else { Err(Reason::LinkOutside) }
}

/// The path without links, where something stands that the system has let us make or find.
fn real(path: &Path) -> Result<PathBuf, Reason> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Reason::LinkNowhere,
        _ => Reason::System(error),
    })
}

/// Whether a file says what the artifact says, and may be run where that may be.
fn says(place: &Path, artifact: &Artifact) -> Result<bool, Reason> {
    let metadata = match fs::metadata(place) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Reason::System(error)),
    };
    if !metadata.is_file() {
        return Err(Reason::NotAFile);
    }
    Ok(metadata.len() == artifact.content.len() as u64
        && is_executable(&metadata) == artifact.executable
        && fs::read(place).is_ok_and(|bytes| bytes == artifact.content.as_bytes()))
}

/// A temporary file beside `place` with all that the artifact says.
fn prepare(place: &Path, artifact: &Artifact) -> io::Result<NamedTempFile> {
    let folder = place.parent().unwrap_or(place);
    let mut file = tempfile::Builder::new().prefix(".infrac-").tempfile_in(folder)?;
    file.write_all(artifact.content.as_bytes())?;
    set_mode(file.path(), if artifact.executable { 0o755 } else { 0o644 })?;
    Ok(file)
}

/// The folders made for this run. Unless they are kept, those that are empty go with this value.
#[derive(Default)]
struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    /// Makes the output folder with all above it that is missing; returns it without links.
    fn root(&mut self, folder: &Path) -> Result<PathBuf, WriteError> {
        let fail = |reason| WriteError { path: folder.to_owned(), reason };
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
        for path in missing.into_iter().rev() {
            self.enter(path).map_err(|error| fail(Reason::System(error)))?;
        }
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let root = real(here).map_err(fail)?;
        if root.is_dir() { Ok(root) } else { Err(fail(Reason::NotAFolder)) }
    }

    /// Makes a folder where nothing stands yet.
    fn enter(&mut self, folder: &Path) -> io::Result<()> {
        match fs::create_dir(folder) {
            Ok(()) => {
                self.0.push(folder.to_owned());
                set_mode(folder, 0o755)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn keep(mut self) {
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

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}
