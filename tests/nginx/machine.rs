//! A file system with nginx in it, where a configuration lies at its own path and is changed in nothing.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use infrac::platform::Version;
use infrac::target::Artifact;
use tempfile::TempDir;

use crate::judge::{Judge, Verdict};

/// The Debians that `tests/judges/install.sh` takes nginx from.
const RELEASES: [&str; 4] = ["bullseye", "bookworm", "trixie", "forky"];

/// The folder of nginx' configuration.
const CONFIGURATION: &str = "etc/nginx";

/// nginx of one version; its file system goes with this value.
pub(crate) struct Machine {
    judge: Judge,
    root: TempDir,
    /// Its version.
    pub(crate) version: Version,
}

impl Machine {
    /// One of each version that is there, the oldest first.
    pub(crate) fn all() -> Vec<Self> {
        RELEASES.iter().filter_map(|release| Self::of(&format!("nginx-{release}"))).collect()
    }

    /// That of the newest version.
    pub(crate) fn newest() -> Option<Self> {
        let [.., newest] = RELEASES;
        Self::of(&format!("nginx-{newest}"))
    }

    fn of(name: &str) -> Option<Self> {
        let judge = Judge::find(name)?;
        let root = tempfile::tempdir().expect("a temporary folder");
        let judges = judge.program().parent().and_then(Path::parent).expect("a judge stands in DIR/bin");
        copy(&judges.join(name), root.path());
        let said = judge.ask(root.path(), &[&display(root.path()), "-v"], "").complaint;
        let version = said.trim().rsplit('/').next().and_then(Version::of_tag);
        let version = version.unwrap_or_else(|| panic!("{name} has no version: {said}"));
        Some(Self { judge, root, version })
    }

    /// Makes names known, as the cluster's name service knows those of Services.
    pub(crate) fn know<'a>(&self, names: impl Iterator<Item = &'a str>) {
        let lines: String = names.flat_map(|name| ["127.0.0.1 ", name, "\n"]).collect();
        fs::write(self.root.path().join("etc/hosts"), lines).expect("a file can be written");
        fs::write(self.root.path().join("etc/nsswitch.conf"), "hosts: files\n")
            .expect("a file can be written");
    }

    /// Puts a proxy's configuration in the place of the last one: what the target writes, and files of compose.
    pub(crate) fn load(&self, proxy: &str, artifacts: &[Artifact]) {
        let own = format!("nginx/{proxy}/");
        let beside = format!("docker/config/{proxy}/etc/nginx.d/");
        for folder in [CONFIGURATION, "etc/nginx.d"] {
            fs::remove_dir_all(self.root.path().join(folder)).expect("it was copied");
            fs::create_dir(self.root.path().join(folder)).expect("a folder can be made");
        }
        for artifact in artifacts {
            if let Some(path) = artifact.path.strip_prefix(&own) {
                self.write(&format!("{CONFIGURATION}/{path}"), &artifact.content);
            } else if let Some(path) = artifact.path.strip_prefix(&beside) {
                self.write(&format!("etc/nginx.d/{path}"), &artifact.content);
            }
        }
    }

    /// A file of the configuration.
    pub(crate) fn read(&self, path: &str) -> String {
        let path = self.root.path().join(CONFIGURATION).join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a file of its file system.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Where a file of its file system lies on this machine.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// What nginx says of the configuration.
    pub(crate) fn verdict(&self) -> Verdict {
        let root = display(self.root.path());
        self.judge.ask(self.root.path(), &[&root, "-t", "-c", "/etc/nginx/nginx.conf"], "")
    }

    /// Starts nginx, which listens on a port, and waits until it does.
    pub(crate) fn start(&self, port: u16) -> Running {
        // One process, which changes no user and ends when it is told.
        self.start_with(port, "daemon off; master_process off;")
    }

    /// Starts nginx with directives of its own, and waits until it listens on a port.
    pub(crate) fn start_with(&self, port: u16, directives: &str) -> Running {
        let log = fs::File::create(self.root.path().join("error.log")).expect("a file can be written");
        let child = Command::new(self.judge.program())
            .arg(self.root.path())
            .args(["-c", "/etc/nginx/nginx.conf", "-g", directives])
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the judge starts");
        let mut running = Running { child, port };
        let end = Instant::now() + Duration::from_secs(20);
        // nginx listens at one port after another, and at all of them before it answers at any.
        while !answers(port) {
            let ended = running.child.try_wait().expect("a child can be asked");
            let log = || fs::read_to_string(self.root.path().join("error.log")).unwrap_or_default();
            assert!(
                ended.is_none() && Instant::now() < end,
                "nginx {} does not listen: {}",
                self.version,
                log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        running
    }
}

/// Whether something listens on a port. A socket that tries where nothing does may come to be connected with itself.
pub(crate) fn listens(port: u16) -> bool {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    stream.is_ok_and(|stream| stream.local_addr().ok() != stream.peer_addr().ok())
}

/// Whether nginx answers at a port: one without TLS sends some status, or closes what it has read.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let asked = stream.local_addr().ok() != stream.peer_addr().ok() && stream.write_all(b"?\r\n\r\n").is_ok();
    let limit = stream.set_read_timeout(Some(Duration::from_secs(5)));
    asked && limit.is_ok() && stream.read(&mut [0]).is_ok()
}

/// nginx that runs; it ends with this value.
pub(crate) struct Running {
    child: Child,
    port: u16,
}

/// What it answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header, with the space that stands behind it.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Running {
    /// Asks for a path of a site, which is sent as it is.
    pub(crate) fn get(&self, host: &str, path: &str) -> Answer {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("nginx listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout can be set");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("nginx reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("nginx answers");
        let answer = String::from_utf8(answer).expect("everything that is sent is UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{path}: {answer:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Answer {
            status: status.unwrap_or_else(|| panic!("{path}: {head}")),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: body.to_owned(),
        }
    }
}

impl Running {
    /// The process that was started.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it something by a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let told = Command::new("kill").args(["-s", signal, &self.id().to_string()]).status();
        assert!(told.expect("kill is there").success(), "nginx cannot be told");
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) {
        self.child.wait().expect("a child can be waited for");
    }

    /// Waits until paths of a site are answered by what lies behind them: nginx asks for the addresses of its upstreams
    /// when it has started.
    pub(crate) fn wait_for(&self, host: &str, paths: &[&str]) {
        let end = Instant::now() + Duration::from_secs(20);
        while paths.iter().any(|path| self.get(host, path).status == 502) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nothing listens on. It lies below those that Linux gives to connections, 32768 and more
/// (`net.ipv4.ip_local_port_range`), so that none takes it before nginx does; each process of tests begins elsewhere.
pub(crate) fn free_port() -> u16 {
    const FIRST: u32 = 12_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let from = std::process::id().wrapping_mul(101);
    let ports =
        std::iter::repeat_with(|| FIRST + from.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT);
    let mut ports = ports.take(COUNT as usize).map(|port| u16::try_from(port).expect("it is below 32,000"));
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok();
    ports.find(is_free).expect("there is a free port")
}

fn display(path: &Path) -> String {
    path.display().to_string()
}

/// Copies what lies in a folder into another one. There are no links in it.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("a folder can be made");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a file can be copied");
        }
    }
}
