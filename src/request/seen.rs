//! What a site sees of a request: behind a load balancer that it trusts, the client that this one names.

use super::{Client, Request};
use crate::platform::{Platform, Site};

/// The client and the scheme that a request is taken for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) client: Client,
    pub(super) tls: bool,
}

impl Seen {
    /// What a site sees (nginx/nginx:src/http/ngx_http_core_module.c, `ngx_http_get_forwarded_addr_internal`): from the
    /// right, the first address that is none of a load balancer, or the last that can be read.
    pub(super) fn through(platform: &Platform, request: &Request<'_>, site: &Site) -> Self {
        let trusted =
            |client: Client| site.trusted.iter().any(|(balancer, _)| client.passes(platform, *balancer));
        let mut client = request.client;
        if !trusted(client) {
            return Self { client, tls: request.tls };
        }
        let forwarded = request.header("x-forwarded-for").unwrap_or_default();
        for said in forwarded.rsplit([',', ' ']).filter(|said| !said.is_empty()) {
            let Ok(address) = said.parse() else { break };
            client = Client::Address(address);
            if !trusted(client) {
                break;
            }
        }
        let scheme = request.header("x-forwarded-proto").map(str::to_ascii_lowercase);
        let tls = match scheme.as_deref() {
            Some("https") => true,
            Some("http") => false,
            _ => request.tls,
        };
        Self { client, tls }
    }
}
