//! The table played against the real nginx: random sites, and random requests, each of which the real nginx must answer as
//! `Platform::meets` says: by the same service with the same path, or with the same status.

mod ask;
mod behind;
mod express;
mod on_host;
mod source;
mod table;

use std::fs;

use infrac::platform::{Platform, Route, RoutePath, RouteTarget, ServiceId, Version};
use infrac::request::{Answer, Meeting, Reason, Silence, Way};
use infrac::source::{Found, LoadError, Loader};
use infrac::target::Artifact;

use super::machine::{Machine, free_port};
use super::{none, written_for};
use crate::dice::Dice;
use crate::sample;
use ask::{Client, Got};
use behind::Behind;
use source::{FILES, Ports, SERVICES, source};
use table::{Asked, request};

/// How many platforms are tried, and how many requests of each.
const PLATFORMS: (u64, u64) = (6, 300);
const REQUESTS: u16 = 120;

/// The certificate of every site, and its key, which no other program has.
pub(super) const CERTIFICATE: &str = include_str!("request/fullchain.pem");
pub(super) const KEY: &str = include_str!("request/privkey.pem");

#[test]
#[expect(clippy::print_stdout, reason = "is shown where the test fails")]
fn nginx_answers_as_is_said() {
    let machines = Machine::all();
    let Some(mut client) = Client::start().filter(|_| !machines.is_empty()) else { return };
    for machine in &machines {
        for (path, text) in FILES {
            machine.write(path.trim_start_matches('/'), text);
        }
        machine.write("run/secrets/users", "user:{PLAIN}password\n");
        for at in 0..9 {
            let folder = format!("etc/certificates/site-{at}");
            machine.write(&format!("{folder}/fullchain.pem"), CERTIFICATE);
            machine.write(&format!("{folder}/privkey.pem"), KEY);
        }
    }
    let behind = Behind::start();
    let mut complaints = Vec::new();
    let mut seen = [0_usize; 8];
    for seed in 0..if sample::whole() { PLATFORMS.1 } else { PLATFORMS.0 } {
        let mut dice = Dice::of(seed);
        let on_host = (seed % 3 == 2).then_some(behind.published);
        let ports = Ports { http: free_port(), https: free_port(), service: behind.port, on_host };
        let published = if dice.one_of(2) || on_host.is_some() { (80, 443) } else { (8_080, 8_443) };
        let text = source(&mut dice, ports, published);
        let mut platform = compiled(&text);
        let asked: Vec<Asked> = (1..=REQUESTS).map(|number| request(&mut dice, &platform, number)).collect();
        for machine in &machines {
            // Shown where the client ends for want of an answer.
            println!("seed {seed}, nginx {}, ports {ports:?}", machine.version);
            let found =
                play(machine, &mut platform, &behind, &mut client, (ports, published), &asked, &mut seen);
            let said = |problem| format!("seed {seed}, nginx {}: {problem}\n{text}", machine.version);
            complaints.extend(found.into_iter().map(said));
        }
        if complaints.len() > 3 {
            break;
        }
    }
    none(&complaints);
    // A table that meets only half of what there is proves half.
    assert!(seen.iter().all(|times| *times > 10), "what is met, by kind: {seen:?}");
}

pub(super) fn compiled(text: &str) -> Platform {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(text.as_bytes().to_vec())),
        _ => Err(LoadError::Missing),
    };
    let compilation =
        infrac::compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose);
    let errors = compilation.diagnostics.iter().filter(|told| told.is_error());
    let errors: Vec<&String> = errors.map(|told| &told.message).collect();
    compilation.platform.unwrap_or_else(|| panic!("{errors:?}\n{text}"))
}

/// Starts nginx with a platform and asks it for everything; where it answers otherwise is a complaint.
fn play(
    machine: &Machine,
    platform: &mut Platform,
    behind: &Behind,
    client: &mut Client,
    (ports, published): (Ports, (u16, u16)),
    asked: &[Asked],
    seen: &mut [usize; 8],
) -> Vec<String> {
    let mut artifacts = written_for(platform, machine.version);
    behind.forget();
    if ports.on_host.is_some() {
        on_host::load(machine, &artifacts, ports);
    } else {
        found_by(behind, &mut artifacts);
        machine.load("proxy", &artifacts);
    }
    let _running = machine.start(ports.http);
    if machine.version >= Version(1, 27) && ports.on_host.is_none() {
        behind.wait_for(&behind_routes(platform));
    }
    let mut complaints = Vec::new();
    for one in asked {
        for too_often in [false, true] {
            let meeting = one.with(published, too_often, |request| platform.meets(request));
            let port = if one.tls == one.crossed { ports.http } else { ports.https };
            let got = client.ask(port, one);
            seen[kind(&meeting)] += 1;
            if !fits(machine, platform, one, &meeting, &got) {
                complaints.push(format!("{one:?}\nsaid {meeting:?}\ngot  {got:?}"));
            }
        }
    }
    complaints
}

