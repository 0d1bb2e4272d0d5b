//! A restore that is ended by a signal at any of its steps: it leaves nothing behind, and what it stopped runs again or the way there is
//! named.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::backup::{host, succeeds};
use super::engine::{Host, said, try_some};

/// Which processes get the signal.
#[derive(Debug, Clone, Copy)]
enum To {
    /// The script and all that it has started, as from a terminal or from systemd.
    All,
    /// The script alone, as from `kill PROCESS`.
    Script,
}

/// A restore, the call of the engine at which the signal comes, and to which processes.
#[derive(Debug)]
struct Stop {
    words: &'static [&'static str],
    at: usize,
    to: To,
}

/// A host with a copy of each backup, and with data that has changed since.
fn with_copies() -> Host {
    let host = host();
    succeeds(&host.run("scripts/backup.sh", &["orders", "panels"]));
    fs::write(panels(&host), "changed").expect("a file");
    fs::create_dir(host.place("scratch")).expect("a folder");
    host.forget();
    host
}

fn panels(host: &Host) -> PathBuf {
    host.place("bin/volumes/bakery_grafana-data/grafana.db")
}

fn restore(host: &Host, words: &[&str]) -> Output {
    let mut command: Command = host.command("scripts/restore.sh", words);
    command.env("TMPDIR", host.place("scratch")).process_group(0).output().expect("bash runs")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// The services that stand still.
fn stopped(host: &Host) -> Vec<String> {
    names(&host.place("bin")).into_iter().filter(|name| name.starts_with("stopped-")).collect()
}

/// A line that sends the signal.
fn signal(host: &Host, to: To) -> String {
    let holder = host.build().join(".infrac/lock.holder");
    match to {
        To::All => "kill -TERM 0".to_owned(),
        To::Script => {
            format!("kill -TERM $(sed 's/.*process \\([0-9]*\\),.*/\\1/' '{}')", holder.display())
        }
    }
}

/// The engine sends the signal at a call, before it does what the call asks for.
fn signal_at(host: &Host, at: usize, to: To) {
    let signal = signal(host, to);
    let counted = "number=$(wc -l <\"$here/calls\")\n";
    let docker = host.read("../bin/docker");
    let signals = docker.replace(
        counted,
        &format!("{counted}[ \"$number\" != {at} ] || {{ : >\"$here/signalled\"; {signal}; }}\n"),
    );
    assert_ne!(docker, signals);
    host.tool("docker", &signals);
}

#[test]
fn a_signal_at_any_step_leaves_nothing_behind_and_names_the_way_out() {
    let all: [&[&str]; 5] = [
        &["panels", "--yes"],
        &["orders", "--yes"],
        &["orders", "--drill"],
        &["panels", "--drill"],
        &["orders", "--from", "paris", "--verify"],
    ];
    let mut stops = Vec::new();
    for words in all {
        let reference = with_copies();
        succeeds(&restore(&reference, words));
        let calls = reference.calls().lines().count();
        stops.extend((1..=calls).flat_map(|at| [To::All, To::Script].map(|to| Stop { words, at, to })));
    }
    try_some(&stops, 9, ends_well);
}

fn ends_well(stop: &Stop) {
    let host = with_copies();
    let docker = host.read("../bin/docker");
    signal_at(&host, stop.at, stop.to);
    let output = restore(&host, stop.words);
    let said = said(&output);
    let place = format!("{stop:?}: {said}\n{}", host.calls());
    assert!(host.place("bin/signalled").exists(), "{place}");
    let calls = host.calls();
    // What a drill removes at its end is removed behind its success.
    let at_end = calls.lines().count() == stop.at && stop.words.contains(&"--drill");
    assert!(output.status.code() == Some(143) || at_end, "{place}");
    assert!(names(&host.place("scratch")).is_empty(), "{place}");
    for backup in ["orders", "panels"] {
        let begun = names(&host.build().join(".infrac/backups").join(backup));
        assert!(begun.iter().all(|name| !name.starts_with('.')), "{begun:?} {place}");
    }
    let drilled = calls.lines().rfind(|call| call.contains("--project-name bakery-drill"));
    assert!(drilled.is_none_or(|call| call.contains("down --volumes")), "{place}");
    host.tool("docker", &docker);
    let Some((_, way)) = said.split_once("A restore that does starts them:\nrestore.sh:   ") else {
        assert!(stopped(&host).is_empty(), "{place}");
        assert!(
            !names(&host.build().join(".infrac")).iter().any(|name| name.starts_with("restore.")),
            "{place}"
        );
        return;
    };
    let way = way.lines().next().unwrap_or_default();
    let output = host.shell().args(["-c", way]).output().expect("bash runs");
    succeeds(&output);
    assert!(stopped(&host).is_empty(), "{place}");
    if stop.words.contains(&"panels") {
        assert_eq!(fs::read_to_string(panels(&host)).expect("it is there"), "panels", "{place}");
    }
}

#[test]
fn a_second_signal_leaves_no_scratch_folder() {
    let host = with_copies();
    let signal = signal(&host, To::Script);
    host.on("up --detach", &signal);
    host.on("down --volumes", &signal);
    host.on_next(1, "down --volumes", "");
    let output = restore(&host, &["orders", "--drill"]);
    assert_eq!(output.status.code(), Some(143), "{}", said(&output));
    assert!(names(&host.place("scratch")).is_empty(), "{}", said(&output));
    assert!(
        host.calls().lines().last().is_some_and(|call| call.contains("down --volumes")),
        "{}",
        host.calls()
    );
}
