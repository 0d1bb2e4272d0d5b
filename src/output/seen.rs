//! What stands at a place, as far as a decision depends on it.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::time::SystemTime;

use super::problem::Reason;
use crate::digest::{Digest, Hasher};
use crate::target::{FILE, PROGRAM};

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Nothing,
    File {
        bytes: u64,
        modified: Option<SystemTime>,
        /// Its mode; [`FILE`] where the system has none.
        mode: u32,
    },
    /// A link, to anything.
    Link,
    /// A folder, a device or the like.
    Other,
}

impl Seen {
    pub(super) fn at(place: &Path) -> Result<Self, Reason> {
        match fs::symlink_metadata(place) {
            Ok(found) if found.is_symlink() => Ok(Self::Link),
            Ok(found) if found.is_file() => Ok(Self::file(&found)),
            Ok(_) => Ok(Self::Other),
            // A folder on the way is missing, or there is a file instead.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(Self::Nothing)
            }
            Err(error) => Err(Reason::System(error)),
        }
    }

    fn file(found: &Metadata) -> Self {
        Self::File { bytes: found.len(), modified: found.modified().ok(), mode: mode(found) }
    }

    /// Fails where somebody has changed it since we looked.
    pub(super) fn still(&self, place: &Path) -> Result<(), Reason> {
        if Self::at(place)? == *self { Ok(()) } else { Err(Reason::Changed) }
    }
}

/// Whether a file holds these bytes.
pub(super) fn holds(place: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut rest = bytes;
    let mut same = true;
    pieces(place, |piece| {
        match rest.strip_prefix(piece) {
            Some(behind) => rest = behind,
            None => same = false,
        }
        same
    })?;
    Ok(same && rest.is_empty())
}

/// Reads a file piece by piece, for as long as more is asked for: an artifact may be larger than all else that a
/// build keeps in memory.
pub(super) fn pieces(place: &Path, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(place)?);
    loop {
        let piece = match file.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        let length = piece.len();
        if length == 0 || !take(piece) {
            return Ok(());
        }
        file.consume(length);
    }
}

/// Whether a mode is the one that is wanted. Where the source sets none, a working copy may let the group write, as version
/// control does under some umasks. Everything else changes what containers, which run as other users, can do with the file.
pub(super) fn is_mode(found: u32, wanted: u32) -> bool {
    const GROUP_WRITES: u32 = 0o020;
    if matches!(wanted, FILE | PROGRAM) { found & !GROUP_WRITES == wanted } else { found == wanted }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    FILE
}

/// The digest of a file's content.
pub(super) fn digest(place: &Path) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    pieces(place, |piece| {
        hasher.update(piece);
        true
    })?;
    Ok(hasher.finish())
}
