//! Guides of services.

use super::text::Texts;
use crate::model;
use crate::platform::Guide;
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
