//! What must not be lost: values on a full disk, data that a restore replaced, the lock of a script that is gone, the last copy.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Output;
use std::thread::sleep;
use std::time::Duration;

use super::backup::{fails, host, succeeds};
use super::engine::{Host, said};
use super::install::{Build, FIRST, Stack};
use super::rotate;

/// The folders of copies of a backup, the oldest first.
fn copies(host: &Host, backup: &str) -> Vec<PathBuf> {
    let folder = host.build().join(".infrac/backups").join(backup);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    all.retain(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    all.sort();
    all
}

fn local(host: &Host) -> PathBuf {
    succeeds(&host.run("scripts/backup.sh", &["--local", "orders"]));
    copies(host, "orders").pop().expect("it was taken")
}

fn shell(host: &Host, line: &str) -> Output {
    host.shell().current_dir(host.build()).args(["-c", line]).output().expect("bash runs")
}

fn stopped(host: &Host) -> Vec<String> {
    let names =
        fs::read_dir(host.place("bin")).expect("it is there").map(|it| it.expect("an entry").file_name());
    names.filter_map(|name| Some(name.to_str()?.strip_prefix("stopped-")?.to_owned())).collect()
}

#[test]
fn a_full_disk_leaves_env_and_the_old_value() {
    let host = rotate::host();
    let before = host.read(".env");
    host.tool(
        "mktemp",
        "#!/bin/bash\ncase $1 in */.env.*) name=${1%XXXXXX}aaaaaa; ln -s /dev/full \"$name\"; echo \"$name\" ;; *) PATH=/usr/bin:/bin exec mktemp \"$@\" ;; esac\n",
    );
    for secret in ["DB_PASSWORD", "CACHE_PASSWORD", "ROOT_KEY"] {
        let output = rotate::rotate(&host, &[secret], None);
        assert!(
            !output.status.success() && said(&output).contains("could not be written"),
            "{}",
            said(&output)
        );
        assert_eq!(host.read(".env"), before, "{secret}");
        assert!(!host.build().join(".env.infrac-aaaaaa").exists());
        assert!(!host.build().join(".infrac/rotate").join(secret).exists(), "{secret}: it was undone");
    }
    assert_eq!(rotate::known(&host, "db"), format!("{}\n", rotate::OLD));
    assert_eq!(rotate::known(&host, "cache"), format!("{}\n", rotate::OLD));
}

#[test]
fn a_journal_of_what_this_build_does_not_know_stays() {
    for (name, ways) in [("GONE_PASSWORD", "db/1"), ("DB_PASSWORD", "other/1")] {
        let host = rotate::host();
        let journal = format!(".infrac/rotate/{name}");
        let text = format!(
            "ROTATE_NAME={name}\nROTATE_OLD='{}'\nROTATE_NEW='a-new-value-of-it'\nROTATE_WAYS='{ways}'\n",
            rotate::OLD
        );
        host.write(&journal, &text);
        host.write("scripts/try.sh", "#!/usr/bin/env bash\n. \"$(dirname \"$0\")/lib/common.sh\"\nlock\n");
        fails(&host.run("scripts/try.sh", &[]), "finish that first with the build that stands in");
        assert_eq!(host.read(&journal), text);
    }
}

#[test]
fn a_value_that_is_given_behind_an_unfinished_rotation_is_the_one_that_holds() {
    let host = rotate::host();
    let env =
        host.read(".env").replace(&format!("HOOK='{}'", rotate::OLD), "HOOK='https://first.example.com'");
    host.write(".env", &env);
    host.write(
        ".infrac/rotate/HOOK",
        "ROTATE_NAME=HOOK\nROTATE_OLD='old'\nROTATE_NEW='https://first.example.com'\nROTATE_WAYS=''\n",
    );
    succeeds(&rotate::rotate(&host, &["HOOK", "--from-stdin"], Some("https://second.example.com\n")));
    assert_eq!(rotate::setting(&host, "HOOK"), "https://second.example.com");
}

#[test]
fn a_restore_works_behind_a_rotation() {
    let host = host();
    local(&host);
    assert!(host.build().join("scripts/lib/rotate.sh").exists());
    fs::create_dir_all(host.build().join(".infrac/rotate")).expect("a folder");
    succeeds(&host.run("scripts/restore.sh", &["orders", "--drill"]));
    succeeds(&host.run("scripts/restore.sh", &["orders", "--yes"]));
}

/// What `lock` reads comes behind all else, in any script.
#[test]
fn no_function_replaces_another() {
    let host = host();
    let scripts = host.build().join("scripts");
    let files = |folder: PathBuf| -> Vec<PathBuf> {
        let all = fs::read_dir(folder).expect("it is there").map(|it| it.expect("an entry").path());
        all.filter(|path| path.extension().is_some_and(|it| it == "sh")).collect()
    };
    for script in files(scripts.clone()) {
        let text = fs::read_to_string(&script).expect("it is there");
        let mut together = vec![script.clone()];
        for library in files(scripts.join("lib")).into_iter().chain(files(scripts.join("lib/deploy"))) {
            let name = library.strip_prefix(&scripts).expect("it is below").display().to_string();
            let shared = ["lib/common.sh", "lib/env.sh", "lib/judge.sh", "lib/platform.sh", "lib/rotate.sh"];
            if shared.contains(&name.as_str()) || text.contains(&format!("{name}\"")) {
                together.push(library);
            }
        }
        let mut known = BTreeMap::new();
        for file in together {
            let text = fs::read_to_string(&file).expect("it is there");
            // The commands of components stand there in quotes, and what they define is none of the script's.
            let of_components = file.ends_with("lib/platform.sh");
            let mut quoted = false;
            for line in text.lines() {
                let within = quoted;
                if of_components && !line.starts_with('#') {
                    quoted ^= line.replace(r"'\''", "").matches('\'').count() % 2 == 1;
                }
                if within || line.starts_with(' ') {
                    continue;
                }
                let Some((name, _)) = line.split_once("() ") else { continue };
                if name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                    continue;
                }
                let other = known.insert(name.to_owned(), file.clone());
                assert!(other.is_none(), "{}: {name} stands in {other:?} and in {file:?}", script.display());
            }
        }
        assert!(known.contains_key("lock") || text.contains("setup"), "{}", script.display());
    }
}

