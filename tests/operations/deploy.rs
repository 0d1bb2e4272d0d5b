//! `scripts/deploy.sh` on the host itself: a new version, broken ones, what must be refused, and what is found behind a kill.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::engine::{Host, platform, said, try_some};
use super::install::{Build, FIRST, SECRET, Stack, files_below};
use crate::judge::Judge;

const SECOND: Build = Build { api: "1.1", level: 2, ..FIRST };
const BROKEN: Build = Build { api: "2.0", level: 3, ..FIRST };

/// A host on which the first build runs.
fn running() -> Option<Stack> {
    let stack = Stack::new()?;
    stack.deploy("build", &[], 0);
    stack.host.forget();
    Some(stack)
}

#[test]
fn a_first_build_and_a_new_version_are_deployed() {
    let Some(stack) = Stack::new() else { return };
    stack.deploy("build", &[], 0);
    for (service, image) in [
        ("db", "sha256:db10"),
        ("api", "sha256:api10"),
        ("set-up", "sha256:setup10"),
        ("watch", "sha256:watch10"),
    ] {
        assert_eq!(stack.runs(service), image, "{service}");
    }
    let mode = |path: &str| fs::metadata(stack.opt().join(path)).expect(path).permissions().mode() & 0o777;
    assert_eq!(
        [mode(".env"), mode(".infrac"), mode("scripts/deploy.sh"), mode("docker/config/api/etc/api.conf")],
        [0o600, 0o700, 0o755, 0o644]
    );

    stack.host.forget();
    stack.build("second", SECOND);
    stack.deploy("second", &[], 0);
    assert_eq!(stack.runs("api"), "sha256:api11");
    assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 2"));
    let calls = stack.host.calls();
    let place = |text: &str| calls.find(text).unwrap_or_else(|| panic!("{text}: {calls}"));
    assert!(
        place("tag sha256:api10 infrac-previous:shop.api") < place(" pull db set-up api watch"),
        "{calls}"
    );
    assert!(place(" pull ") < place(" up --detach --no-build --pull never"), "{calls}");
    assert!(!calls.contains("--wait") && !calls.contains("--remove-orphans"), "{calls}");
    let record =
        stack.installed(&format!(".infrac/deploys/{}/record", stack.installed(".infrac/last").trim()));
    for line in ["project shop", "result ok"] {
        assert!(record.lines().any(|known| known == line), "{line}: {record}");
    }
    for file in files_below(&stack.opt()) {
        assert!(file == ".env" || !stack.installed(&file).contains(SECRET), "{file}");
    }

    // The same once more: nothing is replaced.
    let before = stack.file("made");
    stack.deploy("second", &[], 0);
    let jobs_alone = stack.file("made").trim().parse::<u32>().unwrap_or_default()
        - before.trim().parse::<u32>().unwrap_or_default();
    assert_eq!(jobs_alone, 1, "the job runs again, and nothing else");
}

#[test]
fn a_broken_version_goes_back_to_the_files_and_images_of_before() {
    let Some(stack) = running() else { return };
    for (name, build, why) in
        [("ill", BROKEN, "api: unhealthy"), ("ends", Build { api: "3.0", ..BROKEN }, "api: exited with 7")]
    {
        stack.build(name, build);
        let said = stack.deploy(name, &[], 3);
        assert!(said.contains(why) && said.contains("the build before runs again, and is well"), "{said}");
        assert_eq!(stack.runs("api"), "sha256:api10");
        assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 1"));
        assert!(stack.installed(".infrac/current").is_empty());
    }
    // A job that fails; a service whose image is as it was is left alone.
    stack.moves("example/set-up:1.0", "sha256:setup11 ends 3");
    stack.build("job", SECOND);
    let said = stack.deploy("job", &[], 3);
    assert!(said.contains("set-up: ended with 3"), "{said}");
    assert_eq!(stack.runs("set-up"), "sha256:setup10", "the tag moved, and the old image runs again");
    assert_eq!(stack.runs("api"), "sha256:api10");
    // And then a good one.
    stack.moves("example/set-up:1.0", "sha256:setup10");
    stack.deploy("job", &[], 0);
    assert_eq!(stack.runs("api"), "sha256:api11");
}

#[test]
fn a_first_build_that_is_broken_is_left() {
    let Some(stack) = Stack::new() else { return };
    stack.moves("example/api:1.0", "sha256:api10 ill");
    let said = stack.deploy("build", &[], 4);
    assert!(said.contains("there is no build before this one"), "{said}");
}

