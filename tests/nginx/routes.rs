//! Routes through the real nginx: what a service is asked for, and how its answer comes back.

use std::time::Duration;

use infrac::platform::{RESOLVES_UPSTREAMS, Version};

use super::machine::{Machine, Running, free_port};
use super::services::{self, ask};
use super::{none, written_for};

const HOST: &str = "shop.test";

/// The ports of the platform.
struct Ports {
    plain: u16,
    calls: u16,
    api: u16,
    jobs: u16,
    canary: u16,
    orders: u16,
    secure: u16,
    dead: u16,
}

impl Ports {
    fn start() -> Self {
        Self {
            plain: free_port(),
            calls: free_port(),
            api: services::http("api"),
            jobs: services::http("jobs"),
            canary: services::http("canary"),
            orders: services::grpc("orders"),
            secure: free_port(),
            dead: free_port(),
        }
    }
}

fn source(ports: &Ports) -> String {
    let Ports { plain, calls, api, jobs, canary, orders, secure, dead } = ports;
    format!(
        r#"
platform routes {{ targets = [compose, nginx] }}
service proxy {{
  role  = proxy
  image = "example/nginx:1.30" {{ base = "debian:13" }}
  port http  = {plain} {{ protocol = http }}
  port https = {calls} {{ protocol = https }}
  artifacts "/etc/nginx" = nginx
  bind "certificates" = "/etc/certificates" {{ read_only = true }}
}}
service api    {{ image = "example/api:1.0" {{ base = "debian:13" }}, port http = {api}, port https = {secure}, port dead = {dead} {{ protocol = http }} }}
service jobs   {{ image = "example/jobs:1.0" {{ base = "debian:13" }}, port http = {jobs}, metrics {{ path = "/metrics", port = http }} }}
service canary {{ image = "example/api:1.1" {{ base = "debian:13" }}, port http = {canary} }}
service orders {{ image = "example/orders:1.0" {{ base = "debian:13" }}, port grpc = {orders} }}
site shop = "{HOST}" {{
  route "/"           = api.http
  route "/jobs"       = jobs.http {{ strip = true }}
  route "/o.d (d) $x" = jobs.http {{ strip = true }}
  route "= /one"      = jobs.http {{ strip = true }}
  route "/events"     = api.http {{ buffer = false }}
  route "/secure"     = api.https
  route "/secure/off" = api.https {{ strip = true }}
  route "/shared"     = api.http {{ weight = 9, upstream canary = canary.http }}
  route "/spare"      = api.dead {{ max_fails = 1, upstream spare = canary.http {{ backup = true }} }}
}}
site calls = "calls.test" {{
  tls = true {{ issuer = files }}
  route "/shop.Orders" = orders.grpc
}}
"#
    )
}

/// nginx with the platform of the test.
fn started(machine: &Machine, ports: &Ports) -> Running {
    let mut platform = services::compiled(&source(ports));
    machine.load("proxy", &written_for(&mut platform, machine.version));
    services::found(machine);
    // Clients of the test speak no TLS.
    let calls = machine.read("sites/calls.conf");
    let tls = |line: &&str| !["ssl_certificate", "http2 on"].iter().any(|word| line.contains(word));
    let plain: Vec<&str> = calls.lines().filter(tls).collect();
    let plain = plain.join("\n").replace(" ssl http2;", ";").replace(" ssl;", ";");
    assert_ne!(calls, plain, "the site has no TLS: the test is broken");
    machine.write("etc/nginx/sites/calls.conf", &plain);
    let main = machine.read("nginx.conf");
    let plain = main
        .replace(" ssl http2 default_server;", " default_server;")
        .replace(" ssl default_server;", " default_server;");
    machine.write("etc/nginx/nginx.conf", &plain);
    // The service that is asked over TLS: it answers with the name that it was asked by.
    machine.write("etc/nginx.d/service.pem", include_str!("service.pem"));
    machine.write(
        "etc/nginx.d/secure.conf",
        &format!(
            "server {{ listen 127.0.0.1:{} ssl; ssl_certificate /etc/nginx.d/service.pem;\n\
             ssl_certificate_key /etc/nginx.d/service.pem; return 200 \"secure $ssl_server_name $request_uri\"; }}\n",
            ports.secure
        ),
    );
    let running = machine.start(ports.plain);
    running.wait_for(HOST, &["/x", "/jobs", "/secure/x", "/shared"]);
    if machine.version >= RESOLVES_UPSTREAMS {
        running.wait_for(HOST, &["/spare"]);
    }
    running
}

