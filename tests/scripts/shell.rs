//! Shells of images: BusyBox of Alpine, where every command is BusyBox', and dash of Debian.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::judge::Judge;

/// A shell, and the commands that it finds.
pub(crate) struct Shell {
    pub(crate) name: &'static str,
    program: PathBuf,
    path: OsString,
}

impl Shell {
    /// Those that are there.
    pub(crate) fn all() -> Vec<Self> {
        let of = |name: &'static str| {
            let judge = Judge::find(name)?;
            let judges = judge.program().ancestors().nth(2).expect("a judge stands in DIR/bin").to_owned();
            let (program, path) = match name {
                "busybox" => (judges.join("busybox/sh"), judges.join("busybox").into_os_string()),
                _ => (judge.program().to_owned(), std::env::var_os("PATH").unwrap_or_default()),
            };
            Some(Self { name, program, path })
        };
        ["busybox", "dash"].into_iter().filter_map(of).collect()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().env("PATH", &self.path).stdin(Stdio::null());
        command
    }
}

/// A project with the scripts, and a cluster that is a folder.
pub(crate) struct Project {
    folder: TempDir,
}

/// Keeps each call and what it reads, and answers what stands in `answers/`, by the words of the call.
const CLUSTER: &str = r#"#!/bin/sh
here=${0%/*}
case "$*" in *kustomize*) exec "$REAL" "$@" ;; esac
printf '%s\n' "$*" >>"$here/calls"
if [ -r "$here/keep" ]; then
  for word; do
    case $word in */"$(cat "$here/keep")") cat "$word" >>"$here/kept" ;; esac
  done
fi
case "$*" in *"-f -"*)
  number=$(($(ls "$here/read" | wc -l) + 1))
  cat >"$here/read/$number"
  ;;
esac
while read -r left pattern; do
  case "$*" in
    *"$pattern"*)
      [ "$left" -gt 0 ] || break
      printf '%s %s\n' "$((left - 1))" "$pattern" >"$here/failing"
      exit 1
      ;;
  esac
done <"$here/failing"
while read -r status pattern; do
  case "$*" in
    *"$pattern"*)
      # The first answer of several is used up.
      answer=$(sed -n 1p "$here/answers/$pattern" 2>/dev/null)
      [ "$(wc -l <"$here/answers/$pattern" 2>/dev/null || echo 0)" -le 1 ] || sed -i 1d "$here/answers/$pattern"
      [ -z "$answer" ] || printf '%b' "$answer"
      exit "$status"
      ;;
  esac
done <"$here/patterns"
"#;

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for folder in ["cluster/read", "cluster/answers"] {
            fs::create_dir_all(project.path(folder)).expect("a folder");
        }
        project.write("cluster/patterns", "");
        project.write("cluster/failing", "");
        project.write("cluster/calls", "");
        project.write("cluster/kubectl", CLUSTER);
        let program = fs::Permissions::from_mode(0o755);
        fs::set_permissions(project.path("cluster/kubectl"), program).expect("a mode");
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn is_there(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, text).expect("a file can be written");
    }

    /// Calls that hold a text end with a status, and answer a line of `answers` each, the last one again and again.
    pub(crate) fn answer(&self, pattern: &str, status: u8, answers: &[&str]) {
        let patterns = fs::read_to_string(self.path("cluster/patterns")).expect("it is there");
        self.write("cluster/patterns", &format!("{status} {pattern}\n{patterns}"));
        let lines: String = answers.iter().flat_map(|line| [*line, "\n"]).collect();
        self.write(&format!("cluster/answers/{pattern}"), &lines);
    }

    /// Calls that hold a text fail a number of times, before they are answered.
    pub(super) fn fail_first(&self, pattern: &str, times: u8) {
        self.write("cluster/failing", &format!("{times} {pattern}\n"));
    }

    /// Keeps what is applied from a file of a name.
    pub(super) fn keep(&self, file: &str) {
        self.write("cluster/keep", file);
    }

    /// What was kept.
    pub(super) fn kept(&self) -> String {
        fs::read_to_string(self.path("cluster/kept")).expect("it is there")
    }

    /// The calls so far, a line each.
    pub(super) fn calls(&self) -> String {
        fs::read_to_string(self.path("cluster/calls")).expect("it is there")
    }

    /// What was handed to the cluster on standard input, in order.
    pub(super) fn given(&self) -> Vec<String> {
        let mut number = 1;
        std::iter::from_fn(|| {
            let text = fs::read_to_string(self.path(&format!("cluster/read/{number}"))).ok();
            number += 1;
            text
        })
        .collect()
    }

    /// Runs a script of `scripts/`.
    pub(crate) fn run(&self, shell: &Shell, script: &str, arguments: &[&str]) -> Output {
        let mut call = self.call(shell, script, arguments);
        call.env("KUBECTL", self.path("cluster/kubectl")).output().expect("the judge starts")
    }

    /// The same, where `kubectl` is found by the shell alone.
    pub(super) fn run_by_path(&self, shell: &Shell, script: &str, arguments: &[&str]) -> Output {
        let mut path = self.path("cluster").into_os_string();
        path.push(":");
        path.push(&shell.path);
        self.call(shell, script, arguments).env("PATH", path).output().expect("the judge starts")
    }

    fn call(&self, shell: &Shell, script: &str, arguments: &[&str]) -> Command {
        let real = Judge::find("kubectl").map(|judge| judge.program().to_owned()).unwrap_or_default();
        let mut command = shell.command();
        command
            .arg(self.path("scripts").join(script))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("REAL", real)
            .env("TICK", "0")
            .env("HOME", self.folder.path());
        command
    }
}

/// What a script says.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
