//! What may be reached from outside: where it listens, who may come in, and how one gets there from elsewhere.

use serde::Serialize;

use super::commands::{Commands, word};
use super::markdown::{code, codes};
use super::services::{link, running};
use crate::platform::{OutsideId, OutsideKind, Platform, Port, Protocol, Publish, Role, Runtime, Service};
use crate::target::inputs::bind;

/// Everything that is published.
#[derive(Default, Serialize)]
pub(super) struct Access {
    rows: Vec<Row>,
    /// The command that leads to what listens on the host itself alone; empty where nothing does.
    tunnel: String,
    /// Whether the operator may let it listen elsewhere.
    bind: bool,
    /// Commands that lead to ports of the cluster that are published to the machine itself.
    forwards: Vec<String>,
    /// Whether a row stands for the address of the machine, or of a load balancer.
    elsewhere: bool,
    balancers: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    address: String,
    service: String,
    link: String,
    what: String,
    who: String,
}

/// Who may come in from where, by published ports.
pub(super) fn access(platform: &Platform) -> Access {
    let published = running(platform).flat_map(|service| {
        let ports = service.ports.iter();
        ports.filter_map(move |port| Some((service, port, port.publish.as_ref()?)))
    });
    let mut access = Access::default();
    let mut tunnels: Vec<u16> = Vec::new();
    for (service, port, publish) in published {
        let kind = platform[publish.to].kind;
        let (host, number) = match platform.runtime {
            Runtime::Compose if is_local(platform, kind) => {
                if kind == OutsideKind::Declared {
                    access.bind = true;
                }
                if port.protocol != Protocol::Udp {
                    tunnels.push(publish.host_port);
                }
                ("localhost", publish.host_port)
            }
            Runtime::Kubernetes if kind == OutsideKind::Localhost => {
                access.forwards.push(forward(platform, service, port));
                ("localhost", port.number)
            }
            Runtime::Compose => ("HOST", publish.host_port),
            Runtime::Kubernetes => {
                let balancer = balancer(platform, service, port, publish);
                if !access.balancers.contains(&balancer) {
                    access.balancers.push(balancer);
                }
                ("ADDRESS", publish.host_port)
            }
        };
        // By its address alone a proxy answers nobody: it serves sites by their names.
        let sites = service.role == Some(Role::Proxy)
            && platform.sites.iter().any(|site| site.served_by == Some(service.id));
        access.elsewhere |= host != "localhost" && !sites;
        access.rows.push(Row {
            address: if sites {
                format!("{} by the names of its [sites](#sites)", code(&number.to_string()))
            } else {
                code(&format!("{}{host}:{number}", scheme(port)))
            },
            service: code(&service.name),
            link: link(service),
            what: code(&port.name),
            who: meant_for(platform, publish.to, host == "localhost"),
        });
    }
    tunnels.sort_unstable();
    tunnels.dedup();
    access.tunnel = tunnel(&tunnels);
    access
}

/// Whether what is published to such an outside listens on the host itself alone.
fn is_local(platform: &Platform, kind: OutsideKind) -> bool {
    match kind {
        OutsideKind::Internet => false,
        OutsideKind::Localhost => true,
        OutsideKind::Declared => bind::admin_bind(platform).is_some_and(|address| address.is_loopback()),
    }
}

fn scheme(port: &Port) -> String {
    match port.protocol {
        Protocol::Http => "http://".to_owned(),
        Protocol::Https => "https://".to_owned(),
        Protocol::Udp => "udp ".to_owned(),
        _ => String::new(),
    }
}

fn meant_for(platform: &Platform, to: OutsideId, local: bool) -> String {
    match platform[to].kind {
        OutsideKind::Localhost if platform.runtime == Runtime::Kubernetes => {
            "who may ask the API of the cluster".to_owned()
        }
        OutsideKind::Localhost => "who is logged in there".to_owned(),
        OutsideKind::Declared if local => format!("who is logged in there: {}", who(platform, to)),
        _ => who(platform, to),
    }
}

/// An outside with the addresses that belong to it.
pub(super) fn who(platform: &Platform, id: OutsideId) -> String {
    let outside = &platform[id];
    let ranges = codes(outside.ranges.iter().map(String::as_str));
    if ranges.is_empty() { code(&outside.name) } else { format!("{} ({ranges})", code(&outside.name)) }
}

/// A way through SSH to ports of the host itself, a line each.
fn tunnel(ports: &[u16]) -> String {
    if ports.is_empty() {
        return String::new();
    }
    let ways = ports.iter().map(|port| format!("-L {port}:localhost:{port}"));
    let words: Vec<String> = ways.chain(["USER@HOST".to_owned()]).collect();
    format!("ssh -N \\\n  {}", words.join(" \\\n  "))
}

/// A way through the API of the cluster to a port.
fn forward(platform: &Platform, service: &Service, port: &Port) -> String {
    let base = Commands::of(platform).of_service(service);
    format!("{base} port-forward service/{} {}:{}", word(&service.name), port.number, port.number)
}

/// The command that says the address of a load balancer.
fn balancer(platform: &Platform, service: &Service, port: &Port, publish: &Publish) -> String {
    let base = Commands::of(platform).of_service(service);
    let name = platform.name_of_published(service, publish.to, port.protocol == Protocol::Udp);
    format!("{base} get service/{}", word(&name))
}