/// Requests, and what the service answers that it was asked for.
const ASKED: &[(&str, &str)] = &[
    ("/x?a=b", "api GET /x?a=b HTTP/1.1"),
    ("/x%2Fy//z", "api GET /x%2Fy//z HTTP/1.1"),
    ("/jobs", "jobs GET / HTTP/1.1"),
    ("/jobs?a=b", "jobs GET /?a=b HTTP/1.1"),
    ("/jobs/", "jobs GET / HTTP/1.1"),
    ("/jobs/a/b?c=d%2F", "jobs GET /a/b?c=d%2F HTTP/1.1"),
    ("/jobs/a%2Fb%20c", "jobs GET /a/b%20c HTTP/1.1"),
    ("/jobs/a%3Fb%23c", "jobs GET /a%3Fb%23c HTTP/1.1"),
    ("/jobs/a%0D%0AX-Odd:%20b", "jobs GET /a%0D%0AX-Odd:%20b HTTP/1.1"),
    ("/jobs/a%0A", "jobs GET /a%0A HTTP/1.1"),
    ("/jobs/../jobs/b", "jobs GET /b HTTP/1.1"),
    ("/jobsx", "api GET /jobsx HTTP/1.1"),
    ("/o.d%20(d)%20$x/y", "jobs GET /y HTTP/1.1"),
    ("/oxd%20(d)%20$x/y", "api GET /oxd%20(d)%20$x/y HTTP/1.1"),
    ("/one?a=b", "jobs GET /?a=b HTTP/1.1"),
    ("/one/", "api GET /one/ HTTP/1.1"),
    ("/secure/x", "secure api /secure/x"),
    ("/secure/off/x%20y", "secure api /x%20y"),
];

#[test]
fn services_are_asked_for_what_a_route_says() {
    let ports = Ports::start();
    let mut complaints = Vec::new();
    for machine in Machine::all() {
        let running = started(&machine, &ports);
        let mut found = Vec::new();
        for (path, meant) in ASKED {
            let body = running.get(HOST, path).body;
            let got = body.lines().next().unwrap_or_default();
            if got != *meant {
                found.push(format!("{path}: meant {meant:?}, got {got:?}"));
            }
        }
        for closed in ["/jobs/metrics", "/jobs/METRICS/", "/jobs//metrics;x", "/o.d%20(d)%20$x/metrics"] {
            let answer = running.get(HOST, closed);
            if answer.status != 404 {
                found.push(format!("{closed}: is answered with {}: {}", answer.status, answer.body));
            }
        }
        let moved = running.get(HOST, "/jobs/a/moved");
        if moved.header("Location") != Some("/jobs/there") {
            found.push(format!("a redirect of a service leads to {:?}", moved.header("Location")));
        }
        found.extend(of_streams(ports.plain));
        found.extend(of_shares(&running, machine.version));
        let (call, _) = ask(
            ports.calls,
            "POST /shop.Orders/List HTTP/1.1\r\nHost: calls.test\r\nContent-Type: application/grpc\r\nTE: trailers\r\nContent-Length: 5\r\nConnection: close\r\n\r\n\0\0\0\0\0",
        );
        if !call.starts_with("HTTP/1.1 200 ") || !call.contains("orders") {
            found.push(format!("a call is answered with {call:?}"));
        }
        complaints.extend(found.into_iter().map(|problem| format!("nginx {}: {problem}", machine.version)));
    }
    none(&complaints);
}

/// The first part of an answer comes at once where nothing is collected, and with the rest of it elsewhere.
fn of_streams(port: u16) -> Vec<String> {
    let time = |path: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        );
        let (answer, first) = ask(port, &request);
        let whole = answer.ends_with("first\nsecond") && !answer.contains("Content-Encoding");
        (first < Duration::from_secs(1), whole)
    };
    let expect = |path: &str, at_once: bool| {
        let got = time(path);
        (got != (at_once, true)).then(|| format!("{path}: at once and whole: {got:?}"))
    };
    [expect("/events/slow", true), expect("/slow", false)].into_iter().flatten().collect()
}

/// A tenth of the requests goes to the new version; a service that is down is not asked where another one is there.
fn of_shares(running: &Running, version: Version) -> Vec<String> {
    let mut found = Vec::new();
    let names: Vec<String> = (0..200).map(|_| running.get(HOST, "/shared").body).collect();
    let canary = names.iter().filter(|body| body.starts_with("canary")).count();
    let api = names.iter().filter(|body| body.starts_with("api")).count();
    if !(3..=50).contains(&canary) || canary + api != names.len() {
        found.push(format!("of 200 requests {canary} go to the new version, and {api} to the old one"));
    }
    if version >= RESOLVES_UPSTREAMS {
        let spare = running.get(HOST, "/spare");
        if !spare.body.starts_with("canary") {
            found.push(format!("the spare one is not asked: {} {}", spare.status, spare.body));
        }
    }
    found
}
