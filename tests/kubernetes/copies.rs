//! Backups on a cluster: the programs of their pods really run, in each shell that an image may have, with a program of a service
//! and a client of object stores that are stand-ins; and what their objects are.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use infrac::platform::Runtime;

use super::built::all;
use super::cluster::{Cluster, list, text};
use super::none;
use crate::judge::Judge;

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
  load) cat >"$at/restored-$2" ;;
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
enum Shell {
    Dash,
    Bash,
    BusyBox,
}

/// A pod's folders.
struct Pod {
    folder: tempfile::TempDir,
    shell: Shell,
}

impl Pod {
    /// The programs of a backup of `cluster-backups`, as its ConfigMap holds them.
    fn new(backup: &str, shell: Shell) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["bin", "infrac", "copies", "volumes"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let cluster = cluster();
        let map = cluster.find("ConfigMap", "bakery", &format!("{backup}.backup")).expect("its programs");
        for (name, program) in map.value["data"].as_object().expect("files") {
            fs::write(folder.path().join("infrac").join(name), text(program)).expect("a file");
        }
        let pod = Self { folder, shell };
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tool(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("rights");
    }

    fn set(&self, name: &str, text: &str) {
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
        if name == "verify" && !self.path("copies/.restore").exists() {
            command.arg(self.path("copies/.work/copy"));
        }
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").expect("a path"));
        command.env("PATH", path).env("COPIES", self.path("copies")).env("FILES", self.path("volumes"));
        command.env("TMPDIR", self.folder.path()).env("INPUT_LEDGER_BOOKS", "all books");
        command.env("INPUT_BACKUP_UPLOAD", "true").envs(env.iter().copied());
        command.output().expect("the shell runs")
    }

    /// Steps one behind the other, as a pod has them: none behind one that fails. What was said; the name of the step that failed.
    fn steps(&self, names: &[&str], env: &[(&str, &str)]) -> (String, Option<String>) {
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

    fn take(&self, env: &[(&str, &str)]) -> (String, Option<String>) {
        self.steps(&["save", "verify", "seal", "upload", "prune"], env)
    }

    fn restore(&self, env: &[(&str, &str)]) -> (String, Option<String>) {
        self.steps(&["fetch", "choose", "verify", "restore", "compare"], env)
    }

    /// The names of its copies, the oldest first.
    fn copies(&self) -> Vec<String> {
        names(&self.path("copies"))
    }

    /// Takes a copy, and lets it be of another day.
    fn take_on(&self, stamp: &str) {
        let before = self.copies();
        let (said, failed) = self.take(&[]);
        assert_eq!(failed, None, "{said}");
        let taken = self.copies().into_iter().find(|name| !before.contains(name)).expect("a copy");
        fs::rename(self.path("copies").join(taken), self.path("copies").join(stamp)).expect("renamed");
    }
}

/// A program among the judges, else one of the machine.
fn program(name: &str) -> PathBuf {
    Judge::find(name).map_or_else(|| PathBuf::from(name), |judge| judge.program().to_owned())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn cluster() -> Cluster {
    all().iter().find(|built| built.name == "cluster-backups").expect("it is built").cluster()
}

const SHELLS: [Shell; 3] = [Shell::Dash, Shell::Bash, Shell::BusyBox];

/// A copy of a cluster is read by the scripts of a host, digests and all.
#[test]
fn a_copy_is_one_that_a_host_reads() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed, None, "{said}");
        let copies = pod.copies();
        assert_eq!(copies.len(), 1, "{copies:?}: what was begun is gone");
        let copy = pod.path("copies").join(&copies[0]);
        assert_eq!(
            names(&copy),
            ["001-first.ledger", "002-second_book.ledger", "SHA256SUMS", "counts", "info", "parts"]
        );
        let read = |name: &str| fs::read_to_string(copy.join(name)).expect("a file");
        assert_eq!(read("parts"), "001-first.ledger first\n002-second_book.ledger second book\n");
        assert_eq!(read("counts").lines().next(), Some("before 10 first"));
        assert!(
            read("info").contains("\nkind dump\n") && read("info").contains("\nversion 2.1\n"),
            "{}",
            read("info")
        );
        assert!(read("001-first.ledger").ends_with("end of first\n"));
        let lib = concat!(env!("CARGO_MANIFEST_DIR"), "/targets/scripts/lib/backup.sh");
        let checked = |folder: &Path| {
            let program = format!("set -eu; state=/nowhere; . {lib}; check_digests \"$1\"");
            Command::new("bash").args(["-c", &program, "bash"]).arg(folder).output().expect("bash runs")
        };
        let output = checked(&copy);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::write(copy.join("001-first.ledger"), "other").expect("a file");
        assert!(!checked(&copy).status.success());
    }
}

