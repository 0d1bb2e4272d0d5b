//! What compose accepts and must not be so all the same.

use std::collections::BTreeSet;

use infrac::platform::{Platform, Service};
use serde_yaml::{Mapping, Value};

use super::project::{COMPOSE, Project, interpolated, offered};

/// A project and what compose makes of it, with every profile.
pub(crate) struct Seen<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) project: &'a Project,
    pub(crate) config: &'a Value,
}

/// The places where something does not hold.
type Rule = fn(&Seen<'_>) -> Vec<String>;

/// The rules, by name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("who is waited for has a health check", awaited),
    ("a health check runs what the image holds", health),
    ("a port of the host is taken once", host_ports),
    ("a published port can be reached", reachable),
    ("a mounted file is there", mounted),
    ("a file that is there is mounted", unmounted),
    ("what is built is where the source says", built),
    ("every variable stands in .env.example", variables),
    ("every service is limited", limits),
    ("every service is hardened", hardening),
    ("a service that is no job is restarted", restart),
];

/// Every rule that does not hold, with the place.
pub(crate) fn broken(seen: &Seen<'_>) -> Vec<String> {
    let complaints = |(name, rule): &(&str, Rule)| {
        rule(seen).into_iter().map(|place| format!("{name}: {place}")).collect::<Vec<String>>()
    };
    RULES.iter().flat_map(complaints).collect()
}

impl Seen<'_> {
    fn services(&self) -> impl Iterator<Item = (&str, &Value)> {
        entries(&self.config["services"])
    }

    /// The service of the platform; `None` for a job that hands a volume over. An artifact that has another one is at
    /// fault.
    fn service(&self, name: &str) -> Option<&Service> {
        let found = self.platform.services.iter().find(|service| service.name == name);
        assert!(found.is_some() || name.ends_with("-owner"), "{name} is no service of the platform");
        found
    }
}

/// The pairs of a map; none where there is none.
fn entries(map: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let pairs = map.as_mapping().into_iter().flat_map(Mapping::iter);
    pairs.filter_map(|(key, value)| Some((key.as_str()?, value)))
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_sequence().into_iter().flatten()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    items(list).filter_map(Value::as_str)
}

fn awaited(seen: &Seen<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, service) in seen.services() {
        for (other, dependency) in entries(&service["depends_on"]) {
            let check = &seen.config["services"][other]["healthcheck"];
            let facts = seen.service(other).and_then(|service| seen.platform.facts(service));
            let brings_its_own = facts.is_some_and(|facts| facts.builtin_health);
            let has_check =
                check["disable"] != Value::Bool(true) && (!check["test"].is_null() || brings_its_own);
            let is_job = seen.service(other).is_none_or(Service::is_job);
            match dependency["condition"].as_str() {
                Some("service_healthy") if !has_check => {
                    complaints.push(format!("{name} waits until {other} is healthy, and nobody checks that"));
                }
                Some("service_completed_successfully") if !is_job => {
                    complaints.push(format!("{name} waits for the end of {other}, which does not end"));
                }
                _ => {}
            }
        }
    }
    complaints
}

/// The program of a check is in the catalogue's list for the image; so is every program of a line of shell
/// that any image's list names.
fn health(seen: &Seen<'_>) -> Vec<String> {
    let known: BTreeSet<&str> =
        seen.platform.catalogue.iter().flat_map(|facts| &facts.tools).map(String::as_str).collect();
    let mut complaints = Vec::new();
    for (name, service) in seen.services() {
        let words: Vec<&str> = texts(&service["healthcheck"]["test"]).collect();
        let used: Vec<&str> = match words.as_slice() {
            [] | ["NONE"] => continue,
            ["CMD", program, ..] => vec![program],
            ["CMD-SHELL", line] => {
                let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
                let programs = line.split(|c| !is_word(c)).filter(|word| known.contains(word));
                std::iter::once("sh").chain(programs).collect()
            }
            other => {
                complaints.push(format!("{name}: no check at all: {other:?}"));
                continue;
            }
        };
        match seen.service(name).and_then(|service| seen.platform.facts(service)) {
            Some(facts) if facts.tools_known => {
                let missing = used.iter().filter(|tool| !facts.tools.iter().any(|held| held == *tool));
                complaints.extend(missing.map(|tool| format!("{name}: {} holds no {tool}", facts.image)));
            }
            _ => complaints.push(format!("{name}: nothing is known of its image")),
        }
    }
    complaints
}

fn host_ports(seen: &Seen<'_>) -> Vec<String> {
    let mut taken: Vec<(String, String, String, String)> = Vec::new();
    let mut complaints = Vec::new();
    for (name, service) in seen.services() {
        for port in items(&service["ports"]) {
            let text = |key: &str| port[key].as_str().unwrap_or_default().to_owned();
            let (address, number, protocol) = (text("host_ip"), text("published"), text("protocol"));
            let every = |address: &str| matches!(address, "" | "0.0.0.0" | "::");
            for (other, theirs, ..) in taken.iter().filter(|(_, _, n, p)| (n, p) == (&number, &protocol)) {
                if *theirs == address || every(theirs) || every(&address) {
                    complaints.push(format!("{name} and {other} both take {number}/{protocol}"));
                }
            }
            if items(&service["ports"]).count() > 0 && service["deploy"]["replicas"].as_u64() > Some(1) {
                complaints.push(format!("each copy of {name} takes {number}/{protocol}"));
            }
            taken.push((name.to_owned(), address, number, protocol));
        }
    }
    complaints
}

