//! What the source says of an alert's labels and of the series and labels of its tests, with places.

use std::sync::Arc;

use super::query::Queries;
use crate::model;
use crate::platform::observe::{Annotation, SaidSeries, TestLabel};
use crate::schema::{Constant, Word};
use crate::syntax::{Name, Text};

/// The series of a test.
pub(super) fn said_series(test: &model::AlertTest, queries: &Queries<'_>) -> Arc<[SaidSeries]> {
    let said = test.series.iter().map(|block| {
        let name = &block.selector;
        let series = Constant { text: Text::literal(name.text.as_str()), span: name.span };
        SaidSeries { parsed: queries.parsed_series(&name.text), series, values: block.values.clone() }
    });
    said.collect()
}

/// The labels that a test wants of the firing alert.
pub(super) fn test_labels(test: &model::AlertTest) -> Vec<TestLabel> {
    let entries = test.labels.iter().flat_map(|map| &map.entries);
    let label = |(name, word): &(Name, Word)| TestLabel {
        name: name.text.to_string(),
        value: word.text.clone(),
        span: name.span,
    };
    entries.map(label).collect()
}

/// The labels that an alert's block says.
pub(super) fn said_labels(block: &model::Alert, queries: &Queries<'_>) -> Arc<[Annotation]> {
    let entries = block.labels.iter().flat_map(|map| &map.entries);
    let label = |(name, word): &(Name, Word)| Annotation {
        name: name.text.to_string(),
        text: word.text.clone(),
        span: word.span,
        source: queries.source(word.span),
    };
    entries.map(label).collect()
}
