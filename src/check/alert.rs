//! Alerts: whether they tell a person what is wrong and what to do.

use crate::diagnostic::{Diagnostic, Sink, codes, did_you_mean, list_of};
use crate::model::{Role, Severity};
use crate::platform::Platform;
use crate::platform::observe::{Alert, Annotation};
use crate::promql::{Labels, template};

/// ALR003: alerts that do not say how bad it is, what it means, or where to read on.
pub(super) fn incomplete(platform: &Platform, sink: &mut Sink) {
    let mut without_runbook: Vec<&Alert> = Vec::new();
    // What components bring matters where people are told.
    let told = platform.with_role(Role::Alerts).next().is_some();
    for alert in platform.observed.alerts.iter().filter(|alert| told || !alert.brought) {
        let mut missing: Vec<&str> = Vec::new();
        if alert.severity.is_none() && !alert.labels.iter().any(|(name, _)| name == "severity") {
            missing.push("severity");
        }
        missing.extend(["summary", "description"].iter().filter(|name| alert.annotation(name).is_none()));
        let loud = !matches!(alert.severity, Some(Severity::None | Severity::Info));
        // One of each job, or of each instance, is one alert of the source.
        let again = without_runbook.last().is_some_and(|last| last.span == alert.span);
        if loud && !again && alert.annotation("runbook_url").is_none() {
            without_runbook.push(alert);
        }
        if !missing.is_empty() {
            let names = list_of(missing.iter().copied());
            sink.report(
                Diagnostic::new(codes::ALR003, format!("the alert `{}` lacks {names}", alert.name))
                    .at(alert.span, "whoever is told of it at night knows less than they could")
                    .help("say `severity`, a `summary` without values, and a `description` with them"),
            );
        }
    }
    let (Some(first), Some(header)) = (without_runbook.first(), platform.document.platform.first()) else {
        return;
    };
    let number = without_runbook.len();
    let message = match number {
        1 => format!("the alert `{}` leads to no runbook", first.name),
        _ => format!("{number} alerts lead to no runbook, `{}` among them", first.name),
    };
    sink.report(
        Diagnostic::new(codes::ALR003, message)
            .at(header.name.span, "says no address of runbooks")
            .help("write `runbooks = \"https://…\"` here, to which the names of alerts are added, or `runbook` at each"),
    );
}

/// ALR006: templates that show a label which the alert's series do not carry, and templates that do not end.
pub(super) fn templates(platform: &Platform, sink: &mut Sink) {
    for alert in &platform.observed.alerts {
        for annotation in &alert.annotations {
            if !template::is_closed(&annotation.text) {
                sink.report(
                    Diagnostic::new(
                        codes::ALR006,
                        format!("the {} of `{}` is no complete template", annotation.name, alert.name),
                    )
                    .at(annotation.span, "each `{{` needs its `}}`"),
                );
                continue;
            }
            shown(alert, annotation, sink);
        }
    }
}

fn shown(alert: &Alert, annotation: &Annotation, sink: &mut Sink) {
    let Labels::Some(known) = &alert.query.labels else { return };
    for (label, _) in template::labels(&annotation.text) {
        if known.contains(label) {
            continue;
        }
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let carried = match names.as_slice() {
            [] => "they carry no label".to_owned(),
            names => format!("they carry {}", list_of(names.iter().copied())),
        };
        sink.report(
            Diagnostic::new(
                codes::ALR006,
                format!(
                    "the {} of `{}` shows the label `{label}`, which its series do not carry",
                    annotation.name, alert.name
                ),
            )
            .at(annotation.span, "empty in every message")
            .at(alert.query.said.span, "the series of the alert")
            .help(did_you_mean(label, names).unwrap_or(carried)),
        );
    }
}

/// ALR008: tests that say nothing.
pub(super) fn tests(platform: &Platform, sink: &mut Sink) {
    for alert in &platform.observed.alerts {
        for test in &alert.tests {
            let asked = [test.fires_at, test.silent_at, test.holds_from, test.silent_after];
            if asked.iter().all(Option::is_none) {
                sink.report(
                    Diagnostic::new(codes::ALR008, format!("the test `{}` asks nothing", test.name))
                        .at(test.span, "holds whatever the alert does")
                        .help("say `holds_from`, `silent_after`, `fires_at` or `silent_at`"),
                );
            }
        }
    }
}
