//! Policies: what must never be reachable, and what must be.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::platform::reach::{Reached, Step};
use crate::platform::{EdgeEnd, Platform, Reach};

/// POL001 and POL002: policies that the platform breaks.
pub(super) fn policies(platform: &Platform, sink: &mut Sink) {
    let mut known: HashMap<EdgeEnd, Reached> = HashMap::default();
    for policy in &platform.policies {
        for (from, from_span) in &policy.from {
            let start = match *from {
                EdgeEnd::Service(service, _) => EdgeEnd::Service(service, None),
                outside @ EdgeEnd::Outside(_) => outside,
            };
            let reached = known.entry(start).or_insert_with(|| platform.reached(start));
            for (to, to_span) in &policy.to {
                let (from, end) = (platform.end(*from), platform.end(*to));
                match (policy.reach, reached.way(platform, *to)) {
                    (Reach::Never, Some(way)) => {
                        let told = Diagnostic::new(
                            codes::POL001,
                            format!("`{from}` reaches `{end}`: {}", drawn(platform, &from, &way)),
                        )
                        .at(policy.span, "says that it never does");
                        let told = way.iter().fold(told, |told, step| {
                            let to = platform.end(step.to);
                            told.at(step.span, format!("{} `{to}`", leads(step)))
                        });
                        sink.report(told.help(
                            "take one of these steps out, or the end out of the policy where the way is meant",
                        ));
                    }
                    (Reach::Always, None) => sink.report(
                        Diagnostic::new(codes::POL002, format!("`{from}` does not reach `{end}`"))
                            .at(policy.span, "says that it must")
                            .at(*from_span, "from here")
                            .at(*to_span, "nothing leads here")
                            .help(format!(
                                "let `{from}` mention it, write `reaches = [{end}]` there, or take it out of the policy"
                            )),
                    ),
                    _ => {}
                }
            }
        }
    }
}

/// A way in one line: `edge → front.http → orders.http`.
fn drawn(platform: &Platform, from: &str, way: &[Step]) -> String {
    way.iter().fold(format!("`{from}`"), |mut drawn, step| {
        drawn.push_str(" → `");
        drawn.push_str(&platform.end(step.to));
        drawn.push('`');
        drawn
    })
}

fn leads(step: &Step) -> &'static str {
    match step.how {
        "forwards" => "hands requests on to",
        "route" => "leads to",
        "published" => "lets visitors in to",
        _ => "connects to",
    }
}
