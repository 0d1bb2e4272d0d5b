//! gixy-next, which knows what configurations of nginx were broken into by, finds nothing in what is written.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use infrac::platform::{Role, Runtime, Version};
use infrac::target::Artifact;

use super::{none, written_for};
use crate::case::Case;
use crate::judge::Judge;

/// Tests of gixy that report what is meant, each with the reason.
const MEANT: &[(&str, &str)] = &[
    ("http2_misdirected_request", "its connection is closed, as that of one who asks for no name is"),
    ("proxy_buffering_off", "`buffer = false` says so"),
    (
        "try_files_is_evil_too",
        "what is looked for is an answer to a certificate authority, or no file at all",
    ),
];

/// What it reports on Kubernetes alone, where a Service keeps its address for as long as it is there.
const MEANT_IN_A_CLUSTER: &str = "stale_dns_cache";

/// The oldest version and the newest: their files differ most.
const VERSIONS: [Version; 2] = [Version(1, 18), Version(1, 30)];

/// The redirect of a site behind load balancers, which everybody gets, whoever may come in over TLS. gixy takes it for
/// an answer past `allow`, which it looks for in every other place.
const TO_TLS: &str =
    "        if ($client_scheme = http) {\n            return 301 https://$host$request_uri;\n        }\n";

/// Puts the configuration of a proxy into a folder.
fn lay_out(folder: &Path, proxy: &str, artifacts: &[Artifact]) {
    let own = format!("nginx/{proxy}/");
    for artifact in artifacts {
        let Some(path) = artifact.path.strip_prefix(&own) else { continue };
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(path, artifact.content.replace(TO_TLS, "")).expect("a file can be written");
    }
}

/// What gixy finds: the test, and what it says.
fn findings(gixy: &Judge, folder: &Path) -> Vec<(String, String)> {
    let verdict = gixy.ask(folder, &["-f", "json", "nginx.conf"], "");
    let found: Vec<serde_json::Value> = serde_json::from_str(&verdict.output)
        .unwrap_or_else(|error| panic!("{error}: {}{}", verdict.output, verdict.complaint));
    let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    found
        .iter()
        .map(|it| (text(it, "plugin"), format!("{}: {}", text(it, "reason"), text(it, "config"))))
        .collect()
}

#[test]
fn gixy_finds_nothing() {
    let Some(gixy) = Judge::find("gixy") else { return };
    let mut complaints = Vec::new();
    let mut used = BTreeSet::new();
    for case in Case::all() {
        let mut platform = case.compile();
        for version in VERSIONS {
            let artifacts = written_for(&mut platform, version);
            for proxy in platform.with_role(Role::Proxy) {
                let folder = tempfile::tempdir().expect("a temporary folder");
                lay_out(folder.path(), &proxy.name, &artifacts);
                for (test, said) in findings(&gixy, folder.path()) {
                    if case.runtime == Runtime::Kubernetes && test == MEANT_IN_A_CLUSTER {
                        continue;
                    }
                    match MEANT.iter().find(|(meant, _)| *meant == test) {
                        Some((meant, _)) => drop(used.insert(*meant)),
                        None => complaints.push(format!("{} {version}: {test}: {said}", case.name())),
                    }
                }
            }
        }
    }
    complaints.extend(
        MEANT
            .iter()
            .filter(|(test, _)| !used.contains(test))
            .map(|(test, _)| format!("{test} is found nowhere")),
    );
    none(&complaints);
}

#[test]
fn gixy_finds_broken_twins() {
    let Some(gixy) = Judge::find("gixy") else { return };
    let tour = Case::all().into_iter().find(|case| case.name() == "tour").expect("tests/ok/tour.infra");
    let artifacts = written_for(&mut tour.compile(), VERSIONS[1]);
    let mut complaints = Vec::new();
    for (test, inside) in [
        ("add_header_redefinition", "add_header X-Odd a;"),
        ("return_bypasses_allow_deny", "deny all; return 200;"),
        ("http_splitting", "return 302 https://$host$uri;"),
        ("alias_traversal", "} location /files { alias /srv/files/;"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(folder.path(), "proxy", &artifacts);
        let path = folder.path().join("sites/shop.conf");
        let good = fs::read_to_string(&path).expect("the file of the site");
        let broken = good.replacen("location = /ok {", &format!("location = /ok {{ {inside}"), 1);
        assert_ne!(good, broken, "the twin is not broken");
        fs::write(&path, broken).expect("a file can be written");
        let found = findings(&gixy, folder.path());
        if !found.iter().any(|(found, _)| found == test) {
            complaints.push(format!("{test} is not found: {found:?}"));
        }
    }
    none(&complaints);
}
