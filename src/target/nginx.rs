//! Target nginx: for each proxy of the platform one folder, which its container mounts as a whole.
//!
//! `nginx.conf` holds what all sites share, `sites/NAME.conf` one site. `targets/nginx/README.md` says how each concept
//! maps, and why.

mod certificates;
mod coverage;
mod dialect;
mod host;
mod location;
mod name;
mod proxy;
mod quote;
mod site;
mod trusted;
mod upstream;

use upstream::Side;

use super::{Artifact, Lower, Need, Target, artifact, generated};
use crate::emit;
use crate::formats;
use crate::parallel;
use crate::platform::{self, Platform, Role, Service, Site, Version};

/// The target.
pub(super) const TARGET: Target = Target {
    format: &formats::NGINX,
    coverage: coverage::coverage,
    arguments: super::no_arguments,
    needs,
    version: |platform| platform.settings.nginx.version,
    missed: super::no_misses,
    faults: super::no_faults,
    compare: None,
    lower: Lower::Platform(lower),
};

const MAIN: &str = include_str!("../../targets/nginx/nginx.conf.j2");
const SITE: &str = include_str!("../../targets/nginx/site.conf.j2");
const REQUEST: &str = include_str!("../../targets/nginx/proxy.conf.j2");
const RUN: &str = include_str!("../../targets/nginx/run.sh");
const ACME: &str = include_str!("../../targets/nginx/acme.conf");
const TYPES: &str = include_str!("../../targets/nginx/types.conf");

/// The folder of a site's certificate below that of the operator's certificates.
pub(super) fn folder_of(platform: &Platform, site: &Site) -> Option<String> {
    let mut of_proxy = platform.sites.iter().filter(|other| other.served_by == site.served_by);
    Some(name::id(site, of_proxy.position(|other| other.span == site.span)?))
}

fn lower(platform: &Platform) -> Vec<Artifact> {
    let header = generated(platform);
    let proxies = platform.with_role(Role::Proxy).flat_map(|service| folder(platform, service, &header));
    let clients = platform.with_role(Role::Certificates).flat_map(|service| {
        certificates::folder(platform, service, &TARGET.format.folder_of(service), &header)
    });
    let mut artifacts: Vec<Artifact> = proxies.chain(clients).collect();
    if platform.settings.nginx.host {
        artifacts.extend(host::files(platform, &header));
    }
    artifacts
}

/// The folder of a proxy.
fn folder(platform: &Platform, service: &Service, header: &str) -> Vec<Artifact> {
    let sites: Vec<&Site> = platform.sites.iter().filter(|site| site.served_by == Some(service.id)).collect();
    let shared = proxy::shared(platform, Side::Proxy(service), &sites, header);
    let root = TARGET.format.folder_of(service);
    let artifact = |path: &str, content: String| Artifact::new(format!("{root}/{path}"), content);
    let mut artifacts = vec![
        artifact("nginx.conf", emit::render(MAIN, &shared)),
        artifact("proxy.conf", emit::render(REQUEST, &shared.request("proxy"))),
        artifact("acme.conf", format!("# {header}\n\n{ACME}")),
        artifact("types.conf", format!("# {header}\n\n{TYPES}")),
    ];
    if shared.speaks_grpc() {
        artifacts.push(artifact("grpc.conf", emit::render(REQUEST, &shared.request("grpc"))));
    }
    let numbered: Vec<(usize, &Site)> = sites.iter().copied().enumerate().collect();
    artifacts.extend(parallel::map(&numbered, |(at, site)| {
        let file = site::file(platform, site, *at, &shared, header);
        artifact(&format!("sites/{}.conf", file.id), emit::render(SITE, &file))
    }));
    let generation = artifact::digest(&artifacts).map(|digest| digest.short()).unwrap_or_default();
    let text = format!(
        "# What answers by this is known to be of these files.\ngeo $generation {{ default \"{generation}\"; }}\n"
    );
    artifacts.push(artifact("generation.conf", format!("# {header}\n\n{text}")));
    artifacts.push(artifact(platform::RUN, emit::with_header(platform::RUN, &[header.to_owned()], RUN)));
    artifacts
}

/// Certificates are named with a variable, so that nginx starts before there is one: since 1.15.9
/// (nginx.org: CHANGES-1.16).
fn needs(platform: &Platform) -> Vec<Need> {
    let served = platform.sites.iter().filter(|site| site.tls.is_some() && site.served_by.is_some());
    let need =
        |span| Need { since: Version(1, 16), what: "certificates that are read at each handshake", span };
    served.map(|site| need(site.span)).collect()
}
