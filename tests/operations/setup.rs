//! `scripts/setup-aws.sh`: a bare machine is prepared, by stand-ins for what belongs to its system.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::engine::{of_text, program, said, targets};

const TOOL: &str = include_str!("setup/tool.sh");
const TOOLS: &[&str] = &[
    "id",
    "uname",
    "df",
    "systemctl",
    "sysctl",
    "apt-get",
    "dpkg-query",
    "apt-mark",
    "dnf",
    "rpm",
    "gpg",
    "curl",
    "dockerd",
    "docker",
    "ufw",
    "firewall-cmd",
];
const KEY: &str = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

const PLATFORM: &str = r#"
platform shop { targets = [compose, scripts] }
host main { memory = 8GiB, disk = 20GiB, sysctl { "net.core.somaxconn" = 4096 } }
service db {
  image    = "mongo:8.0.29"
  volume data = "/data/db"
  tmpfs "/data/configdb"
  requires { sysctl { "vm.max_map_count" = 262144 } }
}
"#;

/// A machine whose system is the folder `root`.
struct Machine {
    folder: TempDir,
    script: String,
}

impl Machine {
    fn of(system: &str) -> Self {
        let platform = of_text(PLATFORM);
        let artifacts = infrac::build(&platform, &targets(&platform)).into_iter().flat_map(|it| it.artifacts);
        let script =
            artifacts.into_iter().find(|it| it.path == "scripts/setup-aws.sh").expect("it has a host");
        let machine = Self { folder: tempfile::tempdir().expect("a folder"), script: script.content };
        for name in TOOLS {
            let place = machine.place(&format!("bin/{name}"));
            fs::create_dir_all(place.parent().unwrap_or(&place)).expect("a folder");
            program(&place, TOOL);
        }
        for name in ["packages", "held", "units", "calls", "kernel", "is/nothing", "tmp/nothing"] {
            machine.put(name, "");
        }
        machine.put("web/gpg", &format!("{KEY}\n"));
        machine.put("root/etc/os-release", system);
        machine.put("root/proc/meminfo", "MemTotal:        8000000 kB\nMemFree: 1 kB\n");
        machine
    }

