//! Files, folders, modes, times and links.

use std::fs;
use std::time::{Duration, SystemTime};

use super::{Result, build, contents, file, tree};
use crate::output::Reason;
use crate::target::PROGRAM;

#[test]
fn files_are_written_with_their_folders() -> Result {
    let place = tempfile::tempdir()?;
    let out = place.path().join("new/out");
    let summary = build(&out, &[file("a.txt", "a\n"), file("b/c/d.txt", "d\n")])?;
    assert_eq!(summary.written, ["a.txt", "b/c/d.txt"]);
    assert_eq!(tree(&out)?, ["a.txt", "b", "b/c", "b/c/d.txt"]);
    assert_eq!(fs::read_to_string(out.join("b/c/d.txt"))?, "d\n");
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_programs_may_be_run() -> Result {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir()?;
    let mode = |path: &str| fs::metadata(place.path().join(path)).map(|it| it.permissions().mode() & 0o777);
    let program = file("run.sh", "#!/bin/sh\n").with_mode(PROGRAM);
    build(place.path(), &[program.clone(), file("data", "")])?;
    assert_eq!((mode("run.sh")?, mode("data")?), (0o755, 0o644));
    fs::set_permissions(place.path().join("run.sh"), fs::Permissions::from_mode(0o644))?;
    assert_eq!(build(place.path(), &[program])?.written, ["run.sh"]);
    assert_eq!(mode("run.sh")?, 0o755);
    Ok(())
}

#[test]
fn what_says_the_same_keeps_its_time() -> Result {
    let place = tempfile::tempdir()?;
    let before = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    build(place.path(), &[file("same", "12345"), file("other", "12345")])?;
    for name in ["same", "other"] {
        fs::File::options().write(true).open(place.path().join(name))?.set_modified(before)?;
    }
    let summary = build(place.path(), &[file("same", "12345"), file("other", "54321")])?;
    assert_eq!((summary.written, summary.unchanged), (vec!["other".to_owned()], vec!["same".to_owned()]));
    assert_eq!(fs::metadata(place.path().join("same"))?.modified()?, before);
    assert_ne!(fs::metadata(place.path().join("other"))?.modified()?, before);
    Ok(())
}

/// The last artifact cannot be written; the ones before it, new or not, leave no trace.
#[test]
fn nothing_changes_when_one_file_cannot_be_written() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("kept", "before")])?;
    let before = contents(place.path())?;
    fs::write(place.path().join("file"), "")?;
    let artifacts = [file("kept", "after"), file("new/deep/a", "a"), file("file/b", "b")];
    let error = build(place.path(), &artifacts).err().ok_or("written")?;
    assert!(error.to_string().ends_with("file` must be a folder, and is something else"), "{error}");
    fs::remove_file(place.path().join("file"))?;
    assert_eq!(contents(place.path())?, before);
    Ok(())
}

#[test]
fn a_folder_is_not_replaced_by_a_file() -> Result {
    let place = tempfile::tempdir()?;
    fs::create_dir(place.path().join("a"))?;
    let error = build(place.path(), &[file("a", "")]).err().ok_or("written")?;
    assert!(matches!(error.problems[0].reason, Reason::NotAFile), "{error}");
    Ok(())
}

#[test]
fn a_path_that_leaves_the_folder_is_refused() -> Result {
    let place = tempfile::tempdir()?;
    let out = place.path().join("out");
    for path in ["../a", "/a", "a/../../b", "", "a/", "./a", "a\\b"] {
        let error = build(&out, &[file(path, "")]).err().ok_or(path)?;
        assert!(matches!(error.problems[0].reason, Reason::NotBelow), "{error}");
    }
    assert_eq!(tree(place.path())?, [""; 0]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_folder_only() -> Result {
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir()?;
    let out = place.path().join("out");
    fs::create_dir_all(out.join("real"))?;
    fs::create_dir(place.path().join("elsewhere"))?;
    fs::write(place.path().join("elsewhere/file"), "mine")?;
    symlink("real", out.join("inside"))?;
    symlink("../elsewhere", out.join("outside"))?;
    symlink("../elsewhere/file", out.join("file"))?;
    symlink("nowhere", out.join("broken"))?;

    build(&out, &[file("inside/a", "a")])?;
    assert_eq!(fs::read_to_string(out.join("real/a"))?, "a");
    assert!(out.join("inside").is_symlink());

    for (path, words) in [
        ("outside/a", "outside` is a link that leads out of the output folder"),
        ("file", "file` is a link, which infrac did not make"),
        ("broken/a", "broken` is a link that leads to nothing"),
        ("broken", "broken` is a link, which infrac did not make"),
    ] {
        let error = build(&out, &[file("first", ""), file(path, "")]).err().ok_or(path)?;
        assert!(error.to_string().ends_with(words), "{error}");
    }
    let both = build(&out, &[file("outside/a", ""), file("outside/b", "")]).err().ok_or("it leads out")?;
    assert_eq!(both.problems.len(), 1, "{both}");
    assert_eq!(tree(&place.path().join("elsewhere"))?, ["file"]);
    assert_eq!(fs::read_to_string(place.path().join("elsewhere/file"))?, "mine");
    assert!(!out.join("first").exists());
    Ok(())
}