#[test]
fn a_failed_restore_names_the_way_out_and_the_next_one_starts_what_stands_still() {
    let host = host();
    succeeds(&host.run("scripts/backup.sh", &["--local", "panels"]));
    let good = copies(&host, "panels").remove(0);
    host.on_next(1, "--interactive --network none --read-only --cap-drop ALL --cap-add CHOWN", "exit 1");
    let output = host.run("scripts/restore.sh", &["panels", "--yes"]);
    fails(&output, "grafana is restored in part");
    assert_eq!(stopped(&host), ["grafana"]);
    let all = copies(&host, "panels");
    assert_eq!(all.len(), 2, "what was there is kept");
    for text in [
        format!("{} --yes --no-copy", good.display()),
        format!("{} --yes --no-copy", all[1].display()),
        "these stand still: grafana.".to_owned(),
    ] {
        assert!(said(&output).contains(&text), "{text}: {}", said(&output));
    }
    // What stands still is for a restore that succeeds to start, which is not of the copy from before.
    succeeds(&host.run("scripts/backup.sh", &["--resume"]));
    assert_eq!(stopped(&host), ["grafana"]);
    let output = host.run("scripts/restore.sh", &["panels", "--yes", "--no-copy"]);
    assert!(succeeds(&output).contains(&format!("{} is whole", good.display())), "{}", said(&output));
    assert!(stopped(&host).is_empty(), "{:?}", stopped(&host));
}

#[test]
fn a_job_that_fails_behind_a_restore_is_named() {
    let host = host();
    local(&host);
    host.on("run --rm --no-deps -T db-setup", "exit 3");
    fails(
        &host.run("scripts/restore.sh", &["orders", "--yes"]),
        "the job db-setup, which prepares db, did not succeed",
    );
}

#[test]
fn a_copy_of_another_service_or_platform_is_refused() {
    let host = host();
    let copy = local(&host);
    let of = |key: &str, value: &str| {
        let line = format!(
            "rm -rf ../other && cp -r '{}' ../other && cd ../other && sed -i 's/^{key} .*/{key} {value}/' info && rm SHA256SUMS && sha256sum * >../sums && mv ../sums SHA256SUMS",
            copy.display()
        );
        assert!(shell(&host, &line).status.success());
        host.place("other").display().to_string()
    };
    let other = of("service", "cache");
    for how in ["--verify", "--yes", "--drill"] {
        fails(&host.run("scripts/restore.sh", &[&other, how]), "is of cache, and orders is of db");
    }
    let other = of("project", "bakery-staging");
    fails(
        &host.run("scripts/restore.sh", &[&other, "--yes"]),
        "of another platform or environment, bakery-staging",
    );
    succeeds(&host.run("scripts/restore.sh", &[&other, "--verify", "--other-platform"]));
}

