//! OBS002 for what the server writes of alerts: `ALERTS{alertname="…"}` of an alert that is none.

use super::Context;
use super::missing::is_overridden;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::observe::Query;
use crate::promql::{Op, Selector};

/// The states of an alert that is kept (prometheus.io, "Alerting rules").
const STATES: &[&str] = &["pending", "firing"];

impl Context<'_> {
    /// Reports names and states of alerts that no series of `ALERTS` has.
    pub(super) fn alerts(&self, query: &Query, selector: &Selector, sink: &mut Sink) {
        let metric = selector.metric.as_deref().unwrap_or_default();
        // What it is called elsewhere, and by rules of one's own, nobody knows.
        if !metric.starts_with("ALERTS") || !self.platform.observed.server.have(metric) {
            return;
        }
        for matcher in &selector.matchers {
            // A matcher that excludes what is not there is of no use, and does no harm.
            if matcher.value.contains('$') || matches!(matcher.op, Op::NotEqual | Op::MatchesNot) {
                continue;
            }
            let place = query.part(matcher.place.clone());
            let (value, none) = (&matcher.value, "matches no series");
            match matcher.label.as_str() {
                "alertname" => {
                    let observed = &self.platform.observed;
                    let mut names = observed.alerts.iter().map(|alert| alert.name.as_str());
                    if self.origins.is_lost(value)
                        || names.any(|name| matcher.fits(name))
                        || is_overridden(self.platform, "rule_files")
                    {
                        continue;
                    }
                    let names = observed.alerts.iter().map(|alert| alert.name.as_str());
                    let message = match matcher.op {
                        Op::Equal => format!("no alert is called `{value}`"),
                        _ => format!("no alert has a name that fits `{value}`"),
                    };
                    let help = sink.did_you_mean(value, names);
                    let help = help.map(|help| help.in_place(query.value_of(matcher)));
                    sink.report(
                        Diagnostic::new(codes::OBS002, message)
                            .at(place, none)
                            .help_maybe(help)
                            .because(format!("alert {value}")),
                    );
                }
                "alertstate" if !STATES.iter().any(|state| matcher.fits(state)) => {
                    let help = sink.did_you_mean(value, STATES.iter().copied());
                    let help = help.map(|help| help.in_place(query.value_of(matcher)));
                    sink.report(
                        Diagnostic::new(codes::OBS002, format!("no alert is in a state `{value}`"))
                            .at(place, none)
                            .help(help.unwrap_or_else(|| "one that is kept is `pending` or `firing`".into())),
                    );
                }
                _ => {}
            }
        }
    }
}