#[test]
fn what_is_wrong_is_found_before_anything_changes() {
    let Some(stack) = Stack::new() else { return };
    let refused = |name: &str, arguments: &[&str], code: i32, why: &str| {
        stack.host.forget();
        let said = stack.deploy(name, arguments, code);
        assert!(said.contains(why), "{why}: {said}");
        assert!(!stack.changed(), "{why}: {}", stack.host.calls());
    };
    stack.env("build", "API_KEY=\nCOMPOSE_PROFILES=watching\n");
    refused("build", &[], 1, "API_KEY");
    fs::remove_file(stack.opt().join(".env")).expect("it was put there");
    stack.env("build", "API_KEY=a b\n");
    refused("build", &[], 1, "the value of API_KEY must stand between");
    fs::remove_file(stack.opt().join(".env")).expect("it was put there");
    refused("build", &["production"], 2, "infrac build --env production");
    refused("build", &["a b"], 2, "is no environment");
    refused("build", &["--nothing"], 2, "there is no option --nothing");
    refused("build", &["--limit", "soon"], 2, "--limit wants seconds");

    stack.host.on("compose version", "echo v2.23.9");
    refused("build", &[], 1, "docker compose is 2.23.9, and 2.24.0 or later is needed");
    stack.host.on("compose version", "echo 2.24.0");
    stack.host.on("version --format", "exit 1");
    refused("build", &[], 1, "the engine does not answer");
    stack.host.on("version --format", "echo 29.0.0");

    // A build that was damaged, or edited.
    stack.build("second", SECOND);
    let config = stack.host.place("second/docker/config/api/etc/api.conf");
    fs::write(&config, "level = 9").expect("a file can be written");
    refused("second", &[], 1, "docker/config/api/etc/api.conf");
    fs::remove_file(&config).expect("it is there");
    refused("second", &[], 1, "docker/config/api/etc/api.conf");

    // Without `.env` at all the files are there to begin with, and nothing starts.
    stack.build("third", SECOND);
    refused("third", &[], 1, "there is no");
    assert!(stack.installed(".env.example").contains("API_KEY="));
    assert!(stack.installed(".env").is_empty());
}

#[test]
fn what_a_person_changed_in_the_install_path_stays() {
    let Some(stack) = running() else { return };
    stack.build("second", SECOND);
    let config = stack.opt().join("docker/config/api/etc/api.conf");
    let written = fs::read(&config).expect("it is there");
    fs::write(&config, "level = 9").expect("a file can be written");
    let said = stack.deploy("second", &[], 1);
    assert!(said.contains("  docker/config/api/etc/api.conf\n"), "{said}");
    assert!(!stack.changed(), "{}", stack.host.calls());
    fs::write(&config, written).expect("a file can be written");

    // A file of their own in the place of a new one, and a link.
    stack.build("more", Build { more: "service more { image = \"example/watch:1.0\", networks = [back], config \"/etc/more.conf\" = \"more\" }", ..SECOND });
    let own = stack.opt().join("docker/config/more/etc/more.conf");
    fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    fs::write(&own, "mine").expect("a file can be written");
    assert!(stack.deploy("more", &[], 1).contains("  docker/config/more/etc/more.conf\n"));
    fs::remove_file(&own).expect("it is there");
    std::os::unix::fs::symlink("/etc/passwd", &own).expect("a link");
    assert!(stack.deploy("more", &[], 1).contains("  docker/config/more/etc/more.conf\n"));
    fs::remove_file(&own).expect("it is there");
    stack.deploy("more", &[], 0);
    assert!(stack.installed("docker/config/more/etc/more.conf").ends_with("more\n"));
    // What is no longer of the build goes, with its folders.
    stack.deploy("second", &[], 0);
    assert!(!stack.opt().join("docker/config/more").exists());
    assert_eq!(stack.runs("more"), "", "a service that is no longer of the build is stopped");
}

