//! The scripts that are written beside a configuration, in the shells of the images that they run in: BusyBox of Alpine, where
//! every command is BusyBox', and dash of Debian.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::judge::Judge;

/// What is written for every platform, byte by byte.
const CERTIFICATES: &str = include_str!("../../targets/nginx/certificates.sh");
const RUN: &str = include_str!("../../targets/nginx/run.sh");

/// A shell, and the commands that it finds.
struct Shell {
    name: &'static str,
    program: PathBuf,
    path: OsString,
    /// The folder of the judges, where openssl is.
    judges: PathBuf,
}

impl Shell {
    /// Those that are there.
    fn all() -> Vec<Self> {
        // The name of openssl and Python for scripts is a part of this judge.
        if Judge::find("certbot").is_none() {
            return Vec::new();
        }
        let of = |name: &'static str| {
            let judge = Judge::find(name)?;
            let judges = judge.program().ancestors().nth(2).expect("a judge stands in DIR/bin").to_owned();
            let system = std::env::var_os("PATH").unwrap_or_default();
            let (program, commands) = match name {
                "busybox" => (judges.join("busybox/sh"), vec![judges.join("busybox")]),
                _ => (judge.program().to_owned(), std::env::split_paths(&system).collect()),
            };
            let own = std::iter::once(judges.join("certbot"));
            let path = std::env::join_paths(own.chain(commands)).expect("they were a path");
            Some(Self { name, program, path, judges })
        };
        ["busybox", "dash"].into_iter().filter_map(of).collect()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().env("PATH", &self.path).stdin(Stdio::null());
        command
    }

    /// Runs the script of certificates over a table of sites that sign themselves, which ends.
    fn sign(&self, folder: &Path, table: &str) -> Output {
        fs::write(folder.join("sites.conf"), table).expect("a file can be written");
        fs::write(folder.join("certificates.sh"), CERTIFICATES).expect("a file can be written");
        self.command()
            .arg(folder.join("certificates.sh"))
            .env("ISSUERS", folder)
            .env("STORE", folder.join("store"))
            // Each run is that of a new container.
            .env("STATE", tempfile::tempdir().expect("a temporary folder").path())
            .output()
            .expect("the judge starts")
    }

    /// What openssl says of a certificate.
    fn certificate(&self, folder: &Path, option: &str) -> String {
        let openssl = Judge::at(self.judges.join("certbot/openssl"));
        let file = "store/self/shop/fullchain.pem";
        let mut arguments = vec!["x509", "-noout", "-in", file];
        arguments.extend(option.split(' '));
        let verdict = openssl.ask(folder, &arguments, "");
        assert!(verdict.accepted, "{}: {}", self.name, verdict.complaint);
        verdict.output
    }
}

#[test]
fn shells_of_images_read_the_scripts() {
    for shell in Shell::all() {
        let read = |text: &str| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let file = folder.path().join("script.sh");
            fs::write(&file, text).expect("a file can be written");
            shell.command().arg("-n").arg(file).output().expect("the judge starts")
        };
        for script in [CERTIFICATES, RUN] {
            let output = read(script);
            assert!(output.status.success() && output.stderr.is_empty(), "{}: {output:?}", shell.name);
            let broken = read(&script.replacen("done", "", 1));
            assert!(!broken.status.success(), "{} reads a loop without an end", shell.name);
        }
    }
}

#[test]
fn certificates_sign_themselves_once_and_keep_their_key() {
    let year = 365 * 86_400;
    for shell in Shell::all() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sign = |table: &str| {
            let output = shell.sign(folder.path(), table);
            let log = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{}: {log}", shell.name);
            log
        };
        let key =
            || fs::read_to_string(folder.path().join("store/self/shop/privkey.pem")).expect("it is there");

        let first = sign(&format!("shop self {year} shop.localhost 127.0.0.1\n# a comment\n\n"));
        assert!(
            first.contains("certificates: shop: a certificate of self is there"),
            "{}: {first}",
            shell.name
        );
        let names = shell.certificate(folder.path(), "-ext subjectAltName");
        assert!(names.contains("DNS:shop.localhost, IP Address:127.0.0.1"), "{}: {names}", shell.name);
        let (serial, old) = (shell.certificate(folder.path(), "-serial"), key());
        private(&shell, &folder);

        assert_eq!(sign(&format!("shop self {year} shop.localhost 127.0.0.1\n")), "", "{}", shell.name);
        assert_eq!(shell.certificate(folder.path(), "-serial"), serial, "{}", shell.name);

        sign(&format!("shop self {year} shop.localhost *.shop.localhost\n"));
        assert_ne!(shell.certificate(folder.path(), "-serial"), serial, "{}", shell.name);
        assert_eq!(key(), old, "{}", shell.name);
        let names = shell.certificate(folder.path(), "-ext subjectAltName");
        assert!(names.contains("DNS:*.shop.localhost"), "{}: {names}", shell.name);
    }
}

/// Only the user of the script reads a key.
fn private(shell: &Shell, folder: &TempDir) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &str| fs::metadata(folder.path().join(path)).expect("it is there").permissions().mode();
    assert_eq!(mode("store/self/shop/privkey.pem") & 0o777, 0o600, "{}", shell.name);
    assert_eq!(mode("store/self") & 0o777, 0o700, "{}", shell.name);
}

#[test]
fn a_certificate_that_cannot_be_written_is_a_failure() {
    for shell in Shell::all() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("store"), "no folder").expect("a file can be written");
        let output = shell.sign(folder.path(), "shop self 86400 shop.localhost\n");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{}: {log}", shell.name);
        assert!(
            log.contains("certificates: shop: self gave no certificate; again in "),
            "{}: {log}",
            shell.name
        );
    }
}
