//! Many sites: nginx starts with them, and reads them again, within the memory that the compiler writes for its container.

#![expect(clippy::print_stdout, reason = "the figures stand in the documents")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use infrac::platform::Role;

use super::machine::{Machine, Running, free_port};
use super::{services, written_for};
use crate::sample;

/// The routes of a site.
const ROUTES: usize = 10;

/// How long processes that have connections go on behind a reload, and so how long a test may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn source(sites: usize, port: u16) -> String {
    let mut text = format!(
        r#"
platform many {{ targets = [compose, nginx] }}
service api {{ image = "example/api:1.0" {{ base = "debian:13" }}, port http = 8080 }}
nginx proxy {{
  port http   = {port}
  port https  = {}
  port status = {}
}}
"#,
        free_port(),
        free_port()
    );
    for site in 0..sites {
        let _ = writeln!(
            text,
            "site s{site} = \"shop-{site}.example.com\" {{\n  tls = true\n  route \"/\" = api.http"
        );
        for route in 1..ROUTES {
            let _ = writeln!(text, "  route \"/path-{route}\" = api.http");
        }
        text.push_str("}\n");
    }
    text
}

/// The processes of nginx, the first one among them.
fn processes(first: u32) -> Vec<u32> {
    let parent = |id: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let all = fs::read_dir("/proc").expect("processes can be listed").flatten();
    let all = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    all.filter(|id| *id == first || parent(*id) == Some(first)).collect()
}

/// The memory of processes in bytes. What they share counts once (Linux: Documentation/filesystems/proc.rst, `Pss`).
fn memory(processes: &[u32]) -> u64 {
    let of = |id: &u32| -> Option<u64> {
        // One that has just ended has no memory.
        let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    };
    processes.iter().filter_map(of).sum::<u64>() * 1024
}

/// Waits until there are so many processes, and half a second more; the most memory meanwhile.
fn peak(running: &Running, count: usize) -> u64 {
    let start = Instant::now();
    let (mut most, mut there) = (0, None);
    while there.is_none_or(|at: Instant| at.elapsed() < Duration::from_millis(500)) {
        let processes = processes(running.id());
        most = most.max(memory(&processes));
        there = there.or_else(|| (processes.len() >= count).then(Instant::now));
        assert!(start.elapsed() < PATIENCE, "{count} processes are meant, and there are {}", processes.len());
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}

#[test]
fn many_sites_have_room() {
    let sites = if sample::whole() { 1_000 } else { 100 };
    let port = free_port();
    let mut platform = services::compiled(&source(sites, port));
    let Some(machine) = Machine::all().pop() else { return };
    machine.load("proxy", &written_for(&mut platform, machine.version));
    let written = platform.with_role(Role::Proxy).next().expect("it has a proxy").resources.memory.0;
    let mut running = machine.start_with(port, "daemon off;");
    let mut most = peak(&running, 2);
    let mut open = Vec::new();
    for reload in 1..=2 {
        // Whoever waits for an answer keeps the process that is to give it.
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("nginx listens");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: s\r\n").expect("nginx reads");
        open.push(stream);
        std::thread::sleep(Duration::from_millis(200));
        running.signal("HUP");
        most = most.max(peak(&running, 2 + reload));
    }
    drop(open);
    running.signal("TERM");
    running.ended();
    let mib = |bytes: u64| bytes >> 20;
    println!("{sites} sites: {} MiB at most, {} MiB are written", mib(most), mib(written));
    assert!(most <= written, "{sites} sites take {} MiB, and {} are written", mib(most), mib(written));
    // More than that is a guess that costs a host its room.
    assert!(most * 4 >= written, "{sites} sites take {} MiB of {}", mib(most), mib(written));
}
