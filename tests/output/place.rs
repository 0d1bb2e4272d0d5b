//! Platforms that are large enough to be interrupted, and the folders they are built into.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Files with their contents, by their paths.
pub(crate) type Files = BTreeMap<String, String>;

/// A platform of services with a configuration file each, in which `mark` stands. The first `common` of them have the
/// same names whatever the mark.
pub(crate) fn platform(mark: &str, services: usize, common: usize) -> String {
    let mut text = "platform big\n".to_owned();
    for number in 0..services {
        let name = if number < common { format!("s{number}") } else { format!("s{number}{mark}") };
        let content = format!("{mark} {number} ").repeat(100);
        let _ = writeln!(
            text,
            "service {name} {{\n  image = \"shop/api:1.4\" {{ base = \"node:24-bookworm-slim\" }}\n  config \"/etc/app/app.conf\" = \"{content}\"\n}}"
        );
    }
    text
}

/// A folder with sources, each built into `out`.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(sources: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for (name, text) in sources {
            fs::write(folder.path().join(name), text)?;
        }
        Ok(Self { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    /// `infrac build SOURCE --out out`.
    pub(crate) fn build(&self, source: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infrac"));
        command.args(["build", source, "--out", "out"]);
        self.here(&mut command);
        command
    }

    /// The same, from a shell that does something first.
    pub(crate) fn build_behind(&self, first: &str, source: &str) -> Command {
        let mut command = Command::new("sh");
        let line = format!("{first} && exec \"$0\" build \"$1\" --out out");
        command.args(["-c", &line, env!("CARGO_BIN_EXE_infrac"), source]);
        self.here(&mut command);
        command
    }

    fn here(&self, command: &mut Command) {
        command.current_dir(self.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    /// What a build of a source makes in an empty folder.
    pub(crate) fn clean(&self, source: &str) -> Result<Files> {
        let other = Self::new(&[(source, &fs::read_to_string(self.path().join(source))?)])?;
        succeed(&mut other.build(source))?;
        files(&other.out())
    }
}

/// What a command says on standard error, where it ends well.
pub(crate) fn succeed(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(said) } else { Err(format!("{}: {said}", output.status).into()) }
}

/// What a command says on standard error, where it ends with the exit code 1.
pub(crate) fn refuse(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(1) { Ok(said) } else { Err(format!("{}: {said}", output.status).into()) }
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Result<Files> {
    let mut found = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        // The folder may be gone, or not be there yet.
        for entry in fs::read_dir(here).into_iter().flatten() {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(folder)?.display().to_string();
                found.insert(below, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(found)
}
