//! A release as the workflow makes it, of a program that starts the one under test, on a server of this machine.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::server::Server;
use super::{PROGRAM, command, ends, read, stand_in, write};
use crate::files::root;

/// The repository with its release: at `ADDRESS/acme/infrac` as git reads it, its release below.
pub(super) struct Release {
    pub(super) server: Server,
    folder: TempDir,
}

/// The machines that a release has a program for.
pub(super) const TRIPLES: [&str; 4] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

/// The tag of a release of this version.
pub(super) const TAG: &str = concat!("v", env!("CARGO_PKG_VERSION"));

impl Release {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = Server::start(folder.path());
        let release = Self { server, folder };
        let work = release.path("work");
        for file in [".pre-commit-hooks.yaml", "release/hook", "release/install.sh", "Cargo.toml"] {
            write(work.join(file), &read(file));
            let mode = fs::metadata(root().join(file)).expect("it is there").permissions();
            fs::set_permissions(work.join(file), mode).expect("a mode");
        }
        release.git(&work, &["init", "--quiet", "--initial-branch=main"]);
        release.git(&work, &["add", "--all"]);
        release.git(&work, &["commit", "--quiet", "--message=A release"]);
        release.git(&work, &["tag", "--annotate", "--message=A release", TAG]);
        let bare = release.path("acme/infrac").display().to_string();
        release.git(&work, &["clone", "--quiet", "--bare", ".", &bare]);
        release.git(Path::new(&bare), &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        release.publish();
        release
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The address of the repository.
    pub(super) fn repository(&self) -> String {
        format!("{}/acme/infrac", self.server.address)
    }

    /// The folder with the files of the release.
    pub(super) fn assets(&self) -> PathBuf {
        self.path("acme/infrac/releases/download").join(TAG)
    }

    /// The commit that the tag stands at.
    pub(super) fn commit(&self) -> String {
        self.git(&self.path("work"), &["rev-parse", &format!("{TAG}^{{commit}}")]).trim().to_owned()
    }

    pub(super) fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        let who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"];
        ends(command("git", folder, self.folder.path(), &[]).args(who).args(arguments), 0)
    }

    /// The steps of `.github/workflows/release.yml`, but for what compiles.
    fn publish(&self) {
        let program = self.path("program");
        stand_in(&program, &format!("exec '{PROGRAM}' \"$@\""));
        for triple in TRIPLES {
            let mut pack = command(root().join("release/pack.sh"), &root(), self.folder.path(), &[]);
            ends(pack.arg(&program).arg(triple).arg(self.assets()), 0);
        }
        let mut assets = command(root().join("release/assets.sh"), &root(), self.folder.path(), &[]);
        ends(assets.arg(self.assets()).arg(self.repository()).arg(TAG).arg(self.commit()), 0);
    }
}

#[test]
fn a_release_of_another_version_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path().join("infrac-x86_64-apple-darwin.tar.gz"), "");
    let assets = |tag: &str, commit: &str| {
        let mut assets = command(root().join("release/assets.sh"), &root(), folder.path(), &[]);
        assets.arg(folder.path()).args(["https://example.com/acme/infrac", tag, commit]);
        ends(&mut assets, 1)
    };
    assert!(assets("v0.0.1", "0123abc").contains("the tag is v0.0.1, and Cargo.toml has version"));
    assert!(assets(TAG, "main").contains("main is no commit"));
    fs::remove_file(folder.path().join("infrac-x86_64-apple-darwin.tar.gz")).expect("it is there");
    assert!(assets(TAG, "0123abc").contains("has no archive"));
}
