//! Load balancers through the real nginx: what one of `trusted` says of a client holds, and nobody else's word does.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use infrac::platform::Runtime;

use super::machine::{Machine, free_port};
use super::{none, services, written_for};

/// The site that believes the test, and one that believes another address.
const BELIEVING: &str = "believing.test";
const OTHER: &str = "other.test";

fn source(plain: u16, secure: u16, api: u16) -> String {
    format!(
        r#"
platform trusted {{ targets = [compose, nginx] }}
outside own   = "127.0.0.1/32"
outside elsewhere = "127.0.0.2/32"
outside admins = "81.2.69.0/24"
allow private-address-trusted {{ reason = "The test asks from the machine itself" }}
service proxy {{
  role  = proxy
  image = "example/nginx:1.30" {{ base = "debian:13" }}
  port http  = {plain} {{ protocol = http }}
  port https = {secure} {{ protocol = https }}
  artifacts "/etc/nginx" = nginx
  bind "certificates" = "/etc/certificates" {{ read_only = true }}
}}
service api {{ image = "example/api:1.0" {{ base = "debian:13" }}, port http = {api} }}
site believing = "{BELIEVING}" {{
  tls     = true {{ issuer = files }}
  trusted = [own]
  route "/"        = api.http
  route "/admin"   = api.http {{ from = admins }}
  route "= /there" = redirect {{ to = "/here" }}
  route "/one"     = respond  {{ body = "one", from = admins }}
}}
site other = "{OTHER}" {{
  tls     = true {{ issuer = files }}
  trusted = [elsewhere]
  route "/" = api.http
}}
site open = "open.test" {{
  trusted = [own]
  route "/" = api.http
}}
"#
    )
}

/// A request, by the site, the path and what is said of the client, and what its answer begins with and holds.
const ASKED: &[(&str, &str, &str, &str, &str)] = &[
    (BELIEVING, "/x", "", "301", "Location: https://believing.test/x\r\n"),
    (BELIEVING, "/x", "X-Forwarded-Proto: http\r\n", "301", "Location: https://believing.test/x\r\n"),
    (
        BELIEVING,
        "/x",
        "X-Forwarded-Proto: https\r\nX-Forwarded-For: 6.6.6.6, 81.2.69.7\r\n",
        "200",
        "\nX-Forwarded-For: 81.2.69.7\n",
    ),
    (
        BELIEVING,
        "/x",
        "X-Forwarded-Proto: https\r\nX-Forwarded-For: 81.2.69.7\r\n",
        "200",
        "\nX-Forwarded-Proto: https\n",
    ),
    (
        BELIEVING,
        "/admin",
        "X-Forwarded-Proto: https\r\nX-Forwarded-For: 81.2.69.7\r\n",
        "200",
        "api GET /admin ",
    ),
    (BELIEVING, "/admin", "X-Forwarded-Proto: https\r\nX-Forwarded-For: 81.2.69.7, 6.6.6.6\r\n", "403", ""),
    (BELIEVING, "/ADMIN", "X-Forwarded-Proto: https\r\nX-Forwarded-For: 81.2.69.7\r\n", "404", ""),
    (BELIEVING, "/there", "X-Forwarded-Proto: https\r\n", "302", "Location: /here\r\n"),
    (BELIEVING, "/one", "X-Forwarded-Proto: https\r\nX-Forwarded-For: 81.2.69.7\r\n", "200", "\r\n\r\none"),
    (BELIEVING, "/one", "X-Forwarded-Proto: https\r\n", "403", ""),
    (BELIEVING, "/.well-known/acme-challenge/x", "", "404", ""),
    (
        OTHER,
        "/x",
        "X-Forwarded-Proto: https\r\nX-Forwarded-For: 81.2.69.7\r\n",
        "301",
        "Location: https://other.test/x\r\n",
    ),
    ("open.test", "/x", "X-Forwarded-Proto: https\r\n", "200", "\nX-Forwarded-Proto: https\n"),
    ("open.test", "/x", "", "200", "\nX-Forwarded-Proto: http\n"),
    ("nothing.test", "/healthz", "", "200", ""),
];

