//! Files that are written only where no person has one.

use std::fs;
use std::path::Path;

use super::{NAME, Result, file, whole};
use crate::output::{Build, Left, Summary, WriteError, drift, write};
use crate::target::{Artifact, Once};

const ONCE: &[Once] =
    &[Once { path: "Makefile", others: &["GNUmakefile"], mention: "infra.mk", advice: "include it" }];

fn build(folder: &Path, artifacts: &[Artifact]) -> std::result::Result<Summary, WriteError> {
    write(folder, &Build { once: ONCE, force: true, ..whole(artifacts) })
}

fn ours(content: &str) -> [Artifact; 2] {
    [file("Makefile", content), file("infra.mk", content)]
}

/// What a check finds.
fn differs(folder: &Path, artifacts: &[Artifact]) -> Result<Vec<String>> {
    let build = Build { once: ONCE, ..whole(artifacts) };
    let drift = drift::compare(folder, &build).map_err(|error| error.to_string())?;
    Ok(drift.files.into_iter().map(|file| file.path).collect())
}

#[test]
fn it_is_written_and_kept_up_where_there_is_none() -> Result {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    assert_eq!(build(folder, &ours("1"))?.written, ["Makefile", "infra.mk"]);
    assert_eq!(build(folder, &ours("2"))?.written, ["Makefile", "infra.mk"]);
    assert!(differs(folder, &ours("2"))?.is_empty());
    assert_eq!(differs(folder, &ours("3"))?, ["Makefile", "infra.mk"]);
    assert_eq!(build(folder, &[])?.removed, ["Makefile", "infra.mk"]);
    Ok(())
}

#[test]
fn a_persons_stays_with_force_too_and_is_noted_until_it_does_the_same() -> Result {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    fs::write(folder.join("Makefile"), "all:\n")?;
    let summary = build(folder, &ours("1"))?;
    assert_eq!(summary.written, ["infra.mk"]);
    assert_eq!(summary.left, [Left { path: "Makefile".to_owned(), advice: "include it" }]);
    assert!(summary.kept.is_empty());
    assert!(!fs::read_to_string(folder.join(NAME))?.contains("Makefile"));
    assert!(differs(folder, &ours("1"))?.is_empty());
    fs::write(folder.join("Makefile"), "include infra.mk\n")?;
    assert!(build(folder, &ours("2"))?.left.is_empty());
    // Nor does it go with the others.
    assert_eq!(build(folder, &[])?.removed, ["infra.mk"]);
    assert_eq!(fs::read_to_string(folder.join("Makefile"))?, "include infra.mk\n");
    Ok(())
}

#[test]
fn an_edited_one_is_a_persons() -> Result {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    build(folder, &ours("1"))?;
    fs::write(folder.join("Makefile"), "all:\n")?;
    assert!(differs(folder, &ours("1"))?.is_empty());
    let summary = build(folder, &ours("2"))?;
    assert_eq!((summary.written.len(), summary.left.len()), (1, 1));
    assert!(differs(folder, &ours("2"))?.is_empty());
    assert_eq!(build(folder, &[])?.removed, ["infra.mk"]);
    assert_eq!(fs::read_to_string(folder.join("Makefile"))?, "all:\n");
    Ok(())
}

#[test]
fn anything_of_its_name_and_what_is_read_before_it_stays() -> Result {
    let place = tempfile::tempdir()?;
    let folder = place.path();
    fs::create_dir(folder.join("Makefile"))?;
    assert_eq!(build(folder, &ours("1"))?.left.len(), 1);
    fs::remove_dir(folder.join("Makefile"))?;
    fs::write(folder.join("GNUmakefile"), "all:\n")?;
    let summary = build(folder, &ours("1"))?;
    assert_eq!(summary.left, [Left { path: "GNUmakefile".to_owned(), advice: "include it" }]);
    assert!(!folder.join("Makefile").exists());
    Ok(())
}