#[test]
fn a_store_that_changes_its_version_is_not_gone_back_from() {
    let Some(stack) = running() else { return };
    stack.build("newer", Build { db: "2.0", ..SECOND });
    stack.build("broken", Build { db: "3.0", ..SECOND });
    let said = stack.deploy("broken", &[], 1);
    assert!(said.contains("no backup is declared of db"), "{said}");
    assert_eq!(stack.runs("db"), "sha256:db10");
    assert!(!stack.host.calls().contains(" up "), "{}", stack.host.calls());
    let said = stack.deploy("broken", &["--yes"], 4);
    assert!(said.contains("db changes from example/db:1.0 to example/db:3.0"), "{said}");
    assert!(said.contains("nothing goes back by itself"), "{said}");
    assert!(stack.file("containers/db-1").contains("sha256:db30"), "the old version was started");
    stack.deploy("newer", &["--yes"], 0);

    // A tag that moved is another version, too.
    stack.moves("example/db:2.0", "sha256:db20-of-trixie");
    let said = stack.deploy("newer", &[], 1);
    assert!(said.contains("no backup is declared of db"), "{said}");
    // And the way back by hand wants to be meant.
    let said = stack.deploy("newer", &["--back"], 1);
    assert!(said.contains("there is no build before") || said.contains("another version then"), "{said}");
}

/// By the scripts of the build in place, which know it.
#[test]
fn a_store_is_backed_up_before_its_version_changes() {
    let Some(stack) = Stack::new() else { return };
    stack.amend("build", "scripts/lib/platform.sh", |text| {
        format!("{text}\nbackups() {{\n  printf '%s\\n' 'nightly db' 'other watch'\n}}\n")
    });
    stack.deploy("build", &[], 0);
    let backup = |script: &str| {
        fs::write(stack.opt().join("scripts/backup.sh"), format!("#!/usr/bin/env bash\n{script}\n"))
            .expect("a file");
    };
    stack.build("newer", Build { db: "2.0", ..SECOND });

    backup("echo 'the disk is full' >&2; exit 1");
    stack.host.forget();
    let log = stack.deploy("newer", &[], 1);
    assert!(log.contains("the backup before the change did not succeed"), "{log}");
    assert!(!stack.host.calls().contains(" up "), "{}", stack.host.calls());

    let copy = stack.opt().join(".infrac/backups/nightly/20261130T020000Z");
    let line =
        format!("echo \"asked for $*, locked by $INFRAC_LOCKED\" >&2\necho 'nightly {}'", copy.display());
    backup(&line);
    let log = stack.deploy("newer", &[], 0);
    let locked = format!("asked for nightly, locked by {}/.infrac\n", stack.opt().display());
    assert!(log.contains(&locked) && log.contains(&copy.display().to_string()), "{log}");
    assert_eq!(stack.runs("db"), "sha256:db20");

    let Some(stack) = Stack::new() else { return };
    stack.amend("build", "scripts/lib/platform.sh", |text| {
        format!("{text}\nbackups() {{ echo 'nightly db'; }}\n")
    });
    stack.deploy("build", &[], 0);
    fs::write(stack.opt().join("scripts/backup.sh"), format!("#!/usr/bin/env bash\n{line}\n"))
        .expect("a file");
    stack.build("broken", Build { db: "3.0", ..SECOND });
    let log = stack.deploy("broken", &[], 4);
    let restore = format!("{}/scripts/restore.sh {} --yes", stack.opt().display(), copy.display());
    assert!(log.contains(&restore), "{log}");
    assert!(stack.file("containers/db-1").contains("sha256:db30"), "the old version was started");
}

/// They belong to no service, so no pull of the stack brings them.
#[test]
fn images_by_which_backups_carry_files_are_there_before_the_first_night() {
    let Some(stack) = Stack::new() else { return };
    stack.amend("build", "scripts/lib/platform.sh", |text| {
        format!("{text}\nHELPER_IMAGE='example/tool:1'\nTRANSFER_IMAGE='example/client:1'\n")
    });
    stack.host.on_next(1, "pull --quiet", "exit 18");
    let said = stack.deploy("build", &[], 1);
    assert!(said.contains("example/tool:1, by which backups carry files, cannot be pulled"), "{said}");
    assert!(!stack.host.calls().contains(" up "), "{}", stack.host.calls());
    stack.host.on("pull --quiet", "");
    stack.deploy("build", &[], 0);
    let calls = stack.host.calls();
    for image in ["example/tool:1", "example/client:1"] {
        assert!(calls.contains(&format!("pull --quiet {image}")), "{calls}");
    }
}

#[test]
fn images_that_are_gone_are_missed_before_anything_stops() {
    let Some(stack) = running() else { return };
    let images = stack.file("images").replace("sha256:api10", "sha256:another");
    fs::write(stack.host.place("bin/images"), images).expect("a file can be written");
    stack.build("second", SECOND);
    let said = stack.deploy("second", &[], 1);
    assert!(said.contains("  api\n") && said.contains("--yes"), "{said}");
    assert!(!stack.changed(), "{}", stack.host.calls());
    stack.deploy("second", &["--yes"], 0);
}

