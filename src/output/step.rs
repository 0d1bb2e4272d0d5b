//! The changes of the file system, one function each. Tests stop a build before any of them.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::TempPath;

use super::temporary;

/// The mode of a copy.
const OWNER_ALONE: u32 = 0o600;

/// Where tests let a build fail or end.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "tests have another one")]
const fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
use super::tests::stop::step;

/// A temporary file in a folder, closed: a build may have more of them than a process may have files open.
pub(super) fn prepare(folder: &Path, content: &[u8], mode: u32) -> io::Result<TempPath> {
    step()?;
    let mut file = temporary::create(folder)?;
    step()?;
    file.write_all(content)?;
    step()?;
    set_mode(file.path(), mode)?;
    Ok(file.into_temp_path())
}

/// Puts a temporary file into its place, in one step: whoever looks sees the old file or the new one.
pub(super) fn put(file: TempPath, place: &Path) -> io::Result<()> {
    step()?;
    file.persist(place).map_err(|refused| refused.error)
}

pub(super) fn remove_file(place: &Path) -> io::Result<()> {
    step()?;
    fs::remove_file(place)
}

/// Removes a folder that is empty.
pub(super) fn remove_folder(place: &Path) -> io::Result<()> {
    step()?;
    fs::remove_dir(place)
}

/// Makes a folder; `false` where something stands there already.
pub(super) fn make_folder(place: &Path) -> io::Result<bool> {
    step()?;
    match fs::create_dir(place) {
        Ok(()) => set_mode(place, 0o755).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Copies a file or a link to another name, which must be free. The copy of a file has its time, and its owner alone reads it:
/// what a person wrote into it may be a secret.
pub(super) fn copy_to(place: &Path, other: &Path) -> io::Result<()> {
    step()?;
    if place.is_symlink() { link(&fs::read_link(place)?, other) } else { copy(place, other) }
}

/// A copy that stands under its name only when it is whole.
fn copy(place: &Path, other: &Path) -> io::Result<()> {
    let mut from = fs::File::open(place)?;
    let mut to = temporary::create(other.parent().unwrap_or(other))?;
    io::copy(&mut from, &mut to)?;
    set_mode(to.path(), OWNER_ALONE)?;
    to.as_file().set_modified(from.metadata()?.modified()?)?;
    to.into_temp_path().persist_noclobber(other).map_err(|refused| refused.error)
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_copy_keeps_the_time_and_is_its_owners_alone() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let [place, other] = ["a", "b"].map(|name| folder.path().join(name));
        fs::write(&place, "text")?;
        super::set_mode(&place, 0o644)?;
        let before = SystemTime::now() - Duration::from_hours(24);
        fs::File::options().append(true).open(&place)?.set_modified(before)?;
        super::copy(&place, &other)?;
        let (one, two) = (fs::metadata(&place)?, fs::metadata(&other)?);
        assert_eq!(one.modified()?, two.modified()?);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&two) & 0o777, 0o600);
        assert_eq!(fs::read_to_string(other)?, "text");
        Ok(())
    }
}
