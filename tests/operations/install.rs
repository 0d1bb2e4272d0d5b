//! A host whose engine starts stacks, and builds of a shop that are deployed there.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use infrac::digest::Digest;
use tempfile::TempDir;

use super::engine::{Host, of_text, said, targets};
use crate::judge::Judge;
use crate::real::project;

/// What says which files a build has.
const MANIFEST: &str = ".infrac.manifest";

const STACK: &str = include_str!("starts.sh");

/// The value of the secret: it is in no message, no call and no record.
pub(crate) const SECRET: &str = "a-long-value-of-the-key";

/// What a build of the shop differs in.
#[derive(Clone, Copy)]
pub(crate) struct Build {
    pub(crate) platform: &'static str,
    pub(crate) db: &'static str,
    pub(crate) api: &'static str,
    pub(crate) level: u32,
    /// Further services and volumes.
    pub(crate) more: &'static str,
}

pub(crate) const FIRST: Build = Build { platform: "shop", db: "1.0", api: "1.0", level: 1, more: "" };

impl Build {
    pub(crate) fn text(self, path: &Path) -> String {
        let Self { platform, db, api, level, more } = self;
        let path = path.display();
        format!(
            r#"
platform {platform} {{ targets = [compose, scripts] }}
host main {{ path = "{path}" }}
network back
secret API_KEY {{ description = "Key of the API", min_length = 12 }}
group watching {{ profile = "watching" }}
service db {{
  image    = "example/db:{db}" {{ base = "postgres:18.6" }}
  networks = [back]
  health   {{ command = ["true"] }}
  volume data = "/var/lib/postgresql" {{ size = 1GiB }}
}}
service set-up {{ image = "example/set-up:1.0" {{ base = "node:24" }}, networks = [back], run = once, reaches = [db] }}
service api {{
  image    = "example/api:{api}" {{ base = "node:24-bookworm-slim" }}
  networks = [back]
  reaches  = [db]
  health   {{ command = ["true"] }}
  env      {{ API_KEY }}
  config "/etc/api.conf" = "level = {level}"
}}
service watch {{ image = "example/watch:1.0" {{ base = "node:24" }}, networks = [back], group = watching }}
{more}
"#
        )
    }
}

/// A host with an install path, and builds beside it.
pub(crate) struct Stack {
    pub(crate) host: Host,
    opt: TempDir,
}

impl Stack {
    /// A host with nothing on it, and the first build; `None` without the real Docker Compose, which reads the files.
    pub(crate) fn new() -> Option<Self> {
        let compose = Judge::find("docker-compose")?;
        let opt = tempfile::tempdir().expect("a temporary folder");
        let host = Host::of(of_text(&FIRST.text(&opt.path().canonicalize().expect("it was made"))));
        let plain = fs::read_to_string(host.place("bin/docker")).expect("it is there");
        host.tool("docker-plain", &plain);
        host.tool("docker", STACK);
        host.tool("compose", &format!("#!/bin/sh\nexec {} \"$@\"\n", compose.program().display()));
        for file in ["images", "volumes"] {
            fs::write(host.place("bin").join(file), "").expect("a file can be written");
        }
        fs::write(host.place("bin/made"), "0\n").expect("a file can be written");
        let stack = Self { host, opt };
        stack.registry(&[
            ("example/db:1.0", "sha256:db10"),
            ("example/db:2.0", "sha256:db20"),
            ("example/db:3.0", "sha256:db30 ill"),
            ("example/set-up:1.0", "sha256:setup10"),
            ("example/watch:1.0", "sha256:watch10"),
            ("example/api:1.0", "sha256:api10"),
            ("example/api:1.1", "sha256:api11"),
            ("example/api:2.0", "sha256:api20 ill"),
            ("example/api:3.0", "sha256:api30 ends 7"),
        ]);
        stack.env("build", &format!("API_KEY='{SECRET}'\nCOMPOSE_PROFILES=watching\n"));
        Some(stack)
    }

    /// What can be pulled.
    pub(crate) fn registry(&self, images: &[(&str, &str)]) {
        let lines: String = images.iter().flat_map(|(reference, id)| [*reference, " ", *id, "\n"]).collect();
        fs::write(self.host.place("bin/registry"), lines).expect("a file can be written");
    }

