//! Files that no build wrote, where programs read whatever stands in a folder: found without the manifest.
//!
//! There are two kinds. A file with infrac's own line above it was generated once, whatever the manifest says of it: it is
//! left over. Any other file in a folder that is mounted whole is a person's, and the program that reads the folder takes it for
//! one of the platform's.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Build;
use super::place::Root;
use crate::formats;
use crate::target::GENERATED;

/// How much of a file is read to find the line of infrac in it.
const HEAD_BYTES: u64 = 512;

/// How many lines may stand above it: a script names its shell first.
const HEAD_LINES: usize = 3;

/// What was found, as paths below the output folder, in their order.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files with the line of infrac, which nothing generates any more.
    pub(super) left_over: Vec<String>,
    /// Files of others, in folders that are read whole.
    pub(super) foreign: Vec<String>,
}

/// Looks through the folders where a build writes. `known` are the paths that are generated, or that the manifest knows.
pub(super) fn find(root: &Root, build: &Build, known: &BTreeSet<&str>) -> Found {
    let mut found = Found::default();
    let whole = read_whole(build);
    let mut folders: BTreeSet<String> = if build.whole {
        build.places.iter().map(|place| (*place).to_owned()).collect()
    } else {
        BTreeSet::new()
    };
    if !build.whole {
        folders.extend(build.lowered.iter().filter_map(|it| Some(formats::find(it.target)?.root.to_owned())));
    }
    let mut look = |path: &str, place: &Path| {
        if known.contains(path)
            || build.is_source(place)
            || build.theirs.iter().any(|it| place.starts_with(it))
        {
            return;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if is_copy(name) {
        } else if is_generated(place) {
            found.left_over.push(path.to_owned());
        } else if whole.iter().any(|folder| is_below(path, folder)) && is_read(name) {
            found.foreign.push(path.to_owned());
        }
    };
    for folder in &folders {
        walk(&root.real, folder, &mut look);
    }
    found
}

/// Whether a folder holds a file that infrac once generated in one of its places.
pub(super) fn holds_generated(folder: &Path, places: &[&str]) -> bool {
    let mut holds = false;
    for place in places {
        walk(folder, place, &mut |path, place| {
            holds |= !is_copy(path.rsplit('/').next().unwrap_or(path)) && is_generated(place);
        });
    }
    holds
}

/// The folders that services mount whole: those of formats that write for services, where this build writes there.
fn read_whole(build: &Build) -> Vec<String> {
    let mut folders = Vec::new();
    for lowered in &build.lowered {
        let Some(format) = formats::find(lowered.target).filter(|format| !format.folders.is_empty()) else {
            continue;
        };
        for artifact in &lowered.artifacts {
            let Some(below) = artifact.path.strip_prefix(format.root).and_then(|it| it.strip_prefix('/'))
            else {
                continue;
            };
            let reader = below.split_once('/').map(|(reader, _)| reader);
            let folder = match reader.filter(|_| format.per_reader) {
                Some(reader) => format!("{}/{reader}", format.root),
                None => format.root.to_owned(),
            };
            if folders.last() != Some(&folder) && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    folders
}

/// Every file at or below a path of the output folder; links are not followed, and what cannot be read is passed over: no
/// build has written there.
fn walk(root: &Path, path: &str, look: &mut dyn FnMut(&str, &Path)) {
    let mut open: Vec<(String, PathBuf)> = vec![(path.to_owned(), root.join(path))];
    while let Some((path, place)) = open.pop() {
        let Ok(found) = fs::symlink_metadata(&place) else { continue };
        if found.is_file() {
            look(&path, &place);
            continue;
        }
        // Below a source of its own lies another project.
        if !found.is_dir() || place.join("platform.infra").exists() {
            continue;
        }
        let Ok(entries) = fs::read_dir(&place) else { continue };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        open.extend(names.into_iter().map(|name| (format!("{path}/{name}"), place.join(&name))));
    }
}

/// Whether the first lines of a file say that infrac generated it.
fn is_generated(place: &Path) -> bool {
    let Ok(file) = fs::File::open(place) else { return false };
    let mut head = Vec::new();
    if file.take(HEAD_BYTES).read_to_end(&mut head).is_err() {
        return false;
    }
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.lines().take(HEAD_LINES);
    lines.any(|line| {
        let text = line.trim_start_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_punctuation());
        text.starts_with(GENERATED)
    })
}

/// Whether a file is a copy that `--force` has kept.
fn is_copy(name: &str) -> bool {
    let number =
        |rest: &str| rest.is_empty() || rest.strip_prefix('.').is_some_and(|it| it.parse::<u32>().is_ok());
    name.rsplit_once(".orig").is_some_and(|(_, rest)| number(rest))
}

/// Whether a program may take a file for one of the platform's: notes for people, and what tools keep out of sight, are neither.
fn is_read(name: &str) -> bool {
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    let is_config = ["yml", "yaml", "json", "conf", "tmpl"].contains(&kind);
    is_config || !(name.starts_with('.') || name.ends_with('~') || ["md", "swp"].contains(&kind))
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{is_copy, is_read};

    #[test]
    fn what_a_program_reads_is_known_by_its_name() {
        let read = ["evil.yml", ".evil.yml", "token", "a.orig.yml"];
        assert!(read.into_iter().all(is_read), "{read:?}");
        let not_read = ["README.md", ".gitkeep", ".a.yml.swp", "a.yml~"];
        assert!(!not_read.into_iter().any(is_read), "{not_read:?}");
        assert!(["a.yml.orig", "a.yml.orig.2"].into_iter().all(is_copy));
        assert!(!["a.orig.yml", "a.yml.original", "orig"].into_iter().any(is_copy));
    }
}
