//! Writing that loses nothing, with real disks, rights, signals and processes. What happens at each single step is
//! tested beside the code (`src/output/tests/`); `docs/writing.md` holds the promises.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "tests read files and run programs")]

#[path = "output/place.rs"]
mod place;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use place::{Files, Place, Result, files, platform, refuse, succeed};

/// The user and the group `nobody` of Linux, for whom a folder can be closed even when root runs the tests.
const NOBODY: u32 = 65534;

const MANIFEST: &str = ".infrac.manifest";

/// Every file is as in one of these states; what is in all of them is there.
fn whole(found: &Files, states: &[&Files]) {
    for (path, content) in found {
        let is_known = states.iter().any(|state| state.get(path) == Some(content));
        assert!(is_known || path == MANIFEST || path.contains(".infrac-"), "`{path}` is not whole");
    }
    for path in states[0].keys().filter(|path| states.iter().all(|state| state.contains_key(*path))) {
        assert!(found.contains_key(path), "`{path}` is gone");
    }
}

#[test]
fn a_full_disk_leaves_all_as_it_was() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 8, 8)), ("b.infra", &platform("b", 60, 8))])?;
    // A disk of our own, seen by these commands alone. The first build fits on it, the second one only in part.
    let script = r#"
        mkdir out && mount -t tmpfs -o size=160k none out || exit
        "$0" build a.infra --out out >&2 && cp -a out before || exit
        if "$0" build b.infra --out out; then exit 7; fi
        cp -a out after
        "$0" build a.infra --out out | grep "files unchanged"
    "#;
    let mut command = std::process::Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    command.arg(env!("CARGO_BIN_EXE_infrac")).current_dir(place.path());
    let said = match succeed(&mut command) {
        // Some systems give nobody a name space; the limit on the size of files, below, is checked everywhere.
        Err(error) if error.to_string().contains("unshare") || error.to_string().contains("mount:") => {
            // Past the harness, which would swallow it.
            writeln!(std::io::stderr(), "NOT CHECKED: no disk of a limited size can be made here: {error}")?;
            return Ok(());
        }
        said => said?,
    };
    assert!(said.contains("cannot be written: No space left on device"), "{said}");
    let before = files(&place.path().join("before"))?;
    assert_eq!(before.len(), 8 + 3);
    assert_eq!(files(&place.path().join("after"))?, before);
    Ok(())
}

/// A write that the system cuts off in the midst of a file.
#[test]
fn a_file_that_cannot_be_written_to_its_end_is_not_replaced() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 2, 2)), ("b.infra", &platform("b", 100, 2))])?;
    succeed(&mut place.build("a.infra"))?;
    let before = files(&place.out())?;
    // In blocks of 512 bytes; the compose file of the second platform is larger. The signal is ignored, so that
    // the write fails instead.
    let said = refuse(&mut place.build_behind("trap '' XFSZ && ulimit -f 16", "b.infra"))?;
    assert!(said.contains("cannot be written: File too large"), "{said}");
    assert_eq!(files(&place.out())?, before);
    // And where the signal kills.
    let output = place.build_behind("ulimit -f 16", "b.infra").output()?;
    assert_eq!(output.status.code(), None, "{output:?}");
    whole(&files(&place.out())?, &[&before]);
    succeed(&mut place.build("b.infra"))?;
    assert_eq!(files(&place.out())?, place.clean("b.infra")?);
    Ok(())
}

/// A build has more new files than a process may have open.
#[test]
fn few_open_files_are_enough() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 100, 100))])?;
    succeed(&mut place.build_behind("ulimit -n 24", "a.infra"))?;
    assert_eq!(files(&place.out())?.len(), 103);
    Ok(())
}

/// One closed folder is enough that nothing is written anywhere.
#[test]
fn a_folder_that_cannot_be_written_leaves_all_as_it_was() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 2, 2)), ("b.infra", &platform("b", 2, 2))])?;
    succeed(&mut place.build("a.infra"))?;
    // A program that nobody may run, wherever the tests were built.
    let program = place.path().join("infrac");
    fs::copy(env!("CARGO_BIN_EXE_infrac"), &program)?;
    let is_root = fs::metadata("/proc/self")?.uid() == 0;
    for path in [".", "out", "out/docker", "out/docker/config", "out/docker/config/s0"] {
        let path = place.path().join(path);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        if is_root {
            std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY))?;
        }
    }
    let before = files(&place.out())?;
    for closed in ["out", "out/docker", "out/docker/config/s1/etc/app"] {
        let closed = place.path().join(closed);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555))?;
        let mut command = std::process::Command::new(&program);
        command.args(["build", "b.infra", "--out", "out"]).current_dir(place.path());
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let said = refuse(&mut command)?;
        assert!(said.contains("cannot be written: Permission denied"), "{said}");
        assert_eq!(files(&place.out())?, before);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755))?;
    }
    succeed(&mut place.build("b.infra"))?;
    Ok(())
}

/// Waits until a build has replaced a file, or has ended.
fn until_it_replaces(path: &Path, child: &mut Child) -> Result {
    let begun = Instant::now();
    let identity = || fs::metadata(path).map(|it| it.ino()).ok();
    let before = identity();
    while begun.elapsed() < Duration::from_secs(60) && child.try_wait()?.is_none() {
        if identity() != before {
            return Ok(());
        }
    }
    Ok(())
}

