//! What probes ask of services whose checks look at others.

use serde_json::Value;

use super::built::Built;
use super::cluster::text;
use crate::fixtures::project::compile_text;

/// What a probe asks: a path, a port, or a program.
fn asked(container: &Value, probe: &str) -> String {
    let probe = &container[probe];
    let get = &probe["httpGet"]["path"];
    let port = &probe["tcpSocket"]["port"];
    match () {
        () if get.is_string() => text(get).to_owned(),
        () if port.is_string() => format!("port {}", text(port)),
        () if probe["exec"].is_object() => "command".to_owned(),
        () => String::new(),
    }
}

/// A container that does not get through its startup is started again, as one that does not live.
#[test]
fn nothing_is_started_again_because_another_service_fails() {
    let platform = |health: &str, ports: &str| {
        format!(
            "platform shop {{ targets = [kubernetes] }}\n\
             service db {{ image = \"shop/db:1.4\", port main = 5432, health {{ tcp = main }} }}\n\
             service api {{ image = \"shop/api:1.4\", {ports} health {{ {health} }} }}\n"
        )
    };
    let http = "port http = 3000 { protocol = http },";
    for (health, ports, startup, readiness, liveness) in [
        ("readiness = \"/health\", needs = [db]", http, "port http", "/health", "port http"),
        (
            "readiness = \"/health\", startup = \"/health\", needs = [db]",
            http,
            "port http",
            "/health",
            "port http",
        ),
        ("readiness = \"/health\", startup = \"/up\", needs = [db]", http, "/up", "/health", "port http"),
        ("readiness = \"/health\", startup = \"/health\"", http, "/health", "/health", "port http"),
        ("readiness = \"/health\", liveness = \"/live\", needs = [db]", http, "/live", "/health", "/live"),
        ("command = [\"check\"], needs = [db]", http, "port http", "command", "port http"),
        ("command = [\"check\"], needs = [db]", "", "", "command", ""),
        ("command = [\"check\"]", http, "command", "command", "port http"),
    ] {
        let compiled = compile_text(&platform(health, ports)).platform.expect("it compiles");
        let cluster = Built::lowered(health.to_owned(), compiled).cluster();
        let pod = cluster.pods().find(|pod| pod.workload.name() == "api").expect("it is there");
        let api = pod.containers().find(|container| !container.init).expect("it is there");
        let probes = ["startupProbe", "readinessProbe", "livenessProbe"].map(|probe| asked(api.value, probe));
        assert_eq!(probes, [startup, readiness, liveness], "{health}; {ports}");
    }
}
