//! Policies, with both ends bound.

use super::text::{Mentions, Texts, Thing};
use crate::model::Document;
use crate::platform::{EdgeEnd, Policy, ServiceId};
use crate::schema::{List, Reference};
use crate::source::Span;

/// Binds every policy. An end that leads nowhere is left out, which is reported.
pub(super) fn policies(document: &Document, texts: &mut Texts<'_>) -> Vec<Policy> {
    let policies = document.policy.iter().map(|block| Policy {
        sentence: block.name.text.as_str().to_owned(),
        from: ends(&block.from, texts),
        to: ends(&block.to, texts),
        reach: block.reach,
        span: block.span,
    });
    policies.collect()
}

fn ends(list: &List<Reference>, texts: &mut Texts<'_>) -> Vec<(EdgeEnd, Span)> {
    list.items.iter().filter_map(|reference| Some((end(reference, texts)?, reference.0.span))).collect()
}

fn end(reference: &Reference, texts: &mut Texts<'_>) -> Option<EdgeEnd> {
    match texts.find(&reference.0, &mut Mentions::default())? {
        Thing::Service(at) => Some(EdgeEnd::Service(ServiceId(at), None)),
        Thing::Port(at, port) => Some(EdgeEnd::Service(ServiceId(at), Some(port))),
        Thing::Outside(outside) => Some(EdgeEnd::Outside(outside)),
        thing => {
            texts.wrong_kind(&reference.0, &thing, "a service, a port or an outside");
            None
        }
    }
}
