//! Backups and restores, with programs of PostgreSQL that are stand-ins: what dies in the middle, what is lost on the way, what is
//! killed. `databases` has the real ones.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Output;

use infrac::platform::Runtime;

use super::engine::{Host, platform, said, try_some};
use crate::case::Case;

/// A dump of so many lines, whose last line is its end.
const DUMP: &str = "#!/bin/bash
here=${0%/*} lines=4000 at=200 status=0
[ ! -e \"$here/lines\" ] || lines=$(cat \"$here/lines\")
[ ! -e \"$here/dies\" ] || read -r at status <\"$here/dies\"
seq 0 $((lines - 1)) | head -n $((at * lines / 100)) | sed \"s/.*/row & of $PGDATABASE, as long as rows are/\"
[ \"$at\" -ge 100 ] || exit \"$status\"
echo '-- PostgreSQL database cluster dump complete'
";

/// Reads a dump to its end; what it restores is kept.
const RESTORE: &str = "#!/bin/bash
input=$(cat)
[ \"${input##*$'\\n'}\" = '-- PostgreSQL database cluster dump complete' ] || { echo 'unexpected end' >&2; exit 1; }
case $* in
  *--file=/dev/null*) ;;
  *) printf '%s\\n' \"$input\" >>\"${0%/*}/restored\" ;;
esac
";

const PSQL: &str = "#!/bin/bash
case $* in
  *'SELECT datname FROM'*) echo orders ;;
  *\"'database '\"*) echo 'database orders' ;;
  *quote_ident*) echo postgres ;;
  *string_agg*) ;;
  *) [ -t 0 ] || cat >\"${0%/*}/sql\"; if grep -qs 'count(' \"${0%/*}/sql\"; then echo \"$(cat \"${0%/*}/rows\") orders.public.t\"; fi ;;
esac
";

