//! Several upstreams of one route.

use crate::diagnostic::{Diagnostic, codes};
use crate::model;
use crate::platform::{ServiceId, Share, Upstream};
use crate::resolve::text::{Mentions, Texts, Thing};
use crate::schema::{Integer, Placed};

/// The largest weight. Shares of one in ten thousand are the smallest that nginx divides clients by
/// (nginx.org: ngx_http_split_clients_module).
const WEIGHTS: std::ops::RangeInclusive<u64> = 1..=1_000;

/// An upstream beside the target of its route. One that leads nowhere is left out, which is reported.
pub(super) fn upstream(block: &model::Upstream, texts: &mut Texts<'_>) -> Option<Upstream> {
    let share = share(block.weight, block.max_fails, block.backup.unwrap_or(false), texts);
    match texts.find(&block.port.0, &mut Mentions::default())? {
        Thing::Port(service, port) => Some(Upstream {
            name: block.name.text.as_str().to_owned(),
            service: ServiceId(service),
            port,
            share,
            span: block.port.0.span,
        }),
        thing => {
            texts.wrong_kind(&block.port.0, &thing, "a port");
            None
        }
    }
}

/// A share of the requests: one part where the source gives no weight.
pub(super) fn share(
    weight: Option<Placed<Integer>>,
    max_fails: Option<Placed<Integer>>,
    backup: bool,
    texts: &mut Texts<'_>,
) -> Share {
    if let Some(said) = weight.filter(|said| !WEIGHTS.contains(&said.value.0)) {
        texts.sink.report(
            Diagnostic::new(codes::TYP003, format!("a `weight` of {} is out of range", said.value.0))
                .at(said.span, format!("from {} to {}", WEIGHTS.start(), WEIGHTS.end()))
                .help("take an upstream out that is to get no requests"),
        );
    }
    Share {
        weight: weight.map_or(1, |said| said.value.0),
        max_fails: max_fails.map(|said| said.value.0),
        backup,
    }
}