#[test]
fn what_dies_or_is_cut_is_no_copy() {
    for shell in SHELLS {
        for (what, step) in [("dies", "save"), ("ends_early", "verify")] {
            let pod = Pod::new("books", shell);
            pod.take_on("20260101T020000Z");
            pod.set(what, "");
            let (said, failed) = pod.take(&[]);
            assert_eq!(failed.as_deref(), Some(step), "{said}");
            let whole: Vec<String> = pod.copies().into_iter().filter(|name| !name.starts_with('.')).collect();
            assert_eq!(whole, ["20260101T020000Z"]);
            // The next run begins anew.
            fs::remove_file(pod.path("bin").join(what)).expect("it is there");
            assert_eq!(pod.take(&[]).1, None);
            assert_eq!(pod.copies().len(), 2);
        }
    }
}

#[test]
fn a_copy_of_half_the_size_is_refused_unless_it_is_meant() {
    let pod = Pod::new("books", Shell::Dash);
    pod.take_on("20260101T020000Z");
    pod.set("rows", "3");
    let (said, failed) = pod.take(&[]);
    assert_eq!(failed.as_deref(), Some("seal"), "{said}");
    assert!(said.contains("less than half of the last copy"), "{said}");
    assert_eq!(pod.copies(), ["20260101T020000Z"]);
    assert_eq!(pod.take(&[("SMALLER", "true")]).1, None);
}

#[test]
fn as_many_are_kept_as_the_source_says_and_those_that_are_young() {
    // Seven at least, and nothing says of what age one goes.
    let pod = Pod::new("books", Shell::BusyBox);
    for day in 10..19 {
        pod.take_on(&format!("202601{day}T020000Z"));
    }
    assert_eq!(pod.take(&[]).1, None);
    let copies = pod.copies();
    assert_eq!(copies.len(), 7, "{copies:?}");
    assert_eq!(copies[0], "20260113T020000Z");
    // Of `orders` one of 31 days goes; all of these are of the future.
    let facts = fs::read_to_string(pod.path("infrac/facts.sh")).expect("a file");
    fs::write(pod.path("infrac/facts.sh"), facts.replace("RETENTION=\n", "RETENTION=2678400\n"))
        .expect("a file");
    for day in 10..14 {
        pod.take_on(&format!("209901{day}T020000Z"));
    }
    let copies = pod.copies();
    assert!(copies.iter().filter(|name| name.starts_with("2099")).count() == 4, "{copies:?}");
    assert!(copies.iter().all(|name| !name.starts_with("202601") || copies.len() <= 7), "{copies:?}");
}