#[test]
fn another_project_and_a_lost_volume_are_refused() {
    let Some(stack) = running() else { return };
    stack.build("renamed", Build { platform: "store", ..FIRST });
    let said = stack.deploy("renamed", &[], 1);
    assert!(said.contains("the project is store, and shop runs here"), "{said}");
    stack.build("moved", Build { more: "volume spool { size = 1GiB }\nservice spooler { image = \"example/watch:1.0\", networks = [back], mount spool = \"/spool\" }", ..FIRST });
    stack.deploy("moved", &[], 0);
    stack.host.forget();
    let said = stack.deploy("build", &[], 1);
    assert!(said.contains("  shop_spool\n") && said.contains("--volumes-changed"), "{said}");
    assert!(!stack.changed(), "{}", stack.host.calls());
    stack.deploy("build", &["--volumes-changed"], 0);

    // At the first deployment, data of the same name is told of.
    let Some(stack) = Stack::new() else { return };
    fs::write(stack.host.place("bin/volumes"), "old_db-data old db-data\nother other -\n").expect("a file");
    let said = stack.deploy("build", &[], 0);
    assert!(said.contains("there is a volume old_db-data of the project old"), "{said}");
}

#[test]
fn a_profile_that_is_switched_off_stops() {
    let Some(stack) = running() else { return };
    assert_eq!(stack.runs("watch"), "sha256:watch10");
    fs::write(stack.opt().join(".env"), format!("API_KEY='{SECRET}'\nCOMPOSE_PROFILES=\n")).expect("a file");
    let said = stack.deploy("build", &[], 0);
    assert!(said.contains("stops watch"), "{said}");
    assert_eq!(stack.runs("watch"), "");
    let calls = stack.host.calls();
    assert!(calls.contains(" pull db set-up api") && !calls.contains("api watch"), "{calls}");
    assert_eq!(stack.runs("db"), "sha256:db10");
}

#[test]
fn a_dry_run_changes_nothing() {
    let Some(stack) = Stack::new() else { return };
    let said = stack.deploy("build", &["--dry-run"], 0);
    assert!(
        said.contains("would start db set-up api") && said.contains("would write docker/compose"),
        "{said}"
    );
    assert!(files_below(&stack.opt()).is_empty() && !stack.changed(), "{}", stack.host.calls());
    stack.deploy("build", &[], 0);
    let files = files_below(&stack.opt());
    stack.host.forget();
    stack.build("second", Build { db: "2.0", ..SECOND });
    let said = stack.deploy("second", &["--dry-run", "--yes"], 0);
    assert!(said.contains("db changes from example/db:1.0 to example/db:2.0"), "{said}");
    assert!(said.contains("would write docker/config/api/etc/api.conf"), "{said}");
    assert_eq!(files_below(&stack.opt()), files);
    assert!(!stack.changed(), "{}", stack.host.calls());
}

#[test]
fn two_at_once_are_one() {
    let Some(stack) = running() else { return };
    stack.build("second", SECOND);
    fs::write(stack.host.place("bin/slow"), "4").expect("a file can be written");
    let mut first = stack.command("second", &[]).stderr(Stdio::null()).spawn().expect("bash runs");
    let since = Instant::now();
    while !stack.host.calls().contains(" up ") && since.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(50));
    }
    let said = stack.deploy("second", &[], 75);
    assert!(said.contains("another one is at work: deploy.sh, process "), "{said}");
    assert!(first.wait().expect("it ends").success());
    fs::remove_file(stack.host.place("bin/slow")).expect("it is there");
    stack.deploy("second", &[], 0);
}

#[test]
fn a_text_through_a_pipe_reaches_its_end_or_is_refused() {
    let Some(stack) = Stack::new() else { return };
    let piped = |folder: &str| {
        let script = fs::File::open(stack.host.place("build/scripts/deploy.sh")).expect("it is there");
        let mut shell = stack.host.shell();
        shell.arg("-s").current_dir(stack.host.place(folder)).stdin(script);
        shell.env("POLL", "0.1").env("SETTLE", "0").output().expect("bash runs")
    };
    let said = stack.ended(&piped("home"), 2);
    assert!(said.contains("it is started as a file of a build"), "{said}");
    stack.ended(&piped("build/scripts"), 0);
    assert_eq!(stack.runs("api"), "sha256:api10");
}