/// The engine's part: commands of containers run here, and volumes are folders.
const EXEC: &str = "while [ $# -gt 0 ] && [ \"$1\" != db-1 ] && [ \"$1\" != db ]; do shift; done
[ $# -gt 0 ] || exit 1
shift
export POSTGRES_USER=postgres POSTGRES_PASSWORD=x
PATH=$here:$PATH exec \"$@\"";
const RUN: &str = "volume=''
case \" $* \" in *' --entrypoint '*) ;; *) exit 0 ;; esac
while [ \"$1\" != --entrypoint ]; do
  case $1 in *:/volume*) volume=$here/volumes/${1%%:*} ;; esac
  shift
done
program=$2
[ \"$program\" != sh ] || program=bash
shift 3
words=()
for word in \"$@\"; do words+=(\"${word//\\/volume/$volume}\"); done
PATH=$here:$PATH exec \"$program\" \"${words[@]}\"";
const RUNNING: &str = "for name; do :; done; [ -e \"$here/stopped-$name\" ] || echo \"$name-1\"";
const STOP: &str = "while [ $# -gt 0 ] && [ \"$1\" != stop ]; do shift; done; shift; for name; do : >\"$here/stopped-$name\"; done";
const START: &str = "while [ $# -gt 0 ] && [ \"$1\" != start ]; do shift; done; shift; for name; do rm -f \"$here/stopped-$name\"; done";
/// An object store that is a folder.
const STORE: &str = "file='' folder=''
while [ $# -gt 0 ] && [[ $1 != rclone/* ]]; do
  [ \"$1\" != --env-file ] || file=$2
  [ \"$1\" != --volume ] || folder=${2%%:/copy*}
  shift
done
shift
cp \"$file\" \"$here/account\"
to() { printf '%s' \"$here/${1/place:/store/}\"; }
case $1 in
  copy)
    if [ \"$2\" = /copy ]; then mkdir -p \"$(to \"$3\")\"; cp \"$folder\"/* \"$(to \"$3\")\"; else cp \"$(to \"$2\")\"/* \"$folder\"; fi
    ;;
  check) diff -r \"$folder\" \"$(to \"$3\")\" >/dev/null ;;
  lsf) cd \"$(to \"$3\")\" && ls -d -- */ ;;
esac";

pub(super) fn host() -> Host {
    let host = Host::of(platform("backups", None));
    let example = host.read(".env.example");
    let filled = example.lines().map(|line| match line.strip_suffix('=') {
        Some(name) if !line.starts_with('#') => format!("{name}=value-of-{name}\n"),
        _ => format!("{line}\n"),
    });
    host.write(".env", &filled.collect::<String>());
    for service in ["db", "cache", "grafana"] {
        host.container(service, &[(".Config.Image", "image:1")]);
    }
    for (name, text) in [
        ("pg_dump", DUMP),
        ("pg_dumpall", DUMP),
        ("pg_restore", RESTORE),
        ("psql", PSQL),
        ("postgres", "#!/bin/bash\necho 'postgres (PostgreSQL) 18.6'\n"),
    ] {
        host.tool(name, text);
    }
    host.set("rows", "4000");
    for (pattern, script) in [
        ("exec", EXEC),
        ("run --rm", RUN),
        ("rclone/rclone:", STORE),
        ("run --rm --no-deps", "exit 0"),
        ("ps --quiet", RUNNING),
        (" stop ", STOP),
        (" start ", START),
        ("network ls", "echo bakery_data"),
        ("volume ls", "case $* in *grafana-data*) echo bakery_grafana-data ;; esac"),
    ] {
        host.on(pattern, script);
    }
    // What goes up is no longer stopped.
    host.on("up --detach", "for name; do :; done; rm -f \"$here/stopped-$name\"");
    fs::create_dir_all(host.place("bin/volumes/bakery_grafana-data")).expect("a folder");
    fs::write(host.place("bin/volumes/bakery_grafana-data/grafana.db"), "panels").expect("a file");
    host.watched()
}

impl Host {
    /// A file beside the stand-ins, by which they are told what to do.
    pub(super) fn set(&self, name: &str, text: &str) {
        fs::write(self.place("bin").join(name), text).expect("a file can be written");
    }

    pub(super) fn unset(&self, name: &str) {
        let _ = fs::remove_file(self.place("bin").join(name));
    }

    /// The copies of a backup, the oldest first.
    fn copies(&self, backup: &str) -> Vec<String> {
        let folder = self.build().join(".infrac/backups").join(backup);
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }

    fn copy(&self, backup: &str, name: &str) -> PathBuf {
        self.build().join(".infrac/backups").join(backup).join(name)
    }

    /// A metric of a backup.
    fn metric(&self, backup: &str, name: &str) -> Option<String> {
        let folder = self.place("metrics");
        let text = fs::read_to_string(folder.join(format!("bakery-backup-{backup}.prom"))).ok()?;
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{")))?;
        line.split(' ').nth(1).map(str::to_owned)
    }

    /// Metrics are written to a folder of the test.
    fn watched(self) -> Self {
        let facts = self.read("scripts/lib/platform.sh");
        let folder = self.place("metrics");
        let moved =
            facts.replace("METRICS='/var/lib/node-exporter'", &format!("METRICS='{}'", folder.display()));
        assert_ne!(moved, facts, "the folder of the exporter is known");
        self.write("scripts/lib/platform.sh", &moved);
        self
    }
}

fn backup(host: &Host, arguments: &[&str]) -> Output {
    // A copy is called by its second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    host.run("scripts/backup.sh", arguments)
}

pub(super) fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

pub(super) fn fails(output: &Output, with: &str) {
    let said = said(output);
    assert!(!output.status.success() && said.contains(with), "expected `{with}`: {said}");
}

#[test]
fn a_copy_is_verified_and_taken_to_every_place() {
    let host = host();
    let output = backup(&host, &["orders"]);
    succeeds(&output);
    let copies = host.copies("orders");
    assert_eq!(copies.len(), 1);
    let copy = host.copy("orders", &copies[0]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("orders {}\n", copy.display()));
    for file in ["001-globals.dump", "002-database_orders.dump", "parts", "info", "counts", "SHA256SUMS"] {
        let mode = fs::metadata(copy.join(file)).expect(file).permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    for place in ["store/backups/orders", "store/bakery-copies/main/site/orders"] {
        let there = host.place("bin").join(place).join(&copies[0]);
        assert_eq!(
            fs::read(there.join("002-database_orders.dump")).expect("it is there"),
            fs::read(copy.join("002-database_orders.dump")).expect("it is there"),
        );
    }
    // The last account is the one that reads off the site.
    let account = fs::read_to_string(host.place("bin/account")).expect("it is there");
    assert!(account.contains("ENDPOINT=https://s3.eu-central-1.amazonaws.com\n"), "{account}");
    assert!(account.contains("SECRET_ACCESS_KEY=value-of-OFFSITE_SECRET_KEY\n"), "{account}");
    let calls = host.calls();
    assert!(!calls.contains("value-of-"), "a secret stands in a call: {calls}");
    assert!(calls.contains("--network bakery_data") && calls.contains("--network bridge"), "{calls}");
    assert!(
        calls.contains("check /copy place:backups/orders/") && calls.contains("--one-way --download"),
        "{calls}"
    );
    assert_eq!(host.metric("orders", "backup_failed").as_deref(), Some("0"));
    let file = host.place("metrics/bakery-backup-orders.prom");
    assert_eq!(fs::metadata(file).expect("it is there").permissions().mode() & 0o777, 0o644);
    let declared = fs::read_to_string(host.place("metrics/bakery-backups.prom")).expect("it is there");
    assert!(
        declared.contains("backup_max_age_seconds{backup=\"panels\",platform=\"bakery\"} 1296000\n"),
        "{declared}"
    );
}

#[test]
fn what_is_switched_off_stays_on_the_host() {
    let host = host();
    let env = host.read(".env").replace("BACKUP_UPLOAD=true", "BACKUP_UPLOAD=false");
    host.write(".env", &env);
    succeeds(&backup(&host, &["orders"]));
    assert!(!host.calls().contains("rclone"), "{}", host.calls());
}

#[test]
fn a_copy_that_does_not_arrive_is_no_success() {
    let host = host();
    host.on("rclone/rclone:", "exit 1");
    fails(&backup(&host, &["orders"]), "it was not taken to minio.backups");
    assert_eq!(host.copies("orders").len(), 1, "the copy on the host is whole");
    assert_eq!(host.metric("orders", "backup_last_success_timestamp_seconds"), None);
    assert_eq!(host.metric("orders", "backup_failed").as_deref(), Some("1"));
}

/// Two backups that are due at one time: the second waits, and where that takes too long it is one that failed.
#[test]
fn what_a_timer_starts_waits_for_what_is_at_work() {
    let host = host();
    host.on("pg_dump --format", &format!("sleep 6; {EXEC}"));
    let mut first = host.command("scripts/backup.sh", &["--local", "orders"]).spawn().expect("bash runs");
    let since = std::time::Instant::now();
    while !host.calls().contains("pg_dump") && since.elapsed() < std::time::Duration::from_secs(60) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let late = backup(&host, &["--wait", "1", "panels"]);
    assert_eq!(late.status.code(), Some(75), "{}", said(&late));
    assert!(said(&late).contains("waits for another one: backup.sh, process "), "{}", said(&late));
    assert_eq!(host.metric("panels", "backup_failed").as_deref(), Some("1"));
    assert!(host.copies("panels").is_empty());
    succeeds(&backup(&host, &["--wait", "600", "--local", "panels"]));
    assert_eq!(host.copies("panels").len(), 1);
    assert!(first.wait().expect("it ends").success());
    assert_eq!(host.copies("orders").len(), 1);
    for odd in ["", "soon", "-1"] {
        let refused = backup(&host, &["--wait", odd, "panels"]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    }
}

/// Two environments with one bucket off the site: the newest copy of one is not that of the other.
#[test]
fn environments_share_no_folder_of_copies() {
    let of = |prefix: &str| {
        format!(
            "platform shop {{ targets = [compose, scripts] }}\nsecret KEY\nservice db {{\n  image = \"x/db:1\" {{ base = \"node:24\" }}\n  \
             volume data = \"/data\" {{ backup = true }}\n}}\noffsite away {{ endpoint = \"https://s3.example.com\", bucket = \"copies\", \
             access_key = \"shop\", secret_key = KEY{prefix} }}\nbackup nightly {{ of = db, to = away, schedule = \"0 2 * * *\" }}\n\
             environment staging {{ service db {{ env {{ MODE = \"staging\" }} }} }}\n"
        )
    };
    for (prefix, environment, folder) in [
        ("", None, ""),
        ("", Some("staging"), "staging"),
        (", prefix = \"all/of\"", Some("staging"), "all/of"),
    ] {
        let folder_of = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder_of.path().join("text.infra"), of(prefix)).expect("a file can be written");
        let case = Case {
            source: "text".to_owned(),
            environment: environment.map(str::to_owned),
            runtime: Runtime::Compose,
            root: folder_of.path().to_owned(),
            entry: "text.infra".to_owned(),
        };
        let compilation = case.compilation();
        let platform = compilation.platform.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
        assert_eq!(platform.stores[0].prefix, folder, "{environment:?}");
    }
}

#[test]
fn a_dump_that_dies_is_no_copy() {
    let host = host();
    for at in (0..100).step_by(10) {
        for status in [0, 1] {
            host.set("dies", &format!("{at} {status}"));
            fails(&backup(&host, &["--local", "orders"]), "not taken: orders");
            assert!(host.copies("orders").is_empty(), "at {at} % with status {status}");
        }
    }
}

#[test]
fn an_output_that_loses_its_end_is_no_copy() {
    let host = host();
    host.on("pg_dump --format", &format!("({EXEC}) | head -c -65536"));
    fails(&backup(&host, &["--local", "orders"]), "arrived");
    // Cut so that the end of the format is there.
    host.on("pg_dump --format", &format!("({EXEC}) | sed 5d"));
    fails(&backup(&host, &["--local", "orders"]), "arrived");
    assert!(host.copies("orders").is_empty());
}

#[test]
fn seven_bad_nights_leave_the_last_good_copy() {
    let host = host();
    succeeds(&backup(&host, &["--local", "panels"]));
    succeeds(&backup(&host, &["orders"]));
    let good = host.copies("orders");
    let since = host.metric("orders", "backup_last_success_timestamp_seconds");
    assert!(since.is_some());
    host.set("dies", "60 0");
    for _ in 0..7 {
        fails(&backup(&host, &["orders"]), "not taken: orders");
        assert_eq!(host.copies("orders"), good);
    }
    assert_eq!(host.metric("orders", "backup_last_success_timestamp_seconds"), since);
    assert_eq!(host.metric("orders", "backup_failed").as_deref(), Some("1"));
    let declared = fs::read_to_string(host.place("metrics/bakery-backups.prom")).expect("it is there");
    host.unset("dies");
    succeeds(&backup(&host, &["orders"]));
    let again = fs::read_to_string(host.place("metrics/bakery-backups.prom")).expect("it is there");
    assert_eq!(declared, again, "since when a backup is declared does not change");
}

#[test]
fn old_copies_go_and_the_newest_stays() {
    let host = host();
    succeeds(&backup(&host, &["--local", "orders"]));
    let made = host.copies("orders").remove(0);
    // Ten of the last century, and one that is no copy.
    for day in 10..20 {
        let old = host.copy("orders", &format!("199901{day}T020000Z"));
        let copied =
            std::process::Command::new("cp").arg("-r").arg(host.copy("orders", &made)).arg(old).status();
        assert!(copied.expect("cp runs").success());
    }
    fs::create_dir(host.copy("orders", "19990120T020000Z")).expect("a folder");
    succeeds(&backup(&host, &["--local", "orders"]));
    let left = host.copies("orders");
    // Seven are kept, whatever their age; the folder that is no copy counts for nothing.
    let whole = left.iter().filter(|name| host.copy("orders", name).join("SHA256SUMS").exists());
    assert_eq!(whole.count(), 7, "{left:?}");
    assert!(left.contains(&made) && !left.contains(&"19990114T020000Z".to_owned()), "{left:?}");
}

#[test]
fn a_copy_of_half_the_size_is_looked_at() {
    let host = host();
    succeeds(&backup(&host, &["--local", "orders"]));
    host.set("lines", "1000");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    fails(&backup(&host, &["--local", "orders"]), "less than half of the last copy");
    assert_eq!(host.copies("orders").len(), 1);
    succeeds(&backup(&host, &["--local", "--smaller", "orders"]));
    assert_eq!(host.copies("orders").len(), 2);
}

#[test]
fn a_full_disk_is_no_copy() {
    let host = host();
    host.tool("df", "#!/bin/bash\necho head\necho disk 100 99 1000 99% /\n");
    fails(&backup(&host, &["--local", "orders"]), "has 1000 KiB left");
    host.unset("df");
    // Files cannot grow beyond some blocks, which is as if the disk were full.
    let mut shell = host.shell();
    let script = host.build().join("scripts/backup.sh");
    shell.arg("-c").arg(format!("ulimit -f 64; '{}' --local orders", script.display()));
    fails(&shell.output().expect("bash runs"), "not taken: orders");
    assert!(host.copies("orders").is_empty());
    succeeds(&backup(&host, &["--local", "orders"]));
}

/// The group of processes dies at a call of the engine.
#[test]
fn what_is_killed_at_any_step_leaves_no_half_copy() {
    let reference = host();
    succeeds(&backup(&reference, &["orders", "panels"]));
    let calls = reference.calls().lines().count();
    assert!(calls > 15, "{calls}");
    let steps: Vec<usize> = (1..=calls).collect();
    try_some(&steps, 5, |at| {
        let host = host();
        let docker = host.read("../bin/docker");
        let kills = docker.replace(
            "number=$(wc -l <\"$here/calls\")\n",
            &format!("number=$(wc -l <\"$here/calls\")\n[ \"$number\" != {at} ] || kill -KILL 0\n"),
        );
        assert_ne!(docker, kills);
        host.tool("docker", &kills);
        let killed = host.command("scripts/backup.sh", &["orders", "panels"]).process_group(0).output();
        let killed = killed.expect("bash runs");
        assert!(!killed.status.success(), "at {at}: {}", said(&killed));
        host.tool("docker", &docker);
        for backup in ["orders", "panels"] {
            for copy in host.copies(backup) {
                let output = host.run("scripts/restore.sh", &["--verify", &format!("{backup}/{copy}")]);
                assert!(output.status.success(), "at {at}: {}", said(&output));
            }
        }
        succeeds(&host.run("scripts/backup.sh", &["--resume"]));
        assert!(!host.place("bin/stopped-grafana").exists(), "at {at}: grafana stands still");
    });
}

#[test]
fn a_volume_is_copied_while_its_service_stands_still_and_comes_back() {
    let host = host();
    succeeds(&backup(&host, &["--local", "panels"]));
    let calls = host.calls();
    let place = |text: &str| calls.find(text).unwrap_or_else(|| panic!("{text}: {calls}"));
    assert!(place(" stop grafana") < place("bakery_grafana-data:/volume:ro"));
    assert!(place("bakery_grafana-data:/volume:ro") < place(" start grafana"));
    let data = host.place("bin/volumes/bakery_grafana-data/grafana.db");
    fs::write(&data, "changed").expect("a file");
    let plan = succeeds(&host.run("scripts/restore.sh", &["panels"]));
    assert!(plan.contains("with --yes"), "{plan}");
    assert_eq!(fs::read_to_string(&data).expect("it is there"), "changed");
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    succeeds(&host.run("scripts/restore.sh", &["panels", "--yes"]));
    assert_eq!(fs::read_to_string(&data).expect("it is there"), "panels");
    assert_eq!(host.copies("panels").len(), 2, "what was there is kept");
    assert!(!host.place("bin/stopped-grafana").exists());
}

#[test]
fn a_database_comes_back_part_by_part() {
    let host = host();
    succeeds(&backup(&host, &["orders"]));
    host.forget();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let told = succeeds(&host.run("scripts/restore.sh", &["orders", "--yes"]));
    assert!(told.contains("what is there now is in"), "{told}");
    let restored = fs::read_to_string(host.place("bin/restored")).expect("it is there");
    assert!(restored.contains("row 3999 of orders"), "{}", restored.len());
    assert!(host.calls().contains("run --rm --no-deps -T db-setup"), "{}", host.calls());
    assert!(told.contains("1 numbers compared"), "{told}");
    // Other data than the copy holds is no success.
    host.set("rows", "3999");
    fails(&host.run("scripts/restore.sh", &["orders", "--yes", "--no-copy"]), "holds other data");
}

#[test]
fn a_copy_that_was_damaged_is_never_restored() {
    let host = host();
    succeeds(&backup(&host, &["orders"]));
    let name = host.copies("orders").remove(0);
    let file = host.copy("orders", &name).join("002-database_orders.dump");
    let whole = fs::read(&file).expect("it is there");
    for damaged in [&whole[..whole.len() - 1], &[whole.as_slice(), b"x"].concat()] {
        fs::write(&file, damaged).expect("it can be written");
        for how in ["--verify", "--drill", "--yes"] {
            fails(&host.run("scripts/restore.sh", &["orders", how]), "is not whole");
        }
    }
    fs::remove_file(&file).expect("it is there");
    fails(&host.run("scripts/restore.sh", &["orders", "--verify"]), "is not whole");
    assert!(!host.place("bin/restored").exists());
    // From off the site it comes back whole.
    let fetched = host.run("scripts/restore.sh", &[&format!("orders/{name}"), "--from", "paris", "--verify"]);
    succeeds(&fetched);
    fails(&host.run("scripts/restore.sh", &["sessions", "--from", "paris"]), "is not taken to paris");
}

#[test]
fn a_copy_of_a_newer_server_is_not_restored_into_an_older_one() {
    let host = host();
    succeeds(&backup(&host, &["--local", "orders"]));
    host.tool("postgres", "#!/bin/bash\necho 'postgres (PostgreSQL) 18.5'\n");
    fails(&host.run("scripts/restore.sh", &["orders", "--yes"]), "which is older");
    assert!(!host.place("bin/restored").exists());
}

#[test]
fn a_drill_compares_and_leaves_nothing() {
    let host = host();
    succeeds(&backup(&host, &["--local", "orders"]));
    host.forget();
    succeeds(&host.run("scripts/restore.sh", &["orders", "--drill"]));
    let calls = host.calls();
    assert!(calls.contains("--project-name bakery-drill"), "{calls}");
    let last = calls.lines().last().unwrap_or_default();
    assert!(last.contains("bakery-drill") && last.contains("down --volumes"), "{last}");
    assert!(host.place("metrics/bakery-drill-orders.prom").exists());
    // Nothing of the platform itself is touched.
    let touched = calls.lines().filter(|call| call.contains("--project-name bakery "));
    let touched: Vec<&str> = touched.filter(|call| !call.contains(" ps ")).collect();
    assert!(touched.is_empty(), "{touched:?}");
    host.set("rows", "1");
    fails(&host.run("scripts/restore.sh", &["orders", "--drill"]), "the drill of orders failed");
    assert!(host.calls().lines().last().unwrap_or_default().contains("down --volumes"), "{}", host.calls());
}

#[test]
fn nothing_is_done_where_it_is_only_asked_what_would_be() {
    let host = host();
    succeeds(&backup(&host, &["--dry-run"]));
    assert!(host.calls().is_empty() && host.copies("orders").is_empty(), "{}", host.calls());
    fails(&backup(&host, &["nightly"]), "no backup is called nightly; there are: orders sessions panels");
    fails(&host.run("scripts/restore.sh", &["orders"]), "there is no copy of orders");
    fails(&host.run("scripts/restore.sh", &[]), "of which backup?");
    let listed = succeeds(&backup(&host, &["--list"]));
    assert!(
        listed.contains("also in paris (bakery-copies at https://s3.eu-central-1.amazonaws.com)"),
        "{listed}"
    );
}

#[test]
fn copies_of_a_place_are_listed_as_far_as_they_are_taken_there_and_nothing_is_left() {
    let host = host();
    succeeds(&backup(&host, &["orders", "panels"]));
    let name = host.copies("orders").remove(0);
    let scratch = host.place("scratch");
    fs::create_dir_all(&scratch).expect("a folder");
    let run = |words: &[&str]| {
        let mut command = host.shell();
        let script = host.build().join("scripts/restore.sh");
        command.env("TMPDIR", &scratch).arg(script).args(words);
        let output = command.output().expect("bash runs");
        let left: Vec<_> = fs::read_dir(&scratch).expect("it is there").collect();
        assert!(left.is_empty(), "{words:?}: {left:?}");
        output
    };
    let listed = succeeds(&run(&["--list", "--from", "paris"]));
    assert!(listed.contains(&format!("orders/{name}")) && listed.contains("panels/"), "{listed}");
    assert!(!listed.contains("sessions/"), "{listed}");
    fails(&run(&["--list", "--from", "london"]), "no backup is taken to london");
    fails(&run(&["--list", "sessions", "--from", "paris"]), "sessions is not taken to paris");
}
