//! The host that carries the compose stack.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::Platform;

/// HOST001: two hosts with an install path. A compose file describes one host: its services reach each other by the networks
/// of one engine, and each volume exists once.
pub(super) fn two_stacks(platform: &Platform, sink: &mut Sink) {
    let mut carriers = platform.hosts.iter().filter_map(|host| Some((&host.name, host.path.as_ref()?.1)));
    let Some((first, place)) = carriers.next() else { return };
    for (name, second) in carriers {
        sink.report(
            Diagnostic::new(codes::HOST001, format!("`{first}` and `{name}` both carry the compose stack"))
                .at(second, "a second install path")
                .at(place, "the first one")
                .help("leave out `path` at all hosts but one: a compose file describes one host; several run a cluster (`kubernetes`)"),
        );
    }
}
