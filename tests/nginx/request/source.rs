//! Platforms with random sites.

use std::fmt::Write as _;

use crate::dice::Dice;

/// The ports of a platform, each free on this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) http: u16,
    pub(crate) https: u16,
    /// That of all services, which differ by their addresses.
    pub(crate) service: u16,
    /// Those that services publish, where nginx of the host serves the sites.
    pub(crate) on_host: Option<[u16; SERVICES.len()]>,
}

/// The services behind the proxy.
pub(crate) const SERVICES: [&str; 4] = ["first", "second", "third", "fourth"];

/// Clients that `from = friends` lets in.
pub(crate) const FRIENDS: &str = "127.4.0.0/16";

/// The load balancers in front of some sites.
pub(crate) const BALANCERS: &str = "127.6.0.0/16";

/// What lies in folders of the proxy.
pub(crate) const FILES: [(&str, &str); 5] = [
    ("/srv/one/assets/x.txt", "x"),
    ("/srv/one/assets/index.html", "index"),
    ("/srv/one/api/v1/deep/a b.txt", "a b"),
    ("/srv/two/index.txt", "index of two"),
    ("/srv/two/assets/x.txt", "x of two"),
];

const PATHS: [&str; 12] = [
    "/",
    "/api",
    "/api/v1",
    "/API",
    "/admin",
    "/assets",
    "/a b",
    "/x.y",
    "/api/v1/deep",
    "/metrics",
    "/api/metrics",
    "/ü",
];

const EXACT: [&str; 5] = ["/ok", "/api/ok", "/", "/assets/x.txt", "/api/"];

/// A source with sites of which some are served over TLS, by one proxy or by nginx of the host. The proxy is published under
/// its scheme's own ports or under others.
pub(crate) fn source(dice: &mut Dice, ports: Ports, published: (u16, u16)) -> String {
    let Ports { http, https, service, on_host } = ports;
    let mut out = format!(
        r#"
platform table {{ targets = [compose, nginx] }}
network edge
outside friends = ["{FRIENDS}"]
outside balancers = ["{BALANCERS}"]
secret USERS
{}
allow metrics-in-public {{ reason = "A table" }}
allow no-such-path      {{ reason = "A table" }}
allow plain-text-site   {{ reason = "A table" }}
allow private-address-trusted {{ reason = "A table" }}
"#,
        if on_host.is_some() { "target nginx { host = true }" } else { "" }
    );
    if on_host.is_none() {
        let _ = writeln!(
            out,
            r#"service proxy {{
  role     = proxy
  image    = "example/nginx:1.30" {{ base = "debian:13" }}
  networks = [edge]
  port http  = {http}  {{ protocol = http, publish = internet {{ port = {} }} }}
  port https = {https} {{ protocol = https, publish = internet {{ port = {} }} }}
  artifacts "/etc/nginx" = nginx
  bind "certificates" = "/etc/certificates" {{ read_only = true }}
  security {{ writable = true, reason = "A table" }}
}}"#,
            published.0, published.1
        );
    }
    for (at, name) in SERVICES.iter().enumerate() {
        let forwards = match at {
            0 => "forwards \"/api\" = second.http",
            1 => "forwards \"/api/v1\" = third.http { strip = true }",
            _ => "",
        };
        // One service of those that a request passes may read paths strictly, or all of them.
        let read = if dice.one_of(2) { "paths_read = strict" } else { "" };
        let publish = on_host.map(|ports| format!("publish = localhost {{ port = {} }}", ports[at]));
        let publish = publish.unwrap_or_default();
        let metrics = ["/metrics", "/api/metrics", "/deep/metrics", "/stats"][at];
        let _ = writeln!(
            out,
            "service {name} {{ image = \"example/api:1\" {{ base = \"debian:13\" }}, networks = [edge]\n  \
             port http = {service} {{ protocol = http\n {forwards}\n {read}\n {publish}\n }}\n  metrics {{ path = \"{metrics}\", port = http }}\n}}"
        );
    }
    let names = ["a.test", "shop.b.test", "*.b.test", "*.c.b.test", "very-long-name-of-a-site.test"];
    let count = 2 + dice.below(names.len() - 1);
    for (at, name) in names.iter().enumerate().take(count) {
        out.push_str(&site(dice, at, name, ports));
    }
    out
}

