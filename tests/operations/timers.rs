//! What starts backups and drills by their schedules: timers of systemd, and a file for crond.

use std::fs;
use std::path::Path;

use infrac::platform::Runtime;

use super::backup::{fails, host, succeeds};
use super::engine::Host;
use crate::case::Case;
use crate::judge::Judge;

/// What systemd says of the units of a folder; `None` where it takes them.
fn refused_by_systemd(folder: &Path) -> Option<String> {
    let judge = Judge::find("systemd-analyze")?;
    let mut units = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a unit");
        for calendar in text.lines().filter_map(|line| line.strip_prefix("OnCalendar=")) {
            let verdict = judge.ask(folder, &["calendar", "--iterations=2", calendar], "");
            if !verdict.accepted {
                return Some(format!("{calendar}: {}", verdict.complaint));
            }
        }
        // A template is read as an instance of it.
        let name = path.file_name().expect("it has one").to_string_lossy().replace("@.", "@it.");
        fs::write(folder.join(&name), text).expect("a file can be written");
        units.push(folder.join(name).display().to_string());
    }
    let words: Vec<&str> =
        ["verify", "--man=no"].into_iter().chain(units.iter().map(String::as_str)).collect();
    let verdict = judge.ask(folder, &words, "");
    // What it only warns of it does not do either.
    (!verdict.accepted || verdict.complaint.contains(".timer:") || verdict.complaint.contains(".service:"))
        .then_some(verdict.complaint)
}

/// What cron says of a file of `/etc/cron.d`, whose lines have a user; `None` where it takes it.
pub(super) fn refused_by_cron(text: &str) -> Option<String> {
    let judge = Judge::find("crontab")?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let table = folder.path().join("table");
    fs::write(&table, text.replace(" root ", " ")).expect("a file can be written");
    let verdict = judge.ask(folder.path(), &[&table.to_string_lossy()], "");
    (!verdict.accepted).then_some(verdict.complaint)
}

/// The files that a host would get, in a folder of the host.
pub(super) fn timers_of(host: &Host, kind: &str) -> std::path::PathBuf {
    let facts = host.read("scripts/lib/platform.sh");
    let (old, new) = (["TIMERS='systemd'", "TIMERS='cron'"], format!("TIMERS='{kind}'"));
    host.write("scripts/lib/platform.sh", &old.iter().fold(facts, |facts, old| facts.replace(old, &new)));
    let to = host.place(kind);
    succeeds(&host.run("scripts/install-timers.sh", &["--to", &to.to_string_lossy()]));
    to
}

#[test]
fn systemd_and_cron_read_the_timers_of_every_platform() {
    let mut seen = 0;
    for case in Case::all().into_iter().filter(|case| case.runtime == Runtime::Compose) {
        let platform = case.compile();
        let has_scripts = platform.targets.iter().any(|format| format.name == "scripts");
        if platform.backups.is_empty() || !has_scripts {
            continue;
        }
        seen += 1;
        let host = Host::of(platform);
        assert_eq!(refused_by_systemd(&timers_of(&host, "systemd")), None, "{}", case.name());
        let to = timers_of(&host, "cron");
        for entry in fs::read_dir(to).expect("a folder") {
            let text = fs::read_to_string(entry.expect("an entry").path()).expect("a file");
            assert_eq!(refused_by_cron(&text), None, "{}: {text}", case.name());
        }
    }
    assert!(seen > 1, "no platform takes backups: the check is broken");
}

