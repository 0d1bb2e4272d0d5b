//! All services, bound in parts at the same time.

use std::ops::Range;

use super::image;
use super::names::Placed;
use super::service;
use super::text::{Mentions, Texts};
use crate::parallel;
use crate::platform::{Platform, Service};

/// The fewest services of a part, and the most parts: what services share is found once a part.
const LEAST: usize = 64;
const MOST_PARTS: usize = 16;

/// Binds every service. What comes of it does not show that it was done in parts.
pub(super) fn services(
    platform: &Platform,
    images: &image::Images,
    texts: &mut Texts<'_>,
) -> (Vec<Service>, Vec<Mentions>) {
    let placed = &texts.names.services;
    let parts = parts(placed);
    if parts.len() < 2 {
        return bind(0..placed.len(), platform, images, texts);
    }
    let before = texts.copied();
    let bound = parallel::map(&parts, |part| {
        let mut sink = texts.sink.part(parts.len());
        let mut texts = texts.part(&mut sink);
        let (services, mentions) = bind(part.clone(), platform, images, &mut texts);
        let in_urls = texts.finish();
        (services, mentions, sink, in_urls)
    });
    if !texts.has_room() {
        // Which of them found no room depends on which came first: it is found again, one behind the other.
        texts.forget_copied(before);
        return bind(0..placed.len(), platform, images, texts);
    }
    let (mut services, mut mentions) = (Vec::with_capacity(placed.len()), Vec::with_capacity(placed.len()));
    for (part, mentioned, sink, in_urls) in bound {
        services.extend(part);
        mentions.extend(mentioned);
        texts.take(sink, in_urls);
    }
    (services, mentions)
}

/// Parts of the services. A nested one is in that of the service it stands in, which comes before it.
fn parts(placed: &[Placed<'_>]) -> Vec<Range<usize>> {
    let size = placed.len().div_ceil(MOST_PARTS).max(LEAST);
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, service) in placed.iter().enumerate() {
        if service.parent.is_none() && at - start >= size {
            parts.push(start..at);
            start = at;
        }
    }
    parts.push(start..placed.len());
    parts
}

fn bind(
    part: Range<usize>,
    platform: &Platform,
    images: &image::Images,
    texts: &mut Texts<'_>,
) -> (Vec<Service>, Vec<Mentions>) {
    let mut services: Vec<Service> = Vec::with_capacity(part.len());
    let mut mentions = Vec::with_capacity(part.len());
    let start = part.start;
    for index in part {
        let parent = texts.names.services[index].parent;
        let parent = parent.and_then(|parent| services.get(parent.checked_sub(start)?));
        let (service, mentioned) = service::service(index, parent, platform, images, texts);
        services.push(service);
        mentions.push(mentioned);
    }
    (services, mentions)
}
