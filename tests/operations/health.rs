//! `scripts/health-check.sh`.

use std::fs;

use serde_json::Value;

use super::engine::{Host, platform, said};

/// The rows of the table `services`.
fn services(host: &Host) -> Vec<(String, String, String)> {
    let text = host.read("scripts/lib/platform.sh");
    let rows = text.lines().filter_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, kind @ ("service" | "job" | "scheduled"), profile] = words.as_slice() else { return None };
        Some(((*name).to_owned(), (*kind).to_owned(), (*profile).to_owned()))
    });
    rows.collect()
}

/// A host on which all is well.
fn well(name: &str, environment: Option<&str>) -> Host {
    let host = Host::of(platform(name, environment));
    let copies = host.read("scripts/lib/platform.sh");
    let copies = copies
        .split_once("\nreplicas() {")
        .expect("its table")
        .1
        .split_once("\n}")
        .expect("its end")
        .0
        .to_owned();
    for (service, kind, _) in services(&host) {
        match kind.as_str() {
            "service" => host.container(&service, &[]),
            "job" => host.container(&service, &[(".State.Status", "exited"), (".State.Health", "")]),
            _ => {}
        }
        if copies.lines().any(|line| line.starts_with(&format!("{service} "))) {
            let place = host.place("bin/containers");
            fs::copy(place.join(format!("{service}-1")), place.join(format!("{service}-2")))
                .expect("a file can be copied");
        }
    }
    host.tool("curl", "#!/bin/bash\nprintf '%s\\n' \"$*\" >>\"${0%/*}/asked\"\nprintf 200\n");
    host
}

fn check(host: &Host, arguments: &[&str]) -> (Option<i32>, String) {
    let output =
        host.command("scripts/health-check.sh", arguments).env("TICK", "0").output().expect("bash runs");
    (output.status.code(), said(&output))
}

#[test]
fn all_is_well() {
    for (name, environment) in
        [("platform", None), ("platform", Some("production")), ("queue", None), ("edge", None)]
    {
        let host = well(name, environment);
        let (status, said) = check(&host, &[]);
        assert_eq!(status, Some(0), "{name}: {said}");
        assert!(said.ends_with("health-check.sh: done\n"), "{name}: {said}");
        for (service, kind, _) in services(&host) {
            let is_told = said.lines().any(|line| line.split(' ').next() == Some(&service));
            assert_eq!(is_told, kind != "scheduled", "{name}: {service}: {said}");
        }
        // Nothing is changed, and nothing that is secret is asked with.
        let calls = host.calls();
        let changing = ["up", "down", "restart", "stop", "rm", "start", "run"];
        assert!(!calls.split_whitespace().any(|word| changing.contains(&word)), "{name}: {calls}");
        assert!(!calls.contains("dummy-") && !said.contains("dummy-"), "{name}: {calls}");
        assert!(host.given().is_empty(), "{name}");
    }
}

/// The checks of the document: each endpoint from where it can be reached.
#[test]
fn endpoints_are_asked_from_where_they_can_be_reached() {
    let host = well("platform", None);
    let (_, said) = check(&host, &[]);
    let asked = fs::read_to_string(host.place("bin/asked")).expect("curl is called");
    for url in [
        "http://127.0.0.1:5921/health",
        "http://127.0.0.1:5921/api/health",
        "http://127.0.0.1:9090/-/healthy",
        "http://127.0.0.1:3000/api/health",
    ] {
        assert!(asked.contains(url), "{url}: {asked}");
    }
    let calls = host.calls();
    assert!(calls.contains("exec elasticsearch-1 ") && calls.contains("/_cluster/health"), "{calls}");
    assert!(
        calls.contains("exec minio-1 ") && calls.contains("http://127.0.0.1:9000/minio/health/live"),
        "{calls}"
    );
    // Its image holds nothing.
    let exporter = calls
        .lines()
        .find(|call| call.contains("http://mongodb-exporter:9216/metrics"))
        .expect("it is asked");
    assert!(!exporter.starts_with("exec mongodb-exporter"), "{exporter}");
    assert!(
        asked.contains("--resolve shop.example.com:443:127.0.0.1 --insecure https://shop.example.com:443/"),
        "{asked}"
    );
    assert!(said.contains("https://shop.example.com/"), "{said}");

    // Nothing but the proxy has a port on the host there.
    let host = well("platform", Some("production"));
    check(&host, &[]);
    let asked = fs::read_to_string(host.place("bin/asked")).expect("curl is called");
    assert!(
        !asked.contains(":3000")
            && asked.contains("--resolve grafana.shop.example.com:443:127.0.0.1 https://"),
        "{asked}"
    );
    let calls = host.calls();
    assert!(
        calls.contains("exec grafana-1 ") && calls.contains("http://127.0.0.1:3000/api/health"),
        "{calls}"
    );
}