#[test]
fn copies_go_to_their_places_and_come_from_there() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        let facts = fs::read_to_string(pod.path("infrac/facts.sh")).expect("a file");
        let on = facts.replace("  false\n", "  [ \"${INPUT_BACKUP_UPLOAD}\" = true ]\n");
        assert_ne!(facts, on, "`upload = false` is written");
        fs::write(pod.path("infrac/facts.sh"), on).expect("a file");
        assert_eq!(pod.take(&[("INPUT_BACKUP_UPLOAD", "false")]).1, None);
        assert!(!pod.path("bin/store").exists(), "it is switched off");
        let first = pod.copies().remove(0);
        fs::rename(pod.path("copies").join(first), pod.path("copies/20260101T020000Z")).expect("renamed");
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed, None, "{said}");
        let stamp = pod.copies().pop().expect("a copy");
        let there = pod.path("bin/store/bakery-copies/main/site/books");
        assert_eq!(names(&there), std::slice::from_ref(&stamp));
        // What is lost on the way is seen where an account may read.
        pod.set("loses", "");
        fs::rename(pod.path("copies").join(&stamp), pod.path("copies/20260102T020000Z")).expect("renamed");
        assert_eq!(pod.take(&[]).1.as_deref(), Some("upload"));
        fs::remove_file(pod.path("bin/loses")).expect("it is there");
        // A claim that is gone: the copy comes from the place.
        fs::remove_dir_all(pod.path("copies")).expect("it is there");
        fs::create_dir(pod.path("copies")).expect("a folder");
        fs::remove_dir_all(&there).expect("it is there");
        assert_eq!(pod.take(&[]).1, None);
        fs::remove_dir_all(pod.path("copies")).expect("it is there");
        fs::create_dir(pod.path("copies")).expect("a folder");
        let (said, failed) = pod.restore(&[("FROM", "paris")]);
        assert_eq!(failed, None, "{said}");
        assert!(pod.path("bin/restored-second book").exists());
        let (said, failed) = pod.restore(&[("FROM", "rome")]);
        assert_eq!(failed.as_deref(), Some("fetch"), "{said}");
        assert!(said.contains("it is taken to: paris"), "{said}");
    }
}

#[test]
fn a_restore_reads_all_of_a_copy_before_it_changes_anything() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        let (said, failed) = pod.restore(&[]);
        assert_eq!(failed.as_deref(), Some("choose"), "{said}");
        pod.take_on("20260101T020000Z");
        pod.take_on("20260102T020000Z");
        assert_eq!(pod.restore(&[]).1, None);
        let restored = || fs::read_to_string(pod.path("bin/restored-first"));
        assert!(restored().expect("it is there").ends_with("end of first\n"));
        fs::remove_file(pod.path("bin/restored-first")).expect("it is there");
        let part = pod.path("copies/20260102T020000Z/002-second_book.ledger");
        let whole = fs::read(&part).expect("a file");
        fs::write(&part, &whole[..whole.len() - 1]).expect("a file");
        let (said, failed) = pod.restore(&[]);
        assert_eq!(failed.as_deref(), Some("choose"), "{said}");
        assert!(restored().is_err(), "nothing is changed");
        assert_eq!(pod.restore(&[("COPY", "20260101T020000Z")]).1, None);
        assert!(restored().is_ok());
        for wrong in ["20260103T020000Z", "../copies/20260101T020000Z", ".restore"] {
            assert_eq!(pod.restore(&[("COPY", wrong)]).1.as_deref(), Some("choose"), "{wrong}");
        }
        // An older server reads no copy of a newer one.
        pod.set("version", "1.9\n");
        let older = [("COPY", "20260101T020000Z")];
        assert_eq!(pod.restore(&older).1.as_deref(), Some("restore"));
        assert_eq!(pod.restore(&[older[0], ("OLDER", "true")]).1, None);
    }
}

#[test]
fn what_is_restored_is_compared_where_the_server_can_be_asked() {
    let pod = Pod::new("books", Shell::Dash);
    let facts = fs::read_to_string(pod.path("infrac/facts.sh")).expect("a file");
    fs::write(pod.path("infrac/facts.sh"), facts.replace("OFFLINE=yes\n", "OFFLINE=\n")).expect("a file");
    pod.take_on("20260101T020000Z");
    let (said, failed) = pod.restore(&[]);
    assert_eq!(failed, None, "{said}");
    assert!(said.contains("2 numbers compared"), "{said}");
    pod.set("rows", "9");
    let (said, failed) = pod.restore(&[]);
    assert_eq!(failed.as_deref(), Some("compare"), "{said}");
}