#[test]
fn broken_timers_are_refused() {
    if Judge::find("systemd-analyze").is_none() || Judge::find("crontab").is_none() {
        return;
    }
    let host = host();
    let broken = |unit: &str, from: &str, to: &str| {
        let folder = timers_of(&host, "systemd");
        let text = fs::read_to_string(folder.join(unit)).expect("it is written");
        assert!(text.contains(from), "{text}");
        fs::write(folder.join(unit), text.replace(from, to)).expect("a file can be written");
        let refused = refused_by_systemd(&folder).is_some();
        fs::remove_dir_all(folder).expect("it is there");
        refused
    };
    assert!(!broken("bakery-backup-orders.timer", "[Timer]", "[Timer]"));
    assert!(broken("bakery-backup-orders.timer", "02:00:00", "25:00:00"));
    assert!(broken("bakery-backup-orders.timer", "Persistent=true", "Persistently=true"));
    assert!(broken("bakery-backup-orders.service", "scripts/backup.sh", "scripts/none.sh"));
    assert!(broken("bakery-backup-orders.service", "[Service]", "[Servicing]"));
    let file = timers_of(&host, "cron").join("bakery-backup");
    let text = fs::read_to_string(file).expect("it is written");
    assert_eq!(refused_by_cron(&text), None);
    assert!(refused_by_cron(&text.replace("0 2 * * *", "0 25 * * *")).is_some());
    assert!(refused_by_cron(text.trim_end()).is_some(), "without its last line end: {text}");
}

#[test]
fn timers_are_in_utc_and_made_up_for() {
    let host = host();
    let folder = host.place("units");
    let to = folder.to_string_lossy().into_owned();
    // The build lies in a folder whose name has no blanks.
    succeeds(&host.run("scripts/install-timers.sh", &["--to", &to]));
    let read =
        |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let timer = read("bakery-backup-orders.timer");
    assert!(timer.contains("OnCalendar=*-*-* 02:00:00 UTC\nPersistent=true\n"), "{timer}");
    assert!(read("bakery-backup-panels.timer").contains("OnCalendar=Sun *-*-* 03:00:00 UTC\n"));
    let drill = read("bakery-drill-orders.service");
    assert!(drill.contains("scripts/restore.sh orders --drill --wait 14400\n"), "{drill}");
    let service = read("bakery-backup-orders.service");
    assert!(
        service.contains("ExecStopPost=-") && service.contains("OnFailure=bakery-failed@%n.service\n"),
        "{service}"
    );
    // As a host has them: written once, and a second run changes nothing.
    let units = host.place("systemd");
    fs::create_dir(&units).expect("a folder");
    host.tool("systemctl", "#!/bin/bash\necho \"$*\" >>\"${0%/*}/systemd\"\n");
    host.tool("id", "#!/bin/bash\necho 0\n");
    let install =
        || host.command("scripts/install-timers.sh", &[]).env("UNITS", &units).output().expect("bash runs");
    succeeds(&install());
    let said = fs::read_to_string(host.place("bin/systemd")).expect("it is there");
    assert!(
        said.contains("daemon-reload") && said.contains("enable --now bakery-drill-orders.timer"),
        "{said}"
    );
    host.set("systemd", "");
    succeeds(&install());
    let said = fs::read_to_string(host.place("bin/systemd")).expect("it is there");
    assert!(said.lines().all(|line| line.starts_with("is-enabled")), "{said}");
}

#[test]
fn crond_gets_a_file_that_it_reads() {
    let host = host();
    let facts = host.read("scripts/lib/platform.sh").replace("TIMERS='systemd'", "TIMERS='cron'");
    host.write("scripts/lib/platform.sh", &facts);
    let folder = host.place("cron");
    fs::create_dir(&folder).expect("a folder");
    host.tool("id", "#!/bin/bash\necho 0\n");
    host.tool("install", "#!/bin/bash\ncp \"${@: -2}\"\n");
    let install =
        || host.command("scripts/install-timers.sh", &[]).env("CRON", &folder).output().expect("bash runs");
    host.tool("pgrep", "#!/bin/bash\nexit 1\n");
    fails(&install(), "no crond runs here");
    host.tool("pgrep", "#!/bin/bash\nexit 0\n");
    host.tool("date", "#!/bin/bash\ncase $* in *%z*) echo +0200 ;; *) /bin/date \"$@\" ;; esac\n");
    host.tool("crond", "#!/bin/bash\nexit 1\n");
    fails(&install(), "takes times for those of the host");
    host.unset("date");
    succeeds(&install());
    let text = fs::read_to_string(folder.join("bakery-backup")).expect("its name has no dot");
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(" root ")).collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[0].starts_with("0 2 * * * root /")
            && lines[0].contains("scripts/backup.sh --wait 14400 orders "),
        "{text}"
    );
    assert!(!text.contains('%') && text.ends_with('\n'), "{text}");
}
