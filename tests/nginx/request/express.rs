//! The flagship's site in front of a real Express: no spelling of the paths with metrics comes through, of those that
//! Express answers and of those that it does not.

use std::fs;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use infrac::platform::Platform;

use super::ask::{Client, Got};
use super::table::Asked;
use super::{CERTIFICATE, KEY, compiled, none};
use crate::judge::Judge;
use crate::nginx::machine::{Machine, free_port, listens};
use crate::nginx::written_for;

/// Express; it ends with this value.
struct Express(Child);

impl Express {
    fn start(gateway: u16, backend: u16) -> Option<Self> {
        let judge = Judge::find("express")?;
        let (gateway_port, backend) = (gateway.to_string(), backend.to_string());
        let child = Command::new(judge.program())
            .args([gateway_port, backend])
            .stdin(Stdio::null())
            .spawn()
            .expect("the judge starts");
        let express = Self(child);
        let end = Instant::now() + Duration::from_secs(30);
        while !listens(gateway) {
            assert!(Instant::now() < end, "Express does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        Some(express)
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A request from an address by its target, so that the limit of the site is met by none.
fn get(tls: bool, target: &str) -> Asked {
    let mut address = [127, 9, 0, 1];
    for (at, byte) in target.bytes().enumerate() {
        address[2 + at % 2] = u8::wrapping_add(address[2 + at % 2], byte.wrapping_mul(31));
    }
    address[3] = address[3].clamp(1, 254);
    Asked {
        tls,
        crossed: false,
        host: "shop.example.com".to_owned(),
        method: "GET".to_owned(),
        target: target.to_owned(),
        headers: Vec::new(),
        client: Ipv4Addr::from(address),
        size: None,
        login: false,
    }
}

/// The spellings of a path that servers, proxies and people use for it.
fn spellings(path: &str) -> Vec<String> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let parent = path.strip_suffix(last).unwrap_or_default();
    let capital = format!("{parent}M{}", &last[1..]);
    let mut all = Vec::new();
    for path in [path.to_owned(), path.to_ascii_uppercase(), capital] {
        let encoded = path.replacen('m', "%6d", 1).replacen('M', "%4D", 1);
        let slashes = path.replace('/', "//");
        let dots = format!("/x/..{parent}./{}", &path[parent.len()..]);
        for path in [path, encoded, slashes, dots] {
            for end in ["", "/", "//", "?a=b", "/?a", ";a=b", "%2f", "%2F", "/.", "/x/..", "%3b", "\\"] {
                all.push(format!("{path}{end}"));
            }
        }
    }
    all
}

#[test]
fn no_spelling_of_metrics_comes_through_to_express() {
    let (gateway, backend) = (free_port(), free_port());
    let (Some(mut client), Some(_express)) = (Client::start(), Express::start(gateway, backend)) else {
        return;
    };
    let (http, https) = (free_port(), free_port());
    let mut platform = flagship(http, https);
    let mut complaints = Vec::new();
    for machine in Machine::all() {
        let mut artifacts = written_for(&mut platform, machine.version);
        let main =
            artifacts.iter_mut().find(|it| it.path == "nginx/proxy/nginx.conf").expect("it is written");
        assert!(main.content.contains("gateway:5921"), "the gateway has moved");
        main.content = main.content.replace("gateway:5921", &format!("127.0.0.1:{gateway}"));
        machine.load("proxy", &artifacts);
        machine.write("var/lib/certificates/self/shop/fullchain.pem", CERTIFICATE);
        machine.write("var/lib/certificates/self/shop/privkey.pem", KEY);
        let _running = machine.start(http);
        let status = |got: &Got| match got {
            Got::Answer { status, .. } => *status,
            Got::Nothing => 0,
        };
        for path in ["/", "/api/orders", "/API/orders/"] {
            let got = client.ask(https, &get(true, path));
            if status(&got) != 200 {
                complaints.push(format!("nginx {}: {path} is for everybody: {got:?}", machine.version));
            }
        }
        let mut answered = 0;
        for path in ["/metrics", "/api/metrics"].into_iter().flat_map(spellings) {
            answered += usize::from(status(&client.ask(gateway, &get(false, &path))) == 200);
            let got = client.ask(https, &get(true, &path));
            if status(&got) != 404 {
                complaints.push(format!("nginx {}: {path}: {got:?}", machine.version));
            }
        }
        // Without a proxy many of them are metrics: else the test would prove nothing.
        assert!(answered > 12, "Express answers {answered}");
    }
    none(&complaints);
}

/// The platform of this repository, whose proxy listens on ports that are free.
fn flagship(http: u16, https: u16) -> Platform {
    let root = env!("CARGO_MANIFEST_DIR");
    let text = fs::read_to_string(format!("{root}/platform.infra")).expect("the flagship");
    let ports = [("port    http     {", "http", http), ("port    https    {", "https", https)];
    let text = ports.into_iter().fold(text, |text, (said, name, port)| {
        assert!(text.contains(said), "the proxy has moved");
        text.replacen(said, &format!("port {name} = {port} {{"), 1)
    });
    compiled(&text)
}
