//! Platforms of any size for Kubernetes alone: services that each have a port, probes, a scaler, a secret and a connection to the
//! one before, in groups of twenty. The same size gives the same text.

use std::fmt::Write as _;

/// How many services stand in a group.
const GROUP: usize = 20;

/// The source of a platform with this many services.
pub(crate) fn cluster(services: usize) -> String {
    let mut out = String::from("platform cluster { targets = [kubernetes] }\n");
    for at in 0..services {
        if at % GROUP == 0 {
            let _ = write!(out, "\ngroup team-{} {{ title = \"Team {}\" }}\n", at / GROUP, at / GROUP);
        }
        service(&mut out, at);
    }
    out
}

fn service(out: &mut String, at: usize) {
    let upstream = match at % GROUP {
        0 => String::new(),
        _ => format!("\n    UPSTREAM = api-{}.http.address", at - 1),
    };
    // Writing to a string succeeds.
    let _ = write!(
        out,
        r#"
secret API_{at}_TOKEN {{ description = "Token of service {at}", min_length = 12 }}

service api-{at} {{
  description = "Service {at} of a team"
  group       = team-{group}
  image       = "example/api-{at}:2.{at}.0" {{ base = "node:24-bookworm-slim" }}
  command     = ["node", "server.js"]
  port http   = 8080 {{ protocol = http }}
  health      {{ readiness = "/ready", tool = node }}
  scale       {{ min = 2, max = {max}, cpu = 70% }}
  resources   {{ memory = 256MiB, cpu = 0.5 }}
  env {{
    LOG_LEVEL = "info"
    TOKEN     = API_{at}_TOKEN{upstream}
  }}
}}
"#,
        group = at / GROUP,
        max = 3 + at % 5,
    );
}
