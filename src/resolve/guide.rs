//! Guides of services.

use super::mute::expect_alert;
use super::text::Texts;
use crate::hash::HashSet;
use crate::model;
use crate::platform::Guide;
use crate::platform::observe::Alert;
use crate::schema::{Constant, List};

/// The guide of a service.
pub(super) fn guide(block: &model::Guide, texts: &mut Texts<'_>) -> Guide {
    let mut all = |list: &List<Constant>| -> Vec<String> {
        list.items.iter().map(|text| texts.constant(text)).collect()
    };
    let down = block.down.as_ref().map(&mut all).unwrap_or_default();
    let looks = block.look.iter().map(|look| (look.alert.text.to_string(), all(&look.steps))).collect();
    let commands =
        block.command.iter().map(|command| (command.title.text.to_string(), all(&command.words))).collect();
    let queries =
        block.query.iter().map(|query| (query.title.text.to_string(), texts.constant(&query.expr))).collect();
    Guide { down, looks, queries, commands }
}

/// NAM001: steps for an alert that the platform has not. A standard component has steps for each of its alerts, of which the platform
/// may have some.
pub(super) fn expect_alerts(alerts: &[Alert], texts: &mut Texts<'_>) {
    let own = texts.names.services.iter().filter_map(|placed| placed.block.guide.as_ref());
    let own = own.flat_map(|guide| &guide.look).map(|look| &look.alert);
    let embedded = texts.absent.sources.embedded();
    let own: Vec<_> = own.filter(|alert| !embedded.contains(&alert.span.file)).collect();
    if own.is_empty() {
        return;
    }
    let names: HashSet<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
    for alert in own {
        expect_alert(&alert.text, alert.span, &names, texts);
    }
}
