//! Builds that are stopped at every one of their steps, and the next build behind them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::stop::{self, How};
use super::{Build, NAME, Result, build, contents, file, whole, write};
use crate::target::{Artifact, PROGRAM};

fn old() -> Vec<Artifact> {
    vec![file("same", "same"), file("a/changed", "old"), file("b/c/gone", "old"), file("b/more", "old")]
}

fn new() -> Vec<Artifact> {
    let program = file("d/e/program", "new").with_mode(PROGRAM);
    vec![file("same", "same"), file("a/changed", "new"), file("new", "new"), program]
}

/// A third state, which shares no changed content with the others.
fn third() -> Vec<Artifact> {
    vec![file("same", "third"), file("a/changed", "third"), file("b/more", "third"), file("f/g/h", "third")]
}

/// What a build into an empty folder makes.
fn clean(artifacts: &[Artifact]) -> Result<Vec<(String, String)>> {
    let place = tempfile::tempdir()?;
    build(place.path(), artifacts)?;
    Ok(contents(place.path())?)
}

fn steps() -> Result<usize> {
    let place = tempfile::tempdir()?;
    build(place.path(), &old())?;
    stop::never();
    build(place.path(), &new())?;
    Ok(stop::never())
}

/// Every file that belongs to a user of the folder is whole: as in the old state or as in the new one.
fn files_are_whole(folder: &Path, step: usize) -> Result {
    let known = |artifacts: Vec<Artifact>| -> BTreeMap<String, String> {
        artifacts.into_iter().map(|it| (it.path, it.content)).collect()
    };
    let (old, new) = (known(old()), known(new()));
    for (path, content) in contents(folder)? {
        let is_ours = path == NAME || content == "(folder)" || path.contains(".infrac-");
        let is_whole = [&old, &new].into_iter().any(|state| state.get(&path) == Some(&content));
        assert!(is_ours || is_whole, "step {step}: `{path}` holds {content:?}");
    }
    // What is in both states is always there.
    for path in old.keys().filter(|path| new.contains_key(*path)) {
        assert!(folder.join(path).exists(), "step {step}: `{path}` is gone");
    }
    Ok(())
}

#[test]
fn a_failure_at_any_step_leaves_whole_files_and_the_next_build_recovers() -> Result {
    let steps = steps()?;
    assert!(steps > 20, "{steps}");
    let mut untouched = 0;
    for how in [How::Fail, How::FailOnwards] {
        for step in 0..steps {
            for next in [old(), new(), third()] {
                let place = tempfile::tempdir()?;
                build(place.path(), &old())?;
                let before = contents(place.path())?;
                stop::at(step, how);
                let result = build(place.path(), &new());
                stop::never();
                files_are_whole(place.path(), step)?;
                let after = contents(place.path())?;
                assert!(!after.iter().any(|(path, _)| path.contains(".infrac-")), "step {step}: {after:?}");
                untouched += usize::from(result.is_err() && after == before);
                build(place.path(), &next).map_err(|error| format!("step {step}: {error}"))?;
                let mut found = contents(place.path())?;
                if result.is_ok() {
                    // It was a folder that could not be removed, which is no reason to fail.
                    found.retain(|(path, _)| path != "b" && path != "b/c");
                }
                let mut expected = clean(&next)?;
                if result.is_ok() {
                    expected.retain(|(path, _)| path != "b" && path != "b/c");
                }
                assert_eq!(found, expected, "step {step}");
            }
        }
    }
    // Everything before the first rename: the manifest, and three steps for each of the three new files.
    assert!(untouched > 2 * 3 * 12, "{untouched}");
    Ok(())
}

/// Runs this very test in a process of its own, which a build inside of it ends.
#[test]
fn an_end_at_any_step_leaves_whole_files_and_the_next_build_recovers() -> Result {
    if let Some(folder) = std::env::var_os("INFRAC_TEST_FOLDER") {
        let step = std::env::var("INFRAC_TEST_STEP")?.parse()?;
        let force = std::env::var_os("INFRAC_TEST_FORCE").is_some();
        stop::at(step, How::End);
        write(Path::new(&folder), &Build { force, ..whole(&new()) })?;
        return Err("the build has come to its end".into());
    }
    for step in 0..steps()? {
        for next in [old(), new(), third()] {
            let place = tempfile::tempdir()?;
            build(place.path(), &old())?;
            end_at(step, place.path(), false)?;
            files_are_whole(place.path(), step)?;
            build(place.path(), &next).map_err(|error| format!("step {step}: {error}"))?;
            assert_eq!(contents(place.path())?, clean(&next)?, "step {step}");
        }
    }
    Ok(())
}

/// A person's work is in a file or in its copy, wherever a forced build is killed.
#[test]
fn an_end_at_any_step_of_a_forced_build_loses_no_edit() -> Result {
    for step in 0.. {
        let place = tempfile::tempdir()?;
        build(place.path(), &old())?;
        for path in ["a/changed", "b/more", "new"] {
            fs::write(place.path().join(path), "mine")?;
        }
        let ended = end_at(step, place.path(), true)?;
        for path in ["a/changed", "b/more", "new"] {
            let places = [path.to_owned(), format!("{path}.orig")];
            let is_there =
                places.iter().any(|it| fs::read(place.path().join(it)).is_ok_and(|it| it == b"mine"));
            assert!(is_there, "step {step}: `{path}` is lost");
        }
        if !ended {
            assert!(step > 20, "{step}");
            return Ok(());
        }
        write(place.path(), &Build { force: true, ..whole(&new()) })?;
        let mut expected = clean(&new())?;
        for path in ["a/changed.orig", "b/more.orig", "new.orig"] {
            expected.push((path.to_owned(), "mine".to_owned()));
        }
        expected.push(("b".to_owned(), "(folder)".to_owned()));
        expected.sort();
        let mut found = contents(place.path())?;
        found.sort();
        assert_eq!(found, expected, "step {step}");
    }
    Ok(())
}

/// Builds the new state in a process that ends at a step; whether it came so far.
fn end_at(step: usize, folder: &Path, force: bool) -> Result<bool> {
    let test = "output::tests::stopped::an_end_at_any_step_leaves_whole_files_and_the_next_build_recovers";
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", test, "--test-threads", "1"]);
    command.env("INFRAC_TEST_FOLDER", folder).env("INFRAC_TEST_STEP", step.to_string());
    if force {
        command.env("INFRAC_TEST_FORCE", "1");
    }
    let output = command.output()?;
    if !output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("come to its end") {
        return Err(String::from_utf8_lossy(&output.stdout).into());
    }
    Ok(output.status.success())
}