/// Has a proxy ask for the addresses of services where they are known.
fn found_by(behind: &Behind, artifacts: &mut [Artifact]) {
    let main = artifacts.iter_mut().find(|it| it.path.ends_with("nginx/proxy/nginx.conf"));
    let main = main.expect("it is written");
    let resolver = format!("resolver 127.0.0.1:{}", behind.resolver);
    assert!(main.content.contains("resolver 127.0.0.11 "), "the resolver has moved");
    main.content = main.content.replacen("resolver 127.0.0.11", &resolver, 1);
}

/// The services that routes lead to: those that nginx resolves when it starts.
fn behind_routes(platform: &Platform) -> Vec<usize> {
    let routes = platform.sites.iter().flat_map(|site| &site.routes);
    let name = |service: ServiceId| platform[service].name.as_str();
    let ports = routes.flat_map(Route::ports);
    ports.filter_map(|(service, ..)| SERVICES.iter().position(|known| *known == name(service))).collect()
}

/// The kinds of answers, so that none is missing in a table.
fn kind(meeting: &Meeting<'_>) -> usize {
    match &meeting.answer {
        Answer::Nothing(_) => 0,
        Answer::Status(400 | 405, _) => 1,
        Answer::Status(413, _) => 2,
        Answer::Status(429, _) => 3,
        Answer::Status(401 | 403, _) => 4,
        Answer::Status(..) | Answer::Redirect(..) => 5,
        Answer::File(_) => 6,
        Answer::Onward(_) => 7,
    }
}

fn fits(machine: &Machine, platform: &Platform, asked: &Asked, meeting: &Meeting<'_>, got: &Got) -> bool {
    let Got::Answer { status, location, service, path } = got else {
        return matches!(
            meeting.answer,
            Answer::Nothing(Silence::Handshake | Silence::NoSite | Silence::NoTls | Silence::Closed)
        );
    };
    match &meeting.answer {
        Answer::Nothing(_) => false,
        Answer::Status(said, reason) => {
            // Whether the index of a path alone is there is asked before the method.
            let missing = *reason == Reason::Method && is_missing(machine, meeting);
            let said = if missing { 404 } else { *said };
            said == *status && service.is_none()
        }
        Answer::Redirect(said, to) => said == status && location.as_ref() == Some(to),
        Answer::File(file) => {
            let index = match meeting.routed().map(|route| &route.to) {
                Some(RouteTarget::Files { index: Some(index), .. }) => index,
                // nginx.org: ngx_http_index_module
                _ => "index.html",
            };
            // Of a path alone nothing but the index is asked for.
            let alone = meeting.routed().is_some_and(|route| matches!(route.path, RoutePath::Exact(_)));
            file_status(machine, asked, file, (index, alone)) == *status && service.is_none()
        }
        Answer::Onward(onward) => {
            let first = |way: &Way<'_>| way.via.first().map_or(way.service, |step| step.service);
            let mut names: Vec<&str> =
                onward.ways.iter().map(|way| platform[first(way)].name.as_str()).collect();
            names.extend(onward.address.as_ref().map(|_| "another one"));
            let stripped = meeting.routed().is_some_and(|route| route.strip);
            let path = path.as_deref().unwrap_or_default();
            *status == 200
                && service.as_deref().is_some_and(|service| names.contains(&service))
                && if stripped { decoded(path) == onward.path } else { path == asked.target }
        }
    }
}

/// A path as a service reads it.
fn decoded(target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let hex =
            |byte: Option<u8>| char::from(byte.expect("nginx encodes")).to_digit(16).expect("nginx encodes");
        bytes.push(match byte {
            b'%' => u8::try_from(hex(rest.next()) * 16 + hex(rest.next())).expect("two digits"),
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a path alone is a folder without its index.
fn is_missing(machine: &Machine, meeting: &Meeting<'_>) -> bool {
    let Some(route) = meeting.routed() else { return false };
    match (&route.path, &route.to) {
        (RoutePath::Exact(path), RouteTarget::Files { root, index }) if path.ends_with('/') => {
            let index = index.as_deref().unwrap_or("index.html");
            !machine.path(format!("{root}{path}{index}").trim_start_matches('/')).is_file()
        }
        _ => false,
    }
}

/// What nginx says of a file, by what lies there: one that is no file but a folder needs a slash, and an index.
fn file_status(machine: &Machine, asked: &Asked, path: &str, (index, alone): (&str, bool)) -> u16 {
    let at = |path: &str| machine.path(path.trim_start_matches('/'));
    let sent = matches!(asked.method.as_str(), "GET" | "HEAD");
    let found = |path: &str| if !sent && at(path).is_file() { 405 } else { 200 };
    if path.ends_with('/') {
        let index = format!("{path}{index}");
        return match at(path).is_dir() {
            _ if at(&index).is_file() => found(&index),
            true if !alone => 403,
            _ => 404,
        };
    }
    match fs::metadata(at(path)) {
        Ok(metadata) if metadata.is_dir() => 301,
        Ok(_) => found(path),
        Err(_) => 404,
    }
}
