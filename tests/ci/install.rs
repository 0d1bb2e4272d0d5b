//! `release/install.sh` against a server: a good release, and whatever may be wrong with one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::release::{Release, TRIPLES};
use super::{command, ends, stand_in, tree};
use crate::files::root;
use crate::judge::Judge;

/// The shells that an operator's `sh` is: those of Debian and of Alpine, and the machine's.
fn shells() -> Vec<PathBuf> {
    let dash = Judge::find("dash").map(|judge| judge.program().to_owned());
    let busybox =
        Judge::find("busybox").and_then(|judge| Some(judge.program().ancestors().nth(2)?.join("busybox/sh")));
    dash.into_iter().chain(busybox).chain([PathBuf::from("sh")]).collect()
}

/// The script of a release, with folders before the rest of `PATH`.
fn script(release: &Release, shell: &Path, first: &[PathBuf]) -> Command {
    let mut script = command(shell, &release.path(""), &release.path("home"), first);
    script.arg(release.assets().join("install.sh"));
    script
}

#[test]
fn a_release_is_installed() {
    let release = Release::new();
    for shell in shells() {
        let to = release.path("new/bin");
        let said = ends(script(&release, &shell, &[]).arg("--to").arg(&to), 0);
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!("infrac {version} is installed: {}/infrac\n", to.display());
        assert!(said.starts_with(&expected), "{said}");
        assert!(said.contains("to PATH"), "{said}");
        assert_eq!(tree(&release.path("new")), ["bin/infrac"]);
        let said = ends(command(to.join("infrac"), &to, &to, &[]).arg("--version"), 0);
        assert_eq!(said, format!("infrac {version}\n"));
        // Once more, over what is there, by the other spelling; now it is found.
        let said = ends(
            script(&release, &shell, std::slice::from_ref(&to)).arg(format!("--to={}", to.display())),
            0,
        );
        assert!(!said.contains("to PATH"), "{said}");
        fs::remove_dir_all(release.path("new")).expect("it is there");
        // By default into the home folder; with wget where there is no curl.
        let tools = release.path("tools");
        let wanted = [
            "sh",
            "uname",
            "mkdir",
            "mktemp",
            "rm",
            "find",
            "rmdir",
            "awk",
            "cut",
            "tar",
            "gzip",
            "chmod",
            "mv",
            "dirname",
            "cat",
            "wget",
            "sha256sum",
        ];
        for tool in wanted {
            stand_in(
                &tools.join(tool),
                &format!("PATH='{}' exec {tool} \"$@\"", std::env::var("PATH").unwrap_or_default()),
            );
        }
        let mut bare = script(&release, &fs::canonicalize("/bin/sh").expect("a shell"), &[]);
        ends(bare.env("PATH", &tools), 0);
        assert_eq!(tree(&release.path("home")), [".local/bin/infrac"]);
        fs::remove_dir_all(release.path("home")).expect("it is there");
        fs::remove_file(tools.join("sha256sum")).expect("it is there");
        let mut bare = script(&release, Path::new("/bin/sh"), &[]);
        assert!(ends(bare.env("PATH", &tools), 1).contains("none of sha256sum, shasum and openssl"));
        stand_in(&tools.join("sha256sum"), "exit 1");
        fs::remove_file(tools.join("wget")).expect("it is there");
        let mut bare = script(&release, Path::new("/bin/sh"), &[]);
        assert!(ends(bare.env("PATH", &tools), 1).contains("neither curl nor wget is there"));
        assert!(!release.path("home").exists(), "folders were made for nothing");
    }
}

