//! nginx of the host, with the sites of a random platform among its own.

use std::fmt::Write as _;

use infrac::platform::Version;
use infrac::target::Artifact;

use super::source::Ports;
use crate::nginx::host::{STOCK, install, stock};
use crate::nginx::machine::Machine;

/// The first version that refuses a handshake by itself (nginx.org: CHANGES, 1.19.4).
const REFUSES: Version = Version(1, 20);

/// Puts the sites of a platform beside a server of the host's own, which takes all other names and closes the connection.
/// They listen at ports that are free.
pub(super) fn load(machine: &Machine, artifacts: &[Artifact], ports: Ports) {
    let Ports { http, https, .. } = ports;
    stock(machine);
    machine.write("etc/nginx/nginx.conf", &STOCK.replace("user www-data;", ""));
    machine.write("etc/nginx/sites-enabled/default", &others(machine.version, http, https));
    machine.write("etc/nginx/secrets/table/users", "user:{PLAIN}password\n");
    install(machine, artifacts, |text| {
        text.replace("listen 80;", &format!("listen {http};"))
            .replace("listen 443 ssl", &format!("listen {https} ssl"))
    });
}

fn others(version: Version, http: u16, https: u16) -> String {
    let mut out = format!(
        "server {{\n    listen {http} default_server;\n    listen {https} ssl default_server;\n    \
         client_max_body_size 0;\n    return 444;\n"
    );
    out.push_str(if version >= REFUSES {
        "    ssl_reject_handshake on;\n"
    } else {
        // There is no such file, so the handshake fails.
        "    ssl_certificate none.pem$dollar;\n    ssl_certificate_key none.pem$dollar;\n"
    });
    let _ = writeln!(out, "}}");
    out
}