#[test]
fn files_are_copied_and_come_back() {
    for shell in [Shell::Dash, Shell::BusyBox] {
        let pod = Pod::new("albums", shell);
        let volume = pod.path("volumes/photos-albums");
        fs::create_dir(&volume).expect("a folder");
        fs::write(volume.join("a b.jpg"), "first").expect("a file");
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed, None, "{said}");
        fs::write(volume.join("a b.jpg"), "second").expect("a file");
        fs::write(volume.join("c.jpg"), "third").expect("a file");
        let (said, failed) = pod.restore(&[]);
        assert_eq!(failed, None, "{said}");
        assert_eq!(names(&volume), ["a b.jpg"]);
        assert_eq!(fs::read_to_string(volume.join("a b.jpg")).expect("a file"), "first");
    }
}

/// What the pods of backups are held to, and that a restore starts by a person alone.
#[test]
fn pods_of_backups_hold_no_more_than_they_need() {
    let mut complaints = Vec::new();
    let mut seen = 0;
    for built in all().iter().filter(|built| built.platform.runtime == Runtime::Kubernetes) {
        let cluster = built.cluster();
        for pod in cluster.pods() {
            let label = text(&pod.labels()["app.kubernetes.io/name"]).to_owned();
            if !label.contains('.') {
                continue;
            }
            seen += 1;
            let mut complain =
                |what: &str| complaints.push(format!("{}: {}: {what}", built.name, pod.place()));
            let spec = pod.workload.spec();
            if spec["concurrencyPolicy"] != "Forbid" || spec["timeZone"] != "Etc/UTC" {
                complain("two of it at once, or another time");
            }
            if spec["jobTemplate"]["spec"]["activeDeadlineSeconds"].is_null() {
                complain("it may hang for ever");
            }
            if (spec["suspend"] == true) != label.ends_with(".restore") {
                complain("a restore starts by itself, or a backup does not");
            }
            for container in pod.containers() {
                let security = &container.value["securityContext"];
                if list(&security["capabilities"]["drop"]) != ["ALL"]
                    || !security["capabilities"]["add"].is_null()
                {
                    complain("capabilities");
                }
                let keys = list(&container.value["env"])
                    .iter()
                    .filter(|it| !it["valueFrom"]["secretKeyRef"].is_null());
                if ["verify", "seal", "prune", "choose", "compare"].contains(&container.name())
                    && keys.count() > 0
                {
                    complain("a step has a secret that it does not need");
                }
            }
            if !list(&pod.spec()["volumes"])
                .iter()
                .any(|volume| text(&volume["persistentVolumeClaim"]["claimName"]).ends_with(".copies"))
            {
                complain("no claim of copies");
            }
        }
    }
    none(&complaints);
    assert!(seen > 7, "only {seen} were seen");
}

/// The line of the runbook that makes a Job of another copy: a variable that is set in the manifest reaches every step.
#[test]
fn a_job_of_another_copy_is_made_by_kubectl() {
    for name in ["kubectl", "kubectl-new"] {
        let Some(kubectl) = Judge::find(name) else { continue };
        let cluster = cluster();
        let job = cluster.find("CronJob", "bakery", "restore-orders").expect("it is there");
        let mut template = job.spec()["jobTemplate"].clone();
        template["apiVersion"] = "batch/v1".into();
        template["kind"] = "Job".into();
        template["metadata"]["name"] = "restore-orders-1".into();
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), template.to_string()).expect("a file");
        let output = Command::new(kubectl.program())
            .args([
                "set",
                "env",
                "--local",
                "--output",
                "json",
                "FROM=paris",
                "COPY=20260101T020000Z",
                "--filename",
            ])
            .arg(file.path())
            .output()
            .expect("kubectl runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let steps = list(&made["spec"]["template"]["spec"]["initContainers"]);
        for step in ["fetch", "choose"] {
            let env = list(&steps.iter().find(|it| it["name"] == step).expect("it is there")["env"]);
            let copy: Vec<_> =
                env.iter().filter(|it| it["name"] == "COPY").map(|it| text(&it["value"])).collect();
            assert_eq!(copy, ["20260101T020000Z"], "{step}");
        }
    }
}