/// A system and a machine are recognised by what `uname` says of them.
#[test]
fn systems_and_machines_are_recognised() {
    let release = Release::new();
    let machine = |system: &str, machine: &str| {
        let tools = release.path("machine");
        stand_in(&tools.join("uname"), &format!("case $1 in -s) echo {system} ;; *) echo {machine} ;; esac"));
        vec![tools]
    };
    let known = [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64"), ("Darwin", "arm64")];
    for (triple, (system, name)) in TRIPLES.into_iter().zip(known) {
        let archive = format!("/infrac-{triple}.tar.gz");
        let before = release.server.asked(&archive);
        ends(
            script(&release, Path::new("sh"), &machine(system, name)).arg("--to").arg(release.path("bin")),
            0,
        );
        assert_eq!(release.server.asked(&archive), before + 1, "{system} {name}");
    }
    for (system, name, expected) in [
        ("FreeBSD", "amd64", "there is no release for FreeBSD"),
        ("Linux", "riscv64", "there is no release for machines of the kind riscv64"),
        ("MINGW64_NT-10.0", "x86_64", "there is no release for MINGW64_NT-10.0"),
    ] {
        let mut script = script(&release, Path::new("sh"), &machine(system, name));
        let said = ends(script.arg("--to").arg(release.path("none")), 1);
        assert!(said.contains(expected), "{said}");
        assert!(!release.path("none").exists(), "{system} {name}: something was written");
    }
}

/// Whatever is wrong, what was installed before stays, and nothing is left behind.
#[test]
fn nothing_is_half_installed() {
    let release = Release::new();
    let archive = |folder: &str| {
        let linux = format!("infrac-{}-unknown-linux-musl.tar.gz", std::env::consts::ARCH);
        let mac = format!("infrac-{}-apple-darwin.tar.gz", std::env::consts::ARCH);
        release.path(folder).join(if cfg!(target_os = "macos") { mac } else { linux })
    };
    let sums = |folder: &str| release.path(folder).join("SHA256SUMS");
    // Copies of the release, each with something wrong.
    for folder in ["changed", "cut", "no-sum", "no-archive", "two-sums", "no-sums", "old", "crashes"] {
        ends(
            command("cp", &release.path(""), &release.path(""), &[])
                .arg("-r")
                .arg(release.assets())
                .arg(folder),
            0,
        );
    }
    let edit = |path: PathBuf, edit: &dyn Fn(String) -> String| {
        let text = fs::read_to_string(&path).expect("a text");
        fs::write(&path, edit(text)).expect("it can be written");
    };
    let packed = |folder: &str, line: &str| {
        let program = release.path("other");
        stand_in(&program, line);
        let triple = archive(folder);
        let triple = triple.file_name().and_then(|name| name.to_str()).expect("a name");
        let triple = triple.trim_start_matches("infrac-").trim_end_matches(".tar.gz");
        let mut pack = command(root().join("release/pack.sh"), &root(), &release.path(""), &[]);
        ends(pack.arg(&program).arg(triple).arg(release.path(folder)), 0);
        let sum = command("sh", &release.path(folder), &release.path(""), &[])
            .args(["-c", "sha256sum -- *.tar.gz >SHA256SUMS"])
            .status();
        assert!(sum.is_ok_and(|sum| sum.success()));
    };
    fs::write(archive("changed"), "something else").expect("it can be written");
    edit(sums("no-sum"), &|text| text.replace("infrac-", "other-"));
    edit(sums("two-sums"), &|text| format!("{text}{text}"));
    fs::remove_file(archive("no-archive")).expect("it is there");
    fs::remove_file(sums("no-sums")).expect("it is there");
    packed("old", "echo infrac 0.0.1");
    packed("crashes", "exit 3");

    let kept = release.path("kept/bin");
    stand_in(&kept.join("infrac"), "echo before");
    let run = |folder: &str, to: &str| {
        let mut script = script(&release, Path::new("sh"), &[]);
        let from = format!("{}/{folder}", release.server.address);
        ends(script.args(["--from", &from, "--to"]).arg(release.path(to)), 1)
    };
    for (folder, expected) in [
        ("changed", "is not what was released: its checksum is "),
        ("cut", "could not be downloaded"),
        ("no-sum", "SHA256SUMS has no line for infrac-"),
        ("two-sums", "SHA256SUMS has no one checksum for infrac-"),
        ("no-archive", "could not be downloaded"),
        ("no-sums", "SHA256SUMS could not be downloaded"),
        ("old", "was asked for, and the archive holds 'infrac 0.0.1'"),
        ("crashes", "the program does not run on this machine"),
        ("nothing-there", "SHA256SUMS could not be downloaded"),
    ] {
        let said = run(folder, "kept/bin");
        assert!(said.contains(expected), "{folder}: {said}");
        assert_eq!(tree(&kept), ["infrac"], "{folder}");
        assert_eq!(ends(&mut command(kept.join("infrac"), &kept, &kept, &[]), 0), "before\n", "{folder}");
        // Folders that were there stay, and those that were made do not.
        fs::create_dir_all(release.path("empty")).expect("a folder");
        run(folder, "empty/new/bin");
        assert!(release.path("empty").is_dir() && !release.path("empty/new").exists(), "{folder}");
    }
    // A place that cannot take it.
    fs::write(release.path("file"), "").expect("it can be written");
    let mut nowhere = script(&release, Path::new("sh"), &[]);
    assert!(ends(nowhere.arg("--to").arg(release.path("file/bin")), 1).contains("could not be made"));
    fs::create_dir_all(release.path("taken/infrac")).expect("a folder");
    let mut taken = script(&release, Path::new("sh"), &[]);
    assert!(ends(taken.arg("--to").arg(release.path("taken")), 1).contains("/taken/infrac is a folder"));
    assert!(tree(&release.path("taken")).is_empty());
}

#[test]
fn what_is_not_understood_is_refused() {
    let release = Release::new();
    let run =
        |arguments: &[&str], code: i32| ends(script(&release, Path::new("sh"), &[]).args(arguments), code);
    let help = run(&["--help"], 0);
    for option in ["--to", "--version", "--repository", "--from", &release.repository(), "Exit codes"] {
        assert!(help.contains(option), "{help}");
    }
    assert!(run(&["--too", "x"], 2).contains("there is no option --too"));
    assert!(run(&["--to"], 2).contains("--to wants a value"));
    assert!(run(&["--to", ""], 2).contains("--to wants a value"));
    // The release has no other version.
    assert!(
        run(&["--version", "v9.9.9"], 1)
            .contains("/releases/download/v9.9.9/SHA256SUMS could not be downloaded")
    );
    let mut homeless = script(&release, Path::new("sh"), &[]);
    assert!(ends(homeless.env_remove("HOME"), 2).contains("there is no home folder"));
    // That of the source is not filled in.
    let own = |arguments: &[&str]| {
        let mut own = command("sh", &release.path(""), &release.path("home"), &[]);
        ends(own.arg(root().join("release/install.sh")).args(arguments), 2)
    };
    assert!(own(&[]).contains("which repository has the releases?"));
    assert!(own(&["--repository", "https://example.com/a/b"]).contains("which release?"));
}
