//! Backups on a cluster: the programs of their pods really run, in each shell that an image may have, with a program of a service
//! and a client of object stores that are stand-ins; and what their objects are.

#[path = "copies/pod.rs"]
mod pod;
#[path = "copies/room.rs"]
mod room;
#[path = "copies/secrets.rs"]
mod secrets;

use std::fs;
use std::path::Path;
use std::process::Command;

use infrac::platform::Runtime;

use super::built::all;
use super::cluster::{list, text};
use super::none;
use crate::judge::Judge;
use pod::{Pod, SHELLS, Shell, TAKING, cluster, names};

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
            assert_eq!(pod.retry(&[]).1, None);
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

/// Switches the upload of `books` on.
fn uploading(shell: Shell) -> Pod {
    let pod = Pod::new("books", shell);
    pod.know("  false\n", "  true\n");
    pod
}

#[test]
fn what_is_there_before_a_restore_is_neither_the_newest_copy_nor_pushes_one_out() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        pod.know("KEEP=7\n", "KEEP=1\n");
        pod.take_on("20260101T020000Z");
        // Much is lost, which is why a person restores.
        pod.set("rows", "1");
        let (said, failed) = pod.take(&[("BEFORE", "true")]);
        assert_eq!(failed, None, "{said}");
        let copies = pod.copies();
        assert!(
            copies.len() == 2 && copies[0] == "20260101T020000Z" && copies[1].ends_with("Z-before"),
            "{copies:?}"
        );
        let (said, failed) = pod.restore(&[("COPY", "list")]);
        assert_eq!(failed.as_deref(), Some("choose"), "{said}");
        assert!(said.contains(&format!("there are: {} {}", copies[0], copies[1])), "{said}");
        let (said, failed) = pod.restore(&[]);
        assert_eq!(failed, None, "{said}");
        assert!(said.contains("books: 20260101T020000Z,"), "{said}");
        let restored = || fs::read_to_string(pod.path("bin/restored-first")).expect("it is there");
        assert_eq!(restored().lines().count(), 11);
        // It comes back where it is named, and goes when as many newer ones are there as are kept.
        let (said, failed) = pod.restore(&[("COPY", &copies[1])]);
        assert_eq!(failed, None, "{said}");
        assert_eq!(restored().lines().count(), 2);
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!(pod.take(&[("SMALLER", "true")]).1, None);
        let left: Vec<String> = pod.copies().into_iter().filter(|name| name.ends_with("-before")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_restore_takes_the_copy_that_was_fetched() {
    for shell in SHELLS {
        let pod = uploading(shell);
        assert_eq!(pod.take(&[]).1, None);
        let uploaded = pod.copies().remove(0);
        // A newer one lies in the claim alone.
        let (from, to) = (pod.path("copies").join(&uploaded), pod.path("copies/20990101T020000Z"));
        fs::rename(from, to).expect("renamed");
        let (said, failed) = pod.restore(&[("FROM", "paris")]);
        assert_eq!(failed, None, "{said}");
        assert!(said.ends_with(&format!("books {uploaded}\n")), "{said}");
        let (said, failed) = pod.restore(&[("FROM", "paris"), ("COPY", "list")]);
        assert_eq!(failed.as_deref(), Some("fetch"), "{said}");
        assert!(said.contains(&format!("in paris there are: {uploaded}")), "{said}");
    }
}

#[test]
fn a_retry_goes_on_with_the_copy_that_its_job_has_sealed() {
    for shell in SHELLS {
        let pod = uploading(shell);
        pod.know("KEEP=7\n", "KEEP=1\n");
        pod.take_on("20260101T020000Z");
        pod.set("loses", "");
        assert_eq!(pod.take(&[]).1.as_deref(), Some("upload"));
        let taken = pod.whole();
        assert_eq!(taken.len(), 1, "{taken:?}: what is old went ahead of the upload");
        assert_eq!(pod.retry(&[]).1.as_deref(), Some("upload"));
        assert_eq!(pod.whole(), taken);
        fs::remove_file(pod.path("bin/loses")).expect("it is there");
        let (said, failed) = pod.retry(&[]);
        assert_eq!(failed, None, "{said}");
        assert!(said.contains("was sealed by an earlier try") && !said.contains("is copied"), "{said}");
        assert_eq!(pod.copies(), taken, "what was begun is gone");
    }
}

#[test]
fn runs_do_not_meet() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        pod.take_on("20260101T020000Z");
        let run = |job: u32, steps: &[&str], env: &[(&str, &str)]| {
            pod.job.set((job, 1));
            pod.steps(steps, env)
        };
        // One that a person starts takes nothing from the one of the schedule.
        assert_eq!(run(10, &["save"], &[]).1, None);
        assert_eq!(run(11, &["save"], &[]).1, None);
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!(run(10, &TAKING[1..], &[]).1, None);
        // It began within the same second, or a second later.
        let failed = run(11, &TAKING[1..], &[]).1;
        assert!(failed.is_none() || failed.as_deref() == Some("seal"), "{failed:?}");
        // A copy that spans a restore is none, and none begins meanwhile.
        assert_eq!(run(12, &["save", "verify"], &[]).1, None);
        let wanted = [("COPY", "20260101T020000Z")];
        assert_eq!(run(13, &["fetch", "choose", "verify", "restore"], &wanted).1, None);
        let (said, failed) = run(12, &["seal"], &[]);
        assert_eq!(failed.as_deref(), Some("seal"), "{said}");
        let (said, failed) = run(14, &TAKING, &[]);
        assert_eq!(failed.as_deref(), Some("save"), "{said}");
        let (said, failed) = run(15, &["fetch", "choose", "verify", "restore"], &wanted);
        assert_eq!(failed.as_deref(), Some("restore"), "{said}");
        assert!(said.contains("another restore runs"), "{said}");
        assert_eq!(run(16, &TAKING, &[("BEFORE", "true")]).1, None);
        // A day later the Job of that restore cannot live any more.
        fs::write(pod.path("copies/.restoring/until"), "1000000000\n").expect("a file");
        assert_eq!(run(17, &TAKING, &[]).1, None);
        // One that failed may be made good by another.
        pod.set("refuses", "");
        assert_eq!(run(18, &["fetch", "choose", "verify", "restore"], &wanted).1.as_deref(), Some("restore"));
        assert_eq!(run(19, &TAKING, &[]).1.as_deref(), Some("save"));
        fs::remove_file(pod.path("bin/refuses")).expect("it is there");
        assert_eq!(run(20, &["fetch", "choose", "verify", "restore", "compare"], &wanted).1, None);
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let (said, failed) = run(21, &TAKING, &[]);
        assert_eq!(failed, None, "{said}");
    }
}

#[test]
fn files_are_copied_and_come_back() {
    for shell in [Shell::Dash, Shell::BusyBox] {
        let pod = Pod::new("albums", shell);
        let volume = pod.path("volumes/photos-albums");
        fs::create_dir(&volume).expect("a folder");
        fs::create_dir(pod.path("volumes/photos-tags")).expect("a folder");
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
                if ["verify", "seal", "prune", "finish", "choose", "compare"].contains(&container.name())
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
