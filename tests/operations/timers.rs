//! What starts backups and drills by their schedules: timers of systemd, and a file for crond.

use std::fs;

use super::backup::{fails, host, succeeds};

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
    assert!(drill.contains("scripts/restore.sh orders --drill\n"), "{drill}");
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
        lines[0].starts_with("0 2 * * * root /") && lines[0].contains("scripts/backup.sh orders "),
        "{text}"
    );
    assert!(!text.contains('%') && text.ends_with('\n'), "{text}");
}
