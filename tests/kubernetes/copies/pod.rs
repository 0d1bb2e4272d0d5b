//! A pod of a backup: its programs with the folders that its containers have, a program of a service, and a client of object stores.

use std::cell::Cell;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::judge::Judge;
use crate::kubernetes::built::all;
use crate::kubernetes::cluster::{Cluster, text};

/// What a ledger does: two books, of which the second has a name of two words. `dies`, `rows` and `version` say what it does otherwise.
const LEDGER: &str = r#"#!/bin/sh
at=${0%/*}
rows=10
[ ! -e "$at/rows" ] || rows=$(cat "$at/rows")
case $1 in
  books) [ "$2" = '--of=all books' ] || exit 9; printf 'first\nsecond book\n' ;;
  dump)
    seq "$rows" | sed "s/$/ of $4, as long as rows are/"
    [ ! -e "$at/dies" ] || exit 1
    [ -e "$at/ends_early" ] || echo "end of $4"
    ;;
  verify) [ "$(tail -n 1)" = "end of $3" ] ;;
  count) echo "$rows first"; echo "$rows second book" ;;
  --version) if [ -e "$at/version" ]; then cat "$at/version"; else echo 2.1; fi ;;
  load) [ ! -e "$at/refuses" ] || exit 1; cat >"$at/restored-$2" ;;
  "it's") [ "$2" = audit ] ;;
  *) exit 9 ;;
esac
"#;

/// An object store that is a folder. A writer may not read: what it asks for is refused.
const RCLONE: &str = r#"#!/bin/sh
at=${0%/*}
env | grep '^RCLONE_' | sort >"$at/known"
case "$1 $*" in copy*--no-check-dest*) ;; copy*writer*:*) exit 1 ;; esac
to() { printf '%s' "$at/store/$(printf '%s' "$1" | sed 's/^[a-z]*[0-9]*://')"; }
case $1 in
  copy)
    case $2 in
      *:*) [ -d "$(to "$2")" ] && mkdir -p "$3" && cp "$(to "$2")"/* "$3" ;;
      *) mkdir -p "$(to "$3")" && cp "$2"/* "$(to "$3")" ;;
    esac
    [ ! -e "$at/loses" ] || : >"$(to "$3")/$(ls "$(to "$3")" | head -n 1)"
    ;;
  check) case $3 in writer*) exit 1 ;; esac; diff -r "$2" "$(to "$3")" >/dev/null ;;
  lsf) cd "$(to "$3")" && ls -d -- */ ;;
esac
"#;

/// A shell with the tools beside it: BusyBox is all that many an image has.
#[derive(Clone, Copy)]
pub(super) enum Shell {
    Dash,
    Bash,
    BusyBox,
}

/// Jobs of numbers from here on are of a schedule: the minute, counted from 1970, that each was due.
const MINUTES: u32 = 10_000_000;

/// A pod's folders.
pub(super) struct Pod {
    folder: tempfile::TempDir,
    shell: Shell,
    /// Which Job it is of, and which pod of that.
    pub(super) job: Cell<(u32, u32)>,
}

impl Pod {
    /// The programs of a backup of `cluster-backups`, as its ConfigMap holds them.
    pub(super) fn new(backup: &str, shell: Shell) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["bin", "infrac", "copies", "volumes"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let cluster = cluster();
        let map = cluster.find("ConfigMap", "bakery", &format!("{backup}.backup")).expect("its programs");
        for (name, program) in map.value["data"].as_object().expect("files") {
            fs::write(folder.path().join("infrac").join(name), text(program)).expect("a file");
        }
        let pod = Self { folder, shell, job: Cell::new((0, 0)) };
        pod.tool("ledger", LEDGER);
        pod.tool("rclone", RCLONE);
        if matches!(shell, Shell::BusyBox) {
            for name in [
                "sh",
                "sed",
                "awk",
                "tar",
                "gzip",
                "find",
                "sort",
                "sha256sum",
                "cut",
                "tr",
                "wc",
                "tail",
                "head",
                "date",
            ] {
                let busybox = program("busybox");
                pod.tool(name, &format!("#!/bin/sh\nexec {} {name} \"$@\"\n", busybox.display()));
            }
        }
        pod
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn tool(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("rights");
    }

    pub(super) fn set(&self, name: &str, text: &str) {
        fs::write(self.path("bin").join(name), text).expect("a file");
    }

    /// A step of a pod, with the arguments that its container has.
    fn step(&self, name: &str, env: &[(&str, &str)]) -> Output {
        let (program, first) = match self.shell {
            Shell::Dash => (program("dash"), None),
            Shell::Bash => (PathBuf::from("bash"), Some("--posix")),
            Shell::BusyBox => (program("busybox"), Some("sh")),
        };
        let mut command = Command::new(program);
        command.args(first).arg(self.path("infrac").join(format!("{name}.sh")));
        let (job, pod) = self.job.get();
        let own = match job {
            // As the controller calls those of a schedule.
            MINUTES.. => format!("backup-books-{job}-{pod:05}"),
            _ => format!("pod-{job}-{pod}"),
        };
        if name == "verify" && !self.path(&format!("copies/.restore.{own}")).exists() {
            command.arg("taken");
        }
        command.env("RUN", format!("job-{job}")).env("POD", own);
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").expect("a path"));
        command.env("PATH", path).env("COPIES", self.path("copies")).env("FILES", self.path("volumes"));
        command.env("TMPDIR", self.folder.path()).env("INPUT_LEDGER_BOOKS", "all books");
        command.env("INPUT_BACKUP_UPLOAD", "true").envs(env.iter().copied());
        command.output().expect("the shell runs")
    }

    /// Steps one behind the other, as a pod has them: none behind one that fails. What was said; the name of the step that failed.
    pub(super) fn steps(&self, names: &[&str], env: &[(&str, &str)]) -> (String, Option<String>) {
        let mut said = String::new();
        for name in names {
            let output = self.step(name, env);
            said += &String::from_utf8_lossy(&output.stderr);
            said += &String::from_utf8_lossy(&output.stdout);
            if !output.status.success() {
                return (said, Some((*name).to_owned()));
            }
        }
        (said, None)
    }

    pub(super) fn take(&self, env: &[(&str, &str)]) -> (String, Option<String>) {
        self.job.set((self.job.get().0 + 1, 1));
        // Copies are named by the second in which they are begun, and one of a second is enough.
        while self.path("copies").join(second()).exists() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        self.steps(&TAKING, env)
    }

    /// The next pod of a Job whose pod has failed.
    pub(super) fn retry(&self, env: &[(&str, &str)]) -> (String, Option<String>) {
        let (job, pod) = self.job.get();
        self.job.set((job, pod + 1));
        self.steps(&TAKING, env)
    }

    pub(super) fn restore(&self, env: &[(&str, &str)]) -> (String, Option<String>) {
        self.job.set((self.job.get().0 + 1, 1));
        self.steps(&["fetch", "choose", "verify", "restore", "compare"], env)
    }

    /// Changes what the programs know of the backup.
    pub(super) fn know(&self, old: &str, new: &str) {
        let path = self.path("infrac/facts.sh");
        let facts = fs::read_to_string(&path).expect("a file");
        let changed = facts.replace(old, new);
        assert_ne!(facts, changed, "`{old}` is written");
        fs::write(path, changed).expect("a file");
    }

    /// The names of its copies alone.
    pub(super) fn whole(&self) -> Vec<String> {
        self.copies().into_iter().filter(|name| !name.starts_with('.')).collect()
    }

    /// The names of its copies, the oldest first, and of what else lies there.
    pub(super) fn copies(&self) -> Vec<String> {
        names(&self.path("copies"))
    }

    /// Takes a copy, and lets it be of another day.
    pub(super) fn take_on(&self, stamp: &str) {
        let before = self.copies();
        let (said, failed) = self.take(&[]);
        assert_eq!(failed, None, "{said}");
        let taken = self.copies().into_iter().find(|name| !before.contains(name)).expect("a copy");
        fs::rename(self.path("copies").join(taken), self.path("copies").join(stamp)).expect("renamed");
    }
}

/// This second, as copies are named by it.
fn second() -> String {
    let date = Command::new("date").args(["-u", "+%Y%m%dT%H%M%SZ"]).output().expect("`date` starts");
    String::from_utf8_lossy(&date.stdout).trim().to_owned()
}

/// A program among the judges, else one of the machine.
fn program(name: &str) -> PathBuf {
    Judge::find(name).map_or_else(|| PathBuf::from(name), |judge| judge.program().to_owned())
}

pub(super) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub(super) fn cluster() -> Cluster {
    all().iter().find(|built| built.name == "cluster-backups").expect("it is built").cluster()
}

/// The steps of a pod that takes a copy.
pub(super) const TAKING: [&str; 6] = ["save", "verify", "seal", "prune", "upload", "finish"];

pub(super) const SHELLS: [Shell; 3] = [Shell::Dash, Shell::Bash, Shell::BusyBox];
