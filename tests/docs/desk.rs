//! A desk: a folder with the build, as an operator has it, and a bash in which lines of pages are typed. What they start is kept and
//! not run, but for what copies and makes files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use infrac::platform::Platform;
use infrac::target::Artifact;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::operations::engine::{Host, program};

/// The words of a call, the program first.
pub(super) type Call = Vec<String>;

/// Programs that pages may name, and that are not run here: what becomes of their words is for `readers`.
const KEPT: &[&str] = &[
    "aws",
    "cloud-init",
    "curl",
    "df",
    "dmesg",
    "docker",
    "du",
    "infrac",
    "install",
    "journalctl",
    "kubectl",
    "make",
    "scp",
    "ss",
    "ssh",
    "sudo",
    "systemctl",
    "terraform",
    "tofu",
    // In containers.
    "amtool",
    "bash",
    "driver",
    "grafana",
    "mongosh",
    "node",
    "pg_isready",
    "promtool",
    "psql",
    "redis-cli",
    "sh",
    "wget",
];

/// Programs that are run: they touch nothing but the desk.
const RUN: &[&str] = &["cat", "chmod", "cp", "head", "mkdir", "sed", "sort", "tail"];

/// What makes a program of another name and keeps the words of its call: their number, then each, an end behind each.
fn recorder(name: &str, calls: &Path, answer: &str) -> String {
    // What is piped in is read, or the program before it would end by a signal.
    let reads = "[ -t 0 ] || while read -r _; do :; done\n";
    let keeps = format!("printf '%s\\0' \"$(($# + 1))\" '{name}' \"$@\" >>'{}'\n", calls.display());
    format!("#!/bin/bash\n{keeps}{reads}{answer}")
}

pub(super) struct Desk {
    folder: TempDir,
    /// The platform whose pages are read.
    pub(super) platform: Platform,
    /// A host on which its scripts run, with an engine that is a stand-in; none where the platform has no scripts.
    pub(super) host: Option<Host>,
    /// What its targets write.
    pub(super) artifacts: Vec<Artifact>,
    /// The paths of that.
    pub(super) paths: BTreeSet<String>,
    /// A `.env` that is filled in; empty where there is none.
    pub(super) env: String,
    /// The names of its services in the compose file.
    pub(super) services: BTreeSet<String>,
    /// The ports that are bound to the host itself.
    pub(super) local: BTreeSet<u16>,
    /// The objects of the cluster, as text.
    pub(super) objects: String,
}

impl Desk {
    /// The desk of a platform with what its targets write.
    pub(super) fn of(platform: Platform, host: Option<Host>, artifacts: &[Artifact]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it was made");
        let calls = root.join("calls");
        let bin = root.join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let mut objects = String::new();
        for artifact in artifacts {
            let place = root.join("build").join(&artifact.path);
            fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
            if artifact.path.starts_with("scripts/") && artifact.path.matches('/').count() == 1 {
                program(&place, &recorder(&artifact.path, &calls, ""));
            } else {
                fs::write(place, &artifact.content).expect("a file can be written");
            }
            if artifact.path.starts_with("kubernetes/") {
                objects += &artifact.content;
            }
        }
        let example = artifacts.iter().find(|it| it.path == ".env.example");
        let env = example.map_or_else(String::new, |it| crate::real::project::filled(&it.content));
        if !env.is_empty() {
            fs::write(root.join("build/.env"), &env).expect("a file can be written");
        }
        for name in KEPT {
            let answer = match *name {
                // Where an environment is built to, which `infrac build` says in its own tests.
                "infrac" => "case \"$*\" in 'build --env '*) mkdir -p \"build/$3\" ;; esac\n",
                "kubectl" => "case \"$*\" in *'--output name'*) echo pod/one-of-them ;; esac\n",
                _ => "",
            };
            program(&bin.join(name), &recorder(name, &calls, answer));
        }
        for name in RUN {
            let real = of_machine(name).unwrap_or_else(|| panic!("this machine has no {name}"));
            std::os::unix::fs::symlink(real, bin.join(name)).expect("a link");
        }
        clones(&root, &calls);
        let compose = artifacts.iter().find(|it| it.path == crate::real::project::COMPOSE);
        let compose: Value = compose
            .map_or(Value::Null, |file| serde_yaml::from_str(&file.content).expect("compose files are YAML"));
        let services = compose["services"].as_mapping().cloned().unwrap_or_default();
        let ports = services.values().flat_map(|it| it["ports"].as_sequence().cloned().unwrap_or_default());
        let local = ports.filter_map(|port| {
            let port = port.as_str()?.replace("${ADMIN_BIND:-127.0.0.1}", "127.0.0.1");
            port.strip_prefix("127.0.0.1:")?.split(':').next()?.parse().ok()
        });
        Self {
            local: local.collect(),
            services: services.keys().filter_map(|it| Some(it.as_str()?.to_owned())).collect(),
            paths: artifacts.iter().map(|it| it.path.clone()).collect(),
            env,
            artifacts: artifacts.to_vec(),
            folder,
            platform,
            host,
            objects,
        }
    }

    /// The folder of the build.
    pub(super) fn build(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("it was made").join("build")
    }

    /// An artifact.
    pub(super) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.build().join(path)).ok()
    }

    /// What lines start that are typed in the folder of the build, or what bash says of them.
    pub(super) fn typed(&self, lines: &str) -> Result<Vec<Call>, String> {
        self.typed_with(lines, &[])
    }

    /// The same with variables of the environment, as a container has them. One that is not set is a mistake.
    pub(super) fn typed_with(&self, lines: &str, variables: &[&str]) -> Result<Vec<Call>, String> {
        let root = self.folder.path().canonicalize().expect("it was made");
        let calls = root.join("calls");
        fs::write(&calls, "").expect("a file can be written");
        let unknown = format!(
            "set -euo pipefail\ncommand_not_found_handle() {{ printf '%s\\0' \"$(($# + 1))\" '?' \"$@\" >>'{}'; }}\n",
            calls.display()
        );
        let output = Command::new("/bin/bash")
            .args(["-c", &(unknown + lines)])
            .env_clear()
            .env("PATH", root.join("bin"))
            .env("HOME", &root)
            .envs(variables.iter().map(|name| (*name, "value")))
            .current_dir(root.join("build"))
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        if !output.status.success() {
            return Err(format!("bash: {} {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
        let kept = fs::read_to_string(&calls).expect("it is there");
        let mut words = kept.split_terminator('\0').map(str::to_owned);
        let mut all = Vec::new();
        while let Some(count) = words.next() {
            let count = count.parse().map_err(|_| format!("{kept:?} is no list of calls"))?;
            all.push(words.by_ref().take(count).collect());
        }
        Ok(all)
    }
}

/// A program of the machine.
pub(super) fn of_machine(name: &str) -> Option<PathBuf> {
    ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|place| place.is_file())
}

/// `git clone` by the real git, from a repository on this machine, so that it names the folder.
fn clones(root: &Path, calls: &Path) {
    let git = of_machine("git").expect("this machine has git");
    let there = root.join("there.git");
    let made = Command::new(&git)
        .args(["init", "--quiet", "--bare"])
        .arg(&there)
        .env_clear()
        .env("HOME", root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // The folders lie beside the desk's own files until this goes.
    let text = format!(
        "export GIT_CONFIG_NOSYSTEM=1 PATH=/usr/local/bin:/usr/bin:/bin\nexec '{}' -c \"url.file://{}.insteadOf=${{!#}}\" \"$@\" 2>/dev/null\n",
        git.display(),
        there.display()
    );
    program(&root.join("bin/git"), &recorder("git", calls, &text));
}