    /// A reference leads to another image from now on.
    pub(crate) fn moves(&self, reference: &str, id: &str) {
        let lines = self.file("registry");
        let lines: String = lines
            .lines()
            .map(|line| {
                if line.starts_with(&format!("{reference} ")) {
                    format!("{reference} {id}\n")
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        fs::write(self.host.place("bin/registry"), lines).expect("a file can be written");
    }

    /// A file beside the engine.
    pub(crate) fn file(&self, name: &str) -> String {
        fs::read_to_string(self.host.place("bin").join(name)).unwrap_or_default()
    }

    /// The install path.
    pub(crate) fn opt(&self) -> PathBuf {
        self.opt.path().canonicalize().expect("it was made")
    }

    /// A file of the install path; nothing where it is not there.
    pub(crate) fn installed(&self, path: &str) -> String {
        fs::read_to_string(self.opt().join(path)).unwrap_or_default()
    }

    /// Writes `.env` of a build.
    pub(crate) fn env(&self, build: &str, text: &str) {
        fs::write(self.host.place(build).join(".env"), text).expect("a file can be written");
    }

    /// Another build beside the first.
    pub(crate) fn build(&self, name: &str, build: Build) {
        let platform = of_text(&build.text(&self.opt()));
        project::write(&self.host.place(name), infrac::build(&platform, &targets(&platform)));
        fs::remove_file(self.host.place(name).join(".env")).expect("it is there");
    }

    /// Changes a file of a build, and what its manifest says of it.
    pub(crate) fn amend(&self, build: &str, path: &str, change: impl Fn(&str) -> String) {
        let place = self.host.place(build);
        let manifest = fs::read_to_string(place.join(MANIFEST)).expect("it is written");
        let old = fs::read_to_string(place.join(path)).expect("it is written");
        let new = change(&old);
        let digest = |text: &str| Digest::of(text.as_bytes()).to_string();
        fs::write(place.join(path), &new).expect("a file can be written");
        fs::write(place.join(MANIFEST), manifest.replace(&digest(&old), &digest(&new))).expect("a file");
    }

    /// The command that deploys a build. The shell has an empty variable of the secret's name, as runners do.
    pub(crate) fn command(&self, build: &str, arguments: &[&str]) -> Command {
        let mut command = self.host.shell();
        command.arg(self.host.place(build).join("scripts/deploy.sh")).args(arguments);
        command.env("POLL", "0.1").env("SETTLE", "0").env("PATIENCE", "1").env("API_KEY", "");
        // A kill takes all that it has started, as the end of the machine would.
        command.process_group(0);
        command
    }

    /// Deploys a build, and says how it ended.
    #[track_caller]
    pub(crate) fn deploy(&self, build: &str, arguments: &[&str], code: i32) -> String {
        let output = self.command(build, arguments).output().expect("bash runs");
        self.ended(&output, code)
    }

    #[track_caller]
    pub(crate) fn ended(&self, output: &Output, code: i32) -> String {
        let said = said(output);
        assert_eq!(output.status.code(), Some(code), "{said}\n{}", self.host.calls());
        for text in [&said, &self.host.calls()] {
            assert!(!text.contains(SECRET), "the secret is seen: {text}");
        }
        assert_eq!(said.ends_with("deploy.sh: done\n"), code == 0, "{said}");
        said
    }

    /// The image that a service runs; nothing where it does not run.
    pub(crate) fn runs(&self, service: &str) -> String {
        let container = self.file(&format!("containers/{service}-1"));
        let field = |key: &str| container.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        let is_up =
            ["running", "exited"].contains(&field(".State.Status ")) && field(".State.ExitCode ") == "0";
        if is_up { field(".Image ").to_owned() } else { String::new() }
    }

    /// Whether the engine was asked to change anything.
    pub(crate) fn changed(&self) -> bool {
        let verbs = [" up ", " pull ", " build ", "tag ", "stop ", "rm "];
        self.host
            .calls()
            .lines()
            .any(|call| verbs.iter().any(|verb| call.contains(verb) || call.starts_with(verb)))
    }

    /// A line that kills the script that works, by its lock, with all that it has started.
    pub(crate) fn killer(&self) -> String {
        let holder = self.opt().join(".infrac/lock.holder");
        let process = format!("$(sed 's/.*process \\([0-9]*\\),.*/\\1/' {})", holder.display());
        format!("kill -9 -- -$(ps -o pgid= -p {process} | tr -d ' ')")
    }
}

/// The paths of all files below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder).expect("it is below").display().to_string());
            }
        }
    }
    files.sort();
    files
}
