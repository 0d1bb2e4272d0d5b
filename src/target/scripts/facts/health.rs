//! What `scripts/health-check.sh` asks: the endpoints of services, from where they can be reached, and the sites.

use std::fmt::Write as _;

use crate::platform::{
    Forward, Health, OutsideKind, Platform, Port, Protocol, Publish, RoutePath, Service, Site, Tool,
};
use crate::target::inputs::bind;
use crate::target::scripts::quote::word;
use crate::target::scripts::table::{set, table};

/// Adds the tables.
pub(super) fn facts(out: &mut String, platform: &Platform) {
    let carried: Vec<&Service> =
        platform.start_order().into_iter().filter(|service| !service.is_job()).collect();
    set(out, "BIND_OF_ADMINS", bind::default_bind(platform));
    let copies = carried.iter().filter(|service| service.copies_on_one_host() > 1);
    table(
        out,
        "replicas",
        "A line each: its name, and how many containers it has, where these are several.",
        copies.map(|service| format!("{} {}", service.name, service.copies_on_one_host())),
    );
    table(
        out,
        "endpoints",
        "A line each: the service; scheme, port and path; on what address the host has its port (`localhost`, `admins`, \
         `internet`,\n# `-` where it has none), and the number there; the service whose container can ask, and with what.",
        carried.iter().flat_map(|service| endpoints(platform, service)),
    );
    let sites = platform.sites.iter().filter_map(|site| self::site(platform, site));
    table(
        out,
        "sites",
        "A line each: its proxy; the scheme, name and path; the port of the host; `self` where no authority vouches for it; \
         `closed`\n# where it is shut.",
        sites,
    );
    own_checks(out, &carried);
}

/// What can be asked of a service: the paths of its health, or else those of its metrics.
fn endpoints(platform: &Platform, service: &Service) -> Vec<String> {
    let (at, paths): (usize, Vec<&str>) = match (&service.health, &service.metrics) {
        (Health::Http { port, readiness, liveness, startup, .. }, _) => {
            let others = [startup, liveness].into_iter().flatten().map(String::as_str);
            (*port, std::iter::once(readiness.as_str()).chain(others).collect())
        }
        (_, Some(metrics)) => (metrics.port, vec![metrics.path.as_str()]),
        _ => return Vec::new(),
    };
    let Some(port) = service.ports.get(at) else { return Vec::new() };
    let asks = asks(platform, service);
    let mut lines: Vec<String> = Vec::new();
    for path in paths.into_iter().filter(|path| !path.contains(|c: char| c.is_whitespace() || c.is_control()))
    {
        let (bind, number) = match on_host(platform, service, at, port, path) {
            Some(publish) => {
                let to = match platform[publish.to].kind {
                    OutsideKind::Internet => "internet",
                    OutsideKind::Localhost => "localhost",
                    OutsideKind::Declared => "admins",
                };
                (to, publish.host_port.to_string())
            }
            None => ("-", "-".to_owned()),
        };
        let (by, tool) = asks.unwrap_or(("-", "-"));
        let line =
            format!("{} {} {} {path} {bind} {number} {by} {tool}", service.name, port.scheme(), port.number);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The published port that leads there: its own, or that of a service that hands such requests on.
fn on_host<'a>(
    platform: &'a Platform,
    service: &'a Service,
    at: usize,
    port: &'a Port,
    path: &str,
) -> Option<&'a Publish> {
    let leads = |forward: &Forward| {
        let covers = match &forward.path {
            RoutePath::Exact(known) => known == path,
            RoutePath::Prefix(known) => {
                let rest = path.strip_prefix(known.trim_end_matches('/'));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        };
        forward.to == service.id && forward.port == at && !forward.strip && covers
    };
    let tcp = |port: &&Port| port.protocol != Protocol::Udp;
    let others = platform.services.iter().flat_map(|service| &service.ports);
    let handed_on = others.filter(tcp).filter(|port| port.forwards.iter().any(leads));
    std::iter::once(port).filter(tcp).chain(handed_on).find_map(|port| port.publish.as_ref())
}

/// What asks for an address, by the name that images are known to hold it by, the most telling one first.
const TOOLS: [&str; 4] = ["curl", "wget", "node", "python3"];

fn tool_of(platform: &Platform, service: &Service) -> Option<&'static str> {
    let of_check = match &service.health {
        Health::Http { tool: Some(tool), .. } => Some(match tool {
            Tool::Curl => "curl",
            Tool::Wget => "wget",
            Tool::Node => "node",
            Tool::Python => "python3",
            Tool::Perl => "perl",
        }),
        _ => None,
    };
    let held = || {
        let facts = platform.facts(service)?;
        TOOLS.into_iter().find(|tool| facts.tools.iter().any(|known| known == tool))
    };
    of_check.or_else(held)
}

/// Whose container can ask a service: its own, or that of a neighbour, best one that starts whenever it does.
fn asks<'a>(platform: &'a Platform, service: &'a Service) -> Option<(&'a str, &'static str)> {
    if let Some(tool) = tool_of(platform, service) {
        return Some((&service.name, tool));
    }
    let profile = platform.profile(service);
    let is_neighbour = |other: &&Service| {
        !other.is_job()
            && other.id != service.id
            && other.networks.iter().any(|it| service.networks.contains(it))
    };
    let neighbours = platform.services.iter().filter(is_neighbour);
    let able = neighbours.filter_map(|other| {
        let of = platform.profile(other);
        Some((of.is_some() && of != profile, other.name.as_str(), tool_of(platform, other)?))
    });
    able.min_by_key(|(apart, ..)| *apart).map(|(_, name, tool)| (name, tool))
}

/// A site whose name is known here, behind a proxy with a port of the host.
fn site(platform: &Platform, site: &Site) -> Option<String> {
    let (proxy, host) = (&platform[site.served_by?], site.host()?);
    let wanted = if site.tls.is_some() { Protocol::Https } else { Protocol::Http };
    let speaks = |port: &&Port| port.name == site.scheme() || port.protocol == wanted;
    let publish = proxy.ports.iter().filter(speaks).find_map(|port| port.publish.as_ref())?;
    let path = site.probe.as_deref().unwrap_or("/");
    let known = match &site.tls {
        Some(tls) if tls.signs_itself() => "self",
        _ => "-",
    };
    let closed = if site.maintenance.is_some() { "closed" } else { "-" };
    Some(format!("{} {} {host} {path} {} {known} {closed}", proxy.name, site.scheme(), publish.host_port))
}

/// The checks that are commands, where nothing else can be asked: `own_check NAME CONTAINER` runs one in the container.
fn own_checks(out: &mut String, carried: &[&Service]) {
    let checks: Vec<(&str, String)> = carried
        .iter()
        .filter_map(|service| {
            let words = match &service.health {
                Health::Exec(words) => words.iter().map(|it| it.as_literal()).collect::<Option<Vec<_>>>()?,
                Health::Shell(line) => vec!["/bin/sh", "-c", line.as_literal()?],
                _ => return None,
            };
            let words: Vec<String> = words.into_iter().map(word).collect();
            Some((service.name.as_str(), words.join(" ")))
        })
        .collect();
    out.push_str("\n# own_check NAME CONTAINER: runs the check of a service in its container; 3 where it has none.\nown_check() {\n  case $1 in\n");
    for (name, words) in checks {
        let _ = writeln!(out, "    {name}) inside \"$2\" {words} ;;");
    }
    out.push_str("    *) return 3 ;;\n  esac\n}\n");
}