#[test]
fn without_an_engine_a_copy_is_not_called_damaged() {
    let host = host();
    local(&host);
    host.on("version --format", "exit 1");
    let output = host.run("scripts/restore.sh", &["orders", "--verify"]);
    fails(&output, "could not be verified");
    assert!(!said(&output).contains("not whole"), "{}", said(&output));
}

#[test]
fn a_damaged_last_copy_stops_no_backup() {
    let host = host();
    let copy = local(&host);
    fs::remove_file(copy.join("info")).expect("it is there");
    let output = host.run("scripts/backup.sh", &["--local", "orders"]);
    assert!(succeeds(&output).contains("is damaged"), "{}", said(&output));
    assert_eq!(copies(&host, "orders").len(), 2);
}

#[test]
fn copies_from_the_future_take_no_other_away() {
    let host = host();
    let copy = local(&host);
    for day in 10..18 {
        let line = format!("cp -r '{}' '.infrac/backups/orders/209901{day}T020000Z'", copy.display());
        assert!(shell(&host, &line).status.success());
    }
    fails(&host.run("scripts/backup.sh", &["--local", "orders"]), "are from the future");
    let all = copies(&host, "orders");
    assert_eq!(all.len(), 10, "{all:?}");
    let output = host.run("scripts/restore.sh", &["orders"]);
    assert!(succeeds(&output).contains(&format!("{} is whole", all[1].display())), "{}", said(&output));
}

#[test]
fn a_copy_does_not_get_into_another_one() {
    let host = host();
    let line = "mkdir -p .infrac/backups/orders && for ahead in 0 1 2; do mkdir \".infrac/backups/orders/$(date -u -d \"+$ahead seconds\" +%Y%m%dT%H%M%SZ)\"; done";
    assert!(shell(&host, line).status.success());
    succeeds(&host.run("scripts/backup.sh", &["--local", "orders"]));
    let all = copies(&host, "orders");
    assert_eq!(all.len(), 4, "{all:?}");
    for folder in &all[..3] {
        assert!(fs::read_dir(folder).expect("it is there").next().is_none(), "{}", folder.display());
    }
}

#[test]
fn a_dry_run_writes_and_fetches_nothing() {
    let host = host();
    let to = host.place("units");
    succeeds(&host.run("scripts/install-timers.sh", &["--to", &to.to_string_lossy(), "--dry-run"]));
    assert!(!to.exists());
    let both = ["--to", &to.to_string_lossy(), "--remove"];
    assert_eq!(host.run("scripts/install-timers.sh", &both).status.code(), Some(2));
    let wanted = ["orders/20260101T020000Z", "--from", "paris", "--dry-run"];
    assert!(succeeds(&host.run("scripts/restore.sh", &wanted)).contains("would fetch"));
    assert!(!host.calls().contains("rclone"), "{}", host.calls());
    local(&host);
    let output = host.run("scripts/restore.sh", &["orders", "--drill", "--dry-run"]);
    assert!(
        succeeds(&output).contains("would restore") && !said(&output).contains("--yes"),
        "{}",
        said(&output)
    );
}

#[test]
fn secrets_take_the_lock_and_are_readable_to_nobody_meanwhile() {
    let host = rotate::host();
    let env = host.read(".env").replace(&format!("SEAL='{}'", rotate::OLD), "SEAL=");
    host.write(".env", &env);
    let output =
        shell(&host, "mkdir -p .infrac && exec 8>>.infrac/lock && flock 8 && bash scripts/secrets.sh 8>&-");
    assert_eq!(output.status.code(), Some(75), "{}", said(&output));
    assert_eq!(host.read(".env"), env);
    fs::remove_file(host.build().join(".env")).expect("it is there");
    fs::set_permissions(host.build().join(".env.example"), fs::Permissions::from_mode(0o644))
        .expect("a mode");
    host.tool(
        "head",
        "#!/bin/bash\nstat -c %a \"${0%/*}\"/../build/.env.infrac-* >>\"${0%/*}/modes\"\nPATH=/usr/bin:/bin exec head \"$@\"\n",
    );
    host.write(".env.infrac-killed", "SEAL=left-by-a-kill\n");
    succeeds(&host.run("scripts/secrets.sh", &[]));
    let modes = fs::read_to_string(host.place("bin/modes")).expect("it was asked");
    assert!(!modes.is_empty() && modes.lines().all(|mode| mode == "600"), "{modes}");
    assert!(!host.build().join(".env.infrac-killed").exists());
}

