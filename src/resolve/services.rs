//! All services, bound in parts at the same time.

use std::ops::Range;

use super::image;
use super::names::Placed;
use super::service;
use super::text::{Mentions, Texts};
use crate::hash::HashSet;
use crate::parallel;
use crate::platform::{Platform, Service, ServiceId};

/// The fewest services of a part, and the most parts: what services share is found once a part.
const LEAST: usize = 64;
const MOST_PARTS: usize = 16;

/// Services whose references are bound.
pub(super) struct Bound {
    pub(super) services: Vec<Service>,
    /// What the texts of each mention.
    pub(super) mentions: Vec<Mentions>,
    /// Those of whose networks some could not be bound.
    pub(super) networks_lost: HashSet<ServiceId>,
}

impl Bound {
    fn with_capacity(services: usize) -> Self {
        Self {
            services: Vec::with_capacity(services),
            mentions: Vec::with_capacity(services),
            networks_lost: HashSet::default(),
        }
    }
}

/// Binds every service. The result does not depend on the parts.
pub(super) fn services(platform: &Platform, images: &image::Images, texts: &mut Texts<'_>) -> Bound {
    let placed = &texts.names.services;
    let parts = parts(placed);
    if parts.len() < 2 {
        return bind(0..placed.len(), platform, images, texts);
    }
    let before = texts.copied();
    let bound = parallel::map(&parts, |part| {
        let mut sink = texts.sink.part(parts.len());
        let mut texts = texts.part(&mut sink);
        let bound = bind(part.clone(), platform, images, &mut texts);
        let in_urls = texts.finish();
        (bound, sink, in_urls)
    });
    if !texts.has_room() {
        // Which of them found no room depends on which came first: it is found again, one behind the other.
        texts.forget_copied(before);
        return bind(0..placed.len(), platform, images, texts);
    }
    let mut all = Bound::with_capacity(placed.len());
    for (part, sink, in_urls) in bound {
        all.services.extend(part.services);
        all.mentions.extend(part.mentions);
        all.networks_lost.extend(part.networks_lost);
        texts.take(sink, in_urls);
    }
    all
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

fn bind(part: Range<usize>, platform: &Platform, images: &image::Images, texts: &mut Texts<'_>) -> Bound {
    let mut bound = Bound::with_capacity(part.len());
    let start = part.start;
    for index in part {
        let parent = texts.names.services[index].parent;
        let parent = parent.and_then(|parent| bound.services.get(parent.checked_sub(start)?));
        let lost = parent.is_some_and(|parent| bound.networks_lost.contains(&parent.id));
        let (service, mentions, lost) = service::service(index, (parent, lost), platform, images, texts);
        bound.networks_lost.extend(lost.then_some(service.id));
        bound.services.push(service);
        bound.mentions.push(mentions);
    }
    bound
}
