//! A host with a build, a `.env`, and a stand-in for the engine that keeps what it is asked for.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use infrac::platform::{Platform, Runtime};
use infrac::target::{self, TARGETS, Target};
use tempfile::TempDir;

use crate::case::Case;
use crate::real::project;

const DOCKER: &str = include_str!("docker.sh");

/// A host. Its folder holds `build`, what `infrac build` writes, and `bin`, the first folder of `PATH`, where the engine is.
pub(crate) struct Host {
    folder: TempDir,
    build: PathBuf,
    /// What it carries.
    pub(crate) platform: Platform,
}

/// The platform of `tests/ok/NAME.infra`, or of `platform.infra`, on compose.
pub(crate) fn platform(name: &str, environment: Option<&str>) -> Platform {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = if name == "platform" { root.to_owned() } else { root.join("tests/ok") };
    case(root, name, environment).compile()
}

/// The targets of a platform on compose, and that of scripts in any case.
pub(crate) fn targets(platform: &Platform) -> Vec<&'static Target> {
    let mut targets = target::of(&platform.targets);
    targets.retain(|target| target.format.runtime.is_none_or(|runtime| runtime == Runtime::Compose));
    let scripts = TARGETS.iter().filter(|target| target.format.name == "scripts");
    let missing: Vec<&Target> =
        scripts.filter(|scripts| targets.iter().all(|it| it.format.name != scripts.format.name)).collect();
    targets.extend(missing);
    targets
}

/// The platform of a text.
pub(crate) fn of_text(text: &str) -> Platform {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("text.infra"), text).expect("a file can be written");
    case(folder.path().to_owned(), "text", None).compile()
}

fn case(root: PathBuf, name: &str, environment: Option<&str>) -> Case {
    Case {
        source: name.to_owned(),
        environment: environment.map(str::to_owned),
        runtime: Runtime::Compose,
        root,
        entry: format!("{name}.infra"),
    }
}

