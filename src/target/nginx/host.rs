//! nginx of the host: one file for its `sites-available`, and what the sites in it include. It lies beside the sites of
//! others in one `http` block, so whatever has a name there begins with that of the platform.

use serde::Serialize;

use super::name::identifier;
use super::proxy::{self, Shared};
use super::upstream::Side;
use super::{ACME, REQUEST, SITE, TARGET, site};
use crate::emit;
use crate::platform::{Platform, Site};
use crate::target::Artifact;

const HOST: &str = include_str!("../../../targets/nginx/host.conf.j2");
const SERVER: &str = include_str!("../../../targets/nginx/server.conf.j2");

/// The file in `sites-available`.
#[derive(Debug, Serialize)]
struct Host<'a> {
    name: &'a str,
    #[serde(flatten)]
    shared: &'a Shared<'a>,
    /// The folder of what is included.
    includes: String,
    /// The servers of each site.
    servers: Vec<String>,
}

/// The files for the host, as they lie below its `/etc/nginx`.
pub(super) fn files(platform: &Platform, header: &str) -> Vec<Artifact> {
    let sites: Vec<&Site> = platform.sites.iter().filter(|site| site.served_by.is_none()).collect();
    let name = identifier(&platform.name);
    let prefix = format!("{name}_");
    let shared = proxy::shared(platform, Side::Host(&prefix), &sites, header);
    let servers = sites.iter().enumerate().map(|(at, site)| {
        let text = emit::render(SITE, &site::file(platform, site, at, &shared, header));
        // The file has its own first line.
        let (_, servers) = text.split_once('\n').unwrap_or_default();
        let servers = servers.trim();
        servers.strip_prefix("#\n").unwrap_or(servers).to_owned()
    });
    let servers = servers.collect();
    let root = TARGET.format.root;
    let artifact = |path: String, content: String| Artifact::new(format!("{root}/{path}"), content);
    let snippet = |file: &str, content: String| artifact(format!("snippets/{name}/{file}"), content);
    let host = Host { name: &name, shared: &shared, includes: shared.includes(), servers };
    let mut artifacts = vec![
        artifact(format!("sites-available/{name}.conf"), emit::render(HOST, &host)),
        snippet("server.conf", emit::render(SERVER, &host)),
        snippet("proxy.conf", emit::render(REQUEST, &shared.request("proxy"))),
        snippet("acme.conf", format!("# {header}\n\n{ACME}")),
    ];
    if shared.speaks_grpc() {
        artifacts.push(snippet("grpc.conf", emit::render(REQUEST, &shared.request("grpc"))));
    }
    artifacts
}
