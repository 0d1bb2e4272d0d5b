//! What the source says of who reaches whom, for the real start: `cargo run --example connections platform.infra`.
//!
//! It comes from the resolved platform, before any target: so the table of connections judges what the compose target
//! makes of networks, too. Each line is one fact: `network NAME internal|open`, `service NAME NETWORK…`, and
//! `edge FROM TO PORT` for every connection over TCP that the source causes.

#![expect(clippy::disallowed_methods, reason = "it reads the source that it is given")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it finds is what it prints")]

use std::path::Path;
use std::process::ExitCode;

use infrac::model::Protocol;
use infrac::platform::{EdgeEnd, Platform};
use infrac::source::{Found, LoadError, Loader};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("connections SOURCE");
        return ExitCode::from(2);
    };
    let path = Path::new(&path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let entry = path.file_name().unwrap_or_default().to_string_lossy();
    let load = |name: &str| -> Result<Found, LoadError> {
        std::fs::read(folder.join(name)).map(Found::File).map_err(|_| LoadError::Missing)
    };
    let compilation =
        infrac::compile(&Loader { load: &load }, &entry, None, infrac::platform::Runtime::Compose);
    let Some(platform) = &compilation.platform else {
        eprintln!("{} does not compile", path.display());
        return ExitCode::FAILURE;
    };
    tell(platform);
    ExitCode::SUCCESS
}

fn tell(platform: &Platform) {
    for network in &platform.networks {
        println!("network {} {}", network.name, if network.internal { "internal" } else { "open" });
    }
    for service in &platform.services {
        let networks = service.networks.iter().map(|network| format!(" {}", platform[*network].name));
        println!("service {}{}", service.name, networks.collect::<String>());
    }
    for edge in &platform.edges {
        let EdgeEnd::Service(to, Some(port)) = edge.to else { continue };
        let to = &platform[to];
        if let Some(port) = to.ports.get(port).filter(|port| port.protocol != Protocol::Udp) {
            println!("edge {} {} {}", platform[edge.from].name, to.name, port.number);
        }
    }
}
