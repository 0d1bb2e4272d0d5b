//! What runs before each commit and in continuous integration: the hooks by the real pre-commit, the action and the pipelines
//! by the commands that stand in them, the script that installs a release, and what machines read of findings.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests read the files of the repository, and run programs")]

#[path = "ci/documents.rs"]
mod documents;
#[path = "ci/fixes.rs"]
mod fixes;
#[path = "ci/formats.rs"]
mod formats;
#[path = "ci/hooks.rs"]
mod hooks;
#[path = "ci/install.rs"]
mod install;
#[path = "ci/pipelines.rs"]
mod pipelines;
#[path = "ci/release.rs"]
mod release;
#[path = "ci/server.rs"]
mod server;
#[path = "ci/workflows.rs"]
mod workflows;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::files::root;

/// A platform in the one style with two environments.
const PLATFORM: &str = r#"platform shop

network back

service api {
  image    = "shop/api:1.4" { base = "node:24-bookworm-slim" }
  networks = [back]
}

environment production {
  service api { init = true }
}

environment staging {}
"#;

/// The program that is tested.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_infrac");

/// Writes a file, and the folders above it.
fn write(path: impl AsRef<Path>, text: &str) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("a folder");
    fs::write(path, text).expect("a file can be written");
}

/// A file of the repository.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A program of one line of shell.
fn stand_in(path: &Path, line: &str) {
    write(path, &format!("#!/bin/sh\n{line}\n"));
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
}

/// A command in a folder with a home and nothing of the environment but `PATH`, which starts with some folders.
pub(crate) fn command(
    program: impl AsRef<std::ffi::OsStr>,
    folder: &Path,
    home: &Path,
    first: &[PathBuf],
) -> Command {
    let mut command = Command::new(program);
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let path = first.iter().cloned().chain(std::env::split_paths(&rest));
    let path: OsString = std::env::join_paths(path).expect("folders without a colon");
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null());
    command
}

/// Both streams.
fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command, which ends with a code, and returns what it says.
#[track_caller]
fn ends(command: &mut Command, code: i32) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{command:?} says:\n{said}");
    said
}

/// The files below a folder that git does not keep for itself, sorted.
fn tree(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() && !path.ends_with(".git") {
                folders.push(path);
            } else if path.is_file() {
                files.push(path.strip_prefix(folder).expect("it is below").display().to_string());
            }
        }
    }
    files.sort();
    files
}
