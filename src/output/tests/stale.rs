//! What is no longer generated.

use std::fs;

use super::{Result, build, file, forced, refusal, tree, whole};
use crate::output::{Build, write};
use crate::target::Lowered;

#[test]
fn what_is_no_longer_generated_is_removed_with_its_folders() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a"), file("b/c/d", "d"), file("b/e/f", "f")])?;
    fs::write(place.path().join("b/e/mine"), "mine")?;
    let summary = build(place.path(), &[file("a", "a")])?;
    assert_eq!(summary.removed, ["b/c/d", "b/e/f"]);
    assert_eq!(tree(place.path())?, ["a", "b", "b/e", "b/e/mine"]);
    Ok(())
}

#[test]
fn the_output_folder_stays_when_nothing_is_generated_any_more() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a/b", "b")])?;
    build(place.path(), &[])?;
    assert_eq!(tree(place.path())?, [""; 0]);
    assert!(place.path().is_dir());
    Ok(())
}

#[test]
fn what_infrac_did_not_write_is_never_removed() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("docker/a", "a")])?;
    fs::write(place.path().join("docker/.infrac-mine.part"), "mine")?;
    fs::write(place.path().join("docker/mine"), "mine")?;
    build(place.path(), &[file("docker/b", "b")])?;
    assert_eq!(tree(place.path())?, ["docker", "docker/.infrac-mine.part", "docker/b", "docker/mine"]);
    Ok(())
}

#[test]
fn an_edited_file_is_not_removed() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a"), file("b/c", "c")])?;
    fs::write(place.path().join("b/c"), "mine")?;
    let said = refusal(place.path(), &[file("a", "new")])?;
    assert_eq!(said, "`b/c` is no longer generated, but has been edited since infrac wrote it");
    assert_eq!(fs::read_to_string(place.path().join("a"))?, "a");

    let summary = forced(place.path(), &[file("a", "new")])?;
    assert_eq!(summary.removed, ["b/c"]);
    assert_eq!(tree(place.path())?, ["a", "b", "b/c.orig"]);
    assert_eq!(fs::read_to_string(place.path().join("b/c.orig"))?, "mine");
    Ok(())
}

/// What is gone already, or has become a folder, is in nobody's way.
#[test]
fn what_a_person_removed_is_forgotten() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a"), file("b/c", "c"), file("d/e", "e")])?;
    fs::remove_file(place.path().join("a"))?;
    fs::remove_dir_all(place.path().join("b"))?;
    fs::remove_file(place.path().join("d/e"))?;
    fs::create_dir(place.path().join("d/e"))?;
    fs::write(place.path().join("d/e/mine"), "mine")?;
    assert_eq!(build(place.path(), &[])?.removed, [""; 0]);
    assert_eq!(tree(place.path())?, ["d", "d/e", "d/e/mine"]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_through_a_link_that_leads_out() -> Result {
    let place = tempfile::tempdir()?;
    let out = place.path().join("out");
    build(&out, &[file("docker/a", "a")])?;
    fs::rename(out.join("docker"), place.path().join("moved"))?;
    std::os::unix::fs::symlink("../moved", out.join("docker"))?;
    build(&out, &[])?;
    assert_eq!(tree(place.path())?, ["moved", "moved/a", "out", "out/.infrac.manifest", "out/docker"]);
    Ok(())
}

#[test]
fn files_of_other_targets_stay() -> Result {
    let place = tempfile::tempdir()?;
    let one = |target, artifacts| Lowered { target, artifacts };
    let both = vec![one("compose", vec![file("a", "a")]), one("kubernetes", vec![file("b/c", "c")])];
    write(place.path(), &Build { lowered: both, whole: true, ..whole(&[]) })?;
    let only = |target| Build { lowered: vec![one(target, Vec::new())], whole: false, ..whole(&[]) };

    assert_eq!(write(place.path(), &only("compose"))?.removed, ["a"]);
    assert_eq!(tree(place.path())?, ["b", "b/c"]);
    // Still known as ours.
    let other = vec![one("kubernetes", vec![file("b/c", "new")])];
    assert_eq!(write(place.path(), &Build { lowered: other, whole: false, ..whole(&[]) })?.written, ["b/c"]);
    // Every target, of which there are fewer than there were.
    assert_eq!(write(place.path(), &Build { whole: true, ..only("compose") })?.removed, ["b/c"]);
    Ok(())
}
