//! A case: commands as they are typed, and the files they find.
//!
//! ```text
//! # What the case shows.
//! $ infrac check < platform.infra
//! -- platform.infra --
//! platform shop
//! -- link.infra -> ../elsewhere.infra --
//! ```
//!
//! Commands are `infrac`, with variables before it and `< FILE` behind it, `cd FOLDER`, and the programs of [`SYSTEM`]. Files and links
//! are made first, in a folder of their own; `../` is a place outside of it.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Programs that change files, or show them, between commands.
const SYSTEM: &[&str] = &["cat", "chmod", "cp", "ln", "ls", "mkdir", "mv", "rm", "stat"];

/// Runs a case; the result is the case itself and what came of each command.
pub(crate) fn run(case: &str) -> Result<String> {
    let place = tempfile::tempdir()?;
    let top = place.path().canonicalize()?;
    let project = top.join("project");
    fs::create_dir(&project)?;
    make_files(case, &project)?;
    let before = tree(&top)?;

    let mut said = String::new();
    let mut here = project.clone();
    for command in
        case.lines().take_while(|line| !line.starts_with("-- ")).filter_map(|line| line.strip_prefix("$ "))
    {
        writeln!(said, "\n$ {command}")?;
        match command.strip_prefix("cd ") {
            Some(folder) => here = project.join(folder),
            None => run_command(command, &here, &mut said)?,
        }
    }
    let shown =
        |path: String| path.strip_prefix("project/").map_or_else(|| format!("../{path}"), ToOwned::to_owned);
    let new: Vec<String> = tree(&top)?.into_iter().filter(|path| !before.contains(path)).map(shown).collect();
    writeln!(said, "\nnew files: {}", if new.is_empty() { "none".to_owned() } else { new.join(" ") })?;
    let said = said.replace(&top.display().to_string(), "[top]").replace('\u{1b}', "␛");
    Ok(format!("{}\n{said}", case.trim_end()))
}

fn run_command(line: &str, here: &Path, said: &mut String) -> Result<()> {
    let (line, input) = match line.split_once(" < ") {
        Some((line, file)) => (line, Stdio::from(File::open(here.join(file))?)),
        None => (line, Stdio::null()),
    };
    let mut words = line.split_whitespace().peekable();
    let mut command = Command::new(env!("CARGO_BIN_EXE_infrac"));
    command.env_clear().current_dir(here).stdin(input);
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        command.env(name, value);
        words.next();
    }
    match words.next() {
        Some("infrac") => {}
        Some(program) if SYSTEM.contains(&program) => command = system(program, here),
        _ => return Err(format!("`{line}` is no command of a case").into()),
    }
    let output = command.args(words).output()?;
    writeln!(said, "exit code {}", output.status.code().ok_or("ended by a signal")?)?;
    for (stream, bytes) in [("standard output", output.stdout), ("standard error", output.stderr)] {
        if !bytes.is_empty() {
            writeln!(said, "[{stream}]\n{}", String::from_utf8(bytes)?.trim_end())?;
        }
    }
    Ok(())
}

fn system(program: &str, here: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(here).env("LC_ALL", "C").stdin(Stdio::null());
    command
}

fn make_files(case: &str, project: &Path) -> Result<()> {
    let mut open: Option<(PathBuf, String)> = None;
    for line in case.lines().chain(["-- end --"]) {
        let Some(head) = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) else {
            if let Some((_, text)) = &mut open {
                writeln!(text, "{line}")?;
            }
            continue;
        };
        if let Some((path, text)) = open.take() {
            fs::write(path, text)?;
        }
        let (path, link) = head.split_once(" -> ").map_or((head, None), |(path, link)| (path, Some(link)));
        let path = project.join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        match link {
            Some(link) => symlink(link, path)?,
            None => open = Some((path, String::new())),
        }
    }
    Ok(())
}

/// Every file and link below a folder, sorted.
pub(crate) fn tree(top: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![top.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(top)?.display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}
