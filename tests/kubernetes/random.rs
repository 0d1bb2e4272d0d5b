//! Platforms at random: services of every kind that reach one another and the outside, in a source that builds.

use std::fmt::Write as _;

use crate::dice::Dice;

/// The source of a platform. A seed always gives the same.
pub(crate) fn source(seed: u64) -> String {
    let mut dice = Dice::of(seed);
    let mut out = format!("# seed {seed}\n");
    out.push_str(
        "platform random { description = \"Whatever may be\", targets = [kubernetes] }\n\
         allow documentation-address { reason = \"Addresses of a test\" }\n\
         network mesh { internal = true }\nnetwork out { description = \"The way out\" }\n\
         outside mail  = \"smtp.example.com:587\"\noutside track = \"track.example.com:443\"\n\
         outside store = \"store.example.com:443\"\noutside staff = [\"203.0.113.0/24\", \"198.51.100.7/32\"]\n",
    );
    let count = 3 + dice.below(5);
    // What others can reach: those that are no jobs, each with its ports.
    let ports: Vec<usize> = (0..count).map(|_| if dice.one_of(4) { 0 } else { 1 + dice.below(3) }).collect();
    for at in 0..count {
        service(&mut out, &mut dice, at, &ports);
    }
    if dice.one_of(2) {
        out.push_str("prometheus prometheus { networks = [mesh, out] }\n");
        if dice.one_of(2) {
            let publish = dice.pick(&["internet", "staff", "localhost"]);
            let _ = writeln!(
                out,
                "nginx edge {{ networks = [out], port https {{ publish = {publish} }} }}\n\
                 site shop = \"shop.example.com\" {{ tls = true {{ issuer = files }}, route \"/\" = respond {{ status = 204 }} }}\n\
                 blackbox prober {{ networks = [mesh, out] }}"
            );
        }
    }
    out
}

fn service(out: &mut String, dice: &mut Dice, at: usize, ports: &[usize]) {
    let _ = writeln!(
        out,
        "service s{at} {{\n  description = \"Number {at}\"\n  image = \"acme/s{at}:1.0.0\" {{ base = \"node:24-bookworm-slim\" }}\n  user = \"1000:1000\"\n  networks = [mesh, out]"
    );
    for port in 0..ports[at] {
        // Two services may hear on the same number, and one on the number that another reaches a third by.
        let number = 3_000 + 100 * dice.below(2) + port;
        let protocol = dice.pick(&[" { protocol = http }", "", " { protocol = udp }"]);
        let _ = writeln!(out, "  port p{port} = {number}{protocol}");
    }
    if ports[at] == 0 {
        let _ = writeln!(
            out,
            "  run = {}",
            if dice.one_of(2) { "once" } else { "schedule { cron = \"15 4 * * *\" }" }
        );
    }
    let mut reached: Vec<String> = Vec::new();
    for (other, count) in ports.iter().enumerate() {
        if other == at || *count == 0 || !dice.one_of(3) {
            continue;
        }
        reached.push(match dice.below(3) {
            0 => format!("s{other}"),
            _ => format!("s{other}.p{}", dice.below(*count)),
        });
    }
    for outside in ["mail", "track", "store"] {
        if dice.one_of(5) {
            reached.push(outside.to_owned());
        }
    }
    if !reached.is_empty() {
        let _ = writeln!(out, "  reaches = [{}]", reached.join(", "));
    }
    out.push_str("  health { none = \"Nothing asks it\" }\n  resources { memory = 64MiB, cpu = 0.1 }\n}\n");
}
