//! Files of a person's: edited ones, and those that were there before.

use std::fs;

use super::{NAME, Result, build, contents, file, forced, refusal, tree, whole};
use crate::output::apply::apply;
use crate::output::folders::MadeFolders;
use crate::output::place::Root;
use crate::output::plan::Plan;
use crate::output::record::Record;

#[test]
fn everything_in_the_way_is_told_at_once_and_nothing_is_written() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a"), file("b", "b"), file("d", "d")])?;
    fs::write(place.path().join("a"), "mine")?;
    fs::write(place.path().join("c"), "mine")?;
    fs::write(place.path().join("d"), "mine")?;
    fs::create_dir(place.path().join("e"))?;
    let before = contents(place.path())?;
    let artifacts =
        [file("a", "new"), file("b", "new"), file("c", "new"), file("e", "new"), file("f", "new")];
    assert_eq!(
        refusal(place.path(), &artifacts)?,
        "`a` has been edited since infrac wrote it\n\
         `c` is in the way: infrac did not write it\n\
         `e` must be a file, and is something else\n\
         `d` is no longer generated, but has been edited since infrac wrote it"
    );
    assert_eq!(contents(place.path())?, before);
    Ok(())
}

#[test]
fn an_edit_that_says_what_would_be_written_is_no_obstacle() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a")])?;
    fs::write(place.path().join("a"), "new")?;
    fs::write(place.path().join("b"), "new")?;
    let summary = build(place.path(), &[file("a", "new"), file("b", "new")])?;
    assert_eq!((summary.written.len(), summary.unchanged.len()), (0, 2));
    // Both are infrac's now.
    assert_eq!(build(place.path(), &[file("a", "newer")])?.removed, ["b"]);
    Ok(())
}

/// An edit stays an edit, however often it is built.
#[test]
fn an_edit_is_not_adopted_by_a_build_that_would_not_touch_it() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a"), file("b", "b")])?;
    fs::write(place.path().join("a"), "mine")?;
    for content in ["a", "b", "a"] {
        let said = refusal(place.path(), &[file("a", content), file("b", content)])?;
        assert_eq!(said, "`a` has been edited since infrac wrote it");
    }
    assert_eq!(fs::read_to_string(place.path().join("a"))?, "mine");
    Ok(())
}

#[test]
fn what_was_removed_is_written_again() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a/b", "b")])?;
    fs::remove_dir_all(place.path().join("a"))?;
    assert_eq!(build(place.path(), &[file("a/b", "b")])?.written, ["a/b"]);
    Ok(())
}

#[test]
fn force_keeps_a_copy_and_never_replaces_one() -> Result {
    let place = tempfile::tempdir()?;
    let read = |path: &str| fs::read_to_string(place.path().join(path));
    for edit in ["first", "second", "third"] {
        fs::write(place.path().join("a"), edit)?;
        let summary = forced(place.path(), &[file("a", "a")])?;
        assert_eq!((summary.written, summary.kept.len()), (vec!["a".to_owned()], 1));
    }
    assert_eq!(tree(place.path())?, ["a", "a.orig", "a.orig.2", "a.orig.3"]);
    assert_eq!([read("a")?, read("a.orig")?], ["a", "first"]);
    assert_eq!([read("a.orig.2")?, read("a.orig.3")?], ["second", "third"]);
    // The same edit again is kept already.
    fs::write(place.path().join("a"), "second")?;
    let summary = forced(place.path(), &[file("a", "a")])?;
    assert_eq!(summary.kept[0].copy, "a.orig.2");
    assert_eq!(tree(place.path())?.len(), 4);
    // Without an edit there is nothing to keep.
    assert_eq!(forced(place.path(), &[file("a", "new")])?.kept, []);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_copy_has_the_time_of_the_file_and_is_its_owners_alone() -> Result {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let place = tempfile::tempdir()?;
    let (path, copy) = (place.path().join("a"), place.path().join("a.orig"));
    fs::write(&path, "mine")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    let before = fs::metadata(&path)?;
    forced(place.path(), &[file("a", "a")])?;
    let after = fs::metadata(&copy)?;
    assert_eq!((after.mode() & 0o777, after.modified()?), (0o600, before.modified()?));
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o644);
    Ok(())
}

