//! A certificate authority of this machine: pebble, the one that Let's Encrypt tests clients with, and its own DNS.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::judge::Judge;
use crate::nginx::machine::{free_port, listens};
use crate::nginx::services;

/// A profile of it: 160 hours. Its advice is to renew behind two thirds of them, give or take a day
/// (letsencrypt/pebble:core/types.go, `RenewalInfoSimple`), which no test lasts for.
pub(super) const PROFILE: &str = "shortlived";

/// The certificate that its own address has is its own authority. Python is strict from 3.13 on (RFC 5280, section 4.2). The
/// other address is that of the started stack's outside (`tests/start/authority.py`).
const REQUEST: &str = include_str!("request.conf");

/// Its settings, without addresses.
const SETTINGS: &str = include_str!("pebble.json");

/// A program that runs; it ends with this value.
pub(super) struct Started(pub(super) Child);

impl Started {
    /// Has it end by itself, as an engine does.
    pub(super) fn stop(mut self) {
        let asked = Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status();
        assert!(asked.expect("kill is there").success(), "it cannot be stopped");
        self.0.wait().expect("a child can be waited for");
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The authority; it ends with this value.
pub(super) struct Authority {
    folder: TempDir,
    judges: PathBuf,
    acme: u16,
    management: u16,
    running: Vec<Started>,
}

impl Authority {
    /// One with an address, where this machine has it, and a client for it. It answers from `start` on.
    pub(super) fn find() -> Option<Self> {
        let (pebble, _) = (Judge::find("pebble")?, Judge::find("certbot")?);
        let judges = pebble.program().ancestors().nth(2).expect("a judge stands in DIR/bin").to_owned();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority =
            Self { folder, judges, acme: free_port(), management: free_port(), running: Vec::new() };
        fs::write(authority.file("request.conf"), REQUEST).expect("a file can be written");
        let openssl = Command::new(authority.judges.join("certbot/openssl"))
            .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1".split(' '))
            .args("-config request.conf -keyout key.pem -out ca.pem".split(' '))
            .current_dir(authority.folder.path())
            .output()
            .expect("the judge starts");
        assert!(openssl.status.success(), "{}", String::from_utf8_lossy(&openssl.stderr));
        Some(authority)
    }

    /// Starts it: it asks for names at a port of HTTP, and `refused` is a name that DNS knows no address of.
    pub(super) fn start(&mut self, http: u16, refused: &str) {
        let (dns, control) = (free_port(), free_port());
        let address = |port: u16| format!("127.0.0.1:{port}");
        let names = [
            "-defaultIPv4=127.0.0.1".to_owned(),
            "-defaultIPv6=".to_owned(),
            "-http01=".to_owned(),
            "-https01=".to_owned(),
            "-tlsalpn01=".to_owned(),
            "-doh=".to_owned(),
            format!("-dnsserver={}", address(dns)),
            format!("-management={}", address(control)),
        ];
        self.spawn("pebble-challtestsrv", &names, &[control]);
        let body = format!(r#"{{"host":"{refused}"}}"#);
        let head = format!("POST /set-servfail HTTP/1.1\r\nHost: dns\r\nContent-Length: {}", body.len());
        let (answer, _) = services::ask(control, &format!("{head}\r\nConnection: close\r\n\r\n{body}"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let mut settings: serde_json::Value = serde_json::from_str(SETTINGS).expect("it is JSON");
        settings["pebble"]["listenAddress"] = address(self.acme).into();
        settings["pebble"]["managementListenAddress"] = address(self.management).into();
        settings["pebble"]["httpPort"] = http.into();
        fs::write(self.file("pebble.json"), settings.to_string()).expect("a file can be written");
        let arguments = ["-config=pebble.json".to_owned(), format!("-dnsserver={}", address(dns))];
        self.spawn("pebble", &arguments, &[self.acme, self.management]);
    }

    /// Starts a program, and waits until it listens. What is random in pebble is taken out of it (letsencrypt/pebble:README.md),
    /// and what it has found out of a name once it finds out again.
    fn spawn(&mut self, name: &str, arguments: &[String], ports: &[u16]) {
        let log = fs::File::create(self.file(name)).expect("a file can be written");
        let child = Command::new(self.judges.join("bin").join(name))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_VA_ALWAYS_VALID", "0")])
            .envs([("PEBBLE_WFE_NONCEREJECT", "0"), ("PEBBLE_AUTHZREUSE", "0")])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be opened twice"))
            .stderr(log)
            .spawn()
            .expect("the judge starts");
        self.running.push(Started(child));
        let end = Instant::now() + Duration::from_secs(20);
        while !ports.iter().all(|port| listens(*port)) {
            assert!(Instant::now() < end, "{name} does not listen: {}", self.log(name));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The address of its directory (RFC 8555, section 7.1.1).
    pub(super) fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.acme)
    }

    /// The address of the certificate that all of its certificates come from.
    pub(super) fn roots(&self) -> String {
        format!("https://127.0.0.1:{}/roots/0", self.management)
    }

    /// From now on it advises to renew a certificate at once (letsencrypt/pebble:README.md, `set-renewal-info`).
    pub(super) fn advises_to_renew(&self, chain: &Path) {
        let chain = fs::read_to_string(chain).expect("it was issued");
        let end = "-----END CERTIFICATE-----\n";
        let (first, _) = chain.split_once(end).expect("a chain begins with the certificate");
        let window = serde_json::json!({ "suggestedWindow": {
            "start": "2020-01-01T00:00:00Z",
            "end": "2020-01-02T00:00:00Z",
        } });
        let body = serde_json::json!({
            "Certificate": format!("{first}{end}"),
            "ARIResponse": window.to_string(),
        })
        .to_string();
        let port = self.management;
        let head = format!(
            "POST /set-renewal-info/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: tests\r\nContent-Length: {}",
            body.len()
        );
        let openssl = Judge::at(self.judges.join("certbot/openssl"));
        let connect =
            format!("s_client -quiet -verify_return_error -CAfile ca.pem -connect 127.0.0.1:{port}");
        let arguments: Vec<&str> = connect.split(' ').collect();
        let request = format!("{head}\r\nConnection: close\r\n\r\n{body}");
        let answer = openssl.ask(self.folder.path(), &arguments, &request);
        assert!(answer.output.starts_with("HTTP/1.1 200 "), "{} {}", answer.output, answer.complaint);
    }

    /// What signed the certificate of its own address.
    pub(super) fn ca(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// The folder of the judges.
    pub(super) fn judges(&self) -> &Path {
        &self.judges
    }

    /// How many orders came in.
    pub(super) fn orders(&self) -> usize {
        self.log("pebble").matches(" Added order ").count()
    }

    /// How often it asked a name for its answer.
    pub(super) fn asked(&self, name: &str) -> usize {
        let task = format!("Value:\"{name}\"");
        self.log("pebble").lines().filter(|line| line.contains("vaTask") && line.contains(&task)).count()
    }

    /// The serial numbers of what it issued, the first one first.
    pub(super) fn issued(&self) -> Vec<String> {
        let log = self.log("pebble");
        let numbers = log.lines().filter_map(|line| line.split_once(" Issued certificate serial "));
        numbers
            .filter_map(|(_, rest)| Some(rest.split(' ').next()?.trim_start_matches('0').to_owned()))
            .collect()
    }

    /// What a program of it wrote.
    pub(super) fn log(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
