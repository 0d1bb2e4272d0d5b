//! Variables and secrets: those that nobody uses.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::Platform;

/// ENV002: a variable or secret that nothing mentions.
pub(super) fn unused(platform: &Platform, sink: &mut Sink) {
    for input in platform.inputs.iter().filter(|input| !input.mentioned) {
        let kind = if input.secret { "secret" } else { "variable" };
        sink.report(
            Diagnostic::new(codes::ENV002, format!("the {kind} `{}` is used nowhere", input.name))
                .at(input.span, "the operator sets it, and nothing changes")
                .help("take it out, or hand it over where it is meant to be: `env { … }`"),
        );
    }
}