fn site(dice: &mut Dice, at: usize, name: &str, ports: Ports) -> String {
    let tls = ["", "  tls = true { issuer = files }\n"][dice.below(2)];
    let alias = if dice.one_of(2) { format!("  aliases = [\"alias-{at}.test\"]\n") } else { String::new() };
    let mut out = format!("site site-{at} = \"{name}\" {{\n{tls}{alias}");
    let mut taken: Vec<String> = Vec::new();
    for _ in 0..=dice.below(8) {
        let exact = dice.one_of(4);
        let path = if exact { dice.pick(&EXACT) } else { dice.pick(&PATHS) };
        // A path that stands twice is an error; `= /api` and `/api` are the same location.
        let key = if path == "/" { format!("{exact}") } else { path.to_owned() };
        if taken.contains(&key) {
            continue;
        }
        taken.push(key);
        let label = if exact { format!("= {path}") } else { path.to_owned() };
        let _ = writeln!(out, "  route \"{label}\" = {}", route(dice, path, ports.service));
    }
    if dice.one_of(4) {
        out.push_str("  limit { rate = 1, per = 1m }\n");
    }
    if dice.one_of(4) {
        out.push_str("  trusted = [balancers]\n");
    }
    if dice.one_of(16) {
        out.push_str("  maintenance = true { body = \"back soon\" }\n");
    }
    if dice.one_of(2) {
        out.push_str("  headers { \"X-Frame-Options\" = \"DENY\" }\n");
    }
    out.push_str("}\n");
    out
}

fn route(dice: &mut Dice, path: &str, port: u16) -> String {
    let mut parts: Vec<String> = Vec::new();
    let to = match dice.below(9) {
        0..=3 => {
            parts.extend(match dice.below(5) {
                0 => Some("max_body = 1KiB".to_owned()),
                1 => Some("max_body = 10KiB".to_owned()),
                2 => Some("max_body = 0B".to_owned()),
                _ => None,
            });
            match dice.below(6) {
                0 => parts.push("websocket = true".to_owned()),
                1 => parts.push("buffer = false".to_owned()),
                2 if path != "/" => parts.push("strip = true".to_owned()),
                _ => {}
            }
            let at = dice.below(SERVICES.len());
            if dice.one_of(4) {
                let other = SERVICES[(at + 1) % SERVICES.len()];
                parts.push(format!("weight = {}, upstream other = {other}.http", 1 + dice.below(3)));
            }
            format!("{}.http", SERVICES[at])
        }
        4 => format!("\"127.2.0.9:{port}\""),
        5 => return "deny".to_owned(),
        6 => {
            parts.push(format!("root = \"/srv/{}\"", dice.pick(&["one", "two"])));
            if dice.one_of(2) {
                parts.push("index = \"index.txt\"".to_owned());
            }
            "files".to_owned()
        }
        7 => {
            parts.push(format!("to = \"{}\"", dice.pick(&["/new", "https://other.test/x?a=b"])));
            parts.push(format!("permanent = {}", dice.one_of(2)));
            "redirect".to_owned()
        }
        _ => {
            parts.push(format!("status = {}", dice.pick(&["200", "204", "403", "418", "444", "503"])));
            "respond".to_owned()
        }
    };
    if dice.one_of(4) {
        parts.push(format!("from = {}", dice.pick(&["friends", "internet", "localhost"])));
    }
    if dice.one_of(4) {
        parts.push("login = USERS".to_owned());
    }
    if dice.one_of(4) {
        parts.push("limit { rate = 1, per = 1m }".to_owned());
    }
    if parts.is_empty() { to } else { format!("{to} {{ {} }}", parts.join(", ")) }
}
