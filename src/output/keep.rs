//! Copies of a person's files, made before `--force` replaces or removes them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::seen::Seen;
use super::step;

/// Keeps a file as `NAME.orig`, or `NAME.orig.2` and so on where that is taken by another content; returns what
/// comes behind the name. An earlier copy is never overwritten.
pub(super) fn keep(place: &Path) -> io::Result<String> {
    let mut number = 1_u32;
    loop {
        let suffix = if number == 1 { ".orig".to_owned() } else { format!(".orig.{number}") };
        let copy = beside(place, &suffix);
        match step::copy_to(place, &copy) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if is_copy(place, &copy) {
                    return Ok(suffix);
                }
            }
            done => return done.map(|()| suffix),
        }
        number += 1;
    }
}

fn beside(place: &Path, suffix: &str) -> PathBuf {
    let mut name = place.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    place.with_file_name(name)
}

/// Whether an earlier build, which did not come further, has kept it already.
fn is_copy(place: &Path, copy: &Path) -> bool {
    match (Seen::at(place), Seen::at(copy)) {
        (Ok(Seen::Link), Ok(Seen::Link)) => {
            matches!((fs::read_link(place), fs::read_link(copy)), (Ok(a), Ok(b)) if a == b)
        }
        (Ok(Seen::File { bytes, .. }), Ok(Seen::File { bytes: of_copy, .. })) => {
            bytes == of_copy && matches!((fs::read(place), fs::read(copy)), (Ok(a), Ok(b)) if a == b)
        }
        _ => false,
    }
}
