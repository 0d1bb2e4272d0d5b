//! Whether a copy begins that the claim has no room for, and what a full claim keeps.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::pod::{Pod, SHELLS, Shell, TAKING};

/// The shells that look for programs in folders: BusyBox takes its own first.
const BY_PATH: [Shell; 2] = [Shell::Dash, Shell::Bash];

/// A disk of which `left` KiB are free, as `df -P` says it.
fn df(left: u64) -> String {
    format!(
        "#!/bin/sh\n[ \"$1\" = -Pk ] || exit 9\n\
         printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\n/dev/disk   1000000    1 {left}   1%% /copies\\n'\n"
    )
}

/// Lets a copy be of another size, as far as it says so itself.
fn resize(copy: &Path, size: u64) {
    let info = copy.join("info");
    let known = fs::read_to_string(&info).expect("a file");
    let line = known.lines().find(|line| line.starts_with("size ")).expect("its size");
    fs::write(&info, known.replace(line, &format!("size {size}"))).expect("a file");
}

#[test]
fn a_copy_that_has_no_room_is_not_begun() {
    for shell in BY_PATH {
        let pod = Pod::new("books", shell);
        // There is no other to say how large one is: 64 MiB.
        pod.tool("df", &df(65_535));
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed.as_deref(), Some("save"), "{said}");
        assert!(said.contains("the claim of copies has 65535 KiB left, and 65536 KiB are needed"), "{said}");
        assert_eq!(pod.copies(), [""; 0]);
        pod.tool("df", &df(65_536));
        pod.take_on("20260101T020000Z");
        // A quarter more than the last one.
        resize(&pod.path("copies/20260101T020000Z"), 819_000_000);
        pod.tool("df", &df(1_065_535));
        let (said, failed) = pod.take(&[("SMALLER", "true")]);
        assert_eq!(failed.as_deref(), Some("save"), "{said}");
        assert!(said.contains("1065535 KiB left, and 1065536 KiB are needed"), "{said}");
        assert_eq!(pod.copies(), ["20260101T020000Z"]);
        pod.tool("df", &df(1_065_536));
        let (said, failed) = pod.take(&[("SMALLER", "true")]);
        assert_eq!(failed, None, "{said}");
        // What an earlier try has sealed is there already.
        pod.tool("df", &df(0));
        let (said, failed) = pod.retry(&[]);
        assert_eq!(failed, None, "{said}");
    }
}

/// On the disk of this machine, whose figures each `df` lays out in its own way.
#[test]
fn the_room_of_a_real_disk_is_read() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed, None, "{said}");
        assert!(!said.contains("is not known"), "{said}");
        let copies = pod.copies();
        resize(&pod.path("copies").join(&copies[0]), 1 << 60);
        let (said, failed) = pod.take(&[("SMALLER", "true")]);
        assert_eq!(failed.as_deref(), Some("save"), "{said}");
        assert!(said.contains("KiB are needed: nothing is copied"), "{said}");
        assert_eq!(pod.copies(), copies);
    }
}

/// A file system that does not say how much room it has, such as one over a network.
#[test]
fn room_that_is_not_known_is_no_reason_to_take_no_copy() {
    let pod = Pod::new("books", Shell::Dash);
    for df in ["exit 1", "printf 'Filesystem\\nnone 0 0 0 - /copies\\n'"] {
        pod.tool("df", &format!("#!/bin/sh\n{df}\n"));
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed, None, "{said}");
        assert!(said.contains("how much room the claim of copies has is not known"), "{said}");
    }
}

/// A disk that is full when a copy gets its digests.
#[test]
fn a_claim_that_is_full_keeps_no_part_of_a_copy() {
    for shell in BY_PATH {
        let pod = Pod::new("books", shell);
        pod.take_on("20260101T020000Z");
        let full = "echo 'sha256sum: write error: No space left on device' >&2";
        pod.tool("sha256sum", &format!("#!/bin/sh\n{full}\nexit 1\n"));
        let (said, failed) = pod.take(&[]);
        assert_eq!(failed.as_deref(), Some("seal"), "{said}");
        assert_eq!(pod.copies(), ["20260101T020000Z"], "what was begun is gone");
    }
}

/// A copy that was not whole stays until the next run of the schedule: what verifies it may write nothing.
#[test]
fn a_run_of_the_schedule_removes_what_an_earlier_one_left() {
    for shell in SHELLS {
        let pod = Pod::new("books", shell);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        let now = u32::try_from(now / 60).expect("a minute");
        let run = |job: u32, steps: &[&str]| {
            pod.job.set((job, 1));
            pod.steps(steps, &[])
        };
        pod.set("ends_early", "");
        assert_eq!(run(now - 1440, &TAKING).1.as_deref(), Some("verify"));
        let left = format!(".work.backup-books-{}-00001", now - 1440);
        assert_eq!(pod.copies(), [left.as_str()]);
        // A person's own Job may run at any time: it neither removes that, nor is what it left removed by others.
        assert_eq!(run(7, &TAKING).1.as_deref(), Some("verify"));
        assert_eq!(pod.copies(), [left.as_str(), ".work.pod-7-1"]);
        // A number that is no minute of these days is a person's.
        assert_eq!(run(20_261_130, &TAKING).1.as_deref(), Some("verify"));
        assert!(pod.copies().contains(&left));
        fs::remove_file(pod.path("bin/ends_early")).expect("it is there");
        let (said, failed) = run(now, &TAKING);
        assert_eq!(failed, None, "{said}");
        let begun: Vec<String> = pod.copies().into_iter().filter(|name| name.starts_with('.')).collect();
        assert_eq!(begun, [".work.backup-books-20261130-00001", ".work.pod-7-1"]);
    }
}