#[test]
fn what_is_not_well_is_named() {
    let host = well("platform", None);
    host.container("mongodb", &[(".State.Status", "exited"), (".State.ExitCode", "137")]);
    host.container("gateway", &[(".State.Health.Status", "unhealthy"), (".RestartCount", "7")]);
    host.container(
        "minio-setup",
        &[(".State.Status", "exited"), (".State.ExitCode", "3"), (".State.Health", "")],
    );
    host.without("kibana");
    let (status, said) = check(&host, &[]);
    assert_eq!(status, Some(1), "{said}");
    for expected in
        ["! has ended with 137", "! is unhealthy", "! failed with 3", "! is not there (part logging)"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(said.contains("not well: gateway kibana minio-setup mongodb\n"), "{said}");

    let host = well("platform", None);
    host.on("exec minio-1", "exit 1");
    host.on("exec elasticsearch-1", "exit 22");
    host.tool(
        "curl",
        "#!/bin/bash\ncase $* in *:3000*) printf 502 ;; *5921/api*) printf 000 ;; *) printf 200 ;; esac\n",
    );
    let (status, said) = check(&host, &[]);
    assert!(status == Some(1) && said.contains("not well: backend elasticsearch grafana minio\n"), "{said}");
}

#[test]
fn nothing_runs() {
    let host = Host::of(platform("queue", None));
    let (status, said) = check(&host, &[]);
    assert!(status == Some(1) && said.contains("missing"), "{said}");
    host.on("ps", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    let (status, said) = check(&host, &[]);
    assert!(status == Some(1) && said.contains("the engine does not answer"), "{said}");
}

#[test]
fn the_parts_that_are_asked_are_those_of_env() {
    let host = well("platform", None);
    for (service, _, profile) in services(&host) {
        if profile != "-" {
            host.without(&service);
        }
    }
    assert_eq!(check(&host, &[]).0, Some(1));
    let (status, said) = check(&host, &["--core"]);
    assert_eq!(status, Some(0), "{said}");
    host.write(".env", &host.read(".env").replace("COMPOSE_PROFILES=", "COMPOSE_PROFILES=\nUNUSED="));
    let (status, said) = check(&host, &[]);
    assert!(status == Some(0) && !said.contains("grafana"), "{said}");
    assert_eq!(check(&host, &["--all"]).0, Some(1));
    assert_eq!(check(&host, &["--al"]).0, Some(2));
    assert_eq!(check(&host, &["--wait", "soon"]).0, Some(2));
}

#[test]
fn json_says_the_same() {
    let host = well("queue", None);
    host.container("api", &[(".State.Health.Status", "unhealthy")]);
    host.container(
        "worker",
        &[(".HostConfig.LogConfig.Config:max-size", ""), ("label:com.docker.compose.config-hash", "old")],
    );
    host.on("config --hash", "echo worker new");
    for arguments in [&["--json"][..], &["--json", "--core"]] {
        let output = host.run("scripts/health-check.sh", arguments);
        let found: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
        assert_eq!(found["ok"], false);
        let of = |name: &str| {
            found["services"].as_array().expect("a list").iter().find(|it| it["name"] == name).cloned()
        };
        let api = of("api").expect("it is there");
        assert_eq!(
            (&api["ok"], &api["problem"], &api["health"]),
            (&Value::Bool(false), &"is unhealthy".into(), &"unhealthy".into())
        );
        assert_eq!(of("migrate").expect("it is there")["exit"], 0);
        let notes = found["notes"].to_string();
        assert!(
            notes.contains("the log of worker has no limit")
                && notes.contains("worker runs with other settings"),
            "{notes}"
        );
        assert!(found["endpoints"].as_array().is_some_and(|it| !it.is_empty()), "{found}");
    }
}

#[test]
fn it_waits_for_what_comes_up_and_no_longer_for_a_job_that_failed() {
    let host = well("queue", None);
    host.container("db", &[(".State.Health.Status", "starting")]);
    let healthy = "#!/bin/bash\nsed -i 's/starting/healthy/' \"${0%/*}/containers/db-1\"\n";
    host.tool("sleep", healthy);
    assert_eq!(check(&host, &[]).0, Some(1));
    let (status, said) = check(&host, &["--wait", "900"]);
    assert_eq!(status, Some(0), "{said}");
    host.container("db", &[(".State.Health.Status", "starting")]);
    host.container(
        "migrate",
        &[(".State.Status", "exited"), (".State.ExitCode", "1"), (".State.Health", "")],
    );
    let (status, said) = check(&host, &["--wait", "900"]);
    assert!(status == Some(1) && said.contains("failed with 1"), "{said}");
}
