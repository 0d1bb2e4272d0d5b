//! What `write` promises, step by step: at every change of the file system a build is made to fail, and to end.

mod basics;
mod edited;
mod manifest;
mod once;
mod stale;
pub(super) mod stop;
mod stopped;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use super::{Build, Summary, WriteError, write};
use crate::target::{Artifact, Lowered};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const NAME: &str = super::manifest::NAME;

fn file(path: &str, content: &str) -> Artifact {
    Artifact::new(path, content.to_owned())
}

/// A build of one target, which is all there are.
fn whole(artifacts: &[Artifact]) -> Build {
    let lowered = vec![Lowered { target: "compose", artifacts: artifacts.to_vec() }];
    Build {
        lowered,
        whole: true,
        force: false,
        compare: Vec::new(),
        recreate: false,
        sources: BTreeSet::new(),
        places: &[],
        theirs: Vec::new(),
        once: &[],
    }
}

fn build(folder: &Path, artifacts: &[Artifact]) -> std::result::Result<Summary, WriteError> {
    write(folder, &whole(artifacts))
}

fn forced(folder: &Path, artifacts: &[Artifact]) -> std::result::Result<Summary, WriteError> {
    write(folder, &Build { force: true, ..whole(artifacts) })
}

/// What stands against a build, without the folder.
fn refusal(folder: &Path, artifacts: &[Artifact]) -> Result<String> {
    let error = build(folder, artifacts).err().ok_or("written")?;
    Ok(error.to_string().replace(&format!("{}/", folder.display()), ""))
}

/// Every path below a folder but the manifest, sorted.
fn tree(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(here)? {
            let path = entry?.path();
            let below = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            if below != NAME {
                found.push(below);
            }
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every path below a folder with its content, the manifest too.
fn contents(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut paths = tree(folder)?;
    if folder.join(NAME).exists() {
        paths.push(NAME.to_owned());
    }
    let read = |path: String| {
        let place = folder.join(&path);
        let content = if place.is_dir() { "(folder)".to_owned() } else { fs::read_to_string(place)? };
        Ok((path, content))
    };
    paths.into_iter().map(read).collect()
}