#[test]
fn what_a_load_balancer_says_of_a_client_holds() {
    let (plain, secure, api) = (free_port(), free_port(), services::http("api"));
    let mut platform = services::compiled(&source(plain, secure, api));
    let mut complaints = Vec::new();
    for machine in Machine::all() {
        machine.load("proxy", &written_for(&mut platform, machine.version));
        services::found(&machine);
        let running = machine.start(plain);
        running.wait_for("open.test", &["/"]);
        for (host, path, said, status, holds) in ASKED {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{said}Connection: close\r\n\r\n");
            let (answer, _) = services::ask(plain, &request);
            if !answer.starts_with(&format!("HTTP/1.1 {status} ")) || !answer.contains(holds) {
                complaints.push(format!("nginx {}: {host}{path} with {said:?}: {answer}", machine.version));
            }
        }
    }
    none(&complaints);
}

/// A site of a proxy in a cluster, which answers by itself: the names of other services are the cluster's to find.
const BEHIND: &str = r#"
platform behind { targets = [compose, nginx] }
outside admins = "81.2.69.0/24"
service proxy {
  role  = proxy
  image = "example/nginx:1.30" { base = "debian:13" }
  port http = PORT { protocol = http }
  artifacts "/etc/nginx" = nginx
}
site behind = "behind.test" {
  route "/"      = respond { body = "all" }
  route "/admin" = respond { body = "admins", from = admins }
  route "/rare"  = respond { body = "rare", limit { rate = 1, per = 1m } }
}
"#;

/// What stands before a request, its path, and what its answer begins with; nothing where the connection is closed.
const SPOKEN: &[(&str, &str, &str)] = &[
    ("PROXY TCP4 81.2.69.7 10.0.0.1 4000 80\r\n", "/admin", "HTTP/1.1 200 "),
    ("PROXY TCP4 6.6.6.6 10.0.0.1 4000 80\r\n", "/admin", "HTTP/1.1 403 "),
    // A limit is one client's, and not that of all who come through the load balancer.
    ("PROXY TCP4 6.6.6.6 10.0.0.1 4000 80\r\n", "/rare", "HTTP/1.1 200 "),
    ("PROXY TCP4 6.6.6.7 10.0.0.1 4000 80\r\n", "/rare", "HTTP/1.1 200 "),
    ("PROXY TCP4 6.6.6.7 10.0.0.1 4000 80\r\n", "/rare", "HTTP/1.1 429 "),
    // What the client orders certificates with says of itself.
    ("PROXY UNKNOWN\r\n", "/", "HTTP/1.1 200 "),
    ("PROXY UNKNOWN\r\n", "/admin", "HTTP/1.1 403 "),
    ("", "/", ""),
];

/// What is answered to some bytes until the connection ends.
fn spoken(port: u16, bytes: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("nginx listens");
    let mut answer = Vec::new();
    // nginx may close before all is read.
    let _ = stream.write_all(bytes.as_bytes()).and_then(|()| stream.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_a_load_balancer_says_by_the_proxy_protocol_holds() {
    let plain = free_port();
    let mut platform = services::compiled(&BEHIND.replace("PORT", &plain.to_string()));
    platform.runtime = Runtime::Kubernetes;
    let mut complaints = Vec::new();
    for machine in Machine::all() {
        // From another address nobody's word is taken.
        for (range, believed) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
            platform.settings.kubernetes.proxy_protocol = vec![range.to_owned()];
            machine.load("proxy", &written_for(&mut platform, machine.version));
            let running = machine.start(plain);
            for (said, path, begins) in SPOKEN {
                if !believed && path != &"/admin" {
                    continue;
                }
                let begins = if believed { begins } else { "HTTP/1.1 403 " };
                let rest = "HTTP/1.1\r\nHost: behind.test\r\nConnection: close\r\n\r\n";
                let answer = spoken(plain, &format!("{said}GET {path} {rest}"));
                if !answer.starts_with(begins) || (begins.is_empty() && !answer.is_empty()) {
                    let version = machine.version;
                    complaints.push(format!("nginx {version}: {path} from {range}, {said:?}: {answer}"));
                }
            }
            drop(running);
        }
    }
    none(&complaints);
}
