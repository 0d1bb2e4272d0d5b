//! Hosts, bound.

use super::outside::comes_in;
use super::place::{endpoint, optional};
use super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::Document;
use crate::platform::{Host, Platform};
use crate::schema::Constant;

/// Binds every host.
pub(super) fn hosts(document: &Document, platform: &Platform, texts: &mut Texts<'_>) -> Vec<Host> {
    let hosts = document.host.iter().map(|block| Host {
        name: block.name.text.as_str().to_owned(),
        size: optional(block.size.as_ref(), texts),
        memory: block.memory,
        disk: block.disk,
        image: optional(block.image.as_ref(), texts),
        address: block.address.as_ref().map(|address| reached_by(address, texts)),
        ssh: block.ssh.as_ref().and_then(|ssh| comes_in(ssh, platform, texts)),
        firewall: block.firewall.unwrap_or(false),
        path: block.path.as_ref().map(|path| (install_path(path, texts), path.span)),
        sysctl: block
            .sysctl
            .iter()
            .flat_map(|map| &map.entries)
            .map(|(key, value)| (key.text.as_str().to_owned(), value.0))
            .collect(),
        span: block.span,
    });
    hosts.collect()
}

/// How long it may be: Docker binds it into mounts and sockets, and units name files below it.
const MOST_OF_PATH: usize = 200;

/// A folder of the host. Schedules, units and shells name it, so it holds no character that one of them reads otherwise.
fn install_path(path: &Constant, texts: &mut Texts<'_>) -> String {
    let (text, span) = (texts.constant(path), path.span);
    let is_name = |part: &str| {
        part != "."
            && part != ".."
            && !part.is_empty()
            && !part.starts_with('-')
            && part.chars().all(is_plain)
    };
    let is_sound = text.len() <= MOST_OF_PATH
        && text.strip_prefix('/').is_some_and(|below| below.split('/').all(is_name));
    if !is_sound {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{text}` can be no install path"))
                .at(span, "starts with `/`; its names are letters, digits, `.`, `_` and `-`, and none starts with `-`")
                .help("name a folder of its own, such as `/opt/shop`: the build stands in it, with `.env` beside it"),
        );
    }
    text
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// What links begin with, behind the scheme: a name, or an IP address.
fn reached_by(address: &Constant, texts: &mut Texts<'_>) -> String {
    let text = texts.constant(address);
    if endpoint(&format!("{}:1", in_address(&text))).is_none() {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{text}` is no address of a host"))
                .at(address.span, "a name such as `staging.example.com`, or an IP address")
                .help("write it without a scheme, a port or a path: links add theirs"),
        );
    }
    text
}

/// A host as it stands in front of a port: an address of IPv6 is bracketed (RFC 3986, 3.2.2).
pub(super) fn in_address(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() }
}