/// Killed at all kinds of moments while it turns one platform into another.
#[test]
fn a_kill_leaves_whole_files_and_the_next_build_recovers() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 100, 80)), ("b.infra", &platform("b", 100, 80))])?;
    let (a, b) = (place.clean("a.infra")?, place.clean("b.infra")?);
    succeed(&mut place.build("a.infra"))?;
    let mut interrupted = 0;
    for round in 0..30_u64 {
        let (from, to, source, back) =
            if round % 2 == 0 { (&a, &b, "b.infra", "a.infra") } else { (&b, &a, "a.infra", "b.infra") };
        let mut child = place.build(source).spawn()?;
        // While it prepares files, and while it puts them into place.
        let (first, step) =
            if round % 4 < 2 { (MANIFEST, 200) } else { ("docker/compose.infrastructure.yaml", 30) };
        until_it_replaces(&place.out().join(first), &mut child)?;
        sleep(Duration::from_micros(round * step));
        child.kill()?;
        child.wait()?;
        let found = files(&place.out())?;
        whole(&found, &[from, to]);
        let is_of = |state: &Files| {
            state.iter().any(|(path, it)| {
                path != MANIFEST && from.get(path) != to.get(path) && found.get(path) == Some(it)
            })
        };
        interrupted += usize::from(is_of(from) && is_of(to));
        // Some go on, some go back, and what was there goes.
        let (source, state) = if round % 3 == 0 { (back, from) } else { (source, to) };
        succeed(&mut place.build(source)).map_err(|error| format!("round {round}: {error}"))?;
        assert_eq!(files(&place.out())?, *state, "round {round}");
        if state == from {
            succeed(&mut place.build(if back == "a.infra" { "b.infra" } else { "a.infra" }))?;
        }
    }
    assert!(interrupted > 0, "no build was killed between two of its files");
    Ok(())
}

#[test]
fn builds_at_once_take_turns() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 30, 10)), ("b.infra", &platform("b", 30, 10))])?;
    let (a, b) = (place.clean("a.infra")?, place.clean("b.infra")?);
    let commands = ["a.infra", "b.infra"].repeat(4);
    let children: Vec<Child> =
        commands.iter().map(|source| place.build(source).spawn()).collect::<std::io::Result<_>>()?;
    for child in children {
        let output = child.wait_with_output()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let found = files(&place.out())?;
    assert!(found == a || found == b, "a mixture of both");
    Ok(())
}

#[test]
fn a_build_waits_for_another_one_but_not_for_ever() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 1, 1)), ("b.infra", &platform("b", 1, 1))])?;
    succeed(&mut place.build("a.infra"))?;
    let before = files(&place.out())?;
    let lock = fs::File::open(place.out())?;
    lock.lock()?;
    let said = refuse(&mut place.build("b.infra"))?;
    assert_eq!(said, "error: `out` is being written by another build; try again when it has ended\n");
    assert_eq!(files(&place.out())?, before);

    let child = place.build("b.infra").spawn()?;
    sleep(Duration::from_millis(500));
    drop(lock);
    let output = child.wait_with_output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(files(&place.out())?, place.clean("b.infra")?);
    Ok(())
}

/// What an editor or a person leaves beside the files is nothing of ours.
#[test]
fn a_rebuild_touches_only_what_changes() -> Result {
    let place = Place::new(&[("a.infra", &platform("a", 3, 3))])?;
    succeed(&mut place.build("a.infra"))?;
    fs::write(place.out().join("docker/config/notes"), "mine")?;
    let identity = |path: &str| -> Result<(u64, std::time::SystemTime)> {
        let found = fs::metadata(place.out().join(path))?;
        Ok((found.ino(), found.modified()?))
    };
    let paths = ["docker/config/s0/etc/app/app.conf", ".env.example", "docker/config/notes"];
    let before: Vec<_> = paths.iter().map(|path| identity(path)).collect::<Result<_>>()?;
    fs::write(place.path().join("a.infra"), platform("a", 4, 4))?;
    succeed(&mut place.build("a.infra"))?;
    assert!(place.out().join("docker/config/s3").exists());
    let after: Vec<_> = paths.iter().map(|path| identity(path)).collect::<Result<_>>()?;
    assert_eq!(before, after);
    Ok(())
}

/// Where targets write is what a manifest may speak of.
#[test]
fn every_artifact_has_a_known_place() {
    let load = |path: &str| -> std::result::Result<infrac::source::Found, infrac::source::LoadError> {
        let read = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
        read.map(infrac::source::Found::File).map_err(|_| infrac::source::LoadError::Missing)
    };
    let compiled = infrac::compile(
        &infrac::source::Loader { load: &load },
        "platform.infra",
        None,
        infrac::platform::Runtime::Compose,
    );
    let targets: Vec<&infrac::target::Target> = infrac::target::TARGETS.iter().collect();
    let platform = compiled.platform.expect("the platform has no error");
    let mut all = 0;
    for lowered in infrac::build(&platform, &targets) {
        for artifact in lowered.artifacts {
            let first = artifact.path.split('/').next().unwrap_or_default();
            assert!(
                infrac::target::PLACES.contains(&first),
                "{}: `PLACES` (src/target.rs) lacks its first folder",
                artifact.path
            );
            all += 1;
        }
    }
    assert!(all > 5);
}
