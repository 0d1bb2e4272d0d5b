//! The manifest as a text, whole and damaged.

use std::fs;

use super::{NAME, Result, build, file, refusal, tree, whole, write};
use crate::digest::Digest;
use crate::output::Build;
use crate::output::manifest::{Manifest, State};

#[test]
fn it_reads_as_it_is_meant() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("b/c d", "foo"), file("a", "")])?;
    let text = fs::read_to_string(place.path().join(NAME))?;
    // The digests of `sha256sum`.
    assert_eq!(
        text,
        "# infrac manifest 1\n\
         # What `infrac build` wrote here: SHA-256, target, path. By this file the next build knows what it may replace\n\
         # and remove. Keep it with the files; it is not to be edited.\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 compose a\n\
         2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae compose b/c d\n"
    );
    Ok(())
}

#[test]
fn what_is_printed_is_read_again() {
    let mut manifest = Manifest::default();
    for path in ["a", "b c/ d ", "line\nbreak\r", "\u{e9}/\u{1f980}", "#", "unfinished"] {
        manifest.add(path, "compose", Digest::of(path.as_bytes()));
        manifest.add(path, "compose", Digest::of(b"another"));
    }
    for unfinished in [false, true] {
        manifest.unfinished = unfinished;
        assert_eq!(Manifest::parse(&manifest.print()), (manifest.clone(), State::Read));
    }
}

/// Whatever it holds: no panic, no path outside, and never a digest that it does not name.
#[test]
fn a_damaged_manifest_knows_less_and_nothing_wrong() {
    let mut manifest = Manifest::default();
    for path in ["a", "b/c", "d"] {
        manifest.add(path, "compose", Digest::of(path.as_bytes()));
    }
    let text = manifest.print();
    for end in 0..text.len() {
        let (read, state) = Manifest::parse(&text[..end]);
        // Where whole lines are missing, their files are a person's: nothing is lost by that.
        assert_eq!(state == State::Read, text[..end].ends_with('\n'), "{end}");
        for (path, entry) in &read.files {
            assert!(
                entry.digests.iter().all(|digest| manifest
                    .files
                    .get(path)
                    .is_some_and(|known| known.digests.contains(digest))),
                "{end}: {path}"
            );
        }
    }
    let digest = Digest::of(b"");
    for line in [
        format!("{digest} compose ../a"),
        format!("{digest} compose /a"),
        format!("{digest} compose "),
        format!("{digest}  a"),
        format!("{digest} compose"),
        format!("+{} compose a", &digest.to_string()[1..]),
        format!("{} compose a", &digest.to_string()[1..]),
        "<<<<<<< ours".to_owned(),
        "\u{0}\u{fffd}".to_owned(),
    ] {
        let (read, state) = Manifest::parse(&format!("{text}{line}\n"));
        assert_eq!((read.files, state), (manifest.files.clone(), State::Damaged(1)), "{line}");
    }
    let other = text.replace("manifest 1", "manifest 2");
    assert_eq!(Manifest::parse(&other).0.files.len(), 0);
}

#[test]
fn a_damaged_manifest_is_mended_by_the_next_build() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "a"), file("b", "b")])?;
    let whole = fs::read_to_string(place.path().join(NAME))?;
    let b = whole.lines().find(|line| line.ends_with(" b")).ok_or("no line")?;
    fs::write(place.path().join(NAME), whole.replace(b, "nonsense"))?;
    // What its lines say still holds; what they do not say is a person's.
    assert_eq!(refusal(place.path(), &[file("b", "new")])?, "`b` is in the way: infrac did not write it");
    let summary = build(place.path(), &[file("a", "new"), file("b", "b")])?;
    assert_eq!((summary.state, summary.written), (State::Damaged(1), vec!["a".to_owned()]));
    assert_eq!(build(place.path(), &[file("b", "new")])?.state, State::Read);
    assert_eq!(tree(place.path())?, ["b"]);
    Ok(())
}

#[test]
fn bytes_that_are_no_text_and_an_empty_file_are_damage() -> Result {
    for bytes in [&b""[..], b"\xff\xfe\x00", b"{}"] {
        let place = tempfile::tempdir()?;
        build(place.path(), &[file("a", "a")])?;
        fs::write(place.path().join(NAME), bytes)?;
        assert_eq!(refusal(place.path(), &[file("a", "b")])?, "`a` is in the way: infrac did not write it");
        assert!(matches!(build(place.path(), &[file("a", "a")])?.state, State::Damaged(_)));
    }
    Ok(())
}

/// Two branches of a repository, each with a build of its own.
#[test]
fn a_merge_knows_both_sides() -> Result {
    let place = tempfile::tempdir()?;
    build(place.path(), &[file("a", "theirs")])?;
    let theirs = fs::read_to_string(place.path().join(NAME))?;
    build(place.path(), &[file("a", "ours")])?;
    let ours = fs::read_to_string(place.path().join(NAME))?;
    fs::write(place.path().join(NAME), format!("{ours}=======\n{theirs}"))?;
    fs::write(place.path().join("a"), "theirs")?;
    assert_eq!(build(place.path(), &[file("a", "new")])?.written, ["a"]);
    Ok(())
}

#[test]
fn something_else_in_its_place_is_left_alone() -> Result {
    let place = tempfile::tempdir()?;
    fs::create_dir(place.path().join(NAME))?;
    let said = refusal(place.path(), &[file("a", "a")])?;
    assert_eq!(said, "`.infrac.manifest` must be a file, and is something else");
    assert_eq!(tree(place.path())?, [""; 0]);
    Ok(())
}

/// A line with the right digest proves nothing of a source, or of a file where no target writes.
#[test]
fn a_manifest_cannot_take_what_was_never_written() -> Result {
    let place = tempfile::tempdir()?;
    let folder = place.path().canonicalize()?;
    fs::create_dir(folder.join("docker"))?;
    let mut manifest = Manifest::default();
    let files = ["platform.infra", "README.md", "docker/other.infra", "docker/read.conf", "docker/old.yaml"];
    for path in files {
        fs::write(folder.join(path), path)?;
        manifest.add(path, "compose", Digest::of(path.as_bytes()));
    }
    fs::write(folder.join(NAME), manifest.print())?;
    let artifact = file("docker/new.yaml", "new");
    let sources = [folder.join("docker/read.conf"), folder.join("platform.infra")].into();
    let build = |artifacts: &[_]| Build { sources, places: &["docker"], ..whole(artifacts) };
    write(&folder, &build(&[artifact]))?;
    let left = [
        "README.md",
        "docker",
        "docker/new.yaml",
        "docker/other.infra",
        "docker/read.conf",
        "platform.infra",
    ];
    assert_eq!(tree(&folder)?, left);

    let over = file("docker/read.conf", "new");
    let sources = [folder.join("docker/read.conf")].into();
    let error = write(&folder, &Build { sources, force: true, ..whole(&[over]) }).err().ok_or("written")?;
    assert!(
        error.to_string().ends_with("is a source of the platform, and no artifact can stand there"),
        "{error}"
    );
    Ok(())
}
