//! What the source tells this target beside the language, put over what it made.

use super::super::overrides::{self, Missed};
use super::{TARGET, text};
use crate::emit::Node;
use crate::formats::Place;
use crate::platform::{Override, Platform, Value, ValuePart};

/// Merges the overrides of this target into what stands at a place; `None` where there are none for it.
pub(super) fn apply(
    platform: &Platform,
    place: Place,
    overrides: &[Override],
    base: impl FnOnce() -> Node,
) -> Option<Node> {
    overrides::apply(TARGET.format, place, overrides, &|value| raw(platform, value), base)
}

/// What overrides of this target remove and is not there.
pub(super) fn missed(
    platform: &Platform,
    place: Place,
    overrides: &[Override],
    base: impl FnOnce() -> Node,
) -> Vec<Missed> {
    overrides::missed(TARGET.format, place, overrides, &|value| raw(platform, value), base)
}

/// An override speaks to compose itself, so its `$` are compose's.
fn raw(platform: &Platform, value: &Value) -> String {
    let parts = value.parts.iter().map(|part| match part {
        ValuePart::Literal(text) => text.to_string(),
        ValuePart::Input(input) => text::input(&platform[*input]),
    });
    parts.collect()
}
