//! The names of metrics and labels, as Prometheus takes them.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::model::{self, Document};
use crate::platform::observe::{Found, Observed};
use crate::promql::{MetricType, is_label};
use crate::resolve::text::Texts;
use crate::source::Span;
use crate::syntax::Name;

/// Reports the names that Prometheus would refuse, of metrics, records, alerts' labels and tests' labels.
pub(super) fn expect(document: &Document, texts: &mut Texts<'_>) {
    let names = texts.names;
    let services = || names.services.iter().map(|placed| placed.block);
    let records = document.record.iter().chain(services().flat_map(|service| &service.record));
    for record in records {
        metric(&record.name.text, record.name.span, texts);
        for (name, _) in record.labels.iter().flat_map(|map| &map.entries) {
            label(&name.text, name.span, texts);
        }
    }
    let exports = document.exports.iter().flat_map(|exports| &exports.metric);
    let metrics = document.metric.iter().chain(exports);
    for block in metrics.chain(services().flat_map(|service| &service.metric)) {
        if block.name.text != ANY {
            metric(family(&block.name.text), block.name.span, texts);
        }
        let labels = block.labels.iter().flat_map(|labels| &labels.items);
        twice(block, texts);
        labels.filter(|word| word.text != ANY).for_each(|word| label(family(&word.text), word.span, texts));
    }
    for alert in document.alert.iter().chain(services().flat_map(|service| &service.alert)) {
        alert_labels(alert, texts);
    }
}

/// Reports a label that a metric is said to carry twice: one of the two is meant to be another. Several metrics may have
/// it of one place.
fn twice(block: &model::Metric, texts: &mut Texts<'_>) {
    let items = block.labels.as_ref().map(|labels| labels.items.as_slice()).unwrap_or_default();
    for (at, word) in items.iter().enumerate() {
        let Some(first) = items[..at].iter().find(|first| first.text == word.text) else { continue };
        texts.sink.report(
            Diagnostic::new(
                codes::NAM002,
                format!("`{}` has the label `{}` twice", block.name.text, word.text),
            )
            .at(word.span, "once more here")
            .at(first.span, "said here")
            .because(format!("label {} {}", word.text, word.span.start))
            .help("name the label that is meant"),
        );
    }
}

/// Whether a record is called as nothing else is; what shares its name is reported. The record is left out then: it is
/// not what queries mean.
pub(super) fn is_free(name: &Name, observed: &Observed, sink: &mut Sink) -> bool {
    let is_series =
        |found: &Found<'_>| !found.metric.name.ends_with(ANY) && found.kind != MetricType::Histogram;
    let exported = observed.exporters(&name.text).find(|(_, found)| is_series(found));
    let written = || observed.server.every(&name.text).into_iter().any(|found| is_series(&found));
    let whose = match exported {
        Some((job, _)) => format!("`{}` exports it", job.name),
        None if written() => "Prometheus writes it itself".to_owned(),
        None => return true,
    };
    let declared = exported.and_then(|(_, found)| found.metric.span);
    sink.report(
        Diagnostic::new(codes::NAM002, format!("`{}` is recorded, and {whose}", name.text))
            .at(name.span, "series of two kinds under one name")
            .at_maybe(declared, "declared here")
            .help("call it by what it is about, the metric, and what was done: `job:requests:rate5m`"),
    );
    false
}

/// Every name. At the end of a name it stands for a family.
const ANY: &str = "*";

fn family(name: &str) -> &str {
    name.strip_suffix(ANY).unwrap_or(name)
}

/// Reports a name of an alert that its page cannot be called: pages are files, and a line of lists.
fn alert_name(alert: &model::Alert, texts: &mut Texts<'_>) {
    /// A file's name has at most 255 bytes, with what stands behind it.
    const LONGEST: usize = 200;
    let text = alert.name.text.as_str();
    let why = if text.contains(['/', '\\']) || text.starts_with('.') {
        "would lead to another folder"
    } else if text.is_empty() || text.contains(char::is_control) {
        "has characters that no line shows"
    } else if text.len() > LONGEST {
        "is too long for the name of a file"
    } else {
        return;
    };
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` cannot be the name of an alert"))
            .at(alert.name.span, why)
            .help("letters and digits, as in `QueueFull`: messages, pages and mutes call it so"),
    );
}

fn alert_labels(alert: &model::Alert, texts: &mut Texts<'_>) {
    alert_name(alert, texts);
    for (name, _) in alert.labels.iter().flat_map(|map| &map.entries) {
        match (name.text.as_str(), alert.severity) {
            ("alertname", _) => texts.sink.report(
                Diagnostic::new(
                    codes::TYP007,
                    "the label `alertname` is the name of the alert, and cannot be said",
                )
                .at(name.span, "set by Prometheus")
                .at(alert.name.span, "to this name")
                .help("take it out"),
            ),
            ("severity", Some(severity)) => texts.sink.report(
                Diagnostic::new(codes::NAM002, format!("`{}` has two severities", alert.name.text))
                    .at(name.span, "said here once more")
                    .at(alert.name.span, format!("says `severity = {}`", severity.word()))
                    .help("keep `severity` of the alert, and take the label out"),
            ),
            (text, _) => label(text, name.span, texts),
        }
    }
    for (name, _) in alert.test.iter().flat_map(|test| &test.labels).flat_map(|map| &map.entries) {
        label(&name.text, name.span, texts);
    }
}

/// Reports a name that no metric can have (prometheus.io, "Data model"): one with other characters than letters,
/// digits, `_` and `:`.
fn metric(text: &str, span: Span, texts: &mut Texts<'_>) {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    if text.bytes().all(|byte| inner(byte.into())) && text.starts_with(|c: char| !c.is_ascii_digit()) {
        return;
    }
    let known: String = text.chars().map(|c| if inner(c) { c } else { '_' }).collect();
    let known = known.trim_start_matches(|c: char| c.is_ascii_digit());
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` cannot be the name of a metric"))
            .at(span, "letters, digits, `_` and `:`, and no digit first")
            .help_maybe((!known.is_empty()).then(|| format!("`{known}` can"))),
    );
}

/// Reports a name that no label can have, and those that Prometheus keeps for itself (prometheus.io, "Data
/// model").
fn label(text: &str, span: Span, texts: &mut Texts<'_>) {
    let note = if text.starts_with("__") {
        "what begins with `__` is Prometheus' own"
    } else if is_label(text) {
        return;
    } else {
        "letters, digits and `_`, and no digit first"
    };
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` cannot be the name of a label")).at(span, note),
    );
}
