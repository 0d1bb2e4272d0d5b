//! Temporary files: what they are called, so that a later build knows those a killed one has left.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

const PREFIX: &str = ".infrac-";
const SUFFIX: &str = ".part";
/// So many random letters and digits that no file of a user's is called so.
const RANDOM: usize = 12;

pub(super) fn create(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).suffix(SUFFIX).tempfile_in(folder)
}

/// Removes what a killed build has left in a folder. Nobody else may be building.
pub(super) fn sweep(folder: &Path) {
    // What cannot be listed or removed is in nobody's way.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_ours) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_ours(name: &str) -> bool {
    name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX)).is_some_and(|middle| {
        middle.len() == RANDOM && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
