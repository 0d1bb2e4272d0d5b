//! Constants that refer to others: what they say is put in their place.

use std::sync::Arc;

use super::Absent;
use super::names::Names;
use super::text::Texts;
use crate::diagnostic::Sink;
use crate::model::{Document, Service};
use crate::parallel;
use crate::schema::{Constant, Visit};
use crate::syntax::Text;

/// How many services are looked through at once.
const PART: usize = 64;

/// What the constants of a block say, in the order in which they are visited; `None` for one that stays as it is.
type Settled = Vec<Option<String>>;

/// Puts what they say in the place of the references in constants, so that later stages read them
/// as they stand. Names that clash are reported here and again by the caller; the sink keeps one.
pub(super) fn settle(document: &mut Document, absent: &Absent, sink: &mut Sink) {
    // Nearly all constants stand in services, which are looked through at the same time.
    let mut services = std::mem::take(&mut document.service);
    let (in_services, in_rest) = {
        let names = Names::new(document, &services, sink);
        let mut texts = Texts::new(document, &names, absent, sink);
        (of_services(&services, &mut texts), of(document, &mut texts))
    };
    for (service, settled) in services.iter_mut().zip(in_services) {
        put(service, settled);
    }
    put(document, in_rest);
    document.service = services;
}

fn of_services(services: &[Arc<Service>], texts: &mut Texts<'_>) -> Vec<Settled> {
    let parts: Vec<&[Arc<Service>]> = services.chunks(PART).collect();
    let found = parallel::map(&parts, |part| {
        let mut sink = texts.sink.part(parts.len());
        let mut texts = texts.part(&mut sink);
        let settled: Vec<Settled> = part.iter().map(|service| of(service, &mut texts)).collect();
        (settled, sink)
    });
    if !texts.has_room() {
        // Which of them found no room depends on which came first: it is found again, one behind the other.
        texts.forget_copied(0);
        return services.iter().map(|service| of(service, texts)).collect();
    }
    let mut all = Vec::with_capacity(services.len());
    for (settled, sink) in found {
        all.extend(settled);
        texts.take(sink, Vec::new());
    }
    all
}

/// What the constants of a block say; nothing where all of them say so themselves.
fn of(block: &impl Visit, texts: &mut Texts<'_>) -> Settled {
    let mut settled = Settled::new();
    let mut at = 0;
    block.visit(&mut |constant| {
        if constant.text.as_literal().is_none() {
            let told = texts.sink.len();
            let literal = texts.constant(constant);
            // What could not be read stays as it is: nobody judges a text with holes.
            if texts.sink.len() == told {
                settled.resize(at, None);
                settled.push(Some(literal));
            }
        }
        at += 1;
    });
    settled
}

fn put(block: &mut impl Visit, settled: Settled) {
    if settled.is_empty() {
        return;
    }
    let mut settled = settled.into_iter();
    block.visit_mut(&mut |constant: &mut Constant| {
        if let Some(Some(literal)) = settled.next() {
            constant.text = Text::literal(literal);
        }
    });
}