#[test]
fn force_does_not_replace_a_folder() -> Result {
    let place = tempfile::tempdir()?;
    fs::create_dir(place.path().join("a"))?;
    let error = forced(place.path(), &[file("a", "a")]).err().ok_or("written")?;
    assert!(error.to_string().ends_with("a` must be a file, and is something else"), "{error}");
    assert_eq!(tree(place.path())?, ["a"]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_is_a_persons_and_what_it_leads_to_is_not_touched() -> Result {
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir()?;
    let out = place.path().join("out");
    build(&out, &[file("a", "a"), file("b", "b")])?;
    fs::write(place.path().join("elsewhere"), "mine")?;
    for path in ["a", "b"] {
        fs::remove_file(out.join(path))?;
        symlink("../elsewhere", out.join(path))?;
    }
    let said = refusal(&out, &[file("a", "new")])?;
    assert_eq!(said, "`a` is a link, which infrac did not make\n`b` is a link, which infrac did not make");
    // Even where it leads to the same text, for what it leads to is not the build's to keep.
    assert_eq!(refusal(&out, &[file("a", "mine"), file("b", "mine")])?, said);

    forced(&out, &[file("a", "new")])?;
    assert_eq!(tree(&out)?, ["a", "a.orig", "b.orig"]);
    assert_eq!(fs::read_link(out.join("a.orig"))?.to_str(), Some("../elsewhere"));
    assert!(!out.join("a").is_symlink());
    assert_eq!(fs::read_to_string(place.path().join("elsewhere"))?, "mine");
    Ok(())
}

/// Without its manifest, infrac knows no file of its own, whatever stands in it.
#[test]
fn a_deleted_manifest_makes_all_files_a_persons() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "# Generated by infrac"), file("b", "b"), file("c", "c")])?;
    fs::remove_file(place.path().join(NAME))?;
    assert_eq!(
        refusal(place.path(), &[file("a", "# Generated by infrac, again"), file("b", "b")])?,
        "`a` is in the way: infrac did not write it\n\
         there is no `.infrac.manifest` that would say what an earlier build wrote"
    );
    // What would not change is taken up again; what is no longer generated stays.
    build(place.path(), &[file("a", "# Generated by infrac"), file("b", "b")])?;
    assert_eq!(build(place.path(), &[file("a", "new")])?.removed, ["b"]);
    assert_eq!(tree(place.path())?, ["a", "c"]);
    Ok(())
}

/// Between the decision and the deed.
#[test]
fn what_a_person_saves_during_the_build_is_not_replaced() -> Result {
    let (old, new) = ([file("a", "a"), file("b", "b")], [file("a", "new"), file("c", "new")]);
    for path in ["a", "b", "c"] {
        let place = tempfile::tempdir()?;
        build(place.path(), &old)?;
        let mut root = Root::at(place.path()).map_err(|problem| problem.to_string())?;
        let record = Record::read(&root).map_err(|problem| problem.to_string())?;
        let wanted = whole(&new);
        let plan = Plan::new(&mut root, &record.manifest, &wanted, wanted.force).map_err(|_| "refused")?;
        fs::write(place.path().join(path), "mine")?;
        let problem = apply(plan, &root, &record, &mut MadeFolders::default()).err().ok_or("written")?;
        assert!(problem.to_string().ends_with("was changed by somebody else during this build"), "{problem}");
        assert_eq!(fs::read_to_string(place.path().join(path))?, "mine");
        // The next build says so as well.
        assert_eq!(refusal(place.path(), &new)?.lines().count(), 1);
    }
    Ok(())
}
