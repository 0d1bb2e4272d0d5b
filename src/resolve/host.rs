//! Hosts, bound.

use super::place::optional;
use super::service;
use super::text::{Mentions, Texts, Thing};
use crate::model::Document;
use crate::platform::{Host, OutsideId, Platform};
use crate::schema::Reference;

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
