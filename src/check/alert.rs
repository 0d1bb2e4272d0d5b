//! Alerts: whether they tell a person what is wrong and what to do.

use crate::diagnostic::{Diagnostic, Sink, codes, list_of};
use crate::formats;
use crate::hash::{HashMap, HashSet};
use crate::origins::Origins;
use crate::platform::observe::{Alert, Annotation};
use crate::platform::{Platform, Role, Severity};
use crate::promql::{Labels, template};
use crate::source::Span;

/// ALR003: alerts that do not say how bad it is, what it means, or where to read on.
pub(super) fn incomplete(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let mut without_runbook: Vec<&Alert> = Vec::new();
    // One of each job, or of each instance, is one alert of the source; one address of runbooks is that of all.
    let mut known: HashSet<Span> = HashSet::default();
    // What components bring matters where people are told.
    let told = platform.with_role(Role::Alerts).next().is_some();
    let is_meant = |alert: &&Alert| (told || !alert.brought) && !origins.is_lost(&alert.name);
    for alert in platform.observed.alerts.iter().filter(is_meant) {
        unusable(alert, &mut known, sink);
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
            sink.about(platform.path(alert.owner), |sink| {
                sink.report(
                    Diagnostic::new(codes::ALR003, format!("the alert `{}` lacks {names}", alert.name))
                        .at(alert.span, "whoever is told of it at night knows less than they could")
                        .help("say `severity`, a `summary` without values, and a `description` with them"),
                );
            });
        }
    }
    let (Some(first), Some(header)) = (without_runbook.first(), origins.header()) else {
        return;
    };
    let number = without_runbook.len();
    let message = match number {
        1 => format!("the alert `{}` leads to no runbook", first.name),
        _ => format!("{number} alerts lead to no runbook, `{}` among them", first.name),
    };
    let report = Diagnostic::new(codes::ALR003, message);
    sink.report(match header.generated_runbooks() {
        Some(span) if !platform.targets.contains(&&formats::DOCS) => report
            .at(span, "nothing writes them")
            .help("name the target `docs` in `targets`: it writes a page for each alert"),
        Some(span) => report
            .at(span, "nobody knows where they are read")
            .help("write `target docs { address = \"https://…\" }`, where a browser shows the folder of the pages; of a `repository` at github.com or gitlab.com it is known"),
        None => report
            .at(header.name(), "says no address of runbooks")
            .help("write `runbooks = \"https://…\"` here, to which the names of alerts are added, or `runbook` at each"),
    });
}

/// ALR006, ALR010 and ALR020: templates that show a label which the alert's series do not carry, texts that are no
/// templates, and labels that change with the value.
pub(super) fn templates(platform: &Platform, sink: &mut Sink) {
    let mut known = Read::default();
    for alert in &platform.observed.alerts {
        sink.about(platform.path(alert.owner), |sink| {
            for annotation in alert.annotations.iter() {
                let what = || format!("the {} of `{}`", annotation.name, alert.name);
                template(alert, annotation, &what, &mut known, sink);
            }
            for label in alert.said_labels.iter() {
                let what = || format!("the label `{}` of `{}`", label.name, alert.name);
                template(alert, label, &what, &mut known, sink);
                changing(alert, label, sink);
            }
        });
    }
}

/// ALR020: a label that shows a value. Labels make the alert: with another value it is another one.
fn changing(alert: &Alert, label: &Annotation, sink: &mut Sink) {
    let Some(place) = template::value_shown(&label.text) else { return };
    let (name, of) = (&label.name, &alert.name);
    let message = if alert.wait.is_some() {
        format!(
            "the label `{name}` of `{of}` shows a value: each value is another alert, whose `for` begins anew"
        )
    } else {
        format!("the label `{name}` of `{of}` shows a value: each value is another alert")
    };
    sink.report(
        Diagnostic::new(codes::ALR020, message)
            .at(label.part(place), "changes from one evaluation to the next")
            .help("show it in `description`, which may change while the alert fires"),
    );
}

/// ALR003: what people read and cannot use: a summary that changes with the value, and a runbook that is no address.
fn unusable(alert: &Alert, known: &mut HashSet<Span>, sink: &mut Sink) {
    let said = |name: &str| alert.annotation(name);
    if let Some(summary) = said("summary")
        && let Some(place) = template::value_shown(&summary.text)
        && known.insert(summary.span)
    {
        sink.report(
            Diagnostic::new(codes::ALR003, format!("the summary of `{}` shows a value", alert.name))
                .at(summary.part(place), "another text for each alert of a message, which then has no title")
                .help("let `summary` say what is wrong, and `description` how much"),
        );
    }
    if let Some(runbook) = said("runbook_url").filter(|runbook| !is_address(&runbook.text))
        && known.insert(runbook.span)
    {
        sink.report(
            Diagnostic::new(codes::ALR003, format!("the runbook of `{}` is no address", alert.name))
                .at(runbook.span, "nobody can follow it")
                .help(
                    "write where the page is, `https://…`; what to do in a sentence belongs to `description`",
                ),
        );
    }
}

/// Whether a text leads somewhere; what a template makes is known only when the alert fires.
fn is_address(text: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    text.starts_with("{{") || rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', ' ']))
}

/// What texts show: alerts of every job, and those of instances, often say the same.
type Read<'a> = HashMap<&'a str, Result<template::Shown, template::Problem>>;

fn template<'a>(
    alert: &Alert,
    annotation: &'a Annotation,
    what: &dyn Fn() -> String,
    known: &mut Read<'a>,
    sink: &mut Sink,
) {
    match known.entry(&annotation.text).or_insert_with(|| template::read(&annotation.text)) {
        Ok(labels) => shown(alert, annotation, what, labels, sink),
        Err(problem) => {
            let near = problem.known.as_ref();
            let help =
                near.and_then(|(word, known)| sink.did_you_mean(word, known.iter().map(String::as_str)));
            sink.report(
                Diagnostic::new(codes::ALR010, format!("{} cannot be shown: {}", what(), problem.message))
                    .at(annotation.part(problem.place.clone()), "here")
                    .help_maybe(help),
            );
        }
    }
}

fn shown(
    alert: &Alert,
    annotation: &Annotation,
    what: &dyn Fn() -> String,
    labels: &template::Shown,
    sink: &mut Sink,
) {
    let Labels::Some(known) = &alert.query.labels else { return };
    for (label, place) in labels {
        if alert.query.labels.can_hold(label) {
            continue;
        }
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let carried = match names.as_slice() {
            [] => "they carry no label".to_owned(),
            names => format!("they carry {}", list_of(names.iter().copied())),
        };
        let help = sink.did_you_mean(label, names).unwrap_or(carried.into());
        let message = format!("{} shows the label `{label}`, which its series do not carry", what());
        sink.report(
            Diagnostic::new(codes::ALR006, message)
                .at(annotation.part(place.clone()), "empty in every message")
                .at(alert.query.said.span, "the series of the alert")
                .help(help),
        );
    }
}
