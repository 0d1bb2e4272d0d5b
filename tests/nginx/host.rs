//! nginx of the host: the file for its `sites-available`, beside Debian's own configuration and another platform.

use std::fs;

use infrac::platform::Platform;
use infrac::target::Artifact;

use super::machine::{Machine, free_port};
use super::request::{CERTIFICATE, KEY, compiled};
use super::{none, silent, written_for};

/// Debian's own configuration and site (nginx-common 1.22.1-9+deb12u7, without the comments of the site).
pub(super) const STOCK: &str = include_str!("debian/nginx.conf");
const DEFAULT: &str = include_str!("debian/default");

fn source() -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    fs::read_to_string(format!("{root}/tests/ok/host.infra")).expect("tests/ok/host.infra")
}

/// A host with Debian's own site.
pub(super) fn stock(machine: &Machine) {
    machine.load("none", &[]);
    let default = as_it_is(DEFAULT);
    for (path, text) in [
        ("etc/nginx/nginx.conf", STOCK),
        ("etc/nginx/mime.types", "types { text/html html; }\n"),
        ("etc/nginx/sites-enabled/default", &default),
        (
            "etc/passwd",
            "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n",
        ),
        ("etc/group", "root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n"),
    ] {
        machine.write(path, text);
    }
    for site in ["shop", "old"] {
        let folder = format!("var/lib/certificates/letsencrypt/{site}");
        machine.write(&format!("{folder}/fullchain.pem"), CERTIFICATE);
        machine.write(&format!("{folder}/privkey.pem"), KEY);
    }
}

/// Puts what is written for the host where it belongs.
pub(super) fn install(machine: &Machine, artifacts: &[Artifact], change: impl Fn(&str) -> String) {
    let mut written = 0;
    for artifact in artifacts {
        let Some(path) = artifact.path.strip_prefix("nginx/") else { continue };
        written += 1;
        let path = path.replacen("sites-available", "sites-enabled", 1);
        machine.write(&format!("etc/nginx/{path}"), &change(&artifact.content));
    }
    assert!(written > 3, "nothing is written for the host");
}

/// As it is written, but for IPv6 where this machine has none.
fn as_it_is(text: &str) -> String {
    if has_ipv6() { text.to_owned() } else { without_ipv6(text) }
}

fn has_ipv6() -> bool {
    fs::read_to_string("/proc/net/if_inet6").is_ok_and(|found| !found.is_empty())
}

pub(super) fn without_ipv6(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains("listen [::]"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn the_host_takes_two_platforms_beside_its_own_site() {
    let mut complaints = Vec::new();
    let mut first = compiled(&source());
    // What both have in common is the same program, which asks for the same certificates.
    let mut second = compiled(
        &source().replace("platform on-host", "platform beside").replace("example.com", "example.org"),
    );
    for machine in Machine::all() {
        let mut told = |what: &str, good: bool| {
            let verdict = machine.verdict();
            if verdict.accepted != good || (good && !silent(&verdict)) {
                complaints.push(format!("nginx {}: {what}: {}", machine.version, verdict.complaint));
            }
        };
        stock(&machine);
        told("Debian's own", true);
        install(&machine, &written_for(&mut first, machine.version), as_it_is);
        told("one platform", true);
        install(&machine, &written_for(&mut second, machine.version), as_it_is);
        told("two platforms", true);
        let twin = machine.read("sites-enabled/on_host.conf");
        machine.write("etc/nginx/sites-enabled/twin.conf", &twin);
        told("the same platform twice", false);
    }
    none(&complaints);
}

#[test]
fn nginx_of_the_host_answers() {
    let (http, service) = (free_port(), free_port());
    let text = source().replace("port = 18080", &format!("port = {service}"));
    let mut platform: Platform = compiled(&text);
    for machine in Machine::all() {
        stock(&machine);
        let own =
            machine.read("sites-enabled/default").replace(":80 ", ":81 ").replace("listen 80 ", "listen 81 ");
        machine.write("etc/nginx/sites-enabled/default", &own);
        // Without TLS, whose handshake is tried elsewhere, and on ports that are free.
        let artifacts = written_for(&mut platform, machine.version);
        install(&machine, &artifacts, |text| {
            let text =
                without_ipv6(text).replace("listen 80;", "listen 127.0.0.1:1;").replace("http2 on;", "");
            text.replace("listen 443 ssl http2;", "listen 443 ssl;")
                .replace("listen 443 ssl;", &format!("listen {http};"))
        });
        let enabled = machine.read("sites-enabled/on_host.conf");
        assert!(enabled.contains(&format!("server 127.0.0.1:{service};")), "{enabled}");
        machine.write("etc/nginx/sites-enabled/default", "");
        let enabled = enabled.replace("listen 127.0.0.1:1;", &format!("listen {};", free_port()));
        machine.write("etc/nginx/sites-enabled/on_host.conf", &enabled);
        machine.write("etc/nginx/nginx.conf", &STOCK.replace("user www-data;", ""));
        let running = machine.start(http);
        let price = running.get("shop.example.com", "/price");
        assert_eq!((price.status, price.body.as_str()), (200, "$5"));
        // Nothing listens there, and nginx has asked.
        assert_eq!(running.get("shop.example.com", "/orders").status, 502);
        assert_eq!(running.get("shop.example.com", "/METRICS/").status, 404);
        assert_eq!(running.get("shop.example.com", "/reports/today").status, 403);
        let moved = running.get("old.example.com", "/x");
        // It was asked without TLS, and not by a load balancer that says otherwise.
        assert_eq!((moved.status, moved.header("Location")), (301, Some("https://old.example.com/x")));
    }
}