/// Where a deployment is killed.
#[derive(Debug)]
enum At {
    /// At a call of the engine that holds a text.
    Call(&'static str),
    /// At a renaming of a file. The first is that of the manifest, and the last as well.
    Renaming(u32),
}

/// It is killed at a call of the engine, or at a renaming of a file. The next run comes to the same end.
#[test]
fn a_kill_at_every_step_is_found_by_the_next_run() {
    let calls = ["image inspect", "ps --all", "tag sha256", "plain pull", "inspect --type", "plain up"];
    let mut kills: Vec<At> = calls.into_iter().map(At::Call).collect();
    kills.extend((1..5).map(At::Renaming));
    try_some(&kills, 3, |kill| {
        let Some(stack) = running() else { return };
        stack.build("second", SECOND);
        match kill {
            At::Call(call) => stack.host.on_next(1, call, &stack.killer()),
            At::Renaming(nth) => {
                fs::write(stack.host.place("bin/moves"), "").expect("a file can be written");
                let text = format!(
                    "#!/bin/bash\nhere=${{0%/*}}\ncase \"$*\" in *infrac-new*) echo x >>$here/moves ;; esac\n\
                     if [ $(wc -l <$here/moves) = {nth} ]; then {}; fi\nexec /bin/mv \"$@\"\n",
                    stack.killer()
                );
                stack.host.tool("mv", &text);
            }
        }
        let output = stack.command("second", &[]).output().expect("bash runs");
        assert!(!output.status.success(), "{kill:?}: {}", said(&output));
        stack.host.tool("mv", "#!/bin/sh\nexec /bin/mv \"$@\"\n");
        // Where the next run goes on, and where it goes back.
        let has_changed = matches!(kill, At::Call("plain up") | At::Renaming(_));
        if let At::Renaming(1 | 3) = kill {
            stack.deploy("second", &["--back"], 0);
        } else {
            let said = stack.deploy("second", &[], 0);
            assert_eq!(said.contains("a deployment was interrupted"), has_changed, "{kill:?}: {said}");
            assert_eq!(stack.runs("api"), "sha256:api11");
            assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 2"), "{kill:?}");
            stack.deploy("build", &[], 0);
        }
        assert_eq!(stack.runs("api"), "sha256:api10");
        assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 1"), "{kill:?}");
        assert!(!files_below(&stack.opt()).iter().any(|name| name.ends_with("infrac-new")), "{kill:?}");
    });
}

/// An interrupted version that was broken: the next one that is broken goes back to what ran before both.
#[test]
fn what_ran_before_an_interrupted_deployment_is_gone_back_to() {
    let Some(stack) = running() else { return };
    stack.build("broken", BROKEN);
    stack.host.on_next(1, "plain up", &stack.killer());
    assert!(!stack.command("broken", &[]).output().expect("bash runs").status.success());
    // Nor does a run that is refused, or killed before it changes anything, forget it.
    stack.host.on_next(1, "plain pull", "exit 18");
    stack.deploy("broken", &[], 1);
    stack.host.on_next(1, "plain pull", &stack.killer());
    assert!(!stack.command("broken", &[]).output().expect("bash runs").status.success());
    let said = stack.deploy("broken", &[], 3);
    assert!(said.contains("a deployment was interrupted"), "{said}");
    assert_eq!(stack.runs("api"), "sha256:api10");
}

#[test]
fn the_build_before_is_asked_for_by_name() {
    let Some(stack) = running() else { return };
    assert!(stack.deploy("build", &["--back"], 1).contains("there is no build before"));
    stack.build("second", SECOND);
    stack.deploy("second", &[], 0);
    let installed = stack.opt().join("scripts/deploy.sh");
    let back = |code| {
        let mut shell = stack.host.shell();
        shell.arg(&installed).arg("--back").env("POLL", "0.1").env("SETTLE", "0");
        stack.ended(&shell.output().expect("bash runs"), code)
    };
    back(0);
    assert_eq!(stack.runs("api"), "sha256:api10");
    assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 1"));
    back(1);
}

/// The repository holds the build, and the clone is the install path.
#[test]
fn a_clone_in_the_install_path_is_deployed_in_place() {
    let Some(stack) = Stack::new() else { return };
    let opt = stack.opt().display().to_string();
    stack.build(&opt, FIRST);
    fs::create_dir_all(stack.opt().join(".git")).expect("a folder");
    stack.env(&opt, &format!("API_KEY='{SECRET}'\n"));
    stack.deploy(&opt, &[], 0);
    assert_eq!(stack.runs("api"), "sha256:api10");
    // Other files come in by a pull, and are gone back from.
    let pull = |build: Build| {
        let env = fs::read(stack.opt().join(".env")).expect("it is there");
        stack.build(&opt, build);
        fs::write(stack.opt().join(".env"), env).expect("a file can be written");
    };
    pull(BROKEN);
    stack.deploy(&opt, &[], 3);
    assert_eq!(stack.runs("api"), "sha256:api10");
    assert!(stack.installed("docker/config/api/etc/api.conf").contains("level = 1"));
    pull(SECOND);
    stack.deploy(&opt, &[], 0);
    assert_eq!(stack.runs("api"), "sha256:api11");
}

/// Where the system has no `flock`.
#[test]
fn a_lock_without_flock_is_given_back() {
    let Some(stack) = Stack::new() else { return };
    let bin = stack.host.place("few");
    fs::create_dir_all(&bin).expect("a folder");
    for folder in ["/usr/bin", "/bin"] {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a file").path();
            let name = path.file_name().expect("a name").to_owned();
            if name != "flock" {
                let _ = std::os::unix::fs::symlink(path, bin.join(name));
            }
        }
    }
    let deploy = || {
        let mut command = stack.command("build", &[]);
        command.env("PATH", format!("{}:{}", stack.host.place("bin").display(), bin.display()));
        command.output().expect("bash runs")
    };
    stack.ended(&deploy(), 0);
    let lock = stack.opt().join(".infrac/lock.d");
    assert!(!lock.exists());
    // One that is held, and one of a process that is gone.
    fs::create_dir(&lock).expect("a folder");
    fs::write(lock.join("process"), std::process::id().to_string()).expect("a file can be written");
    stack.ended(&deploy(), 75);
    fs::write(lock.join("process"), "999999999").expect("a file can be written");
    stack.ended(&deploy(), 0);
}

