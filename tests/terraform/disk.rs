//! The script of the first start, with stand-ins for what touches disks. Its paths lie below a folder of the test.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const SCRIPT: &str = include_str!("../../targets/terraform/user-data.sh");

/// A machine: a folder in place of its root.
struct Machine {
    root: TempDir,
}

/// Stand-ins, each with what it does. A file `system` says that the disk holds a file system, `mounted` what is mounted.
const STAND_INS: &[(&str, &str)] = &[
    (
        "blkid",
        "[ ! -e \"$R/uncertain\" ] || exit 8\n[ -e \"$R/system\" ] || exit 2\ncase $* in *UUID*) echo 0b0e ;; *) echo TYPE=ext4 ;; esac",
    ),
    ("wipefs", "cat \"$R/signatures\" 2>/dev/null || true"),
    ("mkfs.ext4", "touch \"$R/system\""),
    ("mountpoint", "grep -qx \"$2\" \"$R/mounted\" 2>/dev/null"),
    ("mount", "echo \"$1\" >>\"$R/mounted\""),
    ("systemctl", ""),
    ("sleep", ""),
];

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let machine = Self { root };
        for folder in ["bin", "etc", "dev/disk/by-id"] {
            fs::create_dir_all(machine.path(folder)).expect("a folder can be made");
        }
        machine.write("etc/fstab", "# The system's own.\nUUID=1 / ext4 defaults 0 1\n");
        machine.write("dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123", "");
        for (name, does) in STAND_INS {
            let text = format!("#!/bin/bash\necho \"{name} $*\" >>\"$R/calls\"\n{does}\n");
            machine.write(&format!("bin/{name}"), &text);
            let path = machine.path(&format!("bin/{name}"));
            let mut mode = fs::metadata(&path).expect("a file").permissions();
            std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
            fs::set_permissions(path, mode).expect("a mode");
        }
        machine
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect("a file can be written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// Starts it, and takes the calls of stand-ins from the list.
    fn start(&self) -> (Output, String) {
        let mut script = SCRIPT.replace("[ -b ", "[ -e ").replace("data=/data\n", "data=$R/data\n");
        for folder in ["/etc/", "/dev/", "/var/"] {
            script = script.replace(folder, &format!("$R{folder}"));
        }
        let script = format!("INFRAC_VOLUME=vol-0123\n{script}");
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        let mut command = Command::new("bash");
        let command = command.arg("-c").arg(script).env_clear().env("PATH", path).env("R", self.root.path());
        let output = command.output().expect("bash starts");
        let calls = self.read("calls");
        let _ = fs::remove_file(self.path("calls"));
        (output, calls)
    }

    fn fstab(&self) -> String {
        self.read("etc/fstab").replace(&self.root.path().display().to_string(), "")
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_empty_disk_gets_a_file_system_once() {
    let machine = Machine::new();
    let (first, calls) = machine.start();
    assert!(first.status.success(), "{}", said(&first));
    assert_eq!(calls.matches("mkfs.ext4").count(), 1, "{calls}");
    let fstab = machine.fstab();
    for line in [
        "UUID=1 / ext4 defaults 0 1",
        "UUID=0b0e /data auto defaults,noatime,nofail,x-systemd.growfs,x-systemd.device-timeout=5min 0 2",
        "/data/docker /var/lib/docker none bind,nofail,x-systemd.requires-mounts-for=/data 0 0",
        "/data/containerd /var/lib/containerd none bind,nofail,x-systemd.requires-mounts-for=/data 0 0",
    ] {
        assert!(fstab.lines().any(|known| known == line), "{line}:\n{fstab}");
    }
    for service in ["docker", "containerd"] {
        let drop_in = machine.read(&format!("etc/systemd/system/{service}.service.d/10-infrac-data.conf"));
        assert!(
            drop_in.contains("[Unit]\nRequiresMountsFor=") && drop_in.ends_with(&format!("{service}\n")),
            "{drop_in}"
        );
    }
    // What Docker has written by then is data of the disk.
    machine.write("data/docker/volumes", "");
    let (second, calls) = machine.start();
    assert!(second.status.success(), "{}", said(&second));
    assert!(!calls.contains("mkfs") && !calls.lines().any(|call| call.starts_with("mount ")), "{calls}");
    assert_eq!(machine.fstab(), fstab);
}

#[test]
fn a_disk_of_the_machine_before_is_taken_as_it_is() {
    let machine = Machine::new();
    machine.write("system", "");
    let (output, calls) = machine.start();
    assert!(output.status.success(), "{}", said(&output));
    assert!(!calls.contains("mkfs") && machine.read("mounted").lines().count() == 3, "{calls}");
}

#[test]
fn what_is_not_certain_is_left_alone() {
    for (file, text, message) in [
        ("uncertain", "", "is not certain"),
        ("signatures", "offset 0x1fe gpt", "holds something that is no file system"),
    ] {
        let machine = Machine::new();
        machine.write(file, text);
        let (output, calls) = machine.start();
        assert!(!output.status.success() && said(&output).contains(message), "{}", said(&output));
        assert!(!calls.contains("mkfs") && !machine.fstab().contains("/data"), "{calls}");
    }
}

#[test]
fn data_of_docker_on_the_system_is_not_hidden() {
    let machine = Machine::new();
    fs::create_dir_all(machine.path("var/lib/docker/volumes")).expect("a folder can be made");
    let (output, _) = machine.start();
    assert!(
        !output.status.success() && said(&output).contains("holds data on the system's disk"),
        "{}",
        said(&output)
    );
    assert!(!machine.fstab().contains("/var/lib/docker"));
}

#[test]
fn a_disk_that_does_not_come_is_named() {
    let machine = Machine::new();
    fs::remove_file(machine.path("dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123")).expect("a file");
    assert!(!Path::new("/dev/xvdf").exists());
    let (output, _) = machine.start();
    assert!(
        !output.status.success() && said(&output).contains("vol-0123 is not attached"),
        "{}",
        said(&output)
    );
}