/// What is on internal networks alone answers nobody on the host, though the port is open.
fn reachable(seen: &Seen<'_>) -> Vec<String> {
    let publishes = seen.services().filter(|(_, service)| items(&service["ports"]).next().is_some());
    let is_internal = |network: &str| seen.config["networks"][network]["internal"] == Value::Bool(true);
    let shut_in = publishes.filter(|(_, service)| {
        service["network_mode"].is_null()
            && entries(&service["networks"]).all(|(network, _)| is_internal(network))
    });
    shut_in.map(|(name, _)| format!("{name} publishes a port and is on internal networks alone")).collect()
}

/// The paths of the project that services mount, each with the service.
fn binds<'a>(seen: &'a Seen<'_>) -> impl Iterator<Item = (&'a str, String)> {
    let root = seen.project.folder().display().to_string();
    seen.services().flat_map(move |(name, service)| {
        let root = format!("{root}/");
        let binds = items(&service["volumes"]).filter(|volume| volume["type"] == "bind");
        let sources = binds.filter_map(|volume| volume["source"].as_str());
        sources.filter_map(|source| Some((name, source.strip_prefix(&root)?.to_owned()))).collect::<Vec<_>>()
    })
}

fn mounted(seen: &Seen<'_>) -> Vec<String> {
    // What the source binds is its author's.
    let said = |name: &str, path: &str| {
        seen.service(name).is_some_and(|it| it.binds.iter().any(|bind| path.ends_with(&bind.source)))
    };
    let missing =
        binds(seen).filter(|(name, path)| !said(name, path) && !seen.project.folder().join(path).exists());
    missing.map(|(name, path)| format!("{name} mounts {path}")).collect()
}

fn unmounted(seen: &Seen<'_>) -> Vec<String> {
    let mounted: Vec<String> = binds(seen).map(|(_, path)| path).collect();
    let is_mounted = |path: &String| {
        mounted
            .iter()
            .any(|seen| path == seen || path.strip_prefix(seen).is_some_and(|rest| rest.starts_with('/')))
    };
    let artifacts = crate::case::build(seen.platform).into_iter().map(|artifact| artifact.path);
    artifacts.filter(|path| path.starts_with("docker/config/") && !is_mounted(path)).collect()
}

/// Compose counts from the folder of its file, the source from the project's root.
fn built(seen: &Seen<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, service) in seen.services() {
        let build = seen.service(name).and_then(|service| service.build.as_ref());
        let said = build.map(|build| build.context.as_str());
        let said =
            said.map(|said| seen.project.root().join(said.trim_start_matches("./")).display().to_string());
        if service["build"]["context"].as_str() != said.as_deref() {
            complaints.push(format!("{name}: {:?}, not {said:?}", service["build"]["context"]));
        }
    }
    complaints
}

fn variables(seen: &Seen<'_>) -> Vec<String> {
    let offered = offered(&seen.project.read(".env.example"));
    interpolated(&seen.project.read(COMPOSE)).difference(&offered).cloned().collect()
}

fn limits(seen: &Seen<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, service) in seen.services() {
        for key in ["cpus", "memory", "pids"] {
            if service["deploy"]["resources"]["limits"][key].is_null() {
                complaints.push(format!("{name} may use any {key}"));
            }
        }
        for key in ["max-size", "max-file"] {
            if service["logging"]["options"][key].is_null() {
                complaints.push(format!("the log of {name} has no {key}"));
            }
        }
    }
    complaints
}

/// What is not hardened says `Exceptions` above the service, and why.
fn hardening(seen: &Seen<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    let compose = seen.project.read(COMPOSE);
    for (name, service) in seen.services() {
        if !texts(&service["security_opt"]).any(|option| option == "no-new-privileges:true") {
            complaints.push(format!("{name} may gain privileges"));
        }
        let head = compose.split(&format!("\n  {name}:\n")).next().unwrap_or_default();
        let mut comments = head.lines().rev().take_while(|line| line.starts_with("  #"));
        let exception = comments.find_map(|line| line.strip_prefix("  # Exceptions (")?.split_once("): "));
        let excepted =
            |word: &str| exception.is_some_and(|(words, why)| words.contains(word) && !why.is_empty());
        let is_root = service["user"]
            .as_str()
            .is_none_or(|user| user == "root" || user == "0" || user.starts_with("0:"));
        for (soft, word) in [
            (service["read_only"] != Value::Bool(true) && !excepted("privileged"), "writable"),
            (!texts(&service["cap_drop"]).any(|dropped| dropped == "ALL"), "privileged"),
            (service["privileged"] == Value::Bool(true), "privileged"),
            (items(&service["cap_add"]).next().is_some(), "capabilities"),
            (service["pid"] == "host", "processes of the host"),
            (is_root, "root"),
        ] {
            if soft && !excepted(word) {
                complaints.push(format!("{name} is {word}, and no reason stands above it"));
            }
        }
    }
    complaints
}

/// Compose takes any word for a restart policy.
fn restart(seen: &Seen<'_>) -> Vec<String> {
    let policy =
        |name: &str| if seen.service(name).is_none_or(Service::is_job) { "no" } else { "unless-stopped" };
    let wrong = seen.services().filter(|(name, service)| service["restart"] != policy(name));
    wrong.map(|(name, service)| format!("{name}: {:?}", service["restart"])).collect()
}
