//! What is written for proxies, judged by the real nginx in four versions: `-t` accepts every platform's, and refuses
//! broken twins; and texts of the source, whatever they hold, are what a client gets.

#![expect(clippy::disallowed_methods, reason = "tests write files and run programs")]

mod acme;
mod gixy;
mod host;
mod machine;
mod many;
mod request;
mod routes;
mod scripts;
mod services;
mod texts;
mod trusted;
mod twins;

use infrac::platform::{Platform, Role, Runtime, Version};
use infrac::schema::Placed;
use infrac::target::Artifact;

use crate::case::{Case, build};
use crate::judge::Verdict;
use machine::Machine;

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// The artifacts of a platform, with those of nginx for a version.
fn written_for(platform: &mut Platform, version: Version) -> Vec<Artifact> {
    let span = platform.sites.first().map(|site| site.span);
    platform.settings.nginx.version = span.map(|span| Placed { value: version, span });
    build(platform)
}

/// Whether a configuration is accepted, and nothing is said but that.
fn silent(verdict: &Verdict) -> bool {
    let usual = |line: &str| line.ends_with(" syntax is ok") || line.ends_with(" test is successful");
    verdict.accepted && verdict.complaint.lines().all(usual)
}

#[test]
fn nginx_accepts_every_proxy() {
    let machines = Machine::all();
    let mut complaints = Vec::new();
    let mut seen = 0;
    for case in Case::all() {
        let mut platform = case.compile();
        for machine in &machines {
            // On a host names are asked for when a request comes, in a cluster when nginx starts.
            let known = case.runtime == Runtime::Kubernetes;
            let names = platform.services.iter().filter(|_| known).map(|service| service.name.as_str());
            machine.know(names);
            let artifacts = written_for(&mut platform, machine.version);
            for proxy in platform.with_role(Role::Proxy) {
                seen += 1;
                machine.load(&proxy.name, &artifacts);
                let verdict = machine.verdict();
                if !silent(&verdict) {
                    complaints.push(format!(
                        "{}: {} in nginx {}: {}",
                        case.name(),
                        proxy.path,
                        machine.version,
                        verdict.complaint
                    ));
                }
            }
        }
    }
    assert!(seen >= machines.len(), "no proxy is found: the check is broken");
    none(&complaints);
}

#[test]
fn nginx_refuses_broken_twins() {
    let machines = Machine::all();
    let tour = Case::all().into_iter().find(|case| case.name() == "tour").expect("tests/ok/tour.infra");
    let mut platform = tour.compile();
    let mut complaints = Vec::new();
    let mut used = vec![0; twins::FOR_NGINX.len()];
    for machine in &machines {
        let artifacts = written_for(&mut platform, machine.version);
        machine.load("proxy", &artifacts);
        assert!(silent(&machine.verdict()), "the good one is refused");
        for (at, twin) in twins::FOR_NGINX.iter().enumerate() {
            let good = machine.read(twin.file);
            if machine.version >= twin.until || !good.contains(twin.from) {
                continue;
            }
            used[at] += 1;
            machine.write(&format!("etc/nginx/{}", twin.file), &good.replacen(twin.from, twin.to, 1));
            let verdict = machine.verdict();
            if verdict.accepted {
                complaints.push(format!("{}: accepted by nginx {}", twin.wrong, machine.version));
            } else if !verdict.complaint.contains(twin.told) {
                complaints.push(format!("{}: refused for something else: {}", twin.wrong, verdict.complaint));
            }
            machine.write(&format!("etc/nginx/{}", twin.file), &good);
        }
    }
    let unused = twins::FOR_NGINX.iter().zip(&used).filter(|(_, used)| **used == 0 && machines.len() == 4);
    complaints.extend(unused.map(|(twin, _)| format!("{}: breaks nothing", twin.wrong)));
    none(&complaints);
}

/// Files of an earlier version are what a later one reads.
#[test]
fn files_for_an_earlier_version_are_read_by_later_ones() {
    let machines = Machine::all();
    let mut platform = Case::all().into_iter().next().expect("the flagship is the first case").compile();
    let mut complaints = Vec::new();
    for (at, old) in machines.iter().enumerate() {
        let artifacts = written_for(&mut platform, old.version);
        for new in &machines[at + 1..] {
            new.load("proxy", &artifacts);
            let verdict = new.verdict();
            // `listen … http2` is read, and said to be old.
            if !verdict.accepted {
                complaints.push(format!("{} in {}: {}", old.version, new.version, verdict.complaint));
            }
        }
    }
    none(&complaints);
}