#[test]
fn five_records_are_kept() {
    let Some(stack) = Stack::new() else { return };
    for day in 1..9 {
        let folder = stack.opt().join(format!(".infrac/deploys/2020010{day}T000000Z"));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("record"), "result ok\n").expect("a file can be written");
    }
    stack.deploy("build", &[], 0);
    let kept = fs::read_dir(stack.opt().join(".infrac/deploys")).expect("it is there").count();
    assert_eq!(kept, 5);
}

/// Images, volumes and who mounts them, as the script reads them of what compose prints, are those of the same as JSON.
#[test]
fn what_compose_makes_of_a_file_is_read() {
    for judge in ["docker-compose", "docker-compose-new"] {
        let Some(compose) = Judge::find(judge) else { continue };
        for name in ["queue", "tour", "overrides", "platform"] {
            let host = Host::of(platform(name, None));
            host.tool("docker", &format!("#!/bin/sh\nshift\nexec {} \"$@\"\n", compose.program().display()));
            let head = "#!/usr/bin/env bash\n. \"$(dirname \"$0\")/lib/common.sh\"\n. \"$(dirname \"$0\")/lib/deploy/engine.sh\"\nsource=$root\n";
            host.write("scripts/plan.sh", &format!("{head}read_plan\n"));
            host.write(
                "scripts/json.sh",
                &format!("{head}planned $(profile_options) config --format json\n"),
            );
            let plan = said(&host.run("scripts/plan.sh", &[]));
            let json: serde_json::Value =
                serde_json::from_str(&said(&host.run("scripts/json.sh", &[]))).expect(name);
            let mut expected = BTreeSet::new();
            for (name, service) in json["services"].as_object().expect("there are some") {
                if let Some(image) = service["image"].as_str() {
                    expected.insert(format!("image {name} {image}"));
                }
                for mount in service["volumes"].as_array().into_iter().flatten() {
                    if mount["type"] == "volume" {
                        expected
                            .insert(format!("mounts {name} {}", mount["source"].as_str().expect("a name")));
                    }
                }
            }
            for (name, volume) in json["volumes"].as_object().into_iter().flatten() {
                expected.insert(format!("volume {name} {}", volume["name"].as_str().expect("a name")));
            }
            let found: BTreeSet<String> = plan.lines().map(str::to_owned).collect();
            assert_eq!(found, expected, "{judge}, {name}");
            assert!(!found.is_empty(), "{name}");
        }
    }
}
