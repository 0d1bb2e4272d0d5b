//! Hosts, bound.

use super::place::optional;
use super::service;
use super::text::{Mentions, Texts, Thing};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::Document;
use crate::platform::{Host, OutsideId, Platform};
use crate::schema::{Constant, Reference};

/// Binds every host.
pub(super) fn hosts(document: &Document, platform: &Platform, texts: &mut Texts<'_>) -> Vec<Host> {
    let hosts = document.host.iter().map(|block| Host {
        name: block.name.text.as_str().to_owned(),
        size: optional(block.size.as_ref(), texts),
        memory: block.memory,
        disk: block.disk,
        image: optional(block.image.as_ref(), texts),
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

/// An outside from which somebody comes in.
pub(super) fn comes_in(
    reference: &Reference,
    platform: &Platform,
    texts: &mut Texts<'_>,
) -> Option<OutsideId> {
    match texts.find(&reference.0, &mut Mentions::default())? {
        Thing::Outside(id) => {
            service::comes_in(platform.outsides.get(id.0)?, reference.0.span, texts);
            Some(id)
        }
        thing => {
            texts.wrong_kind(&reference.0, &thing, "an outside");
            None
        }
    }
}