#[test]
fn a_start_that_takes_too_long_is_ended_before_anything_goes_back() {
    let Some(stack) = Stack::new() else { return };
    stack.deploy("build", &[], 0);
    stack.build("second", Build { api: "1.1", level: 2, ..FIRST });
    let beats = "exec >/dev/null 2>&1; for _ in {1..300}; do sleep 0.2; : >\"$here/beat\"; done";
    stack.host.on_next(1, "plain up", beats);
    let log = stack.deploy("second", &["--limit", "6"], 3);
    assert!(log.contains("has not started everything within 6 seconds"), "{log}");
    fs::remove_file(stack.host.place("bin/beat")).expect("it began");
    sleep(Duration::from_secs(2));
    assert!(!stack.host.place("bin/beat").exists(), "it goes on");
}

#[test]
fn files_that_cannot_be_put_in_place_are_no_refusal() {
    let Some(stack) = Stack::new() else { return };
    stack.deploy("build", &[], 0);
    stack.build("second", Build { api: "1.1", level: 2, ..FIRST });
    stack.host.tool(
        "mv",
        "#!/bin/bash\ncase $* in */api.conf) [ -e \"${0%/*}/mended\" ] || { : >\"${0%/*}/mended\"; exit 1; } ;; esac\nPATH=/usr/bin:/bin exec mv \"$@\"\n",
    );
    let log = stack.deploy("second", &[], 3);
    assert!(log.contains("cannot be written to"), "{log}");
    assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 1"));
    // What ends in the middle by itself is not "as before".
    let _ = fs::remove_file(stack.host.place("bin/mv"));
    stack
        .host
        .tool("rm", "#!/bin/bash\ncase $* in */current) exit 1 ;; esac\nPATH=/usr/bin:/bin exec rm \"$@\"\n");
    stack.host.on("plain up", "exit 1");
    stack.deploy("second", &[], 4);
}

#[test]
fn a_script_is_found_through_a_link_and_refused_without_its_library() {
    let host = host();
    let link = host.place("home/a-link");
    for script in [
        "backup.sh",
        "restore.sh",
        "secrets.sh",
        "rotate.sh",
        "stack.sh",
        "health-check.sh",
        "install-timers.sh",
        "deploy.sh",
    ] {
        let file = host.build().join("scripts").join(script);
        let _ = fs::remove_file(&link);
        symlink(&file, &link).expect("a link");
        for option in ["--help", "-h"] {
            let output = host.shell().arg(&link).arg(option).output().expect("bash runs");
            let text = succeeds(&output);
            assert!(text.contains(script) && !text.contains("shellcheck"), "{script}: {text}");
        }
        let output = shell(&host, &format!("cd ../home && bash <'{}'", file.display()));
        assert_eq!(output.status.code(), Some(2), "{script}: {}", said(&output));
    }
}

#[test]
fn what_is_no_file_or_no_name_is_said() {
    let host = host();
    fails(&host.run("scripts/backup.sh", &["*"]), "no backup is called *");
    fails(&host.run("scripts/restore.sh", &["o.*s"]), "no backup is called o.*s");
    fs::remove_file(host.build().join(".env")).expect("it is there");
    fs::create_dir(host.build().join(".env")).expect("a folder");
    for script in ["secrets.sh", "stack.sh"] {
        let words: &[&str] = if script == "stack.sh" { &["up"] } else { &[] };
        fails(&host.run(&format!("scripts/{script}"), words), "is a folder");
    }
    // The process that holds the lock is gone, and what it started is not.
    let line = "mkdir -p .infrac && echo 'backup.sh, process 4194303, since then' >.infrac/lock.holder && exec 8>>.infrac/lock && flock 8 && bash scripts/stack.sh down 8>&-";
    fails(&shell(&host, line), "is gone, and what it started is still at it");
}