impl Host {
    /// A host that carries the build of a platform, with a `.env` that is filled in, and runs nothing yet.
    pub(crate) fn of(platform: Platform) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let build = folder.path().canonicalize().expect("it was made").join("build");
        project::write(&build, infrac::build(&platform, &targets(&platform)));
        let host = Self { folder, build, platform };
        for folder in ["bin/read", "bin/answers", "bin/containers", "home"] {
            fs::create_dir_all(host.place(folder)).expect("a folder");
        }
        for file in ["bin/rules", "bin/calls"] {
            fs::write(host.place(file), "").expect("a file can be written");
        }
        host.tool("docker", DOCKER);
        // What is on the disk is no matter of these tests, and a busy disk takes seconds.
        host.tool("sync", "#!/bin/sh\n");
        host
    }

    /// The name of the project of compose.
    pub(crate) fn project(&self) -> String {
        let file = self.read(project::COMPOSE);
        file.lines().find_map(|line| line.strip_prefix("name: ")).expect("it is named").to_owned()
    }

    /// A place of the host, beside the build.
    pub(crate) fn place(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The folder of the build.
    pub(crate) fn build(&self) -> &Path {
        &self.build
    }

    /// A file of the build.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.build.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Writes a file of the build, `.env` among them.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let place = self.build.join(path);
        fs::create_dir_all(place.parent().unwrap_or(&self.build)).expect("a folder");
        fs::write(place, text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// A program of this name stands in for the real one.
    pub(crate) fn tool(&self, name: &str, text: &str) {
        let place = self.place("bin").join(name);
        program(&place, text);
    }

    /// Calls of the engine that hold a text run a script of bash, which gets the words of the call, its standard input,
    /// and `$here`, the folder of the engine. The newest rule that fits holds.
    pub(crate) fn on(&self, pattern: &str, script: &str) {
        self.rule(pattern, script, None);
    }

    /// The same for so many calls; then older rules hold again.
    pub(crate) fn on_next(&self, times: u32, pattern: &str, script: &str) {
        self.rule(pattern, script, Some(times));
    }

    fn rule(&self, pattern: &str, script: &str, left: Option<u32>) {
        let rules = fs::read_to_string(self.place("bin/rules")).expect("it is there");
        let number = rules.lines().count() + 1;
        let answer = self.place("bin/answers").join(number.to_string());
        fs::create_dir_all(&answer).expect("a folder");
        fs::write(answer.join("run"), script).expect("a file can be written");
        if let Some(left) = left {
            fs::write(answer.join("left"), left.to_string()).expect("a file can be written");
        }
        fs::write(self.place("bin/rules"), format!("{number} {pattern}\n{rules}"))
            .expect("a file can be written");
    }

    /// A container of a service of this build, with the keys of templates (`.State.Status`) and labels (`label:NAME`), which
    /// replace those of one that runs and is healthy.
    pub(crate) fn container(&self, service: &str, fields: &[(&str, &str)]) {
        let project = self.project();
        let id = format!("{service}-1");
        let name = format!("/{project}-{service}-1");
        let usual = [
            (".ID", id.as_str()),
            (".Id", &id),
            (".Name", &name),
            (".State.Status", "running"),
            (".State.Health", "yes"),
            (".State.Health.Status", "healthy"),
            (".State.ExitCode", "0"),
            (".RestartCount", "0"),
            (".Image", "sha256:0000"),
            (".HostConfig.LogConfig.Type", "json-file"),
            (".HostConfig.LogConfig.Config:max-size", "10m"),
            ("label:com.docker.compose.project", &project),
            ("label:com.docker.compose.service", service),
            ("label:com.docker.compose.oneoff", "False"),
            ("label:com.docker.compose.container-number", "1"),
        ];
        let is_replaced = |key: &str| fields.iter().any(|(known, _)| *known == key);
        let lines = usual.iter().filter(|(key, _)| !is_replaced(key)).chain(fields);
        let text: String = lines.flat_map(|(key, value)| [*key, " ", *value, "\n"]).collect();
        fs::write(self.place("bin/containers").join(id), text).expect("a file can be written");
    }

    /// The container of a service goes.
    pub(crate) fn without(&self, service: &str) {
        fs::remove_file(self.place("bin/containers").join(format!("{service}-1"))).expect("it is there");
    }

    /// The calls of the engine so far, a line each.
    pub(crate) fn calls(&self) -> String {
        fs::read_to_string(self.place("bin/calls")).expect("it is there")
    }

    /// The calls so far are forgotten.
    pub(crate) fn forget(&self) {
        fs::write(self.place("bin/calls"), "").expect("a file can be written");
    }

    /// What the calls read from their standard input, with the calls, in order.
    pub(crate) fn given(&self) -> Vec<(String, String)> {
        let calls = self.calls();
        let of_one = |(at, call): (usize, &str)| {
            let place = self.place("bin/read").join((at + 1).to_string());
            Some((call.to_owned(), fs::read_to_string(place).ok()?))
        };
        calls.lines().enumerate().filter_map(of_one).collect()
    }

    /// A script of the build as a command: with the host's own programs behind the stand-ins, and nothing of the environment
    /// of tests.
    pub(crate) fn command(&self, script: &str, arguments: &[&str]) -> Command {
        let mut command = self.shell();
        command.arg(self.build.join(script)).args(arguments);
        command
    }

    /// A bash on the host, in another folder than the build's.
    pub(crate) fn shell(&self) -> Command {
        let mut command = Command::new("bash");
        let path = format!(
            "{}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            self.place("bin").display()
        );
        command.env_clear().env("PATH", path).env("HOME", self.place("home"));
        command.current_dir(self.place("home")).stdin(Stdio::null());
        command
    }

    /// Runs a script of the build.
    pub(crate) fn run(&self, script: &str, arguments: &[&str]) -> Output {
        self.command(script, arguments).output().expect("bash runs")
    }
}

/// Tries a few of the cases, spread over all of them, or all with `INFRAC_LONG=1`; some at a time, each on hosts of its own.
pub(crate) fn try_some<T: Sync>(cases: &[T], few: usize, try_one: impl Fn(&T) + Sync) {
    let all = std::env::var_os("INFRAC_LONG").is_some();
    let step = if all { 1 } else { cases.len().div_ceil(few).max(1) };
    let chosen: Vec<&T> = cases.iter().skip(step / 2).step_by(step).collect();
    assert!(!chosen.is_empty(), "there is nothing to try");
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(case) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    try_one(case);
                }
            });
        }
    });
}

/// All that a script said.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Writes a program that is started at once. A process of its own writes it: what this one holds open, a process that another
/// test starts in the same moment holds as well until it is another program, and Linux starts nothing that somebody may still write to
/// (`Text file busy`).
pub(crate) fn program(place: &Path, text: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(place).stdin(Stdio::piped());
    let mut writer = shell.spawn().expect("a shell starts");
    writer.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("the shell reads");
    assert!(writer.wait().expect("it ends").success(), "{}", place.display());
}