    fn place(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        let place = self.place(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::write(place, text).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.place(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// As text through a pipe, as `curl … | sudo bash` does.
    fn run(&self, arguments: &[&str]) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.place("bin").display());
        let mut command = Command::new("bash");
        command.arg("-s").arg("--").args(arguments).env_clear().env("PATH", path);
        command.env("ROOT", self.place("root")).env("TMPDIR", self.place("tmp"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("bash runs");
        let written = child.stdin.take().expect("it is piped").write_all(self.script.as_bytes());
        // It may have ended before all of it was read.
        let _ = written;
        child.wait_with_output().expect("it ends")
    }

    /// Every file of the system, with its mode.
    fn files(&self) -> Vec<(PathBuf, u32, String)> {
        let mut files = Vec::new();
        collect(&self.place("root"), &mut files);
        files.sort();
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, u32, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let mode = entry.metadata().expect("a mode").permissions().mode() & 0o7777;
        if entry.path().is_dir() {
            files.push((entry.path(), mode, String::new()));
            collect(&entry.path(), files);
        } else {
            files.push((entry.path(), mode, fs::read_to_string(entry.path()).expect("text")));
        }
    }
}

fn ubuntu(version: &str) -> Machine {
    Machine::of(&format!("NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID=\"{version}\"\n"))
}

fn amazon() -> Machine {
    let machine = Machine::of("NAME=\"Amazon Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nVERSION_ID=\"2023\"\n");
    // What is fetched has another digest than the real one; so the test has its own.
    machine.put("web/docker-compose-linux-x86_64", "compose");
    machine
}

#[test]
fn a_bare_ubuntu_is_prepared_once_and_a_second_run_changes_nothing() {
    for (version, release) in [("22.04", "jammy"), ("24.04", "noble")] {
        let machine = ubuntu(version);
        let before = machine.files();
        let output = machine.run(&["--dry-run"]);
        assert!(output.status.success() && said(&output).contains("none made"), "{}", said(&output));
        assert_eq!(
            (machine.files(), machine.read("calls")),
            (before, String::new()),
            "a dry run changes nothing"
        );
        let output = machine.run(&[]);
        assert!(output.status.success() && said(&output).ends_with("setup-aws: done\n"), "{}", said(&output));
        let calls = machine.read("calls");
        for part in [
            format!("docker-ce=5:29.7.2-1~ubuntu.{version}~{release}"),
            format!("containerd.io=2.3.4-1~ubuntu.{version}~{release}"),
            "DPkg::Lock::Timeout=600".to_owned(),
            "apt-mark hold docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin"
                .to_owned(),
            "systemctl enable docker".to_owned(),
            "sysctl --quiet --write vm.max_map_count=262144".to_owned(),
        ] {
            assert!(calls.contains(&part), "{part}: {calls}");
        }
        let kept = "# What the containers of shop need.\nnet.core.somaxconn = 4096\nvm.max_map_count = 262144\nvm.swappiness = 1\n";
        assert_eq!(machine.read("root/etc/sysctl.d/99-shop.conf"), kept);
        assert!(
            machine
                .read("root/etc/apt/sources.list.d/docker.sources")
                .contains(&format!("Suites: {release}\n"))
        );
        for (folder, mode) in [("root/opt/shop", 0o755), ("root/opt/shop/.infrac", 0o700)] {
            let found = fs::metadata(machine.place(folder)).expect("it was made").permissions().mode();
            assert_eq!(found & 0o777, mode, "{folder}");
        }
        let files = machine.files();
        machine.put("calls", "");
        let output = machine.run(&[]);
        assert!(
            output.status.success() && said(&output).contains("nothing had to be changed"),
            "{}",
            said(&output)
        );
        assert_eq!((machine.files(), machine.read("calls")), (files, String::new()));
    }
}

#[test]
fn amazon_linux_has_its_own_docker_and_compose_is_known_by_its_digest() {
    let mut machine = amazon();
    let output = machine.run(&[]);
    assert!(!output.status.success() && said(&output).contains("another digest"), "{}", said(&output));
    assert!(!machine.place("root/usr/local/lib/docker/cli-plugins/docker-compose").exists());
    // sha256 of `compose`
    let digest = "db669af634b75c7f298400f3b6c2aa8ba54998bac83e23d10ab4eaadc4b50ccf";
    let line =
        machine.script.lines().find(|line| line.starts_with("compose_x86_64=")).expect("a line").to_owned();
    machine.script = machine.script.replace(&line, &format!("compose_x86_64={digest}"));
    let output = machine.run(&[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(machine.read("calls").contains("dnf --assumeyes --setopt=retries=5 install docker"));
    assert_eq!(machine.read("root/usr/local/lib/docker/cli-plugins/docker-compose"), "compose");
    machine.put("calls", "");
    let output = machine.run(&[]);
    assert!(output.status.success() && machine.read("calls").is_empty(), "{}", said(&output));
}

#[test]
fn settings_of_the_engine_are_added_to_and_what_stands_there_stays() {
    let machine = ubuntu("24.04");
    let own = "{ \"data-root\": \"/data/docker\", \"log-opts\": {\"max-size\": \"1g\"} }";
    machine.put("root/etc/docker/daemon.json", own);
    machine.put("units", "active docker\nenabled docker\n");
    let output = machine.run(&[]);
    assert!(output.status.success() && said(&output).contains("--restart-docker"), "{}", said(&output));
    let merged = machine.read("root/etc/docker/daemon.json");
    for part in [
        "\"data-root\": \"/data/docker\"",
        "\"max-size\": \"1g\"",
        "\"max-file\": \"3\"",
        "\"live-restore\": true",
    ] {
        assert!(merged.contains(part), "{part}: {merged}");
    }
    assert!(!machine.read("calls").contains("restart"), "a running engine is not started anew");
    // One that says all, in its own form, stays as it is; options of another driver are not mixed in.
    let whole = "{\"log-driver\":\"journald\",\n \"live-restore\": false}\n";
    machine.put("root/etc/docker/daemon.json", whole);
    assert!(machine.run(&[]).status.success());
    assert_eq!(machine.read("root/etc/docker/daemon.json"), whole);
    for (broken, needle) in [("{", "cannot be read"), ("{\"refused\": true}", "the engine refuses")] {
        machine.put("root/etc/docker/daemon.json", broken);
        let output = machine.run(&[]);
        assert!(!output.status.success() && said(&output).contains(needle), "{}", said(&output));
        assert_eq!(machine.read("root/etc/docker/daemon.json"), broken);
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name_before_anything_is_changed() {
    type Change = fn(&Machine);
    let cases: &[(&str, Change, &str)] = &[
        ("26.04", |_| {}, "this is ubuntu 26.04"),
        (
            "24.04",
            |it| it.put("is/kernel", "7.0.0-14-generic\n"),
            "db does not run on Linux 7.0.0-14-generic",
        ),
        ("24.04", |it| it.put("is/kernel", "6.19.1\n"), "below 6.19"),
        ("24.04", |it| it.put("is/machine", "riscv64\n"), "x86_64 or aarch64"),
        ("24.04", |it| it.put("is/user", "1000\n"), "as root"),
        ("24.04", |it| it.put("is/disk", "9000\n"), "9000 MiB of disk"),
        ("24.04", |it| it.put("root/proc/meminfo", "MemTotal: 4000000 kB\n"), "of memory"),
        ("24.04", |it| it.put("packages", "docker.io 24\n"), "in the way: docker.io"),
        ("24.04", |it| it.put("web/gpg", "AAAA\n"), "is not 9DC858229FC7"),
        ("24.04", |it| it.put("web/gpg", &format!("{KEY}\nAAAA\n")), "is not 9DC858229FC7"),
        ("24.04", |it| it.put("is/apt-fails", ""), "stopped at line"),
    ];
    for (version, change, needle) in cases {
        let machine = ubuntu(version);
        change(&machine);
        let output = machine.run(&[]);
        assert!(!output.status.success() && said(&output).contains(needle), "{needle}: {}", said(&output));
        assert!(!machine.read("calls").contains("systemctl"), "{needle}");
    }
    let other = Machine::of("ID=debian\nVERSION_ID=\"12\"\n");
    assert!(said(&other.run(&[])).contains("this is debian 12"));
    assert_eq!(other.run(&["--nothing"]).status.code(), Some(2));
    let small = ubuntu("24.04");
    small.put("is/disk", "9000\n");
    assert!(small.run(&["--anyway"]).status.success());
}

#[test]
fn another_version_and_firewalls_are_told_and_left() {
    let machine = ubuntu("24.04");
    machine.put("packages", "docker-ce 5:28.0.0-1~ubuntu.24.04~noble\n");
    machine.put("is/ufw", "Status: active\n");
    machine.put("is/firewalld", "");
    let output = machine.run(&[]);
    let said_first = said(&output);
    assert!(output.status.success(), "{said_first}");
    for part in ["docker-ce is 5:28.0.0", "ufw is active", "firewalld is active"] {
        assert!(said_first.contains(part), "{part}: {said_first}");
    }
    assert!(!machine.read("calls").contains("docker-ce=5:29"), "it is not upgraded by itself");
    let output = machine.run(&["--upgrade-docker"]);
    assert!(
        output.status.success() && machine.read("calls").contains("docker-ce=5:29.7.2"),
        "{}",
        said(&output)
    );
}
